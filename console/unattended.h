// Unlocking without a person, where a site has decided so: the PIN comes from a credential that
// systemd decrypts for this program alone. It unlocks what is Locked, never what somebody has
// sealed, and never tries a PIN a second time that was refused: the token counts.
#pragma once

#include <cstdint>
#include <string>

#include "base/log.h"

namespace console {

enum class Attempt : std::uint8_t {
  kNothing,   // core is not Locked: nothing to do
  kUnlocked,  // it was, and is Operational now
  kLater,     // core, audit or the HSM does not answer now
  kRefused,   // the PIN is wrong or cannot be read: not to be tried again
};

// Looks once, and unlocks with the first line of `pin_file` if there is something to unlock. The
// PIN is read anew each time and wiped before this returns.
Attempt unlock_if_locked(const std::string& socket, const std::string& pin_file,
                         const base::Log& log);

}  // namespace console
