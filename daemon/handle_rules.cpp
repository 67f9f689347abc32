// The table of policy as pages explain it: what the asker may do here and now, and why not.
#include "daemon/deputies.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"
#include "policy/access.h"

namespace core {

namespace {

ipc::RuleRefusal refusal_of(policy::Reason reason) {
  switch (reason) {
    case policy::Reason::kZone: return ipc::RuleRefusal::kZone;
    case policy::Reason::kState: return ipc::RuleRefusal::kState;
    case policy::Reason::kRole: return ipc::RuleRefusal::kRole;
    case policy::Reason::kAssurance: return ipc::RuleRefusal::kAssurance;
    case policy::Reason::kDesignation: return ipc::RuleRefusal::kDesignation;
    case policy::Reason::kHours: return ipc::RuleRefusal::kHours;
    case policy::Reason::kCompany: return ipc::RuleRefusal::kCompany;
    case policy::Reason::kNone:
    case policy::Reason::kSession:
    case policy::Reason::kExpired:
    case policy::Reason::kLink:
    case policy::Reason::kSelf:
    case policy::Reason::kPurpose:
    case policy::Reason::kApproval:
    case policy::Reason::kScope:
    case policy::Reason::kStepUp:
    case policy::Reason::kCertificate:
    case policy::Reason::kCertificateOver:
    case policy::Reason::kDesk: break;
  }
  return ipc::RuleRefusal::kNone;
}

// The kind of proposal that an act makes, if it makes one.
const policy::DualRule* dual_rule_of(policy::Action action) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::ProposalKind::kLast); ++i) {
    const auto& rule = policy::rule_of(static_cast<base::ProposalKind>(i));
    if (rule.proposed_by == action && rule.carried_out_as == policy::Action::kExecuteProposal) {
      return &rule;
    }
  }
  return nullptr;
}

ipc::RuleRow row_of(policy::Action action, const policy::Facts& facts) {
  const auto& rule = policy::rule_of(action);
  ipc::RuleRow row;
  row.action = ipc::Text<32>::literal(policy::name(action));
  row.roles = rule.roles.bits;
  row.step_up = rule.step_up.has_value();
  row.purpose = rule.needs_purpose;
  row.others = rule.others;
  if (const auto* dual = dual_rule_of(action); dual != nullptr) {
    row.others = dual->others;
    row.approvers = dual->approvers.bits;
  }
  row.refusal = refusal_of(policy::decide(action, facts).reason);
  return row;
}

}  // namespace

Answer<ipc::GetRules> handle(Context& context, ipc::GetRules request) {
  policy::Facts facts;
  facts.role = context.actor.role;
  facts.deputy_for = deputy_for(context.core.reg(), context.actor.account, context.core.moment());
  facts.runs_box = context.actor.tenant == base::kFirm;
  facts.zone = context.actor.zone;
  facts.state = context.core.state();
  facts.session = policy::SessionState::kFresh;
  const auto found =
      context.core.sessions.find(request.token, context.peer->zone, context.core.mono());
  if (found.session != nullptr) facts.assurance = found.session->assurance;
  facts.designated = designated(context.core, context.actor.account);
  facts.in_scope = true;  // of somebody who is in it
  facts.open = context.core.is_open(facts.role, facts.zone);
  ipc::GetRules::Reply reply;
  reply.needs_designation = policy::needs_designation(context.actor.role);
  reply.designated = facts.designated;
  if (const auto* own = context.core.reg().designation(context.actor.account); own != nullptr) {
    reply.designation = own->terms;
  }
  for (std::size_t i = 0; i < policy::kActions; ++i) {
    const auto action = static_cast<policy::Action>(i);
    if (policy::rule_of(action).credential != policy::Credential::kSession) continue;
    CO_CHECK(reply.rows.push(row_of(action, facts)));
  }
  co_return std::move(reply);
}

}  // namespace core
