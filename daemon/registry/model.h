// The inside of the register (registry.h): what is held and how it is linked. For registry/ only.
#pragma once

#include <unordered_set>

#include "daemon/registry/registry.h"

namespace registry {

struct Slot {
  Person person;
  std::uint32_t index = 0;         // in by_index, facts and the search index
  std::uint32_t next_version = 1;  // above every version that was ever handed out
  std::array<std::unique_ptr<Number>, kPurposes> numbers;
  Slot* head = nullptr;
  std::vector<Slot*> dependants;
  std::vector<const Request*> requests;  // oldest first
};

// What filters look at, packed so that a walk over everybody stays in the cache.
struct Facts {
  base::CollectionStatus status = base::CollectionStatus::kNotRequested;
  base::PersonKind kind = base::PersonKind::kEmployee;
  std::uint32_t group = 0;
};

struct ShelfSlot {
  // Who has something living on the shelf, by the first bytes of its tag.
  struct Member {
    std::uint64_t prefix = 0;
    PersonId person;
    friend auto operator<=>(const Member&, const Member&) = default;
  };
  Shelf shelf;
  std::vector<Member> members;  // sorted
  std::uint32_t primaries = 0;  // people whose first number (by purpose) is here
};

// Sets of pointers that are looked up by a part of what they point to, which is not stored again.
struct ByEmployeeNo {
  using is_transparent = void;
  using Name = std::pair<std::uint64_t, std::string_view>;
  static Name name(const Name& n) { return n; }
  static Name name(const Slot* s) { return {s->person.tenant.value, s->person.employee_no.view()}; }
  std::size_t operator()(const auto& n) const {
    return std::hash<std::string_view>{}(name(n).second) ^ name(n).first;
  }
  bool operator()(const auto& a, const auto& b) const { return name(a) == name(b); }
};
struct ByLink {
  using is_transparent = void;
  static const ipc::Digest* link(const ipc::Digest& d) { return &d; }
  static const ipc::Digest* link(const Request* r) { return &r->link; }
  std::size_t operator()(const auto& r) const {
    return std::hash<std::string_view>{}(base::as_text(link(r)->view()));
  }
  bool operator()(const auto& a, const auto& b) const { return *link(a) == *link(b); }
};

struct Registry::Model {
  Options options;
  bool loading = true;

  std::unordered_map<std::uint64_t, Slot> people;
  std::vector<Slot*> by_index;
  std::vector<Facts> facts;
  std::vector<std::uint32_t> order;  // indices by employee number, dependants after their head
  std::unordered_set<Slot*, ByEmployeeNo, ByEmployeeNo> by_number;
  SearchIndex search;
  struct Group {
    std::uint32_t id = 0;
    std::uint32_t people = 0;
  };
  std::map<TenantId, std::map<std::string, Group, std::less<>>> groups;  // of each company
  std::array<std::uint32_t, kStatuses> counts{};

  std::unordered_map<std::uint64_t, Request> requests;
  std::unordered_set<const Request*, ByLink, ByLink> by_link;
  std::vector<const Request*> requests_by_age;  // oldest first
  std::map<SubmissionId, Submission> submissions;
  std::unordered_map<std::uint64_t, const Submission*> submission_of_request;
  std::vector<const Submission*> submissions_by_age;
  std::map<ShelfId, ShelfSlot> shelves;
  std::map<DisposalId, Disposal> disposals;
  std::vector<const Disposal*> disposals_by_age;
  std::unordered_set<std::uint64_t>
      in_disposal;  // people of disposals that are neither done nor cancelled
  std::map<AccountId, Account> accounts;
  std::map<std::string, AccountId, std::less<>> logins;
  std::optional<Settings> settings;
  std::map<AccountId, Keyring> keyrings;
  std::map<std::uint64_t, Throttle> throttles;
  std::optional<Zones> zones;
  std::map<AccountId, Designation> designations;
  std::optional<Hours> hours;
  std::map<AccountId, Delegation> delegations;  // by who is away
  std::map<ProposalId, Proposal> proposals;
  std::vector<const Proposal*> proposals_by_age;                   // oldest first
  std::unordered_map<std::uint64_t, const Proposal*> of_disposal;  // early ones, by disposal
  std::map<ipc::MailId, Mail> mails;
  std::map<AccountId, ApiClient> clients;
  std::map<TenantId, Company> companies;

  Slot* slot(PersonId id);
  [[nodiscard]] const Slot* slot(PersonId id) const;

  // Each checks what it relies on and says kCorrupt with the kind of record; after loading a
  // failure is a bug of the operations.
  base::Result<> put(Person&& record);
  base::Result<> put(Account&& record);
  base::Result<> put(Request&& record);
  base::Result<> put(Submission&& record);
  base::Result<> put(Number&& record);
  base::Result<> put(Shelf&& record);
  base::Result<> put(Disposal&& record);
  base::Result<> put(Settings&& record);
  base::Result<> put(Keyring&& record);
  base::Result<> put(Throttle&& record);
  base::Result<> put(Zones&& record);
  base::Result<> put(Proposal&& record);
  base::Result<> put(Mail&& record);
  base::Result<> put(Designation&& record);
  base::Result<> put(Hours&& record);
  base::Result<> put(Delegation&& record);
  base::Result<> put(ApiClient&& record);
  base::Result<> put(Company&& record);
  base::Result<> put_record(Record&& record);
  void erase(SubmissionId id);
  void erase(PersonId person, Purpose purpose);

  // After puts: links dependants, restores order and statuses of what was touched.
  base::Result<> settle();

  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const;  // of `order`
  [[nodiscard]] const Request* open_request(const Slot& asker) const;

 private:
  [[nodiscard]] bool is_company(TenantId tenant) const;  // the firm, or one that it added
  base::Result<> link(Slot& slot);
  void unlink(Slot& slot);
  void index_text(const Slot& slot);
  std::uint32_t enter_group(const Person& person);
  void leave_group(const Person& person);
  void set_number(Slot& slot, Purpose purpose, std::unique_ptr<Number> number);
  void add_member(ShelfId shelf, const ipc::DuplicateTag& tag, PersonId person);
  void drop_member(ShelfId shelf, const ipc::DuplicateTag& tag, PersonId person);
  [[nodiscard]] base::CollectionStatus status_of(const Slot& slot) const;
  void refresh(const Slot& slot);
  void sort_order();

  std::uint32_t groups_made_ = 0;
  std::vector<Slot*> touched_;   // whose status may have changed
  std::vector<Slot*> to_link_;   // whose head is still to be found
  std::vector<Slot*> to_order_;  // new, or with another number or name
};

std::uint64_t tag_prefix(const ipc::DuplicateTag& tag);
// The first of a person's numbers, by purpose; nullptr when there is none.
const Number* primary(const Slot& slot);

}  // namespace registry
