#include "web/i18n.h"
#include "web/i18n_table.h"

namespace web {

namespace {

using i18n_detail::is_complete;
using i18n_detail::Row;

constexpr Row<base::AuditEvent> kAuditEventTexts[] = {
    {base::AuditEvent::kLogOpened, {"記録を開始", "Log opened"}},
    {base::AuditEvent::kHeartbeat, {"定時の記録", "Heartbeat"}},
    {base::AuditEvent::kHsmEnrolled, {"HSM を登録", "HSM enrolled"}},
    {base::AuditEvent::kHsmUnlocked, {"HSM を解錠", "HSM unlocked"}},
    {base::AuditEvent::kHsmUnlockFailed, {"HSM の解錠に失敗", "HSM unlock failed"}},
    {base::AuditEvent::kHsmLocked, {"HSM を施錠", "HSM locked"}},
    {base::AuditEvent::kHsmFault, {"HSM の障害", "HSM fault"}},
    {base::AuditEvent::kGrantOpened, {"再認証による許可", "Grant opened"}},
    {base::AuditEvent::kGrantRefused, {"許可を拒否", "Grant refused"}},
    {base::AuditEvent::kRevealIntent, {"番号の表示を開始", "Showing a number: begun"}},
    {base::AuditEvent::kRevealDone, {"番号を表示", "Number shown"}},
    {base::AuditEvent::kRevealFailed, {"番号の表示に失敗", "Showing a number failed"}},
    {base::AuditEvent::kRevealRefused, {"番号の表示を拒否", "Showing a number refused"}},
    {base::AuditEvent::kBudgetRefused, {"表示の上限で拒否", "Refused: budget spent"}},
    {base::AuditEvent::kSealIntent, {"番号の封印を開始", "Sealing: begun"}},
    {base::AuditEvent::kSealDone, {"番号を封印", "Number sealed"}},
    {base::AuditEvent::kSealFailed, {"番号の封印に失敗", "Sealing failed"}},
    {base::AuditEvent::kMoveIntent, {"目的別の棚へ移動を開始", "Moving to purpose shelves: begun"}},
    {base::AuditEvent::kMoveDone, {"目的別の棚へ移動", "Moved to purpose shelves"}},
    {base::AuditEvent::kMoveFailed, {"棚の移動に失敗", "Moving failed"}},
    {base::AuditEvent::kShelfCreated, {"棚を作成", "Shelf created"}},
    {base::AuditEvent::kReshelveIntent, {"棚の入替えを開始", "Re-shelving: begun"}},
    {base::AuditEvent::kReshelveDone, {"棚を入替え", "Re-shelved"}},
    {base::AuditEvent::kReshelveFailed, {"棚の入替えに失敗", "Re-shelving failed"}},
    {base::AuditEvent::kDestroyIntent, {"鍵の破棄を開始", "Destroying a key: begun"}},
    {base::AuditEvent::kKeyGone, {"鍵の不在を確認", "Key looked for and gone"}},
    {base::AuditEvent::kDestroyFailed, {"鍵の破棄に失敗", "Destroying a key failed"}},
    {base::AuditEvent::kEpochCreated, {"新しい世代を開始", "New epoch"}},
    {base::AuditEvent::kExported, {"記録を書き出し", "Log exported"}},
    {base::AuditEvent::kCertificateSigned, {"廃棄証明書に署名", "Disposal certificate signed"}},
    {base::AuditEvent::kPeerDropped, {"規則違反の接続を切断", "Peer dropped"}},
    {base::AuditEvent::kLogAlarm, {"記録領域の残りが少ない", "Log space is running out"}},
};
static_assert(is_complete(kAuditEventTexts));

constexpr Row<base::CoreEvent> kCoreEventTexts[] = {
    {base::CoreEvent::kStarted, {"起動", "Started"}},
    {base::CoreEvent::kProvisioned, {"初期設定", "Set up"}},
    {base::CoreEvent::kStateChanged, {"状態の変化", "State changed"}},
    {base::CoreEvent::kShutDown, {"停止", "Shut down"}},
    {base::CoreEvent::kReconciled, {"記録と台帳を照合", "Log and store reconciled"}},
    {base::CoreEvent::kPeerDropped, {"規則違反の接続を切断", "Peer dropped"}},
    {base::CoreEvent::kConnectionRefused, {"接続を拒否", "Connection refused"}},
    {base::CoreEvent::kAccessDenied, {"権限がなく拒否", "Access denied"}},
    {base::CoreEvent::kSignedIn, {"サインイン", "Signed in"}},
    {base::CoreEvent::kSignInFailed, {"サインインに失敗", "Sign-in failed"}},
    {base::CoreEvent::kSignedOut, {"サインアウト", "Signed out"}},
    {base::CoreEvent::kSessionExpired, {"サインインの期限切れ", "Session expired"}},
    {base::CoreEvent::kSessionEnded, {"サインインを本人が終了", "Session ended by its owner"}},
    {base::CoreEvent::kNewDevice, {"新しい端末からサインイン", "Signed in with a new device"}},
    {base::CoreEvent::kStepUpFailed, {"再認証に失敗", "Re-authentication failed"}},
    {base::CoreEvent::kInvited, {"利用者を招待", "Account invited"}},
    {base::CoreEvent::kEnrolled, {"利用登録", "Enrolled"}},
    {base::CoreEvent::kEnrolFailed, {"利用登録に失敗", "Enrolment failed"}},
    {base::CoreEvent::kAccountDisabled, {"利用者を停止", "Account disabled"}},
    {base::CoreEvent::kPasswordChanged, {"パスワードを変更", "Password changed"}},
    {base::CoreEvent::kRecoveryCodesMade, {"回復コードを作成", "Recovery codes made"}},
    {base::CoreEvent::kRecoveryCodeUsed, {"回復コードを使用", "Recovery code used"}},
    {base::CoreEvent::kAuthenticatorReplaced, {"認証アプリを変更", "Authenticator app replaced"}},
    {base::CoreEvent::kPasskeyAdded, {"パスキーを追加", "Passkey added"}},
    {base::CoreEvent::kPasskeyRemoved, {"パスキーを削除", "Passkey removed"}},
    {base::CoreEvent::kDevicesConfirmed, {"新しい端末を本人が確認", "New devices confirmed"}},
    {base::CoreEvent::kMailAddressChanged, {"メールアドレスを変更", "E-mail address changed"}},
    {base::CoreEvent::kRecoverFailed, {"パスワードの再設定に失敗", "Password not reset"}},
    {base::CoreEvent::kMailSent, {"メールを送信", "Mail sent"}},
    {base::CoreEvent::kMailGivenUp, {"メールの送信を断念", "Mail given up"}},
    {base::CoreEvent::kRosterImported, {"名簿を取込み", "Roster imported"}},
    {base::CoreEvent::kPersonChanged, {"登録内容を変更", "Person changed"}},
    {base::CoreEvent::kRequestCreated, {"番号を依頼", "Number requested"}},
    {base::CoreEvent::kRequestRevoked, {"依頼を取消し", "Request revoked"}},
    {base::CoreEvent::kPortalOpened, {"本人が提供画面を開いた", "Portal opened"}},
    {base::CoreEvent::kPortalFailed, {"提供画面を拒否", "Portal refused"}},
    {base::CoreEvent::kSubmitted, {"番号を提供", "Number submitted"}},
    {base::CoreEvent::kDeclined, {"提供を拒否", "Declined"}},
    {base::CoreEvent::kApproved, {"提供を承認", "Approved"}},
    {base::CoreEvent::kReturned, {"提供を差戻し", "Returned"}},
    {base::CoreEvent::kDisposalProposed, {"廃棄を提案", "Disposal proposed"}},
    {base::CoreEvent::kDisposalCancelled, {"廃棄を取消し", "Disposal cancelled"}},
    {base::CoreEvent::kDisposalApproved, {"廃棄を承認", "Disposal approved"}},
    {base::CoreEvent::kDisposed, {"廃棄を完了", "Disposed"}},
    {base::CoreEvent::kCertificateIssued, {"廃棄証明書を発行", "Disposal certificate issued"}},
    {base::CoreEvent::kSettingsChanged, {"設定を変更", "Settings changed"}},
    {base::CoreEvent::kLogRead, {"記録を閲覧", "Log read"}},
    {base::CoreEvent::kTampered,
     {"開封または封印ボタンを検知", "Cover opened or seal button pressed"}},
    {base::CoreEvent::kSiteChanged, {"装置の設定を変更", "Settings of the box changed"}},
    {base::CoreEvent::kBundleMade, {"保守用情報を書き出し", "Support bundle made"}},
    {base::CoreEvent::kProposed, {"変更を申請", "Proposal made"}},
    {base::CoreEvent::kProposalEdited, {"申請の内容を変更", "Proposal edited"}},
    {base::CoreEvent::kProposalApproved, {"申請を承認", "Proposal approved"}},
    {base::CoreEvent::kProposalRefused, {"申請を却下", "Proposal refused"}},
    {base::CoreEvent::kProposalCancelled, {"申請を取下げ", "Proposal cancelled"}},
    {base::CoreEvent::kProposalExpired, {"申請の期限切れ", "Proposal expired"}},
    {base::CoreEvent::kProposalExecuted, {"申請を実行", "Proposal carried out"}},
    {base::CoreEvent::kRoleChanged, {"役割を変更", "Role changed"}},
    {base::CoreEvent::kZonesChanged, {"区域を変更", "Zones changed"}},
    {base::CoreEvent::kDesignated, {"事務取扱担当者を指定", "Designated"}},
    {base::CoreEvent::kDesignationEnded, {"指定を終了", "Designation ended"}},
    {base::CoreEvent::kHoursChanged, {"業務時間を変更", "Opening hours changed"}},
    {base::CoreEvent::kEmergencyOpened, {"時間外の使用を開始", "Work outside of hours begun"}},
    {base::CoreEvent::kDelegated, {"代理を設定", "Deputy named"}},
    {base::CoreEvent::kDelegationEnded, {"代理を終了", "Standing in ended"}},
    {base::CoreEvent::kRescueAgreed, {"利用の復旧に立会い", "Took part in a rescue"}},
    {base::CoreEvent::kRescueFailed, {"利用の復旧の失敗", "Rescue failed"}},
    {base::CoreEvent::kAccountRescued, {"利用者を復旧", "Account rescued"}},
    {base::CoreEvent::kCertificateRenewed, {"証明書を更新", "Certificate renewed"}},
    {base::CoreEvent::kClientConnected, {"システムが接続", "System connected"}},
    {base::CoreEvent::kClientRefused, {"証明書を拒否", "Certificate refused"}},
    {base::CoreEvent::kClientEnrolled, {"システムを登録", "System let in"}},
    {base::CoreEvent::kClientRenewed, {"システムの証明書を更新", "System's certificate renewed"}},
    {base::CoreEvent::kClientRevoked, {"システムを失効", "System shut out"}},
    {base::CoreEvent::kCompanyAdded, {"会社を追加", "Company added"}},
};
static_assert(is_complete(kCoreEventTexts));

}  // namespace

const Say& say(base::AuditEvent event) {
  return kAuditEventTexts[static_cast<std::size_t>(event)].text;
}
const Say& say(base::CoreEvent event) {
  return kCoreEventTexts[static_cast<std::size_t>(event)].text;
}

std::string say_event(Language language, std::string_view event) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::AuditEvent::kLast); ++i) {
    const auto candidate = static_cast<base::AuditEvent>(i);
    if (base::name(candidate) == event) return std::string(say(candidate).in(language));
  }
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::CoreEvent::kLast); ++i) {
    const auto candidate = static_cast<base::CoreEvent>(i);
    if (base::name(candidate) == event) return std::string(say(candidate).in(language));
  }
  return std::string(event);
}

}  // namespace web
