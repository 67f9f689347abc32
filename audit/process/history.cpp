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

void SealFact::saw(const Entry& entry) {
  const auto* event = std::get_if<base::CoreEvent>(&entry.event);
  if (event == nullptr) return;
  if (*event == base::CoreEvent::kTampered) {
    sealed_ = true;
    by_ = base::FieldName(entry.action.view());
  }
  if (*event != base::CoreEvent::kStateChanged) return;
  const std::string_view state = entry.action.view();
  if (state == name(base::State::kSealed)) {
    sealed_ = true;
    by_ = entry.error ? entry.error->field : base::FieldName();
  }
  // Locked and Failed unseal nothing; nothing is left to seal where there is no firm.
  if (state == name(base::State::kOperational) || state == name(base::State::kUnprovisioned)) {
    sealed_ = false;
    by_ = base::FieldName();
  }
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
