#include "contract/tables.h"

#include <algorithm>
#include <array>

namespace rapport::contract {

extern const Service kPinpoint;
extern const Service kPersonalize;
extern const Service kPersonalizeRuntime;
extern const Service kPersonalizeEvents;
extern const Service kPinpointEmail;
extern const Service kPinpointSmsVoice;
extern const Service kRapport;

std::span<const Service* const> services() {
  static constexpr std::array kServices{
      &kPinpoint,         &kPersonalize, &kPersonalizeRuntime, &kPersonalizeEvents, &kPinpointEmail,
      &kPinpointSmsVoice, &kRapport};
  return kServices;
}

const Service* find_service(std::string_view name) {
  const auto all = services();
  const auto found = std::ranges::find(all, name, &Service::name);
  return found == all.end() ? nullptr : *found;
}

const Operation* find_operation(const Service& service, std::string_view name) {
  const auto found = std::ranges::lower_bound(service.operations, name, {}, &Operation::name);
  return found == service.operations.end() || found->name != name ? nullptr : &*found;
}

const Shape* find_shape(const Service& service, std::string_view name) {
  const auto found = std::ranges::find(service.shapes, name, &Shape::name);
  return found == service.shapes.end() ? nullptr : &*found;
}

const Member* find_member(const Service& service, const Shape& structure, std::string_view name) {
  const auto members = service.members(structure);
  const auto found = std::ranges::lower_bound(members, name, {}, &Member::wire);
  if (found != members.end() && found->wire == name) return &*found;
  const auto shown = std::ranges::find(members, name, &Member::name);
  return shown == members.end() ? nullptr : &*shown;
}

const Member* payload_member(const Service& service, const Shape& structure) {
  const auto members = service.members(structure);
  const auto found = std::ranges::find(members, Place::kPayload, &Member::place);
  return found == members.end() ? nullptr : &*found;
}

}  // namespace rapport::contract
