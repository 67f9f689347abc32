#include "web/action_texts.h"

namespace web {

namespace {

struct ActionText {
  std::string_view action;
  Say text;
};
// Of every act that a session can ask for, and of those before it.
constexpr ActionText kActionTexts[] = {
    {"see_session", {"サインインの情報を見る", "See the own session"}},
    {"sign_out", {"サインアウトする", "Sign out"}},
    {"step_up", {"再認証する", "Re-authenticate"}},
    {"see_my_account", {"自分のアカウントを見る", "See the own account"}},
    {"end_my_session", {"自分の別のサインインを終える", "End another own session"}},
    {"change_password", {"自分のパスワードを変える", "Change the own password"}},
    {"make_recovery_codes", {"自分の回復コードを作る", "Make own recovery codes"}},
    {"begin_authenticator", {"自分の認証アプリを変える", "Move the own authenticator app"}},
    {"finish_authenticator", {"新しい認証アプリを確かめる", "Confirm the new authenticator app"}},
    {"add_passkey", {"自分のパスキーを加える", "Add an own passkey"}},
    {"remove_passkey", {"自分のパスキーを除く", "Remove an own passkey"}},
    {"confirm_devices", {"新しい機器を確認済みにする", "Confirm new devices"}},
    {"set_mail", {"自分のメールアドレスを登録する", "Set one's own e-mail address"}},
    {"confirm_mail", {"自分のメールアドレスを確認する", "Confirm one's own e-mail address"}},
    {"see_dashboard", {"ホームを見る", "See the first page"}},
    {"list_people", {"対象者の一覧を見る", "See the list of people"}},
    {"see_person", {"対象者の詳細を見る（番号は隠れたまま）", "See a person (numbers masked)"}},
    {"preview_roster", {"名簿を確かめる", "Check a roster"}},
    {"import_roster", {"名簿を取り込む", "Import a roster"}},
    {"set_leaving", {"退職日・取引終了日を入れる", "Enter a leaving date"}},
    {"request_numbers", {"番号を依頼する", "Request numbers"}},
    {"list_requests", {"依頼の一覧を見る", "See requests"}},
    {"revoke_request", {"依頼を取り消す", "Revoke a request"}},
    {"list_submissions", {"提供の一覧を見る", "See submissions"}},
    {"see_submission", {"提供の内容を確かめる（番号は隠れたまま）", "Check a submission (masked)"}},
    {"approve_submission", {"提供を承認する", "Approve a submission"}},
    {"return_submission", {"提供を差し戻す", "Return a submission"}},
    {"reveal", {"番号を表示する", "Show a number"}},
    {"list_disposals", {"廃棄の一覧を見る", "See disposals"}},
    {"see_disposal", {"廃棄の詳細と証明書を見る", "See a disposal and its certificate"}},
    {"propose_disposal", {"廃棄を提案する", "Propose a disposal"}},
    {"approve_disposal", {"廃棄を承認して実行する", "Approve and carry out a disposal"}},
    {"cancel_disposal", {"廃棄の提案を取り消す", "Cancel a disposal"}},
    {"read_log", {"記録を調べる", "Read the log"}},
    {"export_log", {"記録を書き出す", "Export the log"}},
    {"list_accounts", {"利用者の一覧を見る", "See accounts"}},
    {"invite_account", {"利用者の招待を申請する", "Propose a new account"}},
    {"disable_account", {"利用者を停止する", "Disable an account"}},
    {"see_settings", {"設定を見る", "See the settings"}},
    {"save_settings", {"設定の変更を申請する", "Propose other settings"}},
    {"change_role", {"役割の変更を申請する", "Propose another role"}},
    {"see_zones", {"区域を見る", "See the zones"}},
    {"set_zones", {"区域の変更を申請する", "Propose other zones"}},
    {"see_proposals", {"申請を見る", "See proposals"}},
    {"approve_proposal", {"申請を承認する", "Approve a proposal"}},
    {"refuse_proposal", {"申請を却下する", "Refuse a proposal"}},
    {"cancel_proposal", {"自分の申請を取り下げる", "Cancel an own proposal"}},
    {"execute_proposal", {"承認された申請を実行する", "Carry out an approved proposal"}},
    {"designate", {"事務取扱担当者の指定を申請する", "Propose a designation"}},
    {"see_designation", {"事務取扱担当者の指定を見る", "See designations"}},
    {"end_designation", {"指定を終わらせる", "End a designation"}},
    {"see_hours", {"業務時間を見る", "See the opening hours"}},
    {"set_hours", {"業務時間の変更を申請する", "Propose other opening hours"}},
    {"ask_emergency", {"時間外の使用を申請する", "Ask to work outside of hours"}},
    {"see_delegation", {"代理を見る", "See who stands in"}},
    {"delegate", {"代理を申請する", "Propose who stands in"}},
    {"end_delegation", {"代理を終わらせる", "End standing in"}},
    {"see_clients", {"ほかのシステムを見る", "See other systems"}},
    {"enrol_client", {"システムの登録を申請する", "Propose to let a system in"}},
    {"renew_client", {"システムの証明書の更新を申請する", "Propose a system's certificate"}},
    {"revoke_client", {"システムの失効を申請する", "Propose to shut a system out"}},
    {"see_companies", {"グループの会社を見る", "See the companies of the group"}},
    {"add_company", {"会社の追加を申請する", "Propose to add a company"}},
    {"see_rules", {"できることと対応表を見る", "See what one may do, and the rules"}},
};

}  // namespace

std::string_view action_text(Language language, std::string_view action) {
  for (const ActionText& one : kActionTexts) {
    if (one.action == action) return one.text.in(language);
  }
  return action;
}

}  // namespace web
