#include "daemon/registry/registry.h"

#include "tests/unit/daemon_registry/fixture.h"

namespace {

using fixture::AccountId;
using fixture::Code;
using fixture::CollectionStatus;
using fixture::kFamilies;
using fixture::PersonId;
using fixture::Purpose;
using fixture::World;
using registry::PeopleQuery;

std::string names(const registry::Page<registry::Person>& page) {
  std::string out = std::to_string(page.total) + ":";
  for (const registry::Person* person : page.rows) out += " " + person->name.str();
  return out;
}

std::uint32_t count(const World& world, CollectionStatus status) {
  return world.people.status_counts()[static_cast<std::size_t>(status)];
}

BOOST_AUTO_TEST_SUITE(registry_)

BOOST_AUTO_TEST_CASE(people_are_listed_by_number_with_dependants_after_their_head) {
  World world;
  world.import(kFamilies);
  BOOST_TEST(names(world.people.people({})) ==
             "5: 見本　一号 見本　小一 見本　小二 見本　二号 試験　三号");
  BOOST_TEST(names(world.people.people({.offset = 3, .limit = 1})) == "5: 見本　二号");
  BOOST_TEST(names(world.people.people({.offset = 9})) == "5:");
  BOOST_TEST(world.people.dependants_count(world.id_of("E1")) == 2);
}

BOOST_AUTO_TEST_CASE(search_finds_by_number_name_and_kana_in_any_writing) {
  World world;
  world.import(kFamilies);
  for (const std::string_view text :
       {"三号", "さんごう", "ｻﾝｺﾞｳ", "e3", "Ｅ３", "シケンサンゴウ", "試験 三"}) {
    BOOST_TEST(names(world.people.people({.text = text})) == "1: 試験　三号");
  }
  BOOST_TEST(names(world.people.people({.text = "見本", .limit = 2})) ==
             "4: 見本　一号 見本　小一");
  BOOST_TEST(names(world.people.people({.text = "三号シケン"})) == "0:");  // across two fields
  BOOST_TEST(names(world.people.people({.text = "　"})) == names(world.people.people({})));
}

BOOST_AUTO_TEST_CASE(filters_combine) {
  World world;
  world.import(kFamilies);
  BOOST_TEST(names(world.people.people({.group = "本社"})) == "2: 見本　一号 試験　三号");
  BOOST_TEST(names(world.people.people({.text = "見本", .group = "本社"})) == "1: 見本　一号");
  BOOST_TEST(names(world.people.people({.group = "no such"})) == "0:");
  BOOST_TEST(names(world.people.people({.kind = base::PersonKind::kDependant})) ==
             "2: 見本　小一 見本　小二");
  world.ask(world.id_of("E3"), {Purpose::kTax});
  BOOST_TEST(names(world.people.people({.status = CollectionStatus::kRequested})) ==
             "1: 試験　三号");
  BOOST_TEST(
      (world.people.groups(registry::kFirm) == std::vector<std::string_view>{"支店", "本社"}));
}

BOOST_AUTO_TEST_CASE(statuses_follow_from_the_records_and_are_counted) {
  World world;
  world.import(kFamilies);
  BOOST_TEST(count(world, CollectionStatus::kNotRequested) == 5U);
  const PersonId one = world.id_of("E1");
  const auto request = world.ask(one, {Purpose::kTax});
  BOOST_TEST(count(world, CollectionStatus::kRequested) == 3U);  // the family
  const auto first = world.send(request, {"1", "2", "3"});
  BOOST_TEST(count(world, CollectionStatus::kSubmitted) == 3U);
  world.commit(registry::return_submission(world.people, first, ipc::Text<200>::literal("again"),
                                           {.by = AccountId{1}, .now = {25}}));
  BOOST_TEST(count(world, CollectionStatus::kReturned) == 3U);
  world.approve(world.send(request, {"1", "2", "3"}));
  BOOST_TEST(count(world, CollectionStatus::kComplete) == 3U);
  const auto other = world.ask(world.id_of("E2"), {Purpose::kTax});
  world.commit(registry::decline_request(world.people, other, ipc::Text<200>::literal("no"), {30}));
  BOOST_TEST(count(world, CollectionStatus::kDeclined) == 1U);
  BOOST_TEST(world.people.person(world.id_of("E2"))->declined_reason.view() == "no");
  world.ask(world.id_of("E2"), {Purpose::kTax});
  BOOST_TEST(count(world, CollectionStatus::kDeclined) == 0U);
  BOOST_TEST(world.people.person(world.id_of("E2"))->declined_reason.empty());
}

BOOST_AUTO_TEST_CASE(a_change_that_is_dropped_leaves_no_trace) {
  World world;
  world.import(kFamilies);
  const auto before = world.people.status_counts();
  {
    auto change = registry::set_leaving(world.people, world.id_of("E1"), base::Day{20000});
    BOOST_TEST(change.has_value());
  }
  BOOST_TEST(!world.people.person(world.id_of("E1"))->leaving.has_value());
  BOOST_TEST(before == world.people.status_counts(), boost::test_tools::per_element());
  world.commit(registry::set_leaving(world.people, world.id_of("E1"), base::Day{20000}));
  BOOST_TEST(world.people.person(world.id_of("E1"))->leaving->days == 20000);
}

BOOST_AUTO_TEST_CASE(a_person_who_changes_number_name_and_group_is_found_by_the_new_ones_only) {
  World world;
  world.import(kFamilies);
  registry::Person changed = *world.people.person(world.id_of("E1"));
  changed.employee_no = ipc::Text<32>::literal("E9");
  changed.name = ipc::Name::literal("架空　九号");
  changed.group = ipc::Text<64>::literal("新設");
  registry::Change change;
  change.put(changed);
  world.commit(std::move(change));
  BOOST_TEST((world.people.person_by_number(registry::kFirm, "E1") == nullptr));
  BOOST_TEST(names(world.people.people({.text = "架空"})) == "1: 架空　九号");
  BOOST_TEST(names(world.people.people({.text = "一号"})) == "0:");
  BOOST_TEST(names(world.people.people({})) ==
             "5: 見本　二号 試験　三号 架空　九号 見本　小一 見本　小二");
  BOOST_TEST(world.people.people({.group = "新設"}).total == 1U);
}

BOOST_AUTO_TEST_CASE(contradictions_between_records_do_not_load) {
  World world;
  world.import(kFamilies);
  world.collect("E2", {"1"});
  const auto refused = [&](registry::Record record) {
    registry::Registry again;
    const auto opened =
        store::Store::open(world.kv, fixture::key(1), fixture::key(2),
                           [&](base::ByteSpan k, base::ByteSpan v) { return again.load(k, v); });
    BOOST_REQUIRE(opened.has_value());
    const auto loaded = again.load(registry::key_of(record), registry::encode_record(record));
    return !loaded.has_value() || !again.finish_load().has_value();
  };
  const registry::Number number = *world.people.number(world.id_of("E2"), Purpose::kTax);
  auto bad = number;
  bad.person = PersonId{1};
  BOOST_TEST(refused(bad));
  bad = number;
  bad.shelf = base::ShelfId{1};
  BOOST_TEST(refused(bad));
  bad = number;
  bad.purpose = Purpose::kPaymentRecord;  // on a shelf of another purpose
  BOOST_TEST(refused(bad));
  bad = number;
  bad.version = 99;  // never handed out
  BOOST_TEST(refused(bad));
  BOOST_TEST(!refused(number));
  registry::Person twin = *world.people.person(world.id_of("E3"));
  twin.id = PersonId{1};
  BOOST_TEST(refused(twin));  // the same employee number
  registry::Person orphan{.id = PersonId{2}};
  orphan.head = PersonId{3};
  BOOST_TEST(refused(orphan));
}

BOOST_AUTO_TEST_CASE(accounts_keep_logins_unique_and_enrolment_keys_findable) {
  World world;
  const auto make = [](std::uint64_t id, std::string_view login) {
    registry::Account account{.id = AccountId{id}};
    account.login = ipc::LoginName::literal(login);
    account.totp_secret = ipc::Secret<20>::from(base::as_bytes("sample secret")).value();
    account.enrolment_key = fixture::digest_of(login);
    return account;
  };
  world.commit(registry::create_account(world.people, make(1, "sample-b")));
  world.commit(registry::create_account(world.people, make(2, "sample-a")));
  BOOST_TEST((registry::create_account(world.people, make(3, "sample-a")).error().code ==
              Code::kDuplicate));
  BOOST_TEST((registry::create_account(world.people, make(1, "sample-c")).error().code ==
              Code::kConflict));
  BOOST_TEST(world.people.accounts()[0]->id.value == 2U);
  BOOST_TEST(world.people.account_by_enrolment(fixture::digest_of("sample-b"))->id.value == 1U);
  auto changed = registry::copy_of(*world.people.account(AccountId{1}));
  BOOST_TEST(changed.totp_secret.equals(world.people.account(AccountId{1})->totp_secret));
  changed.enrolment_key.reset();
  changed.failures = 3;
  world.commit(registry::update_account(world.people, std::move(changed)));
  BOOST_TEST(world.restarted().account_by_login("sample-b")->failures == 3);
  BOOST_TEST((world.people.account_by_enrolment(fixture::digest_of("sample-b")) == nullptr));
  auto renamed = registry::copy_of(*world.people.account(AccountId{1}));
  renamed.login = ipc::LoginName::literal("sample-z");
  BOOST_TEST(
      (registry::update_account(world.people, std::move(renamed)).error().code == Code::kInvalid));
}

BOOST_AUTO_TEST_CASE(settings_are_there_once_saved) {
  World world;
  BOOST_TEST((world.people.settings() == nullptr));
  world.commit(registry::save_settings({.firm = ipc::Name::literal("見本株式会社")}));
  world.commit(registry::save_settings({.firm = ipc::Name::literal("架空株式会社")}));
  BOOST_TEST(world.restarted().settings()->firm.view() == "架空株式会社");
}

BOOST_AUTO_TEST_CASE(versions_are_never_given_twice_even_after_a_seal_that_was_dropped) {
  World world;
  world.import(kFamilies);
  const PersonId two = world.id_of("E2");
  const std::uint32_t first = world.people.take_version(two);
  BOOST_TEST(world.people.take_version(two) == first + 1);
  world.collect("E2", {"1"});
  const std::uint32_t used = world.people.number(two, Purpose::kTax)->version;
  BOOST_TEST(used > first + 1);
  BOOST_TEST(world.restarted().take_version(two) > used);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
