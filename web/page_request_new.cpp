// Asking for numbers: purposes and expiry, then the one-time links with printable letters. The
// links are told once; nothing here keeps them.
#include "web/base64url.h"
#include "web/pages.h"
#include "web/parts.h"
#include "web/qr.h"

namespace web {

namespace {

constexpr Say kTitle{"番号を依頼する", "Request numbers"};
constexpr Say kWhom{"依頼する相手", "Whom"};
constexpr Say kChosen{"選んだ{}人（それぞれの扶養親族を含む）",
                      "The {} chosen (each with dependants)"};
constexpr Say kAll{"未依頼の全員（それぞれの扶養親族を含む）",
                   "Everybody not yet asked (each with dependants)"};
constexpr Say kPurposesHint{"本人に示す利用目的です。ここで選んだ目的でだけ番号を使えます。",
                            "What the person is told. The number can be used for these only."};
constexpr Say kDaysHint{"1から30日。過ぎるとリンクは使えなくなります。",
                        "1 to 30 days; then the link stops working."};
constexpr Say kMake{"依頼してリンクを作る", "Request and make the links"};
constexpr Say kMade{"依頼しました", "Requested"};
constexpr Say kOnce{
    "リンクはこの画面でだけ表示されます。今すぐ印刷するか、本人に渡してください。"
    "合言葉（パスコード）は別の方法で知らせてください。",
    "The links are shown on this page only, once. Print or hand them over now. Tell "
    "the passcode by another way."};
constexpr Say kCount{"{}人に依頼しました。", "Requested of {} people."};
constexpr Say kSkipped{"{}人は依頼中か、依頼するものがないため除きました。",
                       "{} were left out: already asked, or nothing left to ask."};
constexpr Say kLinks{"リンクの一覧", "Links"};
constexpr Say kNumber{"社員番号", "Employee no."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kLink{"リンク", "Link"};
constexpr Say kBack{"依頼の一覧へ", "To the list of requests"};
constexpr Say kLetters{"本人に渡す手紙", "Letters"};
constexpr Say kLetterTitle{"個人番号（マイナンバー）の提供のお願い",
                           "Request for your Individual Number"};
constexpr Say kTo{"{} 様", "To {}"};
constexpr Say kLetterText{
    "下の利用目的のために、あなたと扶養親族の個人番号の提供をお願いします。"
    "スマートフォンで図を読み取るか、アドレスを入力して開いてください。"
    "開いた画面で、別にお知らせする合言葉（パスコード）を入力します。",
    "Please provide your Individual Number and those of your dependants for "
    "the purposes below. Scan the code with a phone or type the address, and "
    "enter the passcode that you are told separately."};
constexpr Say kUntil{"期限：{}（1回だけ使えます）", "Until {} (works once)"};
constexpr Say kWarn{"画面に会社からの言葉が表示されることを確かめてから、番号を入力してください。",
                    "Check that the page shows the company's phrase before you enter a number."};
constexpr Say kQr{"提供画面を開く QR コード", "QR code that opens the page"};

struct Wish {
  std::vector<std::string_view> people;  // ids as text; empty: all
  std::vector<std::string_view> purposes;
  std::string_view days = "14";
};

Wish wish_of(const Form& form) {
  Wish out{.people = form.all("person"), .purposes = form.all("purposes")};
  if (form.has("days_valid")) out.days = form.get("days_valid");
  return out;
}

std::vector<Option> purpose_options(const View& view, const Wish& wish) {
  std::vector<Option> out = options_of<base::Purpose>(view, base::Purpose::kTax, std::nullopt);
  for (Option& option : out) {
    for (const std::string_view chosen : wish.purposes) option.chosen |= chosen == option.value;
  }
  return out;
}

Response wish_page(const View& view, const Wish& wish, const Problems& problems, Status status) {
  const std::string whom = wish.people.empty()
                               ? std::string(view.t(kAll))
                               : fill_in(view.language, kChosen, {grouped(wish.people.size())});
  std::vector<Html> people;
  for (const std::string_view id : wish.people) people.push_back(hidden("person", id));
  const Html fields = all(people,
                          checkboxes(view, problems,
                                     {.name = "purposes",
                                      .label = field_label(view.language, "purposes"),
                                      .hint = view.t(kPurposesHint),
                                      .options = purpose_options(view, wish)}),
                          input(view, problems,
                                {.name = "days_valid",
                                 .label = field_label(view.language, "days_valid"),
                                 .hint = view.t(kDaysHint),
                                 .value = wish.days,
                                 .inputmode = "numeric",
                                 .width = "short",
                                 .maxlength = 2}),
                          button(view.t(kMake)));
  const Html main =
      all(heading(view.t(kTitle)), problems.summary({"purposes", "days_valid"}),
          facts(fact(view.t(kWhom), whom)),
          el("div", {{"class", "card"}}, post_form(view, Url("/requests/new"), fields)));
  return show(view, {.title = kTitle, .here = Url("/requests/new"), .nav = Nav::kRequests}, main,
              status);
}

base::Result<ipc::CreateRequests> create_of(const Request& request) {
  ipc::CreateRequests out;
  out.auth = request.auth();
  out.people = TRY((request.form.ids<base::PersonId, 2000>("person")));
  for (const std::string_view word : request.form.all("purposes")) {
    const auto purpose = value_named<base::Purpose>(word);
    if (!purpose) return base::fail(base::Code::kInvalid, "purposes");
    TRY(out.purposes.push(*purpose));
  }
  if (out.purposes.empty()) return base::fail(base::Code::kMissing, "purposes");
  const std::uint64_t days = TRY(request.form.number("days_valid", 30, 14));
  if (days == 0) return base::fail(base::Code::kInvalid, "days_valid");
  out.days_valid = static_cast<std::uint8_t>(days);
  return out;
}

Markup address_of(const Request& request, const ipc::LinkToken& token) {
  Markup out(request.origin);
  out += "/p/";
  out += token_text(token);
  return out;
}

Html purpose_list(const View& view, const ipc::CreateRequests& message) {
  std::vector<Html> items;
  for (const base::Purpose purpose : message.purposes) {
    items.push_back(el("li", view.t(say(purpose))));
  }
  return el("ul", items);
}

Html letter(const View& view, const ipc::CreateRequests& message,
            const ipc::CreateRequests::Reply& reply, const ipc::CreateRequests::Link& to,
            std::string_view address) {
  return el("article", {{"class", "letter"}},
            el("p", {{"class", "letter-to"}}, fill_in(view.language, kTo, {to.name.view()})),
            el("p", {{"class", "letter-number"}}, to.employee_no), el("h3", view.t(kLetterTitle)),
            el("p", view.session->firm), el("p", view.t(kLetterText)), purpose_list(view, message),
            el("div", {{"class", "qr-box"}}, qr_svg(address, view.t(kQr))),
            el("p", {{"class", "letter-link"}}, address),
            el("p", fill_in(view.language, kUntil, {say_time(view.language, reply.expires_at)})),
            el("p", view.t(kWarn)));
}

Response result_page(const View& view, const Request& request, const ipc::CreateRequests& message,
                     const ipc::CreateRequests::Reply& reply) {
  std::vector<Html> rows;
  std::vector<Html> letters;
  for (const ipc::CreateRequests::Link& to : reply.links) {
    const Markup address = address_of(request, to.link);
    rows.push_back(
        row(to.employee_no, to.name, el("code", {{"class", "link"}}, std::string_view(address))));
    letters.push_back(letter(view, message, reply, to, address));
  }
  Html skipped;
  if (reply.skipped > 0) {
    skipped = el("p", fill_in(view.language, kSkipped, {grouped(reply.skipped)}));
  }
  Html links;
  if (!rows.empty()) {
    links =
        all(el("div", {{"class", "screen-only"}}, warning(view, view.t(kOnce)), print_button(view),
               table(view.t(kLinks), {view.t(kNumber), view.t(kName), view.t(kLink)}, rows),
               el("h2", view.t(kLetters))),
            letters);
  }
  const Html main = all(el("div", {{"class", "screen-only"}}, heading(view.t(kMade)),
                           notice(fill_in(view.language, kCount, {grouped(reply.links.size())})),
                           skipped, el("p", link(Url("/requests"), view.t(kBack)))),
                        links);
  return show(view, {.title = kMade, .here = Url("/requests"), .nav = Nav::kRequests}, main);
}

}  // namespace

Response page_request_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  return wish_page(*view, wish_of(request.query), Problems(view->language), Status::kOk);
}

Response post_request_new(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  Problems problems(view->language);
  const auto message = create_of(request);
  if (!message) {
    problems.add(message.error());
    return wish_page(*view, wish_of(request.form), problems, Status::kUnprocessable);
  }
  const auto reply = context.core.call(*message);
  if (!reply && is_about_session(reply.error())) return refuse(context, reply.error());
  if (!reply) {
    problems.add(reply.error());
    return wish_page(*view, wish_of(request.form), problems, status_of(reply.error()));
  }
  return result_page(*view, request, *message, *reply);
}

}  // namespace web
