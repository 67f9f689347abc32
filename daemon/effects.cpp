#include "daemon/effects.h"

#include <algorithm>

#include "base/mail_address.h"
#include "daemon/clients.h"
#include "daemon/companies.h"
#include "daemon/deputies.h"
#include "daemon/dispatch.h"
#include "daemon/mail.h"
#include "daemon/scope.h"
#include "policy/zones.h"

namespace core {

using base::Code;
using base::fail;
using base::ProposalKind;
using base::Result;

namespace {

std::uint64_t person_of(const registry::Registry& registry,
                        const registry::ProposalContent& content) {
  if (const auto* same = registry.account(content.same_person); same != nullptr) {
    return same->natural_person;
  }
  return natural_person_key(content.company, content.name.view());
}

// An account in use of the asker's company that somebody signs in with.
Result<const registry::Account*> account_of(Context& context, base::AccountId id) {
  const auto* account = Sight(context.core, context.actor).account(id);
  if (account == nullptr || account->disabled) return fail(Code::kNotFound, "account");
  if (context.core.reg().client(id) != nullptr) return fail(Code::kNotFound, "account");
  return account;
}

// The firm names the first who guard another company's rights, and nobody after them: from then on
// that company's own people decide who is one of them.
Result<> check_founding(Context& context, const registry::ProposalContent& content) {
  if (content.company == context.actor.tenant) return {};
  const auto* company = context.core.reg().company(content.company);
  if (context.actor.tenant != base::kFirm || company == nullptr) {
    return fail(Code::kNotFound, "company");
  }
  if (!policy::guards_rights(content.role)) return fail(Code::kInvalid, "founder");
  if (is_on_its_own(context.core, content.company)) return fail(Code::kState, "company");
  return {};
}

Result<> check_invite(Context& context, const registry::ProposalContent& content) {
  Core& core = context.core;
  TRY(check_founding(context, content));
  if (!policy::is_account_role(content.role)) return fail(Code::kInvalid, "role");
  if (!is_login(content.login.view())) return fail(Code::kInvalid, "login");
  if (content.name.empty()) return fail(Code::kMissing, "name");
  if (core.reg().account_by_login(content.login.view()) != nullptr) {
    return fail(Code::kDuplicate, "login");
  }
  if (const auto* same = core.reg().account(content.same_person);
      content.same_person.valid() && (same == nullptr || same->tenant != content.company)) {
    return fail(Code::kNotFound, "same_person");
  }
  if (content.designation) {
    TRY(check_designation_of(core, content.role, *content.designation));
  }
  if (!content.mail.empty()) {
    if (!base::is_mail_address(content.mail.view())) return fail(Code::kInvalid, "mail");
    if (!core.config().relay) return fail(Code::kState, "relay");
  }
  const std::uint64_t person = person_of(core.reg(), content);
  return policy::check_separation(content.role, accounts_of(core.reg(), person, {}));
}

// With the account having this role, or none; nobody may be left alone with the rights.
Result<> check_guards(Core& core, const registry::Account& account, base::Role role) {
  auto parties = parties_of(core.reg(), account.tenant);
  if (!policy::enough_guards(parties)) return {};  // they are still being enrolled
  for (auto& party : parties) {
    if (party.account == account.id) party.role = role;
  }
  if (!policy::enough_guards(parties)) return fail(Code::kDenied, "last_guards");
  return {};
}

Result<> check_change_role(Context& context, const registry::ProposalContent& content) {
  Core& core = context.core;
  const auto* account = TRY(account_of(context, content.account));
  if (!policy::is_account_role(content.role)) return fail(Code::kInvalid, "role");
  if (account->role == content.role) return fail(Code::kDuplicate, "role");
  TRY(policy::check_separation(content.role,
                               accounts_of(core.reg(), account->natural_person, content.account)));
  return check_guards(core, *account, content.role);
}

Result<> check_disable(Context& context, const registry::ProposalContent& content) {
  Core& core = context.core;
  const auto* account = TRY(account_of(context, content.account));
  // Who locks himself out can let nobody in again.
  const auto self = party_of(core.reg(), context.actor.account, core.moment());
  if (account->natural_person == self.person) return fail(Code::kDenied, "self");
  return check_guards(core, *account, base::Role::kNone);
}

Result<> check_designate(Context& context, const registry::ProposalContent& content) {
  const auto* account = TRY(account_of(context, content.account));
  if (!content.designation) return fail(Code::kMissing, "designation");
  return check_designation_of(context.core, account->role, *content.designation);
}

Result<> check_hours(const registry::ProposalContent& content) {
  for (const auto& row : content.hours) TRY(policy::check_opening(opening_of(row)));
  return {};
}

Result<> check_delegate(Context& context, const registry::ProposalContent& content) {
  Core& core = context.core;
  if (!content.delegation) return fail(Code::kMissing, "delegation");
  if (Sight(core, context.actor).account(content.account) == nullptr) {
    return fail(Code::kNotFound, "account");
  }
  const auto now = core.moment();
  const auto absent = party_of(core.reg(), content.account, now);
  const auto deputy = party_of(core.reg(), content.delegation->deputy, now);
  return policy::check_delegation(absent, deputy, accounts_of(core.reg(), deputy.person, {}),
                                  {content.delegation->first, content.delegation->last},
                                  base::day_in_japan(now.wall));
}

Result<> check_zones(Context& context, const registry::ProposalContent& content) {
  if (content.zones.empty()) return fail(Code::kMissing, "zones");
  const bool wanted = std::ranges::any_of(content.zones, &ipc::ZoneRow::certificate);
  if (wanted && context.core.environment().clients == nullptr) {
    return fail(Code::kMissing, "client_authority");
  }
  const bool shown = state_of_desk(context.core, *context.peer) == policy::CertificateState::kValid;
  return policy::check_zones(TRY(blocks_of(content.zones)),
                             {context.peer->address, context.actor.role, shown});
}

Result<> check_emergency(const registry::ProposalContent& content) {
  if (!policy::is_account_role(content.role)) return fail(Code::kInvalid, "role");
  if (content.phrase.empty()) return fail(Code::kMissing, "reason");
  return policy::check_emergency(content.minutes);
}

}  // namespace

Result<> check_designation_of(Core& core, base::Role role, const ipc::Designation& designation) {
  if (!policy::needs_designation(role)) return fail(Code::kInvalid, "role");
  return policy::check_designation(scope_of(designation), term_of(designation),
                                   base::day_in_japan(core.wall()));
}

Result<std::vector<base::ZoneBlock>> blocks_of(std::span<const ipc::ZoneRow> rows) {
  std::vector<base::ZoneBlock> out;
  for (const auto& row : rows) {
    const auto block = base::Cidr::parse(row.block.view());
    if (!block) return fail(Code::kInvalid, "zones");
    if (row.zone != base::Zone::kHandling && row.zone != base::Zone::kCollection &&
        row.zone != base::Zone::kApi) {
      return fail(Code::kInvalid, "zones");
    }
    for (const auto& one : out) {
      // A block may be people's and systems' both: they come to different listeners.
      const bool other = (one.zone == base::Zone::kApi) != (row.zone == base::Zone::kApi);
      if (one.block == *block && !other) return fail(Code::kDuplicate, "zones");
    }
    out.push_back({*block, row.zone, row.roles, row.certificate});
  }
  return out;
}

policy::Opening opening_of(const ipc::OpeningRow& row) {
  return {row.zone, row.roles, row.days, row.opens, row.closes};
}

Result<> check_content(Context& context, const registry::ProposalContent& content) {
  switch (content.kind) {
    case ProposalKind::kInvite: return check_invite(context, content);
    case ProposalKind::kChangeRole: return check_change_role(context, content);
    case ProposalKind::kDisable: return check_disable(context, content);
    case ProposalKind::kSettings:
      return content.phrase.empty() ? Result<>(fail(Code::kMissing, "phrase")) : Result<>();
    case ProposalKind::kZones: return check_zones(context, content);
    case ProposalKind::kDesignate: return check_designate(context, content);
    case ProposalKind::kHours: return check_hours(content);
    case ProposalKind::kEmergency: return check_emergency(content);
    case ProposalKind::kDelegate: return check_delegate(context, content);
    case ProposalKind::kEnrolClient:
    case ProposalKind::kRenewClient:
    case ProposalKind::kRevokeClient:
      // One that is enrolled only now has no account yet.
      if (content.account.valid() &&
          Sight(context.core, context.actor).account(content.account) == nullptr) {
        return fail(Code::kNotFound, "client");
      }
      return check_client(context.core, content);
    case ProposalKind::kAddCompany:
      return registry::check_company_name(context.core.reg(), content.name.view());
    case ProposalKind::kEarlyDisposal: break;  // by the disposal itself
  }
  return {};
}

Result<registry::Change> disable(const registry::Registry& registry, base::AccountId account) {
  const auto* found = registry.account(account);
  if (found == nullptr) return fail(Code::kNotFound, "account");
  auto after = registry::copy_of(*found);
  after.disabled = true;
  after.enrolment_key.reset();
  return registry::update_account(registry, std::move(after));
}

Result<registry::Change> end_designation(Core& core, base::AccountId account) {
  const auto* found = core.reg().designation(account);
  if (found == nullptr || found->ended_at.ms != 0) return fail(Code::kNotFound, "account");
  registry::Designation after = *found;
  after.ended_at = core.wall();
  registry::Change change;
  change.put(std::move(after));
  return change;
}

namespace {

// Over a day after its last one at the latest, by the box's running time, wherever the clock is
// set.
registry::Designation designation_from_now(Core& core, base::AccountId account,
                                           const ipc::Designation& terms) {
  constexpr std::uint64_t kDayMs = 86'400'000;
  const policy::Moment now = core.moment();
  const std::int32_t days = terms.last.days - base::day_in_japan(now.wall).days + 1;
  const auto left = static_cast<std::uint64_t>(std::max(days, 0)) * kDayMs;
  return {account, terms, now.wall, {}, now.run_ms + left};
}

base::Task<Result<Effect>> invite(Context& context, const registry::ProposalContent& content) {
  Core& core = context.core;
  Effect out;
  Invitation invitation{content.login, content.name, content.role, context.actor.account,
                        content.company};
  CO_TRY(auto made, co_await new_account(core, std::move(invitation)));
  made.account.natural_person = person_of(core.reg(), content);
  out.reply.account = made.account.id;
  out.reply.expires_at = made.account.enrolment_expires_at;
  out.entry = context.entry(base::CoreEvent::kInvited);
  out.entry.ref = made.account.id.value;
  out.entry.login = content.login;
  const base::AccountId account = made.account.id;
  CO_TRY(out.change, registry::create_account(core.reg(), std::move(made.account)));
  if (content.mail.empty()) {
    out.reply.enrolment_key = std::move(made.key);
  } else {
    // Nobody but the mailbox sees it: not who carries this out, and no page.
    auto letter = mail(core, {.kind = MailKind::kEnrolmentKey,
                              .account = account,
                              .company = content.company,
                              .to = content.mail.view(),
                              .detail = content.login.view(),
                              .secret = &made.key});
    if (letter.empty()) co_return fail(Code::kTooMany, "mail");
    out.change.append(std::move(letter));
  }
  if (content.designation) {
    out.change.put(designation_from_now(core, account, *content.designation));
  }
  co_return std::move(out);
}

Result<Effect> change_role(Context& context, const registry::ProposalContent& content) {
  const auto& registry = context.core.reg();
  const auto* account = registry.account(content.account);
  if (account == nullptr) return fail(Code::kNotFound, "account");
  Effect out;
  auto after = registry::copy_of(*account);
  after.role = content.role;
  out.entry = context.entry(base::CoreEvent::kRoleChanged);
  out.entry.ref = account->id.value;
  out.entry.login = account->login;
  out.entry.action = ipc::Text<32>::literal(name(content.role));
  out.ended = account->id;
  out.change = TRY(registry::update_account(registry, std::move(after)));
  // It was for the role that he had.
  if (auto ended = end_designation(context.core, content.account)) {
    out.change.append(*std::move(ended));
  }
  return out;
}

Result<Effect> designate(Context& context, const registry::ProposalContent& content) {
  const auto* account = context.core.reg().account(content.account);
  if (account == nullptr || !content.designation) return fail(Code::kNotFound, "account");
  Effect out;
  out.entry = context.entry(base::CoreEvent::kDesignated);
  out.entry.ref = account->id.value;
  out.entry.login = account->login;
  out.change.put(designation_from_now(context.core, account->id, *content.designation));
  return out;
}

Result<Effect> stop(Context& context, const registry::ProposalContent& content) {
  const auto& registry = context.core.reg();
  Effect out;
  out.change = TRY(disable(registry, content.account));
  out.entry = context.entry(base::CoreEvent::kAccountDisabled);
  out.entry.ref = content.account.value;
  out.entry.login = registry.account(content.account)->login;
  out.ended = content.account;
  return out;
}

// The words of a company that is not the firm.
Result<registry::Change> save_words(Context& context, const registry::ProposalContent& content) {
  const auto* before = context.core.reg().company(context.actor.tenant);
  if (before == nullptr) return fail(Code::kState, "company");
  auto after = *before;
  after.phrase = content.phrase;
  if (!content.passcode_verifier.empty()) after.passcode_verifier = content.passcode_verifier;
  return registry::save_company(std::move(after));
}

Result<Effect> save(Context& context, const registry::ProposalContent& content) {
  if (context.actor.tenant != base::kFirm) {
    Effect out;
    out.entry = context.entry(base::CoreEvent::kSettingsChanged);
    out.change = TRY(save_words(context, content));
    return out;
  }
  const auto* before = context.core.reg().settings();
  if (before == nullptr) return fail(Code::kState, "appliance");
  Effect out;
  auto after = *before;
  after.phrase = content.phrase;
  if (!content.passcode_verifier.empty()) after.passcode_verifier = content.passcode_verifier;
  out.entry = context.entry(base::CoreEvent::kSettingsChanged);
  out.change = registry::save_settings(std::move(after));
  return out;
}

Effect set_zones(Context& context, const registry::ProposalContent& content) {
  Effect out;
  out.entry = context.entry(base::CoreEvent::kZonesChanged);
  out.entry.count = content.zones.size();
  out.change.put(registry::Zones{content.zones, context.core.wall()});
  return out;
}

Result<Effect> delegate(Context& context, const registry::ProposalContent& content) {
  Core& core = context.core;
  if (!content.delegation) return fail(Code::kMissing, "delegation");
  const auto* deputy = core.reg().account(content.delegation->deputy);
  if (deputy == nullptr) return fail(Code::kNotFound, "deputy");
  Effect out;
  out.entry = context.entry(base::CoreEvent::kDelegated);
  out.entry.ref = content.account.value;
  out.entry.login = deputy->login;
  out.change.put(delegation_from_now(content.account, *content.delegation, core.moment()));
  return out;
}

Effect set_hours(Context& context, const registry::ProposalContent& content) {
  Effect out;
  out.entry = context.entry(base::CoreEvent::kHoursChanged);
  out.entry.count = content.hours.size();
  registry::Hours after;
  if (const auto* before = context.core.reg().hours(); before != nullptr) after = *before;
  after.rows = content.hours;
  after.changed_at = context.core.wall();
  out.change.put(std::move(after));
  return out;
}

Result<Effect> open_outside_hours(Context& context, const registry::ProposalContent& content) {
  Effect out;
  out.entry = context.entry(base::CoreEvent::kEmergencyOpened);
  out.entry.action = ipc::Text<32>::literal(name(content.role));
  out.entry.count = content.minutes;
  registry::Hours after;
  if (const auto* before = context.core.reg().hours(); before != nullptr) after = *before;
  const policy::Moment now = context.core.moment();
  auto emergencies = std::move(after.emergencies).release();
  std::erase_if(emergencies, [&](const registry::Hours::Emergency& one) {
    return one.ends <= now.wall || one.ends_run_ms <= now.run_ms;
  });
  after.emergencies = TRY(decltype(after.emergencies)::from(std::move(emergencies)));
  const std::int64_t lasts_ms = std::int64_t{content.minutes} * 60'000;
  const std::uint32_t role = std::uint32_t{1} << static_cast<unsigned>(content.role);
  if (!after.emergencies.push(
          {role, {now.wall.ms + lasts_ms}, now.run_ms + static_cast<std::uint64_t>(lasts_ms)})) {
    return fail(Code::kTooMany, "emergency");
  }
  out.change.put(std::move(after));
  return out;
}

Result<Effect> add_company(Context& context, const registry::ProposalContent& content) {
  Core& core = context.core;
  registry::Company company;
  company.id = {core.reg().new_id()};
  company.name = content.name;
  company.made_at = core.wall();
  Effect out;
  out.entry = context.entry(base::CoreEvent::kCompanyAdded);
  out.entry.ref = company.id.value;
  out.change = TRY(registry::add_company(core.reg(), std::move(company)));
  return out;
}

base::CoreEvent event_of(ProposalKind kind) {
  if (kind == ProposalKind::kEnrolClient) return base::CoreEvent::kClientEnrolled;
  return kind == ProposalKind::kRenewClient ? base::CoreEvent::kClientRenewed
                                            : base::CoreEvent::kClientRevoked;
}

Result<Effect> change_client(Context& context, const registry::ProposalContent& content) {
  Effect out;
  auto made = TRY(change_of(context.core, content));
  out.change = std::move(made.change);
  out.entry = context.entry(event_of(content.kind));
  out.entry.ref = made.client.value;
  out.entry.login = content.login;
  if (const auto* account = context.core.reg().account(made.client); account != nullptr) {
    out.entry.login = account->login;
  }
  out.reply.account = made.client;
  return out;
}

}  // namespace

base::Task<Result<Effect>> effect_of(Context& context, registry::ProposalContent content) {
  switch (content.kind) {
    case ProposalKind::kInvite: co_return co_await invite(context, content);
    case ProposalKind::kChangeRole: co_return change_role(context, content);
    case ProposalKind::kDisable: co_return stop(context, content);
    case ProposalKind::kSettings: co_return save(context, content);
    case ProposalKind::kZones: co_return set_zones(context, content);
    case ProposalKind::kDesignate: co_return designate(context, content);
    case ProposalKind::kHours: co_return set_hours(context, content);
    case ProposalKind::kEmergency: co_return open_outside_hours(context, content);
    case ProposalKind::kDelegate: co_return delegate(context, content);
    case ProposalKind::kEnrolClient:
    case ProposalKind::kRenewClient:
    case ProposalKind::kRevokeClient: co_return change_client(context, content);
    case ProposalKind::kAddCompany: co_return add_company(context, content);
    case ProposalKind::kEarlyDisposal: break;
  }
  co_return fail(Code::kState, "proposal");  // carried out as a disposal
}

}  // namespace core
