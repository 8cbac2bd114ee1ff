#include "audience/endpoint.h"

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

void put_field(json::object& document, json::object& attributes, json::object& metrics, const FieldView& view) {
  if (view.field == Field::kAttribute) {
    attributes[view.name] = texts_of(view.value, document.storage());
  } else if (view.field == Field::kMetric) {
    metrics[view.name] = decode_number(view.value);
  } else if (view.field == Field::kUserAttribute) {
    group_of(group_of(document, "User"), "UserAttributes")[view.name] = texts_of(view.value, document.storage());
  } else if (const auto* info = single_field(view.field)) {
    auto& into = info->group.empty() ? document : group_of(document, info->group);
    into[info->name] = value_of(info->kind, view.value, document.storage());
  }
}

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
    case FieldKind::kTime: json::append_string(out, format_iso8601(decode_time(value))); break;
    case FieldKind::kNumber: out += json::serialize(decode_number(value)); break;
    default: json::append_string(out, value);
  }
}

// The members of an object as they come, with what belongs between them.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  void name(std::string_view name) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    json::append_string(out_, name);
    out_ += ':';
  }
  void end() { out_ += '}'; }

 private:
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
    (members_ ? *members_ : document_).name(info.name);
    append_value(out_, info.kind, value);
  }

  void end_group() {
    if (group_ == kUser && has_user_attributes()) {
      members_->name("UserAttributes");
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
    document_.name(group);
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
      user_record_(std::move(user_record)) {}

std::string_view Endpoint::id() const { return find_field(fields_of(endpoint_record_), Field::kId); }
std::string_view Endpoint::address() const { return find_field(fields_of(endpoint_record_), Field::kAddress); }
std::string_view Endpoint::channel_type() const { return find_field(fields_of(endpoint_record_), Field::kChannelType); }
std::string_view Endpoint::user_id() const { return find_field(fields_of(endpoint_record_), Field::kUserId); }
std::string_view Endpoint::timezone() const { return find_field(fields_of(endpoint_record_), Field::kTimezone); }

bool Endpoint::active() const { return find_field(fields_of(endpoint_record_), Field::kEndpointStatus) != "INACTIVE"; }

bool Endpoint::opted_out() const { return find_field(fields_of(endpoint_record_), Field::kOptOut) == "ALL"; }

int Endpoint::cohort() const { return static_cast<int>(stable_hash(app_ + "/" + key_id_) % 100); }

Timestamp Endpoint::created() const {
  return decode_time(find_field(fields_of(endpoint_record_), Field::kCreationDate));
}

Timestamp Endpoint::effective() const {
  return decode_time(find_field(fields_of(endpoint_record_), Field::kEffectiveDate));
}

json::object Endpoint::document(const json::Memory& memory) const {
  json::object document(memory);
  document.reserve(16);
  document["ApplicationId"] = app_;
  document["CohortId"] = std::to_string(cohort());
  json::object attributes(memory);
  json::object metrics(memory);
  for (const auto* record : {&endpoint_record_, &user_record_}) {
    FieldReader reader(fields_of(*record));
    while (const auto view = reader.next()) put_field(document, attributes, metrics, *view);
  }
  document["Attributes"] = std::move(attributes);
  document["Metrics"] = std::move(metrics);
  return document;
}

void Endpoint::append_document(std::string& out) const {
  const std::string_view fields = fields_of(endpoint_record_);
  Members document(out);
  document.name("ApplicationId");
  json::append_string(out, app_);
  document.name("CohortId");
  json::append_string(out, std::to_string(cohort()));
  GroupedFields grouped(out, document, fields_of(user_record_));
  FieldReader reader(fields);
  while (const auto view = reader.next()) {
    if (const FieldInfo* info = single_field(view->field)) grouped.add(*info, view->value);
  }
  grouped.end_group();
  document.name("Attributes");
  append_named(out, fields, Field::kAttribute);
  document.name("Metrics");
  append_named(out, fields, Field::kMetric);
  document.end();
}

}  // namespace rapport::audience
