// "What may I do, and why not": core's table as it is for the reader here and now, and the sheet
// that sets the firm's handling rules (取扱規程) against the controls that carry them out. Both are
// made from the table that decides, so that they cannot say anything else.
#include "web/action_texts.h"
#include "web/bits.h"
#include "web/designation.h"
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"できること・できないこと", "What may I do"};
constexpr Say kLead{
    "あなたの役割「{}"
    "」で、今の場所から、今の装置の状態でできる操作です。判断に使う表そのものから作っています。",
    "What you may do as “{}”, from here and in the appliance's state now. It is made from the very "
    "table that decides."};
constexpr Say kAct{"操作", "Act"};
constexpr Say kMay{"可否", "Allowed"};
constexpr Say kWhy{"条件・理由", "Conditions, or why not"};
constexpr Say kYes{"できます", "yes"};
constexpr Say kNo{"できません", "no"};
constexpr Say kStepUp{"再認証（パスワードと認証コード）", "re-authentication (password and code)"};
constexpr Say kPurpose{"本人に通知した利用目的だけ", "only for purposes that the person was told"};
constexpr Say kOthers{"ほかの人{}人の承認（{}）", "approval of {} other(s): {}"};
constexpr Say kOtherPerson{"依頼・提案した人とは別の人が行う",
                           "by somebody other than who asked for it"};
constexpr Say kRoleReason{"次の役割の操作です：{}", "For these roles: {}"};
constexpr Say kZoneReason{"今の場所（区域）からはできません。", "Not from your place (zone)."};
constexpr Say kStateReason{"装置が稼働中のときだけできます。",
                           "Only while the appliance is operational."};
constexpr Say kAssuranceReason{
    "回復コードかメールのコードでサインインしています。認証アプリかパスキーでサインインすると、でき"
    "ます。",
    "You signed in with a recovery code or one by mail. Sign in with the authenticator app or a "
    "passkey."};
constexpr Say kDesignationReason{"いま事務取扱担当者などの指定がありません。",
                                 "You are not designated now."};
constexpr Say kHoursReason{"あなたの役割の業務時間外です。",
                           "Outside of the opening hours of your role."};
constexpr Say kCompanyReason{"装置全体のことなので、装置を運用する会社の人だけができます。",
                             "It is about the appliance as a whole: for people of the firm that "
                             "runs it."};
constexpr Say kDesignation{"あなたの指定", "What you are designated for"};
constexpr Say kSheet{"取扱規程 対応表", "Handling rules and controls"};
constexpr Say kSheetLead{
    "安全管理措置の項目ごとに、装置のどの操作制限がそれを実現し、どの記録が証跡になるかを示します。"
    "役割と条件は装置の判断表から取り出しています。",
    "For each safety measure: which limits of the appliance carry it out and which log entries "
    "show "
    "it. Roles and conditions are taken from the table that decides."};
constexpr Say kItem{"項目", "Item"};
constexpr Say kControl{"装置の制限", "Control"};
constexpr Say kEvidence{"記録", "Evidence"};

using Rules = ipc::GetRules::Reply;

std::vector<std::string> conditions_of(const View& view, const ipc::RuleRow& rule) {
  std::vector<std::string> out;
  if (rule.step_up) out.emplace_back(view.t(kStepUp));
  if (rule.purpose) out.emplace_back(view.t(kPurpose));
  if (rule.others > 0 && rule.approvers == 0) out.emplace_back(view.t(kOtherPerson));
  if (rule.approvers != 0) {
    out.push_back(
        fill_in(view.language, kOthers,
                {std::to_string(rule.others), say_bits<base::Role>(view, rule.approvers)}));
  }
  return out;
}

Html list_of(const std::vector<std::string>& lines) {
  std::vector<Html> items;
  for (const std::string& line : lines) items.push_back(el("li", line));
  return lines.empty() ? Html() : el("ul", {{"class", "plain"}}, items);
}

Html why(const View& view, const ipc::RuleRow& rule) {
  switch (rule.refusal) {
    case ipc::RuleRefusal::kNone: return list_of(conditions_of(view, rule));
    case ipc::RuleRefusal::kZone: return Html(view.t(kZoneReason));
    case ipc::RuleRefusal::kState: return Html(view.t(kStateReason));
    case ipc::RuleRefusal::kAssurance: return Html(view.t(kAssuranceReason));
    case ipc::RuleRefusal::kDesignation: return Html(view.t(kDesignationReason));
    case ipc::RuleRefusal::kCompany: return Html(view.t(kCompanyReason));
    case ipc::RuleRefusal::kHours: return Html(view.t(kHoursReason));
    case ipc::RuleRefusal::kRole: break;
  }
  return Html(fill_in(view.language, kRoleReason, {say_bits<base::Role>(view, rule.roles)}));
}

Html rights_table(const View& view, const Rules& reply) {
  std::vector<Html> rows;
  for (const ipc::RuleRow& rule : reply.rows) {
    const bool may = rule.refusal == ipc::RuleRefusal::kNone;
    rows.push_back(
        row(Html(action_text(view.language, rule.action.view())),
            el("span", {{"class", may ? "tag tag-complete" : "tag"}}, view.t(may ? kYes : kNo)),
            why(view, rule)));
  }
  return table(view.t(kTitle), {view.t(kAct), view.t(kMay), view.t(kWhy)}, rows);
}

Html own_designation(const View& view, const Rules& reply) {
  if (!reply.needs_designation) return {};
  const Html terms = reply.designated == base::Designated::kNever
                         ? Html()
                         : say_designation(view, reply.designation);
  return el("section", el("h2", view.t(kDesignation)), el("p", view.t(say(reply.designated))),
            terms);
}

// One item of the rules, the acts that carry it out, and the events that show it.
struct Item {
  Say text;
  std::array<std::string_view, 5> acts;
  std::array<std::string_view, 4> events;
};
constexpr Item kItems[] = {
    {{"組織体制：責任者・事務取扱担当者と役割を定める",
      "Organisation: who is responsible, who handles, in which role"},
     {"invite_account", "change_role", "disable_account", "designate", "end_designation"},
     {"account.invited", "account.role_changed", "designation.made", "designation.ended"}},
    {{"規程等に基づく運用：利用状況を記録する", "Working by the rules: use is recorded"},
     {"read_log", "export_log"},
     {"reveal.intent", "reveal.done", "log.exported"}},
    {{"取得：利用目的を示し、定めた人が依頼する", "Collecting: by whom it is asked, and what for"},
     {"preview_roster", "import_roster", "request_numbers", "revoke_request"},
     {"roster.imported", "request.created", "number.submitted"}},
    {{"取得：本人確認をして受け入れる", "Collecting: identity is checked before it is taken"},
     {"see_submission", "approve_submission", "return_submission"},
     {"number.approved", "number.returned"}},
    {{"利用：事務取扱担当者が、通知した目的で、必要な人の分だけ使う",
      "Using: by handlers, for purposes told, for the people needed"},
     {"step_up", "reveal"},
     {"grant.opened", "reveal.intent", "reveal.refused", "reveal.budget"}},
    {{"保存：誰が何を見られるかを限る", "Keeping: who may see what"},
     {"list_people", "see_person", "see_disposal"},
     {"access.denied"}},
    {{"削除・廃棄：復元できない方法で廃棄し、記録する", "Disposing: beyond recovery, and recorded"},
     {"propose_disposal", "approve_disposal", "cancel_disposal"},
     {"disposal.approved", "key.gone", "disposal.done", "disposal.certificate"}},
    {{"区域の管理：取扱区域と収集の区域を限る", "Places: handling and collection areas"},
     {"see_zones", "set_zones"},
     {"zones.changed", "connection.refused"}},
    {{"時間の管理：業務時間を限り、時間外は2人で開ける",
      "Times: opening hours, and two people to work outside of them"},
     {"see_hours", "set_hours", "ask_emergency"},
     {"hours.changed", "emergency.opened"}},
    {{"委託・グループ：会社ごとに対象者・鍵・権限を分ける",
      "Group companies: people, keys and rights of each by themselves"},
     {"see_companies", "add_company"},
     {"company.added"}},
    {{"アクセス制御・識別と認証：利用者ごとに、再認証つきで",
      "Access and identity: each by an account, with re-authentication"},
     {"sign_in", "step_up", "approve_proposal", "execute_proposal"},
     {"session.opened", "session.refused", "step_up.failed"}},
    {{"1人ではできない変更", "What nobody changes alone"},
     {"see_proposals", "approve_proposal", "refuse_proposal", "save_settings", "set_zones"},
     {"proposal.made", "proposal.approved", "proposal.executed"}},
};

Html control(const View& view, const Rules& reply, std::string_view act) {
  for (const ipc::RuleRow& rule : reply.rows) {
    if (rule.action.view() != act) continue;
    std::vector<std::string> lines = conditions_of(view, rule);
    lines.insert(lines.begin(), say_bits<base::Role>(view, rule.roles));
    return el("li", el("strong", action_text(view.language, act)), list_of(lines));
  }
  return {};  // an act before a session: everybody's in the zone
}

Html sheet(const View& view, const Rules& reply) {
  std::vector<Html> rows;
  for (const Item& item : kItems) {
    std::vector<Html> controls;
    for (const std::string_view act : item.acts) {
      if (!act.empty()) controls.push_back(control(view, reply, act));
    }
    std::vector<Html> events;
    for (const std::string_view event : item.events) {
      if (!event.empty()) events.push_back(el("li", say_event(view.language, event)));
    }
    rows.push_back(row(Html(view.t(item.text)), el("ul", {{"class", "plain"}}, controls),
                       el("ul", {{"class", "plain"}}, events)));
  }
  return table(view.t(kSheet), {view.t(kItem), view.t(kControl), view.t(kEvidence)}, rows);
}

}  // namespace

Response page_rights(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::GetRules{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  const Html main =
      all(heading(view->t(kTitle)),
          el("p", fill_in(view->language, kLead, {view->t(say(view->session->role))})),
          el("div", {{"class", "acts"}}, button_link(Url("/rules"), view->t(kSheet))),
          own_designation(*view, *reply), rights_table(*view, *reply));
  return show(*view, {.title = kTitle, .here = Url("/rights"), .nav = Nav::kNone}, main);
}

Response page_rules(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::GetRules{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  const Html main = all(el("div", {{"class", "screen-only"}}, print_button(*view)),
                        el("article", heading(view->t(kSheet)), el("p", view->session->firm),
                           el("p", view->t(kSheetLead)), sheet(*view, *reply)));
  return show(*view, {.title = kSheet, .here = Url("/rules"), .nav = Nav::kNone}, main);
}

}  // namespace web
