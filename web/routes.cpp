// THE TABLE of pages. One row a page and method; the order does not matter.
#include "web/page_health.h"
#include "web/pages.h"
#include "web/route.h"

namespace web {

namespace {

constexpr Method kGet = Method::kGet;
constexpr Method kPost = Method::kPost;

// clang-format off
constexpr Route kRoutes[] = {
    {kGet,  "/healthz",                     Body::kNone,   page_health},
    {kGet,  "/readyz",                      Body::kNone,   page_ready},

    {kGet,  "/",                            Body::kNone,   page_dashboard},
    {kGet,  "/sign-in",                     Body::kNone,   page_sign_in},
    {kPost, "/sign-in",                     Body::kForm,   post_sign_in},
    {kGet,  "/sign-in/passkey",             Body::kNone,   page_sign_in_passkey},
    {kPost, "/sign-in/passkey",             Body::kForm,   post_sign_in_passkey},
    {kGet,  "/sign-in/mail",                Body::kNone,   page_mail_code},
    {kPost, "/sign-in/mail",                Body::kForm,   post_mail_code},
    {kGet,  "/reminder",                    Body::kNone,   page_reminder},
    {kPost, "/reminder",                    Body::kForm,   post_reminder},
    {kGet,  "/reminder/finish",             Body::kNone,   page_reminder_finish},
    {kPost, "/reminder/finish",             Body::kForm,   post_reminder_finish},
    {kPost, "/sign-out",                    Body::kForm,   post_sign_out},
    {kPost, "/language",                    Body::kForm,   post_language},
    {kGet,  "/enrolment",                   Body::kNone,   page_enrolment},
    {kPost, "/enrolment/key",               Body::kForm,   post_enrolment_key},
    {kPost, "/enrolment",                   Body::kForm,   post_enrolment},

    {kGet,  "/account",                     Body::kNone,   page_my_account},
    {kPost, "/account/sessions/{id}/end",   Body::kForm,   post_session_end},
    {kPost, "/account/sessions/end",        Body::kForm,   post_sessions_end},
    {kPost, "/account/devices/confirm",     Body::kForm,   post_devices_confirm},
    {kGet,  "/account/password",            Body::kNone,   page_my_password},
    {kPost, "/account/password",            Body::kForm,   post_my_password},
    {kGet,  "/account/authenticator",       Body::kNone,   page_my_authenticator},
    {kPost, "/account/authenticator",       Body::kForm,   post_my_authenticator},
    {kPost, "/account/authenticator/finish", Body::kForm,  post_my_authenticator_finish},
    {kGet,  "/account/recovery",            Body::kNone,   page_my_recovery},
    {kPost, "/account/recovery",            Body::kForm,   post_my_recovery},
    {kGet,  "/account/mail",                Body::kNone,   page_my_mail},
    {kPost, "/account/mail",                Body::kForm,   post_my_mail},
    {kPost, "/account/mail/finish",         Body::kForm,   post_my_mail_finish},
    {kGet,  "/account/passkeys/new",        Body::kNone,   page_passkey_new},
    {kPost, "/account/passkeys/new",        Body::kForm,   post_passkey_new},
    {kGet,  "/account/passkeys/{id}/remove", Body::kNone,  page_passkey_remove},
    {kPost, "/account/passkeys/{id}/remove", Body::kForm,  post_passkey_remove},

    {kGet,  "/people",                      Body::kNone,   page_people},
    {kGet,  "/people/{id}",                 Body::kNone,   page_person},
    {kPost, "/people/{id}/leaving",         Body::kForm,   post_leaving},
    {kGet,  "/roster",                      Body::kNone,   page_roster},
    {kGet,  "/roster/template",             Body::kNone,   page_roster_template},
    {kPost, "/roster",                      Body::kUpload, post_roster},
    {kPost, "/roster/import",               Body::kForm,   post_roster_import},

    {kGet,  "/requests",                    Body::kNone,   page_requests},
    {kGet,  "/requests/new",                Body::kNone,   page_request_new},
    {kPost, "/requests/new",                Body::kForm,   post_request_new},
    {kPost, "/requests/{id}/revoke",        Body::kForm,   post_request_revoke},

    {kGet,  "/p/{link}",                    Body::kNone,   page_portal},
    {kPost, "/p/{link}",                    Body::kForm,   post_portal},
    {kPost, "/p/{link}/numbers",            Body::kForm,   post_portal_numbers},
    {kPost, "/p/{link}/decline",            Body::kForm,   post_portal_decline},

    {kGet,  "/approvals",                   Body::kNone,   page_approvals},
    {kGet,  "/approvals/{id}",              Body::kNone,   page_approval},
    {kPost, "/approvals/{id}/approve",      Body::kForm,   post_approve},
    {kPost, "/approvals/{id}/return",       Body::kForm,   post_return},

    {kGet,  "/reveal",                      Body::kNone,   page_reveal},
    {kPost, "/reveal",                      Body::kForm,   post_reveal},
    {kPost, "/reveal/show",                 Body::kForm,   post_reveal_show},
    {kGet,  "/reveal/hidden",               Body::kNone,   page_reveal_hidden},

    {kGet,  "/disposals",                   Body::kNone,   page_disposals},
    {kGet,  "/disposals/new",               Body::kNone,   page_disposal_new},
    {kPost, "/disposals/new",               Body::kForm,   post_disposal_new},
    {kGet,  "/disposals/{id}",              Body::kNone,   page_disposal},
    {kPost, "/disposals/{id}/approve",      Body::kForm,   post_disposal_approve},
    {kPost, "/disposals/{id}/cancel",       Body::kForm,   post_disposal_cancel},
    {kGet,  "/disposals/{id}/certificate",  Body::kNone,   page_certificate},

    {kGet,  "/log",                         Body::kNone,   page_log},
    {kGet,  "/log/export",                  Body::kNone,   page_log_export},
    {kPost, "/log/export",                  Body::kForm,   post_log_export},

    {kGet,  "/accounts",                    Body::kNone,   page_accounts},
    {kGet,  "/accounts/new",                Body::kNone,   page_account_new},
    {kPost, "/accounts/new",                Body::kForm,   post_account_new},
    {kPost, "/accounts/{id}/disable",       Body::kForm,   post_account_disable},
    {kPost, "/accounts/{id}/role",          Body::kForm,   post_account_role},
    {kGet,  "/accounts/{id}/designation",   Body::kNone,   page_designation},
    {kPost, "/accounts/{id}/designation",   Body::kForm,   post_designation},
    {kPost, "/accounts/{id}/designation/end", Body::kForm, post_designation_end},
    {kGet,  "/accounts/{id}/delegation",    Body::kNone,   page_delegation},
    {kPost, "/accounts/{id}/delegation",    Body::kForm,   post_delegation},
    {kPost, "/accounts/{id}/delegation/end", Body::kForm,  post_delegation_end},

    {kGet,  "/clients",                     Body::kNone,   page_clients},
    {kGet,  "/clients/new",                 Body::kNone,   page_client_new},
    {kPost, "/clients/new",                 Body::kForm,   post_client_new},
    {kGet,  "/clients/{id}/certificate",    Body::kNone,   page_client_certificate},
    {kPost, "/clients/{id}/certificate",    Body::kForm,   post_client_certificate},
    {kPost, "/clients/{id}/revoke",         Body::kForm,   post_client_revoke},

    {kGet,  "/companies",                   Body::kNone,   page_companies},
    {kGet,  "/companies/new",               Body::kNone,   page_company_new},
    {kPost, "/companies/new",               Body::kForm,   post_company_new},
    {kGet,  "/companies/{id}/guards",       Body::kNone,   page_company_guards},
    {kPost, "/companies/{id}/guards",       Body::kForm,   post_company_guards},

    {kGet,  "/proposals",                   Body::kNone,   page_proposals},
    {kGet,  "/proposals/{id}",              Body::kNone,   page_proposal},
    {kPost, "/proposals/{id}/approve",      Body::kForm,   post_proposal_approve},
    {kPost, "/proposals/{id}/refuse",       Body::kForm,   post_proposal_refuse},
    {kPost, "/proposals/{id}/cancel",       Body::kForm,   post_proposal_cancel},
    {kPost, "/proposals/{id}/execute",      Body::kForm,   post_proposal_execute},

    {kGet,  "/rights",                      Body::kNone,   page_rights},
    {kGet,  "/rules",                       Body::kNone,   page_rules},

    {kGet,  "/zones",                       Body::kNone,   page_zones},
    {kPost, "/zones",                       Body::kForm,   post_zones},

    {kGet,  "/hours",                       Body::kNone,   page_hours},
    {kPost, "/hours",                       Body::kForm,   post_hours},
    {kPost, "/hours/emergency",             Body::kForm,   post_emergency},

    {kGet,  "/settings",                    Body::kNone,   page_settings},
    {kPost, "/settings",                    Body::kForm,   post_settings},
};
// clang-format on

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace web
