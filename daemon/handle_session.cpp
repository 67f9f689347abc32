// Signing in and out, and the re-authentication for one act.
#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/companies.h"
#include "daemon/deputies.h"
#include "daemon/digest.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"
#include "daemon/sign_in.h"
#include "policy/access.h"

namespace core {

using base::Code;
using base::fail;

namespace {

base::Result<ipc::CsrfToken> copy_of(const ipc::CsrfToken& token) {
  return ipc::CsrfToken::from(token.read(base::secret_access()));
}

// A failure counts against the address too; what could not be tried does not.
void count_source(Context& context, const base::Error& error) {
  if (error.code == Code::kDenied || error.code == Code::kLocked) {
    context.core.sign_in_failures.failed(context.peer->address, context.core.mono());
  }
}

// Which action a grant of this kind is for: nobody gets a grant for what he may not do.
policy::Action action_of(base::StepUpAct act) {
  switch (act) {
    case base::StepUpAct::kReveal: return policy::Action::kReveal;
    case base::StepUpAct::kApproveDisposal: return policy::Action::kApproveDisposal;
    case base::StepUpAct::kApproveProposal: return policy::Action::kApproveProposal;
    case base::StepUpAct::kChangePassword: return policy::Action::kChangePassword;
    case base::StepUpAct::kMakeRecoveryCodes: return policy::Action::kMakeRecoveryCodes;
    case base::StepUpAct::kReplaceAuthenticator: return policy::Action::kBeginAuthenticator;
    case base::StepUpAct::kAddPasskey: return policy::Action::kAddPasskey;
    case base::StepUpAct::kRemovePasskey: return policy::Action::kRemovePasskey;
    case base::StepUpAct::kSetMail: return policy::Action::kSetMail;
    case base::StepUpAct::kExportLog: return policy::Action::kExportLog;
    case base::StepUpAct::kExecuteProposal: return policy::Action::kExecuteProposal;
  }
  return policy::Action::kReveal;
}

// 2026 or 2026-04.
bool is_period(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (text.size() == 4) return digits(text) && text >= "1900";
  if (text.size() != 7 || text[4] != '-') return false;
  const auto month = text.substr(5);
  return digits(text.substr(0, 4)) && digits(month) && month >= "01" && month <= "12";
}

// What a grant of this kind is bound to, besides the act: 0 for nothing.
std::uint64_t ref_of(const ipc::StepUp& request) {
  switch (request.act) {
    case base::StepUpAct::kApproveDisposal: return request.disposal.value;
    case base::StepUpAct::kApproveProposal:
    case base::StepUpAct::kExecuteProposal: return request.proposal.value;
    case base::StepUpAct::kRemovePasskey: return request.passkey.value;
    case base::StepUpAct::kReveal:
    case base::StepUpAct::kChangePassword:
    case base::StepUpAct::kMakeRecoveryCodes:
    case base::StepUpAct::kReplaceAuthenticator:
    case base::StepUpAct::kAddPasskey:
    case base::StepUpAct::kSetMail:
    case base::StepUpAct::kExportLog: break;
  }
  return 0;
}

base::Result<> check_step_up(Context& context, const ipc::StepUp& request) {
  Core& core = context.core;
  if (request.act == base::StepUpAct::kApproveProposal ||
      request.act == base::StepUpAct::kExecuteProposal) {
    const Sight sight(core, context.actor);
    if (sight.proposal(request.proposal) == nullptr) return fail(Code::kNotFound, "proposal");
    return {};
  }
  if (request.act == base::StepUpAct::kApproveDisposal) {
    const auto* disposal = core.reg().disposal(request.disposal);
    if (disposal == nullptr || disposal->tenant != context.actor.tenant) {
      return fail(Code::kNotFound, "disposal");
    }
    return {};
  }
  if (request.act != base::StepUpAct::kReveal) return {};
  if (request.people.empty()) return fail(Code::kMissing, "people");
  if (!is_period(request.period.view())) return fail(Code::kInvalid, "period");
  // Somebody without a number is refused when it is asked for; a list of only such people is a
  // mistake.
  const auto purpose = base::purpose_of(request.form);
  const Sight sight(core, context.actor);
  if (!sight.covers(purpose)) return fail(Code::kDenied, "scope");
  bool any = false;
  for (const auto person : request.people) {
    if (sight.person(person) == nullptr) return fail(Code::kNotFound, "people");
    any = any || core.reg().number(person, purpose) != nullptr;
  }
  if (!any) return fail(Code::kNotFound, "people");
  return {};
}

Grant remembered(const Context& context, const ipc::StepUp& request, std::uint16_t seconds) {
  Grant grant;
  grant.session = context.actor.session;
  grant.act = request.act;
  grant.people.insert(request.people.begin(), request.people.end());
  grant.form = request.form;
  grant.period = request.period;
  grant.ref = ref_of(request);
  grant.expires = {context.core.mono().ms + std::int64_t{seconds} * 1000};
  return grant;
}

// Nobody re-authenticates for what he may not do by his role, or by his company.
base::Result<> check_act(const Context& context, policy::Action action) {
  Core& core = context.core;
  const auto& rule = policy::rule_of(action);
  const std::uint32_t stands_in = deputy_for(core.reg(), context.actor.account, core.moment());
  if (!policy::is_for(rule, context.actor.role, stands_in)) return fail(Code::kDenied, "access");
  if (rule.about == policy::About::kBox && context.actor.tenant != base::kFirm) {
    return fail(Code::kDenied, "company");
  }
  return {};
}

// The session's own challenge, once, and a passkey of the session's own account.
base::Task<base::Result<FactorsResult>> check_with_passkey(Context& context,
                                                           const ipc::PasskeyAssertion& assertion) {
  Core& core = context.core;
  const auto site = site_of(core);
  if (!site) co_return fail(Code::kState, "host");
  const auto challenge =
      webauthn::challenge_of(*site, webauthn::Ceremony::kGet, assertion.client_data.view());
  const bool taken =
      challenge && core.sessions.take_challenge(context.actor.session, *challenge, core.mono());
  if (!taken) {
    auto entry = context.entry(base::CoreEvent::kStepUpFailed);
    entry.error = challenge ? base::Error{Code::kUsed, "challenge"} : challenge.error();
    co_await core.note(std::move(entry));
    co_return fail(Code::kDenied, "passkey");
  }
  const auto held = co_await core.writes.lock();
  co_return co_await check_passkey(context, assertion, context.actor.account, context.actor.session,
                                   std::nullopt, base::CoreEvent::kStepUpFailed);
}

base::Task<base::Result<FactorsResult>> re_authenticate(Context& context, ipc::StepUp& request) {
  if (request.assertion) co_return co_await check_with_passkey(context, *request.assertion);
  Factors factors;
  factors.account = context.actor.account;
  factors.password = std::move(request.password);
  factors.code = std::move(request.code);
  factors.least = policy::rule_of(action_of(request.act)).assurance;
  co_return co_await check_factors(context, std::move(factors), std::nullopt,
                                   base::CoreEvent::kStepUpFailed);
}

}  // namespace

Answer<ipc::SignIn> handle(Context& context, ipc::SignIn request) {
  Core& core = context.core;
  CO_CHECK(core.sign_in_failures.check(context.peer->address, core.mono()));
  Factors factors;
  factors.login = canonical_login(request.login.view());
  factors.password = std::move(request.password);
  factors.code = std::move(request.code);
  factors.device = device_of(request.device_token);
  factors.session = {core.random().id()};
  const base::SessionId session = factors.session;
  const std::uint64_t generation = core.generation();
  const auto checked = co_await check_factors(
      context, std::move(factors), base::CoreEvent::kSignedIn, base::CoreEvent::kSignInFailed);
  if (!checked) {
    count_source(context, checked.error());
    co_return std::unexpected(checked.error());
  }
  if (core.generation() != generation) co_return fail(Code::kState, "appliance");
  Browser browser{std::move(request.device_token), request.device, std::move(request.ends)};
  co_return co_await open_session(context, *checked, session, std::move(browser));
}

Answer<ipc::SignOut> handle(Context& context, ipc::SignOut /*request*/) {
  Core& core = context.core;
  core.sessions.end(context.actor.session, core.mono());
  core.grants.end_session(context.actor.session);
  co_await core.note(context.entry(base::CoreEvent::kSignedOut));
  co_return ipc::Done{};
}

base::Result<ipc::SessionFacts> session_facts(Context& context, const ipc::SessionToken& token) {
  Core& core = context.core;
  const auto found = core.sessions.find(token, context.peer->zone, core.mono());
  if (found.session == nullptr) return fail(Code::kDenied, "session");
  ipc::SessionFacts out;
  out.name = name_of(core, context.actor.account);
  out.role = context.actor.role;
  out.deputy_for = deputy_for(core.reg(), context.actor.account, core.moment());
  out.csrf = TRY(copy_of(found.session->csrf));
  out.state = core.state();
  out.firm = words_of(core, context.actor.tenant).name;
  out.runs_box = context.actor.tenant == base::kFirm;
  out.idle_left_s = static_cast<std::uint32_t>(core.sessions.limits(out.role).idle_ms / 1000);
  out.assurance = found.session->assurance;
  out.has_passkey = !core.reg().keyring(context.actor.account).passkeys.empty();
  out.challenge = found.session->challenge;
  return out;
}

Answer<ipc::GetSession> handle(Context& context, ipc::GetSession request) {
  co_return session_facts(context, request.token);
}

Answer<ipc::StepUp> handle(Context& context, ipc::StepUp request) {
  Core& core = context.core;
  if (const auto allowed = check_act(context, action_of(request.act)); !allowed) {
    auto entry = context.entry(base::CoreEvent::kAccessDenied);
    entry.action = ipc::Text<32>::literal(policy::name(action_of(request.act)));
    entry.error = allowed.error();
    co_await core.note(std::move(entry));
    co_return std::unexpected(allowed.error());
  }
  CO_CHECK(core.sign_in_failures.check(context.peer->address, core.mono()));
  CO_CHECK(check_step_up(context, request));
  const auto checked = co_await re_authenticate(context, request);
  if (!checked) {
    count_source(context, checked.error());
    co_return std::unexpected(checked.error());
  }
  ipc::OpenGrant open;
  open.actor = context.actor;
  open.act = request.act;
  open.people = request.people;
  open.form = request.form;
  open.period = request.period;
  open.ref = ref_of(request);
  CO_TRY(const auto opened, co_await core.audit.call(std::move(open)));
  core.grants.add(opened.grant, remembered(context, request, opened.seconds), core.mono());
  co_return ipc::StepUp::Reply{opened.grant, opened.seconds};
}

}  // namespace core
