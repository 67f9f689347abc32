// A QR code as inline SVG: one path, presentation attributes only. What it holds may be a secret:
// it is neither kept nor logged.
#pragma once

#include "web/html.h"

namespace web {

// Empty when the text does not fit (over about 2,300 bytes). `label` is what a screen reader says.
Html qr_svg(std::string_view text, std::string_view label);

}  // namespace web
