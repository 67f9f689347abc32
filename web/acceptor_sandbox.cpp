#include "web/acceptor_sandbox.h"

#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <csignal>

#include <array>
#include <cerrno>

#include "web/multipart.h"

// Newer than Debian 12's headers (base/sandbox.cpp).
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

namespace web {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;

constexpr Argument argument(unsigned index, std::uint64_t value) {
  return {index, ~std::uint64_t{0}, value};
}

// No bit of `bits` may be set.
constexpr Argument without(unsigned index, std::uint64_t bits) { return {index, bits, 0}; }

constexpr std::array kCalls{
    // ---- the acceptor's own
    Call{"epoll_wait", "the loop"},
    Call{"epoll_ctl", "the loop"},
    Call{"accept4", "connections"},
    Call{"socket", "core's socket, when core has restarted", argument(0, AF_UNIX)},
    Call{"connect", "core's socket"},
    Call{"pidfd_open", "hearing of a worker's end"},
    Call{"wait4", "a worker's exit status"},
    Call{"vfork", "a worker"},
    Call{"kill", "a worker that cannot be watched", argument(1, SIGKILL)},
    // ---- between fork and exec
    Call{"dup2", "the worker's two descriptors"},
    Call{"close_range", "all others", argument(2, CLOSE_RANGE_CLOEXEC)},
    Call{"execveat", "the worker, by its descriptor", argument(4, AT_EMPTY_PATH)},
    // ---- the worker's start: loader and libraries
    Call{"openat", "libraries (Landlock: their folders only)"},
    Call{"access", "the loader's preload list"},
    Call{"newfstatat", "files and descriptors"},
    Call{"arch_prctl", "thread-local storage", argument(0, ARCH_SET_FS)},
    Call{"set_tid_address", "C library"},
    Call{"set_robust_list", "C library"},
    Call{"rseq", "C library"},
    Call{"prlimit64", "stack size; the worker's own limits", argument(0, 0)},
    Call{"socketpair", "the worker's HTTP layer", argument(0, AF_UNIX)},
    Call{"setsockopt", "the worker's time-out for core; what the HTTP layer tries"},
    // ---- the worker locks itself in further
    Call{"prctl", "no dumps", argument(0, PR_SET_DUMPABLE), argument(1, 0)},
    Call{"prctl", "no new privileges", argument(0, PR_SET_NO_NEW_PRIVS)},
    Call{"prctl", "no memory that is written and executed", argument(0, PR_SET_MDWE)},
    Call{"seccomp", "the worker's own list"},
    Call{"landlock_create_ruleset", "no files for the worker"},
    Call{"landlock_restrict_self", "as above"},
    // ---- what a locked-in worker does (web/worker_sandbox.cpp), and the acceptor too
    Call{"read", "see there"},
    Call{"write", "see there"},
    Call{"recvfrom", "see there"},
    Call{"sendto", "see there"},
    Call{"recvmsg", "see there; answers of core"},
    Call{"sendmsg", "see there; questions to core"},
    Call{"poll", "see there"},
    Call{"shutdown", "see there"},
    Call{"close", "see there"},
    Call{"fcntl", "descriptors moved for the worker", argument(1, F_DUPFD_CLOEXEC)},
    Call{"fcntl",
         "the worker's C library, after a change of SELinux domain, looks whether 0 to 2 are open",
         argument(1, F_GETFD)},
    Call{"fcntl", "does this socket block", argument(1, F_GETFL)},
    Call{"fcntl", "sockets that do not block", argument(1, F_SETFL)},
    Call{"fcntl", "is this memory file sealed", argument(1, F_GET_SEALS)},
    Call{"fcntl", "sealing a memory file", argument(1, F_ADD_SEALS)},
    Call{"memfd_create", "see there"},
    Call{"lseek", "see there"},
    Call{"pread64", "see there; the loader"},
    Call{"mmap", "see there", without(2, PROT_EXEC)},
    Call{"mmap", "the loader: code that cannot be written",
         Argument{2, PROT_EXEC | PROT_WRITE, PROT_EXEC}},
    Call{"munmap", "see there"},
    Call{"mremap", "see there"},
    Call{"mprotect", "the loader: relocations become read-only", without(2, PROT_EXEC)},
    Call{"brk", "see there"},
    Call{"futex", "see there"},
    Call{"clock_gettime", "see there"},
    Call{"getrandom", "see there"},
    Call{"restart_syscall", "see there"},
    Call{"exit_group", "see there"},
};

bool exists(const char* path) {
  struct stat status{};
  return ::stat(path, &status) == 0;
}

}  // namespace

base::sandbox::Profile acceptor_profile(const std::string& worker_path, std::uint32_t workers_max) {
  base::sandbox::Profile out;
  out.calls = kCalls;
  out.paths.push_back({worker_path, Access::kExecute, "the worker"});
  // By its real path, whatever links lead there (x86-64 psABI, "Program Interpreter").
  out.paths.push_back({"/lib64/ld-linux-x86-64.so.2", Access::kExecute, "the worker's loader"});
  for (const char* folder : {"/usr/lib", "/lib", "/lib64", "/usr/lib64"}) {
    if (exists(folder)) out.paths.push_back({folder, Access::kRead, "the worker's libraries"});
  }
  for (const char* file : {"/etc/ld.so.cache", "/etc/gnutls/config"}) {
    if (exists(file)) out.paths.push_back({file, Access::kRead, "the loader; the TLS library"});
  }
  out.descriptors_max =
      std::uint64_t{workers_max} + 512;  // a worker's pidfd; connections in question
  out.file_bytes_max = kUploadBodyMax;   // the workers' memory files
  out.may_fork = true;
  return out;
}

}  // namespace web
