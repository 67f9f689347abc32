// The part of WorkerCore that is about rights: accounts, settings, zones, and the proposals by
// which they change. Nobody changes them alone: each change here makes a proposal (申請), others
// approve exactly what they saw (its digest), and then it is carried out.
#pragma once

#include "base/mail_address.h"
#include "ipc/worker_api.h"

namespace ipc {

inline constexpr std::size_t kZoneRowsMax = 64;
inline constexpr std::size_t kApprovalsMax = 8;
inline constexpr std::size_t kScopeGroupsMax = 16;
inline constexpr std::size_t kOpeningsMax = 32;
inline constexpr std::size_t kEmergenciesMax = 8;

struct AccountRow {
  AccountId id;
  LoginName login;
  Name name;
  base::Role role = base::Role::kNone;
  bool enrolled = false;
  bool disabled = false;
  WallTime last_sign_in;
  bool second = false;  // of somebody who has another account
  base::Designated designated = base::Designated::kNever;
  Day designated_until;
};

// What somebody is designated for (policy/designation.h).
struct Designation {
  List<Text<64>, kScopeGroupsMax> groups;  // with all below them; none: the whole firm
  std::uint32_t kinds = 0;                 // bit i: base::PersonKind i
  std::uint32_t purposes = 0;              // bit i: base::Purpose i
  Day trained;
  Day first;
  Day last;
};

struct ListAccounts {
  struct Reply {
    List<AccountRow, 500> rows;
  };
  SessionToken token;
};

// A new account. Carried out by who proposed it, who is then told the enrolment key. Of another
// company than the asker's: only by the firm, while that company has not yet two people who guard
// its rights, and only for such people.
struct InviteAccount {
  using Reply = Proposed;
  Auth auth;
  LoginName login;
  Name name;
  base::Role role = base::Role::kHandler;
  AccountId same_person;  // the other account of this natural person, if there is one
  ProposalId revises;     // an open proposal of the asker's that this takes the place of
  std::optional<Designation> designation;  // with it, for a role that needs one
  Text<base::kMailAddressMax> mail;        // where the enrolment key goes; empty: it is printed
  TenantId company;                        // whose account it will be; 0: the asker's
};

// kInvalid "role" for an account whose role needs no designation.
struct Designate {
  using Reply = Proposed;
  Auth auth;
  AccountId account;
  Designation designation;
  ProposalId revises;
};

// At once: what it allowed is refused from the next message on.
struct EndDesignation {
  using Reply = Done;
  Auth auth;
  AccountId account;
};

struct GetDesignation {
  struct Reply {
    LoginName login;
    Name name;
    base::Role role = base::Role::kNone;
    base::Designated designated = base::Designated::kNever;
    Designation designation;
    Day today;
    List<Text<64>, 200> groups;  // that people of the register are in
  };
  SessionToken token;
  AccountId account;
};

struct ChangeRole {
  using Reply = Proposed;
  Auth auth;
  AccountId account;
  base::Role role = base::Role::kHandler;
};

// At once, unless the account can approve: then it is a proposal.
struct DisableAccount {
  using Reply = Proposed;  // none: done
  Auth auth;
  AccountId account;
};

struct GetSettings {
  struct Reply {
    Name firm;
    Text<200> phrase;
    bool passcode_set = false;
  };
  SessionToken token;
};

struct SaveSettings {
  using Reply = Proposed;
  Auth auth;
  Text<200> phrase;
  Secret<64> passcode;  // empty: unchanged
  ProposalId revises;
};

// One block of addresses (CIDR, IPv4 or IPv6) and what it is.
struct ZoneRow {
  Text<64> block;
  base::Zone zone = base::Zone::kHandling;
  std::uint32_t roles = 0;   // bit i: base::Role i works from there; 0: every role
  bool certificate = false;  // whoever connects from there has to show one (PresentCertificate)
};

struct GetZones {
  struct Reply {
    List<ZoneRow, kZoneRowsMax> rows;  // in force now
    bool from_file = false;            // of the configuration file: nothing else was decided yet
    Text<45> peer;                     // the asker's own address, as core sees it
  };
  SessionToken token;
};

// The whole list. Refused (kDenied "lock_out") when the asker's own address would be outside the
// handling zone, or would need a certificate that his connection has not shown; kMissing
// "client_authority" when certificates are wanted and the configuration names no authority.
struct ProposeZones {
  using Reply = Proposed;
  Auth auth;
  List<ZoneRow, kZoneRowsMax> rows;
  ProposalId revises;
};

// ---- the companies of the group (法人): each with people, shelves, keys and rights of its own

inline constexpr std::size_t kCompaniesMax = 200;  // besides the firm
struct CompanyRow {
  TenantId id;
  Name name;
  std::uint32_t people = 0;
  std::uint32_t accounts = 0;  // in use
  std::uint32_t guards = 0;    // natural persons who guard its rights: with two it is on its own
  WallTime made_at;            // 0: the firm
};

struct ListCompanies {
  struct Reply {
    List<CompanyRow, kCompaniesMax + 1> rows;  // the firm first, then by name
  };
  SessionToken token;
};

// kDuplicate "company_name" for a company that is there already.
struct AddCompany {
  using Reply = Proposed;
  Auth auth;
  Name name;
  ProposalId revises;
};

// ---- opening hours

// On which days and from when to when roles work from a zone (policy/hours.h).
struct OpeningRow {
  base::Zone zone = base::Zone::kHandling;
  std::uint32_t roles = 0;   // bit i: base::Role i
  std::uint8_t days = 0;     // bit 0: Sunday
  std::uint16_t opens = 0;   // minutes of the day in Japan
  std::uint16_t closes = 0;  // at or before `opens`: of the next day
};
// Roles that work outside of their hours for a while.
struct EmergencyRow {
  std::uint32_t roles = 0;
  WallTime ends;
};

struct GetHours {
  struct Reply {
    List<OpeningRow, kOpeningsMax> rows;  // in force now; none: always open
    List<EmergencyRow, kEmergenciesMax> emergencies;
    bool open = false;  // for the asker, now
    WallTime now;
  };
  SessionToken token;
};

// The whole list. None: open at all times again.
struct ProposeHours {
  using Reply = Proposed;
  Auth auth;
  List<OpeningRow, kOpeningsMax> rows;
  ProposalId revises;
};

// For the asker's own role, from when somebody else carries it out.
struct AskEmergency {
  using Reply = Proposed;
  Auth auth;
  std::uint16_t minutes = 0;  // policy::kEmergencyMinutesMax at most
  Text<200> reason;
};

// ---- standing in for somebody who is away

struct Delegation {
  AccountId deputy;
  Day first;
  Day last;
};

struct GetDelegation {
  struct Reply {
    LoginName login;
    Name name;
    base::Role role = base::Role::kNone;
    bool delegable = false;                // the role agrees on something
    std::optional<Delegation> delegation;  // the newest that nobody has ended
    Name deputy;
    bool in_force = false;
    Day today;
    List<AccountRow, 500> candidates;  // who may stand in
  };
  SessionToken token;
  AccountId account;
};

// Of the account that will be away, by itself or by others who guard.
struct Delegate {
  using Reply = Proposed;
  Auth auth;
  AccountId account;
  Delegation delegation;
  ProposalId revises;
};

// At once: approvals that the deputy gave count no longer.
struct EndDelegation {
  using Reply = Done;
  Auth auth;
  AccountId account;
};

// ---- the table of policy, explained

// Why the asker may not do it here and now.
enum class RuleRefusal : std::uint8_t {
  kNone,
  kZone,
  kState,
  kRole,
  kAssurance,  // with a stronger sign-in he may
  kDesignation,
  kHours,
  kCompany,  // of the appliance as a whole: for the firm that runs it
  kLast = kCompany,
};

struct RuleRow {
  Text<32> action;              // its stable word
  std::uint32_t roles = 0;      // bit i: base::Role i may ask for it
  bool step_up = false;         // after a re-authentication for exactly this act
  bool purpose = false;         // for purposes only that the person was told
  std::uint8_t others = 0;      // other natural persons
  std::uint32_t approvers = 0;  // bit i: base::Role i may be one of them; 0: the act is their word
  RuleRefusal refusal = RuleRefusal::kNone;
};

// What a session can ask for, and what the asker may do of it.
struct GetRules {
  struct Reply {
    List<RuleRow, 128> rows;
    bool needs_designation = false;  // the asker's role
    base::Designated designated = base::Designated::kNever;
    Designation designation;
  };
  SessionToken token;
};

// ---- proposals

struct ProposalRow {
  ProposalId id;
  base::ProposalKind kind = base::ProposalKind::kInvite;
  base::ProposalStage stage = base::ProposalStage::kOpen;
  Name subject;  // whose account; empty where it is about nobody
  Name requested_by;
  WallTime requested_at;
  WallTime expires_at;
  std::uint8_t approvals = 0;  // that count now
  std::uint8_t needed = 1;     // natural persons other than who proposed it
  bool mine = false;           // the asker proposed it
  bool may_approve = false;
  bool may_execute = false;
};

struct ListProposals {
  struct Reply {
    std::uint32_t total = 0;
    List<ProposalRow, kPageRows> rows;  // open ones first, then the newest first
  };
  SessionToken token;
  std::uint32_t offset = 0;
};

// Everything that an approver needs to say in words what will happen.
struct GetProposal {
  struct Approval {
    Name name;
    WallTime at;
    bool counts = false;  // his rights still stand
  };
  struct Reply {
    ProposalRow row;
    Digest digest;  // of the content; an approval is of exactly this
    LoginName login;
    base::Role role = base::Role::kNone;         // that it gives
    base::Role role_before = base::Role::kNone;  // of kChangeRole and kDisable
    Name same_person;                            // of kInvite: whose second account it is
    Text<200> phrase;
    bool passcode = false;  // of kSettings: the passcode changes too
    List<ZoneRow, kZoneRowsMax> zones;
    DisposalId disposal;
    std::uint32_t people = 0;  // of kEarlyDisposal
    std::optional<Designation> designation;
    List<OpeningRow, kOpeningsMax> hours;
    std::uint16_t minutes = 0;  // of kEmergency; `role` may work, for the reason in `phrase`
    std::optional<Delegation> delegation;
    Name deputy;
    std::optional<ClientRow> client;   // of the kinds about other systems: as it will be
    Text<base::kMailAddressMax> mail;  // of kInvite: where the enrolment key goes
    TenantId company;                  // of kInvite: another one than the asker's
    Name company_name;
    List<Approval, kApprovalsMax> approvals;
    Name decided_by;
    WallTime decided_at;
    Text<200> reason;  // of a refusal
  };
  SessionToken token;
  ProposalId proposal;
};

// kConflict when the content is not the one of the digest any more; kDenied "self" for the
// requester's natural person, by whatever account; kUsed "approval" for a second one of a person.
struct ApproveProposal {
  using Reply = Done;
  Auth auth;
  GrantId grant;
  ProposalId proposal;
  Digest digest;
};

struct RefuseProposal {
  using Reply = Done;
  Auth auth;
  ProposalId proposal;
  Text<200> reason;
};

// By who proposed it.
struct CancelProposal {
  using Reply = Done;
  Auth auth;
  ProposalId proposal;
};

// By who proposed it, when enough others have approved and still may. An early disposal is carried
// out by ApproveDisposal instead.
struct ExecuteProposal {
  struct Reply {
    AccountId account;         // of kInvite
    Secret<32> enrolment_key;  // of kInvite: told once; empty when a mail carries it
    WallTime expires_at;       // of the key
  };
  Auth auth;
  GrantId grant;
  ProposalId proposal;
  Digest digest;
};

}  // namespace ipc
