// What this process computes itself (OpenSSL), beside the token: to check what a module answered,
// and with short-lived derived secrets. Never with a key of the token, which nobody can have.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace hsm::software {

// HMAC-SHA256 (RFC 2104) under one key, which is scheduled once: several are computed for each
// number. Move-only; OpenSSL wipes the key when it dies.
class Hmac {
 public:
  explicit Hmac(base::ByteSpan key);
  // Over the parts one after another.
  [[nodiscard]] base::FixedBytes<32> operator()(std::initializer_list<base::ByteSpan> parts) const;

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
};
base::FixedBytes<32> hmac(base::ByteSpan key, std::initializer_list<base::ByteSpan> parts);

// SubjectPublicKeyInfo, DER, of an uncompressed P-256 point (RFC 5480, section 2).
std::vector<std::uint8_t> p256_spki(const base::FixedBytes<65>& point);
// r || s of 64 bytes as Ecdsa-Sig-Value, DER (RFC 3279, section 2.2.3).
std::vector<std::uint8_t> p256_der(base::ByteSpan r_and_s);
// True when `der` signs the SHA-256 digest under the public key.
bool p256_verify(base::ByteSpan spki, const base::Digest& digest, base::ByteSpan der);

// Opens what AES-256-GCM with a 128-bit tag sealed; false when the tag is wrong.
bool gcm_open(base::ByteSpan key, base::ByteSpan iv, base::ByteSpan aad,
              base::ByteSpan cipher_and_tag, std::span<std::uint8_t> out);
// Opens AES-256-CBC with PKCS padding; false when the padding is wrong.
bool cbc_open(base::ByteSpan key, base::ByteSpan iv, base::ByteSpan cipher,
              std::span<std::uint8_t> out);

}  // namespace hsm::software
