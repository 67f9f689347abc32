#include "console/texts.h"

#include <array>
#include <span>

namespace console {

Words words_of(base::State state) {
  using base::State;
  switch (state) {
    case State::kUnprovisioned:
      return {"Unprovisioned: choose set-up", "未設定: 初期設定を選んでください"};
    case State::kLocked: return {"Locked: choose unlock", "ロック中: ロック解除を選んでください"};
    case State::kOperational: return {"Operational", "稼働中"};
    case State::kSealed:
      return {"Sealed: choose unlock when the cause is cleared",
              "封印中: 原因を解消してからロック解除を選んでください"};
    case State::kFailed:
      return {"Failed: store, log and HSM do not agree; call your vendor",
              "異常: 台帳・記録・HSM が一致しません。保守窓口へ連絡してください"};
  }
  return {"?", "?"};
}

Words words_of(base::Cover cover) {
  using base::Cover;
  switch (cover) {
    case Cover::kNotWatched: return {"not watched", "監視なし"};
    case Cover::kClosed: return {"closed", "閉"};
    case Cover::kOpen:
      return {"OPEN, or opened since it was last cleared", "開、または開封の記録あり"};
    case Cover::kLost: return {"a switch or the button does not answer", "スイッチが応答しません"};
  }
  return {"?", "?"};
}

namespace {

struct Meaning {
  std::string_view word;
  Words words;
};

Words find(std::span<const Meaning> table, std::string_view word, const Words& otherwise) {
  for (const Meaning& one : table) {
    if (one.word == word) return one.words;
  }
  return otherwise;
}

constexpr std::array kReasons{
    Meaning{"cover_opened", {"the cover was opened", "カバーが開けられました"}},
    Meaning{"cover_lost", {"a cover switch does not answer", "カバースイッチが応答しません"}},
    Meaning{"cover_watch_lost", {"nobody watches the cover", "カバーの監視が止まりました"}},
    Meaning{"seal_button", {"the seal button was pressed", "封印ボタンが押されました"}},
    Meaning{"clock_set_back", {"the clock went back", "時計が戻りました"}},
    Meaning{"log_full",
            {"the log is full: export it, call your vendor",
             "記録領域が満杯です。書き出して保守窓口へ"}},
    Meaning{
        "disk_low",
        {"the disk is nearly full: call your vendor", "ディスクの残りがわずかです。保守窓口へ"}},
    Meaning{"audit_not_reached", {"the log's process does not answer", "記録の処理が応答しません"}},
    Meaning{"hsm_not_ready", {"the HSM does not answer", "HSM が応答しません"}},
    Meaning{"pin_tries_used_up",
            {"too many wrong PINs: restart", "PIN の誤りが上限です。再起動を"}},
};

constexpr std::array kSite{
    Meaning{"", {"Still going on. See again in a minute.", "まだ続いています。1分後に確認を。"}},
    Meaning{"error host_name",
            {"The host name was not taken.", "ホスト名を変更できませんでした。"}},
    Meaning{"error no_networkd",
            {"This machine's network is not systemd-networkd's: change it there.",
             "この装置のネットワークは systemd-networkd の管理外です。"}},
    Meaning{"error network",
            {"The network was not taken. Check the addresses.",
             "ネットワークを変更できませんでした。アドレスを確認してください。"}},
    Meaning{"error packet_filter",
            {"The packet filter was not taken: nobody gets in.",
             "パケットフィルターを変更できませんでした。"}},
    Meaning{"error core_zones",
            {"Core does not start with these zones. Enter them again.",
             "この区域では起動できません。入力し直してください。"}},
    Meaning{"error no_chrony",
            {"This machine has no chrony: set its time elsewhere.",
             "この装置に chrony がありません。"}},
    Meaning{"error time_servers",
            {"The time servers were not taken.", "時刻サーバーを変更できませんでした。"}},
    Meaning{"error clock", {"The clock was not set.", "時計を合わせられませんでした。"}},
    Meaning{"error no_export", {"There is no export to write.", "書き出すものがありません。"}},
    Meaning{"error no_medium",
            {"No medium was found, or it is neither FAT nor ext4. Put it in, "
             "then try again.",
             "媒体が見つからないか、FAT でも ext4 でもありません。"
             "挿し直して再度実行してください。"}},
    Meaning{"error medium_write",
            {"The medium took not all of it: full, or pulled out. The export "
             "is kept; try again with another.",
             "媒体へ書き切れませんでした（満杯か抜去）。書き出しは装置内に"
             "残っています。別の媒体で再度実行してください。"}},
    Meaning{"error medium_gone",
            {"The medium was pulled out. The export is kept; try again.",
             "媒体が抜かれました。書き出しは装置内に残っています。"
             "再度実行してください。"}},
    Meaning{"error medium_differs",
            {"What the medium holds is not what was written. Use another.",
             "媒体の内容が一致しません。別の媒体を使ってください。"}},
    Meaning{
        "error no_image",
        {"This machine is updated by its package manager.", "この装置はパッケージで更新します。"}},
    Meaning{"error no_update_file",
            {"The medium must hold exactly one .kgu file.",
             "媒体には .kgu ファイルを1つだけ入れてください。"}},
    Meaning{"error update_read",
            {"The update could not be read: medium pulled out, or no room.",
             "更新を読み取れませんでした（抜去か容量不足）。"}},
    Meaning{"error cover", {"The cover switch was not cleared.", "カバー警報を消せませんでした。"}},
    Meaning{"error no_cover", {"There is no cover switch.", "カバースイッチがありません。"}},
};

}  // namespace

Words words_of_reason(std::string_view reason) { return find(kReasons, reason, {"", ""}); }

Words words_of_site(std::string_view line) {
  return find(kSite, line,
              {"It was refused. Nothing was changed.", "拒否されました。変更はありません。"});
}

namespace {

Words words_of_locked(std::string_view field) {
  if (field == "pin_wait")
    return {"Too many wrong PINs. Wait: a minute after three, longer after each further one.",
            "PIN の誤りが続きました。3回で1分、以後はさらに長くお待ちください。"};
  return {"Too many wrong PINs. Restart the appliance, then try with the right PIN.",
          "PIN の誤りが続いたため停止しました。再起動してから正しい PIN を入力してください。"};
}

Words words_of_state(std::string_view field) {
  if (field == "clock")
    return {"The clock stands before what the log has seen. Set it right, then unlock.",
            "時計が記録の時刻より前を指しています。時計を直してからロックを解除してください。"};
  if (field == "cover")
    return {
        "The cover is open, or has been opened. Close it, look at the box, clear the cover "
        "alarm, then unlock.",
        "カバーが開いているか、開けられました。閉めて装置を点検し、カバー警報を消してから"
        "ロックを解除してください。"};
  if (field == "sealed")
    return {"The appliance is sealed. Find out why, then unlock at the console.",
            "封印されています。理由を確かめてからコンソールでロックを解除してください。"};
  return {"Not possible in this state. See the status.",
          "今の状態では実行できません。状態を確認してください。"};
}

Words words_of_denied(std::string_view field) {
  if (field == "pin")
    return {"The PIN is wrong. Check it before you try again.",
            "PIN が違います。確認してから再入力してください。"};
  if (field == "credentials")
    return {"Name, password or code is wrong.",
            "ログイン名、パスワード、コードのいずれかが違います。"};
  if (field == "self" || field == "approval")
    return {
        "It takes two people with accounts in use: neither one person twice, nor who is "
        "rescued.",
        "利用中の2人が必要です。同じ人の2つの利用者や、復旧される本人は数えません。"};
  return {"This is not allowed here.", "ここでは許可されていません。"};
}

Words words_of_not_found(std::string_view field) {
  if (field == "login")
    return {"That account has been stopped. Name a new person instead.",
            "その利用者は停止されています。新しい人を任命してください。"};
  return {"The token was not found. Check that the HSM is connected.",
          "トークンが見つかりません。HSM の接続を確認してください。"};
}

}  // namespace

Words words_of(const base::Error& error) {
  using base::Code;
  const std::string_view field = error.field.view();
  switch (error.code) {
    case Code::kDenied: return words_of_denied(field);
    case Code::kLocked: return words_of_locked(field);
    case Code::kState: return words_of_state(field);
    case Code::kMissing:
    case Code::kInvalid:
    case Code::kTooLong:
      if (field == "pin")
        return {"A new token needs a PIN of 8 to 64 characters.",
                "新しいトークンの PIN は8〜64文字で決めてください。"};
      return {"An entry is missing or not of the right form. Enter it again.",
              "入力が空か、形式が正しくありません。入力し直してください。"};
    case Code::kNotFound: return words_of_not_found(field);
    case Code::kDuplicate:
    case Code::kConflict:
      return {"It has been done already, or something changed. See the status.",
              "すでに実行済みか、状況が変わりました。状態を確認してください。"};
    case Code::kUnavailable:
      return {"A part of the appliance does not answer. Wait a minute, then see the status.",
              "装置の一部が応答しません。1分待って状態を確認してください。"};
    case Code::kTimeout:
      return {"No answer in time. See the status before you try again.",
              "時間内に応答がありません。再試行の前に状態を確認してください。"};
    case Code::kFull:
      return {
          "No room on the disk or in the log. Export the log and call your vendor.",
          "ディスクまたは記録領域に空きがありません。記録を書き出し、保守窓口へ連絡してください。"};
    case Code::kCorrupt:
      return {
          "Stored data or HSM objects are not as they were left. Do not go on; call your vendor.",
          "保存データまたは HSM "
          "の内容が元の状態と異なります。操作を止めて保守窓口へ連絡してください。"};
    case Code::kMismatch:
      return {"The two entries differ. Enter them again.",
              "2回の入力が一致しません。入力し直してください。"};
    case Code::kTooMany:
    case Code::kCheckDigit:
    case Code::kStepUp:
    case Code::kExpired:
    case Code::kUsed:
    case Code::kBudget:
    case Code::kIo:
    case Code::kProtocol:
    case Code::kInternal: break;
  }
  return {"It did not work. See the status and the journal.",
          "実行できませんでした。状態とジャーナルを確認してください。"};
}

}  // namespace console
