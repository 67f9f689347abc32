// Challenges for passkeys of people who are not signed in yet, so that there is no session to keep
// one with. In memory, bounded: each good once, for five minutes, from the address that asked.
#pragma once

#include <map>

#include "base/ip.h"
#include "daemon/random.h"
#include "ipc/worker_self.h"

namespace core {

class Challenges {
 public:
  static constexpr std::size_t kMax = 4096;
  static constexpr std::size_t kPerAddressMax = 16;  // the oldest of an address makes room
  static constexpr std::int64_t kLifeMs = 300'000;

  ipc::Challenge make(Random& random, const base::IpAddress& address, base::MonoTime now);
  // True once.
  bool take(const ipc::Challenge& challenge, const base::IpAddress& address, base::MonoTime now);
  void clear() { open_.clear(); }
  [[nodiscard]] std::size_t size() const { return open_.size(); }

 private:
  struct Open {
    base::IpAddress address;
    base::MonoTime ends;
  };
  void make_room(const base::IpAddress& address, base::MonoTime now);

  // Looked up by random bytes that nobody can guess: an ordinary comparison tells nothing.
  std::map<ipc::Challenge, Open> open_;
};

}  // namespace core
