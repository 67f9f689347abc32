#include "daemon/store/store.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "base/secret_access.h"
#include "daemon/store/memory_kv.h"

namespace {

using base::Code;
using base::Secret;
using store::Changes;
using store::KeyBytes;
using store::MemoryKv;
using store::Store;

Secret<32> key_of(std::uint8_t fill) {
  Secret<32> key;
  std::ranges::fill(key.fill(base::secret_access(), 32), fill);
  return key;
}
const Secret<32>& register_key() {
  static const Secret<32> key = key_of(1);
  return key;
}
const Secret<32>& state_key() {
  static const Secret<32> key = key_of(2);
  return key;
}

KeyBytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

base::LogPoint at(std::uint64_t size) { return {size, {}}; }

using Contents = std::map<std::string, std::string>;

base::Result<Contents> contents(MemoryKv& kv, const Secret<32>& state) {
  Contents out;
  TRY(Store::open(kv, register_key(), state, [&](base::ByteSpan key, base::ByteSpan value) {
    out[std::string(base::as_text(key))] = base::as_text(value);
    return base::Result<>{};
  }));
  return out;
}

Code open_error(MemoryKv& kv, const Secret<32>& state = state_key()) {
  const auto opened = contents(kv, state);
  BOOST_REQUIRE(!opened.has_value());
  return opened.error().code;
}

Changes put(std::string_view key, std::string_view value) {
  Changes changes;
  changes.puts.push_back({bytes(key), bytes(value)});
  return changes;
}

Store created(MemoryKv& kv) {
  auto made = Store::create(kv, register_key(), state_key(), 7, at(3));
  BOOST_REQUIRE(made.has_value());
  return *std::move(made);
}

// A store with `count` records a0, a1 ... of different contents and equal length.
Store filled(MemoryKv& kv, int count) {
  Store store = created(kv);
  Changes changes;
  for (int i = 0; i < count; ++i) {
    changes.puts.push_back({bytes("a" + std::to_string(i)), bytes("value " + std::to_string(i))});
  }
  BOOST_REQUIRE(store.commit(std::move(changes), at(4)).has_value());
  return store;
}

BOOST_AUTO_TEST_SUITE(store_)

BOOST_AUTO_TEST_CASE(what_was_committed_is_there_again_and_nothing_of_it_is_readable_on_disk) {
  MemoryKv kv;
  BOOST_TEST(!Store::epoch_of(kv).value().has_value());
  {
    Store store = created(kv);
    Changes changes = put("p1", "a secret name");
    changes.puts.push_back({bytes("p2"), bytes("")});
    BOOST_TEST(store.commit(std::move(changes), at(9)).has_value());
    BOOST_TEST(
        (store.state() == store::State{.epoch = 7, .revision = 2, .log = at(9), .records = 2}));
  }
  BOOST_TEST(Store::epoch_of(kv).value().value() == 7U);
  BOOST_TEST((contents(kv, state_key()).value() == Contents{{"p1", "a secret name"}, {"p2", ""}}));
  for (const auto& [key, stored] : kv.items()) {
    BOOST_TEST(base::as_text(stored.value).find("secret") == std::string_view::npos);
  }
}

BOOST_AUTO_TEST_CASE(replacing_and_erasing_keep_the_digest_right) {
  MemoryKv kv;
  Store store = filled(kv, 3);
  BOOST_TEST(store.commit(put("a1", "another"), at(5)).has_value());
  Changes erase;
  erase.erases.push_back(bytes("a0"));
  BOOST_TEST(store.commit(std::move(erase), at(6)).has_value());
  BOOST_TEST(store.state().records == 2U);
  BOOST_TEST((contents(kv, state_key()).value() == Contents{{"a1", "another"}, {"a2", "value 2"}}));
}

BOOST_AUTO_TEST_CASE(the_same_value_is_never_sealed_to_the_same_bytes) {
  MemoryKv kv;
  Store store = filled(kv, 1);
  const auto first = kv.items().at(bytes("a0")).value;
  BOOST_TEST(store.commit(put("a0", "value 0"), at(5)).has_value());
  BOOST_TEST(first != kv.items().at(bytes("a0")).value);
}

BOOST_AUTO_TEST_CASE(a_store_is_created_only_where_there_is_none) {
  MemoryKv kv;
  created(kv);
  BOOST_TEST(
      (Store::create(kv, register_key(), state_key(), 8, at(0)).error().code == Code::kConflict));
  MemoryKv odd;
  BOOST_TEST(
      odd.commit({.conditions = {}, .puts = {{bytes("x"), bytes("y")}}, .erases = {}}).has_value());
  BOOST_TEST(
      (Store::create(odd, register_key(), state_key(), 8, at(0)).error().code == Code::kCorrupt));
  BOOST_TEST((open_error(odd) == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(a_flip_of_any_bit_of_any_stored_value_is_refused) {
  MemoryKv kv;
  filled(kv, 3);
  const MemoryKv::Items honest = kv.items();
  int refused = 0;
  for (const auto& [key, stored] : honest) {
    for (std::size_t bit = 0; bit < stored.value.size() * 8; ++bit) {
      kv.items() = honest;
      kv.items()[key].value[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      refused += open_error(kv) == Code::kCorrupt ? 1 : 0;
      BOOST_REQUIRE_EQUAL(refused > 0, true);
    }
  }
  BOOST_TEST(refused > 1000);
  kv.items() = honest;
  BOOST_TEST(contents(kv, state_key()).has_value());
}

BOOST_AUTO_TEST_CASE(moved_swapped_dropped_added_and_cut_records_are_refused) {
  MemoryKv kv;
  filled(kv, 4);
  const MemoryKv::Items honest = kv.items();
  const auto tampered = [&](const std::function<void(MemoryKv::Items&)>& tamper) {
    kv.items() = honest;
    tamper(kv.items());
    return open_error(kv) == Code::kCorrupt;
  };
  BOOST_TEST(tampered([](auto& items) { std::swap(items[bytes("a0")], items[bytes("a1")]); }));
  BOOST_TEST(tampered([](auto& items) { items[bytes("a0")] = items[bytes("a1")]; }));
  BOOST_TEST(tampered([](auto& items) { items[bytes("a9")] = items[bytes("a1")]; }));
  BOOST_TEST(tampered([](auto& items) {
    items[bytes("a9")] = items[bytes("a1")];
    items.erase(bytes("a1"));
  }));
  BOOST_TEST(tampered([](auto& items) { items.erase(bytes("a3")); }));
  BOOST_TEST(tampered([](auto& items) { items[bytes("\x7f")] = items[bytes("a1")]; }));
  BOOST_TEST(tampered([](auto& items) { items[bytes("a2")].value.clear(); }));
  BOOST_TEST(tampered([](auto& items) { items[bytes("a2")].value.pop_back(); }));
  BOOST_TEST(tampered([](auto& items) { items[bytes("a2")].value.push_back(0); }));
  BOOST_TEST(tampered([](auto& items) {
    for (auto item = items.begin(); item != items.end();) {
      item = item->first[0] == 'a' ? items.erase(item) : std::next(item);
    }
  }));
}

BOOST_AUTO_TEST_CASE(an_older_version_of_one_record_is_refused) {
  MemoryKv kv;
  Store store = filled(kv, 2);
  const store::Versioned old = kv.items().at(bytes("a0"));
  BOOST_TEST(store.commit(put("a0", "newer"), at(5)).has_value());
  kv.items()[bytes("a0")] = old;
  BOOST_TEST((open_error(kv) == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(an_older_state_with_newer_records_is_refused) {
  MemoryKv kv;
  Store store = filled(kv, 2);
  const MemoryKv::Items before = kv.items();
  BOOST_TEST(store.commit(put("a5", "more"), at(5)).has_value());
  for (const auto& [key, stored] : before) {
    if (key[0] != 'a') kv.items()[key] = stored;
  }
  BOOST_TEST((open_error(kv) == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(neither_key_opens_the_other_ones_store) {
  MemoryKv kv;
  filled(kv, 2);
  BOOST_TEST((open_error(kv, key_of(3)) == Code::kCorrupt));
  const auto wrong =
      Store::open(kv, key_of(3), state_key(), [](auto, auto) { return base::Result<>{}; });
  BOOST_TEST((wrong.error().code == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(after_a_new_epoch_only_the_new_key_opens_and_an_old_copy_does_not) {
  MemoryKv kv;
  Store store = filled(kv, 2);
  const MemoryKv::Items old_copy = kv.items();
  const std::uint64_t commits = kv.commits();
  const Secret<32> next = key_of(4);
  BOOST_TEST((store.set_epoch(7, next).error().code == Code::kInvalid));
  BOOST_TEST(store.set_epoch(8, next).has_value());
  BOOST_TEST(kv.commits() == commits + 2);  // both meta pages
  BOOST_TEST(store.commit(put("a0", "later"), at(6)).has_value());
  BOOST_TEST(Store::epoch_of(kv).value().value() == 8U);
  BOOST_TEST((open_error(kv, state_key()) == Code::kCorrupt));
  BOOST_TEST(contents(kv, next).value().at("a0") == "later");
  kv.items() = old_copy;
  BOOST_TEST((open_error(kv, next) == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(an_epoch_written_into_the_state_by_hand_is_refused) {
  MemoryKv kv;
  filled(kv, 1);
  for (auto& [key, stored] : kv.items()) {
    if (key[0] == 1) stored.value[1] ^= 1;  // the epoch's lowest byte
  }
  BOOST_TEST(Store::epoch_of(kv).value().value() == 6U);
  BOOST_TEST((open_error(kv) == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(what_must_survive_one_meta_page_is_committed_twice) {
  MemoryKv kv;
  Store store = filled(kv, 1);
  const std::uint64_t commits = kv.commits();
  BOOST_TEST(store.commit(put("a1", "x"), at(5), Store::Pages::kBoth).has_value());
  BOOST_TEST(kv.commits() == commits + 2);
  BOOST_TEST(store.state().revision == 4U);
  BOOST_TEST(contents(kv, state_key()).value().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_full_store_refuses_and_goes_on) {
  MemoryKv kv;
  Store store = filled(kv, 1);
  const store::State before = store.state();
  kv.fail_next(MemoryKv::Fault::kFull);
  BOOST_TEST((store.commit(put("a1", "x"), at(5)).error().code == Code::kFull));
  BOOST_TEST((store.state() == before));
  BOOST_TEST(!store.poisoned());
  kv.fail_next(MemoryKv::Fault::kFull);
  BOOST_TEST((store.set_epoch(9, key_of(4)).error().code == Code::kFull));
  BOOST_TEST(store.commit(put("a1", "y"), at(5)).has_value());
  BOOST_TEST(contents(kv, state_key()).value().at("a1") == "y");
}

BOOST_AUTO_TEST_CASE(after_an_unknown_outcome_everything_is_refused_and_either_outcome_opens) {
  for (const auto fault : {MemoryKv::Fault::kLostUnknown, MemoryKv::Fault::kDoneUnknown}) {
    MemoryKv kv;
    Store store = filled(kv, 1);
    kv.fail_next(fault);
    BOOST_TEST((store.commit(put("a1", "x"), at(5)).error().code == Code::kIo));
    BOOST_TEST(store.poisoned());
    kv.reopen();
    BOOST_TEST((store.commit(put("a2", "x"), at(6)).error().code == Code::kIo));
    BOOST_TEST((store.set_epoch(9, key_of(4)).error().code == Code::kIo));
    const std::size_t expected = fault == MemoryKv::Fault::kDoneUnknown ? 2 : 1;
    BOOST_TEST(contents(kv, state_key()).value().size() == expected);
  }
}

BOOST_AUTO_TEST_CASE(somebody_elses_commit_between_ours_stops_us) {
  MemoryKv kv;
  Store one = filled(kv, 1);
  auto two =
      Store::open(kv, register_key(), state_key(), [](auto, auto) { return base::Result<>{}; });
  BOOST_TEST(one.commit(put("a1", "x"), at(5)).has_value());
  BOOST_TEST((two->commit(put("a1", "y"), at(5)).error().code == Code::kConflict));
  BOOST_TEST(two->poisoned());
  BOOST_TEST(contents(kv, state_key()).value().at("a1") == "x");
}

BOOST_AUTO_TEST_CASE(malformed_changes_are_refused_whole) {
  MemoryKv kv;
  Store store = filled(kv, 1);
  const auto refused = [&](Changes changes) {
    return store.commit(std::move(changes), at(5)).error().code;
  };
  Changes twice = put("b", "1");
  twice.puts.push_back({bytes("b"), bytes("2")});
  BOOST_TEST((refused(std::move(twice)) == Code::kInvalid));
  Changes both = put("a0", "1");
  both.erases.push_back(bytes("a0"));
  BOOST_TEST((refused(std::move(both)) == Code::kInvalid));
  Changes absent = put("b", "1");
  absent.erases.push_back(bytes("c"));
  BOOST_TEST((refused(std::move(absent)) == Code::kNotFound));
  BOOST_TEST((refused(put("\x01s", "1")) == Code::kInvalid));
  BOOST_TEST((refused(put("", "1")) == Code::kInvalid));
  BOOST_TEST((refused(put(std::string(65, 'a'), "1")) == Code::kInvalid));
  BOOST_TEST((refused(put("b", std::string(store::kValueMax, 'x'))) == Code::kInvalid));
  BOOST_TEST(contents(kv, state_key()).value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_visitor_that_refuses_stops_the_opening) {
  MemoryKv kv;
  filled(kv, 2);
  const auto opened = Store::open(
      kv, register_key(), state_key(),
      [](auto, auto) -> base::Result<> { return base::fail(Code::kCorrupt, "person"); });
  BOOST_TEST((opened.error() == base::Error{Code::kCorrupt, "person"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
