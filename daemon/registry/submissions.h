// Changes by which numbers come in: sending (sealed on an intake shelf), approval (moved to one
// shelf a purpose), return and refusal. The HSM's part lies between plan_*() and the change: the
// plan says what to ask the audit process for, the change takes its answer.
#pragma once

#include "daemon/registry/registry.h"
#include "daemon/registry/shelves.h"

namespace registry {

// Where to seal each number. `missing` not empty: open these shelves first, then plan again.
struct SendPlan {
  std::vector<ShelfNeed> missing;
  std::vector<ipc::NumberPlace> places;  // in the order of `people`
  std::vector<ShelfId> probe;            // at most 256; SealNumbers::probe
};
// `people`: whose numbers were typed, all of people_of(request), none twice. Takes versions, which
// are never given again. kInvalid "people"; kState when the request takes nothing now; kFull when
// the tenant has more shelves than can be probed.
base::Result<SendPlan> plan_send(Registry& registry, RequestId request,
                                 const std::vector<PersonId>& people);

struct SentItem {
  ipc::SealedNumber sealed;
  ipc::DuplicateTag tag;
  std::vector<ipc::DuplicateTag> probes;  // in the order of SendPlan::probe
};
struct Sending {
  SubmissionId id;  // from Registry::new_id()
  ipc::Text<24> receipt;
  WallTime now;
};
// kState when the request was used, revoked or has ended meanwhile; kConflict when a shelf of the
// plan has retired meanwhile (plan and seal again).
base::Result<Change> send_numbers(const Registry& registry, RequestId request, const SendPlan& plan,
                                  const std::vector<SentItem>& items, const Sending& sending);

base::Result<Change> decline_request(const Registry& registry, RequestId request,
                                     const ipc::Text<200>& reason, WallTime now);

// Which moves an approval asks for.
struct ApprovalPlan {
  std::vector<ShelfNeed> missing;
  std::vector<ipc::MoveNumbers::Item> moves;  // items in order, each with its purposes in order
};
base::Result<ApprovalPlan> plan_approval(Registry& registry, SubmissionId submission);
struct Decision {
  AccountId by;
  WallTime now;
};
// `moved` in the order of plan.moves. kNotFound when decided meanwhile; kConflict as above.
base::Result<Change> approve_submission(const Registry& registry, SubmissionId submission,
                                        const ApprovalPlan& plan,
                                        const std::vector<ipc::MoveNumbers::Moved>& moved,
                                        const Decision& decision);
// The person may send again until the request ends. kNotFound.
base::Result<Change> return_submission(const Registry& registry, SubmissionId submission,
                                       const ipc::Text<200>& reason, const Decision& decision);

}  // namespace registry
