// The two ceremonies of WebAuthn level 2 as the relying party checks them: a new credential
// (section 7.1) and its use (section 7.2). User verification is required, attestation is not asked
// for. Pure but for OpenSSL's arithmetic; who a credential belongs to is core's business.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace webauthn {

using Challenge = base::FixedBytes<32>;

// Who we are to authenticators.
struct Site {
  std::string rp_id;                 // a host name
  std::vector<std::string> origins;  // https://rp_id, with and without ports that we listen on
};

enum class Ceremony : std::uint8_t { kCreate, kGet };

// The challenge that a browser says to have passed on, after its type and origin were right (the
// limited verification of section 5.8.1.2, which needs no JSON). kInvalid "client_data", kDenied
// "ceremony" or "origin".
base::Result<Challenge> challenge_of(const Site& site, Ceremony ceremony,
                                     base::ByteSpan client_data);

struct NewCredential {
  std::vector<std::uint8_t> id;
  std::vector<std::uint8_t> public_key;  // SubjectPublicKeyInfo, DER
  std::uint32_t counter = 0;
};
// A registration whose challenge has been found right. kDenied with the field that is wrong.
base::Result<NewCredential> check_registration(const Site& site, base::ByteSpan attestation);

struct Assertion {
  base::ByteSpan client_data;
  base::ByteSpan authenticator_data;
  base::ByteSpan signature;
};
// An assertion whose challenge has been found right, by the credential with this key and counter;
// the new counter. kDenied "signature", "counter" or another field that is wrong.
base::Result<std::uint32_t> check_assertion(const Site& site, const Assertion& assertion,
                                            base::ByteSpan public_key, std::uint32_t counter);

}  // namespace webauthn
