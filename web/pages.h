// Every page, by the file that makes it. The rows that lead here are in web/routes.cpp; what each
// may ask is core's decision, made again for every message.
#pragma once

#include "web/route.h"

namespace web {

// page_sign_in.cpp
Response signed_in_as(const ipc::SignedIn& reply);  // to the first page, with its cookies
Response page_sign_in(Context& context, const Request& request);
Response post_sign_in(Context& context, const Request& request);
Response post_sign_out(Context& context, const Request& request);
Response post_language(Context& context, const Request& request);

// page_enrolment.cpp
Response page_enrolment(Context& context, const Request& request);
Response post_enrolment_key(Context& context, const Request& request);
Response post_enrolment(Context& context, const Request& request);

// page_my_account.cpp, page_my_factors.cpp
Response page_my_account(Context& context, const Request& request);
Response post_session_end(Context& context, const Request& request);
Response post_sessions_end(Context& context, const Request& request);
Response post_devices_confirm(Context& context, const Request& request);
Response page_my_password(Context& context, const Request& request);
Response post_my_password(Context& context, const Request& request);
Response page_my_authenticator(Context& context, const Request& request);
Response post_my_authenticator(Context& context, const Request& request);
Response post_my_authenticator_finish(Context& context, const Request& request);
Response page_my_recovery(Context& context, const Request& request);
Response post_my_recovery(Context& context, const Request& request);

// page_passkeys.cpp
Response page_sign_in_passkey(Context& context, const Request& request);
Response post_sign_in_passkey(Context& context, const Request& request);
Response page_passkey_new(Context& context, const Request& request);
Response post_passkey_new(Context& context, const Request& request);
Response page_passkey_remove(Context& context, const Request& request);
Response post_passkey_remove(Context& context, const Request& request);

// page_dashboard.cpp
Response page_dashboard(Context& context, const Request& request);

// page_people.cpp, page_person.cpp
Response page_people(Context& context, const Request& request);
Response page_person(Context& context, const Request& request);
Response post_leaving(Context& context, const Request& request);

// page_roster.cpp
Response page_roster(Context& context, const Request& request);
Response page_roster_template(Context& context, const Request& request);
Response post_roster(Context& context, const Request& request);
Response post_roster_import(Context& context, const Request& request);

// page_requests.cpp, page_request_new.cpp
Response page_requests(Context& context, const Request& request);
Response post_request_revoke(Context& context, const Request& request);
Response page_request_new(Context& context, const Request& request);
Response post_request_new(Context& context, const Request& request);

// page_portal.cpp
Response page_portal(Context& context, const Request& request);
Response post_portal(Context& context, const Request& request);
Response post_portal_numbers(Context& context, const Request& request);
Response post_portal_decline(Context& context, const Request& request);

// page_approvals.cpp
Response page_approvals(Context& context, const Request& request);
Response page_approval(Context& context, const Request& request);
Response post_approve(Context& context, const Request& request);
Response post_return(Context& context, const Request& request);

// page_reveal.cpp
Response page_reveal(Context& context, const Request& request);
Response post_reveal(Context& context, const Request& request);
Response post_reveal_show(Context& context, const Request& request);
Response page_reveal_hidden(Context& context, const Request& request);

// page_disposals.cpp, page_disposal.cpp
Response page_disposals(Context& context, const Request& request);
Response page_disposal_new(Context& context, const Request& request);
Response post_disposal_new(Context& context, const Request& request);
Response page_disposal(Context& context, const Request& request);
Response post_disposal_approve(Context& context, const Request& request);
Response post_disposal_cancel(Context& context, const Request& request);
Response page_certificate(Context& context, const Request& request);

// page_log.cpp
Response page_log(Context& context, const Request& request);
Response page_log_export(Context& context, const Request& request);
Response post_log_export(Context& context, const Request& request);

// page_recovery.cpp
Response page_mail_code(Context& context, const Request& request);
Response post_mail_code(Context& context, const Request& request);
Response page_reminder(Context& context, const Request& request);
Response post_reminder(Context& context, const Request& request);
Response page_reminder_finish(Context& context, const Request& request);
Response post_reminder_finish(Context& context, const Request& request);

// page_my_mail.cpp
Response page_my_mail(Context& context, const Request& request);
Response post_my_mail(Context& context, const Request& request);
Response post_my_mail_finish(Context& context, const Request& request);

// page_accounts.cpp
Response page_accounts(Context& context, const Request& request);
Response page_account_new(Context& context, const Request& request);
Response post_account_new(Context& context, const Request& request);
Response post_account_disable(Context& context, const Request& request);
Response post_account_role(Context& context, const Request& request);
Response page_designation(Context& context, const Request& request);
Response post_designation(Context& context, const Request& request);
Response post_designation_end(Context& context, const Request& request);

// page_proposals.cpp (the list), page_proposal.cpp
Response page_proposals(Context& context, const Request& request);
Response page_proposal(Context& context, const Request& request);
Response post_proposal_approve(Context& context, const Request& request);
Response post_proposal_refuse(Context& context, const Request& request);
Response post_proposal_cancel(Context& context, const Request& request);
Response post_proposal_execute(Context& context, const Request& request);

// page_companies.cpp
Response page_companies(Context& context, const Request& request);
Response page_company_new(Context& context, const Request& request);
Response post_company_new(Context& context, const Request& request);
Response page_company_guards(Context& context, const Request& request);
Response post_company_guards(Context& context, const Request& request);

// page_clients.cpp
Response page_clients(Context& context, const Request& request);
Response page_client_new(Context& context, const Request& request);
Response post_client_new(Context& context, const Request& request);
Response page_client_certificate(Context& context, const Request& request);
Response post_client_certificate(Context& context, const Request& request);
Response post_client_revoke(Context& context, const Request& request);

// page_rights.cpp
Response page_rights(Context& context, const Request& request);
Response page_rules(Context& context, const Request& request);

// page_zones.cpp
Response page_zones(Context& context, const Request& request);
Response post_zones(Context& context, const Request& request);

// page_delegation.cpp
Response page_delegation(Context& context, const Request& request);
Response post_delegation(Context& context, const Request& request);
Response post_delegation_end(Context& context, const Request& request);

// page_hours.cpp
Response page_hours(Context& context, const Request& request);
Response post_hours(Context& context, const Request& request);
Response post_emergency(Context& context, const Request& request);

// page_settings.cpp
Response page_settings(Context& context, const Request& request);
Response post_settings(Context& context, const Request& request);

}  // namespace web
