#include "daemon/epochs.h"

namespace core {

namespace {

// A key that a cut-off attempt left behind is as good as a new one: nothing was vouched for with
// it.
base::Task<base::Result<base::Secret<32>>> key_for(Core& core, ipc::Actor actor,
                                                   std::uint64_t epoch) {
  ipc::CreateEpoch create;
  create.actor = std::move(actor);
  create.epoch = epoch;
  auto made = co_await core.audit.call(std::move(create));
  if (made) co_return std::move(made->state_key);
  if (made.error().code != base::Code::kConflict) co_return std::unexpected(made.error());
  ipc::OpenEpoch open;
  open.epoch = epoch;
  CO_TRY(auto opened, co_await core.audit.call(std::move(open)));
  co_return std::move(opened.state_key);
}

base::Task<base::Result<>> destroy(Core& core, ipc::Actor actor, std::uint64_t epoch) {
  ipc::DestroyEpoch message;
  message.actor = std::move(actor);
  message.epoch = epoch;
  const auto done = co_await core.audit.call(std::move(message), AuditLink::kLongMs);
  if (!done) co_return std::unexpected(done.error());
  co_return base::Result<>{};
}

}  // namespace

base::Task<base::Result<std::uint64_t>> next_epoch(Core& core, ipc::Actor actor) {
  const auto one_at_a_time = co_await core.epoch_making.lock();
  if (core.store() == nullptr) co_return base::fail(base::Code::kState, "appliance");
  const std::uint64_t old = core.store()->state().epoch;
  const std::uint64_t generation = core.generation();
  CO_TRY(const auto key, co_await key_for(core, actor, old + 1));
  {
    const auto held = co_await core.writes.lock();
    if (core.generation() != generation) co_return base::fail(base::Code::kState, "appliance");
    CO_CHECK(core.set_epoch(old + 1, key));
  }
  // Also one that an earlier attempt could not destroy.
  CO_CHECK(co_await drop_other_epochs(core, std::move(actor)));
  co_return old + 1;
}

base::Task<base::Result<>> drop_other_epochs(Core& core, ipc::Actor actor) {
  CO_TRY(const auto keys, co_await core.audit.call(ipc::ListKeys{}));
  for (const std::uint64_t epoch : keys.epochs) {
    if (core.store() == nullptr) co_return base::fail(base::Code::kState, "appliance");
    if (epoch == core.store()->state().epoch) continue;
    CO_CHECK(co_await destroy(core, actor, epoch));
  }
  co_return base::Result<>{};
}

}  // namespace core
