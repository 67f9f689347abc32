// A key-value store in memory, for tests and simulations: same contract as LMDB's, plus faults on
// demand and direct access to the bytes, so that a test can play the attacker who edits the disk.
#pragma once

#include <map>

#include "daemon/store/kv.h"

namespace store {

class MemoryKv final : public Kv {
 public:
  base::Result<std::unique_ptr<Snapshot>> snapshot() override;
  base::Result<std::uint64_t> commit(const Batch& batch) override;

  // What the next commit does instead of working.
  enum class Fault : std::uint8_t {
    kNone,
    kFull,         // nothing written, kFull
    kLostUnknown,  // nothing written, kIo
    kDoneUnknown,  // written, kIo
  };
  void fail_next(Fault fault) { fault_ = fault; }
  // After a fault with an unknown outcome: as a new process would find it.
  void reopen() { broken_ = false; }

  using Items = std::map<KeyBytes, Versioned>;
  Items& items() { return items_; }
  [[nodiscard]] std::uint64_t commits() const { return revision_; }

 private:
  Items items_;
  std::uint64_t revision_ = 0;
  Fault fault_ = Fault::kNone;
  bool broken_ = false;
};

}  // namespace store
