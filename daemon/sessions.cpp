#include "daemon/sessions.h"

#include <algorithm>

#include "base/secret_access.h"
#include "daemon/digest.h"
#include "policy/access.h"

namespace core {

using policy::SessionState;

namespace {

std::uint64_t bucket_of(const base::Digest& digest) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : digest.view().first(8)) value = (value << 8U) | byte;
  return value;
}

}  // namespace

SessionState Sessions::state_of(const Session& session, base::MonoTime now) const {
  if (session.state != SessionState::kFresh) return session.state;
  const Limits most = limits(session.role);
  if (now.ms - session.opened.ms >= most.absolute_ms) return SessionState::kAbsoluteExpired;
  if (now.ms - session.used.ms >= most.idle_ms) return SessionState::kIdleExpired;
  return SessionState::kFresh;
}

Sessions::Limits Sessions::limits(base::Role role) const {
  const auto most = policy::session_limits(role);
  return {std::min(limits_.absolute_ms, most.absolute_ms), std::min(limits_.idle_ms, most.idle_ms)};
}

base::Result<Sessions::Opened> Sessions::open(base::AccountId account, base::Role role,
                                              base::Zone zone, base::MonoTime now,
                                              base::SessionId id, SessionOrigin origin) {
  std::size_t of_account = 0;
  Session* oldest = nullptr;
  for (auto& [bucket, session] : sessions_) {
    if (session.account != account || state_of(session, now) != SessionState::kFresh) continue;
    ++of_account;
    if (oldest == nullptr || session.used < oldest->used) oldest = &session;
  }
  if (of_account >= kPerAccountMax) {
    oldest->state = SessionState::kRevoked;
    oldest->ended = now;
  }
  if (live(now) >= kSessionsMax) return base::fail(base::Code::kTooMany, "sessions");

  Opened out;
  out.token = random_.secret<32>();
  Session session;
  session.id = id.valid() ? id : base::SessionId{random_.id()};
  session.account = account;
  session.role = role;
  session.zone = zone;
  session.token_digest = sha256(out.token.read(base::secret_access()));
  session.csrf = random_.secret<32>();
  session.opened = now;
  session.used = now;
  session.opened_at = origin.at;
  session.assurance = origin.assurance;
  session.device = origin.device;
  session.peer = std::move(origin.peer);
  session.challenge = random_.bytes<32>();
  out.id = session.id;
  out.session = &sessions_.emplace(bucket_of(session.token_digest), std::move(session))->second;
  return out;
}

Sessions::Found Sessions::find(const ipc::SessionToken& token, base::Zone zone,
                               base::MonoTime now) const {
  const base::Digest digest = sha256(token.read(base::secret_access()));
  const auto [first, last] = sessions_.equal_range(bucket_of(digest));
  for (auto it = first; it != last; ++it) {
    const Session& session = it->second;
    if (!base::equal_constant_time(session.token_digest.view(), digest.view())) continue;
    auto state = state_of(session, now);
    if (state == SessionState::kFresh && session.zone != zone) state = SessionState::kRevoked;
    return {state, &session};
  }
  return {};
}

Session* Sessions::by_id(base::SessionId id) {
  for (auto& [bucket, session] : sessions_) {
    if (session.id == id) return &session;
  }
  return nullptr;
}

void Sessions::touch(base::SessionId id, base::MonoTime now) {
  if (auto* session = by_id(id); session != nullptr) session->used = now;
}

void Sessions::end(base::SessionId id, base::MonoTime now) {
  auto* session = by_id(id);
  if (session == nullptr || session->state != SessionState::kFresh) return;
  session->state = SessionState::kRevoked;
  session->ended = now;
}

std::vector<base::SessionId> Sessions::end_account(base::AccountId account, base::MonoTime now,
                                                   base::SessionId kept) {
  std::vector<base::SessionId> ended;
  for (auto& [bucket, session] : sessions_) {
    if (session.account != account || session.id == kept) continue;
    if (state_of(session, now) != SessionState::kFresh) continue;
    session.state = SessionState::kRevoked;
    session.ended = now;
    ended.push_back(session.id);
  }
  return ended;
}

std::vector<const Session*> Sessions::of_account(base::AccountId account,
                                                 base::MonoTime now) const {
  std::vector<const Session*> out;
  for (const auto& [bucket, session] : sessions_) {
    if (session.account == account && state_of(session, now) == SessionState::kFresh) {
      out.push_back(&session);
    }
  }
  std::ranges::sort(out, [](const Session* a, const Session* b) { return b->used < a->used; });
  return out;
}

bool Sessions::take_challenge(base::SessionId id, const ipc::Challenge& challenge,
                              base::MonoTime now) {
  auto* session = by_id(id);
  if (session == nullptr || state_of(*session, now) != SessionState::kFresh) return false;
  const bool same = base::equal_constant_time(session->challenge.view(), challenge.view());
  // Spent by a wrong answer too: nobody tries twice.
  session->challenge = random_.bytes<32>();
  return same;
}

void Sessions::clear() { sessions_.clear(); }

std::vector<Sessions::Expired> Sessions::sweep(base::MonoTime now) {
  std::vector<Expired> out;
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    Session& session = it->second;
    const auto state = state_of(session, now);
    if (session.state == SessionState::kFresh && state != SessionState::kFresh) {
      session.state = state;
      session.ended = now;
      out.push_back({session.id, session.account, session.role, session.zone});
    }
    const bool old =
        session.state != SessionState::kFresh && now.ms - session.ended.ms >= kRememberMs;
    it = old ? sessions_.erase(it) : std::next(it);
  }
  return out;
}

std::size_t Sessions::live(base::MonoTime now) const {
  std::size_t count = 0;
  for (const auto& [bucket, session] : sessions_) {
    if (state_of(session, now) == SessionState::kFresh) ++count;
  }
  return count;
}

}  // namespace core
