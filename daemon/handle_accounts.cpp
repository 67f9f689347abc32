// Accounts, settings and zones: what is there, and the proposals to change it. Nothing here
// changes a right by itself but the stop of an account that cannot approve.
#include <map>

#include "base/secret_access.h"
#include "daemon/companies.h"
#include "daemon/effects.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"

namespace core {

using base::Code;
using base::fail;
using base::ProposalKind;

namespace {

constexpr std::size_t kPasscodeCharsMin = 8;

// How many accounts in use each natural person has.
std::map<std::uint64_t, std::uint32_t> accounts_by_person(
    const std::vector<const registry::Account*>& accounts) {
  std::map<std::uint64_t, std::uint32_t> out;
  for (const auto* account : accounts) {
    if (!account->disabled) ++out[account->natural_person];
  }
  return out;
}

}  // namespace

Answer<ipc::ListAccounts> handle(Context& context, ipc::ListAccounts /*request*/) {
  ipc::ListAccounts::Reply reply;
  const auto accounts = Sight(context.core, context.actor).accounts();
  auto by_person = accounts_by_person(accounts);
  for (const auto* account : accounts) {
    if (reply.rows.full()) break;
    if (account->role == base::Role::kApiClient) continue;  // nobody signs in with it
    ipc::AccountRow row;
    row.id = account->id;
    row.login = account->login;
    row.name = account->name;
    row.role = account->role;
    row.enrolled = !account->password_verifier.empty();
    row.disabled = account->disabled;
    row.last_sign_in = account->last_sign_in;
    row.designated = designated(context.core, account->id);
    if (const auto* made = context.core.reg().designation(account->id); made != nullptr) {
      row.designated_until = made->terms.last;
    }
    row.second = by_person[account->natural_person] > 1;
    CO_CHECK(reply.rows.push(std::move(row)));
  }
  co_return std::move(reply);
}

Answer<ipc::InviteAccount> handle(Context& context, ipc::InviteAccount request) {
  registry::ProposalContent content;
  content.kind = ProposalKind::kInvite;
  content.login = std::move(request.login);
  content.name = std::move(request.name);
  content.role = request.role;
  content.same_person = request.same_person;
  content.designation = std::move(request.designation);
  content.mail = std::move(request.mail);
  content.company = request.company.valid() ? request.company : context.actor.tenant;
  co_return co_await propose(context, std::move(content), request.revises);
}

Answer<ipc::ChangeRole> handle(Context& context, ipc::ChangeRole request) {
  registry::ProposalContent content;
  content.kind = ProposalKind::kChangeRole;
  content.account = request.account;
  content.role = request.role;
  co_return co_await propose(context, std::move(content), {});
}

Answer<ipc::DisableAccount> handle(Context& context, ipc::DisableAccount request) {
  Core& core = context.core;
  registry::ProposalContent content;
  content.kind = ProposalKind::kDisable;
  content.account = request.account;
  const auto* named = Sight(core, context.actor).account(request.account);
  if (named == nullptr) co_return fail(Code::kNotFound, "account");
  if (named->disabled) co_return ipc::Proposed{};
  if (policy::guards_rights(named->role)) {
    co_return co_await propose(context, std::move(content), {});
  }
  const auto held = co_await core.writes.lock();
  CO_CHECK(check_content(context, content));
  CO_TRY(auto effect, co_await effect_of(context, std::move(content)));
  CO_CHECK(co_await core.commit(std::move(effect.entry), std::move(effect.change)));
  core.sessions.end_account(request.account, core.mono());
  core.epoch_due();
  co_return ipc::Proposed{};
}

Answer<ipc::GetSettings> handle(Context& context, ipc::GetSettings /*request*/) {
  ipc::GetSettings::Reply reply;
  const auto words = words_of(context.core, context.actor.tenant);
  reply.firm = words.name;
  reply.phrase = words.phrase;
  reply.passcode_set = !words.passcode.empty();
  co_return reply;
}

Answer<ipc::SaveSettings> handle(Context& context, ipc::SaveSettings request) {
  Core& core = context.core;
  if (!request.passcode.empty() && request.passcode.size() < kPasscodeCharsMin) {
    co_return fail(Code::kDenied, "passcode_short");
  }
  registry::ProposalContent content;
  content.kind = ProposalKind::kSettings;
  content.phrase = std::move(request.phrase);
  if (!request.passcode.empty()) {
    // Only its verifier waits for approval: nobody can read the passcode from the register.
    CO_TRY(auto passcode, base::Secret<256>::from(request.passcode.read(base::secret_access())));
    CO_TRY(content.passcode_verifier,
           co_await make_verifier(core, VerifierUse::kPasscode,
                                  passcode_owner(context.actor.tenant), std::move(passcode)));
  }
  co_return co_await propose(context, std::move(content), request.revises);
}

Answer<ipc::GetZones> handle(Context& context, ipc::GetZones /*request*/) {
  Core& core = context.core;
  ipc::GetZones::Reply reply;
  reply.from_file = core.reg().zones() == nullptr;
  for (const auto& one : core.zones()) {
    if (reply.rows.full()) break;
    CO_TRY(auto block, ipc::Text<64>::from(one.block.text()));
    CO_CHECK(reply.rows.push({std::move(block), one.zone, one.roles, one.certificate}));
  }
  reply.peer = context.peer->text;
  co_return std::move(reply);
}

Answer<ipc::ProposeZones> handle(Context& context, ipc::ProposeZones request) {
  registry::ProposalContent content;
  content.kind = ProposalKind::kZones;
  content.zones = std::move(request.rows);
  co_return co_await propose(context, std::move(content), request.revises);
}

}  // namespace core
