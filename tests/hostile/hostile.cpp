// A program that is none of ours, started in the place of one, where nothing but SELinux holds it:
// no filter of calls, no namespace, no Landlock, and files whose modes let everybody in. Tries what
// a taken-over program would and prints a line for each: NAME TAB ok, or the number of the error.
// Linked statically by tests/functional/image_hostile.py; never installed.
//
//   hostile PID-OF-ANOTHER [PROGRAM]     with PROGRAM: becomes that, as the acceptor its worker
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr const char* kTypes[] = {"store",     "log",      "token", "export",
                                  "site_conf", "site_key", "apply", "etc"};
constexpr const char* kSockets[] = {"hsm", "audit", "web", "console", "site"};

void tell(const std::string& name, long result) {
  std::printf("%s\t%s\n", name.c_str(), result >= 0 ? "ok" : std::to_string(errno).c_str());
}

void try_open(const std::string& name, const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
  tell(name, fd);
  if (fd >= 0) ::close(fd);
}

void files() {
  for (const std::string type : kTypes) {
    const std::string folder = "/run/targets/" + type;
    try_open("read " + type, folder + "/file", O_RDONLY);
    try_open("write " + type, folder + "/file", O_WRONLY | O_APPEND);
    try_open("create " + type, folder + "/new-" + std::to_string(::getpid()), O_WRONLY | O_CREAT);
    tell("remove " + type, ::unlink((folder + "/old").c_str()));
  }
  try_open("read shadow", "/etc/shadow", O_RDONLY);
  for (const char* device : {"vda", "tpmrm0", "mem", "ttyS0", "mapper/control", "input/event0"}) {
    try_open(std::string("device ") + device, std::string("/dev/") + device, O_RDONLY);
  }
}

void network() {
  const auto connects = [](const char* name, std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = inet_addr("10.0.2.2");
    const int done = fd < 0 ? -1 : ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to);
    tell(name, done < 0 && errno == EINPROGRESS ? 0 : done);
    ::close(fd);
  };
  connects("connect to the web", 443);
  connects("connect to syslog", 6514);
  connects("connect to mail", 465);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_port = htons(4444);
  tell("listen", fd < 0 ? -1 : ::bind(fd, reinterpret_cast<sockaddr*>(&here), sizeof here));
  tell("udp", ::socket(AF_INET, SOCK_DGRAM, 0));
  tell("raw", ::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
  tell("packets", ::socket(AF_PACKET, SOCK_RAW, 0));
  tell("routes", ::socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  tell("packet filter", ::socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER));
  for (const std::string name : kSockets) {
    const int peer = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    const std::string path = "/run/kagikura/" + name + "/socket";
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    tell("socket " + name,
         peer < 0 ? -1 : ::connect(peer, reinterpret_cast<sockaddr*>(&to), sizeof to));
    ::close(peer);
  }
}

long runs(const char* program) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execl(program, program, "-c", ":", nullptr);
    ::_exit(errno);
  }
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) < 0) return -1;
  errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
  return errno == 0 ? 0 : -1;
}

void code() {
  tell("shell", runs("/bin/sh"));
  tell("systemctl", runs("/usr/bin/systemctl"));
  void* page =
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  tell("memory to write and run", page == MAP_FAILED ? -1 : 0);
  page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  tell("written memory to run", ::mprotect(page, 4096, PROT_READ | PROT_EXEC));
  const int file = ::memfd_create("code", 0);
  tell("memory file", file);
  if (file >= 0 && ::ftruncate(file, 4096) == 0) {
    page = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    tell("memory file to run", page == MAP_FAILED ? -1 : 0);
  }
}

void kernel(pid_t other) {
  tell("end another", ::kill(other, SIGCONT));
  try_open("memory of another", "/proc/" + std::to_string(other) + "/mem", O_RDONLY);
  try_open("environment of another", "/proc/" + std::to_string(other) + "/environ", O_RDONLY);
  try_open("SELinux off", "/sys/fs/selinux/enforce", O_WRONLY);
  try_open("modules", "/proc/sys/kernel/modules_disabled", O_WRONLY);
  tell("mount", ::mount("t", "/run/targets", "tmpfs", 0, nullptr));
  tell("kernel's log", ::klogctl(3, nullptr, 0));
  bpf_attr attributes{};
  tell("bpf", ::syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes));
  tell("host name", ::sethostname("hostile", 7));
  tell("another user", ::setresuid(1, 1, 1));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) {
    ::execl(argv[2], argv[2], argv[1], nullptr);
    tell("become", -1);
    return 1;
  }
  if (argc < 2) return 2;
  files();
  network();
  code();
  kernel(std::atoi(argv[1]));
  std::printf("end\tok\n");
  return 0;
}
