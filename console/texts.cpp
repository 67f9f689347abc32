#include "console/texts.h"

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
  return {"Not possible in this state. See the status.",
          "今の状態では実行できません。状態を確認してください。"};
}

}  // namespace

Words words_of(const base::Error& error) {
  using base::Code;
  const std::string_view field = error.field.view();
  switch (error.code) {
    case Code::kDenied:
      if (field == "pin")
        return {"The PIN is wrong. Check it before you try again.",
                "PIN が違います。確認してから再入力してください。"};
      return {"This is not allowed here.", "ここでは許可されていません。"};
    case Code::kLocked: return words_of_locked(field);
    case Code::kState: return words_of_state(field);
    case Code::kMissing:
    case Code::kInvalid:
    case Code::kTooLong:
      return {"An entry is missing or not of the right form. Enter it again.",
              "入力が空か、形式が正しくありません。入力し直してください。"};
    case Code::kNotFound:
      return {"The token was not found. Check that the HSM is connected.",
              "トークンが見つかりません。HSM の接続を確認してください。"};
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
