// Other systems over the whole core: what a certificate has to be, who is let in by two people, and
// what each is refused from the next message on.
#include "daemon/clients.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "daemon/digest.h"
#include "daemon/tls_proof.h"
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::Role;

constexpr std::int64_t kDayMs = 86'400'000;

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}

// ---- an authority of the test's own

struct Key {
  EVP_PKEY* pkey = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { EVP_PKEY_free(pkey); }
};

struct Wish {
  std::string name = "payroll";
  std::int64_t from_days = -1;
  std::int64_t to_days = 100;
  std::string use = "clientAuth";  // empty: says nothing
  bool authority = false;
};

struct Issued {
  std::string pem;
  ipc::Certificate der;
  EVP_PKEY* key = nullptr;  // its Key's
};

struct Issuer {
  Key key;
  std::string name;
  base::WallTime now;
  Issued own;

  Issuer(std::string own_name, base::WallTime at, std::int64_t to_days = 3000)
      : name(std::move(own_name)), now(at) {
    Wish wish;
    wish.name = name;
    wish.use.clear();
    wish.authority = true;
    wish.to_days = to_days;
    own = issue(wish, key);
  }

  [[nodiscard]] Issued issue(const Wish& wish, const Key& subject) const {
    X509* out = X509_new();
    X509_set_version(out, X509_VERSION_3);
    static long serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(out), ++serial);
    const auto day = [&](ASN1_TIME* time, std::int64_t days) {
      ASN1_TIME_set(time, static_cast<time_t>((now.ms + days * kDayMs) / 1000));
    };
    day(X509_getm_notBefore(out), wish.from_days);
    day(X509_getm_notAfter(out), wish.to_days);
    const auto entry = [](X509_NAME* into, const std::string& text) {
      X509_NAME_add_entry_by_txt(into, "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
    };
    entry(X509_get_subject_name(out), wish.name);
    entry(X509_get_issuer_name(out), name);
    X509_set_pubkey(out, subject.pkey);
    const auto extend = [&](int nid, const char* value) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
      X509_add_ext(out, extension, -1);
      X509_EXTENSION_free(extension);
    };
    extend(NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!wish.use.empty()) extend(NID_ext_key_usage, wish.use.c_str());
    X509_sign(out, key.pkey, EVP_sha256());
    unsigned char* der = nullptr;
    const int size = i2d_X509(out, &der);
    Issued issued;
    issued.key = subject.pkey;
    issued.der = *ipc::Certificate::from({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    BIO* text = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(text, out);
    char* data = nullptr;
    const long length = BIO_get_mem_data(text, &data);
    issued.pem.assign(data, static_cast<std::size_t>(length));
    BIO_free(text);
    X509_free(out);
    return issued;
  }
};

// ---- a handshake, as a worker hands it to core

using Bytes = std::vector<std::uint8_t>;

void put(Bytes& out, std::size_t size, std::size_t value) {
  for (std::size_t i = size; i > 0; --i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * (i - 1))));
  }
}
void put(Bytes& out, base::ByteSpan bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

struct Handshake {
  std::vector<ipc::HandshakeMessage> messages;

  void add(std::uint8_t type, const Bytes& body) {
    ipc::HandshakeMessage message;
    message.type = type;
    message.body = *ipc::Bytes<16384>::from(body);
    messages.push_back(std::move(message));
  }
  [[nodiscard]] Bytes to_sign(std::string_view who) const {
    Bytes all;
    for (const auto& one : messages) {
      all.push_back(one.type);
      put(all, 3, one.body.size());
      put(all, one.body.view());
    }
    Bytes out(64, 0x20);
    put(out, base::as_bytes("TLS 1.3, " + std::string(who) + " CertificateVerify"));
    out.push_back(0);
    put(out, core::sha256(all).view());
    return out;
  }
  // Up to the server's Certificate.
  void begin(const ipc::ServerRandom& random, std::size_t suite = 0x1301) {
    add(1, {1, 2, 3});
    Bytes hello{3, 3};
    put(hello, random.view());
    put(hello, 1, 0);
    put(hello, 2, suite);
    put(hello, 2, 0);
    add(2, hello);
    add(8, {0, 0});
    add(13, {0, 0, 0});
    add(11, {0, 0, 0, 0});
  }
  // Up to the client's proof.
  void end(const Issued& certificate, EVP_PKEY* key) {
    add(15, {4, 3, 0, 0});
    add(20, Bytes(32, 7));
    Bytes list;
    put(list, 3, certificate.der.size());
    put(list, certificate.der.view());
    put(list, 2, 0);
    Bytes body{0};
    put(body, 3, list.size());
    put(body, list);
    add(11, body);
    const Bytes text = to_sign("client");
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    Bytes signature(128);
    std::size_t size = signature.size();
    EVP_DigestSign(context, signature.data(), &size, text.data(), text.size());
    EVP_MD_CTX_free(context);
    signature.resize(size);
    Bytes verify{4, 3};
    put(verify, 2, signature.size());
    put(verify, signature);
    add(15, verify);
  }
};

struct Firm : core::testing::World {
  Issuer issuer{"検証用 認証局", clock.wall()};
  Key key;
  std::unique_ptr<core::ClientAuthority> authority =
      *core::ClientAuthority::open(issuer.own.pem, clock.wall());

  Firm() {
    clients = authority.get();
    config.zones.push_back({*base::Cidr::parse("203.0.113.0/24"), base::Zone::kApi});
    start();
    provision();
    sign_in(responsible);
    sign_in(rights_manager);
  }

  std::shared_ptr<core::Peer> system_at(std::string_view address = "203.0.113.5") {
    return admission->peer_of(*base::IpAddress::parse(address), base::Listener::kApi);
  }
  static constexpr std::uint32_t bit(base::ApiRight right) {
    return std::uint32_t{1} << static_cast<unsigned>(right);
  }
  static constexpr std::uint32_t kAll = 0x1F;

  base::Result<ipc::Proposed> propose(const Issued& certificate, std::string_view login = "payroll",
                                      std::uint32_t rights = kAll, std::int32_t days = 90,
                                      std::initializer_list<std::string_view> groups = {}) {
    ipc::EnrolClient request;
    request.auth = responsible.auth();
    request.login = ipc::LoginName::literal(login);
    request.name = ipc::Name::literal("検証用 給与");
    request.grant.rights = rights;
    request.grant.kinds = 0xFF;
    for (const auto group : groups) {
      BOOST_REQUIRE(request.grant.groups.push(ipc::Text<64>::literal(group)).has_value());
    }
    request.grant.purposes = std::uint32_t{1} << static_cast<unsigned>(base::Purpose::kTax);
    request.grant.first = base::day_in_japan(clock.wall());
    request.grant.last = {request.grant.first.days + days};
    request.certificate = *ipc::Bytes<8192>::from(base::as_bytes(certificate.pem));
    return ask(responsible.peer, std::move(request));
  }
  base::AccountId agree(base::ProposalId proposal) {
    BOOST_REQUIRE(approve(rights_manager, proposal).has_value());
    const auto done = execute(responsible, proposal);
    BOOST_REQUIRE(done.has_value());
    return done->account;
  }
  base::AccountId enrolled(const Issued& certificate, std::string_view login = "payroll",
                           std::uint32_t rights = kAll) {
    const auto made = propose(certificate, login, rights);
    BOOST_REQUIRE(made.has_value());
    return agree(made->proposal);
  }
  // As far as the handshake's one signature.
  Handshake begun(const std::shared_ptr<core::Peer>& peer) {
    Handshake out;
    const auto greeting = ask(peer, ipc::Greet{});
    BOOST_REQUIRE(greeting.has_value());
    out.begin(greeting->random);
    ipc::SignHandshake sign;
    sign.digest = core::sha256(out.to_sign("server"));
    static_cast<void>(ask(peer, std::move(sign)));
    return out;
  }
  base::Result<ipc::PresentCertificate::Reply> show(const std::shared_ptr<core::Peer>& peer,
                                                    const Handshake& handshake) {
    ipc::PresentCertificate request;
    for (const auto& one : handshake.messages) {
      BOOST_REQUIRE(request.handshake.push(one).has_value());
    }
    return ask(peer, std::move(request));
  }
  base::Result<ipc::PresentCertificate::Reply> present(const std::shared_ptr<core::Peer>& peer,
                                                       const Issued& certificate) {
    auto handshake = begun(peer);
    handshake.end(certificate, certificate.key);
    return show(peer, handshake);
  }
  base::Result<ipc::Proposed> revoke(base::AccountId client) {
    ipc::RevokeClient request;
    request.auth = responsible.auth();
    request.client = client;
    return ask(responsible.peer, std::move(request));
  }
};

BOOST_FIXTURE_TEST_SUITE(clients, Firm)

BOOST_AUTO_TEST_CASE(a_file_of_authorities_is_judged_as_a_whole) {
  const auto open = [&](const std::string& pem) {
    return core::ClientAuthority::open(pem, clock.wall());
  };
  BOOST_TEST(open(issuer.own.pem).has_value());
  const Issuer other{"other", clock.wall()};
  BOOST_TEST(open(issuer.own.pem + other.own.pem).has_value());
  BOOST_TEST(failed(open(""), Code::kMissing, "certificate"));
  BOOST_TEST(failed(open("no certificate here\n"), Code::kMissing, "certificate"));
  const auto leaf = issuer.issue({}, key);
  BOOST_TEST(failed(open(leaf.pem), Code::kDenied, "authority"));
  BOOST_TEST(failed(open(issuer.own.pem + leaf.pem), Code::kDenied, "authority"));
  const Issuer old{"old", {clock.wall().ms - 4000 * kDayMs}, 10};
  BOOST_TEST(failed(open(old.own.pem), Code::kExpired, "authority"));
  auto broken = issuer.own.pem;
  broken.replace(100, 4, "!!!!");
  BOOST_TEST(!open(broken).has_value());
  BOOST_TEST(!open(issuer.own.pem + broken).has_value());
  std::string many;
  for (int i = 0; i < 9; ++i) many += issuer.own.pem;
  BOOST_TEST(failed(open(many), Code::kTooMany, "certificate"));
}

BOOST_AUTO_TEST_CASE(a_certificate_is_judged_by_issuer_time_use_and_form) {
  const auto judge = [&](const Issued& one) {
    return authority->judge({&one.der, 1}, clock.wall());
  };
  const auto good = judge(issuer.issue({}, key));
  BOOST_REQUIRE(good.has_value());
  BOOST_TEST(good->subject.view() == "CN=payroll");
  BOOST_TEST((good->not_after.ms / 1000 == (issuer.now.ms + 100 * kDayMs) / 1000));
  const Issuer other{"検証用 認証局", clock.wall()};  // the same name, another key
  BOOST_TEST(failed(judge(other.issue({}, key)), Code::kDenied, "certificate"));
  BOOST_TEST(failed(judge(issuer.issue({.from_days = -9, .to_days = -1}, key)), Code::kExpired,
                    "certificate"));
  BOOST_TEST(failed(judge(issuer.issue({.from_days = 1}, key)), Code::kExpired, "certificate"));
  BOOST_TEST(failed(judge(issuer.issue({.use = "serverAuth"}, key)), Code::kDenied, "certificate"));
  BOOST_TEST(failed(judge(issuer.issue({.use = ""}, key)), Code::kDenied, "certificate"));
  BOOST_TEST(failed(judge(issuer.issue({.use = "clientAuth", .authority = true}, key)),
                    Code::kDenied, "certificate"));
  BOOST_TEST(failed(authority->judge({}, clock.wall()), Code::kDenied, "certificate"));
  const auto leaf = issuer.issue({}, key);
  for (std::size_t size = 0; size < leaf.der.size(); ++size) {
    const auto cut = *ipc::Certificate::from(leaf.der.view().first(size));
    BOOST_REQUIRE(failed(authority->judge({&cut, 1}, clock.wall()), Code::kInvalid, "certificate"));
  }
  std::vector<std::uint8_t> longer(leaf.der.view().begin(), leaf.der.view().end());
  longer.push_back(0);
  const auto with_tail = *ipc::Certificate::from(longer);
  BOOST_TEST(
      failed(authority->judge({&with_tail, 1}, clock.wall()), Code::kInvalid, "certificate"));
  for (std::size_t at = 0; at < leaf.der.size(); at += 7) {
    std::vector<std::uint8_t> bytes(leaf.der.view().begin(), leaf.der.view().end());
    bytes[at] ^= 1U;
    const auto bent = *ipc::Certificate::from(bytes);
    BOOST_TEST(!authority->judge({&bent, 1}, clock.wall()).has_value(), at);
  }
}

BOOST_AUTO_TEST_CASE(two_people_let_a_system_in_and_it_is_somebody_from_then_on) {
  const auto certificate = issuer.issue({}, key);
  auto early = system_at();
  BOOST_TEST(failed(present(early, certificate), Code::kDenied, "certificate"));
  BOOST_TEST((audit->last(CoreEvent::kClientRefused)->error->field == "certificate"));
  const auto made = propose(certificate);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(failed(execute(responsible, made->proposal), Code::kDenied, "approval"));
  BOOST_TEST(failed(present(system_at(), certificate), Code::kDenied, "certificate"));
  const auto client = agree(made->proposal);
  BOOST_TEST((audit->last(CoreEvent::kClientEnrolled)->ref == client.value));
  auto peer = system_at();
  BOOST_REQUIRE(present(peer, certificate).has_value());
  BOOST_TEST((audit->last(CoreEvent::kClientConnected)->actor.account == client));
  const auto self = ask(peer, ipc::GetOwnClient{});
  BOOST_REQUIRE(self.has_value());
  BOOST_TEST(self->login.view() == "payroll");
  BOOST_TEST(ask(peer, ipc::ListPeople{}).has_value());
  // A connection is somebody once.
  BOOST_TEST(failed(present(peer, certificate), Code::kUsed, "certificate"));
  // Nobody signs in with its account, and nobody makes it a person's.
  ipc::ListAccounts list;
  list.token = rights_manager.session();
  for (const auto& row : ask(rights_manager.peer, std::move(list))->rows) {
    BOOST_TEST(row.login.view() != "payroll");
  }
  ipc::ChangeRole role;
  role.auth = responsible.auth();
  role.account = client;
  role.role = Role::kHandler;
  BOOST_TEST(failed(ask(responsible.peer, std::move(role)), Code::kNotFound, "account"));
  // A restart knows it still.
  start();
  auto again = system_at();
  BOOST_TEST(present(again, certificate).has_value());
}

BOOST_AUTO_TEST_CASE(a_certificate_without_its_key_is_nobody) {
  const auto certificate = issuer.issue({}, key);
  enrolled(certificate);
  const Key stranger;
  auto peer = system_at();
  auto stolen = begun(peer);
  stolen.end(certificate, stranger.pkey);
  BOOST_TEST(failed(show(peer, stolen), Code::kDenied, "handshake"));
  BOOST_TEST(failed(ask(peer, ipc::ListPeople{}), Code::kDenied, "certificate"));
  // A handshake that was good elsewhere proves nothing here.
  auto first = system_at();
  auto good = begun(first);
  good.end(certificate, key.pkey);
  BOOST_REQUIRE(show(first, good).has_value());
  auto second = system_at();
  begun(second);
  BOOST_TEST(failed(show(second, good), Code::kDenied, "handshake"));
  // Nor does one that core has not signed, or has not signed yet.
  auto unsigned_one = system_at();
  Handshake early;
  early.begin(ask(unsigned_one, ipc::Greet{})->random);
  early.end(certificate, key.pkey);
  BOOST_TEST(failed(show(unsigned_one, early), Code::kDenied, "handshake"));
  // Another greeting is another number.
  auto twice = system_at();
  auto old = begun(twice);
  old.end(certificate, key.pkey);
  BOOST_REQUIRE(ask(twice, ipc::Greet{}).has_value());
  BOOST_TEST(failed(show(twice, old), Code::kDenied, "handshake"));
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_handshake_counts) {
  const auto certificate = issuer.issue({}, key);
  ipc::ServerRandom random = *ipc::ServerRandom::from(Bytes(32, 9));
  Handshake good;
  good.begin(random);
  const base::Digest digest = core::sha256(good.to_sign("server"));
  good.end(certificate, key.pkey);
  BOOST_REQUIRE(core::proved_chain(good.messages, random, digest).has_value());
  BOOST_TEST((core::proved_chain(good.messages, random, digest)->front() == certificate.der));
  for (std::size_t i = 0; i < good.messages.size(); ++i) {
    if (i == 5 || i == 6) continue;  // hashed into the client's signature; bent below
    for (std::size_t at = 0; at < good.messages[i].body.size(); at += 5) {
      auto bent = good.messages;
      Bytes body(bent[i].body.view().begin(), bent[i].body.view().end());
      body[at] ^= 1U;
      bent[i].body = *ipc::Bytes<16384>::from(body);
      BOOST_REQUIRE(!core::proved_chain(bent, random, digest).has_value());
    }
    auto cut = good.messages;
    cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(i));
    BOOST_TEST(!core::proved_chain(cut, random, digest).has_value());
    auto other = good.messages;
    other[i].type ^= 1U;
    BOOST_TEST(!core::proved_chain(other, random, digest).has_value());
    auto empty = good.messages;
    empty[i].body = {};
    BOOST_TEST(!core::proved_chain(empty, random, digest).has_value());
  }
  for (const std::size_t i : {std::size_t{5}, std::size_t{6}}) {
    auto bent = good.messages;
    bent[i].body = *ipc::Bytes<16384>::from(Bytes{1});
    BOOST_TEST(!core::proved_chain(bent, random, digest).has_value());
  }
  for (const std::size_t suite : {std::size_t{0x1304}, std::size_t{0xC02F}, std::size_t{0}}) {
    Handshake other;
    other.begin(random, suite);
    const base::Digest its = core::sha256(other.to_sign("server"));
    other.end(certificate, key.pkey);
    BOOST_TEST(!core::proved_chain(other.messages, random, its).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_system_has_its_own_rights_in_its_own_zone_only) {
  const auto certificate = issuer.issue({}, key);
  enrolled(certificate, "payroll", bit(base::ApiRight::kReadRequests));
  auto peer = system_at();
  BOOST_REQUIRE(present(peer, certificate).has_value());
  BOOST_TEST(ask(peer, ipc::ListRequests{}).has_value());
  BOOST_TEST(failed(ask(peer, ipc::ListPeople{}), Code::kDenied, "access"));
  BOOST_TEST((audit->last(CoreEvent::kAccessDenied)->actor.role == Role::kApiClient));
  BOOST_TEST(failed(ask(peer, ipc::GetLogHead{}), Code::kDenied, "access"));
  BOOST_TEST(failed(ask(peer, ipc::Reveal{}), Code::kDenied, "access"));
  BOOST_TEST(failed(ask(peer, ipc::GetDashboard{}), Code::kDenied, "access"));
  // From elsewhere it is nobody, and on the listener of pages it cannot show anything.
  BOOST_TEST((system_at("192.0.2.10")->zone == base::Zone::kNone));
  BOOST_TEST((peer_at("203.0.113.5")->zone == base::Zone::kNone));
  auto desk = peer_at("192.0.2.10");
  BOOST_TEST(failed(present(desk, certificate), Code::kState, "certificate"));
  BOOST_TEST(failed(ask(desk, ipc::GetOwnClient{}), Code::kDenied, "access"));
  // A person's session opens nothing there.
  ipc::ListPeople with_session;
  with_session.token = responsible.session();
  BOOST_TEST(failed(ask(system_at(), std::move(with_session)), Code::kDenied, "certificate"));
}

BOOST_AUTO_TEST_CASE(revocation_renewal_and_time_act_on_the_next_message) {
  const auto certificate = issuer.issue({}, key);
  const auto client = enrolled(certificate);
  auto peer = system_at();
  BOOST_REQUIRE(present(peer, certificate).has_value());
  BOOST_REQUIRE(ask(peer, ipc::ListPeople{}).has_value());
  const Key new_key;
  const auto newer = issuer.issue({.to_days = 20}, new_key);
  ipc::RenewClient renew;
  renew.auth = responsible.auth();
  renew.client = client;
  renew.certificate = *ipc::Bytes<8192>::from(newer.der.view());
  const auto renewal = ask(responsible.peer, std::move(renew));
  BOOST_REQUIRE(renewal.has_value());
  BOOST_TEST(ask(peer, ipc::ListPeople{}).has_value());  // not agreed on yet
  BOOST_TEST((agree(renewal->proposal) == client));
  BOOST_TEST(failed(ask(peer, ipc::ListPeople{}), Code::kDenied, "certificate"));
  BOOST_TEST(failed(present(system_at(), certificate), Code::kDenied, "certificate"));
  auto renewed = system_at();
  BOOST_REQUIRE(present(renewed, newer).has_value());
  BOOST_REQUIRE(ask(renewed, ipc::ListPeople{}).has_value());
  // Its certificate's last day goes by in an open connection.
  const auto before = clock.wall();
  clock.set_wall({before.ms + 21 * kDayMs});
  BOOST_TEST(failed(ask(renewed, ipc::ListPeople{}), Code::kExpired, "certificate"));
  BOOST_TEST(failed(present(system_at(), newer), Code::kExpired, "certificate"));
  clock.set_wall(before);
  BOOST_REQUIRE(ask(renewed, ipc::ListPeople{}).has_value());
  const auto revocation = revoke(client);
  BOOST_REQUIRE(revocation.has_value());
  agree(revocation->proposal);
  BOOST_TEST(failed(ask(renewed, ipc::ListPeople{}), Code::kDenied, "certificate"));
  BOOST_TEST(failed(present(system_at(), newer), Code::kDenied, "certificate"));
  BOOST_TEST(failed(revoke(client), Code::kNotFound, "client"));
  // What was revoked does not come back under another name.
  BOOST_TEST(failed(propose(newer, "other"), Code::kDuplicate, "certificate"));
  BOOST_TEST(failed(propose(issuer.issue({}, new_key), "other"), Code::kDuplicate, "certificate"));
}

BOOST_AUTO_TEST_CASE(the_days_of_a_grant_are_its_own) {
  const auto certificate = issuer.issue({.to_days = 300}, key);
  const auto made = propose(certificate, "payroll", kAll, 10);
  BOOST_REQUIRE(made.has_value());
  agree(made->proposal);
  auto peer = system_at();
  BOOST_REQUIRE(present(peer, certificate).has_value());
  clock.set_wall({clock.wall().ms + 10 * kDayMs});
  BOOST_TEST(ask(peer, ipc::ListPeople{}).has_value());
  clock.set_wall({clock.wall().ms + kDayMs});
  BOOST_TEST(failed(ask(peer, ipc::ListPeople{}), Code::kExpired, "certificate"));
}

BOOST_AUTO_TEST_CASE(what_is_proposed_has_to_make_sense) {
  const auto certificate = issuer.issue({}, key);
  BOOST_TEST(failed(propose(certificate, "payroll", 0), Code::kMissing, "rights"));
  BOOST_TEST(failed(propose(certificate, "payroll", 1U << 5U), Code::kInvalid, "rights"));
  BOOST_TEST(failed(propose(certificate, "payroll", kAll, -1), Code::kInvalid, "last"));
  BOOST_TEST(failed(propose(certificate, "payroll", kAll, 397), Code::kInvalid, "last"));
  BOOST_TEST(failed(propose(certificate, "sekinin"), Code::kDuplicate, "login"));
  BOOST_TEST(failed(propose(certificate, "Pay Roll"), Code::kInvalid, "login"));
  BOOST_TEST(
      failed(propose(issuer.issue({.use = "serverAuth"}, key)), Code::kDenied, "certificate"));
  enrolled(certificate);
  BOOST_TEST(failed(propose(certificate, "second"), Code::kDuplicate, "certificate"));
  const Key another;
  BOOST_TEST(propose(issuer.issue({}, another), "second").has_value());
}

BOOST_AUTO_TEST_CASE(without_an_authority_nobody_is_let_in) {
  const auto certificate = issuer.issue({}, key);
  enrolled(certificate);
  clients = nullptr;
  start();
  BOOST_TEST(failed(present(system_at(), certificate), Code::kMissing, "client_authority"));
  sign_in(responsible);
  const Key another;
  BOOST_TEST(
      failed(propose(issuer.issue({}, another), "second"), Code::kMissing, "client_authority"));
}

// ---- desks

struct Desks : Firm {
  // 192.0.2.0/24 is a handling area; of it 192.0.2.64/26 wants certificates.
  Desks() {
    const auto made =
        propose_zones(responsible, {{"192.0.2.0/24", false}, {"192.0.2.64/26", true}});
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
    BOOST_REQUIRE(execute(responsible, made->proposal).has_value());
  }
  base::Result<ipc::Proposed> propose_zones(
      const User& by, std::initializer_list<std::pair<std::string_view, bool>> blocks) {
    ipc::ProposeZones request;
    request.auth = by.auth();
    for (const auto& [block, certificate] : blocks) {
      ipc::ZoneRow row;
      row.block = ipc::Text<64>::literal(block);
      row.certificate = certificate;
      BOOST_REQUIRE(request.rows.push(std::move(row)).has_value());
    }
    ipc::ZoneRow systems;
    systems.block = ipc::Text<64>::literal("203.0.113.0/24");
    systems.zone = base::Zone::kApi;
    BOOST_REQUIRE(request.rows.push(std::move(systems)).has_value());
    return ask(by.peer, std::move(request));
  }
  std::shared_ptr<core::Peer> desk() { return peer_at("192.0.2.70"); }
  base::Result<ipc::GetSession::Reply> session_at(const std::shared_ptr<core::Peer>& peer) {
    ipc::GetSession get;
    get.token = responsible.session();
    return ask(peer, std::move(get));
  }
};

BOOST_FIXTURE_TEST_CASE(a_desk_shows_a_certificate_where_its_place_wants_one, Desks) {
  const auto certificate = issuer.issue({.name = "desk"}, key);
  BOOST_TEST(!ask(responsible.peer, ipc::Greet{})->certificate);
  BOOST_TEST(failed(present(responsible.peer, certificate), Code::kState, "certificate"));
  auto bare = desk();
  BOOST_TEST(ask(bare, ipc::Greet{})->certificate);
  BOOST_TEST(ask(bare, ipc::GetPublicFacts{})->needs_certificate);
  BOOST_TEST(failed(session_at(bare), Code::kDenied, "desk_certificate"));
  BOOST_TEST((audit->last(CoreEvent::kAccessDenied)->error->field == "desk_certificate"));
  auto good = desk();
  BOOST_REQUIRE(present(good, certificate).has_value());
  BOOST_TEST(!ask(good, ipc::GetPublicFacts{})->needs_certificate);
  User there = std::move(responsible);
  there.peer = good;
  sign_in(there);
  ipc::GetDashboard dashboard;
  dashboard.token = there.session();
  BOOST_TEST(ask(good, std::move(dashboard)).has_value());
  BOOST_TEST(failed(present(good, certificate), Code::kUsed, "certificate"));
  // Its time counts on each message.
  clock.set_wall({clock.wall().ms + 101 * kDayMs});
  ipc::GetSession late;
  late.token = there.session();
  BOOST_TEST(failed(ask(good, std::move(late)), Code::kDenied, "desk_certificate"));
}

BOOST_FIXTURE_TEST_CASE(no_other_certificate_opens_a_desk, Desks) {
  const auto refused = [&](const Issued& one, EVP_PKEY* signs_with = nullptr) {
    auto peer = desk();
    auto handshake = begun(peer);
    handshake.end(one, signs_with == nullptr ? one.key : signs_with);
    const bool shown = show(peer, handshake).has_value();
    return !shown && failed(session_at(peer), Code::kDenied, "desk_certificate");
  };
  const Key stranger;
  BOOST_TEST(refused(issuer.issue({.name = "desk"}, key), stranger.pkey));
  BOOST_TEST(refused(Issuer("other", clock.wall()).issue({.name = "desk"}, key)));
  BOOST_TEST(refused(issuer.issue({.name = "desk", .use = "serverAuth"}, key)));
  BOOST_TEST(refused(issuer.issue({.name = "desk", .from_days = -9, .to_days = -1}, key)));
  // What was let in as a system is none, also with another certificate of its key.
  const Key systems;
  const auto system = issuer.issue({}, systems);
  enrolled(system);
  BOOST_TEST(refused(system));
  BOOST_TEST(refused(issuer.issue({.name = "desk"}, systems)));
  // And a desk's opens nothing to a system.
  BOOST_TEST(failed(present(system_at(), issuer.issue({.name = "desk"}, key)), Code::kDenied,
                    "certificate"));
}

BOOST_FIXTURE_TEST_CASE(nobody_closes_his_own_place_with_certificates, Desks) {
  BOOST_TEST(
      failed(propose_zones(responsible, {{"192.0.2.0/24", true}}), Code::kDenied, "lock_out"));
  // From a desk that has shown one he may.
  auto good = desk();
  BOOST_REQUIRE(present(good, issuer.issue({.name = "desk"}, key)).has_value());
  responsible.peer = good;
  sign_in(responsible);
  BOOST_TEST(propose_zones(responsible, {{"192.0.2.0/24", true}}).has_value());
  // Without an authority nobody could show any.
  clients = nullptr;
  start();
  responsible.peer = peer_at("192.0.2.10");
  sign_in(responsible);
  BOOST_TEST(failed(propose_zones(responsible, {{"192.0.2.0/24", false}, {"192.0.2.64/26", true}}),
                    Code::kMissing, "client_authority"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
