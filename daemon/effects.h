// What a proposal does when it is carried out: accounts, settings, zones, hours. Each kind is
// checked when it is proposed and again when it is carried out, against the register as it is then.
#pragma once

#include "daemon/accounts.h"
#include "daemon/context.h"
#include "daemon/proposals.h"
#include "policy/hours.h"

namespace core {

// Whether this could be carried out now. kDuplicate "login", kDenied "separation", kDenied
// "last_guards" (nobody would be left to agree on rights), kDenied "lock_out" ...
base::Result<> check_content(Context& context, const registry::ProposalContent& content);

// The blocks of the rows; kInvalid "zones" for what is no block or no zone that people can be in.
base::Result<std::vector<base::ZoneBlock>> blocks_of(std::span<const ipc::ZoneRow> rows);

policy::Opening opening_of(const ipc::OpeningRow& row);

// The change of one kind, and what is to be said about it.
struct Effect {
  registry::Change change;
  ipc::Append entry;
  base::AccountId ended;  // whose sessions end
  ipc::ExecuteProposal::Reply reply;
};
base::Task<base::Result<Effect>> effect_of(Context& context, registry::ProposalContent content);

// Whether an account of this role may have it from now on.
base::Result<> check_designation_of(Core& core, base::Role role,
                                    const ipc::Designation& designation);

// At once: ends what somebody is designated for; kNotFound "account" without a living one.
base::Result<registry::Change> end_designation(Core& core, base::AccountId account);

// At once: stops an account, with its sessions.
base::Result<registry::Change> disable(const registry::Registry& registry, base::AccountId account);

}  // namespace core
