#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audience/record_check.h"
#include "base/result.h"
#include "records/store.h"

// How records of one application are held against each other: quickly a page at a time, and one by one, exactly, where
// something seems wrong.
namespace rapport::audience {

struct RecordView {
  std::string_view key;
  std::string_view value;
};

// Which of the page (records of one kind by rising key) do not fit what they point to, as it is a moment later.
Result<std::vector<std::size_t>> suspect_endpoints(records::Store& store, const std::string& app,
                                                   std::span<const RecordView> page);
Result<std::vector<std::size_t>> suspect_users(records::Store& store, const std::string& app,
                                               std::span<const RecordView> page);
Result<std::vector<std::size_t>> suspect_addresses(records::Store& store, const std::string& app,
                                                   std::span<const RecordView> page);

struct Finding {
  Problem problem;
  std::string place;
  bool can_repair = true;
};

// Each looks at the record and those it points to in one atomic update, which also repairs if it shall.
Result<std::vector<Finding>> examine_endpoint(records::Store& store, const std::string& app, const std::string& key_id,
                                              Repair repair);
Result<std::vector<Finding>> examine_user(records::Store& store, const std::string& app, const std::string& user,
                                          Repair repair);
Result<std::vector<Finding>> examine_address(records::Store& store, const std::string& app, const std::string& key,
                                             Repair repair);

}  // namespace rapport::audience
