// Failures to sign in, made durable together. Each is counted when it happens (Throttle::count) and
// answered when log and register hold it; a flood of them shares the writes that people who work
// would wait for otherwise: ten a second, however many fail.
#pragma once

#include <vector>

#include "base/task.h"
#include "daemon/throttle.h"
#include "ipc/core_audit.h"

namespace core {

class Core;

class Failures {
 public:
  static constexpr std::int64_t kEveryMs = 100;  // the first one after a rest waits for nothing

  explicit Failures(Core& core) : core_(core) {}

  // Logs `entry` and keeps the counts of `keys`. Not under Core::writes. Errors are those of
  // Core::commit: a failure that could not be logged is counted in memory all the same.
  base::Task<base::Result<>> keep(ipc::Append entry, Throttle::Keys keys);
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting;
  base::Task<void> run();
  base::Task<base::Result<>> write(const std::vector<Waiting*>& batch);

  Core& core_;
  std::vector<Waiting*> waiting_;
  base::MonoTime next_at_;
  bool runs_ = false;
};

}  // namespace core
