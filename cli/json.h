// Just enough JSON for what the command line prints: one flat object, keys in the order they are
// added.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

class Json {
 public:
  Json& text(std::string_view key, std::string_view value) {
    member(key);
    quote(value);
    return *this;
  }
  Json& number(std::string_view key, std::uint64_t value) {
    member(key);
    out_ += std::to_string(value);
    return *this;
  }
  Json& flag(std::string_view key, bool value) {
    member(key);
    out_ += value ? "true" : "false";
    return *this;
  }
  [[nodiscard]] std::string str() const { return out_ + "}"; }

 private:
  void member(std::string_view key) {
    out_ += out_.size() > 1 ? "," : "";
    quote(key);
    out_ += ':';
  }
  // RFC 8259 section 7. What comes here has no control characters (base::Text).
  void quote(std::string_view value) {
    out_ += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
  }
  std::string out_ = "{";
};

}  // namespace cli
