// Core -> audit. Core is NOT trusted with numbers: grants, budgets and the log are audit's own.
// Nothing here makes a number leave the HSM but RevealNumber.
#pragma once

#include "base/log_point.h"
#include "ipc/worker_core.h"

namespace ipc {

// Who acts, as core knows it. Goes into the log.
struct Actor {
  AccountId account;
  base::Role role = base::Role::kNone;
  base::Zone zone = base::Zone::kNone;
  Text<45> peer;
  SessionId session;
  TenantId tenant = base::kFirm;  // whose people he works with
};

// What sealed bytes are bound to (the AAD, built by audit from exactly these, which it also logs).
struct NumberPlace {
  TenantId tenant;
  PersonId person;
  Purpose purpose = Purpose::kIntake;
  ShelfId shelf;
  std::uint32_t version = 1;  // rises with each new number of the same person and purpose
};

using SealedNumber = Bytes<96>;  // IV, ciphertext and tag, as the pinned mechanism makes them
using DuplicateTag = FixedBytes<32>;

struct GetAuditFacts {
  struct Reply {
    std::uint64_t size = 0;  // entries, all durable
    Text<64> root;           // base64
    Text<64> origin;         // the log's name
    std::uint8_t used_percent = 0;
    std::uint64_t run_ms = 0;  // how long the box has run in all: a clock that never goes back
    bool full = false;         // the last entry found no room in the log or on its disk
    // How far the clock stands before the latest moment that the log has seen, since somebody last
    // unlocked with the PIN and took the clock as it was.
    std::uint64_t clock_behind_ms = 0;
    WallTime checkpoint_at;
    std::uint64_t checkpoint_size = 0;  // the newest checkpoint's
    Text<64> checkpoint_root;
    // The log's newest word on it is that the appliance is sealed: outlives every restart.
    bool sealed = false;
    Text<64> sealed_by;  // the reason that was logged with it
    std::uint64_t disk_free_mib = 0;
    bool disk_low = false;      // the log's disk: only what has the reserve's priority is written
    bool hsm_enrolled = false;  // the fixed keys exist; known after the first login
    bool hsm_ok = false;        // logged in and answering
    Text<64> hsm_model;
    Text<32> mechanism;
  };
};

// Logs in. `enrol` makes the fixed keys first (kDuplicate if they exist). An empty pin is for a
// core that restarts: answered when audit is logged in already (hsm_ok), else kState; never a try
// with the token.
struct UnlockHsm {
  struct Reply {
    Secret<32> register_key;            // encrypts the register at rest
    Digest tls_public_key_id;           // SHA-256 of its SubjectPublicKeyInfo
    Bytes<256> tls_public_key;          // SubjectPublicKeyInfo, DER
    Bytes<256> certificate_public_key;  // signs disposal certificates
  };
  Actor actor;
  Secret<64> pin;
  bool enrol = false;
  bool unseal = false;  // without it a sealed appliance is not unlocked: kState "sealed"
};

struct LockHsm {
  using Reply = Done;
  Actor actor;
};

// The key under which core authenticates its store's newest state; dies with the epoch.
struct OpenEpoch {
  struct Reply {
    Secret<32> state_key;
  };
  std::uint64_t epoch = 0;
};
struct CreateEpoch {
  struct Reply {
    Secret<32> state_key;
  };
  Actor actor;
  std::uint64_t epoch = 0;  // kConflict when it exists
};
// Logs, destroys, starts a new PKCS#11 life, looks. Replies when the key is absent. Idempotent.
struct DestroyEpoch {
  using Reply = Done;
  Actor actor;
  std::uint64_t epoch = 0;
};
// Which epochs and shelves have a key now: for resuming what a crash cut off.
struct ListKeys {
  struct Reply {
    List<std::uint64_t, 16> epochs;
    List<ShelfId, 4096> shelves;
  };
};

// One entry of core's own. The reply means: on disk.
struct Append {
  struct Reply {
    std::uint64_t index = 0;
    base::LogPoint point;  // on disk by now, with this entry and perhaps later ones
  };
  base::CoreEvent event = base::CoreEvent::kStarted;
  Actor actor;
  PersonId person;
  std::optional<Purpose> purpose;
  std::uint64_t ref = 0;  // the id of what it is about: request, submission, disposal, account ...
  std::uint64_t count = 0;
  Text<32> action;  // of kAccessDenied: the action's name
  std::optional<base::Error> error;
  Text<64> login;  // of account events
};

// A grant after a re-authentication that core has verified. Audit keeps it: its own clock, its own
// list, its own count. At most kGrantSeconds.
struct OpenGrant {
  struct Reply {
    GrantId grant;
    std::uint16_t seconds = 0;
  };
  Actor actor;
  base::StepUpAct act = base::StepUpAct::kReveal;
  List<PersonId, kGrantPeopleMax> people;
  Form form = Form::kWithholdingSlip;
  Text<16> period;
  std::uint64_t ref = 0;  // of kApproveDisposal: the disposal
};
inline constexpr std::uint16_t kGrantSeconds = 120;

// Uses up a grant that is for another act than a reveal. The actor must be the one it was opened
// for.
struct UseGrant {
  using Reply = Done;
  Actor actor;
  GrantId grant;
  base::StepUpAct act = base::StepUpAct::kExportLog;
  std::uint64_t ref = 0;
};

// The only message that makes a number leave the HSM. kUsed, kExpired, kDenied (the grant),
// kBudget.
struct RevealNumber {
  struct Reply {
    Digits number;
    std::uint64_t index = 0;  // of the intent entry
    Form form = Form::kWithholdingSlip;
    Text<16> period;
  };
  Actor actor;
  GrantId grant;
  NumberPlace place;
  SealedNumber sealed;
};

struct GetBudget {
  struct Reply {
    std::uint32_t left_hour = 0;
    std::uint32_t left_day = 0;
  };
  AccountId account;
};

// A new shelf: a key, and the salt of its duplicate tags sealed under it.
struct CreateShelf {
  struct Reply {
    Bytes<128> sealed_salt;
  };
  TenantId tenant;
  Purpose purpose = Purpose::kIntake;
  ShelfId shelf;
};
// After each unlock, once a shelf: gives the hsm process the salts back.
struct LoadShelves {
  struct Shelf {
    TenantId tenant;
    Purpose purpose = Purpose::kIntake;
    ShelfId shelf;
    Bytes<128> sealed_salt;
  };
  using Reply = Done;
  List<Shelf, 4096> shelves;
};

// Seals what people sent, each opened again and compared. `probe` names shelves of the tenant whose
// duplicate tags are wanted for each number.
struct SealNumbers {
  struct Item {
    NumberPlace place;
    Digits number;
  };
  struct Sealed {
    SealedNumber sealed;
    DuplicateTag tag;                // under the item's own shelf
    List<DuplicateTag, 256> probes;  // in the order of `probe`
  };
  struct Reply {
    List<Sealed, 64> items;
    std::uint64_t index = 0;
  };
  Actor actor;
  std::uint64_t ref = 0;  // the submission
  List<Item, 64> items;
  List<ShelfId, 256> probe;
};

// Re-seals inside the hsm process: at approval from intake to each purpose.
struct MoveNumbers {
  struct Item {
    NumberPlace from;
    SealedNumber sealed;
    NumberPlace to;  // same tenant and person
  };
  struct Moved {
    SealedNumber sealed;
    DuplicateTag tag;
  };
  struct Reply {
    List<Moved, 1024> items;
    std::uint64_t index = 0;
  };
  Actor actor;
  std::uint64_t ref = 0;  // the submission
  List<Item, 1024> items;
};

// Re-seals all survivors of a shelf under another shelf of the same tenant and purpose.
struct Reshelve {
  struct Item {
    PersonId person;
    std::uint32_t version = 1;
    SealedNumber sealed;
  };
  struct Reply {
    List<MoveNumbers::Moved, 4096> items;
    base::LogPoint point;  // on disk by now, with the intent
  };
  Actor actor;
  std::uint64_t ref = 0;  // the disposal
  TenantId tenant;
  Purpose purpose = Purpose::kTax;
  ShelfId from;
  ShelfId to;
  List<Item, 4096> items;
};

// Logs, destroys the shelves' keys, starts a new PKCS#11 life, looks for each. Replies when all are
// absent. Idempotent.
struct DestroyShelves {
  struct Reply {
    std::uint64_t index = 0;  // of the last "gone" entry
    WallTime at;
  };
  Actor actor;
  std::uint64_t ref = 0;  // the disposal
  List<ShelfId, 64> shelves;
};

// HMAC-SHA256 under the pepper key: password verifiers and link tokens.
struct Pepper {
  struct Reply {
    Secret<32> mac;
  };
  Secret<64> input;
};

// ECDSA P-256 over a SHA-256 digest, DER.
struct SignTls {
  struct Reply {
    Bytes<80> signature;
  };
  Digest digest;
};
// Signs a disposal certificate's text (with the certificate key), after logging that it does.
struct SignDisposalCertificate {
  struct Reply {
    Bytes<80> signature;
  };
  Actor actor;
  DisposalId disposal;
  Digest digest;
};

struct QueryLog {
  struct Reply {
    std::uint64_t size = 0;
    List<LogRow, 100> rows;
    std::uint64_t next_before = 0;
  };
  LogFilter filter;
  std::uint64_t before = 0;
  TenantId tenant;  // whose entries; 0: everybody's. What names no company is the firm's
};
// The log when it had `size` entries: core compares it with what its store has seen. kNotFound when
// it never had so many.
struct GetLogPoint {
  using Reply = base::LogPoint;
  std::uint64_t size = 0;
};
struct MakeCheckpoint {
  struct Reply {
    Text<64> root;
    std::uint64_t size = 0;
    Bytes<4096> note;
  };
};
struct MakeExport {
  struct Reply {
    Fd tar;
    std::uint64_t entries = 0;
    Text<64> root;
  };
  Actor actor;
};

struct CoreAudit {
  static constexpr const char* kName = "core-audit";
  static constexpr std::size_t kInFlightMax = 1024;
  using Request =
      std::variant<GetAuditFacts, UnlockHsm, LockHsm, OpenEpoch, CreateEpoch, DestroyEpoch,
                   ListKeys, Append, OpenGrant, UseGrant, RevealNumber, GetBudget, CreateShelf,
                   LoadShelves, SealNumbers, MoveNumbers, Reshelve, DestroyShelves, Pepper, SignTls,
                   SignDisposalCertificate, QueryLog, MakeCheckpoint, MakeExport, GetLogPoint>;
};

}  // namespace ipc
