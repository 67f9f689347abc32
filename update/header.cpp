#include "update/header.h"

#include <charconv>

namespace update {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kMagic = "kagikura-update 1\n";
constexpr std::uint16_t kNumberMax = 9999;

// One number without sign, blanks or leading zeros.
template <class T>
Result<T> number(std::string_view text, T max) {
  T value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value > max) return fail(Code::kInvalid, "number");
  if (text.size() > 1 && text.front() == '0') return fail(Code::kInvalid, "number");
  return value;
}

// Cuts what stands before `end` off the front of `text`; kCorrupt without it.
Result<std::string_view> until(std::string_view& text, char end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return fail(Code::kCorrupt, "header");
  const auto found = text.substr(0, at);
  text.remove_prefix(at + 1);
  return found;
}

Result<std::string_view> value_of(std::string_view& text, std::string_view key) {
  const auto found = TRY(until(text, ' '));
  if (found != key) return fail(Code::kCorrupt, "header");
  return until(text, '\n');
}

Result<Part> part_of(std::string_view& text, PartName which) {
  auto line = TRY(value_of(text, name(which)));
  Part part;
  part.size = TRY(number(TRY(until(line, ' ')), kPartMax));
  const auto digest = base::from_hex(line);
  if (!digest || digest->size() != decltype(part.digest)::kSize)
    return fail(Code::kCorrupt, "digest");
  part.digest = TRY(base::FixedBytes<32>::from(*digest));
  if (part.size == 0) return fail(Code::kCorrupt, "size");
  return part;
}

bool is_product(std::string_view text) {
  if (text.empty() || text.size() > 32) return false;
  for (const char c : text) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

}  // namespace

std::string_view name(PartName part) {
  switch (part) {
    case PartName::kRoot: return "root";
    case PartName::kVerity: return "verity";
    case PartName::kKernelA: return "kernel-a";
    case PartName::kKernelB: return "kernel-b";
  }
  return "";
}

Result<Version> Version::from(std::string_view text) {
  Version out;
  for (std::size_t i = 0; i < out.numbers.size(); ++i) {
    const bool last = i + 1 == out.numbers.size();
    const auto dot = text.find('.');
    if (last != (dot == std::string_view::npos)) return fail(Code::kInvalid, "version");
    const auto digits = text.substr(0, dot);
    const auto value = number(digits, kNumberMax);
    if (!value) return fail(Code::kInvalid, "version");
    out.numbers[i] = *value;
    if (!last) text.remove_prefix(dot + 1);
  }
  return out;
}

std::string Version::text() const {
  return std::to_string(numbers[0]) + "." + std::to_string(numbers[1]) + "." +
         std::to_string(numbers[2]);
}

Result<Header> parse_header(base::ByteSpan block) {
  if (block.size() != kSigned) return fail(Code::kCorrupt, "header");
  std::string_view text = base::as_text(block);
  if (!text.starts_with(kMagic)) return fail(Code::kCorrupt, "header");
  text.remove_prefix(kMagic.size());
  Header header;
  header.product = TRY(value_of(text, "product"));
  if (!is_product(header.product)) return fail(Code::kCorrupt, "product");
  header.version = TRY(Version::from(TRY(value_of(text, "version"))));
  header.file_size = kBlock;
  for (std::size_t i = 0; i < kParts; ++i) {
    Part part = TRY(part_of(text, static_cast<PartName>(i)));
    part.offset = header.file_size;
    header.file_size += (part.size + kBlock - 1) / kBlock * kBlock;
    header.parts[i] = part;
  }
  if (TRY(until(text, '\n')) != "end") return fail(Code::kCorrupt, "header");
  if (text.find_first_not_of('\0') != std::string_view::npos) return fail(Code::kCorrupt, "header");
  return header;
}

std::string header_text(const Header& header) {
  std::string out(kMagic);
  out += "product " + header.product + "\nversion " + header.version.text() + "\n";
  for (std::size_t i = 0; i < kParts; ++i) {
    const Part& part = header.parts[i];
    out += std::string(name(static_cast<PartName>(i))) + " " + std::to_string(part.size) + " " +
           base::to_hex(part.digest.view()) + "\n";
  }
  return out + "end\n";
}

}  // namespace update
