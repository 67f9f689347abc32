// The log: filters, pages from the newest backwards, names resolved; and its export.
#include <unistd.h>

#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"記録", "Log"};
constexpr Say kExportLink{"記録を書き出す", "Export the log"};
constexpr Say kEvent{"操作の種類", "Event"};
constexpr Say kAny{"すべて", "All"};
constexpr Say kAccount{"利用者", "Account"};
constexpr Say kPersonOnly{"{}に関する記録だけを表示しています。",
                          "Only entries about {} are shown."};
constexpr Say kThisPerson{"1人の対象者", "one person"};
constexpr Say kEverybody{"すべての記録を表示する", "Show all entries"};
constexpr Say kFrom{"開始日", "From"};
constexpr Say kTo{"終了日", "To"};
constexpr Say kDayHint{"例：2026-11-01", "For example 2026-11-01"};
constexpr Say kFind{"絞り込む", "Filter"};
constexpr Say kSize{"記録は全部で{}件あります。", "The log has {} entries."};
constexpr Say kIndex{"番号", "No."};
constexpr Say kAt{"日時", "Time"};
constexpr Say kWho{"だれが", "Who"};
constexpr Say kWhom{"だれの", "About"};
constexpr Say kDetails{"内容", "Details"};
constexpr Say kOlder{"さらに古い記録", "Older entries"};
constexpr Say kNewest{"最新の記録", "Newest entries"};
constexpr Say kNone{"条件に合う記録がありません。条件を減らして、もう一度絞り込んでください。",
                    "No entry matches. Use fewer conditions and filter again."};
constexpr Say kCount{"{}件", "{} items"};
constexpr Say kSystem{"装置", "appliance"};
constexpr Say kExportTitle{"記録の書き出し", "Export the log"};
constexpr Say kExportLead{
    "記録の全体を、署名と証明とともに1つの tar ファイルにします。装置がなくても "
    "kagikura verify で検証できます。書き出したことも記録されます。",
    "The whole log with signatures and proofs as one tar file. Anybody can check "
    "it with “kagikura verify”, without the appliance. The export is itself "
    "recorded."};
constexpr Say kExport{"書き出してダウンロード", "Export and download"};

struct Group {
  std::string_view prefix;
  Say text;
};
// Beginnings of event names, as people look for them.
constexpr Group kGroups[] = {
    {"reveal.", {"番号の表示", "Numbers shown"}},
    {"grant.", {"再認証による許可", "Grants"}},
    {"session.", {"サインイン・サインアウト", "Sign-in and sign-out"}},
    {"account.", {"利用者の管理", "Accounts"}},
    {"access.", {"権限のない操作", "Access denied"}},
    {"roster.", {"名簿の取込み", "Rosters"}},
    {"person.", {"対象者の変更", "Changes of people"}},
    {"request.", {"番号の依頼", "Requests"}},
    {"portal.", {"提供画面", "Portal"}},
    {"number.", {"提供・承認・差戻し", "Submissions and approvals"}},
    {"seal.", {"番号の封印", "Sealing"}},
    {"disposal.", {"廃棄", "Disposals"}},
    {"key.", {"鍵の破棄", "Destroyed keys"}},
    {"hsm.", {"HSM", "HSM"}},
    {"settings.", {"設定", "Settings"}},
    {"log.", {"記録そのもの", "The log itself"}},
    {"appliance.", {"装置の状態", "State of the appliance"}},
};

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t kJapanOffsetMs = 9LL * 3600 * 1000;

// Midnight in Japan at the beginning of that day.
base::WallTime begin_of(base::Day day) { return {day.days * kDayMs - kJapanOffsetMs}; }

base::Result<ipc::ReadLog> message_of(const Request& request) {
  ipc::ReadLog out;
  out.token = request.token();
  out.filter.event_prefix = TRY(request.query.text<32>("event"));
  if (!request.query.get("account").empty()) {
    out.filter.account = TRY(request.query.id<base::AccountId>("account"));
  }
  if (!request.query.get("person").empty()) {
    out.filter.person = TRY(request.query.id<base::PersonId>("person"));
  }
  if (const std::string_view from = request.query.get("from"); !from.empty()) {
    out.filter.from = begin_of(TRY(base::day_from_iso(from, "from")));
  }
  if (const std::string_view to = request.query.get("to"); !to.empty()) {
    const base::Day last = TRY(base::day_from_iso(to, "to"));
    out.filter.to = begin_of({last.days + 1});
  }
  out.before = TRY(request.query.number("before", UINT64_MAX, 0));
  return out;
}

Url url_of(const Request& request) {
  return Url("/log")
      .with_some("event", request.query.get("event"))
      .with_some("account", request.query.get("account"))
      .with_some("person", request.query.get("person"))
      .with_some("from", request.query.get("from"))
      .with_some("to", request.query.get("to"));
}

Html filter_form(const View& view, const Request& request, const Problems& problems,
                 const std::vector<Option>& accounts) {
  std::vector<Option> events = {{"", view.t(kAny), request.query.get("event").empty()}};
  for (const Group& group : kGroups) {
    events.push_back(
        {group.prefix, view.t(group.text), request.query.get("event") == group.prefix});
  }
  const auto day = [&](std::string_view name, const Say& label) {
    return input(view, problems,
                 {.name = name,
                  .label = view.t(label),
                  .hint = view.t(kDayHint),
                  .value = request.query.get(name),
                  .inputmode = "numeric",
                  .maxlength = 10,
                  .need = Need::kOptional});
  };
  Html person;
  if (const std::string_view id = request.query.get("person"); !id.empty()) {
    person = hidden("person", id);
  }
  return el(
      "form",
      {{"method", "get"},
       Attribute::action(Url("/log")),
       {"class", "filter"},
       {"role", "search"},
       {"aria-label", view.t(kFind)}},
      person,
      select(
          view, problems,
          {.name = "event", .label = view.t(kEvent), .options = events, .need = Need::kOptional}),
      select(view, problems,
             {.name = "account",
              .label = view.t(kAccount),
              .options = accounts,
              .need = Need::kOptional}),
      day("from", kFrom), day("to", kTo), button(view.t(kFind)));
}

Html details(const View& view, const ipc::LogRow& entry) {
  std::vector<Html> parts;
  if (entry.purpose) parts.push_back(el("li", view.t(say(*entry.purpose))));
  if (entry.form) parts.push_back(el("li", view.t(say(*entry.form))));
  if (!entry.period.empty()) parts.push_back(el("li", entry.period));
  if (entry.count > 0) {
    parts.push_back(el("li", fill_in(view.language, kCount, {grouped(entry.count)})));
  }
  if (!entry.action.empty()) parts.push_back(el("li", entry.action));
  if (!entry.error.empty()) parts.push_back(el("li", el("code", entry.error)));
  if (!entry.login.empty()) parts.push_back(el("li", entry.login));
  if (!entry.peer.empty()) {
    parts.push_back(el("li", view.t(say(entry.zone)), " ", el("code", entry.peer)));
  }
  return parts.empty() ? Html() : el("ul", {{"class", "plain"}}, parts);
}

Html entry_row(const View& view, const ipc::ReadLog::Row& line) {
  const ipc::LogRow& entry = line.entry;
  Html who(view.t(kSystem));
  if (!line.account_name.empty()) {
    who = all(line.account_name, leaf("br", {}), view.t(say(entry.role)));
  } else if (entry.role != base::Role::kNone) {
    who = all(view.t(say(entry.role)));
  }
  const bool linked =
      entry.person.valid() && view.is_any(base::Role::kResponsible, base::Role::kHandler);
  Html whom(line.person_name.view());
  if (linked) {
    whom = link(Url("/people").segment(base::to_text(entry.person)),
                line.person_name.empty() ? view.t(kThisPerson) : line.person_name.view());
  }
  return el("tr", el("td", {{"class", "count"}}, grouped(entry.index)),
            el("td", say_time(view.language, entry.at)),
            el("td", say_event(view.language, entry.event.view()), leaf("br", {}),
               el("code", {{"class", "event"}}, entry.event)),
            el("td", who), el("td", whom), el("td", details(view, entry)));
}

Html entries(const View& view, const Request& request, const ipc::ReadLog::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(kNone));
  std::vector<Html> rows;
  for (const auto& line : reply.rows) rows.push_back(entry_row(view, line));
  Html newest;
  Html older;
  if (!request.query.get("before").empty()) newest = button_link(url_of(request), view.t(kNewest));
  if (reply.next_before != 0) {
    older = button_link(url_of(request).with("before", reply.next_before), view.t(kOlder));
  }
  return all(table(view.t(kTitle),
                   {view.t(kIndex), view.t(kAt), view.t(kEvent), view.t(kWho), view.t(kWhom),
                    view.t(kDetails)},
                   rows),
             el("div", {{"class", "acts"}}, newest, older));
}

// The accounts for the filter. Without them the filter still works.
std::vector<Option> account_options(const View& view, const Request& request,
                                    const base::Result<ipc::ListAccounts::Reply>& accounts,
                                    std::vector<std::string>& ids) {
  const std::string_view chosen = request.query.get("account");
  std::vector<Option> out = {{"", view.t(kAny), chosen.empty()}};
  if (!accounts) return out;
  ids.reserve(accounts->rows.size());
  for (const ipc::AccountRow& account : accounts->rows) {
    ids.push_back(base::to_text(account.id));
    out.push_back({ids.back(), account.name.view(), ids.back() == chosen});
  }
  return out;
}

Html person_note(const View& view, const Request& request, const ipc::ReadLog::Reply& reply) {
  if (request.query.get("person").empty()) return {};
  std::string_view name = view.t(kThisPerson);
  for (const auto& line : reply.rows) {
    if (!line.person_name.empty()) name = line.person_name.view();
  }
  return el("p", fill_in(view.language, kPersonOnly, {name}), " ",
            link(Url("/log"), view.t(kEverybody)));
}

Response export_page(const View& view, const Problems& problems, Status status) {
  const Html main =
      all(heading(view.t(kExportTitle)), problems.summary({"password", "code"}),
          el("p", view.t(kExportLead)),
          el("div", {{"class", "card narrow"}},
             post_form(view, Url("/log/export"),
                       all(step_up_fields(view, problems, base::StepUpAct::kExportLog),
                           button(view.t(kExport))))));
  return show(view, {.title = kExportTitle, .here = Url("/log/export"), .nav = Nav::kLog}, main,
              status);
}

base::Result<ipc::ExportLog::Reply> export_log(Context& context, const Request& request) {
  const ipc::StepUp step_up = TRY(step_up_of(request, base::StepUpAct::kExportLog));
  const auto grant = TRY(context.core.call(step_up));
  ipc::ExportLog message;
  message.auth = request.auth();
  message.grant = grant.grant;
  return context.core.call(message);
}

}  // namespace

Response page_log(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  Problems problems(view->language);
  const auto accounts = context.core.call(ipc::ListAccounts{.token = request.token()});
  std::vector<std::string> ids;
  const std::vector<Option> options = account_options(*view, request, accounts, ids);
  const auto message = message_of(request);
  Html body;
  Html person;
  Status status = Status::kOk;
  if (message) {
    const auto reply = context.core.call(*message);
    if (!reply) return refuse(context, reply.error());
    person = person_note(*view, request, *reply);
    body = all(el("p", fill_in(view->language, kSize, {grouped(reply->size)})),
               entries(*view, request, *reply));
  } else {
    problems.add(message.error());
    status = Status::kUnprocessable;
  }
  Html acts;
  if (view->is(base::Role::kAuditor) && view->runs_box()) {
    acts = el("div", {{"class", "acts"}}, button_link(Url("/log/export"), view->t(kExportLink)));
  }
  const Html main = all(heading(view->t(kTitle)), problems.summary({"from", "to"}), acts, person,
                        filter_form(*view, request, problems, options), body);
  return show(*view, {.title = kTitle, .here = url_of(request), .nav = Nav::kLog}, main, status);
}

Response page_log_export(Context& context, const Request& /*request*/) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return export_page(*view, Problems(view->language), Status::kOk);
}

Response post_log_export(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  auto reply = export_log(context, request);
  if (!reply && is_about_session(reply.error())) return refuse(context, reply.error());
  // A sealed memory file: its size stays what it is now.
  const off_t size = reply ? ::lseek(reply->tar.get(), 0, SEEK_END) : 0;
  if (reply && (size < 0 || ::lseek(reply->tar.get(), 0, SEEK_SET) != 0)) {
    reply = base::fail(base::Code::kIo, "file");
  }
  if (!reply) {
    Problems problems(view->language);
    problems.add(reply.error());
    return export_page(*view, problems, status_of(reply.error()));
  }
  return Response::download(ContentType::kTar, "kagikura-log.tar", std::move(reply->tar),
                            static_cast<std::uint64_t>(size));
}

}  // namespace web
