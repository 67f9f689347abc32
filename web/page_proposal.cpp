// One proposal: what will happen, in words; who has approved it; approving exactly what is shown
// (its digest goes with the form), refusing, cancelling, carrying out. The key of a new account is
// shown once, to who carries its proposal out.
#include "base/secret_access.h"
#include "web/bits.h"
#include "web/client_facts.h"
#include "web/designation.h"
#include "web/hours.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"申請の内容", "Proposal"};
constexpr Say kWhat{"この申請を実行すると", "What will happen"};
constexpr Say kInviteText{"{}さん（ログインID {}）に、役割「{}」の利用者を作ります。{}",
                          "An account of {} (login ID {}) with the role “{}” is made. {}"};
constexpr Say kNewPerson{"新しい人として数えます。承認の人数にも1人として入ります。",
                         "It counts as a new person, also where approvals are counted."};
constexpr Say kSamePerson{"{}さんの2つ目の利用者です。2つあっても1人として数えます。",
                          "It is a second account of {}: both count as one person."};
constexpr Say kPrinted{"登録キーは、実行した人が印刷して本人に渡します。",
                       "Whoever carries this out prints the enrolment key and hands it over."};
constexpr Say kMailed{"登録キーは、{} にメールで送ります。本人のアドレスか、確かめてください。",
                      "The enrolment key goes to {} by mail. Make sure that it is theirs."};
constexpr Say kRoleText{"{}さん（ログインID {}）の役割を「{}」から「{}」に変えます。{}",
                        "The role of {} (login ID {}) changes from “{}” to “{}”. {}"};
constexpr Say kEnds{"サインイン中の場合は、すぐに終わります。", "An open session ends at once."};
constexpr Say kDisableText{"{}さん（ログインID {}、{}）の利用を停止します。",
                           "The account of {} (login ID {}, {}) is disabled."};
constexpr Say kPhraseText{"番号を入力する画面の「会社からの言葉」を「{}」にします。",
                          "The company phrase on the page for numbers becomes “{}”."};
constexpr Say kPasscodeText{
    "合言葉（パスコード）も、申請した人が入力したものに変わります。内容は誰にも表示されません。",
    "The passcode becomes what the requester typed. Nobody is shown it."};
constexpr Say kPasscodeSame{"合言葉（パスコード）は変わりません。", "The passcode stays."};
constexpr Say kZonesText{
    "接続できる場所を次の一覧にします。一覧にない場所からは、すぐに接続できなくなります。",
    "From then on people can connect from these places only; others are refused at once."};
constexpr Say kZones{"接続できる場所", "Places"};
constexpr Say kBlock{"アドレス", "Block"};
constexpr Say kZone{"区域", "Zone"};
constexpr Say kRoles{"役割", "Roles"};
constexpr Say kEarlyText{
    "まだ退職・取引終了していない人（{}人を選択）の番号を廃棄します。"
    "元には戻せません。責任者の実行を含めて2人の承認が必要です。",
    "Numbers of people who have not left ({} chosen) are disposed of. It "
    "cannot be undone. It takes two others, the responsible person who "
    "carries it out included."};
constexpr Say kDesignateText{"{}さん（ログインID {}）を、次の範囲と期間で指定します。",
                             "{} (login ID {}) is designated within this scope and term."};
constexpr Say kTermsText{"次の範囲と期間の中だけで、対象者を見て番号を使えるようになります。",
                         "Within this scope and term only the account sees people and numbers."};
constexpr Say kHoursText{
    "業務時間を次のとおりにします。サインイン中の人にも、すぐに有効になります。",
    "The opening hours become these, at once, also for open sessions."};
constexpr Say kEmergencyText{
    "実行した時から{}分間、役割「{}」の人が業務時間外でも使えます。理由：{}",
    "For {} minutes from when it is carried out, the role “{}” may work outside of its hours. "
    "Reason: {}"};
constexpr Say kDelegateText{
    "{}さんが、{}さん（{}）の代わりに、{}から{}"
    "まで承認できるようになります。申請や番号の利用はできませ"
    "ん。",
    "{} agrees in the place of {} ({}) from {} to {}. It gives no right to propose or to use "
    "numbers."};
constexpr Say kEveryRole{"すべての役割", "every role"};
constexpr Say kEnrolText{"次のシステムが、この証明書と権限で API に接続できるようになります。",
                         "This system is let in to the API, with this certificate and these "
                         "rights."};
constexpr Say kRenewText{
    "次のシステムの証明書を、これに替えます。これまでの証明書は使えなくなります。",
    "This system's certificate becomes this one. The old one is refused."};
constexpr Say kCertificate{"端末の証明書", "Device certificate"};
constexpr Say kNeeded{"必要", "needed"};
constexpr Say kNotNeeded{"いらない", "not needed"};
constexpr Say kOfCompany{"「{}」の利用者です。権限もその会社の中だけで使えます。",
                         "The account is of “{}”, and so are its rights."};
constexpr Say kCompanyText{
    "グループの会社「{}」を追加します。続けて、その会社の最初の2人を招待できるようになります。",
    "This adds the company “{}” of the group. Then its first two people can be invited."};
constexpr Say kRevokeText{"次のシステムを API から締め出します。接続中でも次の要求から断ります。",
                          "This system is shut out of the API, from its next request on."};
constexpr Say kSeeDisposal{"廃棄の内容を見る", "See the disposal"};
constexpr Say kKind{"種類", "Kind"};
constexpr Say kStage{"状況", "Status"};
constexpr Say kBy{"申請した人", "Proposed by"};
constexpr Say kAt{"申請日時", "Proposed at"};
constexpr Say kUntil{"期限", "Until"};
constexpr Say kApprovals{"承認", "Approvals"};
constexpr Say kOf{"{}人 / 必要な{}人", "{} of {} needed"};
constexpr Say kCounts{"有効", "counts"};
constexpr Say kVoid{"権限がなくなったため無効", "void: the right is gone"};
constexpr Say kDecidedBy{"終わらせた人", "Ended by"};
constexpr Say kDecidedAt{"終わった日時", "Ended at"};
constexpr Say kReason{"却下の理由", "Reason of the refusal"};
constexpr Say kApprove{"この内容を承認する", "Approve exactly this"};
constexpr Say kRefuse{"却下する", "Refuse"};
constexpr Say kRefuseText{"理由を申請した人に示します。", "The requester is shown the reason."};
constexpr Say kCancel{"申請を取り下げる", "Cancel the proposal"};
constexpr Say kCancelText{"何も変わりません。取り下げたことは記録されます。",
                          "Nothing changes. The cancellation is recorded."};
constexpr Say kEdit{"内容を変える", "Change the content"};
constexpr Say kEditText{"内容を変えると、それまでの承認は無効になります。",
                        "A change voids the approvals so far."};
constexpr Say kExecute{"実行する", "Carry it out"};
constexpr Say kAgreeText{
    "あなたが実行すると、承認したことにもなり、上の内容がすぐに有効になります。",
    "When you carry it out you have agreed to it, and the above happens at once."};
constexpr Say kExecuteText{"承認されました。あなたが実行すると、上の内容が有効になります。",
                           "It is approved. When you carry it out, the above happens."};
constexpr Say kMade{"申請しました。ほかの人の承認を待っています。",
                    "Proposed. It waits for somebody else."};
constexpr Say kApproved{"承認しました。", "Approved."};
constexpr Say kRefused{"却下しました。", "Refused."};
constexpr Say kCancelled{"取り下げました。", "Cancelled."};
constexpr Say kDone{"実行しました。", "Carried out."};
constexpr Say kSent{"実行しました。登録キーをメールで送ります。24時間有効です。",
                    "Carried out. The enrolment key goes out by mail and is good for 24 hours."};
constexpr Say kKeyTitle{"登録キーを作りました", "The enrolment key"};
constexpr Say kOnce{
    "登録キーはこの画面でだけ表示されます。印刷して、本人に手渡してください。",
    "The key is shown on this page only, once. Print it and hand it over in person."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kLogin{"ログインID", "Login ID"};
constexpr Say kRole{"役割", "Role"};
constexpr Say kKey{"登録キー", "Enrolment key"};
constexpr Say kHow{"サインイン画面の「利用登録へ」を開き、登録キーを入力してください。",
                   "Open “Enrol” on the sign-in page and enter the key."};
constexpr Say kBack{"利用者の一覧へ", "To the list of accounts"};

using Reply = ipc::GetProposal::Reply;

Url url_of(const Reply& reply) { return Url("/proposals").segment(base::to_text(reply.row.id)); }

Html zones_table(const View& view, const Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::ZoneRow& one : reply.zones) {
    rows.push_back(row(
        one.block, Html(view.t(say(one.zone))),
        one.roles == 0 ? std::string(view.t(kEveryRole)) : say_bits<base::Role>(view, one.roles),
        view.t(one.certificate ? kNeeded : kNotNeeded)));
  }
  return table(view.t(kZones),
               {view.t(kBlock), view.t(kZone), view.t(kRoles), view.t(kCertificate)}, rows);
}

Html terms_of(const View& view, const Reply& reply) {
  return reply.designation
             ? all(el("p", view.t(kTermsText)), say_designation(view, *reply.designation))
             : Html();
}

Html client_words(const View& view, const Reply& reply) {
  const Say& text = reply.row.kind == base::ProposalKind::kEnrolClient   ? kEnrolText
                    : reply.row.kind == base::ProposalKind::kRenewClient ? kRenewText
                                                                         : kRevokeText;
  return all(el("p", view.t(text)), reply.client ? client_facts(view, *reply.client) : Html());
}

// What will happen, in the words of who has to decide on it.
Html words_of(const View& view, const Reply& reply) {
  const auto said = [&](const Say& text, std::initializer_list<std::string_view> with) {
    return el("p", fill_in(view.language, text, with));
  };
  const std::string_view role = view.t(say(reply.role));
  const std::string_view before = view.t(say(reply.role_before));
  const std::string_view name = reply.row.subject.view();
  switch (reply.row.kind) {
    case base::ProposalKind::kInvite:
      return all(
          said(kInviteText, {name, reply.login.view(), role, view.t(purpose_of(reply.role))}),
          reply.company.valid() ? said(kOfCompany, {reply.company_name.view()}) : Html(),
          reply.same_person.empty() ? el("p", view.t(kNewPerson))
                                    : said(kSamePerson, {reply.same_person.view()}),
          reply.mail.empty() ? el("p", view.t(kPrinted)) : said(kMailed, {reply.mail.view()}),
          terms_of(view, reply));
    case base::ProposalKind::kChangeRole:
      return all(
          said(kRoleText, {name, reply.login.view(), before, role, view.t(purpose_of(reply.role))}),
          el("p", view.t(kEnds)));
    case base::ProposalKind::kDisable:
      return all(said(kDisableText, {name, reply.login.view(), before}), el("p", view.t(kEnds)));
    case base::ProposalKind::kSettings:
      return all(said(kPhraseText, {reply.phrase.view()}),
                 el("p", view.t(reply.passcode ? kPasscodeText : kPasscodeSame)));
    case base::ProposalKind::kZones:
      return all(el("p", view.t(kZonesText)), zones_table(view, reply));
    case base::ProposalKind::kDesignate:
      return all(said(kDesignateText, {name, reply.login.view()}), terms_of(view, reply));
    case base::ProposalKind::kHours:
      return all(el("p", view.t(kHoursText)), say_openings(view, reply.hours));
    case base::ProposalKind::kEmergency:
      return said(kEmergencyText, {std::to_string(reply.minutes), role, reply.phrase.view()});
    case base::ProposalKind::kDelegate:
      return said(kDelegateText,
                  {reply.deputy.view(), name, before,
                   reply.delegation ? say_day(view.language, reply.delegation->first) : "",
                   reply.delegation ? say_day(view.language, reply.delegation->last) : ""});
    case base::ProposalKind::kEnrolClient:
    case base::ProposalKind::kRenewClient:
    case base::ProposalKind::kRevokeClient: return client_words(view, reply);
    case base::ProposalKind::kAddCompany: return said(kCompanyText, {name});
    case base::ProposalKind::kEarlyDisposal: break;
  }
  return all(said(kEarlyText, {grouped(reply.people)}),
             el("p", link(Url("/disposals").segment(base::to_text(reply.disposal)),
                          view.t(kSeeDisposal))));
}

Html approvals_of(const View& view, const Reply& reply) {
  const std::string count = std::to_string(reply.row.approvals);
  std::vector<Html> items;
  for (const auto& one : reply.approvals) {
    items.push_back(el("li", one.name, " ", say_time(view.language, one.at), " ",
                       view.t(one.counts ? kCounts : kVoid)));
  }
  const std::string summed = fill_in(view.language, kOf, {count, std::to_string(reply.row.needed)});
  return all(summed, el("ul", {{"class", "plain"}}, items));
}

Html facts_of(const View& view, const Reply& reply) {
  Html out = all(fact(view.t(kKind), view.t(say(reply.row.kind))),
                 fact(view.t(kStage), view.t(say(reply.row.stage))),
                 fact(view.t(kBy), reply.row.requested_by.view()),
                 fact(view.t(kAt), say_time(view.language, reply.row.requested_at)),
                 fact(view.t(kUntil), say_time(view.language, reply.row.expires_at)),
                 fact(view.t(kApprovals), approvals_of(view, reply)));
  if (!reply.decided_by.empty()) {
    out = all(out, fact(view.t(kDecidedBy), reply.decided_by.view()),
              fact(view.t(kDecidedAt), say_time(view.language, reply.decided_at)));
  }
  if (!reply.reason.empty()) out = all(out, fact(view.t(kReason), reply.reason.view()));
  return facts(out);
}

// A form whose act is exactly what the page shows.
Html bound_form(const View& view, const Problems& problems, const Reply& reply, Literal act,
                base::StepUpAct step_up, const Html& press) {
  const Html fields = all(hidden("digest", base::to_hex(reply.digest.view())),
                          step_up_fields(view, problems, step_up), press);
  return post_form(view, url_of(reply).segment(act.view()), fields);
}

Html refusal_form(const View& view, const Problems& problems, const Reply& reply,
                  std::string_view reason) {
  const Html fields = all(input(view, problems,
                                {.name = "reason",
                                 .label = field_label(view.language, "reason"),
                                 .value = reason,
                                 .maxlength = 60,
                                 .multiline = true}),
                          danger_button(view.t(kRefuse)));
  return confirmation(view.t(kRefuse), view.t(kRefuseText),
                      post_form(view, url_of(reply).segment("refuse"), fields));
}

Url invitation_url(const Reply& reply) {
  if (!reply.company.valid()) return Url("/accounts/new");
  return Url("/companies").segment(base::to_text(reply.company)).segment("guards");
}

// Where the form of this kind is, to change the content; nothing for kinds without one.
Html edit_link(const View& view, const Reply& reply) {
  const std::string id = base::to_text(reply.row.id);
  const auto to = [&](const Url& url) {
    return all(el("p", view.t(kEditText)), el("p", link(url, view.t(kEdit))));
  };
  switch (reply.row.kind) {
    case base::ProposalKind::kInvite:
      return to(invitation_url(reply)
                    .with("revises", id)
                    .with("login", reply.login.view())
                    .with("name", reply.row.subject.view())
                    .with("role", base::name(reply.role))
                    .with("mail", reply.mail.view()));
    case base::ProposalKind::kAddCompany:
      return to(
          Url("/companies/new").with("revises", id).with("company_name", reply.row.subject.view()));
    case base::ProposalKind::kSettings: return to(Url("/settings").with("revises", id));
    case base::ProposalKind::kZones: return to(Url("/zones").with("revises", id));
    case base::ProposalKind::kHours: return to(Url("/hours").with("revises", id));
    case base::ProposalKind::kDelegate:
    case base::ProposalKind::kEmergency:
    case base::ProposalKind::kChangeRole:
    case base::ProposalKind::kDisable:
    case base::ProposalKind::kDesignate:
    case base::ProposalKind::kEnrolClient:
    case base::ProposalKind::kRenewClient:
    case base::ProposalKind::kRevokeClient:
    case base::ProposalKind::kEarlyDisposal: break;
  }
  return {};
}

// Whether he is asked to agree first. Who carries out has proposed it, or agrees by doing so.
bool decides(const Reply& reply) { return reply.row.may_approve && !reply.row.may_execute; }

Html acts_of(const View& view, const Problems& problems, const Reply& reply,
             std::string_view reason) {
  Html out;
  if (reply.row.may_execute) {
    out = el("section", {{"class", "card"}}, el("h2", view.t(kExecute)),
             el("p", view.t(reply.row.mine ? kExecuteText : kAgreeText)),
             bound_form(view, problems, reply, "execute", base::StepUpAct::kExecuteProposal,
                        button(view.t(kExecute))));
  }
  if (decides(reply)) {
    out = all(out, el("section", {{"class", "card"}}, el("h2", view.t(kApprove)),
                      bound_form(view, problems, reply, "approve",
                                 base::StepUpAct::kApproveProposal, button(view.t(kApprove)))));
  }
  if (reply.row.may_approve) out = all(out, refusal_form(view, problems, reply, reason));
  if (reply.row.mine && reply.row.stage == base::ProposalStage::kOpen) {
    out = all(out, edit_link(view, reply),
              confirmation(view.t(kCancel), view.t(kCancelText),
                           post_form(view, url_of(reply).segment("cancel"),
                                     secondary_button(view.t(kCancel)))));
  }
  return out;
}

Response proposal_page(Context& context, const Request& request, const Problems& problems,
                       Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(
      ipc::GetProposal{.token = request.token(), .proposal = request.id<base::ProposalId>()});
  if (!reply) return refuse(context, reply.error());
  const bool typing = reply->row.may_approve || reply->row.may_execute;
  const Html main =
      all(heading(view->t(kTitle)),
          typing ? problems.summary({"password", "code", reply->row.may_approve ? "reason" : ""})
                 : problems.summary({""}),
          done_notice(*view, request,
                      {{"made", kMade},
                       {"approved", kApproved},
                       {"refused", kRefused},
                       {"cancelled", kCancelled},
                       {"executed", kDone},
                       {"mailed", kSent}}),
          el("section", {{"class", "card"}}, el("h2", view->t(kWhat)), words_of(*view, *reply)),
          facts_of(*view, *reply), acts_of(*view, problems, *reply, request.form.get("reason")));
  return show(*view, {.title = kTitle, .here = url_of(*reply), .nav = Nav::kProposals}, main,
              status);
}

Response failed(Context& context, const Request& request, const base::Error& error) {
  if (is_about_session(error)) return refuse(context, error);
  Problems problems(context.language);
  problems.add(error);
  return proposal_page(context, request, problems, form_status_of(error));
}

// The grant for this proposal and act.
base::Result<ipc::GrantId> grant_for(Context& context, const Request& request,
                                     base::StepUpAct act) {
  ipc::StepUp step_up = TRY(step_up_of(request, act));
  step_up.proposal = request.id<base::ProposalId>();
  return TRY(context.core.call(step_up)).grant;
}

base::Result<ipc::Digest> digest_of(const Request& request) {
  const auto bytes = TRY(base::from_hex(request.form.get("digest")));
  return ipc::Digest::from(bytes);
}

base::Result<> approve(Context& context, const Request& request) {
  ipc::ApproveProposal message;
  message.auth = request.auth();
  message.proposal = request.id<base::ProposalId>();
  message.digest = TRY(digest_of(request));
  message.grant = TRY(grant_for(context, request, base::StepUpAct::kApproveProposal));
  TRY(context.core.call(message));
  return {};
}

base::Result<ipc::ExecuteProposal::Reply> execute(Context& context, const Request& request) {
  ipc::ExecuteProposal message;
  message.auth = request.auth();
  message.proposal = request.id<base::ProposalId>();
  message.digest = TRY(digest_of(request));
  message.grant = TRY(grant_for(context, request, base::StepUpAct::kExecuteProposal));
  return context.core.call(message);
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

Response key_page(const View& view, const Reply& proposal,
                  const ipc::ExecuteProposal::Reply& reply) {
  const Html sheet =
      el("article", {{"class", "letter"}}, el("h2", view.t(kKeyTitle)),
         facts(all(fact(view.t(kName), proposal.row.subject.view()),
                   fact(view.t(kLogin), proposal.login.view()),
                   fact(view.t(kRole), view.t(say(proposal.role))),
                   fact(view.t(kKey), el("code", {{"class", "secret"}},
                                         std::string_view(key_text(reply.enrolment_key)))),
                   fact(view.t(kUntil), say_time(view.language, reply.expires_at)))),
         el("p", view.t(kHow)));
  const Html main =
      all(el("div", {{"class", "screen-only"}}, heading(view.t(kKeyTitle)),
             warning(view, view.t(kOnce)), print_button(view)),
          sheet, el("p", {{"class", "screen-only"}}, link(Url("/accounts"), view.t(kBack))));
  return show(view, {.title = kKeyTitle, .here = Url("/proposals"), .nav = Nav::kProposals}, main);
}

Response done(const Request& request, std::string_view word) {
  return to_proposal(request.id<base::ProposalId>(), word);
}

}  // namespace

Response page_proposal(Context& context, const Request& request) {
  return proposal_page(context, request, Problems(context.language), Status::kOk);
}

Response post_proposal_approve(Context& context, const Request& request) {
  const auto result = approve(context, request);
  return result ? done(request, "approved") : failed(context, request, result.error());
}

Response post_proposal_refuse(Context& context, const Request& request) {
  const auto reason = one_line<200>(request.form.get("reason"), "reason");
  if (!reason) return failed(context, request, reason.error());
  if (reason->empty()) return failed(context, request, {base::Code::kMissing, "reason"});
  ipc::RefuseProposal message;
  message.auth = request.auth();
  message.proposal = request.id<base::ProposalId>();
  message.reason = *reason;
  const auto reply = context.core.call(message);
  return reply ? done(request, "refused") : failed(context, request, reply.error());
}

Response post_proposal_cancel(Context& context, const Request& request) {
  ipc::CancelProposal message;
  message.auth = request.auth();
  message.proposal = request.id<base::ProposalId>();
  const auto reply = context.core.call(message);
  return reply ? done(request, "cancelled") : failed(context, request, reply.error());
}

Response post_proposal_execute(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto proposal = context.core.call(
      ipc::GetProposal{.token = request.token(), .proposal = request.id<base::ProposalId>()});
  if (!proposal) return refuse(context, proposal.error());
  const auto result = execute(context, request);
  if (!result) return failed(context, request, result.error());
  if (!result->enrolment_key.empty()) return key_page(*view, *proposal, *result);
  return done(request, proposal->mail.empty() ? "executed" : "mailed");
}

}  // namespace web
