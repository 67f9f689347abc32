// The sandboxes that the probe can enter: each role's own, by the function that the role's main()
// calls; none, as the control; and spoiled ones, with which the campaign proves itself.
#pragma once

#include <string>

#include "base/result.h"

namespace probe {

struct Place {
  std::string configuration;  // the appliance's
  std::string worker;         // kagikura-web-worker
  std::string pin;            // the file that kagikura-unlock reads
};

// The last step of the role's start. kInvalid for a role that there is not.
base::Result<> enter(const std::string& role, const Place& place);

}  // namespace probe
