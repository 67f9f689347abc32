// The first page: how far collection is, what waits, how the appliance is, what to do next.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"ホーム", "Home"};
constexpr Say kCollection{"収集の状況", "Collection"};
constexpr Say kStatus{"状況", "Status"};
constexpr Say kPeople{"人数", "People"};
constexpr Say kChart{"収集の状況の割合", "Share of each status"};
constexpr Say kWaiting{"待っていること", "Waiting"};
constexpr Say kApprovals{"承認待ちの提供", "Submissions to approve"};
constexpr Say kDisposals{"承認待ちの廃棄", "Disposals to approve"};
constexpr Say kProposals{"あなたを待っている申請", "Proposals that wait for you"};
constexpr Say kLeavers{"退職・終了後も番号がある人", "Leavers who still have numbers"};
constexpr Say kAppliance{"装置", "Appliance"};
constexpr Say kHsm{"HSM", "HSM"};
constexpr Say kHsmOk{"正常", "Working"};
constexpr Say kHsmBad{"応答なし：保安担当者に知らせてください",
                      "Not answering: tell the security staff"};
constexpr Say kMechanism{"封印の方式", "Sealing mechanism"};
constexpr Say kLogEntries{"記録の件数", "Log entries"};
constexpr Say kLogUsed{"記録領域の使用率", "Log space used"};
constexpr Say kCheckpoint{"最新の署名", "Newest checkpoint"};
constexpr Say kBudget{"あなたが表示できる残り", "Numbers you may still show"};
constexpr Say kBudgetText{"この1時間で{}件、今日{}件", "{} this hour, {} today"};
constexpr Say kNext{"次にすること", "Next steps"};
constexpr Say kClosed{"いまは、あなたの業務時間外です。", "You are outside of your opening hours."};
constexpr Say kHours{"業務時間と時間外の使用", "Opening hours, and work outside of them"};
constexpr Say kNobody{
    "対象者がまだいません。名簿を取り込むと、ここに状況が表示されます。",
    "There is nobody in the register yet. Upload a roster, and progress shows here."};

// Bars of an SVG, one a status; the table beside it says the same in words.
Html chart(const View& view, const ipc::GetDashboard::Reply& now, std::uint64_t total) {
  constexpr std::uint64_t kWidth = 700;
  std::vector<Html> bars;
  std::uint64_t x = 0;
  for (const auto& count : now.statuses) {
    const std::uint64_t width = count.people * kWidth / total;
    if (width == 0) continue;
    const std::string bar = "bar bar-" + std::string(base::name(count.status));
    bars.push_back(el("rect", {{"class", bar},
                               {"x", std::to_string(x)},
                               {"y", "0"},
                               {"width", std::to_string(width)},
                               {"height", "32"}}));
    x += width;
  }
  return el("svg",
            {{"class", "chart"},
             {"viewBox", "0 0 700 32"},
             {"preserveAspectRatio", "none"},
             {"role", "img"},
             {"aria-label", view.t(kChart)}},
            bars);
}

Html collection(const View& view, const ipc::GetDashboard::Reply& now) {
  std::uint64_t total = 0;
  for (const auto& count : now.statuses) total += count.people;
  if (total == 0) return el("section", el("h2", view.t(kCollection)), empty_state(view.t(kNobody)));
  const bool office =
      view.is_any(base::Role::kResponsible, base::Role::kHandler, base::Role::kViewer);
  std::vector<Html> rows;
  for (const auto& count : now.statuses) {
    const Html tag = status_tag(view, count.status);
    const Html name =
        office ? link(Url("/people").with("status", base::name(count.status)), tag) : tag;
    rows.push_back(el("tr", el("td", name), el("td", {{"class", "count"}}, grouped(count.people))));
  }
  return el("section", el("h2", view.t(kCollection)), chart(view, now, total),
            table(view.t(kCollection), {view.t(kStatus), view.t(kPeople)}, rows));
}

Html waiting_item(const Say& text, const View& view, std::uint32_t count, const Url& url) {
  return el("li", el("a", {Attribute::href(url), {"class", "tile"}},
                     el("span", {{"class", "tile-count"}}, grouped(count)),
                     el("span", {{"class", "tile-text"}}, view.t(text))));
}

Html waiting(const View& view, const ipc::GetDashboard::Reply& now) {
  using base::Role;
  std::vector<Html> items;
  if (view.is_any(Role::kResponsible, Role::kHandler, Role::kViewer)) {
    items.push_back(waiting_item(kApprovals, view, now.approvals_waiting, Url("/approvals")));
    items.push_back(waiting_item(kDisposals, view, now.disposals_waiting, Url("/disposals")));
    items.push_back(waiting_item(kLeavers, view, now.leavers_holding_numbers, Url("/disposals")));
  }
  if (view.is_any(Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer)) {
    items.push_back(waiting_item(kProposals, view, now.proposals_waiting, Url("/proposals")));
  }
  if (items.empty()) return {};
  return el("section", el("h2", view.t(kWaiting)), el("ul", {{"class", "tiles"}}, items));
}

Html appliance(const View& view, const ipc::GetDashboard::Reply& now) {
  Html hsm = all(view.t(now.hsm_ok ? kHsmOk : kHsmBad));
  if (!now.hsm_model.empty()) hsm = all(hsm, " (", now.hsm_model, ")");
  Html rows = all(fact(view.t(kHsm), hsm), fact(view.t(kMechanism), now.mechanism.view()),
                  fact(view.t(kLogEntries), grouped(now.log_entries)),
                  fact(view.t(kLogUsed), std::to_string(now.log_used_percent) + " %"));
  if (!now.checkpoint_head.empty()) {
    rows = all(
        rows, fact(view.t(kCheckpoint), all(say_time(view.language, now.checkpoint_at), " ",
                                            el("code", {{"class", "hash"}}, now.checkpoint_head))));
  }
  if (view.is(base::Role::kHandler)) {
    rows =
        all(rows, fact(view.t(kBudget),
                       fill_in(view.language, kBudgetText,
                               {grouped(now.reveals_left_hour), grouped(now.reveals_left_day)})));
  }
  return el("section", el("h2", view.t(kAppliance)), web::facts(rows));
}

struct Step {
  base::Role role;
  Say text;
  Literal path;
  bool of_box = false;  // of the appliance: for who runs it
};
constexpr Step kSteps[] = {
    {base::Role::kHandler, {"名簿を取り込む", "Upload a roster"}, "/roster"},
    {base::Role::kHandler, {"番号を依頼する", "Request numbers"}, "/requests/new"},
    {base::Role::kHandler,
     {"対象者を探して番号を使う", "Find somebody and use a number"},
     "/people"},
    {base::Role::kHandler,
     {"退職者の廃棄を提案する", "Propose disposals of leavers"},
     "/disposals"},
    {base::Role::kResponsible, {"提供された番号を承認する", "Approve submissions"}, "/approvals"},
    {base::Role::kResponsible,
     {"廃棄を確かめて承認する", "Check and approve disposals"},
     "/disposals"},
    {base::Role::kResponsible,
     {"会社からの言葉と合言葉を決める", "Set company phrase and passcode"},
     "/settings"},
    {base::Role::kResponsible, {"利用者を招待する", "Invite an account"}, "/accounts/new"},
    {base::Role::kViewer, {"対象者と状況を見る", "See people and progress"}, "/people"},
    {base::Role::kRightsManager,
     {"申請を確かめて承認する", "Check and approve proposals"},
     "/proposals"},
    {base::Role::kRightsManager, {"利用者を招待する", "Invite an account"}, "/accounts/new"},
    {base::Role::kSecurityOfficer, {"接続できる区域を確かめる", "Check the zones"}, "/zones", true},
    {base::Role::kSecurityOfficer, {"記録を調べる", "Look through the log"}, "/log"},
    {base::Role::kAuditor, {"記録を調べる", "Look through the log"}, "/log"},
    {base::Role::kAuditor,
     {"記録を書き出して検証する", "Export the log and verify it"},
     "/log/export",
     true},
};

Html next_steps(const View& view) {
  std::vector<Html> items;
  for (const Step& step : kSteps) {
    if (step.of_box && !view.runs_box()) continue;
    if (view.is(step.role)) items.push_back(el("li", link(Url(step.path), view.t(step.text))));
  }
  if (items.empty()) return {};
  return el("section", el("h2", view.t(kNext)), el("ul", {{"class", "steps"}}, items));
}

Html closed(const View& view) {
  return all(warning(view, view.t(kClosed)), el("p", link(Url("/hours"), view.t(kHours))));
}

}  // namespace

Response page_dashboard(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::GetDashboard{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  const Html main = all(heading(view->t(kTitle)), reply->open ? Html() : closed(*view),
                        new_devices(*view, reply->new_devices), waiting(*view, *reply),
                        next_steps(*view), collection(*view, *reply), appliance(*view, *reply));
  return show(*view, {.title = kTitle, .here = Url("/"), .nav = Nav::kDashboard}, main);
}

}  // namespace web
