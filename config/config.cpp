#include "config/config.h"

#include <pwd.h>
#include <toml++/toml.h>
#include <bit>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "base/fd.h"
#include "base/mail_address.h"

namespace config {

namespace {

constexpr std::size_t kFileMax = std::size_t{256} * 1024;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// The uid of a name in /etc/passwd. Read directly: getpwnam(3) would load whatever modules the name
// service switch lists into processes that hold keys.
std::optional<std::uint32_t> uid_of(std::string_view name) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen("/etc/passwd", "re"), &std::fclose);
  if (!file) return std::nullopt;
  while (const passwd* entry = ::fgetpwent(file.get())) {
    if (name == entry->pw_name) return entry->pw_uid;
  }
  return std::nullopt;
}

// Reads one table and remembers which keys it knows, so that a misspelt one is found.
class Section {
 public:
  Section(const toml::table& root, std::string name, std::vector<Problem>& problems)
      : name_(std::move(name)), problems_(problems) {
    const toml::node* node = root.get(name_);
    if (node == nullptr) return;
    table_ = node->as_table();
    if (table_ == nullptr) report(*node, name_, "must be a table: write [" + name_ + "]");
  }

  // An absolute path.
  void path(const char* key, std::string& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty() || value->front() != '/') {
      return report(*node, dotted(key), "must be an absolute path in quotes");
    }
    out = *value;
  }

  void text(const char* key, std::string& out, std::string_view prefix) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value || !value->starts_with(prefix)) {
      const std::string start = prefix.empty() ? "" : " that starts with " + std::string(prefix);
      return report(*node, dotted(key), "must be text in quotes" + start);
    }
    out = *value;
  }

  template <class T>
  void number(const char* key, T& out, std::uint64_t least, std::uint64_t most) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 0 || static_cast<std::uint64_t>(*value) < least ||
        static_cast<std::uint64_t>(*value) > most) {
      return report(
          *node, dotted(key),
          "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    out = static_cast<T>(*value);
  }

  // The same in MiB, kept in bytes.
  void mebibytes(const char* key, std::uint64_t& out, std::uint64_t least, std::uint64_t most) {
    std::uint64_t value = out / kMiB;
    number(key, value, least, most);
    out = value * kMiB;
  }

  const toml::array* array(const char* key) {
    const toml::node* node = find(key);
    if (node == nullptr) return nullptr;
    if (node->as_array() == nullptr) report(*node, dotted(key), "must be a list: [ ... ]");
    return node->as_array();
  }

  // A name, or a list of names, of users of this system.
  void users(const char* key, std::vector<std::uint32_t>& out) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (node->is_string()) return user(*node, key, out);
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty()) {
      return report(*node, dotted(key), "must be a user's name in quotes, or a list of names");
    }
    for (const auto& name : *list) user(name, key, out);
  }

  // After everything was asked for: what is left is unknown.
  void finish() {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      if (!known_.contains(std::string(key.str()))) {
        report(node, dotted(key.str()), "is not a setting: check the spelling or remove it");
      }
    }
  }

  void report(const toml::node& node, std::string key, std::string text) {
    problems_.push_back({node.source().begin.line, std::move(key), std::move(text)});
  }

 private:
  const toml::node* find(const char* key) {
    known_.emplace(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }
  void user(const toml::node& node, const char* key, std::vector<std::uint32_t>& out) {
    const auto name = node.value_exact<std::string>();
    const auto uid = name ? uid_of(*name) : std::nullopt;
    if (!uid) {
      return report(node, dotted(key), "must name a user of /etc/passwd: is the package whole?");
    }
    out.push_back(*uid);
  }
  std::string dotted(std::string_view key) const { return name_ + "." + std::string(key); }

  std::string name_;
  std::vector<Problem>& problems_;
  const toml::table* table_ = nullptr;
  std::set<std::string> known_;
};

// 192.0.2.1:443 or [2001:db8::1]:443.
base::Result<Endpoint> endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return base::fail(base::Code::kInvalid, "endpoint");
  std::string_view host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return base::fail(base::Code::kInvalid, "endpoint");
  }
  std::uint32_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5) return base::fail(base::Code::kInvalid, "endpoint");
  for (const char c : digits) {
    if (c < '0' || c > '9') return base::fail(base::Code::kInvalid, "endpoint");
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (port == 0 || port > 65535) return base::fail(base::Code::kInvalid, "endpoint");
  return Endpoint{TRY(base::IpAddress::parse(host)), static_cast<std::uint16_t>(port)};
}

void read_listen(Section& section, std::string_view key, std::vector<Endpoint>& out) {
  const toml::array* list = section.array("listen");
  if (list == nullptr) return;
  for (const auto& node : *list) {
    const auto text = node.value_exact<std::string>();
    const auto parsed = text ? endpoint(*text) : base::fail(base::Code::kInvalid, "endpoint");
    if (parsed) {
      out.push_back(*parsed);
    } else {
      section.report(node, std::string(key),
                     "must be \"address:port\", IPv6 as \"[address]:port\"");
    }
  }
}

void read_web(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  Section web(root, "web", problems);
  read_listen(web, "web.listen", out.listen);
  web.number("workers", out.workers_max, 1, 4096);
  web.number("workers_per_source", out.workers_per_source_max, 1, 4096);
  web.finish();
}

// Which roles work from the zone's blocks, by their stable names; none: every role.
std::uint32_t zone_roles(const toml::table& table, base::Zone zone,
                         std::vector<Problem>& problems) {
  const toml::node* node = table.get("roles");
  if (node == nullptr) return 0;
  const auto line = node->source().begin.line;
  std::uint32_t out = 0;
  const toml::array* words = node->as_array();
  for (std::size_t i = 0; words != nullptr && i < words->size(); ++i) {
    const auto word = words->get(i)->value_exact<std::string>();
    for (unsigned role = 1; role <= static_cast<unsigned>(base::Role::kLast); ++role) {
      if (word && *word == base::name(static_cast<base::Role>(role)))
        out |= std::uint32_t{1} << role;
    }
  }
  if (words == nullptr || words->empty() ||
      static_cast<std::size_t>(std::popcount(out)) != words->size() ||
      zone != base::Zone::kHandling) {
    problems.push_back({line, "zone.roles",
                        "must be a list of roles such as \"auditor\" or \"security_officer\", each "
                        "once, of a zone of the kind \"handling\""});
  }
  return out;
}

void read_api(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  Section api(root, "api", problems);
  read_listen(api, "api.listen", out.api_listen);
  api.path("client_authority", out.client_authority);
  api.finish();
  if (!out.api_listen.empty() && out.client_authority.empty()) {
    problems.push_back({root.get("api")->source().begin.line, "api.client_authority",
                        "is missing: name the file with the certificate that issues those of "
                        "other systems, or remove api.listen"});
  }
}

void read_zone(const toml::node& node, Config& out, std::vector<Problem>& problems) {
  const toml::table* table = node.as_table();
  const auto line = node.source().begin.line;
  if (table == nullptr) return problems.push_back({line, "zone", "write each as [[zone]]"});
  const auto kind = (*table)["kind"].value_exact<std::string>();
  base::ZoneBlock block;
  if (kind == "handling") block.zone = base::Zone::kHandling;
  if (kind == "collection") block.zone = base::Zone::kCollection;
  if (kind == "api") block.zone = base::Zone::kApi;
  if (block.zone == base::Zone::kNone) {
    problems.push_back({line, "zone.kind", "must be \"handling\", \"collection\" or \"api\""});
  }
  block.roles = zone_roles(*table, block.zone, problems);
  const toml::array* blocks = (*table)["blocks"].as_array();
  if (blocks == nullptr || blocks->empty()) {
    problems.push_back({line, "zone.blocks", "must be a list of blocks such as \"192.0.2.0/24\""});
  }
  for (std::size_t i = 0; blocks != nullptr && i < blocks->size(); ++i) {
    const auto text = blocks->get(i)->value_exact<std::string>();
    const auto parsed = text ? base::Cidr::parse(*text) : base::fail(base::Code::kInvalid, "block");
    if (parsed) {
      block.block = *parsed;
      out.zones.push_back(block);
    } else {
      problems.push_back({blocks->get(i)->source().begin.line, "zone.blocks",
                          "must be an address block such as \"192.0.2.0/24\" with no bits set "
                          "after the prefix"});
    }
  }
  for (const auto& [key, value] : *table) {
    if (key.str() != "kind" && key.str() != "blocks" && key.str() != "roles") {
      problems.push_back({value.source().begin.line, "zone." + std::string(key.str()),
                          "is not a setting: check the spelling or remove it"});
    }
  }
}

void read_zones(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  const toml::node* node = root.get("zone");
  if (node == nullptr) return;
  const toml::array* zones = node->as_array();
  if (zones == nullptr) {
    problems.push_back({node->source().begin.line, "zone", "write each as [[zone]]"});
    return;
  }
  for (const auto& zone : *zones) read_zone(zone, out, problems);
}

void read_users(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  Section users(root, "users", problems);
  users.users("audit", out.audit_users);
  users.users("core", out.core_users);
  users.users("web", out.web_users);
  users.users("console", out.console_users);
  users.users("unlock", out.unlock_users);
  users.users("tamper", out.tamper_users);
  users.users("monitor", out.monitor_users);
  users.users("mail", out.mail_users);
  users.finish();
}

void read_hsm(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  Section hsm(root, "hsm", problems);
  hsm.path("module", out.module);
  hsm.text("module_parameters", out.module_parameters, "");
  hsm.text("token", out.token, "pkcs11:");
  hsm.number("timeout_ms", out.hsm_timeout_ms, 100, 60'000);
  hsm.finish();
}

void read_operations(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  Section tamper(root, "tamper", problems);
  tamper.path("hwmon", out.hwmon);
  tamper.path("button", out.button);
  tamper.finish();

  Section syslog(root, "syslog", problems);
  std::string collector;
  syslog.text("collector", collector, "");
  syslog.text("name", out.collector_name, "");
  if (!collector.empty()) {
    const auto parsed = endpoint(collector);
    if (parsed) out.collector = *parsed;
    if (!parsed || out.collector_name.empty()) {
      syslog.report(*root.get("syslog"), "syslog.collector",
                    "must be \"address:port\", with the name of its certificate beside it");
    }
  }
  syslog.finish();
}

void read_mail(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  Section mail(root, "mail", problems);
  std::string relay;
  mail.text("relay", relay, "");
  mail.text("name", out.relay_name, "");
  mail.text("from", out.mail_from, "");
  if (!relay.empty()) {
    const auto parsed = endpoint(relay);
    if (parsed) out.relay = *parsed;
    if (!parsed || out.relay_name.empty()) {
      mail.report(*root.get("mail"), "mail.relay",
                  "must be \"address:port\", with the name of its certificate beside it");
    }
    if (!base::is_mail_address(out.mail_from)) {
      mail.report(*root.get("mail"), "mail.from", "must be an address: kagikura@mail.example");
    }
  }
  mail.finish();
}

void read_limits(const toml::table& root, Config& out, std::vector<Problem>& problems) {
  Section sessions(root, "sessions", problems);
  sessions.number("absolute_s", out.session_s, 60, 43'200);  // 12 h
  sessions.number("idle_s", out.idle_s, 60, 900);            // 15 min
  sessions.finish();

  Section budgets(root, "budgets", problems);
  budgets.number("user_hour", out.user_hour, 0, 1'000'000);
  budgets.number("user_day", out.user_day, 0, 10'000'000);
  budgets.number("box_hour", out.box_hour, 0, 1'000'000);
  budgets.number("box_day", out.box_day, 0, 10'000'000);
  budgets.finish();

  Section store(root, "store", problems);
  store.mebibytes("size_mib", out.store_bytes, 16, 65'536);
  store.finish();

  Section log(root, "log", problems);
  log.mebibytes("size_mib", out.log_bytes, 2, 1'048'576);
  log.mebibytes("segment_mib", out.log_segment_bytes, 1, 1024);
  log.finish();

  Section custody(root, "custody", problems);
  custody.number("shelf_size", out.shelf_size, 1, 4096);
  custody.finish();
}

// Where the file says one of these settings; the others have their defaults.
std::uint32_t line_of(const toml::table& root, std::initializer_list<const char*> settings) {
  for (const char* setting : settings) {
    if (const auto node = root.at_path(setting); node) return node.node()->source().begin.line;
  }
  return 1;
}

// What is right by itself and wrong together.
void check_whole(const toml::table& root, const Config& out, std::vector<Problem>& problems) {
  if (out.log_bytes < 2 * out.log_segment_bytes) {
    problems.push_back({line_of(root, {"log.size_mib", "log.segment_mib"}), "log.size_mib",
                        "must be at least twice log.segment_mib"});
  }
  if (out.user_hour > out.user_day) {
    problems.push_back({line_of(root, {"budgets.user_hour", "budgets.user_day"}),
                        "budgets.user_hour", "must not be larger than budgets.user_day"});
  }
  if (out.box_hour > out.box_day) {
    problems.push_back({line_of(root, {"budgets.box_hour", "budgets.box_day"}), "budgets.box_hour",
                        "must not be larger than budgets.box_day"});
  }
}

}  // namespace

Outcome parse(std::string_view text) {
  Outcome out;
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    out.problems.push_back({error.source().begin.line, "file",
                            "is not TOML, correct this line: " + std::string(error.description())});
    return out;
  }
  const toml::table& root = parsed.table();
  Section paths(root, "paths", out.problems);
  paths.path("state", out.config.state);
  paths.path("run", out.config.run);
  paths.path("site", out.config.site);
  paths.finish();
  read_users(root, out.config, out.problems);
  read_hsm(root, out.config, out.problems);
  read_web(root, out.config, out.problems);
  read_api(root, out.config, out.problems);
  read_zones(root, out.config, out.problems);
  read_operations(root, out.config, out.problems);
  read_mail(root, out.config, out.problems);
  read_limits(root, out.config, out.problems);
  static const std::set<std::string_view> kSections = {
      "paths",  "users", "hsm",      "web",     "api",   "zone", "tamper",
      "syslog", "mail",  "sessions", "budgets", "store", "log",  "custody"};
  for (const auto& [key, node] : root) {
    if (!kSections.contains(key.str())) {
      out.problems.push_back({node.source().begin.line, std::string(key.str()),
                              "is not a section: check the spelling or remove it"});
    }
  }
  if (out.problems.empty()) check_whole(root, out.config, out.problems);
  return out;
}

Outcome load(const std::string& path) {
  const auto text = base::read_file(path, kFileMax);
  if (!text) {
    Outcome out;
    out.problems.push_back({0, "file",
                            "cannot be read (" + std::string(name(text.error().code)) +
                                "): check its path, owner and size"});
    return out;
  }
  Outcome out = parse(*text);
  const auto zones = base::read_file(out.config.site + "/zones.toml", kFileMax);
  if (zones) {
    parse_zones(*zones, out);
  } else if (zones.error().code != base::Code::kNotFound) {
    out.problems.push_back({0, "site/zones.toml", "cannot be read: check its owner and size"});
  }
  return out;
}

void parse_zones(std::string_view text, Outcome& out) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return out.problems.push_back({parsed.error().source().begin.line, "site/zones.toml",
                                   "is not TOML: set the zones at the console"});
  }
  out.config.zones.clear();
  read_zones(parsed.table(), out.config, out.problems);
  for (const auto& [key, node] : parsed.table()) {
    if (key.str() == "zone") continue;
    out.problems.push_back({node.source().begin.line, "site/zones.toml." + std::string(key.str()),
                            "is not a zone: set the zones at the console"});
  }
}

base::Result<Config> from_arguments(int argc, char** argv) {
  std::string path = "/etc/kagikura/kagikura.toml";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--config") == 0 && i + 1 < argc) path = argv[i + 1];
  }
  Outcome outcome = load(path);
  for (const auto& problem : outcome.problems) {
    std::fprintf(stderr, "%s:%u: %s %s\n", path.c_str(), problem.line, problem.key.c_str(),
                 problem.text.c_str());
  }
  if (!outcome.problems.empty()) return base::fail(base::Code::kInvalid, "config");
  return std::move(outcome.config);
}

}  // namespace config
