#include "monitor/follower.h"

#include <algorithm>
#include <utility>

#include "monitor/syslog_line.h"

namespace monitor {

base::Result<> Follower::begin() {
  const auto first = TRY(fetch_(0));
  next_ = first.size > kAgain ? first.size - kAgain : 0;
  sent_to_ = next_;
  begun_ = true;
  return {};
}

base::Result<> Follower::step(base::WallTime now) {
  if (!begun_) TRY(begin());
  return follow(now);
}

base::Result<> Follower::follow(base::WallTime now) {
  const auto send = [this](const std::string& frame) {
    auto sent = send_(frame);
    if (!sent && !std::exchange(lost_, true)) next_ = next_ > kAgain ? next_ - kAgain : 0;
    if (sent) lost_ = false;
    return sent;
  };
  while (true) {
    const auto found = TRY(fetch_(next_));
    if (found.size > next_ + kBehindMax) {
      const std::uint64_t from = found.size - kBehindMax;
      const std::uint64_t known = std::max(next_, sent_to_);
      if (from > known) {
        if (untold_ == 0) gap_from_ = known;
        dropped_ += from - known;
        untold_ += from - known;
        sent_to_ = from;
      }
      next_ = from;
      continue;
    }
    if (untold_ > 0) {
      TRY(send(framed_gap(gap_from_, untold_, now, host_)));
      untold_ = 0;
    }
    for (const auto& row : found.rows) {
      TRY(send(framed(row, host_)));
      next_ = row.index + 1;
      sent_to_ = std::max(sent_to_, next_);
    }
    if (found.rows.empty()) return {};
  }
}

}  // namespace monitor
