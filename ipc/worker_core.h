// Web worker -> core. The worker is HOSTILE: it parses the network. It knows nothing that core did
// not tell it, and its connection's address and zone are core's facts, never its claims.
#pragma once

#include "ipc/values.h"
#include "ipc/worker_api.h"
#include "ipc/worker_people.h"
#include "ipc/worker_rights.h"
#include "ipc/worker_self.h"

namespace ipc {

// The worker's first request: what it needs before it speaks TLS.
struct Greet {
  struct Reply {
    Bytes<8192> certificate_pem;
    base::State state = base::State::kUnprovisioned;
    base::Listener listener = base::Listener::kPages;
    bool certificate = false;  // the peer is to be asked for one
    ServerRandom random;       // with it: for the ServerHello
  };
};

// One signature for the TLS handshake of this connection: ECDSA P-256 over a SHA-256 digest. The
// second request on a channel is refused (kUsed) and audited.
struct SignHandshake {
  struct Reply {
    Bytes<80> signature;  // DER
  };
  Digest digest;
};

// For pages that need no session, and for /healthz.
struct GetPublicFacts {
  struct Reply {
    base::State state = base::State::kUnprovisioned;
    base::Zone zone = base::Zone::kNone;  // of this connection
    bool needs_certificate = false;       // it has to show one here, and has not
    Name firm;
  };
};

struct SignIn {
  using Reply = SignedIn;
  LoginName login;
  Password password;
  OneTimeCode code;  // of the authenticator app, or a recovery code
  DeviceToken device_token;
  Device device;
  SessionToken ends;  // the session that the browser had until now, if any
};

struct SignOut {
  using Reply = Done;
  Auth auth;
};

struct SessionFacts {
  Name name;
  base::Role role = base::Role::kNone;
  std::uint32_t deputy_for = 0;  // bit i: stands in for a base::Role i
  CsrfToken csrf;
  base::State state = base::State::kUnprovisioned;
  Name firm;              // whose people he works with
  bool runs_box = false;  // it is the firm whose appliance this is
  std::uint32_t idle_left_s = 0;
  base::Assurance assurance = base::Assurance::kNone;
  bool has_passkey = false;
  Challenge challenge;  // for a passkey; another one after it has been used
};

struct GetSession {
  using Reply = SessionFacts;
  SessionToken token;
};

// First half of enrolment: the one-time key (自動発行キー) opens the account's TOTP secret once
// more until the second half ends it.
struct BeginEnrolment {
  struct Reply {
    LoginName login;
    Name name;
    base::Role role = base::Role::kNone;
    Name firm;
    Secret<20> totp_secret;
  };
  Secret<32> key;  // as typed, without separators
};

struct FinishEnrolment {
  using Reply = Done;
  Secret<32> key;
  Password password;
  OneTimeCode code;
};

struct GetDashboard {
  struct StatusCount {
    base::CollectionStatus status = base::CollectionStatus::kNotRequested;
    std::uint32_t people = 0;
  };
  struct Reply {
    List<StatusCount, 7> statuses;
    std::uint32_t approvals_waiting = 0;
    std::uint32_t disposals_waiting = 0;
    std::uint32_t proposals_waiting = 0;  // that the asker may approve or carry out
    std::uint32_t leavers_holding_numbers = 0;
    std::uint64_t log_entries = 0;
    std::uint8_t log_used_percent = 0;
    WallTime checkpoint_at;
    Text<64> checkpoint_head;  // base64 root hash
    bool hsm_ok = false;
    Text<64> hsm_model;
    Text<32> mechanism;
    std::uint32_t reveals_left_hour = 0;  // of the asker's own budget
    std::uint32_t reveals_left_day = 0;
    List<DeviceNotice, kNoticesMax> new_devices;  // not confirmed yet
    bool open = false;                            // within the asker's opening hours
  };
  SessionToken token;
};

// ---- use

// Re-authentication for one act. For kReveal: people, form and period; the purpose follows from the
// form. For kApproveDisposal: the disposal; for kRemovePasskey: the passkey; for a proposal: which.
// The grant is used up by the act.
struct StepUp {
  struct Reply {
    GrantId grant;
    std::uint16_t seconds = 0;
  };
  Auth auth;
  Password password;
  OneTimeCode code;
  base::StepUpAct act = base::StepUpAct::kReveal;
  List<PersonId, kGrantPeopleMax> people;
  Form form = Form::kWithholdingSlip;
  Text<16> period;  // for example 2026 or 2026-04
  DisposalId disposal;
  ProposalId proposal;
  PasskeyId passkey;                          // of kRemovePasskey
  std::optional<PasskeyAssertion> assertion;  // instead of password and code
};

// Who of a grant's people can be shown next.
struct RestRow {
  PersonId person;
  Name name;
};
inline constexpr std::size_t kRestRows = 8;

// One number of the grant's people, once each. The reply has all that its page shows, so that the
// number is one question to core.
struct Reveal {
  struct Reply {
    Digits number;
    PersonId person;
    Name name;
    SessionFacts session;  // whose name is the watermark
    Form form = Form::kWithholdingSlip;
    Text<16> period;
    std::uint16_t show_s = 0;
    std::uint64_t log_index = 0;
    List<RestRow, kRestRows> rest;
    std::uint32_t rest_total = 0;
  };
  Auth auth;
  GrantId grant;
  PersonId person;
};

// ---- disposal

enum class DisposalStatus : std::uint8_t {
  kProposed,
  kExecuting,
  kDone,
  kCancelled,
  kLast = kCancelled,
};

struct DisposalRow {
  DisposalId id;
  DisposalStatus status = DisposalStatus::kProposed;
  base::DisposalReason reason = base::DisposalReason::kRetentionOver;
  std::uint32_t people = 0;
  Name proposed_by;
  WallTime proposed_at;
  Name approved_by;
  WallTime done_at;
};

struct ProposeDisposal {
  struct Reply {
    DisposalId disposal;
  };
  Auth auth;
  List<PersonId, 1000> people;
  base::DisposalReason reason = base::DisposalReason::kRetentionOver;
};

struct ListDisposals {
  struct Reply {
    std::uint32_t total = 0;
    List<DisposalRow, kPageRows> rows;      // newest first
    List<PersonRow, kPageRows> candidates;  // leavers who still have numbers
  };
  SessionToken token;
  std::uint32_t offset = 0;
};

struct GetDisposal {
  struct Reply {
    DisposalRow row;
    List<PersonRow, 1000> people;
    Bytes<65536> certificate;  // signed text when done, else empty
    ProposalId proposal;       // of an early disposal: what others have to approve before
  };
  SessionToken token;
  DisposalId disposal;
};

// By another natural person than the proposer. Answers when the keys are gone and looked for.
struct ApproveDisposal {
  using Reply = Done;
  static constexpr int kWaitMs = 120'000;
  Auth auth;
  GrantId grant;
  DisposalId disposal;
};

struct CancelDisposal {
  using Reply = Done;
  Auth auth;
  DisposalId disposal;
};

// ---- log

struct LogFilter {
  Text<32> event_prefix;  // for example "reveal."; empty: all
  AccountId account;      // 0: any
  PersonId person;        // 0: any
  std::optional<WallTime> from;
  std::optional<WallTime> to;  // not included
};

// One entry as parsed from its verified line.
struct LogRow {
  std::uint64_t index = 0;
  WallTime at;
  Text<32> event;
  AccountId account;
  base::Role role = base::Role::kNone;
  base::Zone zone = base::Zone::kNone;
  Text<45> peer;
  SessionId session;
  PersonId person;
  std::optional<Purpose> purpose;
  std::optional<Form> form;
  Text<16> period;
  std::uint64_t ref = 0;
  std::uint64_t count = 0;
  Text<32> action;
  Text<64> error;
  Text<64> login;
};

struct ReadLog {
  struct Row {
    LogRow entry;
    Name account_name;
    Name person_name;
  };
  struct Reply {
    std::uint64_t size = 0;         // entries in the log
    List<Row, 100> rows;            // newest first
    std::uint64_t next_before = 0;  // for the next page; 0: there is none
  };
  SessionToken token;
  LogFilter filter;
  std::uint64_t before = 0;  // 0: from the newest
};

struct ExportLog {
  struct Reply {
    Fd tar;  // sealed memory file: the export folder of audit/FORMAT.md
    std::uint64_t entries = 0;
    Text<64> root;
  };
  Auth auth;
  GrantId grant;
};

struct WorkerCore {
  static constexpr const char* kName = "worker-core";
  static constexpr std::size_t kInFlightMax = 1;  // a worker does one thing at a time
  using Request = std::variant<
      Greet, SignHandshake, GetPublicFacts, SignIn, SignOut, GetSession, BeginEnrolment,
      FinishEnrolment, BeginPasskeySignIn, SignInWithPasskey, RequestMailCode, RequestReminder,
      ResetPassword, GetMyAccount, EndMySession, ChangePassword, MakeRecoveryCodes,
      BeginAuthenticator, FinishAuthenticator, AddPasskey, RemovePasskey, ConfirmDevices, SetMail,
      ConfirmMail, GetDashboard, ListPeople, GetPerson, PreviewRoster, ImportRoster, SetLeaving,
      CreateRequests, ListRequests, RevokeRequest, OpenPortal, SubmitNumbers, DeclineNumbers,
      ListSubmissions, GetSubmission, ApproveSubmission, ReturnSubmission, StepUp, Reveal,
      ProposeDisposal, ListDisposals, GetDisposal, ApproveDisposal, CancelDisposal, ReadLog,
      ExportLog, ListAccounts, InviteAccount, DisableAccount, GetSettings, SaveSettings, ChangeRole,
      GetZones, ProposeZones, ListProposals, GetProposal, ApproveProposal, RefuseProposal,
      CancelProposal, ExecuteProposal, GetRules, Designate, GetDesignation, EndDesignation,
      GetHours, ProposeHours, AskEmergency, GetDelegation, Delegate, EndDelegation,
      PresentCertificate, GetOwnClient, GetLogHead, ListClients, EnrolClient, RenewClient,
      RevokeClient, ListCompanies, AddCompany>;
};

}  // namespace ipc
