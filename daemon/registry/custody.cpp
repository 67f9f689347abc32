// The register's questions about numbers, shelves and disposals (registry.h).
#include <algorithm>

#include "daemon/registry/model.h"

namespace registry {

const Number* Registry::number(PersonId person, Purpose purpose) const {
  const Slot* slot = model_->slot(person);
  return slot == nullptr ? nullptr : slot->numbers[static_cast<std::size_t>(purpose)].get();
}

bool Registry::holds_numbers(PersonId person) const {
  const Slot* slot = model_->slot(person);
  return slot != nullptr && primary(*slot) != nullptr;
}

const Shelf* Registry::shelf(ShelfId id) const {
  const auto found = model_->shelves.find(id);
  return found == model_->shelves.end() ? nullptr : &found->second.shelf;
}

std::vector<const Shelf*> Registry::shelves() const {
  std::vector<const Shelf*> out;
  for (const auto& [id, slot] : model_->shelves) out.push_back(&slot.shelf);
  std::ranges::sort(out, {}, [](const Shelf* s) { return std::pair(s->made_at, s->id); });
  return out;
}

std::uint32_t Registry::living_on(ShelfId id) const {
  const auto found = model_->shelves.find(id);
  return found == model_->shelves.end() ? 0
                                        : static_cast<std::uint32_t>(found->second.members.size());
}

std::vector<const Number*> Registry::numbers_on(ShelfId id) const {
  std::vector<const Number*> out;
  const auto found = model_->shelves.find(id);
  if (found == model_->shelves.end()) return out;
  for (const ShelfSlot::Member& member : found->second.members) {
    const Number* number = this->number(member.person, found->second.shelf.purpose);
    if (number != nullptr && number->shelf == id) out.push_back(number);
  }
  std::ranges::sort(out, {}, &Number::person);
  return out;
}

PersonId Registry::tagged(ShelfId shelf, const ipc::DuplicateTag& tag) const {
  const auto found = model_->shelves.find(shelf);
  if (found == model_->shelves.end()) return {};
  const auto same = std::ranges::equal_range(found->second.members, tag_prefix(tag), {},
                                             &ShelfSlot::Member::prefix);
  for (const ShelfSlot::Member& member : same) {
    if (found->second.shelf.purpose != Purpose::kIntake) {
      if (number(member.person, found->second.shelf.purpose)->tag == tag) return member.person;
      continue;
    }
    const Slot* slot = model_->slot(member.person);
    const Request* request = model_->open_request(slot->head != nullptr ? *slot->head : *slot);
    const Submission* waiting = request == nullptr ? nullptr : submission_of(request->id);
    if (waiting == nullptr) continue;
    for (const Submission::Item& item : waiting->items) {
      if (item.person == member.person && item.tag == tag) return member.person;
    }
  }
  return {};
}

std::vector<ShelfId> Registry::shelves_to_probe(TenantId tenant) const {
  std::vector<ShelfId> out;
  for (const auto& [id, slot] : model_->shelves) {
    if (slot.shelf.tenant != tenant) continue;
    const bool waiting = slot.shelf.purpose == Purpose::kIntake && !slot.members.empty();
    if (waiting || slot.primaries != 0) out.push_back(id);
  }
  return out;
}

std::vector<const Person*> Registry::disposal_candidates(Day today, std::size_t limit,
                                                         Only only) const {
  std::vector<const Person*> out;
  for (const std::uint32_t index : model_->order) {
    const Slot& slot = *model_->by_index[index];
    if (out.size() >= limit) break;
    if (!is_candidate(slot, today)) continue;
    if (only == nullptr || (*only)(slot.person)) out.push_back(&slot.person);
  }
  return out;
}

bool Registry::is_candidate(const Slot& slot, Day today) const {
  if (!slot.person.leaving || *slot.person.leaving >= today) return false;
  if (model_->in_disposal.contains(slot.person.id.value)) return false;
  return primary(slot) != nullptr ||
         std::ranges::any_of(slot.dependants, [](const Slot* d) { return primary(*d) != nullptr; });
}

std::uint32_t Registry::disposal_candidates_count(Day today) const {
  return static_cast<std::uint32_t>(disposal_candidates(today, kPeopleMax).size());
}

bool Registry::in_open_disposal(PersonId person) const {
  return model_->in_disposal.contains(person.value);
}

const Disposal* Registry::disposal(DisposalId id) const {
  const auto found = model_->disposals.find(id);
  return found == model_->disposals.end() ? nullptr : &found->second;
}

Page<Disposal> Registry::disposals(std::uint32_t offset, std::uint32_t limit, Only only) const {
  Page<Disposal> page;
  const auto& all = model_->disposals_by_age;
  const auto hidden = [&](PersonId id) { return !(*only)(*person(id)); };
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    if (only != nullptr && std::ranges::any_of((*one)->people, hidden)) continue;
    if (page.total >= offset && page.rows.size() < limit) page.rows.push_back(*one);
    ++page.total;
  }
  return page;
}

const Disposal* Registry::unfinished_disposal() const {
  for (const Disposal* disposal : model_->disposals_by_age) {
    if (disposal->phase == DisposalPhase::kApproved ||
        disposal->phase == DisposalPhase::kReshelved ||
        disposal->phase == DisposalPhase::kDestroyed) {
      return disposal;
    }
  }
  return nullptr;
}

std::uint32_t Registry::disposals_waiting(TenantId tenant) const {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(model_->disposals_by_age, [tenant](const Disposal* one) {
        return one->tenant == tenant && one->phase == DisposalPhase::kProposed;
      }));
}

}  // namespace registry
