// What one asker may see of the register: everything of his company, unless his role needs a
// designation (policy/designation.h) or it is another system with its grant (daemon/clients.h);
// then the people that it covers, and nobody when it is not in force. Whom it does not cover is not
// there, and nothing of another company is: handlers look everything up here, and answer as for an
// id that never was.
#pragma once

#include "daemon/context.h"
#include "policy/designation.h"

namespace core {

// In force for this account today; kNever for one that has none.
base::Designated designated(Core& core, base::AccountId account);

policy::Scope scope_of(const ipc::Designation& designation);
policy::Scope scope_of(const ipc::ClientGrant& grant);
policy::Term term_of(const ipc::Designation& designation);

class Sight {
 public:
  Sight(Core& core, const ipc::Actor& actor);
  Sight(const Sight&) = delete;  // `only_` refers to it
  Sight& operator=(const Sight&) = delete;

  [[nodiscard]] bool is_limited() const { return limited_; }
  // Dependants are covered with their head.
  [[nodiscard]] bool covers(const registry::Person& person) const;
  [[nodiscard]] bool covers(base::Purpose purpose) const;
  // For the register's lists; nullptr when nothing is left out.
  [[nodiscard]] registry::Only only() const { return limited_ ? &only_ : nullptr; }

  // nullptr for what is not there, and for what is not there for him.
  [[nodiscard]] const registry::Person* person(base::PersonId id) const;
  [[nodiscard]] const registry::Request* request(base::RequestId id) const;
  [[nodiscard]] const registry::Submission* submission(base::SubmissionId id) const;
  [[nodiscard]] const registry::Disposal* disposal(base::DisposalId id) const;
  // Of his company, whatever his designation.
  [[nodiscard]] const registry::Proposal* proposal(base::ProposalId id) const;
  [[nodiscard]] const registry::Account* account(base::AccountId id) const;
  [[nodiscard]] std::vector<const registry::Account*> accounts() const;  // by login
  // Groups with somebody in them whom he sees.
  [[nodiscard]] std::vector<std::string_view> groups() const;

 private:
  Core& core_;
  base::TenantId company_;
  bool scoped_ = false;   // by a designation or a grant
  bool limited_ = false;  // by that, or because there are other companies
  policy::Scope scope_;   // without kinds where nobody is covered
  std::function<bool(const registry::Person&)> only_;
};

}  // namespace core
