#include "base/log.h"

#include <unistd.h>

#include <cstdlib>

namespace base {

Log::Log(std::string program)
    : program_(std::move(program)), journal_(std::getenv("JOURNAL_STREAM") != nullptr) {}

void Log::write(Level level, std::string_view event, std::initializer_list<LogField> fields) const {
  std::string line;
  if (journal_) {
    line = "<" + std::to_string(static_cast<int>(level)) + ">";
  } else {
    line = program_ + ": ";
  }
  line += event;
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    // A value cannot start a new line or look like a second field.
    for (const char c : field.value) {
      line += static_cast<unsigned char>(c) <= 0x20 || c == '=' || c == 0x7F ? '_' : c;
    }
  }
  line += '\n';
  // One write, so that lines of several processes do not mix. Nothing to do when it fails.
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace base
