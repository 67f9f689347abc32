#include "web/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace web {

namespace {

using base::Code;
using base::fail;
using base::Result;

// RFC 8446 with forward secrecy and AEAD only; the signature that the HSM's P-256 key gives.
constexpr const char* kPriority =
    "NONE:+VERS-TLS1.3:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:+AEAD:+GROUP-X25519:"
    "+GROUP-SECP256R1:+GROUP-SECP384R1:+SIGN-ECDSA-SECP256R1-SHA256:+CTYPE-X509:"
    "%SERVER_PRECEDENCE";
constexpr unsigned kKeyBits = 256;
constexpr unsigned kChainMax = 8;

// What the key callbacks work with.
struct Signer {
  Core* core = nullptr;
  bool used = false;
};

int key_info(gnutls_privkey_t /*key*/, unsigned flags, void* /*signer*/) {
  if ((flags & GNUTLS_PRIVKEY_INFO_PK_ALGO) != 0) return GNUTLS_PK_ECDSA;
  if ((flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS) != 0) return kKeyBits;
  if ((flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO) != 0) {
    const unsigned wanted = GNUTLS_FLAGS_TO_SIGN_ALGO(flags);
    return wanted == GNUTLS_SIGN_ECDSA_SECP256R1_SHA256 || wanted == GNUTLS_SIGN_ECDSA_SHA256 ? 1
                                                                                              : 0;
  }
  if ((flags & GNUTLS_PRIVKEY_INFO_SIGN_ALGO) != 0) return GNUTLS_SIGN_ECDSA_SECP256R1_SHA256;
  return -1;
}

// A variable of the library that points to the C library's malloc: cmake/cfi-ignore.txt names this
// function, which does nothing else.
unsigned char* room_for_gnutls(std::size_t size) {
  return static_cast<unsigned char*>(gnutls_malloc(size));
}

int sign_hash(gnutls_privkey_t /*key*/, gnutls_sign_algorithm_t /*algorithm*/, void* data,
              unsigned /*flags*/, const gnutls_datum_t* hash, gnutls_datum_t* signature) {
  auto* signer = static_cast<Signer*>(data);
  auto digest = base::Digest::from({hash->data, hash->size});
  if (signer->used || !digest) return GNUTLS_E_PK_SIGN_FAILED;
  signer->used = true;
  const auto reply = signer->core->call(ipc::SignHandshake{.digest = *digest});
  if (!reply || reply->signature.empty()) return GNUTLS_E_PK_SIGN_FAILED;
  const base::ByteSpan bytes = reply->signature.view();
  signature->data = room_for_gnutls(bytes.size());
  if (signature->data == nullptr) return GNUTLS_E_MEMORY_ERROR;
  std::memcpy(signature->data, bytes.data(), bytes.size());
  signature->size = static_cast<unsigned>(bytes.size());
  return 0;
}

// What the socket brought, in as few questions as it allows: GnuTLS itself asks twice a record.
class Inbox {
 public:
  void open(int fd) {
    fd_ = fd;
    bytes_.resize(kRoom);
  }
  [[nodiscard]] bool empty() const { return at_ == end_; }

  // As recv(2).
  ssize_t pull(void* to, std::size_t size) {
    if (empty()) {
      const ssize_t got = ::recv(fd_, bytes_.data(), bytes_.size(), 0);
      if (got <= 0) return got;
      at_ = 0;
      end_ = static_cast<std::size_t>(got);
    }
    const std::size_t taken = std::min(size, end_ - at_);
    std::memcpy(to, bytes_.data() + at_, taken);
    at_ += taken;
    return static_cast<ssize_t>(taken);
  }

 private:
  static constexpr std::size_t kRoom = std::size_t{17} * 1024;  // a record with its header and tag
  int fd_ = -1;
  std::vector<unsigned char> bytes_;  // still encrypted
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

ssize_t pull(gnutls_transport_ptr_t inbox, void* to, std::size_t size) {
  return static_cast<Inbox*>(inbox)->pull(to, size);
}

struct Freed {
  void operator()(gnutls_session_t session) const { gnutls_deinit(session); }
  void operator()(gnutls_certificate_credentials_t credentials) const {
    gnutls_certificate_free_credentials(credentials);
  }
  void operator()(gnutls_priority_t priority) const { gnutls_priority_deinit(priority); }
};
template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Freed>;

class GnuTls final : public Tls {
 public:
  explicit GnuTls(Core& core) : signer_{&core} {}

  Result<> set_up(int fd, base::ByteSpan certificate_pem);

  Step handshake() override {
    const int result = gnutls_handshake(session_.get());
    return result == GNUTLS_E_SUCCESS ? Step::kDone : step_of(result);
  }

  Moved read(std::span<std::uint8_t> into) override {
    return moved(gnutls_record_recv(session_.get(), into.data(), into.size()));
  }

  Moved write(base::ByteSpan bytes) override {
    return moved(gnutls_record_send(session_.get(), bytes.data(), bytes.size()));
  }

  [[nodiscard]] bool holds_input() const override {
    return !inbox_.empty() || gnutls_record_check_pending(session_.get()) > 0;
  }

  void say_goodbye() override { gnutls_bye(session_.get(), GNUTLS_SHUT_WR); }

 private:
  [[nodiscard]] Step step_of(ssize_t result) const {
    const bool again = result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED ||
                       (result < 0 && gnutls_error_is_fatal(static_cast<int>(result)) == 0);
    if (!again) return Step::kClosed;
    return gnutls_record_get_direction(session_.get()) == 1 ? Step::kWantWrite : Step::kWantRead;
  }
  [[nodiscard]] Moved moved(ssize_t result) const {
    if (result > 0) return {Step::kDone, static_cast<std::size_t>(result)};
    return {result == 0 ? Step::kClosed : step_of(result), 0};
  }
  Result<> set_key(base::ByteSpan certificate_pem);

  Signer signer_;
  Inbox inbox_;
  Owned<gnutls_priority_t> priority_;
  Owned<gnutls_certificate_credentials_t> credentials_;
  Owned<gnutls_session_t> session_;
};

// The certificates go to the credentials, with a key that is only a way to ask.
Result<> GnuTls::set_key(base::ByteSpan certificate_pem) {
  std::array<gnutls_pcert_st, kChainMax> chain{};
  auto count = kChainMax;
  std::vector<unsigned char> bytes(certificate_pem.begin(), certificate_pem.end());
  const gnutls_datum_t pem{bytes.data(), static_cast<unsigned>(bytes.size())};
  if (gnutls_pcert_list_import_x509_raw(chain.data(), &count, &pem, GNUTLS_X509_FMT_PEM, 0) < 0) {
    return fail(Code::kInvalid, "certificate");
  }
  gnutls_privkey_t key = nullptr;
  if (gnutls_privkey_init(&key) < 0) return fail(Code::kIo, "tls");
  if (gnutls_privkey_import_ext4(key, &signer_, nullptr, &sign_hash, nullptr, nullptr, &key_info,
                                 0) < 0) {
    gnutls_privkey_deinit(key);
    return fail(Code::kIo, "tls");
  }
  // The check that key and certificate belong together would spend the connection's one signature.
  gnutls_certificate_set_flags(credentials_.get(), GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
  // Takes over key and chain.
  if (gnutls_certificate_set_key(credentials_.get(), nullptr, 0, chain.data(),
                                 static_cast<int>(count), key) < 0) {
    gnutls_privkey_deinit(key);
    return fail(Code::kInvalid, "certificate");
  }
  return {};
}

Result<> GnuTls::set_up(int fd, base::ByteSpan certificate_pem) {
  gnutls_priority_t priority = nullptr;
  gnutls_certificate_credentials_t credentials = nullptr;
  gnutls_session_t session = nullptr;
  if (gnutls_priority_init(&priority, kPriority, nullptr) < 0) return fail(Code::kIo, "priority");
  priority_.reset(priority);
  if (gnutls_certificate_allocate_credentials(&credentials) < 0) return fail(Code::kIo, "tls");
  credentials_.reset(credentials);
  TRY(set_key(certificate_pem));
  constexpr unsigned kFlags =
      GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS;
  if (gnutls_init(&session, kFlags) < 0) return fail(Code::kIo, "tls");
  session_.reset(session);
  if (gnutls_priority_set(session, priority) < 0 ||
      gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials) < 0) {
    return fail(Code::kIo, "tls");
  }
  unsigned char protocol[] = "http/1.1";
  const gnutls_datum_t alpn{protocol, sizeof protocol - 1};
  if (gnutls_alpn_set_protocols(session, &alpn, 1, 0) < 0) return fail(Code::kIo, "tls");
  gnutls_certificate_server_set_request(session, GNUTLS_CERT_IGNORE);
  gnutls_handshake_set_timeout(session, GNUTLS_INDEFINITE_TIMEOUT);  // the worker has the deadlines
  inbox_.open(fd);
  gnutls_transport_set_int(session, fd);
  gnutls_transport_ptr_t receive = nullptr;
  gnutls_transport_ptr_t send = nullptr;
  gnutls_transport_get_ptr2(session, &receive, &send);
  gnutls_transport_set_ptr2(session, &inbox_, send);  // it sends by itself
  gnutls_transport_set_pull_function(session, &pull);
  return {};
}

}  // namespace

Result<std::unique_ptr<Tls>> Tls::open(int fd, base::ByteSpan certificate_pem, Core& core) {
  auto tls = std::make_unique<GnuTls>(core);
  TRY(tls->set_up(fd, certificate_pem));
  return tls;
}

}  // namespace web
