#include "daemon/scope.h"

#include <algorithm>

namespace core {

namespace {

constexpr std::uint32_t kEveryKind = ~std::uint32_t{0};

}  // namespace

base::Designated designated(Core& core, base::AccountId account) {
  const auto* found = core.reg().designation(account);
  if (found == nullptr) return base::Designated::kNever;
  if (found->ended_at.ms != 0) return base::Designated::kEnded;
  if (core.moment().run_ms >= found->over_run_ms) return base::Designated::kOver;
  return policy::state_of(term_of(found->terms), base::day_in_japan(core.wall()));
}

policy::Scope scope_of(const ipc::Designation& designation) {
  policy::Scope out;
  for (const auto& group : designation.groups) out.groups.push_back(group.view());
  out.kinds = designation.kinds;
  out.purposes = designation.purposes;
  return out;
}

policy::Scope scope_of(const ipc::ClientGrant& grant) {
  policy::Scope out;
  for (const auto& group : grant.groups) out.groups.push_back(group.view());
  out.kinds = grant.kinds;
  out.purposes = grant.purposes;
  return out;
}

policy::Term term_of(const ipc::Designation& designation) {
  return {designation.trained, designation.first, designation.last};
}

Sight::Sight(Core& core, const ipc::Actor& actor)
    : core_(core),
      company_(actor.tenant),
      scoped_(policy::needs_designation(actor.role) || actor.role == base::Role::kApiClient),
      limited_(scoped_ || !core.reg().companies().empty()) {
  if (!limited_) return;
  only_ = [this](const registry::Person& person) { return covers(person); };
  if (!scoped_) return;
  if (actor.role == base::Role::kApiClient) {
    // Policy has judged its days.
    if (const auto* client = core.reg().client(actor.account)) scope_ = scope_of(client->grant);
  } else if (designated(core, actor.account) == base::Designated::kNow) {
    scope_ = scope_of(core.reg().designation(actor.account)->terms);
  }
}

bool Sight::covers(const registry::Person& person) const {
  if (person.tenant != company_) return false;
  if (!scoped_) return true;
  const auto* head = core_.reg().person(person.head);
  const registry::Person& leader = head != nullptr ? *head : person;
  return policy::covers(scope_, leader.group.view(), leader.kind);
}

bool Sight::covers(base::Purpose purpose) const {
  return !scoped_ || policy::covers(scope_, purpose);
}

const registry::Person* Sight::person(base::PersonId id) const {
  const auto* found = core_.reg().person(id);
  return found != nullptr && covers(*found) ? found : nullptr;
}

const registry::Request* Sight::request(base::RequestId id) const {
  const auto* found = core_.reg().request(id);
  return found != nullptr && person(found->person) != nullptr ? found : nullptr;
}

const registry::Submission* Sight::submission(base::SubmissionId id) const {
  const auto* found = core_.reg().submission(id);
  return found != nullptr && person(found->person) != nullptr ? found : nullptr;
}

const registry::Disposal* Sight::disposal(base::DisposalId id) const {
  const auto* found = core_.reg().disposal(id);
  if (found == nullptr || found->tenant != company_) return nullptr;
  const auto seen = [this](base::PersonId one) { return person(one) != nullptr; };
  return std::ranges::all_of(found->people, seen) ? found : nullptr;
}

const registry::Proposal* Sight::proposal(base::ProposalId id) const {
  const auto* found = core_.reg().proposal(id);
  return found != nullptr && found->tenant == company_ ? found : nullptr;
}

const registry::Account* Sight::account(base::AccountId id) const {
  const auto* found = core_.reg().account(id);
  return found != nullptr && found->tenant == company_ ? found : nullptr;
}

std::vector<const registry::Account*> Sight::accounts() const {
  auto all = core_.reg().accounts();
  std::erase_if(all, [this](const registry::Account* one) { return one->tenant != company_; });
  return all;
}

std::vector<std::string_view> Sight::groups() const {
  auto all = core_.reg().groups(company_);
  if (!scoped_) return all;
  // A group by itself; of which kind its people are does not matter here.
  auto scope = scope_;
  if (scope.kinds != 0) scope.kinds = kEveryKind;
  std::erase_if(all, [&](std::string_view group) {
    return !policy::covers(scope, group, base::PersonKind::kEmployee);
  });
  return all;
}

}  // namespace core
