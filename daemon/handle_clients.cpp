// Other systems: the certificate that one shows (desks show theirs in the same way), what it may
// know of itself and of the log, and the proposals by which people let one in or shut it out.
#include <algorithm>

#include "daemon/clients.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"
#include "daemon/tls_proof.h"

namespace core {

using base::Code;
using base::fail;
using base::ProposalKind;

namespace {

// Whoever shows a certificate again wants to be taken for another in the same connection.
base::Task<base::Error> refuse_certificate(Context& context, base::Error why) {
  auto entry = context.entry(base::CoreEvent::kClientRefused);
  entry.error = why;
  co_await context.core.note(std::move(entry));
  co_return why;
}

// A desk's certificate is for desks: what was enrolled for a system, or has its key, opens none.
bool is_systems(Core& core, const ClientCertificate& certificate) {
  return std::ranges::any_of(core.reg().clients(), [&](const auto& entry) {
    const registry::ApiClient& client = entry.second;
    return client.fingerprint == certificate.fingerprint || client.key == certificate.key;
  });
}

// By its fingerprint, among those that are not revoked.
const registry::ApiClient* enrolled(Core& core, const ClientCertificate& certificate) {
  for (const auto& [id, client] : core.reg().clients()) {
    if (client.fingerprint == certificate.fingerprint && client.revoked_at.ms == 0) return &client;
  }
  return nullptr;
}

// The key is proved before anybody looks at what the certificate says.
base::Result<ClientCertificate> judge(Core& core, const Peer& peer,
                                      const ipc::PresentCertificate& request) {
  const auto* authority = core.environment().clients;
  if (authority == nullptr) return fail(Code::kMissing, "client_authority");
  if (!peer.signature_used) return fail(Code::kDenied, "handshake");
  const std::vector<ipc::HandshakeMessage> messages(request.handshake.begin(),
                                                    request.handshake.end());
  const auto chain = TRY(proved_chain(messages, peer.random, peer.signed_digest));
  return authority->judge(chain, core.wall());
}

// As somebody has put it into a page.
base::Result<ipc::Certificate> read_certificate(Core& core, const ipc::Bytes<8192>& typed) {
  if (typed.empty()) return fail(Code::kMissing, "certificate");
  const auto* authority = core.environment().clients;
  if (authority == nullptr) return fail(Code::kMissing, "client_authority");
  return authority->read(typed.view());
}

}  // namespace

Answer<ipc::PresentCertificate> handle(Context& context, ipc::PresentCertificate request) {
  Core& core = context.core;
  Peer& peer = *context.peer;
  if (peer.listener == base::Listener::kPages && !peer.wants_certificate) {
    co_return fail(Code::kState, "certificate");
  }
  if (std::exchange(peer.certificate_judged, true)) {
    co_return std::unexpected(
        co_await refuse_certificate(context, base::Error{Code::kUsed, "certificate"}));
  }
  const auto shown = judge(core, peer, request);
  if (!shown) {
    peer.certificate_over = shown.error().code == Code::kExpired;
    co_return std::unexpected(co_await refuse_certificate(context, shown.error()));
  }
  if (peer.listener == base::Listener::kPages && !is_systems(core, *shown)) {
    peer.certificate = ShownCertificate{shown->fingerprint, shown->not_before, shown->not_after};
    co_return ipc::PresentCertificate::Reply{};
  }
  const auto* client = peer.listener == base::Listener::kApi ? enrolled(core, *shown) : nullptr;
  if (client == nullptr) {
    co_return std::unexpected(
        co_await refuse_certificate(context, base::Error{Code::kDenied, "certificate"}));
  }
  context.actor.account = client->account;
  context.actor.role = base::Role::kApiClient;
  ipc::PresentCertificate::Reply reply;
  reply.client = name_of(core, client->account);
  auto entry = context.entry(base::CoreEvent::kClientConnected);
  if (const auto* account = core.reg().account(client->account); account != nullptr) {
    entry.login = account->login;
  }
  CO_CHECK(co_await core.audit.call(std::move(entry)));
  peer.certificate = ShownCertificate{shown->fingerprint, shown->not_before, shown->not_after};
  co_return std::move(reply);
}

Answer<ipc::GetOwnClient> handle(Context& context, ipc::GetOwnClient /*request*/) {
  const auto* client = context.core.reg().client(context.actor.account);
  if (client == nullptr) co_return fail(Code::kNotFound, "client");
  co_return row_of(context.core, *client);
}

Answer<ipc::GetLogHead> handle(Context& context, ipc::GetLogHead /*request*/) {
  CO_TRY(const auto facts, co_await context.core.audit.call(ipc::GetAuditFacts{}));
  ipc::GetLogHead::Reply reply;
  reply.size = facts.checkpoint_size;
  reply.root = facts.checkpoint_root;
  reply.at = facts.checkpoint_at;
  co_return reply;
}

Answer<ipc::ListClients> handle(Context& context, ipc::ListClients /*request*/) {
  Core& core = context.core;
  ipc::ListClients::Reply reply;
  reply.authority = core.environment().clients != nullptr;
  reply.today = base::day_in_japan(core.wall());
  const Sight sight(core, context.actor);
  for (const auto& [id, client] : core.reg().clients()) {
    if (sight.account(id) == nullptr) continue;
    CO_CHECK(reply.rows.push(row_of(core, client)));
  }
  co_return std::move(reply);
}

Answer<ipc::EnrolClient> handle(Context& context, ipc::EnrolClient request) {
  registry::ProposalContent content;
  content.kind = ProposalKind::kEnrolClient;
  content.login = std::move(request.login);
  content.name = std::move(request.name);
  content.grant = request.grant;
  content.company = context.actor.tenant;
  CO_TRY(content.certificate, read_certificate(context.core, request.certificate));
  co_return co_await propose(context, std::move(content), request.revises);
}

Answer<ipc::RenewClient> handle(Context& context, ipc::RenewClient request) {
  registry::ProposalContent content;
  content.kind = ProposalKind::kRenewClient;
  content.account = request.client;
  CO_TRY(content.certificate, read_certificate(context.core, request.certificate));
  co_return co_await propose(context, std::move(content), {});
}

Answer<ipc::RevokeClient> handle(Context& context, ipc::RevokeClient request) {
  registry::ProposalContent content;
  content.kind = ProposalKind::kRevokeClient;
  content.account = request.client;
  co_return co_await propose(context, std::move(content), {});
}

}  // namespace core
