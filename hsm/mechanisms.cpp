#include "hsm/mechanisms.h"
#include "base/writable.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kGcmIv = 12;   // NIST SP 800-38D, section 8.2.2: 96 bits
constexpr std::size_t kGcmTag = 16;  // 128 bits
constexpr std::size_t kBlock = 16;
constexpr std::size_t kMac = 32;
constexpr std::size_t kPlainMax = 128;
constexpr std::size_t kAadMax = 512;

bool is_gcm(Mechanism mechanism) {
  return mechanism == Mechanism::kGcm || mechanism == Mechanism::kGcmOwnIv;
}
std::size_t iv_size(Mechanism mechanism) { return is_gcm(mechanism) ? kGcmIv : kBlock; }
std::size_t cipher_size(Mechanism mechanism, std::size_t plain) {
  return is_gcm(mechanism) ? plain + kGcmTag : (plain / kBlock + 1) * kBlock;
}

CK_GCM_PARAMS gcm_parameters(std::span<std::uint8_t> iv, base::ByteSpan aad) {
  CK_GCM_PARAMS out{};
  out.pIv = iv.data();
  out.ulIvLen = iv.size();
  out.ulIvBits = iv.size() * 8;
  out.pAAD = base::writable(aad.data());
  out.ulAADLen = aad.size();
  out.ulTagBits = kGcmTag * 8;
  return out;
}

// What the MAC of encrypt-then-MAC is over: the AAD with its length, so that no byte can move
// between the parts, then IV and ciphertext.
std::vector<std::uint8_t> mac_input(base::ByteSpan aad, base::ByteSpan iv_and_cipher) {
  std::vector<std::uint8_t> out;
  out.reserve(4 + aad.size() + iv_and_cipher.size());
  for (std::size_t i = 0; i < 4; ++i)
    out.push_back(static_cast<std::uint8_t>(aad.size() >> (8 * i)));
  out.insert(out.end(), aad.begin(), aad.end());
  out.insert(out.end(), iv_and_cipher.begin(), iv_and_cipher.end());
  return out;
}

Result<> encrypt_into(Life& life, Mechanism mechanism, CK_OBJECT_HANDLE key, base::ByteSpan aad,
                      base::ByteSpan plain, std::span<std::uint8_t> iv,
                      std::span<std::uint8_t> out) {
  if (!is_gcm(mechanism)) {
    CK_MECHANISM how{CKM_AES_CBC_PAD, iv.data(), iv.size()};
    return life.encrypt(key, how, plain, out);
  }
  CK_GCM_PARAMS parameters = gcm_parameters(iv, aad);
  CK_MECHANISM how{CKM_AES_GCM, &parameters, sizeof parameters};
  return life.encrypt(key, how, plain, out);
}

}  // namespace

Result<> random_bytes(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t size = ::getrandom(out.data(), out.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return fail(Code::kUnavailable, "random");
    out = out.subspan(static_cast<std::size_t>(size));
  }
  return {};
}

Result<> IvWatch::fresh(std::span<std::uint8_t> iv) {
  ASSERT(iv.size() <= 32);
  if (used_ + iv.size() > pool_.size()) {
    TRY(random_bytes(pool_));
    used_ = 0;
  }
  std::ranges::copy(std::span(pool_).subspan(used_, iv.size()), iv.begin());
  // What was handed out is not kept: fresh() also makes salts and the self-test's keys.
  base::wipe(pool_.data() + used_, iv.size());
  used_ += iv.size();
  return check(iv);
}

Result<> IvWatch::check(base::ByteSpan iv) {
  const auto same_as_first = [&](std::uint8_t byte) { return byte == iv.front(); };
  if (iv.size() < sizeof(std::uint64_t) || std::ranges::all_of(iv, same_as_first)) {
    return fail(Code::kUnavailable, "random");
  }
  std::uint64_t head = 0;
  std::memcpy(&head, iv.data(), sizeof head);
  if (!seen_.insert(head).second) return fail(Code::kUnavailable, "random");
  order_.push_back(head);
  if (order_.size() > kRemembered) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  return {};
}

std::size_t sealed_size(Mechanism mechanism, std::size_t plain) {
  return 1 + iv_size(mechanism) + cipher_size(mechanism, plain) + (is_gcm(mechanism) ? 0 : kMac);
}

Result<std::vector<std::uint8_t>> seal(Life& life, Mechanism mechanism, const SealKeys& keys,
                                       base::ByteSpan aad, base::ByteSpan plain, IvWatch& ivs) {
  ASSERT(mechanism != Mechanism::kNone && !aad.empty() && aad.size() <= kAadMax);
  ASSERT(!plain.empty() && plain.size() <= kPlainMax);
  std::vector<std::uint8_t> out(sealed_size(mechanism, plain.size()));
  out[0] = static_cast<std::uint8_t>(mechanism);
  const std::span<std::uint8_t> all(out);
  const auto iv = all.subspan(1, iv_size(mechanism));
  const auto cipher = all.subspan(1 + iv.size(), cipher_size(mechanism, plain.size()));
  if (mechanism != Mechanism::kGcmOwnIv) TRY(ivs.fresh(iv));
  TRY(encrypt_into(life, mechanism, keys.cipher, aad, plain, iv, cipher));
  if (mechanism == Mechanism::kGcmOwnIv) TRY(ivs.check(iv));
  // A module that hands back what it got has sealed nothing.
  const auto head = cipher.first(plain.size());
  if (std::ranges::search(head, plain.first(std::min<std::size_t>(plain.size(), 8))).begin() !=
      head.end()) {
    return fail(Code::kUnavailable, "C_Encrypt");
  }
  if (!is_gcm(mechanism)) {
    const auto input = mac_input(aad, all.subspan(1, iv.size() + cipher.size()));
    TRY(life.sign(keys.mac, CKM_SHA256_HMAC, input, all.last(kMac)));
  }
  return out;
}

Result<> open(Life& life, Mechanism mechanism, const SealKeys& keys, base::ByteSpan aad,
              base::ByteSpan sealed, std::span<std::uint8_t> out) {
  ASSERT(mechanism != Mechanism::kNone && !aad.empty() && aad.size() <= kAadMax);
  ASSERT(!out.empty() && out.size() <= kPlainMax);
  if (sealed.size() != sealed_size(mechanism, out.size()) ||
      sealed[0] != static_cast<std::uint8_t>(mechanism)) {
    return fail(Code::kCorrupt, "sealed");
  }
  std::array<std::uint8_t, kBlock> iv_room{};
  const std::span<std::uint8_t> iv(iv_room.data(), iv_size(mechanism));
  std::ranges::copy(sealed.subspan(1, iv.size()), iv.begin());
  const auto cipher = sealed.subspan(1 + iv.size(), cipher_size(mechanism, out.size()));
  if (is_gcm(mechanism)) {
    CK_GCM_PARAMS parameters = gcm_parameters(iv, aad);
    CK_MECHANISM how{CKM_AES_GCM, &parameters, sizeof parameters};
    return life.decrypt(keys.cipher, how, cipher, out);
  }
  std::array<std::uint8_t, kMac> mac{};
  const auto input = mac_input(aad, sealed.subspan(1, iv.size() + cipher.size()));
  TRY(life.sign(keys.mac, CKM_SHA256_HMAC, input, mac));
  if (!base::equal_constant_time(mac, sealed.last(kMac))) return fail(Code::kCorrupt, "mac");
  CK_MECHANISM how{CKM_AES_CBC_PAD, iv.data(), iv.size()};
  return life.decrypt(keys.cipher, how, cipher, out);
}

namespace {

Template probe_key(CK_KEY_TYPE type) {
  const bool seals = type == CKK_AES;
  Template out;
  out.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, type)
      .flag(CKA_TOKEN, false)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .number(CKA_VALUE_LEN, 32)
      .flag(CKA_ENCRYPT, seals)
      .flag(CKA_DECRYPT, seals)
      .flag(CKA_SIGN, !seals);
  return out;
}

// A refusal of what was tampered with, in whichever words.
bool refused(const Result<>& result) {
  return !result &&
         (result.error().code == Code::kCorrupt || result.error().code == Code::kInvalid);
}

Result<> not_this() { return fail(Code::kInvalid, "mechanism"); }

Result<> probe_with(Life& life, Mechanism mechanism, const SealKeys& keys) {
  constexpr std::array<std::uint8_t, 31> kPlain{'k', 'a', 'g', 'i', 'k', 'u', 'r', 'a', 1, 2, 3};
  const auto aad = base::as_bytes("kagikura-probe");
  const auto other_aad = base::as_bytes("kagikura-probf");
  IvWatch ivs;
  const auto first = seal(life, mechanism, keys, aad, kPlain, ivs);
  // A repeated or constant IV is a "no" to this mechanism, not a fault.
  if (!first)
    return first.error().field == base::FieldName("random") ? not_this()
                                                            : std::unexpected(first.error());
  const auto second = TRY(seal(life, mechanism, keys, aad, kPlain, ivs));
  std::array<std::uint8_t, kPlain.size()> out{};
  TRY(open(life, mechanism, keys, aad, *first, out));
  if (out != kPlain || *first == second) return not_this();
  for (const std::size_t place : {std::size_t{1}, 1 + iv_size(mechanism), first->size() - 1}) {
    auto changed = *first;
    changed[place] ^= 1;
    if (!refused(open(life, mechanism, keys, aad, changed, out))) return not_this();
  }
  if (!refused(open(life, mechanism, keys, other_aad, *first, out))) return not_this();
  out = {};
  TRY(open(life, mechanism, keys, aad, *first, out));
  return out == kPlain ? Result<>() : not_this();
}

}  // namespace

Result<> probe(Life& life, Mechanism mechanism) {
  SealKeys keys;
  keys.cipher = TRY(life.generate(CKM_AES_KEY_GEN, probe_key(CKK_AES)));
  if (mechanism == Mechanism::kCbcHmac) {
    keys.mac = TRY(life.generate(CKM_GENERIC_SECRET_KEY_GEN, probe_key(CKK_GENERIC_SECRET)));
  }
  const auto done = probe_with(life, mechanism, keys);
  if (done || done.error().code != Code::kUnavailable) {
    TRY(life.destroy(keys.cipher));
    if (keys.mac != 0) TRY(life.destroy(keys.mac));
  }
  return done;
}

Result<Mechanism> choose(Life& life) {
  for (const Mechanism mechanism : {Mechanism::kGcm, Mechanism::kGcmOwnIv, Mechanism::kCbcHmac}) {
    const auto tried = probe(life, mechanism);
    if (tried) return mechanism;
    if (tried.error().code == Code::kUnavailable) return std::unexpected(tried.error());
  }
  return fail(Code::kInvalid, "mechanism");
}

}  // namespace hsm
