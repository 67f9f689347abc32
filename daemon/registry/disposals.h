// Disposal (廃棄) by re-shelving, phase by phase. Core drives it; after a crash it continues from
// the phase that is recorded (Registry::unfinished_disposal()):
//
//   propose_disposal            kProposed    any number of disposals may wait
//   approve_disposal            kApproved    one at a time from here on
//   plan_reshelving + HSM + apply_reshelving   kReshelved    commit with Pages::kBoth
//   DestroyShelves + mark_destroyed            kDestroyed
//   new epoch + certificate + mark_done        kDone
#pragma once

#include "daemon/registry/registry.h"

namespace registry {

struct NewDisposal {
  DisposalId id;  // from Registry::new_id()
  TenantId tenant = kFirm;
  std::vector<PersonId> people;
  base::DisposalReason reason = base::DisposalReason::kRetentionOver;
  AccountId by;
  WallTime now;
};
// kNotFound, kInvalid (nobody, somebody twice), kTooMany (1,000), kState (somebody holds nothing,
// has an open request, or is in another open disposal).
base::Result<Change> propose_disposal(const Registry& registry, const NewDisposal& disposal);
// kState unless proposed.
base::Result<Change> cancel_disposal(const Registry& registry, DisposalId disposal);
// kState unless proposed; kConflict while another one is unfinished.
base::Result<Change> approve_disposal(const Registry& registry, DisposalId disposal, AccountId by,
                                      WallTime now);

// One shelf to empty: its survivors go to the new shelf `to`, whose id the plan chose. No
// survivors: no new shelf (`to` is invalid).
struct Reshelving {
  TenantId tenant = kFirm;
  Purpose purpose = Purpose::kTax;
  ShelfId from;
  ShelfId to;
  std::vector<ipc::Reshelve::Item> survivors;
};
// Every shelf that holds, or held, a number of the disposal's people, and every shelf with dead
// numbers, of the disposal's company. kState unless approved.
base::Result<std::vector<Reshelving>> plan_reshelving(const Registry& registry,
                                                      DisposalId disposal);

struct Reshelved {
  ipc::Bytes<128> sealed_salt;                 // of `to`
  std::vector<ipc::MoveNumbers::Moved> moved;  // in the order of survivors
};
// kConflict when a shelf of the plan has changed meanwhile: hold the write lock from plan to apply.
base::Result<Change> apply_reshelving(const Registry& registry, DisposalId disposal,
                                      const std::vector<Reshelving>& plan,
                                      const std::vector<Reshelved>& results, WallTime now);
base::Result<Change> mark_destroyed(const Registry& registry, DisposalId disposal,
                                    std::uint64_t log_index, WallTime at);
base::Result<Change> mark_done(const Registry& registry, DisposalId disposal, std::uint64_t epoch,
                               const ipc::Bytes<65536>& certificate, WallTime now);

}  // namespace registry
