#include "tests/probe/roles.h"

#include <sys/mman.h>

#include <cerrno>
#include <vector>

#include "audit/process/sandbox_table.h"
#include "config/config.h"
#include "console/sandbox_table.h"
#include "daemon/sandbox_table.h"
#include "hsm/sandbox_table.h"
#include "monitor/sandbox_table.h"
#include "site/sandbox_table.h"
#include "tamper/sandbox_table.h"
#include "web/acceptor_sandbox.h"
#include "web/worker_sandbox.h"
#include "workers/mail/sandbox_table.h"

namespace probe {

namespace {

using base::Result;
using base::sandbox::Call;
using base::sandbox::Profile;

Result<> enter_acceptor(const Place& place, const config::Config& config) {
  TRY(base::sandbox::enter(web::acceptor_profile(place.worker, config.workers_max)));
  return {};
}

// A worker is born under the acceptor's rules and adds its own.
Result<> enter_worker(const Place& place, const config::Config& config, const Profile& own) {
  TRY(enter_acceptor(place, config));
  TRY(base::sandbox::enter(own));
  return {};
}

// Rules of a role, spoiled as somebody in a hurry would spoil them.
Result<> enter_spoiled(const std::string& how, const Place& place, const config::Config& config) {
  if (how == "one-file") {
    Profile acceptor = web::acceptor_profile(place.worker, config.workers_max);
    acceptor.paths.push_back({"/etc/passwd", base::sandbox::Access::kRead, "planted"});
    TRY(base::sandbox::enter(acceptor));
    return {};
  }
  Profile own = web::worker_profile();
  std::vector<Call> calls;
  std::vector<base::sandbox::Refusal> refusals(own.refusals.begin(), own.refusals.end());
  for (const Call& call : own.calls) {
    const std::string name = call.name;
    if (how == "one-call-less" && name == "lseek") continue;
    calls.push_back(call);
    if (how == "any-mapping" && name == "mmap") calls.back().only.reset();
    if (how == "any-fcntl" && name == "fcntl") calls.back().only.reset();
  }
  if (how == "one-call-more") calls.push_back({"getppid", "planted"});
  if (how == "one-socket") {
    calls.push_back({"socket", "planted", base::sandbox::Argument{.index = 0, .value = 2}});
  }
  if (how == "other-error") {
    for (auto& refusal : refusals) refusal.error = EACCES;
  }
  own.calls = calls;
  own.refusals = refusals;
  // In the acceptor's sandbox too much would still be refused.
  if (how == "one-call-more" || how == "one-socket") {
    TRY(base::sandbox::enter(own));
    return {};
  }
  return enter_worker(place, config, own);
}

}  // namespace

Result<> enter(const std::string& role, const Place& place) {
  auto outcome = config::load(place.configuration);
  if (!outcome.problems.empty()) return base::fail(base::Code::kInvalid, "configuration");
  const auto& config = outcome.config;
  const base::Log log("probe");
  if (role == "none") return {};
  if (role == "hsm") {
    TRY(base::sandbox::enter(hsm::sandbox_profile()));
    return {};
  }
  if (role == "audit") return audit::process::lock_in(config, log);
  if (role == "core") return core::lock_in(config, log);
  if (role == "acceptor") return enter_acceptor(place, config);
  if (role == "worker") return enter_worker(place, config, web::worker_profile());
  if (role == "console") return console::lock_in();
  if (role == "unlock") return console::lock_in_unattended(place.pin);
  if (role == "tamper") return tamper::lock_in();
  if (role == "metrics") return monitor::lock_in_metrics();
  if (role == "syslog") return monitor::lock_in_syslog();
  if (role == "mail") return mail::lock_in();
  if (role == "site") {
    return site::lock_in({config.site, config.run + "/apply", config.run + "/applied"});
  }
  if (role.starts_with("spoiled:")) return enter_spoiled(role.substr(8), place, config);
  return base::fail(base::Code::kInvalid, "role");
}

}  // namespace probe
