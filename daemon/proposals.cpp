#include "daemon/proposals.h"

#include <algorithm>

#include "daemon/deputies.h"
#include "daemon/digest.h"
#include "daemon/registry/disposals.h"
#include "ipc/codec.h"

namespace core {

using base::Code;
using base::fail;
using base::Result;
using registry::Change;
using registry::Registry;

namespace {

policy::Party party_of_account(const registry::Account& account) {
  return {account.id,
          account.natural_person,
          account.role,
          !account.disabled && !account.password_verifier.empty(),
          0,
          account.tenant};
}

Result<registry::Proposal> find(const Registry& registry, base::ProposalId id) {
  const auto* found = registry.proposal(id);
  if (found == nullptr) return fail(Code::kNotFound, "proposal");
  return *found;
}

// The record with its life as policy left it.
Result<registry::Proposal> with_life(registry::Proposal record, const policy::Proposal& life,
                                     const policy::Moment& now) {
  record.stage = life.stage;
  record.digest = life.digest;
  decltype(record.approvals) kept;
  for (std::size_t i = 0; i < life.approvals.size(); ++i) {
    const auto& one = life.approvals[i];
    // Approvals are only ever added at the end, or all dropped.
    const base::WallTime at = i < record.approvals.size() ? record.approvals[i].at : now.wall;
    TRY(kept.push({one.account, one.person, one.digest, at}));
  }
  record.approvals = std::move(kept);
  return record;
}

// An end without effect; an early disposal ends with it.
Result<Change> end(const Registry& registry, registry::Proposal record, base::AccountId by,
                   const policy::Moment& now) {
  record.decided_by = by;
  record.decided_at = now.wall;
  Change change;
  const base::DisposalId disposal = record.content.disposal;
  if (const auto* early = registry.disposal(disposal);
      early != nullptr && early->phase == registry::DisposalPhase::kProposed) {
    change.append(TRY(registry::cancel_disposal(registry, disposal)));
  }
  change.put(std::move(record));
  return change;
}

}  // namespace

policy::Party party_of(const Registry& registry, base::AccountId account,
                       const policy::Moment& now) {
  const auto* found = registry.account(account);
  if (found == nullptr) return {};
  policy::Party out = party_of_account(*found);
  out.deputy_for = deputy_for(registry, account, now);
  return out;
}

policy::Lookup lookup_in(const Registry& registry, const policy::Moment& now) {
  return [&registry, now](base::AccountId account) { return party_of(registry, account, now); };
}

std::vector<policy::Party> parties_of(const Registry& registry, base::TenantId company) {
  std::vector<policy::Party> out;
  for (const auto* account : registry.accounts()) {
    if (account->tenant == company) out.push_back(party_of_account(*account));
  }
  return out;
}

std::vector<policy::Party> accounts_of(const Registry& registry, std::uint64_t person,
                                       base::AccountId except) {
  std::vector<policy::Party> out;
  for (const auto* account : registry.accounts()) {
    if (account->natural_person != person || account->id == except || account->disabled) continue;
    out.push_back(party_of_account(*account));
    out.back().active = true;  // one that is not enrolled yet will be
  }
  return out;
}

ipc::Digest digest_of(const registry::ProposalContent& content) {
  ipc::Encoder encoder;
  encoder.put(content);
  return sha256(encoder.view());
}

policy::Proposal life_of(const registry::Proposal& record) {
  policy::Proposal out;
  out.kind = record.content.kind;
  out.stage = record.stage;
  out.requester = record.requester;
  out.requester_person = record.requester_person;
  out.company = record.tenant;
  out.digest = record.digest;
  out.expires = {record.expires_run_ms, record.expires_at};
  for (const auto& one : record.approvals) {
    out.approvals.push_back({one.account, one.person, one.digest});
  }
  return out;
}

bool is_deputy(const Registry& registry, const registry::ProposalContent& content,
               base::AccountId by) {
  if (!content.delegation) return false;
  const auto* deputy = registry.account(content.delegation->deputy);
  const auto* who = registry.account(by);
  return deputy != nullptr && who != nullptr && deputy->natural_person == who->natural_person;
}

bool is_early(const Registry& registry, std::span<const base::PersonId> people, base::Day today) {
  const auto stays = [&](base::PersonId id) {
    const auto* person = registry.person(id);
    if (person == nullptr) return false;
    if (person->leaving) return *person->leaving >= today;
    // A dependant without a day of his own leaves with the head.
    const auto* head = registry.person(person->head);
    return head == nullptr || !head->leaving || *head->leaving >= today;
  };
  return std::ranges::any_of(people, stays);
}

Result<Change> make_proposal(const Registry& registry, base::ProposalId id,
                             registry::ProposalContent content, base::AccountId by,
                             const policy::Moment& now) {
  if (!id.valid() || registry.proposal(id) != nullptr) return fail(Code::kConflict, "proposal");
  const policy::Party requester = party_of(registry, by, now);
  const auto open =
      std::ranges::count(registry.open_proposals(), requester.company, &registry::Proposal::tenant);
  if (static_cast<std::size_t>(open) >= kOpenProposalsMax) return fail(Code::kTooMany, "proposal");
  content.nonce = registry.new_id();
  const auto life = TRY(policy::propose(content.kind, requester, digest_of(content), now));
  registry::Proposal record;
  record.id = id;
  record.tenant = life.company;
  record.content = std::move(content);
  record.digest = life.digest;
  record.requester = life.requester;
  record.requester_person = life.requester_person;
  record.requested_at = now.wall;
  record.expires_at = life.expires.wall;
  record.expires_run_ms = life.expires.run_ms;
  Change change;
  change.put(std::move(record));
  return change;
}

Result<Change> edit_proposal(const Registry& registry, base::ProposalId id,
                             registry::ProposalContent content, base::AccountId by,
                             const policy::Moment& now) {
  auto record = TRY(find(registry, id));
  if (record.content.kind != content.kind || record.content.disposal != content.disposal) {
    return fail(Code::kInvalid, "proposal");
  }
  content.nonce = registry.new_id();
  const auto life =
      TRY(policy::edit(life_of(record), party_of(registry, by, now), digest_of(content), now));
  record.content = std::move(content);
  Change change;
  change.put(TRY(with_life(std::move(record), life, now)));
  return change;
}

Result<Change> approve_proposal(const Registry& registry, base::ProposalId id, base::AccountId by,
                                const ipc::Digest& seen, const policy::Moment& now) {
  auto record = TRY(find(registry, id));
  if (is_deputy(registry, record.content, by)) return fail(Code::kDenied, "self");
  const auto life = TRY(policy::approve(life_of(record), party_of(registry, by, now), seen, now));
  Change change;
  change.put(TRY(with_life(std::move(record), life, now)));
  return change;
}

Result<Change> refuse_proposal(const Registry& registry, base::ProposalId id, base::AccountId by,
                               const ipc::Text<200>& reason, const policy::Moment& now) {
  auto record = TRY(find(registry, id));
  const auto life = TRY(policy::refuse(life_of(record), party_of(registry, by, now), now));
  record.reason = reason;
  return end(registry, TRY(with_life(std::move(record), life, now)), by, now);
}

Result<Change> cancel_proposal(const Registry& registry, base::ProposalId id, base::AccountId by,
                               const policy::Moment& now) {
  auto record = TRY(find(registry, id));
  const auto life = TRY(policy::cancel(life_of(record), party_of(registry, by, now), now));
  return end(registry, TRY(with_life(std::move(record), life, now)), by, now);
}

Result<Change> expire_proposal(const Registry& registry, base::ProposalId id,
                               const policy::Moment& now) {
  auto record = TRY(find(registry, id));
  const auto life = TRY(policy::expire(life_of(record), now));
  return end(registry, TRY(with_life(std::move(record), life, now)), {}, now);
}

Result<Change> execute_proposal(const Registry& registry, base::ProposalId id, base::AccountId by,
                                const ipc::Digest& seen, const policy::Moment& now) {
  auto record = TRY(find(registry, id));
  const ipc::Digest content = digest_of(record.content);
  if (seen != content) return fail(Code::kConflict, "proposal");
  const auto life = TRY(policy::execute(life_of(record), party_of(registry, by, now), content,
                                        lookup_in(registry, now), now));
  record = TRY(with_life(std::move(record), life, now));
  record.decided_by = by;
  record.decided_at = now.wall;
  Change change;
  change.put(std::move(record));
  return change;
}

}  // namespace core
