// Delegations (代理): proposed here and made when another has agreed (effects.h); ended at once.
#include "daemon/deputies.h"
#include "daemon/effects.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"

namespace core {

using base::Code;
using base::fail;

namespace {

// Accounts that could stand in for this one.
base::Result<> add_candidates(Core& core, const Sight& sight, const registry::Account& absent,
                              ipc::GetDelegation::Reply& reply) {
  for (const auto* one : sight.accounts()) {
    const bool usable = !one->disabled && !one->password_verifier.empty();
    if (!usable || one->natural_person == absent.natural_person || reply.candidates.full())
      continue;
    const auto all = accounts_of(core.reg(), one->natural_person, {});
    if (!policy::check_separation(absent.role, all)) continue;
    ipc::AccountRow row;
    row.id = one->id;
    row.login = one->login;
    row.name = one->name;
    row.role = one->role;
    TRY(reply.candidates.push(std::move(row)));
  }
  return {};
}

}  // namespace

Answer<ipc::GetDelegation> handle(Context& context, ipc::GetDelegation request) {
  Core& core = context.core;
  const Sight sight(core, context.actor);
  const auto* account = sight.account(request.account);
  if (account == nullptr) co_return fail(Code::kNotFound, "account");
  ipc::GetDelegation::Reply reply;
  reply.login = account->login;
  reply.name = account->name;
  reply.role = account->role;
  reply.delegable = policy::is_delegable(account->role) && !account->disabled;
  reply.today = base::day_in_japan(core.wall());
  const auto& all = core.reg().delegations();
  if (const auto made = all.find(account->id); made != all.end() && made->second.ended_at.ms == 0) {
    reply.delegation = made->second.terms;
    reply.deputy = name_of(core, made->second.terms.deputy);
    reply.in_force = is_in_force(made->second, core.moment());
  }
  if (reply.delegable) CO_CHECK(add_candidates(core, sight, *account, reply));
  co_return std::move(reply);
}

Answer<ipc::Delegate> handle(Context& context, ipc::Delegate request) {
  registry::ProposalContent content;
  content.kind = base::ProposalKind::kDelegate;
  content.account = request.account;
  content.delegation = request.delegation;
  co_return co_await propose(context, std::move(content), request.revises);
}

Answer<ipc::EndDelegation> handle(Context& context, ipc::EndDelegation request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  const auto& all = core.reg().delegations();
  const auto found = all.find(request.account);
  const bool seen = Sight(core, context.actor).account(request.account) != nullptr;
  if (!seen || found == all.end() || found->second.ended_at.ms != 0) {
    co_return fail(Code::kNotFound, "account");
  }
  registry::Delegation after = found->second;
  after.ended_at = core.wall();
  registry::Change change;
  change.put(after);
  auto entry = context.entry(base::CoreEvent::kDelegationEnded);
  entry.ref = request.account.value;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.epoch_due();
  co_return ipc::Done{};
}

}  // namespace core
