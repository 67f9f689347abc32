// A register on a store in memory, with a pretence of the HSM: sealing is concatenation, a
// duplicate tag is a digest of shelf and number. Every commit is followed by opening the store anew
// and comparing, so that what is in memory is always what a restart would find.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

#include "base/secret_access.h"
#include "daemon/registry/accounts.h"
#include "daemon/registry/disposals.h"
#include "daemon/registry/people.h"
#include "daemon/registry/requests.h"
#include "daemon/registry/submissions.h"
#include "daemon/store/memory_kv.h"

namespace fixture {

using base::AccountId;
using base::Code;
using base::CollectionStatus;
using base::Day;
using base::DisposalId;
using base::PersonId;
using base::Purpose;
using base::RequestId;
using base::ShelfId;
using base::SubmissionId;
using base::WallTime;
using registry::Change;
using registry::Registry;

inline base::Secret<32> key(std::uint8_t fill) {
  base::Secret<32> out;
  std::ranges::fill(out.fill(base::secret_access(), 32), fill);
  return out;
}

inline ipc::Digest digest_of(std::string_view text) {
  return store::mac(key(9), base::as_bytes(text)).value();
}

inline ipc::List<Purpose, ipc::kPurposesMax> purposes(std::vector<Purpose> list) {
  return ipc::List<Purpose, ipc::kPurposesMax>::from(std::move(list)).value();
}

template <class T>
std::string why(const base::Result<T>& result) {
  return result ? "" : std::string(result.error().field.view());
}

struct World {
  store::MemoryKv kv;
  std::uint64_t last_id = 100;
  Registry people;
  std::optional<store::Store> disk;
  registry::Cp932 cp932 = registry::Cp932::open().value();

  explicit World(std::uint32_t shelf_size = 4)
      : people({.shelf_size = shelf_size, .new_id = [this] { return ++last_id; }}) {
    BOOST_REQUIRE(people.finish_load().has_value());
    disk.emplace(store::Store::create(kv, key(1), key(2), 1, {}).value());
  }

  void commit(Change change) {
    BOOST_REQUIRE(disk->commit(change.writes(), disk->state().log).has_value());
    people.apply(std::move(change));
    same_after_restart();
  }
  void commit(base::Result<Change> change) {
    BOOST_REQUIRE_MESSAGE(change.has_value(), why(change));
    commit(*std::move(change));
  }

  Registry restarted() {
    Registry again({.shelf_size = people.shelf_size(), .new_id = {}});
    const auto opened = store::Store::open(
        kv, key(1), key(2), [&](base::ByteSpan k, base::ByteSpan v) { return again.load(k, v); });
    BOOST_REQUIRE_MESSAGE(opened.has_value(), why(opened));
    BOOST_REQUIRE(again.finish_load().has_value());
    return again;
  }

  // What the indexes derive must not depend on how the register came to be.
  void same_after_restart() {
    const Registry again = restarted();
    BOOST_TEST(again.status_counts() == people.status_counts(), boost::test_tools::per_element());
    const auto a = again.people({.limit = 1000});
    const auto b = people.people({.limit = 1000});
    BOOST_REQUIRE(a.rows.size() == b.rows.size());
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      BOOST_TEST((a.rows[i]->id == b.rows[i]->id));
      BOOST_TEST((again.status(a.rows[i]->id) == people.status(b.rows[i]->id)));
    }
    BOOST_TEST((again.groups(registry::kFirm) == people.groups(registry::kFirm)));
    BOOST_TEST(
        (again.shelves_to_probe(registry::kFirm) == people.shelves_to_probe(registry::kFirm)));
    for (const registry::Shelf* shelf : people.shelves()) {
      BOOST_TEST(again.living_on(shelf->id) == people.living_on(shelf->id));
      BOOST_TEST(again.shelf(shelf->id)->dead == shelf->dead);
    }
  }

  registry::Roster parse(std::string_view csv) { return parse_roster(cp932, base::as_bytes(csv)); }
  void import(std::string_view csv) {
    const registry::Roster roster = parse(csv);
    auto import = registry::import_roster(people, roster, {1});
    BOOST_REQUIRE(import.has_value());
    commit(std::move(import->change));
  }
  PersonId id_of(std::string_view employee_no) {
    const registry::Person* person = people.person_by_number(registry::kFirm, employee_no);
    BOOST_REQUIRE(person != nullptr);
    return person->id;
  }

  static ipc::SealedNumber seal(const ipc::NumberPlace& place, std::string_view number) {
    const std::string text = base::to_text(place.shelf) + std::string(number);
    return ipc::SealedNumber::from(base::as_bytes(text)).value();
  }
  static std::string unseal(const ipc::SealedNumber& sealed) {
    return std::string(base::as_text(sealed.view()).substr(16));
  }
  static ipc::DuplicateTag tag(ShelfId shelf, std::string_view number) {
    return digest_of(base::to_text(shelf) + std::string(number));
  }

  void open(const std::vector<registry::ShelfNeed>& missing) {
    for (const registry::ShelfNeed& need : missing) {
      for (std::uint32_t i = 0; i < need.count; ++i) {
        commit(registry::open_shelf(people, need, ShelfId{++last_id}, {}, {1}));
      }
    }
  }

  RequestId ask(PersonId person, std::vector<Purpose> list, WallTime now = {10}) {
    const RequestId id{++last_id};
    commit(registry::create_requests(people, {{id, person, digest_of("link" + base::to_text(id))}},
                                     {.purposes = purposes(std::move(list)),
                                      .by = AccountId{7},
                                      .now = now,
                                      .expires_at = {now.ms + 1000}}));
    return id;
  }

  // Sends `numbers` for the request's people in their order.
  SubmissionId send(RequestId request, const std::vector<std::string>& numbers) {
    std::vector<PersonId> whom;
    for (const auto* person : registry::people_of(people, *people.request(request))) {
      whom.push_back(person->id);
    }
    auto plan = registry::plan_send(people, request, whom);
    BOOST_REQUIRE(plan.has_value());
    if (!plan->missing.empty()) {
      open(plan->missing);
      plan = registry::plan_send(people, request, whom);
    }
    BOOST_REQUIRE(plan->places.size() == numbers.size());
    std::vector<registry::SentItem> items;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      registry::SentItem item{
          seal(plan->places[i], numbers[i]), tag(plan->places[i].shelf, numbers[i]), {}};
      for (const ShelfId probe : plan->probe) item.probes.push_back(tag(probe, numbers[i]));
      items.push_back(std::move(item));
    }
    const SubmissionId id{++last_id};
    commit(registry::send_numbers(people, request, *plan, items,
                                  {.id = id, .receipt = {}, .now = {20}}));
    return id;
  }

  std::vector<ipc::MoveNumbers::Moved> move(const registry::ApprovalPlan& plan) {
    std::vector<ipc::MoveNumbers::Moved> moved;
    for (const auto& item : plan.moves) {
      const std::string number = unseal(item.sealed);
      moved.push_back({seal(item.to, number), tag(item.to.shelf, number)});
    }
    return moved;
  }
  void approve(SubmissionId submission) {
    auto plan = registry::plan_approval(people, submission);
    BOOST_REQUIRE(plan.has_value());
    if (!plan->missing.empty()) {
      open(plan->missing);
      plan = registry::plan_approval(people, submission);
    }
    commit(registry::approve_submission(people, submission, *plan, move(*plan),
                                        {.by = AccountId{8}, .now = {30}}));
  }
  // The whole way in.
  void collect(std::string_view employee_no, const std::vector<std::string>& numbers,
               std::vector<Purpose> list = {Purpose::kTax}) {
    approve(send(ask(id_of(employee_no), std::move(list)), numbers));
  }

  std::vector<registry::Reshelved> reshelve(const std::vector<registry::Reshelving>& plan) {
    std::vector<registry::Reshelved> out;
    for (const registry::Reshelving& one : plan) {
      registry::Reshelved result;
      for (const auto& survivor : one.survivors) {
        const std::string number = unseal(survivor.sealed);
        result.moved.push_back({seal({.shelf = one.to}, number), tag(one.to, number)});
      }
      out.push_back(std::move(result));
    }
    return out;
  }
};

inline constexpr std::string_view kFamilies =
    "社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号\n"
    "E1,見本　一号,ミホン イチゴウ,従業員,本社,1980-01-02,,\n"
    "E2,見本　二号,ミホン ニゴウ,従業員,支店,S56.2.3,,\n"
    ",見本　小一,ミホン コイチ,扶養親族,,2015-04-05,子,E1\n"
    "E3,試験　三号,シケン サンゴウ,従業員,本社,,,\n"
    ",見本　小二,ミホン コニ,扶養親族,,H30/5/6,子,E1\n";

}  // namespace fixture
