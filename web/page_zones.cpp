// From where people may connect: what is in force, and a proposal to change it.
#include <algorithm>

#include "web/bits.h"
#include "web/pages.h"

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
constexpr Say kApi{"API の区域（ほかのシステムが接続する場所）",
                   "API area (where other systems connect from)"};
constexpr Say kHint{"1行に1つ。192.0.2.0/24 や 2001:db8::/32 の形。",
                    "One a line, like 192.0.2.0/24 or 2001:db8::/32."};
constexpr Say kRoleHint{
    "1行に1つ。192.0.2.0/24 や 2001:db8::/32 の形。あとに役割を書くと、その役割の人だけが使えます"
    "（例：192.0.2.7 監査人 "
    "保安担当）。「証明書」と書くと、会社の認証局の証明書を持つ端末だけが使えます。",
    "One a line, like 192.0.2.0/24 or 2001:db8::/32. Roles after a block: only they work from it "
    "(like 192.0.2.7 auditor security_officer). “certificate” after it: only from devices with a "
    "certificate of the firm's authority."};
constexpr Say kCertificate{"証明書", "Certificate"};
constexpr Say kNeeded{"必要", "needed"};
constexpr Say kNotNeeded{"いらない", "not needed"};
constexpr std::string_view kCertificateWord = "certificate";
constexpr Say kRoles{"役割", "Roles"};
constexpr Say kEveryRole{"すべての役割", "every role"};
constexpr Say kHours{"業務時間を見る・変える", "See or change the opening hours"};
constexpr Say kSend{"変更を申請する", "Propose the change"};

// A role as it is typed after a block: its Japanese word has no blanks, its English one has.
std::string_view word_of(const View& view, base::Role role) {
  return view.language == Language::kEn ? base::name(role) : view.t(say(role));
}
std::vector<std::string> role_words(const View& view, std::uint32_t roles) {
  std::vector<std::string> out;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::Role::kLast); ++i) {
    const auto role = static_cast<base::Role>(i);
    if ((roles & bit_of(role)) != 0) out.emplace_back(word_of(view, role));
  }
  return out;
}

std::string certificate_word(const View& view) {
  return std::string(view.language == Language::kEn ? kCertificateWord : view.t(kCertificate));
}

std::string lines_of(const View& view, const ipc::GetZones::Reply& reply, base::Zone zone) {
  std::string out;
  for (const ipc::ZoneRow& one : reply.rows) {
    if (one.zone != zone) continue;
    out += one.block.str();
    for (const std::string& word : role_words(view, one.roles)) out += " " + word;
    if (one.certificate) out += " " + certificate_word(view);
    out += "\n";
  }
  return out;
}

Html in_force(const View& view, const ipc::GetZones::Reply& reply) {
  std::vector<Html> rows;
  for (const ipc::ZoneRow& one : reply.rows) {
    rows.push_back(row(
        one.block, Html(view.t(say(one.zone))),
        one.roles == 0 ? std::string(view.t(kEveryRole)) : say_bits<base::Role>(view, one.roles),
        view.t(one.certificate ? kNeeded : kNotNeeded)));
  }
  return el("section", el("h2", view.t(kNow)),
            reply.from_file ? el("p", view.t(kFromFile)) : Html(),
            table(view.t(kNow),
                  {view.t(kBlock), view.t(kZone), view.t(kRoles), view.t(kCertificate)}, rows),
            facts(fact(view.t(kPeer), reply.peer.view())));
}

Html form(const View& view, const ipc::GetZones::Reply& reply, const Request& request,
          const Problems& problems) {
  if (!view.is_any(base::Role::kResponsible, base::Role::kSecurityOfficer)) return {};
  const bool again = !problems.empty();
  const auto field = [&](std::string_view name, const Say& label, base::Zone zone, Need need) {
    const std::string value =
        again ? std::string(request.form.get(name)) : lines_of(view, reply, zone);
    return input(view, problems,
                 {.name = name,
                  .label = view.t(label),
                  .hint = view.t(zone == base::Zone::kHandling ? kRoleHint : kHint),
                  .value = value,
                  .maxlength = 4000,
                  .need = need,
                  .multiline = true});
  };
  const Html fields =
      all(field("handling", kHandling, base::Zone::kHandling, Need::kRequired),
          field("collection", kCollection, base::Zone::kCollection, Need::kOptional),
          field("api", kApi, base::Zone::kApi, Need::kOptional), revises_field(request),
          button(view.t(kSend)));
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
          typing ? problems.summary({"handling", "collection", "api"}) : problems.summary({""}),
          el("p", view->t(kLead)), in_force(*view, *reply),
          el("p", link(Url("/hours"), view->t(kHours))), form(*view, *reply, request, problems));
  return show(*view, {.title = kTitle, .here = Url("/zones"), .nav = Nav::kZones}, main, status);
}

// In either language, or by its stable name.
base::Result<base::Role> role_of(std::string_view word) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::Role::kLast); ++i) {
    const auto role = static_cast<base::Role>(i);
    if (word == base::name(role) || word == say(role).in(Language::kJa)) return role;
  }
  return base::fail(base::Code::kInvalid, "zones");
}

// A block, the roles that work from there, and whether they need a certificate.
base::Result<ipc::ZoneRow> row_of(std::string_view line, base::Zone zone) {
  ipc::ZoneRow out;
  out.zone = zone;
  for (bool first = true; !line.empty(); first = false) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    if (first) {
      out.block = TRY(ipc::Text<64>::from(word, "zones"));
    } else if (word == kCertificateWord || word == kCertificate.in(Language::kJa)) {
      out.certificate = true;
    } else if (!word.empty()) {
      out.roles |= bit_of(TRY(role_of(word)));
    }
  }
  return out;
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
    TRY(message.rows.push(TRY(row_of(line, zone))));
  }
  return {};
}

base::Result<base::ProposalId> propose(Context& context, const Request& request) {
  ipc::ProposeZones message;
  message.auth = request.auth();
  TRY(add_rows(request.form.get("handling"), base::Zone::kHandling, message));
  TRY(add_rows(request.form.get("collection"), base::Zone::kCollection, message));
  TRY(add_rows(request.form.get("api"), base::Zone::kApi, message));
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
  return zones_page(context, request, problems, form_status_of(result.error()));
}

}  // namespace web
