// From one state of the appliance to the next: set-up, unlock, seal, and joining an audit process
// that is logged in already. Policy has allowed each before it gets here.
#pragma once

#include "daemon/core.h"
#include "ipc/console_core.h"

namespace core {

// Unprovisioned -> Operational. May be asked again after a set-up that was cut off.
base::Task<base::Result<ipc::Provision::Reply>> provision(Core& core, ipc::Actor actor,
                                                          ipc::Provision request);

// Locked or Sealed -> Operational; or Failed, when store, log and HSM do not agree. kDenied "pin"
// for a wrong PIN, kLocked after kPinTries of them.
// kState "clock" while the clock stands before what the log has seen, unless that is accepted.
enum class Clock : std::uint8_t { kMustBeRight, kAsItIs };
base::Task<base::Result<>> unlock(Core& core, ipc::Actor actor, base::Secret<64> pin, Clock clock);

// Operational -> Sealed: nothing secret stays in memory, and the HSM is logged out.
base::Task<base::Result<>> seal(Core& core, ipc::Actor actor);

// The same by core itself, when it finds that nothing can be dated any more. Nothing in other
// states.
base::Task<void> brake(Core& core, std::string_view reason);

// After core or audit has started anew: opens the register without a PIN if audit is logged in,
// else the appliance is Locked.
base::Task<void> rejoin(Core& core);

}  // namespace core
