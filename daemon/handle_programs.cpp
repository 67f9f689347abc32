// What the appliance's own programs ask: the watcher of cover and button, and whoever passes events
// on; and the support bundle.
#include <algorithm>

#include "daemon/bundle.h"
#include "daemon/handlers.h"
#include "daemon/lifecycle.h"

namespace core {

Answer<ipc::ReportTamper> handle(Context& context, ipc::ReportTamper request) {
  TamperWatch& watch = context.core.tamper;
  const bool was_off = watch.cover_is_off();
  watch.cover = request.cover;
  watch.heard = context.core.mono();
  if (request.button) {
    co_await tampered(context.core, context.actor, policy::Cause::kButtonPressed,
                      name(policy::Cause::kButtonPressed));
  }
  // Once for each opening, and again where it would be open and unsealed.
  const bool can_seal = policy::next(context.core.state(), policy::Cause::kCoverOpened).has_value();
  if (watch.cover_is_off() && (!was_off || can_seal)) {
    const std::string_view reason = watch.cover == base::Cover::kLost
                                        ? std::string_view("cover_lost")
                                        : name(policy::Cause::kCoverOpened);
    co_await tampered(context.core, context.actor, policy::Cause::kCoverOpened, reason);
  }
  co_return ipc::Done{};
}

Answer<ipc::FollowLog> handle(Context& context, ipc::FollowLog request) {
  ipc::QueryLog query;
  query.before = request.from + decltype(ipc::FollowLog::Reply::rows)::kMax;
  CO_TRY(auto found, co_await context.core.audit.call(std::move(query)));
  ipc::FollowLog::Reply reply;
  reply.size = found.size;
  auto rows = std::move(found.rows).release();
  std::erase_if(rows, [&](const ipc::LogRow& row) { return row.index < request.from; });
  std::ranges::reverse(rows);
  CO_TRY(reply.rows, decltype(reply.rows)::from(std::move(rows)));
  co_return std::move(reply);
}

Answer<ipc::MakeBundle> handle(Context& context, ipc::MakeBundle /*request*/) {
  Core& core = context.core;
  const auto facts = co_await core.audit.call(ipc::GetAuditFacts{});
  if (facts) core.facts = *facts;
  // The newest events by their names: what happened, and to nobody in particular.
  const auto events = co_await core.audit.call(ipc::QueryLog{});
  auto text = bundle_of(core, events ? &*events : nullptr);
  CO_TRY(const auto checked, number_free(std::move(text)));
  co_await core.note(context.entry(base::CoreEvent::kBundleMade));
  ipc::MakeBundle::Reply reply;
  CO_TRY(reply.text, base::sealed_memfd("kagikura-bundle", base::as_bytes(checked)));
  co_return std::move(reply);
}

}  // namespace core
