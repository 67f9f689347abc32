// Who is signed in. In memory only: a restart of core signs everybody out. A token is known by its
// SHA-256 alone. Ended sessions are remembered for a while, so that an answer can say why.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/clock.h"
#include "base/terms.h"
#include "daemon/mail_codes.h"
#include "daemon/random.h"
#include "ipc/worker_self.h"
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
  base::WallTime opened_at;
  base::Assurance assurance = base::Assurance::kNone;
  ipc::Device device;
  ipc::Text<45> peer;
  ipc::Challenge challenge;    // for the next passkey
  ipc::Secret<20> new_secret;  // of an authenticator app that is being set up; else empty
  ipc::MailAddress new_mail;   // that is being confirmed, by
  bool new_mail_codes = false;
  MailCode mail_code;
  policy::SessionState state = policy::SessionState::kFresh;
  base::MonoTime ended;  // when `state` is not kFresh
};

// What is known of the sign-in besides who and where.
struct SessionOrigin {
  base::WallTime at;
  base::Assurance assurance = base::Assurance::kCode;
  ipc::Device device;
  ipc::Text<45> peer;
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
                            base::MonoTime now, base::SessionId id = {}, SessionOrigin origin = {});
  // The session of a token, as seen from a connection of `zone`; another zone than its own is
  // kRevoked there, and the session goes on. Does not count as use.
  [[nodiscard]] Found find(const ipc::SessionToken& token, base::Zone zone,
                           base::MonoTime now) const;
  // An allowed request: idle time begins anew.
  void touch(base::SessionId id, base::MonoTime now);
  void end(base::SessionId id, base::MonoTime now);
  // All of the account but `kept`; the ids of those that ended.
  std::vector<base::SessionId> end_account(base::AccountId account, base::MonoTime now,
                                           base::SessionId kept = {});
  void clear();

  struct Expired {
    base::SessionId id;
    base::AccountId account;
    base::Role role = base::Role::kNone;
    base::Zone zone = base::Zone::kNone;
  };
  // Sessions whose time has run out since the last call, each once; forgets what ended long ago.
  std::vector<Expired> sweep(base::MonoTime now);

  // Those of the account that are fresh, newest use first.
  [[nodiscard]] std::vector<const Session*> of_account(base::AccountId account,
                                                       base::MonoTime now) const;
  // The session as it is, whatever its state; null when it is not known (any more).
  [[nodiscard]] Session* by_id(base::SessionId id);
  // True once for the challenge of a fresh session; the session has another one afterwards.
  bool take_challenge(base::SessionId id, const ipc::Challenge& challenge, base::MonoTime now);

  [[nodiscard]] std::size_t live(base::MonoTime now) const;
  // Those of the configuration, and of the role where policy allows it less.
  [[nodiscard]] Limits limits(base::Role role) const;

 private:
  [[nodiscard]] policy::SessionState state_of(const Session& session, base::MonoTime now) const;

  Random& random_;
  Limits limits_;
  // By the first eight bytes of the digest; the rest is compared in constant time.
  std::multimap<std::uint64_t, Session> sessions_;
};

}  // namespace core
