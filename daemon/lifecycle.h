// From one state of the appliance to the next: set-up, unlock, seal, and joining an audit process
// that is logged in already. Policy has allowed each before it gets here.
#pragma once

#include "daemon/core.h"
#include "ipc/console_core.h"

namespace core {

// Unprovisioned -> Operational. May be asked again after a set-up that was cut off.
base::Task<base::Result<ipc::Provision::Reply>> provision(Core& core, ipc::Actor actor,
                                                          ipc::Provision request);

// Locked -> Operational; or Failed, when store, log and HSM do not agree. kDenied "pin" for a wrong
// PIN, kLocked after kPinTries of them.
// kState "clock" while the clock stands before what the log has seen, unless that is accepted;
// kState "sealed" when the log says that it is sealed.
enum class Clock : std::uint8_t { kMustBeRight, kAsItIs };
base::Task<base::Result<>> unlock(Core& core, ipc::Actor actor, base::Secret<64> pin, Clock clock);

// While it is Operational: whether that is the PIN, counted like a try to unlock. Gives the keys
// that unlocking would.
base::Task<base::Result<ipc::UnlockHsm::Reply>> prove_pin(Core& core, ipc::Actor actor,
                                                          base::Secret<64> pin);

// Sealed -> Operational, in the same way. kState "cover" while a cover switch says open.
base::Task<base::Result<>> unseal(Core& core, ipc::Actor actor, base::Secret<64> pin, Clock clock);

// Operational or Locked -> Sealed, at once and whatever else is going on: nothing secret stays in
// memory, browsers are cut off, the HSM is logged out, the log says why. Durable once it is logged;
// what could not be logged now is logged later (keep_sealed).
base::Task<base::Result<>> seal(Core& core, ipc::Actor actor);

// The same by core itself, for a cause of its own. Nothing in other states.
base::Task<void> brake(Core& core, policy::Cause cause);

// Logs the HSM out.
base::Task<base::Result<>> close_hsm(Core& core, ipc::Actor actor);

// Cover or button: logged in every state, and the HSM is closed in every state. Returns when the
// log has it; the HSM is closed beside that.
base::Task<void> tampered(Core& core, ipc::Actor actor, policy::Cause cause,
                          std::string_view reason);

// A watcher of a cover switch that has fallen silent seals too.
base::Task<void> miss_watcher(Core& core);

// The log's word and core's state made one, after each look at audit's facts: what the log calls
// sealed is sealed, and what is sealed is called so, with the HSM closed.
base::Task<void> keep_sealed(Core& core);

// After core or audit has started anew: opens the register without a PIN if audit is logged in,
// else the appliance is Locked.
base::Task<void> rejoin(Core& core);

}  // namespace core
