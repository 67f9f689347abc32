#include "daemon/store/store.h"

#include <algorithm>

#include "base/secret_access.h"
#include "ipc/codec.h"

namespace store {
namespace {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Result;
using base::Secret;

constexpr std::array<std::uint8_t, 2> kStateKey{0x01, 's'};
constexpr std::uint8_t kStateVersion = 2;
constexpr std::size_t kMacSize = 32;

// What lies under kStateKey: this, encoded, then HMAC-SHA256 of it under the state key. The digest
// is sealed under the register key (see SetDigest).
struct StateBody {
  std::uint8_t version = kStateVersion;
  std::uint64_t epoch = 0;
  std::uint64_t revision = 0;
  base::LogPoint log;
  std::uint64_t records = 0;
  base::FixedBytes<kSealOverhead + 32> sealed_digest;
};

struct StateRecord {
  StateBody body;
  std::vector<std::uint8_t> signed_bytes;
  base::Digest mac;
};

Result<StateRecord> parse_state(ByteSpan value) {
  if (value.size() <= kMacSize) return fail(Code::kCorrupt, "state");
  const ByteSpan bytes = value.first(value.size() - kMacSize);
  auto body = ipc::decode<StateBody>(bytes);
  if (!body || body->version != kStateVersion) return fail(Code::kCorrupt, "state");
  return StateRecord{*body, {bytes.begin(), bytes.end()}, TRY(base::Digest::from(value.last(32)))};
}

bool is_state_key(ByteSpan key) {
  return std::equal(key.begin(), key.end(), kStateKey.begin(), kStateKey.end());
}

bool is_record_key(ByteSpan key) {
  return !key.empty() && key.size() <= kKeyMax && key[0] >= 0x20 && key[0] <= 0x7e;
}

Result<Secret<32>> copy(const Secret<32>& key) {
  return Secret<32>::from(key.read(base::secret_access()));
}

// Sorted keys are what the database likes, and equal ones lie side by side.
Result<> sort_and_check(Changes& changes) {
  std::ranges::sort(changes.puts, {}, &Batch::Put::key);
  std::ranges::sort(changes.erases);
  for (std::size_t i = 0; i < changes.puts.size(); ++i) {
    const KeyBytes& key = changes.puts[i].key;
    if (!is_record_key(key)) return fail(Code::kInvalid, "key");
    if (i != 0 && changes.puts[i - 1].key == key) return fail(Code::kInvalid, "key");
    if (changes.puts[i].value.size() > kValueMax - kSealOverhead) {
      return fail(Code::kInvalid, "value");
    }
    if (std::ranges::binary_search(changes.erases, key)) return fail(Code::kInvalid, "key");
  }
  if (std::ranges::adjacent_find(changes.erases) != changes.erases.end()) {
    return fail(Code::kInvalid, "key");
  }
  return {};
}

bool nothing_happened(Code code) {
  return code == Code::kFull || code == Code::kInvalid || code == Code::kNotFound;
}

}  // namespace

Store::Store(Kv& kv, RecordCipher cipher, Secret<32> state_key)
    : kv_(&kv), cipher_(std::move(cipher)), state_key_(std::move(state_key)) {}

Result<std::optional<std::uint64_t>> Store::epoch_of(Kv& kv) {
  const std::unique_ptr<Snapshot> snapshot = TRY(kv.snapshot());
  const std::optional<Versioned> state = TRY(snapshot->get(kStateKey));
  if (state) return TRY(parse_state(state->value)).body.epoch;
  TRY(snapshot->scan({}, {}, [](ByteSpan, ByteSpan, std::uint64_t) -> Result<> {
    return fail(Code::kCorrupt, "state");
  }));
  return std::nullopt;
}

Result<Store> Store::create(Kv& kv, const Secret<32>& register_key, const Secret<32>& state_key,
                            std::uint64_t epoch, const base::LogPoint& log) {
  if (TRY(epoch_of(kv)).has_value()) return fail(Code::kConflict, "store");
  Store store(kv, TRY(RecordCipher::make(register_key)), TRY(copy(state_key)));
  const State first{.epoch = epoch, .revision = 1, .log = log, .records = 0};
  TRY(store.write(Batch{}, first, SetDigest{}));
  return store;
}

Result<Store> Store::open(Kv& kv, const Secret<32>& register_key, const Secret<32>& state_key,
                          const Visit& visit) {
  Store store(kv, TRY(RecordCipher::make(register_key)), TRY(copy(state_key)));
  const std::unique_ptr<Snapshot> snapshot = TRY(kv.snapshot());
  const std::optional<Versioned> stored = TRY(snapshot->get(kStateKey));
  if (!stored) return fail(Code::kCorrupt, "state");
  const StateRecord state = TRY(parse_state(stored->value));
  const base::Digest expected = TRY(mac(state_key, state.signed_bytes));
  if (!base::equal_constant_time(expected.view(), state.mac.view())) {
    return fail(Code::kCorrupt, "state");
  }
  const ByteSpan digest = TRY(store.cipher_.open(kStateKey, state.body.sealed_digest.view()));
  store.digest_ = SetDigest(digest);
  store.state_ = {state.body.epoch, state.body.revision, state.body.log, state.body.records};
  store.kv_revision_ = stored->revision;

  SetDigest found;
  std::uint64_t records = 0;
  TRY(snapshot->scan({}, {}, [&](ByteSpan key, ByteSpan value, std::uint64_t) -> Result<> {
    if (is_state_key(key)) return {};
    if (!is_record_key(key)) return fail(Code::kCorrupt, "record");
    found.add(TRY(store.cipher_.hash(key, value)));
    ++records;
    return visit(key, TRY(store.cipher_.open(key, value)));
  }));
  if (records != store.state_.records || !(found == store.digest_)) {
    return fail(Code::kCorrupt, "digest");
  }
  return store;
}

// Takes what the changes replace or erase out of the digest. Reads the old values from the
// database: if somebody edited one under our hands, the digest is wrong from here on and the next
// open says so.
Result<SetDigest> Store::without(const Changes& changes, SetDigest digest, std::uint64_t& records) {
  const std::unique_ptr<Snapshot> snapshot = TRY(kv_->snapshot());
  for (const Batch::Put& put : changes.puts) {
    const std::optional<Versioned> old = TRY(snapshot->get(put.key));
    if (old) {
      digest.remove(TRY(cipher_.hash(put.key, old->value)));
    } else {
      ++records;
    }
  }
  for (const KeyBytes& key : changes.erases) {
    const std::optional<Versioned> old = TRY(snapshot->get(key));
    if (!old || !is_record_key(key)) return fail(Code::kNotFound, "key");
    digest.remove(TRY(cipher_.hash(key, old->value)));
    --records;
  }
  return digest;
}

Result<> Store::commit(Changes changes, const base::LogPoint& log, Pages pages) {
  if (poisoned_) return fail(Code::kIo, "store");
  TRY(sort_and_check(changes));
  State next = state_;
  ++next.revision;
  next.log = log;
  SetDigest digest = TRY(without(changes, digest_, next.records));
  for (Batch::Put& put : changes.puts) {
    put.value = TRY(cipher_.seal(put.key, put.value));
    digest.add(TRY(cipher_.hash(put.key, put.value)));
  }
  Batch batch{.puts = std::move(changes.puts), .erases = std::move(changes.erases)};
  TRY(write(std::move(batch), next, digest));
  if (pages == Pages::kNewest) return {};
  ++next.revision;
  const Result<> again = write(Batch{}, next, digest);
  poisoned_ =
      !again.has_value();  // the first half is done: this must not read as "nothing happened"
  return again.has_value() ? again : fail(Code::kIo, "store");
}

Result<> Store::set_epoch(std::uint64_t epoch, const Secret<32>& state_key) {
  if (poisoned_) return fail(Code::kIo, "store");
  if (epoch <= state_.epoch) return fail(Code::kInvalid, "epoch");
  Secret<32> old = std::move(state_key_);
  state_key_ = TRY(copy(state_key));
  State next = state_;
  next.epoch = epoch;
  const std::uint64_t before = state_.revision;
  Result<> done;
  for (int page = 0; page < 2 && done.has_value(); ++page) {
    ++next.revision;
    done = write(Batch{}, next, digest_);
  }
  if (done.has_value()) return {};
  if (state_.revision == before && !poisoned_) {
    state_key_ = std::move(old);
    return done;
  }
  poisoned_ = true;
  return fail(Code::kIo, "store");
}

Result<> Store::write(Batch batch, State next, const SetDigest& digest) {
  StateBody body{.epoch = next.epoch,
                 .revision = next.revision,
                 .log = next.log,
                 .records = next.records,
                 .sealed_digest = {}};
  const std::vector<std::uint8_t> sealed = TRY(cipher_.seal(kStateKey, digest.bytes().view()));
  body.sealed_digest = TRY(decltype(body.sealed_digest)::from(sealed));
  const ipc::Buffer bytes = ipc::encode(body);
  ValueBytes value(bytes.begin(), bytes.end());
  const base::Digest mac_of_it = TRY(mac(state_key_, value));
  value.insert(value.end(), mac_of_it.view().begin(), mac_of_it.view().end());

  const KeyBytes key(kStateKey.begin(), kStateKey.end());
  batch.conditions.push_back({key, kv_revision_});
  batch.puts.push_back({key, std::move(value)});
  const Result<std::uint64_t> revision = kv_->commit(batch);
  if (!revision) {
    poisoned_ = !nothing_happened(revision.error().code);
    return std::unexpected(revision.error());
  }
  kv_revision_ = *revision;
  state_ = next;
  digest_ = digest;
  return {};
}

}  // namespace store
