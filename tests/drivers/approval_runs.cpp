// approval_runs SEED RUNS: proposals through daemon/proposals and policy, on a real register, in
// random orders of everything that people do: propose, edit, approve what is shown or what was
// shown before, refuse, cancel, lose and regain roles and accounts, let time pass, carry out. An
// onlooker keeps his own books and his own table of the requirements, and judges what went through
// and what did not. Prints one JSON line; exit status 1 when anything was not as required.
#include <cstdio>
#include <map>
#include <random>
#include <set>

#include "base/secret_access.h"
#include "daemon/proposals.h"
#include "daemon/registry/accounts.h"

namespace {

using base::AccountId;
using base::ProposalId;
using base::ProposalKind;
using base::Role;

// ---- the requirements, by hand

struct Required {
  std::set<Role> proposers;
  std::set<Role> approvers;
  std::size_t others = 0;
};
const Required& required(ProposalKind kind) {
  static const Required kRights{
      {Role::kResponsible, Role::kRightsManager}, {Role::kResponsible, Role::kRightsManager}, 1};
  static const Required kStop{{Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
                              {Role::kResponsible, Role::kRightsManager},
                              1};
  static const Required kShut{{Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
                              {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
                              1};
  static const Required kSettings{
      {Role::kResponsible}, {Role::kResponsible, Role::kRightsManager}, 1};
  static const Required kZones{{Role::kResponsible, Role::kSecurityOfficer},
                               {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
                               1};
  static const Required kEmergency{
      {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer, Role::kHandler},
      {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
      1};
  static const Required kEarly{
      {Role::kHandler}, {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer}, 2};
  switch (kind) {
    case ProposalKind::kInvite:
    case ProposalKind::kChangeRole:
    case ProposalKind::kDesignate:
    case ProposalKind::kEnrolClient:
    case ProposalKind::kRenewClient:
    case ProposalKind::kAddCompany: return kRights;
    case ProposalKind::kRevokeClient: return kShut;
    case ProposalKind::kDelegate:
    case ProposalKind::kDisable: return kStop;
    case ProposalKind::kSettings: return kSettings;
    case ProposalKind::kZones:
    case ProposalKind::kHours: return kZones;
    case ProposalKind::kEmergency: return kEmergency;
    case ProposalKind::kEarlyDisposal: break;
  }
  return kEarly;
}

// About the appliance as a whole: only people of the firm propose it.
bool is_of_box(ProposalKind kind) {
  return kind == ProposalKind::kZones || kind == ProposalKind::kHours ||
         kind == ProposalKind::kEmergency || kind == ProposalKind::kAddCompany;
}

// By one of the others, who agrees with that; else by who proposed it.
bool carried_out_by_other(ProposalKind kind) {
  return kind == ProposalKind::kEarlyDisposal || kind == ProposalKind::kEmergency;
}
std::set<Role> carriers(ProposalKind kind) {
  if (kind == ProposalKind::kEarlyDisposal) return {Role::kResponsible};
  return carried_out_by_other(kind) ? required(kind).approvers : required(kind).proposers;
}

constexpr Role kRoles[] = {Role::kResponsible,     Role::kRightsManager, Role::kHandler,
                           Role::kSecurityOfficer, Role::kViewer,        Role::kAuditor};
constexpr std::uint64_t kAccounts = 12;  // the last three are people of another company
constexpr std::uint64_t kOfFirm = 9;     // of six people: the last three are second accounts
constexpr base::TenantId kElsewhere{7};
constexpr std::int64_t kWeekMs = std::int64_t{7} * 24 * 3'600'000;

struct Accepted {
  AccountId account;
  std::uint64_t person = 0;
  ipc::Digest digest;
};
struct Book {
  ProposalKind kind = ProposalKind::kInvite;
  std::uint64_t requester_person = 0;
  AccountId requester;
  base::TenantId company;
  ipc::Digest digest;
  std::vector<ipc::Digest> earlier;
  std::vector<Accepted> approvals;
  std::int64_t ends_at = 0;
  bool ended = false;
};

struct Counts {
  std::uint64_t steps = 0;
  std::uint64_t executed = 0;
  std::uint64_t refused = 0;
  std::uint64_t violations = 0;
};

class Run {
 public:
  Run(std::uint64_t seed, Counts& counts) : random_(seed), counts_(counts) {
    registry::Options options;
    options.new_id = [this] { return random_() | 1U; };
    registry_ = registry::Registry(std::move(options));
    ASSERT(registry_.finish_load().has_value());
    registry_.apply(*registry::add_company(
        registry_, {.id = kElsewhere, .name = ipc::Name::literal("検証の会社")}));
    for (std::uint64_t i = 1; i <= kAccounts; ++i) add_account(i);
  }

  void go() {
    const std::size_t steps = 10 + pick(40);
    for (std::size_t i = 0; i < steps; ++i) {
      ++counts_.steps;
      switch (pick(12)) {
        case 0:
        case 1: propose(); break;
        case 2: edit(); break;
        case 3:
        case 4:
        case 5: approve(); break;
        case 6: change_account(); break;
        case 7: pass_time(); break;
        case 8: end(); break;
        default: execute(); break;
      }
    }
  }

 private:
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  AccountId any_account() { return AccountId{1 + pick(kAccounts)}; }
  [[nodiscard]] policy::Moment now() const {
    return {static_cast<std::uint64_t>(now_), {now_ + 1'000'000}};
  }
  void violation(const char* what) {
    ++counts_.violations;
    std::fprintf(stderr, "violation: %s\n", what);
  }

  void add_account(std::uint64_t number) {
    registry::Account account;
    account.id = AccountId{number};
    account.login = ipc::LoginName::literal("user" + std::to_string(number));
    account.name = ipc::Name::literal("検証 " + std::to_string(number));
    account.natural_person = number > 6 && number <= kOfFirm ? number - 6 : number;
    account.role = number <= 4         ? kRoles[number - 1]
                   : number <= kOfFirm ? kRoles[pick(std::size(kRoles))]
                                       : kRoles[number - kOfFirm - 1];
    if (number > kOfFirm) account.tenant = kElsewhere;
    account.password_verifier = *ipc::Bytes<256>::from(base::as_bytes("verifier"));
    account.totp_secret = *ipc::Secret<20>::from(base::as_bytes("12345678901234567890"));
    registry_.apply(*registry::create_account(registry_, std::move(account)));
  }

  const registry::Account& at(AccountId id) { return *registry_.account(id); }
  bool can(AccountId id, const std::set<Role>& roles) {
    return !at(id).disabled && roles.contains(at(id).role);
  }
  bool can(AccountId id, const std::set<Role>& roles, const Book& book) {
    return can(id, roles) && at(id).tenant == book.company;
  }

  ProposalId any_proposal() {
    if (books_.empty()) return {};
    auto it = books_.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(pick(books_.size())));
    return it->first;
  }

  registry::ProposalContent content_of(ProposalKind kind) {
    registry::ProposalContent content;
    content.kind = kind;
    content.phrase = ipc::Text<200>::literal("phrase " + std::to_string(pick(100)));
    return content;
  }

  void propose() {
    if (books_.size() >= 4) return;
    const auto kind =
        static_cast<ProposalKind>(pick(static_cast<std::size_t>(ProposalKind::kLast) + 1));
    const AccountId by = any_account();
    const ProposalId id{random_() | 1U};
    auto content = content_of(kind);
    if (kind == ProposalKind::kEarlyDisposal) content.disposal = base::DisposalId{random_() | 1U};
    auto change = core::make_proposal(registry_, id, std::move(content), by, now());
    const bool of_it = !is_of_box(kind) || at(by).tenant == base::kFirm;
    if (change.has_value() != (of_it && can(by, required(kind).proposers))) {
      return violation("propose");
    }
    if (!change) return refused();
    registry_.apply(*std::move(change));
    books_[id] = {.kind = kind,
                  .requester_person = at(by).natural_person,
                  .requester = by,
                  .company = at(by).tenant,
                  .digest = registry_.proposal(id)->digest,
                  .ends_at = now_ + kWeekMs};
  }

  void edit() {
    const ProposalId id = any_proposal();
    if (!id.valid()) return;
    Book& book = books_[id];
    const AccountId by = pick(3) == 0 ? any_account() : book.requester;
    auto content = content_of(book.kind);
    content.disposal = registry_.proposal(id)->content.disposal;
    auto change = core::edit_proposal(registry_, id, std::move(content), by, now());
    if (!change) return refused();
    if (book.ended || now_ >= book.ends_at) violation("edited after the end");
    if (at(by).natural_person != book.requester_person) violation("edited by somebody else");
    registry_.apply(*std::move(change));
    book.earlier.push_back(book.digest);
    book.digest = registry_.proposal(id)->digest;
    if (book.digest == book.earlier.back()) violation("an edit with the same digest");
  }

  ipc::Digest shown(const Book& book) {
    if (book.earlier.empty() || pick(3) != 0) return book.digest;
    return book.earlier[pick(book.earlier.size())];
  }

  void approve() {
    const ProposalId id = any_proposal();
    if (!id.valid()) return;
    Book& book = books_[id];
    const AccountId by = any_account();
    const ipc::Digest digest = shown(book);
    auto change = core::approve_proposal(registry_, id, by, digest, now());
    if (!change) return refused();
    if (book.ended || now_ >= book.ends_at) violation("approved after the end");
    if (at(by).natural_person == book.requester_person) violation("approved by the requester");
    if (!can(by, required(book.kind).approvers, book)) violation("approved without the right");
    if (digest != book.digest) violation("approved what was shown before");
    registry_.apply(*std::move(change));
    book.approvals.push_back({by, at(by).natural_person, digest});
  }

  void change_account() {
    auto after = registry::copy_of(at(any_account()));
    if (pick(2) == 0) {
      after.disabled = !after.disabled;
    } else {
      after.role = kRoles[pick(std::size(kRoles))];
    }
    registry_.apply(*registry::update_account(registry_, std::move(after)));
  }

  void pass_time() {
    now_ += pick(4) == 0 ? kWeekMs / 2 : 60'000;
    for (auto& [id, book] : books_) {
      auto change = core::expire_proposal(registry_, id, now());
      if (change.has_value() != (!book.ended && now_ >= book.ends_at)) violation("expire");
      if (!change) continue;
      registry_.apply(*std::move(change));
      book.ended = true;
    }
  }

  void end() {
    const ProposalId id = any_proposal();
    if (!id.valid() || pick(2) == 0) return;
    Book& book = books_[id];
    const AccountId by = any_account();
    const bool refusing = pick(2) == 0;
    auto change = refusing ? core::refuse_proposal(registry_, id, by, {}, now())
                           : core::cancel_proposal(registry_, id, by, now());
    if (!change) return refused();
    if (book.ended || now_ >= book.ends_at) violation("ended twice");
    const bool own = at(by).natural_person == book.requester_person;
    if (refusing == own) violation("ended by the wrong side");
    if (refusing && !can(by, required(book.kind).approvers, book)) {
      violation("refused without the right");
    }
    registry_.apply(*std::move(change));
    book.ended = true;
  }

  // Whether the books say that this account may carry it out now.
  bool ready(const Book& book, AccountId by, const ipc::Digest& digest) {
    const Required& rule = required(book.kind);
    if (book.ended || now_ >= book.ends_at || digest != book.digest) return false;
    if (!can(book.requester, rule.proposers)) return false;
    const bool own = at(by).natural_person == book.requester_person;
    const bool by_other = carried_out_by_other(book.kind);
    if (own == by_other) return false;
    if (!can(by, carriers(book.kind), book)) return false;
    std::set<std::uint64_t> persons;
    for (const Accepted& one : book.approvals) {
      if (one.digest == book.digest && one.person != book.requester_person &&
          can(one.account, rule.approvers, book)) {
        persons.insert(one.person);
      }
    }
    if (by_other && can(by, rule.approvers, book)) persons.insert(at(by).natural_person);
    return !persons.empty() && persons.size() >= rule.others;
  }

  void execute() {
    const ProposalId id = any_proposal();
    if (!id.valid()) return;
    Book& book = books_[id];
    const AccountId by =
        carried_out_by_other(book.kind) || pick(4) == 0 ? any_account() : book.requester;
    const ipc::Digest digest = shown(book);
    auto change = core::execute_proposal(registry_, id, by, digest, now());
    if (change.has_value() != ready(book, by, digest)) {
      violation(change ? "carried out without being ready" : "ready, and not carried out");
    }
    if (!change) return refused();
    registry_.apply(*std::move(change));
    book.ended = true;
    ++counts_.executed;
  }

  void refused() { ++counts_.refused; }

  std::mt19937_64 random_;
  Counts& counts_;
  registry::Registry registry_;
  std::map<ProposalId, Book> books_;
  std::int64_t now_ = 1000;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: approval_runs SEED RUNS\n"), 2;
  const std::uint64_t seed = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t runs = std::strtoull(argv[2], nullptr, 10);
  Counts counts;
  std::uint64_t first_bad = 0;
  for (std::uint64_t i = 0; i < runs; ++i) {
    const std::uint64_t before = counts.violations;
    Run(seed * 1'000'003 + i, counts).go();
    if (counts.violations == before) continue;
    if (first_bad == 0) first_bad = i + 1;
    if (counts.violations > 20) break;
  }
  std::printf(
      "{\"seed\": %llu, \"runs\": %llu, \"steps\": %llu, \"executed\": %llu, "
      "\"refused\": %llu, \"violations\": %llu, \"first_bad_run\": %llu}\n",
      static_cast<unsigned long long>(seed), static_cast<unsigned long long>(runs),
      static_cast<unsigned long long>(counts.steps),
      static_cast<unsigned long long>(counts.executed),
      static_cast<unsigned long long>(counts.refused),
      static_cast<unsigned long long>(counts.violations),
      static_cast<unsigned long long>(first_bad));
  return counts.violations == 0 ? 0 : 1;
}
