// The local terminal: lines in, lines out, secrets without echo. Works the same on a video
// console, a serial line and a pipe; draws nothing, moves no cursor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace console {

enum class Language : std::uint8_t { kEnglish, kJapanese };

// A text in both languages; English is ASCII, because the kernel's console has no kanji.
struct Words {
  const char* en;
  const char* ja;
};

class Terminal {
 public:
  static constexpr std::size_t kLineMax = 512;

  Terminal(int in, int out, Language language) : in_(in), out_(out), language_(language) {}

  [[nodiscard]] const char* say(const Words& words) const {
    return language_ == Language::kJapanese ? words.ja : words.en;
  }
  [[nodiscard]] Language language() const { return language_; }
  void set_language(Language language) { language_ = language; }
  void line(std::string_view text = {});
  void tell(const Words& words) { line(say(words)); }

  // One line without its end; nullopt at the end of input. Longer lines are cut and their rest
  // dropped.
  std::optional<std::string> ask(const Words& prompt);
  // The same without echo where there is a terminal; the bytes never leave the Secret.
  std::optional<base::Secret<64>> ask_secret(const Words& prompt);
  // True only for a full "yes" (はい): destroying acts are not done by a slip of a finger.
  bool confirm(const Words& question);

 private:
  std::optional<std::size_t> read_line(char* out, std::size_t max);
  int in_;
  int out_;
  Language language_;
};

}  // namespace console
