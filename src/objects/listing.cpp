#include "objects/listing.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "objects/names.h"

namespace rapport::objects {
namespace {

const std::string kSelf(kSelfName);
const std::string kMarker(kMarkerName);

// True when there is an object whose key lies below the folder.
Result<bool> holds_object(const FileDescriptor& folder, std::string path) {
  for (const Entry& entry : TRY(read_entries(folder))) {
    if (entry.name == kSelf) continue;
    if (entry.name == kMarker) return true;
    if (!check_key(path + entry.name)) continue;
    if (entry.kind == EntryKind::kFile) return true;
    const FileDescriptor inner = open_directory_at(folder, entry.name);
    if (!inner.is_open()) continue;
    if (is_regular_file_at(inner, kSelf) || TRY(holds_object(inner, path + entry.name + "/"))) return true;
  }
  return false;
}

// Something of a folder in its place of the key order.
struct Item {
  std::string order;   // what the key has behind the folder's; a folder ends with '/'
  std::string folder;  // the object's file lies in this sub-folder (its own), or here when empty
  bool is_folder() const { return order.ends_with('/'); }
};

class Lister {
 public:
  Lister(const ListOptions& options, const Describe& describe) : options_(options), describe_(describe) {}

  Result<Listing> run(const FileDescriptor& bucket) {
    if (options_.limit == 0) return std::move(listing_);
    const std::size_t slash = options_.prefix.rfind('/');
    if (slash == std::string::npos) {
      TRY(walk(bucket, ""));
      return std::move(listing_);
    }
    const std::string path = options_.prefix.substr(0, slash + 1);
    if (!check_key(path)) return std::move(listing_);
    FileDescriptor folder;
    for (const std::string_view name : split(std::string_view(path).substr(0, slash), '/')) {
      folder = open_directory_at(folder.is_open() ? folder : bucket, std::string(name));
      if (!folder.is_open()) return std::move(listing_);
    }
    TRY(walk(folder, path));
    return std::move(listing_);
  }

 private:
  // Visits the folder whose keys begin with `path`. Stops when the page is full.
  Status walk(const FileDescriptor& folder, const std::string& path) {
    if (!path.empty() && is_regular_file_at(folder, kMarker)) offer(path, folder, kMarker);
    // A heap, as a page takes only the first few of what may be a million items.
    std::vector<Item> items = TRY(read_items(folder, path));
    std::ranges::make_heap(items, std::greater{}, &Item::order);
    while (!items.empty() && !full_) {
      std::ranges::pop_heap(items, std::greater{}, &Item::order);
      const Item item = std::move(items.back());
      items.pop_back();
      const std::string key = path + item.order;
      if (!item.is_folder() && item.folder.empty()) {
        offer(key, folder, item.order);
        continue;
      }
      const FileDescriptor inner = open_directory_at(folder, item.is_folder() ? key_name(item.order) : item.folder);
      if (!inner.is_open()) continue;
      if (!item.is_folder()) {
        offer(key, inner, kSelf);
      } else if (options_.delimiter == "/" && key.size() > options_.prefix.size()) {
        if (key > options_.start_after && TRY(holds_object(inner, key))) offer_prefix(key);
      } else {
        TRY(walk(inner, key));
      }
    }
    return {};
  }

  static std::string key_name(const std::string& order) { return order.substr(0, order.size() - 1); }

  Result<std::vector<Item>> read_items(const FileDescriptor& folder, const std::string& path) const {
    std::vector<Item> items;
    for (Entry& entry : TRY(read_entries(folder))) {
      const std::string key = path + entry.name;
      const bool wanted_itself = wanted(key);
      if ((!wanted_itself && entry.kind == EntryKind::kFile) || !check_key(key)) continue;
      if (entry.kind == EntryKind::kFile) {
        items.push_back({std::move(entry.name), ""});
        continue;
      }
      const FileDescriptor inner = wanted_itself ? open_directory_at(folder, entry.name) : FileDescriptor();
      if (inner.is_open() && is_regular_file_at(inner, kSelf)) items.push_back({entry.name, entry.name});
      if (folder_wanted(key + "/")) items.push_back({entry.name + "/", ""});
    }
    return items;
  }

  bool wanted(const std::string& key) const { return key.starts_with(options_.prefix) && key > options_.start_after; }
  bool folder_wanted(const std::string& key) const {
    return (key.starts_with(options_.prefix) || options_.prefix.starts_with(key)) &&
           (key > options_.start_after || options_.start_after.starts_with(key));
  }

  void offer(const std::string& key, const FileDescriptor& folder, const std::string& name) {
    if (!wanted(key)) return;
    if (!options_.delimiter.empty()) {
      const std::size_t found = key.find(options_.delimiter, options_.prefix.size());
      if (found != std::string::npos) return offer_prefix(key.substr(0, found + options_.delimiter.size()));
    }
    std::optional<ObjectInfo> object = describe_(key, folder, name);
    if (object && make_room(key)) listing_.objects.push_back(std::move(*object));
  }

  void offer_prefix(const std::string& prefix) {
    if (prefix <= options_.start_after) return;
    if (!listing_.common_prefixes.empty() && listing_.common_prefixes.back() == prefix) return;
    if (make_room(prefix)) listing_.common_prefixes.push_back(prefix);
  }

  bool make_room(const std::string& offered) {
    if (listing_.objects.size() + listing_.common_prefixes.size() == options_.limit) {
      listing_.next = last_;
      full_ = true;
      return false;
    }
    last_ = offered;
    return true;
  }

  const ListOptions& options_;
  const Describe& describe_;
  Listing listing_;
  std::string last_;
  bool full_ = false;
};

}  // namespace

Result<Listing> list_bucket(const FileDescriptor& bucket, const ListOptions& options, const Describe& describe) {
  return Lister(options, describe).run(bucket);
}

}  // namespace rapport::objects
