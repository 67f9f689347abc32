// The token that the configuration names, as an RFC 7512 URI. Of its attributes only those that say
// which token are taken: token, serial, manufacturer, model. Slot numbers change with every plug
// and restart and are refused, as is everything that could carry a PIN.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hsm {

struct TokenUri {
  // An empty value matches every token.
  std::string token;
  std::string serial;
  std::string manufacturer;
  std::string model;

  // kInvalid "token" for what is no such URI, names another attribute, or names no token at all.
  static base::Result<TokenUri> parse(std::string_view text);
};

// The text of a PKCS#11 field of fixed length, which is padded with blanks (v2.40, section 3.2).
std::string_view unpadded(std::string_view field);

}  // namespace hsm
