#include "daemon/failures.h"

#include <utility>

#include "daemon/core.h"

namespace core {

struct Failures::Waiting {
  ipc::Append entry;
  Throttle::Keys keys;
  base::Slot<base::Result<>> done;
};

namespace {

// The entries of a batch, in the audit process at the same time: it makes them durable together.
struct Appending {
  std::size_t left = 0;
  base::LogPoint point;  // the newest
  base::Result<> all;    // or the last error
  base::Slot<int> done;
};

base::Task<void> append(Core& core, ipc::Append entry, Appending& appending) {
  const auto reply = co_await core.audit.call(core.of_company(std::move(entry)));
  if (!reply) {
    appending.all = std::unexpected(reply.error());
  } else if (reply->point.size > appending.point.size) {
    appending.point = reply->point;
  }
  if (--appending.left == 0) appending.done.set(0);
}

}  // namespace

base::Task<base::Result<>> Failures::keep(ipc::Append entry, Throttle::Keys keys) {
  Waiting mine{std::move(entry), std::move(keys), {}};
  waiting_.push_back(&mine);
  if (!std::exchange(runs_, true)) base::spawn(run());
  co_return co_await mine.done;
}

base::Task<void> Failures::run() {
  if (const auto wait = next_at_.ms - core_.mono().ms; wait > 0) co_await core_.loop().sleep(wait);
  const auto held = co_await core_.writes.lock();
  next_at_ = {core_.mono().ms + kEveryMs};
  runs_ = false;  // who fails from now on is of the next batch
  const auto batch = std::exchange(waiting_, {});
  const auto done = co_await write(batch);
  for (Waiting* one : batch) one->done.set(done);
}

base::Task<base::Result<>> Failures::write(const std::vector<Waiting*>& batch) {
  if (core_.store() == nullptr) co_return base::fail(base::Code::kState, "appliance");
  Appending appending{.left = batch.size(), .point = {}, .all = {}, .done = {}};
  Throttle::Keys keys;
  for (Waiting* one : batch) {
    keys.insert(keys.end(), one->keys.begin(), one->keys.end());
    base::spawn(append(core_, std::move(one->entry), appending));
  }
  co_await appending.done;
  CO_CHECK(appending.all);
  co_return core_.commit_logged(core_.throttle.to_keep(core_.reg(), keys, core_.mono()),
                                appending.point);
}

}  // namespace core
