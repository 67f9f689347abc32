// What the process may still do once the module is loaded. Written for a software token that keeps
// its keys in files: another module gets the rows that it needs here, each with its reason.
#pragma once

#include "base/sandbox.h"

namespace hsm {

// Reads the place of SoftHSM's files, if there are any.
base::sandbox::Profile sandbox_profile();

}  // namespace hsm
