// kagikura-site: writes the files that a site may change, for the console and nobody else.
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "base/pulse.h"
#include "base/sandbox.h"
#include "config/config.h"
#include "site/sandbox_table.h"
#include "site/service.h"

namespace {

using base::Code;
using base::fail;
using base::Fd;
using base::Result;

// SIGTERM as a descriptor: an ordered end between two requests.
Result<Fd> termination() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return fail(Code::kIo, "signals");
  Fd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return fail(Code::kIo, "signals");
  return fd;
}

Result<> run(const config::Config& config, const base::Log& log) {
  TRY(base::sandbox::no_dumps());
  const base::SystemClock clock;
  const auto notifier = base::Notifier::from_environment();
  const auto loop = TRY(base::Loop::open(clock));
  const Fd signals = TRY(termination());
  const Fd listener = TRY(ipc::listener("site", config.site_socket()));
  const site::Folders folders{config.site, config.run + "/apply", config.run + "/applied"};
  const auto service = std::make_shared<site::Service>(*loop, log, folders);
  TRY(site::lock_in(folders));
  const base::Watch accepting = loop->watch(listener.get(), [&](base::Ready) {
    auto fd = ipc::accept_from(listener);
    if (!fd || !*fd) return;
    if (!ipc::peer_is_one_of(**fd, config.console_users)) return log.error("peer_refused");
    ipc::serve<ipc::ConsoleSite>(*loop, **std::move(fd), service);
  });
  const base::Watch ending = loop->watch(signals.get(), [&](base::Ready) { loop->stop(); });
  base::Pulse pulse(*loop, notifier, [] { return true; }, [] { return std::string("waiting"); });
  pulse.ready();
  return loop->run();
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  const base::Log log("kagikura-site");
  const auto done = run(*config, log);
  if (done) return 0;
  log.error("stopped", {{"error", done.error()}});
  return 1;
}
