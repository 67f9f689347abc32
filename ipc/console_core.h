// Console and the kagikura command -> core: the local operator. The socket's mode and the peer's
// uid say that it is one.
#pragma once

#include "base/mail_address.h"
#include "ipc/worker_core.h"

namespace ipc {

struct GetStatus {
  struct Reply {
    base::State state = base::State::kUnprovisioned;
    Text<64> reason;  // why it is kFailed or kSealed, or what is missing in another state
    Name firm;
    bool hsm_ok = false;
    Text<64> hsm_model;
    Text<32> mechanism;
    std::uint32_t people = 0;
    std::uint32_t sessions = 0;
    std::uint64_t epoch = 0;
    std::uint64_t log_entries = 0;
    std::uint8_t log_used_percent = 0;
    WallTime checkpoint_at;
    std::uint64_t checkpoint_size = 0;  // the newest checkpoint: what is written down
    Text<64> checkpoint_root;
    Digest certificate_fingerprint;  // SHA-256 of the TLS certificate
    std::uint8_t pin_tries_left = 0;
    base::Cover cover = base::Cover::kNotWatched;
    std::uint64_t disk_free_mib = 0;  // of the log's file system
    bool disk_low = false;            // less than the log needs: nothing but its end is written
    std::uint32_t connections = 0;    // browsers
  };
};

// First-run set-up: makes the keys and the accounts of three natural persons: 責任者, 権限管理者
// (from then on rights take these two) and 監査人. Possible once.
struct Provision {
  struct Reply {
    Secret<32> responsible_key;  // one-time enrolment keys, shown once
    Secret<32> rights_manager_key;
    Secret<32> auditor_key;
    Digest certificate_fingerprint;
  };
  Secret<64> pin;  // of the token's user
  Name firm;
  Text<253> host;  // for the certificate
  LoginName responsible_login;
  Name responsible_name;
  LoginName rights_manager_login;
  Name rights_manager_name;
  LoginName auditor_login;
  Name auditor_name;
};

// Of what is locked. Three wrong PINs in a row refuse further tries until the console restarts
// core: a token's own counter must not be used up by accident.
struct Unlock {
  using Reply = Done;
  Secret<64> pin;
  bool accept_clock = false;  // although it stands before what the log has seen (kState "clock")
};

struct SealAppliance {
  using Reply = Done;
};

// Of what is sealed; a person's act. kState "cover" while a cover switch says open.
struct Unseal {
  using Reply = Done;
  Secret<64> pin;
  bool accept_clock = false;
};

// From the watcher, at its start, at each change and every few seconds: its silence is a sign too.
struct ReportTamper {
  using Reply = Done;
  base::Cover cover = base::Cover::kNotWatched;
  bool button = false;  // the seal button was pressed
};
inline constexpr std::int64_t kReportEveryMs = 5000;

// Before a change of the box itself: core allows and logs it, then the console asks kagikura-site.
struct AllowSite {
  using Reply = Done;
  base::SiteAct act = base::SiteAct::kNetwork;
};

// What a vendor may see: states, counts, sizes, versions. No name of a person, no number.
struct MakeBundle {
  struct Reply {
    Fd text;  // sealed memory file, UTF-8
  };
};

// Entries from `from` on, oldest first, at most 100.
struct FollowLog {
  struct Reply {
    std::uint64_t size = 0;
    List<LogRow, 100> rows;
  };
  std::uint64_t from = 0;
};

// Back to the zones of the configuration file, which only root can write: the way out when the
// zones that people decided on let nobody in.
struct ResetZones {
  using Reply = Done;
};

// The way out when nobody can agree on rights any more, or somebody has lost every second factor:
// two natural persons of the staff show who they are (password, and code or recovery code) and
// somebody types the token's PIN. An account gets new factors by a new enrolment key; where there
// is none of that name, somebody new who guards rights gets one. kDenied "approval" or "self"
// unless they are two others; kDenied "credentials", "pin".
struct Rescuer {
  LoginName login;
  Password password;
  OneTimeCode code;
};
struct RescueAccount {
  struct Reply {
    Secret<32> enrolment_key;  // told once
    WallTime expires_at;
  };
  Secret<64> pin;
  Rescuer first;
  Rescuer second;
  LoginName login;  // of the account
  Name name;        // of somebody new; else empty
  base::Role role = base::Role::kNone;
};

// Another certificate for the pages, of the same key, before or after the old one is over.
struct RenewCertificate {
  struct Reply {
    Digest certificate_fingerprint;
  };
  Secret<64> pin;
};

// A mail that is to be sent, or none. It is the asker's until ReportMail, or for two minutes.
struct TakeMail {
  struct Reply {
    MailId id;  // not valid: nothing to send
    Text<base::kMailAddressMax> to;
    Text<200> subject;
    Secret<4096> text;  // UTF-8, lines end with LF
    WallTime made_at;
  };
};

enum class MailOutcome : std::uint8_t {
  kSent,
  kLater,    // the relay is down or said "later" (SMTP 4xx)
  kRefused,  // for good (SMTP 5xx)
  kLast = kRefused
};
struct ReportMail {
  using Reply = Done;
  MailId id;
  MailOutcome outcome = MailOutcome::kLater;
};

struct GetCheckpoint {
  struct Reply {
    Text<64> root;  // base64
    std::uint64_t size = 0;
    Bytes<4096> note;  // the signed note
  };
};

struct ExportLogLocal {
  struct Reply {
    Fd tar;
    std::uint64_t entries = 0;
    Text<64> root;
  };
};

struct ShutDown {
  using Reply = Done;
  bool restart = false;  // the machine comes up again
};

struct ConsoleCore {
  static constexpr const char* kName = "console-core";
  static constexpr std::size_t kInFlightMax = 1;
  using Request =
      std::variant<GetStatus, Provision, Unlock, SealAppliance, GetCheckpoint, ExportLogLocal,
                   ShutDown, Unseal, ReportTamper, AllowSite, MakeBundle, FollowLog, ResetZones,
                   TakeMail, ReportMail, RescueAccount, RenewCertificate>;
};

}  // namespace ipc
