#include "daemon/facts.h"

#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/digest.h"
#include "daemon/proposals.h"
#include "daemon/registry/requests.h"
#include "daemon/scope.h"

namespace core {

using policy::LinkState;

namespace {

LinkState link_state(Core& core, const ipc::LinkToken& link) {
  // Unknown links cost the same look-up as known ones.
  const auto digest = sha256(link.read(base::secret_access()));
  const auto request = registry::usable_request(core.reg(), digest, core.wall());
  if (request) return LinkState::kValid;
  if (request.error().code == base::Code::kExpired) return LinkState::kExpired;
  return request.error().code == base::Code::kUsed ? LinkState::kClosed : LinkState::kNone;
}

// Of who has no account.
void add_link(Core& core, const ipc::LinkToken& link, policy::Facts& facts) {
  facts.link = link_state(core, link);
  facts.open = core.is_open(base::Role::kSubject, base::Zone::kCollection);
}

// Separation of duties is by natural person: a second account of the same person is no second
// person.
bool same_person(Core& core, base::AccountId one, base::AccountId other) {
  if (one == other) return true;
  const auto* a = core.reg().account(one);
  const auto* b = core.reg().account(other);
  return a != nullptr && b != nullptr && a->natural_person == b->natural_person;
}

// An account that is in use and whose role answers for others; else nobody.
policy::Party rescuer_named(Core& core, std::string_view login) {
  const auto* account = core.reg().account_by_login(canonical_login(login));
  if (account == nullptr) return {};
  const auto party = party_of(core.reg(), account->id, core.moment());
  return party.active && policy::may_rescue(party.role) ? party : policy::Party{};
}

void add_approval(Core& core, const ipc::Actor& actor, base::AccountId requester,
                  policy::Facts& facts) {
  facts.by_requester = same_person(core, actor.account, requester);
  facts.others_approving = facts.by_requester ? 0 : 1;
}

}  // namespace

void add_facts(Core& core, const ipc::Actor& /*actor*/, const ipc::OpenPortal& request,
               policy::Facts& facts) {
  add_link(core, request.link, facts);
}
void add_facts(Core& core, const ipc::Actor& /*actor*/, const ipc::SubmitNumbers& request,
               policy::Facts& facts) {
  add_link(core, request.link, facts);
}
void add_facts(Core& core, const ipc::Actor& /*actor*/, const ipc::DeclineNumbers& request,
               policy::Facts& facts) {
  add_link(core, request.link, facts);
}

void add_facts(Core& core, const ipc::Actor& actor, const ipc::ApproveSubmission& request,
               policy::Facts& facts) {
  // What does not exist is for the handler to say: it is not a question of rights.
  facts.others_approving = 1;
  const auto* submission = core.reg().submission(request.submission);
  if (submission == nullptr) return;
  // The number's owner is no account; who asked for the number is.
  if (const auto* asked = core.reg().request(submission->request); asked != nullptr) {
    add_approval(core, actor, asked->made_by, facts);
  }
}

void add_facts(Core& core, const ipc::Actor& /*actor*/, const ipc::RescueAccount& request,
               policy::Facts& facts) {
  const auto rescued = core.reg().account_by_login(canonical_login(request.login.view()));
  const base::TenantId company = rescued != nullptr ? rescued->tenant : base::kFirm;
  const std::uint64_t person = rescued != nullptr
                                   ? rescued->natural_person
                                   : natural_person_key(company, request.name.view());
  const auto first = rescuer_named(core, request.first.login.view());
  const auto second = rescuer_named(core, request.second.login.view());
  facts.by_requester = first.person != 0 && (first.person == second.person ||
                                             first.person == person || second.person == person);
  // Two of the company itself, or two of the firm that runs the box.
  const bool together =
      first.company == second.company && (first.company == company || first.company == base::kFirm);
  facts.others_approving = first.person != 0 && second.person != 0 && together ? 1 : 0;
}

void add_facts(Core& core, const ipc::Actor& actor, const ipc::Reveal& request,
               policy::Facts& facts) {
  facts.step_up =
      core.grants.check_reveal(request.grant, actor.session, request.person, core.mono());
  const auto* grant = core.grants.find(request.grant);
  const Sight sight(core, actor);
  facts.in_scope = grant == nullptr || (sight.person(request.person) != nullptr &&
                                        sight.covers(base::purpose_of(grant->form)));
  // A number exists for a purpose only if the purpose was notified with its request.
  facts.purpose_notified =
      grant == nullptr ||
      core.reg().number(request.person, base::purpose_of(grant->form)) != nullptr;
}

void add_facts(Core& core, const ipc::Actor& actor, const ipc::ApproveDisposal& request,
               policy::Facts& facts) {
  facts.others_approving = 1;
  facts.step_up = core.grants.check(request.grant, actor.session, base::StepUpAct::kApproveDisposal,
                                    request.disposal.value, core.mono());
  if (const auto* disposal = core.reg().disposal(request.disposal); disposal != nullptr) {
    add_approval(core, actor, disposal->proposed_by, facts);
  }
}
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ExportLog& request,
               policy::Facts& facts) {
  facts.step_up =
      core.grants.check(request.grant, actor.session, base::StepUpAct::kExportLog, 0, core.mono());
}
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ApproveProposal& request,
               policy::Facts& facts) {
  facts.step_up = core.grants.check(request.grant, actor.session, base::StepUpAct::kApproveProposal,
                                    request.proposal.value, core.mono());
}
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ExecuteProposal& request,
               policy::Facts& facts) {
  facts.step_up = core.grants.check(request.grant, actor.session, base::StepUpAct::kExecuteProposal,
                                    request.proposal.value, core.mono());
}

void add_facts(Core& core, const ipc::Actor& actor, const ipc::ChangePassword& request,
               policy::Facts& facts) {
  facts.step_up = core.grants.check(request.grant, actor.session, base::StepUpAct::kChangePassword,
                                    0, core.mono());
}
void add_facts(Core& core, const ipc::Actor& actor, const ipc::MakeRecoveryCodes& request,
               policy::Facts& facts) {
  facts.step_up = core.grants.check(request.grant, actor.session,
                                    base::StepUpAct::kMakeRecoveryCodes, 0, core.mono());
}
void add_facts(Core& core, const ipc::Actor& actor, const ipc::BeginAuthenticator& request,
               policy::Facts& facts) {
  facts.step_up = core.grants.check(request.grant, actor.session,
                                    base::StepUpAct::kReplaceAuthenticator, 0, core.mono());
}
void add_facts(Core& core, const ipc::Actor& actor, const ipc::AddPasskey& request,
               policy::Facts& facts) {
  facts.step_up =
      core.grants.check(request.grant, actor.session, base::StepUpAct::kAddPasskey, 0, core.mono());
}
void add_facts(Core& core, const ipc::Actor& actor, const ipc::RemovePasskey& request,
               policy::Facts& facts) {
  facts.step_up = core.grants.check(request.grant, actor.session, base::StepUpAct::kRemovePasskey,
                                    request.passkey.value, core.mono());
}

void add_facts(Core& core, const ipc::Actor& actor, const ipc::SetMail& request,
               policy::Facts& facts) {
  facts.step_up =
      core.grants.check(request.grant, actor.session, base::StepUpAct::kSetMail, 0, core.mono());
}

}  // namespace core
