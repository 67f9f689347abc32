// kagikurad, the core process: decides and remembers. `--config FILE` names the configuration;
// `--check` only reads it and says what is wrong.
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/pulse.h"
#include "daemon/client_authority.h"
#include "daemon/sandbox_table.h"
#include "daemon/server.h"
#include "daemon/store/lmdb_kv.h"
#include "daemon/store/memory_kv.h"
#include "daemon/store/rehearsal.h"

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr int kCommitFailed = 74;  // EX_IOERR of sysexits.h
// Somebody chose "shut down" or "restart" at the console: the unit turns the machine off, or lets
// it come up again (systemd/).
constexpr int kShutDownAsked = 77;
constexpr int kRestartAsked = 78;
constexpr std::int64_t kLookAgainMs = 15'000;

Result<> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(Code::kIo, "store_folder");
}

struct OpenedStore {
  std::unique_ptr<store::Kv> kv;
  std::string failure;
};

// A store that does not open leaves an empty one in its place and says why: core then tells it to
// whoever asks, instead of not being there. Two owners of one store are nobody's fault to show.
Result<OpenedStore> open_store(const config::Config& config) {
  auto made = make_folder(config.store_dir());
  if (made) made = store::rehearse(config.store_dir(), config.store_bytes);
  auto kv = made ? store::LmdbKv::open(config.store_dir(), config.store_bytes)
                 : Result<std::unique_ptr<store::LmdbKv>>(std::unexpected(made.error()));
  if (kv) return OpenedStore{*std::move(kv), {}};
  if (kv.error().code == Code::kConflict || kv.error().code == Code::kUnavailable) {
    return std::unexpected(kv.error());
  }
  return OpenedStore{std::make_unique<store::MemoryKv>(),
                     "store_" + std::string(name(kv.error().code))};
}

// Who issues the certificates of other systems; none without a file. Prints what is wrong with it:
// `systemctl status` and --check show the same sentence.
Result<std::unique_ptr<core::ClientAuthority>> open_authority(const config::Config& config,
                                                              const base::Clock& clock) {
  if (config.client_authority.empty()) return std::unique_ptr<core::ClientAuthority>();
  const auto pem = base::read_file(config.client_authority, core::ClientAuthority::kPemMax);
  if (!pem) {
    std::fprintf(stderr, "api.client_authority: %s cannot be read (%s): check path, owner, size\n",
                 config.client_authority.c_str(), std::string(name(pem.error().code)).c_str());
    return fail(Code::kInvalid, "client_authority");
  }
  auto opened = core::ClientAuthority::open(*pem, clock.wall());
  if (opened) return opened;
  std::fprintf(stderr, "api.client_authority: %s %s\n", config.client_authority.c_str(),
               core::explain(opened.error()).c_str());
  // People go on working while an authority has run out; no system is let in.
  if (opened.error().code == Code::kExpired) return std::unique_ptr<core::ClientAuthority>();
  return fail(Code::kInvalid, "client_authority");
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

// Whether the audit process answers when it is connected; that it is not, core's own state says.
base::Upstream audit_probe(base::Loop& loop, core::Core& core) {
  constexpr std::int64_t kEveryMs = 5000;
  const auto ask = [&core]() -> base::Task<bool> {
    if (!core.audit.up()) co_return true;
    const auto facts = co_await core.audit.call(ipc::GetAuditFacts{});
    co_return facts.has_value() || !core.audit.up();
  };
  return {loop, kEveryMs, core::AuditLink::kCallMs, ask};
}

// What core says of itself while it runs, and what ends the loop: the service manager, or somebody
// at the console.
struct Running {
  base::Loop& loop;
  std::string status;
  std::optional<core::Ending> asked_at_console;
};

core::Environment environment(Running& running, const base::Log& log, core::Random& random,
                              const OpenedStore& opened, const config::Config& config,
                              const registry::Cp932& cp932, const core::ClientAuthority* clients) {
  return {.loop = running.loop,
          .log = log,
          .random = random,
          .kv = *opened.kv,
          .config = config,
          .cp932 = cp932,
          .connect_audit = [path = config.audit_socket()] { return ipc::connect_to(path); },
          .stop =
              [&running](core::Ending ending) {
                running.asked_at_console = ending;
                running.loop.stop();
              },
          .fatal =
              [&log](std::string_view what) {
                // What the disk holds is unknown: the next start reads it.
                log.error("fatal", {{"what", what}});
                ::_exit(kCommitFailed);
              },
          .announce = [&running](const std::string& line) { running.status = line; },
          .clients = clients,
          .store_failure = opened.failure};
}

// What somebody at the console asked for, if that is why it ends.
Result<std::optional<core::Ending>> run(const config::Config& config, const base::Log& log) {
  TRY(base::sandbox::no_dumps());
  const base::SystemClock clock;
  core::SystemRandom random;
  const auto notifier = base::Notifier::from_environment();
  const auto loop = TRY(base::Loop::open(clock));
  const base::Fd signals = TRY(termination());
  const OpenedStore opened = TRY(open_store(config));
  const auto cp932 = TRY(registry::Cp932::open());
  const auto clients = TRY(open_authority(config, clock));
  base::Fd web = TRY(ipc::listener("web", config.web_socket()));
  base::Fd console = TRY(ipc::listener("console", config.console_socket()));
  TRY(core::lock_in(config, log));
  // Threads made from here on are locked in as their maker is.
  const auto hashes = TRY(core::HashPool::start(*loop));

  Running running{*loop, {}, {}};
  core::Core core(environment(running, log, random, opened, config, cp932, clients.get()), *hashes);
  core::Admission admission(core);
  core.admission = &admission;
  const core::Server server(core, std::move(web), std::move(console),
                            {.web = config.web_users,
                             .console = config.console_users,
                             .unlock = config.unlock_users,
                             .tamper = config.tamper_users,
                             .monitor = config.monitor_users,
                             .mail = config.mail_users});
  const base::Watch ending = loop->watch(signals.get(), [&loop](base::Ready) { loop->stop(); });
  core.start();
  const base::Upstream audit = audit_probe(*loop, core);
  base::Pulse pulse(
      *loop, notifier, [&audit] { return audit.known(); },
      [&] { return running.status + (audit.answers() ? "" : ", audit does not answer"); });
  pulse.ready();
  log.info("ready", {{"state", name(core.state())}});
  // The disk may be better by now: the next start looks again.
  base::Timer again;
  bool look_again = false;
  if (!opened.failure.empty()) {
    again = loop->after(kLookAgainMs, [&] {
      look_again = true;
      loop->stop();
    });
  }
  TRY(loop->run());
  if (look_again) return fail(Code::kUnavailable, "store");
  return running.asked_at_console;
}

int status_of(const Result<std::optional<core::Ending>>& done) {
  if (!done) return 1;
  if (!*done) return 0;
  return **done == core::Ending::kRestart ? kRestartAsked : kShutDownAsked;
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
    if (!open_authority(*config, base::SystemClock())) return 1;
    std::puts("configuration: good");
    return 0;
  }
  const base::Log log("kagikurad");
  const auto done = run(*config, log);
  if (!done) log.error("stopped", {{"error", done.error()}});
  std::fflush(nullptr);
  // Not return: handlers that still wait for another process would be torn down under them.
  ::_exit(status_of(done));
}
