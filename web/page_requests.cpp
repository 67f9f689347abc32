// The list of requests for numbers, with revocation.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"番号の依頼", "Requests for numbers"};
constexpr Say kNew{"番号を依頼する", "Request numbers"};
constexpr Say kStatus{"状況", "Status"};
constexpr Say kAny{"すべて", "All"};
constexpr Say kFind{"絞り込む", "Filter"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kPurposes{"利用目的", "Purposes"};
constexpr Say kMade{"依頼日時", "Made"};
constexpr Say kExpires{"期限", "Expires"};
constexpr Say kAct{"操作", "Act"};
constexpr Say kRevoked{"取消し済み", "Revoked"};
constexpr Say kRevoke{"取り消す", "Revoke"};
constexpr Say kRevokeSure{"{}さんへの依頼を取り消します。渡したリンクは使えなくなります。",
                          "This revokes the request to {}. The link stops working."};
constexpr Say kRevokeButton{"依頼を取り消す", "Revoke the request"};
constexpr Say kRevokedNow{"依頼を取り消しました。リンクはもう使えません。",
                          "The request was revoked. Its link no longer works."};
constexpr Say kNone{"依頼がありません。「番号を依頼する」から始めてください。",
                    "There are no requests. Start with “Request numbers”."};

Html purposes_of(const View& view, const ipc::RequestRow& request) {
  std::vector<Html> items;
  for (const base::Purpose purpose : request.purposes) {
    items.push_back(el("li", view.t(say(purpose))));
  }
  return el("ul", {{"class", "plain"}}, items);
}

bool is_open(const ipc::RequestRow& request) {
  return !request.revoked && (request.status == base::CollectionStatus::kRequested ||
                              request.status == base::CollectionStatus::kReturned);
}

Html revoke(const View& view, const ipc::RequestRow& request) {
  if (!is_open(request)) return {};
  const Url url = Url("/requests").segment(base::to_text(request.id)).segment("revoke");
  return confirmation(view.t(kRevoke), fill_in(view.language, kRevokeSure, {request.name.view()}),
                      post_form(view, url, danger_button(view.t(kRevokeButton))));
}

Html list(const View& view, const ipc::ListRequests::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(kNone));
  std::vector<Html> rows;
  for (const ipc::RequestRow& request : reply.rows) {
    const Url person = Url("/people").segment(base::to_text(request.person));
    const Html status = request.revoked ? Html(view.t(kRevoked)) : status_tag(view, request.status);
    rows.push_back(row(request.employee_no, link(person, request.name), purposes_of(view, request),
                       Html(say_time(view.language, request.made_at)),
                       Html(say_time(view.language, request.expires_at)), status,
                       revoke(view, request)));
  }
  return table(view.t(kTitle),
               {view.t(kNumber), view.t(kName), view.t(kPurposes), view.t(kMade), view.t(kExpires),
                view.t(kStatus), view.t(kAct)},
               rows);
}

Html filter_form(const View& view, std::optional<base::CollectionStatus> status) {
  std::vector<Option> options = options_of(view, base::CollectionStatus::kRequested, status);
  options.insert(options.begin(), Option{"", view.t(kAny), !status});
  return el("form", {{"method", "get"}, Attribute::action(Url("/requests")), {"class", "filter"}},
            select(view, Problems(view.language),
                   {.name = "status",
                    .label = view.t(kStatus),
                    .options = options,
                    .need = Need::kOptional}),
            button(view.t(kFind)));
}

}  // namespace

Response page_requests(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto offset = request.query.number("offset", 10'000'000, 0);
  if (!offset) return refuse(*view, offset.error());
  ipc::ListRequests message;
  message.token = request.token();
  message.status = value_named<base::CollectionStatus>(request.query.get("status"));
  message.offset = static_cast<std::uint32_t>(*offset);
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  const Url here =
      Url("/requests")
          .with_some("status", message.status ? base::name(*message.status) : std::string_view());
  Html acts;
  if (view->is(base::Role::kHandler)) {
    acts = el("div", {{"class", "acts"}}, button_link(Url("/requests/new"), view->t(kNew)));
  }
  const Html main =
      all(heading(view->t(kTitle)), done_notice(*view, request, {{"revoked", kRevokedNow}}), acts,
          filter_form(*view, message.status), list(*view, *reply),
          paging(*view, *offset, reply->total, here));
  return show(*view, {.title = kTitle, .here = here, .nav = Nav::kRequests}, main);
}

Response post_request_revoke(Context& context, const Request& request) {
  ipc::RevokeRequest message;
  message.auth = request.auth();
  message.request = request.id<base::RequestId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(Url("/requests").with("done", "revoked"));
}

}  // namespace web
