// One disposal: what it destroys, approval by a second person, and its certificate.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"廃棄の詳細", "Disposal"};
constexpr Say kStatus{"状況", "Status"};
constexpr Say kReason{"理由", "Reason"};
constexpr Say kPeople{"人数", "People"};
constexpr Say kProposedBy{"提案した人", "Proposed by"};
constexpr Say kProposedAt{"提案日時", "Proposed at"};
constexpr Say kApprovedBy{"承認した人", "Approved by"};
constexpr Say kDoneAt{"廃棄日時", "Done at"};
constexpr Say kWhom{"対象者", "People"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kKind{"区分", "Kind"};
constexpr Say kApproveTitle{"廃棄の承認", "Approve the disposal"};
constexpr Say kSure{
    "承認すると{}人の番号の鍵を HSM で破棄し、破棄されたことを確かめます。"
    "元には戻せません。対象者と理由を確かめてから承認してください。",
    "Approving destroys the keys of the numbers of {} people in the HSM and looks "
    "again that they are gone. This cannot be undone. Check people and reason."};
constexpr Say kConfirm{"対象者と理由を確かめました", "I have checked people and reason"};
constexpr Say kConfirmMissing{"対象者と理由を確かめ、チェックを入れてください。",
                              "Check people and reason, and tick the box."};
constexpr Say kCheck{"確認", "Check"};
constexpr Say kApprove{"承認して廃棄する", "Approve and dispose"};
constexpr Say kCancel{"提案を取り消す", "Cancel the proposal"};
constexpr Say kCancelText{"廃棄は行われません。取り消したことは記録されます。",
                          "Nothing is disposed of. The cancellation is recorded."};
constexpr Say kProposed{"廃棄を提案しました。責任者の承認を待っています。",
                        "Proposed. It waits for the responsible person."};
constexpr Say kDone{"廃棄が終わりました。鍵がないことを確かめ、証明書を発行しました。",
                    "Done. The keys were looked for and are gone; the certificate is below."};
constexpr Say kCancelled{"提案を取り消しました。", "The proposal was cancelled."};
constexpr Say kEarly{
    "まだ退職・取引終了していない人が含まれます。廃棄を実行する責任者のほかに、もう1人の承認が必要"
    "です。",
    "Somebody of it has not left. Besides the responsible person who carries it out, one more "
    "person "
    "has to approve it."};
constexpr Say kSeeProposal{"申請を見る", "See the proposal"};
constexpr Say kCertificate{"廃棄証明書", "Disposal certificate"};
constexpr Say kDownload{"証明書をダウンロード", "Download the certificate"};

Html facts_of(const View& view, const ipc::DisposalRow& disposal) {
  Html out = all(fact(view.t(kStatus), view.t(say(disposal.status))),
                 fact(view.t(kReason), view.t(say(disposal.reason))),
                 fact(view.t(kPeople), grouped(disposal.people)),
                 fact(view.t(kProposedBy), disposal.proposed_by.view()),
                 fact(view.t(kProposedAt), say_time(view.language, disposal.proposed_at)));
  if (!disposal.approved_by.empty()) {
    out = all(out, fact(view.t(kApprovedBy), disposal.approved_by.view()));
  }
  if (disposal.status == ipc::DisposalStatus::kDone) {
    out = all(out, fact(view.t(kDoneAt), say_time(view.language, disposal.done_at)));
  }
  return facts(out);
}

Html early_note(const View& view, const ipc::GetDisposal::Reply& reply) {
  if (!reply.proposal.valid()) return {};
  const Url url = Url("/proposals").segment(base::to_text(reply.proposal));
  return all(warning(view, view.t(kEarly)), el("p", link(url, view.t(kSeeProposal))));
}

Html people_table(const View& view, const ipc::GetDisposal::Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::PersonRow& person : reply.people) {
    rows.push_back(row(person.employee_no, person.name, Html(view.t(say(person.kind))),
                       status_tag(view, person.status)));
  }
  return table(view.t(kWhom), {view.t(kNumber), view.t(kName), view.t(kKind), view.t(kStatus)},
               rows);
}

Url url_of(const ipc::DisposalRow& disposal) {
  return Url("/disposals").segment(base::to_text(disposal.id));
}

Html approve_form(const View& view, const ipc::GetDisposal::Reply& reply,
                  const Problems& problems) {
  if (!view.acts_for(base::Role::kResponsible)) return {};
  const Html fields = all(checkboxes(view, problems,
                                     {.name = "sure",
                                      .label = view.t(kCheck),
                                      .options = {{.value = "yes", .text = view.t(kConfirm)}}}),
                          step_up_fields(view, problems, base::StepUpAct::kApproveDisposal),
                          danger_button(view.t(kApprove)));
  return el("section", {{"class", "card"}}, el("h2", view.t(kApproveTitle)),
            warning(view, fill_in(view.language, kSure, {grouped(reply.row.people)})),
            post_form(view, url_of(reply.row).segment("approve"), fields));
}

Html cancel_form(const View& view, const ipc::DisposalRow& disposal) {
  if (!view.is_any(base::Role::kResponsible, base::Role::kHandler)) return {};
  return confirmation(
      view.t(kCancel), view.t(kCancelText),
      post_form(view, url_of(disposal).segment("cancel"), secondary_button(view.t(kCancel))));
}

Html certificate(const View& view, const ipc::GetDisposal::Reply& reply) {
  if (reply.certificate.empty()) return {};
  return el("section", {{"class", "certificate"}}, el("h2", view.t(kCertificate)),
            el("pre", {{"tabindex", "0"}, {"aria-label", view.t(kCertificate)}, {"role", "region"}},
               base::as_text(reply.certificate.view())),
            el("div", {{"class", "acts"}},
               button_link(url_of(reply.row).segment("certificate"), view.t(kDownload)),
               print_button(view)));
}

Response disposal_page(Context& context, const Request& request, const Problems& problems,
                       Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(
      ipc::GetDisposal{.token = request.token(), .disposal = request.id<base::DisposalId>()});
  if (!reply) return refuse(context, reply.error());
  Html acts;
  const bool approving = reply->row.status == ipc::DisposalStatus::kProposed &&
                         view->acts_for(base::Role::kResponsible);
  if (reply->row.status == ipc::DisposalStatus::kProposed) {
    acts = all(approve_form(*view, *reply, problems), cancel_form(*view, reply->row));
  }
  const Html main =
      all(heading(view->t(kTitle)),
          approving ? problems.summary({"sure", "password", "code"}) : problems.summary({""}),
          done_notice(*view, request,
                      {{"proposed", kProposed}, {"done", kDone}, {"cancelled", kCancelled}}),
          facts_of(*view, reply->row), early_note(*view, *reply), people_table(*view, *reply), acts,
          certificate(*view, *reply));
  return show(*view, {.title = kTitle, .here = url_of(reply->row), .nav = Nav::kDisposals}, main,
              status);
}

// The grant for this disposal, then the act; or what is wrong, by field.
base::Result<> approve(Context& context, const Request& request) {
  ipc::StepUp step_up = TRY(step_up_of(request, base::StepUpAct::kApproveDisposal));
  step_up.disposal = request.id<base::DisposalId>();
  const auto grant = TRY(context.core.call(step_up));
  ipc::ApproveDisposal message;
  message.auth = request.auth();
  message.grant = grant.grant;
  message.disposal = step_up.disposal;
  TRY(context.core.call(message));
  return {};
}

}  // namespace

Response page_disposal(Context& context, const Request& request) {
  return disposal_page(context, request, Problems(context.language), Status::kOk);
}

Response post_disposal_approve(Context& context, const Request& request) {
  Problems problems(context.language);
  if (request.form.get("sure") != "yes") {
    problems.add("sure", std::string(kConfirmMissing.in(context.language)));
    return disposal_page(context, request, problems, Status::kUnprocessable);
  }
  const auto result = approve(context, request);
  if (!result && is_about_session(result.error())) return refuse(context, result.error());
  if (!result) {
    problems.add(result.error());
    return disposal_page(context, request, problems, status_of(result.error()));
  }
  return go(Url("/disposals")
                .segment(base::to_text(request.id<base::DisposalId>()))
                .with("done", "done"));
}

Response post_disposal_cancel(Context& context, const Request& request) {
  ipc::CancelDisposal message;
  message.auth = request.auth();
  message.disposal = request.id<base::DisposalId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(Url("/disposals").segment(base::to_text(message.disposal)).with("done", "cancelled"));
}

Response page_certificate(Context& context, const Request& request) {
  const auto reply = context.core.call(
      ipc::GetDisposal{.token = request.token(), .disposal = request.id<base::DisposalId>()});
  if (!reply) return refuse(context, reply.error());
  if (reply->certificate.empty()) return refuse(context, {base::Code::kNotFound, "disposal"});
  const std::string name = "disposal-" + base::to_text(reply->row.id) + ".txt";
  return Response::download(ContentType::kText, name,
                            std::string(base::as_text(reply->certificate.view())));
}

}  // namespace web
