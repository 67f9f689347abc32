// What waits for other people: proposing, seeing, approving, refusing, cancelling, carrying out.
// Each step is judged by policy on the register as it is, and is in the log before its answer.
#include "daemon/clients.h"
#include "daemon/companies.h"
#include "daemon/effects.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"
#include "daemon/use_grant.h"

namespace core {

using base::Code;
using base::CoreEvent;
using base::fail;
using base::ProposalKind;

namespace {

ipc::Append entry_for(const Context& context, CoreEvent event, const registry::Proposal& proposal) {
  auto entry = context.entry(event);
  entry.ref = proposal.id.value;
  entry.action = ipc::Text<32>::literal(name(proposal.content.kind));
  entry.login = proposal.content.login;
  return entry;
}

// A step that policy does not allow to this asker: written down like every other refusal.
base::Task<base::Error> refused(Context& context, policy::Action action, base::Error error) {
  if (error.code != Code::kDenied && error.code != Code::kConflict) co_return error;
  auto entry = context.entry(CoreEvent::kAccessDenied);
  entry.action = ipc::Text<32>::literal(policy::name(action));
  entry.error = error;
  co_await context.core.note(std::move(entry));
  co_return error;
}

ipc::Name subject_of(Core& core, const registry::ProposalContent& content) {
  return content.account.valid() ? name_of(core, content.account) : content.name;
}

ipc::ProposalRow row_of(Context& context, const registry::Proposal& proposal) {
  Core& core = context.core;
  const auto life = life_of(proposal);
  const auto now = core.moment();
  const auto lookup = lookup_in(core.reg(), now);
  const auto asker = party_of(core.reg(), context.actor.account, now);
  ipc::ProposalRow row;
  row.id = proposal.id;
  row.kind = proposal.content.kind;
  row.stage = proposal.stage;
  row.subject = subject_of(core, proposal.content);
  row.requested_by = name_of(core, proposal.requester);
  row.requested_at = proposal.requested_at;
  row.expires_at = proposal.expires_at;
  row.approvals = policy::counted(life, lookup);
  row.needed = policy::rule_of(proposal.content.kind).others;
  row.mine = asker.person != 0 && asker.person == proposal.requester_person;
  row.may_approve = policy::approve(life, asker, life.digest, now).has_value() &&
                    !is_deputy(core.reg(), proposal.content, context.actor.account);
  row.may_execute = proposal.content.kind != ProposalKind::kEarlyDisposal &&
                    policy::execute(life, asker, life.digest, lookup, now).has_value();
  return row;
}

// Nothing of another company's is there.
base::Result<> check_seen(Context& context, base::ProposalId proposal) {
  const bool seen = Sight(context.core, context.actor).proposal(proposal) != nullptr;
  return seen ? base::Result<>() : fail(Code::kNotFound, "proposal");
}

// Commits a step of a proposal's life, or writes down why it is not one.
base::Task<base::Result<ipc::Done>> take_step(Context& context, policy::Action action,
                                              CoreEvent event, base::ProposalId id,
                                              base::Result<registry::Change> change) {
  if (!change) co_return std::unexpected(co_await refused(context, action, change.error()));
  auto entry = entry_for(context, event, *context.core.reg().proposal(id));
  CO_CHECK(co_await context.core.commit(std::move(entry), *std::move(change)));
  co_return ipc::Done{};
}

}  // namespace

Answer<ipc::InviteAccount> propose(Context& context, registry::ProposalContent content,
                                   base::ProposalId revises) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  CO_CHECK(check_content(context, content));
  if (revises.valid()) CO_CHECK(check_seen(context, revises));
  const base::ProposalId id = revises.valid() ? revises : base::ProposalId{core.reg().new_id()};
  auto entry = context.entry(revises.valid() ? CoreEvent::kProposalEdited : CoreEvent::kProposed);
  entry.ref = id.value;
  entry.action = ipc::Text<32>::literal(name(content.kind));
  entry.login = content.login;
  const auto action = policy::rule_of(content.kind).proposed_by;
  auto change =
      revises.valid()
          ? edit_proposal(core.reg(), id, std::move(content), context.actor.account, core.moment())
          : make_proposal(core.reg(), id, std::move(content), context.actor.account, core.moment());
  if (!change) co_return std::unexpected(co_await refused(context, action, change.error()));
  CO_CHECK(co_await core.commit(std::move(entry), *std::move(change)));
  co_return ipc::Proposed{id};
}

std::uint32_t proposals_for(Context& context) {
  std::uint32_t count = 0;
  for (const auto* one : context.core.reg().open_proposals()) {
    const auto row = row_of(context, *one);
    if (row.may_approve || row.may_execute) ++count;
  }
  return count;
}

Answer<ipc::ListProposals> handle(Context& context, ipc::ListProposals request) {
  const auto page =
      context.core.reg().proposals(context.actor.tenant, request.offset, ipc::kPageRows);
  ipc::ListProposals::Reply reply;
  reply.total = page.total;
  for (const auto* one : page.rows) CO_CHECK(reply.rows.push(row_of(context, *one)));
  co_return std::move(reply);
}

Answer<ipc::GetProposal> handle(Context& context, ipc::GetProposal request) {
  Core& core = context.core;
  const auto* proposal = Sight(core, context.actor).proposal(request.proposal);
  if (proposal == nullptr) co_return fail(Code::kNotFound, "proposal");
  const auto& content = proposal->content;
  ipc::GetProposal::Reply reply;
  reply.row = row_of(context, *proposal);
  reply.digest = proposal->digest;
  reply.login = content.login;
  reply.role = content.role;
  if (const auto* account = core.reg().account(content.account); account != nullptr) {
    reply.login = account->login;
    reply.role_before = account->role;
  }
  reply.same_person = name_of(core, content.same_person);
  reply.phrase = content.phrase;
  reply.passcode = !content.passcode_verifier.empty();
  reply.zones = content.zones;
  reply.disposal = content.disposal;
  reply.people = static_cast<std::uint32_t>(content.people.size());
  reply.designation = content.designation;
  reply.mail = content.mail;
  if (content.company.valid() && content.company != proposal->tenant) {
    reply.company = content.company;
    reply.company_name = words_of(core, content.company).name;
  }
  reply.hours = content.hours;
  reply.minutes = content.minutes;
  if (content.delegation) {
    reply.delegation = content.delegation;
    reply.deputy = name_of(core, content.delegation->deputy);
  }
  reply.client = row_of(core, content);
  const auto life = life_of(*proposal);
  const auto lookup = lookup_in(core.reg(), core.moment());
  for (std::size_t i = 0; i < proposal->approvals.size(); ++i) {
    const auto& one = proposal->approvals[i];
    const bool stands = policy::counts(life, life.approvals.at(i), lookup);
    CO_CHECK(reply.approvals.push({name_of(core, one.account), one.at, stands}));
  }
  reply.decided_by = name_of(core, proposal->decided_by);
  reply.decided_at = proposal->decided_at;
  reply.reason = proposal->reason;
  co_return std::move(reply);
}

Answer<ipc::ApproveProposal> handle(Context& context, ipc::ApproveProposal request) {
  Core& core = context.core;
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kApproveProposal,
                              request.proposal.value));
  const auto held = co_await core.writes.lock();
  CO_CHECK(check_seen(context, request.proposal));
  auto change = approve_proposal(core.reg(), request.proposal, context.actor.account,
                                 request.digest, core.moment());
  co_return co_await take_step(context, policy::Action::kApproveProposal,
                               CoreEvent::kProposalApproved, request.proposal, std::move(change));
}

Answer<ipc::RefuseProposal> handle(Context& context, ipc::RefuseProposal request) {
  Core& core = context.core;
  if (request.reason.empty()) co_return fail(Code::kMissing, "reason");
  const auto held = co_await core.writes.lock();
  CO_CHECK(check_seen(context, request.proposal));
  auto change = refuse_proposal(core.reg(), request.proposal, context.actor.account, request.reason,
                                core.moment());
  co_return co_await take_step(context, policy::Action::kRefuseProposal,
                               CoreEvent::kProposalRefused, request.proposal, std::move(change));
}

Answer<ipc::CancelProposal> handle(Context& context, ipc::CancelProposal request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  CO_CHECK(check_seen(context, request.proposal));
  auto change = cancel_proposal(core.reg(), request.proposal, context.actor.account, core.moment());
  co_return co_await take_step(context, policy::Action::kCancelProposal,
                               CoreEvent::kProposalCancelled, request.proposal, std::move(change));
}

Answer<ipc::ExecuteProposal> handle(Context& context, ipc::ExecuteProposal request) {
  Core& core = context.core;
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kExecuteProposal,
                              request.proposal.value));
  const auto held = co_await core.writes.lock();
  const auto* found = Sight(core, context.actor).proposal(request.proposal);
  if (found == nullptr) co_return fail(Code::kNotFound, "proposal");
  const registry::ProposalContent content = found->content;
  const auto judge = [&] {
    return execute_proposal(core.reg(), request.proposal, context.actor.account, request.digest,
                            core.moment());
  };
  if (const auto first = judge(); !first) {
    co_return std::unexpected(
        co_await refused(context, policy::Action::kExecuteProposal, first.error()));
  }
  CO_CHECK(check_content(context, content));
  CO_TRY(auto effect, co_await effect_of(context, content));
  // Time has passed: once more, on what is committed.
  CO_TRY(auto change, judge());
  change.append(std::move(effect.change));
  const auto logged = co_await core.audit.call(
      entry_for(context, CoreEvent::kProposalExecuted, *core.reg().proposal(request.proposal)));
  if (!logged) co_return std::unexpected(logged.error());
  CO_CHECK(co_await core.commit(std::move(effect.entry), std::move(change)));
  if (effect.ended.valid()) core.sessions.end_account(effect.ended, core.mono());
  core.refresh_limits();
  core.epoch_due();
  co_return std::move(effect.reply);
}

base::Task<void> expire_proposals(Core& core) {
  const auto held = co_await core.writes.lock();
  std::vector<base::ProposalId> over;
  for (const auto* one : core.reg().open_proposals()) {
    if (policy::is_over(life_of(*one), core.moment())) over.push_back(one->id);
  }
  for (const auto id : over) {
    auto change = expire_proposal(core.reg(), id, core.moment());
    if (!change) continue;
    auto entry = entry_of(CoreEvent::kProposalExpired);
    entry.ref = id.value;
    entry.action = ipc::Text<32>::literal(name(core.reg().proposal(id)->content.kind));
    if (!co_await core.commit(std::move(entry), *std::move(change))) co_return;
  }
}

}  // namespace core
