#include "web/i18n.h"
#include "web/i18n_table.h"

namespace web {

namespace {

using base::Code;
using i18n_detail::is_complete;
using i18n_detail::Row;

struct Label {
  std::string_view field;
  Say text;
};

// The names of fields, as forms, messages and core spell them.
constexpr Label kLabels[] = {
    {"login", {"ログインID", "Login ID"}},
    {"password", {"パスワード", "Password"}},
    {"password2", {"パスワード（確認）", "Password (again)"}},
    {"new-password", {"新しいパスワード", "New password"}},
    {"new-password2", {"新しいパスワード（確認）", "New password (again)"}},
    {"label", {"パスキーの名前", "Name of the passkey"}},
    {"passkey", {"パスキー", "Passkey"}},
    {"secret", {"認証アプリの登録", "Setting up the app"}},
    {"session_row", {"サインイン", "Session"}},
    {"assurance", {"サインインの方法", "Way of signing in"}},
    {"code", {"認証コード", "Authentication code"}},
    {"key", {"登録キー", "Enrolment key"}},
    {"name", {"氏名", "Name"}},
    {"kana", {"フリガナ", "Kana"}},
    {"role", {"役割", "Role"}},
    {"account", {"利用者", "Account"}},
    {"person", {"対象者", "Person"}},
    {"people", {"対象者", "People"}},
    {"purposes", {"利用目的", "Purposes"}},
    {"purpose", {"利用目的", "Purpose"}},
    {"days_valid", {"有効日数", "Days valid"}},
    {"days", {"有効日数", "Days valid"}},
    {"expiry", {"有効日数", "Days valid"}},
    {"leaving", {"退職日・取引終了日", "Leaving date"}},
    {"birth", {"生年月日", "Date of birth"}},
    {"date", {"日付", "Date"}},
    {"number", {"個人番号", "Individual Number"}},
    {"numbers", {"個人番号", "Individual Numbers"}},
    {"number2", {"個人番号（確認）", "Individual Number (again)"}},
    {"passcode", {"合言葉（パスコード）", "Passcode"}},
    {"phrase", {"会社からの言葉", "Company phrase"}},
    {"reason", {"理由", "Reason"}},
    {"form", {"書類", "Form"}},
    {"period", {"対象期間", "Period"}},
    {"csv", {"CSVファイル", "CSV file"}},
    {"file", {"CSVファイル", "CSV file"}},
    {"roster", {"名簿", "Roster"}},
    {"preview", {"取込みの確認", "Preview"}},
    {"request", {"依頼", "Request"}},
    {"link", {"リンク", "Link"}},
    {"submission", {"提供内容", "Submission"}},
    {"disposal", {"廃棄", "Disposal"}},
    {"grant", {"再認証", "Re-authentication"}},
    {"session", {"サインイン", "Session"}},
    {"csrf", {"画面", "Page"}},
    {"query", {"検索語", "Search words"}},
    {"group", {"所属", "Group"}},
    {"from", {"開始日", "From"}},
    {"to", {"終了日", "To"}},
    {"event", {"操作の種類", "Event"}},
};
constexpr Say kSomeField{"入力内容", "The input"};

// For every code: what happened to {} and what to do.
constexpr Row<Code> kSentences[] = {
    {Code::kInvalid,
     {"{}の形が正しくありません。例や説明を見て、入力し直してください。",
      "{}: not in the right form. Look at the hint and enter it again."}},
    {Code::kMissing, {"{}を入力してください。", "{}: required. Please fill it in."}},
    {Code::kTooLong, {"{}が長すぎます。短くしてください。", "{}: too long. Please shorten it."}},
    {Code::kTooMany,
     {"{}の数が上限を超えています。数を減らすか、時間をおいてやり直してください。",
      "{}: over the limit. Reduce the number, or try again later."}},
    {Code::kCheckDigit,
     {"{}の検査数字が合いません。12桁をカードや通知書と見比べて、入力し直してください。",
      "{}: the check digit does not fit. Compare the 12 digits with the card and enter them "
      "again."}},
    {Code::kMismatch,
     {"{}が2回の入力で一致しません。両方を入力し直してください。",
      "{}: the two entries differ. Enter both again."}},
    {Code::kDuplicate,
     {"{}はすでに登録されています。一覧を確かめてください。",
      "{}: exists already. Please check the list."}},
    {Code::kNotFound,
     {"{}が見つかりません。一覧から選び直してください。",
      "{}: not found. Please choose it again from the list."}},
    {Code::kDenied,
     {"この操作をする権限がありません（{}）。必要なときは責任者に相談してください。",
      "You may not do this ({}). If you need to, ask the responsible person."}},
    {Code::kStepUp,
     {"この操作には再認証が必要です（{}）。パスワードと認証コードを入力してください。",
      "This needs re-authentication ({}). Enter your password and a code."}},
    {Code::kExpired,
     {"{}の期限が切れました。最初からやり直してください。", "{}: expired. Please start again."}},
    {Code::kUsed,
     {"{}はすでに使われています。最初からやり直してください。",
      "{}: already used. Please start again."}},
    {Code::kBudget,
     {"番号を表示できる上限に達しました（{}）。時間をおくか、責任者に相談してください。",
      "The limit for showing numbers is reached ({}). Wait, or ask the responsible person."}},
    {Code::kConflict,
     {"{}は、ほかの人が先に変更しました。画面を開き直して確かめてください。",
      "{}: somebody else changed it meanwhile. Open the page again and check."}},
    {Code::kLocked,
     {"失敗が続いたため、しばらく使えません（{}）。15分ほどおいてやり直してください。",
      "Too many failures ({}). Wait about 15 minutes and try again."}},
    {Code::kState,
     {"装置が今この操作を受け付ける状態ではありません（{}）。保安担当者に知らせてください。",
      "The appliance is not in a state that allows this ({}). Tell the security staff."}},
    {Code::kUnavailable,
     {"装置の一部が応答していません（{}"
      "）。少し待ってやり直し、続くときは保安担当者に知らせてください。",
      "A part of the appliance does not answer ({}). Wait a little and retry; if it goes on, tell "
      "the "
      "security staff."}},
    {Code::kTimeout,
     {"時間内に終わりませんでした（{}）。結果を一覧で確かめてから、必要ならやり直してください。",
      "It did not finish in time ({}). Check the list for the result before you try again."}},
    {Code::kFull,
     {"保存する場所が足りません（{}）。保安担当者に知らせてください。何も失われていません。",
      "There is no room left to store this ({}). Tell the security staff. Nothing was lost."}},
    {Code::kIo,
     {"読み書きに失敗しました（{}）。保安担当者に知らせてください。",
      "Reading or writing failed ({}). Tell the security staff."}},
    {Code::kCorrupt,
     {"保存された内容が正しくありません（{}）。操作を止め、保安担当者に知らせてください。",
      "Stored data is not what was written ({}). Stop, and tell the security staff."}},
    {Code::kProtocol,
     {"装置の内部で行き違いがありました（{}）。やり直し、続くときは保安担当者に知らせてください。",
      "The appliance's parts misunderstood each other ({}). Retry; if it goes on, tell the "
      "security "
      "staff."}},
    {Code::kInternal,
     {"装置の内部で誤りがありました（{}）。やり直し、続くときは保安担当者に知らせてください。",
      "Something went wrong inside the appliance ({}). Retry; if it goes on, tell the security "
      "staff."}},
};
static_assert(is_complete(kSentences));

struct Special {
  Code code;
  std::string_view field;
  Say text;
};

// Where the general sentence would not help enough.
constexpr Special kSpecials[] = {
    {Code::kInvalid,
     "code",
     {"認証コードが違うか、使用済みです。アプリに表示される新しい6桁を入力してください。",
      "The code is wrong or was used before. Enter the next 6 digits that your app shows."}},
    {Code::kDenied,
     "code",
     {"認証コードが違うか、使用済みです。アプリに表示される新しい6桁を入力してください。",
      "The code is wrong or was used before. Enter the next 6 digits that your app shows."}},
    {Code::kUsed,
     "code",
     {"その認証コードは使用済みです。30秒待って、次に表示される6桁を入力してください。",
      "That code was used already. Wait 30 seconds and enter the next 6 digits."}},
    {Code::kDenied,
     "login",
     {"ログインID・パスワード・認証コードのどれかが違います。3つとも入力し直してください。",
      "The login ID, the password or the code is wrong. Enter all three again."}},
    {Code::kDenied,
     "password",
     {"パスワードか認証コードが違います。両方を入力し直してください。",
      "The password or the code is wrong. Enter both again."}},
    {Code::kDenied,
     "credentials",
     {"ログインID・パスワード・認証コードのどれかが違うか、コードが使用済みです。入力し直してくださ"
      "い。",
      "The login ID, the password or the code is wrong, or the code was used. Enter them again."}},
    {Code::kDenied,
     "password_short",
     {"パスワードは15文字以上にしてください。長い文が安全です。",
      "Use at least 15 characters. A long sentence is good."}},
    {Code::kDenied,
     "password_common",
     {"そのパスワードは推測されやすいものです。ほかの長い文を使ってください。",
      "That password is easy to guess. Use another long sentence."}},
    {Code::kDenied,
     "passkey",
     {"このパスキーは使えません。もう一度試すか、パスワードと認証コードを使ってください。",
      "This passkey cannot be used. Try again, or use your password and a code."}},
    {Code::kDenied,
     "assurance",
     {"回復コードではこの操作はできません。認証アプリかパスキーを登録し、サインインし直してください"
      "。",
      "A recovery code is not enough for this. Set up an authenticator app or a passkey and sign "
      "in again."}},
    {Code::kState,
     "host",
     {"この装置は名前でなくアドレスで呼ばれているため、パスキーは使えません。",
      "This appliance is known by an address, not by a name: passkeys do not work."}},
    {Code::kMismatch,
     "new-password",
     {"2つの新しいパスワードが一致しません。両方を入力し直してください。",
      "The two new passwords differ. Enter both again."}},
    {Code::kMismatch,
     "password",
     {"2つのパスワードが一致しません。両方を入力し直してください。",
      "The two passwords differ. Enter both again."}},
    {Code::kInvalid,
     "password",
     {"パスワードは15文字以上で、推測されやすいものは使えません。長い文を使ってください。",
      "Use at least 15 characters and nothing easy to guess. A long sentence is good."}},
    {Code::kMissing,
     "purposes",
     {"利用目的を1つ以上選んでください。", "Choose at least one purpose."}},
    {Code::kMissing, "people", {"対象者を1人以上選んでください。", "Choose at least one person."}},
    {Code::kDenied,
     "purpose",
     {"この人には、この書類の利用目的を通知していません。目的を加えて番号を依頼し直してください。",
      "This person was not told this form's purpose. Request the number again with that purpose."}},
    {Code::kNotFound,
     "number",
     {"この書類の目的では番号を保管していません。目的を確かめ、必要なら番号を依頼してください。",
      "No number is kept for this form's purpose. Check the purpose, or request the number."}},
    {Code::kInvalid,
     "number",
     {"個人番号は12桁の数字です。数字だけを入力し直してください（全角でも構いません）。",
      "An Individual Number has 12 digits. Enter the digits only (full-width is fine)."}},
    {Code::kMissing,
     "number",
     {"個人番号12桁を入力してください。", "Enter the 12 digits of the Individual Number."}},
    {Code::kMismatch,
     "number",
     {"2回の入力が一致しません。個人番号を両方とも入力し直してください。",
      "The two entries differ. Enter the Individual Number in both again."}},
    {Code::kDenied,
     "passcode",
     {"合言葉（パスコード）が違います。会社から別に届いたものを確かめてください。",
      "The passcode is wrong. Check the one that your company gave you separately."}},
    {Code::kDenied,
     "link",
     {"このリンクか合言葉（パスコード）が正しくありません。届いた案内を確かめてください。",
      "This link or the passcode is not right. Check the letter that you received."}},
    {Code::kExpired,
     "link",
     {"このリンクの期限が切れました。会社の担当者に新しいリンクを頼んでください。",
      "This link has expired. Ask your company for a new one."}},
    {Code::kUsed,
     "link",
     {"このリンクはすでに使われています。心当たりがなければ、会社の担当者に知らせてください。",
      "This link was used already. If it was not you, tell your company."}},
    {Code::kNotFound,
     "link",
     {"このリンクは使えません。届いた案内のとおりか確かめ、会社の担当者に相談してください。",
      "This link cannot be used. Compare it with your letter, or ask your company."}},
    {Code::kDenied,
     "others",
     {"この操作は、依頼や提案をした人とは別の人が行います。ほかの責任者に頼んでください。",
      "Somebody other than who asked for it must do this. Ask another responsible person."}},
    {Code::kDenied,
     "csrf",
     {"画面が古くなりました。画面を開き直して、もう一度操作してください。",
      "The page is out of date. Open it again and repeat what you did."}},
    {Code::kExpired,
     "grant",
     {"再認証の有効時間が過ぎました。もう一度、再認証してください。",
      "The re-authentication has expired. Please authenticate again."}},
    {Code::kUsed,
     "grant",
     {"この再認証はすでに使われました。もう一度、再認証してください。",
      "This re-authentication was used already. Please authenticate again."}},
    {Code::kInvalid,
     "period",
     {"対象期間は 2026（年）か 2026-04（年月）の形で入力してください。",
      "Enter the period as 2026 (a year) or 2026-04 (a month)."}},
    {Code::kInvalid,
     "leaving",
     {"日付は 2026-03-31 の形で入力してください。", "Enter the date like 2026-03-31."}},
    {Code::kInvalid,
     "key",
     {"登録キーが違います。渡された紙のとおりに入力してください。",
      "The enrolment key is wrong. Enter it as it stands on the sheet you were given."}},
    {Code::kDenied,
     "key",
     {"登録キーが違うか、期限が切れています。渡された紙を確かめ、責任者に相談してください。",
      "The enrolment key is wrong or expired. Check the sheet, or ask the responsible person."}},
    {Code::kDuplicate,
     "login",
     {"そのログインIDはすでに使われています。別のIDにしてください。",
      "That login ID is taken. Choose another."}},
    {Code::kTooLong,
     "csv",
     {"CSVファイルが大きすぎます。32 MiB以下に分けてください。",
      "The CSV file is too large. Split it into files of at most 32 MiB."}},
    {Code::kMissing, "csv", {"CSVファイルを選んでください。", "Choose a CSV file."}},
};

}  // namespace

std::string_view field_label(Language language, std::string_view field) {
  for (const Label& label : kLabels) {
    if (label.field == field) return label.text.in(language);
  }
  return kSomeField.in(language);
}

std::string explain(Language language, const base::Error& error) {
  for (const Special& special : kSpecials) {
    if (special.code == error.code && special.field == error.field.view()) {
      return std::string(special.text.in(language));
    }
  }
  return fill_in(language, kSentences[static_cast<std::size_t>(error.code)].text,
                 {field_label(language, error.field.view())});
}

}  // namespace web
