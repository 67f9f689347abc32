#include "audit/process/history.h"

#include <algorithm>

namespace audit::process {

using base::AuditEvent;
using base::Code;

void PinGuard::failed(std::uint64_t run) {
  ++failures_;
  last_run_ = run;
}

base::Result<> PinGuard::check(std::uint64_t run) const {
  if (failures_ < kFree) return {};
  const std::uint32_t doublings = std::min(failures_ - kFree, 6U);
  const std::uint64_t wait = std::min(kFirstWaitMs << doublings, kWaitMaxMs);
  if (run < last_run_ + wait) return base::fail(Code::kLocked, "pin_wait");
  return {};
}

void History::take(const Entry& entry) {
  clock.saw(entry.t);
  seal.saw(entry);
  const auto* event = std::get_if<AuditEvent>(&entry.event);
  if (event == nullptr) return;
  if (*event == AuditEvent::kRevealIntent) budget.count(entry.account, entry.run);
  if (*event == AuditEvent::kLogOpened && origin.empty()) origin = entry.origin;
  if (*event == AuditEvent::kHsmUnlocked) {
    pins.succeeded();
    clock.accepted(entry.t);
  }
  if (*event == AuditEvent::kHsmUnlockFailed && entry.error && entry.error->code == Code::kDenied) {
    pins.failed(entry.run);
  }
  if (*event == AuditEvent::kLogAlarm && !entry.error) alarmed = true;
}

}  // namespace audit::process
