// How the two programs lock themselves in, once their certificates are read.
#pragma once

#include "base/result.h"

namespace monitor {

// kagikura-metrics: the connection that it was born with, and one question to core.
base::Result<> lock_in_metrics();
// kagikura-syslog: questions to core, and connections to the collector. Where to, the unit says.
base::Result<> lock_in_syslog();

}  // namespace monitor
