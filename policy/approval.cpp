#include "policy/approval.h"

#include <algorithm>
#include <set>

namespace policy {

using base::Code;
using base::fail;
using base::ProposalStage;
using base::Result;

namespace {

Result<> check_open(const Proposal& proposal, const Moment& now) {
  if (proposal.stage != ProposalStage::kOpen) return fail(Code::kState, "proposal");
  if (is_over(proposal, now)) return fail(Code::kExpired, "proposal");
  return {};
}

bool is_requester(const Proposal& proposal, const Party& who) {
  return who.account == proposal.requester || who.person == proposal.requester_person;
}

// Somebody who can be told apart from everybody else, and may act.
bool is_somebody(const Party& who) {
  return who.active && who.account.valid() && who.person != 0 && who.company.valid();
}

Result<> check_approver(const Proposal& proposal, const Party& who) {
  if (is_requester(proposal, who)) return fail(Code::kDenied, "self");
  const Set<base::Role>& approvers = rule_of(proposal.kind).approvers;
  const bool has_role = approvers.has(who.role) || (approvers.bits & who.deputy_for) != 0;
  const bool is_one = has_role && who.company == proposal.company;
  if (!is_somebody(who) || !is_one) {
    return fail(Code::kDenied, "access");
  }
  return {};
}

bool may_propose(base::ProposalKind kind, const Party& who) {
  const Rule& rule = rule_of(rule_of(kind).proposed_by);
  const bool of_it = rule.about == About::kCompany || who.company == base::kFirm;
  return is_somebody(who) && of_it && rule.roles.has(who.role);
}

}  // namespace

bool is_over(const Proposal& proposal, const Moment& now) {
  return now.run_ms >= proposal.expires.run_ms || now.wall >= proposal.expires.wall;
}

Result<Proposal> propose(base::ProposalKind kind, const Party& requester,
                         const base::Digest& digest, const Moment& now) {
  if (!may_propose(kind, requester)) return fail(Code::kDenied, "access");
  Proposal out;
  out.kind = kind;
  out.requester = requester.account;
  out.requester_person = requester.person;
  out.company = requester.company;
  out.digest = digest;
  out.expires = {now.run_ms + static_cast<std::uint64_t>(kProposalMs), {now.wall.ms + kProposalMs}};
  return out;
}

Result<Proposal> edit(Proposal proposal, const Party& who, const base::Digest& digest,
                      const Moment& now) {
  TRY(check_open(proposal, now));
  if (!is_requester(proposal, who)) return fail(Code::kDenied, "requester");
  if (!may_propose(proposal.kind, who)) return fail(Code::kDenied, "access");
  proposal.digest = digest;
  proposal.approvals.clear();
  return proposal;
}

Result<Proposal> approve(Proposal proposal, const Party& who, const base::Digest& seen,
                         const Moment& now) {
  TRY(check_open(proposal, now));
  TRY(check_approver(proposal, who));
  if (seen != proposal.digest) return fail(Code::kConflict, "proposal");
  for (const Approval& one : proposal.approvals) {
    if (one.person == who.person) return fail(Code::kUsed, "approval");
  }
  if (proposal.approvals.size() >= kApprovalsMax) return fail(Code::kTooMany, "approval");
  proposal.approvals.push_back({who.account, who.person, seen});
  return proposal;
}

Result<Proposal> refuse(Proposal proposal, const Party& who, const Moment& now) {
  TRY(check_open(proposal, now));
  TRY(check_approver(proposal, who));
  proposal.stage = ProposalStage::kRefused;
  return proposal;
}

Result<Proposal> cancel(Proposal proposal, const Party& who, const Moment& now) {
  TRY(check_open(proposal, now));
  if (!is_requester(proposal, who)) return fail(Code::kDenied, "requester");
  proposal.stage = ProposalStage::kCancelled;
  return proposal;
}

Result<Proposal> expire(Proposal proposal, const Moment& now) {
  if (proposal.stage != ProposalStage::kOpen || !is_over(proposal, now)) {
    return fail(Code::kState, "proposal");
  }
  proposal.stage = ProposalStage::kExpired;
  return proposal;
}

bool counts(const Proposal& proposal, const Approval& approval, const Lookup& lookup) {
  const Party now = lookup(approval.account);
  // The account may have been given to nobody, disabled, or have another role since; and what he
  // approved may not be what stands here now.
  return now.account == approval.account && now.person == approval.person &&
         approval.digest == proposal.digest && check_approver(proposal, now).has_value();
}

std::uint8_t counted(const Proposal& proposal, const Lookup& lookup, const Party* carrying_out) {
  std::set<std::uint64_t> persons;
  for (const Approval& one : proposal.approvals) {
    if (counts(proposal, one, lookup)) persons.insert(one.person);
  }
  if (carrying_out != nullptr && check_approver(proposal, *carrying_out)) {
    persons.insert(carrying_out->person);
  }
  return static_cast<std::uint8_t>(std::min<std::size_t>(persons.size(), UINT8_MAX));
}

Result<Proposal> execute(Proposal proposal, const Party& who, const base::Digest& content,
                         const Lookup& lookup, const Moment& now) {
  TRY(check_open(proposal, now));
  const DualRule& rule = rule_of(proposal.kind);
  const bool by_other = rule.carried_out_by == CarriedOutBy::kOther;
  if (is_requester(proposal, who) == by_other) {
    return fail(Code::kDenied, by_other ? "self" : "requester");
  }
  const Action as = by_other ? rule.carried_out_as : rule.proposed_by;
  if (!is_somebody(who) || who.company != proposal.company ||
      !is_for(rule_of(as), who.role, who.deputy_for)) {
    return fail(Code::kDenied, "access");
  }
  if (!may_propose(proposal.kind, lookup(proposal.requester))) {
    return fail(Code::kDenied, "requester");
  }
  if (content != proposal.digest) return fail(Code::kConflict, "proposal");
  const std::uint8_t needed = std::max<std::uint8_t>(rule.others, 1);
  if (counted(proposal, lookup, by_other ? &who : nullptr) < needed) {
    return fail(Code::kDenied, "approval");
  }
  proposal.stage = ProposalStage::kExecuted;
  return proposal;
}

bool enough_guards(const std::vector<Party>& accounts) {
  std::set<std::uint64_t> persons;
  for (const Party& one : accounts) {
    if (is_somebody(one) && guards_rights(one.role)) persons.insert(one.person);
  }
  return persons.size() >= 2;
}

Result<> check_separation(base::Role role, const std::vector<Party>& others) {
  for (const Party& one : others) {
    if (one.active && !may_hold_both(role, one.role)) return fail(Code::kDenied, "separation");
  }
  return {};
}

}  // namespace policy
