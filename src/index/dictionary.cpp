#include "index/dictionary.h"

#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "base/check.h"
#include "base/digest.h"
#include "base/random.h"
#include "index/value_table.h"

namespace rapport::index {

struct Dictionary::Impl {
  // Nobody can choose texts whose hashes collide without knowing it.
  const std::uint64_t seed = stable_hash(random_id());
  mutable std::shared_mutex mutex;  // of the names
  std::map<std::string, FieldNumber, std::less<>> numbers;
  std::vector<std::string> names;
  StableArray<std::unique_ptr<ValueTable>, 64> tables;
  std::atomic<std::uint32_t> count{0};

  ValueTable& table(FieldNumber field) const {
    CHECK(field < count.load(std::memory_order_acquire));
    return *tables[field];
  }
};

Dictionary::Dictionary() : impl_(std::make_unique<Impl>()) {
  CHECK(intern_field("") == 0);  // kUserField
}
Dictionary::~Dictionary() = default;

FieldNumber Dictionary::intern_field(std::string_view name) {
  if (const auto known = find_field(name)) return *known;
  const std::unique_lock lock(impl_->mutex);
  const auto known = impl_->numbers.find(name);
  if (known != impl_->numbers.end()) return known->second;
  const std::uint32_t field = impl_->count.load(std::memory_order_relaxed);
  impl_->tables.make_room(field, 1);
  impl_->tables[field] = std::make_unique<ValueTable>(impl_->seed);
  impl_->names.emplace_back(name);
  impl_->numbers.emplace(name, field);
  impl_->count.store(field + 1, std::memory_order_release);
  return field;
}

std::optional<FieldNumber> Dictionary::find_field(std::string_view name) const {
  const std::shared_lock lock(impl_->mutex);
  const auto known = impl_->numbers.find(name);
  if (known == impl_->numbers.end()) return std::nullopt;
  return known->second;
}

std::string Dictionary::field_name(FieldNumber field) const {
  const std::shared_lock lock(impl_->mutex);
  CHECK(field < impl_->names.size());
  return impl_->names[field];
}

std::uint32_t Dictionary::field_count() const { return impl_->count.load(std::memory_order_acquire); }

ValueNumber Dictionary::intern(FieldNumber field, std::string_view text) { return impl_->table(field).intern(text); }

void Dictionary::intern(FieldNumber field, std::span<const std::string_view> texts, std::span<ValueNumber> values) {
  impl_->table(field).intern(texts, values);
}

std::optional<ValueNumber> Dictionary::find(FieldNumber field, std::string_view text) const {
  return impl_->table(field).find(text);
}

std::string_view Dictionary::text(FieldNumber field, ValueNumber value) const {
  return impl_->table(field).text(value);
}

std::uint32_t Dictionary::value_count(FieldNumber field) const { return impl_->table(field).count(); }

std::size_t Dictionary::memory_bytes() const {
  std::size_t bytes = sizeof(Impl);
  const std::uint32_t fields = field_count();
  for (FieldNumber field = 0; field < fields; ++field) bytes += impl_->table(field).memory_bytes();
  const std::shared_lock lock(impl_->mutex);
  for (const std::string& name : impl_->names) bytes += 2 * (sizeof name + name.capacity()) + 64;
  return bytes;
}

}  // namespace rapport::index
