#include "policy/model.h"

namespace policy {

std::string_view name(Action action) {
  switch (action) {
    case Action::kConnect: return "connect";
    case Action::kGreet: return "greet";
    case Action::kSignHandshake: return "sign_handshake";
    case Action::kSeePublicFacts: return "see_public_facts";
    case Action::kSignIn: return "sign_in";
    case Action::kEnrol: return "enrol";
    case Action::kOpenPortal: return "open_portal";
    case Action::kSubmitNumbers: return "submit_numbers";
    case Action::kDeclineNumbers: return "decline_numbers";
    case Action::kSeeSession: return "see_session";
    case Action::kSignOut: return "sign_out";
    case Action::kStepUp: return "step_up";
    case Action::kSeeDashboard: return "see_dashboard";
    case Action::kListPeople: return "list_people";
    case Action::kSeePerson: return "see_person";
    case Action::kPreviewRoster: return "preview_roster";
    case Action::kImportRoster: return "import_roster";
    case Action::kSetLeaving: return "set_leaving";
    case Action::kRequestNumbers: return "request_numbers";
    case Action::kListRequests: return "list_requests";
    case Action::kRevokeRequest: return "revoke_request";
    case Action::kListSubmissions: return "list_submissions";
    case Action::kSeeSubmission: return "see_submission";
    case Action::kApproveSubmission: return "approve_submission";
    case Action::kReturnSubmission: return "return_submission";
    case Action::kReveal: return "reveal";
    case Action::kListDisposals: return "list_disposals";
    case Action::kSeeDisposal: return "see_disposal";
    case Action::kProposeDisposal: return "propose_disposal";
    case Action::kApproveDisposal: return "approve_disposal";
    case Action::kCancelDisposal: return "cancel_disposal";
    case Action::kReadLog: return "read_log";
    case Action::kExportLog: return "export_log";
    case Action::kListAccounts: return "list_accounts";
    case Action::kInviteAccount: return "invite_account";
    case Action::kDisableAccount: return "disable_account";
    case Action::kSeeSettings: return "see_settings";
    case Action::kSaveSettings: return "save_settings";
    case Action::kSeeStatus: return "see_status";
    case Action::kProvision: return "provision";
    case Action::kUnlock: return "unlock";
    case Action::kSeal: return "seal";
    case Action::kSeeCheckpoint: return "see_checkpoint";
    case Action::kExportLogLocally: return "export_log_locally";
    case Action::kShutDown: return "shut_down";
    case Action::kUnseal: return "unseal";
    case Action::kReportTamper: return "report_tamper";
    case Action::kChangeSite: return "change_site";
    case Action::kMakeBundle: return "make_bundle";
    case Action::kFollowLog: return "follow_log";
  }
  return "unknown";
}

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
    case Reason::kLink: return "link";
    case Reason::kSelf: return "self";
    case Reason::kPurpose: return "purpose";
    case Reason::kApproval: return "approval";
    case Reason::kStepUp: return "step_up";
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
    case Reason::kLink: return {Code::kNotFound, "link"};
    case Reason::kSelf: return {Code::kDenied, "self"};
    case Reason::kPurpose: return {Code::kDenied, "purpose"};
    case Reason::kApproval: return {Code::kDenied, "approval"};
    case Reason::kStepUp: return {Code::kStepUp, "grant"};
  }
  return {Code::kInternal, "policy"};
}

}  // namespace policy
