// Accounts: the list; inviting, another role and disabling, which others have to approve.
#include "web/designation.h"
#include "web/invitation.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"利用者", "Accounts"};
constexpr Say kInvite{"利用者を招待する", "Invite an account"};
constexpr Say kLogin{"ログインID", "Login ID"};
constexpr Say kName{"氏名", "Name"};
constexpr Say kRole{"役割", "Role"};
constexpr Say kStatus{"状態", "Status"};
constexpr Say kLast{"最後のサインイン", "Last sign-in"};
constexpr Say kAct{"操作", "Act"};
constexpr Say kWaiting{"利用登録待ち", "Not enrolled yet"};
constexpr Say kActive{"利用中", "Active"};
constexpr Say kDisabled{"停止", "Disabled"};
constexpr Say kNever{"まだありません", "never"};
constexpr Say kDisable{"停止する", "Disable"};
constexpr Say kDisableSure{
    "{}さんの利用を停止します。サインイン中の場合もすぐに終わります。"
    "責任者と権限管理者の停止には、ほかの人の承認が必要です。",
    "This disables {}. If signed in, the session ends at once. For responsible persons and rights "
    "managers it takes somebody else's approval."};
constexpr Say kDisableButton{"利用を停止する", "Disable the account"};
constexpr Say kDisabledNow{"利用を停止しました。", "The account was disabled."};
constexpr Say kNone{"利用者がいません。", "There are no accounts."};
constexpr Say kRoleHint{"1つの利用者に役割は1つです。兼ねられない役割の組があります。",
                        "One role an account. Some roles cannot be held by one person."};
constexpr Say kSame{"同じ人の利用者", "Account of the same person"};
constexpr Say kSameHint{"この人がすでに利用者を持つときに選びます。承認は人の数で数えます。",
                        "If this person has an account already. Approvals count people."};
constexpr Say kNew{"ありません（新しい人）", "None (a new person)"};
constexpr Say kTwo{"責任者か権限管理者のうち、あなた以外の人が承認すると、実行できます。",
                   "It can be carried out when another responsible person or rights manager has "
                   "approved it."};
constexpr Say kSend{"招待を申請する", "Propose the invitation"};
constexpr Say kChangeRole{"役割を変える", "Change the role"};
constexpr Say kDesignation{"指定", "Designation"};
constexpr Say kDelegation{"代理", "Standing in"};
constexpr Say kScope{"指定（事務取扱担当者・閲覧のとき）", "Designation (of handlers and viewers)"};
constexpr Say kScopeText{
    "事務取扱担当者と閲覧は、ここで指定した範囲と期間の中だけで働けます。ほかの役割では使いません"
    "。",
    "Handlers and viewers work only within what is designated here. Other roles need none."};
constexpr Say kSystems{"ほかのシステム（API）", "Other systems (API)"};
constexpr Say kCompanies{"グループの会社", "Companies of the group"};
constexpr Say kSecond{"2つ目の利用者", "second account"};
bool decides_rights(const View& view) {
  return view.is_any(base::Role::kResponsible, base::Role::kRightsManager);
}

Html status_of_account(const View& view, const ipc::AccountRow& account) {
  if (account.disabled) return el("span", {{"class", "tag"}}, view.t(kDisabled));
  if (!account.enrolled) return el("span", {{"class", "tag tag-requested"}}, view.t(kWaiting));
  return el("span", {{"class", "tag tag-complete"}}, view.t(kActive));
}

Html disable_form(const View& view, const ipc::AccountRow& account) {
  if (account.disabled || !view.is_any(base::Role::kResponsible, base::Role::kRightsManager,
                                       base::Role::kSecurityOfficer)) {
    return {};
  }
  const Url url = Url("/accounts").segment(base::to_text(account.id)).segment("disable");
  return confirmation(view.t(kDisable), fill_in(view.language, kDisableSure, {account.name.view()}),
                      post_form(view, url, danger_button(view.t(kDisableButton))));
}

// A button a role: a list of accounts has many such forms, and labels of fields need ids of their
// own.
Html role_form(const View& view, const ipc::AccountRow& account) {
  if (account.disabled || !decides_rights(view)) return {};
  const Url url = Url("/accounts").segment(base::to_text(account.id)).segment("role");
  std::vector<Html> buttons;
  for (const Option& role : role_options(view, account.role)) {
    if (!role.chosen) buttons.push_back(choice_button(role.text, "role", role.value));
  }
  return confirmation(view.t(kChangeRole), view.t(kTwo),
                      post_form(view, url, el("div", {{"class", "acts"}}, buttons)));
}

Html name_of(const View& view, const ipc::AccountRow& account) {
  if (!account.second) return all(account.name);
  return all(account.name, " ", el("span", {{"class", "tag"}}, view.t(kSecond)));
}

bool is_designated_role(base::Role role) {
  return role == base::Role::kHandler || role == base::Role::kViewer;
}

// Who agrees on things, and may need somebody to stand in.
bool guards(base::Role role) {
  return role == base::Role::kResponsible || role == base::Role::kRightsManager ||
         role == base::Role::kSecurityOfficer;
}

// Of those who need a designation: how it stands, and the way to its page. Of those who agree on
// things: the way to who stands in.
Html designation_cell(const View& view, const ipc::AccountRow& account) {
  const Url url = Url("/accounts").segment(base::to_text(account.id));
  if (guards(account.role)) return link(Url(url).segment("delegation"), view.t(kDelegation));
  if (!is_designated_role(account.role)) return {};
  std::string text(view.t(say(account.designated)));
  if (account.designated == base::Designated::kNow) {
    text += " – " + say_day(view.language, account.designated_until);
  }
  return link(Url(url).segment("designation"), text);
}

Html list(const View& view, const ipc::ListAccounts::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(kNone));
  std::vector<Html> rows;
  for (const ipc::AccountRow& account : reply.rows) {
    const std::string last = account.last_sign_in.ms == 0
                                 ? std::string(view.t(kNever))
                                 : say_time(view.language, account.last_sign_in);
    rows.push_back(row(account.login, name_of(view, account), Html(view.t(say(account.role))),
                       designation_cell(view, account), status_of_account(view, account), last,
                       all(role_form(view, account), disable_form(view, account))));
  }
  return table(view.t(kTitle),
               {view.t(kLogin), view.t(kName), view.t(kRole), view.t(kDesignation), view.t(kStatus),
                view.t(kLast), view.t(kAct)},
               rows);
}

Html same_person(const View& view, const Problems& problems,
                 const std::vector<ipc::AccountRow>& accounts, std::string_view chosen) {
  std::vector<std::string> ids;
  std::vector<std::string> names;
  for (const ipc::AccountRow& account : accounts) {
    ids.push_back(base::to_text(account.id));
    names.push_back(account.name.str() + " (" + account.login.str() + ")");
  }
  std::vector<Option> options = {{"", view.t(kNew), chosen.empty()}};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    options.push_back({ids[i], names[i], chosen == ids[i]});
  }
  return select(view, problems,
                {.name = "same_person",
                 .label = view.t(kSame),
                 .hint = view.t(kSameHint),
                 .options = std::move(options),
                 .need = Need::kOptional});
}

Response invite_page(Context& context, const View& view, const Request& request, const Form& form,
                     const Problems& problems, Status status) {
  std::vector<ipc::AccountRow> accounts;
  if (auto reply = context.core.call(ipc::ListAccounts{.token = request.token()})) {
    accounts = std::move(reply->rows).release();
  }
  const Html fields =
      all(invitation_fields(
              view, problems, form,
              {.roles = role_options(view, value_named<base::Role>(form.get("role"))),
               .role_hint = view.t(kRoleHint),
               .between = same_person(view, problems, accounts, form.get("same_person"))}),
          el("section", el("h2", view.t(kScope)), el("p", view.t(kScopeText)),
             designation_fields(view, problems, fields_of(form), Need::kOptional)),
          revises_field(request), el("p", view.t(kTwo)), button(view.t(kSend)));
  const Html main =
      all(heading(view.t(kInvite)),
          problems.summary({"login", "name", "role", "same_person", "mail", "groups", "kinds",
                            "purposes", "trained", "first", "last"}),
          el("div", {{"class", "card"}}, post_form(view, Url("/accounts/new"), fields)));
  return show(view, {.title = kInvite, .here = Url("/accounts/new"), .nav = Nav::kAccounts}, main,
              status);
}

// With the other account of this person, and the designation of a role that needs one.
base::Result<ipc::InviteAccount> whole_invitation_of(const Request& request) {
  auto out = TRY(invitation_of(request));
  if (!request.form.get("same_person").empty()) {
    out.same_person = TRY(request.form.id<base::AccountId>("same_person"));
  }
  if (is_designated_role(out.role)) out.designation = TRY(designation_of(request.form));
  return out;
}

}  // namespace

Response page_accounts(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::ListAccounts{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  Html acts;
  if (decides_rights(*view)) {
    acts = el("div", {{"class", "acts"}}, button_link(Url("/accounts/new"), view->t(kInvite)));
  }
  acts = all(acts, el("p", link(Url("/clients"), view->t(kSystems))));
  if (view->runs_box()) acts = all(acts, el("p", link(Url("/companies"), view->t(kCompanies))));
  const Html main =
      all(heading(view->t(kTitle)), done_notice(*view, request, {{"disabled", kDisabledNow}}), acts,
          list(*view, *reply));
  return show(*view, {.title = kTitle, .here = Url("/accounts"), .nav = Nav::kAccounts}, main);
}

Response page_account_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return invite_page(context, *view, request, request.query, Problems(view->language), Status::kOk);
}

Response post_account_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  Problems problems(view->language);
  const auto invitation = whole_invitation_of(request);
  if (!invitation) {
    problems.add(invitation.error());
    return invite_page(context, *view, request, request.form, problems, Status::kUnprocessable);
  }
  const auto reply = context.core.call(*invitation);
  if (reply) return to_proposal(reply->proposal, "made");
  if (is_about_session(reply.error())) return refuse(context, reply.error());
  problems.add(reply.error());
  return invite_page(context, *view, request, request.form, problems,
                     web::status_of(reply.error()));
}

Response post_account_disable(Context& context, const Request& request) {
  ipc::DisableAccount message;
  message.auth = request.auth();
  message.account = request.id<base::AccountId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  if (reply->proposal.valid()) return to_proposal(reply->proposal, "made");
  return go(Url("/accounts").with("done", "disabled"));
}

Response post_account_role(Context& context, const Request& request) {
  const auto role = value_named<base::Role>(request.form.get("role"));
  if (!role) return refuse(context, {base::Code::kMissing, "role"});
  ipc::ChangeRole message;
  message.auth = request.auth();
  message.account = request.id<base::AccountId>();
  message.role = *role;
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return to_proposal(reply->proposal, "made");
}

}  // namespace web
