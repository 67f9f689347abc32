#include "daemon/clients.h"

#include <algorithm>

#include "daemon/digest.h"

namespace core {

using base::Code;
using base::fail;
using base::ProposalKind;
using base::Result;
using policy::CertificateState;

namespace {

constexpr std::uint32_t bits_below(std::uint32_t count) { return (std::uint32_t{1} << count) - 1; }
constexpr std::uint32_t kRights = bits_below(static_cast<std::uint32_t>(base::ApiRight::kLast) + 1);
constexpr std::uint32_t kKinds =
    bits_below(static_cast<std::uint32_t>(base::PersonKind::kLast) + 1);
// Intake is nobody's to ask for.
constexpr std::uint32_t kPurposes =
    bits_below(static_cast<std::uint32_t>(base::Purpose::kLast) + 1) &
    ~bits_below(static_cast<std::uint32_t>(base::Purpose::kIntake) + 1);
constexpr std::uint32_t kRequesting = std::uint32_t{1}
                                      << static_cast<unsigned>(base::ApiRight::kRequestNumbers);

Result<> check_grant(const ipc::ClientGrant& grant, base::Day today) {
  if (grant.rights == 0) return fail(Code::kMissing, "rights");
  if ((grant.rights & ~kRights) != 0) return fail(Code::kInvalid, "rights");
  if (grant.kinds == 0) return fail(Code::kMissing, "kinds");
  if ((grant.kinds & ~kKinds) != 0) return fail(Code::kInvalid, "kinds");
  for (const auto& group : grant.groups) {
    if (group.empty()) return fail(Code::kInvalid, "groups");
  }
  if ((grant.purposes & ~kPurposes) != 0) return fail(Code::kInvalid, "purposes");
  const bool requests = (grant.rights & kRequesting) != 0;
  if (requests && grant.purposes == 0) return fail(Code::kMissing, "purposes");
  if (grant.last < grant.first || grant.last < today) return fail(Code::kInvalid, "last");
  if (grant.last.days - grant.first.days > kClientDaysMax) return fail(Code::kInvalid, "last");
  return {};
}

// One certificate, one key, one system: also of those that were revoked, so that a stolen key does
// not come back under another name.
Result<> check_unused(const registry::Registry& registry, const ClientCertificate& certificate,
                      base::AccountId owner) {
  for (const auto& [id, client] : registry.clients()) {
    if (client.fingerprint == certificate.fingerprint) {
      return fail(Code::kDuplicate, "certificate");
    }
    if (client.key == certificate.key && id != owner) return fail(Code::kDuplicate, "certificate");
  }
  return {};
}

Result<ClientCertificate> judge(Core& core, const ipc::Certificate& certificate) {
  const auto* authority = core.environment().clients;
  if (authority == nullptr) return fail(Code::kMissing, "client_authority");
  return authority->judge({&certificate, 1}, core.wall());
}

void take(registry::ApiClient& client, const ClientCertificate& certificate) {
  client.fingerprint = certificate.fingerprint;
  client.key = certificate.key;
  client.subject = certificate.subject;
  client.not_before = certificate.not_before;
  client.not_after = certificate.not_after;
}

Result<> check_enrolment(Core& core, const registry::ProposalContent& content) {
  const auto& registry = core.reg();
  if (!is_login(content.login.view())) return fail(Code::kInvalid, "login");
  if (content.name.empty()) return fail(Code::kMissing, "name");
  if (registry.account_by_login(content.login.view()) != nullptr) {
    return fail(Code::kDuplicate, "login");
  }
  if (registry.clients().size() >= ipc::kClientsMax) return fail(Code::kTooMany, "clients");
  if (!content.grant) return fail(Code::kMissing, "rights");
  TRY(check_grant(*content.grant, base::day_in_japan(core.wall())));
  return check_unused(registry, TRY(judge(core, content.certificate)), {});
}

Result<const registry::ApiClient*> living(Core& core, base::AccountId id) {
  const auto* client = core.reg().client(id);
  if (client == nullptr || client->revoked_at.ms != 0) return fail(Code::kNotFound, "client");
  return client;
}

Result<ClientChange> enrol(Core& core, const registry::ProposalContent& content) {
  ClientChange out;
  registry::Account account;
  account.id = {core.reg().new_id()};
  account.login = content.login;
  account.name = content.name;
  account.role = base::Role::kApiClient;
  account.tenant = content.company;
  account.natural_person = account.id.value;  // nobody's
  account.made_at = core.wall();
  out.client = account.id;
  registry::ApiClient client;
  client.account = account.id;
  client.grant = *content.grant;
  client.changed_at = core.wall();
  take(client, TRY(judge(core, content.certificate)));
  out.change = TRY(registry::create_account(core.reg(), std::move(account)));
  out.change.put(std::move(client));
  return out;
}

Result<ClientChange> renew(Core& core, const registry::ProposalContent& content) {
  ClientChange out;
  out.client = content.account;
  registry::ApiClient client = *TRY(living(core, content.account));
  client.changed_at = core.wall();
  take(client, TRY(judge(core, content.certificate)));
  out.change.put(std::move(client));
  return out;
}

Result<ClientChange> revoke(Core& core, const registry::ProposalContent& content) {
  ClientChange out;
  out.client = content.account;
  registry::ApiClient client = *TRY(living(core, content.account));
  const auto* account = core.reg().account(content.account);
  if (account == nullptr) return fail(Code::kNotFound, "client");
  auto after = registry::copy_of(*account);
  after.disabled = true;
  client.revoked_at = core.wall();
  client.changed_at = core.wall();
  out.change = TRY(registry::update_account(core.reg(), std::move(after)));
  out.change.put(std::move(client));
  return out;
}

bool same_key(const registry::DoneOnce& one, const ipc::IdempotencyKey& key) {
  return one.key == sha256(base::as_bytes(key.view()));
}

}  // namespace

KnownClient client_of(Core& core, const Peer& peer) {
  KnownClient out;
  if (peer.certificate_over) out.state = CertificateState::kExpired;
  if (peer.listener != base::Listener::kApi || !peer.certificate) return out;
  for (const auto& [id, client] : core.reg().clients()) {
    if (client.fingerprint == peer.certificate->fingerprint) out.client = &client;
  }
  if (out.client == nullptr || out.client->revoked_at.ms != 0) {
    // It was enrolled when it was shown: its renewal has taken its place.
    out.state = CertificateState::kRevoked;
    return out;
  }
  const auto now = core.wall();
  const auto today = base::day_in_japan(now);
  const auto& shown = *peer.certificate;
  const bool certificate_now = shown.not_before <= now && now <= shown.not_after;
  const bool granted_now = out.client->grant.first <= today && today <= out.client->grant.last;
  out.state =
      certificate_now && granted_now ? CertificateState::kValid : CertificateState::kExpired;
  return out;
}

ipc::ClientRow row_of(Core& core, const registry::ApiClient& client) {
  ipc::ClientRow row;
  row.id = client.account;
  if (const auto* account = core.reg().account(client.account); account != nullptr) {
    row.login = account->login;
    row.name = account->name;
  }
  row.grant = client.grant;
  row.subject = client.subject;
  row.fingerprint = client.fingerprint;
  row.not_before = client.not_before;
  row.not_after = client.not_after;
  row.revoked = client.revoked_at.ms != 0;
  return row;
}

std::optional<ipc::ClientRow> row_of(Core& core, const registry::ProposalContent& content) {
  const bool about_client = content.kind == ProposalKind::kEnrolClient ||
                            content.kind == ProposalKind::kRenewClient ||
                            content.kind == ProposalKind::kRevokeClient;
  if (!about_client) return std::nullopt;
  registry::ApiClient client;
  if (const auto* known = core.reg().client(content.account); known != nullptr) client = *known;
  if (content.grant) client.grant = *content.grant;
  if (!content.certificate.empty()) {
    // One that is not accepted any more shows as empty, and is refused when it is carried out.
    if (const auto certificate = judge(core, content.certificate)) {
      take(client, *certificate);
    } else {
      take(client, {});
    }
  }
  auto row = row_of(core, client);
  if (!content.login.empty()) {
    row.login = content.login;
    row.name = content.name;
  }
  return row;
}

Result<> check_client(Core& core, const registry::ProposalContent& content) {
  if (content.kind == ProposalKind::kEnrolClient) return check_enrolment(core, content);
  TRY(living(core, content.account));
  if (content.kind == ProposalKind::kRevokeClient) return {};
  return check_unused(core.reg(), TRY(judge(core, content.certificate)), content.account);
}

Result<ClientChange> change_of(Core& core, const registry::ProposalContent& content) {
  if (content.kind == ProposalKind::kEnrolClient) return enrol(core, content);
  if (content.kind == ProposalKind::kRenewClient) return renew(core, content);
  return revoke(core, content);
}

Result<std::optional<registry::DoneOnce>> done_before(Context& context,
                                                      const ipc::IdempotencyKey& key,
                                                      const base::Digest& content) {
  using Found = std::optional<registry::DoneOnce>;
  if (context.actor.role != base::Role::kApiClient) return Found();
  if (key.empty()) return fail(Code::kMissing, "idempotency_key");
  const auto* client = context.core.reg().client(context.actor.account);
  if (client == nullptr) return fail(Code::kNotFound, "client");
  std::size_t young = 0;
  for (const auto& one : client->done) {
    if (one.at.ms + kDoneOnceMs < context.core.wall().ms) continue;
    ++young;
    if (!same_key(one, key)) continue;
    if (one.content != content) return fail(Code::kConflict, "idempotency_key");
    return Found(one);
  }
  if (young >= registry::kDoneOnceMax) return fail(Code::kTooMany, "idempotency_key");
  return Found();
}

void remember(Context& context, const ipc::IdempotencyKey& key, const base::Digest& content,
              std::uint32_t first, std::uint32_t second, registry::Change& change) {
  if (context.actor.role != base::Role::kApiClient) return;
  const auto* client = context.core.reg().client(context.actor.account);
  if (client == nullptr) return;
  registry::ApiClient after = *client;
  auto done = std::move(after.done).release();
  const auto now = context.core.wall();
  std::erase_if(done,
                [&](const registry::DoneOnce& one) { return one.at.ms + kDoneOnceMs < now.ms; });
  done.push_back({sha256(base::as_bytes(key.view())), content, now, first, second});
  auto kept = decltype(after.done)::from(std::move(done));
  ASSERT(kept.has_value());  // done_before() has counted them
  after.done = *std::move(kept);
  change.put(std::move(after));
}

}  // namespace core
