// How often somebody may be wrong. Two kinds:
//   Backoff  consecutive failures of one account: ten, then a wait that doubles. It is kept in
//            the store, so that restarts do not reset it.
//   Buckets  failures of one source address, in memory: a flood from one address stops being
//            answered long before it has tried many accounts.
#pragma once

#include <cstdint>
#include <map>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"

namespace core {

inline constexpr std::uint32_t kFailuresMax = 10;  // in a row (NIST SP 800-63B-4 allows 100)

struct Backoff {
  std::uint32_t failures = 0;
  base::WallTime locked_until;
};

// After one more failure at `now`. Each tenth failure in a row locks: 15 minutes, then twice as
// long each time, up to a day.
Backoff after_failure(Backoff before, base::WallTime now);
inline bool is_locked(const Backoff& state, base::WallTime now) { return state.locked_until > now; }

template <class Key>
class Buckets {
 public:
  // `size` failures at once, one more each `refill_ms`.
  Buckets(std::uint32_t size, std::int64_t refill_ms) : size_(size), refill_ms_(refill_ms) {}

  // kLocked when the key has used up its failures.
  [[nodiscard]] base::Result<> check(const Key& key, base::MonoTime now) const {
    const auto it = used_until_.find(key);
    if (it == used_until_.end()) return {};
    if (it->second.ms - now.ms > (size_ - 1) * refill_ms_)
      return base::fail(base::Code::kLocked, "source");
    return {};
  }
  void failed(const Key& key, base::MonoTime now) {
    if (used_until_.size() >= kKeysMax) forget(now);
    auto& until = used_until_[key];
    until.ms = (until.ms > now.ms ? until.ms : now.ms) + refill_ms_;
  }
  [[nodiscard]] std::size_t size() const { return used_until_.size(); }

 private:
  static constexpr std::size_t kKeysMax = 4096;
  void forget(base::MonoTime now) {
    std::erase_if(used_until_, [now](const auto& entry) { return entry.second <= now; });
    // Still full: a flood from thousands of addresses. The oldest ones to run out go first.
    while (used_until_.size() >= kKeysMax) {
      auto first = used_until_.begin();
      for (auto it = used_until_.begin(); it != used_until_.end(); ++it) {
        if (it->second < first->second) first = it;
      }
      used_until_.erase(first);
    }
  }

  std::int64_t size_;
  std::int64_t refill_ms_;
  std::map<Key, base::MonoTime> used_until_;  // when the key will have no failure left
};

}  // namespace core
