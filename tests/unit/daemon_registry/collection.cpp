// Requests, submissions, approval and disposal, on the pretended HSM of the fixture.
#include "tests/unit/daemon_registry/fixture.h"

namespace {

using fixture::AccountId;
using fixture::Code;
using fixture::DisposalId;
using fixture::kFamilies;
using fixture::PersonId;
using fixture::Purpose;
using fixture::ShelfId;
using fixture::World;
using registry::DisposalPhase;
using registry::ShelfState;

std::string many(int people) {
  std::string csv = "社員番号,氏名\n";
  for (int i = 0; i < people; ++i) csv += "M" + std::to_string(i) + ",標本\n";
  return csv;
}

BOOST_AUTO_TEST_SUITE(collection)

BOOST_AUTO_TEST_CASE(a_link_opens_its_request_until_it_is_used_revoked_or_over) {
  World world;
  world.import(kFamilies);
  const auto request = world.ask(world.id_of("E1"), {Purpose::kTax});
  const ipc::Digest link = world.people.request(request)->link;
  const auto error = [&](const ipc::Digest& token, std::int64_t now) {
    return registry::usable_request(world.people, token, {now}).error().code;
  };
  BOOST_TEST((registry::usable_request(world.people, link, {11}).value()->id == request));
  BOOST_TEST((error(fixture::digest_of("other"), 11) == Code::kNotFound));
  BOOST_TEST((error(link, 1010) == Code::kExpired));
  BOOST_TEST(registry::people_of(world.people, *world.people.request(request)).size() == 3U);
  world.send(request, {"1", "2", "3"});
  BOOST_TEST((error(link, 11) == Code::kUsed));
  BOOST_TEST((registry::revoke_request(world.people, request, AccountId{1}, {12}).error().code ==
              Code::kState));
  const auto other = world.ask(world.id_of("E2"), {Purpose::kTax});
  const ipc::Digest second = world.people.request(other)->link;
  world.commit(registry::revoke_request(world.people, other, AccountId{1}, {12}));
  BOOST_TEST((error(second, 13) == Code::kUsed));
}

BOOST_AUTO_TEST_CASE(requests_end_by_time_and_only_those_that_are_over) {
  World world;
  world.import(kFamilies);
  const auto early = world.ask(world.id_of("E2"), {Purpose::kTax}, {10});
  const auto late = world.ask(world.id_of("E3"), {Purpose::kTax}, {500});
  BOOST_TEST(registry::expire_requests(world.people, {1009}).empty());
  world.commit(registry::expire_requests(world.people, {1010}));
  BOOST_TEST((world.people.request(early)->state == registry::RequestState::kExpired));
  BOOST_TEST((world.people.request(late)->state == registry::RequestState::kOpen));
  BOOST_TEST((world.people.status(world.id_of("E2")) == base::CollectionStatus::kNotRequested));
}

BOOST_AUTO_TEST_CASE(wrong_passcodes_end_a_link) {
  World world;
  world.import(kFamilies);
  const auto request = world.ask(world.id_of("E2"), {Purpose::kTax});
  for (int i = 0; i < registry::kPasscodeFailuresMax; ++i) {
    BOOST_TEST((world.people.request(request)->state == registry::RequestState::kOpen));
    world.commit(registry::count_passcode_failure(world.people, request, {11}));
  }
  BOOST_TEST((world.people.request(request)->state == registry::RequestState::kRevoked));
}

BOOST_AUTO_TEST_CASE(who_can_be_asked) {
  World world;
  world.import(kFamilies);
  const auto tax = fixture::purposes({Purpose::kTax});
  BOOST_TEST(registry::people_to_ask(world.people, {}, tax, 100).people.size() == 3U);
  BOOST_TEST(registry::people_to_ask(world.people, {}, tax, 2).people.size() == 2U);
  world.ask(world.id_of("E1"), {Purpose::kTax});
  world.collect("E2", {"1"});
  const PersonId child = world.people.dependants_of(world.id_of("E1"))[0]->id;
  const std::vector<PersonId> all{world.id_of("E1"), world.id_of("E2"), child,
                                  PersonId{1},       world.id_of("E3"), world.id_of("E3")};
  const auto some = registry::people_to_ask(world.people, all, tax, 100);
  BOOST_TEST((some.people == std::vector<PersonId>{world.id_of("E3")}));
  BOOST_TEST(some.skipped == 5U);
  // For another purpose, E2 can be asked again.
  const auto more = fixture::purposes({Purpose::kTax, Purpose::kSocialInsurance});
  BOOST_TEST(registry::people_to_ask(world.people, {world.id_of("E2")}, more, 9).people.size() ==
             1U);
}

BOOST_AUTO_TEST_CASE(requests_with_bad_terms_are_refused) {
  World world;
  world.import(kFamilies);
  const auto refused = [&](std::string_view person, std::vector<Purpose> list,
                           std::int64_t expires) {
    return registry::create_requests(world.people, {{base::RequestId{1}, world.id_of(person), {}}},
                                     {.purposes = fixture::purposes(std::move(list)),
                                      .by = {},
                                      .now = {10},
                                      .expires_at = {expires}})
        .error()
        .code;
  };
  BOOST_TEST((refused("E1", {}, 20) == Code::kInvalid));
  BOOST_TEST((refused("E1", {Purpose::kIntake}, 20) == Code::kInvalid));
  BOOST_TEST((refused("E1", {Purpose::kTax, Purpose::kTax}, 20) == Code::kInvalid));
  BOOST_TEST((refused("E1", {Purpose::kTax}, 10) == Code::kInvalid));
  world.ask(world.id_of("E1"), {Purpose::kTax});
  BOOST_TEST((refused("E1", {Purpose::kTax}, 20) == Code::kConflict));
}

BOOST_AUTO_TEST_CASE(approval_puts_one_number_for_each_purpose_on_its_own_shelf) {
  World world;
  world.import(kFamilies);
  world.collect("E1", {"11", "12", "13"}, {Purpose::kTax, Purpose::kSocialInsurance});
  for (const registry::Person* person : world.people.dependants_of(world.id_of("E1"))) {
    const auto* tax = world.people.number(person->id, Purpose::kTax);
    const auto* social = world.people.number(person->id, Purpose::kSocialInsurance);
    BOOST_REQUIRE((tax != nullptr && social != nullptr));
    BOOST_TEST(World::unseal(tax->sealed) == World::unseal(social->sealed));
    BOOST_TEST((tax->shelf != social->shelf));
    BOOST_TEST(tax->version != social->version);
    BOOST_TEST((world.people.number(person->id, Purpose::kPaymentRecord) == nullptr));
  }
  BOOST_TEST(world.people.submissions(0, 10).total == 0U);
  std::uint32_t dead = 0;
  for (const registry::Shelf* shelf : world.people.shelves()) dead += shelf->dead;
  BOOST_TEST(dead == 3U);  // what was on the intake shelf
}

BOOST_AUTO_TEST_CASE(a_shelf_takes_no_more_than_its_people_and_says_how_many_are_missing) {
  World world(4);
  world.import(many(10));
  registry::Placer placer(world.people);
  for (int i = 0; i < 9; ++i) BOOST_TEST(!placer.place(registry::kFirm, Purpose::kTax).has_value());
  BOOST_TEST(
      (placer.missing() == std::vector<registry::ShelfNeed>{{registry::kFirm, Purpose::kTax, 3}}));
  for (int i = 0; i < 10; ++i) world.collect("M" + std::to_string(i), {"n" + std::to_string(i)});
  for (const registry::Shelf* shelf : world.people.shelves()) {
    BOOST_TEST(world.people.living_on(shelf->id) <= 4U);
    BOOST_TEST(world.people.numbers_on(shelf->id).size() ==
               (shelf->purpose == Purpose::kIntake ? 0 : world.people.living_on(shelf->id)));
  }
}

BOOST_AUTO_TEST_CASE(the_same_number_of_two_people_is_noticed_wherever_the_first_one_is) {
  World world;
  world.import(kFamilies);
  const auto duplicate = [&](base::SubmissionId id, std::size_t item) {
    return world.people.submission(id)->items[item].duplicate_of;
  };
  world.collect("E2", {"same"});
  const auto after_approval = world.send(world.ask(world.id_of("E3"), {Purpose::kTax}), {"same"});
  BOOST_TEST((duplicate(after_approval, 0) == world.id_of("E2")));
  const auto family = world.send(world.ask(world.id_of("E1"), {Purpose::kTax}), {"same", "x", "x"});
  BOOST_TEST(duplicate(family, 0).valid());  // E2's, or what E3 sent
  const auto children = world.people.dependants_of(world.id_of("E1"));
  BOOST_TEST((duplicate(family, 1) == children[1]->id));
  BOOST_TEST((duplicate(family, 2) == children[0]->id));
}

BOOST_AUTO_TEST_CASE(ones_own_number_sent_again_is_no_duplicate_and_the_old_one_dies) {
  World world;
  world.import(kFamilies);
  world.collect("E2", {"same"});
  const ShelfId old = world.people.number(world.id_of("E2"), Purpose::kTax)->shelf;
  const auto again = world.send(world.ask(world.id_of("E2"), {Purpose::kTax}), {"same"});
  BOOST_TEST(!world.people.submission(again)->items[0].duplicate_of.valid());
  world.approve(again);
  BOOST_TEST(world.people.shelf(old)->dead == 1U);
}

BOOST_AUTO_TEST_CASE(sending_is_refused_when_the_family_or_the_request_has_changed) {
  World world;
  world.import(kFamilies);
  const auto request = world.ask(world.id_of("E3"), {Purpose::kTax});
  const std::vector<PersonId> alone{world.id_of("E3")};
  BOOST_TEST((registry::plan_send(world.people, request, {}).error().code == Code::kInvalid));
  BOOST_TEST((registry::plan_send(world.people, request, {alone[0], alone[0]}).error().code ==
              Code::kInvalid));
  world.open(registry::plan_send(world.people, request, alone)->missing);
  const auto plan = registry::plan_send(world.people, request, alone).value();
  registry::SentItem item{
      World::seal(plan.places[0], "1"), World::tag(plan.places[0].shelf, "1"), {}};
  for (const ShelfId probe : plan.probe) item.probes.push_back(World::tag(probe, "1"));
  const auto send = [&](std::int64_t now) {
    return registry::send_numbers(world.people, request, plan, {item},
                                  {.id = base::SubmissionId{5}, .receipt = {}, .now = {now}});
  };
  BOOST_TEST(send(20).has_value());
  BOOST_TEST((send(2000).error().code == Code::kState));
  world.import("氏名,社員番号,扶養者社員番号\n例示　新人,,E3\n");
  BOOST_TEST((send(20).error().code == Code::kConflict));
  world.commit(registry::revoke_request(world.people, request, AccountId{1}, {12}));
  BOOST_TEST((send(20).error().code == Code::kState));
}

// Everything of the disposed is gone, everything of the others is there and still opens.
BOOST_AUTO_TEST_CASE(disposal_moves_survivors_and_forgets_the_rest) {
  World world(8);
  world.import(kFamilies);
  world.collect("E1", {"11", "12", "13"}, {Purpose::kTax, Purpose::kSocialInsurance});
  world.collect("E2", {"21"});
  const auto waiting = world.send(world.ask(world.id_of("E3"), {Purpose::kTax}), {"31"});
  const DisposalId id{5};
  world.commit(registry::propose_disposal(
      world.people, {.id = id, .people = {world.id_of("E1")}, .by = AccountId{1}, .now = {40}}));
  BOOST_TEST(world.people.disposal(id)->people.size() == 3U);  // with the dependants
  BOOST_TEST((registry::plan_reshelving(world.people, id).error().code == Code::kState));
  world.commit(registry::approve_disposal(world.people, id, AccountId{2}, {41}));
  BOOST_TEST((world.restarted().unfinished_disposal()->phase == DisposalPhase::kApproved));

  const auto plan = registry::plan_reshelving(world.people, id).value();
  BOOST_TEST(plan.size() == 3U);  // intake (dead numbers), tax, social insurance
  world.commit(registry::apply_reshelving(world.people, id, plan, world.reshelve(plan), {42}));
  BOOST_TEST(world.people.disposal(id)->numbers == 6U + 4U);
  BOOST_TEST(world.people.disposal(id)->shelves.size() == 3U);
  for (const auto& one : plan) {
    BOOST_TEST((world.people.shelf(one.from)->state == ShelfState::kRetiring));
    BOOST_TEST(world.people.living_on(one.from) == 0U);
  }
  BOOST_TEST((world.people.number(world.id_of("E1"), Purpose::kTax) == nullptr));
  BOOST_TEST((world.people.status(world.id_of("E1")) == base::CollectionStatus::kDisposed));
  const auto* survivor = world.people.number(world.id_of("E2"), Purpose::kTax);
  BOOST_TEST(World::unseal(survivor->sealed) == "21");
  BOOST_TEST((world.people.tagged(survivor->shelf, World::tag(survivor->shelf, "21")) ==
              world.id_of("E2")));
  BOOST_TEST((world.people.shelf(survivor->shelf)->state == ShelfState::kOpen));
  world.approve(waiting);  // from its new intake shelf
  BOOST_TEST(World::unseal(world.people.number(world.id_of("E3"), Purpose::kTax)->sealed) == "31");

  BOOST_TEST((registry::mark_done(world.people, id, 2, {}, {50}).error().code == Code::kState));
  world.commit(registry::mark_destroyed(world.people, id, 77, {43}));
  for (const auto& one : plan) {
    BOOST_TEST((world.people.shelf(one.from)->state == ShelfState::kGone));
  }
  world.commit(registry::mark_done(world.people, id, 2, {}, {44}));
  BOOST_TEST((world.people.unfinished_disposal() == nullptr));
}

BOOST_AUTO_TEST_CASE(a_plan_that_the_register_has_overtaken_is_refused) {
  World world(8);
  world.import(kFamilies);
  world.collect("E2", {"21"});
  world.collect("E3", {"31"});
  const DisposalId id{5};
  world.commit(registry::propose_disposal(
      world.people, {.id = id, .people = {world.id_of("E2")}, .by = {}, .now = {40}}));
  world.commit(registry::approve_disposal(world.people, id, {}, {41}));
  const auto plan = registry::plan_reshelving(world.people, id).value();
  const auto results = world.reshelve(plan);
  world.send(world.ask(world.id_of("E1"), {Purpose::kTax}), {"11", "12", "13"});
  BOOST_TEST((registry::apply_reshelving(world.people, id, plan, results, {42}).error().code ==
              Code::kConflict));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_disposed_of) {
  World world;
  world.import(kFamilies);
  const auto propose = [&](std::vector<PersonId> people, std::uint64_t id = 5) {
    return registry::propose_disposal(
        world.people, {.id = DisposalId{id}, .people = std::move(people), .by = {}, .now = {40}});
  };
  const auto error = [&](std::vector<PersonId> people) {
    return propose(std::move(people)).error().code;
  };
  BOOST_TEST((error({}) == Code::kInvalid));
  BOOST_TEST((error({PersonId{1}}) == Code::kNotFound));
  BOOST_TEST((error({world.id_of("E2")}) == Code::kState));  // holds nothing
  world.collect("E2", {"21"});
  world.collect("E3", {"31"});
  BOOST_TEST((error({world.id_of("E2"), world.id_of("E2")}) == Code::kInvalid));
  world.ask(world.id_of("E3"), {Purpose::kSocialInsurance});
  BOOST_TEST((error({world.id_of("E3")}) == Code::kState));  // is being asked
  world.commit(propose({world.id_of("E2")}));
  BOOST_TEST((propose({world.id_of("E2")}, 6).error().code == Code::kState));
  BOOST_TEST(registry::people_to_ask(world.people, {world.id_of("E2")},
                                     fixture::purposes({Purpose::kPaymentRecord}), 9)
                 .people.empty());
  world.commit(registry::cancel_disposal(world.people, DisposalId{5}));
  BOOST_TEST(propose({world.id_of("E2")}, 6).has_value());
  BOOST_TEST((registry::approve_disposal(world.people, DisposalId{5}, {}, {41}).error().code ==
              Code::kState));
}

BOOST_AUTO_TEST_CASE(leavers_who_hold_numbers_are_candidates_until_a_disposal_names_them) {
  World world;
  world.import(kFamilies);
  world.collect("E2", {"21"});
  world.commit(registry::set_leaving(world.people, world.id_of("E2"), base::Day{100}));
  world.commit(registry::set_leaving(world.people, world.id_of("E3"), base::Day{100}));
  BOOST_TEST(world.people.disposal_candidates(base::Day{100}, 9).empty());  // the day itself
  const auto found = world.people.disposal_candidates(base::Day{101}, 9);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST((found[0]->id == world.id_of("E2")));
  world.commit(registry::propose_disposal(
      world.people, {.id = DisposalId{5}, .people = {world.id_of("E2")}, .by = {}, .now = {40}}));
  BOOST_TEST(world.people.disposal_candidates_count(base::Day{101}) == 0U);
}

BOOST_AUTO_TEST_CASE(probing_covers_everybody_and_not_every_shelf) {
  World world;
  world.import(kFamilies);
  world.collect("E1", {"11", "12", "13"}, {Purpose::kTax, Purpose::kSocialInsurance});
  world.collect("E2", {"21"}, {Purpose::kSocialInsurance});
  const auto probes = world.people.shelves_to_probe(registry::kFirm);
  BOOST_TEST(probes.size() == 2U);  // tax for the family, social insurance for E2 only
  for (const std::string_view number : {"11", "12", "13", "21"}) {
    bool seen = false;
    for (const ShelfId shelf : probes) {
      seen = seen || world.people.tagged(shelf, World::tag(shelf, number)).valid();
    }
    BOOST_TEST(seen);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
