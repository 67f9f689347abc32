// Every handler, by what it is about. Called by dispatch() alone, after policy has allowed the
// request: a handler checks what it acts on, not who asks. A request without a handler does not
// compile.
#pragma once

#include "daemon/context.h"
#include "ipc/messages.h"

namespace core {

template <class Request>
using Answer = base::Task<base::Result<typename Request::Reply>>;

// ---- a connection (admission.cpp, handle_admission.cpp)
Answer<ipc::Admit> handle(Context& context, ipc::Admit request);
Answer<ipc::Greet> handle(Context& context, ipc::Greet request);
Answer<ipc::SignHandshake> handle(Context& context, ipc::SignHandshake request);
Answer<ipc::GetPublicFacts> handle(Context& context, ipc::GetPublicFacts request);

// ---- sign-in and sessions (handle_session.cpp)
Answer<ipc::SignIn> handle(Context& context, ipc::SignIn request);
Answer<ipc::SignOut> handle(Context& context, ipc::SignOut request);
// What a page shows of its session. kDenied "session" when there is none.
base::Result<ipc::SessionFacts> session_facts(Context& context, const ipc::SessionToken& token);
Answer<ipc::GetSession> handle(Context& context, ipc::GetSession request);
Answer<ipc::StepUp> handle(Context& context, ipc::StepUp request);

// ---- enrolment (handle_enrolment.cpp)
Answer<ipc::BeginEnrolment> handle(Context& context, ipc::BeginEnrolment request);
Answer<ipc::FinishEnrolment> handle(Context& context, ipc::FinishEnrolment request);

// ---- passkeys (handle_passkeys.cpp)
Answer<ipc::BeginPasskeySignIn> handle(Context& context, ipc::BeginPasskeySignIn request);
Answer<ipc::SignInWithPasskey> handle(Context& context, ipc::SignInWithPasskey request);
Answer<ipc::AddPasskey> handle(Context& context, ipc::AddPasskey request);
Answer<ipc::RemovePasskey> handle(Context& context, ipc::RemovePasskey request);

// ---- one's own account (handle_account_self.cpp)
Answer<ipc::GetMyAccount> handle(Context& context, ipc::GetMyAccount request);
Answer<ipc::EndMySession> handle(Context& context, ipc::EndMySession request);
Answer<ipc::ChangePassword> handle(Context& context, ipc::ChangePassword request);
Answer<ipc::MakeRecoveryCodes> handle(Context& context, ipc::MakeRecoveryCodes request);
Answer<ipc::BeginAuthenticator> handle(Context& context, ipc::BeginAuthenticator request);
Answer<ipc::FinishAuthenticator> handle(Context& context, ipc::FinishAuthenticator request);
Answer<ipc::ConfirmDevices> handle(Context& context, ipc::ConfirmDevices request);

// ---- the register (handle_people.cpp)
Answer<ipc::GetDashboard> handle(Context& context, ipc::GetDashboard request);
Answer<ipc::ListPeople> handle(Context& context, ipc::ListPeople request);
Answer<ipc::GetPerson> handle(Context& context, ipc::GetPerson request);
Answer<ipc::SetLeaving> handle(Context& context, ipc::SetLeaving request);

// ---- rosters (handle_roster.cpp)
Answer<ipc::PreviewRoster> handle(Context& context, ipc::PreviewRoster request);
Answer<ipc::ImportRoster> handle(Context& context, ipc::ImportRoster request);

// ---- requests for numbers (handle_requests.cpp)
Answer<ipc::CreateRequests> handle(Context& context, ipc::CreateRequests request);
Answer<ipc::ListRequests> handle(Context& context, ipc::ListRequests request);
Answer<ipc::RevokeRequest> handle(Context& context, ipc::RevokeRequest request);

// ---- the person's portal (handle_portal.cpp)
Answer<ipc::OpenPortal> handle(Context& context, ipc::OpenPortal request);
Answer<ipc::SubmitNumbers> handle(Context& context, ipc::SubmitNumbers request);
Answer<ipc::DeclineNumbers> handle(Context& context, ipc::DeclineNumbers request);

// ---- approval (handle_approval.cpp)
Answer<ipc::ListSubmissions> handle(Context& context, ipc::ListSubmissions request);
Answer<ipc::GetSubmission> handle(Context& context, ipc::GetSubmission request);
Answer<ipc::ApproveSubmission> handle(Context& context, ipc::ApproveSubmission request);
Answer<ipc::ReturnSubmission> handle(Context& context, ipc::ReturnSubmission request);

// ---- use (handle_reveal.cpp)
Answer<ipc::Reveal> handle(Context& context, ipc::Reveal request);

// ---- disposal (handle_disposal.cpp)
Answer<ipc::ListDisposals> handle(Context& context, ipc::ListDisposals request);
Answer<ipc::GetDisposal> handle(Context& context, ipc::GetDisposal request);
Answer<ipc::ProposeDisposal> handle(Context& context, ipc::ProposeDisposal request);
Answer<ipc::ApproveDisposal> handle(Context& context, ipc::ApproveDisposal request);
Answer<ipc::CancelDisposal> handle(Context& context, ipc::CancelDisposal request);

// ---- the log (handle_log.cpp)
Answer<ipc::ReadLog> handle(Context& context, ipc::ReadLog request);
Answer<ipc::ExportLog> handle(Context& context, ipc::ExportLog request);

// ---- accounts and settings (handle_accounts.cpp)
Answer<ipc::ListAccounts> handle(Context& context, ipc::ListAccounts request);
Answer<ipc::InviteAccount> handle(Context& context, ipc::InviteAccount request);
Answer<ipc::DisableAccount> handle(Context& context, ipc::DisableAccount request);
Answer<ipc::GetSettings> handle(Context& context, ipc::GetSettings request);
Answer<ipc::SaveSettings> handle(Context& context, ipc::SaveSettings request);
Answer<ipc::ChangeRole> handle(Context& context, ipc::ChangeRole request);
Answer<ipc::GetZones> handle(Context& context, ipc::GetZones request);
Answer<ipc::ProposeZones> handle(Context& context, ipc::ProposeZones request);

// ---- designations (handle_designations.cpp)
Answer<ipc::Designate> handle(Context& context, ipc::Designate request);
Answer<ipc::GetDesignation> handle(Context& context, ipc::GetDesignation request);
Answer<ipc::EndDesignation> handle(Context& context, ipc::EndDesignation request);

Answer<ipc::GetHours> handle(Context& context, ipc::GetHours request);
Answer<ipc::ProposeHours> handle(Context& context, ipc::ProposeHours request);
Answer<ipc::AskEmergency> handle(Context& context, ipc::AskEmergency request);

Answer<ipc::GetDelegation> handle(Context& context, ipc::GetDelegation request);
Answer<ipc::Delegate> handle(Context& context, ipc::Delegate request);
Answer<ipc::EndDelegation> handle(Context& context, ipc::EndDelegation request);

// ---- the table, explained (handle_rules.cpp)
Answer<ipc::GetRules> handle(Context& context, ipc::GetRules request);

// ---- what waits for other people (handle_proposals.cpp)
// A new proposal, or another content for the one that it revises.
base::Task<base::Result<ipc::Proposed>> propose(Context& context, registry::ProposalContent content,
                                                base::ProposalId revises);
// How many the asker may approve or carry out now.
std::uint32_t proposals_for(Context& context);
// Ends those whose time is over.
base::Task<void> expire_proposals(Core& core);
Answer<ipc::ListProposals> handle(Context& context, ipc::ListProposals request);
Answer<ipc::GetProposal> handle(Context& context, ipc::GetProposal request);
Answer<ipc::ApproveProposal> handle(Context& context, ipc::ApproveProposal request);
Answer<ipc::RefuseProposal> handle(Context& context, ipc::RefuseProposal request);
Answer<ipc::CancelProposal> handle(Context& context, ipc::CancelProposal request);
Answer<ipc::ExecuteProposal> handle(Context& context, ipc::ExecuteProposal request);

// ---- other systems (handle_clients.cpp)
Answer<ipc::PresentCertificate> handle(Context& context, ipc::PresentCertificate request);
Answer<ipc::GetOwnClient> handle(Context& context, ipc::GetOwnClient request);
Answer<ipc::GetLogHead> handle(Context& context, ipc::GetLogHead request);
Answer<ipc::ListClients> handle(Context& context, ipc::ListClients request);
Answer<ipc::ListCompanies> handle(Context& context, ipc::ListCompanies request);
Answer<ipc::AddCompany> handle(Context& context, ipc::AddCompany request);
Answer<ipc::EnrolClient> handle(Context& context, ipc::EnrolClient request);
Answer<ipc::RenewClient> handle(Context& context, ipc::RenewClient request);
Answer<ipc::RevokeClient> handle(Context& context, ipc::RevokeClient request);

// ---- the console (handle_console.cpp)
Answer<ipc::GetStatus> handle(Context& context, ipc::GetStatus request);
Answer<ipc::Provision> handle(Context& context, ipc::Provision request);
Answer<ipc::Unlock> handle(Context& context, ipc::Unlock request);
Answer<ipc::SealAppliance> handle(Context& context, ipc::SealAppliance request);
Answer<ipc::GetCheckpoint> handle(Context& context, ipc::GetCheckpoint request);
Answer<ipc::ExportLogLocal> handle(Context& context, ipc::ExportLogLocal request);
Answer<ipc::ShutDown> handle(Context& context, ipc::ShutDown request);
Answer<ipc::Unseal> handle(Context& context, ipc::Unseal request);
Answer<ipc::AllowSite> handle(Context& context, ipc::AllowSite request);

// ---- ways out at the console (handle_rescue.cpp)
Answer<ipc::RescueAccount> handle(Context& context, ipc::RescueAccount request);
Answer<ipc::RenewCertificate> handle(Context& context, ipc::RenewCertificate request);

// ---- a forgotten password, a code by mail (handle_recovery.cpp)
Answer<ipc::RequestMailCode> handle(Context& context, ipc::RequestMailCode request);
Answer<ipc::RequestReminder> handle(Context& context, ipc::RequestReminder request);
Answer<ipc::ResetPassword> handle(Context& context, ipc::ResetPassword request);

// ---- mail (handle_mail.cpp)
Answer<ipc::SetMail> handle(Context& context, ipc::SetMail request);
Answer<ipc::ConfirmMail> handle(Context& context, ipc::ConfirmMail request);
Answer<ipc::TakeMail> handle(Context& context, ipc::TakeMail request);
Answer<ipc::ReportMail> handle(Context& context, ipc::ReportMail request);

// ---- programs of the appliance, and what a vendor may see (handle_programs.cpp)
Answer<ipc::ReportTamper> handle(Context& context, ipc::ReportTamper request);
Answer<ipc::FollowLog> handle(Context& context, ipc::FollowLog request);
Answer<ipc::MakeBundle> handle(Context& context, ipc::MakeBundle request);
Answer<ipc::ResetZones> handle(Context& context, ipc::ResetZones request);

}  // namespace core
