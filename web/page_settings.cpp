// Settings: the company phrase and the passcode of the portal.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"設定", "Settings"};
constexpr Say kFirm{"会社名", "Firm"};
constexpr Say kPhrase{"会社からの言葉", "Company phrase"};
constexpr Say kPhraseHint{
    "番号を入力する画面に表示します。本人が偽の画面に気づけるよう、"
    "前もって知らせてください。60文字まで。",
    "Shown where people enter numbers, so that they notice an impostor page. "
    "Tell it to them beforehand. Up to 60 characters."};
constexpr Say kPasscode{"合言葉（パスコード）", "Passcode"};
constexpr Say kPasscodeHint{
    "本人がリンクを開くときに入力します。空のままなら変わりません。"
    "リンクとは別の方法で知らせてください。",
    "People enter it when they open their link. Empty: unchanged. Tell it by "
    "another way than the link."};
constexpr Say kSet{"設定済み", "set"};
constexpr Say kNotSet{"未設定：番号の依頼の前に設定してください",
                      "not set: set it before requesting"};
constexpr Say kSave{"変更を申請する", "Propose the change"};
constexpr Say kTwo{"ほかの責任者か権限管理者が承認すると、変更できます。",
                   "It takes another responsible person or rights manager to approve it."};
constexpr Say kReadOnly{"設定を変えられるのは責任者です。",
                        "Only the responsible person can change the settings."};

Html form(const View& view, const ipc::GetSettings::Reply& reply, const Request& request,
          const Problems& problems) {
  if (!view.is(base::Role::kResponsible)) return el("p", view.t(kReadOnly));
  const std::string_view phrase =
      problems.empty() ? reply.phrase.view() : request.form.get("phrase");
  const Html fields = all(input(view, problems,
                                {.name = "phrase",
                                 .label = view.t(kPhrase),
                                 .hint = view.t(kPhraseHint),
                                 .value = phrase,
                                 .maxlength = 60}),
                          input(view, problems,
                                {.name = "passcode",
                                 .label = view.t(kPasscode),
                                 .hint = view.t(kPasscodeHint),
                                 .type = "password",
                                 .autocomplete = "new-password",
                                 .maxlength = 64,
                                 .need = Need::kOptional}),
                          revises_field(request), el("p", view.t(kTwo)), button(view.t(kSave)));
  return el("div", {{"class", "card"}}, post_form(view, Url("/settings"), fields));
}

Response settings_page(Context& context, const Request& request, const Problems& problems,
                       Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::GetSettings{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  const Html now = facts(
      all(fact(view->t(kFirm), reply->firm.view()), fact(view->t(kPhrase), reply->phrase.view()),
          fact(view->t(kPasscode), view->t(reply->passcode_set ? kSet : kNotSet))));
  const Html main =
      all(heading(view->t(kTitle)),
          view->is(base::Role::kResponsible) ? problems.summary({"phrase", "passcode"})
                                             : problems.summary({""}),
          now, form(*view, *reply, request, problems));
  return show(*view, {.title = kTitle, .here = Url("/settings"), .nav = Nav::kSettings}, main,
              status);
}

base::Result<base::ProposalId> save(Context& context, const Request& request) {
  ipc::SaveSettings message;
  message.auth = request.auth();
  message.phrase = TRY(request.form.text<200>("phrase"));
  if (message.phrase.empty()) return base::fail(base::Code::kMissing, "phrase");
  message.passcode = TRY(request.form.secret<64>("passcode"));
  message.revises = TRY(revised(request));
  return TRY(context.core.call(message)).proposal;
}

}  // namespace

Response page_settings(Context& context, const Request& request) {
  return settings_page(context, request, Problems(context.language), Status::kOk);
}

Response post_settings(Context& context, const Request& request) {
  const auto result = save(context, request);
  if (result) return to_proposal(*result, "made");
  if (is_about_session(result.error())) return refuse(context, result.error());
  Problems problems(context.language);
  problems.add(result.error());
  const bool typed = status_of(result.error()) == Status::kBadRequest;
  return settings_page(context, request, problems,
                       typed ? Status::kUnprocessable : status_of(result.error()));
}

}  // namespace web
