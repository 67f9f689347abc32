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
// The same, and the signatures that other systems and desks prove their keys with. Ours stays the
// one above: it is the only one that our key can make.
constexpr const char* kAskingPriority =
    "NONE:+VERS-TLS1.3:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:+AEAD:+GROUP-X25519:"
    "+GROUP-SECP256R1:+GROUP-SECP384R1:+SIGN-ECDSA-SECP256R1-SHA256:"
    "+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-EDDSA-ED25519:+SIGN-RSA-PSS-RSAE-SHA256:"
    "+SIGN-RSA-PSS-RSAE-SHA384:+CTYPE-X509:%SERVER_PRECEDENCE";
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

// The handshake of another system, message by message.
struct Record {
  Tls::Handshake messages;
  std::optional<base::Error> failure;
};

int record_message(gnutls_session_t session, unsigned type, unsigned /*when*/,
                   unsigned /*incoming*/, const gnutls_datum_t* body) {
  auto& record = *static_cast<Record*>(gnutls_session_get_ptr(session));
  // What comes after the proof is not part of it.
  if (record.failure || record.messages.full()) return 0;
  ipc::HandshakeMessage message;
  message.type = static_cast<std::uint8_t>(type);
  auto bytes = decltype(message.body)::from({body->data, body->size});
  if (!bytes || type > 0xFF) {
    record.failure = base::Error{Code::kTooLong, "handshake"};
    return 0;
  }
  message.body = *std::move(bytes);
  static_cast<void>(record.messages.push(std::move(message)));
  return 0;
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

  Result<> set_up(int fd, const ipc::Greet::Reply& greeting);

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

  [[nodiscard]] bool has_certificate() const override;
  [[nodiscard]] Result<Handshake> take_handshake() override;

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
  Result<> record_handshake(const ipc::ServerRandom& random);

  Signer signer_;
  Inbox inbox_;
  Record record_;
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

// What core has to see of a handshake: its random number in the ServerHello, and every message up
// to the client's CertificateVerify, the second one of that type.
Result<> GnuTls::record_handshake(const ipc::ServerRandom& random) {
  std::array<unsigned char, ipc::ServerRandom::kSize> bytes{};
  std::copy(random.view().begin(), random.view().end(), bytes.begin());
  const gnutls_datum_t datum{bytes.data(), static_cast<unsigned>(bytes.size())};
  if (gnutls_handshake_set_random(session_.get(), &datum) < 0) return fail(Code::kIo, "tls");
  gnutls_session_set_ptr(session_.get(), &record_);
  gnutls_handshake_set_hook_function(session_.get(), GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_POST,
                                     &record_message);
  return {};
}

bool GnuTls::has_certificate() const {
  unsigned count = 0;
  return gnutls_certificate_get_peers(session_.get(), &count) != nullptr && count > 0;
}

Result<Tls::Handshake> GnuTls::take_handshake() {
  if (record_.failure) return std::unexpected(*record_.failure);
  return std::move(record_.messages);
}

Result<> GnuTls::set_up(int fd, const ipc::Greet::Reply& greeting) {
  // A browser that has none is told so by a page; another system gets no further.
  const bool systems = greeting.listener == base::Listener::kApi;
  const gnutls_certificate_request_t request = systems                ? GNUTLS_CERT_REQUIRE
                                               : greeting.certificate ? GNUTLS_CERT_REQUEST
                                                                      : GNUTLS_CERT_IGNORE;
  gnutls_priority_t priority = nullptr;
  gnutls_certificate_credentials_t credentials = nullptr;
  gnutls_session_t session = nullptr;
  if (gnutls_priority_init(&priority, greeting.certificate ? kAskingPriority : kPriority, nullptr) <
      0) {
    return fail(Code::kIo, "priority");
  }
  priority_.reset(priority);
  if (gnutls_certificate_allocate_credentials(&credentials) < 0) return fail(Code::kIo, "tls");
  credentials_.reset(credentials);
  TRY(set_key(greeting.certificate_pem.view()));
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
  gnutls_certificate_server_set_request(session, request);
  gnutls_handshake_set_timeout(session, GNUTLS_INDEFINITE_TIMEOUT);  // the worker has the deadlines
  if (greeting.certificate) TRY(record_handshake(greeting.random));
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

Result<std::unique_ptr<Tls>> Tls::open(int fd, const ipc::Greet::Reply& greeting, Core& core) {
  auto tls = std::make_unique<GnuTls>(core);
  TRY(tls->set_up(fd, greeting));
  return tls;
}

}  // namespace web
