// Which zone an address is in. Configured blocks only; the most specific block wins, so that one
// desk can be taken out of a large subnet; everything else is nowhere.
#pragma once

#include <span>

#include "base/ip.h"
#include "base/terms.h"

namespace policy {

// kNone and no roles when no block has it. Each listener has zones of its own: a desk's address is
// nowhere on the listener of other systems, and theirs is nowhere on the one of pages.
struct Place {
  base::Zone zone = base::Zone::kNone;
  std::uint32_t roles = 0;   // as ZoneBlock::roles
  bool certificate = false;  // as ZoneBlock::certificate
};
Place place_of(const base::IpAddress& address, base::Listener listener,
               std::span<const base::ZoneBlock> blocks);

// The place's zone for who has this role: kNone when it is for other roles only. Who has no role,
// before signing in or with a link, is in the zone of the place.
base::Zone zone_for(const Place& place, base::Role role);

// Whether these may take the place of the ones in force: kMissing "zones" without a handling block,
// kDenied "lock_out" when who carries the change out could not have done it from where he is, or
// without the certificate that his place would want. So an administrator is always left who can
// change them back. kInvalid "zones" for roles that no account has, and for roles or certificates
// outside of a handling block.
struct Keeper {
  base::IpAddress address;
  base::Role role = base::Role::kNone;
  bool certificate = false;  // he has shown a valid one
};
base::Result<> check_zones(std::span<const base::ZoneBlock> blocks, const Keeper& keeper);

}  // namespace policy
