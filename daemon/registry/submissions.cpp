#include "daemon/registry/submissions.h"

#include <algorithm>
#include <map>

#include "daemon/registry/requests.h"

namespace registry {
namespace {

using base::Code;
using base::fail;
using base::Result;

// As many as SealNumbers can carry.
constexpr std::size_t kProbesMax = decltype(ipc::SealNumbers::probe)::kMax;

// Copies of shelves and people that a change touches more than once.
class Copies {
 public:
  explicit Copies(const Registry& registry) : registry_(&registry) {}
  void add_dead(ShelfId id) {
    const auto [entry, fresh] = shelves_.try_emplace(id);
    if (fresh) entry->second = *registry_->shelf(id);
    ++entry->second.dead;
  }
  Person& person(PersonId id) {
    const auto [entry, fresh] = people_.try_emplace(id);
    if (fresh) entry->second = *registry_->person(id);
    return entry->second;
  }
  void into(Change& change) {
    for (auto& [id, shelf] : shelves_) change.put(std::move(shelf));
    for (auto& [id, person] : people_) change.put(std::move(person));
  }

 private:
  const Registry* registry_;
  std::map<ShelfId, Shelf> shelves_;
  std::map<PersonId, Person> people_;
};

bool takes_numbers(const Request& request, WallTime now) {
  return (request.state == RequestState::kOpen || request.state == RequestState::kReturned) &&
         request.expires_at > now;
}

bool is_open(const Registry& registry, ShelfId id) {
  const Shelf* shelf = registry.shelf(id);
  return shelf != nullptr && shelf->state == ShelfState::kOpen;
}

// Whether the items' people are exactly those whom the request asks.
bool same_people(const Registry& registry, const Request& request, std::vector<PersonId> people) {
  std::vector<PersonId> asked;
  for (const Person* person : people_of(registry, request)) asked.push_back(person->id);
  std::ranges::sort(asked);
  std::ranges::sort(people);
  return asked == people;
}

// Somebody else with the number of item `i`: in the register, or in the same sending.
PersonId duplicate_of(const Registry& registry, const SendPlan& plan,
                      const std::vector<SentItem>& items, std::size_t i) {
  const PersonId self = plan.places[i].person;
  for (std::size_t p = 0; p < plan.probe.size(); ++p) {
    const ipc::DuplicateTag& tag = items[i].probes[p];
    const PersonId known = registry.tagged(plan.probe[p], tag);
    if (known.valid() && known != self) return known;
    for (std::size_t j = 0; j < items.size(); ++j) {
      if (j != i && plan.places[j].shelf == plan.probe[p] && items[j].tag == tag) {
        return plan.places[j].person;
      }
    }
  }
  return {};
}

// Ends a submission: its sealed numbers die where they are.
void end_submission(const Submission& submission, Copies& copies, Change& change) {
  change.erase(submission.id);
  for (const Submission::Item& item : submission.items) copies.add_dead(item.shelf);
}

}  // namespace

Result<SendPlan> plan_send(Registry& registry, RequestId request,
                           const std::vector<PersonId>& people) {
  const Request* found = registry.request(request);
  if (found == nullptr) return fail(Code::kNotFound, "request");
  if (!takes_numbers(*found, WallTime{found->expires_at.ms - 1})) {
    return fail(Code::kState, "request");
  }
  if (!same_people(registry, *found, people)) return fail(Code::kInvalid, "people");
  SendPlan plan;
  Placer placer(registry);
  for (const PersonId person : people) {
    const std::optional<ShelfId> shelf = placer.place(found->tenant, Purpose::kIntake);
    if (!shelf) continue;
    plan.places.push_back({.tenant = found->tenant,
                           .person = person,
                           .purpose = Purpose::kIntake,
                           .shelf = *shelf,
                           .version = 0});
  }
  plan.missing = placer.missing();
  if (!plan.missing.empty()) {
    plan.places.clear();
    return plan;
  }
  plan.probe = registry.shelves_to_probe(found->tenant);
  for (ipc::NumberPlace& place : plan.places) {
    place.version = registry.take_version(place.person);
    if (std::ranges::find(plan.probe, place.shelf) == plan.probe.end()) {
      plan.probe.push_back(place.shelf);
    }
  }
  if (plan.probe.size() > kProbesMax) return fail(Code::kFull, "probe");
  return plan;
}

Result<Change> send_numbers(const Registry& registry, RequestId request, const SendPlan& plan,
                            const std::vector<SentItem>& items, const Sending& sending) {
  const Request* found = registry.request(request);
  if (found == nullptr) return fail(Code::kNotFound, "request");
  if (!takes_numbers(*found, sending.now)) return fail(Code::kState, "request");
  if (items.size() != plan.places.size()) return fail(Code::kInvalid, "items");
  Submission submission{.id = sending.id,
                        .tenant = found->tenant,
                        .request = request,
                        .person = found->person,
                        .purposes = found->purposes,
                        .sent_at = sending.now};
  std::vector<PersonId> people;
  Copies copies(registry);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ipc::NumberPlace& place = plan.places[i];
    if (!is_open(registry, place.shelf)) return fail(Code::kConflict, "shelf");
    if (items[i].probes.size() != plan.probe.size()) return fail(Code::kInvalid, "items");
    people.push_back(place.person);
    TRY(submission.items.push({.person = place.person,
                               .shelf = place.shelf,
                               .version = place.version,
                               .sealed = items[i].sealed,
                               .tag = items[i].tag,
                               .duplicate_of = duplicate_of(registry, plan, items, i)}));
  }
  // Somebody may have been added to, or have left, the family meanwhile.
  if (!same_people(registry, *found, people)) return fail(Code::kConflict, "people");
  for (const ipc::NumberPlace& place : plan.places) {
    Person& person = copies.person(place.person);
    person.last_version = std::max(person.last_version, place.version);
  }
  Request sent = *found;
  sent.state = RequestState::kSubmitted;
  sent.receipt = sending.receipt;
  sent.sent_at = sending.now;
  sent.reason = {};
  Change change;
  copies.into(change);
  change.put(std::move(sent));
  change.put(std::move(submission));
  return change;
}

Result<Change> decline_request(const Registry& registry, RequestId request,
                               const ipc::Text<200>& reason, WallTime now) {
  const Request* found = registry.request(request);
  if (found == nullptr) return fail(Code::kNotFound, "request");
  if (!takes_numbers(*found, now)) return fail(Code::kState, "request");
  Request declined = *found;
  declined.state = RequestState::kDeclined;
  declined.reason = reason;
  declined.decided_at = now;
  Person person = *registry.person(found->person);
  person.declined_at = now;
  person.declined_reason = reason;
  Change change;
  change.put(std::move(person));
  change.put(std::move(declined));
  return change;
}

Result<ApprovalPlan> plan_approval(Registry& registry, SubmissionId submission) {
  const Submission* found = registry.submission(submission);
  if (found == nullptr) return fail(Code::kNotFound, "submission");
  ApprovalPlan plan;
  Placer placer(registry);
  for (const Submission::Item& item : found->items) {
    for (const Purpose purpose : found->purposes) {
      const std::optional<ShelfId> shelf = placer.place(found->tenant, purpose);
      if (!shelf) continue;
      plan.moves.push_back({.from = {.tenant = found->tenant,
                                     .person = item.person,
                                     .purpose = Purpose::kIntake,
                                     .shelf = item.shelf,
                                     .version = item.version},
                            .sealed = item.sealed,
                            .to = {.tenant = found->tenant,
                                   .person = item.person,
                                   .purpose = purpose,
                                   .shelf = *shelf,
                                   .version = 0}});
    }
  }
  plan.missing = placer.missing();
  if (!plan.missing.empty()) {
    plan.moves.clear();
    return plan;
  }
  for (auto& move : plan.moves) move.to.version = registry.take_version(move.to.person);
  return plan;
}

Result<Change> approve_submission(const Registry& registry, SubmissionId submission,
                                  const ApprovalPlan& plan,
                                  const std::vector<ipc::MoveNumbers::Moved>& moved,
                                  const Decision& decision) {
  const Submission* found = registry.submission(submission);
  if (found == nullptr) return fail(Code::kNotFound, "submission");
  if (moved.size() != plan.moves.size() ||
      moved.size() != found->items.size() * found->purposes.size()) {
    return fail(Code::kConflict, "submission");
  }
  Change change;
  Copies copies(registry);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const ipc::MoveNumbers::Item& move = plan.moves[i];
    // Re-shelving may have moved the waiting number, or retired the shelf it was to go to.
    const Submission::Item& item = found->items[i / found->purposes.size()];
    if (item.person != move.from.person || item.shelf != move.from.shelf ||
        item.version != move.from.version || !is_open(registry, move.to.shelf)) {
      return fail(Code::kConflict, "submission");
    }
    if (const Number* old = registry.number(move.to.person, move.to.purpose)) {
      copies.add_dead(old->shelf);
    }
    Person& person = copies.person(move.to.person);
    person.last_version = std::max(person.last_version, move.to.version);
    change.put(Number{.tenant = move.to.tenant,
                      .person = move.to.person,
                      .purpose = move.to.purpose,
                      .shelf = move.to.shelf,
                      .version = move.to.version,
                      .sealed = moved[i].sealed,
                      .tag = moved[i].tag,
                      .sealed_at = decision.now});
  }
  end_submission(*found, copies, change);
  Request approved = *registry.request(found->request);
  approved.state = RequestState::kApproved;
  approved.decided_at = decision.now;
  approved.decided_by = decision.by;
  change.put(std::move(approved));
  copies.into(change);
  return change;
}

Result<Change> return_submission(const Registry& registry, SubmissionId submission,
                                 const ipc::Text<200>& reason, const Decision& decision) {
  const Submission* found = registry.submission(submission);
  if (found == nullptr) return fail(Code::kNotFound, "submission");
  Change change;
  Copies copies(registry);
  end_submission(*found, copies, change);
  copies.into(change);
  Request returned = *registry.request(found->request);
  returned.state = RequestState::kReturned;
  returned.reason = reason;
  returned.decided_at = decision.now;
  returned.decided_by = decision.by;
  change.put(std::move(returned));
  return change;
}

}  // namespace registry
