// One person: facts, dependants, purposes with masked numbers, requests, and what can be done.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"対象者の詳細", "Person"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kKind{"区分", "Kind"};
constexpr Say kGroup{"所属", "Group"};
constexpr Say kBirth{"生年月日", "Date of birth"};
constexpr Say kStatus{"状況", "Status"};
constexpr Say kLeaving{"退職日・取引終了日", "Leaving date"};
constexpr Say kHead{"扶養している人", "Dependant of"};
constexpr Say kRelation{"続柄", "Relation"};
constexpr Say kDeclined{"提供拒否の理由", "Reason for declining"};
constexpr Say kNumbers{"個人番号", "Individual Numbers"};
constexpr Say kPurpose{"利用目的", "Purpose"};
constexpr Say kNotified{"通知", "Notified"};
constexpr Say kYes{"済", "yes"};
constexpr Say kNo{"未", "no"};
constexpr Say kHeld{"番号", "Number"};
constexpr Say kNone{"保管なし", "none kept"};
constexpr Say kSealedAt{"封印した日時", "Sealed at"};
constexpr Say kDependants{"扶養親族", "Dependants"};
constexpr Say kNoDependants{"登録された扶養親族はいません。", "No dependants are registered."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kRequests{"依頼の履歴", "Requests"};
constexpr Say kNoRequests{"まだ依頼していません。", "Nothing was requested yet."};
constexpr Say kMade{"依頼日時", "Made"};
constexpr Say kExpires{"期限", "Expires"};
constexpr Say kRevoked{"取消し済み", "Revoked"};
constexpr Say kUse{"番号を使う（再認証）", "Use the number (re-authenticate)"};
constexpr Say kAsk{"番号を依頼する", "Request the number"};
constexpr Say kDispose{"廃棄を提案する", "Propose disposal"};
constexpr Say kLog{"この人の記録を見る", "Log of this person"};
constexpr Say kLeavingTitle{"退職日・取引終了日の登録", "Set the leaving date"};
constexpr Say kLeavingHint{"例：2027-03-31。空にして登録すると取り消します。",
                           "For example 2027-03-31. Leave empty to take it back."};
constexpr Say kSave{"登録する", "Save"};
constexpr Say kSaved{"退職日・取引終了日を登録しました。", "The leaving date was saved."};

Html facts_of(const View& view, const ipc::GetPerson::Reply& reply) {
  const ipc::PersonRow& person = reply.person;
  Html out =
      all(fact(view.t(kStatus), status_tag(view, person.status)),
          fact(view.t(kNumber), person.employee_no.view()),
          fact(view.t(kKind), view.t(say(person.kind))), fact(view.t(kGroup), person.group.view()));
  if (reply.birth) out = all(out, fact(view.t(kBirth), say_day(view.language, *reply.birth)));
  if (person.leaving) {
    out = all(out, fact(view.t(kLeaving), say_day(view.language, *person.leaving)));
  }
  if (reply.head) {
    const Url url = Url("/people").segment(base::to_text(reply.head->id));
    out = all(out, fact(view.t(kHead), link(url, reply.head->name)));
  }
  if (!reply.relation.empty()) out = all(out, fact(view.t(kRelation), reply.relation.view()));
  if (!reply.declined_reason.empty()) {
    out = all(out, fact(view.t(kDeclined), reply.declined_reason.view()));
  }
  return facts(out);
}

Html numbers(const View& view, const ipc::GetPerson::Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::PurposeRow& purpose : reply.purposes) {
    rows.push_back(row(Html(view.t(say(purpose.purpose))),
                       Html(view.t(purpose.notified ? kYes : kNo)),
                       purpose.held ? masked(view) : Html(view.t(kNone)),
                       purpose.held ? Html(say_time(view.language, purpose.sealed_at)) : Html()));
  }
  return el("section", el("h2", view.t(kNumbers)),
            table(view.t(kNumbers),
                  {view.t(kPurpose), view.t(kNotified), view.t(kHeld), view.t(kSealedAt)}, rows));
}

Html dependants(const View& view, const ipc::GetPerson::Reply& reply) {
  if (reply.head) return {};
  std::vector<Html> rows;
  for (const ipc::PersonRow& person : reply.dependants) {
    const Url url = Url("/people").segment(base::to_text(person.id));
    rows.push_back(row(link(url, person.name), Html(view.t(say(person.kind))),
                       status_tag(view, person.status)));
  }
  return el("section", el("h2", view.t(kDependants)),
            rows.empty() ? empty_state(view.t(kNoDependants))
                         : table(view.t(kDependants),
                                 {view.t(kName), view.t(kKind), view.t(kStatus)}, rows));
}

Html purposes_of(const View& view, const base::List<base::Purpose, ipc::kPurposesMax>& purposes) {
  std::vector<Html> items;
  for (const base::Purpose purpose : purposes) items.push_back(el("li", view.t(say(purpose))));
  return el("ul", {{"class", "plain"}}, items);
}

Html requests(const View& view, const ipc::GetPerson::Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::RequestRow& request : reply.requests) {
    rows.push_back(
        row(Html(say_time(view.language, request.made_at)), purposes_of(view, request.purposes),
            Html(say_time(view.language, request.expires_at)),
            request.revoked ? Html(view.t(kRevoked)) : status_tag(view, request.status)));
  }
  return el(
      "section", el("h2", view.t(kRequests)),
      rows.empty()
          ? empty_state(view.t(kNoRequests))
          : table(view.t(kRequests),
                  {view.t(kMade), view.t(kPurpose), view.t(kExpires), view.t(kStatus)}, rows));
}

Html acts(const View& view, const ipc::GetPerson::Reply& reply) {
  const std::string id = base::to_text(reply.person.id);
  Html out;
  if (view.is(base::Role::kHandler)) {
    bool held = false;
    for (const ipc::PurposeRow& purpose : reply.purposes) held = held || purpose.held;
    if (held) out = all(out, button_link(Url("/reveal").with("person", id), view.t(kUse)));
    if (!reply.head) {
      out = all(out, button_link(Url("/requests/new").with("person", id), view.t(kAsk)));
    }
    if (held) {
      out = all(out, button_link(Url("/disposals/new").with("person", id), view.t(kDispose)));
    }
  }
  if (view.is(base::Role::kResponsible)) {
    out = all(out, button_link(Url("/log").with("person", id), view.t(kLog)));
  }
  return out.empty() ? out : el("div", {{"class", "acts"}}, out);
}

Html leaving_form(const View& view, const ipc::GetPerson::Reply& reply, const Problems& problems,
                  std::string_view typed) {
  if (!view.is(base::Role::kHandler)) return {};
  const std::string saved = reply.person.leaving ? base::to_iso(*reply.person.leaving) : "";
  return el(
      "section", el("h2", view.t(kLeavingTitle)),
      post_form(view, Url("/people").segment(base::to_text(reply.person.id)).segment("leaving"),
                all(input(view, problems,
                          {.name = "leaving",
                           .label = view.t(kLeaving),
                           .hint = view.t(kLeavingHint),
                           .value = problems.empty() ? std::string_view(saved) : typed,
                           .inputmode = "numeric",
                           .width = "half",
                           .maxlength = 10,
                           .need = Need::kOptional}),
                    secondary_button(view.t(kSave)))));
}

Response person_page(Context& context, const Request& request, const Problems& problems,
                     Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(
      ipc::GetPerson{.token = request.token(), .person = request.id<base::PersonId>()});
  if (!reply) return refuse(context, reply.error());
  const Html main =
      all(heading(reply->person.name.view()), el("p", {{"class", "kana"}}, reply->person.kana),
          problems.summary({"leaving"}), done_notice(*view, request, {{"leaving", kSaved}}),
          acts(*view, *reply), facts_of(*view, *reply), numbers(*view, *reply),
          dependants(*view, *reply), requests(*view, *reply),
          leaving_form(*view, *reply, problems, request.form.get("leaving")));
  const Url here = Url("/people").segment(base::to_text(reply->person.id));
  return show(*view, {.title = kTitle, .here = here, .nav = Nav::kPeople}, main, status);
}

}  // namespace

Response page_person(Context& context, const Request& request) {
  return person_page(context, request, Problems(context.language), Status::kOk);
}

Response post_leaving(Context& context, const Request& request) {
  Problems problems(context.language);
  ipc::SetLeaving message;
  message.auth = request.auth();
  message.person = request.id<base::PersonId>();
  if (const std::string_view typed = request.form.get("leaving"); !typed.empty()) {
    const auto day = base::day_from_iso(typed, "leaving");
    if (!day) {
      problems.add(day.error());
      return person_page(context, request, problems, Status::kUnprocessable);
    }
    message.leaving = *day;
  }
  const auto reply = context.core.call(message);
  if (!reply && is_about_session(reply.error())) return refuse(context, reply.error());
  if (!reply) {
    problems.add("leaving", reply.error());
    return person_page(context, request, problems, status_of(reply.error()));
  }
  return go(Url("/people").segment(base::to_text(message.person)).with("done", "leaving"));
}

}  // namespace web
