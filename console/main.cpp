// kagikura-console: the security staff's menu on the local terminal.
#include <unistd.h>
#include <cstdio>
#include <cstring>

#include "base/clock.h"
#include "config/config.h"
#include "console/menu.h"
#include "console/sandbox_table.h"

namespace {

console::Language language_of(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--lang") == 0 && std::strcmp(argv[i + 1], "ja") == 0) {
      return console::Language::kJapanese;
    }
  }
  return console::Language::kEnglish;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  // PINs pass through here.
  if (!console::lock_in()) return 1;
  console::Terminal terminal(STDIN_FILENO, STDOUT_FILENO, language_of(argc, argv));
  const base::SystemClock clock;
  console::Menu menu(terminal, {config->console_socket(), config->site_socket()}, clock);
  menu.run();
  return 0;
}
