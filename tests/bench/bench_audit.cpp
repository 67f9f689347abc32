// bench_audit: what kagikura-audit and kagikura-hsm make of the disk and of the token, as JSON.
// Appends at 32 in flight against a plain write + fdatasync in the same file system, reveals at 32
// in flight and one at a time against C_Decrypt of the same kind of key. Rounds of both sides
// alternate and the best of each counts: absolute figures move with the machine.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "ipc/channel.h"
#include "tests/unit/hsm/token.h"

namespace {

using Clock = std::chrono::steady_clock;
using base::Task;

constexpr std::size_t kInFlight = 32;
constexpr std::uint64_t kPeople = 1024;
constexpr int kRounds = 5;
constexpr std::int64_t kTimeoutMs = 60'000;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One 4 KiB write + fdatasync after the other into a zero-filled file: how many a second.
double sync_rate(const std::string& folder) {
  constexpr int kCount = 300;
  std::vector<char> block(4096, 0);
  const base::Fd file(::open((folder + "/sync").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT(file.valid());
  const auto put = [&](int i) {
    ASSERT(::pwrite(file.get(), block.data(), block.size(), i * 4096L) == 4096);
  };
  for (int i = 0; i < kCount; ++i) put(i);
  ASSERT(::fsync(file.get()) == 0);
  block.assign(block.size(), 'x');
  const auto start = Clock::now();
  for (int i = 0; i < kCount; ++i) {
    put(i);
    ASSERT(::fdatasync(file.get()) == 0);
  }
  return kCount / since(start);
}

// C_Decrypt of a padded number, one session, one token key: how many a second.
class RawToken {
 public:
  RawToken() : life_(token_.life()) {
    std::vector<CK_ATTRIBUTE_TYPE> unkept;
    const auto made = hsm::make(life_, {hsm::Kind::kShelf, 1}, hsm::Mechanism::kGcm, unkept);
    ASSERT(made.has_value());
    key_ = made->key;
    ASSERT(life_.encrypt(key_, gcm_, plain_, cipher_).has_value());
  }
  double decrypt_rate() {
    constexpr int kCount = 2000;
    const auto start = Clock::now();
    for (int i = 0; i < kCount; ++i) ASSERT(life_.decrypt(key_, gcm_, cipher_, plain_).has_value());
    return kCount / since(start);
  }

 private:
  tests::Token token_;
  hsm::Life life_;
  CK_OBJECT_HANDLE key_ = 0;
  std::array<std::uint8_t, 12> iv_{1};
  std::array<std::uint8_t, 64> aad_{2};
  std::array<std::uint8_t, 31> plain_{3};
  std::array<std::uint8_t, 47> cipher_{};
  CK_GCM_PARAMS parameters_{iv_.data(), iv_.size(), 96, aad_.data(), aad_.size(), 128};
  CK_MECHANISM gcm_{CKM_AES_GCM, &parameters_, sizeof parameters_};
};

// A program of ours, ended with this object.
class Program {
 public:
  Program(const std::string& name, const std::string& config) {
    const std::string path = std::string(tests::kBinaryDir) + "/bin/" + name;
    std::string arguments[] = {path, "--config", config};
    char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), nullptr};
    ASSERT(::posix_spawn(&pid_, path.c_str(), nullptr, nullptr, argv, environ) == 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  // Processor time used so far, in microseconds (proc(5): utime and stime, in clock ticks).
  [[nodiscard]] double processor_us() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/stat");
    std::string word;
    double ticks = 0;
    for (int i = 1; i <= 15 && status >> word; ++i) ticks += i >= 14 ? std::stod(word) : 0;
    return ticks * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  [[nodiscard]] long resident_kib() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
    }
    return 0;
  }

 private:
  pid_t pid_ = 0;
};

std::string write_config(const std::string& folder) {
  for (const char* name : {"/state/store", "/state/log", "/run/hsm", "/run/audit"}) {
    std::filesystem::create_directories(folder + name);
  }
  std::ofstream(folder + "/kagikura.toml")
      << "[paths]\nstate = \"" << folder << "/state\"\nrun = \"" << folder << "/run\"\n"
      << "[hsm]\ntoken = \"pkcs11:token=kagikura-test\"\n"
      << "[budgets]\nuser_hour = 1000000\nuser_day = 1000000\n"
      << "box_hour = 1000000\nbox_day = 1000000\n"
      << "[log]\nsize_mib = 512\nsegment_mib = 8\n[web]\nlisten = [\"127.0.0.1:8443\"]\n"
      << "[[zone]]\nkind = \"handling\"\nblocks = [\"127.0.0.0/8\"]\n";
  return folder + "/kagikura.toml";
}

ipc::Actor actor(std::uint64_t session) {
  return {base::AccountId{1}, base::Role::kHandler, base::Zone::kHandling,
          base::Text<45>::literal("192.0.2.1"), base::SessionId{session}};
}

ipc::NumberPlace place(std::uint64_t person) {
  return {base::TenantId{1}, base::PersonId{person}, base::Purpose::kTax, base::ShelfId{1}, 1};
}

// In the place of core: one connection, as many requests in flight as asked for.
class Core {
 public:
  explicit Core(const std::string& socket) : loop_(*base::Loop::open(clock_)) {
    for (int i = 0; i < 500 && !channel_; ++i) {
      auto fd = ipc::connect_to(socket);
      if (fd) channel_ = *ipc::Channel<ipc::CoreAudit>::open(*loop_, *std::move(fd), {});
      if (!fd) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ASSERT(channel_ != nullptr);
  }

  template <class Request>
  base::Result<typename Request::Reply> ask(Request request) {
    std::optional<base::Result<typename Request::Reply>> out;
    base::spawn([](Core& self, Request r, decltype(out)& to) -> Task<void> {
      to.emplace(co_await self.channel_->call(std::move(r), kTimeoutMs));
    }(*this, std::move(request), out));
    while (!out) ASSERT(loop_->turn(-1).has_value());
    return *std::move(out);
  }

  // Runs `work(lane)` in `lanes` coroutines until all have ended; the seconds.
  template <class Work>
  double run(std::size_t lanes, Work work) {
    std::size_t left = lanes;
    const auto start = Clock::now();
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      base::spawn([](Work& w, std::size_t n, std::size_t& open) -> Task<void> {
        co_await w(n);
        --open;
      }(work, lane, left));
    }
    while (left > 0) ASSERT(loop_->turn(-1).has_value());
    return since(start);
  }
  ipc::Channel<ipc::CoreAudit>& channel() { return *channel_; }

 private:
  base::SystemClock clock_;
  std::unique_ptr<base::Loop> loop_;
  std::unique_ptr<ipc::Channel<ipc::CoreAudit>> channel_;
};

std::vector<ipc::SealedNumber> furnish(Core& core) {
  ipc::UnlockHsm unlock{actor(1), tests::test_pin(), /*enrol=*/true};
  auto unlocked = core.ask(std::move(unlock));
  for (int i = 0; i < 200 && !unlocked; ++i) {  // the hsm process starts meanwhile
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    unlocked = core.ask(ipc::UnlockHsm{actor(1), tests::test_pin(), /*enrol=*/true});
  }
  ASSERT(unlocked.has_value());
  const ipc::CreateShelf shelf{base::TenantId{1}, base::Purpose::kTax, base::ShelfId{1}};
  ASSERT(core.ask(shelf).has_value());
  std::vector<ipc::SealedNumber> sealed;
  while (sealed.size() < kPeople) {
    ipc::SealNumbers seal;
    seal.actor = actor(1);
    for (std::uint64_t i = 0; i < 64; ++i) {
      ASSERT(seal.items.push({place(sealed.size() + i + 1), tests::Ready::number()}).has_value());
    }
    auto reply = core.ask(std::move(seal));
    ASSERT(reply.has_value());
    for (auto& item : reply->items) sealed.push_back(std::move(item.sealed));
  }
  return sealed;
}

double append_rate(Core& core, std::size_t lanes, int each) {
  const double seconds = core.run(lanes, [&](std::size_t /*lane*/) -> Task<void> {
    for (int i = 0; i < each; ++i) {
      ipc::Append request;
      request.event = base::CoreEvent::kLogRead;
      request.actor = actor(1);
      ASSERT((co_await core.channel().call(std::move(request), kTimeoutMs)).has_value());
    }
  });
  return static_cast<double>(lanes) * each / seconds;
}

struct Reveals {
  double rate = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// `each` people are revealed once in every lane, each lane with a grant and session of its own.
Reveals reveal_rate(Core& core, const std::vector<ipc::SealedNumber>& sealed, std::size_t lanes,
                    std::uint64_t each) {
  static std::uint64_t session = 100;
  std::vector<base::GrantId> grants;
  const std::uint64_t first = session;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    ipc::OpenGrant open;
    open.actor = actor(session++);
    open.period = base::Text<16>::literal("2026");
    for (std::uint64_t i = 1; i <= each; ++i)
      ASSERT(open.people.push(base::PersonId{i}).has_value());
    const auto reply = core.ask(std::move(open));
    ASSERT(reply.has_value());
    grants.push_back(reply->grant);
  }
  std::vector<double> times;
  const double seconds = core.run(lanes, [&](std::size_t lane) -> Task<void> {
    for (std::uint64_t person = 1; person <= each; ++person) {
      const auto start = Clock::now();
      ipc::RevealNumber reveal{actor(first + lane), grants[lane], place(person),
                               sealed[person - 1]};
      ASSERT((co_await core.channel().call(std::move(reveal), kTimeoutMs)).has_value());
      times.push_back(since(start) * 1000);
    }
  });
  std::ranges::sort(times);
  return {static_cast<double>(times.size()) / seconds, times[times.size() / 2],
          times[times.size() * 99 / 100]};
}

}  // namespace

int main(int argc, char** argv) {
  const tests::Token token;  // of the programs: they find it by the environment that it sets
  std::string folder = std::string(argc > 1 ? argv[1] : "/tmp") + "/kagikura-bench-XXXXXX";
  ASSERT(::mkdtemp(folder.data()) != nullptr);
  const std::string config = write_config(folder);
  double sync = 0;
  double decrypt = 0;
  double append = 0;
  Reveals many;
  Reveals one;
  double audit_us = 0;  // of processor time, for a reveal at 32 in flight
  double hsm_us = 0;
  long audit_kib = 0;
  long hsm_kib = 0;
  {
    const Program hsm("kagikura-hsm", config);
    const Program audit("kagikura-audit", config);
    Core core(folder + "/run/audit/socket");
    const auto sealed = furnish(core);
    RawToken raw;  // after the programs have their own: making a token ends every life in here
    for (int round = 0; round < kRounds; ++round) {
      sync = std::max(sync, sync_rate(folder));
      append = std::max(append, append_rate(core, kInFlight, 200));
      decrypt = std::max(decrypt, raw.decrypt_rate());
      const double audit_before = audit.processor_us();
      const double hsm_before = hsm.processor_us();
      const Reveals fast = reveal_rate(core, sealed, kInFlight, 128);
      audit_us += (audit.processor_us() - audit_before) / (kRounds * kInFlight * 128.0);
      hsm_us += (hsm.processor_us() - hsm_before) / (kRounds * kInFlight * 128.0);
      if (fast.rate > many.rate) many = fast;
      const Reveals single = reveal_rate(core, sealed, 1, 200);
      if (single.rate > one.rate) one = single;
    }
    audit_kib = audit.resident_kib();
    hsm_kib = hsm.resident_kib();
  }
  const double limit_ms = 3 * 1000 / sync + 0.5;
  std::printf(
      "{\"sync_per_s\": %.0f, \"appends_per_s_32\": %.0f, \"append_ratio\": %.3f, "
      "\"append_goal\": 0.15,\n \"decrypt_per_s\": %.0f, \"reveals_per_s_32\": %.0f, "
      "\"reveal_ratio\": %.3f, \"reveal_goal\": 0.25, \"reveal_p99_ms_32\": %.2f,\n"
      " \"reveals_per_s_1\": %.0f, \"reveal_p50_ms_1\": %.3f, \"reveal_p50_limit_ms\": %.3f,\n"
      " \"audit_us_a_reveal\": %.1f, \"hsm_us_a_reveal\": %.1f,\n"
      " \"audit_resident_kib\": %ld, \"hsm_resident_kib\": %ld}\n",
      sync, append, append / (kInFlight * sync), decrypt, many.rate, many.rate / decrypt,
      many.p99_ms, one.rate, one.p50_ms, limit_ms, audit_us, hsm_us, audit_kib, hsm_kib);
  std::filesystem::remove_all(folder);
}
