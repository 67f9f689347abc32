// kagikura-web: takes connections and starts a worker for each that core admits.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/log.h"
#include "base/loop.h"
#include "base/pulse.h"
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

// For the service manager's status line.
std::string status_of(const web::Acceptor& acceptor) {
  return std::string(acceptor.has_core() ? "" : "waiting for core, ") +
         std::to_string(acceptor.workers()) + " connections";
}

base::Result<> run(int argc, char** argv, const base::Log& log) {
  const config::Config config = TRY(config::from_arguments(argc, argv));
  const std::string worker = TRY(worker_path());
  const base::SystemClock clock;
  const auto notifier = base::Notifier::from_environment();
  const auto loop = TRY(base::Loop::open(clock));
  web::Acceptor::Options options;
  options.listeners = TRY(web::listen_all(config.listen, config.api_listen));
  options.worker_program = TRY(open_worker(worker));
  options.core_socket = config.web_socket();
  options.workers_max = config.workers_max;
  options.per_source_max = config.workers_per_source_max;
  web::Acceptor acceptor(*loop, log, std::move(options));
  TRY(base::sandbox::enter(web::acceptor_profile(worker, config.workers_max)));
  acceptor.start();
  // Its upstream is heard of by the end of a connection, not asked.
  base::Pulse pulse(
      *loop, notifier, [] { return true; }, [&acceptor] { return status_of(acceptor); });
  pulse.ready();
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
