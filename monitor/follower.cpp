#include "monitor/follower.h"

#include "monitor/syslog_line.h"

namespace monitor {

base::Result<> Follower::begin() {
  const auto first = TRY(fetch_(0));
  next_ = first.size > kAgainAtStart ? first.size - kAgainAtStart : 0;
  begun_ = true;
  return {};
}

base::Result<> Follower::step(base::WallTime now) {
  if (!begun_) TRY(begin());
  while (true) {
    const auto found = TRY(fetch_(next_));
    if (found.size > next_ + kBehindMax) {
      const std::uint64_t from = found.size - kBehindMax;
      dropped_ += from - next_;
      untold_ += from - next_;
      next_ = from;
      continue;
    }
    if (untold_ > 0) {
      TRY(send_(framed_gap(next_ - untold_, untold_, now, host_)));
      untold_ = 0;
    }
    for (const auto& row : found.rows) {
      TRY(send_(framed(row, host_)));
      next_ = row.index + 1;
    }
    if (found.rows.empty()) return {};
  }
}

}  // namespace monitor
