#include "base/terms.h"

#include <array>

#include "base/bytes.h"

namespace base {

std::string id_text(std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[7 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  return to_hex(bytes);
}

Result<std::uint64_t> id_from_text(std::string_view text, FieldName field) {
  if (text.size() != 16) return fail(Code::kInvalid, field);
  const auto bytes = from_hex(text);
  if (!bytes) return fail(Code::kInvalid, field);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : *bytes) value = (value << 8U) | byte;
  if (value == 0) return fail(Code::kInvalid, field);
  return value;
}

std::string_view name(Role role) {
  switch (role) {
    case Role::kNone: return "none";
    case Role::kResponsible: return "responsible";
    case Role::kHandler: return "handler";
    case Role::kAuditor: return "auditor";
    case Role::kSubject: return "subject";
    case Role::kOperator: return "operator";
    case Role::kUnlocker: return "unlocker";
    case Role::kWatcher: return "watcher";
    case Role::kMonitor: return "monitor";
    case Role::kViewer: return "viewer";
    case Role::kRightsManager: return "rights_manager";
    case Role::kSecurityOfficer: return "security_officer";
    case Role::kCustodian: return "custodian";
    case Role::kMailer: return "mailer";
    case Role::kApiClient: return "api_client";
  }
  return "unknown";
}

std::string_view name(Zone zone) {
  switch (zone) {
    case Zone::kNone: return "none";
    case Zone::kControl: return "control";
    case Zone::kHandling: return "handling";
    case Zone::kCollection: return "collection";
    case Zone::kApi: return "api";
  }
  return "unknown";
}

std::string_view name(State state) {
  switch (state) {
    case State::kUnprovisioned: return "unprovisioned";
    case State::kLocked: return "locked";
    case State::kOperational: return "operational";
    case State::kSealed: return "sealed";
    case State::kFailed: return "failed";
  }
  return "unknown";
}

std::string_view name(Purpose purpose) {
  switch (purpose) {
    case Purpose::kIntake: return "intake";
    case Purpose::kTax: return "tax";
    case Purpose::kSocialInsurance: return "social_insurance";
    case Purpose::kEmploymentInsurance: return "employment_insurance";
    case Purpose::kPaymentRecord: return "payment_record";
  }
  return "unknown";
}

std::string_view name(Form form) {
  switch (form) {
    case Form::kWithholdingSlip: return "withholding_slip";
    case Form::kSalaryPaymentReport: return "salary_payment_report";
    case Form::kRetirementSlip: return "retirement_slip";
    case Form::kDependantDeclaration: return "dependant_declaration";
    case Form::kInsuranceAcquisition: return "insurance_acquisition";
    case Form::kInsuranceLoss: return "insurance_loss";
    case Form::kInsuranceDependants: return "insurance_dependants";
    case Form::kEmploymentAcquisition: return "employment_acquisition";
    case Form::kEmploymentLoss: return "employment_loss";
    case Form::kFeesRecord: return "fees_record";
    case Form::kRealEstateRecord: return "real_estate_record";
  }
  return "unknown";
}

std::string_view name(PersonKind kind) {
  switch (kind) {
    case PersonKind::kEmployee: return "employee";
    case PersonKind::kDependant: return "dependant";
    case PersonKind::kCategoryThree: return "category_three";
    case PersonKind::kPayee: return "payee";
    case PersonKind::kProfessional: return "professional";
    case PersonKind::kLandlord: return "landlord";
    case PersonKind::kShareholder: return "shareholder";
    case PersonKind::kCustomer: return "customer";
  }
  return "unknown";
}

std::string_view name(CollectionStatus status) {
  switch (status) {
    case CollectionStatus::kNotRequested: return "not_requested";
    case CollectionStatus::kRequested: return "requested";
    case CollectionStatus::kSubmitted: return "submitted";
    case CollectionStatus::kReturned: return "returned";
    case CollectionStatus::kDeclined: return "declined";
    case CollectionStatus::kComplete: return "complete";
    case CollectionStatus::kDisposed: return "disposed";
  }
  return "unknown";
}

std::string_view name(StepUpAct act) {
  switch (act) {
    case StepUpAct::kReveal: return "reveal";
    case StepUpAct::kApproveDisposal: return "approve_disposal";
    case StepUpAct::kApproveProposal: return "approve_proposal";
    case StepUpAct::kChangePassword: return "change_password";
    case StepUpAct::kMakeRecoveryCodes: return "make_recovery_codes";
    case StepUpAct::kReplaceAuthenticator: return "replace_authenticator";
    case StepUpAct::kAddPasskey: return "add_passkey";
    case StepUpAct::kRemovePasskey: return "remove_passkey";
    case StepUpAct::kSetMail: return "set_mail";
    case StepUpAct::kExportLog: return "export_log";
    case StepUpAct::kExecuteProposal: return "execute_proposal";
  }
  return "unknown";
}

std::string_view name(Listener listener) {
  switch (listener) {
    case Listener::kPages: return "pages";
    case Listener::kApi: return "api";
  }
  return "unknown";
}

std::string_view name(ApiRight right) {
  switch (right) {
    case ApiRight::kReadPeople: return "read_people";
    case ApiRight::kImportRoster: return "import_roster";
    case ApiRight::kRequestNumbers: return "request_numbers";
    case ApiRight::kReadRequests: return "read_requests";
    case ApiRight::kReadLogHead: return "read_log_head";
  }
  return "unknown";
}

std::string_view name(ProposalKind kind) {
  switch (kind) {
    case ProposalKind::kInvite: return "invite";
    case ProposalKind::kChangeRole: return "change_role";
    case ProposalKind::kDisable: return "disable";
    case ProposalKind::kSettings: return "settings";
    case ProposalKind::kZones: return "zones";
    case ProposalKind::kEarlyDisposal: return "early_disposal";
    case ProposalKind::kDesignate: return "designate";
    case ProposalKind::kHours: return "hours";
    case ProposalKind::kEmergency: return "emergency";
    case ProposalKind::kDelegate: return "delegate";
    case ProposalKind::kEnrolClient: return "enrol_client";
    case ProposalKind::kRenewClient: return "renew_client";
    case ProposalKind::kRevokeClient: return "revoke_client";
    case ProposalKind::kAddCompany: return "add_company";
  }
  return "unknown";
}

std::string_view name(ProposalStage stage) {
  switch (stage) {
    case ProposalStage::kOpen: return "open";
    case ProposalStage::kExecuted: return "executed";
    case ProposalStage::kRefused: return "refused";
    case ProposalStage::kCancelled: return "cancelled";
    case ProposalStage::kExpired: return "expired";
  }
  return "unknown";
}

std::string_view name(Weekday day) {
  switch (day) {
    case Weekday::kSunday: return "sun";
    case Weekday::kMonday: return "mon";
    case Weekday::kTuesday: return "tue";
    case Weekday::kWednesday: return "wed";
    case Weekday::kThursday: return "thu";
    case Weekday::kFriday: return "fri";
    case Weekday::kSaturday: return "sat";
  }
  return "unknown";
}

std::string_view name(Designated designated) {
  switch (designated) {
    case Designated::kNever: return "never";
    case Designated::kNotYet: return "not_yet";
    case Designated::kNow: return "now";
    case Designated::kOver: return "over";
    case Designated::kEnded: return "ended";
  }
  return "unknown";
}

std::string_view name(Cover cover) {
  switch (cover) {
    case Cover::kNotWatched: return "not_watched";
    case Cover::kClosed: return "closed";
    case Cover::kOpen: return "open";
    case Cover::kLost: return "lost";
  }
  return "unknown";
}

std::string_view name(SiteAct act) {
  switch (act) {
    case SiteAct::kNetwork: return "network";
    case SiteAct::kZones: return "zones";
    case SiteAct::kTime: return "time";
    case SiteAct::kUpdate: return "update";
    case SiteAct::kMedium: return "medium";
    case SiteAct::kClearCover: return "clear_cover";
  }
  return "unknown";
}

std::string_view name(Assurance assurance) {
  switch (assurance) {
    case Assurance::kNone: return "none";
    case Assurance::kMail: return "mail";
    case Assurance::kRecovery: return "recovery";
    case Assurance::kCode: return "code";
    case Assurance::kPasskey: return "passkey";
  }
  return "unknown";
}

std::string_view name(DisposalReason reason) {
  switch (reason) {
    case DisposalReason::kRetentionOver: return "retention_over";
    case DisposalReason::kNotNeeded: return "not_needed";
    case DisposalReason::kMistake: return "mistake";
  }
  return "unknown";
}

std::string_view name(AuditEvent event) {
  switch (event) {
    case AuditEvent::kLogOpened: return "log.opened";
    case AuditEvent::kHeartbeat: return "log.heartbeat";
    case AuditEvent::kHsmEnrolled: return "hsm.enrolled";
    case AuditEvent::kHsmUnlocked: return "hsm.unlocked";
    case AuditEvent::kHsmUnlockFailed: return "hsm.unlock_failed";
    case AuditEvent::kHsmLocked: return "hsm.locked";
    case AuditEvent::kHsmFault: return "hsm.fault";
    case AuditEvent::kGrantOpened: return "grant.opened";
    case AuditEvent::kGrantRefused: return "grant.refused";
    case AuditEvent::kRevealIntent: return "reveal.intent";
    case AuditEvent::kRevealDone: return "reveal.done";
    case AuditEvent::kRevealFailed: return "reveal.failed";
    case AuditEvent::kRevealRefused: return "reveal.refused";
    case AuditEvent::kBudgetRefused: return "reveal.budget";
    case AuditEvent::kSealIntent: return "seal.intent";
    case AuditEvent::kSealDone: return "seal.done";
    case AuditEvent::kSealFailed: return "seal.failed";
    case AuditEvent::kMoveIntent: return "move.intent";
    case AuditEvent::kMoveDone: return "move.done";
    case AuditEvent::kMoveFailed: return "move.failed";
    case AuditEvent::kShelfCreated: return "shelf.created";
    case AuditEvent::kReshelveIntent: return "reshelve.intent";
    case AuditEvent::kReshelveDone: return "reshelve.done";
    case AuditEvent::kReshelveFailed: return "reshelve.failed";
    case AuditEvent::kDestroyIntent: return "key.destroy";
    case AuditEvent::kKeyGone: return "key.gone";
    case AuditEvent::kDestroyFailed: return "key.destroy_failed";
    case AuditEvent::kEpochCreated: return "epoch.created";
    case AuditEvent::kExported: return "log.exported";
    case AuditEvent::kCertificateSigned: return "certificate.signed";
    case AuditEvent::kPeerDropped: return "audit.peer_dropped";
    case AuditEvent::kLogAlarm: return "log.alarm";
  }
  return "unknown";
}

namespace {

struct EventWord {
  CoreEvent event;
  std::string_view word;
};
constexpr std::array<EventWord, static_cast<std::size_t>(CoreEvent::kLast) + 1> kEventWords{{
    {CoreEvent::kStarted, "core.started"},
    {CoreEvent::kProvisioned, "appliance.provisioned"},
    {CoreEvent::kStateChanged, "appliance.state"},
    {CoreEvent::kShutDown, "appliance.shut_down"},
    {CoreEvent::kReconciled, "store.reconciled"},
    {CoreEvent::kPeerDropped, "core.peer_dropped"},
    {CoreEvent::kConnectionRefused, "connection.refused"},
    {CoreEvent::kAccessDenied, "access.denied"},
    {CoreEvent::kSignedIn, "session.opened"},
    {CoreEvent::kSignInFailed, "session.refused"},
    {CoreEvent::kSignedOut, "session.closed"},
    {CoreEvent::kSessionExpired, "session.expired"},
    {CoreEvent::kSessionEnded, "session.ended"},
    {CoreEvent::kNewDevice, "session.new_device"},
    {CoreEvent::kStepUpFailed, "step_up.failed"},
    {CoreEvent::kInvited, "account.invited"},
    {CoreEvent::kEnrolled, "account.enrolled"},
    {CoreEvent::kEnrolFailed, "account.enrol_failed"},
    {CoreEvent::kAccountDisabled, "account.disabled"},
    {CoreEvent::kPasswordChanged, "account.password_changed"},
    {CoreEvent::kRecoveryCodesMade, "account.recovery_made"},
    {CoreEvent::kRecoveryCodeUsed, "account.recovery_used"},
    {CoreEvent::kAuthenticatorReplaced, "account.authenticator"},
    {CoreEvent::kPasskeyAdded, "account.passkey_added"},
    {CoreEvent::kPasskeyRemoved, "account.passkey_removed"},
    {CoreEvent::kDevicesConfirmed, "account.devices_confirmed"},
    {CoreEvent::kMailAddressChanged, "account.mail_changed"},
    {CoreEvent::kRecoverFailed, "account.recover_failed"},
    {CoreEvent::kMailSent, "mail.sent"},
    {CoreEvent::kMailGivenUp, "mail.given_up"},
    {CoreEvent::kRosterImported, "roster.imported"},
    {CoreEvent::kPersonChanged, "person.changed"},
    {CoreEvent::kRequestCreated, "request.created"},
    {CoreEvent::kRequestRevoked, "request.revoked"},
    {CoreEvent::kPortalOpened, "portal.opened"},
    {CoreEvent::kPortalFailed, "portal.refused"},
    {CoreEvent::kSubmitted, "number.submitted"},
    {CoreEvent::kDeclined, "number.declined"},
    {CoreEvent::kApproved, "number.approved"},
    {CoreEvent::kReturned, "number.returned"},
    {CoreEvent::kDisposalProposed, "disposal.proposed"},
    {CoreEvent::kDisposalCancelled, "disposal.cancelled"},
    {CoreEvent::kDisposalApproved, "disposal.approved"},
    {CoreEvent::kDisposed, "disposal.done"},
    {CoreEvent::kCertificateIssued, "disposal.certificate"},
    {CoreEvent::kSettingsChanged, "settings.changed"},
    {CoreEvent::kLogRead, "log.read"},
    {CoreEvent::kTampered, "appliance.tampered"},
    {CoreEvent::kSiteChanged, "site.changed"},
    {CoreEvent::kBundleMade, "support.bundle"},
    {CoreEvent::kProposed, "proposal.made"},
    {CoreEvent::kProposalEdited, "proposal.edited"},
    {CoreEvent::kProposalApproved, "proposal.approved"},
    {CoreEvent::kProposalRefused, "proposal.refused"},
    {CoreEvent::kProposalCancelled, "proposal.cancelled"},
    {CoreEvent::kProposalExpired, "proposal.expired"},
    {CoreEvent::kProposalExecuted, "proposal.executed"},
    {CoreEvent::kRoleChanged, "account.role_changed"},
    {CoreEvent::kZonesChanged, "zones.changed"},
    {CoreEvent::kDesignated, "designation.made"},
    {CoreEvent::kDesignationEnded, "designation.ended"},
    {CoreEvent::kHoursChanged, "hours.changed"},
    {CoreEvent::kEmergencyOpened, "emergency.opened"},
    {CoreEvent::kDelegated, "delegation.made"},
    {CoreEvent::kDelegationEnded, "delegation.ended"},
    {CoreEvent::kRescueAgreed, "rescue.agreed"},
    {CoreEvent::kRescueFailed, "rescue.failed"},
    {CoreEvent::kAccountRescued, "account.rescued"},
    {CoreEvent::kCertificateRenewed, "certificate.renewed"},
    {CoreEvent::kClientConnected, "client.connected"},
    {CoreEvent::kClientRefused, "client.refused"},
    {CoreEvent::kClientEnrolled, "client.enrolled"},
    {CoreEvent::kClientRenewed, "client.renewed"},
    {CoreEvent::kClientRevoked, "client.revoked"},
    {CoreEvent::kCompanyAdded, "company.added"},
}};
constexpr bool every_event_has_its_word() {
  for (std::size_t i = 0; i < kEventWords.size(); ++i) {
    if (static_cast<std::size_t>(kEventWords.at(i).event) != i) return false;
  }
  return true;
}
static_assert(every_event_has_its_word(), "words stand in the order of CoreEvent, one each");

}  // namespace

std::string_view name(CoreEvent event) {
  const auto index = static_cast<std::size_t>(event);
  return index < kEventWords.size() ? kEventWords.at(index).word : "unknown";
}

Purpose purpose_of(Form form) {
  switch (form) {
    case Form::kWithholdingSlip:
    case Form::kSalaryPaymentReport:
    case Form::kRetirementSlip:
    case Form::kDependantDeclaration: return Purpose::kTax;
    case Form::kInsuranceAcquisition:
    case Form::kInsuranceLoss:
    case Form::kInsuranceDependants: return Purpose::kSocialInsurance;
    case Form::kEmploymentAcquisition:
    case Form::kEmploymentLoss: return Purpose::kEmploymentInsurance;
    case Form::kFeesRecord:
    case Form::kRealEstateRecord: return Purpose::kPaymentRecord;
  }
  return Purpose::kIntake;
}

}  // namespace base
