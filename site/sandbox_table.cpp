#include "site/sandbox_table.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>

#include "base/sandbox.h"

namespace site {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};
constexpr Argument command(std::uint64_t value) { return {.index = 1, .value = value}; }

constexpr std::array kCalls{
    Call{"epoll_wait", "the loop"},
    Call{"epoll_ctl", "the loop"},
    Call{"accept4", "the console connects"},
    Call{"getsockopt", "the uid of who connects (SO_PEERCRED)"},
    Call{"geteuid", "is it ours, where the configuration names no users"},
    Call{"recvmsg", "requests; addresses from the kernel"},
    Call{"sendmsg", "answers; the service manager"},
    Call{"fcntl", "does this socket block", command(F_GETFL)},
    Call{"fcntl", "sockets that do not block", command(F_SETFL)},
    Call{"fcntl", "duplicates for a queue", command(F_DUPFD_CLOEXEC)},
    // getifaddrs(3).
    Call{"socket", "asks the kernel for this machine's addresses",
         Argument{.index = 0, .value = AF_NETLINK}, Argument{.index = 2, .value = NETLINK_ROUTE}},
    Call{"bind", "its netlink address"},
    Call{"getsockname", "the same"},
    Call{"sendto", "the question"},
    Call{"uname", "the host's name"},
    // The site's files (Landlock: these folders only).
    Call{"openat", "the site's files, requests and results"},
    Call{"read", "results"},
    Call{"write", "files; the operational log"},
    Call{"fchmod", "others may read them"},
    Call{"fsync", "durable before they get their names"},
    Call{"rename", "their names"},
    Call{"close", "files and connections"},
    // Memory and the end.
    Call{"futex", "locks inside the C library"},
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"clock_gettime", "time where the vDSO cannot answer"},
    Call{"exit_group", "the end"},
};

constexpr std::uint64_t kFileMax = 64U << 10U;

}  // namespace

base::Result<> lock_in(const Folders& folders) {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.paths = {{folders.site, Access::kReadWrite, "what a site may change"},
                   {folders.requests, Access::kReadWrite, "what is to be carried out"},
                   {folders.results, Access::kRead, "what came of it"}};
  profile.descriptors_max = 32;
  profile.file_bytes_max = kFileMax;
  TRY(base::sandbox::enter(profile));
  return {};
}

}  // namespace site
