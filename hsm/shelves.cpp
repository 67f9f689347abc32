#include "hsm/shelves.h"

#include <algorithm>
#include <array>

#include "base/secret_access.h"
#include "hsm/software.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kNumberRoom = 14;
constexpr std::size_t kSaltRoom = 46;
constexpr std::size_t kCheck = 16;

const base::ByteSpan kCheckKeyInput = base::as_bytes("kagikura-check-key-1");
const base::ByteSpan kTagContext = base::as_bytes("kagikura-duplicate-1");

// A plaintext on the stack, wiped when it goes out of scope.
template <std::size_t N>
struct Wiped {
  std::array<std::uint8_t, N> bytes{};
  Wiped() = default;
  Wiped(const Wiped&) = delete;  // one place to wipe
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { base::wipe(bytes.data(), N); }
};

}  // namespace

Result<> Shelves::begin(Keyring& keyring) {
  if (keyring.mechanism() == Mechanism::kNone) return {};
  auto key = TRY(keyring.mac_of_mechanism(kCheckKeyInput));
  if (!check_key_.empty() && !check_key_.equals(key)) return fail(Code::kUnavailable, "check_key");
  if (!check_) check_.emplace(key.read(base::secret_access()));
  check_key_ = std::move(key);
  return {};
}

void Shelves::forget() {
  check_key_.wipe();
  check_.reset();
  tag_keys_.clear();
}

void Shelves::check_value(base::ByteSpan aad, base::ByteSpan payload,
                          std::span<std::uint8_t> out) const {
  // The lengths go in first, so that no byte can move between AAD and payload.
  const std::array<std::uint8_t, 3> sizes{static_cast<std::uint8_t>(aad.size()),
                                          static_cast<std::uint8_t>(aad.size() >> 8),
                                          static_cast<std::uint8_t>(payload.size())};
  const auto mac = (*check_)({sizes, aad, payload});
  std::ranges::copy(mac.view().first(kCheck), out.begin());
}

Result<> Shelves::open_plain(Keyring& keyring, ipc::ShelfId shelf, base::ByteSpan aad,
                             base::ByteSpan sealed, std::span<std::uint8_t> out) const {
  const auto keys = TRY(keyring.seal_keys(shelf));
  TRY(hsm::open(keyring.life(), keyring.mechanism(), keys, aad, sealed, out));
  std::array<std::uint8_t, kCheck> check{};
  check_value(aad, out.first(out.size() - kCheck), check);
  // The token said OK: bytes that are not ours are its fault, not the store's.
  if (!base::equal_constant_time(check, out.last(kCheck)))
    return fail(Code::kUnavailable, "check_value");
  return {};
}

template <std::size_t kPayload, std::size_t N>
Result<std::vector<std::uint8_t>> Shelves::seal_bytes(Keyring& keyring, ipc::ShelfId shelf,
                                                      base::ByteSpan aad,
                                                      const base::Secret<N>& bytes) {
  static_assert(N <= kPayload);
  if (aad.empty()) return fail(Code::kInvalid, "aad");
  if (!check_) return fail(Code::kState, "mechanism");
  Wiped<1 + kPayload + kCheck> plain;
  plain.bytes[0] = static_cast<std::uint8_t>(bytes.size());
  std::ranges::copy(bytes.read(base::secret_access()), plain.bytes.begin() + 1);
  const std::span<std::uint8_t> all(plain.bytes);
  check_value(aad, all.first(1 + kPayload), all.last(kCheck));
  const auto keys = TRY(keyring.seal_keys(shelf));
  auto sealed =
      TRY(hsm::seal(keyring.life(), keyring.mechanism(), keys, aad, plain.bytes, keyring.ivs()));
  // The whole plaintext is compared, check value included.
  Wiped<1 + kPayload + kCheck> again;
  const auto opened =
      hsm::open(keyring.life(), keyring.mechanism(), keys, aad, sealed, again.bytes);
  if (!opened || !base::equal_constant_time(plain.bytes, again.bytes)) {
    return fail(Code::kUnavailable, "seal");
  }
  return sealed;
}

template <std::size_t kPayload, std::size_t N>
Result<base::Secret<N>> Shelves::open_bytes(Keyring& keyring, ipc::ShelfId shelf,
                                            base::ByteSpan aad, base::ByteSpan sealed) {
  if (aad.empty()) return fail(Code::kInvalid, "aad");
  if (!check_) return fail(Code::kState, "mechanism");
  Wiped<1 + kPayload + kCheck> plain;
  auto opened = open_plain(keyring, shelf, aad, sealed, plain.bytes);
  if (!opened && opened.error().code == Code::kCorrupt) {
    // SoftHSM has one error for a wrong tag and for a fault of its own. The blob is to blame only
    // if it fails again while the same key opens what it seals now.
    opened = open_plain(keyring, shelf, aad, sealed, plain.bytes);
    if (!opened && opened.error().code == Code::kCorrupt) {
      TRY((seal_bytes<kPayload>(keyring, shelf, aad, base::Secret<N>())));
      return fail(Code::kCorrupt, "sealed");
    }
  }
  TRY(opened);
  const std::size_t size = plain.bytes[0];
  if (size > N) return fail(Code::kCorrupt, "sealed");
  return base::Secret<N>::from(base::ByteSpan(plain.bytes).subspan(1, size));
}

Result<ipc::DuplicateTag> Shelves::tag(ipc::ShelfId shelf, const ipc::Digits& number) const {
  const auto it = tag_keys_.find(shelf);
  if (it == tag_keys_.end()) return fail(Code::kState, "salt");
  return it->second({kTagContext, number.read(base::secret_access())});
}

Result<> Shelves::remember(Keyring& keyring, ipc::ShelfId shelf, const base::Secret<32>& salt) {
  const auto key = TRY(keyring.mac({ipc::KeyUse::kDuplicate, 0}, salt.read(base::secret_access())));
  tag_keys_.insert_or_assign(shelf, software::Hmac(key.read(base::secret_access())));
  return {};
}

Result<base::Bytes<128>> Shelves::seal_salt(Keyring& keyring, const ipc::SealSalt& request) {
  if (tag_keys_.contains(request.shelf)) return fail(Code::kDuplicate, "salt");
  base::Secret<32> salt;
  TRY(keyring.ivs().fresh(salt.fill(base::secret_access(), 32)));
  auto sealed = TRY((seal_bytes<kSaltRoom>(keyring, request.shelf, request.aad.view(), salt)));
  TRY(remember(keyring, request.shelf, salt));
  return base::Bytes<128>::adopt(std::move(sealed));
}

Result<> Shelves::load_salts(Keyring& keyring, const ipc::LoadSalts& request) {
  for (const auto& item : request.items) {
    const auto salt =
        TRY((open_bytes<kSaltRoom, 32>(keyring, item.shelf, item.aad.view(), item.sealed.view())));
    TRY(remember(keyring, item.shelf, salt));
  }
  return {};
}

Result<ipc::Seal::Reply> Shelves::seal(Keyring& keyring, const ipc::Seal& request) {
  ipc::Seal::Reply reply;
  for (const auto& item : request.items) {
    if (item.number.empty()) return fail(Code::kMissing, "number");
    ipc::Seal::Sealed out;
    out.tag = TRY(tag(item.shelf, item.number));
    for (const auto shelf : request.probe) TRY(out.probes.push(TRY(tag(shelf, item.number))));
    auto sealed = TRY((seal_bytes<kNumberRoom>(keyring, item.shelf, item.aad.view(), item.number)));
    out.sealed = TRY(ipc::SealedNumber::adopt(std::move(sealed)));
    TRY(reply.items.push(std::move(out)));
  }
  return reply;
}

Result<ipc::Digits> Shelves::open(Keyring& keyring, const ipc::Open& request) {
  return open_bytes<kNumberRoom, 12>(keyring, request.shelf, request.aad.view(),
                                     request.sealed.view());
}

Result<ipc::Reseal::Reply> Shelves::reseal(Keyring& keyring, const ipc::Reseal& request) {
  ipc::Reseal::Reply reply;
  for (const auto& item : request.items) {
    const auto number = TRY((
        open_bytes<kNumberRoom, 12>(keyring, item.from, item.from_aad.view(), item.sealed.view())));
    ipc::MoveNumbers::Moved out;
    out.tag = TRY(tag(item.to, number));
    auto sealed = TRY((seal_bytes<kNumberRoom>(keyring, item.to, item.to_aad.view(), number)));
    out.sealed = TRY(ipc::SealedNumber::adopt(std::move(sealed)));
    TRY(reply.items.push(std::move(out)));
  }
  return reply;
}

}  // namespace hsm
