// The key to Secret<N>. Including this file means: this file handles secret bytes. The list of
// files that may is tests/lint/secret_access.txt, and every line of it has a reason.
#pragma once

#include "base/secret.h"

namespace base {
inline SecretAccess secret_access() { return {}; }
}  // namespace base
