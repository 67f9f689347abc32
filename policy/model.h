// What policy reasons about: actions, the facts of one request, and the decision. Pure values;
// nothing here asks a clock, a store or a peer.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/terms.h"

namespace policy {

// Everything that anybody can ask of core. daemon/actions.h maps each message to one of these.
enum class Action : std::uint8_t {
  // of a connection
  kConnect,
  kGreet,
  kSignHandshake,
  kSeePublicFacts,
  // of a browser without a session
  kSignIn,
  kEnrol,
  kRecover,
  kOpenPortal,
  kSubmitNumbers,
  kDeclineNumbers,
  // of a session
  kSeeSession,
  kSignOut,
  kStepUp,
  kSeeMyAccount,
  kEndMySession,
  kChangePassword,
  kMakeRecoveryCodes,
  kBeginAuthenticator,
  kFinishAuthenticator,
  kAddPasskey,
  kRemovePasskey,
  kConfirmDevices,
  kSetMail,
  kConfirmMail,
  kSeeDashboard,
  kListPeople,
  kSeePerson,
  kPreviewRoster,
  kImportRoster,
  kSetLeaving,
  kRequestNumbers,
  kListRequests,
  kRevokeRequest,
  kListSubmissions,
  kSeeSubmission,
  kApproveSubmission,
  kReturnSubmission,
  kReveal,
  kListDisposals,
  kSeeDisposal,
  kProposeDisposal,
  kApproveDisposal,
  kCancelDisposal,
  kReadLog,
  kExportLog,
  kListAccounts,
  kInviteAccount,
  kDisableAccount,
  kSeeSettings,
  kSaveSettings,
  kChangeRole,
  kSeeZones,
  kSetZones,
  kSeeProposals,
  kApproveProposal,
  kRefuseProposal,
  kCancelProposal,
  kExecuteProposal,
  kSeeRules,
  kDesignate,
  kSeeDesignation,
  kEndDesignation,
  kSeeHours,
  kSetHours,
  kAskEmergency,
  kSeeDelegation,
  kDelegate,
  kEndDelegation,
  // of the console
  kSeeStatus,
  kProvision,
  kUnlock,
  kSeal,
  kSeeCheckpoint,
  kExportLogLocally,
  kShutDown,
  kUnseal,
  kReportTamper,
  kChangeSite,
  kMakeBundle,
  kFollowLog,
  kResetZones,
  kTakeMail,
  kReportMail,
  kRescueAccount,
  kRenewCertificate,
  // of other systems, and of who lets them in
  kPresentCertificate,
  kSeeOwnClient,
  kSeeLogHead,
  kSeeClients,
  kEnrolClient,
  kRenewClient,
  kRevokeClient,
  // of the companies of a group, by the firm that runs the box
  kSeeCompanies,
  kAddCompany,
  kLast = kAddCompany,
};
inline constexpr std::size_t kActions = static_cast<std::size_t>(Action::kLast) + 1;

// Stable lower-case word of an action, as in the log.
std::string_view name(Action action);

enum class SessionState : std::uint8_t {
  kNone,
  kFresh,
  kIdleExpired,
  kAbsoluteExpired,
  kRevoked,  // signed out, account disabled, or opened from another zone
  kLast = kRevoked,
};
std::string_view name(SessionState state);

enum class LinkState : std::uint8_t {
  kNone,  // no such link
  kValid,
  kExpired,
  kClosed,  // revoked, or its numbers have been approved
  kLast = kClosed,
};
std::string_view name(LinkState state);

enum class StepUpState : std::uint8_t {
  kMissing,
  kValid,
  kUsed,
  kExpired,
  kOtherAct,  // valid, but for another act, person or session
  kLast = kOtherAct,
};
std::string_view name(StepUpState state);

// What another system has shown, judged by the clock of this moment.
enum class CertificateState : std::uint8_t {
  kNone,     // nothing, or nothing that this appliance accepts
  kValid,    // enrolled for a client, in its time and in the client's
  kExpired,  // enrolled, but before or after that time
  kRevoked,  // not enrolled any more
  kLast = kRevoked,
};
std::string_view name(CertificateState state);

// What core knows of one request. The defaults are the least that can be known: with them nothing
// but what needs nothing is allowed.
struct Facts {
  base::Role role = base::Role::kNone;
  std::uint32_t deputy_for = 0;  // bit i: stands in for a base::Role i (delegation.h)
  bool runs_box = false;         // of the firm whose appliance it is, not of another company
  base::Zone zone = base::Zone::kNone;
  base::State state = base::State::kFailed;
  SessionState session = SessionState::kNone;
  base::Assurance assurance = base::Assurance::kNone;  // of the sign-in that opened the session
  LinkState link = LinkState::kNone;
  bool open = false;  // within opening hours, or opened outside of them by two people
  CertificateState certificate = CertificateState::kNone;  // of another system, or of a desk
  bool wants_certificate = false;                          // the desk's place does
  std::uint32_t api_rights = 0;                            // its own; bit i: base::ApiRight i
  StepUpState step_up = StepUpState::kMissing;
  base::Designated designated = base::Designated::kNever;  // of who asks
  bool in_scope = false;              // what is to be opened lies in his designation
  bool purpose_notified = false;      // the person was told of the purpose that is asked for
  bool by_requester = false;          // the natural person who asked for what is now to be approved
  std::uint8_t others_approving = 0;  // other natural persons than the requester who approve, this
                                      // one included
};

enum class Verdict : std::uint8_t { kAllow, kDeny, kNeedsStepUp, kNeedsApproval, kNeedsPurpose };

enum class Reason : std::uint8_t {
  kNone,
  kZone,
  kState,
  kSession,  // none or revoked
  kExpired,  // the session's time is over
  kRole,
  kAssurance,  // the session was opened with too little
  kLink,
  kSelf,  // one cannot approve one's own request
  kPurpose,
  kApproval,
  kStepUp,
  kDesignation,      // not designated, or not now
  kScope,            // not for this person or purpose
  kHours,            // outside of the opening hours
  kCertificate,      // none that is accepted
  kCertificateOver,  // not in its time
  kCompany,          // of the appliance as a whole: for who runs it
  kDesk,             // the place wants a certificate, and none that is accepted was shown
  kLast = kDesk,
};
std::string_view name(Reason reason);

struct Decision {
  Verdict verdict = Verdict::kDeny;
  Reason reason = Reason::kNone;
  std::uint8_t approvals = 0;  // of kNeedsApproval: how many others are needed
  friend bool operator==(const Decision&, const Decision&) = default;
};

// The error that a refused asker is told. Zone and role are one and the same answer to him.
base::Error error_of(const Decision& decision);

}  // namespace policy
