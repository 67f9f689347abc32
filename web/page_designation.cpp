// The designation (指定) of one account: what is in force, a proposal for another, and its end.
#include "web/designation.h"
#include "web/pages.h"

namespace web {

namespace {

constexpr Say kTitle{"事務取扱担当者の指定", "Designation"};
constexpr Say kLead{
    "指定された範囲と期間の中だけで、対象者を見て番号を使えます。範囲の外の人は、いない人と同じです"
    "。"
    "終了日の翌日から、すぐに使えなくなります。",
    "Within its scope and term only may this account see people and use numbers; others are not "
    "there for it. From the day after the last one, nothing is."};
constexpr Say kNow{"いまの指定", "In force"};
constexpr Say kStateLabel{"状態", "Status"};
constexpr Say kNever{"指定されていません。番号も対象者も見られません。",
                     "Not designated: sees no person and no number."};
constexpr Say kRoleNeedsNone{"この役割には指定が要りません。", "This role needs no designation."};
constexpr Say kChange{"指定を申請する", "Propose a designation"};
constexpr Say kChangeText{"責任者か権限管理者のうち、あなた以外の人が承認すると、実行できます。",
                          "It can be carried out when another responsible person or rights "
                          "manager has approved it."};
constexpr Say kEnd{"指定を終わらせる", "End the designation"};
constexpr Say kEndText{"すぐに終わります。表示の準備をしていた番号も表示されません。",
                       "It ends at once; not even a number that was about to be shown is."};
constexpr Say kEnded{"指定を終わらせました。", "The designation has ended."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kRole{"役割", "Role"};
constexpr Say kKnown{"名簿にある所属", "Groups of the register"};

using Reply = ipc::GetDesignation::Reply;

Url url_of(base::AccountId account) {
  return Url("/accounts").segment(base::to_text(account)).segment("designation");
}

bool is_needed(base::Role role) {
  return role == base::Role::kHandler || role == base::Role::kViewer;
}

Html in_force(const View& view, const Reply& reply) {
  const Html who = facts(all(fact(view.t(kName), reply.name.view()),
                             fact(view.t(kRole), view.t(say(reply.role))),
                             fact(view.t(kStateLabel), view.t(say(reply.designated)))));
  const Html what = reply.designated == base::Designated::kNever
                        ? el("p", view.t(kNever))
                        : say_designation(view, reply.designation);
  return el("section", el("h2", view.t(kNow)), who, what);
}

Html known_groups(const View& view, const Reply& reply) {
  if (reply.groups.empty()) return {};
  std::vector<Html> items;
  for (const auto& group : reply.groups) items.push_back(el("li", group));
  return el("details", el("summary", view.t(kKnown)), el("ul", {{"class", "plain"}}, items));
}

Html form(const View& view, const Reply& reply, const Request& request, const Problems& problems) {
  if (!view.is_any(base::Role::kResponsible, base::Role::kRightsManager)) return {};
  const DesignationFields values =
      problems.empty() ? fields_of(reply.designation) : fields_of(request.form);
  const Html fields =
      all(designation_fields(view, problems, values, Need::kRequired), known_groups(view, reply),
          revises_field(request), el("p", view.t(kChangeText)), button(view.t(kChange)));
  return el("section", {{"class", "card"}}, el("h2", view.t(kChange)),
            post_form(view, url_of(request.id<base::AccountId>()), fields));
}

Html end_form(const View& view, const Reply& reply, const Request& request) {
  const bool living =
      reply.designated == base::Designated::kNow || reply.designated == base::Designated::kNotYet;
  if (!living || !view.is_any(base::Role::kResponsible, base::Role::kRightsManager,
                              base::Role::kSecurityOfficer)) {
    return {};
  }
  return confirmation(view.t(kEnd), view.t(kEndText),
                      post_form(view, url_of(request.id<base::AccountId>()).segment("end"),
                                danger_button(view.t(kEnd))));
}

Response designation_page(Context& context, const Request& request, const Problems& problems,
                          Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto account = request.id<base::AccountId>();
  const auto reply =
      context.core.call(ipc::GetDesignation{.token = request.token(), .account = account});
  if (!reply) return refuse(context, reply.error());
  const bool typing =
      is_needed(reply->role) && view->is_any(base::Role::kResponsible, base::Role::kRightsManager);
  const Html acts = is_needed(reply->role) ? all(form(*view, *reply, request, problems),
                                                 end_form(*view, *reply, request))
                                           : el("p", view->t(kRoleNeedsNone));
  const Html summary =
      typing ? problems.summary({"groups", "kinds", "purposes", "trained", "first", "last"})
             : problems.summary({""});
  const Html main =
      all(heading(view->t(kTitle)), summary, done_notice(*view, request, {{"ended", kEnded}}),
          el("p", view->t(kLead)), in_force(*view, *reply), acts);
  return show(*view, {.title = kTitle, .here = url_of(account), .nav = Nav::kAccounts}, main,
              status);
}

}  // namespace

Response page_designation(Context& context, const Request& request) {
  return designation_page(context, request, Problems(context.language), Status::kOk);
}

Response post_designation(Context& context, const Request& request) {
  Problems problems(context.language);
  ipc::Designate message;
  message.auth = request.auth();
  message.account = request.id<base::AccountId>();
  const auto revises = revised(request);
  auto typed = designation_of(request.form);
  if (!revises || !typed) {
    problems.add(revises ? typed.error() : revises.error());
    return designation_page(context, request, problems, Status::kUnprocessable);
  }
  message.revises = *revises;
  message.designation = *std::move(typed);
  const auto reply = context.core.call(message);
  if (reply) return to_proposal(reply->proposal, "made");
  if (is_about_session(reply.error())) return refuse(context, reply.error());
  problems.add(reply.error());
  return designation_page(context, request, problems, status_of(reply.error()));
}

Response post_designation_end(Context& context, const Request& request) {
  ipc::EndDesignation message;
  message.auth = request.auth();
  message.account = request.id<base::AccountId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(url_of(message.account).with("done", "ended"));
}

}  // namespace web
