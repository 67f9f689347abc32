// An authenticator of the test's own: makes keys with OpenSSL, writes CBOR by hand, signs. What it
// says can be bent in every way that a check should notice.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/webauthn/authenticator.h"
#include "daemon/webauthn/verify.h"

namespace webauthn::testing {

using Octets = std::vector<std::uint8_t>;

inline void append(Octets& out, base::ByteSpan bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// The head of a CBOR item, in the shortest form.
inline void put_head(Octets& out, unsigned major, std::uint64_t argument) {
  const auto first = static_cast<std::uint8_t>(major << 5U);
  unsigned size = 0;
  if (argument >= 24) size = argument < 256 ? 1 : argument < 65536 ? 2 : 4;
  if (size == 0) {
    out.push_back(static_cast<std::uint8_t>(first | argument));
    return;
  }
  out.push_back(static_cast<std::uint8_t>(first | (size == 1 ? 24U : size == 2 ? 25U : 26U)));
  for (unsigned i = size; i > 0; --i) {
    out.push_back(static_cast<std::uint8_t>(argument >> (8 * (i - 1))));
  }
}
inline void put_integer(Octets& out, std::int64_t value) {
  if (value >= 0) return put_head(out, 0, static_cast<std::uint64_t>(value));
  put_head(out, 1, static_cast<std::uint64_t>(-1 - value));
}
inline void put_bytes(Octets& out, base::ByteSpan bytes) {
  put_head(out, 2, bytes.size());
  append(out, bytes);
}
inline void put_text(Octets& out, std::string_view text) {
  put_head(out, 3, text.size());
  append(out, base::as_bytes(text));
}

inline Octets digest(base::ByteSpan bytes) {
  Octets out(32);
  std::size_t size = 0;
  EVP_Q_digest(nullptr, "SHA256", nullptr, bytes.data(), bytes.size(), out.data(), &size);
  return out;
}

inline std::string base64url(base::ByteSpan bytes) {
  std::string out(4 * bytes.size() / 3 + 4, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (out.ends_with('=')) out.pop_back();
  return out;
}

inline Octets client_data(std::string_view type, base::ByteSpan challenge, std::string_view origin,
                          std::string_view end = "}") {
  const std::string text = R"({"type":")" + std::string(type) + R"(","challenge":")" +
                           base64url(challenge) + R"(","origin":")" + std::string(origin) +
                           R"(","crossOrigin":false)" + std::string(end);
  return {text.begin(), text.end()};
}

class Authenticator {
 public:
  explicit Authenticator(Algorithm kind = Algorithm::kEs256) : algorithm(kind) {
    switch (kind) {
      case Algorithm::kEs256: key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); break;
      case Algorithm::kEd25519: key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); break;
      case Algorithm::kRs256:
        key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
        break;
    }
  }

  [[nodiscard]] Octets info() const {
    Octets der(static_cast<std::size_t>(i2d_PUBKEY(key_.get(), nullptr)));
    unsigned char* at = der.data();
    i2d_PUBKEY(key_.get(), &at);
    return der;
  }

  [[nodiscard]] Octets cose_key() const {
    const Octets der = info();
    Octets out;
    const bool two = algorithm == Algorithm::kEs256;
    put_head(out, 5, two ? 5 : 4);
    put_integer(out, 1);
    put_integer(out, algorithm == Algorithm::kRs256 ? 3 : two ? 2 : 1);
    put_integer(out, 3);
    put_integer(out, static_cast<std::int64_t>(algorithm));
    put_integer(out, -1);
    const base::ByteSpan tail(der);
    if (algorithm == Algorithm::kRs256) {
      // ... INTEGER 257 octets with a leading zero, INTEGER 65537, at the end of the structure.
      put_bytes(out, tail.subspan(der.size() - 5 - 256, 256));
      put_integer(out, -2);
      put_bytes(out, tail.last(3));
      return out;
    }
    put_integer(out, two ? 1 : 6);
    put_integer(out, -2);
    put_bytes(out, two ? tail.last(64).first(32) : tail.last(32));
    if (two) {
      put_integer(out, -3);
      put_bytes(out, tail.last(32));
    }
    return out;
  }

  [[nodiscard]] Octets data(bool with_credential) const {
    Octets out = digest(base::as_bytes(rp_id));
    auto all = flags;
    if (with_credential) all |= kHasCredential;
    if (!extensions.empty()) all |= kHasExtensions;
    out.push_back(all);
    for (int i = 3; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(counter >> (8 * i)));
    if (with_credential) {
      out.insert(out.end(), 16, 0);
      out.push_back(static_cast<std::uint8_t>(credential.size() >> 8U));
      out.push_back(static_cast<std::uint8_t>(credential.size()));
      append(out, credential);
      append(out, cose_key());
    }
    append(out, extensions);
    return out;
  }

  [[nodiscard]] Octets attestation(std::string_view format = "none") const {
    Octets out;
    put_head(out, 5, 3);
    put_text(out, "fmt");
    put_text(out, format);
    put_text(out, "attStmt");
    put_head(out, 5, 0);
    put_text(out, "authData");
    put_bytes(out, data(true));
    return out;
  }

  [[nodiscard]] Octets sign(base::ByteSpan authenticator_data, base::ByteSpan client) const {
    Octets bytes(authenticator_data.begin(), authenticator_data.end());
    append(bytes, digest(client));
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const char* hash = algorithm == Algorithm::kEd25519 ? nullptr : "SHA256";
    EVP_DigestSignInit_ex(context, nullptr, hash, nullptr, nullptr, key_.get(), nullptr);
    std::size_t size = 0;
    EVP_DigestSign(context, nullptr, &size, bytes.data(), bytes.size());
    Octets out(size);
    EVP_DigestSign(context, out.data(), &size, bytes.data(), bytes.size());
    out.resize(size);
    EVP_MD_CTX_free(context);
    return out;
  }

  Algorithm algorithm;
  std::string rp_id = "box.example";
  std::uint8_t flags = kUserPresent | kUserVerified;
  std::uint32_t counter = 1;
  Octets credential = Octets(20, 7);
  Octets extensions;

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, &EVP_PKEY_free};
};

}  // namespace webauthn::testing
