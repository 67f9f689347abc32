// Which zone an address is in. Configured blocks only; the most specific block wins, so that one
// desk can be taken out of a large subnet; everything else is nowhere.
#pragma once

#include <span>

#include "base/ip.h"
#include "base/terms.h"

namespace policy {

// kNone when no block has it.
base::Zone zone_of(const base::IpAddress& address, std::span<const base::ZoneBlock> blocks);

// Whether these may take the place of the ones in force: kMissing "zones" without a handling block,
// kDenied "lock_out" when who carries the change out could not have done it from where he is. So
// an administrator is always left who can change them back.
base::Result<> check_zones(std::span<const base::ZoneBlock> blocks, const base::IpAddress& keeper);

}  // namespace policy
