// The roster: upload, preview with every problem named, import.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"名簿の取込み", "Roster upload"};
constexpr Say kLead{
    "人事・給与ソフトから出力した CSV を選んでください。内容を確かめてから取り込みます。"
    "個人番号は名簿に入れないでください。",
    "Choose a CSV file from your payroll system. You see what it would change before "
    "anything is imported. Do not put Individual Numbers into it."};
constexpr Say kFileHint{"UTF-8 または CP932（Shift_JIS）、32 MiB 以下。",
                        "UTF-8 or CP932 (Shift_JIS), at most 32 MiB."};
constexpr Say kRead{"内容を確かめる", "Preview"};
constexpr Say kTemplate{"ひな形（CSV）をダウンロード", "Download a template (CSV)"};
constexpr Say kKinds{"区分に書ける言葉", "Words for the kind column"};
constexpr Say kBad{
    "{}件の誤りがあります。何も取り込んでいません。ファイルを直して、もう一度選んでください。",
    "There are {} problems. Nothing was imported. Correct the file and choose it again."};
constexpr Say kShown{"はじめの{}件を表示しています。", "The first {} are shown."};
constexpr Say kProblems{"誤りの一覧", "Problems"};
constexpr Say kLine{"行", "Line"};
constexpr Say kColumn{"列", "Column"};
constexpr Say kWhole{"行全体", "whole line"};
constexpr Say kReason{"理由", "Reason"};
constexpr Say kRemedy{"直し方", "What to do"};
constexpr Say kGood{"取り込める内容です。まだ取り込んでいません。",
                    "The file is in order. Nothing is imported yet."};
constexpr Say kEncoding{"文字コード", "Encoding"};
constexpr Say kAdded{"新しく加わる人", "People added"};
constexpr Say kChanged{"変わる人", "People changed"};
constexpr Say kUnchanged{"変わらない人", "People unchanged"};
constexpr Say kDependants{"うち扶養親族", "Dependants among them"};
constexpr Say kSample{"はじめの行", "The first lines"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kKana{"フリガナ", "Kana"};
constexpr Say kKind{"区分", "Kind"};
constexpr Say kGroup{"所属", "Group"};
constexpr Say kImport{"この内容で取り込む", "Import this"};

Html upload(const View& view, const Problems& problems) {
  const std::string_view problem = problems.of("csv");
  const Html error =
      problem.empty() ? Html() : el("p", {{"class", "error"}, {"id", "e-csv"}}, problem);
  std::vector<Html> kinds;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::PersonKind::kLast); ++i) {
    kinds.push_back(el("li", say(static_cast<base::PersonKind>(i)).in(Language::kJa)));
  }
  const Html field =
      el("div", {{"class", problem.empty() ? "field" : "field bad"}},
         el("label", {{"for", "f-csv"}}, field_label(view.language, "csv")),
         el("p", {{"class", "hint"}, {"id", "h-csv"}}, view.t(kFileHint)), error,
         leaf("input", {{"type", "file"},
                        {"id", "f-csv"},
                        {"name", "csv"},
                        {"class", "box"},
                        {"accept", ".csv,text/csv"},
                        {"required", true},
                        {"aria-describedby", problem.empty() ? "h-csv" : "h-csv e-csv"}}));
  return el("section", {{"class", "card"}}, el("p", view.t(kLead)),
            upload_form(view, Url("/roster"), all(field, button(view.t(kRead)))),
            el("p", link(Url("/roster/template"), view.t(kTemplate))),
            el("details", el("summary", view.t(kKinds)),
               el("ul", {{"class", "plain"}, {"lang", "ja"}}, kinds)));
}

Html problems_table(const View& view, const ipc::PreviewRoster::Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::RosterProblem& problem : reply.problems) {
    Html column = Html(view.t(kWhole));
    if (problem.column != 0) column = all(problem.column, " ", problem.column_name);
    rows.push_back(row(all(problem.line), column, Html(view.t(say(problem.reason))),
                       Html(view.t(remedy(problem.reason)))));
  }
  Html note;
  if (reply.problems_total > reply.problems.size()) {
    note = el("p", fill_in(view.language, kShown, {std::to_string(reply.problems.size())}));
  }
  return all(el("div", {{"class", "problems"}, {"role", "alert"}},
                el("h2", fill_in(view.language, kBad, {grouped(reply.problems_total)}))),
             note,
             table(view.t(kProblems),
                   {view.t(kLine), view.t(kColumn), view.t(kReason), view.t(kRemedy)}, rows));
}

Html preview(const View& view, const ipc::PreviewRoster::Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::PersonRow& person : reply.sample) {
    rows.push_back(row(person.employee_no, person.name, person.kana, Html(view.t(say(person.kind))),
                       person.group));
  }
  const Html counts = facts(all(fact(view.t(kEncoding), reply.encoding.view()),
                                fact(view.t(kAdded), grouped(reply.added)),
                                fact(view.t(kChanged), grouped(reply.changed)),
                                fact(view.t(kUnchanged), grouped(reply.unchanged)),
                                fact(view.t(kDependants), grouped(reply.dependants))));
  const Html form =
      post_form(view, Url("/roster/import"),
                all(hidden("preview", base::to_text(reply.preview)), button(view.t(kImport))));
  return all(
      notice(view.t(kGood)), counts, form,
      table(view.t(kSample),
            {view.t(kNumber), view.t(kName), view.t(kKana), view.t(kKind), view.t(kGroup)}, rows));
}

Response roster_page(const View& view, const Html& above, const Problems& problems, Status status) {
  const Html main =
      all(heading(view.t(kTitle)), problems.summary({"csv"}), above, upload(view, problems));
  return show(view, {.title = kTitle, .here = Url("/roster"), .nav = Nav::kPeople}, main, status);
}

}  // namespace

Response page_roster(Context& context, const Request& /*request*/) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return roster_page(*view, {}, Problems(view->language), Status::kOk);
}

// The headings as daemon/registry/roster.h knows them, and two lines that show how it is meant.
// With a byte order mark, so that spreadsheet programs take it for UTF-8.
Response page_roster_template(Context& context, const Request& /*request*/) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  std::string csv =
      "\xEF\xBB\xBF"
      "社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号,入社日\r\n"
      "E0001,見本 一郎,ミホン イチロウ,従業員,総務部,1980-04-01,,,2005-04-01\r\n"
      ",見本 花子,ミホン ハナコ,扶養親族,,1982-05-02,妻,E0001,\r\n";
  return Response::download(ContentType::kCsv, "kagikura-roster.csv", std::move(csv));
}

Response post_roster(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  Problems problems(view->language);
  if (!context.upload.valid()) {
    problems.add("csv", {base::Code::kMissing, "csv"});
    return roster_page(*view, {}, problems, Status::kUnprocessable);
  }
  ipc::PreviewRoster message;
  message.auth = request.auth();
  message.csv = std::move(context.upload);
  const auto reply = context.core.call(message);
  if (!reply && is_about_session(reply.error())) return refuse(context, reply.error());
  if (!reply) {
    problems.add("csv", reply.error());
    return roster_page(*view, {}, problems, status_of(reply.error()));
  }
  if (reply->problems_total > 0) {
    return roster_page(*view, problems_table(*view, *reply), problems, Status::kUnprocessable);
  }
  return roster_page(*view, preview(*view, *reply), problems, Status::kOk);
}

Response post_roster_import(Context& context, const Request& request) {
  ipc::ImportRoster message;
  message.auth = request.auth();
  const auto preview = request.form.id<base::PreviewId>("preview");
  if (!preview) return refuse(context, preview.error());
  message.preview = *preview;
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(Url("/people").with("done", "imported"));
}

}  // namespace web
