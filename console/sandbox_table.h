// How kagikura-console and kagikura-unlock lock themselves in: a terminal, core's socket and one
// new file for an export; core's socket and the file with the PIN.
#pragma once

#include <string>

#include "base/result.h"

namespace console {

// Before the first question: PINs pass through here. kIo when the system cannot lock it in.
base::Result<> lock_in();

// The last step of kagikura-unlock before it looks for the first time.
base::Result<> lock_in_unattended(const std::string& pin_file);

}  // namespace console
