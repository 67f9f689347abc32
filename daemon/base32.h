// RFC 4648 base32 without padding, for keys that people type.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/secret.h"

namespace core {

inline constexpr std::size_t kKeyBytes = 20;  // 160 random bits
inline constexpr std::size_t kKeyChars = 32;

// Exactly 20 bytes become 32 characters.
base::Secret<kKeyChars> to_base32(const base::Secret<kKeyBytes>& bytes);
// Takes lower case, and 0, 1 and 8 for the letters that they are mistaken for. kInvalid unless
// there are exactly 32 characters of the alphabet.
base::Result<base::Secret<kKeyBytes>> from_base32(const base::Secret<kKeyChars>& text);

}  // namespace core
