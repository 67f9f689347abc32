// kagikura-unlock: unlocks the appliance with a PIN from a file (a systemd credential), again after
// each restart that has locked it. `--pin FILE` names the file.
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/notify.h"
#include "base/sandbox.h"
#include "config/config.h"
#include "console/unattended.h"

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

constexpr int kPinRefused = 77;  // EX_NOPERM of sysexits.h: not to be started again
constexpr timespec kBetweenLooks{2, 0};

constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};
constexpr std::array kCalls{
    Call{"socket", "a connection for each look at core", Argument{.index = 0, .value = AF_UNIX}},
    Call{"connect", "the same"},
    Call{"setsockopt", "its time-out"},
    Call{"sendmsg", "questions to core; the service manager"},
    Call{"recvmsg", "answers of core"},
    Call{"openat", "the PIN (Landlock: its file only)"},
    Call{"read", "the PIN"},
    Call{"close", "file and connections"},
    Call{"write", "the operational log"},
    Call{"nanosleep", "between two looks"},
    Call{"clock_nanosleep", "the same, as newer C libraries spell it"},
    Call{"clock_gettime", "time, where the kernel has no vDSO for it"},
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"madvise", "memory given back"},
    Call{"futex", "locks in the C library"},
    Call{"getrandom", "the allocator's start"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"rt_sigreturn", "end of a signal handler of the C library"},
    Call{"exit_group", "the end"},
};
constexpr std::array kRefusals{
    Refusal{"ioctl", ENOTTY, "the C library asks whether standard error is a terminal"},
};

std::string pin_file(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--pin") == 0) return argv[i + 1];
  }
  return {};
}

base::Result<> lock_in(const std::string& pin) {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.refusals = kRefusals;
  profile.paths = {{pin, Access::kRead, "the PIN"}};
  profile.descriptors_max = 16;
  TRY(base::sandbox::enter(profile));
  return {};
}

const char* status_of(console::Attempt attempt) {
  switch (attempt) {
    case console::Attempt::kNothing: return "nothing to unlock";
    case console::Attempt::kUnlocked: return "unlocked";
    case console::Attempt::kLater: return "waiting for core and the HSM";
    case console::Attempt::kRefused: return "the PIN was refused";
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-unlock");
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  const std::string pin = pin_file(argc, argv);
  const auto notifier = base::Notifier::from_environment();
  if (const auto locked = lock_in(pin); !locked) {
    log.error("stopped", {{"error", locked.error()}});
    return 1;
  }
  notifier.ready();
  const char* said = "";
  while (true) {
    const auto attempt = console::unlock_if_locked(config->console_socket(), pin, log);
    if (const char* line = status_of(attempt); line != said) {
      notifier.status(line);
      said = line;
    }
    if (attempt == console::Attempt::kRefused) ::_exit(kPinRefused);
    notifier.alive();
    ::nanosleep(&kBetweenLooks, nullptr);
  }
}
