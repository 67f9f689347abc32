// Sign-in, sign-out and the language switch.
#include "web/base64url.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"サインイン", "Sign in"};
constexpr Say kButton{"サインインする", "Sign in"};
constexpr Say kCodeHint{"認証アプリに表示される6桁の数字です。",
                        "The 6 digits that your authenticator app shows."};
constexpr Say kPasskey{"パスキーでサインインする", "Sign in with a passkey"};
constexpr Say kLost{"認証アプリが使えないときは、回復コードを入力してください。",
                    "If you cannot use the app, enter a recovery code."};
constexpr Say kByMail{"メールでコードを受け取る", "Get a code by mail"};
constexpr Say kForgotten{"パスワードを忘れたとき", "I have forgotten my password"};
constexpr Say kReset{"パスワードを変更しました。新しいパスワードでサインインしてください。",
                     "The password was changed. Sign in with the new one."};
constexpr Say kEnrol{"はじめて使う方は、渡された登録キーで利用登録をしてください。",
                     "If this is your first time, enrol with the key that you were given."};
constexpr Say kEnrolLink{"利用登録へ", "Enrol"};
constexpr Say kAgain{
    "サインインの有効時間が過ぎたか、まだサインインしていません。サインインしてください。",
    "You are not signed in, or not any more. Please sign in."};
constexpr Say kEnrolled{
    "利用登録が終わりました。新しいパスワードと認証コードでサインインしてください。",
    "You are enrolled. Sign in with your new password and a code."};
constexpr Say kSignedOut{"サインアウトしました。", "You have signed out."};

Response sign_in_page(Context& context, const Html& notices, const Problems& problems,
                      std::string_view login, Status status) {
  const View view = public_view(context);
  const auto facts = context.core.call(ipc::GetPublicFacts{});
  Html firm;
  Html closed;
  if (facts && !facts->firm.empty()) firm = el("p", {{"class", "lead"}}, facts->firm);
  if (facts && facts->state != base::State::kOperational) {
    constexpr Say kState{
        "装置は現在「{}」のため、サインインできません。保安担当者に知らせてください。",
        "The appliance is now: {}. Nobody can sign in. Tell the security staff."};
    closed = warning(view, fill_in(view.language, kState, {view.t(say(facts->state))}));
  }
  if (facts && facts->needs_certificate) {
    closed = all(closed,
                 warning(view, explain(view.language, {base::Code::kDenied, "desk_certificate"})));
  }
  const Html fields = all(input(view, problems,
                                {.name = "login",
                                 .label = field_label(view.language, "login"),
                                 .value = login,
                                 .autocomplete = "username",
                                 .maxlength = ipc::LoginName::kMax}),
                          input(view, problems,
                                {.name = "password",
                                 .label = field_label(view.language, "password"),
                                 .type = "password",
                                 .autocomplete = "current-password",
                                 .maxlength = ipc::Password::kMax}),
                          input(view, problems,
                                {.name = "code",
                                 .label = field_label(view.language, "code"),
                                 .hint = view.t(kCodeHint),
                                 .autocomplete = "one-time-code",
                                 .inputmode = "numeric",
                                 .width = "short",
                                 .maxlength = ipc::OneTimeCode::kMax}),
                          button(view.t(kButton)));
  const Html main =
      all(heading(view.t(kTitle)), firm, closed, notices,
          problems.summary({"login", "password", "code"}),
          el("div", {{"class", "card narrow"}}, post_form(view, Url("/sign-in"), fields)),
          el("p", button_link(Url("/sign-in/passkey"), view.t(kPasskey))), el("p", view.t(kLost)),
          el("p", link(Url("/sign-in/mail"), view.t(kByMail)), " — ",
             link(Url("/reminder"), view.t(kForgotten))),
          el("p", view.t(kEnrol), " ", link(Url("/enrolment"), view.t(kEnrolLink))));
  return show(view, {.title = kTitle, .here = Url("/sign-in")}, main, status);
}

base::Result<ipc::SignIn> sign_in_of(const Request& request) {
  ipc::SignIn out;
  out.login = TRY(request.form.text<ipc::LoginName::kMax>("login"));
  out.password = TRY(request.form.secret<ipc::Password::kMax>("password"));
  out.code = TRY(request.form.secret<ipc::OneTimeCode::kMax>("code"));
  out.device_token = copy_of(request.device_token);
  out.device = request.device;
  out.ends = request.token();
  if (out.login.empty()) return base::fail(base::Code::kMissing, "login");
  if (out.password.empty()) return base::fail(base::Code::kMissing, "password");
  if (out.code.empty()) return base::fail(base::Code::kMissing, "code");
  return out;
}

// What a browser may be sent back to: a path of ours, nothing of another site.
bool is_way_back(std::string_view path) {
  if (path.empty() || path.size() > 512 || path[0] != '/' || path.starts_with("//")) return false;
  for (const char c : path) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("/-_.~?=&%").find(c) != std::string_view::npos;
    if (!fits) return false;
  }
  return true;
}

}  // namespace

Response signed_in_as(const ipc::SignedIn& reply) {
  Response out = go(Url("/"));
  out.set_session(reply.token);
  if (!reply.device_token.empty()) out.set_device(reply.device_token);
  return out;
}

Response page_sign_in(Context& context, const Request& request) {
  const View view = public_view(context);
  Html notices = done_notice(
      view, request, {{"enrolled", kEnrolled}, {"signed-out", kSignedOut}, {"reset", kReset}});
  if (request.query.get("again") == "session") notices = notice(view.t(kAgain));
  return sign_in_page(context, notices, Problems(view.language), "", Status::kOk);
}

Response post_sign_in(Context& context, const Request& request) {
  Problems problems(context.language);
  const std::string_view login = request.form.get("login");
  const auto message = sign_in_of(request);
  if (!message) {
    problems.add(message.error());
    return sign_in_page(context, {}, problems, login, Status::kUnprocessable);
  }
  const auto reply = context.core.call(*message);
  if (!reply) {
    const bool fields = reply.error().field.view() != "session";
    problems.add(fields ? reply.error().field.view() : "", reply.error());
    return sign_in_page(context, {}, problems, login, status_of(reply.error()));
  }
  return signed_in_as(*reply);
}

Response post_sign_out(Context& context, const Request& request) {
  ipc::SignOut message;
  message.auth = request.auth();
  // A session that had ended already is signed out as well; any other refusal is told.
  const auto reply = context.core.call(message);
  if (!reply && !is_about_session(reply.error())) return refuse(context, reply.error());
  Response out = go(Url("/sign-in").with("done", "signed-out"));
  out.clear_session();
  return out;
}

Response post_language(Context& /*context*/, const Request& request) {
  const std::string_view back = request.form.get("back");
  Response out = Response::see_other(is_way_back(back) ? std::string(back) : "/");
  const auto language = language_from_name(request.form.get("language"));
  out.set_language(language.value_or(Language::kJa));
  return out;
}

}  // namespace web
