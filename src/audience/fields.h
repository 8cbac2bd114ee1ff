#pragma once

#include <span>
#include <string_view>

#include "audience/record.h"

namespace rapport::audience {

enum class FieldKind { kText, kTime, kNumber, kStatus, kOptOut, kChannel };

// The wire's name of a field with one value: `group` is "", "Demographic", "Location" or "User".
struct FieldInfo {
  Field field;
  std::string_view group;
  std::string_view name;
  FieldKind kind;
};

// In rising order of `field`.
std::span<const FieldInfo> single_fields();
const FieldInfo* find_single_field(std::string_view group, std::string_view name);  // nullptr when there is none
const FieldInfo* single_field(Field field);                                         // likewise
bool is_channel_type(std::string_view text);
bool is_push_channel(std::string_view channel_type);  // not PUSH, which stands for all of them

}  // namespace rapport::audience
