// A stand-in for core in tests of the web: speaks AcceptorCore and WorkerCore, holds a software
// P-256 key, knows no people. Tells each event as one line on standard output.
//   fake_core --socket PATH --certificate FILE [--refuse ADDRESS] [--quiet] [--canned ROLE]
// With --canned every request is answered with made-up data, to somebody of that role.
// FILE is written (PEM, self-signed, for localhost and 127.0.0.1) before the first line, "ready".
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "base/loop.h"
#include "ipc/channel.h"
#include "ipc/messages.h"
#include "tests/tools/canned.h"

namespace {

using base::Result;
using base::Task;

template <auto F>
struct Free {
  template <class T>
  void operator()(T* value) const {
    F(value);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

struct Options {
  std::string socket;
  std::string certificate;
  std::string refuse;
  bool quiet = false;
  std::string canned;
};

struct World {
  Options options;
  Key key;
  std::string certificate_pem;

  void tell(const std::string& line) const {
    if (options.quiet) return;
    std::puts(line.c_str());
    static_cast<void>(std::fflush(stdout));
  }
};

void extend(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  ASSERT(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string self_signed(EVP_PKEY* key) {
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  // 16 random bytes, as authorities have to (CA/Browser Forum baseline 7.1); positive.
  std::array<unsigned char, 16> serial{};
  ASSERT(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1);
  serial[0] = (serial[0] & 0x7F) | 0x40;
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 30L * 24 * 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const std::string host = "localhost";
  X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.data()),
                             static_cast<int>(host.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  extend(certificate.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  ASSERT(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  const Memory memory(BIO_new(BIO_s_mem()));
  ASSERT(PEM_write_bio_X509(memory.get(), certificate.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// What core is to one worker.
class ForWorker {
 public:
  explicit ForWorker(World& world) : world_(world) {}

  Task<Result<ipc::Greet::Reply>> handle(ipc::Greet /*request*/) {
    ipc::Greet::Reply out;
    CO_TRY(out.certificate_pem,
           decltype(out.certificate_pem)::from(base::as_bytes(world_.certificate_pem)));
    out.state = base::State::kOperational;
    co_return out;
  }
  Task<Result<ipc::SignHandshake::Reply>> handle(ipc::SignHandshake request) {
    if (signed_) {
      world_.tell("sign refused");
      co_return base::fail(base::Code::kUsed, "signature");
    }
    signed_ = true;
    world_.tell("sign");
    ipc::SignHandshake::Reply out;
    std::array<std::uint8_t, 80> buffer{};
    std::size_t size = buffer.size();
    const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(
        EVP_PKEY_CTX_new(world_.key.get(), nullptr));
    const auto digest = request.digest.view();
    ASSERT(EVP_PKEY_sign_init(context.get()) > 0);
    ASSERT(EVP_PKEY_sign(context.get(), buffer.data(), &size, digest.data(), digest.size()) > 0);
    CO_TRY(out.signature, ipc::Bytes<80>::from({buffer.data(), size}));
    co_return out;
  }
  Task<Result<ipc::GetPublicFacts::Reply>> handle(ipc::GetPublicFacts /*request*/) {
    ipc::GetPublicFacts::Reply out;
    out.state = base::State::kOperational;
    out.zone = base::Zone::kHandling;
    out.firm = ipc::Name::literal("Test Firm");
    co_return out;
  }
  template <class Request>
  Task<Result<typename Request::Reply>> handle(Request /*request*/) {
    world_.tell("asked");
    if (!world_.options.canned.empty()) {
      canned::Filling filling{.text = "検証用 𠮷田 花子", .items = 7};
      for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::Role::kLast); ++i) {
        const auto role = static_cast<base::Role>(i);
        if (world_.options.canned == base::name(role)) filling.role = role;
      }
      co_return canned::reply<typename Request::Reply>(filling);
    }
    co_return base::fail(base::Code::kDenied, "test");
  }
  void violated(base::Error /*error*/) { world_.tell("violated"); }
  void closed() { world_.tell("closed"); }

 private:
  World& world_;
  bool signed_ = false;
};

class ForAcceptor {
 public:
  ForAcceptor(base::Loop& loop, World& world) : loop_(loop), world_(world) {}

  Task<Result<ipc::Admit::Reply>> handle(ipc::Admit request) {
    std::array<std::uint8_t, 16> octets{};
    const auto bytes = request.address.view();
    std::copy(bytes.begin(), bytes.end(), octets.begin());
    const std::string address = base::IpAddress::v6(octets).text();
    world_.tell("admit " + address);
    if (address == world_.options.refuse) co_return base::fail(base::Code::kDenied, "zone");
    CO_TRY(auto pair, ipc::socket_pair());
    CO_CHECK(ipc::set_nonblocking(pair.first));
    ipc::serve<ipc::WorkerCore>(loop_, std::move(pair.first), std::make_shared<ForWorker>(world_));
    ipc::Admit::Reply out;
    out.channel = std::move(pair.second);
    co_return out;
  }
  void violated(base::Error /*error*/) { world_.tell("acceptor violated"); }
  void closed() { world_.tell("acceptor closed"); }

 private:
  base::Loop& loop_;
  World& world_;
};

Result<> run(World& world) {
  const base::SystemClock clock;
  const auto loop = TRY(base::Loop::open(clock));
  const base::Fd listener = TRY(ipc::listen_at(world.options.socket));
  const base::Watch watch = loop->watch(listener.get(), [&](base::Ready /*ready*/) {
    auto connection = ipc::accept_from(listener);
    if (!connection || !*connection) return;
    ipc::serve<ipc::AcceptorCore>(*loop, std::move(**connection),
                                  std::make_shared<ForAcceptor>(*loop, world));
  });
  std::puts("ready");
  static_cast<void>(std::fflush(stdout));
  return loop->run();
}

bool parse(int argc, char** argv, Options& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--quiet") {
      out.quiet = true;
      continue;
    }
    std::string* value = name == "--socket"        ? &out.socket
                         : name == "--certificate" ? &out.certificate
                         : name == "--refuse"      ? &out.refuse
                         : name == "--canned"      ? &out.canned
                                                   : nullptr;
    if (value == nullptr || i + 1 == argc) return false;
    *value = argv[++i];
  }
  return !out.socket.empty() && !out.certificate.empty();
}

}  // namespace

int main(int argc, char** argv) {
  World world;
  if (!parse(argc, argv, world.options)) {
    std::fputs(
        "fake_core --socket PATH --certificate FILE [--refuse ADDRESS] [--quiet] [--canned ROLE]\n",
        stderr);
    return 2;
  }
  world.key = Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  world.certificate_pem = self_signed(world.key.get());
  std::FILE* file = std::fopen(world.options.certificate.c_str(), "w");
  if (file == nullptr) return 1;
  std::fputs(world.certificate_pem.c_str(), file);
  std::fclose(file);
  return run(world) ? 0 : 1;
}
