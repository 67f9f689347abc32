#include "web/error_page.h"

#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"操作できませんでした", "This could not be done"};
constexpr Say kHome{"最初の画面へ", "To the first page"};

struct Texts {
  Status status;
  std::string_view ja;
  std::string_view en;
};

// What happened and what to do next, one sentence each.
constexpr Texts kTexts[] = {
    {Status::kBadRequest, "要求の形式が正しくありません。前の画面に戻り、やり直してください。",
     "The request is malformed. Go back and try again."},
    {Status::kForbidden, "この操作は許可されていません。責任者に確認してください。",
     "You may not do this. Ask the person responsible."},
    {Status::kNotFound, "ページが見つかりません。最初の画面からやり直してください。",
     "There is no such page. Start again from the first page."},
    {Status::kMethodNotAllowed, "この操作はできません。前の画面に戻ってください。",
     "This page does not take that kind of request. Go back."},
    {Status::kTimeout, "時間内に受信できませんでした。もう一度送信してください。",
     "The request did not arrive in time. Send it again."},
    {Status::kTooLarge, "送信された内容が大きすぎます。小さくして送信してください。",
     "What was sent is too large. Send less."},
    {Status::kTooManyRequests, "回数が多すぎます。しばらくしてからやり直してください。",
     "Too many attempts. Try again later."},
    {Status::kInternal, "内部エラーが発生しました。管理者に連絡してください。",
     "Something went wrong inside. Tell the administrator."},
    {Status::kUnavailable, "現在利用できません。しばらくしてからやり直してください。",
     "Not available now. Try again later."},
};

}  // namespace

std::string error_page(Status status, Language language) {
  const bool ja = language == Language::kJa;
  std::string_view text = ja ? kTexts[0].ja : kTexts[0].en;
  for (const Texts& row : kTexts) {
    if (row.status == status) text = ja ? row.ja : row.en;
  }
  const View view{.language = language};
  const std::string number = std::to_string(static_cast<unsigned>(status));
  const Html main =
      all(heading(number), warning(view, text), el("p", button_link(Url("/"), view.t(kHome))));
  return show(view, {.title = kTitle, .here = Url("/")}, main, status).release_body();
}

}  // namespace web
