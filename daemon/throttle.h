// How often somebody may be wrong. Two kinds:
//   Throttle  failures in a row of an account, as seen from a browser that it knows, a network or a
//             zone; and of networks and zones. Kept in the register, with the length of the
//             wait and no date: restarts and clocks reset nothing, a restart only begins a running
//             wait anew. A name that is no account is counted like one that is.
//   Buckets   failures of one source address, in memory: a flood from one address stops being
//             answered long before it has tried many accounts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"
#include "daemon/registry/registry.h"

namespace core {

inline constexpr std::uint32_t kFailuresMax = 10;  // in a row (NIST SP 800-63B-4 allows 100)

class Throttle {
 public:
  static constexpr std::size_t kRecordsMax = 4096;
  static constexpr std::int64_t kForgetMs = 36'000;  // a shared count forgets one failure

  // One thing that a try counts against.
  struct Key {
    std::uint64_t id = 0;
    std::uint32_t most = kFailuresMax;                  // so many in a row begin a wait
    std::int64_t first_ms = std::int64_t{15} * 60'000;  // which is twice as long each further time
    std::int64_t longest_ms = std::int64_t{24} * 3'600'000;  // up to this
    bool shared = false;  // of many people: forgets by time instead of by a success
  };
  using Keys = std::vector<Key>;

  // Who tries, from where.
  struct Source {
    std::string_view login;  // canonical
    base::IpAddress address;
    base::Zone zone = base::Zone::kNone;
    std::optional<base::Digest> device;  // a browser that the account was used with
  };
  // A known browser answers for itself alone: whatever others do in the account's name, from
  // wherever, holds nobody up who sits at it.
  static Keys of_sign_in(const Source& source);
  // Asking for a mail: a few of them, then nothing for a while.
  static Keys of_reminder(std::string_view login);
  // Of somebody who is signed in: nobody else can be wrong in his place.
  static Keys of_step_up(std::string_view login);

  // A register that was just loaded: waits begin anew.
  void restart(base::MonoTime now);
  // kLocked "account" or "source".
  base::Result<> check(const registry::Registry& registry, const Keys& keys, base::MonoTime now);
  // One more failure: check() knows it from now on, the register when it keeps what to_keep() says.
  void count(const registry::Registry& registry, const Keys& keys, base::MonoTime now);
  // The counts of these keys as they are, and room for them.
  registry::Change to_keep(const registry::Registry& registry, const Keys& keys,
                           base::MonoTime now);
  // Both.
  registry::Change failed(const registry::Registry& registry, const Keys& keys, base::MonoTime now);
  // What to keep after a success.
  registry::Change succeeded(const registry::Registry& registry, const Keys& keys,
                             base::MonoTime now);
  // Of waits that are over and counts that are empty; for now and then.
  registry::Change tidy(const registry::Registry& registry, base::MonoTime now);

 private:
  struct Live {
    std::uint32_t failures = 0;
    base::MonoTime last;
    base::MonoTime until;  // of the wait
  };
  Live& live(const registry::Registry& registry, std::uint64_t id, base::MonoTime now);
  void make_room(const registry::Registry& registry, const Keys& keys, base::MonoTime now,
                 registry::Change& change);

  base::MonoTime started_;
  std::map<std::uint64_t, Live> live_;  // of records, and of what was asked for since
};

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
