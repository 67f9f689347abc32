#include <boost/test/unit_test.hpp>

#include "tests/unit/audit_process/fixture.h"

namespace {

using base::AuditEvent;
using base::Code;
using base::PersonId;
using base::Purpose;
using base::ShelfId;
using base::TenantId;
using tests::actor;
using tests::place;

struct Fixture : tests::ServiceFixture {
  Fixture() { operational(); }
  ipc::MoveNumbers move(const ipc::NumberPlace& from, const ipc::NumberPlace& to,
                        const ipc::SealedNumber& sealed) {
    ipc::MoveNumbers request;
    request.actor = actor();
    BOOST_REQUIRE(request.items.push({from, sealed, to}).has_value());
    return request;
  }
  ipc::NumberPlace intake(std::uint64_t person) { return place(person, Purpose::kIntake, 1); }
  Code refusal(ipc::MoveNumbers request) {
    const auto moved = ask(std::move(request));
    BOOST_REQUIRE(!moved.has_value());
    return moved.error().code;
  }
};

BOOST_FIXTURE_TEST_SUITE(handle_numbers, Fixture)

BOOST_AUTO_TEST_CASE(a_number_goes_from_intake_to_its_purpose_and_is_revealed_there) {
  const auto sent = seal(intake(5));
  const auto moved = ask(move(intake(5), place(5), sent));
  BOOST_REQUIRE(moved.has_value());
  BOOST_TEST(reveal(grant({5}), 5, moved->items[0].sealed).has_value());
  BOOST_TEST(count(AuditEvent::kSealIntent) == 1U);
  BOOST_TEST(count(AuditEvent::kSealDone) == 1U);
  const auto intents = entries(AuditEvent::kMoveIntent);
  BOOST_REQUIRE(intents.size() == 1U);
  BOOST_TEST((intents[0].shelf == ShelfId{1} && intents[0].shelf_to == ShelfId{2}));
  BOOST_TEST(entries(AuditEvent::kMoveDone)[0].of == intents[0].n);
}

BOOST_AUTO_TEST_CASE(only_intake_to_purpose_of_the_same_person_and_tenant) {
  const auto sent = seal(intake(5));
  hsm.asked.clear();
  BOOST_TEST((refusal(move(place(5), place(5), sent)) == Code::kDenied));
  BOOST_TEST((refusal(move(intake(5), intake(5), sent)) == Code::kDenied));
  BOOST_TEST((refusal(move(intake(5), place(6), sent)) == Code::kDenied));
  auto other = place(5);
  other.tenant = TenantId{2};
  BOOST_TEST((refusal(move(intake(5), other, sent)) == Code::kDenied));
  BOOST_TEST(
      (refusal(move(intake(5), place(5, Purpose::kSocialInsurance), sent)) == Code::kMismatch));
  BOOST_TEST((refusal(move(intake(5), place(5, Purpose::kTax, 9), sent)) == Code::kNotFound));
  BOOST_TEST((refusal({}) == Code::kMissing));
  BOOST_TEST(hsm.asked.empty());
  BOOST_TEST(count(AuditEvent::kMoveIntent) == 0U);
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_hsm_is_the_outcome) {
  const auto sent = seal(intake(5));
  hsm.fail_next = base::Error{Code::kIo, "token"};
  BOOST_TEST((refusal(move(intake(5), place(5), sent)) == Code::kIo));
  BOOST_TEST(count(AuditEvent::kMoveFailed) == 1U);
}

BOOST_AUTO_TEST_CASE(items_of_one_person_share_an_entry_with_a_count) {
  BOOST_REQUIRE(ask(ipc::CreateShelf{TenantId{1}, Purpose::kSocialInsurance, ShelfId{3}}));
  ipc::SealNumbers request;
  request.actor = actor();
  request.ref = 77;
  BOOST_REQUIRE(request.items.push({place(5), digits()}).has_value());
  BOOST_REQUIRE(request.items.push({place(5, Purpose::kSocialInsurance, 3), digits()}).has_value());
  BOOST_REQUIRE(request.items.push({place(6), digits()}).has_value());
  BOOST_REQUIRE(ask(std::move(request)).has_value());
  const auto intents = entries(AuditEvent::kSealIntent);
  BOOST_REQUIRE(intents.size() == 2U);
  BOOST_TEST((intents[0].person == PersonId{5} && intents[0].count == 2U && !intents[0].purpose));
  BOOST_TEST((intents[1].person == PersonId{6} && intents[1].count == 1U));
  BOOST_TEST((intents[1].purpose == Purpose::kTax && intents[1].ref == 77U));
}

BOOST_AUTO_TEST_CASE(tags_of_another_tenant_are_not_told) {
  BOOST_REQUIRE(ask(ipc::CreateShelf{TenantId{2}, Purpose::kTax, ShelfId{4}}));
  ipc::SealNumbers request;
  request.actor = actor();
  BOOST_REQUIRE(request.items.push({place(5), digits()}).has_value());
  BOOST_REQUIRE(request.probe.push(ShelfId{4}).has_value());
  BOOST_TEST((ask(std::move(request)).error() == base::Error{Code::kMismatch, "probe"}));
}

BOOST_AUTO_TEST_CASE(survivors_are_reshelved_and_the_rest_dies_with_its_key) {
  const auto survivor = seal(place(5));
  const auto leaver = seal(place(6));
  BOOST_REQUIRE(ask(ipc::CreateShelf{TenantId{1}, Purpose::kTax, ShelfId{3}}));
  ipc::Reshelve request;
  request.actor = actor();
  request.ref = 9;
  request.tenant = TenantId{1};
  request.from = ShelfId{2};
  request.to = ShelfId{3};
  BOOST_REQUIRE(request.items.push({PersonId{5}, 1, survivor}).has_value());
  const auto moved = ask(std::move(request));
  BOOST_REQUIRE(moved.has_value());
  ipc::DestroyShelves destroy;
  destroy.actor = actor();
  destroy.ref = 9;
  BOOST_REQUIRE(destroy.shelves.push(ShelfId{2}).has_value());
  const auto gone = ask(destroy);
  BOOST_REQUIRE(gone.has_value());
  const auto entry = entries(AuditEvent::kKeyGone);
  BOOST_REQUIRE(entry.size() == 1U);
  BOOST_TEST((entry[0].n == gone->index && entry[0].shelf == ShelfId{2} && entry[0].ref == 9U));
  BOOST_TEST((entry[0].t == gone->at));
  BOOST_TEST((reveal(grant({6}), 6, leaver).error().code == Code::kNotFound));
  auto where = place(5, Purpose::kTax, 3);
  BOOST_TEST(
      ask(ipc::RevealNumber{actor(), grant({5}), where, moved->items[0].sealed}).has_value());
  BOOST_TEST(ask(destroy).has_value());
  BOOST_TEST(count(AuditEvent::kKeyGone) == 2U);
}

BOOST_AUTO_TEST_CASE(reshelving_stays_within_tenant_and_purpose) {
  BOOST_REQUIRE(ask(ipc::CreateShelf{TenantId{2}, Purpose::kTax, ShelfId{3}}));
  ipc::Reshelve request;
  request.actor = actor();
  request.tenant = TenantId{1};
  request.from = ShelfId{2};
  request.to = ShelfId{3};
  BOOST_TEST((ask(request).error().code == Code::kMismatch));
  request.to = ShelfId{1};
  BOOST_TEST((ask(request).error().code == Code::kMismatch));
  request.to = ShelfId{2};
  BOOST_TEST((ask(request).error().code == Code::kInvalid));
}

BOOST_AUTO_TEST_CASE(a_destruction_that_fails_is_no_certificate) {
  ipc::DestroyShelves destroy;
  destroy.actor = actor();
  BOOST_REQUIRE(destroy.shelves.push(ShelfId{2}).has_value());
  hsm.fail_next = base::Error{Code::kCorrupt, "key"};
  BOOST_TEST((ask(destroy).error().code == Code::kCorrupt));
  BOOST_TEST(count(AuditEvent::kKeyGone) == 0U);
  BOOST_TEST(count(AuditEvent::kDestroyFailed) == 1U);
}

BOOST_AUTO_TEST_CASE(a_shelf_is_made_once_and_salts_are_bound_to_it) {
  const auto made = ask(ipc::CreateShelf{TenantId{1}, Purpose::kTax, ShelfId{3}});
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST((ask(ipc::CreateShelf{TenantId{1}, Purpose::kTax, ShelfId{3}}).error().code ==
              Code::kConflict));
  ipc::LoadShelves load;
  BOOST_REQUIRE(load.shelves.push({TenantId{1}, Purpose::kTax, ShelfId{3}, made->sealed_salt}));
  BOOST_TEST(ask(load).has_value());
  load.shelves[0].purpose = Purpose::kSocialInsurance;
  BOOST_TEST((ask(load).error().code == Code::kCorrupt));
  load.shelves[0].shelf = ShelfId{8};
  BOOST_TEST((ask(load).error().code == Code::kNotFound));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
