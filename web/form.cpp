#include "web/form.h"

#include <array>

namespace web {

namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '*' ||
         c == '-' || c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::string_view kHex = "0123456789ABCDEF";

// Decodes one name or value into `out`, which the caller clears.
base::Result<> decode_part(std::string_view part, ipc::Buffer& out) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (is_plain(c)) {
      out.push_back(static_cast<std::uint8_t>(c));
    } else if (c == '+') {
      out.push_back(' ');
    } else if (c == '%' && i + 2 < part.size()) {
      const int high = hex_value(part[i + 1]);
      const int low = hex_value(part[i + 2]);
      if (high < 0 || low < 0) return base::fail(base::Code::kInvalid, "escape");
      out.push_back(static_cast<std::uint8_t>(high * 16 + low));
      i += 2;
    } else {
      return base::fail(base::Code::kInvalid, "form");
    }
  }
  return {};
}

std::string encoded(std::string_view text, bool space_is_plus) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out.push_back(c);
    } else if (c == ' ' && space_is_plus) {
      out.push_back('+');
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace

bool is_form_text(std::string_view text) {
  // base::is_clean_utf8 judges the runs between the three control characters that forms may carry.
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t to = std::min(text.find_first_of("\t\r\n", from), text.size());
    if (!base::is_clean_utf8(text.substr(from, to - from))) return false;
    from = to + 1;
  }
  return true;
}

base::Result<> Form::add(std::string_view name, std::string_view value) {
  if (places_.size() >= kFormFieldsMax) return base::fail(base::Code::kTooMany, "fields");
  if (name.empty() || name.size() > kFieldNameMax) return base::fail(base::Code::kInvalid, "name");
  for (const char c : name) {
    if (!is_name_char(c)) return base::fail(base::Code::kInvalid, "name");
  }
  if (bytes_.size() + name.size() + value.size() > kFormBytesMax) {
    return base::fail(base::Code::kTooLong, "form");
  }
  if (!is_form_text(value)) return base::fail(base::Code::kInvalid, base::FieldName(name));
  Place place;
  place.name = static_cast<std::uint32_t>(bytes_.size());
  place.name_size = static_cast<std::uint32_t>(name.size());
  bytes_.insert(bytes_.end(), name.begin(), name.end());
  place.value = static_cast<std::uint32_t>(bytes_.size());
  place.value_size = static_cast<std::uint32_t>(value.size());
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  places_.push_back(place);
  return {};
}

std::string_view Form::slice(std::uint32_t at, std::uint32_t size) const {
  return base::as_text(base::ByteSpan(bytes_).subspan(at, size));
}

Form::Field Form::at(std::size_t index) const {
  ASSERT(index < places_.size());
  const Place& place = places_[index];
  return {slice(place.name, place.name_size), slice(place.value, place.value_size)};
}

std::size_t Form::count(std::string_view name) const {
  std::size_t found = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) found += at(i).name == name ? 1U : 0U;
  return found;
}

bool Form::has(std::string_view name) const { return count(name) > 0; }

std::vector<std::string_view> Form::all(std::string_view name) const {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (at(i).name == name) out.push_back(at(i).value);
  }
  return out;
}

base::Result<std::string_view> Form::one(std::string_view name) const {
  const auto values = all(name);
  if (values.empty()) return base::fail(base::Code::kMissing, base::FieldName(name));
  if (values.size() > 1) return base::fail(base::Code::kDuplicate, base::FieldName(name));
  return values.front();
}

std::string_view Form::get(std::string_view name) const {
  const auto value = one(name);
  return value ? *value : std::string_view{};
}

base::Result<std::uint64_t> Form::number(std::string_view name, std::uint64_t max,
                                         std::uint64_t otherwise) const {
  if (!has(name)) return otherwise;
  const std::string_view text = TRY(one(name));
  if (text.empty() || text.size() > 19)
    return base::fail(base::Code::kInvalid, base::FieldName(name));
  std::uint64_t out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return base::fail(base::Code::kInvalid, base::FieldName(name));
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (out > max) return base::fail(base::Code::kTooMany, base::FieldName(name));
  return out;
}

base::Result<Form> parse_urlencoded(std::string_view text) {
  Form form;
  if (text.empty()) return form;
  if (text.size() > kFormBytesMax) return base::fail(base::Code::kTooLong, "form");
  ipc::Buffer name;
  ipc::Buffer value;
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t to = std::min(text.find('&', from), text.size());
    const std::string_view pair = text.substr(from, to - from);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return base::fail(base::Code::kInvalid, "form");
    name.clear();
    value.clear();
    TRY(decode_part(pair.substr(0, equals), name));
    TRY(decode_part(pair.substr(equals + 1), value));
    TRY(form.add(base::as_text(name), base::as_text(value)));
    from = to + 1;
  }
  return form;
}

std::string encode_urlencoded(const Form& form) {
  std::string out;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const auto field = form.at(i);
    if (!out.empty()) out.push_back('&');
    out += encoded(field.name, /*space_is_plus=*/true);
    out.push_back('=');
    out += encoded(field.value, /*space_is_plus=*/true);
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  return encoded(text, /*space_is_plus=*/false);
}

}  // namespace web
