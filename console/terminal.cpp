#include "console/terminal.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/secret_access.h"

namespace console {

namespace {

// Echo off as long as it lives, where the input is a terminal.
class NoEcho {
 public:
  explicit NoEcho(int fd) : fd_(fd) {
    if (::tcgetattr(fd_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    active_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  NoEcho(const NoEcho&) = delete;  // restores once
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (active_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool active() const { return active_; }

 private:
  int fd_;
  termios before_{};
  bool active_ = false;
};

void put(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // nobody is there to be told
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

void Terminal::line(std::string_view text) { put(out_, std::string(text) + "\n"); }

std::optional<std::size_t> Terminal::read_line(char* out, std::size_t max) {
  std::size_t size = 0;
  while (true) {
    char c = 0;
    const ssize_t n = ::read(in_, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return size > 0 ? std::optional(size) : std::nullopt;
    if (c == '\n') return size;
    if (c == '\r') continue;
    if (size < max) out[size++] = c;
  }
}

std::optional<std::string> Terminal::ask(const Words& prompt) {
  put(out_, std::string(say(prompt)) + ": ");
  std::array<char, kLineMax> buffer{};
  const auto size = read_line(buffer.data(), buffer.size());
  if (!size) return std::nullopt;
  return std::string(buffer.data(), *size);
}

std::optional<base::Secret<64>> Terminal::ask_secret(const Words& prompt) {
  put(out_, std::string(say(prompt)) + ": ");
  const NoEcho silent(in_);
  std::array<char, 65> buffer{};  // one more, so that a longer entry is noticed and not cut
  const auto size = read_line(buffer.data(), buffer.size());
  if (silent.active()) line();
  std::optional<base::Secret<64>> out;
  if (size && *size <= 64) {
    base::Secret<64> secret;
    const auto bytes = secret.fill(base::secret_access(), *size);
    for (std::size_t i = 0; i < *size; ++i) bytes[i] = static_cast<std::uint8_t>(buffer.at(i));
    out = std::move(secret);
  }
  base::wipe(buffer.data(), buffer.size());
  return out;
}

bool Terminal::confirm(const Words& question) {
  tell(question);
  const auto answer = ask({"Type yes to go on", "実行する場合は「はい」または yes"});
  return answer && (*answer == "yes" || *answer == "はい");
}

}  // namespace console
