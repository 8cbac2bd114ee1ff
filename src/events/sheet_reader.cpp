#include "events/sheet_reader.h"

#include <utility>

#include "events/event_codec.h"
#include "json/text.h"

namespace rapport::events {
namespace {

constexpr std::size_t kEscapedBytesMax = 6;  // of a byte in a JSON string
constexpr std::size_t kLengthBytesMax = 10;  // of a text

}  // namespace

SheetReader::SheetReader(std::string_view bytes) {
  ByteReader reader(bytes);
  ok_ = reader.number<char>() == kSheetVersion;
  const std::uint64_t kinds = reader.count();
  for (std::uint64_t i = 0; i < kinds && ok_; ++i) ok_ = read_kind(reader);
  size_ = reader.length();
  ok_ = ok_ && reader.ok();
  rows_ = ByteReader(ok_ ? bytes.substr(bytes.size() - reader.left()) : std::string_view());
}

bool SheetReader::read_kind(ByteReader& reader) {
  Kind& kind = kinds_.emplace_back();
  const std::uint64_t columns = reader.count();
  const std::uint64_t forms = reader.count();
  kind.values.resize(columns);
  for (std::uint64_t i = 0; i < forms; ++i) {
    if (!read_form(reader.text(), columns, kind.forms.emplace_back())) return false;
  }
  return reader.ok() && !kind.forms.empty();
}

// A blank is a NUL and a number, see sheet.cpp; two of them are one NUL.
bool SheetReader::read_text(std::string_view stored, Form& form, Text& text) {
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i] != '\0') {
      text.end += stored[i];
      continue;
    }
    if (++i == stored.size()) return false;
    const auto code = static_cast<unsigned char>(stored[i]);
    if (code == 0) {
      text.end += '\0';
      continue;
    }
    const std::size_t column = (code - 1U) / 2;
    if (column >= form.bytes_of_columns_at_most.size()) return false;
    const bool is_json = code % 2 == 0;
    text.pieces.push_back({std::exchange(text.end, {}), column, is_json});
    form.bytes_of_columns_at_most[column] += is_json ? kEscapedBytesMax : 1;
  }
  return true;
}

bool SheetReader::read_form(std::string_view stored, std::size_t columns, Form& form) {
  auto event = decode(stored);
  if (!event) return false;
  form.bytes = stored.size() + kLengthBytesMax * (7 + 2 * event->attributes.size() + event->metrics.size());
  form.bytes_of_columns_at_most.resize(columns);
  const std::pair<const std::string*, Text*> texts[] = {
      {&event->app, &form.app},        {&event->endpoint, &form.endpoint}, {&event->user, &form.user},
      {&event->id, &form.id},          {&event->type, &form.type},         {&event->session_id, &form.session_id},
      {&event->context, &form.context}};
  for (const auto& [from, text] : texts) {
    if (!read_text(*from, form, *text)) return false;
  }
  for (const auto& [key, value] : event->attributes) {
    auto& [key_text, value_text] = form.attributes.emplace_back();
    if (!read_text(key, form, key_text) || !read_text(value, form, value_text)) return false;
  }
  for (const auto& [key, value] : event->metrics) {
    if (!read_text(key, form, form.metrics.emplace_back())) return false;
  }
  form.event = *std::move(event);
  return true;
}

bool SheetReader::read_row() {
  const std::uint64_t number = rows_.length();
  if (!rows_.ok() || number >= kinds_.size()) return false;
  Kind& kind = kinds_[number];
  for (std::string_view& value : kind.values) {
    const std::uint64_t size = rows_.length();
    if (size > 0) value = rows_.take(size - 1);
  }
  kind_ = &kind;
  form_ = 0;
  return rows_.ok();
}

bool SheetReader::next() {
  if (!ok_) return false;
  if (kind_ != nullptr && ++form_ < kind_->forms.size()) return true;
  if (rows_.left() == 0) return false;
  ok_ = read_row();
  return ok_;
}

void SheetReader::fill(const Text& text, std::string& out) const {
  for (const Piece& piece : text.pieces) {
    out += piece.text;
    const std::string_view value = kind_->values[piece.column];
    if (piece.is_json) {
      json::append_escaped(out, value);
    } else {
      out += value;
    }
  }
  out += text.end;
}

std::string SheetReader::filled(const Text& text) const {
  std::size_t size = text.end.size();
  for (const Piece& piece : text.pieces) {
    const std::size_t value = kind_->values[piece.column].size();
    size += piece.text.size() + (piece.is_json ? value + value / 4 : value);
  }
  std::string out;
  out.reserve(size);
  fill(text, out);
  return out;
}

std::string_view SheetReader::view(const Text& text, std::string& scratch) const {
  if (text.pieces.empty()) return text.end;
  const Piece& first = text.pieces.front();
  if (text.pieces.size() == 1 && text.end.empty() && first.text.empty() && !first.is_json) {
    return kind_->values[first.column];
  }
  scratch.clear();
  fill(text, scratch);
  return scratch;
}

std::string_view SheetReader::identity() {
  const Form& form = kind_->forms[form_];
  identity_.clear();
  encode_identity({.time = form.event.time,
                   .app = view(form.app, scratch_[0]),
                   .endpoint = view(form.endpoint, scratch_[1]),
                   .id = view(form.id, scratch_[2]),
                   .type = view(form.type, scratch_[3])},
                  identity_);
  return identity_;
}

std::size_t SheetReader::bytes_at_most() const {
  const Form& form = kind_->forms[form_];
  std::size_t bytes = form.bytes;
  for (std::size_t i = 0; i < kind_->values.size(); ++i) {
    bytes += form.bytes_of_columns_at_most[i] * kind_->values[i].size();
  }
  return bytes;
}

Event SheetReader::event() const {
  const Form& form = kind_->forms[form_];
  Event event;
  event.app = filled(form.app);
  event.endpoint = filled(form.endpoint);
  event.user = filled(form.user);
  event.id = filled(form.id);
  event.type = filled(form.type);
  event.time = form.event.time;
  event.arrival = form.event.arrival;
  event.attributes.reserve(form.attributes.size());
  for (const auto& [key, value] : form.attributes) event.attributes.emplace_back(filled(key), filled(value));
  event.metrics.reserve(form.metrics.size());
  for (std::size_t i = 0; i < form.metrics.size(); ++i) {
    event.metrics.emplace_back(filled(form.metrics[i]), form.event.metrics[i].second);
  }
  event.session_id = filled(form.session_id);
  event.session_start = form.event.session_start;
  event.session_stop = form.event.session_stop;
  event.context = filled(form.context);
  return event;
}

}  // namespace rapport::events
