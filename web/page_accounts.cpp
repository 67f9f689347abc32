// Accounts: the list, inviting (the enrolment key is shown once, printable), disabling.
#include "base/secret_access.h"
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
constexpr Say kDisableSure{"{}さんの利用を停止します。サインイン中の場合もすぐに終わります。",
                           "This disables {}. If signed in, the session ends at once."};
constexpr Say kDisableButton{"利用を停止する", "Disable the account"};
constexpr Say kDisabledNow{"利用を停止しました。", "The account was disabled."};
constexpr Say kNone{"利用者がいません。", "There are no accounts."};
constexpr Say kLoginHint{"半角の英数字・ハイフン・ピリオドなど。あとで変えられません。",
                         "Letters, digits, hyphens, dots. It cannot be changed later."};
constexpr Say kRoleHint{"事務取扱担当者か監査人です。責任者はコンソールで登録します。",
                        "Handler or auditor. Responsible persons are made at the console."};
constexpr Say kSend{"招待して登録キーを作る", "Invite and make the key"};
constexpr Say kInvited{"登録キーを作りました", "The enrolment key"};
constexpr Say kOnce{
    "登録キーはこの画面でだけ表示されます。印刷して、本人に手渡してください。",
    "The key is shown on this page only, once. Print it and hand it over in person."};
constexpr Say kKey{"登録キー", "Enrolment key"};
constexpr Say kUntil{"期限", "Until"};
constexpr Say kHow{"サインイン画面の「利用登録へ」を開き、登録キーを入力してください。",
                   "Open “Enrol” on the sign-in page and enter the key."};
constexpr Say kBack{"利用者の一覧へ", "To the list of accounts"};

Html status_of_account(const View& view, const ipc::AccountRow& account) {
  if (account.disabled) return el("span", {{"class", "tag"}}, view.t(kDisabled));
  if (!account.enrolled) return el("span", {{"class", "tag tag-requested"}}, view.t(kWaiting));
  return el("span", {{"class", "tag tag-complete"}}, view.t(kActive));
}

Html disable_form(const View& view, const ipc::AccountRow& account) {
  if (account.disabled || !view.is(base::Role::kResponsible)) return {};
  const Url url = Url("/accounts").segment(base::to_text(account.id)).segment("disable");
  return confirmation(view.t(kDisable), fill_in(view.language, kDisableSure, {account.name.view()}),
                      post_form(view, url, danger_button(view.t(kDisableButton))));
}

Html list(const View& view, const ipc::ListAccounts::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(kNone));
  std::vector<Html> rows;
  for (const ipc::AccountRow& account : reply.rows) {
    const std::string last = account.last_sign_in.ms == 0
                                 ? std::string(view.t(kNever))
                                 : say_time(view.language, account.last_sign_in);
    rows.push_back(row(account.login, account.name, Html(view.t(say(account.role))),
                       status_of_account(view, account), last, disable_form(view, account)));
  }
  return table(
      view.t(kTitle),
      {view.t(kLogin), view.t(kName), view.t(kRole), view.t(kStatus), view.t(kLast), view.t(kAct)},
      rows);
}

Response invite_page(const View& view, const Form& form, const Problems& problems, Status status) {
  const auto chosen = value_named<base::Role>(form.get("role"));
  const auto role = [&](base::Role value) {
    return Option{base::name(value), view.t(say(value)), chosen == value};
  };
  const Html fields = all(
      input(view, problems,
            {.name = "login",
             .label = view.t(kLogin),
             .hint = view.t(kLoginHint),
             .value = form.get("login"),
             .maxlength = ipc::LoginName::kMax}),
      input(view, problems,
            {.name = "name", .label = view.t(kName), .value = form.get("name"), .maxlength = 42}),
      radios(view, problems,
             {.name = "role",
              .label = view.t(kRole),
              .hint = view.t(kRoleHint),
              .options = {role(base::Role::kHandler), role(base::Role::kAuditor)}}),
      step_up_fields(view, problems, base::StepUpAct::kInvite), button(view.t(kSend)));
  const Html main =
      all(heading(view.t(kInvite)), problems.summary({"login", "name", "role", "password", "code"}),
          el("div", {{"class", "card"}}, post_form(view, Url("/accounts/new"), fields)));
  return show(view, {.title = kInvite, .here = Url("/accounts/new"), .nav = Nav::kAccounts}, main,
              status);
}

struct Invitation {
  ipc::StepUp step_up;
  ipc::InviteAccount invite;
};

base::Result<Invitation> invitation_of(const Request& request) {
  Invitation out;
  out.invite.auth = request.auth();
  out.invite.login = TRY(request.form.text<ipc::LoginName::kMax>("login"));
  out.invite.name = TRY(request.form.text<ipc::Name::kMax>("name"));
  if (out.invite.login.empty()) return base::fail(base::Code::kMissing, "login");
  if (out.invite.name.empty()) return base::fail(base::Code::kMissing, "name");
  const auto role = value_named<base::Role>(request.form.get("role"));
  if (!role) return base::fail(base::Code::kMissing, "role");
  out.invite.role = *role;
  out.step_up = TRY(step_up_of(request, base::StepUpAct::kInvite));
  return out;
}

base::Result<ipc::InviteAccount::Reply> invite(Context& context, Invitation& invitation) {
  invitation.invite.grant = TRY(context.core.call(invitation.step_up)).grant;
  return context.core.call(invitation.invite);
}

// In groups of four with hyphens; enrolment takes it with or without them.
Markup key_text(const base::Secret<32>& key) {
  const std::string_view text = base::as_text(key.read(base::secret_access()));
  Markup out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    if (at > 0) out += '-';
    out += text.substr(at, 4);
  }
  return out;
}

Response key_page(const View& view, const ipc::InviteAccount& message,
                  const ipc::InviteAccount::Reply& reply) {
  const Html sheet =
      el("article", {{"class", "letter"}}, el("h2", view.t(kInvited)),
         facts(all(fact(view.t(kName), message.name.view()),
                   fact(view.t(kLogin), message.login.view()),
                   fact(view.t(kRole), view.t(say(message.role))),
                   fact(view.t(kKey), el("code", {{"class", "secret"}},
                                         std::string_view(key_text(reply.enrolment_key)))),
                   fact(view.t(kUntil), say_time(view.language, reply.expires_at)))),
         el("p", view.t(kHow)));
  const Html main =
      all(el("div", {{"class", "screen-only"}}, heading(view.t(kInvited)),
             warning(view, view.t(kOnce)), print_button(view)),
          sheet, el("p", {{"class", "screen-only"}}, link(Url("/accounts"), view.t(kBack))));
  return show(view, {.title = kInvited, .here = Url("/accounts"), .nav = Nav::kAccounts}, main);
}

}  // namespace

Response page_accounts(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::ListAccounts{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  Html acts;
  if (view->is(base::Role::kResponsible)) {
    acts = el("div", {{"class", "acts"}}, button_link(Url("/accounts/new"), view->t(kInvite)));
  }
  const Html main =
      all(heading(view->t(kTitle)), done_notice(*view, request, {{"disabled", kDisabledNow}}), acts,
          list(*view, *reply));
  return show(*view, {.title = kTitle, .here = Url("/accounts"), .nav = Nav::kAccounts}, main);
}

Response page_account_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return invite_page(*view, request.query, Problems(view->language), Status::kOk);
}

Response post_account_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  Problems problems(view->language);
  auto invitation = invitation_of(request);
  if (!invitation) {
    problems.add(invitation.error());
    return invite_page(*view, request.form, problems, Status::kUnprocessable);
  }
  const auto reply = invite(context, *invitation);
  if (!reply && is_about_session(reply.error())) return refuse(context, reply.error());
  if (!reply) {
    problems.add(reply.error());
    return invite_page(*view, request.form, problems, web::status_of(reply.error()));
  }
  return key_page(*view, invitation->invite, *reply);
}

Response post_account_disable(Context& context, const Request& request) {
  ipc::DisableAccount message;
  message.auth = request.auth();
  message.account = request.id<base::AccountId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(Url("/accounts").with("done", "disabled"));
}

}  // namespace web
