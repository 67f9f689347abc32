#include <array>

#include "base/secret_access.h"
#include "hsm/keyring.h"
#include "hsm/software.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

// A key whose value is known on both sides, for the length of this test.
Template known_key(CK_KEY_TYPE type, base::ByteSpan value) {
  const bool seals = type == CKK_AES;
  Template out;
  out.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, type)
      .flag(CKA_TOKEN, false)
      .flag(CKA_ENCRYPT, seals)
      .flag(CKA_DECRYPT, seals)
      .flag(CKA_SIGN, !seals)
      .bytes(CKA_VALUE, value);
  return out;
}

// Opens in software what seal() made.
bool opens(Mechanism mechanism, base::ByteSpan key, base::ByteSpan mac_key, base::ByteSpan aad,
           base::ByteSpan sealed, std::span<std::uint8_t> out) {
  if (mechanism != Mechanism::kCbcHmac) {
    return software::gcm_open(key, sealed.subspan(1, 12), aad, sealed.subspan(13), out);
  }
  const base::ByteSpan body = sealed.subspan(1, sealed.size() - 33);
  std::array<std::uint8_t, 4> size{static_cast<std::uint8_t>(aad.size())};
  const auto mac = software::hmac(mac_key, {size, aad, body});
  return base::equal_constant_time(mac.view(), sealed.last(32)) &&
         software::cbc_open(key, body.first(16), body.subspan(16), out);
}

}  // namespace

Result<> self_test(Life& life, Mechanism mechanism) {
  constexpr std::array<std::uint8_t, 31> kPlain{'s', 'e', 'l', 'f', '-', 't', 'e', 's', 't'};
  const auto aad = base::as_bytes("kagikura-self-test");
  IvWatch random;
  std::array<std::uint8_t, 32> value{};
  std::array<std::uint8_t, 32> mac_value{};
  TRY(random.fresh(value));
  TRY(random.fresh(mac_value));
  SealKeys keys;
  const auto cipher = life.create(known_key(CKK_AES, value));
  // Devices in FIPS mode take no key from outside: then there is nothing to compare with.
  if (!cipher && cipher.error().code == Code::kInvalid) return {};
  keys.cipher = TRY(cipher);
  keys.mac = TRY(life.create(known_key(CKK_GENERIC_SECRET, mac_value)));

  const auto bad = fail(Code::kCorrupt, "self_test");
  const auto sealed = TRY(seal(life, mechanism, keys, aad, kPlain, random));
  std::array<std::uint8_t, kPlain.size()> out{};
  if (!opens(mechanism, value, mac_value, aad, sealed, out) || out != kPlain) return bad;
  std::array<std::uint8_t, 32> mac{};
  TRY(life.sign(keys.mac, CKM_SHA256_HMAC, aad, mac));
  if (!base::equal_constant_time(mac, software::hmac(mac_value, {aad}).view())) return bad;
  TRY(life.destroy(keys.cipher));
  return life.destroy(keys.mac);
}

}  // namespace hsm
