#include "policy/model.h"

#include <array>

namespace policy {

namespace {

struct Word {
  Action action;
  std::string_view word;
};
constexpr std::array<Word, kActions> kWords{{
    {Action::kConnect, "connect"},
    {Action::kGreet, "greet"},
    {Action::kSignHandshake, "sign_handshake"},
    {Action::kSeePublicFacts, "see_public_facts"},
    {Action::kSignIn, "sign_in"},
    {Action::kEnrol, "enrol"},
    {Action::kRecover, "recover"},
    {Action::kOpenPortal, "open_portal"},
    {Action::kSubmitNumbers, "submit_numbers"},
    {Action::kDeclineNumbers, "decline_numbers"},
    {Action::kSeeSession, "see_session"},
    {Action::kSignOut, "sign_out"},
    {Action::kStepUp, "step_up"},
    {Action::kSeeMyAccount, "see_my_account"},
    {Action::kEndMySession, "end_my_session"},
    {Action::kChangePassword, "change_password"},
    {Action::kMakeRecoveryCodes, "make_recovery_codes"},
    {Action::kBeginAuthenticator, "begin_authenticator"},
    {Action::kFinishAuthenticator, "finish_authenticator"},
    {Action::kAddPasskey, "add_passkey"},
    {Action::kRemovePasskey, "remove_passkey"},
    {Action::kConfirmDevices, "confirm_devices"},
    {Action::kSetMail, "set_mail"},
    {Action::kConfirmMail, "confirm_mail"},
    {Action::kSeeDashboard, "see_dashboard"},
    {Action::kListPeople, "list_people"},
    {Action::kSeePerson, "see_person"},
    {Action::kPreviewRoster, "preview_roster"},
    {Action::kImportRoster, "import_roster"},
    {Action::kSetLeaving, "set_leaving"},
    {Action::kRequestNumbers, "request_numbers"},
    {Action::kListRequests, "list_requests"},
    {Action::kRevokeRequest, "revoke_request"},
    {Action::kListSubmissions, "list_submissions"},
    {Action::kSeeSubmission, "see_submission"},
    {Action::kApproveSubmission, "approve_submission"},
    {Action::kReturnSubmission, "return_submission"},
    {Action::kReveal, "reveal"},
    {Action::kListDisposals, "list_disposals"},
    {Action::kSeeDisposal, "see_disposal"},
    {Action::kProposeDisposal, "propose_disposal"},
    {Action::kApproveDisposal, "approve_disposal"},
    {Action::kCancelDisposal, "cancel_disposal"},
    {Action::kReadLog, "read_log"},
    {Action::kExportLog, "export_log"},
    {Action::kListAccounts, "list_accounts"},
    {Action::kInviteAccount, "invite_account"},
    {Action::kDisableAccount, "disable_account"},
    {Action::kSeeSettings, "see_settings"},
    {Action::kSaveSettings, "save_settings"},
    {Action::kChangeRole, "change_role"},
    {Action::kSeeZones, "see_zones"},
    {Action::kSetZones, "set_zones"},
    {Action::kSeeProposals, "see_proposals"},
    {Action::kApproveProposal, "approve_proposal"},
    {Action::kRefuseProposal, "refuse_proposal"},
    {Action::kCancelProposal, "cancel_proposal"},
    {Action::kExecuteProposal, "execute_proposal"},
    {Action::kSeeRules, "see_rules"},
    {Action::kDesignate, "designate"},
    {Action::kSeeDesignation, "see_designation"},
    {Action::kEndDesignation, "end_designation"},
    {Action::kSeeHours, "see_hours"},
    {Action::kSetHours, "set_hours"},
    {Action::kAskEmergency, "ask_emergency"},
    {Action::kSeeDelegation, "see_delegation"},
    {Action::kDelegate, "delegate"},
    {Action::kEndDelegation, "end_delegation"},
    {Action::kSeeStatus, "see_status"},
    {Action::kProvision, "provision"},
    {Action::kUnlock, "unlock"},
    {Action::kSeal, "seal"},
    {Action::kSeeCheckpoint, "see_checkpoint"},
    {Action::kExportLogLocally, "export_log_locally"},
    {Action::kShutDown, "shut_down"},
    {Action::kUnseal, "unseal"},
    {Action::kReportTamper, "report_tamper"},
    {Action::kChangeSite, "change_site"},
    {Action::kMakeBundle, "make_bundle"},
    {Action::kFollowLog, "follow_log"},
    {Action::kResetZones, "reset_zones"},
    {Action::kTakeMail, "take_mail"},
    {Action::kReportMail, "report_mail"},
    {Action::kRescueAccount, "rescue_account"},
    {Action::kRenewCertificate, "renew_certificate"},
    {Action::kPresentCertificate, "present_certificate"},
    {Action::kSeeOwnClient, "see_own_client"},
    {Action::kSeeLogHead, "see_log_head"},
    {Action::kSeeClients, "see_clients"},
    {Action::kEnrolClient, "enrol_client"},
    {Action::kRenewClient, "renew_client"},
    {Action::kRevokeClient, "revoke_client"},
    {Action::kSeeCompanies, "see_companies"},
    {Action::kAddCompany, "add_company"},
}};
constexpr bool every_action_has_its_word() {
  for (std::size_t i = 0; i < kActions; ++i) {
    if (static_cast<std::size_t>(kWords.at(i).action) != i) return false;
  }
  return true;
}
static_assert(every_action_has_its_word(), "words stand in the order of Action, one each");

}  // namespace

std::string_view name(Action action) { return kWords.at(static_cast<std::size_t>(action)).word; }

std::string_view name(SessionState state) {
  switch (state) {
    case SessionState::kNone: return "none";
    case SessionState::kFresh: return "fresh";
    case SessionState::kIdleExpired: return "idle_expired";
    case SessionState::kAbsoluteExpired: return "absolute_expired";
    case SessionState::kRevoked: return "revoked";
  }
  return "unknown";
}

std::string_view name(LinkState state) {
  switch (state) {
    case LinkState::kNone: return "none";
    case LinkState::kValid: return "valid";
    case LinkState::kExpired: return "expired";
    case LinkState::kClosed: return "closed";
  }
  return "unknown";
}

std::string_view name(CertificateState state) {
  switch (state) {
    case CertificateState::kNone: return "none";
    case CertificateState::kValid: return "valid";
    case CertificateState::kExpired: return "expired";
    case CertificateState::kRevoked: return "revoked";
  }
  return "unknown";
}

std::string_view name(StepUpState state) {
  switch (state) {
    case StepUpState::kMissing: return "missing";
    case StepUpState::kValid: return "valid";
    case StepUpState::kUsed: return "used";
    case StepUpState::kExpired: return "expired";
    case StepUpState::kOtherAct: return "other_act";
  }
  return "unknown";
}

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::kNone: return "none";
    case Reason::kZone: return "zone";
    case Reason::kState: return "state";
    case Reason::kSession: return "session";
    case Reason::kExpired: return "expired";
    case Reason::kRole: return "role";
    case Reason::kAssurance: return "assurance";
    case Reason::kLink: return "link";
    case Reason::kSelf: return "self";
    case Reason::kPurpose: return "purpose";
    case Reason::kApproval: return "approval";
    case Reason::kStepUp: return "step_up";
    case Reason::kDesignation: return "designation";
    case Reason::kScope: return "scope";
    case Reason::kHours: return "hours";
    case Reason::kCertificate: return "certificate";
    case Reason::kCertificateOver: return "certificate_over";
    case Reason::kCompany: return "company";
    case Reason::kDesk: return "desk";
  }
  return "unknown";
}

base::Error error_of(const Decision& decision) {
  using base::Code;
  switch (decision.reason) {
    case Reason::kNone: break;
    case Reason::kZone:
    case Reason::kRole: return {Code::kDenied, "access"};
    case Reason::kState: return {Code::kState, "appliance"};
    case Reason::kSession: return {Code::kDenied, "session"};
    case Reason::kExpired: return {Code::kExpired, "session"};
    case Reason::kAssurance: return {Code::kDenied, "assurance"};
    case Reason::kLink: return {Code::kNotFound, "link"};
    case Reason::kSelf: return {Code::kDenied, "self"};
    case Reason::kPurpose: return {Code::kDenied, "purpose"};
    case Reason::kApproval: return {Code::kDenied, "approval"};
    case Reason::kStepUp: return {Code::kStepUp, "grant"};
    case Reason::kDesignation: return {Code::kDenied, "designation"};
    case Reason::kScope: return {Code::kDenied, "scope"};
    case Reason::kHours: return {Code::kDenied, "hours"};
    case Reason::kCertificate: return {Code::kDenied, "certificate"};
    case Reason::kCertificateOver: return {Code::kExpired, "certificate"};
    case Reason::kCompany: return {Code::kDenied, "company"};
    case Reason::kDesk: return {Code::kDenied, "desk_certificate"};
  }
  return {Code::kInternal, "policy"};
}

}  // namespace policy
