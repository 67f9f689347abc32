// A program that is not the role, in the role's sandbox. Reads cells from standard input, one a
// line, and tries each in a process of its own:
//
//   CELL TAB ABI TAB CALL; CALL; ...      ABI: x86-64, x32 or i386
//   CALL: a system call's name or number and up to six arguments: numbers, or
//     s:TEXT a string, z:N N zero bytes, un:PATH and in:PORT addresses (unix, IPv4 loopback),
//     iov:local and iov:victim for reading another process, @K the result of call K of this cell,
//     victim the number of another process of this user, program a memory file with a program
//
// and answers  CELL TAB RESULT; RESULT; ... TAB END  where END is `ended`, the name of the signal
// that killed it, or `not entered`. With --hold it only enters, writes a byte and stays.
//
//   probe ROLE CONFIGURATION WORKER PIN [--hold]
//   probe --names                                 the system calls' numbers and names
//
// It makes the calls itself, past the C library, so that what is tried is what is written.
#include <fcntl.h>
#include <linux/memfd.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "tests/probe/roles.h"

namespace {

constexpr std::size_t kCallsMax = 16;
constexpr int kNotEntered = 99;
constexpr int kNumbers = 512;  // Linux 6.18 has 469
constexpr int kWaitMs = 300;   // a call that waits longer than this was allowed

enum class Abi { kNative, kX32, kI386 };

struct Step {
  long number = -1;
  std::array<long, 6> arguments{};
  std::array<int, 6> from{-1, -1, -1, -1, -1, -1};  // the call whose result is the argument
};

struct Cell {
  std::string name;
  Abi abi = Abi::kNative;
  std::vector<Step> steps;
  std::deque<std::vector<char>> memory;  // what arguments point to
};

// Written by the child, read by the parent.
struct Results {
  std::size_t done;
  std::array<long, kCallsMax> values;
};

struct Fixtures {
  pid_t victim = 0;
  int program = -1;
  iovec local{};
  iovec remote{};
};

// A new process or thread ends at once and touches no memory: it may share ours.
long native_call(long number, const std::array<long, 6>& a, bool makes_process) {
  long result = number;
  register long r10 asm("r10") = a[3];
  register long r8 asm("r8") = a[4];
  register long r9 asm("r9") = a[5];
  register long fork asm("r12") = makes_process ? 1 : 0;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "test %[fork], %[fork]\n\t"
      "jz 1f\n\t"
      "xor %%edi, %%edi\n\t"
      "mov $60, %%eax\n\t"
      "syscall\n\t"
      "1:"
      : "+a"(result)
      : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9), [fork] "r"(fork)
      : "rcx", "r11", "memory");
  return result;
}

// The other way into the kernel, with the numbers of 32-bit programs.
long i386_call(long number) {
  long result = number;
  asm volatile("int $0x80" : "+a"(result) : "b"(0L), "c"(0L), "d"(0L), "S"(0L), "D"(0L) : "memory");
  return static_cast<int>(result);
}

bool makes_process(long number) {
  return number == SYS_fork || number == SYS_vfork || number == SYS_clone || number == SYS_clone3;
}

long make_call(Abi abi, const Step& step, const Results& results) {
  auto arguments = step.arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (step.from.at(i) >= 0) {
      arguments.at(i) = results.values.at(static_cast<std::size_t>(step.from.at(i)));
    }
  }
  switch (abi) {
    case Abi::kNative: return native_call(step.number, arguments, makes_process(step.number));
    case Abi::kX32: return native_call(step.number | 0x40000000, arguments, true);
    case Abi::kI386: return i386_call(step.number);
  }
  return -1;
}

// ---- reading cells

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find(separator);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

long integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 10;
  if (base != 10) text.remove_prefix(2);
  unsigned long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) {
    std::fprintf(stderr, "not a number: %.*s\n", static_cast<int>(text.size()), text.data());
    std::exit(2);
  }
  return negative ? -static_cast<long>(value) : static_cast<long>(value);
}

long keep(Cell& cell, const void* data, std::size_t size) {
  const auto* bytes = static_cast<const char*>(data);
  cell.memory.emplace_back(bytes, bytes + size);
  return reinterpret_cast<long>(cell.memory.back().data());
}

long unix_address(Cell& cell, std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return keep(cell, &address, sizeof address);
}

long internet_address(Cell& cell, std::string_view port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(integer(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return keep(cell, &address, sizeof address);
}

long argument(Cell& cell, const Fixtures& fixtures, std::string_view word) {
  if (word == "victim") return fixtures.victim;
  if (word == "program") return fixtures.program;
  if (word == "iov:local") return reinterpret_cast<long>(&fixtures.local);
  if (word == "iov:victim") return reinterpret_cast<long>(&fixtures.remote);
  if (word.starts_with("s:"))
    return keep(cell, std::string(word.substr(2)).c_str(), word.size() - 1);
  if (word.starts_with("un:")) return unix_address(cell, word.substr(3));
  if (word.starts_with("in:")) return internet_address(cell, word.substr(3));
  if (word.starts_with("z:")) {
    const std::vector<char> zeros(static_cast<std::size_t>(integer(word.substr(2))));
    return keep(cell, zeros.data(), zeros.size());
  }
  return integer(word);
}

long number_of(std::string_view name) {
  if (name[0] >= '0' && name[0] <= '9') return integer(name);
  const int number = ::seccomp_syscall_resolve_name(std::string(name).c_str());
  if (number < 0) {
    std::fprintf(stderr, "no such call: %.*s\n", static_cast<int>(name.size()), name.data());
    std::exit(2);
  }
  return number;
}

Step read_step(Cell& cell, const Fixtures& fixtures, std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto words = split(text, ' ');
  Step step;
  step.number = number_of(words[0]);
  for (std::size_t i = 1; i < words.size() && i <= step.arguments.size(); ++i) {
    if (words[i].starts_with('@')) {
      step.from.at(i - 1) = static_cast<int>(integer(words[i].substr(1)));
    } else {
      step.arguments.at(i - 1) = argument(cell, fixtures, words[i]);
    }
  }
  return step;
}

Cell read_cell(const Fixtures& fixtures, std::string_view line) {
  const auto fields = split(line, '\t');
  if (fields.size() != 3) {
    std::fprintf(stderr, "not a cell: %.*s\n", static_cast<int>(line.size()), line.data());
    std::exit(2);
  }
  Cell cell{.name = std::string(fields[0]), .steps = {}, .memory = {}};
  cell.abi = fields[1] == "x32" ? Abi::kX32 : fields[1] == "i386" ? Abi::kI386 : Abi::kNative;
  for (const auto text : split(fields[2], ';')) {
    if (cell.steps.size() < kCallsMax) cell.steps.push_back(read_step(cell, fixtures, text));
  }
  return cell;
}

// ---- trying them

[[noreturn]] void try_cell(const Cell& cell, Results& results, const std::string& role,
                           const probe::Place& place) {
  // A wait that the sandbox allows is ended by SIGALRM.
  const itimerval limit{{0, 0}, {0, kWaitMs * 1000}};
  ::setitimer(ITIMER_REAL, &limit, nullptr);
  if (!probe::enter(role, place)) ::_exit(kNotEntered);
  for (const Step& step : cell.steps) {
    results.values.at(results.done) = make_call(cell.abi, step, results);
    ++results.done;
  }
  ::_exit(0);
}

std::string end_of(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status) == kNotEntered ? "not entered" : "ended";
  return std::string("SIG") + ::sigabbrev_np(WTERMSIG(status));
}

void answer(const Cell& cell, const Results& results, int status) {
  std::string line = cell.name + "\t";
  for (std::size_t i = 0; i < results.done; ++i) {
    line += (i > 0 ? ";" : "") + std::to_string(results.values.at(i));
  }
  line += "\t" + end_of(status) + "\n";
  std::fputs(line.c_str(), stdout);
}

pid_t start_victim() {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (true) ::pause();
}

int program_in_memory() {
  const auto bytes = base::read_file("/bin/true", std::size_t{1} << 20U);
  const int fd = ::memfd_create("program", 0);
  if (!bytes || fd < 0 || ::write(fd, bytes->data(), bytes->size()) < 0) std::exit(2);
  return fd;
}

Results* shared_results() {
  void* page =
      ::mmap(nullptr, sizeof(Results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) std::exit(2);
  return new (page) Results{};
}

void try_all(const std::string& role, const probe::Place& place) {
  static std::array<char, 64> secret_of_victim{};
  static std::array<char, 64> local{};
  Fixtures fixtures{.victim = start_victim(),
                    .program = program_in_memory(),
                    .local = {local.data(), local.size()},
                    .remote = {secret_of_victim.data(), secret_of_victim.size()}};
  Results& results = *shared_results();
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), stdin) != nullptr) {
    std::string_view text(line.data());
    if (text.ends_with('\n')) text.remove_suffix(1);
    const Cell cell = read_cell(fixtures, text);
    results = {};
    std::fflush(stdout);
    const pid_t pid = ::fork();
    if (pid == 0) {
      // Descriptors that calls may touch (fchmod, too): this cell's own, not the campaign's pipes
      // and no device of the machine.
      const int own = ::memfd_create("probe", 0);
      for (const int fd : {0, 1, 2}) ::dup2(own, fd);
      try_cell(cell, results, role, place);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    answer(cell, results, status);
  }
  ::kill(fixtures.victim, SIGKILL);
}

// Stays in the sandbox until standard input ends, so that the campaign can compare it with the
// role's own process. Standard input is a socket.
int hold(const std::string& role, const probe::Place& place) {
  if (!probe::enter(role, place)) return kNotEntered;
  // Nothing but this byte: the campaign started us and knows our number.
  const std::array<long, 6> ready{1, reinterpret_cast<long>("."), 1, 0, 0, 0};
  native_call(SYS_write, ready, false);
  char byte = 0;
  iovec place_of_byte{&byte, 1};
  msghdr message{};
  message.msg_iov = &place_of_byte;
  message.msg_iovlen = 1;
  // The one call that waits and that every role may make.
  const std::array<long, 6> wait_for_end{0, reinterpret_cast<long>(&message), 0, 0, 0, 0};
  while (native_call(SYS_recvmsg, wait_for_end, false) > 0) {
  }
  ::_exit(0);
}

int print_names() {
  for (int number = 0; number < kNumbers; ++number) {
    char* name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number);
    if (name != nullptr) std::printf("%d %s\n", number, name);
    std::free(name);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--names") == 0) return print_names();
  if (argc < 5) return 2;
  const std::string role = argv[1];
  const probe::Place place{argv[2], argv[3], argv[4]};
  if (argc > 5 && std::strcmp(argv[5], "--hold") == 0) return hold(role, place);
  try_all(role, place);
  return 0;
}
