// Every state with every cause, against a table that is written from the requirements and not from
// the product's.
#include "policy/states.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace {

using base::State;
using policy::Cause;

// U L O S F, in the order of State; a dot: nothing happens.
struct Row {
  Cause cause;
  const char* from_unprovisioned_locked_operational_sealed_failed;
};
constexpr Row kRows[] = {
    {Cause::kSetUp, "O...."},          {Cause::kSetUpUnfinished, ".U.U."},
    {Cause::kSetUpFound, "L...."},     {Cause::kUnlocked, ".O..."},
    {Cause::kUnsealed, "...O."},       {Cause::kRejoined, ".O..."},
    {Cause::kOperatorSealed, ".SS.."}, {Cause::kCoverOpened, ".SS.."},
    {Cause::kButtonPressed, ".SS.."},  {Cause::kWatcherSilent, ".SS.."},
    {Cause::kClockSetBack, "..S.."},   {Cause::kFoundSealed, ".S..."},
    {Cause::kHsmLost, "..L.."},        {Cause::kDisagreement, "FFFF."},
};
constexpr std::string_view kLetters = "ULOSF";

template <class E, class Check>
void for_each(Check check) {
  for (unsigned i = 0; i <= static_cast<unsigned>(E::kLast); ++i) check(static_cast<E>(i));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(states)

BOOST_AUTO_TEST_CASE(every_state_with_every_cause) {
  BOOST_TEST(std::size(kRows) == static_cast<std::size_t>(Cause::kLast) + 1);
  for (const Row& row : kRows) {
    for_each<State>([&](State from) {
      const char wanted =
          row.from_unprovisioned_locked_operational_sealed_failed[static_cast<std::size_t>(from)];
      const auto to = policy::next(from, row.cause);
      const char found = to ? kLetters.at(static_cast<std::size_t>(*to)) : '.';
      BOOST_TEST(found == wanted, name(from) << " " << name(row.cause));
    });
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_cause_does_nothing) {
  const auto none = static_cast<Cause>(255);
  BOOST_TEST(!policy::seals(none));
  for_each<State>([&](State from) { BOOST_TEST(!policy::next(from, none).has_value()); });
}

BOOST_AUTO_TEST_CASE(only_a_person_opens_what_is_sealed) {
  for_each<Cause>([](Cause cause) {
    if (policy::next(State::kSealed, cause) == State::kOperational) {
      BOOST_TEST((cause == Cause::kUnsealed), name(cause));
    }
  });
}

BOOST_AUTO_TEST_CASE(nothing_leaves_failed) {
  for_each<Cause>(
      [](Cause cause) { BOOST_TEST(!policy::next(State::kFailed, cause).has_value()); });
}

BOOST_AUTO_TEST_CASE(what_seals_never_opens_and_works_wherever_keys_are_in_memory) {
  for_each<Cause>([](Cause cause) {
    if (!policy::seals(cause)) return;
    BOOST_TEST((policy::next(State::kOperational, cause) == State::kSealed), name(cause));
    for_each<State>([&](State from) {
      BOOST_TEST((policy::next(from, cause) != State::kOperational), name(cause));
    });
  });
}

BOOST_AUTO_TEST_CASE(names_are_distinct) {
  std::set<std::string> seen;
  for_each<Cause>([&](Cause cause) { BOOST_TEST(seen.insert(std::string(name(cause))).second); });
  BOOST_TEST(!seen.contains("unknown"));
}

BOOST_AUTO_TEST_SUITE_END()
