#include "web/parts.h"

#include "web/assets.h"

namespace web {

namespace {

constexpr Say kProduct{"鍵蔵", "Kagikura"};
constexpr Say kSkip{"本文へ移動", "Skip to the content"};
constexpr Say kMenu{"メニュー", "Menu"};
constexpr Say kSignOut{"サインアウト", "Sign out"};
constexpr Say kOtherLanguage{"English", "日本語"};
constexpr Say kMayI{"できること・できないこと", "What may I do"};
constexpr Say kFooter{"個人番号は許可された目的でだけ表示され、すべての操作が記録されます。",
                      "Numbers are shown for permitted purposes only, and every act is recorded."};
constexpr Say kNotOperational{"装置は現在「{}」です。番号の受付・表示・廃棄はできません。",
                              "The appliance is now: {}. Numbers cannot be taken, shown or "
                              "disposed of."};

constexpr unsigned bit(base::Role role) { return 1U << static_cast<unsigned>(role); }
constexpr unsigned kResponsible = bit(base::Role::kResponsible);
constexpr unsigned kHandler = bit(base::Role::kHandler);
constexpr unsigned kViewer = bit(base::Role::kViewer);
constexpr unsigned kAuditor = bit(base::Role::kAuditor);
constexpr unsigned kRightsManager = bit(base::Role::kRightsManager);
constexpr unsigned kSecurityOfficer = bit(base::Role::kSecurityOfficer);
constexpr unsigned kReaders = kResponsible | kHandler | kViewer;
constexpr unsigned kRights = kResponsible | kRightsManager | kSecurityOfficer | kAuditor;

struct Place {
  Nav nav;
  Say text;
  Literal path;
  unsigned roles;             // 0: everybody
  bool for_deputies = false;  // also for who stands in for one of the roles
  bool of_box = false;        // of the appliance, not of a company
};

// Who may go where is core's decision; here is only what is worth a link.
constexpr Place kPlaces[] = {
    {Nav::kDashboard, {"ホーム", "Home"}, "/", 0},
    {Nav::kPeople, {"対象者", "People"}, "/people", kReaders},
    {Nav::kRequests, {"番号の依頼", "Requests"}, "/requests", kReaders},
    {Nav::kApprovals, {"提供の承認", "Submissions"}, "/approvals", kReaders, true},
    {Nav::kDisposals, {"廃棄", "Disposals"}, "/disposals", kReaders, true},
    {Nav::kProposals, {"申請", "Proposals"}, "/proposals", kRights | kHandler, true},
    {Nav::kLog, {"記録", "Log"}, "/log", kResponsible | kAuditor | kSecurityOfficer},
    {Nav::kAccounts, {"利用者", "Accounts"}, "/accounts", kRights},
    {Nav::kZones, {"区域", "Zones"}, "/zones", kRights, false, true},
    {Nav::kSettings, {"設定", "Settings"}, "/settings", kResponsible | kHandler},
};

bool is_for(const Place& place, const ipc::SessionFacts& session) {
  if (place.of_box && !session.runs_box) return false;
  const unsigned roles = bit(session.role) | (place.for_deputies ? session.deputy_for : 0);
  return place.roles == 0 || (place.roles & roles) != 0;
}

Html navigation(const View& view, Nav current) {
  if (view.session == nullptr) return {};
  std::vector<Html> items;
  for (const Place& place : kPlaces) {
    if (!is_for(place, *view.session)) continue;
    const Url url(place.path);
    const bool here = place.nav == current;
    items.push_back(el(
        "li", here ? el("a", {Attribute::href(url), {"aria-current", "page"}}, view.t(place.text))
                   : link(url, view.t(place.text))));
  }
  return el("nav", {{"class", "places"}, {"aria-label", view.t(kMenu)}}, el("ul", items));
}

Html language_switch(const View& view, const Url& here) {
  const bool japanese = view.language == Language::kJa;
  return el("form",
            {{"method", "post"}, Attribute::action(Url("/language")), {"class", "language"}},
            hidden("language", japanese ? "en" : "ja"), hidden("back", here.view()),
            el("button", {{"type", "submit"}, {"class", "quiet"}, {"lang", japanese ? "en" : "ja"}},
               view.t(kOtherLanguage)));
}

Html who(const View& view) {
  if (view.session == nullptr) return {};
  return all(el("p", {{"class", "who"}},
                link(Url("/account"), el("span", {{"class", "who-name"}}, view.session->name)), " ",
                el("span", {{"class", "who-role"}}, view.t(say(view.session->role)))),
             post_form(view, Url("/sign-out"),
                       el("button", {{"type", "submit"}, {"class", "quiet"}}, view.t(kSignOut))));
}

Html header(const View& view, const Frame& frame) {
  const Html mark = el("span", {{"class", "mark"}, {"lang", "ja"}}, "鍵蔵");
  const Html name = view.session == nullptr
                        ? el("p", {{"class", "brand"}}, mark)
                        : el("p", {{"class", "brand"}}, link(Url("/"), mark), " ",
                             el("span", {{"class", "firm"}}, view.session->firm));
  return el("header", {{"class", "top"}},
            el("div", {{"class", "topbar"}}, name,
               el("div", {{"class", "tools"}}, who(view), language_switch(view, frame.here))),
            navigation(view, frame.nav));
}

Html rights_link(const View& view) {
  if (view.session == nullptr) return {};
  return el("p", link(Url("/rights"), view.t(kMayI)));
}

Html state_banner(const View& view) {
  if (view.session == nullptr || view.session->state == base::State::kOperational) return {};
  return warning(view, fill_in(view.language, kNotOperational, {view.t(say(view.session->state))}));
}

}  // namespace

View public_view(const Context& context) { return {.language = context.language}; }

base::Result<View> signed_in(Context& context) {
  const auto session = TRY(context.session());
  return View{.language = context.language, .session = session};
}

Response show(const View& view, const Frame& frame, const Html& main, Status status) {
  const Html head = all(charset(), meta("viewport", "width=device-width, initial-scale=1"),
                        meta("referrer", "same-origin"), meta("robots", "noindex, nofollow"),
                        meta("format-detection", "telephone=no"),
                        el("title", view.t(frame.title), " | ", view.t(kProduct)),
                        stylesheet(asset_path("app.css")), icon(asset_path("icon.svg")),
                        script(asset_path("app.js")));
  const Html body =
      el("body", el("a", {{"class", "skip"}, Attribute::href(Url::here("main"))}, view.t(kSkip)),
         header(view, frame),
         el("main", {{"id", "main"}, {"tabindex", "-1"}}, state_banner(view), main),
         el("footer", {{"class", "foot"}}, el("p", view.t(kFooter)), rights_link(view)));
  return Response::page(std::string(document(name(view.language), head, body).view()), status);
}

Response go(const Url& url) { return Response::see_other(std::string(url.view())); }

Response to_proposal(base::ProposalId proposal, std::string_view done) {
  return go(Url("/proposals").segment(base::to_text(proposal)).with("done", done));
}

base::Result<base::ProposalId> revised(const Request& request) {
  if (request.form.get("revises").empty()) return base::ProposalId{};
  return request.form.id<base::ProposalId>("revises");
}

Html revises_field(const Request& request) {
  const std::string_view typed = request.form.get("revises");
  const std::string_view id = typed.empty() ? request.query.get("revises") : typed;
  return id.empty() ? Html() : hidden("revises", id);
}

bool is_about_session(const base::Error& error) {
  const std::string_view field = error.field.view();
  return field == "session" || field == "token";
}

Status status_of(const base::Error& error) {
  using base::Code;
  switch (error.code) {
    case Code::kInvalid:
    case Code::kMissing:
    case Code::kCheckDigit:
    case Code::kMismatch: return Status::kBadRequest;
    case Code::kTooLong: return Status::kTooLarge;
    case Code::kNotFound: return Status::kNotFound;
    case Code::kDenied:
    case Code::kStepUp: return Status::kForbidden;
    case Code::kDuplicate:
    case Code::kExpired:
    case Code::kUsed:
    case Code::kConflict: return Status::kConflict;
    case Code::kTooMany:
    case Code::kBudget:
    case Code::kLocked: return Status::kTooManyRequests;
    case Code::kState:
    case Code::kUnavailable:
    case Code::kTimeout:
    case Code::kFull: return Status::kUnavailable;
    case Code::kIo:
    case Code::kCorrupt:
    case Code::kProtocol:
    case Code::kInternal: return Status::kInternal;
  }
  return Status::kInternal;
}

Status form_status_of(const base::Error& error) {
  const Status status = status_of(error);
  return status == Status::kBadRequest ? Status::kUnprocessable : status;
}

Response refuse(const View& view, const base::Error& error) {
  constexpr Say kTitle{"操作できませんでした", "This could not be done"};
  constexpr Say kHome{"ホームへ戻る", "Back to the first page"};
  const Html main = all(heading(view.t(kTitle)), warning(view, explain(view.language, error)),
                        el("p", button_link(Url("/"), view.t(kHome))));
  return show(view, {.title = kTitle, .here = Url("/")}, main, status_of(error));
}

Response refuse(Context& context, const base::Error& error) {
  if (is_about_session(error)) {
    Response out = go(Url("/sign-in").with("again", "session"));
    out.clear_session();
    return out;
  }
  const auto view = signed_in(context);
  Response out = refuse(view ? *view : public_view(context), error);
  // A certificate is shown with a new connection only.
  if (error.field.view() == "desk_certificate") out.close_after();
  return out;
}

}  // namespace web
