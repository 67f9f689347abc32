// The states of the appliance as one machine: from which state, for which cause, into which. Core
// is the only one who moves it (daemon/core.h); console, web, command line and metrics show the
// same names (base/terms.h). What is not in the table does not happen.
//
//   Unprovisioned -> Locked -> Operational <-> Sealed; Failed from anywhere, and only a restart
//   leaves it. What is sealed stays sealed over restarts: the log says so (kFoundSealed).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/terms.h"

namespace policy {

enum class Cause : std::uint8_t {
  kSetUp,            // keys, firm and first accounts are there
  kSetUpUnfinished,  // keys without a firm: set-up was cut off and may be done again
  kSetUpFound,       // a firm where set-up was asked for
  kUnlocked,         // by a PIN
  kUnsealed,         // by a PIN that a person typed at the console
  kRejoined,         // audit is logged in already
  kOperatorSealed,   // at the console
  kCoverOpened,
  kButtonPressed,
  kWatcherSilent,  // nobody would notice the cover any more
  kClockSetBack,   // nothing can be dated any more
  kFoundSealed,    // the log's newest word on it
  kHsmLost,        // no road to the HSM: audit or the token is not logged in any more
  kDisagreement,   // store, log and HSM do not agree
  kLast = kDisagreement,
};
// Stable lower-case word: the reason in the status and in the log.
std::string_view name(Cause cause);

// Where the cause leads; none: it changes nothing in this state.
std::optional<base::State> next(base::State from, Cause cause);

// The appliance's keys are to be forgotten and the HSM closed, whatever the state.
bool seals(Cause cause);

}  // namespace policy
