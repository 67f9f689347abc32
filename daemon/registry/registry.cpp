#include "daemon/registry/registry.h"

#include <sys/random.h>

#include <algorithm>

#include "daemon/registry/model.h"

namespace registry {
namespace {

using base::Code;
using base::CollectionStatus;
using base::fail;
using base::Result;

std::uint64_t system_id() {
  std::uint64_t id = 0;
  while (id == 0) ASSERT(::getrandom(&id, sizeof id, 0) == sizeof id);
  return id;
}

template <class T>
Page<T> page_of(const std::vector<const T*>& rows, std::uint32_t offset, std::uint32_t limit) {
  Page<T> page;
  page.total = static_cast<std::uint32_t>(rows.size());
  const std::size_t first = std::min<std::size_t>(offset, rows.size());
  const std::size_t last = std::min<std::size_t>(first + limit, rows.size());
  page.rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(first),
                   rows.begin() + static_cast<std::ptrdiff_t>(last));
  return page;
}

}  // namespace

CollectionStatus request_status(RequestState state) {
  switch (state) {
    case RequestState::kOpen: return CollectionStatus::kRequested;
    case RequestState::kSubmitted: return CollectionStatus::kSubmitted;
    case RequestState::kReturned: return CollectionStatus::kReturned;
    case RequestState::kApproved: return CollectionStatus::kComplete;
    case RequestState::kDeclined: return CollectionStatus::kDeclined;
    case RequestState::kRevoked:
    case RequestState::kExpired: return CollectionStatus::kNotRequested;
  }
  return CollectionStatus::kNotRequested;
}

Registry::Registry(Options options) : model_(std::make_unique<Model>()) {
  model_->options = std::move(options);
  if (!model_->options.new_id) model_->options.new_id = system_id;
}
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;
Registry::~Registry() = default;

// ---- loading

Result<> Registry::load(base::ByteSpan key, base::ByteSpan value) {
  return model_->put_record(TRY(decode_record(key, value)));
}

Result<> Registry::finish_load() {
  TRY(model_->settle());
  std::ranges::sort(model_->requests_by_age, {},
                    [](const Request* r) { return std::pair(r->made_at, r->id); });
  model_->loading = false;
  return {};
}

void Registry::apply(Change&& change) {
  ASSERT(!model_->loading);
  for (const SubmissionId id : change.submissions_) model_->erase(id);
  for (const std::uint64_t id : change.throttles_) model_->throttles.erase(id);
  for (const ipc::MailId id : change.mails_) model_->mails.erase(id);
  for (const Change::NumberKey& key : change.numbers_) model_->erase(key.person, key.purpose);
  // What is referred to before what refers to it, whatever the order in which it was put.
  const auto rank = [](const Record& record) {
    constexpr std::array<int, 18> kRanks{1, 0, 2, 3, 4, 0, 0, 0, 1,
                                         0, 0, 0, 0, 1, 0, 1, 1, 0};  // by index in Record
    static_assert(std::variant_size_v<Record> == kRanks.size());
    return kRanks[record.index()];
  };
  for (int wanted = 0; wanted <= 4; ++wanted) {
    for (Record& record : change.puts_) {
      if (rank(record) == wanted) ASSERT(model_->put_record(std::move(record)).has_value());
    }
  }
  ASSERT(model_->settle().has_value());
}

// ---- people

const Person* Registry::person(PersonId id) const {
  const Slot* slot = model_->slot(id);
  return slot == nullptr ? nullptr : &slot->person;
}

const Person* Registry::person_by_number(TenantId tenant, std::string_view employee_no) const {
  const auto found = model_->by_number.find(ByEmployeeNo::Name(tenant.value, employee_no));
  return found == model_->by_number.end() ? nullptr : &(*found)->person;
}

CollectionStatus Registry::status(PersonId id) const {
  const Slot* slot = model_->slot(id);
  return slot == nullptr ? CollectionStatus::kNotRequested : model_->facts[slot->index].status;
}

std::vector<const Person*> Registry::dependants_of(PersonId head) const {
  std::vector<const Person*> out;
  const Slot* slot = model_->slot(head);
  if (slot == nullptr) return out;
  std::vector<Slot*> dependants = slot->dependants;
  std::ranges::sort(
      dependants, [&](const Slot* a, const Slot* b) { return model_->before(a->index, b->index); });
  for (const Slot* dependant : dependants) out.push_back(&dependant->person);
  return out;
}

std::uint16_t Registry::dependants_count(PersonId head) const {
  const Slot* slot = model_->slot(head);
  return slot == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(slot->dependants.size());
}

Page<Person> Registry::people(const PeopleQuery& query) const {
  const Model& m = *model_;
  Page<Person> page;
  std::uint32_t group = 0;
  if (!query.group.empty()) {
    const auto company = m.groups.find(query.tenant);
    if (company == m.groups.end()) return page;
    const auto named = company->second.find(query.group);
    if (named == company->second.end()) return page;
    group = named->second.id;
  }
  std::vector<std::uint8_t> found;
  const std::string needle = search_key(query.text);
  if (!needle.empty()) m.search.find(needle, found);
  for (const std::uint32_t index : m.order) {
    const Facts& facts = m.facts[index];
    if (!needle.empty() && found[index] == 0) continue;
    if (query.status && facts.status != *query.status) continue;
    if (query.kind && facts.kind != *query.kind) continue;
    if (!query.group.empty() && facts.group != group) continue;
    if (query.only != nullptr && !(*query.only)(m.by_index[index]->person)) continue;
    if (page.total >= query.offset && page.rows.size() < query.limit) {
      page.rows.push_back(&m.by_index[index]->person);
    }
    ++page.total;
  }
  return page;
}

void Registry::each_person(const std::function<void(const Person&)>& visit) const {
  for (const std::uint32_t index : model_->order) visit(model_->by_index[index]->person);
}

std::size_t Registry::people_count() const { return model_->people.size(); }

std::vector<std::string_view> Registry::groups(TenantId tenant) const {
  std::vector<std::string_view> out;
  const auto company = model_->groups.find(tenant);
  if (company == model_->groups.end()) return out;
  for (const auto& [name, group] : company->second) {
    if (!name.empty() && group.people != 0) out.emplace_back(name);
  }
  return out;
}

const std::array<std::uint32_t, kStatuses>& Registry::status_counts() const {
  return model_->counts;
}

// ---- requests and submissions

const Request* Registry::request(RequestId id) const {
  const auto found = model_->requests.find(id.value);
  return found == model_->requests.end() ? nullptr : &found->second;
}

const Request* Registry::request_by_link(const ipc::Digest& link) const {
  const auto found = model_->by_link.find(link);
  return found == model_->by_link.end() ? nullptr : *found;
}

const Request* Registry::open_request_of(PersonId person) const {
  const Slot* slot = model_->slot(person);
  return slot == nullptr ? nullptr : model_->open_request(*slot);
}

std::vector<const Request*> Registry::requests_of(PersonId person) const {
  const Slot* slot = model_->slot(person);
  if (slot == nullptr) return {};
  return {slot->requests.rbegin(), slot->requests.rend()};
}

Page<Request> Registry::requests(std::optional<CollectionStatus> status, std::uint32_t offset,
                                 std::uint32_t limit, Only only) const {
  Page<Request> page;
  const auto& all = model_->requests_by_age;
  for (auto request = all.rbegin(); request != all.rend(); ++request) {
    if (status && request_status((*request)->state) != *status) continue;
    if (only != nullptr && !(*only)(*person((*request)->person))) continue;
    if (page.total >= offset && page.rows.size() < limit) page.rows.push_back(*request);
    ++page.total;
  }
  return page;
}

const Submission* Registry::submission(SubmissionId id) const {
  const auto found = model_->submissions.find(id);
  return found == model_->submissions.end() ? nullptr : &found->second;
}

const Submission* Registry::submission_of(RequestId request) const {
  const auto found = model_->submission_of_request.find(request.value);
  return found == model_->submission_of_request.end() ? nullptr : found->second;
}

Page<Submission> Registry::submissions(std::uint32_t offset, std::uint32_t limit, Only only) const {
  if (only == nullptr) return page_of(model_->submissions_by_age, offset, limit);
  std::vector<const Submission*> seen;
  for (const Submission* one : model_->submissions_by_age) {
    if ((*only)(*person(one->person))) seen.push_back(one);
  }
  return page_of(seen, offset, limit);
}

// ---- accounts, settings, odds and ends

const Account* Registry::account(AccountId id) const {
  const auto found = model_->accounts.find(id);
  return found == model_->accounts.end() ? nullptr : &found->second;
}

const Account* Registry::account_by_login(std::string_view login) const {
  const auto found = model_->logins.find(login);
  return found == model_->logins.end() ? nullptr : account(found->second);
}

const Account* Registry::account_by_enrolment(const ipc::Digest& key) const {
  for (const auto& [id, account] : model_->accounts) {
    if (account.enrolment_key && *account.enrolment_key == key) return &account;
  }
  return nullptr;
}

const std::map<std::uint64_t, Throttle>& Registry::throttles() const { return model_->throttles; }
const std::map<ipc::MailId, Mail>& Registry::mails() const { return model_->mails; }

const Keyring& Registry::keyring(AccountId id) const {
  static const Keyring kNone;
  const auto found = model_->keyrings.find(id);
  return found == model_->keyrings.end() ? kNone : found->second;
}

std::vector<const Account*> Registry::accounts() const {
  std::vector<const Account*> out;
  for (const auto& [login, id] : model_->logins) out.push_back(account(id));
  return out;
}

const Settings* Registry::settings() const {
  return model_->settings ? &*model_->settings : nullptr;
}

const Designation* Registry::designation(AccountId account) const {
  const auto found = model_->designations.find(account);
  return found == model_->designations.end() ? nullptr : &found->second;
}

const ApiClient* Registry::client(AccountId id) const {
  const auto found = model_->clients.find(id);
  return found == model_->clients.end() ? nullptr : &found->second;
}

const std::map<AccountId, ApiClient>& Registry::clients() const { return model_->clients; }

const Zones* Registry::zones() const {
  return model_->zones && !model_->zones->rows.empty() ? &*model_->zones : nullptr;
}

const Company* Registry::company(TenantId id) const {
  const auto found = model_->companies.find(id);
  return found == model_->companies.end() ? nullptr : &found->second;
}

const std::map<TenantId, Company>& Registry::companies() const { return model_->companies; }

const std::map<AccountId, Delegation>& Registry::delegations() const { return model_->delegations; }

const Hours* Registry::hours() const { return model_->hours ? &*model_->hours : nullptr; }

const Proposal* Registry::proposal(ProposalId id) const {
  const auto found = model_->proposals.find(id);
  return found == model_->proposals.end() ? nullptr : &found->second;
}

const Proposal* Registry::proposal_of(DisposalId disposal) const {
  const auto found = model_->of_disposal.find(disposal.value);
  return found == model_->of_disposal.end() ? nullptr : found->second;
}

Page<Proposal> Registry::proposals(TenantId tenant, std::uint32_t offset,
                                   std::uint32_t limit) const {
  std::vector<const Proposal*> all;
  for (const bool open : {true, false}) {
    const auto& by_age = model_->proposals_by_age;
    for (auto one = by_age.rbegin(); one != by_age.rend(); ++one) {
      const bool is_open = (*one)->stage == base::ProposalStage::kOpen;
      if ((*one)->tenant == tenant && is_open == open) all.push_back(*one);
    }
  }
  return page_of(all, offset, limit);
}

std::vector<const Proposal*> Registry::open_proposals() const {
  std::vector<const Proposal*> out;
  for (const Proposal* one : model_->proposals_by_age) {
    if (one->stage == base::ProposalStage::kOpen) out.push_back(one);
  }
  return out;
}

std::uint64_t Registry::new_id() const { return model_->options.new_id(); }

std::uint32_t Registry::take_version(PersonId person) {
  Slot* slot = model_->slot(person);
  ASSERT(slot != nullptr);
  return slot->next_version++;
}

std::uint32_t Registry::shelf_size() const { return model_->options.shelf_size; }

}  // namespace registry
