// What a worker asks before anybody has signed in.
#include "daemon/dispatch.h"
#include "daemon/handlers.h"

namespace core {

using base::Code;
using base::fail;

Answer<ipc::Greet> handle(Context& context, ipc::Greet /*request*/) {
  ipc::Greet::Reply reply;
  reply.state = context.core.state();
  reply.listener = context.peer->listener;
  reply.certificate = reply.listener == base::Listener::kApi || context.peer->wants_certificate;
  if (reply.certificate) {
    // Another greeting is another number: only the newest is worth something.
    context.peer->random = context.core.random().bytes<ipc::ServerRandom::kSize>();
    reply.random = context.peer->random;
  }
  if (const auto* settings = context.core.reg().settings(); settings != nullptr) {
    reply.certificate_pem = settings->certificate_pem;
  }
  co_return reply;
}

Answer<ipc::SignHandshake> handle(Context& context, ipc::SignHandshake request) {
  if (std::exchange(context.peer->signature_used, true)) {
    // Whoever asks twice wants to speak for the appliance elsewhere (guarantee G11).
    auto entry = context.entry(base::CoreEvent::kAccessDenied);
    entry.action = ipc::Text<32>::literal(policy::name(policy::Action::kSignHandshake));
    entry.error = base::Error{Code::kUsed, "signature"};
    co_await context.core.note(std::move(entry));
    co_return fail(Code::kUsed, "signature");
  }
  context.peer->signed_digest = request.digest;
  ipc::SignTls sign;
  sign.digest = request.digest;
  CO_TRY(auto signed_digest, co_await context.core.audit.call(std::move(sign)));
  co_return ipc::SignHandshake::Reply{std::move(signed_digest.signature)};
}

Answer<ipc::GetPublicFacts> handle(Context& context, ipc::GetPublicFacts /*request*/) {
  ipc::GetPublicFacts::Reply reply;
  reply.state = context.core.state();
  reply.zone = context.peer->zone;
  reply.needs_certificate =
      context.peer->wants_certificate &&
      state_of_desk(context.core, *context.peer) != policy::CertificateState::kValid;
  if (const auto* settings = context.core.reg().settings(); settings != nullptr) {
    reply.firm = settings->firm;
  }
  co_return reply;
}

}  // namespace core
