#include "web/qr.h"

#include <qrencode.h>

#include <array>
#include <charconv>
#include <memory>

namespace web {

namespace {

constexpr int kQuietZone = 4;  // modules of white around it (ISO/IEC 18004 section 9.1)

struct FreeCode {
  void operator()(QRcode* code) const {
    const auto size = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
    base::wipe(code->data, size);
    QRcode_free(code);
  }
};

void put(Markup& out, int number) {
  std::array<char, 12> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// Every run of dark modules as "M x y h length v1 h-length z".
Markup path_of(const QRcode& code) {
  Markup out;
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      const int begin = x;
      while (x < code.width && (code.data[y * code.width + x] & 1U) != 0) ++x;
      if (x == begin) continue;
      out += 'M';
      put(out, begin + kQuietZone);
      out += ' ';
      put(out, y + kQuietZone);
      out += 'h';
      put(out, x - begin);
      out += "v1h-";
      put(out, x - begin);
      out += 'z';
    }
  }
  return out;
}

}  // namespace

Html qr_svg(std::string_view text, std::string_view label) {
  Markup bytes(text);  // zero-terminated, and wiped
  const std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeString8bit(bytes.c_str(), 0, QR_ECLEVEL_M));
  if (code == nullptr) return {};
  Markup box = "0 0 ";
  put(box, code->width + 2 * kQuietZone);
  box += ' ';
  put(box, code->width + 2 * kQuietZone);
  return el("svg",
            {{"class", "qr"},
             {"viewBox", box},
             {"role", "img"},
             {"aria-label", label},
             {"shape-rendering", "crispEdges"}},
            el("rect", {{"width", "100%"}, {"height", "100%"}, {"fill", "#ffffff"}}),
            el("path", {{"d", path_of(*code)}, {"fill", "#000000"}}));
}

}  // namespace web
