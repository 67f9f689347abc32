#include "web/acceptor_sandbox.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "web/multipart.h"

namespace web {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Path;

constexpr Argument argument(unsigned index, std::uint64_t value) {
  return {index, ~std::uint64_t{0}, value};
}

constexpr std::array kCalls{
    // ---- the acceptor's own
    Call{"epoll_wait", "the loop"},
    Call{"epoll_pwait", "the loop"},
    Call{"epoll_ctl", "the loop"},
    Call{"accept4", "connections"},
    Call{"socket", "core's socket, when core has restarted; sd_notify", argument(0, AF_UNIX)},
    Call{"connect", "core's socket"},
    Call{"pidfd_open", "hearing of a worker's end"},
    Call{"wait4", "a worker's exit status"},
    Call{"vfork", "a worker"},
    Call{"kill", "a worker that cannot be watched"},
    // ---- between fork and exec
    Call{"dup2", "the worker's two descriptors"},
    Call{"close_range", "all others"},
    Call{"execveat", "the worker"},
    // ---- the worker's start: loader and libraries
    Call{"openat", "libraries (Landlock: their folders only)"},
    Call{"access", "the loader's preload list"},
    Call{"faccessat2", "libraries look for their settings"},
    Call{"newfstatat", "files and descriptors"},
    Call{"readlink", "the libraries' own path"},
    Call{"arch_prctl", "thread-local storage"},
    Call{"set_tid_address", "C library"},
    Call{"set_robust_list", "C library"},
    Call{"rseq", "C library"},
    Call{"prlimit64", "stack size; the worker's own limits"},
    Call{"sysinfo", "the C library's memory guess"},
    Call{"uname", "the TLS library's CPU check"},
    Call{"sched_getaffinity", "libraries count processors"},
    Call{"rt_sigaction", "libraries"},
    Call{"socketpair", "the worker's HTTP layer", argument(0, AF_UNIX)},
    Call{"setsockopt", "the worker's time-out for core; what the HTTP layer tries"},
    Call{"getsockopt", "what the HTTP layer looks at"},
    Call{"getrusage", "stirred into the TLS library's generator"},
    Call{"getuid", "libraries look whether they may read settings; sd_notify"},
    Call{"geteuid", "as above"},
    Call{"getgid", "as above"},
    Call{"getegid", "as above"},
    // ---- the worker locks itself in further
    Call{"prctl", "no new privileges, no dumps"},
    Call{"seccomp", "the worker's own list"},
    Call{"landlock_create_ruleset", "no files for the worker"},
    Call{"landlock_add_rule", "as above"},
    Call{"landlock_restrict_self", "as above"},
    // ---- what a locked-in worker does (web/worker_sandbox.cpp), and the acceptor too
    Call{"read", "see there"},
    Call{"write", "see there"},
    Call{"recvfrom", "see there"},
    Call{"sendto", "see there"},
    Call{"recvmsg", "see there; answers of core"},
    Call{"sendmsg", "see there; questions to core"},
    Call{"writev", "see there"},
    Call{"poll", "see there"},
    Call{"select", "see there"},
    Call{"pselect6", "see there"},
    Call{"shutdown", "see there"},
    Call{"close", "see there"},
    Call{"fcntl", "see there; descriptors moved for the worker"},
    Call{"memfd_create", "see there"},
    Call{"ftruncate", "see there"},
    Call{"fstat", "see there"},
    Call{"lseek", "see there"},
    Call{"pread64", "see there; the loader"},
    Call{"mmap", "see there; the loader"},
    Call{"munmap", "see there"},
    Call{"mremap", "see there"},
    Call{"mprotect", "see there; the loader"},
    Call{"madvise", "see there"},
    Call{"brk", "see there"},
    Call{"futex", "see there"},
    Call{"clock_gettime", "see there"},
    Call{"gettimeofday", "see there"},
    Call{"time", "see there"},
    Call{"getrandom", "see there"},
    Call{"getpid", "see there"},
    Call{"rt_sigreturn", "see there"},
    Call{"restart_syscall", "see there"},
    Call{"rt_sigprocmask", "see there"},
    Call{"gettid", "see there"},
    Call{"tgkill", "see there"},
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
  for (const char* folder : {"/usr/lib", "/lib", "/lib64", "/usr/lib64"}) {
    if (exists(folder)) out.paths.push_back({folder, Access::kExecute, "the worker's libraries"});
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
