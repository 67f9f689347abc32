#include "daemon/registry/shelves.h"

#include <algorithm>

namespace registry {

Placer::Tally& Placer::tally(TenantId tenant, Purpose purpose) {
  for (Tally& known : tallies_) {
    if (known.tenant == tenant && known.purpose == purpose) return known;
  }
  Tally fresh{.tenant = tenant, .purpose = purpose, .room = {}};
  for (const Shelf* shelf : registry_->shelves()) {
    if (shelf->tenant != tenant || shelf->purpose != purpose) continue;
    if (shelf->state != ShelfState::kOpen) continue;
    const std::uint32_t living = registry_->living_on(shelf->id);
    if (living < registry_->shelf_size()) {
      fresh.room.emplace_back(shelf->id, registry_->shelf_size() - living);
    }
  }
  return tallies_.emplace_back(std::move(fresh));
}

std::optional<ShelfId> Placer::place(TenantId tenant, Purpose purpose) {
  Tally& t = tally(tenant, purpose);
  while (t.next < t.room.size() && t.room[t.next].second == 0) ++t.next;
  if (t.next == t.room.size()) {
    ++t.refused;
    return std::nullopt;
  }
  --t.room[t.next].second;
  return t.room[t.next].first;
}

std::vector<ShelfNeed> Placer::missing() const {
  std::vector<ShelfNeed> out;
  const std::uint32_t size = registry_->shelf_size();
  for (const Tally& t : tallies_) {
    if (t.refused != 0) out.push_back({t.tenant, t.purpose, (t.refused + size - 1) / size});
  }
  return out;
}

base::Result<Change> open_shelf(const Registry& registry, const ShelfNeed& need, ShelfId id,
                                const ipc::Bytes<128>& sealed_salt, WallTime now) {
  if (!id.valid()) return base::fail(base::Code::kInvalid, "shelf");
  if (registry.shelf(id) != nullptr) return base::fail(base::Code::kConflict, "shelf");
  Change change;
  change.put(Shelf{.id = id,
                   .tenant = need.tenant,
                   .purpose = need.purpose,
                   .sealed_salt = sealed_salt,
                   .made_at = now});
  return change;
}

}  // namespace registry
