#include "audience/endpoint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "audience/fields.h"
#include "audience/record.h"
#include "base/digest.h"
#include "json/text.h"

namespace rapport::audience {
namespace {

json::array texts_of(std::string_view list, const json::Memory& memory) {
  json::array texts(memory);
  TextReader reader(list);
  while (const auto text = reader.next()) texts.emplace_back(*text);
  return texts;
}

json::value value_of(FieldKind kind, std::string_view value, const json::Memory& memory) {
  switch (kind) {
    case FieldKind::kTime: return json::value(format_iso8601(decode_time(value)), memory);
    case FieldKind::kNumber: return json::value(decode_number(value), memory);
    default: return json::value(value, memory);
  }
}

json::object& group_of(json::object& document, std::string_view group) {
  auto& value = document[group];
  if (!value.is_object()) value.emplace_object();
  return value.get_object();
}

// Makes the document, or some members of it.
class DocumentMaker {
 public:
  DocumentMaker(const json::Memory& memory, const std::span<const std::string>* only)
      : only_(only), document_(memory), attributes_(memory), metrics_(memory) {
    document_.reserve(16);
  }

  bool wants(std::string_view member) const {
    return only_ == nullptr || std::ranges::find(*only_, member) != only_->end();
  }

  void put(std::string_view member, std::string_view text) {
    if (wants(member)) document_[member] = text;
  }

  void put(const FieldView& view) {
    if (view.field == Field::kAttribute) {
      if (wants_attributes_) attributes_[view.name] = texts_of(view.value, document_.storage());
    } else if (view.field == Field::kMetric) {
      if (wants_metrics_) metrics_[view.name] = decode_number(view.value);
    } else if (view.field == Field::kUserAttribute) {
      if (!wants_user_) return;
      group_of(group_of(document_, "User"), "UserAttributes")[view.name] = texts_of(view.value, document_.storage());
    } else if (const auto* info = single_field(view.field)) {
      if (!wants(info->group.empty() ? info->name : info->group)) return;
      auto& into = info->group.empty() ? document_ : group_of(document_, info->group);
      into[info->name] = value_of(info->kind, view.value, document_.storage());
    }
  }

  json::object document() && {
    if (wants_attributes_) document_["Attributes"] = std::move(attributes_);
    if (wants_metrics_) document_["Metrics"] = std::move(metrics_);
    return std::move(document_);
  }

 private:
  const std::span<const std::string>* const only_;
  const bool wants_attributes_ = wants("Attributes");
  const bool wants_metrics_ = wants("Metrics");
  const bool wants_user_ = wants("User");
  json::object document_;
  json::object attributes_;
  json::object metrics_;
};

void append_texts(std::string& out, std::string_view list) {
  out += '[';
  TextReader reader(list);
  for (bool is_first = true; const auto text = reader.next(); is_first = false) {
    if (!is_first) out += ',';
    json::append_string(out, *text);
  }
  out += ']';
}

void append_value(std::string& out, FieldKind kind, std::string_view value) {
  switch (kind) {
    case FieldKind::kTime: out.append(1, '"').append(format_iso8601(decode_time(value))).append(1, '"'); break;
    case FieldKind::kNumber: out += json::serialize(decode_number(value)); break;
    default: json::append_string(out, value);
  }
}

// The members of an object as they come, with what belongs between them.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  void name(std::string_view name) {
    separate();
    json::append_string(out_, name);
    out_ += ':';
  }
  // The same of a name that needs no escapes.
  void plain_name(std::string_view name) {
    separate();
    out_.append(1, '"').append(name).append("\":");
  }
  void end() { out_ += '}'; }

 private:
  void separate() {
    if (!is_first_) out_ += ',';
    is_first_ = false;
  }

  std::string& out_;
  bool is_first_ = true;
};

// The named fields of a kind as an object.
void append_named(std::string& out, std::string_view run, Field field) {
  Members members(out);
  FieldReader reader(run);
  while (const auto view = reader.next()) {
    if (view->field != field) continue;
    members.name(view->name);
    if (field == Field::kMetric) {
      append_value(out, FieldKind::kNumber, view->value);
    } else {
      append_texts(out, view->value);
    }
  }
  members.end();
}

// Fields of one group follow each other.
class GroupedFields {
 public:
  GroupedFields(std::string& out, Members& document, std::string_view user_fields)
      : out_(out), document_(document), user_fields_(user_fields) {}

  void add(const FieldInfo& info, std::string_view value) {
    if (info.group != group_) {
      end_group();
      begin_group(info.group);
    }
    (members_ ? *members_ : document_).plain_name(info.name);
    append_value(out_, info.kind, value);
  }

  void end_group() {
    if (group_ == kUser && has_user_attributes()) {
      members_->plain_name("UserAttributes");
      append_named(out_, user_fields_, Field::kUserAttribute);
    }
    if (members_) members_->end();
    members_.reset();
    group_ = {};
  }

 private:
  static constexpr std::string_view kUser = "User";

  void begin_group(std::string_view group) {
    group_ = group;
    if (group.empty()) return;
    document_.plain_name(group);
    members_.emplace(out_);
  }

  bool has_user_attributes() const {
    FieldReader reader(user_fields_);
    while (const auto view = reader.next()) {
      if (view->field == Field::kUserAttribute) return true;
    }
    return false;
  }

  std::string& out_;
  Members& document_;
  const std::string_view user_fields_;
  std::string_view group_;
  std::optional<Members> members_;  // of the group
};

}  // namespace

Endpoint::Endpoint(std::string app, std::string key_id, std::string endpoint_record, std::string user_record)
    : app_(std::move(app)),
      key_id_(std::move(key_id)),
      endpoint_record_(std::move(endpoint_record)),
      user_record_(std::move(user_record)) {
  FieldReader reader(fields_of(endpoint_record_));
  while (const auto view = reader.next()) {
    if (view->field > Field::kTimezone) break;
    const std::optional<Place> place = place_of(view->field);
    if (!place) continue;
    places_[*place] = {static_cast<std::uint32_t>(view->value.data() - endpoint_record_.data()),
                       static_cast<std::uint32_t>(view->value.size())};
  }
}

std::optional<Endpoint::Place> Endpoint::place_of(Field field) {
  switch (field) {
    case Field::kId: return kId;
    case Field::kAddress: return kAddress;
    case Field::kChannelType: return kChannelType;
    case Field::kCreationDate: return kCreated;
    case Field::kEffectiveDate: return kEffective;
    case Field::kEndpointStatus: return kStatus;
    case Field::kOptOut: return kOptOut;
    case Field::kUserId: return kUserId;
    case Field::kTimezone: return kTimezone;
    default: return std::nullopt;
  }
}

std::string_view Endpoint::at(Place place) const {
  const auto [begin, size] = places_[place];
  return std::string_view(endpoint_record_).substr(begin, size);
}

std::string_view Endpoint::id() const { return at(kId); }
std::string_view Endpoint::address() const { return at(kAddress); }
std::string_view Endpoint::channel_type() const { return at(kChannelType); }
std::string_view Endpoint::user_id() const { return at(kUserId); }
std::string_view Endpoint::timezone() const { return at(kTimezone); }
bool Endpoint::active() const { return at(kStatus) != "INACTIVE"; }
bool Endpoint::opted_out() const { return at(kOptOut) == "ALL"; }
int Endpoint::cohort() const { return static_cast<int>(stable_hash(app_ + "/" + key_id_) % 100); }
Timestamp Endpoint::created() const { return decode_time(at(kCreated)); }
Timestamp Endpoint::effective() const { return decode_time(at(kEffective)); }

json::object Endpoint::document(const json::Memory& memory) const { return document(nullptr, memory); }

json::object Endpoint::document(std::span<const std::string> members, const json::Memory& memory) const {
  return document(&members, memory);
}

json::object Endpoint::document(const std::span<const std::string>* only, const json::Memory& memory) const {
  DocumentMaker made(memory, only);
  made.put("ApplicationId", app_);
  if (made.wants("CohortId")) made.put("CohortId", std::to_string(cohort()));
  for (const auto* record : {&endpoint_record_, &user_record_}) {
    FieldReader reader(fields_of(*record));
    while (const auto view = reader.next()) made.put(*view);
  }
  return std::move(made).document();
}

void Endpoint::append_document(std::string& out) const {
  const std::string_view fields = fields_of(endpoint_record_);
  Members document(out);
  document.plain_name("ApplicationId");
  json::append_string(out, app_);
  document.plain_name("CohortId");
  json::append_string(out, std::to_string(cohort()));
  GroupedFields grouped(out, document, fields_of(user_record_));
  FieldReader reader(fields);
  while (const auto view = reader.next()) {
    if (const FieldInfo* info = single_field(view->field)) grouped.add(*info, view->value);
  }
  grouped.end_group();
  document.plain_name("Attributes");
  append_named(out, fields, Field::kAttribute);
  document.plain_name("Metrics");
  append_named(out, fields, Field::kMetric);
  document.end();
}

}  // namespace rapport::audience
