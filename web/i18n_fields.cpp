#include "web/i18n.h"

namespace web {

namespace {

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
    {"mail", {"メールアドレス", "E-mail address"}},
    {"mail_code", {"確認コード", "Code from the mail"}},
    {"reset_key", {"再設定キー", "Key from the mail"}},
    {"relay", {"メールの中継サーバー", "Mail relay"}},
    {"key", {"登録キー", "Enrolment key"}},
    {"name", {"氏名", "Name"}},
    {"kana", {"フリガナ", "Kana"}},
    {"role", {"役割", "Role"}},
    {"company", {"会社", "Company"}},
    {"company_name", {"会社名", "Name of the company"}},
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
    {"proposal", {"申請", "Proposal"}},
    {"approval", {"承認", "Approval"}},
    {"zones", {"区域", "Zones"}},
    {"hours", {"業務時間", "Opening hours"}},
    {"roles", {"役割", "Roles"}},
    {"weekdays", {"曜日", "Days"}},
    {"opens", {"始まり", "Opens"}},
    {"closes", {"終わり", "Closes"}},
    {"minutes", {"使う時間", "How long"}},
    {"deputy", {"代理の人", "Deputy"}},
    {"groups", {"所属", "Groups"}},
    {"kinds", {"対象者の区分", "Kinds of person"}},
    {"trained", {"研修を受けた日", "Trained on"}},
    {"first", {"指定の開始日", "First day"}},
    {"last", {"最後の日", "Last day"}},
    {"api", {"API の区域", "API area"}},
    {"client", {"システム", "System"}},
    {"clients", {"システム", "Systems"}},
    {"rights", {"権限", "Rights"}},
    {"certificate", {"クライアント証明書", "Client certificate"}},
    {"client_authority", {"認証局の設定", "The configured authority"}},
    {"handling", {"取扱区域", "Handling area"}},
    {"collection", {"収集の区域", "Collection area"}},
    {"same_person", {"同じ人の利用者", "Account of the same person"}},
};
constexpr Say kSomeField{"入力内容", "The input"};

}  // namespace

std::string_view field_label(Language language, std::string_view field) {
  for (const Label& label : kLabels) {
    if (label.field == field) return label.text.in(language);
  }
  return kSomeField.in(language);
}

}  // namespace web
