// How kagikurad locks itself in: the system calls and paths that it needs, each with its reason.
#pragma once

#include "base/log.h"
#include "base/sandbox.h"
#include "config/config.h"

namespace core {

// The last step before the loop. kIo when the system cannot lock it in; then the process stops.
base::Result<> lock_in(const config::Config& config, const base::Log& log);

}  // namespace core
