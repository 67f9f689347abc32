// RFC 4648 section 4, with padding and one spelling a value; PEM (RFC 7468) on top. For keys,
// hashes and signatures, never for secrets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace audit {

std::string to_base64(base::ByteSpan bytes);
// kInvalid for missing or surplus padding, other characters, and bits that are not zero.
base::Result<std::vector<std::uint8_t>> from_base64(std::string_view text);

// Lines of 64 characters between BEGIN and END, line feed at the end.
std::string to_pem(std::string_view label, base::ByteSpan der);
// The first block with the label; kInvalid.
base::Result<std::vector<std::uint8_t>> from_pem(std::string_view label, std::string_view text);

}  // namespace audit
