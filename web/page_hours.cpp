// Opening hours (業務時間): what is in force, a proposal to change it, and asking to work outside
// of them.
#include "web/bits.h"
#include "web/hours.h"
#include "web/pages.h"

namespace web {

namespace {

constexpr Say kTitle{"業務時間", "Opening hours"};
constexpr Say kLead{
    "役割ごとに、使える曜日と時刻を決めます。行のない役割に制限はありません。"
    "サインイン、停止、区域と業務時間の変更など、会社を守る操作はいつでもできます。",
    "On which days and from when to when each role works. A role without a row is not limited. "
    "What protects the firm is never closed: signing in, stopping an account, zones, these hours."};
constexpr Say kNow{"いまの業務時間", "In force now"};
constexpr Say kOpen{"いまは、あなたの業務時間内です。", "You are within your hours now."};
constexpr Say kClosed{"いまは、あなたの業務時間外です。", "You are outside of your hours now."};
constexpr Say kRunning{"時間外の使用", "Work outside of hours"};
constexpr Say kRunningText{"{}：{}まで", "{}: until {}"};
constexpr Say kChange{"業務時間を変える", "Change the hours"};
constexpr Say kChangeText{
    "すべての行を空にすると、制限がなくなります。変更には、ほかの責任者・権限管理者・保安担当の承認"
    "が"
    "必要です。実行するとすぐに、サインイン中の人にも有効になります。",
    "With all rows empty there is no limit. It takes the approval of another responsible person, "
    "rights manager or security officer, and holds at once, also for open sessions."};
constexpr Say kSend{"変更を申請する", "Propose the change"};
constexpr Say kAsk{"時間外の使用を申請する", "Ask to work outside of hours"};
constexpr Say kAskText{
    "ほかの責任者・権限管理者・保安担当が承認して実行すると、その時からあなたの役割の人が使えます。"
    "理由とともに記録に残ります。",
    "When another responsible person, rights manager or security officer carries it out, your role "
    "may work from then on. It is recorded with its reason."};
constexpr Say kMinutes{"使う時間", "How long"};
constexpr Say kHalfHour{"30分", "30 minutes"};
constexpr Say kOneHour{"1時間", "1 hour"};
constexpr Say kTwoHours{"2時間", "2 hours"};
constexpr Say kFourHours{"4時間", "4 hours"};
constexpr Say kReason{"理由", "Reason"};

using Reply = ipc::GetHours::Reply;

bool may_change(const View& view) {
  return view.runs_box() && view.is_any(base::Role::kResponsible, base::Role::kSecurityOfficer);
}
// Who has no need of it is not asked.
bool asks(const View& view, const Reply& reply) {
  return !reply.open && view.runs_box() &&
         view.is_any(base::Role::kResponsible, base::Role::kRightsManager,
                     base::Role::kSecurityOfficer, base::Role::kHandler);
}

Html emergencies(const View& view, const Reply& reply) {
  std::vector<Html> items;
  for (const auto& one : reply.emergencies) {
    items.push_back(el(
        "li", fill_in(view.language, kRunningText,
                      {say_bits<base::Role>(view, one.roles), say_time(view.language, one.ends)})));
  }
  if (items.empty()) return {};
  return all(el("h3", view.t(kRunning)), el("ul", {{"class", "plain"}}, items));
}

Html in_force(const View& view, const Reply& reply) {
  return el("section", el("h2", view.t(kNow)), el("p", view.t(reply.open ? kOpen : kClosed)),
            say_openings(view, reply.rows), emergencies(view, reply));
}

// What was typed into one of the two forms of the page, and the field that is to be corrected.
struct Typed {
  const Form* hours = nullptr;
  const Form* emergency = nullptr;
  std::string_view wrong = "";
};

// The fields of rows are numbered; what is said of them is not.
base::FieldName without_number(std::string_view field) {
  while (!field.empty() && field.back() >= '0' && field.back() <= '9') field.remove_suffix(1);
  return base::FieldName(field);
}

Html change_form(const View& view, const Reply& reply, const Request& request,
                 const Problems& problems, const Typed& typed) {
  if (!may_change(view)) return {};
  const Html fields =
      all(el("p", view.t(kChangeText)), opening_fields(view, problems, typed.hours, reply.rows),
          revises_field(request), button(view.t(kSend)));
  return el("section", {{"class", "card"}}, el("h2", view.t(kChange)),
            post_form(view, Url("/hours"), fields));
}

Html emergency_form(const View& view, const Reply& reply, const Problems& problems,
                    const Typed& typed) {
  if (!asks(view, reply)) return {};
  const std::string_view minutes =
      typed.emergency == nullptr ? "60" : typed.emergency->get("minutes");
  const std::string_view reason = typed.emergency == nullptr ? "" : typed.emergency->get("reason");
  const Html fields =
      all(el("p", view.t(kAskText)),
          radios(view, problems,
                 {.name = "minutes",
                  .label = view.t(kMinutes),
                  .hint = {},
                  .options = {{"30", view.t(kHalfHour), minutes == "30"},
                              {"60", view.t(kOneHour), minutes == "60"},
                              {"120", view.t(kTwoHours), minutes == "120"},
                              {"240", view.t(kFourHours), minutes == "240"}}}),
          input(view, problems,
                {.name = "reason", .label = view.t(kReason), .value = reason, .maxlength = 60}),
          button(view.t(kAsk)));
  return el("section", {{"class", "card"}}, el("h2", view.t(kAsk)),
            post_form(view, Url("/hours/emergency"), fields));
}

Response hours_page(Context& context, const Request& request, const Problems& problems,
                    const Typed& typed, Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::GetHours{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  const bool shown = typed.hours != nullptr ? may_change(*view) : asks(*view, *reply);
  const Html main = all(heading(view->t(kTitle)), problems.summary({shown ? typed.wrong : ""}),
                        el("p", view->t(kLead)), in_force(*view, *reply),
                        emergency_form(*view, *reply, problems, typed),
                        change_form(*view, *reply, request, problems, typed));
  return show(*view, {.title = kTitle, .here = Url("/hours"), .nav = Nav::kZones}, main, status);
}

Response again(Context& context, const Request& request, const base::Error& error, Typed typed) {
  if (is_about_session(error)) return refuse(context, error);
  Problems problems(context.language);
  typed.wrong = error.field.view();
  problems.add(typed.wrong, {error.code, without_number(typed.wrong)});
  return hours_page(context, request, problems, typed, form_status_of(error));
}

base::Result<base::ProposalId> propose(Context& context, const Request& request) {
  ipc::ProposeHours message;
  message.auth = request.auth();
  message.rows = TRY(openings_of(request.form));
  message.revises = TRY(revised(request));
  return TRY(context.core.call(message)).proposal;
}

base::Result<base::ProposalId> ask(Context& context, const Request& request) {
  ipc::AskEmergency message;
  message.auth = request.auth();
  message.minutes = static_cast<std::uint16_t>(TRY(request.form.number("minutes", 240, 0)));
  message.reason = TRY(one_line<200>(request.form.get("reason"), "reason"));
  if (message.reason.empty()) return base::fail(base::Code::kMissing, "reason");
  return TRY(context.core.call(message)).proposal;
}

}  // namespace

Response page_hours(Context& context, const Request& request) {
  return hours_page(context, request, Problems(context.language), {}, Status::kOk);
}

Response post_hours(Context& context, const Request& request) {
  const auto result = propose(context, request);
  if (result) return to_proposal(*result, "made");
  return again(context, request, result.error(), {.hours = &request.form});
}

Response post_emergency(Context& context, const Request& request) {
  const auto result = ask(context, request);
  if (result) return to_proposal(*result, "made");
  return again(context, request, result.error(), {.emergency = &request.form});
}

}  // namespace web
