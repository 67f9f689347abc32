#include "daemon/lifecycle.h"

#include <algorithm>
#include <array>

#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/certificate.h"
#include "daemon/epochs.h"
#include "daemon/registry/accounts.h"
#include "daemon/tls_certificate.h"

namespace core {

using base::Code;
using base::fail;
using base::State;
using policy::Cause;

namespace {

using Keys = ipc::UnlockHsm::Reply;

// How audit is asked to log in: what it may do besides with a PIN that somebody typed.
enum class LogIn : std::uint8_t { kUnlock, kUnseal, kEnrol };

base::Task<base::Result<Keys>> log_in(Core& core, ipc::Actor actor, base::Secret<64> pin,
                                      LogIn how) {
  ipc::UnlockHsm message;
  message.actor = std::move(actor);
  message.pin = std::move(pin);
  message.enrol = how == LogIn::kEnrol;
  // Set-up is a person's act at the console, as unsealing is.
  message.unseal = how != LogIn::kUnlock;
  co_return co_await core.audit.call(std::move(message), AuditLink::kLongMs);
}

// A try with a PIN that somebody typed: counted, so that a token's own counter is not used up.
base::Task<base::Result<Keys>> log_in_counted(Core& core, ipc::Actor actor,
                                              const base::Secret<64>& pin, LogIn how) {
  if (pin.empty()) co_return fail(Code::kMissing, "pin");
  if (core.pin_tries_left == 0) co_return fail(Code::kLocked, "pin");
  auto copy = base::Secret<64>::from(pin.read(base::secret_access()));
  auto keys = co_await log_in(core, std::move(actor), *std::move(copy), how);
  if (keys) {
    core.pin_tries_left = Core::kPinTries;
  } else if (keys.error().code == Code::kDenied) {
    --core.pin_tries_left;
    co_return fail(Code::kDenied, "pin");
  }
  co_return keys;
}

// Reads the store with the keys; what cannot be trusted is told by its reason.
base::Task<base::Result<>> open_store(Core& core, const Keys& keys) {
  const auto epoch = store::Store::epoch_of(core.environment().kv);
  if (!epoch || !epoch->has_value()) co_return fail(Code::kCorrupt, "store");
  ipc::OpenEpoch open;
  open.epoch = **epoch;
  const auto key = co_await core.audit.call(std::move(open));
  if (!key) {
    // The key of an older epoch is gone: this is an older copy of the store.
    if (key.error().code == Code::kNotFound)
      co_return fail(Code::kCorrupt, "store_older_than_epoch");
    co_return std::unexpected(key.error());
  }
  auto loaded = core.new_registry();
  auto opened = store::Store::open(
      core.environment().kv, keys.register_key, key->state_key,
      [&loaded](base::ByteSpan name, base::ByteSpan value) { return loaded.load(name, value); });
  if (!opened) co_return std::unexpected(opened.error());
  CO_CHECK(loaded.finish_load());
  core.set_registry(std::move(loaded));
  core.set_store(*std::move(opened));
  co_return base::Result<>{};
}

// Store and log: what the store has seen of the log is what the log begins with.
base::Task<base::Result<>> reconcile(Core& core) {
  CO_TRY(core.facts, co_await core.audit.call(ipc::GetAuditFacts{}));
  const base::LogPoint seen = core.store()->state().log;
  if (seen.size > core.facts.size) co_return fail(Code::kCorrupt, "log_behind_store");
  // Long enough is not the same: entries may have been taken away and others put in their place.
  CO_TRY(const auto there, co_await core.audit.call(ipc::GetLogPoint{seen.size}));
  if (there != seen) co_return fail(Code::kCorrupt, "log_not_the_stores");
  if (seen.size == core.facts.size) co_return base::Result<>{};
  auto entry = entry_of(base::CoreEvent::kReconciled);
  entry.ref = seen.size;
  entry.count = core.facts.size - seen.size;
  const auto logged = co_await core.audit.call(std::move(entry));
  if (!logged) co_return std::unexpected(logged.error());
  co_return base::Result<>{};
}

// Destroys shelf keys that no record names: made, and then core stopped before it remembered them.
base::Task<base::Result<>> drop_unknown_shelves(Core& core, const ipc::ListKeys::Reply& keys) {
  ipc::DestroyShelves destroy;
  for (const auto shelf : keys.shelves) {
    const auto* known = core.reg().shelf(shelf);
    if (known == nullptr && !destroy.shelves.full()) CO_CHECK(destroy.shelves.push(shelf));
  }
  if (destroy.shelves.empty()) co_return base::Result<>{};
  const auto done = co_await core.audit.call(std::move(destroy), AuditLink::kLongMs);
  if (!done) co_return std::unexpected(done.error());
  co_return base::Result<>{};
}

// Register and HSM: every shelf in use has its key; gives the duplicate salts back.
base::Task<base::Result<>> settle_shelves(Core& core, const ipc::ListKeys::Reply& keys) {
  ipc::LoadShelves load;
  for (const auto* shelf : core.reg().shelves()) {
    if (shelf->state != registry::ShelfState::kOpen) continue;
    if (std::find(keys.shelves.begin(), keys.shelves.end(), shelf->id) == keys.shelves.end()) {
      co_return fail(Code::kCorrupt, "shelf_key_missing");
    }
    CO_CHECK(load.shelves.push({shelf->tenant, shelf->purpose, shelf->id, shelf->sealed_salt}));
  }
  const auto loaded = co_await core.audit.call(std::move(load), AuditLink::kLongMs);
  if (!loaded) co_return std::unexpected(loaded.error());
  co_return base::Result<>{};
}

// While core runs, a key that no record names may be one that a change is about to remember.
enum class Leftovers : std::uint8_t { kKeep, kDestroy };

base::Task<base::Result<>> settle(Core& core, Leftovers leftovers) {
  CO_CHECK(co_await reconcile(core));
  CO_TRY(const auto keys, co_await core.audit.call(ipc::ListKeys{}));
  CO_CHECK(co_await settle_shelves(core, keys));
  if (leftovers == Leftovers::kKeep) co_return base::Result<>{};
  CO_CHECK(co_await drop_other_epochs(core, {}));
  CO_CHECK(co_await drop_unknown_shelves(core, keys));
  co_return base::Result<>{};
}

void remember_keys(Core& core, const Keys& keys) {
  core.certificate_public_key = keys.certificate_public_key;
  if (const auto* settings = core.reg().settings(); settings != nullptr) {
    core.certificate_fingerprint = fingerprint_of_pem(settings->certificate_pem);
  }
}

// With the keys in hand: everything between the log-in and Operational. `began` is the generation
// before the log-in: whoever seals meanwhile wins.
base::Task<base::Result<>> come_up(Core& core, const Keys& keys, Cause cause, std::uint64_t began) {
  auto done = co_await open_store(core, keys);
  if (done) done = co_await settle(core, Leftovers::kDestroy);
  if (core.generation() != began) {
    core.forget();
    static_cast<void>(co_await close_hsm(core, {}));
    co_return fail(Code::kState, "sealed");
  }
  if (!done) {
    core.forget();
    if (done.error().code == Code::kCorrupt) {
      const std::string reason(done.error().field.view());
      co_await core.enter(Cause::kDisagreement, reason);
    }
    co_return done;
  }
  if (core.reg().settings() == nullptr) {
    // Set-up was cut off before its one commit: it may be done again.
    core.forget();
    co_await core.enter(Cause::kSetUpUnfinished);
    co_return fail(Code::kState, "unprovisioned");
  }
  remember_keys(core, keys);
  co_await core.enter(cause);
  core.epoch_due();
  co_return base::Result<>{};
}

// The three natural persons that a firm begins with, in the order of the request.
struct Founder {
  base::Role role = base::Role::kNone;
  const ipc::LoginName* login = nullptr;
  const ipc::Name* name = nullptr;
  base::FieldName login_field;
  base::FieldName name_field;
};
std::array<Founder, 3> founders_of(const ipc::Provision& request) {
  return {{{base::Role::kResponsible, &request.responsible_login, &request.responsible_name,
            "responsible_login", "responsible_name"},
           {base::Role::kRightsManager, &request.rights_manager_login, &request.rights_manager_name,
            "rights_manager_login", "rights_manager_name"},
           {base::Role::kAuditor, &request.auditor_login, &request.auditor_name, "auditor_login",
            "auditor_name"}}};
}

base::Result<> check_provision(const ipc::Provision& request) {
  if (request.firm.empty()) return fail(Code::kMissing, "firm");
  if (!is_host(request.host.view())) return fail(Code::kInvalid, "host");
  const auto founders = founders_of(request);
  for (const Founder& one : founders) {
    if (!is_login(one.login->view())) return fail(Code::kInvalid, one.login_field);
    if (one.name->empty()) return fail(Code::kMissing, one.name_field);
    for (const Founder& before : founders) {
      if (&before == &one) break;
      if (*before.login == *one.login) return fail(Code::kDuplicate, one.login_field);
      if (natural_person_key(base::kFirm, before.name->view()) ==
          natural_person_key(base::kFirm, one.name->view())) {
        return fail(Code::kDuplicate, one.name_field);
      }
    }
  }
  return {};
}

// The fixed keys, and the first epoch's. Either may exist from a set-up that was cut off.
base::Task<base::Result<Keys>> first_keys(Core& core, ipc::Actor actor,
                                          const base::Secret<64>& pin) {
  auto keys = co_await log_in_counted(core, actor, pin, LogIn::kEnrol);
  if (!keys && keys.error().code == Code::kDuplicate) {
    keys = co_await log_in_counted(core, actor, pin, LogIn::kUnseal);
  }
  co_return keys;
}

base::Task<base::Result<base::Secret<32>>> first_epoch(Core& core, ipc::Actor actor) {
  ipc::CreateEpoch create;
  create.actor = std::move(actor);
  create.epoch = 1;
  auto made = co_await core.audit.call(std::move(create));
  if (made) co_return std::move(made->state_key);
  if (made.error().code != Code::kConflict) co_return std::unexpected(made.error());
  ipc::OpenEpoch open;
  open.epoch = 1;
  CO_TRY(auto opened, co_await core.audit.call(std::move(open)));
  co_return std::move(opened.state_key);
}

base::Task<base::Result<>> first_store(Core& core, ipc::Actor actor, const Keys& keys) {
  const auto epoch = store::Store::epoch_of(core.environment().kv);
  if (!epoch) co_return std::unexpected(epoch.error());
  if (epoch->has_value()) co_return co_await open_store(core, keys);
  CO_TRY(const auto state_key, co_await first_epoch(core, std::move(actor)));
  CO_TRY(core.facts, co_await core.audit.call(ipc::GetAuditFacts{}));
  CO_TRY(const auto log, co_await core.audit.call(ipc::GetLogPoint{core.facts.size}));
  auto made = store::Store::create(core.environment().kv, keys.register_key, state_key, 1, log);
  if (!made) co_return std::unexpected(made.error());
  core.set_store(*std::move(made));
  core.set_registry(core.empty_registry());
  co_return base::Result<>{};
}

struct Founding {
  registry::Change change;
  ipc::Provision::Reply reply;
};

base::Task<base::Result<Founding>> founding(Core& core, const ipc::Provision& request,
                                            const Keys& keys) {
  Founding out;
  registry::Settings settings;
  settings.firm = request.firm;
  settings.host = request.host;
  settings.provisioned_at = core.wall();
  CO_TRY(settings.certificate_pem, co_await make_tls_certificate(core, request.host, keys));
  out.reply.certificate_fingerprint = fingerprint_of_pem(settings.certificate_pem);
  out.change = registry::save_settings(std::move(settings));

  const std::array<base::Secret<32>*, 3> keys_out = {
      &out.reply.responsible_key, &out.reply.rights_manager_key, &out.reply.auditor_key};
  const auto founders = founders_of(request);
  for (std::size_t i = 0; i < founders.size(); ++i) {
    const Founder& one = founders.at(i);
    Invitation invitation{*one.login, *one.name, one.role, {}};
    CO_TRY(auto made, co_await new_account(core, std::move(invitation)));
    CO_TRY(auto change, registry::create_account(core.reg(), std::move(made.account)));
    out.change.append(std::move(change));
    *keys_out.at(i) = std::move(made.key);
  }
  co_return out;
}

}  // namespace

base::Task<base::Result<Keys>> prove_pin(Core& core, ipc::Actor actor, base::Secret<64> pin) {
  co_return co_await log_in_counted(core, std::move(actor), pin, LogIn::kUnlock);
}

base::Task<base::Result<ipc::Provision::Reply>> provision(Core& core, ipc::Actor actor,
                                                          ipc::Provision request) {
  CO_CHECK(check_provision(request));
  const auto held = co_await core.writes.lock();
  if (core.state() != State::kUnprovisioned) co_return fail(Code::kState, "appliance");
  if (core.tamper.cover_is_off()) co_return fail(Code::kState, "cover");
  CO_TRY(const auto keys, co_await first_keys(core, actor, request.pin));
  CO_CHECK(co_await first_store(core, actor, keys));
  if (core.reg().settings() != nullptr) {
    core.forget();
    co_await core.enter(Cause::kSetUpFound);
    co_return fail(Code::kState, "provisioned");
  }
  CO_TRY(auto first, co_await founding(core, request, keys));
  auto entry = entry_of(base::CoreEvent::kProvisioned, actor);
  entry.count = 3;
  CO_CHECK(
      co_await core.commit(std::move(entry), std::move(first.change), store::Store::Pages::kBoth));
  remember_keys(core, keys);
  co_await core.enter(Cause::kSetUp);
  core.epoch_due();
  co_return std::move(first.reply);
}

namespace {

base::Task<base::Result<>> open_up(Core& core, ipc::Actor actor, base::Secret<64> pin, Clock clock,
                                   Cause cause) {
  const auto held = co_await core.writes.lock();
  if (policy::next(core.state(), cause) != State::kOperational) {
    co_return fail(Code::kState, "appliance");
  }
  CO_TRY(core.facts, co_await core.audit.call(ipc::GetAuditFacts{}));
  if (cause == Cause::kUnlocked && core.facts.sealed) {
    // Asked between core's start and its first look at the log.
    const std::string by(core.facts.sealed_by.view());
    co_await core.enter(Cause::kFoundSealed, by);
    co_return fail(Code::kState, "sealed");
  }
  if (core.tamper.cover_is_off()) co_return fail(Code::kState, "cover");
  if (core.clock_is_back() && clock != Clock::kAsItIs) co_return fail(Code::kState, "clock");
  const auto began = core.generation();
  const auto how = cause == Cause::kUnsealed ? LogIn::kUnseal : LogIn::kUnlock;
  CO_TRY(const auto keys, co_await log_in_counted(core, actor, pin, how));
  const auto up = co_await come_up(core, keys, cause, began);
  // What stays sealed stays closed.
  if (!up && core.state() == State::kSealed) {
    static_cast<void>(co_await close_hsm(core, std::move(actor)));
  }
  co_return up;
}

}  // namespace

base::Task<base::Result<>> unlock(Core& core, ipc::Actor actor, base::Secret<64> pin, Clock clock) {
  return open_up(core, std::move(actor), std::move(pin), clock, Cause::kUnlocked);
}

base::Task<base::Result<>> unseal(Core& core, ipc::Actor actor, base::Secret<64> pin, Clock clock) {
  return open_up(core, std::move(actor), std::move(pin), clock, Cause::kUnsealed);
}

base::Task<void> rejoin(Core& core) {
  const State before = core.state();
  const auto held = co_await core.writes.lock();
  if (core.state() != before) co_return;
  const bool running = before == State::kOperational;
  if (!running && before != State::kLocked) co_return;
  if (!core.facts.hsm_ok && !running) co_return;
  if (core.clock_is_back()) co_return;  // somebody must look at it first
  const auto began = core.generation();
  const auto keys = co_await log_in(core, {}, {}, LogIn::kUnlock);
  if (!running) {
    if (!keys) co_return;
    const auto up = co_await come_up(core, *keys, Cause::kRejoined, began);
    if (!up) core.log().warn("rejoin_failed", {{"error", up.error()}});
    co_return;
  }
  base::Result<> settled;
  if (keys) {
    settled = co_await settle(core, Leftovers::kKeep);
  } else {
    settled = std::unexpected(keys.error());
  }
  if (settled) co_return;
  core.forget();
  if (settled.error().code == Code::kCorrupt) {
    const std::string reason(settled.error().field.view());
    co_await core.enter(Cause::kDisagreement, reason);
  } else {
    co_await core.enter(Cause::kHsmLost);
  }
}

}  // namespace core
