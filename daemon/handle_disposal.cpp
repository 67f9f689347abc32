// Disposal (廃棄): proposed by one natural person, approved by another, carried out to the end.
#include "daemon/disposal.h"
#include "daemon/handlers.h"
#include "daemon/proposals.h"
#include "daemon/registry/disposals.h"
#include "daemon/rows.h"
#include "daemon/scope.h"

namespace core {

using base::Code;
using base::fail;

namespace {

// Of somebody who has not left: two others have to agree, so a proposal goes with it.
base::Task<base::Result<registry::Change>> propose_early(Context& context,
                                                         const registry::NewDisposal& disposal) {
  Core& core = context.core;
  registry::ProposalContent content;
  content.kind = base::ProposalKind::kEarlyDisposal;
  content.disposal = disposal.id;
  for (const auto person : disposal.people) CO_CHECK(content.people.push(person));
  const base::ProposalId id{core.reg().new_id()};
  CO_TRY(auto change,
         make_proposal(core.reg(), id, std::move(content), disposal.by, core.moment()));
  auto entry = context.entry(base::CoreEvent::kProposed);
  entry.ref = id.value;
  entry.action = ipc::Text<32>::literal(name(base::ProposalKind::kEarlyDisposal));
  const auto logged = co_await core.audit.call(std::move(entry));
  if (!logged) co_return std::unexpected(logged.error());
  co_return std::move(change);
}

// What ends with an early disposal's approval; empty for any other. Nobody has left less than when
// it was proposed without one.
base::Task<base::Result<registry::Change>> carry_out_early(Context& context,
                                                           base::DisposalId disposal) {
  Core& core = context.core;
  const auto* record = core.reg().disposal(disposal);
  if (record == nullptr) co_return fail(Code::kNotFound, "disposal");
  const auto* proposal = core.reg().proposal_of(disposal);
  if (proposal == nullptr) {
    const std::vector<base::PersonId> people(record->people.begin(), record->people.end());
    if (is_early(core.reg(), people, base::day_in_japan(core.wall()))) {
      co_return fail(Code::kConflict, "disposal");
    }
    co_return registry::Change();
  }
  const base::ProposalId id = proposal->id;
  auto change =
      execute_proposal(core.reg(), id, context.actor.account, proposal->digest, core.moment());
  auto entry =
      context.entry(change ? base::CoreEvent::kProposalExecuted : base::CoreEvent::kAccessDenied);
  if (change) {
    entry.ref = id.value;
    entry.action = ipc::Text<32>::literal(name(base::ProposalKind::kEarlyDisposal));
  } else {
    entry.action = ipc::Text<32>::literal(policy::name(policy::Action::kApproveDisposal));
    entry.error = change.error();
  }
  const auto logged = co_await core.audit.call(std::move(entry));
  if (!logged) co_return std::unexpected(logged.error());
  co_return change;
}

bool sees_all(Context& context, std::span<const base::PersonId> people) {
  const Sight sight(context.core, context.actor);
  return std::ranges::all_of(people,
                             [&](base::PersonId id) { return sight.person(id) != nullptr; });
}

}  // namespace

Answer<ipc::ProposeDisposal> handle(Context& context, ipc::ProposeDisposal request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  registry::NewDisposal proposal;
  proposal.id = {core.reg().new_id()};
  proposal.tenant = context.actor.tenant;
  proposal.people.assign(request.people.begin(), request.people.end());
  proposal.reason = request.reason;
  proposal.by = context.actor.account;
  proposal.now = core.wall();
  if (!sees_all(context, proposal.people)) co_return fail(Code::kNotFound, "person");
  CO_TRY(auto change, registry::propose_disposal(core.reg(), proposal));
  if (is_early(core.reg(), proposal.people, base::day_in_japan(core.wall()))) {
    CO_TRY(auto early, co_await propose_early(context, proposal));
    change.append(std::move(early));
  }
  auto entry = context.entry(base::CoreEvent::kDisposalProposed);
  entry.ref = proposal.id.value;
  entry.count = proposal.people.size();
  if (proposal.people.size() == 1) entry.person = proposal.people.front();
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::ProposeDisposal::Reply{proposal.id};
}

Answer<ipc::ListDisposals> handle(Context& context, ipc::ListDisposals request) {
  Core& core = context.core;
  const Sight sight(core, context.actor);
  const auto page = core.reg().disposals(request.offset, ipc::kPageRows, sight.only());
  ipc::ListDisposals::Reply reply;
  reply.total = page.total;
  for (const auto* one : page.rows) CO_CHECK(reply.rows.push(row_of(core, *one)));
  const auto today = base::day_in_japan(core.wall());
  for (const auto* person : core.reg().disposal_candidates(today, ipc::kPageRows, sight.only())) {
    CO_TRY(auto row, row_of(core, person->id));
    CO_CHECK(reply.candidates.push(std::move(row)));
  }
  co_return std::move(reply);
}

Answer<ipc::GetDisposal> handle(Context& context, ipc::GetDisposal request) {
  Core& core = context.core;
  const auto* disposal = Sight(core, context.actor).disposal(request.disposal);
  if (disposal == nullptr) co_return fail(Code::kNotFound, "disposal");
  ipc::GetDisposal::Reply reply;
  reply.row = row_of(core, *disposal);
  for (const auto person : disposal->people) {
    CO_TRY(auto row, row_of(core, person));
    CO_CHECK(reply.people.push(std::move(row)));
  }
  reply.certificate = disposal->certificate;
  if (const auto* early = core.reg().proposal_of(disposal->id)) reply.proposal = early->id;
  co_return std::move(reply);
}

Answer<ipc::ApproveDisposal> handle(Context& context, ipc::ApproveDisposal request) {
  Core& core = context.core;
  const auto* named = core.reg().disposal(request.disposal);
  if (named == nullptr || named->tenant != context.actor.tenant) {
    co_return fail(Code::kNotFound, "disposal");
  }
  core.grants.spend(request.grant);
  ipc::UseGrant use;
  use.actor = context.actor;
  use.grant = request.grant;
  use.act = base::StepUpAct::kApproveDisposal;
  use.ref = request.disposal.value;
  CO_TRY(const auto used, co_await core.audit.call(std::move(use)));
  static_cast<void>(used);
  {
    const auto held = co_await core.writes.lock();
    CO_TRY(auto change, registry::approve_disposal(core.reg(), request.disposal,
                                                   context.actor.account, core.wall()));
    CO_TRY(auto early, co_await carry_out_early(context, request.disposal));
    change.append(std::move(early));
    auto entry = context.entry(base::CoreEvent::kDisposalApproved);
    entry.ref = request.disposal.value;
    CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  }
  CO_CHECK(co_await carry_out(core, request.disposal, context.actor));
  co_return ipc::Done{};
}

Answer<ipc::CancelDisposal> handle(Context& context, ipc::CancelDisposal request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  if (Sight(core, context.actor).disposal(request.disposal) == nullptr) {
    co_return fail(Code::kNotFound, "disposal");
  }
  CO_TRY(auto change, registry::cancel_disposal(core.reg(), request.disposal));
  if (const auto* early = core.reg().proposal_of(request.disposal); early != nullptr) {
    change = {};  // it ends with its proposal: by who made it, or by one who could approve it
    const auto now = core.moment();
    auto ended = cancel_proposal(core.reg(), early->id, context.actor.account, now);
    if (!ended) {
      ended = refuse_proposal(core.reg(), early->id, context.actor.account, {}, now);
    }
    CO_TRY(change, std::move(ended));
  }
  auto entry = context.entry(base::CoreEvent::kDisposalCancelled);
  entry.ref = request.disposal.value;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::Done{};
}

}  // namespace core
