#include "web/acceptor_spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>

namespace web {

namespace {

constexpr int kConnection = 3;
constexpr int kChannel = 4;
constexpr int kLow = 10;

// In the child of vfork, on the parent's memory: system calls only, no return.
[[noreturn]] void become_worker(int program, int connection, int channel, char* const* arguments,
                                char* const* environment) {
  const int high_connection = ::fcntl(connection, F_DUPFD_CLOEXEC, kLow);
  const int high_channel = ::fcntl(channel, F_DUPFD_CLOEXEC, kLow);
  if (high_connection >= 0 && high_channel >= 0 && ::dup2(high_connection, kConnection) >= 0 &&
      ::dup2(high_channel, kChannel) >= 0 &&
      ::close_range(kChannel + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0) {
    ::execveat(program, "", arguments, environment, AT_EMPTY_PATH);
  }
  ::_exit(127);
}

}  // namespace

base::Result<base::Fd> moved_up(base::Fd fd) {
  base::Fd out(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kLow));
  if (!out.valid()) return base::fail(base::Code::kIo, "descriptor");
  return out;
}

base::Result<Spawned> spawn_worker(const base::Fd& program, const base::Fd& connection,
                                   const base::Fd& channel) {
  static char name[] = "kagikura-web-worker";
  const std::array<char*, 2> arguments{name, nullptr};
  const std::array<char*, 1> environment{nullptr};
  // vfork: the acceptor's memory is not copied, and it waits only until the exec. The child does
  // what posix_spawn(3) would, system calls alone, and close_range and execveat, which that cannot.
  const pid_t pid = ::vfork();  // NOLINT(*-msc24-c,*-msc33-c,*-unsafe-functions,*.vfork)
  if (pid == 0) {
    // NOLINTNEXTLINE(clang-analyzer-unix.Vfork)
    become_worker(program.get(), connection.get(), channel.get(), arguments.data(),
                  environment.data());
  }
  if (pid < 0) return base::fail(base::Code::kIo, "fork");
  base::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd.valid()) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return base::fail(base::Code::kIo, "pidfd");
  }
  return Spawned{pid, std::move(pidfd)};
}

}  // namespace web
