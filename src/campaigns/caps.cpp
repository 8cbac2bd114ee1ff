#include "campaigns/caps.h"

#include <cstring>
#include <map>
#include <optional>

#include "base/digest.h"

namespace rapport::campaigns {
namespace {

std::string prefix_of(const std::string& app) { return "c/" + app + "/"; }
std::string total_prefix(const std::string& app, const std::string& campaign) {
  return prefix_of(app) + "t/" + campaign + "/";
}
std::string daily_prefix(const std::string& app) { return prefix_of(app) + "d/"; }

// The places an endpoint has given away: entries of 16 bytes, the message's mark and the time, oldest first.
class Ledger {
 public:
  explicit Ledger(const std::optional<std::string>& stored) : bytes_(stored.value_or("")) {}

  std::int64_t size() const { return static_cast<std::int64_t>(bytes_.size() / kEntryBytes); }

  bool holds(std::uint64_t mark) const {
    for (std::size_t at = 0; at + kEntryBytes <= bytes_.size(); at += kEntryBytes) {
      if (number_at(at) == mark) return true;
    }
    return false;
  }

  void drop_before(Timestamp oldest) {
    std::string kept;
    for (std::size_t at = 0; at + kEntryBytes <= bytes_.size(); at += kEntryBytes) {
      if (static_cast<std::int64_t>(number_at(at + 8)) > oldest.micros) kept.append(bytes_, at, kEntryBytes);
    }
    bytes_ = std::move(kept);
  }

  void add(std::uint64_t mark, Timestamp now) {
    const auto time = static_cast<std::uint64_t>(now.micros);
    bytes_.append(reinterpret_cast<const char*>(&mark), 8);
    bytes_.append(reinterpret_cast<const char*>(&time), 8);
  }

  const std::string& bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kEntryBytes = 16;
  std::uint64_t number_at(std::size_t at) const {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes_.data() + at, 8);
    return number;
  }
  std::string bytes_;
};

// The ledgers of one reservation, by key.
class Ledgers {
 public:
  Ledgers(std::span<const std::string> keys, const records::Values& values) {
    for (std::size_t i = 0; i < keys.size(); ++i) ledgers_.try_emplace(keys[i], values[i]);
  }
  Ledger& at(const std::string& key) { return ledgers_.at(key); }
  void give(const std::string& key, std::uint64_t mark, Timestamp now) {
    Ledger& ledger = at(key);
    ledger.add(mark, now);
    changed_.insert_or_assign(key, &ledger);
  }
  records::Batch batch() const {
    records::Batch batch;
    for (const auto& [key, ledger] : changed_) batch.put(key, ledger->bytes());
    return batch;
  }

 private:
  std::map<std::string, Ledger> ledgers_;
  std::map<std::string, const Ledger*> changed_;
};

struct Keys {
  std::string total;  // empty: not limited
  std::string daily;
};

class Reservation {
 public:
  Reservation(const Limits& limits, Timestamp now, Ledgers& ledgers) : limits_(limits), now_(now), ledgers_(ledgers) {}

  Verdict decide(const Claim& claim, const Keys& keys) {
    const std::uint64_t mark = stable_hash(claim.message_id);
    if (!keys.total.empty()) {
      Ledger& total = ledgers_.at(keys.total);
      const bool held = total.holds(mark);
      if (!held && total.size() >= limits_.total) return Verdict::kCampaignCap;
      if (!held) ledgers_.give(keys.total, mark, now_);
    }
    if (keys.daily.empty() || claim.is_quiet) return Verdict::kGranted;
    Ledger& daily = ledgers_.at(keys.daily);
    if (daily.holds(mark)) return Verdict::kGranted;
    daily.drop_before(now_ - kMicrosPerDay);
    if (daily.size() >= limits_.daily) return Verdict::kDailyCap;
    ledgers_.give(keys.daily, mark, now_);
    return Verdict::kGranted;
  }

 private:
  const Limits& limits_;
  const Timestamp now_;
  Ledgers& ledgers_;
};

// The ledgers that claims are held against.
struct Claimed {
  Claimed(const std::string& app, const std::string& campaign, const Limits& limits, std::span<const Claim> claims) {
    const std::string total = total_prefix(app, campaign);
    const std::string daily = daily_prefix(app);
    for (const Claim& claim : claims) {
      Keys& own = of_claims.emplace_back();
      if (limits.total > 0) all.push_back(own.total = total + claim.key_id);
      if (limits.daily > 0) all.push_back(own.daily = daily + claim.key_id);
    }
  }
  std::vector<Keys> of_claims;
  std::vector<std::string> all;
};

bool is_limited(const Limits& limits, std::span<const Claim> claims) {
  return !claims.empty() && (limits.daily > 0 || limits.total > 0);
}

}  // namespace

Result<std::vector<Verdict>> Caps::reserve(const std::string& app, const std::string& campaign, const Limits& limits,
                                           std::span<const Claim> claims, Timestamp now) {
  std::vector<Verdict> verdicts(claims.size(), Verdict::kGranted);
  if (!is_limited(limits, claims)) return verdicts;
  const Claimed claimed(app, campaign, limits, claims);
  TRY(store_.update(claimed.all, [&](const records::Values& values) -> Result<records::Batch> {
    Ledgers ledgers(claimed.all, values);
    Reservation reservation(limits, now, ledgers);
    for (std::size_t i = 0; i < claims.size(); ++i) verdicts[i] = reservation.decide(claims[i], claimed.of_claims[i]);
    return ledgers.batch();
  }));
  return verdicts;
}

Result<std::vector<Verdict>> Caps::foresee(const std::string& app, const std::string& campaign, const Limits& limits,
                                           std::span<const Claim> claims, Timestamp now) {
  std::vector<Verdict> verdicts(claims.size(), Verdict::kGranted);
  if (!is_limited(limits, claims)) return verdicts;
  const Claimed claimed(app, campaign, limits, claims);
  Ledgers ledgers(claimed.all, TRY(store_.get_many(claimed.all)));
  Reservation reservation(limits, now, ledgers);
  for (std::size_t i = 0; i < claims.size(); ++i) verdicts[i] = reservation.decide(claims[i], claimed.of_claims[i]);
  return verdicts;
}

Status Caps::erase_campaign(const std::string& app, const std::string& campaign) {
  return store_.erase_prefix(total_prefix(app, campaign));
}

Status Caps::erase_application(const std::string& app) { return store_.erase_prefix(prefix_of(app)); }

}  // namespace rapport::campaigns
