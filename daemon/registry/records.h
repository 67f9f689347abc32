// What core remembers, record by record, as it lies in the store: the ipc codec's encoding after
// one version byte. A change to a record here needs a new version, a migration from the old one in
// records.cpp, and a new golden file; old golden files stay and must still load. Nothing here
// holds a number that is not sealed.
#pragma once

#include <variant>
#include <vector>

#include "daemon/store/kv.h"
#include "ipc/core_audit.h"
#include "ipc/worker_api.h"

namespace registry {

using base::AccountId;
using base::Day;
using base::DisposalId;
using base::PersonId;
using base::ProposalId;
using base::Purpose;
using base::RequestId;
using base::ShelfId;
using base::SubmissionId;
using base::TenantId;
using base::WallTime;

using base::kFirm;

// Somebody in the register. Dependants are people of their own who name their head.
struct Person {
  PersonId id;
  TenantId tenant = kFirm;
  ipc::Text<32> employee_no;  // unique in the tenant where not empty; dependants may have none
  ipc::Name name;
  ipc::Name kana;
  base::PersonKind kind = base::PersonKind::kEmployee;
  ipc::Text<64> group;
  std::optional<Day> birth;
  std::optional<Day> joined;
  PersonId head;           // of a dependant
  ipc::Text<32> relation;  // of a dependant, 続柄
  std::optional<Day> leaving;
  ipc::Text<200> declined_reason;
  WallTime declined_at;            // 0: has not declined, or was asked anew since
  WallTime disposed_at;            // 0: nothing of theirs has been disposed of
  std::uint32_t last_version = 0;  // of a number sealed for this person; never used twice
  WallTime added_at;
};

// One sign-in of one natural person. The verifier is core's business; empty before enrolment.
struct Account {
  AccountId id;
  ipc::LoginName login;  // unique, as typed at the invitation
  ipc::Name name;
  base::Role role = base::Role::kNone;
  TenantId tenant = kFirm;           // whose people and rights are his to work with; for good
  std::uint64_t natural_person = 0;  // separation of duties is by this, not by account
  ipc::Bytes<256> password_verifier;
  ipc::Secret<20> totp_secret;
  std::uint64_t last_totp_step = 0;          // codes of this and earlier steps are used up
  std::optional<ipc::Digest> enrolment_key;  // digest of the one-time key
  WallTime enrolment_expires_at;
  std::uint16_t failures = 0;  // of early stores; Throttle counts now
  WallTime locked_until;
  bool disabled = false;
  WallTime last_sign_in;
  AccountId invited_by;
  WallTime made_at;
};

// What an account signs in with besides its password and its authenticator app, and the browsers
// that it was used with. There may be none.
struct Passkey {
  ipc::PasskeyId id;
  ipc::Text<64> label;
  ipc::Bytes<ipc::kCredentialIdMax> credential;
  ipc::Bytes<640> public_key;  // SubjectPublicKeyInfo, DER
  std::uint32_t counter = 0;   // of signatures; stays 0 for authenticators that do not count
  WallTime made_at;
  WallTime used_at;
};
struct KnownDevice {
  ipc::Digest token;  // SHA-256; the token is in the browser's cookie only
  ipc::Device device;
  WallTime used_at;
};
inline constexpr std::size_t kDevicesMax = 16;
struct Keyring {
  AccountId account;
  ipc::List<Passkey, ipc::kPasskeysMax> passkeys;
  ipc::List<ipc::Digest, ipc::kRecoveryCodes> recovery_codes;  // peppered digests of unused ones
  WallTime recovery_codes_made_at;
  ipc::List<KnownDevice, kDevicesMax> devices;
  ipc::List<ipc::DeviceNotice, ipc::kNoticesMax> notices;  // oldest first
  ipc::MailAddress mail;                                   // confirmed by its owner; empty: none
  bool mail_codes = false;  // a code sent there may stand in for the app's
};

// A mail that waits to be sent.
inline constexpr std::size_t kMailsMax = 1000;
struct Mail {
  ipc::MailId id;
  AccountId account;
  ipc::Text<32> about;  // for the log
  ipc::MailAddress to;
  ipc::Text<200> subject;
  ipc::Secret<4096> text;
  WallTime made_at;
  std::uint32_t lives_s = 0;  // then it is given up
};

// Failures in a row of one thing that is counted (daemon/throttle.h); what it is, only a digest
// says.
struct Throttle {
  std::uint64_t id = 0;
  std::uint32_t failures = 0;
  std::uint32_t wait_s = 0;  // of the running wait, whole: a restart begins it anew
};

enum class RequestState : std::uint8_t {
  kOpen,       // the link works
  kSubmitted,  // numbers wait for approval
  kReturned,   // sent back; the link works again
  kApproved,
  kDeclined,
  kRevoked,
  kExpired,
  kLast = kExpired,
};

// A request for numbers (提供依頼) to one person, dependants included.
struct Request {
  RequestId id;
  TenantId tenant = kFirm;
  PersonId person;
  ipc::List<Purpose, ipc::kPurposesMax> purposes;
  ipc::Digest link;  // digest of the link's token; the token is nowhere
  RequestState state = RequestState::kOpen;
  WallTime made_at;
  WallTime expires_at;
  AccountId made_by;
  std::uint16_t passcode_failures = 0;
  ipc::Text<24> receipt;  // of the newest submission
  WallTime sent_at;
  WallTime decided_at;
  AccountId decided_by;
  ipc::Text<200> reason;  // of a return or a refusal
};

// Numbers that wait for approval, sealed on an intake shelf. Gone once decided: the request
// remembers.
struct Submission {
  struct Item {
    PersonId person;
    ShelfId shelf;
    std::uint32_t version = 0;
    ipc::SealedNumber sealed;
    ipc::DuplicateTag tag;
    PersonId duplicate_of;  // somebody else who has the same number; 0: nobody
  };
  SubmissionId id;
  TenantId tenant = kFirm;
  RequestId request;
  PersonId person;
  ipc::List<Purpose, ipc::kPurposesMax> purposes;
  ipc::List<Item, ipc::kDependantsMax + 1> items;
  WallTime sent_at;
};

// One sealed number of one person for one purpose.
struct Number {
  TenantId tenant = kFirm;
  PersonId person;
  Purpose purpose = Purpose::kTax;
  ShelfId shelf;
  std::uint32_t version = 0;
  ipc::SealedNumber sealed;
  ipc::DuplicateTag tag;
  WallTime sealed_at;
};

enum class ShelfState : std::uint8_t {
  kOpen,
  kRetiring,  // nothing living is on it any more; its key is to be destroyed
  kGone,      // its key was looked for and is absent
  kLast = kGone,
};

struct Shelf {
  ShelfId id;
  TenantId tenant = kFirm;
  Purpose purpose = Purpose::kIntake;
  ipc::Bytes<128> sealed_salt;
  ShelfState state = ShelfState::kOpen;
  std::uint32_t dead =
      0;  // numbers sealed on it that are no longer used but that its key still opens
  WallTime made_at;
};

// Where a disposal stands. Each phase is committed before the next begins, so that a restart knows
// what to finish (crash order of the design, steps 2, 5 and 7).
enum class DisposalPhase : std::uint8_t {
  kProposed,
  kApproved,   // somebody else agreed; nothing has been destroyed
  kReshelved,  // survivors are on new shelves, the old ones retire
  kDestroyed,  // the old keys were looked for and are absent
  kDone,       // a new epoch has begun and the certificate is signed
  kCancelled,
  kLast = kCancelled,
};

struct Disposal {
  DisposalId id;
  TenantId tenant = kFirm;
  ipc::List<PersonId, 1000> people;
  base::DisposalReason reason = base::DisposalReason::kRetentionOver;
  DisposalPhase phase = DisposalPhase::kProposed;
  AccountId proposed_by;
  WallTime proposed_at;
  AccountId approved_by;
  WallTime approved_at;
  ipc::List<ShelfId, 4096> shelves;   // whose keys this disposal destroys
  std::uint32_t numbers = 0;          // sealed numbers that it disposes of
  std::uint64_t destroyed_index = 0;  // of the log entry that says the keys are gone
  WallTime destroyed_at;
  std::uint64_t epoch = 0;  // begun after it
  WallTime done_at;
  ipc::Bytes<65536> certificate;  // signed text
};

struct Settings {
  ipc::Name firm;
  ipc::Text<253> host;
  ipc::Text<200> phrase;
  ipc::Bytes<256> passcode_verifier;
  ipc::Bytes<8192> certificate_pem;  // TLS
  WallTime provisioned_at;
};

// Another company of the group, with people, shelves, accounts and rights of its own. The firm that
// runs the box is none of these: its name and its words for people are in Settings.
struct Company {
  TenantId id;
  ipc::Name name;  // unique
  ipc::Text<200> phrase;
  ipc::Bytes<256> passcode_verifier;
  WallTime made_at;
};

// From where people may connect, once somebody has decided it; before that the configuration file
// says it.
struct Zones {
  ipc::List<ipc::ZoneRow, ipc::kZoneRowsMax> rows;  // empty: back to the file's
  WallTime changed_at;
};

// Who agrees in the place of an account, and when (policy/delegation.h).
struct Delegation {
  AccountId account;  // who is away
  ipc::Delegation terms;
  WallTime made_at;
  WallTime ended_at;              // 0: not ended by anybody
  std::uint64_t over_run_ms = 0;  // over by the box's running time, too
};

// When people may work, once somebody has decided it; before that always.
struct Hours {
  struct Emergency {
    std::uint32_t roles = 0;  // bit i: base::Role i
    WallTime ends;
    std::uint64_t ends_run_ms = 0;  // by the box's running time, too
  };
  ipc::List<ipc::OpeningRow, ipc::kOpeningsMax> rows;
  ipc::List<Emergency, ipc::kEmergenciesMax> emergencies;
  WallTime changed_at;
};

// For what, and how long, an account is designated (policy/designation.h).
struct Designation {
  AccountId account;
  ipc::Designation terms;
  WallTime made_at;
  WallTime ended_at;              // 0: not ended by anybody
  std::uint64_t over_run_ms = 0;  // over by the box's running time, too: a clock that is set back
                                  // prolongs nothing
};

// Another system that is let in (API client): its account is what the log and what it makes name;
// nobody signs in with that account. What it did under a key of its choice (Idempotency-Key) is
// kept for a day, so that asking again does nothing again.
struct DoneOnce {
  ipc::Digest key;
  ipc::Digest content;  // of what was asked for
  WallTime at;
  std::uint32_t first = 0;   // people added, or requests made
  std::uint32_t second = 0;  // people changed, or people skipped
};
inline constexpr std::size_t kDoneOnceMax = 128;
struct ApiClient {
  AccountId account;
  ipc::ClientGrant grant;
  ipc::Digest fingerprint;  // SHA-256 of its certificate
  ipc::Digest key;          // SHA-256 of the certificate's public key
  ipc::Text<256> subject;
  WallTime not_before;  // of the certificate
  WallTime not_after;
  WallTime changed_at;
  WallTime revoked_at;                     // 0: not revoked
  ipc::List<DoneOnce, kDoneOnceMax> done;  // oldest first
};

// What a proposal would do, complete: its digest is what others approve. Fields that its kind does
// not use are empty.
struct ProposalContent {
  base::ProposalKind kind = base::ProposalKind::kInvite;
  AccountId account;  // of kChangeRole, kDisable, kDesignate, kRenewClient, kRevokeClient
  ipc::LoginName login;
  ipc::Name name;
  base::Role role = base::Role::kNone;
  AccountId same_person;
  ipc::Text<200> phrase;
  ipc::Bytes<256> passcode_verifier;
  ipc::List<ipc::ZoneRow, ipc::kZoneRowsMax> zones;
  DisposalId disposal;
  ipc::List<PersonId, 1000> people;             // of the disposal
  std::optional<ipc::Designation> designation;  // of kDesignate, and of kInvite where it needs one
  ipc::List<ipc::OpeningRow, ipc::kOpeningsMax> hours;
  std::uint16_t minutes = 0;                  // of kEmergency
  std::optional<ipc::Delegation> delegation;  // of kDelegate: in the place of `account`
  std::optional<ipc::ClientGrant> grant;      // of kEnrolClient
  ipc::Certificate certificate;               // of kEnrolClient and kRenewClient
  ipc::MailAddress mail;                      // of kInvite: where the key goes
  TenantId company;                           // of kInvite, kEnrolClient: whose account it will be
  std::uint64_t nonce = 0;  // random: the same content proposed again is another proposal
};

// A change that waits for other people (申請). Its life is policy/approval.h's.
struct Proposal {
  struct Approval {
    AccountId account;
    std::uint64_t person = 0;  // natural person
    ipc::Digest digest;
    WallTime at;
  };
  ProposalId id;
  TenantId tenant = kFirm;
  ProposalContent content;
  ipc::Digest digest;
  base::ProposalStage stage = base::ProposalStage::kOpen;
  AccountId requester;
  std::uint64_t requester_person = 0;
  WallTime requested_at;
  WallTime expires_at;
  std::uint64_t expires_run_ms = 0;  // by the box's running time
  ipc::List<Approval, ipc::kApprovalsMax> approvals;
  AccountId decided_by;  // who ended it
  WallTime decided_at;
  ipc::Text<200> reason;  // of a refusal
};

using Record = std::variant<Person, Account, Request, Submission, Number, Shelf, Disposal, Settings,
                            Keyring, Throttle, Zones, Proposal, Mail, Designation, Hours,
                            Delegation, ApiClient, Company>;

// The key of a record in the store: a letter, then big-endian integers. Ids are random, so that a
// key tells nothing but its kind.
store::KeyBytes key_of(const Person& record);
store::KeyBytes key_of(const Account& record);
store::KeyBytes key_of(const Request& record);
store::KeyBytes key_of(const Submission& record);
store::KeyBytes key_of(const Number& record);
store::KeyBytes key_of(const Shelf& record);
store::KeyBytes key_of(const Disposal& record);
store::KeyBytes key_of(const Settings& record);
store::KeyBytes key_of(const Keyring& record);
store::KeyBytes key_of(const Throttle& record);
store::KeyBytes key_of(const Zones& record);
store::KeyBytes key_of(const Proposal& record);
store::KeyBytes key_of(const Mail& record);
store::KeyBytes key_of(const Designation& record);
store::KeyBytes key_of(const Hours& record);
store::KeyBytes key_of(const Delegation& record);
store::KeyBytes key_of(const ApiClient& record);
store::KeyBytes key_of(const Company& record);
store::KeyBytes key_of(const Record& record);
store::KeyBytes submission_key(SubmissionId id);
store::KeyBytes number_key(PersonId person, Purpose purpose);
store::KeyBytes throttle_key(std::uint64_t id);
store::KeyBytes mail_key(ipc::MailId id);

// The stored bytes of a record in its newest version.
store::ValueBytes encode_record(const Record& record);
// Whatever version it was stored in. kCorrupt, with the record's kind as field, for unknown kinds
// and versions, for bytes that do not decode, and for a record that lies under another key than
// its own.
base::Result<Record> decode_record(base::ByteSpan key, base::ByteSpan value);

}  // namespace registry
