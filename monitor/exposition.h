// The state of the appliance in Prometheus' text format 0.0.4. Counts, sizes and states only: no
// name, no identifier of a person, nothing that a person typed.
#pragma once

#include <string>

#include "ipc/console_core.h"

namespace monitor {

std::string exposition(const ipc::GetStatus::Reply& status);
// Core did not answer: that is a measurement too.
std::string exposition_of_silence();

}  // namespace monitor
