// Passkeys: signing in with one, adding and removing one's own.
#include "web/base64url.h"
#include "web/pages.h"
#include "web/parts.h"
#include "web/passkeys.h"

namespace web {

namespace {

constexpr Say kSignInTitle{"パスキーでサインイン", "Sign in with a passkey"};
constexpr Say kSignInText{
    "この端末やセキュリティキーに登録したパスキーで、パスワードなしでサインインします。",
    "Signs in with a passkey on this device or on a security key, without a password."};
constexpr Say kSignInButton{"パスキーでサインインする", "Sign in with a passkey"};
constexpr Say kNoButton{"ボタンが表示されないときは、このブラウザではパスキーを使えません。",
                        "If there is no button here, this browser cannot use passkeys."};
constexpr Say kPasswordInstead{"パスワードと認証コードでサインインする",
                               "Sign in with password and code"};
constexpr Say kNotPossible{
    "この装置は名前でなくアドレスで呼ばれているため、パスキーは使えません。",
    "This appliance is known by an address, not by a name: passkeys do not work."};
constexpr Say kNewTitle{"パスキーの追加", "Add a passkey"};
constexpr Say kNewText{
    "端末の画面ロック（指紋・顔・PIN）か、PINを設定したセキュリティキーが必要です。"
    "ボタンを押すと、ブラウザが登録の確認をします。",
    "You need a device with a screen lock (fingerprint, face, PIN) or a security key with a PIN. "
    "The browser asks you after you press the button."};
constexpr Say kLabelHint{"見分けるための名前。例：会社のノートPC。",
                         "To tell it apart, for example: office laptop."};
constexpr Say kNewButton{"パスキーを追加する", "Add the passkey"};
constexpr Say kNeedsScript{"追加できないときは、このブラウザではパスキーを使えません。",
                           "If this does nothing, this browser cannot use passkeys."};
constexpr Say kFailed{"パスキーを登録できませんでした。もう一度試してください。",
                      "The passkey could not be made. Please try again."};
constexpr Say kRemoveTitle{"パスキーの削除", "Remove a passkey"};
constexpr Say kRemoveText{"「{}」を削除します。このパスキーではサインインできなくなります。",
                          "This removes “{}”. It can no longer be used to sign in."};
constexpr Say kRemoveButton{"パスキーを削除する", "Remove the passkey"};
constexpr Say kBack{"マイアカウントへ", "To my account"};

Response sign_in_page(Context& context, const Problems& problems, Status status) {
  const View view = public_view(context);
  const auto begun = context.core.call(ipc::BeginPasskeySignIn{});
  if (!begun) return refuse(view, begun.error());
  Html box = el("p", view.t(kNotPossible));
  if (begun->possible) {
    box = all(el("p", view.t(kSignInText)),
              post_form(view, Url("/sign-in/passkey"),
                        passkey_button(view, begun->challenge, view.t(kSignInButton))),
              el("p", {{"class", "hint"}}, view.t(kNoButton)));
  }
  const Html main = all(heading(view.t(kSignInTitle)), problems.summary({""}),
                        el("div", {{"class", "card narrow"}}, box),
                        el("p", button_link(Url("/sign-in"), view.t(kPasswordInstead))));
  return show(view, {.title = kSignInTitle, .here = Url("/sign-in/passkey")}, main, status);
}

// The account's id in eight bytes, which is how authenticators know whose passkey it is.
std::string handle_text(base::AccountId account) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(account.value >> (8 * (7 - i)));
  }
  return base64url(bytes);
}

// What the script passes on to the browser, and the fields for its answer.
Html creation(const View& view, const ipc::GetMyAccount::Reply& mine) {
  std::string known;
  for (const auto& passkey : mine.passkeys) {
    if (!known.empty()) known += ' ';
    known += base64url(passkey.credential.view());
  }
  return el("div",
            {{"class", "passkey"},
             {"data-passkey", "create"},
             {"data-challenge", base64url(view.session->challenge.view())},
             {"data-user", handle_text(mine.account)},
             {"data-name", mine.login.view()},
             {"data-display", view.session->name.view()},
             {"data-known", known}},
            el("p", {{"class", "error"}, {"role", "alert"}, {"hidden", true}}, view.t(kFailed)),
            hidden("pk-client", ""), hidden("pk-attestation", ""));
}

Response new_page(Context& context, const Request& request, const Problems& problems,
                  Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto mine = context.core.call(ipc::GetMyAccount{.token = request.token()});
  if (!mine) return refuse(context, mine.error());
  if (!mine->passkeys_possible) return refuse(*view, {base::Code::kState, "host"});
  // A passkey cannot vouch for the next one here: both would answer the same challenge.
  const Html fields =
      all(input(*view, problems,
                {.name = "label",
                 .label = field_label(view->language, "label"),
                 .hint = view->t(kLabelHint),
                 .value = request.form.get("label"),
                 .maxlength = 64}),
          step_up_fields(*view, problems, base::StepUpAct::kAddPasskey, Passkeys::kNotOffered),
          creation(*view, *mine), button(view->t(kNewButton)),
          el("p", {{"class", "hint"}}, view->t(kNeedsScript)));
  const Html main = all(
      heading(view->t(kNewTitle)), problems.summary({"label", "password", "code"}),
      el("p", view->t(kNewText)),
      el("div", {{"class", "card narrow"}}, post_form(*view, Url("/account/passkeys/new"), fields)),
      el("p", link(Url("/account"), view->t(kBack))));
  return show(*view, {.title = kNewTitle, .here = Url("/account/passkeys/new")}, main, status);
}

base::Result<> add(Context& context, const Request& request) {
  ipc::AddPasskey message;
  message.auth = request.auth();
  message.label = TRY(request.form.text<64>("label"));
  if (message.label.empty()) return base::fail(base::Code::kMissing, "label");
  const auto bytes = [&](std::string_view name) {
    return from_base64url(request.form.get(name), "passkey");
  };
  message.client_data = TRY(ipc::Bytes<2048>::adopt(TRY(bytes("pk-client"))));
  message.attestation = TRY(ipc::Bytes<4096>::adopt(TRY(bytes("pk-attestation"))));
  if (message.attestation.empty()) return base::fail(base::Code::kDenied, "passkey");
  const auto step_up = TRY(step_up_of(request, base::StepUpAct::kAddPasskey));
  message.grant = TRY(context.core.call(step_up)).grant;
  TRY(context.core.call(message));
  return {};
}

Response remove_page(Context& context, const Request& request, const Problems& problems,
                     Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto mine = context.core.call(ipc::GetMyAccount{.token = request.token()});
  if (!mine) return refuse(context, mine.error());
  const auto id = request.id<ipc::PasskeyId>();
  const ipc::PasskeyRow* found = nullptr;
  for (const auto& passkey : mine->passkeys) found = passkey.id == id ? &passkey : found;
  if (found == nullptr) return refuse(*view, {base::Code::kNotFound, "passkey"});
  const Url url = Url("/account/passkeys").segment(base::to_text(id)).segment("remove");
  const Html fields = all(step_up_fields(*view, problems, base::StepUpAct::kRemovePasskey),
                          danger_button(view->t(kRemoveButton)));
  const Html main = all(heading(view->t(kRemoveTitle)), problems.summary({"password", "code"}),
                        el("p", fill_in(view->language, kRemoveText, {found->label.view()})),
                        el("div", {{"class", "card narrow"}}, post_form(*view, url, fields)),
                        el("p", link(Url("/account"), view->t(kBack))));
  return show(*view, {.title = kRemoveTitle, .here = url}, main, status);
}

base::Result<> remove(Context& context, const Request& request) {
  ipc::RemovePasskey message;
  message.auth = request.auth();
  message.passkey = request.id<ipc::PasskeyId>();
  auto step_up = TRY(step_up_of(request, base::StepUpAct::kRemovePasskey));
  step_up.passkey = message.passkey;
  message.grant = TRY(context.core.call(step_up)).grant;
  TRY(context.core.call(message));
  return {};
}

using Page = Response (*)(Context& context, const Request& request, const Problems& problems,
                          Status status);
Response again(Context& context, const Request& request, Page page, const base::Error& error) {
  if (is_about_session(error)) return refuse(context, error);
  Problems problems(context.language);
  problems.add(error);
  const bool typed = status_of(error) == Status::kBadRequest;
  return page(context, request, problems, typed ? Status::kUnprocessable : status_of(error));
}

}  // namespace

Response page_sign_in_passkey(Context& context, const Request& /*request*/) {
  return sign_in_page(context, Problems(context.language), Status::kOk);
}

Response post_sign_in_passkey(Context& context, const Request& request) {
  ipc::SignInWithPasskey message;
  auto assertion = assertion_of(request);
  base::Error error{base::Code::kDenied, "passkey"};
  if (assertion && *assertion) {
    message.assertion = **std::move(assertion);
    message.device_token = copy_of(request.device_token);
    message.device = request.device;
    message.ends = request.token();
    const auto reply = context.core.call(message);
    if (reply) return signed_in_as(*reply);
    error = reply.error();
  }
  Problems problems(context.language);
  problems.add("", error);
  return sign_in_page(context, problems, status_of(error));
}

Response page_passkey_new(Context& context, const Request& request) {
  return new_page(context, request, Problems(context.language), Status::kOk);
}

Response post_passkey_new(Context& context, const Request& request) {
  const auto done = add(context, request);
  if (!done) return again(context, request, &new_page, done.error());
  return go(Url("/account").with("done", "passkey"));
}

Response page_passkey_remove(Context& context, const Request& request) {
  return remove_page(context, request, Problems(context.language), Status::kOk);
}

Response post_passkey_remove(Context& context, const Request& request) {
  const auto done = remove(context, request);
  if (!done) return again(context, request, &remove_page, done.error());
  return go(Url("/account").with("done", "passkey-removed"));
}

}  // namespace web
