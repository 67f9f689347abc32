#include "daemon/rows.h"

namespace core {

namespace {

ipc::DisposalStatus status_of(registry::DisposalPhase phase) {
  switch (phase) {
    case registry::DisposalPhase::kProposed: return ipc::DisposalStatus::kProposed;
    case registry::DisposalPhase::kApproved:
    case registry::DisposalPhase::kReshelved:
    case registry::DisposalPhase::kDestroyed: return ipc::DisposalStatus::kExecuting;
    case registry::DisposalPhase::kDone: return ipc::DisposalStatus::kDone;
    case registry::DisposalPhase::kCancelled: return ipc::DisposalStatus::kCancelled;
  }
  return ipc::DisposalStatus::kCancelled;
}

}  // namespace

base::Result<ipc::PersonRow> row_of(Core& core, base::PersonId person) {
  return registry::person_row(core.reg(), person);
}

ipc::RequestRow row_of(Core& core, const registry::Request& request) {
  ipc::RequestRow row;
  row.id = request.id;
  row.person = request.person;
  if (const auto* person = core.reg().person(request.person); person != nullptr) {
    row.name = person->name;
    row.employee_no = person->employee_no;
  }
  row.purposes = request.purposes;
  row.made_at = request.made_at;
  row.expires_at = request.expires_at;
  row.status = registry::request_status(request.state);
  row.revoked = request.state == registry::RequestState::kRevoked;
  return row;
}

ipc::SubmissionRow row_of(Core& core, const registry::Submission& submission) {
  ipc::SubmissionRow row;
  row.id = submission.id;
  row.person = submission.person;
  if (const auto* person = core.reg().person(submission.person); person != nullptr) {
    row.name = person->name;
    row.employee_no = person->employee_no;
  }
  row.purposes = submission.purposes;
  row.numbers = static_cast<std::uint16_t>(submission.items.size());
  for (const auto& item : submission.items) row.duplicate |= item.duplicate_of.valid();
  row.sent_at = submission.sent_at;
  return row;
}

ipc::DisposalRow row_of(Core& core, const registry::Disposal& disposal) {
  ipc::DisposalRow row;
  row.id = disposal.id;
  row.status = status_of(disposal.phase);
  row.reason = disposal.reason;
  row.people = static_cast<std::uint32_t>(disposal.people.size());
  row.proposed_by = name_of(core, disposal.proposed_by);
  row.proposed_at = disposal.proposed_at;
  row.approved_by = name_of(core, disposal.approved_by);
  row.done_at = disposal.done_at;
  return row;
}

}  // namespace core
