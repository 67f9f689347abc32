// Approval of what people sent. Numbers stay masked; a number that somebody else has too is told.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"提供の承認", "Approvals"};
constexpr Say kDetail{"提供の確認", "Check a submission"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kPurposes{"利用目的", "Purposes"};
constexpr Say kNumbers{"番号の数", "Numbers"};
constexpr Say kSent{"提供日時", "Sent"};
constexpr Say kNote{"注意", "Note"};
constexpr Say kDuplicate{"番号の重複", "Duplicate number"};
constexpr Say kNone{"承認を待っている提供はありません。", "No submission is waiting."};
constexpr Say kRelation{"続柄", "Relation"};
constexpr Say kSelf{"本人", "the person"};
constexpr Say kValue{"番号", "Number"};
constexpr Say kItems{"提供された番号", "Numbers sent"};
constexpr Say kDuplicateOf{"別の人と同じ番号です", "The same number as somebody else's"};
constexpr Say kSeeOther{"その人を見る", "See who"};
constexpr Say kDuplicateWarning{
    "登録済みの別の人と同じ番号が含まれています。どちらかが誤りのはずです。本人に確かめ、"
    "誤りなら差し戻してください。",
    "This contains a number that another person has already. One of them must be wrong: ask the "
    "person, and return it if so."};
constexpr Say kApproveLead{
    "検査数字と2回の入力の一致は確認済みです。本人確認の結果を確かめてから承認してください。"
    "承認すると利用目的ごとに封印されます。",
    "Check digits and both entries are in order. Approve after the identity "
    "check; each number is then sealed once per purpose."};
constexpr Say kApprove{"承認する", "Approve"};
constexpr Say kReturn{"差し戻す", "Return"};
constexpr Say kReturnText{"本人に入力し直してもらいます。理由は本人への説明に使います。",
                          "The person has to enter the numbers again. Say why."};
constexpr Say kApproved{"承認しました。番号は利用目的ごとに封印されました。",
                        "Approved. The numbers are sealed, once per purpose."};
constexpr Say kReturned{"差し戻しました。", "Returned."};
constexpr Say kNotMine{"承認できるのは責任者です。", "Only the responsible person can approve."};

Html purposes_of(const View& view, const ipc::SubmissionRow& submission) {
  std::vector<Html> items;
  for (const base::Purpose purpose : submission.purposes) {
    items.push_back(el("li", view.t(say(purpose))));
  }
  return el("ul", {{"class", "plain"}}, items);
}

Html list(const View& view, const ipc::ListSubmissions::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(kNone));
  std::vector<Html> rows;
  for (const ipc::SubmissionRow& submission : reply.rows) {
    const Url url = Url("/approvals").segment(base::to_text(submission.id));
    Html note;
    if (submission.duplicate) note = el("span", {{"class", "tag tag-alert"}}, view.t(kDuplicate));
    rows.push_back(row(submission.employee_no, link(url, submission.name),
                       purposes_of(view, submission), all(std::uint32_t{submission.numbers}),
                       Html(say_time(view.language, submission.sent_at)), note));
  }
  return table(view.t(kTitle),
               {view.t(kNumber), view.t(kName), view.t(kPurposes), view.t(kNumbers), view.t(kSent),
                view.t(kNote)},
               rows);
}

Html items_table(const View& view, const ipc::GetSubmission::Reply& reply) {
  std::vector<Html> rows;
  for (const auto& item : reply.items) {
    Html note;
    if (item.duplicate_of) {
      note =
          all(el("span", {{"class", "tag tag-alert"}}, view.t(kDuplicateOf)), " ",
              link(Url("/people").segment(base::to_text(*item.duplicate_of)), view.t(kSeeOther)));
    }
    rows.push_back(row(item.name,
                       Html(item.relation.empty() ? view.t(kSelf) : item.relation.view()),
                       masked(view), note));
  }
  return table(view.t(kItems), {view.t(kName), view.t(kRelation), view.t(kValue), view.t(kNote)},
               rows);
}

Html decision(const View& view, const ipc::GetSubmission::Reply& reply, const Problems& problems,
              std::string_view reason) {
  if (!view.acts_for(base::Role::kResponsible)) return el("p", view.t(kNotMine));
  const Url url = Url("/approvals").segment(base::to_text(reply.row.id));
  const Html fields = all(input(view, problems,
                                {.name = "reason",
                                 .label = field_label(view.language, "reason"),
                                 .value = reason,
                                 .maxlength = 60,
                                 .multiline = true}),
                          danger_button(view.t(kReturn)));
  return all(el("p", view.t(kApproveLead)),
             post_form(view, Url(url).segment("approve"), button(view.t(kApprove))),
             confirmation(view.t(kReturn), view.t(kReturnText),
                          post_form(view, Url(url).segment("return"), fields)));
}

Response approval_page(Context& context, const Request& request, const Problems& problems,
                       Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(
      ipc::GetSubmission{.token = request.token(), .submission = request.id<base::SubmissionId>()});
  if (!reply) return refuse(context, reply.error());
  bool duplicate = reply->row.duplicate;
  for (const auto& item : reply->items) duplicate = duplicate || item.duplicate_of.has_value();
  const Url person = Url("/people").segment(base::to_text(reply->row.person));
  const Html main = all(
      heading(view->t(kDetail)),
      problems.summary({view->acts_for(base::Role::kResponsible) ? "reason" : ""}),
      duplicate ? warning(*view, view->t(kDuplicateWarning)) : Html(),
      facts(all(fact(view->t(kName), link(person, reply->row.name)),
                fact(view->t(kNumber), reply->row.employee_no.view()),
                fact(view->t(kPurposes), purposes_of(*view, reply->row)),
                fact(view->t(kSent), say_time(view->language, reply->row.sent_at)))),
      items_table(*view, *reply), decision(*view, *reply, problems, request.form.get("reason")));
  const Url here = Url("/approvals").segment(base::to_text(reply->row.id));
  return show(*view, {.title = kDetail, .here = here, .nav = Nav::kApprovals}, main, status);
}

Response decided(Context& context, const Request& request, const base::Result<ipc::Done>& reply,
                 std::string_view word) {
  if (reply) return go(Url("/approvals").with("done", word));
  if (is_about_session(reply.error())) return refuse(context, reply.error());
  Problems problems(context.language);
  problems.add("", reply.error());
  return approval_page(context, request, problems, status_of(reply.error()));
}

}  // namespace

Response page_approvals(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto offset = request.query.number("offset", 10'000'000, 0);
  if (!offset) return refuse(*view, offset.error());
  const auto reply = context.core.call(ipc::ListSubmissions{
      .token = request.token(), .offset = static_cast<std::uint32_t>(*offset)});
  if (!reply) return refuse(context, reply.error());
  const Html main =
      all(heading(view->t(kTitle)),
          done_notice(*view, request, {{"approved", kApproved}, {"returned", kReturned}}),
          list(*view, *reply), paging(*view, *offset, reply->total, Url("/approvals")));
  return show(*view, {.title = kTitle, .here = Url("/approvals"), .nav = Nav::kApprovals}, main);
}

Response page_approval(Context& context, const Request& request) {
  return approval_page(context, request, Problems(context.language), Status::kOk);
}

Response post_approve(Context& context, const Request& request) {
  ipc::ApproveSubmission message;
  message.auth = request.auth();
  message.submission = request.id<base::SubmissionId>();
  return decided(context, request, context.core.call(message), "approved");
}

Response post_return(Context& context, const Request& request) {
  const auto reason = one_line<200>(request.form.get("reason"), "reason");
  if (!reason || reason->empty()) {
    Problems problems(context.language);
    problems.add("reason", reason ? base::Error{base::Code::kMissing, "reason"} : reason.error());
    return approval_page(context, request, problems, Status::kUnprocessable);
  }
  ipc::ReturnSubmission message;
  message.auth = request.auth();
  message.submission = request.id<base::SubmissionId>();
  message.reason = *reason;
  return decided(context, request, context.core.call(message), "returned");
}

}  // namespace web
