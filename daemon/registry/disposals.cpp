#include "daemon/registry/disposals.h"

#include <algorithm>
#include <set>

namespace registry {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::array<Purpose, 4> kHeld{Purpose::kTax, Purpose::kSocialInsurance,
                                       Purpose::kEmploymentInsurance, Purpose::kPaymentRecord};
static_assert(kHeld.size() + 1 == kPurposes);

bool is_asked(const Registry& registry, const Person& person) {
  const PersonId asker = person.head.valid() ? person.head : person.id;
  return registry.open_request_of(asker) != nullptr;
}

// The people and their dependants, as far as they hold numbers; each must be free to be disposed
// of.
Result<std::vector<PersonId>> whom(const Registry& registry, const std::vector<PersonId>& people) {
  std::set<PersonId> out;
  for (const PersonId id : people) {
    const Person* person = registry.person(id);
    if (person == nullptr) return fail(Code::kNotFound, "person");
    std::vector<const Person*> family = registry.dependants_of(id);
    family.push_back(person);
    bool any = false;
    for (const Person* member : family) {
      if (!registry.holds_numbers(member->id)) continue;
      if (registry.in_open_disposal(member->id) || is_asked(registry, *member)) {
        return fail(Code::kState, "person");
      }
      any = true;
      out.insert(member->id);
    }
    if (!any) return fail(Code::kState, "person");
  }
  return std::vector<PersonId>(out.begin(), out.end());
}

Result<const Disposal*> in_phase(const Registry& registry, DisposalId id, DisposalPhase phase) {
  const Disposal* found = registry.disposal(id);
  if (found == nullptr) return fail(Code::kNotFound, "disposal");
  if (found->phase != phase) return fail(Code::kState, "disposal");
  return found;
}

// What stays on a shelf when these people go: numbers, or on an intake shelf what waits.
std::vector<ipc::Reshelve::Item> survivors_of(const Registry& registry, const Shelf& shelf,
                                              const std::set<PersonId>& going) {
  std::vector<ipc::Reshelve::Item> out;
  if (shelf.purpose != Purpose::kIntake) {
    for (const Number* number : registry.numbers_on(shelf.id)) {
      if (going.contains(number->person)) continue;
      out.push_back({number->person, number->version, number->sealed});
    }
    return out;
  }
  const auto waiting = registry.submissions(0, static_cast<std::uint32_t>(kPeopleMax));
  for (const Submission* submission : waiting.rows) {
    for (const Submission::Item& item : submission->items) {
      if (item.shelf == shelf.id) out.push_back({item.person, item.version, item.sealed});
    }
  }
  return out;
}

bool same(const ipc::Reshelve::Item& a, const ipc::Reshelve::Item& b) {
  return a.person == b.person && a.version == b.version && a.sealed == b.sealed;
}

// Puts the survivors of one shelf where they are now.
void move_survivors(const Registry& registry, const Reshelving& plan, const Reshelved& result,
                    std::map<SubmissionId, Submission>& waiting, Change& change) {
  for (std::size_t i = 0; i < plan.survivors.size(); ++i) {
    const PersonId person = plan.survivors[i].person;
    if (plan.purpose != Purpose::kIntake) {
      Number number = *registry.number(person, plan.purpose);
      number.shelf = plan.to;
      number.sealed = result.moved[i].sealed;
      number.tag = result.moved[i].tag;
      change.put(std::move(number));
      continue;
    }
    for (auto& [id, submission] : waiting) {
      for (Submission::Item& item : submission.items) {
        if (item.person != person || item.shelf != plan.from) continue;
        item.shelf = plan.to;
        item.sealed = result.moved[i].sealed;
        item.tag = result.moved[i].tag;
      }
    }
  }
}

Change put_disposal(Disposal disposal) {
  Change change;
  change.put(std::move(disposal));
  return change;
}

}  // namespace

Result<Change> propose_disposal(const Registry& registry, const NewDisposal& disposal) {
  std::vector<PersonId> named = disposal.people;
  std::ranges::sort(named);
  if (named.empty() || std::ranges::adjacent_find(named) != named.end()) {
    return fail(Code::kInvalid, "people");
  }
  if (!disposal.id.valid() || registry.disposal(disposal.id) != nullptr) {
    return fail(Code::kConflict, "disposal");
  }
  return put_disposal({.id = disposal.id,
                       .tenant = disposal.tenant,
                       .people = TRY((ipc::List<PersonId, 1000>::from(TRY(whom(registry, named))))),
                       .reason = disposal.reason,
                       .proposed_by = disposal.by,
                       .proposed_at = disposal.now});
}

Result<Change> cancel_disposal(const Registry& registry, DisposalId disposal) {
  Disposal cancelled = *TRY(in_phase(registry, disposal, DisposalPhase::kProposed));
  cancelled.phase = DisposalPhase::kCancelled;
  return put_disposal(std::move(cancelled));
}

Result<Change> approve_disposal(const Registry& registry, DisposalId disposal, AccountId by,
                                WallTime now) {
  Disposal approved = *TRY(in_phase(registry, disposal, DisposalPhase::kProposed));
  if (registry.unfinished_disposal() != nullptr) return fail(Code::kConflict, "disposal");
  for (const PersonId id : approved.people) {
    if (is_asked(registry, *registry.person(id))) return fail(Code::kState, "person");
  }
  approved.phase = DisposalPhase::kApproved;
  approved.approved_by = by;
  approved.approved_at = now;
  return put_disposal(std::move(approved));
}

Result<std::vector<Reshelving>> plan_reshelving(const Registry& registry, DisposalId disposal) {
  const Disposal* found = TRY(in_phase(registry, disposal, DisposalPhase::kApproved));
  const std::set<PersonId> going(found->people.begin(), found->people.end());
  std::set<ShelfId> touched;
  for (const PersonId person : going) {
    for (const Purpose purpose : kHeld) {
      if (const Number* number = registry.number(person, purpose)) touched.insert(number->shelf);
    }
  }
  std::vector<Reshelving> plan;
  for (const Shelf* shelf : registry.shelves()) {
    if (shelf->state != ShelfState::kOpen || shelf->tenant != found->tenant) continue;
    if (shelf->dead == 0 && !touched.contains(shelf->id)) continue;
    Reshelving one{.tenant = shelf->tenant,
                   .purpose = shelf->purpose,
                   .from = shelf->id,
                   .survivors = survivors_of(registry, *shelf, going)};
    if (!one.survivors.empty()) one.to = ShelfId{registry.new_id()};
    plan.push_back(std::move(one));
  }
  return plan;
}

Result<Change> apply_reshelving(const Registry& registry, DisposalId disposal,
                                const std::vector<Reshelving>& plan,
                                const std::vector<Reshelved>& results, WallTime now) {
  Disposal reshelved = *TRY(in_phase(registry, disposal, DisposalPhase::kApproved));
  const std::set<PersonId> going(reshelved.people.begin(), reshelved.people.end());
  if (plan.size() != results.size()) return fail(Code::kInvalid, "results");
  // What was re-sealed must be what is on the shelves now, and nothing else: a number that came
  // since would die with its shelf.
  const std::vector<Reshelving> current = TRY(plan_reshelving(registry, disposal));
  if (current.size() != plan.size()) return fail(Code::kConflict, "shelf");
  Change change;
  std::map<SubmissionId, Submission> waiting;
  for (const Submission* submission : registry.submissions(0, kPeopleMax).rows) {
    waiting.emplace(submission->id, *submission);
  }
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const Reshelving& one = plan[i];
    if (one.from != current[i].from ||
        !std::ranges::equal(one.survivors, current[i].survivors, same)) {
      return fail(Code::kConflict, "shelf");
    }
    if (results[i].moved.size() != one.survivors.size()) return fail(Code::kInvalid, "results");
    Shelf retiring = *registry.shelf(one.from);
    reshelved.numbers += retiring.dead;
    retiring.state = ShelfState::kRetiring;
    TRY(reshelved.shelves.push(one.from));
    change.put(std::move(retiring));
    if (one.to.valid()) {
      change.put(Shelf{.id = one.to,
                       .tenant = one.tenant,
                       .purpose = one.purpose,
                       .sealed_salt = results[i].sealed_salt,
                       .made_at = now});
    }
    move_survivors(registry, one, results[i], waiting, change);
  }
  for (auto& [id, submission] : waiting) change.put(std::move(submission));
  for (const PersonId id : going) {
    for (const Purpose purpose : kHeld) {
      if (registry.number(id, purpose) == nullptr) continue;
      ++reshelved.numbers;
      change.erase(id, purpose);
    }
    Person person = *registry.person(id);
    person.disposed_at = now;
    change.put(std::move(person));
  }
  reshelved.phase = DisposalPhase::kReshelved;
  change.put(std::move(reshelved));
  return change;
}

Result<Change> mark_destroyed(const Registry& registry, DisposalId disposal,
                              std::uint64_t log_index, WallTime at) {
  Disposal destroyed = *TRY(in_phase(registry, disposal, DisposalPhase::kReshelved));
  Change change;
  for (const ShelfId id : destroyed.shelves) {
    Shelf gone = *registry.shelf(id);
    gone.state = ShelfState::kGone;
    gone.sealed_salt = {};
    gone.dead = 0;
    change.put(std::move(gone));
  }
  destroyed.phase = DisposalPhase::kDestroyed;
  destroyed.destroyed_index = log_index;
  destroyed.destroyed_at = at;
  change.put(std::move(destroyed));
  return change;
}

Result<Change> mark_done(const Registry& registry, DisposalId disposal, std::uint64_t epoch,
                         const ipc::Bytes<65536>& certificate, WallTime now) {
  Disposal done = *TRY(in_phase(registry, disposal, DisposalPhase::kDestroyed));
  done.phase = DisposalPhase::kDone;
  done.epoch = epoch;
  done.certificate = certificate;
  done.done_at = now;
  return put_disposal(std::move(done));
}

}  // namespace registry
