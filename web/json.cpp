#include "web/json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace web {

using base::Code;
using base::fail;
using base::FieldName;
using base::Result;

// ---- writer

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

void JsonWriter::put_text(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out_ += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (byte < 0x20) {
      out_ += "\\u00";
      out_ += kHex[byte >> 4U];
      out_ += kHex[byte & 15U];
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

void JsonWriter::put_key(std::string_view key) {
  separate();
  put_text(key);
  out_ += ':';
}

void JsonWriter::begin(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
}

void JsonWriter::begin(std::string_view key, char bracket) {
  put_key(key);
  out_ += bracket;
  first_ = true;
}

void JsonWriter::end(char bracket) {
  out_ += bracket;
  first_ = false;
}

void JsonWriter::text(std::string_view key, std::string_view value) {
  put_key(key);
  put_text(value);
}

void JsonWriter::number(std::string_view key, std::uint64_t value) {
  put_key(key);
  out_ += std::to_string(value);
}

void JsonWriter::flag(std::string_view key, bool value) {
  put_key(key);
  out_ += value ? "true" : "false";
}

void JsonWriter::nothing(std::string_view key) {
  put_key(key);
  out_ += "null";
}

void JsonWriter::item(std::string_view text) {
  separate();
  put_text(text);
}

// ---- reader

// What the library calls (nlohmann::json_sax). False ends the parse; the first error stays.
class JsonReader {
 public:
  JsonReader(JsonBody& out, std::initializer_list<std::string_view> known)
      : out_(out), known_(known) {}
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

  bool null() { return wrong(); }
  bool boolean(bool /*value*/) { return wrong(); }
  bool number_integer(std::int64_t /*negative*/) { return wrong(); }
  bool number_float(double /*value*/, const std::string& /*text*/) { return wrong(); }
  bool binary(std::vector<std::uint8_t>& /*value*/) { return wrong(); }

  bool number_unsigned(std::uint64_t value) {
    if (in_list_ || key_.empty()) return wrong();
    out_.members_.emplace(key_, value);
    return true;
  }
  bool string(std::string& text) {
    if (key_.empty() || !base::is_clean_utf8(text)) return wrong();
    if (!in_list_) {
      out_.members_.emplace(key_, std::move(text));
      return true;
    }
    if (items_.size() >= JsonBody::kItemsMax) return stop(Code::kTooMany, key_);
    items_.push_back(std::move(text));
    return true;
  }
  bool start_object(std::size_t /*elements*/) {
    if (inside_) return wrong();
    inside_ = true;
    return true;
  }
  bool key(std::string& name) {
    if (name.size() > JsonBody::kNameMax) return stop(Code::kInvalid, "body");
    if (std::ranges::find(known_, name) == known_.end()) return stop(Code::kInvalid, "body");
    if (out_.members_.contains(name)) return stop(Code::kDuplicate, name);
    key_ = name;
    return true;
  }
  bool end_object() { return true; }
  bool start_array(std::size_t /*elements*/) {
    if (in_list_ || key_.empty()) return wrong();
    in_list_ = true;
    items_.clear();
    return true;
  }
  bool end_array() {
    in_list_ = false;
    out_.members_.emplace(key_, std::move(items_));
    items_.clear();
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*why*/) {
    return stop(Code::kInvalid, "body");
  }

 private:
  // A member's name is one of `known`: safe to say back.
  bool stop(Code code, std::string_view field) {
    if (!error_) error_ = base::Error{code, FieldName(field)};
    return false;
  }
  bool wrong() { return stop(Code::kInvalid, key_.empty() ? "body" : std::string_view(key_)); }

  JsonBody& out_;
  std::vector<std::string_view> known_;
  std::optional<base::Error> error_;
  std::string key_;
  std::vector<std::string> items_;
  bool inside_ = false;
  bool in_list_ = false;
};

Result<JsonBody> JsonBody::parse(std::string_view bytes,
                                 std::initializer_list<std::string_view> known) {
  JsonBody out;
  JsonReader reader(out, known);
  const bool whole = nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &reader,
                                               nlohmann::json::input_format_t::json,
                                               /*strict=*/true);
  if (reader.error()) return std::unexpected(*reader.error());
  if (!whole) return fail(Code::kInvalid, "body");
  return out;
}

namespace {

template <class T, class Members>
Result<const T*> member(const Members& members, std::string_view name) {
  const auto found = members.find(name);
  if (found == members.end()) return fail(Code::kMissing, FieldName(name));
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) return fail(Code::kInvalid, FieldName(name));
  return value;
}

}  // namespace

Result<std::string_view> JsonBody::text(std::string_view name) const {
  return std::string_view(*TRY(member<std::string>(members_, name)));
}

Result<std::uint64_t> JsonBody::number(std::string_view name) const {
  return *TRY(member<std::uint64_t>(members_, name));
}

Result<const std::vector<std::string>*> JsonBody::list(std::string_view name) const {
  return member<std::vector<std::string>>(members_, name);
}

}  // namespace web
