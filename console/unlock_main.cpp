// kagikura-unlock: unlocks the appliance with a PIN from a file (a systemd credential), again after
// each restart that has locked it. `--pin FILE` names the file.
#include <unistd.h>

#include <cstring>
#include <ctime>

#include "base/notify.h"
#include "config/config.h"
#include "console/sandbox_table.h"
#include "console/unattended.h"

namespace {

constexpr int kPinRefused = 77;  // EX_NOPERM of sysexits.h: not to be started again
constexpr timespec kBetweenLooks{2, 0};

std::string pin_file(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--pin") == 0) return argv[i + 1];
  }
  return {};
}

const char* status_of(console::Attempt attempt) {
  switch (attempt) {
    case console::Attempt::kNothing: return "nothing to unlock";
    case console::Attempt::kUnlocked: return "unlocked";
    case console::Attempt::kLater: return "waiting for core and the HSM";
    case console::Attempt::kRefused: return "the PIN was refused";
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-unlock");
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  const std::string pin = pin_file(argc, argv);
  const auto notifier = base::Notifier::from_environment();
  if (const auto locked = console::lock_in_unattended(pin); !locked) {
    log.error("stopped", {{"error", locked.error()}});
    return 1;
  }
  notifier.ready();
  const char* said = "";
  while (true) {
    const auto attempt = console::unlock_if_locked(config->console_socket(), pin, log);
    if (const char* line = status_of(attempt); line != said) {
      notifier.status(line);
      said = line;
    }
    if (attempt == console::Attempt::kRefused) ::_exit(kPinRefused);
    notifier.alive();
    ::nanosleep(&kBetweenLooks, nullptr);
  }
}
