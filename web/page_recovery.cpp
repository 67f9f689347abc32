// Before a sign-in that goes another way: a code by mail, a forgotten password. Each answer is the
// same whether or not there is such an account.
#include "web/base64url.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kCodeTitle{"メールでコードを受け取る", "A code by mail"};
constexpr Say kCodeText{
    "認証アプリの代わりに、登録したメールアドレスでサインイン用コードを受け取ります。このコードでは"
    "番号や権限の操作はできません。",
    "Instead of the app's code, one is sent to the address that you have set. Numbers and rights "
    "stay out of its reach."};
constexpr Say kCodeButton{"コードを送る", "Send a code"};
constexpr Say kCodeSent{
    "コードの受け取りを選んでいる場合は、メールを送りました。サインイン画面で、届いた8桁を「認証"
    "コード」の欄に入力してください。",
    "If you have chosen codes by mail, one is on its way. Enter its 8 digits as the authentication "
    "code when you sign in."};
constexpr Say kTitle{"パスワードを忘れたとき", "A forgotten password"};
constexpr Say kText{
    "登録したメールアドレスに再設定キーを送ります。再設定には、認証アプリか回復コードも必要です。",
    "A key is sent to the address that you have set. You will need the app or a recovery code "
    "too."};
constexpr Say kButton{"再設定キーを送る", "Send the key"};
constexpr Say kSent{
    "このログインIDにメールアドレスが登録されていれば、再設定キーを送りました。届かないときは、"
    "責任者に知らせてください。",
    "If there is an address for this login ID, a key is on its way. If nothing arrives, tell the "
    "responsible person."};
constexpr Say kToFinish{"再設定キーを入力する", "Enter the key"};
constexpr Say kKey{"再設定キー", "Key from the mail"};
constexpr Say kPasswordHint{"15文字以上。長い文が安全です。",
                            "At least 15 characters. A long sentence is safest."};
constexpr Say kFinish{"パスワードを変更する", "Change the password"};
constexpr Say kBack{"サインインへ", "To sign-in"};

Html login_field(const View& view, const Problems& problems, std::string_view login) {
  return input(view, problems,
               {.name = "login",
                .label = field_label(view.language, "login"),
                .value = login,
                .autocomplete = "username",
                .maxlength = ipc::LoginName::kMax});
}

Html password_field(const View& view, const Problems& problems, std::string_view name,
                    std::string_view hint, std::string_view autocomplete) {
  return input(view, problems,
               {.name = name,
                .label = field_label(view.language, name),
                .hint = hint,
                .type = "password",
                .autocomplete = autocomplete,
                .maxlength = ipc::Password::kMax});
}

Html to_sign_in(const View& view) { return el("p", link(Url("/sign-in"), view.t(kBack))); }

Response code_page(Context& context, const Problems& problems, std::string_view login,
                   Status status) {
  const View view = public_view(context);
  const Html fields = all(login_field(view, problems, login),
                          password_field(view, problems, "password", {}, "current-password"),
                          button(view.t(kCodeButton)));
  const Html main =
      all(heading(view.t(kCodeTitle)), problems.summary({"login", "password"}),
          el("p", view.t(kCodeText)),
          el("div", {{"class", "card narrow"}}, post_form(view, Url("/sign-in/mail"), fields)),
          to_sign_in(view));
  return show(view, {.title = kCodeTitle, .here = Url("/sign-in/mail")}, main, status);
}

Response reminder_page(Context& context, const Problems& problems, Status status) {
  const View view = public_view(context);
  const Html fields = all(login_field(view, problems, {}), button(view.t(kButton)));
  const Html main =
      all(heading(view.t(kTitle)), problems.summary({"login"}), el("p", view.t(kText)),
          el("div", {{"class", "card narrow"}}, post_form(view, Url("/reminder"), fields)),
          el("p", link(Url("/reminder/finish"), view.t(kToFinish))), to_sign_in(view));
  return show(view, {.title = kTitle, .here = Url("/reminder")}, main, status);
}

Response finish_page(Context& context, const Problems& problems, std::string_view login,
                     Status status) {
  const View view = public_view(context);
  const Html fields = all(
      login_field(view, problems, login),
      input(view, problems, {.name = "reset_key", .label = view.t(kKey), .maxlength = 64}),
      input(view, problems,
            {.name = "code",
             .label = field_label(view.language, "code"),
             .autocomplete = "one-time-code",
             .width = "short",
             .maxlength = ipc::OneTimeCode::kMax}),
      password_field(view, problems, "new-password", view.t(kPasswordHint), "new-password"),
      password_field(view, problems, "new-password2", {}, "new-password"), button(view.t(kFinish)));
  const Html main =
      all(heading(view.t(kTitle)),
          problems.summary({"login", "reset_key", "code", "new-password", "new-password2"}),
          el("div", {{"class", "card narrow"}}, post_form(view, Url("/reminder/finish"), fields)),
          to_sign_in(view));
  return show(view, {.title = kTitle, .here = Url("/reminder/finish")}, main, status);
}

Response said(Context& context, const Say& title, const Say& text, const Html& more) {
  const View view = public_view(context);
  return show(view, {.title = title, .here = Url("/sign-in")},
              all(heading(view.t(title)), notice(view.t(text)), more, to_sign_in(view)));
}

base::Result<ipc::LoginName> login_of(const Request& request) {
  auto login = TRY(request.form.text<ipc::LoginName::kMax>("login"));
  if (login.empty()) return base::fail(base::Code::kMissing, "login");
  return login;
}

base::Result<ipc::RequestMailCode> code_request(const Request& request) {
  ipc::RequestMailCode out;
  out.login = TRY(login_of(request));
  out.password = TRY(request.form.secret<ipc::Password::kMax>("password"));
  out.device_token = copy_of(request.device_token);
  if (out.password.empty()) return base::fail(base::Code::kMissing, "password");
  return out;
}

base::Result<ipc::ResetPassword> reset_of(const Request& request) {
  ipc::ResetPassword out;
  out.login = TRY(login_of(request));
  ipc::Buffer typed;
  for (const char c : request.form.get("reset_key")) {
    if (c != '-' && c != ' ') typed.push_back(static_cast<std::uint8_t>(c));
  }
  if (typed.empty()) return base::fail(base::Code::kMissing, "reset_key");
  out.key = TRY(base::Secret<32>::from(typed, "reset_key"));
  out.code = TRY(request.form.secret<ipc::OneTimeCode::kMax>("code"));
  out.password = TRY(request.form.secret<ipc::Password::kMax>("new-password"));
  const auto second = TRY(request.form.secret<ipc::Password::kMax>("new-password2"));
  if (out.code.empty()) return base::fail(base::Code::kMissing, "code");
  if (!out.password.equals(second)) return base::fail(base::Code::kMismatch, "new-password");
  return out;
}

}  // namespace

Response page_mail_code(Context& context, const Request& /*request*/) {
  return code_page(context, Problems(context.language), {}, Status::kOk);
}

Response post_mail_code(Context& context, const Request& request) {
  const auto message = code_request(request);
  const auto reply = message ? context.core.call(*message) : std::unexpected(message.error());
  if (reply) return said(context, kCodeTitle, kCodeSent, {});
  Problems problems(context.language);
  problems.add(reply.error());
  return code_page(context, problems, request.form.get("login"), form_status_of(reply.error()));
}

Response page_reminder(Context& context, const Request& /*request*/) {
  return reminder_page(context, Problems(context.language), Status::kOk);
}

Response post_reminder(Context& context, const Request& request) {
  ipc::RequestReminder message;
  auto login = login_of(request);
  if (login) message.login = std::move(*login);
  const auto reply = login ? context.core.call(message) : std::unexpected(login.error());
  if (!reply) {
    Problems problems(context.language);
    problems.add(reply.error());
    return reminder_page(context, problems, form_status_of(reply.error()));
  }
  const View view = public_view(context);
  return said(context, kTitle, kSent,
              el("p", button_link(Url("/reminder/finish"), view.t(kToFinish))));
}

Response page_reminder_finish(Context& context, const Request& /*request*/) {
  return finish_page(context, Problems(context.language), {}, Status::kOk);
}

Response post_reminder_finish(Context& context, const Request& request) {
  const auto message = reset_of(request);
  const auto reply = message ? context.core.call(*message) : std::unexpected(message.error());
  if (reply) return go(Url("/sign-in").with("done", "reset"));
  Problems problems(context.language);
  problems.add(reply.error());
  return finish_page(context, problems, request.form.get("login"), form_status_of(reply.error()));
}

}  // namespace web
