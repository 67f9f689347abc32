#include "daemon/disposal.h"

#include "daemon/certificate.h"
#include "daemon/epochs.h"
#include "daemon/registry/disposals.h"

namespace core {

using base::Code;
using base::fail;
using registry::DisposalPhase;

namespace {

struct Emptied {
  registry::Reshelved result;
  base::LogPoint log;
};

// One shelf's survivors to its successor, inside the HSM.
base::Task<base::Result<Emptied>> empty_shelf(Core& core, ipc::Actor actor, std::uint64_t ref,
                                              const registry::Reshelving& shelf) {
  Emptied out;
  if (!shelf.to.valid()) co_return out;
  ipc::CreateShelf create;
  create.tenant = shelf.tenant;
  create.purpose = shelf.purpose;
  create.shelf = shelf.to;
  CO_TRY(auto made, co_await core.audit.call(std::move(create)));
  out.result.sealed_salt = std::move(made.sealed_salt);
  ipc::Reshelve reshelve;
  reshelve.actor = std::move(actor);
  reshelve.ref = ref;
  reshelve.tenant = shelf.tenant;
  reshelve.purpose = shelf.purpose;
  reshelve.from = shelf.from;
  reshelve.to = shelf.to;
  for (const auto& item : shelf.survivors) CO_CHECK(reshelve.items.push(item));
  CO_TRY(auto reply, co_await core.audit.call(std::move(reshelve), AuditLink::kLongMs));
  out.log = reply.point;
  out.result.moved = std::move(reply.items).release();
  co_return out;
}

// kApproved -> kReshelved. Holds `writes` throughout: what the plan names must not change under it.
base::Task<base::Result<>> reshelve(Core& core, base::DisposalId id, ipc::Actor actor) {
  const auto held = co_await core.writes.lock();
  CO_TRY(const auto plan, registry::plan_reshelving(core.reg(), id));
  std::vector<registry::Reshelved> results;
  base::LogPoint log;
  for (const auto& shelf : plan) {
    CO_TRY(auto emptied, co_await empty_shelf(core, actor, id.value, shelf));
    if (emptied.log.size > log.size) log = emptied.log;
    results.push_back(std::move(emptied.result));
  }
  CO_TRY(auto change, registry::apply_reshelving(core.reg(), id, plan, results, core.wall()));
  // Both meta pages of the store: after this the old keys go, and no older page may ask for them.
  co_return core.commit_logged(std::move(change), log, store::Store::Pages::kBoth);
}

struct Gone {
  std::uint64_t index = 0;
  base::WallTime at;
};

base::Task<base::Result<Gone>> destroy_keys(Core& core, ipc::Actor actor, std::uint64_t ref,
                                            std::vector<base::ShelfId> shelves) {
  Gone gone;
  for (std::size_t from = 0; from < shelves.size();
       from += decltype(ipc::DestroyShelves::shelves)::kMax) {
    ipc::DestroyShelves destroy;
    destroy.actor = actor;
    destroy.ref = ref;
    for (std::size_t i = from; i < shelves.size() && !destroy.shelves.full(); ++i) {
      CO_CHECK(destroy.shelves.push(shelves[i]));
    }
    CO_TRY(const auto reply, co_await core.audit.call(std::move(destroy), AuditLink::kLongMs));
    gone = {reply.index, reply.at};
  }
  co_return gone;
}

// kReshelved -> kDestroyed.
base::Task<base::Result<>> destroy(Core& core, base::DisposalId id, ipc::Actor actor) {
  const auto* disposal = core.reg().disposal(id);
  if (disposal == nullptr) co_return fail(Code::kNotFound, "disposal");
  std::vector<base::ShelfId> shelves(disposal->shelves.begin(), disposal->shelves.end());
  CO_TRY(const auto gone, co_await destroy_keys(core, actor, id.value, std::move(shelves)));
  const auto held = co_await core.writes.lock();
  const auto* now = core.reg().disposal(id);
  if (now == nullptr) co_return fail(Code::kState, "appliance");
  auto entry = entry_of(base::CoreEvent::kDisposed, actor);
  entry.ref = id.value;
  entry.count = now->numbers;
  CO_TRY(auto change, registry::mark_destroyed(core.reg(), id, gone.index, gone.at));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

// kDestroyed -> kDone.
base::Task<base::Result<>> finish(Core& core, base::DisposalId id, ipc::Actor actor) {
  CO_TRY(const auto epoch, co_await next_epoch(core, actor));
  CO_TRY(const auto certificate, co_await issue_certificate(core, id, actor, epoch));
  const auto held = co_await core.writes.lock();
  CO_TRY(auto change, registry::mark_done(core.reg(), id, epoch, certificate, core.wall()));
  auto entry = entry_of(base::CoreEvent::kCertificateIssued, actor);
  entry.ref = id.value;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

}  // namespace

base::Task<base::Result<>> carry_out(Core& core, base::DisposalId id, ipc::Actor actor) {
  const auto one_at_a_time = co_await core.disposing.lock();
  for (;;) {
    if (core.state() != base::State::kOperational) co_return fail(Code::kState, "appliance");
    const auto* disposal = core.reg().disposal(id);
    if (disposal == nullptr) co_return fail(Code::kNotFound, "disposal");
    switch (disposal->phase) {
      case DisposalPhase::kProposed:
      case DisposalPhase::kCancelled: co_return fail(Code::kState, "disposal");
      case DisposalPhase::kApproved: CO_CHECK(co_await reshelve(core, id, actor)); break;
      case DisposalPhase::kReshelved: CO_CHECK(co_await destroy(core, id, actor)); break;
      case DisposalPhase::kDestroyed: CO_CHECK(co_await finish(core, id, actor)); break;
      case DisposalPhase::kDone: co_return base::Result<>{};
    }
  }
}

base::Task<void> resume_disposal(Core& core) {
  const auto* disposal = core.reg().unfinished_disposal();
  if (disposal == nullptr) co_return;
  const base::DisposalId id = disposal->id;
  ipc::Actor actor;
  actor.account = disposal->approved_by;
  actor.role = base::Role::kResponsible;
  const auto done = co_await carry_out(core, id, std::move(actor));
  if (!done) core.log().warn("disposal_waits", {{"error", done.error()}});
}

}  // namespace core
