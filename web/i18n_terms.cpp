#include "web/i18n.h"
#include "web/i18n_table.h"

namespace web {

namespace {

using i18n_detail::is_complete;
using i18n_detail::Row;

constexpr Row<base::Role> kRoleTexts[] = {
    {base::Role::kNone, {"未サインイン", "Not signed in"}},
    {base::Role::kResponsible, {"責任者", "Responsible person"}},
    {base::Role::kHandler, {"事務取扱担当者", "Handler"}},
    {base::Role::kAuditor, {"監査人", "Auditor"}},
    {base::Role::kSubject, {"本人", "Person concerned"}},
    {base::Role::kOperator, {"コンソール操作者", "Console operator"}},
    {base::Role::kUnlocker, {"自動解錠", "Unattended unlocking"}},
    {base::Role::kWatcher, {"開封監視", "Cover watcher"}},
    {base::Role::kMonitor, {"監視", "Monitoring"}},
    {base::Role::kViewer, {"閲覧", "Viewer"}},
    {base::Role::kRightsManager, {"権限管理者", "Rights manager"}},
    {base::Role::kSecurityOfficer, {"保安担当", "Security officer"}},
    {base::Role::kCustodian, {"鍵管理者", "Custodian"}},
    {base::Role::kMailer, {"メール送信", "Mail sender"}},
    {base::Role::kApiClient, {"ほかのシステム", "Another system"}},
};
static_assert(is_complete(kRoleTexts));

constexpr Row<base::Zone> kZoneTexts[] = {
    {base::Zone::kNone, {"区域外", "No zone"}},
    {base::Zone::kControl, {"管理区域", "Control area"}},
    {base::Zone::kHandling, {"取扱区域", "Handling area"}},
    {base::Zone::kCollection, {"収集", "Collection"}},
    {base::Zone::kApi, {"API", "API"}},
};
static_assert(is_complete(kZoneTexts));

constexpr Row<base::State> kStateTexts[] = {
    {base::State::kUnprovisioned, {"初期設定前", "Not set up yet"}},
    {base::State::kLocked, {"施錠中", "Locked"}},
    {base::State::kOperational, {"稼働中", "Operational"}},
    {base::State::kSealed, {"封印中", "Sealed"}},
    {base::State::kFailed, {"停止（点検が必要）", "Stopped (needs inspection)"}},
};
static_assert(is_complete(kStateTexts));

constexpr Row<base::Purpose> kPurposeTexts[] = {
    {base::Purpose::kIntake, {"受付（承認前）", "Intake (before approval)"}},
    {base::Purpose::kTax, {"税・源泉徴収に関する事務", "Tax and withholding"}},
    {base::Purpose::kSocialInsurance,
     {"健康保険・厚生年金保険に関する事務", "Health insurance and pension"}},
    {base::Purpose::kEmploymentInsurance, {"雇用保険に関する事務", "Employment insurance"}},
    {base::Purpose::kPaymentRecord, {"支払調書の作成事務", "Payment records"}},
};
static_assert(is_complete(kPurposeTexts));

constexpr Row<base::Form> kFormTexts[] = {
    {base::Form::kWithholdingSlip, {"給与所得の源泉徴収票", "Withholding slip (salary)"}},
    {base::Form::kSalaryPaymentReport, {"給与支払報告書", "Salary payment report"}},
    {base::Form::kRetirementSlip, {"退職所得の源泉徴収票", "Withholding slip (retirement)"}},
    {base::Form::kDependantDeclaration, {"扶養控除等申告書", "Declaration of dependants"}},
    {base::Form::kInsuranceAcquisition,
     {"健康保険・厚生年金保険 資格取得届", "Health insurance and pension: enrolment"}},
    {base::Form::kInsuranceLoss,
     {"健康保険・厚生年金保険 資格喪失届", "Health insurance and pension: withdrawal"}},
    {base::Form::kInsuranceDependants,
     {"被扶養者（異動）届・第3号被保険者関係届", "Dependants and category III notification"}},
    {base::Form::kEmploymentAcquisition,
     {"雇用保険 資格取得届", "Employment insurance: enrolment"}},
    {base::Form::kEmploymentLoss, {"雇用保険 資格喪失届", "Employment insurance: withdrawal"}},
    {base::Form::kFeesRecord, {"報酬・料金等の支払調書", "Payment record: fees"}},
    {base::Form::kRealEstateRecord, {"不動産の使用料等の支払調書", "Payment record: real estate"}},
};
static_assert(is_complete(kFormTexts));

constexpr Row<base::PersonKind> kPersonKindTexts[] = {
    {base::PersonKind::kEmployee, {"従業員", "Employee"}},
    {base::PersonKind::kDependant, {"扶養親族", "Dependant"}},
    {base::PersonKind::kCategoryThree, {"第三号被保険者", "Category III insured"}},
    {base::PersonKind::kPayee, {"個人支払先", "Payee"}},
    {base::PersonKind::kProfessional, {"士業", "Professional"}},
    {base::PersonKind::kLandlord, {"不動産オーナー", "Landlord"}},
    {base::PersonKind::kShareholder, {"株主", "Shareholder"}},
    {base::PersonKind::kCustomer, {"顧客", "Customer"}},
};
static_assert(is_complete(kPersonKindTexts));

constexpr Row<base::CollectionStatus> kCollectionStatusTexts[] = {
    {base::CollectionStatus::kNotRequested, {"未依頼", "Not requested"}},
    {base::CollectionStatus::kRequested, {"依頼中", "Requested"}},
    {base::CollectionStatus::kSubmitted, {"承認待ち", "Waiting for approval"}},
    {base::CollectionStatus::kReturned, {"差戻し", "Returned"}},
    {base::CollectionStatus::kDeclined, {"提供拒否", "Declined"}},
    {base::CollectionStatus::kComplete, {"完了", "Complete"}},
    {base::CollectionStatus::kDisposed, {"廃棄済", "Disposed"}},
};
static_assert(is_complete(kCollectionStatusTexts));

constexpr Row<base::StepUpAct> kStepUpActTexts[] = {
    {base::StepUpAct::kReveal, {"番号の表示", "Showing numbers"}},
    {base::StepUpAct::kApproveDisposal, {"廃棄の承認", "Approving a disposal"}},
    {base::StepUpAct::kApproveProposal, {"申請の承認", "Approving a proposal"}},
    {base::StepUpAct::kChangePassword, {"パスワードの変更", "Changing the password"}},
    {base::StepUpAct::kMakeRecoveryCodes, {"回復コードの作成", "Making recovery codes"}},
    {base::StepUpAct::kReplaceAuthenticator, {"認証アプリの変更", "Moving the authenticator app"}},
    {base::StepUpAct::kAddPasskey, {"パスキーの追加", "Adding a passkey"}},
    {base::StepUpAct::kRemovePasskey, {"パスキーの削除", "Removing a passkey"}},
    {base::StepUpAct::kSetMail, {"メールアドレスの変更", "Changing the e-mail address"}},
    {base::StepUpAct::kExportLog, {"記録の書き出し", "Exporting the log"}},
    {base::StepUpAct::kExecuteProposal, {"申請の実行", "Carrying out a proposal"}},
};
static_assert(is_complete(kStepUpActTexts));

constexpr Row<base::Assurance> kAssuranceTexts[] = {
    {base::Assurance::kNone, {"なし", "nothing"}},
    {base::Assurance::kMail, {"パスワードとメールのコード", "Password and code by mail"}},
    {base::Assurance::kRecovery, {"パスワードと回復コード", "Password and recovery code"}},
    {base::Assurance::kCode, {"パスワードと認証コード", "Password and code"}},
    {base::Assurance::kPasskey, {"パスキー", "Passkey"}},
};
static_assert(is_complete(kAssuranceTexts));

constexpr Row<ipc::Browser> kBrowserTexts[] = {
    {ipc::Browser::kOther, {"その他のブラウザ", "Other browser"}},
    {ipc::Browser::kFirefox, {"Firefox", "Firefox"}},
    {ipc::Browser::kChrome, {"Chrome", "Chrome"}},
    {ipc::Browser::kEdge, {"Edge", "Edge"}},
    {ipc::Browser::kSafari, {"Safari", "Safari"}},
};
static_assert(is_complete(kBrowserTexts));

constexpr Row<ipc::System> kSystemTexts[] = {
    {ipc::System::kOther, {"その他の機器", "other system"}},
    {ipc::System::kWindows, {"Windows", "Windows"}},
    {ipc::System::kMac, {"Mac", "Mac"}},
    {ipc::System::kLinux, {"Linux", "Linux"}},
    {ipc::System::kAndroid, {"Android", "Android"}},
    {ipc::System::kIphone, {"iPhone・iPad", "iPhone or iPad"}},
};
static_assert(is_complete(kSystemTexts));

constexpr Row<base::ProposalKind> kProposalKindTexts[] = {
    {base::ProposalKind::kInvite, {"利用者の招待", "A new account"}},
    {base::ProposalKind::kChangeRole, {"役割の変更", "Another role"}},
    {base::ProposalKind::kDisable, {"利用者の停止", "Disabling an account"}},
    {base::ProposalKind::kSettings, {"設定の変更", "Other settings"}},
    {base::ProposalKind::kZones, {"区域の変更", "Other zones"}},
    {base::ProposalKind::kEarlyDisposal, {"退職前の廃棄", "An early disposal"}},
    {base::ProposalKind::kDesignate, {"事務取扱担当者の指定", "A designation"}},
    {base::ProposalKind::kHours, {"業務時間の変更", "Other opening hours"}},
    {base::ProposalKind::kEmergency, {"時間外の使用", "Work outside of hours"}},
    {base::ProposalKind::kDelegate, {"不在のときの代理", "Standing in for somebody"}},
    {base::ProposalKind::kEnrolClient, {"システムの登録", "Letting a system in"}},
    {base::ProposalKind::kRenewClient, {"システムの証明書の更新", "A system's certificate"}},
    {base::ProposalKind::kRevokeClient, {"システムの失効", "Shutting a system out"}},
    {base::ProposalKind::kAddCompany, {"会社の追加", "Another company"}},
};
static_assert(is_complete(kProposalKindTexts));

constexpr Row<base::Weekday> kWeekdayTexts[] = {
    {base::Weekday::kSunday, {"日", "Sun"}},   {base::Weekday::kMonday, {"月", "Mon"}},
    {base::Weekday::kTuesday, {"火", "Tue"}},  {base::Weekday::kWednesday, {"水", "Wed"}},
    {base::Weekday::kThursday, {"木", "Thu"}}, {base::Weekday::kFriday, {"金", "Fri"}},
    {base::Weekday::kSaturday, {"土", "Sat"}},
};
static_assert(is_complete(kWeekdayTexts));

constexpr Row<base::Designated> kDesignatedTexts[] = {
    {base::Designated::kNever, {"指定なし", "never designated"}},
    {base::Designated::kNotYet, {"指定の開始前", "designated, not yet"}},
    {base::Designated::kNow, {"指定中", "designated"}},
    {base::Designated::kOver, {"指定の期間が終了", "its term is over"}},
    {base::Designated::kEnded, {"指定を終了", "ended"}},
};
static_assert(is_complete(kDesignatedTexts));

constexpr Row<base::ApiRight> kApiRightTexts[] = {
    {base::ApiRight::kReadPeople, {"対象者を見る（番号なし）", "See people (no numbers)"}},
    {base::ApiRight::kImportRoster, {"名簿を取り込む", "Import rosters"}},
    {base::ApiRight::kRequestNumbers,
     {"番号の提供を依頼する（リンクを受け取る）", "Ask people for numbers (is told their links)"}},
    {base::ApiRight::kReadRequests, {"依頼の状況を見る", "See requests"}},
    {base::ApiRight::kReadLogHead,
     {"記録の先頭（件数と根）を見る", "See size and root of the log"}},
};
static_assert(is_complete(kApiRightTexts));

constexpr Row<base::ProposalStage> kProposalStageTexts[] = {
    {base::ProposalStage::kOpen, {"申請中", "Open"}},
    {base::ProposalStage::kExecuted, {"実行済", "Carried out"}},
    {base::ProposalStage::kRefused, {"却下", "Refused"}},
    {base::ProposalStage::kCancelled, {"取下げ", "Cancelled"}},
    {base::ProposalStage::kExpired, {"期限切れ", "Expired"}},
};
static_assert(is_complete(kProposalStageTexts));

constexpr Row<base::DisposalReason> kDisposalReasonTexts[] = {
    {base::DisposalReason::kRetentionOver, {"保存期間の満了", "The retention period is over"}},
    {base::DisposalReason::kNotNeeded,
     {"関係事務に使わない・不要になった", "Not needed (any more)"}},
    {base::DisposalReason::kMistake, {"誤って収集した", "Collected by mistake"}},
};
static_assert(is_complete(kDisposalReasonTexts));

constexpr Row<ipc::DisposalStatus> kDisposalStatusTexts[] = {
    {ipc::DisposalStatus::kProposed, {"承認待ち", "Waiting for approval"}},
    {ipc::DisposalStatus::kExecuting, {"実行中", "Under way"}},
    {ipc::DisposalStatus::kDone, {"廃棄済", "Done"}},
    {ipc::DisposalStatus::kCancelled, {"取消し", "Cancelled"}},
};
static_assert(is_complete(kDisposalStatusTexts));

constexpr Row<ipc::RosterReason> kRosterReasonTexts[] = {
    {ipc::RosterReason::kMissing, {"値がありません", "The value is missing"}},
    {ipc::RosterReason::kTooLong, {"長すぎます", "It is too long"}},
    {ipc::RosterReason::kNotUtf8OrCp932,
     {"UTF-8 でも CP932 でもない文字です", "A character is neither UTF-8 nor CP932"}},
    {ipc::RosterReason::kControlCharacter,
     {"制御文字が入っています", "It contains a control character"}},
    {ipc::RosterReason::kNotADate, {"日付として読めません", "It is not a date"}},
    {ipc::RosterReason::kUnknownKind, {"区分の名前が違います", "The kind is not known"}},
    {ipc::RosterReason::kDuplicateNumber,
     {"社員番号がファイルの中で重複しています", "The employee number appears twice in the file"}},
    {ipc::RosterReason::kNoSuchHead,
     {"扶養している人が見つかりません", "The head of this dependant is unknown"}},
    {ipc::RosterReason::kTooManyColumns, {"列が多すぎます", "There are too many columns"}},
    {ipc::RosterReason::kMissingColumn, {"必要な列がありません", "A required column is missing"}},
    {ipc::RosterReason::kUnknownColumn, {"知らない名前の列です", "The column name is not known"}},
    {ipc::RosterReason::kTooManyRows, {"行が多すぎます", "There are too many lines"}},
    {ipc::RosterReason::kNotKana, {"カナ以外の文字が入っています", "It is not kana"}},
    {ipc::RosterReason::kLooksLikeNumber,
     {"個人番号のように見える12桁の数字です", "This looks like an Individual Number (12 digits)"}},
    {ipc::RosterReason::kQuote, {"引用符が閉じていません", "The quoting is broken"}},
    {ipc::RosterReason::kTooManyDependants,
     {"扶養親族が多すぎます", "There are too many dependants"}},
    {ipc::RosterReason::kOutOfScope,
     {"あなたの担当範囲の外の人です", "This person is outside of your designation"}},
};
static_assert(is_complete(kRosterReasonTexts));

constexpr Row<ipc::RosterReason> kRemedyTexts[] = {
    {ipc::RosterReason::kMissing, {"値を入れてください。", "Fill in the value."}},
    {ipc::RosterReason::kTooLong,
     {"128文字（列によっては32文字か64文字）以内にしてください。",
      "Shorten it: at most 128 characters (32 or 64 in some columns)."}},
    {ipc::RosterReason::kNotUtf8OrCp932,
     {"「CSV UTF-8」で保存し直してください。", "Save the file again as “CSV UTF-8”."}},
    {ipc::RosterReason::kControlCharacter,
     {"改行やタブなどを取り除いてください。", "Remove line breaks, tabs and the like."}},
    {ipc::RosterReason::kNotADate,
     {"2026-04-01 または 2026/4/1 の形にしてください。", "Write it as 2026-04-01 or 2026/4/1."}},
    {ipc::RosterReason::kUnknownKind,
     {"ひな形にある区分のどれかにしてください。",
      "Use one of the kinds listed with the template."}},
    {ipc::RosterReason::kDuplicateNumber,
     {"どちらかの行を直すか、取り除いてください。", "Correct or remove one of the two lines."}},
    {ipc::RosterReason::kNoSuchHead,
     {"その人の社員番号を確かめ、名簿に加えてください。",
      "Check the head's employee number, or add the head to the file."}},
    {ipc::RosterReason::kTooManyColumns,
     {"ひな形の列だけにしてください。", "Keep only the columns of the template."}},
    {ipc::RosterReason::kMissingColumn,
     {"ひな形と同じ見出しの列を加えてください。", "Add the column with the template's heading."}},
    {ipc::RosterReason::kUnknownColumn,
     {"見出しをひな形に合わせるか、列を取り除いてください。",
      "Use the template's heading, or remove the column."}},
    {ipc::RosterReason::kTooManyRows, {"ファイルを分けてください。", "Split the file."}},
    {ipc::RosterReason::kNotKana,
     {"カタカナかひらがなで書いてください。", "Write it in katakana or hiragana."}},
    {ipc::RosterReason::kLooksLikeNumber,
     {"個人番号は名簿に書かず、番号の依頼で集めてください。",
      "Remove it: numbers are never put in a roster, but asked of the person."}},
    {ipc::RosterReason::kQuote,
     {"この行の \" を対にしてください。", "Pair the \" characters of this line."}},
    {ipc::RosterReason::kTooManyDependants,
     {"1人につき32人までです。行を確かめてください。",
      "At most 32 for one person: check the lines."}},
    {ipc::RosterReason::kOutOfScope,
     {"行を除くか、担当者の指定を広げる申請を頼んでください。",
      "Leave the line out, or ask for a wider designation."}},
};
static_assert(is_complete(kRemedyTexts));

}  // namespace

const Say& say(base::Role role) { return kRoleTexts[static_cast<std::size_t>(role)].text; }
const Say& say(base::Zone zone) { return kZoneTexts[static_cast<std::size_t>(zone)].text; }
const Say& say(base::State state) { return kStateTexts[static_cast<std::size_t>(state)].text; }
const Say& say(base::Purpose purpose) {
  return kPurposeTexts[static_cast<std::size_t>(purpose)].text;
}
const Say& say(base::Form form) { return kFormTexts[static_cast<std::size_t>(form)].text; }
const Say& say(base::PersonKind kind) {
  return kPersonKindTexts[static_cast<std::size_t>(kind)].text;
}
const Say& say(base::CollectionStatus status) {
  return kCollectionStatusTexts[static_cast<std::size_t>(status)].text;
}
const Say& say(base::StepUpAct act) { return kStepUpActTexts[static_cast<std::size_t>(act)].text; }
const Say& say(base::Assurance assurance) {
  return kAssuranceTexts[static_cast<std::size_t>(assurance)].text;
}
std::string say_device(Language language, const ipc::Device& device) {
  constexpr Say kBoth{"{}（{}）", "{}, {}"};
  return fill_in(language, kBoth,
                 {kBrowserTexts[static_cast<std::size_t>(device.browser)].text.in(language),
                  kSystemTexts[static_cast<std::size_t>(device.system)].text.in(language)});
}
const Say& say(base::ApiRight right) {
  return kApiRightTexts[static_cast<std::size_t>(right)].text;
}
const Say& say(base::ProposalKind kind) {
  return kProposalKindTexts[static_cast<std::size_t>(kind)].text;
}
const Say& say(base::Designated designated) {
  return kDesignatedTexts[static_cast<std::size_t>(designated)].text;
}
const Say& say(base::Weekday day) { return kWeekdayTexts[static_cast<std::size_t>(day)].text; }
const Say& say(base::ProposalStage stage) {
  return kProposalStageTexts[static_cast<std::size_t>(stage)].text;
}
const Say& say(base::DisposalReason reason) {
  return kDisposalReasonTexts[static_cast<std::size_t>(reason)].text;
}
const Say& say(ipc::DisposalStatus status) {
  return kDisposalStatusTexts[static_cast<std::size_t>(status)].text;
}
const Say& say(ipc::RosterReason reason) {
  return kRosterReasonTexts[static_cast<std::size_t>(reason)].text;
}
const Say& remedy(ipc::RosterReason reason) {
  return kRemedyTexts[static_cast<std::size_t>(reason)].text;
}

}  // namespace web
