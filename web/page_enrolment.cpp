// Enrolment in two steps: the one-time key opens the TOTP secret; password and code end it.
#include "web/pages.h"
#include "web/parts.h"
#include "web/secret_box.h"

namespace web {

namespace {

constexpr Say kTitle{"利用登録", "Enrolment"};
constexpr Say kKeyHint{"渡された紙にある登録キーです。ハイフンや空白はあってもなくても構いません。",
                       "The key on the sheet you were given; with or without hyphens and blanks."};
constexpr Say kNext{"次へ", "Next"};
constexpr Say kStep1{"手順1／2：登録キー", "Step 1 of 2: the enrolment key"};
constexpr Say kStep2{"手順2／2：認証アプリとパスワード",
                     "Step 2 of 2: authenticator app and password"};
constexpr Say kPasswordHint{
    "15文字以上。長い文が安全です。記号や大文字の決まりはありません。",
    "At least 15 characters. A long sentence is safest; no rules on symbols."};
constexpr Say kCodeHint{"いま認証アプリに表示されている6桁の数字です。",
                        "The 6 digits that the app shows now."};
constexpr Say kFinish{"登録を終える", "Finish"};
constexpr Say kRole{"役割", "Role"};

base::Result<base::Secret<32>> key_of(const Request& request) {
  ipc::Buffer typed;
  for (const char c : request.form.get("key")) {
    if (c != '-' && c != ' ') typed.push_back(static_cast<std::uint8_t>(c));
  }
  if (typed.empty()) return base::fail(base::Code::kMissing, "key");
  return base::Secret<32>::from(typed, "key");
}

Response key_page(Context& context, const Problems& problems, Status status) {
  const View view = public_view(context);
  const Html fields = all(input(view, problems,
                                {.name = "key",
                                 .label = field_label(view.language, "key"),
                                 .hint = view.t(kKeyHint),
                                 .maxlength = 64}),
                          button(view.t(kNext)));
  const Html main =
      all(heading(view.t(kTitle)), el("p", {{"class", "lead"}}, view.t(kStep1)),
          problems.summary({"key"}),
          el("div", {{"class", "card narrow"}}, post_form(view, Url("/enrolment/key"), fields)));
  return show(view, {.title = kTitle, .here = Url("/enrolment")}, main, status);
}

Html about(const View& view, const ipc::BeginEnrolment::Reply& reply) {
  return facts(all(fact(field_label(view.language, "login"), reply.login.view()),
                   fact(field_label(view.language, "name"), reply.name.view()),
                   fact(view.t(kRole), view.t(say(reply.role)))));
}

// The second step. The key is opened (once more): it stands until enrolment ends.
Response secret_page(Context& context, const Request& request, const Problems& problems,
                     Status status) {
  const View view = public_view(context);
  ipc::BeginEnrolment begin;
  auto key = key_of(request);
  Problems key_problems(view.language);
  if (key) begin.key = std::move(*key);
  const auto reply = key ? context.core.call(begin) : std::unexpected(key.error());
  if (!reply) {
    key_problems.add("key", reply.error());
    return key_page(context, key_problems, key ? status_of(reply.error()) : Status::kUnprocessable);
  }
  const Html fields = all(hidden("key", request.form.get("key")),
                          input(view, problems,
                                {.name = "password",
                                 .label = field_label(view.language, "password"),
                                 .hint = view.t(kPasswordHint),
                                 .type = "password",
                                 .autocomplete = "new-password",
                                 .maxlength = ipc::Password::kMax}),
                          input(view, problems,
                                {.name = "password2",
                                 .label = field_label(view.language, "password2"),
                                 .type = "password",
                                 .autocomplete = "new-password",
                                 .maxlength = ipc::Password::kMax}),
                          input(view, problems,
                                {.name = "code",
                                 .label = field_label(view.language, "code"),
                                 .hint = view.t(kCodeHint),
                                 .autocomplete = "one-time-code",
                                 .inputmode = "numeric",
                                 .width = "short",
                                 .maxlength = ipc::OneTimeCode::kMax}),
                          button(view.t(kFinish)));
  const Html main = all(heading(view.t(kTitle)), el("p", {{"class", "lead"}}, view.t(kStep2)),
                        problems.summary({"password", "password2", "code"}),
                        el("div", {{"class", "card narrow"}}, about(view, *reply),
                           secret_box(view, reply->login.view(), reply->totp_secret),
                           post_form(view, Url("/enrolment"), fields)));
  return show(view, {.title = kTitle, .here = Url("/enrolment")}, main, status);
}

base::Result<ipc::FinishEnrolment> finish_of(const Request& request) {
  ipc::FinishEnrolment out;
  out.key = TRY(key_of(request));
  out.password = TRY(request.form.secret<ipc::Password::kMax>("password"));
  out.code = TRY(request.form.secret<ipc::OneTimeCode::kMax>("code"));
  const auto again = TRY(request.form.secret<ipc::Password::kMax>("password2"));
  if (out.password.empty()) return base::fail(base::Code::kMissing, "password");
  if (!out.password.equals(again)) return base::fail(base::Code::kMismatch, "password");
  if (out.code.empty()) return base::fail(base::Code::kMissing, "code");
  return out;
}

}  // namespace

Response page_enrolment(Context& context, const Request& /*request*/) {
  return key_page(context, Problems(context.language), Status::kOk);
}

Response post_enrolment_key(Context& context, const Request& request) {
  return secret_page(context, request, Problems(context.language), Status::kOk);
}

Response post_enrolment(Context& context, const Request& request) {
  Problems problems(context.language);
  const auto message = finish_of(request);
  if (!message) {
    problems.add(message.error());
    return secret_page(context, request, problems, Status::kUnprocessable);
  }
  const auto reply = context.core.call(*message);
  if (!reply) {
    problems.add(reply.error());
    return secret_page(context, request, problems, status_of(reply.error()));
  }
  return go(Url("/sign-in").with("done", "enrolled"));
}

}  // namespace web
