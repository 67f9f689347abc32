// Follows the audit log and hands each entry on once. The log itself is the queue: what the
// collector does not take stays where it is, and nobody waits. Who falls behind by more than
// kBehindMax entries goes on with the newest ones and says how many were left out.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "ipc/console_core.h"

namespace monitor {

class Follower {
 public:
  static constexpr std::uint64_t kBehindMax = 10'000;
  // Sent again after a start and after a lost connection, whose end TCP tells too late: what
  // happened while nobody followed, and what was on its way, is not lost. Entries have numbers.
  static constexpr std::uint64_t kAgain = 100;

  using Fetch = std::function<base::Result<ipc::FollowLog::Reply>(std::uint64_t from)>;
  using Send = std::function<base::Result<>(const std::string& frame)>;

  Follower(Fetch fetch, Send send, std::string host)
      : fetch_(std::move(fetch)), send_(std::move(send)), host_(std::move(host)) {}

  // Sends what is new. An error is the collector's (`send`) or core's (`fetch`): try again later.
  base::Result<> step(base::WallTime now);

  [[nodiscard]] std::uint64_t next() const { return next_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  base::Result<> begin();
  base::Result<> follow(base::WallTime now);

  Fetch fetch_;
  Send send_;
  std::string host_;
  bool begun_ = false;
  bool lost_ = false;  // the connection, since the last entry that was taken
  std::uint64_t next_ = 0;
  std::uint64_t sent_to_ = 0;   // everything before was taken once, or left out
  std::uint64_t gap_from_ = 0;  // the first of `untold_`
  std::uint64_t dropped_ = 0;   // in all
  std::uint64_t untold_ = 0;    // of these not told to the collector yet
};

}  // namespace monitor
