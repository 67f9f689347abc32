// Showing numbers: form, period and re-authentication, then one number at a time for a minute. The
// page with a number is an answer to a POST, so that no address leads to it; it hides itself three
// ways (the Refresh header, the style sheet, the script).
#include "base/secret_access.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"個人番号を使う", "Use a number"};
constexpr Say kWhom{"対象者", "People"};
constexpr Say kNobody{"対象者が選ばれていません。対象者の一覧で選んでください。",
                      "Nobody is chosen. Choose people in the list."};
constexpr Say kToList{"対象者の一覧へ", "To the list of people"};
constexpr Say kFormHint{"書類で利用目的が決まります。通知した目的の番号だけを表示できます。",
                        "The form decides the purpose. Only notified purposes can be used."};
constexpr Say kPeriodHint{"例：2026（年分）または 2026-04（年月）。",
                          "For example 2026 (a year) or 2026-04 (a month)."};
constexpr Say kAsk{"再認証して番号を表示する", "Re-authenticate and show"};
constexpr Say kRecorded{"だれが・だれの番号を・何のために表示したかが記録されます。",
                        "Who saw whose number and what for is recorded."};
constexpr Say kReadyTitle{"表示できる番号", "Numbers you may show"};
constexpr Say kReady{"許可は約{}秒で切れます。1人につき1回だけ表示できます。",
                     "The permission ends in about {} seconds. Each number can be shown once."};
constexpr Say kShow{"{}さんの番号を表示する", "Show the number of {}"};
constexpr Say kShownTitle{"個人番号の表示", "Individual Number"};
constexpr Say kNumberOf{"{}さんの個人番号", "Individual Number of {}"};
constexpr Say kHides{"この番号は{}秒後に自動で隠れます。",
                     "This number hides itself after {} seconds."};
constexpr Say kLeft{"あと{}秒", "{} seconds left"};
constexpr Say kHide{"今すぐ隠す", "Hide now"};
constexpr Say kForm{"書類", "Form"};
constexpr Say kPeriod{"対象期間", "Period"};
constexpr Say kViewer{"表示した人", "Shown to"};
constexpr Say kEntry{"記録の番号", "Log entry"};
constexpr Say kRest{"続けて表示する", "Others of this permission"};
constexpr Say kRestCount{"この許可で表示できる人は、あと{}人です。",
                         "{} more people can be shown with this permission."};
constexpr Say kHiddenTitle{"番号を隠しました", "The number is hidden"};
constexpr Say kHidden{"表示時間が過ぎました。もう一度使うときは、再認証してください。",
                      "The time is over. To use it again, re-authenticate."};
constexpr Say kAgain{"もう一度使う", "Use it again"};

struct Person {
  base::PersonId id;
  std::string name;
};

// The chosen people with their names, asked from core one by one.
base::Result<std::vector<Person>> people_of(Context& context, const Request& request,
                                            const Form& form) {
  std::vector<Person> out;
  for (const base::PersonId id : TRY((form.ids<base::PersonId, ipc::kPageRows>("person")))) {
    const auto reply =
        TRY(context.core.call(ipc::GetPerson{.token = request.token(), .person = id}));
    out.push_back({id, reply.person.name.str()});
  }
  return out;
}

Html hidden_people(const std::vector<Person>& people) {
  std::vector<Html> out;
  for (const Person& person : people) out.push_back(hidden("person", base::to_text(person.id)));
  return all(out);
}

Html names_of(const std::vector<Person>& people) {
  std::vector<Html> out;
  for (const Person& person : people) out.push_back(el("li", person.name));
  return el("ul", {{"class", "plain"}}, out);
}

Url reveal_url(const std::vector<Person>& people) {
  Url out("/reveal");
  for (const Person& person : people) out = std::move(out).with("person", base::to_text(person.id));
  return out;
}

// Each form with the purpose that it is for, so that both are chosen knowingly.
std::vector<std::string> forms_with_purpose(const View& view) {
  constexpr Say kBoth{"{}（{}）", "{} ({})"};
  std::vector<std::string> out;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::Form::kLast); ++i) {
    const auto form = static_cast<base::Form>(i);
    out.push_back(
        fill_in(view.language, kBoth, {view.t(say(form)), view.t(say(base::purpose_of(form)))}));
  }
  return out;
}

std::vector<Option> options_of_forms(const std::vector<std::string>& texts,
                                     std::optional<base::Form> chosen) {
  std::vector<Option> out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto form = static_cast<base::Form>(i);
    out.push_back({base::name(form), texts[i], chosen == form});
  }
  return out;
}

Response ask_page(const View& view, const Request& request, const std::vector<Person>& people,
                  const Problems& problems, Status status) {
  if (people.empty()) {
    const Html main = all(heading(view.t(kTitle)), empty_state(view.t(kNobody)),
                          el("p", button_link(Url("/people"), view.t(kToList))));
    return show(view, {.title = kTitle, .here = Url("/reveal"), .nav = Nav::kPeople}, main, status);
  }
  const auto chosen = value_named<base::Form>(request.form.get("form"));
  const auto forms = forms_with_purpose(view);
  const Html fields =
      all(hidden_people(people),
          select(view, problems,
                 {.name = "form",
                  .label = field_label(view.language, "form"),
                  .hint = view.t(kFormHint),
                  .options = options_of_forms(forms, chosen)}),
          input(view, problems,
                {.name = "period",
                 .label = field_label(view.language, "period"),
                 .hint = view.t(kPeriodHint),
                 .value = request.form.get("period"),
                 .inputmode = "numeric",
                 .width = "half",
                 .maxlength = 7}),
          step_up_fields(view, problems, base::StepUpAct::kReveal), button(view.t(kAsk)));
  const Html main =
      all(heading(view.t(kTitle)), problems.summary({"form", "period", "password", "code"}),
          facts(fact(view.t(kWhom), names_of(people))), el("p", view.t(kRecorded)),
          el("div", {{"class", "card"}}, post_form(view, Url("/reveal"), fields)));
  return show(view, {.title = kTitle, .here = reveal_url(people), .nav = Nav::kPeople}, main,
              status);
}

// 2026 or 2026-04.
bool is_period(std::string_view text) {
  if (text.size() != 4 && text.size() != 7) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (i == 4 ? text[i] != '-' : !digit) return false;
  }
  if (text.size() == 4) return true;
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  return month >= 1 && month <= 12;
}

base::Result<ipc::StepUp> reveal_step_up(const Request& request) {
  ipc::StepUp out = TRY(step_up_of(request, base::StepUpAct::kReveal));
  out.people = TRY((request.form.ids<base::PersonId, ipc::kGrantPeopleMax>("person")));
  const auto form = value_named<base::Form>(request.form.get("form"));
  if (!form) return base::fail(base::Code::kInvalid, "form");
  out.form = *form;
  if (request.form.get("period").empty()) return base::fail(base::Code::kMissing, "period");
  if (!is_period(request.form.get("period"))) return base::fail(base::Code::kInvalid, "period");
  out.period = TRY(request.form.text<16>("period"));
  return out;
}

template <class People>
Html show_buttons(const View& view, base::GrantId grant, const People& people) {
  std::vector<Html> out;
  for (const auto& person : people) {
    out.push_back(el("li", choice_button(fill_in(view.language, kShow, {person.name}), "show",
                                         base::to_text(person.id))));
  }
  return post_form(view, Url("/reveal/show"),
                   all(hidden("grant", base::to_text(grant)), el("ul", {{"class", "plain"}}, out)));
}

// Twelve digits in three groups of four.
Html digits(const ipc::Digits& number) {
  const std::string_view text = base::as_text(number.read(base::secret_access()));
  std::vector<Html> groups;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    groups.push_back(el("span", {{"class", "group"}}, text.substr(at, 4)));
  }
  return all(groups);
}

// The viewer's name all over the box, so that a photograph says whose screen it was.
Html watermark(const ipc::Reveal::Reply& reply) {
  std::vector<Html> texts;
  for (int line = 0; line < 4; ++line) {
    for (int column = 0; column < 3; ++column) {
      texts.push_back(el("text",
                         {{"x", std::to_string(10 + column * 220 - line % 2 * 60)},
                          {"y", std::to_string(30 + line * 45)}},
                         reply.session.name, " ", base::to_text(reply.person).substr(12)));
    }
  }
  return el("svg",
            {{"class", "watermark"},
             {"viewBox", "0 0 640 190"},
             {"aria-hidden", "true"},
             {"preserveAspectRatio", "xMidYMid slice"}},
            texts);
}

// A class of the style sheet for each ten seconds up to two minutes.
std::string hide_class(std::uint16_t seconds) {
  const unsigned tens = std::clamp(seconds / 10U, 1U, 12U) * 10;
  return "number-box hide-after-" + std::to_string(tens);
}

// Those of the same permission who can be shown next.
Html rest_of(const View& view, const ipc::Reveal::Reply& reply, base::GrantId grant) {
  if (reply.rest.empty()) return {};
  std::vector<Person> next;
  for (const auto& row : reply.rest) next.push_back({row.person, row.name.str()});
  return el("section", el("h2", view.t(kRest)),
            el("p", fill_in(view.language, kRestCount, {std::to_string(reply.rest_total)})),
            show_buttons(view, grant, next));
}

Response number_page(const View& view, const ipc::Reveal::Reply& reply, base::GrantId grant) {
  const std::string seconds = std::to_string(reply.show_s);
  const Url away = Url("/reveal/hidden").with("person", base::to_text(reply.person));
  const std::string label = fill_in(view.language, kNumberOf, {reply.name.view()});
  const Html box =
      el("div",
         {{"class", hide_class(reply.show_s)}, {"data-hide", seconds}, {"data-away", away.view()}},
         watermark(reply),
         el("p", {{"class", "number"}, {"role", "group"}, {"aria-label", label}},
            digits(reply.number)));
  const Html timer =
      all(el("p", {{"class", "timer"}}, fill_in(view.language, kHides, {seconds})),
          el("p", {{"class", "countdown"}, {"data-left", view.t(kLeft)}, {"aria-live", "off"}},
             fill_in(view.language, kLeft, {seconds})));
  const Html main = all(heading(view.t(kShownTitle)), el("h2", {{"class", "whose"}}, reply.name),
                        box, timer, el("p", button_link(away, view.t(kHide))),
                        facts(all(fact(view.t(kForm), view.t(say(reply.form))),
                                  fact(view.t(kPeriod), reply.period.view()),
                                  fact(view.t(kViewer), reply.session.name.view()),
                                  fact(view.t(kEntry), grouped(reply.log_index)))),
                        rest_of(view, reply, grant));
  Response out =
      show(view, {.title = kShownTitle, .here = Url("/people"), .nav = Nav::kPeople}, main);
  out.leave_after(reply.show_s, std::string(away.view()));
  return out;
}

// Asks core once: it judges the session too, and its answer has all that the page shows.
Response reveal_one(Context& context, const Request& request, base::GrantId grant,
                    base::PersonId person) {
  ipc::Reveal message;
  message.auth = request.auth();
  message.grant = grant;
  message.person = person;
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return number_page({.language = context.language, .session = &reply->session}, *reply, grant);
}

}  // namespace

Response page_reveal(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto people = people_of(context, request, request.query);
  if (!people) return refuse(context, people.error());
  return ask_page(*view, request, *people, Problems(view->language), Status::kOk);
}

Response post_reveal(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto people = people_of(context, request, request.form);
  if (!people) return refuse(context, people.error());
  Problems problems(view->language);
  const auto message = reveal_step_up(request);
  if (!message) {
    problems.add(message.error());
    return ask_page(*view, request, *people, problems, Status::kUnprocessable);
  }
  const auto grant = context.core.call(*message);
  if (!grant && is_about_session(grant.error())) return refuse(context, grant.error());
  if (!grant) {
    problems.add(grant.error());
    return ask_page(*view, request, *people, problems, status_of(grant.error()));
  }
  if (people->size() == 1) {
    return reveal_one(context, request, grant->grant, people->front().id);
  }
  const std::string seconds = std::to_string(grant->seconds);
  const Html main =
      all(heading(view->t(kReadyTitle)), notice(fill_in(view->language, kReady, {seconds})),
          show_buttons(*view, grant->grant, *people));
  return show(*view, {.title = kReadyTitle, .here = reveal_url(*people), .nav = Nav::kPeople},
              main);
}

Response post_reveal_show(Context& context, const Request& request) {
  const auto grant = request.form.id<base::GrantId>("grant");
  if (!grant) return refuse(context, grant.error());
  const auto person = request.form.id<base::PersonId>("show");
  if (!person) return refuse(context, person.error());
  return reveal_one(context, request, *grant, *person);
}

Response page_reveal_hidden(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  Html again;
  if (const auto person = request.query.id<base::PersonId>("person")) {
    again = button_link(Url("/reveal").with("person", base::to_text(*person)), view->t(kAgain));
  }
  const Html main =
      all(heading(view->t(kHiddenTitle)), notice(view->t(kHidden)),
          el("div", {{"class", "acts"}}, button_link(Url("/people"), view->t(kToList)), again));
  return show(*view, {.title = kHiddenTitle, .here = Url("/people"), .nav = Nav::kPeople}, main);
}

}  // namespace web
