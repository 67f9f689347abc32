// Who agrees in the place of one account while it is away (代理): what is set, a proposal for it,
// and its end.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"不在のときの代理", "Standing in"};
constexpr Say kLead{
    "代理の人は、期間中だけ、この人の役割で提供・廃棄・申請を承認できます。申請すること、番号を使う"
    "こと"
    "、さらに代理を決めることはできません。承認の人数は、いつも人で数えます。",
    "Within the term the deputy agrees on submissions, disposals and proposals in this role. It "
    "gives no right to propose, to use numbers, or to name another deputy. Approvals count people, "
    "as ever."};
constexpr Say kNow{"いまの代理", "Set now"};
constexpr Say kName{"氏名", "Name"};
constexpr Say kRole{"役割", "Role"};
constexpr Say kDeputy{"代理の人", "Deputy"};
constexpr Say kDeputyHint{"兼ねられない役割を持つ人は出ません。",
                          "People with a role that must be kept apart are not listed."};
constexpr Say kNoCandidates{
    "代理になれる人がいません。兼ねられる役割（保安担当など）の利用者を先に加えてください。",
    "There is nobody who may stand in. Add an account with a role that goes with this one first, "
    "like a security officer."};
constexpr Say kFirst{"開始日", "First day"};
constexpr Say kLast{"終了日", "Last day"};
constexpr Say kLastHint{"この日まで有効です。最長92日。", "It still counts. 92 days at most."};
constexpr Say kStateLabel{"状態", "Status"};
constexpr Say kInForce{"有効", "in force"};
constexpr Say kNotInForce{"期間外", "not in force"};
constexpr Say kNobody{"代理は決められていません。", "Nobody stands in."};
constexpr Say kNoNeed{"この役割は承認をしないので、代理は要りません。",
                      "This role agrees on nothing, and needs no deputy."};
constexpr Say kChange{"代理を申請する", "Propose a deputy"};
constexpr Say kChangeText{
    "責任者か権限管理者のうち、あなたと代理の人以外が承認すると、実行できます。",
    "It can be carried out when a responsible person or rights manager has approved it who is "
    "neither you nor the deputy."};
constexpr Say kEnd{"代理を終わらせる", "End it"};
constexpr Say kEndText{
    "すぐに終わります。代理で承認した申請は、実行前なら承認が無効になります。",
    "It ends at once. What the deputy approved and nobody has carried out is not "
    "approved by that any more."};
constexpr Say kEnded{"代理を終わらせました。", "It has ended."};

using Reply = ipc::GetDelegation::Reply;

Url url_of(base::AccountId account) {
  return Url("/accounts").segment(base::to_text(account)).segment("delegation");
}

bool may_change(const View& view) {
  return view.is_any(base::Role::kResponsible, base::Role::kRightsManager,
                     base::Role::kSecurityOfficer);
}

Html set_now(const View& view, const Reply& reply) {
  Html rows =
      all(fact(view.t(kName), reply.name.view()), fact(view.t(kRole), view.t(say(reply.role))));
  if (reply.delegation) {
    rows = all(rows, fact(view.t(kDeputy), reply.deputy.view()),
               fact(view.t(kFirst), say_day(view.language, reply.delegation->first)),
               fact(view.t(kLast), say_day(view.language, reply.delegation->last)),
               fact(view.t(kStateLabel), view.t(reply.in_force ? kInForce : kNotInForce)));
  }
  return el("section", el("h2", view.t(kNow)), facts(rows),
            reply.delegation ? Html() : el("p", view.t(kNobody)));
}

Html day_input(const View& view, const Problems& problems, std::string_view name, const Say& label,
               std::string_view hint, const Request& request) {
  return input(view, problems,
               {.name = name,
                .label = view.t(label),
                .hint = hint,
                .value = request.form.get(name),
                .type = "date",
                .width = "half"});
}

Html form(const View& view, const Reply& reply, const Request& request, const Problems& problems) {
  if (!may_change(view) || !reply.delegable) return {};
  if (reply.candidates.empty()) return el("p", view.t(kNoCandidates));
  std::vector<std::string> ids;
  std::vector<std::string> names;
  ids.reserve(reply.candidates.size());  // options refer to them
  names.reserve(reply.candidates.size());
  std::vector<Option> options;
  for (const ipc::AccountRow& one : reply.candidates) {
    ids.push_back(base::to_text(one.id));
    names.push_back(one.name.str() + " (" + one.login.str() + ", " +
                    std::string(view.t(say(one.role))) + ")");
    options.push_back({ids.back(), names.back(), request.form.get("deputy") == ids.back()});
  }
  const Html fields = all(el("p", view.t(kChangeText)),
                          select(view, problems,
                                 {.name = "deputy",
                                  .label = view.t(kDeputy),
                                  .hint = view.t(kDeputyHint),
                                  .options = std::move(options)}),
                          day_input(view, problems, "first", kFirst, {}, request),
                          day_input(view, problems, "last", kLast, view.t(kLastHint), request),
                          revises_field(request), button(view.t(kChange)));
  return el("section", {{"class", "card"}}, el("h2", view.t(kChange)),
            post_form(view, url_of(request.id<base::AccountId>()), fields));
}

Html end_form(const View& view, const Reply& reply, const Request& request) {
  if (!reply.delegation || !may_change(view)) return {};
  return confirmation(view.t(kEnd), view.t(kEndText),
                      post_form(view, url_of(request.id<base::AccountId>()).segment("end"),
                                danger_button(view.t(kEnd))));
}

Response delegation_page(Context& context, const Request& request, const Problems& problems,
                         Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto account = request.id<base::AccountId>();
  const auto reply =
      context.core.call(ipc::GetDelegation{.token = request.token(), .account = account});
  if (!reply) return refuse(context, reply.error());
  const bool typing = may_change(*view) && reply->delegable && !reply->candidates.empty();
  const Html main =
      all(heading(view->t(kTitle)),
          typing ? problems.summary({"deputy", "first", "last"}) : problems.summary({""}),
          done_notice(*view, request, {{"ended", kEnded}}), el("p", view->t(kLead)),
          set_now(*view, *reply), reply->delegable ? Html() : el("p", view->t(kNoNeed)),
          form(*view, *reply, request, problems), end_form(*view, *reply, request));
  return show(*view, {.title = kTitle, .here = url_of(account), .nav = Nav::kAccounts}, main,
              status);
}

base::Result<base::Day> day_of(const Request& request, base::FieldName field) {
  const std::string_view typed = request.form.get(field.view());
  if (typed.empty()) return base::fail(base::Code::kMissing, field);
  return base::day_from_iso(typed, field);
}

base::Result<base::ProposalId> propose(Context& context, const Request& request) {
  ipc::Delegate message;
  message.auth = request.auth();
  message.account = request.id<base::AccountId>();
  message.delegation.deputy = TRY(request.form.id<base::AccountId>("deputy"));
  message.delegation.first = TRY(day_of(request, "first"));
  message.delegation.last = TRY(day_of(request, "last"));
  message.revises = TRY(revised(request));
  return TRY(context.core.call(message)).proposal;
}

}  // namespace

Response page_delegation(Context& context, const Request& request) {
  return delegation_page(context, request, Problems(context.language), Status::kOk);
}

Response post_delegation(Context& context, const Request& request) {
  const auto result = propose(context, request);
  if (result) return to_proposal(*result, "made");
  if (is_about_session(result.error())) return refuse(context, result.error());
  Problems problems(context.language);
  problems.add(result.error());
  return delegation_page(context, request, problems, form_status_of(result.error()));
}

Response post_delegation_end(Context& context, const Request& request) {
  ipc::EndDelegation message;
  message.auth = request.auth();
  message.account = request.id<base::AccountId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(url_of(message.account).with("done", "ended"));
}

}  // namespace web
