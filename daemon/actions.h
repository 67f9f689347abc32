// Which action of policy each message asks for: the one place where what can be said (ipc/) meets
// what may be done (policy/access.cpp). Complete in both directions, by static_assert.
#pragma once

#include <array>

#include "ipc/messages.h"
#include "policy/model.h"

namespace core {

template <class Request>
struct ActionOf;  // a message without a line below does not compile

#define KAGIKURA_ACTION(message, action)                             \
  template <>                                                        \
  struct ActionOf<ipc::message> {                                    \
    static constexpr policy::Action kValue = policy::Action::action; \
  }
// of a connection
KAGIKURA_ACTION(Admit, kConnect);
KAGIKURA_ACTION(Greet, kGreet);
KAGIKURA_ACTION(SignHandshake, kSignHandshake);
KAGIKURA_ACTION(GetPublicFacts, kSeePublicFacts);
// of a browser without a session
KAGIKURA_ACTION(SignIn, kSignIn);
KAGIKURA_ACTION(BeginEnrolment, kEnrol);
KAGIKURA_ACTION(FinishEnrolment, kEnrol);
KAGIKURA_ACTION(BeginPasskeySignIn, kSignIn);
KAGIKURA_ACTION(SignInWithPasskey, kSignIn);
KAGIKURA_ACTION(RequestMailCode, kSignIn);
KAGIKURA_ACTION(RequestReminder, kRecover);
KAGIKURA_ACTION(ResetPassword, kRecover);
KAGIKURA_ACTION(OpenPortal, kOpenPortal);
KAGIKURA_ACTION(SubmitNumbers, kSubmitNumbers);
KAGIKURA_ACTION(DeclineNumbers, kDeclineNumbers);
// of a session
KAGIKURA_ACTION(GetSession, kSeeSession);
KAGIKURA_ACTION(SignOut, kSignOut);
KAGIKURA_ACTION(StepUp, kStepUp);
KAGIKURA_ACTION(GetMyAccount, kSeeMyAccount);
KAGIKURA_ACTION(EndMySession, kEndMySession);
KAGIKURA_ACTION(ChangePassword, kChangePassword);
KAGIKURA_ACTION(MakeRecoveryCodes, kMakeRecoveryCodes);
KAGIKURA_ACTION(BeginAuthenticator, kBeginAuthenticator);
KAGIKURA_ACTION(FinishAuthenticator, kFinishAuthenticator);
KAGIKURA_ACTION(AddPasskey, kAddPasskey);
KAGIKURA_ACTION(RemovePasskey, kRemovePasskey);
KAGIKURA_ACTION(ConfirmDevices, kConfirmDevices);
KAGIKURA_ACTION(SetMail, kSetMail);
KAGIKURA_ACTION(ConfirmMail, kConfirmMail);
KAGIKURA_ACTION(GetDashboard, kSeeDashboard);
KAGIKURA_ACTION(ListPeople, kListPeople);
KAGIKURA_ACTION(GetPerson, kSeePerson);
KAGIKURA_ACTION(PreviewRoster, kPreviewRoster);
KAGIKURA_ACTION(ImportRoster, kImportRoster);
KAGIKURA_ACTION(SetLeaving, kSetLeaving);
KAGIKURA_ACTION(CreateRequests, kRequestNumbers);
KAGIKURA_ACTION(ListRequests, kListRequests);
KAGIKURA_ACTION(RevokeRequest, kRevokeRequest);
KAGIKURA_ACTION(ListSubmissions, kListSubmissions);
KAGIKURA_ACTION(GetSubmission, kSeeSubmission);
KAGIKURA_ACTION(ApproveSubmission, kApproveSubmission);
KAGIKURA_ACTION(ReturnSubmission, kReturnSubmission);
KAGIKURA_ACTION(Reveal, kReveal);
KAGIKURA_ACTION(ListDisposals, kListDisposals);
KAGIKURA_ACTION(GetDisposal, kSeeDisposal);
KAGIKURA_ACTION(ProposeDisposal, kProposeDisposal);
KAGIKURA_ACTION(ApproveDisposal, kApproveDisposal);
KAGIKURA_ACTION(CancelDisposal, kCancelDisposal);
KAGIKURA_ACTION(ReadLog, kReadLog);
KAGIKURA_ACTION(ExportLog, kExportLog);
KAGIKURA_ACTION(ListAccounts, kListAccounts);
KAGIKURA_ACTION(InviteAccount, kInviteAccount);
KAGIKURA_ACTION(DisableAccount, kDisableAccount);
KAGIKURA_ACTION(GetSettings, kSeeSettings);
KAGIKURA_ACTION(SaveSettings, kSaveSettings);
KAGIKURA_ACTION(ChangeRole, kChangeRole);
KAGIKURA_ACTION(GetZones, kSeeZones);
KAGIKURA_ACTION(ProposeZones, kSetZones);
KAGIKURA_ACTION(ListProposals, kSeeProposals);
KAGIKURA_ACTION(GetProposal, kSeeProposals);
KAGIKURA_ACTION(ApproveProposal, kApproveProposal);
KAGIKURA_ACTION(RefuseProposal, kRefuseProposal);
KAGIKURA_ACTION(CancelProposal, kCancelProposal);
KAGIKURA_ACTION(ExecuteProposal, kExecuteProposal);
KAGIKURA_ACTION(GetRules, kSeeRules);
KAGIKURA_ACTION(Designate, kDesignate);
KAGIKURA_ACTION(GetDesignation, kSeeDesignation);
KAGIKURA_ACTION(EndDesignation, kEndDesignation);
KAGIKURA_ACTION(GetHours, kSeeHours);
KAGIKURA_ACTION(ProposeHours, kSetHours);
KAGIKURA_ACTION(AskEmergency, kAskEmergency);
KAGIKURA_ACTION(GetDelegation, kSeeDelegation);
KAGIKURA_ACTION(Delegate, kDelegate);
KAGIKURA_ACTION(EndDelegation, kEndDelegation);
// of other systems, and of who lets them in
KAGIKURA_ACTION(PresentCertificate, kPresentCertificate);
KAGIKURA_ACTION(GetOwnClient, kSeeOwnClient);
KAGIKURA_ACTION(GetLogHead, kSeeLogHead);
KAGIKURA_ACTION(ListClients, kSeeClients);
KAGIKURA_ACTION(ListCompanies, kSeeCompanies);
KAGIKURA_ACTION(AddCompany, kAddCompany);
KAGIKURA_ACTION(EnrolClient, kEnrolClient);
KAGIKURA_ACTION(RenewClient, kRenewClient);
KAGIKURA_ACTION(RevokeClient, kRevokeClient);
// of the console
KAGIKURA_ACTION(GetStatus, kSeeStatus);
KAGIKURA_ACTION(Provision, kProvision);
KAGIKURA_ACTION(Unlock, kUnlock);
KAGIKURA_ACTION(SealAppliance, kSeal);
KAGIKURA_ACTION(GetCheckpoint, kSeeCheckpoint);
KAGIKURA_ACTION(ExportLogLocal, kExportLogLocally);
KAGIKURA_ACTION(ShutDown, kShutDown);
KAGIKURA_ACTION(Unseal, kUnseal);
KAGIKURA_ACTION(ReportTamper, kReportTamper);
KAGIKURA_ACTION(AllowSite, kChangeSite);
KAGIKURA_ACTION(MakeBundle, kMakeBundle);
KAGIKURA_ACTION(FollowLog, kFollowLog);
KAGIKURA_ACTION(ResetZones, kResetZones);
KAGIKURA_ACTION(TakeMail, kTakeMail);
KAGIKURA_ACTION(ReportMail, kReportMail);
KAGIKURA_ACTION(RescueAccount, kRescueAccount);
KAGIKURA_ACTION(RenewCertificate, kRenewCertificate);
#undef KAGIKURA_ACTION

template <class Request>
inline constexpr policy::Action kActionOf = ActionOf<Request>::kValue;

namespace actions_detail {

template <class... Requests>
constexpr void mark(std::array<bool, policy::kActions>& seen,
                    const std::variant<Requests...>* /*edge*/) {
  ((seen.at(static_cast<std::size_t>(kActionOf<Requests>)) = true), ...);
}

constexpr bool every_action_can_be_asked_for() {
  std::array<bool, policy::kActions> seen{};
  mark(seen, static_cast<const ipc::AcceptorCore::Request*>(nullptr));
  mark(seen, static_cast<const ipc::WorkerCore::Request*>(nullptr));
  mark(seen, static_cast<const ipc::ConsoleCore::Request*>(nullptr));
  for (const bool one : seen) {
    if (!one) return false;
  }
  return true;
}
static_assert(every_action_can_be_asked_for(), "an action that no message asks for");

}  // namespace actions_detail
}  // namespace core
