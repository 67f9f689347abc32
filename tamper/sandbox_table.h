// What the watcher may ask of the kernel once its sensors are open.
#pragma once

#include "base/result.h"

namespace tamper {

base::Result<> lock_in();

}  // namespace tamper
