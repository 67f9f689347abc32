#include "daemon/webauthn/verify.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "daemon/webauthn/authenticator.h"

namespace webauthn {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Result;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr std::size_t kChallengeText = 43;

base::Digest sha256(ByteSpan bytes) {
  base::Digest out;
  std::size_t size = 0;
  ASSERT(EVP_Q_digest(nullptr, "SHA256", nullptr, bytes.data(), bytes.size(),
                      out.mutable_view().data(), &size) == 1 &&
         size == base::Digest::kSize);
  return out;
}

// base64url without padding (RFC 4648, section 5), of exactly 32 bytes.
Result<Challenge> from_base64url(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::vector<std::uint8_t> bytes;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return fail(Code::kInvalid, "client_data");
    buffer = (buffer << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(buffer >> bits));
    buffer &= (1U << bits) - 1;
  }
  if (buffer != 0) return fail(Code::kInvalid, "client_data");
  return Challenge::from(bytes);
}

bool take(std::string_view& rest, std::string_view expected) {
  if (!rest.starts_with(expected)) return false;
  rest.remove_prefix(expected.size());
  return true;
}

// Nothing more, or that no other site was around ours, and then whatever browsers may add.
bool is_good_end(std::string_view rest) {
  if (rest == "}") return true;
  if (!take(rest, R"(,"crossOrigin":false)")) return false;
  return rest == "}" || (rest.starts_with(',') && rest.ends_with('}'));
}

Key read_key(ByteSpan der) {
  const unsigned char* at = der.data();
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), &EVP_PKEY_free);
  if (key && at != der.data() + der.size()) key.reset();
  return key;
}

bool verifies(ByteSpan public_key, ByteSpan bytes, ByteSpan signature) {
  const Key key = read_key(public_key);
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!key || !context) return false;
  const bool hashes_itself = EVP_PKEY_is_a(key.get(), "ED25519") == 1;
  const char* digest = hashes_itself ? nullptr : "SHA256";
  return EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key.get(),
                                 nullptr) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(),
                          bytes.size()) == 1;
}

Result<> check_authenticator(const Site& site, const AuthenticatorData& data) {
  if (data.rp_id_hash != sha256(base::as_bytes(site.rp_id))) return fail(Code::kDenied, "rp_id");
  if (!data.has(kUserPresent | kUserVerified)) return fail(Code::kDenied, "verification");
  return {};
}

}  // namespace

Result<Challenge> challenge_of(const Site& site, Ceremony ceremony, ByteSpan client_data) {
  std::string_view rest = base::as_text(client_data);
  if (!take(rest, R"({"type":")")) return fail(Code::kInvalid, "client_data");
  const std::string_view type = ceremony == Ceremony::kGet ? "webauthn.get" : "webauthn.create";
  if (!take(rest, type) || !take(rest, R"(","challenge":")")) {
    return fail(Code::kDenied, "ceremony");
  }
  if (rest.size() < kChallengeText) return fail(Code::kInvalid, "client_data");
  const Challenge challenge = TRY(from_base64url(rest.substr(0, kChallengeText)));
  rest.remove_prefix(kChallengeText);
  if (!take(rest, R"(","origin":")")) return fail(Code::kInvalid, "client_data");
  const auto end = rest.find('"');
  if (end == std::string_view::npos) return fail(Code::kInvalid, "client_data");
  if (std::ranges::find(site.origins, rest.substr(0, end)) == site.origins.end()) {
    return fail(Code::kDenied, "origin");
  }
  rest.remove_prefix(end + 1);
  if (!is_good_end(rest)) return fail(Code::kDenied, "origin");
  return challenge;
}

Result<NewCredential> check_registration(const Site& site, ByteSpan attestation) {
  const auto data = TRY(parse_authenticator_data(TRY(parse_attestation(attestation))));
  TRY(check_authenticator(site, data));
  if (!data.has(kHasCredential)) return fail(Code::kInvalid, "authenticator_data");
  NewCredential out;
  out.id.assign(data.credential.begin(), data.credential.end());
  out.public_key = subject_public_key_info(data.key);
  out.counter = data.counter;
  // Points that are not on the curve, for instance.
  if (!read_key(out.public_key)) return fail(Code::kDenied, "algorithm");
  return out;
}

Result<std::uint32_t> check_assertion(const Site& site, const Assertion& assertion,
                                      ByteSpan public_key, std::uint32_t counter) {
  const auto data = TRY(parse_authenticator_data(assertion.authenticator_data));
  TRY(check_authenticator(site, data));
  const base::Digest hash = sha256(assertion.client_data);
  std::vector<std::uint8_t> signed_bytes(assertion.authenticator_data.begin(),
                                         assertion.authenticator_data.end());
  signed_bytes.insert(signed_bytes.end(), hash.view().begin(), hash.view().end());
  if (!verifies(public_key, signed_bytes, assertion.signature)) {
    return fail(Code::kDenied, "signature");
  }
  // An authenticator that counts and stands still, or goes back, has a twin (section 6.1.1).
  const bool counts = data.counter != 0 || counter != 0;
  if (counts && data.counter <= counter) return fail(Code::kDenied, "counter");
  return data.counter;
}

}  // namespace webauthn
