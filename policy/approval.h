// The life of a proposal: what one person proposes, others approve, and then is carried out. Pure:
// each step takes the proposal as it is and those who act as core knows them at that moment, and
// gives the proposal as it is afterwards, or the error. daemon/proposals keeps it in the register;
// tests/models/approval.pml is the same machine as a model that is checked in full.
//
//   - Natural persons are counted, never accounts: not the requester, by whatever account, and
//     nobody twice. The table (policy/access.h) says how many others, and it is at least one.
//   - It belongs to the company of who proposed it; what people of others say of it counts nothing.
//   - An approval is of one digest of the content. An edit gives another, and all approvals are
//     void.
//   - When it is carried out, everybody is judged again as he is then: the requester, each
//     approver, and who carries it out.
//   - It ends by the clock, on whichever comes first: the wall's or the box's own running time,
//     which nobody can set back.
#pragma once

#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "policy/access.h"

namespace policy {

// Somebody who acts, as core knows him now.
struct Party {
  base::AccountId account;
  std::uint64_t person = 0;  // natural person; 0: unknown, who counts as nobody
  base::Role role = base::Role::kNone;
  bool active = false;           // enrolled and not disabled
  std::uint32_t deputy_for = 0;  // as Facts::deputy_for
  base::TenantId company;        // whose rights these are
};

struct Moment {
  std::uint64_t run_ms = 0;  // how long the box has run in all
  base::WallTime wall;
};

struct Approval {
  base::AccountId account;
  std::uint64_t person = 0;
  base::Digest digest;  // of the content that he saw
};

struct Proposal {
  base::ProposalKind kind = base::ProposalKind::kInvite;
  base::ProposalStage stage = base::ProposalStage::kOpen;
  base::AccountId requester;
  std::uint64_t requester_person = 0;
  base::TenantId company;  // the requester's: nobody of another has a part in it
  base::Digest digest;
  Moment expires;
  std::vector<Approval> approvals;
};

inline constexpr std::int64_t kProposalMs = std::int64_t{7} * 24 * 3'600'000;
inline constexpr std::size_t kApprovalsMax = 8;

// What an account is now; an unknown one is a Party that is not active.
using Lookup = std::function<Party(base::AccountId)>;

// A new one. kDenied "access" when the role may not propose this.
base::Result<Proposal> propose(base::ProposalKind kind, const Party& requester,
                               const base::Digest& digest, const Moment& now);

// All below: kState "proposal" when it is not open any more, kExpired "proposal" when its time is
// over.

// Other content, by who proposed it (kDenied "requester"); voids every approval.
base::Result<Proposal> edit(Proposal proposal, const Party& who, const base::Digest& digest,
                            const Moment& now);
// kDenied "self" for the requester's person, "access" for a role that does not approve this;
// kConflict "proposal" when `seen` is not the content's digest; kUsed "approval" for a second one
// of the same person.
base::Result<Proposal> approve(Proposal proposal, const Party& who, const base::Digest& seen,
                               const Moment& now);
// By who could approve it: kDenied as there.
base::Result<Proposal> refuse(Proposal proposal, const Party& who, const Moment& now);
// kDenied "requester" unless by his person.
base::Result<Proposal> cancel(Proposal proposal, const Party& who, const Moment& now);
// kState "proposal" while its time is not over.
base::Result<Proposal> expire(Proposal proposal, const Moment& now);

// How many other natural persons approve it as it is and still may; `carrying_out` is one of them
// where the table says so (nullptr: nobody yet).
std::uint8_t counted(const Proposal& proposal, const Lookup& lookup,
                     const Party* carrying_out = nullptr);
// Whether one account's approval counts now.
bool counts(const Proposal& proposal, const Approval& approval, const Lookup& lookup);

// kDenied "requester" when it is not for `who` to carry out or the requester may not propose it any
// more, "approval" when too few others count; kConflict "proposal" when `content` is not what was
// approved.
base::Result<Proposal> execute(Proposal proposal, const Party& who, const base::Digest& content,
                               const Lookup& lookup, const Moment& now);

bool is_over(const Proposal& proposal, const Moment& now);

// ---- rights as a whole

// Whether two natural persons who guard rights are left among these: with fewer no right could be
// changed any more.
bool enough_guards(const std::vector<Party>& accounts);
// kDenied "separation" when one natural person would hold a pair of roles that are kept apart.
// `others` are his other accounts.
base::Result<> check_separation(base::Role role, const std::vector<Party>& others);

}  // namespace policy
