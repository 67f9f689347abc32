// kagikura-metrics: answers one GET /metrics on the connection that it was born with (descriptor
// 3), for clients whose certificate one of the site's authorities has issued. One process a
// connection. `--certificate FILE` and `--clients FILE` name PEM files (systemd credentials).
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>

#include "base/log.h"
#include "base/sandbox.h"
#include "config/config.h"
#include "ipc/client.h"
#include "monitor/exposition.h"
#include "monitor/request.h"
#include "monitor/sandbox_table.h"
#include "monitor/tls_stream.h"

namespace {

using base::Result;

constexpr int kConnection = 3;
constexpr int kSeconds = 5;
constexpr std::int64_t kCoreMs = 3000;

std::string argument(int argc, char** argv, const char* name) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return argv[i + 1];
  }
  return {};
}

std::string measured(const std::string& socket) {
  auto fd = ipc::connect_to(socket);
  if (!fd) return monitor::exposition_of_silence();
  auto core = ipc::Client<ipc::ConsoleCore>::open(*std::move(fd), kCoreMs);
  if (!core) return monitor::exposition_of_silence();
  const auto status = core->call(ipc::GetStatus{});
  return status ? monitor::exposition(*status) : monitor::exposition_of_silence();
}

Result<> run(const config::Config& config, int argc, char** argv) {
  TRY(base::sandbox::no_dumps());
  // A peer that has gone is an error of a write, not a death.
  ::signal(SIGPIPE, SIG_IGN);
  base::Fd socket(kConnection);
  TRY(monitor::set_time_outs(socket, kSeconds));
  const auto context = TRY(monitor::TlsContext::server(argument(argc, argv, "--certificate"),
                                                       argument(argc, argv, "--clients")));
  TRY(monitor::lock_in_metrics());
  auto peer = TRY(monitor::TlsStream::accept(context, std::move(socket)));
  std::string request;
  while (!monitor::is_complete(request) && request.size() < monitor::kRequestMax) {
    const std::string more = TRY(peer.read());
    if (more.empty()) break;
    request += more;
  }
  const int status = monitor::judge(request);
  TRY(peer.write(
      monitor::answer(status, status == 200 ? measured(config.console_socket()) : std::string())));
  peer.close();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-metrics");
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  const auto done = run(*config, argc, argv);
  if (!done) log.warn("not_answered", {{"error", done.error()}});
  // Without the libraries' exit handlers: there is nothing left to do for them.
  ::_exit(done ? 0 : 1);
}
