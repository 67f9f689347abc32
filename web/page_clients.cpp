// Other systems (API clients): the list; letting one in, another certificate, shutting it out, all
// of which others have to approve.
#include "web/client_facts.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"ほかのシステム", "Other systems"};
constexpr Say kLead{
    "人事・給与などのシステムは、クライアント証明書を示して、与えられた権限の範囲でだけ API "
    "を使えます。"
    "番号そのものは、どのシステムにも渡しません。変更には、ほかの人の承認が必要です。",
    "Payroll and other systems use the API with a client certificate, within the rights they are "
    "given. No system is ever given a number. Changes take somebody else's approval."};
constexpr Say kNoAuthority{
    "設定ファイルに認証局（api.client_authority）がないため、どのシステムも接続できません。",
    "The configuration names no authority (api.client_authority): no system can connect."};
constexpr Say kNone{"まだありません。", "There are none yet."};
constexpr Say kNew{"システムを登録する", "Let a system in"};
constexpr Say kName{"名前", "Name"};
constexpr Say kLogin{"識別名", "Identifier"};
constexpr Say kLoginHint{"半角の英数字・ハイフン・ピリオドなど。記録に残り、あとで変えられません。",
                         "Letters, digits, hyphens, dots. It stands in the log and stays."};
constexpr Say kRights{"権限", "Rights"};
constexpr Say kGroups{"所属", "Groups"};
constexpr Say kGroupsHint{"1行に1つ。下の所属も含みます。空なら会社全体です。",
                          "One a line, with all below it. Empty: the whole firm."};
constexpr Say kKinds{"対象者の区分", "Kinds of person"};
constexpr Say kPurposes{"番号を依頼できる利用目的", "Purposes it may ask numbers for"};
constexpr Say kLast{"最後の日", "Last day"};
constexpr Say kLastHint{"1年と1か月以内。過ぎると接続を断ります。",
                        "Within a year and a month. After it the system is refused."};
constexpr Say kCertificate{"クライアント証明書（PEM）", "Client certificate (PEM)"};
constexpr Say kCertificateHint{
    "会社の認証局が発行し、拡張鍵用途が clientAuth のもの。秘密鍵は貼らないでください。",
    "Issued by the firm's authority, with extended key usage clientAuth. Never the private key."};
constexpr Say kTwo{"責任者か権限管理者のうち、あなた以外の人が承認すると、実行できます。",
                   "It can be carried out when another responsible person or rights manager has "
                   "approved it."};
constexpr Say kSend{"登録を申請する", "Propose to let it in"};
constexpr Say kStatus{"状態", "Status"};
constexpr Say kAct{"操作", "Act"};
constexpr Say kActive{"利用中", "Let in"};
constexpr Say kRevoked{"失効", "Shut out"};
constexpr Say kUntil{"期限", "Until"};
constexpr Say kRenew{"証明書を更新する", "Another certificate"};
constexpr Say kRenewText{"実行すると、これまでの証明書はすぐに使えなくなります。",
                         "When it is carried out, the old certificate is refused at once."};
constexpr Say kRenewSend{"更新を申請する", "Propose the certificate"};
constexpr Say kRevoke{"失効させる", "Shut it out"};
constexpr Say kRevokeText{"実行すると、接続中でも次の要求から断ります。",
                          "When it is carried out, its next request is refused, also on an open "
                          "connection."};
constexpr Say kRevokeSend{"失効を申請する", "Propose to shut it out"};

bool proposes(const View& view) {
  return view.is_any(base::Role::kResponsible, base::Role::kRightsManager);
}
bool revokes(const View& view) { return proposes(view) || view.is(base::Role::kSecurityOfficer); }

Url url_of(const ipc::ClientRow& client) {
  return Url("/clients").segment(base::to_text(client.id));
}

Html acts_of(const View& view, const ipc::ClientRow& client) {
  if (client.revoked) return {};
  Html out;
  if (proposes(view)) {
    out = el("p", link(url_of(client).segment("certificate"), view.t(kRenew)));
  }
  if (revokes(view)) {
    out = all(out, confirmation(view.t(kRevoke), view.t(kRevokeText),
                                post_form(view, url_of(client).segment("revoke"),
                                          danger_button(view.t(kRevokeSend)))));
  }
  return out;
}

Html list(const View& view, const ipc::ListClients::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(kNone));
  std::vector<Html> rows;
  for (const ipc::ClientRow& client : reply.rows) {
    const Html status = client.revoked
                            ? el("span", {{"class", "tag"}}, view.t(kRevoked))
                            : el("span", {{"class", "tag tag-complete"}}, view.t(kActive));
    rows.push_back(row(client.name, client.login, rights_of(view, client.grant),
                       say_day(view.language, client.grant.last), status, acts_of(view, client)));
  }
  return table(view.t(kTitle),
               {view.t(kName), view.t(kLogin), view.t(kRights), view.t(kUntil), view.t(kStatus),
                view.t(kAct)},
               rows);
}

template <class E>
std::vector<Option> ticked(const View& view, E first, const Form& form, std::string_view name) {
  auto out = options_of<E>(view, first, std::nullopt);
  for (Option& option : out) {
    for (const std::string_view value : form.all(name)) {
      option.chosen = option.chosen || value == option.value;
    }
  }
  return out;
}

Html certificate_field(const View& view, const Problems& problems, const Form& form) {
  return input(view, problems,
               {.name = "certificate",
                .label = view.t(kCertificate),
                .hint = view.t(kCertificateHint),
                .value = form.get("certificate"),
                .maxlength = 8000,
                .multiline = true});
}

Response new_page(const View& view, const Request& request, const Form& form,
                  const Problems& problems, Status status) {
  const Html fields = all(
      input(view, problems,
            {.name = "login",
             .label = view.t(kLogin),
             .hint = view.t(kLoginHint),
             .value = form.get("login"),
             .maxlength = ipc::LoginName::kMax}),
      input(view, problems,
            {.name = "name", .label = view.t(kName), .value = form.get("name"), .maxlength = 42}),
      checkboxes(view, problems,
                 {.name = "rights",
                  .label = view.t(kRights),
                  .hint = {},
                  .options = ticked(view, base::ApiRight::kReadPeople, form, "rights")}),
      input(view, problems,
            {.name = "groups",
             .label = view.t(kGroups),
             .hint = view.t(kGroupsHint),
             .value = form.get("groups"),
             .maxlength = 1200,
             .need = Need::kOptional,
             .multiline = true}),
      checkboxes(view, problems,
                 {.name = "kinds",
                  .label = view.t(kKinds),
                  .hint = {},
                  .options = ticked(view, base::PersonKind::kEmployee, form, "kinds")}),
      checkboxes(view, problems,
                 {.name = "purposes",
                  .label = view.t(kPurposes),
                  .hint = {},
                  .options = ticked(view, base::Purpose::kTax, form, "purposes"),
                  .need = Need::kOptional}),
      input(view, problems,
            {.name = "last",
             .label = view.t(kLast),
             .hint = view.t(kLastHint),
             .value = form.get("last"),
             .type = "date",
             .width = "half"}),
      certificate_field(view, problems, form), revises_field(request), el("p", view.t(kTwo)),
      button(view.t(kSend)));
  const Html main =
      all(heading(view.t(kNew)),
          problems.summary(
              {"login", "name", "rights", "groups", "kinds", "purposes", "last", "certificate"}),
          el("div", {{"class", "card"}}, post_form(view, Url("/clients/new"), fields)));
  return show(view, {.title = kNew, .here = Url("/clients/new"), .nav = Nav::kAccounts}, main,
              status);
}

Response renew_page(const View& view, const Request& request, const Problems& problems,
                    Status status) {
  const Url url =
      Url("/clients").segment(base::to_text(request.id<base::AccountId>())).segment("certificate");
  const Html fields =
      all(el("p", view.t(kRenewText)), certificate_field(view, problems, request.form),
          el("p", view.t(kTwo)), button(view.t(kRenewSend)));
  const Html main = all(heading(view.t(kRenew)), problems.summary({"certificate"}),
                        el("div", {{"class", "card"}}, post_form(view, url, fields)));
  return show(view,
              {.title = kRenew,
               .here = Url("/clients")
                           .segment(base::to_text(request.id<base::AccountId>()))
                           .segment("certificate"),
               .nav = Nav::kAccounts},
              main, status);
}

template <class E>
base::Result<std::uint32_t> bits_of(const Form& form, std::string_view name) {
  std::uint32_t out = 0;
  for (const std::string_view word : form.all(name)) {
    const auto value = value_named<E>(word);
    if (!value) return base::fail(base::Code::kInvalid, base::FieldName(name));
    out |= std::uint32_t{1} << static_cast<unsigned>(*value);
  }
  return out;
}

// One group a line; blank lines and blanks at the ends do not matter.
base::Result<decltype(ipc::ClientGrant::groups)> groups_of(std::string_view typed) {
  decltype(ipc::ClientGrant::groups) out;
  while (!typed.empty()) {
    const std::size_t end = std::min(typed.find('\n'), typed.size());
    std::string_view line = typed.substr(0, end);
    typed.remove_prefix(std::min(end + 1, typed.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (line.empty()) continue;
    if (out.full()) return base::fail(base::Code::kTooMany, "groups");
    TRY(out.push(TRY(ipc::Text<64>::from(line, "groups"))));
  }
  return out;
}

base::Result<ipc::Bytes<8192>> certificate_of(const Form& form) {
  const std::string_view text = form.get("certificate");
  if (text.empty()) return base::fail(base::Code::kMissing, "certificate");
  return ipc::Bytes<8192>::from(base::as_bytes(text));
}

base::Result<base::ProposalId> propose(Context& context, const Request& request) {
  ipc::EnrolClient message;
  message.auth = request.auth();
  message.login = TRY(request.form.text<ipc::LoginName::kMax>("login"));
  message.name = TRY(request.form.text<ipc::Name::kMax>("name"));
  message.grant.rights = TRY(bits_of<base::ApiRight>(request.form, "rights"));
  message.grant.groups = TRY(groups_of(request.form.get("groups")));
  message.grant.kinds = TRY(bits_of<base::PersonKind>(request.form, "kinds"));
  message.grant.purposes = TRY(bits_of<base::Purpose>(request.form, "purposes"));
  message.grant.last = TRY(base::day_from_iso(request.form.get("last"), "last"));
  message.certificate = TRY(certificate_of(request.form));
  message.revises = TRY(revised(request));
  const auto clients = TRY(context.core.call(ipc::ListClients{.token = request.token()}));
  message.grant.first = clients.today;
  return TRY(context.core.call(message)).proposal;
}

}  // namespace

Response page_clients(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::ListClients{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  Html acts;
  if (proposes(*view)) {
    acts = el("div", {{"class", "acts"}}, button_link(Url("/clients/new"), view->t(kNew)));
  }
  const Html main = all(heading(view->t(kTitle)), el("p", view->t(kLead)),
                        reply->authority ? Html() : warning(*view, view->t(kNoAuthority)), acts,
                        list(*view, *reply));
  return show(*view, {.title = kTitle, .here = Url("/clients"), .nav = Nav::kAccounts}, main);
}

Response page_client_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return new_page(*view, request, request.query, Problems(view->language), Status::kOk);
}

Response post_client_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto result = propose(context, request);
  if (result) return to_proposal(*result, "made");
  if (is_about_session(result.error())) return refuse(context, result.error());
  Problems problems(view->language);
  problems.add(result.error());
  return new_page(*view, request, request.form, problems, form_status_of(result.error()));
}

Response page_client_certificate(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return renew_page(*view, request, Problems(view->language), Status::kOk);
}

Response post_client_certificate(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  ipc::RenewClient message;
  message.auth = request.auth();
  message.client = request.id<base::AccountId>();
  Problems problems(view->language);
  auto certificate = certificate_of(request.form);
  if (!certificate) {
    problems.add(certificate.error());
    return renew_page(*view, request, problems, Status::kUnprocessable);
  }
  message.certificate = *std::move(certificate);
  const auto reply = context.core.call(message);
  if (reply) return to_proposal(reply->proposal, "made");
  if (reply.error().field.view() != "certificate") return refuse(context, reply.error());
  problems.add(reply.error());
  return renew_page(*view, request, problems, Status::kUnprocessable);
}

Response post_client_revoke(Context& context, const Request& request) {
  ipc::RevokeClient message;
  message.auth = request.auth();
  message.client = request.id<base::AccountId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return to_proposal(reply->proposal, "made");
}

}  // namespace web
