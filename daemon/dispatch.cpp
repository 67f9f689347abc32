#include "daemon/dispatch.h"

#include "daemon/admission.h"
#include "daemon/clients.h"
#include "daemon/companies.h"
#include "daemon/deputies.h"
#include "policy/zones.h"

namespace core {

namespace {

// Another system is who its certificate says; sessions are people's.
Asker identify_system(Core& core, const Peer& peer, Asker asker) {
  const auto known = client_of(core, peer);
  asker.certificate = known.state;
  if (known.client == nullptr) return asker;
  asker.actor.account = known.client->account;
  asker.actor.tenant = company_of(core, known.client->account);
  if (known.state != policy::CertificateState::kValid) return asker;
  asker.actor.role = base::Role::kApiClient;
  asker.api_rights = known.client->grant.rights;
  return asker;
}

}  // namespace

policy::CertificateState state_of_desk(Core& core, const Peer& peer) {
  using policy::CertificateState;
  if (!peer.certificate) return CertificateState::kNone;
  const bool in_time =
      peer.certificate->not_before <= core.wall() && core.wall() <= peer.certificate->not_after;
  return in_time ? CertificateState::kValid : CertificateState::kExpired;
}

Asker identify(Core& core, const Peer& peer, const ipc::SessionToken* token,
               const ipc::CsrfToken* csrf) {
  Asker asker;
  asker.actor.role = peer.role;
  asker.actor.zone = peer.zone;
  asker.actor.peer = peer.text;
  if (peer.listener == base::Listener::kApi) return identify_system(core, peer, std::move(asker));
  asker.certificate = state_of_desk(core, peer);
  if (token == nullptr) return asker;
  const auto found = core.sessions.find(*token, peer.zone, core.mono());
  asker.session = found.state;
  if (csrf != nullptr) asker.csrf = Csrf::kWrong;
  if (found.session == nullptr) return asker;
  asker.actor.account = found.session->account;
  asker.actor.role = found.session->role;
  asker.actor.session = found.session->id;
  asker.actor.tenant = company_of(core, found.session->account);
  asker.assurance = found.session->assurance;
  if (csrf != nullptr && csrf->equals(found.session->csrf)) asker.csrf = Csrf::kRight;
  return asker;
}

void add_asker(Core& core, const Peer& peer, const Asker& asker, policy::Facts& facts) {
  facts.role = asker.actor.role;
  facts.deputy_for = deputy_for(core.reg(), asker.actor.account, core.moment());
  facts.runs_box = asker.actor.tenant == base::kFirm;
  facts.zone = policy::zone_for({peer.zone, peer.roles}, facts.role);
  facts.state = core.state();
  facts.session = asker.session;
  facts.assurance = asker.assurance;
  facts.designated = designated(core, asker.actor.account);
  facts.open = core.is_open(facts.role, facts.zone);
  facts.certificate = asker.certificate;
  facts.wants_certificate = peer.wants_certificate;
  facts.api_rights = asker.api_rights;
}

base::Task<base::Error> refuse(Core& core, policy::Action action, ipc::Actor actor,
                               base::Error error) {
  if (action == policy::Action::kConnect && core.admission != nullptr) {
    // Floods come this way: admission counts them into few entries.
    core.admission->count_refusal(std::move(actor.peer));
    co_return error;
  }
  auto entry = entry_of(base::CoreEvent::kAccessDenied, actor);
  entry.action = ipc::Text<32>::literal(policy::name(action));
  entry.error = error;
  co_await core.note(std::move(entry));
  co_return error;
}

base::Task<base::Result<>> judge_again(Context& context, policy::Action action,
                                       const ipc::Auth& auth, policy::Facts facts) {
  Core& core = context.core;
  core.place(*context.peer);
  const Asker asker = identify(core, *context.peer, &auth.token, &auth.csrf);
  add_asker(core, *context.peer, asker, facts);
  const policy::Decision decision = policy::decide(action, facts);
  if (decision.verdict == policy::Verdict::kAllow) co_return base::Result<>();
  co_return std::unexpected(
      co_await refuse(core, action, context.actor, policy::error_of(decision)));
}

void log_violation(Core& core, const Peer& peer, base::Error error) {
  core.log().warn("peer_dropped", {{"peer", peer.text.view()}, {"error", error}});
  ipc::Actor actor;
  actor.role = peer.role;
  actor.zone = peer.zone;
  actor.peer = peer.text;
  auto entry = entry_of(base::CoreEvent::kPeerDropped, actor);
  entry.error = error;
  base::spawn(core.note(std::move(entry)));
}

}  // namespace core
