// What of the log seals, and what unseals.
#include "audit/process/history.h"

namespace audit::process {

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

}  // namespace audit::process
