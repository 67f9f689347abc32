#include "policy/access.h"

#include "policy/designation.h"

namespace policy {

namespace {

using base::ProposalKind;
using base::Role;
using base::State;
using base::StepUpAct;
using base::Zone;

// Words of the table.
constexpr auto kNobody = Set<Role>{};
constexpr auto kResponsible = any_of(Role::kResponsible);
constexpr auto kHandler = any_of(Role::kHandler);
constexpr auto kAuditor = any_of(Role::kAuditor);
constexpr auto kOffice = any_of(Role::kResponsible, Role::kHandler);
constexpr auto kReaders = any_of(Role::kResponsible, Role::kHandler, Role::kViewer);
constexpr auto kWitnesses =
    any_of(Role::kResponsible, Role::kHandler, Role::kViewer, Role::kAuditor);
constexpr auto kLogReaders = any_of(Role::kResponsible, Role::kAuditor, Role::kSecurityOfficer);
constexpr auto kRights = any_of(Role::kResponsible, Role::kRightsManager);
constexpr auto kRightsReaders =
    any_of(Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer, Role::kAuditor);
constexpr auto kGuards = any_of(Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer);
constexpr auto kZoneKeepers = any_of(Role::kResponsible, Role::kSecurityOfficer);
// Who can have proposed something: the handler, an early disposal.
constexpr auto kProposers =
    any_of(Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer, Role::kHandler);
constexpr auto kProposalReaders = any_of(Role::kResponsible, Role::kRightsManager,
                                         Role::kSecurityOfficer, Role::kHandler, Role::kAuditor);
constexpr auto kStaff = any_of(Role::kResponsible, Role::kHandler, Role::kAuditor, Role::kViewer,
                               Role::kRightsManager, Role::kSecurityOfficer, Role::kCustodian);
// Who sees nothing but lists answers for nobody.
constexpr auto kRescuers = any_of(Role::kResponsible, Role::kHandler, Role::kAuditor,
                                  Role::kRightsManager, Role::kSecurityOfficer, Role::kCustodian);
constexpr auto kOperator = any_of(Role::kOperator);
constexpr auto kUnlockers = any_of(Role::kOperator, Role::kUnlocker);
constexpr auto kLookers = any_of(Role::kOperator, Role::kUnlocker, Role::kMonitor);
constexpr auto kWatcher = any_of(Role::kWatcher);
constexpr auto kMonitor = any_of(Role::kMonitor);
constexpr auto kMailer = any_of(Role::kMailer);

constexpr auto kDesk = any_of(Zone::kHandling);  // 取扱区域
constexpr auto kDeskOrPortal = any_of(Zone::kHandling, Zone::kCollection);
constexpr auto kNetwork = any_of(Zone::kHandling, Zone::kCollection, Zone::kApi);
constexpr auto kSystems = any_of(Zone::kApi);
constexpr auto kShowing = any_of(Zone::kHandling, Zone::kApi);  // where certificates are shown
constexpr auto kRack = any_of(Zone::kControl);                  // 管理区域

constexpr auto kRunning = any_of(State::kOperational);
constexpr auto kAlways = any_of(State::kUnprovisioned, State::kLocked, State::kOperational,
                                State::kSealed, State::kFailed);
// With a TLS key to speak with: not before set-up, and not while the HSM is closed to us.
constexpr auto kShut = any_of(State::kLocked);
constexpr auto kBraked = any_of(State::kSealed);
constexpr auto kSealable = any_of(State::kLocked, State::kOperational);
constexpr auto kNew = any_of(State::kUnprovisioned);

constexpr auto kOpen = Credential::kNone;
constexpr auto kSession = Credential::kSession;
constexpr auto kLink = Credential::kLink;
constexpr auto kConsole = Credential::kConsole;
constexpr auto kCertificate = Credential::kCertificate;
constexpr std::nullopt_t kNoStepUp = std::nullopt;
constexpr auto kAnyTime = When::kAnyTime;
constexpr auto kInHours = When::kInHours;
constexpr auto kNothing = Touches::kNothing;
constexpr auto kPeople = Touches::kPeople;
constexpr auto kNumbers = Touches::kNumbers;
constexpr bool kDelegable = true;
constexpr bool kAlone = false;  // by nobody in another's place
constexpr auto kBox = About::kBox;
// Numbers, rights and whatever is done to many at once: not with a recovery code. Rows without it
// take any session.
constexpr auto kSure = base::Assurance::kCode;
constexpr auto kAnySignIn = base::Assurance::kMail;
// One's own factors: not with a code that was mailed, or who reads the mail would make himself
// more.
constexpr auto kRepair = base::Assurance::kRecovery;

// clang-format off
constexpr std::array<Rule, kActions> kTable = {{
  // action                     roles         zones          states      credential  step-up
  // others  purpose  when  assurance  touches  delegable  about
  {Action::kConnect,            kNobody,      kNetwork,      kAlways,    kOpen,      kNoStepUp,                   0, false, kAnyTime},
  {Action::kGreet,              kNobody,      kNetwork,      kAlways,    kOpen,      kNoStepUp,                   0, false, kAnyTime},
  {Action::kSignHandshake,      kNobody,      kNetwork,      kRunning,   kOpen,      kNoStepUp,                   0, false, kAnyTime},
  {Action::kSeePublicFacts,     kNobody,      kNetwork,      kAlways,    kOpen,      kNoStepUp,                   0, false, kAnyTime},

  {Action::kSignIn,             kNobody,      kDesk,         kRunning,   kOpen,      kNoStepUp,                   0, false, kAnyTime},
  {Action::kEnrol,              kNobody,      kDesk,         kRunning,   kOpen,      kNoStepUp,                   0, false, kAnyTime},
  {Action::kRecover,            kNobody,      kDesk,         kRunning,   kOpen,      kNoStepUp,                   0, false, kAnyTime},
  {Action::kOpenPortal,         kNobody,      kDeskOrPortal, kRunning,   kLink,      kNoStepUp,                   0, false, kInHours},
  {Action::kSubmitNumbers,      kNobody,      kDeskOrPortal, kRunning,   kLink,      kNoStepUp,                   0, false, kInHours},
  {Action::kDeclineNumbers,     kNobody,      kDeskOrPortal, kRunning,   kLink,      kNoStepUp,                   0, false, kInHours},

  {Action::kSeeSession,         kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kSignOut,            kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kStepUp,             kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kSeeMyAccount,       kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kEndMySession,       kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kChangePassword,     kStaff,       kDesk,         kRunning,   kSession,   StepUpAct::kChangePassword,  0, false, kAnyTime, kRepair},
  {Action::kMakeRecoveryCodes,  kStaff,       kDesk,         kRunning,   kSession,   StepUpAct::kMakeRecoveryCodes, 0, false, kAnyTime, kSure},
  {Action::kBeginAuthenticator, kStaff,       kDesk,         kRunning,   kSession,   StepUpAct::kReplaceAuthenticator, 0, false, kAnyTime, kRepair},
  {Action::kFinishAuthenticator, kStaff,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kRepair},
  {Action::kAddPasskey,         kStaff,       kDesk,         kRunning,   kSession,   StepUpAct::kAddPasskey,      0, false, kAnyTime, kRepair},
  {Action::kRemovePasskey,      kStaff,       kDesk,         kRunning,   kSession,   StepUpAct::kRemovePasskey,   0, false, kAnyTime, kRepair},
  {Action::kConfirmDevices,     kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kSure},
  {Action::kSetMail,            kStaff,       kDesk,         kRunning,   kSession,   StepUpAct::kSetMail,         0, false, kAnyTime, kSure},
  {Action::kConfirmMail,        kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kSure},
  {Action::kSeeDashboard,       kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kListPeople,         kReaders,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople},
  {Action::kSeePerson,          kReaders,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople},
  {Action::kPreviewRoster,      kHandler,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople},
  {Action::kImportRoster,       kHandler,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure, kPeople},
  {Action::kSetLeaving,         kHandler,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople},
  {Action::kRequestNumbers,     kHandler,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure, kPeople},
  {Action::kListRequests,       kReaders,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople},
  {Action::kRevokeRequest,      kOffice,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople},
  {Action::kListSubmissions,    kReaders,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople, kDelegable},
  {Action::kSeeSubmission,      kReaders,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople, kDelegable},
  {Action::kApproveSubmission,  kResponsible, kDesk,         kRunning,   kSession,   kNoStepUp,                   1, false, kInHours, kSure, kNothing, kDelegable},
  {Action::kReturnSubmission,   kResponsible, kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kNothing, kDelegable},
  {Action::kReveal,             kHandler,     kDesk,         kRunning,   kSession,   StepUpAct::kReveal,          0, true, kInHours, kSure, kNumbers},
  {Action::kListDisposals,      kReaders,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople, kDelegable},
  {Action::kSeeDisposal,        kWitnesses,   kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople, kDelegable},
  {Action::kProposeDisposal,    kHandler,     kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure, kPeople},
  {Action::kApproveDisposal,    kResponsible, kDesk,         kRunning,   kSession,   StepUpAct::kApproveDisposal, 1, false, kInHours, kSure, kNothing, kDelegable},
  {Action::kCancelDisposal,     kOffice,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kAnySignIn, kPeople},
  {Action::kReadLog,            kLogReaders,  kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kExportLog,          kAuditor,     kDesk,         kRunning,   kSession,   StepUpAct::kExportLog,       0, false, kInHours, kSure, kNothing, kAlone, kBox},
  {Action::kListAccounts,       kRightsReaders,kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kInviteAccount,      kRights,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure},
  {Action::kDisableAccount,     kGuards,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kSure},
  {Action::kSeeSettings,        kOffice,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours},
  {Action::kSaveSettings,       kResponsible, kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure},
  {Action::kChangeRole,          kRights,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure},
  {Action::kSeeZones,            kRightsReaders, kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kAnySignIn, kNothing, kAlone, kBox},
  {Action::kSetZones,            kZoneKeepers, kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kSure, kNothing, kAlone, kBox},
  {Action::kSeeProposals,        kProposalReaders, kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kAnySignIn, kNothing, kDelegable},
  {Action::kApproveProposal,     kGuards,      kDesk,         kRunning,   kSession,   StepUpAct::kApproveProposal, 0, false, kAnyTime, kSure, kNothing, kDelegable},
  {Action::kRefuseProposal,      kGuards,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kAnySignIn, kNothing, kDelegable},
  {Action::kCancelProposal,      kProposers,   kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kExecuteProposal,     kGuards,      kDesk,         kRunning,   kSession,   StepUpAct::kExecuteProposal, 0, false, kAnyTime, kSure, kNothing, kDelegable},
  {Action::kSeeRules,            kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kDesignate,           kRights,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure},
  {Action::kSeeDesignation,      kRightsReaders, kDesk,       kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kEndDesignation,      kGuards,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kSeeHours,           kStaff,       kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kSetHours,           kZoneKeepers, kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kSure, kNothing, kAlone, kBox},
  {Action::kAskEmergency,       kProposers,   kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kSure, kNothing, kAlone, kBox},
  {Action::kSeeDelegation,      kRightsReaders, kDesk,       kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kDelegate,           kGuards,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure},
  {Action::kEndDelegation,      kGuards,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},

  {Action::kSeeStatus,          kLookers,     kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kProvision,          kOperator,    kRack,         kNew,       kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kUnlock,             kUnlockers,   kRack,         kShut,      kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kSeal,               kOperator,    kRack,         kSealable,  kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kSeeCheckpoint,      kOperator,    kRack,         kRunning,   kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kExportLogLocally,   kOperator,    kRack,         kRunning,   kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kShutDown,           kOperator,    kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kUnseal,             kOperator,    kRack,         kBraked,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kReportTamper,       kWatcher,     kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kChangeSite,         kOperator,    kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kMakeBundle,         kOperator,    kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kFollowLog,          kMonitor,     kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kResetZones,         kOperator,    kRack,         kRunning,   kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kTakeMail,           kMailer,      kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kReportMail,         kMailer,      kRack,         kAlways,    kConsole,   kNoStepUp,                   0, false, kAnyTime},
  // The second of two people who are neither each other nor who is rescued.
  {Action::kRescueAccount,      kOperator,    kRack,         kRunning,   kConsole,   kNoStepUp,                   1, false, kAnyTime},
  {Action::kRenewCertificate,   kOperator,    kRack,         kRunning,   kConsole,   kNoStepUp,                   0, false, kAnyTime},

  {Action::kPresentCertificate, kNobody,      kShowing,      kRunning,   kOpen,      kNoStepUp,                   0, false, kAnyTime},
  {Action::kSeeOwnClient,       kNobody,      kSystems,      kRunning,   kCertificate, kNoStepUp,                 0, false, kAnyTime},
  {Action::kSeeLogHead,         kNobody,      kSystems,      kRunning,   kCertificate, kNoStepUp,                 0, false, kAnyTime},
  {Action::kSeeClients,         kRightsReaders, kDesk,       kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime},
  {Action::kEnrolClient,        kRights,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure},
  {Action::kRenewClient,        kRights,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure},
  {Action::kRevokeClient,       kGuards,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kSure},

  {Action::kSeeCompanies,       kRightsReaders, kDesk,       kRunning,   kSession,   kNoStepUp,                   0, false, kAnyTime, kAnySignIn, kNothing, kAlone, kBox},
  {Action::kAddCompany,         kRights,      kDesk,         kRunning,   kSession,   kNoStepUp,                   0, false, kInHours, kSure, kNothing, kAlone, kBox},
}};
// clang-format on

constexpr bool every_action_has_its_row() {
  for (std::size_t i = 0; i < kActions; ++i) {
    if (static_cast<std::size_t>(kTable.at(i).action) != i) return false;
  }
  return true;
}
static_assert(every_action_has_its_row(), "rows stand in the order of Action, one each");

// clang-format off
constexpr std::array<DualRule, static_cast<std::size_t>(ProposalKind::kLast) + 1> kDual = {{
  // kind                          proposed by                approvers     others  carried out by
  {ProposalKind::kInvite,        Action::kInviteAccount,   kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kChangeRole,    Action::kChangeRole,      kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kDisable,       Action::kDisableAccount,  kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kSettings,      Action::kSaveSettings,    kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kZones,         Action::kSetZones,        kGuards,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kEarlyDisposal, Action::kProposeDisposal, kGuards,      2, CarriedOutBy::kOther,     Action::kApproveDisposal},
  {ProposalKind::kDesignate,     Action::kDesignate,       kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kHours,         Action::kSetHours,        kGuards,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kEmergency,     Action::kAskEmergency,    kGuards,      1, CarriedOutBy::kOther,     Action::kExecuteProposal},
  {ProposalKind::kDelegate,      Action::kDelegate,        kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kEnrolClient,   Action::kEnrolClient,     kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kRenewClient,   Action::kRenewClient,     kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kRevokeClient,  Action::kRevokeClient,    kGuards,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
  {ProposalKind::kAddCompany,    Action::kAddCompany,      kRights,      1, CarriedOutBy::kRequester, Action::kExecuteProposal},
}};
// clang-format on

constexpr bool every_kind_has_its_row_and_needs_somebody_else() {
  for (std::size_t i = 0; i < kDual.size(); ++i) {
    const DualRule& rule = kDual.at(i);
    if (static_cast<std::size_t>(rule.kind) != i) return false;
    if (rule.others == 0 || rule.approvers.bits == 0) return false;
  }
  return true;
}
static_assert(every_kind_has_its_row_and_needs_somebody_else());

// What other systems may ask for. No row of it opens a number, agrees on anything or takes a
// re-authentication, and none may be added that does.
constexpr std::array kApiTable = {
    ApiRule{Action::kSeeOwnClient, std::nullopt},
    ApiRule{Action::kListPeople, base::ApiRight::kReadPeople},
    ApiRule{Action::kSeePerson, base::ApiRight::kReadPeople},
    ApiRule{Action::kPreviewRoster, base::ApiRight::kImportRoster},
    ApiRule{Action::kImportRoster, base::ApiRight::kImportRoster},
    ApiRule{Action::kRequestNumbers, base::ApiRight::kRequestNumbers},
    ApiRule{Action::kRevokeRequest, base::ApiRight::kRequestNumbers},
    ApiRule{Action::kListRequests, base::ApiRight::kReadRequests},
    ApiRule{Action::kSeeLogHead, base::ApiRight::kReadLogHead},
};
constexpr bool systems_do_nothing_that_needs_a_person() {
  for (const ApiRule& one : kApiTable) {
    const Rule& rule = kTable.at(static_cast<std::size_t>(one.action));
    if (rule.step_up || rule.others > 0 || rule.needs_purpose) return false;
  }
  return true;
}
static_assert(systems_do_nothing_that_needs_a_person());

// Pairs that no natural person may hold, by whatever accounts.
struct Apart {
  Role one = Role::kNone;
  Role other = Role::kNone;
};
constexpr std::array kApart = {
    // Who uses numbers does not approve what he asked for, nor decide on their end.
    Apart{Role::kHandler, Role::kResponsible},
    // Who grants rights uses nothing that they open, and is not the one who must agree.
    Apart{Role::kRightsManager, Role::kHandler},
    Apart{Role::kRightsManager, Role::kResponsible},
    Apart{Role::kRightsManager, Role::kViewer},
    // Who says from where people may connect does not use numbers from there.
    Apart{Role::kSecurityOfficer, Role::kHandler},
    // A share of the recovery key is not with those who could use what it restores.
    Apart{Role::kCustodian, Role::kHandler},
    Apart{Role::kCustodian, Role::kRightsManager},
    // The auditor judges all the others.
    Apart{Role::kAuditor, Role::kResponsible},
    Apart{Role::kAuditor, Role::kHandler},
    Apart{Role::kAuditor, Role::kViewer},
    Apart{Role::kAuditor, Role::kRightsManager},
    Apart{Role::kAuditor, Role::kSecurityOfficer},
    Apart{Role::kAuditor, Role::kCustodian},
};

constexpr Decision deny(Reason reason) { return {Verdict::kDeny, reason, 0}; }

// Who is asking: none when he has shown what the rule wants.
Reason check_credential(const Rule& rule, const Facts& facts) {
  switch (rule.credential) {
    case Credential::kNone: return Reason::kNone;
    case Credential::kLink: return facts.link == LinkState::kValid ? Reason::kNone : Reason::kLink;
    case Credential::kConsole: return rule.roles.has(facts.role) ? Reason::kNone : Reason::kRole;
    case Credential::kCertificate: return Reason::kCertificate;  // see decide_for_system()
    case Credential::kSession: break;
  }
  switch (facts.session) {
    case SessionState::kFresh: break;
    case SessionState::kNone:
    case SessionState::kRevoked: return Reason::kSession;
    case SessionState::kIdleExpired:
    case SessionState::kAbsoluteExpired: return Reason::kExpired;
  }
  if (!is_for(rule, facts.role, facts.deputy_for)) return Reason::kRole;
  if (rule.about == About::kBox && !facts.runs_box) return Reason::kCompany;
  return facts.assurance < rule.assurance ? Reason::kAssurance : Reason::kNone;
}

// What a connection needs until its certificate has been shown, and what it is told without one.
bool goes_without_certificate(Action action) {
  return action == Action::kConnect || action == Action::kGreet ||
         action == Action::kSignHandshake || action == Action::kSeePublicFacts ||
         action == Action::kPresentCertificate;
}

// In the API zone nobody is but systems, each with its own few rights.
Decision decide_for_system(const Rule& rule, const ApiRule& api, const Facts& facts) {
  if (!rule.states.has(facts.state)) return deny(Reason::kState);
  switch (facts.certificate) {
    case CertificateState::kNone:
    case CertificateState::kRevoked: return deny(Reason::kCertificate);
    case CertificateState::kExpired: return deny(Reason::kCertificateOver);
    case CertificateState::kValid: break;
  }
  if (facts.role != Role::kApiClient) return deny(Reason::kRole);
  if (api.right && !Set<base::ApiRight>{facts.api_rights}.has(*api.right)) {
    return deny(Reason::kRole);
  }
  return {Verdict::kAllow, Reason::kNone, 0};
}

}  // namespace

const DualRule& rule_of(ProposalKind kind) { return kDual.at(static_cast<std::size_t>(kind)); }

bool is_account_role(Role role) { return kStaff.has(role); }

bool may_hold_both(Role one, Role other) {
  for (const Apart& pair : kApart) {
    if ((pair.one == one && pair.other == other) || (pair.one == other && pair.other == one)) {
      return false;
    }
  }
  return true;
}

bool is_for(const Rule& rule, Role role, std::uint32_t deputy_for) {
  return rule.roles.has(role) || (rule.delegable && (rule.roles.bits & deputy_for) != 0);
}

bool may_rescue(Role role) { return kRescuers.has(role); }

bool guards_rights(Role role) { return kRights.has(role); }

SessionLimits session_limits(Role role) {
  constexpr std::int64_t kMinute = 60'000;
  constexpr std::int64_t kHour = 60 * kMinute;
  // NIST SP 800-63B-4, section 2.2.3, asks for 12 hours and 15 minutes at most. Who decides on
  // rights and places has less.
  if (kGuards.has(role)) return {8 * kHour, 10 * kMinute};
  return {12 * kHour, 15 * kMinute};
}

const ApiRule* api_rule_of(Action action) {
  for (const ApiRule& one : kApiTable) {
    if (one.action == action) return &one;
  }
  return nullptr;
}

const Rule& rule_of(Action action) { return kTable.at(static_cast<std::size_t>(action)); }

Decision decide(Action action, const Facts& facts) {
  const Rule& rule = rule_of(action);
  if (facts.zone == Zone::kApi) {
    if (const ApiRule* api = api_rule_of(action)) return decide_for_system(rule, *api, facts);
  }
  // From the outside in: a refusal never tells more than the asker's place lets him know.
  if (!rule.zones.has(facts.zone)) return deny(Reason::kZone);
  if (!rule.states.has(facts.state)) return deny(Reason::kState);
  if (facts.wants_certificate && facts.certificate != CertificateState::kValid &&
      !goes_without_certificate(action)) {
    return deny(Reason::kDesk);
  }
  if (const Reason reason = check_credential(rule, facts); reason != Reason::kNone) {
    return deny(reason);
  }
  if (rule.when == When::kInHours && !facts.open) return deny(Reason::kHours);
  if (rule.touches != Touches::kNothing && needs_designation(facts.role)) {
    if (facts.designated != base::Designated::kNow) return deny(Reason::kDesignation);
    if (rule.touches == Touches::kNumbers && !facts.in_scope) return deny(Reason::kScope);
  }
  if (rule.needs_purpose && !facts.purpose_notified) {
    return {Verdict::kNeedsPurpose, Reason::kPurpose, 0};
  }
  if (rule.others > 0) {
    if (facts.by_requester) return deny(Reason::kSelf);
    if (facts.others_approving < rule.others) {
      return {Verdict::kNeedsApproval, Reason::kApproval, rule.others};
    }
  }
  if (rule.step_up && facts.step_up != StepUpState::kValid) {
    return {Verdict::kNeedsStepUp, Reason::kStepUp, 0};
  }
  return {Verdict::kAllow, Reason::kNone, 0};
}

}  // namespace policy
