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
  }
  return "unknown";
}

std::string_view name(Zone zone) {
  switch (zone) {
    case Zone::kNone: return "none";
    case Zone::kControl: return "control";
    case Zone::kHandling: return "handling";
    case Zone::kCollection: return "collection";
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
    case StepUpAct::kExportLog: return "export_log";
    case StepUpAct::kExecuteProposal: return "execute_proposal";
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

std::string_view name(CoreEvent event) {
  switch (event) {
    case CoreEvent::kStarted: return "core.started";
    case CoreEvent::kProvisioned: return "appliance.provisioned";
    case CoreEvent::kStateChanged: return "appliance.state";
    case CoreEvent::kShutDown: return "appliance.shut_down";
    case CoreEvent::kReconciled: return "store.reconciled";
    case CoreEvent::kPeerDropped: return "core.peer_dropped";
    case CoreEvent::kConnectionRefused: return "connection.refused";
    case CoreEvent::kAccessDenied: return "access.denied";
    case CoreEvent::kSignedIn: return "session.opened";
    case CoreEvent::kSignInFailed: return "session.refused";
    case CoreEvent::kSignedOut: return "session.closed";
    case CoreEvent::kSessionExpired: return "session.expired";
    case CoreEvent::kSessionEnded: return "session.ended";
    case CoreEvent::kNewDevice: return "session.new_device";
    case CoreEvent::kStepUpFailed: return "step_up.failed";
    case CoreEvent::kInvited: return "account.invited";
    case CoreEvent::kEnrolled: return "account.enrolled";
    case CoreEvent::kEnrolFailed: return "account.enrol_failed";
    case CoreEvent::kAccountDisabled: return "account.disabled";
    case CoreEvent::kPasswordChanged: return "account.password_changed";
    case CoreEvent::kRecoveryCodesMade: return "account.recovery_made";
    case CoreEvent::kRecoveryCodeUsed: return "account.recovery_used";
    case CoreEvent::kAuthenticatorReplaced: return "account.authenticator";
    case CoreEvent::kPasskeyAdded: return "account.passkey_added";
    case CoreEvent::kPasskeyRemoved: return "account.passkey_removed";
    case CoreEvent::kDevicesConfirmed: return "account.devices_confirmed";
    case CoreEvent::kRosterImported: return "roster.imported";
    case CoreEvent::kPersonChanged: return "person.changed";
    case CoreEvent::kRequestCreated: return "request.created";
    case CoreEvent::kRequestRevoked: return "request.revoked";
    case CoreEvent::kPortalOpened: return "portal.opened";
    case CoreEvent::kPortalFailed: return "portal.refused";
    case CoreEvent::kSubmitted: return "number.submitted";
    case CoreEvent::kDeclined: return "number.declined";
    case CoreEvent::kApproved: return "number.approved";
    case CoreEvent::kReturned: return "number.returned";
    case CoreEvent::kDisposalProposed: return "disposal.proposed";
    case CoreEvent::kDisposalCancelled: return "disposal.cancelled";
    case CoreEvent::kDisposalApproved: return "disposal.approved";
    case CoreEvent::kDisposed: return "disposal.done";
    case CoreEvent::kCertificateIssued: return "disposal.certificate";
    case CoreEvent::kSettingsChanged: return "settings.changed";
    case CoreEvent::kLogRead: return "log.read";
    case CoreEvent::kTampered: return "appliance.tampered";
    case CoreEvent::kSiteChanged: return "site.changed";
    case CoreEvent::kBundleMade: return "support.bundle";
    case CoreEvent::kProposed: return "proposal.made";
    case CoreEvent::kProposalEdited: return "proposal.edited";
    case CoreEvent::kProposalApproved: return "proposal.approved";
    case CoreEvent::kProposalRefused: return "proposal.refused";
    case CoreEvent::kProposalCancelled: return "proposal.cancelled";
    case CoreEvent::kProposalExpired: return "proposal.expired";
    case CoreEvent::kProposalExecuted: return "proposal.executed";
    case CoreEvent::kRoleChanged: return "account.role_changed";
    case CoreEvent::kZonesChanged: return "zones.changed";
  }
  return "unknown";
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
