#include "daemon/client_authority.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <vector>

#include "daemon/digest.h"

namespace core {

namespace {

using base::Code;
using base::fail;
using base::Result;

struct Freed {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  // The certificates in it are somebody else's.
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
  void operator()(char* text) const { OPENSSL_free(text); }
  void operator()(unsigned char* bytes) const { OPENSSL_free(bytes); }
};
template <class T>
using Owned = std::unique_ptr<T, Freed>;
using Certificate = Owned<X509>;

constexpr int kSecurityLevel = 2;  // 112 bits: RSA 2048, P-256 and better
constexpr int kDepthMax = 4;

Result<Certificate> parse(base::ByteSpan der) {
  const unsigned char* at = der.data();
  Certificate out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  // Bytes after the certificate are another reading of it.
  if (!out || at != der.data() + der.size()) return fail(Code::kInvalid, "certificate");
  return out;
}

Owned<BIO> text_of(std::string_view pem) {
  return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Seconds since 1970, or nothing for a time that is none.
std::optional<std::int64_t> seconds_of(const ASN1_TIME* time) {
  ASN1_TIME* epoch = ASN1_TIME_set(nullptr, 0);
  int days = 0;
  int seconds = 0;
  const int good = epoch == nullptr ? 0 : ASN1_TIME_diff(&days, &seconds, epoch, time);
  ASN1_TIME_free(epoch);
  if (good != 1) return std::nullopt;
  return std::int64_t{days} * 86'400 + seconds;
}

bool in_its_time(X509* certificate, base::WallTime now) {
  const auto from = seconds_of(X509_get0_notBefore(certificate));
  const auto to = seconds_of(X509_get0_notAfter(certificate));
  const std::int64_t at = now.ms / 1000;
  return from && to && *from <= at && at <= *to;
}

// Said in so many words: purpose checks of the library take what says nothing.
bool is_for_clients(X509* certificate) {
  const bool said = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0;
  return said && (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0 &&
         X509_check_ca(certificate) == 0;
}

base::Digest digest_of_der(unsigned char* der, int size) {
  const Owned<unsigned char> owned(der);
  return size <= 0 ? base::Digest() : sha256({der, static_cast<std::size_t>(size)});
}

Result<ClientCertificate> facts_of(X509* certificate) {
  ClientCertificate out;
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  out.fingerprint = digest_of_der(der, size);
  unsigned char* spki = nullptr;
  const int spki_size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
  out.key = digest_of_der(spki, spki_size);
  if (size <= 0 || spki_size <= 0) return fail(Code::kInvalid, "certificate");
  const Owned<BIO> text(BIO_new(BIO_s_mem()));
  if (!text ||
      X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) {
    return fail(Code::kInvalid, "certificate");
  }
  std::array<char, decltype(out.subject)::kMax> name{};
  const int length = BIO_read(text.get(), name.data(), static_cast<int>(name.size()));
  // RFC 2253 text is ASCII: all else is escaped.
  out.subject = TRY(decltype(out.subject)::from(
      std::string_view(name.data(), static_cast<std::size_t>(std::max(length, 0)))));
  const auto from = seconds_of(X509_get0_notBefore(certificate));
  const auto to = seconds_of(X509_get0_notAfter(certificate));
  if (!from || !to) return fail(Code::kInvalid, "certificate");
  out.not_before = {*from * 1000};
  out.not_after = {*to * 1000};
  return out;
}

class OpensslAuthority final : public ClientAuthority {
 public:
  Result<> take(std::string_view pem, base::WallTime now);
  [[nodiscard]] Result<ClientCertificate> judge(std::span<const ipc::Certificate> chain,
                                                base::WallTime now) const override;
  [[nodiscard]] Result<ipc::Certificate> read(base::ByteSpan pem_or_der) const override;

 private:
  [[nodiscard]] Result<> verify(X509* leaf, STACK_OF(X509) * others, base::WallTime now) const;
  Owned<X509_STORE> store_;
};

Result<> OpensslAuthority::take(std::string_view pem, base::WallTime now) {
  store_.reset(X509_STORE_new());
  const auto text = text_of(pem);
  if (!store_ || !text) return fail(Code::kIo, "certificate");
  std::size_t count = 0;
  while (const Certificate one{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)}) {
    if (++count > kRootsMax) return fail(Code::kTooMany, "certificate");
    if (X509_check_ca(one.get()) != 1) return fail(Code::kDenied, "authority");
    if (!in_its_time(one.get(), now)) return fail(Code::kExpired, "authority");
    if (X509_STORE_add_cert(store_.get(), one.get()) != 1) {
      return fail(Code::kInvalid, "certificate");
    }
  }
  const auto left = ERR_peek_last_error();
  ERR_clear_error();
  // The end of the text is told as "no start line"; anything else is a certificate that is broken.
  if (ERR_GET_REASON(left) != PEM_R_NO_START_LINE) return fail(Code::kInvalid, "certificate");
  if (count == 0) return fail(Code::kMissing, "certificate");
  return {};
}

Result<> OpensslAuthority::verify(X509* leaf, STACK_OF(X509) * others, base::WallTime now) const {
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store_.get(), leaf, others) != 1) {
    return fail(Code::kIo, "certificate");
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_depth(parameters, kDepthMax);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(now.ms / 1000));
  if (X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT) != 1) {
    return fail(Code::kIo, "certificate");
  }
  if (X509_verify_cert(context.get()) == 1) return {};
  const int why = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  const bool over = why == X509_V_ERR_CERT_HAS_EXPIRED || why == X509_V_ERR_CERT_NOT_YET_VALID;
  return fail(over ? Code::kExpired : Code::kDenied, "certificate");
}

Result<ClientCertificate> OpensslAuthority::judge(std::span<const ipc::Certificate> chain,
                                                  base::WallTime now) const {
  if (chain.empty()) return fail(Code::kDenied, "certificate");
  std::vector<Certificate> parsed;
  const Owned<STACK_OF(X509)> others(sk_X509_new_null());
  if (!others) return fail(Code::kIo, "certificate");
  for (const auto& one : chain) {
    parsed.push_back(TRY(parse(one.view())));
    if (parsed.size() > 1 && sk_X509_push(others.get(), parsed.back().get()) == 0) {
      return fail(Code::kIo, "certificate");
    }
  }
  X509* leaf = parsed.front().get();
  if (!is_for_clients(leaf)) return fail(Code::kDenied, "certificate");
  TRY(verify(leaf, others.get(), now));
  return facts_of(leaf);
}

Result<ipc::Certificate> OpensslAuthority::read(base::ByteSpan pem_or_der) const {
  Certificate one;
  if (base::as_text(pem_or_der).contains("-----BEGIN")) {
    const auto text = text_of(base::as_text(pem_or_der));
    if (text) one.reset(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
  } else if (auto parsed = parse(pem_or_der)) {
    one = *std::move(parsed);
  }
  if (!one) return fail(Code::kInvalid, "certificate");
  unsigned char* der = nullptr;
  const int size = i2d_X509(one.get(), &der);
  const Owned<unsigned char> owned(der);
  if (size <= 0) return fail(Code::kInvalid, "certificate");
  return ipc::Certificate::from({der, static_cast<std::size_t>(size)});
}

}  // namespace

Result<std::unique_ptr<ClientAuthority>> ClientAuthority::open(std::string_view pem,
                                                               base::WallTime now) {
  if (pem.size() > kPemMax) return fail(Code::kTooLong, "certificate");
  auto out = std::make_unique<OpensslAuthority>();
  TRY(out->take(pem, now));
  return out;
}

std::string explain(const base::Error& error) {
  if (error.code == Code::kMissing) {
    return "holds no certificate: put the authority's there, as PEM";
  }
  if (error.code == Code::kTooMany) {
    return "holds more than 8 certificates: keep those of authorities in use";
  }
  if (error.code == Code::kDenied) {
    return "holds a certificate that may not issue others (basicConstraints CA:TRUE): put the "
           "authority's there, not a system's";
  }
  if (error.code == Code::kExpired) {
    return "holds an authority that is not valid today: renew it, or look at the clock";
  }
  return "holds a certificate that does not parse: make the file anew, as PEM";
}

}  // namespace core
