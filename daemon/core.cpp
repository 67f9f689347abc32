#include "daemon/core.h"

#include "daemon/admission.h"
#include "daemon/context.h"
#include "daemon/disposal.h"
#include "daemon/effects.h"
#include "daemon/epochs.h"
#include "daemon/handlers.h"
#include "daemon/lifecycle.h"
#include "daemon/registry/requests.h"
#include "policy/zones.h"

namespace core {

using base::Code;
using base::fail;
using base::State;

ipc::Append entry_of(base::CoreEvent event, const ipc::Actor& actor) {
  ipc::Append entry;
  entry.event = event;
  entry.actor = actor;
  return entry;
}

ipc::Name name_of(Core& core, base::AccountId account) {
  const auto* found = core.reg().account(account);
  return found == nullptr ? ipc::Name() : found->name;
}

Core::Core(Environment environment, HashPool& pool)
    : audit(environment.loop, environment.log, environment.connect_audit),
      writes(environment.loop),
      shelf_making(environment.loop),
      epoch_making(environment.loop),
      disposing(environment.loop),
      sessions(environment.random, {std::int64_t{environment.config.session_s} * 1000,
                                    std::int64_t{environment.config.idle_s} * 1000}),
      hashes(pool),
      phantom_salt(environment.random.bytes<16>()),
      environment_(std::move(environment)),
      registry_(empty_registry()) {
  refresh_limits();
}

registry::Registry Core::new_registry() {
  registry::Options options;
  options.shelf_size = environment_.config.shelf_size;
  options.new_id = [&random = environment_.random] { return random.id(); };
  return registry::Registry(std::move(options));
}

registry::Registry Core::empty_registry() {
  auto empty = new_registry();
  ASSERT(empty.finish_load().has_value());
  return empty;
}

void Core::refresh_limits() {
  zones_ = config().zones;
  if (const auto* decided = registry_.zones(); decided != nullptr) {
    // Checked when it was decided; a list that is not understood any more keeps the file's.
    if (auto blocks = blocks_of(decided->rows)) zones_ = *std::move(blocks);
  }
  ++zones_version_;
  openings_.clear();
  emergencies_.clear();
  const auto* hours = registry_.hours();
  if (hours == nullptr) return;
  for (const auto& row : hours->rows) openings_.push_back(opening_of(row));
  for (const auto& one : hours->emergencies) {
    emergencies_.push_back({one.roles, {one.ends_run_ms, one.ends}});
  }
}

bool Core::is_open(base::Role role, base::Zone zone) const {
  return policy::is_open(openings_, role, zone, wall()) ||
         policy::is_emergency(emergencies_, role, moment());
}

void Core::place(Peer& peer) const {
  if (peer.role != base::Role::kNone || peer.placed == zones_version_) return;
  const policy::Place place = policy::place_of(peer.address, peer.listener, zones_);
  peer.zone = place.zone;
  peer.roles = place.roles;
  peer.wants_certificate = place.certificate;
  peer.placed = zones_version_;
}

void Core::start() {
  const auto epoch = store::Store::epoch_of(environment_.kv);
  if (!environment_.store_failure.empty()) {
    state_ = State::kFailed;
    failure_ = environment_.store_failure;
    log().error("failed", {{"reason", failure_}});
  } else if (!epoch) {
    state_ = State::kFailed;
    failure_ = "store_unreadable";
    log().error("failed", {{"reason", failure_}});
  } else {
    state_ = epoch->has_value() ? State::kLocked : State::kUnprovisioned;
  }
  announce();
  audit.start([this] { audit_up(); }, [this] { audit_down(); });
  tick();
}

bool Core::move(policy::Cause cause, std::string_view reason) {
  const auto to = policy::next(state_, cause);
  if (!to) return false;
  state_ = *to;
  failure_ = reason;
  announce();
  if (state_ == State::kFailed) {
    log().error("failed", {{"reason", reason}});
  } else {
    log().info("state", {{"state", name(state_)}, {"cause", name(cause)}});
  }
  return true;
}

base::Task<void> Core::enter(policy::Cause cause, std::string_view reason) {
  if (move(cause, reason)) co_await note(state_entry());
}

ipc::Append Core::state_entry() const {
  auto entry = entry_of(base::CoreEvent::kStateChanged);
  entry.action = ipc::Text<32>::literal(name(state_));
  if (!failure_.empty()) {
    const Code code = state_ == State::kFailed ? Code::kCorrupt : Code::kState;
    entry.error = base::Error{code, base::FieldName(failure_)};
  }
  return entry;
}

std::string Core::reason() const {
  if (!failure_.empty()) return failure_;
  if (!audit.up()) return "audit_not_reached";
  if (facts.full) return "log_full";
  if (facts.disk_low) return "disk_low";
  if (clock_is_back()) return "clock_set_back";
  if (pin_tries_left == 0) return "pin_tries_used_up";
  if (state_ == State::kOperational && !facts.hsm_ok) return "hsm_not_ready";
  return {};
}

void Core::forget() {
  ++generation_;
  if (admission != nullptr) admission->close_all();
  store_.reset();
  set_registry(empty_registry());
  sessions.clear();
  grants.clear();
  challenges.clear();
  outbox.clear();
  mail_codes.clear();
  reset_keys.clear();
  previews.clear();
  epoch_due_at_ = INT64_MAX;
}

base::Result<> Core::check_commit(base::Result<> result) {
  if (result) return result;
  log().error("commit_failed", {{"error", result.error()}});
  // What is on disk is not known any more; the next start reads it and compares it with the log.
  if (store_->poisoned()) environment_.fatal("commit");
  return result;
}

base::Task<base::Result<std::uint64_t>> Core::commit(ipc::Append entry, registry::Change change,
                                                     store::Store::Pages pages) {
  ASSERT(writes.held());
  if (!store_) co_return fail(Code::kState, "appliance");
  CO_TRY(const auto reply, co_await audit.call(of_company(std::move(entry))));
  if (!store_) co_return fail(Code::kState, "appliance");
  CO_CHECK(check_commit(store_->commit(change.writes(), reply.point, pages)));
  registry_.apply(std::move(change));
  co_return reply.index;
}

base::Result<> Core::commit_logged(registry::Change change, const base::LogPoint& log,
                                   store::Store::Pages pages) {
  ASSERT(writes.held());
  if (!store_) return fail(Code::kState, "appliance");
  const base::LogPoint seen = store_->state().log;
  TRY(check_commit(store_->commit(change.writes(), log.size > seen.size ? log : seen, pages)));
  registry_.apply(std::move(change));
  return {};
}

base::Result<> Core::set_epoch(std::uint64_t epoch, const base::Secret<32>& state_key) {
  ASSERT(writes.held());
  if (!store_) return fail(Code::kState, "appliance");
  TRY(check_commit(store_->set_epoch(epoch, state_key)));
  epoch_due_at_ = mono().ms + kEpochEveryMs;
  return {};
}

ipc::Append Core::of_company(ipc::Append entry) const {
  const auto* account = registry_.account(entry.actor.account);
  if (account != nullptr) entry.actor.tenant = account->tenant;
  return entry;
}

base::Task<void> Core::note(ipc::Append entry) {
  const auto event = entry.event;
  const auto reply = co_await audit.call(of_company(std::move(entry)));
  if (!reply) {
    log().warn("not_logged", {{"event", name(event)}, {"error", reply.error()}});
  }
}

void Core::audit_up() { base::spawn(meet_audit()); }

void Core::audit_down() {
  facts.hsm_ok = false;
  announce();
}

base::Task<void> Core::meet_audit() {
  const auto known = co_await audit.call(ipc::GetAuditFacts{});
  if (!known) co_return;
  facts = *known;
  if (!started_logged_) {
    started_logged_ = true;
    co_await note(entry_of(base::CoreEvent::kStarted));
    // A store that could not even be read: found before there was anybody to write it down.
    if (state_ == State::kFailed) co_await note(state_entry());
  }
  if (store_ && facts.size < store_->state().log.size) {
    // The log that came back is shorter than the one the store has seen.
    forget();
    co_await enter(policy::Cause::kDisagreement, "log_behind_store");
    co_return;
  }
  const bool running = state_ == State::kOperational;
  co_await look_at_audit();
  if (running && state_ == State::kOperational) co_await rejoin(*this);
  announce();
}

// What the facts of audit mean for the state.
base::Task<void> Core::look_at_audit() {
  co_await keep_sealed(*this);
  if (clock_is_back()) co_await brake(*this, policy::Cause::kClockSetBack);
  if (state_ == State::kLocked && facts.hsm_ok) co_await rejoin(*this);
}

void Core::announce() {
  std::string line = std::string(name(state_));
  line[0] = static_cast<char>(line[0] - 'a' + 'A');  // as the console says it
  if (const std::string why = reason(); !why.empty()) line += " (" + why + ")";
  line += audit.up() ? (facts.hsm_ok ? ", HSM ok" : ", HSM not logged in") : ", audit not reached";
  line += ", " + std::to_string(sessions.live(mono())) + " sessions";
  if (facts.checkpoint_at.ms > 0) line += ", checkpoint " + base::to_rfc3339(facts.checkpoint_at);
  environment_.announce(line);
}

void Core::tick() {
  tick_ = loop().after(kTickMs, [this] { tick(); });
  if (!housekeeping_runs_) base::spawn(housekeeping());
}

base::Task<void> Core::housekeeping() {
  housekeeping_runs_ = true;
  for (const auto& gone : sessions.sweep(mono())) {
    grants.end_session(gone.id);
    ipc::Actor actor;
    actor.account = gone.account;
    actor.role = gone.role;
    actor.zone = gone.zone;
    actor.session = gone.id;
    co_await note(entry_of(base::CoreEvent::kSessionExpired, actor));
  }
  const std::int64_t now = mono().ms;
  std::erase_if(previews, [now](const auto& entry) {
    return now - entry.second.made.ms > std::int64_t{30} * 60'000;
  });
  if (admission != nullptr) co_await admission->log_refusals();
  co_await miss_watcher(*this);
  if (now >= facts_at_ && audit.up()) {
    facts_at_ = now + kFactsEveryMs;
    const auto known = co_await audit.call(ipc::GetAuditFacts{});
    if (known) {
      facts = *known;
      co_await look_at_audit();
    }
    announce();
  }
  if (state_ == State::kOperational && now >= requests_at_) {
    requests_at_ = now + 60'000;
    const auto held = co_await writes.lock();
    auto expired = registry::expire_requests(registry_, wall());
    expired.append(throttle.tidy(registry_, mono()));
    if (!expired.empty()) static_cast<void>(commit_logged(std::move(expired), {}));
  }
  if (state_ == State::kOperational && now >= proposals_at_) {
    proposals_at_ = now + 60'000;
    co_await expire_proposals(*this);
  }
  if (state_ == State::kOperational && now >= disposal_at_ && !disposing.held()) {
    disposal_at_ = now + kDisposalRetryMs;
    base::spawn(resume_disposal(*this));
  }
  if (state_ == State::kOperational && now >= epoch_due_at_) {
    epoch_due_at_ = now + kEpochDelayMs;  // tried again if it fails
    if (const auto done = co_await next_epoch(*this, {}); !done) {
      log().warn("epoch_failed", {{"error", done.error()}});
    }
  }
  housekeeping_runs_ = false;
}

}  // namespace core
