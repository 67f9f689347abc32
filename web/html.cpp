#include "web/html.h"

#include <array>

namespace web {

namespace {

// RFC 3986 section 2.3.
bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void put_percent_encoded(Markup& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
}

// Empty for what stands for itself.
std::string_view entity_of(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

}  // namespace

Url::Url(Literal path) : text_(path.view()) {
  ASSERT(!text_.empty() && text_.front() == '/' && !text_.starts_with("//"));
}

Url Url::here(std::string_view id) {
  Url out;
  out.text_ = '#';
  put_percent_encoded(out.text_, id);
  return out;
}

Url&& Url::segment(std::string_view text) && {
  ASSERT(!has_query_);
  text_ += '/';
  put_percent_encoded(text_, text);
  return std::move(*this);
}

Url&& Url::with(Literal key, std::string_view value) && {
  text_ += has_query_ ? '&' : '?';
  has_query_ = true;
  text_ += key.view();
  text_ += '=';
  put_percent_encoded(text_, value);
  return std::move(*this);
}

Url&& Url::with(Literal key, std::uint64_t value) && {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return std::move(*this).with(key, std::string_view(digits.data(), end));
}

Url&& Url::with_some(Literal key, std::string_view value) && {
  if (!value.empty()) return std::move(*this).with(key, value);
  return std::move(*this);
}

Url&& Url::fragment(Literal id) && {
  text_ += '#';
  text_ += id.view();
  return std::move(*this);
}

void Html::put_escaped(std::string_view text) {
  std::size_t plain = 0;  // where what is not yet copied begins
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view entity = entity_of(text[i]);
    if (entity.empty()) continue;
    out_ += text.substr(plain, i - plain);
    out_ += entity;
    plain = i + 1;
  }
  out_ += text.substr(plain);
}

void Html::put_number(std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out_.append(digits.data(), end);
}

void Html::open(Tag tag, Attributes attributes, std::size_t content) {
  std::size_t size = content + 2 * tag.view().size() + 5;  // <tag></tag>
  for (const Attribute& attribute : attributes) {
    size += attribute.name().size() + attribute.value().size() + 4;
  }
  out_.reserve(size);
  out_ += '<';
  out_ += tag.view();
  for (const Attribute& attribute : attributes) {
    if (!attribute.present()) continue;
    out_ += ' ';
    out_ += attribute.name();
    out_ += "=\"";
    put_escaped(attribute.value());
    out_ += '"';
  }
  out_ += '>';
}

void Html::close(Tag tag) {
  out_ += "</";
  out_ += tag.view();
  out_ += '>';
}

Html leaf(Tag tag, Attributes attributes) {
  Html out;
  out.open(tag, attributes, 0);
  return out;
}

Html document(std::string_view language, const Html& head, const Html& body) {
  Html out;
  out.make_room(std::string_view("<!DOCTYPE html>\n<html lang=\"\"><head></head>\n</html>\n"),
                language, head, body);
  out.put_raw("<!DOCTYPE html>\n<html lang=\"");
  out.put_escaped(language);
  out.put_raw("\"><head>");
  out.add(head);
  out.put_raw("</head>\n");
  out.add(body);
  out.put_raw("</html>\n");
  return out;
}

Html stylesheet(std::string_view path) {
  Html out;
  out.put_raw("<link rel=\"stylesheet\" href=\"");
  out.put_escaped(path);
  out.put_raw("\">");
  return out;
}

Html icon(std::string_view path) {
  Html out;
  out.put_raw("<link rel=\"icon\" type=\"image/svg+xml\" href=\"");
  out.put_escaped(path);
  out.put_raw("\">");
  return out;
}

Html script(std::string_view path) {
  Html out;
  out.put_raw("<script defer=\"\" src=\"");
  out.put_escaped(path);
  out.put_raw("\"></script>");
  return out;
}

Html meta(Literal name, Literal content) {
  Html out;
  out.put_raw("<meta name=\"");
  out.put_escaped(name.view());
  out.put_raw("\" content=\"");
  out.put_escaped(content.view());
  out.put_raw("\">");
  return out;
}

Html charset() {
  Html out;
  out.put_raw("<meta charset=\"utf-8\">");
  return out;
}

}  // namespace web
