// Sealing: by a person, the cover, the button, a silent watcher; what it outlives and what opens
// it.
#include "daemon/bundle.h"
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::Cover;
using base::State;
using core::testing::World;

class Box : public World {
 public:
  Box() {
    provision();
    settle();
  }
  std::shared_ptr<core::Peer> peer_as(base::Role role) {
    auto peer = console();
    peer->role = role;
    return peer;
  }
  template <class Request>
  base::Result<ipc::Done> open(base::Role role, bool accept_clock = false) {
    Request request;
    request.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
    request.accept_clock = accept_clock;
    return ask(peer_as(role), std::move(request));
  }
  base::Result<ipc::Done> report(Cover cover, bool button = false) {
    auto reply = ask(peer_as(base::Role::kWatcher), ipc::ReportTamper{cover, button});
    settle();
    return reply;
  }
  template <class Reply>
  static bool failed(const base::Result<Reply>& reply, Code code, std::string_view field) {
    return !reply && reply.error().code == code && reply.error().field.view() == field;
  }
  [[nodiscard]] std::size_t place(std::string_view what) const {
    return static_cast<std::size_t>(std::ranges::find(audit->order, what) - audit->order.begin());
  }
  [[nodiscard]] bool sealed_and_empty() const {
    return core->state() == State::kSealed && core->store() == nullptr && !audit->logged_in &&
           core->admission->connections() == 0;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sealing, Box)

BOOST_AUTO_TEST_CASE(what_is_sealed_stays_sealed_when_core_starts_anew) {
  BOOST_REQUIRE(ask(console(), ipc::SealAppliance{}).has_value());
  start();
  BOOST_TEST((core->state() == State::kSealed));
  // The program of an unattended site may not, and would not get far.
  BOOST_TEST(failed(open<ipc::Unlock>(base::Role::kUnlocker), Code::kState, "appliance"));
  BOOST_TEST(failed(open<ipc::Unseal>(base::Role::kUnlocker), Code::kDenied, "access"));
  BOOST_TEST(!audit->logged_in);
  BOOST_REQUIRE(open<ipc::Unseal>(base::Role::kOperator).has_value());
  BOOST_TEST((core->state() == State::kOperational));
  start();
  BOOST_TEST((core->state() == State::kOperational));  // what was unsealed stays unsealed
}

BOOST_AUTO_TEST_CASE(an_unlocking_before_the_first_look_at_the_log_finds_it_sealed) {
  end();
  audit->logged_in = false;
  start();
  BOOST_REQUIRE((core->state() == State::kLocked));
  audit->is_sealed = true;  // core does not know it yet
  audit->sealed_by = "cover_opened";
  BOOST_TEST(failed(open<ipc::Unlock>(base::Role::kUnlocker), Code::kState, "sealed"));
  BOOST_TEST((core->state() == State::kSealed));
  BOOST_TEST(core->reason() == "cover_opened");
}

BOOST_AUTO_TEST_CASE(an_opened_cover_seals_at_once_and_in_this_order) {
  sign_in(responsible);
  auto channel = admission->admit(responsible.peer);
  BOOST_REQUIRE(channel.has_value());
  BOOST_REQUIRE(report(Cover::kClosed).has_value());
  BOOST_TEST((core->state() == State::kOperational));
  audit->order.clear();
  // A long change is on its way: nothing waits for it.
  const auto held =
      wait([](core::Mutex& writes) -> base::Task<std::shared_ptr<core::Mutex::Guard>> {
        co_return std::make_shared<core::Mutex::Guard>(co_await writes.lock());
      }(core->writes));
  BOOST_REQUIRE(report(Cover::kOpen).has_value());
  settle();
  BOOST_TEST(sealed_and_empty());
  BOOST_TEST(core->reason() == "cover_opened");
  BOOST_TEST(core->sessions.live(core->mono()) == 0U);
  // The log first learns why, then that; the HSM is closed and waits for neither.
  BOOST_TEST(place("appliance.tampered cover_opened") < place("appliance.state sealed"));
  BOOST_TEST(place("lock") < audit->order.size());
  BOOST_TEST((audit->last(CoreEvent::kTampered)->actor.role == base::Role::kWatcher));
}

BOOST_AUTO_TEST_CASE(an_open_cover_is_not_unsealed) {
  BOOST_REQUIRE(report(Cover::kOpen).has_value());
  BOOST_TEST(failed(open<ipc::Unseal>(base::Role::kOperator), Code::kState, "cover"));
  BOOST_TEST(sealed_and_empty());
  BOOST_REQUIRE(report(Cover::kLost).has_value());
  BOOST_TEST(failed(open<ipc::Unseal>(base::Role::kOperator), Code::kState, "cover"));
  BOOST_REQUIRE(report(Cover::kClosed).has_value());
  BOOST_TEST((core->state() == State::kSealed));  // closing it unseals nothing
  BOOST_REQUIRE(open<ipc::Unseal>(base::Role::kOperator).has_value());
  BOOST_TEST(audit->count(CoreEvent::kTampered) == 1U);  // one opening, one entry
}

BOOST_AUTO_TEST_CASE(the_button_seals_and_says_so) {
  BOOST_REQUIRE(report(Cover::kNotWatched, /*button=*/true).has_value());
  BOOST_TEST(sealed_and_empty());
  BOOST_TEST(core->reason() == "seal_button");
  start();
  BOOST_TEST((core->state() == State::kSealed));
  BOOST_TEST(core->reason() == "seal_button");
}

BOOST_AUTO_TEST_CASE(what_is_locked_is_sealed_too) {
  audit->logged_in = false;
  start();
  BOOST_REQUIRE((core->state() == State::kLocked));
  BOOST_REQUIRE(report(Cover::kOpen).has_value());
  BOOST_TEST((core->state() == State::kSealed));
}

BOOST_AUTO_TEST_CASE(only_the_watcher_reports_and_it_does_nothing_else) {
  BOOST_TEST(
      failed(ask(console(), ipc::ReportTamper{Cover::kOpen, true}), Code::kDenied, "access"));
  BOOST_TEST((core->state() == State::kOperational));
  const auto watcher = peer_as(base::Role::kWatcher);
  BOOST_TEST(failed(ask(watcher, ipc::GetStatus{}), Code::kDenied, "access"));
  BOOST_TEST(failed(ask(watcher, ipc::SealAppliance{}), Code::kDenied, "access"));
  BOOST_TEST(failed(ask(watcher, ipc::ShutDown{}), Code::kDenied, "access"));
}

BOOST_AUTO_TEST_CASE(a_watcher_of_a_cover_that_falls_silent_seals) {
  BOOST_REQUIRE(report(Cover::kClosed).has_value());
  clock.advance(core::Core::kWatcherSilentMs - 2000);
  settle();
  BOOST_TEST((core->state() == State::kOperational));
  clock.advance(4000);
  settle();
  BOOST_TEST(sealed_and_empty());
  BOOST_TEST(core->reason() == "cover_watch_lost");
}

BOOST_AUTO_TEST_CASE(a_watcher_without_a_switch_may_fall_silent) {
  BOOST_REQUIRE(report(Cover::kNotWatched).has_value());
  clock.advance(10 * core::Core::kWatcherSilentMs);
  settle();
  BOOST_TEST((core->state() == State::kOperational));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_logged_is_logged_later) {
  audit->append_fails = base::Error{Code::kFull, "log"};
  BOOST_REQUIRE(report(Cover::kOpen).has_value());
  settle();
  BOOST_TEST(sealed_and_empty());
  BOOST_TEST(!audit->is_sealed);
  audit->append_fails.reset();
  clock.advance(6000);
  settle();
  BOOST_TEST(audit->is_sealed);
  start();
  BOOST_TEST((core->state() == State::kSealed));
}

BOOST_AUTO_TEST_CASE(an_opening_during_set_up_is_logged_and_stops_it) {
  World fresh;
  auto watcher = fresh.console();
  watcher->role = base::Role::kWatcher;
  BOOST_REQUIRE(fresh.ask(watcher, ipc::ReportTamper{Cover::kOpen, false}).has_value());
  BOOST_TEST((fresh.core->state() == State::kUnprovisioned));
  BOOST_TEST(fresh.audit->count(CoreEvent::kTampered) == 1U);
  ipc::Provision request;
  request.pin = *base::Secret<64>::from(base::as_bytes(fresh.audit->pin));
  request.firm = ipc::Name::literal("検証用商事");
  request.host = ipc::Text<253>::literal("box.example");
  request.responsible_login = ipc::LoginName::literal("sekinin");
  request.responsible_name = ipc::Name::literal("検証 責任");
  request.rights_manager_login = ipc::LoginName::literal("kengen");
  request.rights_manager_name = ipc::Name::literal("検証 権限");
  request.auditor_login = ipc::LoginName::literal("kansa");
  request.auditor_name = ipc::Name::literal("検証 監査");
  BOOST_TEST(failed(fresh.ask(fresh.console(), std::move(request)), Code::kState, "cover"));
  // The switch is gone: nobody misses its watcher while the test's clock jumps.
  BOOST_REQUIRE(fresh.ask(watcher, ipc::ReportTamper{Cover::kNotWatched, false}).has_value());
  fresh.provision();
  BOOST_TEST((fresh.core->state() == State::kOperational));
  BOOST_TEST(!fresh.audit->is_sealed);
}

BOOST_AUTO_TEST_CASE(of_two_consoles_that_unseal_one_does) {
  BOOST_REQUIRE(ask(console(), ipc::SealAppliance{}).has_value());
  std::optional<base::Result<ipc::Done>> first;
  std::optional<base::Result<ipc::Done>> second;
  for (auto* out : {&first, &second}) {
    ipc::Unseal request;
    request.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
    base::spawn([](base::Task<base::Result<ipc::Done>> task,
                   std::optional<base::Result<ipc::Done>>& result) -> base::Task<void> {
      result.emplace(co_await std::move(task));
    }(dispatch(*core, console(), std::move(request)), *out));
  }
  turn_until([&] { return first.has_value() && second.has_value(); });
  BOOST_TEST(first->has_value());
  BOOST_TEST(failed(*second, Code::kState, "appliance"));
  BOOST_TEST((core->state() == State::kOperational));
}

BOOST_AUTO_TEST_CASE(restart_and_shut_down_end_in_different_ways) {
  BOOST_REQUIRE(ask(console(), ipc::ShutDown{/*restart=*/true}).has_value());
  clock.advance(200);
  turn_until([this] { return stopped.has_value(); });
  BOOST_TEST((*stopped == core::Ending::kRestart));
  BOOST_TEST(audit->last(CoreEvent::kShutDown)->action.view() == "restart");
}

BOOST_AUTO_TEST_CASE(a_change_of_the_box_is_logged_before_it_is_allowed) {
  BOOST_REQUIRE(ask(console(), ipc::AllowSite{base::SiteAct::kZones}).has_value());
  BOOST_TEST(audit->last(CoreEvent::kSiteChanged)->action.view() == "zones");
  audit->append_fails = base::Error{Code::kFull, "log"};
  BOOST_TEST(failed(ask(console(), ipc::AllowSite{base::SiteAct::kTime}), Code::kFull, "log"));
}

BOOST_AUTO_TEST_CASE(the_bundle_holds_no_name_and_no_number) {
  const auto reply = ask(console(), ipc::MakeBundle{});
  BOOST_REQUIRE(reply.has_value());
  const auto bytes = base::read_sealed(reply->text, 1U << 20U);
  BOOST_REQUIRE(bytes.has_value());
  const std::string_view text = base::as_text(*bytes);
  BOOST_TEST(text.contains("state: operational"));
  for (const char* name : {"検証", "box.example", "sekinin"}) BOOST_TEST(!text.contains(name));
  BOOST_TEST(audit->count(CoreEvent::kBundleMade) == 1U);
}

BOOST_AUTO_TEST_CASE(the_tripwire_refuses_what_looks_like_a_number) {
  for (const char* text :
       {"a: 123456789018\n", "1234 5678 9018", "1234-5678-9018", "１２３４５６７８９０１８"}) {
    BOOST_TEST(failed(core::number_free(text), Code::kInternal, "tripwire"), text);
  }
  BOOST_TEST(core::number_free("2026-11-23T00:41:22.123Z: 12345678901\n").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
