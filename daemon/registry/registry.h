// The register in memory: everything the store holds, indexed for the questions that pages ask.
// Loaded record by record while the store is verified, then changed only by apply(). Lookups
// return pointers that live until the next apply(). Single-threaded; knows no policy, no HSM, no
// log. The operations that make changes are in people.h, requests.h, submissions.h, shelves.h,
// disposals.h and accounts.h.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "daemon/registry/change.h"
#include "daemon/registry/search.h"

namespace registry {

inline constexpr std::size_t kPurposes = static_cast<std::size_t>(Purpose::kLast) + 1;
inline constexpr std::size_t kStatuses =
    static_cast<std::size_t>(base::CollectionStatus::kLast) + 1;
inline constexpr std::size_t kPeopleMax = 1'000'000;

struct Options {
  std::uint32_t shelf_size = 1024;        // people on one shelf
  std::function<std::uint64_t()> new_id;  // random; default: the system's generator
};

// Whom an asker may see; nullptr: everybody.
using Only = const std::function<bool(const Person&)>*;

struct PeopleQuery {
  std::string_view text;  // matched against number, name and kana after search_key(); empty: all
  std::optional<base::CollectionStatus> status;
  std::optional<base::PersonKind> kind;
  std::string_view group;   // empty: all
  TenantId tenant = kFirm;  // whose group it is
  Only only = nullptr;
  std::uint32_t offset = 0;
  std::uint32_t limit = ipc::kPageRows;
};

template <class T>
struct Page {
  std::uint32_t total = 0;
  std::vector<const T*> rows;
};

struct Slot;  // of the inside

class Registry {
 public:
  explicit Registry(Options options = {});
  Registry(const Registry&) = delete;  // large, and there is one register
  Registry& operator=(const Registry&) = delete;
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) noexcept;
  ~Registry();

  // ---- loading: load() is what Store::open shows records to; finish_load() once after the last.
  // kCorrupt when a record contradicts another (a number of nobody, two people with one number
  // ...).
  base::Result<> load(base::ByteSpan key, base::ByteSpan value);
  base::Result<> finish_load();

  void apply(Change&& change);

  // ---- people
  [[nodiscard]] const Person* person(PersonId id) const;
  [[nodiscard]] const Person* person_by_number(TenantId tenant, std::string_view employee_no) const;
  [[nodiscard]] base::CollectionStatus status(PersonId id) const;
  [[nodiscard]] std::vector<const Person*> dependants_of(PersonId head) const;  // by number, name
  [[nodiscard]] std::uint16_t dependants_count(PersonId head) const;
  // In the order of employee numbers, dependants after their head.
  [[nodiscard]] Page<Person> people(const PeopleQuery& query) const;
  void each_person(const std::function<void(const Person&)>& visit) const;  // same order
  [[nodiscard]] std::size_t people_count() const;
  [[nodiscard]] std::vector<std::string_view> groups(TenantId tenant) const;  // sorted
  [[nodiscard]] const std::array<std::uint32_t, kStatuses>& status_counts() const;

  // ---- numbers and shelves
  [[nodiscard]] const Number* number(PersonId person, Purpose purpose) const;
  [[nodiscard]] bool holds_numbers(PersonId person) const;
  [[nodiscard]] const Shelf* shelf(ShelfId id) const;
  [[nodiscard]] std::vector<const Shelf*> shelves() const;
  [[nodiscard]] std::uint32_t living_on(ShelfId id) const;  // numbers, or items that wait
  [[nodiscard]] std::vector<const Number*> numbers_on(ShelfId id) const;  // in order of person
  // Who has the number of this tag on that shelf; an invalid id: nobody.
  [[nodiscard]] PersonId tagged(ShelfId shelf, const ipc::DuplicateTag& tag) const;
  // Shelves to probe so that every living number of the tenant is seen at least once.
  [[nodiscard]] std::vector<ShelfId> shelves_to_probe(TenantId tenant) const;
  // Leavers (leaving day before `today`) who hold numbers and are in no open disposal.
  [[nodiscard]] std::vector<const Person*> disposal_candidates(Day today, std::size_t limit,
                                                               Only only = nullptr) const;
  [[nodiscard]] std::uint32_t disposal_candidates_count(Day today) const;

  [[nodiscard]] bool in_open_disposal(PersonId person) const;  // neither done nor cancelled

  // ---- requests and submissions
  [[nodiscard]] const Request* request(RequestId id) const;
  [[nodiscard]] const Request* request_by_link(const ipc::Digest& link) const;  // in any state
  [[nodiscard]] const Request* open_request_of(
      PersonId person) const;  // kOpen, Submitted, Returned
  [[nodiscard]] std::vector<const Request*> requests_of(PersonId person) const;  // newest first
  // Newest first. `status` as request_status() gives it.
  [[nodiscard]] Page<Request> requests(std::optional<base::CollectionStatus> status,
                                       std::uint32_t offset, std::uint32_t limit,
                                       Only only = nullptr) const;
  [[nodiscard]] const Submission* submission(SubmissionId id) const;
  [[nodiscard]] const Submission* submission_of(RequestId request) const;
  [[nodiscard]] Page<Submission> submissions(std::uint32_t offset, std::uint32_t limit,
                                             Only only = nullptr) const;  // oldest first

  // ---- disposals
  [[nodiscard]] const Disposal* disposal(DisposalId id) const;
  // Newest first; with `only`, those that are about nobody else.
  [[nodiscard]] Page<Disposal> disposals(std::uint32_t offset, std::uint32_t limit,
                                         Only only = nullptr) const;
  // Approved, not done: what a restart has to finish. At most one by the rules of disposals.h.
  [[nodiscard]] const Disposal* unfinished_disposal() const;
  [[nodiscard]] std::uint32_t disposals_waiting(TenantId tenant) const;  // proposed

  // ---- accounts and settings
  [[nodiscard]] const Account* account(AccountId id) const;
  [[nodiscard]] const Account* account_by_login(std::string_view login) const;
  [[nodiscard]] const Account* account_by_enrolment(const ipc::Digest& key) const;
  [[nodiscard]] const std::map<std::uint64_t, Throttle>& throttles() const;
  [[nodiscard]] const std::map<ipc::MailId, Mail>& mails() const;
  // An empty one (of no account) when there is none yet.
  [[nodiscard]] const Keyring& keyring(AccountId id) const;
  [[nodiscard]] std::vector<const Account*> accounts() const;  // by login
  [[nodiscard]] const Settings* settings() const;              // nullptr before provisioning

  [[nodiscard]] const Designation* designation(AccountId account) const;  // nullptr: never
  // ---- other systems; revoked ones stay, for the log and for what they made
  [[nodiscard]] const ApiClient* client(AccountId id) const;
  [[nodiscard]] const std::map<AccountId, ApiClient>& clients() const;

  // ---- the companies of the group besides the firm
  [[nodiscard]] const Company* company(TenantId id) const;
  [[nodiscard]] const std::map<TenantId, Company>& companies() const;

  // By who is away; also those that are over.
  [[nodiscard]] const std::map<AccountId, Delegation>& delegations() const;
  // nullptr: the configuration file's are in force.
  [[nodiscard]] const Zones* zones() const;
  [[nodiscard]] const Hours* hours() const;  // nullptr: nothing was ever decided

  // ---- proposals
  [[nodiscard]] const Proposal* proposal(ProposalId id) const;
  [[nodiscard]] const Proposal* proposal_of(DisposalId disposal) const;  // in any stage
  // Of one company. Open ones first, then the newest first.
  [[nodiscard]] Page<Proposal> proposals(TenantId tenant, std::uint32_t offset,
                                         std::uint32_t limit) const;
  [[nodiscard]] std::vector<const Proposal*> open_proposals() const;  // oldest first

  // A fresh random id, not 0. Callers need not check it: 64 random bits.
  [[nodiscard]] std::uint64_t new_id() const;
  // The next version of a number of this person; never the same twice, also for seals that are
  // dropped.
  std::uint32_t take_version(PersonId person);
  [[nodiscard]] std::uint32_t shelf_size() const;

 private:
  struct Model;
  [[nodiscard]] bool is_candidate(const Slot& slot, Day today) const;
  std::unique_ptr<Model> model_;
};

// What a request shows as: kReturned, kSubmitted ...; a revoked or expired one kNotRequested.
base::CollectionStatus request_status(RequestState state);

}  // namespace registry
