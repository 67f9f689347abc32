// From where people may connect: what is in force, and a proposal to change it.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"区域", "Zones"};
constexpr Say kLead{
    "一覧にない場所からは接続できません。変更には、ほかの責任者・権限管理者・保安担当の承認が必要で"
    "、"
    "実行するとすぐに、サインイン中の人にも有効になります。",
    "Nobody can connect from elsewhere. A change takes the approval of another responsible person, "
    "rights manager or security officer, and holds at once, also for open sessions."};
constexpr Say kNow{"いま有効な区域", "In force now"};
constexpr Say kBlock{"アドレス", "Block"};
constexpr Say kZone{"区域", "Zone"};
constexpr Say kFromFile{"設定ファイルの区域です。", "As in the configuration file."};
constexpr Say kPeer{"あなたの今のアドレス", "Your address now"};
constexpr Say kChange{"区域を変える", "Change the zones"};
constexpr Say kHandling{"取扱区域（サインインできる場所）", "Handling area (where staff sign in)"};
constexpr Say kCollection{"収集の区域（本人がリンクを開く場所）",
                          "Collection area (where people open their link)"};
constexpr Say kHint{"1行に1つ。192.0.2.0/24 や 2001:db8::/32 の形。",
                    "One a line, like 192.0.2.0/24 or 2001:db8::/32."};
constexpr Say kSend{"変更を申請する", "Propose the change"};

std::string lines_of(const ipc::GetZones::Reply& reply, base::Zone zone) {
  std::string out;
  for (const ipc::ZoneRow& one : reply.rows) {
    if (one.zone == zone) out += one.block.str() + "\n";
  }
  return out;
}

Html in_force(const View& view, const ipc::GetZones::Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::ZoneRow& one : reply.rows) {
    rows.push_back(row(one.block, Html(view.t(say(one.zone)))));
  }
  return el("section", el("h2", view.t(kNow)),
            reply.from_file ? el("p", view.t(kFromFile)) : Html(),
            table(view.t(kNow), {view.t(kBlock), view.t(kZone)}, rows),
            facts(fact(view.t(kPeer), reply.peer.view())));
}

Html form(const View& view, const ipc::GetZones::Reply& reply, const Request& request,
          const Problems& problems) {
  if (!view.is_any(base::Role::kResponsible, base::Role::kSecurityOfficer)) return {};
  const bool again = !problems.empty();
  const auto field = [&](std::string_view name, const Say& label, base::Zone zone, Need need) {
    const std::string value = again ? std::string(request.form.get(name)) : lines_of(reply, zone);
    return input(view, problems,
                 {.name = name,
                  .label = view.t(label),
                  .hint = view.t(kHint),
                  .value = value,
                  .maxlength = 4000,
                  .need = need,
                  .multiline = true});
  };
  const Html fields =
      all(field("handling", kHandling, base::Zone::kHandling, Need::kRequired),
          field("collection", kCollection, base::Zone::kCollection, Need::kOptional),
          revises_field(request), button(view.t(kSend)));
  return el("section", {{"class", "card"}}, el("h2", view.t(kChange)),
            post_form(view, Url("/zones"), fields));
}

Response zones_page(Context& context, const Request& request, const Problems& problems,
                    Status status) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto reply = context.core.call(ipc::GetZones{.token = request.token()});
  if (!reply) return refuse(context, reply.error());
  const bool typing = view->is_any(base::Role::kResponsible, base::Role::kSecurityOfficer);
  const Html main =
      all(heading(view->t(kTitle)),
          typing ? problems.summary({"handling", "collection"}) : problems.summary({""}),
          el("p", view->t(kLead)), in_force(*view, *reply), form(*view, *reply, request, problems));
  return show(*view, {.title = kTitle, .here = Url("/zones"), .nav = Nav::kZones}, main, status);
}

// One block a line; blank lines and blanks at the ends do not matter.
base::Result<> add_rows(std::string_view typed, base::Zone zone, ipc::ProposeZones& message) {
  while (!typed.empty()) {
    const std::size_t end = std::min(typed.find('\n'), typed.size());
    std::string_view line = typed.substr(0, end);
    typed.remove_prefix(std::min(end + 1, typed.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (line.empty()) continue;
    TRY(message.rows.push({TRY(ipc::Text<64>::from(line, "zones")), zone}));
  }
  return {};
}

base::Result<base::ProposalId> propose(Context& context, const Request& request) {
  ipc::ProposeZones message;
  message.auth = request.auth();
  TRY(add_rows(request.form.get("handling"), base::Zone::kHandling, message));
  TRY(add_rows(request.form.get("collection"), base::Zone::kCollection, message));
  message.revises = TRY(revised(request));
  return TRY(context.core.call(message)).proposal;
}

}  // namespace

Response page_zones(Context& context, const Request& request) {
  return zones_page(context, request, Problems(context.language), Status::kOk);
}

Response post_zones(Context& context, const Request& request) {
  const auto result = propose(context, request);
  if (result) return to_proposal(*result, "made");
  if (is_about_session(result.error())) return refuse(context, result.error());
  Problems problems(context.language);
  const bool zones = result.error().field.view() == "zones";
  problems.add(zones ? "handling" : result.error().field.view(), result.error());
  const Status status = status_of(result.error());
  return zones_page(context, request, problems,
                    status == Status::kBadRequest ? Status::kUnprocessable : status);
}

}  // namespace web
