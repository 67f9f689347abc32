// What waits for other people: the list, those that wait for the reader first told apart.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"申請", "Proposals"};
constexpr Say kLead{
    "権限・区域・設定の変更と、退職前の廃棄は、1人ではできません。"
    "申請した人とは別の人が内容を確かめて承認します。",
    "Nobody changes rights, zones or settings, or disposes early, alone: somebody other than who "
    "proposed it checks what will happen and approves it."};
constexpr Say kKind{"内容", "What"};
constexpr Say kSubject{"対象", "About"};
constexpr Say kBy{"申請した人", "Proposed by"};
constexpr Say kAt{"申請日時", "Proposed"};
constexpr Say kApprovals{"承認", "Approvals"};
constexpr Say kOf{"{}人 / {}人", "{} of {}"};
constexpr Say kUntil{"期限", "Until"};
constexpr Say kStage{"状況", "Status"};
constexpr Say kForYou{"承認してください", "Please check"};
constexpr Say kReady{"実行できます", "Can be carried out"};
constexpr Say kNone{"申請はありません。", "There are no proposals."};

Html stage_of(const View& view, const ipc::ProposalRow& proposal) {
  if (proposal.may_execute) return el("span", {{"class", "tag tag-alert"}}, view.t(kReady));
  if (proposal.may_approve) return el("span", {{"class", "tag tag-alert"}}, view.t(kForYou));
  const bool open = proposal.stage == base::ProposalStage::kOpen;
  return el("span", {{"class", open ? "tag tag-requested" : "tag"}}, view.t(say(proposal.stage)));
}

Html list(const View& view, const ipc::ListProposals::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(kNone));
  std::vector<Html> rows;
  for (const ipc::ProposalRow& proposal : reply.rows) {
    const Url url = Url("/proposals").segment(base::to_text(proposal.id));
    const std::string count = fill_in(
        view.language, kOf, {std::to_string(proposal.approvals), std::to_string(proposal.needed)});
    rows.push_back(row(link(url, view.t(say(proposal.kind))), proposal.subject,
                       proposal.requested_by, Html(say_time(view.language, proposal.requested_at)),
                       Html(count), Html(say_time(view.language, proposal.expires_at)),
                       stage_of(view, proposal)));
  }
  return table(view.t(kTitle),
               {view.t(kKind), view.t(kSubject), view.t(kBy), view.t(kAt), view.t(kApprovals),
                view.t(kUntil), view.t(kStage)},
               rows);
}

}  // namespace

Response page_proposals(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto offset = request.query.number("offset", 10'000'000, 0);
  if (!offset) return refuse(*view, offset.error());
  const auto reply = context.core.call(
      ipc::ListProposals{.token = request.token(), .offset = static_cast<std::uint32_t>(*offset)});
  if (!reply) return refuse(context, reply.error());
  const Html main = all(heading(view->t(kTitle)), el("p", view->t(kLead)), list(*view, *reply),
                        paging(*view, *offset, reply->total, Url("/proposals")));
  return show(*view, {.title = kTitle, .here = Url("/proposals"), .nav = Nav::kProposals}, main);
}

}  // namespace web
