// My account: the address that notices go to. A code that arrives there shows that it is the
// owner's.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"メールアドレス", "E-mail address"};
constexpr Say kText{
    "新しい端末からのサインインなどをお知らせします。登録すると、確認コードを送ります。",
    "You will hear of sign-ins with new devices and the like. A code is sent to the new address "
    "first."};
constexpr Say kNone{"この装置にはメールの中継サーバーが設定されていません。",
                    "This appliance has no mail relay."};
constexpr Say kAddress{"メールアドレス", "E-mail address"};
constexpr Say kHint{"空にすると、登録を削除します。", "Empty: no address any more."};
constexpr Say kUse{"使いみち", "Use"};
constexpr Say kCodes{
    "認証アプリが使えないとき、サインイン用コードをここに送る（番号や権限の操作はできません）",
    "Send codes for signing in here when I have no app (numbers and rights stay out of reach)"};
constexpr Say kButton{"登録する", "Set the address"};
constexpr Say kSent{"確認コードを送りました。届いた8桁の数字を10分以内に入力してください。",
                    "A code was sent. Enter the 8 digits within 10 minutes."};
constexpr Say kCode{"確認コード", "Code from the mail"};
constexpr Say kFinish{"アドレスを確認する", "Confirm the address"};
constexpr Say kBack{"マイアカウントへ", "To my account"};

Html to_account(const View& view) { return el("p", link(Url("/account"), view.t(kBack))); }

Response form_page(Context& context, const Request& request, const Problems& problems,
                   Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto mine = context.core.call(ipc::GetMyAccount{.token = request.token()});
  if (!mine) return refuse(context, mine.error());
  const bool typed = request.form.has("mail");
  const Html fields =
      all(input(*view, problems,
                {.name = "mail",
                 .label = view->t(kAddress),
                 .hint = view->t(kHint),
                 .value = typed ? request.form.get("mail") : mine->mail.view(),
                 .type = "email",
                 .autocomplete = "email",
                 .maxlength = ipc::MailAddress::kMax}),
          checkboxes(*view, problems,
                     {.name = "codes",
                      .label = view->t(kUse),
                      .options = {{"yes", view->t(kCodes), mine->mail_codes}},
                      .need = Need::kOptional}),
          step_up_fields(*view, problems, base::StepUpAct::kSetMail), button(view->t(kButton)));
  const bool possible = mine->mail_possible || !mine->mail.empty();
  const Html wrong = possible ? problems.summary({"mail", "password", "code"}) : Html();
  const Html body = possible ? el("div", {{"class", "card narrow"}},
                                  post_form(*view, Url("/account/mail"), fields))
                             : warning(*view, view->t(kNone));
  const Html main =
      all(heading(view->t(kTitle)), wrong, el("p", view->t(kText)), body, to_account(*view));
  return show(*view, {.title = kTitle, .here = Url("/account/mail")}, main, status);
}

Response code_page(Context& context, const Problems& problems, Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const Html fields = all(input(*view, problems,
                                {.name = "mail_code",
                                 .label = view->t(kCode),
                                 .autocomplete = "one-time-code",
                                 .inputmode = "numeric",
                                 .width = "short",
                                 .maxlength = ipc::OneTimeCode::kMax}),
                          button(view->t(kFinish)));
  const Html main = all(
      heading(view->t(kTitle)), problems.summary({"mail_code"}), el("p", view->t(kSent)),
      el("div", {{"class", "card narrow"}}, post_form(*view, Url("/account/mail/finish"), fields)),
      to_account(*view));
  return show(*view, {.title = kTitle, .here = Url("/account/mail")}, main, status);
}

base::Result<bool> set(Context& context, const Request& request) {
  ipc::SetMail message;
  message.auth = request.auth();
  message.mail = TRY(request.form.text<ipc::MailAddress::kMax>("mail"));
  message.codes = request.form.has("codes");
  const auto step_up = TRY(step_up_of(request, base::StepUpAct::kSetMail));
  message.grant = TRY(context.core.call(step_up)).grant;
  TRY(context.core.call(message));
  return !message.mail.empty();
}

}  // namespace

Response page_my_mail(Context& context, const Request& request) {
  return form_page(context, request, Problems(context.language), Status::kOk);
}

Response post_my_mail(Context& context, const Request& request) {
  const auto sent = set(context, request);
  if (!sent) {
    if (is_about_session(sent.error())) return refuse(context, sent.error());
    Problems problems(context.language);
    problems.add(sent.error());
    return form_page(context, request, problems, form_status_of(sent.error()));
  }
  if (!*sent) return go(Url("/account").with("done", "mail-removed"));
  return code_page(context, Problems(context.language), Status::kOk);
}

Response post_my_mail_finish(Context& context, const Request& request) {
  ipc::ConfirmMail message;
  message.auth = request.auth();
  auto code = request.form.secret<ipc::OneTimeCode::kMax>("mail_code");
  Problems problems(context.language);
  if (!code) {
    problems.add(code.error());
    return code_page(context, problems, Status::kUnprocessable);
  }
  message.code = *std::move(code);
  const auto reply = context.core.call(message);
  if (!reply) {
    if (is_about_session(reply.error())) return refuse(context, reply.error());
    problems.add(reply.error());
    return code_page(context, problems, form_status_of(reply.error()));
  }
  return go(Url("/account").with("done", "mail"));
}

}  // namespace web
