// kagikura-hsm: the only program that loads a PKCS#11 module. Serves the audit process.
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "base/notify.h"
#include "base/sandbox.h"
#include "config/config.h"
#include "hsm/sandbox_table.h"
#include "hsm/server.h"
#include "hsm/software.h"
#include "hsm/watchdog.h"

namespace {

using base::Code;
using base::fail;
using base::Result;

Result<base::Fd> signals_as_descriptor() {
  sigset_t ending{};
  ::sigemptyset(&ending);
  ::sigaddset(&ending, SIGTERM);
  ::sigaddset(&ending, SIGINT);
  if (::sigprocmask(SIG_BLOCK, &ending, nullptr) != 0) return fail(Code::kIo, "signals");
  base::Fd fd(::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return fail(Code::kIo, "signals");
  return fd;
}

Result<> run(const config::Config& config, const base::Log& log) {
  TRY(base::sandbox::no_dumps());
  const auto notifier = base::Notifier::from_environment();
  const auto stop = TRY(signals_as_descriptor());
  const auto token = TRY(hsm::TokenUri::parse(config.token));
  TRY(hsm::watchdog::install(config.hsm_timeout_ms));
  const auto module = TRY(hsm::Module::load(config.module));
  hsm::Service service(module, {config.module_parameters, token}, log);
  hsm::Server server(TRY(ipc::listener("hsm", config.hsm_socket())), config.audit_users, service,
                     log);
  // OpenSSL reads its settings with its first use.
  static_cast<void>(hsm::software::hmac(base::as_bytes("kagikura"), {}));
  // Last: the module is loaded, the socket is bound, no request has been read.
  TRY(base::sandbox::enter(hsm::sandbox_profile()));
  notifier.ready();
  log.info("ready");
  const auto served = server.run(stop, notifier);
  service.log_out();
  return served;
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-hsm");
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  const auto done = run(*config, log);
  if (!done) log.error("failed", {{"error", done.error()}});
  log.info("ended");
  // Not return: SoftHSM crashes in its exit handlers when OpenSSL has been cleaned up first.
  ::_exit(done ? 0 : 1);
}
