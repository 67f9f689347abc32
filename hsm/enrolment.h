// Setting a token up, once in its life: label, SO PIN, user PIN. Not part of the running process:
// for the tools that prepare a token, so that no PIN needs to stand on a command line.
#pragma once

#include "hsm/pkcs11.h"

namespace hsm {

// Initialises the first token without a label (or, when `label` is there already, kConflict
// "token") and sets the user's PIN.
base::Result<> set_token_up(const Module& module, const std::string& parameters,
                            const std::string& label, const base::Secret<64>& so_pin,
                            const base::Secret<64>& pin);

}  // namespace hsm
