// JSON for other systems: a writer of what we say, and a strict reader of the few small bodies that
// we take. The reader takes one object whose members are texts, whole numbers, or lists of texts;
// nothing deeper, nothing twice, nothing unknown to the route. Only json.cpp knows the library.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/text.h"

namespace web {

// RFC 8259, without blanks. Names are words of ours; texts are clean UTF-8.
class JsonWriter {
 public:
  void open() { begin('{'); }  // of an object that stands alone or in a list
  void open(std::string_view key) { begin(key, '{'); }
  void close() { end('}'); }
  void open_list(std::string_view key) { begin(key, '['); }
  void close_list() { end(']'); }

  void text(std::string_view key, std::string_view value);
  void number(std::string_view key, std::uint64_t value);
  void flag(std::string_view key, bool value);
  void nothing(std::string_view key);
  void item(std::string_view text);  // of a list

  [[nodiscard]] std::string release() && { return std::move(out_); }

 private:
  void begin(char bracket);
  void begin(std::string_view key, char bracket);
  void end(char bracket);
  void put_key(std::string_view key);
  void put_text(std::string_view text);
  void separate();

  std::string out_;
  bool first_ = true;
};

class JsonBody {
 public:
  static constexpr std::size_t kMembersMax = 16;
  static constexpr std::size_t kItemsMax = 2000;
  static constexpr std::size_t kNameMax = 64;

  // kInvalid "body" for what is no such object; kDuplicate, kTooMany or kInvalid with the member's
  // name as field. `known` are the members that the route takes.
  static base::Result<JsonBody> parse(std::string_view bytes,
                                      std::initializer_list<std::string_view> known);

  [[nodiscard]] bool has(std::string_view name) const { return members_.contains(name); }
  // kMissing, or kInvalid for another type, with the name as field.
  [[nodiscard]] base::Result<std::string_view> text(std::string_view name) const;
  [[nodiscard]] base::Result<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] base::Result<const std::vector<std::string>*> list(std::string_view name) const;

 private:
  friend class JsonReader;
  using Value = std::variant<std::string, std::uint64_t, std::vector<std::string>>;
  std::map<std::string, Value, std::less<>> members_;
};

}  // namespace web
