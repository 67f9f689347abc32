#include "daemon/webauthn/cbor.h"

#include "base/text.h"

namespace webauthn {

using base::ByteSpan;
using base::Result;

namespace {
std::unexpected<base::Error> bad() { return base::fail(base::Code::kInvalid, "cbor"); }
}  // namespace

Result<ByteSpan> CborReader::take(std::uint64_t size) {
  if (size > rest_.size()) return bad();
  const auto out = rest_.first(static_cast<std::size_t>(size));
  rest_ = rest_.subspan(static_cast<std::size_t>(size));
  return out;
}

Result<CborReader::Head> CborReader::head() {
  const std::uint8_t first = TRY(take(1))[0];
  Head out;
  out.major = static_cast<Major>(first >> 5U);
  const unsigned info = first & 31U;
  if (info < 24) {
    out.argument = info;
    return out;
  }
  if (info > 27) return bad();  // reserved, or an indefinite length
  const std::size_t size = std::size_t{1} << (info - 24);
  for (const std::uint8_t byte : TRY(take(size))) out.argument = (out.argument << 8U) | byte;
  // The shortest head that holds it (RFC 8949, 4.2.1).
  const std::uint64_t least = size == 1 ? 24 : std::uint64_t{1} << (4 * size);
  if (out.argument < least) return bad();
  return out;
}

Result<std::int64_t> CborReader::integer() {
  const Head next = TRY(head());
  if (next.argument > INT64_MAX) return bad();
  const auto value = static_cast<std::int64_t>(next.argument);
  if (next.major == Major::kUnsigned) return value;
  if (next.major == Major::kNegative) return -1 - value;
  return bad();
}

Result<ByteSpan> CborReader::string_of(Major major) {
  const Head next = TRY(head());
  if (next.major != major) return bad();
  return take(next.argument);
}

Result<ByteSpan> CborReader::bytes() { return string_of(Major::kBytes); }

Result<std::string_view> CborReader::text() {
  const auto text = base::as_text(TRY(string_of(Major::kText)));
  if (!base::is_clean_utf8(text)) return bad();
  return text;
}

Result<std::size_t> CborReader::map() {
  const Head next = TRY(head());
  // Two items of at least one byte each follow for every pair.
  if (next.major != Major::kMap || next.argument > rest_.size() / 2) return bad();
  return static_cast<std::size_t>(next.argument);
}

Result<> CborReader::skip_item(std::size_t depth) {
  if (depth > kDepthMax) return bad();
  const Head next = TRY(head());
  std::uint64_t items = 0;
  switch (next.major) {
    case Major::kUnsigned:
    case Major::kNegative: return {};
    case Major::kBytes:
    case Major::kText: TRY(take(next.argument)); return {};
    case Major::kArray: items = next.argument; break;
    case Major::kMap:
      if (next.argument > rest_.size()) return bad();
      items = 2 * next.argument;
      break;
    case Major::kTag: return bad();
    case Major::kSimple:
      // false, true and null; nothing else.
      if (next.argument < 20 || next.argument > 22) return bad();
      return {};
  }
  if (items > rest_.size()) return bad();
  for (std::uint64_t i = 0; i < items; ++i) TRY(skip_item(depth + 1));
  return {};
}

}  // namespace webauthn
