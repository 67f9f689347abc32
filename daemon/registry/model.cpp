#include "daemon/registry/model.h"

#include <algorithm>

namespace registry {
namespace {

using base::Code;
using base::CollectionStatus;
using base::fail;
using base::Result;

// Up to this many places in the order are mended one by one; more are sorted at once.
constexpr std::size_t kMendMax = 64;

std::size_t at(Purpose purpose) { return static_cast<std::size_t>(purpose); }

template <class T, class Key>
void insert_by(std::vector<const T*>& list, const T* item, Key key) {
  list.insert(std::ranges::upper_bound(list, key(item), {}, key), item);
}

}  // namespace

std::uint64_t tag_prefix(const ipc::DuplicateTag& tag) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out = (out << 8) | tag.view()[i];
  return out;
}

const Number* primary(const Slot& slot) {
  for (const auto& number : slot.numbers) {
    if (number) return number.get();
  }
  return nullptr;
}

Slot* Registry::Model::slot(PersonId id) {
  const auto found = people.find(id.value);
  return found == people.end() ? nullptr : &found->second;
}
const Slot* Registry::Model::slot(PersonId id) const {
  const auto found = people.find(id.value);
  return found == people.end() ? nullptr : &found->second;
}

bool Registry::Model::before(std::uint32_t a, std::uint32_t b) const {
  const Slot& x = *by_index[a];
  const Slot& y = *by_index[b];
  const Person& family_x = (x.head != nullptr ? x.head : &x)->person;
  const Person& family_y = (y.head != nullptr ? y.head : &y)->person;
  if (family_x.id != family_y.id) {
    if (const auto c = family_x.employee_no <=> family_y.employee_no; c != 0) return c < 0;
    return family_x.id < family_y.id;
  }
  if ((x.head != nullptr) != (y.head != nullptr)) return x.head == nullptr;
  if (const auto c = x.person.employee_no <=> y.person.employee_no; c != 0) return c < 0;
  if (const auto c = x.person.name <=> y.person.name; c != 0) return c < 0;
  return x.person.id < y.person.id;
}

Result<> Registry::Model::put(Person&& record) {
  if (!record.id.valid() || record.head == record.id || !is_company(record.tenant)) {
    return fail(Code::kCorrupt, "person");
  }
  const auto [entry, fresh] = people.try_emplace(record.id.value);
  Slot& slot = entry->second;
  if (fresh) {
    if (by_index.size() >= kPeopleMax) return fail(Code::kCorrupt, "person");
    slot.index = static_cast<std::uint32_t>(by_index.size());
    by_index.push_back(&slot);
    facts.emplace_back();
    ++counts[0];
  } else {
    if (!slot.person.employee_no.empty()) by_number.erase(&slot);
    leave_group(slot.person);
    unlink(slot);
  }
  const bool moved = fresh || slot.person.name != record.name || slot.person.head != record.head ||
                     slot.person.employee_no != record.employee_no;
  const bool searched = moved || slot.person.kana != record.kana;
  slot.person = std::move(record);
  slot.next_version = std::max(slot.next_version, slot.person.last_version + 1);
  if (!slot.person.employee_no.empty() && !by_number.insert(&slot).second) {
    return fail(Code::kCorrupt, "person");
  }
  facts[slot.index].kind = slot.person.kind;
  facts[slot.index].group = enter_group(slot.person);
  if (searched) index_text(slot);
  to_link_.push_back(&slot);
  touched_.push_back(&slot);
  if (moved) {
    to_order_.push_back(&slot);
    for (Slot* dependant : slot.dependants) to_order_.push_back(dependant);
  }
  return {};
}

void Registry::Model::unlink(Slot& slot) {
  if (slot.head == nullptr) return;
  std::erase(slot.head->dependants, &slot);
  slot.head = nullptr;
}

Result<> Registry::Model::link(Slot& slot) {
  if (!slot.person.head.valid() || slot.head != nullptr) return {};
  Slot* head = this->slot(slot.person.head);
  if (head == nullptr || head->person.head.valid() || head->person.tenant != slot.person.tenant) {
    return fail(Code::kCorrupt, "person");
  }
  slot.head = head;
  head->dependants.push_back(&slot);
  return {};
}

void Registry::Model::index_text(const Slot& slot) {
  constexpr char kBetween = '\x01';  // so that no text is found across two fields
  std::string text = search_key(slot.person.employee_no.view());
  text += kBetween;
  text += search_key(slot.person.name.view());
  text += kBetween;
  text += search_key(slot.person.kana.view());
  search.set(slot.index, text);
}

std::uint32_t Registry::Model::enter_group(const Person& person) {
  auto& of_company = groups[person.tenant];
  auto found = of_company.find(person.group.view());
  if (found == of_company.end()) {
    found = of_company.emplace(person.group.str(), Group{groups_made_++, 0}).first;
  }
  ++found->second.people;
  return found->second.id;
}

void Registry::Model::leave_group(const Person& person) {
  --groups[person.tenant].find(person.group.view())->second.people;
}

bool Registry::Model::is_company(TenantId tenant) const {
  return tenant == kFirm || companies.contains(tenant);
}

Result<> Registry::Model::put(Company&& record) {
  if (!record.id.valid() || record.id == kFirm) return fail(Code::kCorrupt, "company");
  const TenantId id = record.id;
  companies.insert_or_assign(id, std::move(record));
  return {};
}

Result<> Registry::Model::put(Request&& record) {
  Slot* person = slot(record.person);
  if (!record.id.valid() || person == nullptr) return fail(Code::kCorrupt, "request");
  const auto [entry, fresh] = requests.try_emplace(record.id.value);
  Request& request = entry->second;
  if (!fresh && (request.person != record.person || request.link != record.link)) {
    return fail(Code::kCorrupt, "request");
  }
  request = std::move(record);
  if (fresh) {
    if (!by_link.insert(&request).second) return fail(Code::kCorrupt, "request");
    const auto age = [](const Request* r) { return std::pair(r->made_at, r->id); };
    insert_by(person->requests, static_cast<const Request*>(&request), age);
    if (loading) {
      requests_by_age.push_back(&request);
    } else {
      insert_by(requests_by_age, static_cast<const Request*>(&request), age);
    }
  }
  touched_.push_back(person);
  return {};
}

const Request* Registry::Model::open_request(const Slot& asker) const {
  for (auto request = asker.requests.rbegin(); request != asker.requests.rend(); ++request) {
    const RequestState state = (*request)->state;
    if (state == RequestState::kOpen || state == RequestState::kSubmitted ||
        state == RequestState::kReturned) {
      return *request;
    }
  }
  return nullptr;
}

Result<> Registry::Model::put(Submission&& record) {
  const auto request = requests.find(record.request.value);
  if (request == requests.end() || request->second.person != record.person) {
    return fail(Code::kCorrupt, "submission");
  }
  erase(record.id);
  for (const Submission::Item& item : record.items) {
    const Slot* person = slot(item.person);
    const auto shelf = shelves.find(item.shelf);
    if (person == nullptr || shelf == shelves.end() || item.version >= person->next_version ||
        shelf->second.shelf.purpose != Purpose::kIntake ||
        shelf->second.shelf.state != ShelfState::kOpen) {
      return fail(Code::kCorrupt, "submission");
    }
  }
  const Submission& submission =
      submissions.insert_or_assign(record.id, std::move(record)).first->second;
  for (const Submission::Item& item : submission.items) {
    add_member(item.shelf, item.tag, item.person);
  }
  submission_of_request[submission.request.value] = &submission;
  insert_by(submissions_by_age, &submission,
            [](const Submission* s) { return std::pair(s->sent_at, s->id); });
  return {};
}

void Registry::Model::erase(SubmissionId id) {
  const auto found = submissions.find(id);
  if (found == submissions.end()) return;
  for (const Submission::Item& item : found->second.items) {
    drop_member(item.shelf, item.tag, item.person);
  }
  std::erase(submissions_by_age, &found->second);
  submission_of_request.erase(found->second.request.value);
  submissions.erase(found);
}

Result<> Registry::Model::put(Number&& record) {
  Slot* person = slot(record.person);
  const auto shelf = shelves.find(record.shelf);
  if (person == nullptr || shelf == shelves.end() || record.purpose == Purpose::kIntake ||
      shelf->second.shelf.purpose != record.purpose ||
      shelf->second.shelf.tenant != record.tenant ||
      shelf->second.shelf.state != ShelfState::kOpen || record.version >= person->next_version) {
    return fail(Code::kCorrupt, "number");
  }
  const Purpose purpose = record.purpose;
  set_number(*person, purpose, std::make_unique<Number>(std::move(record)));
  return {};
}

void Registry::Model::erase(PersonId person, Purpose purpose) {
  Slot* found = slot(person);
  if (found != nullptr) set_number(*found, purpose, nullptr);
}

void Registry::Model::set_number(Slot& slot, Purpose purpose, std::unique_ptr<Number> number) {
  std::unique_ptr<Number>& place = slot.numbers[at(purpose)];
  if (const Number* first = primary(slot)) --shelves.at(first->shelf).primaries;
  if (place) drop_member(place->shelf, place->tag, slot.person.id);
  place = std::move(number);
  if (place) add_member(place->shelf, place->tag, slot.person.id);
  if (const Number* first = primary(slot)) ++shelves.at(first->shelf).primaries;
  touched_.push_back(&slot);
}

void Registry::Model::add_member(ShelfId shelf, const ipc::DuplicateTag& tag, PersonId person) {
  auto& members = shelves.at(shelf).members;
  const ShelfSlot::Member member{tag_prefix(tag), person};
  members.insert(std::ranges::upper_bound(members, member), member);
}

void Registry::Model::drop_member(ShelfId shelf, const ipc::DuplicateTag& tag, PersonId person) {
  auto& members = shelves.at(shelf).members;
  const auto found = std::ranges::lower_bound(members, ShelfSlot::Member{tag_prefix(tag), person});
  ASSERT(found != members.end() && found->person == person);
  members.erase(found);
}

Result<> Registry::Model::put(Shelf&& record) {
  if (!record.id.valid()) return fail(Code::kCorrupt, "shelf");
  ShelfSlot& slot = shelves[record.id];
  slot.shelf = std::move(record);
  return {};
}

Result<> Registry::Model::put(Disposal&& record) {
  if (!record.id.valid()) return fail(Code::kCorrupt, "disposal");
  const auto [entry, fresh] = disposals.try_emplace(record.id);
  Disposal& disposal = entry->second;
  for (const PersonId person : disposal.people) in_disposal.erase(person.value);
  disposal = std::move(record);
  if (disposal.phase != DisposalPhase::kDone && disposal.phase != DisposalPhase::kCancelled) {
    for (const PersonId person : disposal.people) {
      if (!in_disposal.insert(person.value).second) return fail(Code::kCorrupt, "disposal");
    }
  }
  if (fresh) {
    insert_by(disposals_by_age, static_cast<const Disposal*>(&disposal),
              [](const Disposal* d) { return std::pair(d->proposed_at, d->id); });
  }
  return {};
}

Result<> Registry::Model::put(Account&& record) {
  if (!record.id.valid() || !is_company(record.tenant)) return fail(Code::kCorrupt, "account");
  const auto [login, fresh] = logins.try_emplace(record.login.str(), record.id);
  if (!fresh && login->second != record.id) return fail(Code::kCorrupt, "account");
  accounts.insert_or_assign(record.id, std::move(record));
  return {};
}

Result<> Registry::Model::put(Settings&& record) {
  settings = std::move(record);
  return {};
}

Result<> Registry::Model::put(Keyring&& record) {
  if (!accounts.contains(record.account)) return fail(Code::kCorrupt, "keyring");
  const AccountId id = record.account;
  keyrings.insert_or_assign(id, std::move(record));
  return {};
}

Result<> Registry::Model::put(Throttle&& record) {
  throttles.insert_or_assign(record.id, record);
  return {};
}

Result<> Registry::Model::put(Zones&& record) {
  zones = std::move(record);
  return {};
}

Result<> Registry::Model::put(Hours&& record) {
  hours = std::move(record);
  return {};
}

Result<> Registry::Model::put(Delegation&& record) {
  if (!record.account.valid()) return fail(Code::kCorrupt, "delegation");
  delegations.insert_or_assign(record.account, record);
  return {};
}

Result<> Registry::Model::put(Proposal&& record) {
  if (!record.id.valid()) return fail(Code::kCorrupt, "proposal");
  const auto [entry, fresh] = proposals.try_emplace(record.id);
  Proposal& proposal = entry->second;
  proposal = std::move(record);
  if (!fresh) return {};
  const bool early = proposal.content.disposal.valid();
  if (early && !of_disposal.emplace(proposal.content.disposal.value, &proposal).second) {
    return fail(Code::kCorrupt, "proposal");
  }
  insert_by(proposals_by_age, static_cast<const Proposal*>(&proposal),
            [](const Proposal* p) { return std::pair(p->requested_at, p->id); });
  return {};
}

Result<> Registry::Model::put(Mail&& record) {
  const ipc::MailId id = record.id;
  mails.insert_or_assign(id, std::move(record));
  return {};
}

Result<> Registry::Model::put(Designation&& record) {
  if (!record.account.valid()) return fail(Code::kCorrupt, "designation");
  designations.insert_or_assign(record.account, std::move(record));
  return {};
}

Result<> Registry::Model::put(ApiClient&& record) {
  if (!accounts.contains(record.account)) return fail(Code::kCorrupt, "client");
  const AccountId id = record.account;
  clients.insert_or_assign(id, std::move(record));
  return {};
}

Result<> Registry::Model::put_record(Record&& record) {
  return std::visit([&](auto&& one) { return put(std::forward<decltype(one)>(one)); },
                    std::move(record));
}

CollectionStatus Registry::Model::status_of(const Slot& slot) const {
  const Slot& asker = slot.head != nullptr ? *slot.head : slot;
  if (const Request* open = open_request(asker)) return request_status(open->state);
  if (primary(slot) != nullptr) return CollectionStatus::kComplete;
  if (asker.person.declined_at.ms != 0) return CollectionStatus::kDeclined;
  if (slot.person.disposed_at.ms != 0) return CollectionStatus::kDisposed;
  return CollectionStatus::kNotRequested;
}

void Registry::Model::refresh(const Slot& slot) {
  CollectionStatus& status = facts[slot.index].status;
  --counts[static_cast<std::size_t>(status)];
  status = status_of(slot);
  ++counts[static_cast<std::size_t>(status)];
}

void Registry::Model::sort_order() {
  const auto less = [this](std::uint32_t a, std::uint32_t b) { return before(a, b); };
  std::vector<std::uint8_t> misplaced(by_index.size());
  for (const Slot* slot : to_order_) misplaced[slot->index] = 1;
  std::erase_if(order, [&](std::uint32_t index) { return misplaced[index] != 0; });
  if (to_order_.size() > kMendMax) {
    for (std::uint32_t i = 0; i < misplaced.size(); ++i) {
      if (misplaced[i] != 0) order.push_back(i);
    }
    std::ranges::sort(order, less);
  } else {
    for (const Slot* slot : to_order_) {
      if (std::exchange(misplaced[slot->index], std::uint8_t{0}) == 0) continue;
      order.insert(std::ranges::upper_bound(order, slot->index, less), slot->index);
    }
  }
  to_order_.clear();
}

Result<> Registry::Model::settle() {
  for (Slot* slot : to_link_) TRY(link(*slot));
  to_link_.clear();
  if (!to_order_.empty()) sort_order();
  for (const Slot* slot : touched_) {
    refresh(*slot);
    for (const Slot* dependant : slot->dependants) refresh(*dependant);
  }
  touched_.clear();
  return {};
}

}  // namespace registry
