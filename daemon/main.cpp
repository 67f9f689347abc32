// kagikurad, the core process: decides and remembers. `--config FILE` names the configuration;
// `--check` only reads it and says what is wrong.
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string_view>

#include "base/notify.h"
#include "daemon/sandbox_table.h"
#include "daemon/server.h"
#include "daemon/store/lmdb_kv.h"

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr int kCommitFailed = 74;  // EX_IOERR of sysexits.h

Result<> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(Code::kIo, "store_folder");
}

// SIGTERM and SIGINT as a descriptor: an ordered end between two requests.
Result<base::Fd> termination() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return fail(Code::kIo, "signals");
  base::Fd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return fail(Code::kIo, "signals");
  return fd;
}

// Tells the service manager that the loop turns.
class Watchdog {
 public:
  Watchdog(base::Loop& loop, const base::Notifier& notifier) : loop_(loop), notifier_(notifier) {
    if (const auto limit_ms = notifier.watchdog_ms()) {
      every_ms_ = *limit_ms / 2;
      ping();
    }
  }

 private:
  void ping() {
    notifier_.alive();
    timer_ = loop_.after(every_ms_, [this] { ping(); });
  }

  base::Loop& loop_;
  const base::Notifier& notifier_;
  std::int64_t every_ms_ = 0;
  base::Timer timer_;
};

core::Environment environment(base::Loop& loop, const base::Log& log, core::Random& random,
                              store::Kv& kv, const config::Config& config,
                              const registry::Cp932& cp932, const base::Notifier& notifier) {
  return {.loop = loop,
          .log = log,
          .random = random,
          .kv = kv,
          .config = config,
          .cp932 = cp932,
          .connect_audit = [path = config.audit_socket()] { return ipc::connect_to(path); },
          .stop = [&loop] { loop.stop(); },
          .fatal =
              [&log](std::string_view what) {
                // What the disk holds is unknown: the next start reads it.
                log.error("fatal", {{"what", what}});
                ::_exit(kCommitFailed);
              },
          .announce = [&notifier](const std::string& line) { notifier.status(line); }};
}

Result<> run(const config::Config& config, const base::Log& log) {
  TRY(base::sandbox::no_dumps());
  const base::SystemClock clock;
  core::SystemRandom random;
  const auto notifier = base::Notifier::from_environment();
  const auto loop = TRY(base::Loop::open(clock));
  const base::Fd signals = TRY(termination());
  TRY(make_folder(config.store_dir()));
  const auto kv = TRY(store::LmdbKv::open(config.store_dir(), config.store_bytes));
  const auto cp932 = TRY(registry::Cp932::open());
  base::Fd web = TRY(ipc::listener("web", config.web_socket()));
  base::Fd console = TRY(ipc::listener("console", config.console_socket()));
  TRY(core::lock_in(config, log));
  // Threads made from here on are locked in as their maker is.
  const auto hashes = TRY(core::HashPool::start(*loop));

  core::Core core(environment(*loop, log, random, *kv, config, cp932, notifier), *hashes);
  core::Admission admission(core);
  core.admission = &admission;
  const core::Server server(core, std::move(web), std::move(console));
  const base::Watch ending = loop->watch(signals.get(), [&loop](base::Ready) { loop->stop(); });
  const Watchdog watchdog(*loop, notifier);
  core.start();
  notifier.ready();
  log.info("ready", {{"state", name(core.state())}});
  return loop->run();
}

bool wants_check(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--check") return true;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  // Prints every problem with its line.
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  if (wants_check(argc, argv)) {
    std::puts("configuration: good");
    return 0;
  }
  const base::Log log("kagikurad");
  const auto done = run(*config, log);
  if (!done) log.error("stopped", {{"error", done.error()}});
  std::fflush(nullptr);
  // Not return: handlers that still wait for another process would be torn down under them.
  ::_exit(done ? 0 : 1);
}
