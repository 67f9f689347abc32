// Tokens as text: base64url without padding (RFC 4648 section 5), for cookies, form fields and
// one-time links. One text a token: what is not exactly what encode would give is refused.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace web {

inline constexpr std::size_t kTokenBytes = 32;
inline constexpr std::size_t kTokenText = 43;

// 43 characters for a token of 32 bytes. The text is as secret as the token.
std::string token_text(const base::Secret<kTokenBytes>& token);
// kInvalid unless it is exactly the text of 32 bytes.
base::Result<base::Secret<kTokenBytes>> token_from_text(std::string_view text,
                                                        base::FieldName field = "token");

// A second copy, for a message that takes its token away. Wiped like the first.
base::Secret<kTokenBytes> copy_of(const base::Secret<kTokenBytes>& token);

}  // namespace web
