// A whole audit process in a test: the real service and log, a fake hsm process, a clock to turn.
#pragma once

#include <boost/test/unit_test.hpp>

#include "audit/process/service.h"
#include "tests/unit/audit_process/fake_hsm.h"
#include "tests/unit/audit_process/fakes.h"

namespace tests {

constexpr const char* kPin = "synthetic-pin";
constexpr const char* kNumber = "123456789018";

struct ServiceFixture {
  TempDir dir;
  CountingDisk disk;
  FakeClock clock;
  std::unique_ptr<base::Loop> loop = base::Loop::open(clock).value();
  base::Log diary{"test"};
  FakeHsm hsm{*loop, kPin};
  audit::process::BudgetLimits limits{
      .user_hour = 60, .user_day = 200, .box_hour = 300, .box_day = 1000};
  std::uint64_t log_bytes = 2U << 20U;
  std::optional<base::Error> fatal;
  std::function<std::optional<std::uint64_t>()> disk_free = [] { return std::nullopt; };
  std::unique_ptr<audit::Log> log;
  std::optional<audit::process::Checkpoints> checkpoints;
  std::shared_ptr<audit::process::Service> service;

  ServiceFixture() { start(); }

  // Opens everything from what is on disk, as main() does.
  void start() {
    stop();
    audit::process::History history(limits);
    log = audit::Log::open({dir.path(), log_bytes, 128U << 10U}, disk,
                           [&](const audit::Entry& entry) { history.take(entry); })
              .value();
    checkpoints.emplace(audit::process::Checkpoints::open(dir.path(), disk).value());
    service = std::make_shared<audit::process::Service>(
        audit::process::Parts{*loop, diary, *log, *checkpoints},
        audit::process::Settings{.connect_hsm = [this] { return hsm.connect(); },
                                 .hsm_timeout_ms = 500,
                                 .on_fatal = [this](base::Error why) { fatal = why; },
                                 .disk_free = [this] { return disk_free(); }},
        std::move(history));
    BOOST_REQUIRE(service->start().has_value());
    turns();
  }
  void stop() {
    service.reset();
    checkpoints.reset();
    log.reset();
    turns();
  }
  // Lets everything that is ready happen.
  void turns(int count = 12) {
    for (int i = 0; i < count; ++i) BOOST_REQUIRE(loop->turn(0).has_value());
  }

  // A request whose answer may be looked at later.
  template <class Request>
  struct Pending {
    std::optional<base::Result<typename Request::Reply>> answer;
  };
  template <class Request>
  std::shared_ptr<Pending<Request>> send(Request request) {
    auto pending = std::make_shared<Pending<Request>>();
    base::spawn([](std::shared_ptr<audit::process::Service> to, Request message,
                   std::shared_ptr<Pending<Request>> out) -> base::Task<void> {
      out->answer.emplace(co_await to->handle(std::move(message)));
    }(service, std::move(request), pending));
    return pending;
  }
  template <class Request>
  base::Result<typename Request::Reply> ask(Request request) {
    auto pending = send(std::move(request));
    for (int i = 0; i < 200 && !pending->answer; ++i) {
      turns(1);
      if (i == 100) clock.mono_ms += audit::process::Journal::kGatherMs;  // a group may wait
    }
    BOOST_REQUIRE(pending->answer.has_value());
    return *std::move(pending->answer);
  }

  static base::Secret<64> pin(std::string_view text = kPin) {
    return *base::Secret<64>::from(base::as_bytes(text));
  }
  static ipc::Digits digits(std::string_view text = kNumber) {
    return *ipc::Digits::from(base::as_bytes(text));
  }
  base::Result<ipc::UnlockHsm::Reply> unlock(std::string_view text = kPin, bool enrol = false) {
    return ask(ipc::UnlockHsm{actor(), pin(text), enrol});
  }
  // Enrolled and unlocked, with an intake shelf 1 and a tax shelf 2 of tenant 1.
  void operational() {
    BOOST_REQUIRE(unlock(kPin, /*enrol=*/true).has_value());
    BOOST_REQUIRE(ask(ipc::CreateShelf{base::TenantId{1}, base::Purpose::kIntake, base::ShelfId{1}})
                      .has_value());
    BOOST_REQUIRE(ask(ipc::CreateShelf{base::TenantId{1}, base::Purpose::kTax, base::ShelfId{2}})
                      .has_value());
  }
  ipc::SealedNumber seal(const ipc::NumberPlace& where) {
    ipc::SealNumbers request;
    request.actor = actor();
    BOOST_REQUIRE(request.items.push({where, digits()}).has_value());
    auto reply = ask(std::move(request));
    BOOST_REQUIRE(reply.has_value());
    return reply->items[0].sealed;
  }
  base::GrantId grant(std::initializer_list<std::uint64_t> people) {
    ipc::OpenGrant request;
    request.actor = actor();
    request.period = base::Text<16>::literal("2026");
    for (const auto id : people) BOOST_REQUIRE(request.people.push(base::PersonId{id}).has_value());
    const auto reply = ask(std::move(request));
    BOOST_REQUIRE(reply.has_value());
    return reply->grant;
  }
  base::Result<ipc::RevealNumber::Reply> reveal(base::GrantId id, std::uint64_t person,
                                                const ipc::SealedNumber& sealed) {
    return ask(ipc::RevealNumber{actor(), id, place(person), sealed});
  }

  // Durable entries of an event.
  std::vector<audit::Entry> entries(audit::Event event) {
    BOOST_REQUIRE(log->sync().has_value());
    std::vector<audit::Entry> out;
    BOOST_REQUIRE(log->scan_back(0,
                                 [&](const audit::Entry& entry) {
                                   if (entry.event == event) out.insert(out.begin(), entry);
                                   return true;
                                 })
                      .has_value());
    return out;
  }
  std::size_t count(audit::Event event) { return entries(event).size(); }
};

}  // namespace tests
