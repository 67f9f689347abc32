// Enrolment in two steps: the one-time key opens the TOTP secret; password and code end it.
#include <array>

#include "base/secret_access.h"
#include "web/pages.h"
#include "web/parts.h"
#include "web/qr.h"

namespace web {

namespace {

constexpr Say kTitle{"利用登録", "Enrolment"};
constexpr Say kKeyHint{"渡された紙にある登録キーです。ハイフンや空白はあってもなくても構いません。",
                       "The key on the sheet you were given; with or without hyphens and blanks."};
constexpr Say kNext{"次へ", "Next"};
constexpr Say kStep1{"手順1／2：登録キー", "Step 1 of 2: the enrolment key"};
constexpr Say kStep2{"手順2／2：認証アプリとパスワード",
                     "Step 2 of 2: authenticator app and password"};
constexpr Say kScan{
    "認証アプリでこの図を読み取るか、下の文字を手で入力してください（TOTP・6桁・30秒）。",
    "Scan this with your authenticator app, or type the text below (TOTP, 6 digits, "
    "30 seconds)."};
constexpr Say kQrLabel{"認証アプリに登録する QR コード", "QR code for the authenticator app"};
constexpr Say kSecret{"手で入力する文字", "Text to type"};
constexpr Say kPasswordHint{
    "15文字以上。長い文が安全です。記号や大文字の決まりはありません。",
    "At least 15 characters. A long sentence is safest; no rules on symbols."};
constexpr Say kCodeHint{"いま認証アプリに表示されている6桁の数字です。",
                        "The 6 digits that the app shows now."};
constexpr Say kFinish{"登録を終える", "Finish"};
constexpr Say kRole{"役割", "Role"};

// RFC 4648 section 6, without padding: what authenticator apps take.
Markup base32(base::ByteSpan bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  Markup out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = (buffer << 8U) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kAlphabet[(buffer >> bits) & 31U];
    }
    buffer &= (1U << bits) - 1;
  }
  if (bits > 0) out += kAlphabet[(buffer << (5 - bits)) & 31U];
  return out;
}

Markup in_groups_of_four(std::string_view text) {
  Markup out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    if (at > 0) out += ' ';
    out += text.substr(at, 4);
  }
  return out;
}

// The key URI that authenticator apps know: otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=...
Markup key_uri(const ipc::BeginEnrolment::Reply& reply, std::string_view secret) {
  Markup out = "otpauth://totp/Kagikura:";
  out += percent_encoded(reply.login.view());
  out += "?secret=";
  out += secret;
  out += "&issuer=Kagikura&algorithm=SHA1&digits=6&period=30";
  return out;
}

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

Html secret_box(const View& view, const ipc::BeginEnrolment::Reply& reply) {
  const Markup secret = base32(reply.totp_secret.read(base::secret_access()));
  return all(
      facts(all(fact(field_label(view.language, "login"), reply.login.view()),
                fact(field_label(view.language, "name"), reply.name.view()),
                fact(view.t(kRole), view.t(say(reply.role))))),
      el("p", view.t(kScan)),
      el("div", {{"class", "qr-box"}}, qr_svg(key_uri(reply, secret), view.t(kQrLabel))),
      el("p", view.t(kSecret), ": ", el("code", {{"class", "secret"}}, in_groups_of_four(secret))));
}

// The second step. The key is opened (once more): it stands until enrolment ends.
Response secret_page(Context& context, const Request& request, const Problems& problems,
                     Status status) {
  const View view = public_view(context);
  ipc::BeginEnrolment begin;
  auto key = key_of(request);
  Problems key_problems(view.language);
  if (key) begin.key = *std::move(key);
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
                        el("div", {{"class", "card narrow"}}, secret_box(view, *reply),
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
