// My account: changing the password, moving the authenticator app, making recovery codes. Each page
// asks for a re-authentication that is for this one act.
#include "base/secret_access.h"
#include "web/pages.h"
#include "web/parts.h"
#include "web/secret_box.h"

namespace web {

namespace {

constexpr Say kPasswordTitle{"パスワードの変更", "Change the password"};
constexpr Say kPasswordHint{
    "15文字以上。長い文が安全です。記号や大文字の決まりはありません。",
    "At least 15 characters. A long sentence is safest; no rules on symbols."};
constexpr Say kPasswordButton{"パスワードを変更する", "Change the password"};
constexpr Say kAppTitle{"認証アプリの変更", "Move the authenticator app"};
constexpr Say kAppText{
    "新しい端末で読み取るための図を表示します。新しいコードを確かめるまで、今のアプリも使えます。",
    "This shows a new code to scan. The app that you have stays good until the new one has shown "
    "a code."};
constexpr Say kAppButton{"図を表示する", "Show the code to scan"};
constexpr Say kCodeHint{"新しい認証アプリに表示されている6桁の数字です。",
                        "The 6 digits that the new app shows now."};
constexpr Say kAppFinish{"新しい認証アプリに切り替える", "Use the new app from now on"};
constexpr Say kCodesTitle{"回復コード", "Recovery codes"};
constexpr Say kCodesText{
    "認証アプリを失ったとき、認証コードの代わりに1個ずつ使えます。前の回復コードは使えなくなります"
    "。",
    "When you lose the authenticator app, each of them stands in for a code once. Earlier recovery "
    "codes are good no more."};
constexpr Say kCodesButton{"回復コードを作る", "Make recovery codes"};
constexpr Say kOnce{
    "この画面でだけ表示されます。印刷して、ほかの人の手に渡らない場所に保管してください。",
    "They are shown on this page only, once. Print them and keep them where "
    "nobody else gets at them."};
constexpr Say kUseThem{
    "サインイン画面の「認証コード」の欄に入力します。1個は1回だけ使えます。",
    "Enter one where the sign-in page asks for the authentication code. Each is good once."};
constexpr Say kBack{"マイアカウントへ", "To my account"};

Html to_account(const View& view) {
  return el("p", {{"class", "screen-only"}}, link(Url("/account"), view.t(kBack)));
}

struct FormPage {
  Say title;
  Url url;
  std::string_view text;
  Html fields;
  Say button;
  base::StepUpAct act;
};

Response form_page(const View& view, const FormPage& page, const Problems& problems,
                   Status status) {
  const Html text = page.text.empty() ? Html() : el("p", page.text);
  const Html fields =
      all(page.fields, step_up_fields(view, problems, page.act), button(view.t(page.button)));
  const Html main = all(
      heading(view.t(page.title)),
      problems.summary({"new-password", "new-password2", "password", "code"}), text,
      el("div", {{"class", "card narrow"}}, post_form(view, page.url, fields)), to_account(view));
  return show(view, {.title = page.title, .here = page.url}, main, status);
}

Response password_page(const View& view, const Problems& problems, Status status) {
  Html fields = all(input(view, problems,
                          {.name = "new-password",
                           .label = field_label(view.language, "new-password"),
                           .hint = view.t(kPasswordHint),
                           .type = "password",
                           .autocomplete = "new-password",
                           .maxlength = ipc::Password::kMax}),
                    input(view, problems,
                          {.name = "new-password2",
                           .label = field_label(view.language, "new-password2"),
                           .type = "password",
                           .autocomplete = "new-password",
                           .maxlength = ipc::Password::kMax}));
  return form_page(view,
                   {kPasswordTitle,
                    Url("/account/password"),
                    {},
                    std::move(fields),
                    kPasswordButton,
                    base::StepUpAct::kChangePassword},
                   problems, status);
}

Response authenticator_page(const View& view, const Problems& problems, Status status) {
  return form_page(view,
                   {kAppTitle,
                    Url("/account/authenticator"),
                    view.t(kAppText),
                    {},
                    kAppButton,
                    base::StepUpAct::kReplaceAuthenticator},
                   problems, status);
}

Response codes_page(const View& view, const Problems& problems, Status status) {
  return form_page(view,
                   {kCodesTitle,
                    Url("/account/recovery"),
                    view.t(kCodesText),
                    {},
                    kCodesButton,
                    base::StepUpAct::kMakeRecoveryCodes},
                   problems, status);
}

// `page` again, with what was wrong; a session that is over leads to the sign-in page.
using Page = Response (*)(const View& view, const Problems& problems, Status status);
Response again(Context& context, Page page, const base::Error& error) {
  if (is_about_session(error)) return refuse(context, error);
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  Problems problems(view->language);
  problems.add(error);
  const bool typed = status_of(error) == Status::kBadRequest;
  return page(*view, problems, typed ? Status::kUnprocessable : status_of(error));
}

Response first_page(Context& context, Page page) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return page(*view, Problems(view->language), Status::kOk);
}

base::Result<> change_password(Context& context, const Request& request) {
  ipc::ChangePassword message;
  message.auth = request.auth();
  message.password = TRY(request.form.secret<ipc::Password::kMax>("new-password"));
  const auto second = TRY(request.form.secret<ipc::Password::kMax>("new-password2"));
  if (message.password.empty()) return base::fail(base::Code::kMissing, "new-password");
  if (!message.password.equals(second)) {
    return base::fail(base::Code::kMismatch, "new-password");
  }
  const auto step_up = TRY(step_up_of(request, base::StepUpAct::kChangePassword));
  message.grant = TRY(context.core.call(step_up)).grant;
  TRY(context.core.call(message));
  return {};
}

base::Result<ipc::BeginAuthenticator::Reply> begin(Context& context, const Request& request) {
  const auto step_up = TRY(step_up_of(request, base::StepUpAct::kReplaceAuthenticator));
  ipc::BeginAuthenticator message;
  message.auth = request.auth();
  message.grant = TRY(context.core.call(step_up)).grant;
  return context.core.call(message);
}

base::Result<ipc::MakeRecoveryCodes::Reply> make_codes(Context& context, const Request& request) {
  const auto step_up = TRY(step_up_of(request, base::StepUpAct::kMakeRecoveryCodes));
  ipc::MakeRecoveryCodes message;
  message.auth = request.auth();
  message.grant = TRY(context.core.call(step_up)).grant;
  return context.core.call(message);
}

// ABCD-EFGH-JKLM; sign-in takes it with or without hyphens.
Markup code_text(const ipc::Secret<16>& code) {
  const std::string_view text = base::as_text(code.read(base::secret_access()));
  Markup out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    if (at > 0) out += '-';
    out += text.substr(at, 4);
  }
  return out;
}

Html code_field(const View& view) {
  return input(view, Problems(view.language),
               {.name = "code",
                .label = field_label(view.language, "code"),
                .hint = view.t(kCodeHint),
                .autocomplete = "one-time-code",
                .inputmode = "numeric",
                .width = "short",
                .maxlength = ipc::OneTimeCode::kMax});
}

}  // namespace

Response page_my_password(Context& context, const Request& /*request*/) {
  return first_page(context, &password_page);
}

Response post_my_password(Context& context, const Request& request) {
  const auto done = change_password(context, request);
  if (!done) return again(context, &password_page, done.error());
  return go(Url("/account").with("done", "password"));
}

Response page_my_authenticator(Context& context, const Request& /*request*/) {
  return first_page(context, &authenticator_page);
}

Response post_my_authenticator(Context& context, const Request& request) {
  const auto begun = begin(context, request);
  if (!begun) return again(context, &authenticator_page, begun.error());
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const Html main = all(heading(view->t(kAppTitle)),
                        el("div", {{"class", "card narrow"}},
                           secret_box(*view, begun->login.view(), begun->totp_secret),
                           post_form(*view, Url("/account/authenticator/finish"),
                                     all(code_field(*view), button(view->t(kAppFinish))))),
                        to_account(*view));
  return show(*view, {.title = kAppTitle, .here = Url("/account/authenticator")}, main);
}

Response post_my_authenticator_finish(Context& context, const Request& request) {
  ipc::FinishAuthenticator message;
  message.auth = request.auth();
  auto code = request.form.secret<ipc::OneTimeCode::kMax>("code");
  if (!code) return again(context, &authenticator_page, code.error());
  message.code = *std::move(code);
  // The secret was shown once: after a wrong code the page begins anew.
  const auto reply = context.core.call(message);
  if (!reply) return again(context, &authenticator_page, reply.error());
  return go(Url("/account").with("done", "authenticator"));
}

Response page_my_recovery(Context& context, const Request& /*request*/) {
  return first_page(context, &codes_page);
}

Response post_my_recovery(Context& context, const Request& request) {
  const auto made = make_codes(context, request);
  if (!made) return again(context, &codes_page, made.error());
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  std::vector<Html> codes;
  for (const auto& code : made->codes) {
    codes.push_back(el("li", el("code", {{"class", "secret"}}, std::string_view(code_text(code)))));
  }
  const Html main = all(el("div", {{"class", "screen-only"}}, heading(view->t(kCodesTitle)),
                           warning(*view, view->t(kOnce)), print_button(*view)),
                        el("article", {{"class", "letter"}}, el("h2", view->t(kCodesTitle)),
                           el("ol", {{"class", "codes"}}, codes), el("p", view->t(kUseThem))),
                        to_account(*view));
  return show(*view, {.title = kCodesTitle, .here = Url("/account/recovery")}, main);
}

}  // namespace web
