// Headings, notices, tables, paging.
#include "web/parts.h"

namespace web {

Html heading(std::string_view text) { return el("h1", text); }

Html notice(std::string_view text) {
  return el("div", {{"class", "notice"}, {"role", "status"}}, el("p", text));
}

Html warning(const View& view, std::string_view text) {
  constexpr Say kAttention{"注意", "Attention"};
  return el("div", {{"class", "warning"}}, el("p", el("strong", view.t(kAttention)), " ", text));
}

Html button_link(const Url& url, std::string_view text) {
  return el("a", {{"class", "button secondary"}, Attribute::href(url)}, text);
}

Html status_tag(const View& view, base::CollectionStatus status) {
  const std::string tag_class = "tag tag-" + std::string(base::name(status));
  return el("span", {{"class", tag_class}}, view.t(say(status)));
}

Html table(std::string_view caption, std::initializer_list<std::string_view> columns,
           const std::vector<Html>& rows) {
  std::vector<Html> heads;
  for (const std::string_view column : columns) {
    heads.push_back(el("th", {{"scope", "col"}}, column));
  }
  return el("div",
            {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", caption}},
            el("table", el("caption", caption), el("thead", el("tr", heads)), el("tbody", rows)));
}

Html fact(std::string_view term, const Html& value) {
  return el("div", {{"class", "fact"}}, el("dt", term), el("dd", value));
}

Html fact(std::string_view term, std::string_view value) { return fact(term, Html(value)); }

Html facts(const Html& rows) { return el("dl", {{"class", "facts"}}, rows); }

Html paging(const View& view, std::uint64_t offset, std::uint64_t total, const Url& base) {
  constexpr Say kRange{"{}件中 {}–{}件", "{} in all, {}–{} shown"};
  constexpr Say kNav{"ページ送り", "Pages"};
  constexpr Say kBefore{"前の50件", "Previous 50"};
  constexpr Say kAfter{"次の50件", "Next 50"};
  if (total == 0) return {};
  const std::uint64_t last = std::min<std::uint64_t>(offset + ipc::kPageRows, total);
  Html range = el("p", {{"class", "range"}},
                  fill_in(view.language, kRange,
                          {grouped(total), grouped(std::min(offset + 1, total)), grouped(last)}));
  if (offset == 0 && last == total) return range;
  Html before;
  if (offset > 0) {
    const std::uint64_t at = offset > ipc::kPageRows ? offset - ipc::kPageRows : 0;
    before = el("li", button_link(Url(base).with("offset", at), view.t(kBefore)));
  }
  Html after;
  if (last < total) after = el("li", button_link(Url(base).with("offset", last), view.t(kAfter)));
  return all(range, el("nav", {{"class", "paging"}, {"aria-label", view.t(kNav)}},
                       el("ul", before, after)));
}

Html done_notice(const View& view, const Request& request, std::initializer_list<Done> words) {
  const std::string_view word = request.query.get("done");
  for (const Done& done : words) {
    if (done.word == word) return notice(view.t(done.text));
  }
  return {};
}

Html confirmation(std::string_view opener, std::string_view question, const Html& inside) {
  return el("details", {{"class", "confirm"}}, el("summary", opener),
            el("div", {{"class", "confirm-body"}}, el("p", question), inside));
}

// Hidden unless the script that makes it work shows it.
Html print_button(const View& view) {
  constexpr Say kPrint{"印刷する", "Print"};
  return el(
      "button",
      {{"type", "button"}, {"class", "button secondary"}, {"data-print", ""}, {"hidden", true}},
      view.t(kPrint));
}

Html empty_state(std::string_view text) { return el("p", {{"class", "empty"}}, text); }

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

Html masked(const View& view) {
  constexpr Say kKept{"番号は保管されています（非表示）", "A number is kept (not shown)"};
  return all(el("span", {{"class", "mask"}, {"aria-hidden", "true"}}, kMask),
             el("span", {{"class", "unseen"}}, view.t(kKept)));
}

}  // namespace web
