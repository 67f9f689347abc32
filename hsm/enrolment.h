// Setting a token up, once in its life: label, SO PIN, user PIN. For set-up, and for the tools
// that prepare a token, so that no PIN needs to stand on a command line. Never touches a token
// that has a user PIN.
#pragma once

#include "hsm/keyring.h"

namespace hsm {

// Initialises the first token without a label (or, when `label` is there already, kConflict
// "token") and sets the user's PIN.
base::Result<> set_token_up(const Module& module, const std::string& parameters,
                            const std::string& label, const base::Secret<64>& so_pin,
                            const base::Secret<64>& pin);

// The PIN of a token that is made here is the site's only one: long enough to be worth trying.
inline constexpr std::size_t kPinMin = 8;

// Derived from the PIN, so that nobody keeps another secret that could reset it. kInvalid "pin":
// too short.
base::Result<base::Secret<64>> so_pin_of(const base::Secret<64>& pin);

// At set-up: where the module is the embedded SoftHSM and has no token at all, makes the one that
// `place` names, durably; goes on with one whose making was cut off. True when it has. Errors
// of so_pin_of; kDenied "pin" when another PIN than the one of the cut-off set-up is given.
base::Result<bool> set_embedded_token_up(const Module& module, const Place& place,
                                         const base::Secret<64>& pin);

}  // namespace hsm
