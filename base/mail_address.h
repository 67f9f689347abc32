// Addresses that mail may be sent to: the plain form of RFC 5321 (dot-string at domain), ASCII.
// Nothing that needs quoting, so that an address can never end a command or a header line.
#pragma once

#include <string_view>

namespace base {

inline constexpr std::size_t kMailAddressMax = 254;  // RFC 5321, 4.5.3.1.3 without the brackets

bool is_mail_address(std::string_view text);

}  // namespace base
