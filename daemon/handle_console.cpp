// What the local operator may do: see, set up, unlock, seal, take the log, shut down.
#include "daemon/admission.h"
#include "daemon/handlers.h"
#include "daemon/lifecycle.h"

namespace core {

namespace {
// Long enough for the answer to leave, short enough to be at once.
constexpr std::int64_t kStopAfterMs = 100;
}  // namespace

Answer<ipc::GetStatus> handle(Context& context, ipc::GetStatus /*request*/) {
  Core& core = context.core;
  const auto facts = co_await core.audit.call(ipc::GetAuditFacts{});
  if (facts) core.facts = *facts;
  ipc::GetStatus::Reply reply;
  reply.state = core.state();
  CO_TRY(reply.reason, ipc::Text<64>::from(core.reason()));
  if (const auto* settings = core.reg().settings(); settings != nullptr) {
    reply.firm = settings->firm;
    reply.certificate_fingerprint = core.certificate_fingerprint;
  }
  reply.hsm_ok = facts.has_value() && facts->hsm_ok;
  reply.hsm_model = core.facts.hsm_model;
  reply.mechanism = core.facts.mechanism;
  reply.people = static_cast<std::uint32_t>(core.reg().people_count());
  reply.sessions = static_cast<std::uint32_t>(core.sessions.live(core.mono()));
  if (core.store() != nullptr) reply.epoch = core.store()->state().epoch;
  reply.log_entries = core.facts.size;
  reply.log_used_percent = core.facts.used_percent;
  reply.checkpoint_at = core.facts.checkpoint_at;
  reply.checkpoint_size = core.facts.checkpoint_size;
  reply.checkpoint_root = core.facts.checkpoint_root;
  reply.pin_tries_left = core.pin_tries_left;
  reply.cover = core.tamper.cover;
  reply.disk_free_mib = core.facts.disk_free_mib;
  reply.disk_low = core.facts.disk_low;
  if (core.admission != nullptr) {
    reply.connections = static_cast<std::uint32_t>(core.admission->connections());
  }
  co_return std::move(reply);
}

Answer<ipc::Provision> handle(Context& context, ipc::Provision request) {
  return provision(context.core, context.actor, std::move(request));
}

Answer<ipc::Unlock> handle(Context& context, ipc::Unlock request) {
  CO_CHECK(co_await unlock(context.core, context.actor, std::move(request.pin),
                           request.accept_clock ? Clock::kAsItIs : Clock::kMustBeRight));
  co_return ipc::Done{};
}

Answer<ipc::Unseal> handle(Context& context, ipc::Unseal request) {
  CO_CHECK(co_await unseal(context.core, context.actor, std::move(request.pin),
                           request.accept_clock ? Clock::kAsItIs : Clock::kMustBeRight));
  co_return ipc::Done{};
}

Answer<ipc::AllowSite> handle(Context& context, ipc::AllowSite request) {
  auto entry = context.entry(base::CoreEvent::kSiteChanged);
  entry.action = ipc::Text<32>::literal(name(request.act));
  CO_TRY(const auto logged, co_await context.core.audit.call(std::move(entry)));
  static_cast<void>(logged);
  co_return ipc::Done{};
}

Answer<ipc::SealAppliance> handle(Context& context, ipc::SealAppliance /*request*/) {
  CO_CHECK(co_await seal(context.core, context.actor));
  co_return ipc::Done{};
}

Answer<ipc::GetCheckpoint> handle(Context& context, ipc::GetCheckpoint /*request*/) {
  CO_TRY(auto made, co_await context.core.audit.call(ipc::MakeCheckpoint{}));
  ipc::GetCheckpoint::Reply reply;
  reply.root = made.root;
  reply.size = made.size;
  reply.note = std::move(made.note);
  co_return std::move(reply);
}

Answer<ipc::ExportLogLocal> handle(Context& context, ipc::ExportLogLocal /*request*/) {
  ipc::MakeExport make;
  make.actor = context.actor;
  CO_TRY(auto made, co_await context.core.audit.call(std::move(make), AuditLink::kLongMs));
  ipc::ExportLogLocal::Reply reply;
  reply.tar = std::move(made.tar);
  reply.entries = made.entries;
  reply.root = made.root;
  co_return std::move(reply);
}

Answer<ipc::ShutDown> handle(Context& context, ipc::ShutDown request) {
  Core& core = context.core;
  auto entry = context.entry(base::CoreEvent::kShutDown);
  entry.action = ipc::Text<32>::literal(request.restart ? "restart" : "off");
  co_await core.note(std::move(entry));
  core.stop_after(kStopAfterMs, request.restart ? Ending::kRestart : Ending::kOff);
  co_return ipc::Done{};
}

Answer<ipc::ResetZones> handle(Context& context, ipc::ResetZones /*request*/) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  registry::Change change;
  change.put(registry::Zones{{}, core.wall()});
  auto entry = context.entry(base::CoreEvent::kZonesChanged);
  entry.action = ipc::Text<32>::literal("configuration_file");
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.refresh_limits();
  co_return ipc::Done{};
}

}  // namespace core
