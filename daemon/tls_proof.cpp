#include "daemon/tls_proof.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "daemon/digest.h"

namespace core {

namespace {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Result;
using Bytes = std::vector<std::uint8_t>;

// RFC 8446 section 4, in the order of a full handshake in which the client is asked for a
// certificate, up to what proves it.
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kEncryptedExtensions = 8;
constexpr std::uint8_t kCertificate = 11;
constexpr std::uint8_t kCertificateRequest = 13;
constexpr std::uint8_t kCertificateVerify = 15;
constexpr std::uint8_t kFinished = 20;
constexpr std::array<std::uint8_t, ipc::kHandshakeMessages> kOrder = {
    kClientHello,       kServerHello, kEncryptedExtensions, kCertificateRequest, kCertificate,
    kCertificateVerify, kFinished,    kCertificate,         kCertificateVerify};
constexpr std::size_t kOurs = 4;    // our Certificate
constexpr std::size_t kTheirs = 7;  // the client's
constexpr std::size_t kProof = 8;

// Numbers and blocks of TLS, big-endian. After the first mistake everything is empty.
class Reader {
 public:
  explicit Reader(ByteSpan bytes) : left_(bytes) {}
  std::uint32_t number(std::size_t size) {
    std::uint32_t out = 0;
    for (const std::uint8_t byte : take(size)) out = (out << 8U) | byte;
    return out;
  }
  ByteSpan take(std::size_t size) {
    if (size > left_.size()) {
      good_ = false;
      left_ = {};
      return {};
    }
    const auto out = left_.first(size);
    left_ = left_.subspan(size);
    return out;
  }
  ByteSpan block(std::size_t length_size) { return take(number(length_size)); }
  [[nodiscard]] bool empty() const { return left_.empty(); }
  [[nodiscard]] bool good() const { return good_; }

 private:
  ByteSpan left_;
  bool good_ = true;
};

// The hash of the cipher suite that the ServerHello chose (RFC 8446 section B.4).
Result<const EVP_MD*> hash_of(ByteSpan server_hello, const ipc::ServerRandom& random) {
  Reader reader(server_hello);
  reader.take(2);  // legacy version
  const ByteSpan said = reader.take(ipc::ServerRandom::kSize);
  reader.block(1);  // legacy session
  const std::uint32_t suite = reader.number(2);
  if (!reader.good()) return fail(Code::kInvalid, "handshake");
  if (!base::equal_constant_time(said, random.view())) return fail(Code::kDenied, "handshake");
  if (suite == 0x1301 || suite == 0x1303) return EVP_sha256();
  if (suite == 0x1302) return EVP_sha384();
  return fail(Code::kInvalid, "handshake");
}

// The hash over the messages up to `last`, as they went over the wire: type, length, body.
Bytes transcript(std::span<const ipc::HandshakeMessage> messages, std::size_t last,
                 const EVP_MD* hash) {
  Bytes all;
  for (std::size_t i = 0; i <= last; ++i) {
    const ByteSpan body = messages[i].body.view();
    all.push_back(messages[i].type);
    for (const unsigned shift : {16U, 8U, 0U}) {
      all.push_back(static_cast<std::uint8_t>(body.size() >> shift));
    }
    all.insert(all.end(), body.begin(), body.end());
  }
  Bytes out(static_cast<std::size_t>(EVP_MD_get_size(hash)));
  ASSERT(EVP_Digest(all.data(), all.size(), out.data(), nullptr, hash, nullptr) == 1);
  return out;
}

// What a CertificateVerify signs (RFC 8446 section 4.4.3).
Bytes signed_text(std::string_view context, ByteSpan hash) {
  Bytes out(64, 0x20);
  out.insert(out.end(), context.begin(), context.end());
  out.push_back(0);
  out.insert(out.end(), hash.begin(), hash.end());
  return out;
}

Result<std::vector<ipc::Certificate>> certificates_of(ByteSpan body) {
  Reader reader(body);
  if (!reader.block(1).empty()) return fail(Code::kInvalid, "handshake");  // context
  Reader list(reader.block(3));
  std::vector<ipc::Certificate> out;
  while (list.good() && !list.empty()) {
    if (out.size() >= ipc::kCertificateChainMax) return fail(Code::kInvalid, "handshake");
    auto one = ipc::Certificate::from(list.block(3));
    list.block(2);  // extensions
    if (!one) return fail(Code::kInvalid, "handshake");
    out.push_back(*std::move(one));
  }
  if (!reader.good() || !reader.empty() || !list.good() || out.empty()) {
    return fail(Code::kInvalid, "handshake");
  }
  return out;
}

struct Freed {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Freed>;

// The schemes that the listener offers, and which keys each is for (RFC 8446 section 4.2.3).
struct Scheme {
  std::uint32_t code;
  int key;
  int curve;  // of an EC key
  const EVP_MD* (*hash)();
};
constexpr std::array kSchemes = {
    Scheme{0x0403, EVP_PKEY_EC, NID_X9_62_prime256v1, EVP_sha256},
    Scheme{0x0503, EVP_PKEY_EC, NID_secp384r1, EVP_sha384},
    Scheme{0x0807, EVP_PKEY_ED25519, 0, nullptr},
    Scheme{0x0804, EVP_PKEY_RSA, 0, EVP_sha256},
    Scheme{0x0805, EVP_PKEY_RSA, 0, EVP_sha384},
};

bool is_of(const Scheme& scheme, EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) != scheme.key) return false;
  if (scheme.key != EVP_PKEY_EC) return true;
  std::array<char, 64> name{};
  return EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1 &&
         OBJ_txt2nid(name.data()) == scheme.curve;
}

bool is_signed(EVP_PKEY* key, const Scheme& scheme, ByteSpan signature, ByteSpan text) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  const EVP_MD* hash = scheme.hash == nullptr ? nullptr : scheme.hash();
  if (!context || EVP_DigestVerifyInit(context.get(), &parameters, hash, nullptr, key) != 1) {
    return false;
  }
  if (scheme.key == EVP_PKEY_RSA &&
      (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), text.data(),
                          text.size()) == 1;
}

Result<> verify(const ipc::Certificate& certificate, ByteSpan verify_body, ByteSpan text) {
  Reader reader(verify_body);
  const std::uint32_t code = reader.number(2);
  const ByteSpan signature = reader.block(2);
  if (!reader.good() || !reader.empty()) return fail(Code::kInvalid, "handshake");
  const ByteSpan der = certificate.view();
  const unsigned char* at = der.data();
  const Owned<X509> parsed(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  const Owned<EVP_PKEY> key(parsed ? X509_get_pubkey(parsed.get()) : nullptr);
  bool right = false;
  for (const Scheme& scheme : kSchemes) {
    if (key && scheme.code == code && is_of(scheme, key.get())) {
      right = is_signed(key.get(), scheme, signature, text);
    }
  }
  ERR_clear_error();
  return right ? Result<>() : fail(Code::kDenied, "handshake");
}

}  // namespace

Result<std::vector<ipc::Certificate>> proved_chain(std::span<const ipc::HandshakeMessage> messages,
                                                   const ipc::ServerRandom& random,
                                                   const base::Digest& digest) {
  if (messages.size() != kOrder.size()) return fail(Code::kInvalid, "handshake");
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (messages[i].type != kOrder[i]) return fail(Code::kInvalid, "handshake");
  }
  const EVP_MD* hash = TRY(hash_of(messages[1].body.view(), random));
  const auto ours =
      signed_text("TLS 1.3, server CertificateVerify", transcript(messages, kOurs, hash));
  if (!base::equal_constant_time(sha256(ours).view(), digest.view())) {
    return fail(Code::kDenied, "handshake");
  }
  auto chain = TRY(certificates_of(messages[kTheirs].body.view()));
  const auto theirs =
      signed_text("TLS 1.3, client CertificateVerify", transcript(messages, kTheirs, hash));
  TRY(verify(chain.front(), messages[kProof].body.view(), theirs));
  return chain;
}

}  // namespace core
