// kagikura-tamper: watches the cover switches and the seal button and tells core. Its one right is
// to seal.
#include <poll.h>
#include <unistd.h>

#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/sandbox.h"
#include "config/config.h"
#include "ipc/client.h"
#include "ipc/console_core.h"
#include "tamper/sandbox_table.h"
#include "tamper/sensors.h"
#include "tamper/watcher.h"

namespace {

using base::Cover;
using base::Result;

// From the opening to core's report at most: together with the way to the HSM under a second.
constexpr int kLookEveryMs = 200;
constexpr std::int64_t kTimeoutMs = 3000;

Result<> report(const std::string& socket, Cover cover, bool button) {
  auto client = TRY(ipc::Client<ipc::ConsoleCore>::open(TRY(ipc::connect_to(socket)), kTimeoutMs));
  TRY(client.call(ipc::ReportTamper{cover, button}));
  return {};
}

std::string status_of(const tamper::Sensors& sensors, Cover cover, bool told) {
  const std::string line = "cover " + std::string(name(cover)) + " (" +
                           std::to_string(sensors.switches()) + " switches), " +
                           (sensors.has_button() ? "button watched" : "no button");
  return told ? line : line + ", core not reached";
}

Result<> run(const config::Config& config, const base::Log& log) {
  TRY(base::sandbox::no_dumps());
  const base::SystemClock clock;
  const auto notifier = base::Notifier::from_environment();
  auto sensors = TRY(tamper::Sensors::open(config.hwmon, config.button));
  TRY(tamper::lock_in());
  log.info("watching", {{"switches", static_cast<std::int64_t>(sensors.switches())},
                        {"button", std::int64_t{sensors.has_button()}}});
  tamper::Watcher watcher(
      [&](Cover cover, bool button) {
        return report(config.console_socket(), cover, button).has_value();
      },
      ipc::kReportEveryMs);
  std::string said;
  Cover before = Cover::kNotWatched;
  notifier.ready();
  while (true) {
    const Cover cover = sensors.cover();
    const bool pressed = sensors.pressed();
    if (cover != before || pressed) {
      log.warn("seen", {{"cover", name(cover)}, {"button", std::int64_t{pressed}}});
    }
    before = cover;
    watcher.saw(cover, pressed, clock.mono());
    if (std::string line = status_of(sensors, cover, watcher.told()); line != said) {
      notifier.status(line);
      said = std::move(line);
    }
    notifier.alive();
    pollfd button{sensors.button(), POLLIN, 0};
    static_cast<void>(::poll(&button, 1, kLookEveryMs));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-tamper");
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  const auto done = run(*config, log);
  if (!done) log.error("stopped", {{"error", done.error()}});
  return 1;
}
