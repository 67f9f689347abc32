#include "daemon/shelf_making.h"

namespace core {

namespace {

base::Task<base::Result<>> make_shelf(Core& core, registry::ShelfNeed need) {
  const std::uint64_t generation = core.generation();
  const base::ShelfId id{core.reg().new_id()};
  ipc::CreateShelf create;
  create.tenant = need.tenant;
  create.purpose = need.purpose;
  create.shelf = id;
  CO_TRY(const auto made, co_await core.audit.call(std::move(create)));
  const auto held = co_await core.writes.lock();
  if (core.generation() != generation) co_return base::fail(base::Code::kState, "appliance");
  CO_TRY(auto change, registry::open_shelf(core.reg(), need, id, made.sealed_salt, core.wall()));
  co_return core.commit_logged(std::move(change), {});
}

// Somebody else may have opened one while this one waited.
bool still_missing(Core& core, const registry::ShelfNeed& need) {
  registry::Placer placer(core.reg());
  return !placer.place(need.tenant, need.purpose).has_value();
}

}  // namespace

base::Task<base::Result<>> make_shelves(Core& core, std::vector<registry::ShelfNeed> needs) {
  const auto one_at_a_time = co_await core.shelf_making.lock();
  for (const auto& need : needs) {
    if (need.count == 1 && !still_missing(core, need)) continue;
    for (std::uint32_t i = 0; i < need.count; ++i) CO_CHECK(co_await make_shelf(core, need));
  }
  co_return base::Result<>{};
}

}  // namespace core
