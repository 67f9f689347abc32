#include "hsm/uri.h"

#include <cstdint>
#include <optional>

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kValueMax = 32;  // the longest of the fields of CK_TOKEN_INFO

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

// pk11-pchar of RFC 7512, section 2.3.
bool is_plain(char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || std::string_view("-._~:[]@!$'()*+,=&").contains(c);
}

Result<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_plain(text[i])) {
      out += text[i];
      continue;
    }
    if (text[i] != '%' || i + 2 >= text.size()) return fail(Code::kInvalid, "token");
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low || (*high == 0 && *low == 0)) return fail(Code::kInvalid, "token");
    out += static_cast<char>(static_cast<std::uint8_t>(*high * 16 + *low));
    i += 2;
  }
  if (out.empty() || out.size() > kValueMax) return fail(Code::kInvalid, "token");
  return out;
}

std::string* field_of(TokenUri& uri, std::string_view name) {
  if (name == "token") return &uri.token;
  if (name == "serial") return &uri.serial;
  if (name == "manufacturer") return &uri.manufacturer;
  if (name == "model") return &uri.model;
  return nullptr;
}

}  // namespace

Result<TokenUri> TokenUri::parse(std::string_view text) {
  constexpr std::string_view kScheme = "pkcs11:";
  if (!text.starts_with(kScheme)) return fail(Code::kInvalid, "token");
  text.remove_prefix(kScheme.size());
  TokenUri uri;
  while (true) {
    const std::size_t end = text.find(';');
    const std::string_view part = text.substr(0, end);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return fail(Code::kInvalid, "token");
    std::string* field = field_of(uri, part.substr(0, equals));
    if (field == nullptr || !field->empty()) return fail(Code::kInvalid, "token");
    *field = TRY(decoded(part.substr(equals + 1)));
    if (end == std::string_view::npos) return uri;
    text.remove_prefix(end + 1);
  }
}

std::string_view unpadded(std::string_view field) {
  const std::size_t last = field.find_last_not_of(std::string_view(" \0", 2));
  return last == std::string_view::npos ? std::string_view() : field.substr(0, last + 1);
}

}  // namespace hsm
