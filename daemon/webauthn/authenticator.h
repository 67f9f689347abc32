// What an authenticator says of itself: authenticator data (WebAuthn level 2, section 6.1), the
// attestation object around it, and its public key (COSE, RFC 9053) as SubjectPublicKeyInfo. Pure
// parsers: what the values mean is checked in verify.h.
#pragma once

#include <vector>

#include "base/bytes.h"

namespace webauthn {

// Flags of authenticator data.
inline constexpr std::uint8_t kUserPresent = 0x01;
inline constexpr std::uint8_t kUserVerified = 0x04;
inline constexpr std::uint8_t kBackupEligible = 0x08;
inline constexpr std::uint8_t kBackedUp = 0x10;
inline constexpr std::uint8_t kHasCredential = 0x40;
inline constexpr std::uint8_t kHasExtensions = 0x80;

inline constexpr std::size_t kCredentialIdMax = 1023;

// The kinds of key that we take, most wanted first: what a page offers to authenticators.
enum class Algorithm : std::int16_t { kEs256 = -7, kEd25519 = -8, kRs256 = -257 };

struct PublicKey {
  Algorithm algorithm = Algorithm::kEs256;
  std::vector<std::uint8_t> first;   // x; the modulus of RSA
  std::vector<std::uint8_t> second;  // y; the exponent of RSA; empty for Ed25519
};

struct AuthenticatorData {
  base::Digest rp_id_hash;
  std::uint8_t flags = 0;
  std::uint32_t counter = 0;
  base::ByteSpan aaguid;      // with kHasCredential, as the next two
  base::ByteSpan credential;  // its id
  PublicKey key;
  base::ByteSpan extensions;  // one CBOR map, as it came; empty without kHasExtensions
  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) == flag; }
};

// kInvalid "authenticator_data" or "cbor"; kDenied "algorithm" for a key of another kind.
base::Result<AuthenticatorData> parse_authenticator_data(base::ByteSpan bytes);

// Section 6.5.4, with attestation format "none" alone; the authenticator data in it. kDenied
// "attestation" for any other format: nobody asked for one.
base::Result<base::ByteSpan> parse_attestation(base::ByteSpan bytes);

// COSE_Key in canonical form, at the beginning of `bytes`; sets `rest` to what follows.
base::Result<PublicKey> parse_key(base::ByteSpan bytes, base::ByteSpan& rest);

// SubjectPublicKeyInfo, DER (RFC 5280, RFC 5480, RFC 8410, RFC 8017).
std::vector<std::uint8_t> subject_public_key_info(const PublicKey& key);

}  // namespace webauthn
