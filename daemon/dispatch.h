// The one path of every request: who asks (session, link or console), what policy says to what is
// known of him, and only then the handler. A refusal is logged and answered here; no handler sees a
// request that policy has not allowed, and no handler decides on access.
#pragma once

#include "daemon/actions.h"
#include "daemon/context.h"
#include "daemon/facts.h"
#include "daemon/handlers.h"
#include "daemon/scope.h"
#include "policy/access.h"

namespace core {

template <class Request>
concept ChangesSomething = requires(const Request& request) {
  { request.auth } -> std::convertible_to<const ipc::Auth&>;
};
template <class Request>
concept NamesSession = requires(const Request& request) {
  { request.token } -> std::convertible_to<const ipc::SessionToken&>;
};

// Whether the page that asked is one that core gave its proof to.
enum class Csrf : std::uint8_t { kNotNeeded, kRight, kWrong };

struct Asker {
  ipc::Actor actor;
  policy::SessionState session = policy::SessionState::kNone;
  base::Assurance assurance = base::Assurance::kNone;
  Csrf csrf = Csrf::kNotNeeded;
  policy::CertificateState certificate = policy::CertificateState::kNone;
  std::uint32_t api_rights = 0;
};
// What a browser's connection has shown, by the clock of this moment.
policy::CertificateState state_of_desk(Core& core, const Peer& peer);

Asker identify(Core& core, const Peer& peer, const ipc::SessionToken* token,
               const ipc::CsrfToken* csrf);

// What is known of whoever asks, whatever he asks for; what is special to the act is left alone.
void add_asker(Core& core, const Peer& peer, const Asker& asker, policy::Facts& facts);

// Logs the refusal; what the asker is told.
base::Task<base::Error> refuse(Core& core, policy::Action action, ipc::Actor actor,
                               base::Error error);

// Once more, for an act that waited for another process on its way: the session, the place, the
// designation and the appliance as they are now. `facts` brings what is special to the act.
base::Task<base::Result<>> judge_again(Context& context, policy::Action action,
                                       const ipc::Auth& auth, policy::Facts facts);

template <class Request>
base::Task<base::Result<typename Request::Reply>> dispatch(Core& core, std::shared_ptr<Peer> peer,
                                                           Request request) {
  constexpr policy::Action kAction = kActionOf<Request>;
  core.place(*peer);
  Asker asker;
  if constexpr (ChangesSomething<Request>) {
    asker = identify(core, *peer, &request.auth.token, &request.auth.csrf);
  } else if constexpr (NamesSession<Request>) {
    asker = identify(core, *peer, &request.token, nullptr);
  } else {
    asker = identify(core, *peer, nullptr, nullptr);
  }
  policy::Facts facts;
  add_asker(core, *peer, asker, facts);
  add_facts(core, asker.actor, request, facts);

  const policy::Decision decision = policy::decide(kAction, facts);
  std::optional<base::Error> refusal;
  if (decision.verdict != policy::Verdict::kAllow) refusal = policy::error_of(decision);
  if (!refusal && asker.csrf == Csrf::kWrong) refusal = base::Error{base::Code::kDenied, "csrf"};
  if (refusal) {
    const base::Error told = co_await refuse(core, kAction, asker.actor, *refusal);
    co_return std::unexpected(told);
  }
  if (asker.actor.session.valid()) core.sessions.touch(asker.actor.session, core.mono());
  Context context{core, std::move(peer), std::move(asker.actor)};
  co_return co_await handle(context, std::move(request));
}

// The answering end of a worker's or the console's channel.
template <class Edge>
class Service {
 public:
  Service(Core& core, std::shared_ptr<Peer> peer, std::function<void()> on_closed)
      : core_(core), peer_(std::move(peer)), on_closed_(std::move(on_closed)) {}

  template <class Request>
  base::Task<base::Result<typename Request::Reply>> handle(Request request) {
    return dispatch(core_, peer_, std::move(request));
  }
  void violated(base::Error error);
  void closed() {
    if (on_closed_) on_closed_();
  }

 private:
  Core& core_;
  std::shared_ptr<Peer> peer_;
  std::function<void()> on_closed_;
};

// Logs that a peer broke the rules of its edge.
void log_violation(Core& core, const Peer& peer, base::Error error);

template <class Edge>
void Service<Edge>::violated(base::Error error) {
  log_violation(core_, *peer_, error);
}

}  // namespace core
