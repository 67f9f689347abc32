#include "daemon/webauthn/authenticator.h"

#include <optional>

#include "daemon/webauthn/cbor.h"

namespace webauthn {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kFixedPart = 37;  // hash, flags, counter
constexpr std::size_t kAaguid = 16;
constexpr std::size_t kModulusMin = 256;  // 2048 bits
constexpr std::size_t kModulusMax = 512;

Result<> expect_integer(CborReader& reader, std::int64_t wanted) {
  if (TRY(reader.integer()) != wanted) return fail(Code::kDenied, "algorithm");
  return {};
}

Result<std::vector<std::uint8_t>> byte_string(CborReader& reader, std::int64_t label,
                                              std::size_t least, std::size_t most) {
  TRY(expect_integer(reader, label));
  const ByteSpan bytes = TRY(reader.bytes());
  if (bytes.size() < least || bytes.size() > most) return fail(Code::kDenied, "algorithm");
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

// kty 2, crv 1 (P-256), x and y; RFC 9053, 7.1.1.
Result<> read_es256(CborReader& reader, PublicKey& key) {
  TRY(expect_integer(reader, -1));
  TRY(expect_integer(reader, 1));
  key.first = TRY(byte_string(reader, -2, 32, 32));
  key.second = TRY(byte_string(reader, -3, 32, 32));
  return {};
}

// kty 1, crv 6 (Ed25519), x; RFC 9053, 7.2.
Result<> read_ed25519(CborReader& reader, PublicKey& key) {
  TRY(expect_integer(reader, -1));
  TRY(expect_integer(reader, 6));
  key.first = TRY(byte_string(reader, -2, 32, 32));
  return {};
}

// kty 3, n and e; RFC 8230, section 4. The exponent that everybody uses, and no other.
Result<> read_rs256(CborReader& reader, PublicKey& key) {
  key.first = TRY(byte_string(reader, -1, kModulusMin, kModulusMax));
  key.second = TRY(byte_string(reader, -2, 3, 3));
  const bool usual = key.second == std::vector<std::uint8_t>{1, 0, 1};
  const bool odd = (key.first.back() & 1U) != 0;
  if (!usual || !odd || (key.first.front() & 0x80U) == 0) return fail(Code::kDenied, "algorithm");
  return {};
}

Result<> read_parameters(CborReader& reader, std::int64_t kind, std::size_t pairs, PublicKey& key) {
  switch (key.algorithm) {
    case Algorithm::kEs256:
      if (kind == 2 && pairs == 5) return read_es256(reader, key);
      break;
    case Algorithm::kEd25519:
      if (kind == 1 && pairs == 4) return read_ed25519(reader, key);
      break;
    case Algorithm::kRs256:
      if (kind == 3 && pairs == 4) return read_rs256(reader, key);
      break;
  }
  return fail(Code::kDenied, "algorithm");
}

std::optional<Algorithm> algorithm_of(std::int64_t number) {
  switch (number) {
    case -7: return Algorithm::kEs256;
    case -8: return Algorithm::kEd25519;
    case -257: return Algorithm::kRs256;
    default: return std::nullopt;  // numbers of a registry that grows
  }
}

Result<> read_credential(ByteSpan& rest, AuthenticatorData& out) {
  if (rest.size() < kAaguid + 2) return fail(Code::kInvalid, "authenticator_data");
  out.aaguid = rest.first(kAaguid);
  const std::size_t size = (std::size_t{rest[kAaguid]} << 8U) | rest[kAaguid + 1];
  rest = rest.subspan(kAaguid + 2);
  if (size == 0 || size > kCredentialIdMax || size > rest.size()) {
    return fail(Code::kInvalid, "authenticator_data");
  }
  out.credential = rest.first(size);
  out.key = TRY(parse_key(rest.subspan(size), rest));
  return {};
}

void append(std::vector<std::uint8_t>& out, ByteSpan bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// One DER element around `content`, shorter than 64 KiB (X.690, 8.1.3).
std::vector<std::uint8_t> der(std::uint8_t tag, ByteSpan content) {
  std::vector<std::uint8_t> out{tag};
  const std::size_t size = content.size();
  if (size > 255) {
    out.insert(out.end(), {0x82, static_cast<std::uint8_t>(size >> 8U)});
  } else if (size > 127) {
    out.push_back(0x81);
  }
  out.push_back(static_cast<std::uint8_t>(size));
  append(out, content);
  return out;
}

// A positive INTEGER of these big-endian bytes, which do not begin with zero.
std::vector<std::uint8_t> der_integer(ByteSpan bytes) {
  std::vector<std::uint8_t> content;
  if ((bytes[0] & 0x80U) != 0) content.push_back(0);
  append(content, bytes);
  return der(0x02, content);
}

std::vector<std::uint8_t> rsa_info(const PublicKey& key) {
  // SEQUENCE { OID 1.2.840.113549.1.1.1, NULL }
  constexpr std::array<std::uint8_t, 15> kRsa{0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                              0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00};
  std::vector<std::uint8_t> numbers = der_integer(key.first);
  append(numbers, der_integer(key.second));
  std::vector<std::uint8_t> bits{0};  // no unused bits
  append(bits, der(0x30, numbers));
  std::vector<std::uint8_t> whole(kRsa.begin(), kRsa.end());
  append(whole, der(0x03, bits));
  return der(0x30, whole);
}

}  // namespace

Result<PublicKey> parse_key(ByteSpan bytes, ByteSpan& rest) {
  CborReader reader(bytes);
  const std::size_t pairs = TRY(reader.map());
  TRY(expect_integer(reader, 1));
  const std::int64_t kind = TRY(reader.integer());
  TRY(expect_integer(reader, 3));
  const auto algorithm = algorithm_of(TRY(reader.integer()));
  if (!algorithm) return fail(Code::kDenied, "algorithm");
  PublicKey key;
  key.algorithm = *algorithm;
  TRY(read_parameters(reader, kind, pairs, key));
  rest = reader.rest();
  return key;
}

Result<AuthenticatorData> parse_authenticator_data(ByteSpan bytes) {
  if (bytes.size() < kFixedPart) return fail(Code::kInvalid, "authenticator_data");
  AuthenticatorData out;
  out.rp_id_hash = TRY(base::Digest::from(bytes.first(32)));
  out.flags = bytes[32];
  for (const std::uint8_t byte : bytes.subspan(33, 4)) out.counter = (out.counter << 8U) | byte;
  ByteSpan rest = bytes.subspan(kFixedPart);
  if (out.has(kHasCredential)) TRY(read_credential(rest, out));
  if (out.has(kHasExtensions)) {
    CborReader reader(rest);
    CborReader whole(rest);
    TRY(whole.map());
    TRY(reader.skip());
    out.extensions = rest;
    rest = reader.rest();
  }
  if (!rest.empty()) return fail(Code::kInvalid, "authenticator_data");
  // What cannot be backed up cannot have been (level 3, section 6.1.3).
  if (out.has(kBackedUp) && !out.has(kBackupEligible)) {
    return fail(Code::kInvalid, "authenticator_data");
  }
  return out;
}

Result<ByteSpan> parse_attestation(ByteSpan bytes) {
  CborReader reader(bytes);
  if (TRY(reader.map()) != 3) return fail(Code::kInvalid, "attestation");
  std::optional<std::string_view> format;
  std::optional<std::size_t> statement;
  std::optional<ByteSpan> data;
  for (int i = 0; i < 3; ++i) {
    const auto key = TRY(reader.text());
    if (key == "fmt" && !format) {
      format = TRY(reader.text());
    } else if (key == "attStmt" && !statement) {
      statement = TRY(reader.map());
      if (*statement != 0) return fail(Code::kDenied, "attestation");
    } else if (key == "authData" && !data) {
      data = TRY(reader.bytes());
    } else {
      return fail(Code::kInvalid, "attestation");
    }
  }
  if (!reader.at_end()) return fail(Code::kInvalid, "attestation");
  if (*format != "none") return fail(Code::kDenied, "attestation");
  return *data;
}

std::vector<std::uint8_t> subject_public_key_info(const PublicKey& key) {
  // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 04 ...
  constexpr std::array<std::uint8_t, 27> kP256{
      0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
      0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
  // SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING { ...
  constexpr std::array<std::uint8_t, 12> kEd25519{0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                                  0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
  std::vector<std::uint8_t> out;
  switch (key.algorithm) {
    case Algorithm::kEs256: out.assign(kP256.begin(), kP256.end()); break;
    case Algorithm::kEd25519: out.assign(kEd25519.begin(), kEd25519.end()); break;
    case Algorithm::kRs256: return rsa_info(key);
  }
  append(out, key.first);
  append(out, key.second);
  return out;
}

}  // namespace webauthn
