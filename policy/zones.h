// Which zone an address is in. Configured blocks only; the most specific block wins, so that one
// desk can be taken out of a large subnet; everything else is nowhere.
#pragma once

#include <span>

#include "base/ip.h"
#include "base/terms.h"

namespace policy {

// kNone when no block has it.
base::Zone zone_of(const base::IpAddress& address, std::span<const base::ZoneBlock> blocks);

}  // namespace policy
