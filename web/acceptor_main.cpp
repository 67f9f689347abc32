// kagikura-web: takes connections and starts a worker for each that core admits.
#include <fcntl.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/log.h"
#include "base/loop.h"
#include "config/config.h"
#include "web/acceptor.h"
#include "web/acceptor_listen.h"
#include "web/acceptor_sandbox.h"
#include "web/acceptor_spawn.h"

namespace {

constexpr std::size_t kPathMax = 4096;

// kagikura-web-worker stands beside kagikura-web.
base::Result<std::string> worker_path() {
  std::array<char, kPathMax> buffer{};
  const ssize_t size = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) >= buffer.size()) {
    return base::fail(base::Code::kIo, "self");
  }
  const std::string self(buffer.data(), static_cast<std::size_t>(size));
  return self.substr(0, self.rfind('/') + 1) + "kagikura-web-worker";
}

base::Result<base::Fd> open_worker(const std::string& path) {
  base::Fd program(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!program.valid()) return base::fail(base::Code::kNotFound, "worker_program");
  return web::moved_up(std::move(program));
}

// Tells the service manager that this process lives, and whether it has core.
class Notifier {
 public:
  Notifier(base::Loop& loop, const web::Acceptor& acceptor) : loop_(loop), acceptor_(acceptor) {
    std::uint64_t limit_us = 0;
    if (::sd_watchdog_enabled(/*unset_environment=*/0, &limit_us) > 0) {
      every_ms_ = std::min(every_ms_, static_cast<std::int64_t>(limit_us / 2000));
    }
  }
  void ready() {
    ::sd_notify(/*unset_environment=*/0, "READY=1");
    ping();
  }

 private:
  void ping() {
    const std::string state =
        "WATCHDOG=1\nSTATUS=" + std::string(acceptor_.has_core() ? "" : "waiting for core, ") +
        std::to_string(acceptor_.workers()) + " connections";
    ::sd_notify(/*unset_environment=*/0, state.c_str());
    timer_ = loop_.after(every_ms_, [this] { ping(); });
  }

  base::Loop& loop_;
  const web::Acceptor& acceptor_;
  std::int64_t every_ms_ = 5000;
  base::Timer timer_;
};

base::Result<> run(int argc, char** argv, const base::Log& log) {
  const config::Config config = TRY(config::from_arguments(argc, argv));
  const std::string worker = TRY(worker_path());
  const base::SystemClock clock;
  const auto loop = TRY(base::Loop::open(clock));
  web::Acceptor::Options options;
  options.listeners = TRY(web::listen_all(config.listen));
  options.worker_program = TRY(open_worker(worker));
  options.core_socket = config.web_socket();
  options.workers_max = config.workers_max;
  options.per_source_max = config.workers_per_source_max;
  web::Acceptor acceptor(*loop, log, std::move(options));
  TRY(base::sandbox::enter(web::acceptor_profile(worker, config.workers_max)));
  acceptor.start();
  Notifier notifier(*loop, acceptor);
  notifier.ready();
  log.info("ready");
  return loop->run();
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-web");
  const auto ended = run(argc, argv, log);
  if (!ended) log.error("stopped", {{"error", ended.error()}});
  return ended ? 0 : 1;
}
