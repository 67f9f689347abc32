// The words of the domain as types: who, what for, where, in which state. docs/glossary.md explains
// each in both languages. Every enum ends in kLast (= its last value), which is how decoders know
// what is valid; name() gives the stable lower-case word used in logs, records and JSON.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

// A 64-bit random or sequential identifier; 0 means none. Text form: 16 lower-case hex digits.
template <class Tag>
struct Id {
  std::uint64_t value = 0;
  [[nodiscard]] bool valid() const { return value != 0; }
  friend auto operator<=>(Id, Id) = default;
};

using TenantId = Id<struct TenantTag>;          // group company (法人); 1 is the firm itself
using AccountId = Id<struct AccountTag>;        // one sign-in of one natural person
using PersonId = Id<struct PersonTag>;          // somebody in the register (本人)
using RequestId = Id<struct RequestTag>;        // a request for numbers (提供依頼)
using SubmissionId = Id<struct SubmissionTag>;  // what a person sent (提供)
using DisposalId = Id<struct DisposalTag>;      // a disposal batch (廃棄), also its certificate
using ShelfId = Id<struct ShelfTag>;            // a shelf (棚): one key, one purpose, one tenant
using GrantId = Id<struct GrantTag>;            // a step-up grant, random
using SessionId = Id<struct SessionTag>;        // names a session in the log; not its token
using PreviewId = Id<struct PreviewTag>;        // a roster that was read but not imported
using ProposalId = Id<struct ProposalTag>;      // a change that waits for other people (申請)

// Whose appliance it is: it runs the box, and is the only company until it adds others.
inline constexpr TenantId kFirm{1};

std::string id_text(std::uint64_t value);
// kInvalid unless exactly 16 lower-case hex digits and not zero.
Result<std::uint64_t> id_from_text(std::string_view text, FieldName field = "id");
template <class Tag>
std::string to_text(Id<Tag> id) {
  return id_text(id.value);
}

enum class Role : std::uint8_t {
  kNone,         // not signed in
  kResponsible,  // 責任者: approves, decides disposal
  kHandler,      // 事務取扱担当者: registers, requests, uses
  kAuditor,      // 監査人: reads and exports the log, sees no number
  kSubject,      // 本人: holds a one-time link, nothing else
  kOperator,     // at the local console
  // Programs of the appliance on the console's socket, each with one right.
  kUnlocker,  // unattended unlocking: unlocks what is locked, never what is sealed
  kWatcher,   // cover switch and seal button: reports
  kMonitor,   // metrics and syslog: reads
  // Of accounts again.
  kViewer,           // 閲覧: sees the register and how far collection is, changes nothing
  kRightsManager,    // 権限管理者: grants rights, sees neither a number nor a person's data
  kSecurityOfficer,  // 保安担当: zones, the log, stopping an account
  kCustodian,        // 鍵管理者: holds a share of the recovery key, nothing else
  kMailer,           // a program again: takes mail that is to be sent, says what became of it
  kApiClient,        // another system of the firm, by its certificate; never a person
  kLast = kApiClient,
};
std::string_view name(Role role);

enum class Zone : std::uint8_t {
  kNone,        // no configured block: refused before TLS
  kControl,     // 管理区域: the console
  kHandling,    // 取扱区域: clerks' subnets
  kCollection,  // 収集: where people may open their one-time link
  kApi,         // other systems, with certificates, on a listener of their own
  kLast = kApi,
};
std::string_view name(Zone zone);

enum class State : std::uint8_t {
  kUnprovisioned,  // no firm, no keys
  kLocked,         // keys exist, the HSM is not logged in
  kOperational,
  kSealed,  // somebody or something pulled the brake: as locked, until the console unseals it
  kFailed,  // store, log and HSM do not agree; see the console
  kLast = kFailed,
};
std::string_view name(State state);

// What a number may be used for. Each sealed copy of a number is for exactly one purpose.
enum class Purpose : std::uint8_t {
  kIntake,           // between the person's sending and the approval; never requested or revealed
  kTax,              // 税・源泉徴収
  kSocialInsurance,  // 健康保険・厚生年金保険
  kEmploymentInsurance,  // 雇用保険
  kPaymentRecord,        // 支払調書
  kLast = kPaymentRecord,
};
std::string_view name(Purpose purpose);

// The statutory form that a reveal is for.
enum class Form : std::uint8_t {
  kWithholdingSlip,        // 給与所得の源泉徴収票 (375)
  kSalaryPaymentReport,    // 給与支払報告書 (315)
  kRetirementSlip,         // 退職所得の源泉徴収票 (316)
  kDependantDeclaration,   // 扶養控除等申告書
  kInsuranceAcquisition,   // 健康保険・厚生年金保険 資格取得届
  kInsuranceLoss,          // 同 資格喪失届
  kInsuranceDependants,    // 被扶養者(異動)届・第3号被保険者関係届
  kEmploymentAcquisition,  // 雇用保険 資格取得届
  kEmploymentLoss,         // 雇用保険 資格喪失届
  kFeesRecord,             // 報酬・料金等の支払調書 (309)
  kRealEstateRecord,       // 不動産の使用料等の支払調書 (313)
  kLast = kRealEstateRecord,
};
std::string_view name(Form form);
// The one purpose under which the form may be made.
Purpose purpose_of(Form form);

enum class PersonKind : std::uint8_t {
  kEmployee,       // 従業員
  kDependant,      // 扶養親族
  kCategoryThree,  // 第三号被保険者
  kPayee,          // 個人支払先
  kProfessional,   // 士業
  kLandlord,       // 不動産オーナー
  kShareholder,    // 株主
  kCustomer,       // 顧客
  kLast = kCustomer,
};
std::string_view name(PersonKind kind);

enum class CollectionStatus : std::uint8_t {
  kNotRequested,  // 未依頼
  kRequested,     // 依頼中
  kSubmitted,     // 承認待ち
  kReturned,      // 差戻し
  kDeclined,      // 提供拒否
  kComplete,      // 完了
  kDisposed,      // 廃棄済
  kLast = kDisposed,
};
std::string_view name(CollectionStatus status);

// Which listener of the web a connection came to: each serves one kind of asker.
enum class Listener : std::uint8_t {
  kPages,  // people with browsers
  kApi,    // other systems
  kLast = kApi,
};
std::string_view name(Listener listener);

// What another system of the firm can be given, right by right. None of them opens a number.
enum class ApiRight : std::uint8_t {
  kReadPeople,      // the register without numbers
  kImportRoster,    // adds and changes people
  kRequestNumbers,  // asks people for numbers, and is told their one-time links
  kReadRequests,    // how far collection is
  kReadLogHead,     // size and root of the log, as a witness keeps them
  kLast = kReadLogHead,
};
std::string_view name(ApiRight right);

// Acts that need a fresh re-authentication for exactly this act.
enum class StepUpAct : std::uint8_t {
  kReveal,
  kApproveDisposal,
  kApproveProposal,
  kChangePassword,
  kMakeRecoveryCodes,
  kReplaceAuthenticator,
  kAddPasskey,
  kRemovePasskey,
  kSetMail,
  kExportLog,
  kExecuteProposal,
  kLast = kExecuteProposal,
};
std::string_view name(StepUpAct act);

// The cover switches, as their watcher reports them.
enum class Cover : std::uint8_t {
  kNotWatched,  // no switch, or nobody who watches
  kClosed,
  kOpen,  // open now, or opened since the switch was last cleared
  kLost,  // a switch that was there does not answer any more
  kLast = kLost,
};
std::string_view name(Cover cover);

// A change to the box itself, made outside core by kagikura-site after core has allowed and logged
// it.
enum class SiteAct : std::uint8_t {
  kNetwork,     // addresses, routes, name servers
  kZones,       // who may connect from where
  kTime,        // time servers, or the clock by hand
  kUpdate,      // another image
  kMedium,      // a medium is opened for one export
  kClearCover,  // the cover switch is told that somebody has looked
  kLast = kClearCover,
};
std::string_view name(SiteAct act);
// How sure we are of who is at the other end, weakest first.
enum class Assurance : std::uint8_t {
  kNone,
  kMail,      // password and a code that was mailed: enough to look
  kRecovery,  // password and a recovery code: enough to repair one's own factors, for little else
  kCode,      // password and a code of the authenticator app
  kPasskey,   // a key that only its owner can use, and only on our own pages
  kLast = kPasskey,
};
std::string_view name(Assurance assurance);

// What nobody does alone: proposed by one natural person, approved by others, then carried out.
enum class ProposalKind : std::uint8_t {
  kInvite,         // a new account
  kChangeRole,     // another role for an account
  kDisable,        // an account that can approve is stopped
  kSettings,       // company phrase and passcode
  kZones,          // from where people may connect
  kEarlyDisposal,  // of somebody who has not left
  kDesignate,      // somebody may handle numbers (事務取扱担当者の指定), within a scope and a time
  kHours,          // on which days, from when to when, a role works
  kEmergency,      // a role works outside of its hours for a while
  kDelegate,       // somebody agrees in the place of who is away (代理)
  kEnrolClient,    // another system, with its certificate and its rights
  kRenewClient,    // another certificate for it
  kRevokeClient,
  kAddCompany,  // another company of the group (法人), with people and rights of its own
  kLast = kAddCompany,
};
std::string_view name(ProposalKind kind);

enum class ProposalStage : std::uint8_t {
  kOpen,  // may be approved, edited, carried out, refused, cancelled
  kExecuted,
  kRefused,
  kCancelled,
  kExpired,
  kLast = kExpired,
};
std::string_view name(ProposalStage stage);

enum class Weekday : std::uint8_t {
  kSunday,
  kMonday,
  kTuesday,
  kWednesday,
  kThursday,
  kFriday,
  kSaturday,
  kLast = kSaturday,
};
std::string_view name(Weekday day);

// Whether somebody is designated (指定) for the work with people and their numbers.
enum class Designated : std::uint8_t {
  kNever,
  kNotYet,  // its first day is still to come
  kNow,
  kOver,   // its last day has gone
  kEnded,  // by somebody, before its last day
  kLast = kEnded,
};
std::string_view name(Designated designated);

enum class DisposalReason : std::uint8_t {
  kRetentionOver,  // 保存期間の満了
  kNotNeeded,      // 関係事務に使わなかった・不要になった
  kMistake,        // 誤って収集した
  kLast = kMistake,
};
std::string_view name(DisposalReason reason);

// Events that the audit process writes of its own acts. Nobody can ask it to write one of these.
enum class AuditEvent : std::uint8_t {
  kLogOpened,    // the process started; count = entries found
  kHeartbeat,    // at least hourly, so that silence is visible
  kHsmEnrolled,  // fixed keys made, mechanism pinned
  kHsmUnlocked,
  kHsmUnlockFailed,
  kHsmLocked,
  kHsmFault,  // a call failed or timed out
  kGrantOpened,
  kGrantRefused,
  kRevealIntent,
  kRevealDone,
  kRevealFailed,
  kRevealRefused,  // no grant, wrong person, spent or expired
  kBudgetRefused,
  kSealIntent,
  kSealDone,
  kSealFailed,
  kMoveIntent,  // intake to purpose shelves, at approval
  kMoveDone,
  kMoveFailed,
  kShelfCreated,
  kReshelveIntent,
  kReshelveDone,
  kReshelveFailed,
  kDestroyIntent,
  kKeyGone,  // looked for after a new PKCS#11 life, and absent
  kDestroyFailed,
  kEpochCreated,
  kExported,
  kCertificateSigned,  // a disposal certificate; written before its key is used
  kPeerDropped,        // core broke the rules of its edge
  kLogAlarm,           // 80 % of the space is used, or the disk is nearly full (`error`)
  kLast = kLogAlarm,
};
std::string_view name(AuditEvent event);

// Events that core asks the audit process to write.
enum class CoreEvent : std::uint8_t {
  kStarted,
  kProvisioned,
  kStateChanged,
  kShutDown,
  kReconciled,         // entries from `ref` on were logged but never committed
  kPeerDropped,        // a worker or the console broke the rules of its edge
  kConnectionRefused,  // no zone
  kAccessDenied,       // policy said no; `action` says to what
  kSignedIn,
  kSignInFailed,
  kSignedOut,
  kSessionExpired,
  kSessionEnded,  // by its owner, from another one of his; `ref` is the one that ended
  kNewDevice,     // signed in with a browser that this account was never used with
  kStepUpFailed,
  kInvited,
  kEnrolled,
  kEnrolFailed,
  kAccountDisabled,
  kPasswordChanged,
  kRecoveryCodesMade,
  kRecoveryCodeUsed,  // `count` are left
  kAuthenticatorReplaced,
  kPasskeyAdded,  // `ref` is the passkey
  kPasskeyRemoved,
  kDevicesConfirmed,  // the owner says that the new devices were his own
  kMailAddressChanged,
  kRecoverFailed,  // a new password was asked for with the wrong key or code
  kMailSent,       // to an account's address; `action` says what it was about
  kMailGivenUp,    // the relay refused it, or it has grown too old
  kRosterImported,
  kPersonChanged,
  kRequestCreated,
  kRequestRevoked,
  kPortalOpened,
  kPortalFailed,
  kSubmitted,
  kDeclined,
  kApproved,
  kReturned,
  kDisposalProposed,
  kDisposalCancelled,
  kDisposalApproved,
  kDisposed,
  kCertificateIssued,
  kSettingsChanged,
  kLogRead,
  kTampered,     // cover or seal button; `action` says which
  kSiteChanged,  // `action` says what; the change itself is kagikura-site's
  kBundleMade,   // a support bundle
  kProposed,
  kProposalEdited,  // its approvals are void
  kProposalApproved,
  kProposalRefused,
  kProposalCancelled,
  kProposalExpired,
  kProposalExecuted,  // the entry of what it did follows
  kRoleChanged,
  kZonesChanged,
  kDesignated,
  kDesignationEnded,
  kHoursChanged,
  kEmergencyOpened,  // outside of hours: `action` is the role, `count` the minutes
  kDelegated,        // `ref` is whose place it is, `login` who stands in
  kDelegationEnded,  // `ref` as above
  kRescueAgreed,     // one of the two people at the console
  kRescueFailed,
  kAccountRescued,  // new factors for an account, or a new guard of rights, by two at the console
  kCertificateRenewed,  // of the pages
  kClientConnected,     // another system has shown its certificate
  kClientRefused,       // a certificate that is not accepted; `error` says why
  kClientEnrolled,
  kClientRenewed,
  kClientRevoked,
  kCompanyAdded,  // `ref` is the company
  kLast = kCompanyAdded,
};
std::string_view name(CoreEvent event);

}  // namespace base
