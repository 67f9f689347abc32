// Who is signed in. In memory only: a restart of core signs everybody out. A token is known by its
// SHA-256 alone. Ended sessions are remembered for a while, so that an answer can say why.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/clock.h"
#include "base/terms.h"
#include "daemon/random.h"
#include "ipc/values.h"
#include "policy/model.h"

namespace core {

struct Session {
  base::SessionId id;
  base::AccountId account;
  base::Role role = base::Role::kNone;
  base::Zone zone = base::Zone::kNone;
  base::Digest token_digest;
  ipc::CsrfToken csrf;
  base::MonoTime opened;
  base::MonoTime used;
  policy::SessionState state = policy::SessionState::kFresh;
  base::MonoTime ended;  // when `state` is not kFresh
};

class Sessions {
 public:
  static constexpr std::size_t kSessionsMax = 2048;
  static constexpr std::size_t kPerAccountMax = 8;
  static constexpr std::int64_t kRememberMs = 3'600'000;

  struct Limits {
    std::int64_t absolute_ms = std::int64_t{12} * 3'600'000;
    std::int64_t idle_ms = std::int64_t{15} * 60'000;
  };
  struct Opened {
    base::SessionId id;
    ipc::SessionToken token;
    const Session* session = nullptr;
  };
  struct Found {
    policy::SessionState state = policy::SessionState::kNone;
    const Session* session = nullptr;  // null only for kNone
  };

  Sessions(Random& random, Limits limits) : random_(random), limits_(limits) {}

  // A new token, always. Of an account with kPerAccountMax sessions the longest unused one ends.
  // kTooMany when the box is full of them. `id`: what the log calls it; none: a new one.
  base::Result<Opened> open(base::AccountId account, base::Role role, base::Zone zone,
                            base::MonoTime now, base::SessionId id = {});
  // The session of a token, as seen from a connection of `zone`; another zone than its own is
  // kRevoked there, and the session goes on. Does not count as use.
  [[nodiscard]] Found find(const ipc::SessionToken& token, base::Zone zone,
                           base::MonoTime now) const;
  // An allowed request: idle time begins anew.
  void touch(base::SessionId id, base::MonoTime now);
  void end(base::SessionId id, base::MonoTime now);
  void end_account(base::AccountId account, base::MonoTime now);
  void clear();

  struct Expired {
    base::SessionId id;
    base::AccountId account;
    base::Role role = base::Role::kNone;
    base::Zone zone = base::Zone::kNone;
  };
  // Sessions whose time has run out since the last call, each once; forgets what ended long ago.
  std::vector<Expired> sweep(base::MonoTime now);

  [[nodiscard]] std::size_t live(base::MonoTime now) const;
  [[nodiscard]] const Limits& limits() const { return limits_; }

 private:
  [[nodiscard]] policy::SessionState state_of(const Session& session, base::MonoTime now) const;
  Session* by_id(base::SessionId id);

  Random& random_;
  Limits limits_;
  // By the first eight bytes of the digest; the rest is compared in constant time.
  std::multimap<std::uint64_t, Session> sessions_;
};

}  // namespace core
