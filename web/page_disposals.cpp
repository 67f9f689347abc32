// Disposals: who is due, proposing, and the list of batches.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"廃棄", "Disposals"};
constexpr Say kCandidates{"廃棄の候補（退職・終了後も番号がある人）",
                          "Candidates (leavers who still have numbers)"};
constexpr Say kNoCandidates{"廃棄の候補はいません。", "There are no candidates."};
constexpr Say kChoose{"選ぶ", "Choose"};
constexpr Say kChooseOne{"{}を選ぶ", "Choose {}"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kGroup{"所属", "Group"};
constexpr Say kLeaving{"退職・終了日", "Leaving"};
constexpr Say kPropose{"選んだ人の廃棄を提案する", "Propose disposal of those chosen"};
constexpr Say kBatches{"廃棄の一覧", "Disposals"};
constexpr Say kNoBatches{"廃棄の提案はまだありません。", "Nothing was proposed yet."};
constexpr Say kProposedAt{"提案日時", "Proposed"};
constexpr Say kProposedBy{"提案した人", "By"};
constexpr Say kReason{"理由", "Reason"};
constexpr Say kPeople{"人数", "People"};
constexpr Say kStatus{"状況", "Status"};
constexpr Say kNewTitle{"廃棄を提案する", "Propose a disposal"};
constexpr Say kWhom{"対象者", "People"};
constexpr Say kNobody{"対象者が選ばれていません。廃棄の画面で選んでください。",
                      "Nobody is chosen. Choose people on the disposals page."};
constexpr Say kBack{"廃棄の画面へ", "To the disposals page"};
constexpr Say kLead{
    "責任者が承認すると、番号の鍵を HSM で破棄します。元には戻せません。"
    "保存期間が過ぎているか、ほかの目的で必要でないかを確かめてください。",
    "When the responsible person approves, the keys of these numbers are destroyed in "
    "the HSM. This cannot be undone. Check that retention is over and no other "
    "purpose needs them."};
constexpr Say kDo{"廃棄を提案する", "Propose"};

Html choose_box(const View& view, const ipc::PersonRow& person) {
  const std::string id = base::to_text(person.id);
  const std::string box = "c-" + id;
  return all(leaf("input", {{"type", "checkbox"}, {"name", "person"}, {"value", id}, {"id", box}}),
             el("label", {{"for", box}, {"class", "pick"}},
                el("span", {{"class", "unseen"}},
                   fill_in(view.language, kChooseOne, {person.name.view()}))));
}

Html candidates(const View& view, const ipc::ListDisposals::Reply& reply) {
  if (reply.candidates.empty()) {
    return el("section", el("h2", view.t(kCandidates)), empty_state(view.t(kNoCandidates)));
  }
  const bool choosing = view.is(base::Role::kHandler);
  std::vector<Html> rows;
  for (const ipc::PersonRow& person : reply.candidates) {
    const Url url = Url("/people").segment(base::to_text(person.id));
    const std::string leaving = person.leaving ? say_day(view.language, *person.leaving) : "";
    const Html cells = all(el("td", person.employee_no), el("td", link(url, person.name)),
                           el("td", person.group), el("td", leaving));
    rows.push_back(choosing ? el("tr", el("td", choose_box(view, person)), cells)
                            : el("tr", cells));
  }
  const Html list =
      choosing ? table(view.t(kCandidates),
                       {view.t(kChoose), view.t(kNumber), view.t(kName), view.t(kGroup),
                        view.t(kLeaving)},
                       rows)
               : table(view.t(kCandidates),
                       {view.t(kNumber), view.t(kName), view.t(kGroup), view.t(kLeaving)}, rows);
  if (!choosing) return el("section", el("h2", view.t(kCandidates)), list);
  return el("section", el("h2", view.t(kCandidates)),
            el("form", {{"method", "get"}, Attribute::action(Url("/disposals/new"))}, list,
               el("div", {{"class", "acts"}}, secondary_button(view.t(kPropose)))));
}

Html batches(const View& view, const ipc::ListDisposals::Reply& reply, std::uint64_t offset) {
  std::vector<Html> rows;
  for (const ipc::DisposalRow& disposal : reply.rows) {
    const Url url = Url("/disposals").segment(base::to_text(disposal.id));
    const std::string tag = "tag tag-disposal-" + std::to_string(static_cast<int>(disposal.status));
    rows.push_back(row(link(url, say_time(view.language, disposal.proposed_at)),
                       disposal.proposed_by, Html(view.t(say(disposal.reason))),
                       all(disposal.people),
                       el("span", {{"class", tag}}, view.t(say(disposal.status)))));
  }
  return el("section", el("h2", view.t(kBatches)),
            rows.empty() ? empty_state(view.t(kNoBatches))
                         : table(view.t(kBatches),
                                 {view.t(kProposedAt), view.t(kProposedBy), view.t(kReason),
                                  view.t(kPeople), view.t(kStatus)},
                                 rows),
            paging(view, offset, reply.total, Url("/disposals")));
}

Response new_page(Context& context, const Request& request, const Form& form,
                  const Problems& problems, Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto ids = form.ids<base::PersonId, 1000>("person");
  if (!ids) return refuse(*view, ids.error());
  std::vector<Html> names;
  std::vector<Html> fields;
  Url here("/disposals/new");
  for (const base::PersonId id : *ids) {
    const auto reply = context.core.call(ipc::GetPerson{.token = request.token(), .person = id});
    if (!reply) return refuse(context, reply.error());
    const std::string text = base::to_text(id);
    names.push_back(el("li", link(Url("/people").segment(text), reply->person.name)));
    fields.push_back(hidden("person", text));
    here = std::move(here).with("person", text);
  }
  if (names.empty()) {
    const Html main = all(heading(view->t(kNewTitle)), empty_state(view->t(kNobody)),
                          el("p", button_link(Url("/disposals"), view->t(kBack))));
    return show(*view, {.title = kNewTitle, .here = here, .nav = Nav::kDisposals}, main, status);
  }
  const auto chosen = value_named<base::DisposalReason>(form.get("reason"));
  const Html reason =
      radios(*view, problems,
             {.name = "reason",
              .label = view->t(kReason),
              .options = options_of(*view, base::DisposalReason::kRetentionOver, chosen)});
  const Html main =
      all(heading(view->t(kNewTitle)), problems.summary({"reason"}), warning(*view, view->t(kLead)),
          facts(fact(view->t(kWhom), el("ul", {{"class", "plain"}}, names))),
          el("div", {{"class", "card"}},
             post_form(*view, Url("/disposals/new"),
                       all(fields, reason, danger_button(view->t(kDo))))));
  return show(*view, {.title = kNewTitle, .here = here, .nav = Nav::kDisposals}, main, status);
}

}  // namespace

Response page_disposals(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto offset = request.query.number("offset", 10'000'000, 0);
  if (!offset) return refuse(*view, offset.error());
  const auto reply = context.core.call(
      ipc::ListDisposals{.token = request.token(), .offset = static_cast<std::uint32_t>(*offset)});
  if (!reply) return refuse(context, reply.error());
  const Html main =
      all(heading(view->t(kTitle)), candidates(*view, *reply), batches(*view, *reply, *offset));
  return show(*view, {.title = kTitle, .here = Url("/disposals"), .nav = Nav::kDisposals}, main);
}

Response page_disposal_new(Context& context, const Request& request) {
  return new_page(context, request, request.query, Problems(context.language), Status::kOk);
}

Response post_disposal_new(Context& context, const Request& request) {
  Problems problems(context.language);
  ipc::ProposeDisposal message;
  message.auth = request.auth();
  auto people = request.form.ids<base::PersonId, 1000>("person");
  if (!people) return refuse(context, people.error());
  message.people = *std::move(people);
  const auto reason = value_named<base::DisposalReason>(request.form.get("reason"));
  if (!reason) {
    problems.add("reason", {base::Code::kMissing, "reason"});
    return new_page(context, request, request.form, problems, Status::kUnprocessable);
  }
  message.reason = *reason;
  const auto reply = context.core.call(message);
  if (!reply && is_about_session(reply.error())) return refuse(context, reply.error());
  if (!reply) {
    problems.add("", reply.error());
    return new_page(context, request, request.form, problems, status_of(reply.error()));
  }
  return go(Url("/disposals").segment(base::to_text(reply->disposal)).with("done", "proposed"));
}

}  // namespace web
