#include "daemon/registry/people.h"

#include <algorithm>
#include <unordered_map>

namespace registry {
namespace {

using base::Code;
using base::fail;
using base::Result;
using ipc::RosterReason;

constexpr std::size_t kSample = 10;

struct Merged {
  RosterProblems problems;
  std::vector<Person> added;
  std::vector<Person> changed;
  std::uint32_t unchanged = 0;
  std::uint32_t dependants = 0;
};

// Matches the rows of a roster with the register.
class Merger {
 public:
  Merger(const Registry& registry, const Roster& roster, TenantId tenant, WallTime now, Only only)
      : registry_(&registry), roster_(&roster), tenant_(tenant), now_(now), only_(only) {}

  Merged merge() {
    out_.problems = roster_->problems;
    // Heads before those who depend on them, wherever they stand in the file.
    for (const RosterRow& row : roster_->rows) {
      if (row.head.empty()) take(row, nullptr);
    }
    for (const RosterRow& row : roster_->rows) {
      if (!row.head.empty()) dependant(row);
    }
    for (const auto& [head, family] : families_) {
      if (family.members <= ipc::kDependantsMax) continue;
      problem(family.line, RosterColumn::kHead, RosterReason::kTooManyDependants);
    }
    return std::move(out_);
  }

 private:
  struct Head {
    PersonId id;
    bool known = false;  // in the register already
    bool mine = true;    // not left out by `only`
  };
  struct Family {
    std::size_t members = 0;
    std::uint32_t line = 0;  // of the last member in the file
  };

  void problem(std::uint32_t line, RosterColumn column, RosterReason reason) {
    out_.problems.add(line, roster_->columns[static_cast<std::size_t>(column)], name(column),
                      reason);
  }
  [[nodiscard]] bool has(RosterColumn column) const {
    return roster_->columns[static_cast<std::size_t>(column)] != 0;
  }

  void dependant(const RosterRow& row) {
    ++out_.dependants;
    const std::optional<Head> head = head_of(row);
    if (!head) {
      problem(row.line, RosterColumn::kHead, RosterReason::kNoSuchHead);
      return;
    }
    take(row, &*head);
  }

  [[nodiscard]] std::optional<Head> head_of(const RosterRow& row) const {
    const auto in_file = heads_.find(row.head.view());
    if (in_file != heads_.end()) return in_file->second;
    const Person* known = registry_->person_by_number(tenant_, row.head.view());
    if (known == nullptr || known->head.valid()) return std::nullopt;
    return Head{known->id, true, is_mine(*known)};
  }

  [[nodiscard]] bool is_mine(const Person& person) const {
    return only_ == nullptr || (*only_)(person);
  }

  // A dependant without a number is known by name within the family.
  [[nodiscard]] const Person* known(const RosterRow& row, const Head* head) const {
    if (!row.employee_no.empty()) {
      return registry_->person_by_number(tenant_, row.employee_no.view());
    }
    if (head == nullptr || !head->known) return nullptr;
    for (const Person* member : registry_->dependants_of(head->id)) {
      if (member->employee_no.empty() && member->name == row.name) return member;
    }
    return nullptr;
  }

  void take(const RosterRow& row, const Head* head) {
    const Person* old = known(row, head);
    Person person = old != nullptr ? *old : Person{.id = PersonId{registry_->new_id()}};
    if (old == nullptr) {
      person.tenant = tenant_;
      person.added_at = now_;
    }
    // Who has dependants cannot become one.
    if (head != nullptr && old != nullptr && registry_->dependants_count(old->id) != 0) {
      problem(row.line, RosterColumn::kHead, RosterReason::kNoSuchHead);
      return;
    }
    const bool changes = fill(person, row, head) || old == nullptr;
    // As it was and as it would be; a dependant goes with the head.
    const bool mine =
        (old == nullptr || is_mine(*old)) && (head == nullptr ? is_mine(person) : head->mine);
    if (!mine) problem(row.line, RosterColumn::kGroup, RosterReason::kOutOfScope);
    if (head == nullptr) {
      heads_.try_emplace(row.employee_no.view(), Head{person.id, old != nullptr, mine});
    } else {
      count(row, *head, old);
    }
    if (!changes) {
      ++out_.unchanged;
    } else {
      (old == nullptr ? out_.added : out_.changed).push_back(std::move(person));
    }
  }

  void count(const RosterRow& row, const Head& head, const Person* old) {
    const auto [family, fresh] = families_.try_emplace(head.id.value);
    if (fresh) family->second.members = registry_->dependants_count(head.id);
    if (old == nullptr || old->head != head.id) ++family->second.members;
    family->second.line = row.line;
  }

  // Sets what the file says and tells whether that changed anything. Columns that are not in the
  // file leave what there is.
  bool fill(Person& person, const RosterRow& row, const Head* head) const {
    bool changed = false;
    const auto set = [&](auto& field, const auto& value) {
      if (field == value) return;
      field = value;
      changed = true;
    };
    set(person.employee_no, row.employee_no);
    set(person.name, row.name);
    if (has(RosterColumn::kKana)) set(person.kana, row.kana);
    if (has(RosterColumn::kKind) || has(RosterColumn::kHead)) set(person.kind, row.kind);
    if (has(RosterColumn::kGroup)) set(person.group, row.group);
    if (has(RosterColumn::kBirth)) set(person.birth, row.birth);
    if (has(RosterColumn::kJoined)) set(person.joined, row.joined);
    if (has(RosterColumn::kRelation)) set(person.relation, row.relation);
    if (has(RosterColumn::kHead)) set(person.head, head != nullptr ? head->id : PersonId{});
    return changed;
  }

  const Registry* registry_;
  const Roster* roster_;
  TenantId tenant_;
  WallTime now_;
  Only only_;
  Merged out_;
  std::unordered_map<std::string_view, Head> heads_;  // of the file, by employee number
  std::unordered_map<std::uint64_t, Family> families_;
};

}  // namespace

RosterPlan plan_roster(const Registry& registry, const Roster& roster, Only only, TenantId tenant) {
  Merged merged = Merger(registry, roster, tenant, {}, only).merge();
  RosterPlan plan{.problems = std::move(merged.problems),
                  .added = static_cast<std::uint32_t>(merged.added.size()),
                  .changed = static_cast<std::uint32_t>(merged.changed.size()),
                  .unchanged = merged.unchanged,
                  .dependants = merged.dependants,
                  .sample = {}};
  for (auto* list : {&merged.added, &merged.changed}) {
    for (Person& person : *list) {
      if (plan.sample.size() < kSample) plan.sample.push_back(std::move(person));
    }
  }
  return plan;
}

Result<RosterImport> import_roster(const Registry& registry, const Roster& roster, WallTime now,
                                   Only only, TenantId tenant) {
  Merged merged = Merger(registry, roster, tenant, now, only).merge();
  if (!merged.problems.empty()) return fail(Code::kConflict, "roster");
  if (registry.people_count() + merged.added.size() > kPeopleMax) {
    return fail(Code::kTooMany, "people");
  }
  RosterImport out{.change = {},
                   .added = static_cast<std::uint32_t>(merged.added.size()),
                   .changed = static_cast<std::uint32_t>(merged.changed.size())};
  for (auto* list : {&merged.added, &merged.changed}) {
    for (Person& person : *list) out.change.put(std::move(person));
    list->clear();
  }
  return out;
}

Result<Change> set_leaving(const Registry& registry, PersonId person, std::optional<Day> leaving) {
  const Person* found = registry.person(person);
  if (found == nullptr) return fail(Code::kNotFound, "person");
  Person changed = *found;
  changed.leaving = leaving;
  Change change;
  change.put(std::move(changed));
  return change;
}

Result<ipc::PersonRow> person_row(const Registry& registry, PersonId person) {
  const Person* found = registry.person(person);
  if (found == nullptr) return fail(Code::kNotFound, "person");
  return ipc::PersonRow{.id = found->id,
                        .employee_no = found->employee_no,
                        .name = found->name,
                        .kana = found->kana,
                        .kind = found->kind,
                        .group = found->group,
                        .status = registry.status(person),
                        .dependants = registry.dependants_count(person),
                        .leaving = found->leaving};
}

}  // namespace registry
