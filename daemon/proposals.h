// Proposals in the register: each step of policy/approval.h as a change to be committed with its
// log entry. Every function judges the register as it is; none decides on access by itself. Who
// holds the write lock from one of these to Core::commit() carries out exactly what was judged.
#pragma once

#include "daemon/registry/registry.h"
#include "policy/approval.h"

namespace core {

inline constexpr std::size_t kOpenProposalsMax = 200;

// What the account is at that moment; one that does not exist is nobody.
policy::Party party_of(const registry::Registry& registry, base::AccountId account,
                       const policy::Moment& now);
policy::Lookup lookup_in(const registry::Registry& registry, const policy::Moment& now);
// All accounts of a company by themselves, and of one natural person without `except`.
std::vector<policy::Party> parties_of(const registry::Registry& registry, base::TenantId company);
std::vector<policy::Party> accounts_of(const registry::Registry& registry, std::uint64_t person,
                                       base::AccountId except);

ipc::Digest digest_of(const registry::ProposalContent& content);
policy::Proposal life_of(const registry::Proposal& record);

// Whether this account's person would stand in for somebody by it: nobody agrees to that himself.
bool is_deputy(const registry::Registry& registry, const registry::ProposalContent& content,
               base::AccountId by);

// Whether it can be disposed of only early: somebody of it has not left before `today`.
bool is_early(const registry::Registry& registry, std::span<const base::PersonId> people,
              base::Day today);

// All below: kNotFound "proposal", else the errors of policy/approval.h. kTooMany when
// kOpenProposalsMax of the asker's company are open.
base::Result<registry::Change> make_proposal(const registry::Registry& registry,
                                             base::ProposalId id, registry::ProposalContent content,
                                             base::AccountId by, const policy::Moment& now);
// kInvalid when it would be of another kind.
base::Result<registry::Change> edit_proposal(const registry::Registry& registry,
                                             base::ProposalId id, registry::ProposalContent content,
                                             base::AccountId by, const policy::Moment& now);
base::Result<registry::Change> approve_proposal(const registry::Registry& registry,
                                                base::ProposalId id, base::AccountId by,
                                                const ipc::Digest& seen, const policy::Moment& now);
// These three end an early disposal with its proposal.
base::Result<registry::Change> refuse_proposal(const registry::Registry& registry,
                                               base::ProposalId id, base::AccountId by,
                                               const ipc::Text<200>& reason,
                                               const policy::Moment& now);
base::Result<registry::Change> cancel_proposal(const registry::Registry& registry,
                                               base::ProposalId id, base::AccountId by,
                                               const policy::Moment& now);
base::Result<registry::Change> expire_proposal(const registry::Registry& registry,
                                               base::ProposalId id, const policy::Moment& now);
// Marks it as carried out; what it does is added to the same change. kConflict too when the stored
// content is not what `seen` says.
base::Result<registry::Change> execute_proposal(const registry::Registry& registry,
                                                base::ProposalId id, base::AccountId by,
                                                const ipc::Digest& seen, const policy::Moment& now);

}  // namespace core
