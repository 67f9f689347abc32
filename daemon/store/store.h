// The register at rest: records encrypted under the register key, and one state record that
// vouches for all of them together. Every value is AES-256-GCM with a random nonce and its own key
// as AAD; the state record carries a keyed digest of the whole set and is authenticated by the
// state key of the current epoch, which dies in the HSM when the epoch ends. So an edited, moved,
// swapped, dropped, repeated or older record, and an older store, do not open. Used by core only;
// knows no record types.
#pragma once

#include <array>

#include "base/log_point.h"
#include "base/secret.h"
#include "daemon/store/crypto.h"
#include "daemon/store/kv.h"

namespace store {

// Records to write together. Keys are at most kKeyMax bytes, the first byte from 0x20 to 0x7e;
// they are not encrypted and hold nothing personal.
struct Changes {
  std::vector<Batch::Put> puts;
  std::vector<KeyBytes> erases;  // kNotFound when it is not there
  [[nodiscard]] bool empty() const { return puts.empty() && erases.empty(); }
};

struct State {
  std::uint64_t epoch = 0;
  std::uint64_t revision = 0;  // rises by one with each commit
  base::LogPoint log;          // of the audit log, that this state has seen
  std::uint64_t records = 0;
  friend bool operator==(const State&, const State&) = default;
};

class Store {
 public:
  // What open() shows each record to: its key and its decrypted value.
  using Visit = std::function<base::Result<>(base::ByteSpan key, base::ByteSpan value)>;

  // The epoch that the stored state names, not yet authenticated: which state key to ask for.
  // nullopt when the store is empty; kCorrupt when it holds something but no state.
  static base::Result<std::optional<std::uint64_t>> epoch_of(Kv& kv);

  // Makes the first state of an empty store; kConflict when it is not empty. `kv` must outlive it.
  static base::Result<Store> create(Kv& kv, const base::Secret<32>& register_key,
                                    const base::Secret<32>& state_key, std::uint64_t epoch,
                                    const base::LogPoint& log);

  // Reads and verifies everything, showing each record to `visit` on the way; what was shown counts
  // only if open() succeeds. kCorrupt with the field "state" (not what this state key vouches for),
  // "record" (a value that does not open under its key) or "digest" (a record is missing, extra or
  // old). About 3 microseconds a record.
  static base::Result<Store> open(Kv& kv, const base::Secret<32>& register_key,
                                  const base::Secret<32>& state_key, const Visit& visit);

  // Whether the newest commit must also survive the loss of the newest meta page: needed before a
  // key is destroyed on the strength of it.
  enum class Pages : std::uint8_t { kNewest, kBoth };

  // Writes `changes` and the point of the log in one batch. kFull, kInvalid, kNotFound: nothing
  // happened. Any other failure: the outcome is unknown and this object refuses everything from
  // then on (poisoned()); the process must stop. Consumes `changes`, encrypting in place.
  base::Result<> commit(Changes changes, const base::LogPoint& log, Pages pages = Pages::kNewest);

  // Lets `state_key` of `epoch` vouch from now on; committed twice. The old key may be destroyed
  // after.
  base::Result<> set_epoch(std::uint64_t epoch, const base::Secret<32>& state_key);

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] bool poisoned() const { return poisoned_; }

 private:
  Store(Kv& kv, RecordCipher cipher, base::Secret<32> state_key);
  base::Result<> write(Batch batch, State next, const SetDigest& digest);
  base::Result<SetDigest> without(const Changes& changes, SetDigest digest, std::uint64_t& records);

  Kv* kv_;
  RecordCipher cipher_;
  base::Secret<32> state_key_;
  State state_;
  SetDigest digest_;
  std::uint64_t kv_revision_ = 0;  // that wrote the state record
  bool poisoned_ = false;
};

}  // namespace store
