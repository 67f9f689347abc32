// Markup: the bytes of a page on its way out. A page may show a number, a link or a key, so every
// buffer is wiped when it is freed or grows. Literal is a string of ours, known when compiling.
#pragma once

#include <string>
#include <string_view>

#include "ipc/buffer.h"

namespace web {

using Markup = std::basic_string<char, std::char_traits<char>, ipc::WipingAllocator<char>>;

class Literal {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): literals are written as literals everywhere
  consteval Literal(const char (&text)[N]) : view_(text, N - 1) {}
  [[nodiscard]] constexpr std::string_view view() const { return view_; }

 private:
  std::string_view view_;
};

}  // namespace web
