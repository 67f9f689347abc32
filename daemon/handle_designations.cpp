// Designations (指定): proposed here and made when others have agreed (effects.h); ended at once.
#include "daemon/effects.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"

namespace core {

using base::Code;
using base::fail;

Answer<ipc::Designate> handle(Context& context, ipc::Designate request) {
  registry::ProposalContent content;
  content.kind = base::ProposalKind::kDesignate;
  content.account = request.account;
  content.designation = std::move(request.designation);
  co_return co_await propose(context, std::move(content), request.revises);
}

Answer<ipc::GetDesignation> handle(Context& context, ipc::GetDesignation request) {
  Core& core = context.core;
  const Sight sight(core, context.actor);
  const auto* account = sight.account(request.account);
  if (account == nullptr) co_return fail(Code::kNotFound, "account");
  ipc::GetDesignation::Reply reply;
  reply.login = account->login;
  reply.name = account->name;
  reply.role = account->role;
  reply.designated = designated(core, account->id);
  if (const auto* made = core.reg().designation(account->id); made != nullptr) {
    reply.designation = made->terms;
  }
  reply.today = base::day_in_japan(core.wall());
  for (const auto group : core.reg().groups(context.actor.tenant)) {
    if (reply.groups.full()) break;
    CO_TRY(auto text, ipc::Text<64>::from(group));
    CO_CHECK(reply.groups.push(std::move(text)));
  }
  co_return std::move(reply);
}

Answer<ipc::EndDesignation> handle(Context& context, ipc::EndDesignation request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  const auto* account = Sight(core, context.actor).account(request.account);
  if (account == nullptr) co_return fail(Code::kNotFound, "account");
  CO_TRY(auto change, end_designation(core, request.account));
  auto entry = context.entry(base::CoreEvent::kDesignationEnded);
  entry.ref = request.account.value;
  entry.login = account->login;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.epoch_due();
  co_return ipc::Done{};
}

}  // namespace core
