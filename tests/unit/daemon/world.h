// A whole core in one process: memory store, fake audit behind a channel, clock and random bytes of
// the test's own. ask() sends a request the way a worker's would go, through dispatch, and turns
// the loop until it is answered.
#pragma once

#include <boost/test/unit_test.hpp>

#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/admission.h"
#include "daemon/base32.h"
#include "daemon/registry/disposals.h"
#include "daemon/registry/requests.h"
#include "daemon/store/memory_kv.h"
#include "daemon/totp.h"
#include "policy/designation.h"
#include "tests/unit/daemon/fake_audit.h"
#include "tests/unit/daemon/fakes.h"

namespace core::testing {

class World {
 public:
  World() : cp932(*registry::Cp932::open()) {
    config.zones = {{*base::Cidr::parse("192.0.2.0/24"), base::Zone::kHandling},
                    {*base::Cidr::parse("198.51.100.0/24"), base::Zone::kCollection}};
    loop = *base::Loop::open(clock);
    hashes = *HashPool::start(*loop);
    start();
  }
  ~World() { end(); }

  // Nothing waits for anything any more: the clock stands still meanwhile.
  void settle() {
    for (int i = 0; i < 200; ++i) BOOST_REQUIRE(loop->turn(0).has_value());
  }

  // The end of core's life, between two requests.
  void end() {
    settle();
    admission.reset();
    core.reset();
    settle();
  }

  // A new life of core over the same store, log and HSM.
  void start() {
    end();
    Environment environment{*loop,
                            log,
                            random,
                            kv,
                            config,
                            cp932,
                            [this] { return connect(); },
                            [this](Ending ending) { stopped = ending; },
                            [this](std::string_view) { fatal = true; },
                            [](const std::string&) {},
                            clients};
    core = std::make_unique<Core>(std::move(environment), *hashes);
    admission = std::make_unique<Admission>(*core);
    core->admission = admission.get();
    core->start();
    turn_until([this] { return audit->count(base::CoreEvent::kStarted) > starts_; });
    starts_ = audit->count(base::CoreEvent::kStarted);
    settle();
  }

  template <class Condition>
  void turn_until(Condition condition) {
    for (int i = 0; i < 20'000 && !condition(); ++i) {
      BOOST_REQUIRE(loop->turn(1).has_value());
      if (core != nullptr && core->failures.waiting() > 0) clock.advance(1);  // for their batch
    }
    BOOST_REQUIRE(condition());
  }

  template <class T>
  T wait(base::Task<T> task) {
    std::optional<T> out;
    base::spawn([](base::Task<T> inner, std::optional<T>& result) -> base::Task<void> {
      result.emplace(co_await std::move(inner));
    }(std::move(task), out));
    turn_until([&out] { return out.has_value(); });
    return *std::move(out);
  }

  std::shared_ptr<Peer> peer_at(std::string_view address) {
    return admission->peer_of(*base::IpAddress::parse(address), base::Listener::kPages);
  }
  std::shared_ptr<Peer> console() {
    auto peer = std::make_shared<Peer>();
    peer->zone = base::Zone::kControl;
    peer->role = base::Role::kOperator;
    peer->text = ipc::Text<45>::literal("uid 0");
    return peer;
  }

  template <class Request>
  base::Result<typename Request::Reply> ask(const std::shared_ptr<Peer>& peer, Request request) {
    return wait(dispatch(*core, peer, std::move(request)));
  }

  // ---- people with accounts
  struct User {
    std::string login;
    base::Secret<20> totp;
    std::shared_ptr<Peer> peer;
    ipc::SessionToken token;
    ipc::CsrfToken csrf;

    [[nodiscard]] ipc::Auth auth() const {
      return {*ipc::SessionToken::from(token.read(base::secret_access())),
              *ipc::CsrfToken::from(csrf.read(base::secret_access()))};
    }
    [[nodiscard]] ipc::SessionToken session() const {
      return *ipc::SessionToken::from(token.read(base::secret_access()));
    }
  };
  static ipc::Password password() {
    return *ipc::Password::from(base::as_bytes("a long and odd test password"));
  }
  // The code of the next step that has not been used.
  ipc::OneTimeCode code(const User& user) {
    clock.advance(kTotpStepMs);
    const auto step = static_cast<std::uint64_t>(clock.wall().ms / kTotpStepMs);
    std::string digits = std::to_string(hotp(user.totp, step));
    digits.insert(0, 6 - digits.size(), '0');
    return *ipc::OneTimeCode::from(base::as_bytes(digits));
  }
  void provision() {
    ipc::Provision request;
    request.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
    request.firm = ipc::Name::literal("検証用商事");
    request.host = ipc::Text<253>::literal("box.example");
    request.responsible_login = ipc::LoginName::literal("sekinin");
    request.responsible_name = ipc::Name::literal("検証 責任");
    request.rights_manager_login = ipc::LoginName::literal("kengen");
    request.rights_manager_name = ipc::Name::literal("検証 権限");
    request.auditor_login = ipc::LoginName::literal("kansa");
    request.auditor_name = ipc::Name::literal("検証 監査");
    auto keys = ask(console(), std::move(request));
    BOOST_REQUIRE(keys.has_value());
    responsible = enrol("sekinin", std::move(keys->responsible_key));
    rights_manager = enrol("kengen", std::move(keys->rights_manager_key));
    auditor = enrol("kansa", std::move(keys->auditor_key));
  }
  User enrol(std::string login, base::Secret<32> key) {
    User user;
    user.login = std::move(login);
    user.peer = peer_at("192.0.2.10");
    ipc::BeginEnrolment begin;
    begin.key = *base::Secret<32>::from(key.read(base::secret_access()));
    auto begun = ask(user.peer, std::move(begin));
    BOOST_REQUIRE(begun.has_value());
    user.totp = std::move(begun->totp_secret);
    ipc::FinishEnrolment finish;
    finish.key = std::move(key);
    finish.password = password();
    finish.code = code(user);
    BOOST_REQUIRE(ask(user.peer, std::move(finish)).has_value());
    return user;
  }
  base::Result<ipc::SignIn::Reply> try_sign_in(User& user, ipc::Password typed,
                                               ipc::OneTimeCode one_time) {
    ipc::SignIn request;
    request.login = ipc::LoginName::literal(user.login);
    request.password = std::move(typed);
    request.code = std::move(one_time);
    return ask(user.peer, std::move(request));
  }
  void sign_in(User& user) {
    auto reply = try_sign_in(user, password(), code(user));
    BOOST_REQUIRE(reply.has_value());
    user.token = std::move(reply->token);
    user.csrf = std::move(reply->csrf);
  }
  ipc::StepUp step_up(const User& user, base::StepUpAct act) {
    ipc::StepUp request;
    request.auth = user.auth();
    request.password = password();
    request.code = code(user);
    request.act = act;
    return request;
  }

  // ---- what takes two
  base::Result<ipc::Digest> seen(const User& user, base::ProposalId proposal) {
    ipc::GetProposal get;
    get.token = user.session();
    get.proposal = proposal;
    const auto shown = ask(user.peer, std::move(get));
    if (!shown) return std::unexpected(shown.error());
    return shown->digest;
  }
  base::Result<ipc::Done> approve(const User& user, base::ProposalId proposal) {
    const auto digest = TRY(seen(user, proposal));
    auto request = step_up(user, base::StepUpAct::kApproveProposal);
    request.proposal = proposal;
    ipc::ApproveProposal approval;
    approval.grant = TRY(ask(user.peer, std::move(request))).grant;
    approval.auth = user.auth();
    approval.proposal = proposal;
    approval.digest = digest;
    return ask(user.peer, std::move(approval));
  }
  base::Result<ipc::ExecuteProposal::Reply> execute(const User& user, base::ProposalId proposal) {
    const auto digest = TRY(seen(user, proposal));
    auto request = step_up(user, base::StepUpAct::kExecuteProposal);
    request.proposal = proposal;
    ipc::ExecuteProposal act;
    act.grant = TRY(ask(user.peer, std::move(request))).grant;
    act.auth = user.auth();
    act.proposal = proposal;
    act.digest = digest;
    return ask(user.peer, std::move(act));
  }
  base::Result<ipc::Proposed> propose_account(const User& by, std::string_view login,
                                              std::string_view name, base::Role role,
                                              base::AccountId same_person = {}) {
    ipc::InviteAccount invite;
    invite.auth = by.auth();
    invite.login = ipc::LoginName::literal(login);
    invite.name = ipc::Name::literal(name);
    invite.role = role;
    invite.same_person = same_person;
    if (policy::needs_designation(role)) invite.designation = everything();
    return ask(by.peer, std::move(invite));
  }
  // The whole firm, everybody, for every purpose.
  ipc::Designation everything() {
    const base::Day today = base::day_in_japan(clock.wall());
    ipc::Designation out;
    out.kinds = 0xff;
    out.purposes = 0x1e;
    out.trained = {today.days - 30};
    out.first = {today.days - 1};
    out.last = {today.days + 365};
    return out;
  }
  // Proposed by the responsible person, approved by the rights manager; both are signed in.
  base::Secret<32> invited(std::string_view login, std::string_view name, base::Role role,
                           base::AccountId same_person = {}) {
    const auto made = propose_account(responsible, login, name, role, same_person);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
    auto done = execute(responsible, made->proposal);
    BOOST_REQUIRE(done.has_value());
    return std::move(done->enrolment_key);
  }
  base::AccountId account_of(std::string_view login) {
    return core->reg().account_by_login(login)->id;
  }

  FakeClock clock;
  FakeRandom random;
  store::MemoryKv kv;
  config::Config config;
  const ClientAuthority* clients = nullptr;  // of other systems
  registry::Cp932 cp932;
  base::Log log{"test"};
  std::unique_ptr<base::Loop> loop;
  std::unique_ptr<HashPool> hashes;
  std::shared_ptr<FakeAudit> audit = std::make_shared<FakeAudit>();
  std::unique_ptr<Core> core;
  std::unique_ptr<Admission> admission;
  User responsible;
  User rights_manager;
  User auditor;
  User handler;
  bool fatal = false;
  std::optional<Ending> stopped;

 private:
  base::Result<base::Fd> connect() {
    auto ends = TRY(ipc::socket_pair());
    TRY(ipc::set_nonblocking(ends.first));
    ipc::serve<ipc::CoreAudit>(*loop, std::move(ends.first), audit);
    return std::move(ends.second);
  }

  std::size_t starts_ = 0;
};

}  // namespace core::testing
