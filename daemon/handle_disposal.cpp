// Disposal (廃棄): proposed by one natural person, approved by another, carried out to the end.
#include "daemon/disposal.h"
#include "daemon/handlers.h"
#include "daemon/registry/disposals.h"
#include "daemon/rows.h"

namespace core {

using base::Code;
using base::fail;

Answer<ipc::ProposeDisposal> handle(Context& context, ipc::ProposeDisposal request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  registry::NewDisposal proposal;
  proposal.id = {core.reg().new_id()};
  proposal.people.assign(request.people.begin(), request.people.end());
  proposal.reason = request.reason;
  proposal.by = context.actor.account;
  proposal.now = core.wall();
  CO_TRY(auto change, registry::propose_disposal(core.reg(), proposal));
  auto entry = context.entry(base::CoreEvent::kDisposalProposed);
  entry.ref = proposal.id.value;
  entry.count = proposal.people.size();
  if (proposal.people.size() == 1) entry.person = proposal.people.front();
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::ProposeDisposal::Reply{proposal.id};
}

Answer<ipc::ListDisposals> handle(Context& context, ipc::ListDisposals request) {
  Core& core = context.core;
  const auto page = core.reg().disposals(request.offset, ipc::kPageRows);
  ipc::ListDisposals::Reply reply;
  reply.total = page.total;
  for (const auto* one : page.rows) CO_CHECK(reply.rows.push(row_of(core, *one)));
  const auto today = base::day_in_japan(core.wall());
  for (const auto* person : core.reg().disposal_candidates(today, ipc::kPageRows)) {
    CO_TRY(auto row, row_of(core, person->id));
    CO_CHECK(reply.candidates.push(std::move(row)));
  }
  co_return std::move(reply);
}

Answer<ipc::GetDisposal> handle(Context& context, ipc::GetDisposal request) {
  Core& core = context.core;
  const auto* disposal = core.reg().disposal(request.disposal);
  if (disposal == nullptr) co_return fail(Code::kNotFound, "disposal");
  ipc::GetDisposal::Reply reply;
  reply.row = row_of(core, *disposal);
  for (const auto person : disposal->people) {
    CO_TRY(auto row, row_of(core, person));
    CO_CHECK(reply.people.push(std::move(row)));
  }
  reply.certificate = disposal->certificate;
  co_return std::move(reply);
}

Answer<ipc::ApproveDisposal> handle(Context& context, ipc::ApproveDisposal request) {
  Core& core = context.core;
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
  CO_TRY(auto change, registry::cancel_disposal(core.reg(), request.disposal));
  auto entry = context.entry(base::CoreEvent::kDisposalCancelled);
  entry.ref = request.disposal.value;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::Done{};
}

}  // namespace core
