// The person's portal, made for a phone: passcode, then who asks and what for, then the numbers
// twice, then a receipt; or declining with a reason. No session: the link and the passcode go with
// each step. Numbers and passcode are never shown again, the passcode travels in a hidden field.
#include "base/individual_number.h"
#include "web/base64url.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"個人番号の提供", "Provide your Individual Number"};
constexpr Say kPasscodeLead{"会社から別に知らされた合言葉（パスコード）を入力してください。",
                            "Enter the passcode that your company told you separately."};
constexpr Say kPasscodeHint{"リンクの案内とは別の方法（口頭や書面など）で届いています。",
                            "It came by another way than the link: in person or on paper."};
constexpr Say kNext{"次へ", "Next"};
constexpr Say kFirm{"依頼した会社", "Asked by"};
constexpr Say kPhrase{"会社からの言葉", "Company phrase"};
constexpr Say kPhraseHint{"知らされた言葉と違うときは、番号を入力せずに会社へ連絡してください。",
                          "If this is not the phrase you were told, enter nothing and call your "
                          "company."};
constexpr Say kPurposes{"利用目的", "What the number is used for"};
constexpr Say kUntil{"期限", "Until"};
constexpr Say kEnter{"番号の入力", "Enter the numbers"};
constexpr Say kEnterLead{
    "マイナンバーカードなどの12桁を、間違いを防ぐため2回ずつ入力してください。",
    "Enter the 12 digits of the My Number card twice, to avoid mistakes."};
constexpr Say kNumberOf{"{}さんの個人番号", "Individual Number of {}"};
constexpr Say kNumberAgain{"{}さんの個人番号（確認）", "Individual Number of {} (again)"};
constexpr Say kNumberHint{"12桁の数字。全角や空白・ハイフン入りでも構いません。",
                          "12 digits; full-width digits, blanks and hyphens are fine."};
constexpr Say kSelf{"本人", "yourself"};
constexpr Say kSend{"番号を送る", "Send the numbers"};
constexpr Say kDecline{"番号を提供しない場合", "If you do not want to provide a number"};
constexpr Say kDeclineText{"提供しない理由を会社に伝えます。理由は記録されます。",
                           "Your company is told the reason, and it is recorded."};
constexpr Say kDeclineButton{"提供しないことを伝える", "Decline"};
constexpr Say kReceiptTitle{"受け付けました", "Received"};
constexpr Say kReceipt{
    "番号は暗号化して保管され、会社の責任者が確かめます。この画面は閉じて構いません。",
    "The numbers are kept encrypted, and the responsible person will check them. "
    "You may close this page."};
constexpr Say kReceiptCode{"受付番号", "Receipt"};
constexpr Say kReceiptAt{"受付日時", "Received at"};
constexpr Say kReceiptKeep{"受付番号を控えるか、この画面を印刷して保管してください。",
                           "Note the receipt, or print this page and keep it."};
constexpr Say kDeclinedTitle{"提供しないことを伝えました", "You have declined"};
constexpr Say kDeclined{"会社に伝えました。この画面は閉じて構いません。",
                        "Your company has been told. You may close this page."};
constexpr Say kAbout{"{}さん：{}", "{}: {}"};
constexpr Say kSameNumber{"{}さんと同じ番号です。それぞれの番号を確かめてください。",
                          "The same number as for {}. Check both numbers."};

Url portal_url(const Request& request) { return Url("/p").segment(token_text(request.link)); }

Response passcode_page(Context& context, const Request& request, const Problems& problems,
                       Status status) {
  const View view = public_view(context);
  const Html fields = all(input(view, problems,
                                {.name = "passcode",
                                 .label = field_label(view.language, "passcode"),
                                 .hint = view.t(kPasscodeHint),
                                 .type = "password",
                                 .maxlength = 64}),
                          button(view.t(kNext)));
  const Html main =
      all(heading(view.t(kTitle)), el("p", {{"class", "lead"}}, view.t(kPasscodeLead)),
          problems.summary({"passcode"}),
          el("div", {{"class", "card narrow"}}, post_form(view, portal_url(request), fields)));
  return show(view, {.title = kTitle, .here = portal_url(request)}, main, status);
}

base::Result<ipc::OpenPortal::Reply> open_portal(Context& context, const Request& request) {
  ipc::OpenPortal message;
  message.link = request.link_token();
  message.passcode = TRY(request.form.secret<64>("passcode"));
  if (message.passcode.empty()) return base::fail(base::Code::kMissing, "passcode");
  return context.core.call(message);
}

// The names of the two fields of a person.
std::string first_field(base::PersonId person) { return "n-" + base::to_text(person); }
std::string second_field(base::PersonId person) { return "m-" + base::to_text(person); }

Html number_fields(const View& view, const Problems& problems,
                   const ipc::OpenPortal::Person& person) {
  const std::string first = first_field(person.id);
  const std::string second = second_field(person.id);
  const std::string_view relation =
      person.relation.empty() ? view.t(kSelf) : person.relation.view();
  const std::string label = fill_in(view.language, kNumberOf, {person.name.view()});
  const std::string again = fill_in(view.language, kNumberAgain, {person.name.view()});
  return el("fieldset", {{"class", "person"}},
            el("legend", person.name, " ", el("span", {{"class", "relation"}}, relation)),
            input(view, problems,
                  {.name = first,
                   .label = label,
                   .hint = view.t(kNumberHint),
                   .inputmode = "numeric",
                   .width = "number",
                   .maxlength = 20}),
            input(view, problems,
                  {.name = second,
                   .label = again,
                   .inputmode = "numeric",
                   .width = "number",
                   .maxlength = 20}));
}

Html decline_form(const View& view, const Request& request) {
  const Html fields = all(hidden("passcode", request.form.get("passcode")),
                          input(view, Problems(view.language),
                                {.name = "reason",
                                 .label = field_label(view.language, "reason"),
                                 .value = request.form.get("reason"),
                                 .maxlength = 60,
                                 .multiline = true}),
                          secondary_button(view.t(kDeclineButton)));
  return confirmation(view.t(kDecline), view.t(kDeclineText),
                      post_form(view, portal_url(request).segment("decline"), fields));
}

Html request_facts(const View& view, const ipc::OpenPortal::Reply& reply) {
  std::vector<Html> purposes;
  for (const base::Purpose purpose : reply.purposes) {
    purposes.push_back(el("li", view.t(say(purpose))));
  }
  const Html phrase = all(el("strong", {{"class", "phrase"}}, reply.phrase),
                          el("p", {{"class", "hint"}}, view.t(kPhraseHint)));
  return facts(all(fact(view.t(kFirm), reply.firm.view()), fact(view.t(kPhrase), phrase),
                   fact(view.t(kPurposes), el("ul", {{"class", "plain"}}, purposes)),
                   fact(view.t(kUntil), say_time(view.language, reply.expires_at))));
}

Response numbers_page(const View& view, const Request& request, const ipc::OpenPortal::Reply& reply,
                      const Problems& problems, Status status) {
  std::vector<Html> people;
  for (const auto& person : reply.people) people.push_back(number_fields(view, problems, person));
  const Html fields =
      all(hidden("passcode", request.form.get("passcode")), people, button(view.t(kSend)));
  const Html main = all(heading(view.t(kTitle)), problems.summary(), request_facts(view, reply),
                        el("h2", view.t(kEnter)), el("p", view.t(kEnterLead)),
                        post_form(view, portal_url(request).segment("numbers"), fields),
                        decline_form(view, request));
  return show(view, {.title = kTitle, .here = portal_url(request)}, main, status);
}

// The person's two entries as one number; what is wrong goes to the problems.
std::optional<base::IndividualNumber> number_of(const View& view, const Request& request,
                                                const ipc::OpenPortal::Person& person,
                                                Problems& problems) {
  const std::string first = first_field(person.id);
  const std::string second = second_field(person.id);
  const auto add = [&](const std::string& field, const base::Error& error) {
    problems.add(
        field, fill_in(view.language, kAbout, {person.name.view(), explain(view.language, error)}));
  };
  auto number = base::IndividualNumber::parse(request.form.get(first));
  if (!number) {
    add(first, number.error());
    return std::nullopt;
  }
  const auto again = base::IndividualNumber::parse(request.form.get(second));
  if (!again || !again->equals(*number)) {
    add(second, {base::Code::kMismatch, "number"});
    return std::nullopt;
  }
  return *std::move(number);
}

base::Result<ipc::SubmitNumbers> submission_of(const View& view, const Request& request,
                                               const ipc::OpenPortal::Reply& open,
                                               Problems& problems) {
  ipc::SubmitNumbers out;
  out.link = request.link_token();
  out.passcode = TRY(request.form.secret<64>("passcode"));
  struct Seen {
    const ipc::OpenPortal::Person& person;
    base::IndividualNumber number;
  };
  std::vector<Seen> seen;
  for (const auto& person : open.people) {
    auto number = number_of(view, request, person, problems);
    if (!number) continue;
    for (const Seen& other : seen) {
      if (!other.number.equals(*number)) continue;
      problems.add(first_field(person.id),
                   fill_in(view.language, kSameNumber, {other.person.name.view()}));
    }
    auto copy = base::IndividualNumber::from(number->digits());
    if (copy) seen.push_back({person, *std::move(copy)});
    TRY(out.numbers.push({.person = person.id, .number = std::move(*number).release()}));
  }
  return out;
}

Response receipt_page(const View& view, const ipc::SubmitNumbers::Reply& reply) {
  const Html main =
      all(heading(view.t(kReceiptTitle)), notice(view.t(kReceipt)),
          facts(all(fact(view.t(kReceiptCode), el("strong", {{"class", "receipt"}}, reply.receipt)),
                    fact(view.t(kReceiptAt), say_time(view.language, reply.at)))),
          el("p", view.t(kReceiptKeep)), print_button(view));
  return show(view, {.title = kReceiptTitle, .here = Url("/")}, main);
}

// After a refusal that concerns link or passcode, the passcode is asked again.
Response ask_again(Context& context, const Request& request, const base::Error& error) {
  Problems problems(context.language);
  problems.add("passcode", error);
  return passcode_page(context, request, problems, status_of(error));
}

}  // namespace

// Core is not asked: the page is the same for a link that exists and for one that does not.
Response page_portal(Context& context, const Request& request) {
  return passcode_page(context, request, Problems(context.language), Status::kOk);
}

Response post_portal(Context& context, const Request& request) {
  const auto reply = open_portal(context, request);
  if (!reply) return ask_again(context, request, reply.error());
  const View view = public_view(context);
  return numbers_page(view, request, *reply, Problems(view.language), Status::kOk);
}

Response post_portal_numbers(Context& context, const Request& request) {
  const auto open = open_portal(context, request);
  if (!open) return ask_again(context, request, open.error());
  const View view = public_view(context);
  Problems problems(view.language);
  const auto message = submission_of(view, request, *open, problems);
  if (!message) return ask_again(context, request, message.error());
  if (!problems.empty()) {
    return numbers_page(view, request, *open, problems, Status::kUnprocessable);
  }
  const auto reply = context.core.call(*message);
  if (reply) return receipt_page(view, *reply);
  problems.add("", reply.error());
  return numbers_page(view, request, *open, problems, status_of(reply.error()));
}

Response post_portal_decline(Context& context, const Request& request) {
  const auto open = open_portal(context, request);
  if (!open) return ask_again(context, request, open.error());
  const View view = public_view(context);
  Problems problems(view.language);
  ipc::DeclineNumbers message;
  message.link = request.link_token();
  auto passcode = request.form.secret<64>("passcode");
  if (!passcode) return ask_again(context, request, passcode.error());
  message.passcode = *std::move(passcode);
  const auto reason = one_line<200>(request.form.get("reason"), "reason");
  if (!reason || reason->empty()) {
    problems.add("", reason ? base::Error{base::Code::kMissing, "reason"} : reason.error());
    return numbers_page(view, request, *open, problems, Status::kUnprocessable);
  }
  message.reason = *reason;
  const auto reply = context.core.call(message);
  if (!reply) {
    problems.add("", reply.error());
    return numbers_page(view, request, *open, problems, status_of(reply.error()));
  }
  const Html main = all(heading(view.t(kDeclinedTitle)), notice(view.t(kDeclined)));
  return show(view, {.title = kDeclinedTitle, .here = Url("/")}, main);
}

}  // namespace web
