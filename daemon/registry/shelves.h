// Shelves: which have room, when a new one is needed, how one is opened. A new shelf needs a key
// in the HSM, so the register only says what is missing; core asks the audit process (CreateShelf)
// and then records it with open_shelf().
#pragma once

#include "daemon/registry/registry.h"

namespace registry {

struct ShelfNeed {
  TenantId tenant = kFirm;
  Purpose purpose = Purpose::kIntake;
  std::uint32_t count = 1;  // shelves
  friend bool operator==(const ShelfNeed&, const ShelfNeed&) = default;
};

// Hands out places on open shelves with room, oldest shelf first, counting what it has handed out.
class Placer {
 public:
  explicit Placer(const Registry& registry) : registry_(&registry) {}
  // nullopt when no shelf has room; then missing() tells what to open. A person who holds a number
  // for the purpose already is placed like a new one: the old number dies where it is.
  std::optional<ShelfId> place(TenantId tenant, Purpose purpose);
  [[nodiscard]] std::vector<ShelfNeed> missing() const;

 private:
  struct Tally {
    TenantId tenant;
    Purpose purpose = Purpose::kIntake;
    std::vector<std::pair<ShelfId, std::uint32_t>> room;  // shelves left with room
    std::size_t next = 0;
    std::uint32_t refused = 0;
  };
  Tally& tally(TenantId tenant, Purpose purpose);
  const Registry* registry_;
  std::vector<Tally> tallies_;
};

// kConflict when the id exists.
base::Result<Change> open_shelf(const Registry& registry, const ShelfNeed& need, ShelfId id,
                                const ipc::Bytes<128>& sealed_salt, WallTime now);

}  // namespace registry
