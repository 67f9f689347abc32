// kagikura-audit: appends, syncs and chains every entry, enforces budgets and grants, then asks the
// HSM.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <csignal>

#include "audit/process/sandbox_table.h"
#include "audit/process/service.h"
#include "base/pulse.h"
#include "config/config.h"

namespace {

using audit::process::History;
using audit::process::Service;
using base::Code;
using base::fail;
using base::Fd;
using base::Result;

constexpr int kDiskFailed = 74;  // EX_IOERR of sysexits.h

// The folder of the log, made if it is missing, locked against a second process.
Result<Fd> lock_log_folder(const std::string& dir) {
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return fail(Code::kIo, "log_folder");
  Fd folder(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return fail(Code::kIo, "log_folder");
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return fail(Code::kConflict, "log_folder");
  return folder;
}

// Bytes that we may still use on the file system of `folder`.
std::optional<std::uint64_t> free_bytes(const Fd& folder) {
  struct statvfs found{};
  if (::fstatvfs(folder.get(), &found) != 0) return std::nullopt;
  return std::uint64_t{found.f_bavail} * found.f_frsize;
}

// SIGTERM as a descriptor, so that the last entries are synced before the end.
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

// One connection of core at a time. A second one while the first lives is refused: core tries
// again, and by then the end of a dead one has been noticed.
void accept_core(base::Loop& loop, const base::Log& diary, const Fd& listener,
                 const std::vector<std::uint32_t>& users, const std::shared_ptr<Service>& service) {
  auto fd = ipc::accept_from(listener);
  if (!fd || !*fd) return;
  if (!ipc::peer_is_one_of(**fd, users)) return diary.error("peer_refused");
  if (service->connected()) return;
  service->set_connected();
  ipc::serve<ipc::CoreAudit>(loop, **std::move(fd), service);
}

// Whether the hsm process answers, when it should: a question that costs the token nothing.
base::Upstream hsm_probe(base::Loop& loop, Service& service, std::int64_t call_ms) {
  constexpr std::int64_t kEveryMs = 10'000;
  constexpr std::int64_t kTravelMs = 1000;
  return {loop, kEveryMs, call_ms + kTravelMs, [&service] { return service.hsm_answers(); }};
}

std::string status_of(const Service& service, const base::Upstream& hsm) {
  const bool ready = service.hsm().ready();
  std::string line = ready && !hsm.answers()  ? "HSM does not answer"
                     : ready                  ? "HSM ok"
                     : service.hsm().wanted() ? "waiting for the HSM"
                                              : "locked";
  line += service.connected() ? "" : ", waiting for core";
  return line + ", " + std::to_string(service.entries()) + " entries";
}

Result<> run(const config::Config& config, const base::Log& diary) {
  TRY(base::sandbox::no_dumps());
  const base::SystemClock clock;
  const auto loop = TRY(base::Loop::open(clock));
  const Fd signals = TRY(termination());
  const auto notifier = base::Notifier::from_environment();

  const Fd folder_lock = TRY(lock_log_folder(config.log_dir()));
  audit::SystemDisk disk;
  History history({config.user_hour, config.user_day, config.box_hour, config.box_day});
  const auto log =
      TRY(audit::Log::open({config.log_dir(), config.log_bytes, config.log_segment_bytes}, disk,
                           [&history](const audit::Entry& entry) { history.take(entry); }));
  auto checkpoints = TRY(audit::process::Checkpoints::open(config.log_dir(), disk));
  diary.info("log_opened", {{"entries", static_cast<std::int64_t>(log->size())},
                            {"torn", static_cast<std::int64_t>(log->report().torn_bytes)}});

  const Fd listener = TRY(ipc::listener("audit", config.audit_socket()));
  const auto service = std::make_shared<Service>(
      audit::process::Parts{*loop, diary, *log, checkpoints},
      audit::process::Settings{
          .connect_hsm = [path = config.hsm_socket()] { return ipc::connect_to(path); },
          .hsm_timeout_ms = config.hsm_timeout_ms,
          .on_fatal =
              [&diary](base::Error why) {
                // What the disk holds is unknown: the next start reads it.
                diary.error("log_failed", {{"error", why}});
                ::_exit(kDiskFailed);
              },
          .disk_free = [&folder_lock] { return free_bytes(folder_lock); },
          .disk_reserve = 2 * config.log_segment_bytes},
      std::move(history));
  const base::Watch accepting = loop->watch(listener.get(), [&](base::Ready) {
    accept_core(*loop, diary, listener, config.core_users, service);
  });
  const base::Watch ending = loop->watch(signals.get(), [&](base::Ready) { loop->stop(); });
  TRY(audit::process::lock_in(config, diary));
  TRY(service->start());
  const base::Upstream hsm = hsm_probe(*loop, *service, config.hsm_timeout_ms);
  base::Pulse pulse(
      *loop, notifier, [&hsm] { return hsm.known(); }, [&] { return status_of(*service, hsm); });
  pulse.ready();
  TRY(loop->run());
  TRY(log->sync());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  const base::Log diary("kagikura-audit");
  const auto done = run(*config, diary);
  if (done) return 0;
  diary.error("stopped", {{"error", done.error()}});
  return 1;
}
