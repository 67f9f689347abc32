// Core: what kagikurad decides with and remembers, as one object that main (or a test) makes and
// hands to the services. It owns the state of the appliance, the register and its store, sessions
// and grants, and it is the only writer of any of them. Everything runs on one loop; what waits
// holds no pointer into the register across the wait.
//
// Every change goes one way: under `writes`, make the change from the register as it is, append to
// the audit log, commit to the store, apply to memory (commit(), below).
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "config/config.h"
#include "daemon/audit_link.h"
#include "daemon/challenges.h"
#include "daemon/failures.h"
#include "daemon/grants.h"
#include "daemon/mail_codes.h"
#include "daemon/mutex.h"
#include "daemon/outbox.h"
#include "daemon/password.h"
#include "daemon/random.h"
#include "daemon/registry/registry.h"
#include "daemon/registry/roster.h"
#include "daemon/sessions.h"
#include "daemon/store/store.h"
#include "daemon/throttle.h"
#include "policy/approval.h"
#include "policy/hours.h"
#include "policy/states.h"

namespace core {

class Admission;
class ClientAuthority;

// What the machine does after an ordered end that somebody asked for at the console.
enum class Ending : std::uint8_t { kOff, kRestart };

// What the watcher of cover and button has said.
struct TamperWatch {
  base::Cover cover = base::Cover::kNotWatched;
  base::MonoTime heard;
  [[nodiscard]] bool cover_is_off() const {
    return cover == base::Cover::kOpen || cover == base::Cover::kLost;
  }
};

// What core is given. All of it outlives core.
struct Environment {
  base::Loop& loop;
  const base::Log& log;
  Random& random;
  store::Kv& kv;
  const config::Config& config;
  const registry::Cp932& cp932;
  AuditLink::Connect connect_audit;
  std::function<void(Ending)> stop;                  // leaves the loop: an ordered end
  std::function<void(std::string_view)> fatal;       // ends the process: a broken invariant
  std::function<void(const std::string&)> announce;  // one line for systemctl status
  const ClientAuthority* clients = nullptr;          // of other systems; none: none is let in
  std::string store_failure;  // why the store could not be opened; `kv` is an empty one then
};

// The certificate of another system or of a desk, as it was judged when it was shown.
struct ShownCertificate {
  base::Digest fingerprint;
  base::WallTime not_before;
  base::WallTime not_after;
};

// One end of the web: a browser's connection, another system's, or the console.
struct Peer {
  base::IpAddress address;
  base::Zone zone = base::Zone::kNone;
  std::uint32_t roles = 0;              // that work from there, as policy::Place
  bool wants_certificate = false;       // as policy::Place
  base::Role role = base::Role::kNone;  // kOperator at the console
  ipc::Text<45> text;                   // as in the log
  bool signature_used = false;          // of the one handshake
  std::uint64_t placed = 0;             // by which zones
  base::Listener listener = base::Listener::kPages;
  bool certificate_judged = false;  // once a connection
  ipc::ServerRandom random;         // told to its worker, and part of the certificate's proof
  base::Digest signed_digest;       // of the one signature
  bool certificate_over = false;    // in order but for its time
  std::optional<ShownCertificate> certificate;
};

// A roster that somebody has looked at and not imported yet.
struct Preview {
  base::AccountId account;
  base::SessionId session;
  registry::Roster roster;
  std::uint32_t added = 0;  // what importing it would have done
  std::uint32_t changed = 0;
  base::MonoTime made;
};

class Core {
 public:
  static constexpr std::uint8_t kPinTries = 3;
  static constexpr std::int64_t kTickMs = 1000;
  static constexpr std::uint64_t kClockBackMs = 60'000;
  // Six reports of a watcher that has lost its cover switch to say nothing in.
  static constexpr std::int64_t kWatcherSilentMs = 30'000;

  Core(Environment environment, HashPool& hashes);
  Core(const Core&) = delete;  // there is one appliance
  Core& operator=(const Core&) = delete;

  // Decides the first state (kUnprovisioned or kLocked), connects to audit, starts the clockwork.
  void start();

  [[nodiscard]] base::Loop& loop() { return environment_.loop; }
  [[nodiscard]] const base::Log& log() const { return environment_.log; }
  [[nodiscard]] Random& random() { return environment_.random; }
  [[nodiscard]] const config::Config& config() const { return environment_.config; }
  [[nodiscard]] base::WallTime wall() const { return environment_.loop.clock().wall(); }
  [[nodiscard]] base::MonoTime mono() const { return environment_.loop.clock().mono(); }
  [[nodiscard]] const Environment& environment() const { return environment_; }

  // Now, for what must not be put off by setting a clock back.
  [[nodiscard]] policy::Moment moment() const { return {facts.run_ms, wall()}; }

  // ---- from where people may connect
  // What the register says, else the configuration file.
  [[nodiscard]] const std::vector<base::ZoneBlock>& zones() const { return zones_; }
  // After the register's zones or hours may have changed: in force for every request from now on,
  // also of connections that are open.
  void refresh_limits();
  // Puts a browser's connection into the zone that its address is in now.
  void place(Peer& peer) const;
  // Within opening hours, or opened outside of them. Who has a link is a kSubject of kCollection.
  [[nodiscard]] bool is_open(base::Role role, base::Zone zone) const;

  // ---- state of the appliance
  [[nodiscard]] base::State state() const { return state_; }
  // Why it is kFailed or kSealed, or what is missing or full in another state; empty if nothing is.
  [[nodiscard]] std::string reason() const;
  // The wall clock stands before what the log has seen: nothing is dated with it.
  [[nodiscard]] bool clock_is_back() const { return facts.clock_behind_ms > kClockBackMs; }
  // Moves the machine (policy/states.h) and announces; false when the cause changes nothing.
  bool move(policy::Cause cause, std::string_view reason = {});
  // The same, and logs it.
  base::Task<void> enter(policy::Cause cause, std::string_view reason = {});
  // What the log is told of the state.
  [[nodiscard]] ipc::Append state_entry() const;

  // ---- the register
  [[nodiscard]] registry::Registry& reg() { return registry_; }
  [[nodiscard]] const store::Store* store() const { return store_ ? &*store_ : nullptr; }
  void set_store(store::Store opened) { store_.emplace(std::move(opened)); }
  void set_registry(registry::Registry loaded) {
    registry_ = std::move(loaded);
    throttle.restart(mono());
    refresh_limits();
  }
  // A register with this site's options: to be loaded, or empty.
  [[nodiscard]] registry::Registry new_registry();
  [[nodiscard]] registry::Registry empty_registry();
  // Drops register, store keys, sessions, grants and worker connections: nothing secret stays.
  void forget();
  // Rises with each forget(): what waited for another process, or for a lock, while the register
  // was dropped and read again must not go on with keys that the new start may have destroyed.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  // Appends `entry`, commits `change` with the point of the log that this gives, applies it. Only
  // under `writes`. Answers the entry's index. A commit whose outcome is unknown ends the process.
  base::Task<base::Result<std::uint64_t>> commit(
      ipc::Append entry, registry::Change change,
      store::Store::Pages pages = store::Store::Pages::kNewest);
  // For changes that audit has logged itself (shelves, re-shelving), or that only repeat what the
  // log says (a request's end). The store keeps the later of `log` and what it has.
  base::Result<> commit_logged(registry::Change change, const base::LogPoint& log,
                               store::Store::Pages pages = store::Store::Pages::kNewest);
  base::Result<> set_epoch(std::uint64_t epoch, const base::Secret<32>& state_key);

  // With the company of whose account it is of: what names no account keeps what it has.
  [[nodiscard]] ipc::Append of_company(ipc::Append entry) const;

  // One entry that changes nothing. Errors are logged and swallowed: for refusals, whose answer is
  // a refusal in every case.
  base::Task<void> note(ipc::Append entry);

  // Rights have changed or numbers have gone: a new epoch follows soon, one for many such events.
  void epoch_due() { epoch_due_at_ = std::min(epoch_due_at_, mono().ms + kEpochDelayMs); }

  // Leaves the loop soon.
  void stop_after(std::int64_t ms, Ending ending) {
    stop_ = loop().after(ms, [this, ending] { environment_.stop(ending); });
  }

  AuditLink audit;
  Mutex writes;
  Mutex shelf_making;
  Mutex epoch_making;
  Mutex disposing;
  Sessions sessions;
  Challenges challenges;  // of people who are not signed in yet
  Grants grants;
  HashPool& hashes;
  Throttle throttle;
  Failures failures{*this};
  Outbox outbox;
  std::map<base::AccountId, MailCode> mail_codes;  // of sign-ins that wait for one
  std::map<base::AccountId, ResetKey> reset_keys;  // of forgotten passwords
  Buckets<base::IpAddress> sign_in_failures{30, 10'000};
  Buckets<base::IpAddress> portal_failures{30, 10'000};
  std::map<base::PreviewId, Preview> previews;
  std::uint8_t pin_tries_left = kPinTries;
  ipc::GetAuditFacts::Reply facts;  // the newest known
  TamperWatch tamper;
  Admission* admission = nullptr;  // set once, before the first connection
  Salt phantom_salt;
  base::Digest certificate_fingerprint;
  ipc::Bytes<256> certificate_public_key;  // that signs disposal certificates

 private:
  static constexpr std::int64_t kEpochDelayMs = 10'000;
  static constexpr std::int64_t kEpochEveryMs = 86'400'000;
  static constexpr std::int64_t kFactsEveryMs = 5000;
  static constexpr std::int64_t kDisposalRetryMs = 15'000;

  void audit_up();
  void audit_down();
  base::Task<void> meet_audit();
  void tick();
  base::Task<void> look_at_audit();
  base::Task<void> housekeeping();
  void announce();
  base::Result<> check_commit(base::Result<> result);

  Environment environment_;
  base::State state_ = base::State::kLocked;  // the machine's; start() puts it where it begins
  std::string failure_;
  registry::Registry registry_;
  std::optional<store::Store> store_;
  std::uint64_t generation_ = 0;
  std::vector<base::ZoneBlock> zones_;
  std::uint64_t zones_version_ = 0;
  std::vector<policy::Opening> openings_;
  std::vector<policy::Emergency> emergencies_;
  base::Timer tick_;
  base::Timer stop_;
  bool housekeeping_runs_ = false;
  bool started_logged_ = false;
  std::int64_t epoch_due_at_ = INT64_MAX;
  std::int64_t facts_at_ = 0;
  std::int64_t requests_at_ = 0;
  std::int64_t proposals_at_ = 0;
  std::int64_t disposal_at_ = 0;
};

// An entry of core's own acts.
ipc::Append entry_of(base::CoreEvent event, const ipc::Actor& actor = {});

}  // namespace core
