#include "audit/process/commit.h"

#include <algorithm>

namespace audit::process {

using base::Result;
using base::Task;

Journal::Journal(base::Loop& loop, Log& log, bool alarmed,
                 std::function<void(base::Error)> on_fatal)
    : loop_(loop),
      log_(log),
      run_(loop.clock(), log.last_run()),
      on_fatal_(std::move(on_fatal)),
      idle_since_(loop.clock().mono()),
      alarmed_(alarmed) {}

Journal::~Journal() = default;

Result<std::uint64_t> Journal::append(Entry entry, Priority priority) {
  if (disk_low_ && priority == Priority::kNormal) return base::fail(base::Code::kFull, "disk");
  entry.t = loop_.clock().wall();
  entry.run = run_.now();
  const auto appended = log_.append(std::move(entry), priority);
  if (priority == Priority::kNormal) {
    full_ = !appended && appended.error().code == base::Code::kFull;
  }
  const std::uint64_t index = TRY(appended);
  idle_since_ = loop_.clock().mono();
  if (!lazy_armed_ && !posted_) {
    lazy_armed_ = true;
    lazy_ = loop_.after(kLazyMs, [this] { sync_now(); });
  }
  raise_alarm();
  return index;
}

void Journal::set_disk_low(bool low, std::uint64_t free_mib) {
  if (std::exchange(disk_low_, low) || !low) return;
  Entry alarm;
  alarm.event = base::AuditEvent::kLogAlarm;
  alarm.count = free_mib;
  alarm.error = base::Error{base::Code::kFull, "disk"};
  static_cast<void>(append(std::move(alarm), Priority::kReserve));
}

void Journal::raise_alarm() {
  if (alarmed_ || log_.used_percent() < kAlarmPercent) return;
  alarmed_ = true;
  Entry alarm;
  alarm.event = base::AuditEvent::kLogAlarm;
  alarm.count = log_.used_percent();
  // Without room even in the reserve there is nobody left to tell through the log.
  static_cast<void>(append(std::move(alarm), Priority::kReserve));
}

Task<void> Journal::durable(std::uint64_t index) {
  if (log_.durable() > index) co_return;
  base::Slot<bool> slot;
  waiters_.push_back({index, &slot});
  sync_soon();
  co_await slot;
}

Task<Result<std::uint64_t>> Journal::append_durable(Entry entry, Priority priority) {
  CO_TRY(const std::uint64_t index, append(std::move(entry), priority));
  co_await durable(index);
  co_return index;
}

void Journal::sync_soon() {
  if (2 * waiters_.size() >= group_) return sync_this_turn();
  if (gathering_ || posted_) return;
  gathering_ = true;
  gather_ = loop_.after(kGatherMs, [this] { sync_now(); });
}

void Journal::sync_this_turn() {
  if (posted_) return;
  posted_ = true;
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) sync_now();
  });
}

void Journal::sync_now() {
  posted_ = false;
  lazy_armed_ = false;
  lazy_.cancel();
  gathering_ = false;
  gather_.cancel();
  group_ = std::max<std::size_t>(waiters_.size(), 1);
  const auto size = log_.sync();
  if (!size) return on_fatal_(size.error());
  ++syncs_;
  // All that was appended is on disk now. Who is resumed may append and wait again: for the next
  // sync.
  for (const Waiter& waiter : std::exchange(waiters_, {})) {
    ASSERT(waiter.index < *size);
    waiter.slot->set(true);
  }
}

}  // namespace audit::process
