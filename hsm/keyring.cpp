#include "hsm/keyring.h"

#include <ctime>

#include <algorithm>
#include <array>

#include "base/secret_access.h"
#include "hsm/software.h"
#include "hsm/token_copy.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

// SoftHSM rewrites a token's file in place at each login: who looks meanwhile does not see the
// token.
constexpr int kFindTriesMax = 8;
constexpr long kFindPauseNs = 40'000'000;

ObjectName name_of(const ipc::KeyRef& key) { return {static_cast<Kind>(key.use), key.id}; }

bool signs(ipc::KeyUse use) {
  return use == ipc::KeyUse::kLogSign || use == ipc::KeyUse::kCertSign ||
         use == ipc::KeyUse::kTlsSign;
}
bool has_id(ipc::KeyUse use) { return use == ipc::KeyUse::kShelf || use == ipc::KeyUse::kEpoch; }

struct Started {
  Life life;
  CK_SLOT_ID slot;
};

Result<Started> start(const Module& module, const Place& place) {
  for (int tries = 1;; ++tries) {
    auto life = TRY(Life::begin(module, place.parameters));
    const auto slot = life.find_token(place.token);
    if (slot) return Started{std::move(life), *slot};
    if (slot.error().code != Code::kNotFound || tries == kFindTriesMax) {
      return std::unexpected(slot.error());
    }
    // Some modules look for tokens in C_Initialize only: the life ends here and the next one looks
    // anew.
    const timespec pause{0, kFindPauseNs};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

Result<Keyring> Keyring::open(const Module& module, const Place& place,
                              const base::Secret<64>& pin) {
  const TokenCopy copy = TokenCopy::of_place();
  const int put_back = TRY(copy.put_back());
  auto started = TRY(start(module, place));
  Keyring out(std::move(started.life), started.slot);
  out.tokens_put_back_ = put_back;
  out.facts_ = TRY(out.life_.facts(out.slot_));
  out.durability_ = TRY(Durability::of(out.facts_.manufacturer));
  TRY(out.life_.open_session(out.slot_));
  TRY(copy.take());
  const auto logged_in = out.life_.login(CKU_USER, pin);
  TRY(copy.drop());
  TRY(logged_in);
  TRY(out.take_stock());
  return out;
}

Result<> Keyring::take_stock() {
  inventory_ = TRY(take_inventory(life_));
  leftovers_ = inventory_.leftovers.size();
  for (const auto handle : inventory_.leftovers) TRY(life_.destroy(handle));
  if (leftovers_ != 0) TRY(durability_.flush());
  inventory_.leftovers.clear();
  if (inventory_.mechanism == Mechanism::kNone) return {};
  TRY(self_test(life_, inventory_.mechanism));
  for (const auto& [name, unused] : inventory_.objects) {
    if (name.kind < Kind::kShelfMac && signs(static_cast<ipc::KeyUse>(name.kind))) TRY(prove(name));
  }
  return {};
}

Result<> Keyring::close() { return life_.end(slot_); }

std::size_t Keyring::unkept() const { return inventory_.unkept.size(); }

bool Keyring::holds(const ipc::KeyRef& key) const {
  return inventory_.objects.contains(name_of(key));
}

std::vector<ipc::KeyRef> Keyring::keys() const {
  std::vector<ipc::KeyRef> out;
  for (const auto& [name, unused] : inventory_.objects) {
    if (name.kind < Kind::kShelfMac) out.push_back({static_cast<ipc::KeyUse>(name.kind), name.id});
  }
  return out;
}

Result<Mechanism> Keyring::enrol() {
  if (inventory_.mechanism != Mechanism::kNone) return inventory_.mechanism;
  const Mechanism chosen = TRY(choose(life_));
  TRY(self_test(life_, chosen));
  const ObjectName pin{Kind::kMechanism, static_cast<std::uint64_t>(chosen)};
  auto made = make(life_, pin, chosen, inventory_.unkept);
  if (!made) made = make(life_, pin, chosen, inventory_.unkept);  // once more: it may be a fault
  if (!made) {
    inventory_.unkept = optional_types();
    made = make(life_, pin, chosen, inventory_.unkept);
  }
  const auto handles = TRY(made);
  TRY(durability_.flush());
  inventory_.objects.emplace(pin, handles);
  inventory_.mechanism = chosen;
  return chosen;
}

Result<> Keyring::create(const ipc::KeyRef& key) {
  if (has_id(key.use) != (key.id != 0)) return fail(Code::kInvalid, "id");
  if (inventory_.mechanism == Mechanism::kNone) return fail(Code::kState, "mechanism");
  if (holds(key)) return fail(Code::kDuplicate, "key");
  const auto make_one = [&](const ObjectName& name) -> Result<> {
    const auto made = TRY(make(life_, name, inventory_.mechanism, inventory_.unkept));
    const auto known = [&](const auto& entry) { return entry.second.key == made.key; };
    if (std::ranges::any_of(inventory_.objects, known)) return fail(Code::kUnavailable, "handle");
    inventory_.objects.emplace(name, made);
    return {};
  };
  // The companion first: alone it is nothing, and the next inventory clears it away.
  if (key.use == ipc::KeyUse::kShelf && inventory_.mechanism == Mechanism::kCbcHmac) {
    TRY(make_one({Kind::kShelfMac, key.id}));
  }
  TRY(make_one(name_of(key)));
  TRY(try_out(key));
  return durability_.flush();
}

// One use of a new key: one that does not work is found before anything depends on it.
Result<> Keyring::try_out(const ipc::KeyRef& key) {
  constexpr std::array<std::uint8_t, 31> kPlain{'f', 'i', 'r', 's', 't', ' ', 'u', 's', 'e'};
  if (signs(key.use)) return prove(name_of(key));
  if (key.use != ipc::KeyUse::kShelf) {
    TRY(mac(key, kPlain));
    return {};
  }
  const auto keys = TRY(seal_keys({key.id}));
  const auto aad = base::as_bytes("kagikura-first-use");
  const auto sealed = TRY(seal(life_, inventory_.mechanism, keys, aad, kPlain, ivs_));
  std::array<std::uint8_t, kPlain.size()> out{};
  const auto opened = hsm::open(life_, inventory_.mechanism, keys, aad, sealed, out);
  if (!opened || out != kPlain) return fail(Code::kUnavailable, "first_use");
  return {};
}

Result<> Keyring::destroy(const ipc::KeyRef& key) {
  const auto destroy_one = [&](const ObjectName& name) -> Result<> {
    const auto it = inventory_.objects.find(name);
    if (it == inventory_.objects.end()) return {};
    const Handles found = it->second;
    inventory_.objects.erase(it);
    spki_.erase(name);
    TRY(life_.destroy(found.key));
    if (found.public_key != 0) TRY(life_.destroy(found.public_key));
    return {};
  };
  TRY(destroy_one(name_of(key)));
  if (key.use != ipc::KeyUse::kShelf) return {};
  return destroy_one({Kind::kShelfMac, key.id});
}

Result<Handles> Keyring::handles(const ipc::KeyRef& key) const {
  const auto it = inventory_.objects.find(name_of(key));
  if (it == inventory_.objects.end()) return fail(Code::kNotFound, "key");
  return it->second;
}

Result<SealKeys> Keyring::seal_keys(ipc::ShelfId shelf) const {
  const auto cipher = inventory_.objects.find({Kind::kShelf, shelf.value});
  if (cipher == inventory_.objects.end()) return fail(Code::kNotFound, "shelf");
  SealKeys out{cipher->second.key, 0};
  if (inventory_.mechanism == Mechanism::kCbcHmac) {
    out.mac = inventory_.objects.at({Kind::kShelfMac, shelf.value}).key;
  }
  return out;
}

Result<base::Secret<32>> Keyring::mac_with(CK_OBJECT_HANDLE key, base::ByteSpan input) {
  base::Secret<32> first;
  base::Secret<32> second;
  TRY(life_.sign(key, CKM_SHA256_HMAC, input, first.fill(base::secret_access(), 32)));
  TRY(life_.sign(key, CKM_SHA256_HMAC, input, second.fill(base::secret_access(), 32)));
  if (!first.equals(second)) return fail(Code::kUnavailable, "mac");
  return first;
}

Result<base::Secret<32>> Keyring::mac(const ipc::KeyRef& key, base::ByteSpan input) {
  if (signs(key.use) || key.use == ipc::KeyUse::kShelf) return fail(Code::kInvalid, "use");
  return mac_with(TRY(handles(key)).key, input);
}

Result<base::Secret<32>> Keyring::mac_of_mechanism(base::ByteSpan input) {
  const ObjectName pin{Kind::kMechanism, static_cast<std::uint64_t>(inventory_.mechanism)};
  const auto it = inventory_.objects.find(pin);
  if (it == inventory_.objects.end()) return fail(Code::kState, "mechanism");
  return mac_with(it->second.key, input);
}

Result<> Keyring::prove(const ObjectName& name) {
  const auto point = TRY(public_point(life_, inventory_.objects.at(name).public_key));
  spki_[name] = software::p256_spki(point);
  base::Digest challenge;
  TRY(random_bytes(challenge.mutable_view()));
  const auto signature = sign({static_cast<ipc::KeyUse>(name.kind), name.id}, challenge);
  if (signature) return {};
  spki_.erase(name);
  return std::unexpected(signature.error());
}

Result<std::vector<std::uint8_t>> Keyring::sign(const ipc::KeyRef& key,
                                                const base::Digest& digest) {
  if (!signs(key.use)) return fail(Code::kInvalid, "use");
  std::array<std::uint8_t, 64> raw{};
  TRY(life_.sign(TRY(handles(key)).key, CKM_ECDSA, digest.view(), raw));
  auto der = software::p256_der(raw);
  if (!software::p256_verify(TRY(spki(key)), digest, der))
    return fail(Code::kUnavailable, "signature");
  return der;
}

Result<std::vector<std::uint8_t>> Keyring::spki(const ipc::KeyRef& key) const {
  const auto it = spki_.find(name_of(key));
  if (it == spki_.end()) return fail(Code::kNotFound, "key");
  return it->second;
}

}  // namespace hsm
