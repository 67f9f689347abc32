#include "audit/der.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace audit::der {

namespace {

void append(Der& out, base::ByteSpan bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

std::uint8_t low(std::uint64_t value) { return static_cast<std::uint8_t>(value & 0xFFU); }

// Big-endian without leading zero bytes; one byte for 0.
Der big_endian(std::uint64_t value) {
  Der out;
  for (int shift = 56; shift >= 0; shift -= 8) {
    const std::uint8_t byte = low(value >> static_cast<unsigned>(shift));
    if (byte != 0 || !out.empty() || shift == 0) out.push_back(byte);
  }
  return out;
}

void append_base128(Der& out, std::uint64_t value) {
  Der digits{low(value & 0x7FU)};
  while ((value >>= 7U) != 0) digits.push_back(low(0x80U | (value & 0x7FU)));
  std::reverse(digits.begin(), digits.end());
  append(out, digits);
}

}  // namespace

Der element(std::uint8_t tag, base::ByteSpan content) {
  Der out{tag};
  if (content.size() < 0x80) {
    out.push_back(low(content.size()));
  } else {
    const Der length = big_endian(content.size());
    out.push_back(low(0x80U | length.size()));
    append(out, length);
  }
  append(out, content);
  return out;
}

Der join(std::initializer_list<Der> items) {
  Der out;
  for (const Der& item : items) append(out, item);
  return out;
}

Der sequence(std::initializer_list<Der> items) { return element(0x30, join(items)); }

Der set_of(std::vector<Der> items) {
  std::sort(items.begin(), items.end());
  Der content;
  for (const Der& item : items) append(content, item);
  return element(0x31, content);
}

Der integer(std::uint64_t value) {
  Der bytes = big_endian(value);
  if ((bytes.front() & 0x80U) != 0) bytes.insert(bytes.begin(), 0);
  return element(0x02, bytes);
}

Der boolean_true() { return {0x01, 0x01, 0xFF}; }

Der octet_string(base::ByteSpan bytes) { return element(0x04, bytes); }

Der bit_string(base::ByteSpan bytes) {
  Der content{0};  // unused bits
  append(content, bytes);
  return element(0x03, content);
}

Der named_bits(std::uint8_t bits) {
  std::uint8_t unused = 0;
  while (unused < 7 && ((bits >> unused) & 1U) == 0) ++unused;
  return {0x03, 0x02, unused, bits};
}

Der object_id(std::string_view dotted) {
  std::vector<std::uint64_t> arcs;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  while (at < end) {
    std::uint64_t arc = 0;
    const auto parsed = std::from_chars(at, end, arc);
    ASSERT(parsed.ec == std::errc{});
    arcs.push_back(arc);
    at = parsed.ptr == end ? end : parsed.ptr + 1;
  }
  ASSERT(arcs.size() >= 2);
  Der content;
  append_base128(content, arcs[0] * 40 + arcs[1]);
  for (std::size_t i = 2; i < arcs.size(); ++i) append_base128(content, arcs[i]);
  return element(0x06, content);
}

Der utf8_string(std::string_view text) { return element(0x0C, base::as_bytes(text)); }

Der time(base::WallTime time) {
  std::string digits;
  for (const char c : base::to_rfc3339(time).substr(0, 19)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  digits += 'Z';
  const bool generalized = digits.substr(0, 4) >= "2050";
  if (generalized) return element(0x18, base::as_bytes(digits));
  return element(0x17, base::as_bytes(std::string_view(digits).substr(2)));
}

Der context(std::uint8_t number, base::ByteSpan content) {
  return element(low(0xA0U | number), content);
}

Der context_primitive(std::uint8_t number, base::ByteSpan content) {
  return element(low(0x80U | number), content);
}

base::Result<Element> take(base::ByteSpan& rest) {
  const auto bad = [] { return base::fail(base::Code::kInvalid, "der"); };
  if (rest.size() < 2) return bad();
  std::size_t length = rest[1];
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t count = length & 0x7FU;
    if (count == 0 || count > 4 || rest.size() < 2 + count || rest[2] == 0) return bad();
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = (length << 8U) | rest[header++];
    if (length < 0x80) return bad();
  }
  if (rest.size() - header < length) return bad();
  const Element out{rest[0], rest.subspan(header, length), rest.first(header + length)};
  rest = rest.subspan(header + length);
  return out;
}

}  // namespace audit::der
