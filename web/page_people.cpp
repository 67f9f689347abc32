// The list of people: search, filters, paging, choosing some for a request, a reveal or a disposal.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"対象者", "People"};
constexpr Say kSearch{"絞り込み", "Search"};
constexpr Say kQueryHint{"社員番号・氏名・フリガナの一部", "Part of a number, name or kana"};
constexpr Say kStatus{"状況", "Status"};
constexpr Say kKind{"区分", "Kind"};
constexpr Say kGroup{"所属", "Group"};
constexpr Say kAny{"すべて", "All"};
constexpr Say kFind{"絞り込む", "Search"};
constexpr Say kChoose{"選ぶ", "Choose"};
constexpr Say kChooseOne{"{}を選ぶ", "Choose {}"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kDependants{"扶養", "Dependants"};
constexpr Say kLeaving{"退職・終了日", "Leaving"};
constexpr Say kRequest{"選んだ人に番号を依頼する", "Request numbers of those chosen"};
constexpr Say kReveal{"選んだ人の番号を使う", "Use numbers of those chosen"};
constexpr Say kDispose{"選んだ人の廃棄を提案する", "Propose disposal of those chosen"};
constexpr Say kRoster{"名簿を取り込む", "Upload a roster"};
constexpr Say kRequestAll{"未依頼の全員に依頼する", "Request numbers of everybody not yet asked"};
constexpr Say kNobody{
    "対象者がまだいません。担当者が名簿（CSV）を取り込むと、ここに並びます。",
    "Nobody is in the register yet. When a handler uploads a roster (CSV), people "
    "are listed here."};
constexpr Say kNoMatch{"条件に合う人がいません。条件を減らして、もう一度絞り込んでください。",
                       "Nobody matches. Use fewer conditions and search again."};
constexpr Say kImported{"名簿を取り込みました。", "The roster was imported."};

struct Filter {
  std::string_view query;
  std::optional<base::CollectionStatus> status;
  std::optional<base::PersonKind> kind;
  std::string_view group;

  [[nodiscard]] bool empty() const { return query.empty() && !status && !kind && group.empty(); }
  [[nodiscard]] Url url() const {
    return Url("/people")
        .with_some("query", query)
        .with_some("status", status ? base::name(*status) : "")
        .with_some("kind", kind ? base::name(*kind) : "")
        .with_some("group", group);
  }
};

Filter filter_of(const Request& request) {
  return {.query = request.query.get("query"),
          .status = value_named<base::CollectionStatus>(request.query.get("status")),
          .kind = value_named<base::PersonKind>(request.query.get("kind")),
          .group = request.query.get("group")};
}

template <class E>
std::vector<Option> any_or(const View& view, std::optional<E> chosen) {
  std::vector<Option> out = options_of<E>(view, static_cast<E>(0), chosen);
  out.insert(out.begin(), Option{"", view.t(kAny), !chosen});
  return out;
}

Html search_form(const View& view, const Filter& filter,
                 const base::List<ipc::Text<64>, 200>& groups) {
  const Problems none(view.language);
  std::vector<Option> group_options = {{"", view.t(kAny), filter.group.empty()}};
  for (const auto& group : groups) {
    group_options.push_back({group.view(), group.view(), group.view() == filter.group});
  }
  return el("form",
            {{"method", "get"},
             Attribute::action(Url("/people")),
             {"class", "filter"},
             {"role", "search"},
             {"aria-label", view.t(kSearch)}},
            input(view, none,
                  {.name = "query",
                   .label = field_label(view.language, "query"),
                   .hint = view.t(kQueryHint),
                   .value = filter.query,
                   .type = "search",
                   .maxlength = 100,
                   .need = Need::kOptional}),
            select(view, none,
                   {.name = "status",
                    .label = view.t(kStatus),
                    .options = any_or(view, filter.status),
                    .need = Need::kOptional}),
            select(view, none,
                   {.name = "kind",
                    .label = view.t(kKind),
                    .options = any_or(view, filter.kind),
                    .need = Need::kOptional}),
            select(view, none,
                   {.name = "group",
                    .label = view.t(kGroup),
                    .options = group_options,
                    .need = Need::kOptional}),
            button(view.t(kFind)));
}

Html choose_box(const View& view, const ipc::PersonRow& person) {
  const std::string id = base::to_text(person.id);
  const std::string box = "c-" + id;
  return all(leaf("input", {{"type", "checkbox"}, {"name", "person"}, {"value", id}, {"id", box}}),
             el("label", {{"for", box}, {"class", "pick"}},
                el("span", {{"class", "unseen"}},
                   fill_in(view.language, kChooseOne, {person.name.view()}))));
}

Html person_line(const View& view, const ipc::PersonRow& person, bool choosing) {
  const Url url = Url("/people").segment(base::to_text(person.id));
  const Html name =
      all(link(url, person.name), leaf("br", {}), el("span", {{"class", "kana"}}, person.kana));
  const std::string leaving = person.leaving ? say_day(view.language, *person.leaving) : "";
  const Html rest =
      all(el("td", person.employee_no), el("td", name), el("td", view.t(say(person.kind))),
          el("td", person.group), el("td", status_tag(view, person.status)),
          el("td", {{"class", "count"}}, std::uint32_t{person.dependants}), el("td", leaving));
  return choosing ? el("tr", el("td", choose_box(view, person)), rest) : el("tr", rest);
}

Html people_table(const View& view, const ipc::ListPeople::Reply& reply, bool choosing) {
  std::vector<Html> rows;
  for (const ipc::PersonRow& person : reply.rows) {
    rows.push_back(person_line(view, person, choosing));
  }
  if (choosing) {
    return table(view.t(kTitle),
                 {view.t(kChoose), view.t(kNumber), view.t(kName), view.t(kKind), view.t(kGroup),
                  view.t(kStatus), view.t(kDependants), view.t(kLeaving)},
                 rows);
  }
  return table(view.t(kTitle),
               {view.t(kNumber), view.t(kName), view.t(kKind), view.t(kGroup), view.t(kStatus),
                view.t(kDependants), view.t(kLeaving)},
               rows);
}

Html act_button(const Url& url, std::string_view text) {
  return el("button",
            {{"type", "submit"}, {"class", "button secondary"}, Attribute::formaction(url)}, text);
}

Html list(const View& view, const Filter& filter, std::uint64_t offset,
          const ipc::ListPeople::Reply& reply) {
  if (reply.rows.empty()) return empty_state(view.t(filter.empty() ? kNobody : kNoMatch));
  const Html pages = paging(view, offset, reply.total, filter.url());
  if (!view.is(base::Role::kHandler)) return all(people_table(view, reply, false), pages);
  return all(el("form", {{"method", "get"}, Attribute::action(Url("/requests/new"))},
                people_table(view, reply, true),
                el("div", {{"class", "acts"}}, act_button(Url("/requests/new"), view.t(kRequest)),
                   act_button(Url("/reveal"), view.t(kReveal)),
                   act_button(Url("/disposals/new"), view.t(kDispose)))),
             pages);
}

}  // namespace

Response page_people(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const Filter filter = filter_of(request);
  ipc::ListPeople message;
  message.token = request.token();
  const auto query = request.query.text<100>("query");
  const auto group = request.query.text<64>("group");
  const auto offset = request.query.number("offset", 10'000'000, 0);
  if (!query) return refuse(*view, query.error());
  if (!group) return refuse(*view, group.error());
  if (!offset) return refuse(*view, offset.error());
  message.query = *query;
  message.group = *group;
  message.status = filter.status;
  message.kind = filter.kind;
  message.offset = static_cast<std::uint32_t>(*offset);
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  Html acts;
  if (view->is(base::Role::kHandler)) {
    acts = el("div", {{"class", "acts"}}, button_link(Url("/roster"), view->t(kRoster)),
              button_link(Url("/requests/new").with("all", "1"), view->t(kRequestAll)));
  }
  const Html main =
      all(heading(view->t(kTitle)), done_notice(*view, request, {{"imported", kImported}}), acts,
          search_form(*view, filter, reply->groups), list(*view, filter, *offset, *reply));
  return show(*view, {.title = kTitle, .here = filter.url(), .nav = Nav::kPeople}, main);
}

}  // namespace web
