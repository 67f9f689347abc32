// The companies of the group: the list, adding one, and the first who guard its rights.
#include "web/invitation.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"グループの会社", "Companies of the group"};
constexpr Say kLead{
    "会社ごとに、対象者・番号・鍵・利用者・権限・記録が分かれています。"
    "ほかの会社のものは、どの会社からも見えません。",
    "Each company has people, numbers, keys, accounts, rights and log entries of its own. Nobody "
    "sees those of another company."};
constexpr Say kName{"会社名", "Name of the company"};
constexpr Say kPeople{"対象者", "People"};
constexpr Say kAccounts{"利用者", "Accounts"};
constexpr Say kStatus{"状態", "Status"};
constexpr Say kAct{"操作", "Act"};
constexpr Say kRunsBox{"装置を運用する会社", "Runs the appliance"};
constexpr Say kOnItsOwn{"自社で運用中", "On its own"};
constexpr Say kFounding{"権限を守る人が{}人（2人必要）", "{} of the two who guard its rights"};
constexpr Say kNew{"会社を追加する", "Add a company"};
constexpr Say kNewText{
    "追加すると、その会社の責任者と権限管理者を1人ずつ招待できるようになります。"
    "2人が利用登録を終えると、その会社のことはその会社の人だけが決めます。",
    "Then you can invite its responsible person and its rights manager. Once both have enrolled, "
    "only its own people decide on its matters."};
constexpr Say kTwo{"責任者か権限管理者のうち、あなた以外の人が承認すると、実行できます。",
                   "It can be carried out when another responsible person or rights manager has "
                   "approved it."};
constexpr Say kSend{"追加を申請する", "Propose to add it"};
constexpr Say kGuard{"最初の人を招待する", "Invite its first people"};
constexpr Say kGuardText{
    "{}の責任者か権限管理者を招待します。この人は{}の人で、この会社（装置を運用する会社）の"
    "対象者や番号は見られません。",
    "This invites a responsible person or a rights manager of {}. The account is of {}, and sees "
    "neither people nor numbers of this company, which runs the appliance."};
constexpr Say kInvite{"招待を申請する", "Propose the invitation"};

using Reply = ipc::ListCompanies::Reply;

bool proposes(const View& view) {
  return view.is_any(base::Role::kResponsible, base::Role::kRightsManager);
}

Url guards_url(base::TenantId company) {
  return Url("/companies").segment(base::to_text(company)).segment("guards");
}

bool is_firm(const ipc::CompanyRow& company) { return company.id == base::kFirm; }
bool is_on_its_own(const ipc::CompanyRow& company) { return company.guards >= 2; }

Html status_cell(const View& view, const ipc::CompanyRow& company) {
  if (is_firm(company)) return el("span", {{"class", "tag"}}, view.t(kRunsBox));
  if (is_on_its_own(company)) {
    return el("span", {{"class", "tag tag-complete"}}, view.t(kOnItsOwn));
  }
  return el("span", {{"class", "tag tag-requested"}},
            fill_in(view.language, kFounding, {std::to_string(company.guards)}));
}

Html act_cell(const View& view, const ipc::CompanyRow& company) {
  if (is_firm(company) || is_on_its_own(company) || !proposes(view)) return {};
  return link(guards_url(company.id), view.t(kGuard));
}

Html list(const View& view, const Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::CompanyRow& company : reply.rows) {
    rows.push_back(row(company.name, grouped(company.people), grouped(company.accounts),
                       status_cell(view, company), act_cell(view, company)));
  }
  return table(view.t(kTitle),
               {view.t(kName), view.t(kPeople), view.t(kAccounts), view.t(kStatus), view.t(kAct)},
               rows);
}

Response new_page(const View& view, const Request& request, const Form& form,
                  const Problems& problems, Status status) {
  const Html fields = all(el("p", view.t(kNewText)),
                          input(view, problems,
                                {.name = "company_name",
                                 .label = view.t(kName),
                                 .value = form.get("company_name"),
                                 .autocomplete = "organization",
                                 .maxlength = 42}),
                          revises_field(request), el("p", view.t(kTwo)), button(view.t(kSend)));
  const Html main =
      all(heading(view.t(kNew)), problems.summary({"company_name"}),
          el("div", {{"class", "card"}}, post_form(view, Url("/companies/new"), fields)));
  return show(view, {.title = kNew, .here = Url("/companies/new"), .nav = Nav::kAccounts}, main,
              status);
}

// Of the firm's list: another company's people see none of it.
base::Result<ipc::CompanyRow> founded(Context& context, const Request& request) {
  const auto reply = TRY(context.core.call(ipc::ListCompanies{.token = request.token()}));
  for (const ipc::CompanyRow& company : reply.rows) {
    if (company.id == request.id<base::TenantId>() && !is_firm(company)) return company;
  }
  return base::fail(base::Code::kNotFound, "company");
}

std::vector<Option> guard_options(const View& view, std::string_view chosen) {
  std::vector<Option> out;
  for (const base::Role role : {base::Role::kResponsible, base::Role::kRightsManager}) {
    out.push_back({base::name(role), view.t(say(role)), chosen == base::name(role)});
  }
  return out;
}

Response guard_page(const View& view, const Request& request, const ipc::CompanyRow& company,
                    const Form& form, const Problems& problems, Status status) {
  const Html fields =
      all(el("p", fill_in(view.language, kGuardText, {company.name.view(), company.name.view()})),
          invitation_fields(
              view, problems, form,
              {.roles = guard_options(view, form.get("role")), .role_hint = {}, .between = {}}),
          revises_field(request), el("p", view.t(kTwo)), button(view.t(kInvite)));
  const Url url = guards_url(company.id);
  const Html main =
      all(heading(view.t(kGuard)), problems.summary({"login", "name", "role", "mail"}),
          el("div", {{"class", "card"}}, post_form(view, url, fields)));
  return show(view, {.title = kGuard, .here = url, .nav = Nav::kAccounts}, main, status);
}

base::Result<base::ProposalId> add(Context& context, const Request& request) {
  ipc::AddCompany message;
  message.auth = request.auth();
  message.name = TRY(request.form.text<ipc::Name::kMax>("company_name"));
  message.revises = TRY(revised(request));
  return TRY(context.core.call(message)).proposal;
}

base::Result<base::ProposalId> invite(Context& context, const Request& request) {
  auto message = TRY(invitation_of(request));
  message.company = request.id<base::TenantId>();
  return TRY(context.core.call(message)).proposal;
}

}  // namespace

Response page_companies(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::ListCompanies{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  Html acts;
  if (proposes(*view)) {
    acts = el("div", {{"class", "acts"}}, button_link(Url("/companies/new"), view->t(kNew)));
  }
  const Html main =
      all(heading(view->t(kTitle)), el("p", view->t(kLead)), acts, list(*view, *reply));
  return show(*view, {.title = kTitle, .here = Url("/companies"), .nav = Nav::kAccounts}, main);
}

Response page_company_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return new_page(*view, request, request.query, Problems(view->language), Status::kOk);
}

Response post_company_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto result = add(context, request);
  if (result) return to_proposal(*result, "made");
  if (is_about_session(result.error())) return refuse(context, result.error());
  Problems problems(view->language);
  problems.add(result.error());
  return new_page(*view, request, request.form, problems, form_status_of(result.error()));
}

Response page_company_guards(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto company = founded(context, request);
  if (!company) return refuse(context, company.error());
  return guard_page(*view, request, *company, request.query, Problems(view->language), Status::kOk);
}

Response post_company_guards(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto result = invite(context, request);
  if (result) return to_proposal(*result, "made");
  if (is_about_session(result.error())) return refuse(context, result.error());
  const auto company = founded(context, request);
  if (!company) return refuse(context, result.error());
  Problems problems(view->language);
  problems.add(result.error());
  return guard_page(*view, request, *company, request.form, problems,
                    form_status_of(result.error()));
}

}  // namespace web
