// Opening hours over the whole core: they close and open in the middle of a session, also a number
// that is being opened; what protects the firm stays open; two people open outside of them.
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::Role;
using base::Zone;

constexpr std::uint32_t bit(Role role) { return std::uint32_t{1} << static_cast<unsigned>(role); }
constexpr std::int64_t kHourMs = 3'600'000;

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}

struct Firm : core::testing::World {
  Firm() {
    clock.set_wall(*base::from_rfc3339("2026-11-23T01:00:00.000Z"));  // Monday, 10:00 in Japan
    provision();
    sign_in(responsible);
    sign_in(rights_manager);
    handler = enrol("tanto", invited("tanto", "検証 担当", Role::kHandler));
    sign_in(handler);
  }

  static ipc::OpeningRow row(std::uint32_t roles, std::uint16_t opens, std::uint16_t closes,
                             Zone zone = Zone::kHandling) {
    return {zone, roles, 0x3e, opens, closes};  // Monday to Friday
  }
  base::Result<ipc::Proposed> propose_hours(const User& by, std::vector<ipc::OpeningRow> rows) {
    ipc::ProposeHours request;
    request.auth = by.auth();
    request.rows = *ipc::List<ipc::OpeningRow, ipc::kOpeningsMax>::from(std::move(rows));
    return ask(by.peer, std::move(request));
  }
  void agree(std::vector<ipc::OpeningRow> rows) {
    const auto made = propose_hours(responsible, std::move(rows));
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
    BOOST_REQUIRE(execute(responsible, made->proposal).has_value());
  }
  // Nine to six, for handlers.
  void close_at_six() { agree({row(bit(Role::kHandler), 9 * 60, 18 * 60)}); }
  base::Result<ipc::ListPeople::Reply> people() {
    ipc::ListPeople request;
    request.token = handler.session();
    return ask(handler.peer, std::move(request));
  }
  base::Result<ipc::GetHours::Reply> hours(const User& user) {
    ipc::GetHours request;
    request.token = user.session();
    return ask(user.peer, std::move(request));
  }
  base::Result<ipc::Proposed> ask_emergency(const User& by, std::uint16_t minutes) {
    ipc::AskEmergency request;
    request.auth = by.auth();
    request.minutes = minutes;
    request.reason = ipc::Text<200>::literal("検証用の理由");
    return ask(by.peer, std::move(request));
  }
  void wall(std::string_view utc) { clock.set_wall(*base::from_rfc3339(utc)); }

  User handler;
};

BOOST_FIXTURE_TEST_SUITE(hours, Firm)

BOOST_AUTO_TEST_CASE(they_close_and_open_in_the_middle_of_a_session) {
  BOOST_TEST(people().has_value());
  close_at_six();
  BOOST_TEST((audit->last(CoreEvent::kHoursChanged)->count == 1U));
  BOOST_TEST(people().has_value());
  wall("2026-11-23T09:00:00.000Z");  // 18:00
  BOOST_TEST(failed(people(), Code::kDenied, "hours"));
  BOOST_TEST((audit->last(CoreEvent::kAccessDenied)->error == base::Error{Code::kDenied, "hours"}));
  BOOST_TEST(!hours(handler)->open);
  BOOST_TEST(hours(responsible)->open);  // no row of hers
  wall("2026-11-24T00:00:00.000Z");      // 09:00
  BOOST_TEST(people().has_value());
  // After a restart they are as before.
  wall("2026-11-23T09:00:00.000Z");
  agree({});
  BOOST_TEST(people().has_value());
}

BOOST_AUTO_TEST_CASE(what_protects_the_firm_is_never_closed) {
  agree({row(0xffff & (bit(Role::kResponsible) | bit(Role::kRightsManager)), 9 * 60, 18 * 60)});
  wall("2026-11-23T12:00:00.000Z");
  ipc::GetSettings settings;
  settings.token = responsible.session();
  BOOST_TEST(failed(ask(responsible.peer, std::move(settings)), Code::kDenied, "hours"));
  ipc::ListAccounts list;
  list.token = responsible.session();
  BOOST_TEST(ask(responsible.peer, std::move(list)).has_value());
  // Nobody is locked out by hours: they change them back.
  agree({});
  ipc::GetSettings again;
  again.token = responsible.session();
  BOOST_TEST(ask(responsible.peer, std::move(again)).has_value());
}

BOOST_AUTO_TEST_CASE(two_people_open_outside_of_them_for_a_while) {
  close_at_six();
  wall("2026-11-23T10:00:00.000Z");
  BOOST_TEST(failed(ask_emergency(handler, 0), Code::kMissing, "minutes"));
  BOOST_TEST(failed(ask_emergency(handler, 241), Code::kInvalid, "minutes"));
  BOOST_TEST(failed(ask_emergency(auditor, 60), Code::kDenied, "session"));
  const auto asked = ask_emergency(handler, 60);
  BOOST_REQUIRE(asked.has_value());
  BOOST_TEST(failed(people(), Code::kDenied, "hours"));
  BOOST_TEST(!execute(handler, asked->proposal).has_value());
  BOOST_REQUIRE(execute(responsible, asked->proposal).has_value());
  const auto* entry = audit->last(CoreEvent::kEmergencyOpened);
  BOOST_TEST((entry->count == 60U));
  BOOST_TEST((entry->action.view() == "handler"));
  BOOST_TEST(people().has_value());
  BOOST_TEST(hours(handler)->emergencies.size() == 1U);
  // It is over by the wall's clock, and by the box's own.
  const auto then = clock.wall();
  clock.set_wall({then.ms + kHourMs});
  BOOST_TEST(failed(people(), Code::kDenied, "hours"));
  BOOST_TEST(hours(handler)->emergencies.empty());
  clock.set_wall(then);
  BOOST_TEST(people().has_value());
  core->facts.run_ms += kHourMs;
  BOOST_TEST(failed(people(), Code::kDenied, "hours"));
}

BOOST_AUTO_TEST_CASE(a_link_has_hours_of_its_own) {
  agree({row(bit(Role::kSubject), 9 * 60, 18 * 60, Zone::kCollection)});
  BOOST_TEST(core->is_open(Role::kSubject, Zone::kCollection));
  wall("2026-11-23T12:00:00.000Z");
  BOOST_TEST(!core->is_open(Role::kSubject, Zone::kCollection));
  BOOST_TEST(people().has_value());
  BOOST_TEST(failed(propose_hours(responsible, {row(bit(Role::kSubject), 0, 60)}), Code::kInvalid,
                    "roles"));
}

BOOST_AUTO_TEST_CASE(a_place_of_other_roles_is_no_place) {
  ipc::ProposeZones request;
  request.auth = responsible.auth();
  const auto block = [](std::string_view text, std::uint32_t roles) {
    return ipc::ZoneRow{ipc::Text<64>::literal(text), Zone::kHandling, roles};
  };
  request.rows = *ipc::List<ipc::ZoneRow, ipc::kZoneRowsMax>::from(
      {block("192.0.2.0/24", 0), block("192.0.2.128/25", bit(Role::kAuditor))});
  const auto made = ask(responsible.peer, std::move(request));
  BOOST_REQUIRE(made.has_value());
  BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
  BOOST_REQUIRE(execute(responsible, made->proposal).has_value());
  BOOST_TEST(people().has_value());
  handler.peer->address = *base::IpAddress::parse("192.0.2.200");
  handler.peer->placed = 0;
  BOOST_TEST(failed(people(), Code::kDenied, "access"));
  // Nor does a sign-in from there say that its password was right.
  User late{handler.login,
            *base::Secret<20>::from(handler.totp.read(base::secret_access())),
            peer_at("192.0.2.201"),
            {},
            {}};
  BOOST_TEST(failed(try_sign_in(late, password(), code(late)), Code::kDenied, "credentials"));
  BOOST_TEST((audit->last(CoreEvent::kSignInFailed)->error == base::Error{Code::kDenied, "zone"}));
  auditor.peer = peer_at("192.0.2.201");
  sign_in(auditor);
  // Who would shut his own role out is told so.
  ipc::ProposeZones wrong;
  wrong.auth = responsible.auth();
  wrong.rows = *ipc::List<ipc::ZoneRow, ipc::kZoneRowsMax>::from(
      {block("192.0.2.0/24", bit(Role::kAuditor))});
  BOOST_TEST(failed(ask(responsible.peer, std::move(wrong)), Code::kDenied, "lock_out"));
  ipc::ProposeZones nobody;
  nobody.auth = responsible.auth();
  nobody.rows = *ipc::List<ipc::ZoneRow, ipc::kZoneRowsMax>::from(
      {block("192.0.2.0/24", bit(Role::kOperator) | bit(Role::kResponsible))});
  BOOST_TEST(failed(ask(responsible.peer, std::move(nobody)), Code::kInvalid, "zones"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
