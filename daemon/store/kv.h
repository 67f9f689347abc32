// An ordered key-value store, as little of one as core needs: snapshots, range scans, one atomic
// batch with conditions, and a revision. LMDB stands behind it (store/lmdb_kv.h), or memory in
// tests and simulations (store/memory_kv.h); a cluster database can. Only store/store.h may use
// it: it sees ciphertext and does not judge it. Keys are compared as unsigned bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace store {

using KeyBytes = std::vector<std::uint8_t>;
using ValueBytes = std::vector<std::uint8_t>;

inline constexpr std::size_t kKeyMax = 64;
inline constexpr std::size_t kValueMax = 1 << 20;

// A value and the revision of the batch that wrote it.
struct Versioned {
  ValueBytes value;
  std::uint64_t revision = 0;
};

// All keys as they were at one moment. Short-lived: an old snapshot makes the file grow.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  virtual base::Result<std::optional<Versioned>> get(base::ByteSpan key) = 0;
  // Calls visit(key, value, revision) for each key of [from, to) in ascending order; an empty `to`
  // means no upper end. The spans die with the call. A failure of `visit` ends the scan and is
  // returned.
  using Visit = std::function<base::Result<>(base::ByteSpan, base::ByteSpan, std::uint64_t)>;
  virtual base::Result<> scan(base::ByteSpan from, base::ByteSpan to, const Visit& visit) = 0;
  // Of the newest batch in it; 0 when there has been none.
  [[nodiscard]] virtual std::uint64_t revision() const = 0;
};

// Writes that happen together or not at all.
struct Batch {
  struct Condition {
    KeyBytes key;
    std::uint64_t revision = 0;  // that wrote it; 0: it must not exist
  };
  struct Put {
    KeyBytes key;  // 1 to kKeyMax bytes, the first not zero
    ValueBytes value;
  };
  std::vector<Condition> conditions;
  std::vector<Put> puts;
  std::vector<KeyBytes> erases;  // of keys that may be absent; done before the puts
};

class Kv {
 public:
  virtual ~Kv() = default;
  virtual base::Result<std::unique_ptr<Snapshot>> snapshot() = 0;
  // Durable when it returns the new revision. kConflict (a condition does not hold), kInvalid (a
  // key or value of a size that is not taken) and kFull: nothing was written. kIo: the outcome is
  // unknown and every later call fails; the process must stop, open anew and reconcile.
  virtual base::Result<std::uint64_t> commit(const Batch& batch) = 0;
};

}  // namespace store
