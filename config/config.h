// The site's configuration: one TOML file, owned by root, read whole and checked whole before a
// program locks itself in. Only config/ knows TOML. No setting weakens a guarantee: paths, modes
// and formats of the audit log are fixed at install and are not settings of the running system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "base/terms.h"

namespace config {

struct Endpoint {
  base::IpAddress address;
  std::uint16_t port = 0;
};

struct Config {
  // [paths]
  std::string state = "/var/lib/kagikura";  // state/store (core), state/log (audit)
  std::string run = "/run/kagikura";        // sockets
  // What the console has set: site/zones.toml, when it is there, stands in place of [[zone]] here.
  std::string site = "/var/lib/kagikura-site";

  // [users]: who may connect to whose socket, by uid. Empty: the program's own user, which is what
  // tests and ./quickstart have.
  std::vector<std::uint32_t> audit_users;    // to hsm
  std::vector<std::uint32_t> core_users;     // to audit
  std::vector<std::uint32_t> web_users;      // to core, as the acceptor
  std::vector<std::uint32_t> console_users;  // to core, as the local operator
  // To core's console socket with one right each; to nobody when empty.
  std::vector<std::uint32_t> unlock_users;
  std::vector<std::uint32_t> tamper_users;
  std::vector<std::uint32_t> monitor_users;
  std::vector<std::uint32_t> mail_users;

  // [hsm]
  std::string module = "/usr/lib/softhsm/libsofthsm2.so";  // PKCS#11 module
  std::string module_parameters;                           // for C_Initialize (NSS needs it)
  std::string token = "pkcs11:token=kagikura";             // RFC 7512
  std::uint32_t hsm_timeout_ms = 5000;  // for one call; then the process restarts

  // [web]
  std::vector<Endpoint> listen;
  std::uint32_t workers_max = 512;
  std::uint32_t workers_per_source_max = 64;

  // [api]: other systems of the firm, on a listener of their own; none: there is no such listener
  std::vector<Endpoint> api_listen;
  std::string client_authority;  // a file: who issues their certificates, as PEM

  // [[zone]]
  std::vector<base::ZoneBlock> zones;  // kHandling, kCollection or kApi

  // [tamper]
  std::string hwmon = "/sys/class/hwmon";  // holds hwmon*/intrusion*_alarm
  std::string button;  // an input device, each key of which seals; none if empty

  // [syslog]
  std::optional<Endpoint> collector;
  std::string collector_name;  // that its certificate must be for

  // [mail]: the site's relay, by TLS from the first byte (RFC 8314); none: nothing is mailed
  std::optional<Endpoint> relay;
  std::string relay_name;  // that its certificate must be for
  std::string mail_from;

  // [sessions]; seconds. Longer than the defaults is refused (NIST SP 800-63B-4, AAL3).
  std::uint32_t session_s = 12 * 3600;
  std::uint32_t idle_s = 15 * 60;

  // [budgets]: numbers revealed
  std::uint32_t user_hour = 60;
  std::uint32_t user_day = 200;
  std::uint32_t box_hour = 300;
  std::uint32_t box_day = 1000;

  // [store], [log]; bytes, rounded up to MiB
  std::uint64_t store_bytes = std::uint64_t{1} << 30;
  std::uint64_t log_bytes = std::uint64_t{1} << 30;          // all segments together
  std::uint64_t log_segment_bytes = std::uint64_t{8} << 20;  // one segment, filled with zeros ahead

  // [custody]
  std::uint32_t shelf_size = 1024;  // people on one shelf

  [[nodiscard]] std::string store_dir() const { return state + "/store"; }
  [[nodiscard]] std::string log_dir() const { return state + "/log"; }
  // Sockets, each in a folder of its own so that the folder's mode says who may connect.
  [[nodiscard]] std::string hsm_socket() const { return run + "/hsm/socket"; }
  [[nodiscard]] std::string audit_socket() const { return run + "/audit/socket"; }
  [[nodiscard]] std::string web_socket() const { return run + "/web/socket"; }
  [[nodiscard]] std::string console_socket() const { return run + "/console/socket"; }
  [[nodiscard]] std::string site_socket() const { return run + "/site/socket"; }
};

// A mistake in the file, for the person who edits it.
struct Problem {
  std::uint32_t line = 0;
  std::string key;   // dotted
  std::string text;  // what is wrong and what to do, English
};

struct Outcome {
  Config config;
  std::vector<Problem> problems;  // empty: `config` is good
};

// Reads and checks everything at once, the site's zones too; unknown keys are problems.
Outcome load(const std::string& path);
Outcome parse(std::string_view toml);
// A file of [[zone]] tables and nothing else, into out.config.zones.
void parse_zones(std::string_view toml, Outcome& out);

// For main(): the configuration of `--config FILE` (default /etc/kagikura/kagikura.toml); prints
// the problems to standard error and returns kInvalid when there are any.
base::Result<Config> from_arguments(int argc, char** argv);

}  // namespace config
