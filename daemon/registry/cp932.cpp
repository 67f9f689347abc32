// CP932 to UTF-8 (roster.h) by the C library's converter, which maps ～ － ∥ as Windows does and
// keeps the NEC and IBM characters (髙, ①, ㈱).
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "daemon/registry/roster.h"

namespace registry {

base::Result<Cp932> Cp932::open() {
  iconv_t handle = ::iconv_open("UTF-8", "CP932");
  // What iconv_open(3) returns when it cannot.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  Cp932 out(handle == reinterpret_cast<iconv_t>(-1) ? nullptr : handle);
  // 髙: proves that the module is there and is Windows' table, not the standard's.
  std::string text;
  if (out.handle_ == nullptr || !out.append_utf8(base::as_bytes("\xFB\xFC"), text) ||
      text != "髙") {
    return base::fail(base::Code::kUnavailable, "CP932");
  }
  return out;
}

Cp932::~Cp932() {
  if (handle_ != nullptr) ::iconv_close(handle_);
}

bool Cp932::append_utf8(base::ByteSpan line, std::string& out) const {
  std::array<char, 512> in{};
  std::array<char, std::size_t{4} * 512> utf8{};
  const std::size_t before = out.size();
  ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
  std::size_t kept = 0;  // of a character cut in two at the end of the last piece
  while (kept != 0 || !line.empty()) {
    const std::size_t part = std::min(line.size(), in.size() - kept);
    std::copy_n(line.begin(), part, in.begin() + static_cast<std::ptrdiff_t>(kept));
    line = line.subspan(part);
    char* from = in.data();
    char* to = utf8.data();
    std::size_t left = kept + part;
    std::size_t room = utf8.size();
    const bool done = ::iconv(handle_, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
    if (!done && (errno != EINVAL || part == 0 || left > 1)) {
      out.resize(before);
      return false;
    }
    out.append(utf8.data(), utf8.size() - room);
    std::copy_n(from, left, in.data());
    kept = left;
  }
  return true;
}

}  // namespace registry
