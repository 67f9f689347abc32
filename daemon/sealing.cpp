// The way into Sealed, which nothing may hold up, and what keeps it that way.
#include "daemon/lifecycle.h"

namespace core {

using base::Code;
using base::fail;
using base::State;
using policy::Cause;

base::Task<base::Result<>> close_hsm(Core& core, ipc::Actor actor) {
  ipc::LockHsm lock;
  lock.actor = std::move(actor);
  const auto locked = co_await core.audit.call(std::move(lock), AuditLink::kLongMs);
  if (!locked) co_return std::unexpected(locked.error());
  co_return base::Result<>{};
}

namespace {

base::Task<base::Result<>> seal_for(Core& core, ipc::Actor actor, Cause cause,
                                    std::string_view reason) {
  // Not under `writes`: a change that is on its way finds no store any more and is refused, or was
  // committed before.
  if (!core.move(cause, reason)) co_return fail(Code::kState, "appliance");
  core.forget();
  auto entry = core.state_entry();
  entry.actor = actor;
  // The HSM is closed while the log is written, and though it could not be.
  base::spawn(core.note(std::move(entry)));
  co_return co_await close_hsm(core, std::move(actor));
}

base::Task<void> close_hsm_or_say(Core& core, ipc::Actor actor) {
  const auto closed = co_await close_hsm(core, std::move(actor));
  if (!closed) core.log().error("not_locked", {{"error", closed.error()}});
}

}  // namespace

base::Task<base::Result<>> seal(Core& core, ipc::Actor actor) {
  return seal_for(core, std::move(actor), Cause::kOperatorSealed, {});
}

base::Task<void> brake(Core& core, Cause cause) {
  if (policy::next(core.state(), cause) != State::kSealed) co_return;
  const auto sealed = co_await seal_for(core, {}, cause, name(cause));
  if (!sealed) core.log().error("not_locked", {{"error", sealed.error()}});
}

base::Task<void> tampered(Core& core, ipc::Actor actor, Cause cause, std::string_view reason) {
  const bool moved = core.move(cause, reason);
  core.forget();
  auto entry = entry_of(base::CoreEvent::kTampered, actor);
  entry.action = ipc::Text<32>::literal(reason);
  core.log().error("tampered", {{"reason", reason}});
  base::spawn(close_hsm_or_say(core, std::move(actor)));
  co_await core.note(std::move(entry));
  if (moved) co_await core.note(core.state_entry());
}

base::Task<void> miss_watcher(Core& core) {
  TamperWatch& watch = core.tamper;
  if (watch.cover == base::Cover::kNotWatched) co_return;
  if (core.mono().ms - watch.heard.ms < Core::kWatcherSilentMs) co_return;
  // An open cover stays what was last known: nobody has seen it closed.
  watch.heard = core.mono();
  if (watch.cover == base::Cover::kClosed) watch.cover = base::Cover::kNotWatched;
  co_await brake(core, Cause::kWatcherSilent);
}

base::Task<void> keep_sealed(Core& core) {
  if (core.writes.held()) co_return;  // somebody is opening it, or has just closed it
  if (core.state() == State::kLocked && core.facts.sealed) {
    const std::string by(core.facts.sealed_by.view());
    co_await core.enter(Cause::kFoundSealed, by);
  }
  if (core.state() != State::kSealed) co_return;
  if (!core.facts.sealed) co_await core.note(core.state_entry());
  if (core.facts.hsm_ok) co_await close_hsm_or_say(core, {});
}

}  // namespace core
