#include "audit/tar.h"

#include <algorithm>
#include <array>

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kBlock = 512;
constexpr std::size_t kNameMax = 100;
using Block = std::array<std::uint8_t, kBlock>;

void put(Block& block, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(at));
}

std::string octal(std::uint64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t i = digits; i > 0; --i, value >>= 3U) {
    out[i - 1] = static_cast<char>('0' + (value & 7U));
  }
  return out;
}

// Digits that fill the field but for its last byte.
Result<std::uint64_t> from_octal(const Block& block, std::size_t at, std::size_t digits) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (block[i] < '0' || block[i] > '7') return fail(Code::kCorrupt, "tar");
    value = (value << 3U) | static_cast<std::uint64_t>(block[i] - '0');
  }
  return value;
}

Block header(std::string_view name, std::uint64_t size, std::uint64_t seconds) {
  Block block{};
  put(block, 0, name);
  put(block, 100, "0000644");
  put(block, 108, "0000000");
  put(block, 116, "0000000");
  put(block, 124, octal(size, 11));
  put(block, 136, octal(seconds, 11));
  put(block, 148, "        ");
  put(block, 156, "0");
  put(block, 257,
      std::string_view("ustar\0"
                       "00",
                       8));
  put(block, 265, "root");
  put(block, 297, "root");
  put(block, 329, "0000000");
  put(block, 337, "0000000");
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : block) sum += byte;
  put(block, 148, octal(sum, 6) + std::string("\0 ", 2));
  return block;
}

std::uint64_t padding(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

bool all_zero(base::ByteSpan bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

bool is_plain_path(std::string_view name) {
  if (name.empty() || name.size() > kNameMax) return false;
  while (true) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    for (const char c : part) {
      const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      if (!good) return false;
    }
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

Result<> TarWriter::add(std::string_view name, base::ByteSpan content) {
  ASSERT(is_plain_path(name));
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(made_.ms / 1000, 0));
  TRY(base::write_all(out_, header(name, content.size(), seconds)));
  TRY(base::write_all(out_, content));
  const Block zeros{};
  return base::write_all(out_, base::ByteSpan(zeros).first(padding(content.size())));
}

Result<> TarWriter::finish() {
  const Block zeros{};
  TRY(base::write_all(out_, zeros));
  return base::write_all(out_, zeros);
}

Result<TarIndex> read_tar(const TarSource& source, std::uint64_t size) {
  TarIndex index;
  const auto bad = [] { return fail(Code::kCorrupt, "tar"); };
  if (size < 2 * kBlock || size % kBlock != 0) return bad();
  std::uint64_t at = 0;
  while (true) {
    Block block{};
    if (at + 2 * kBlock > size) return bad();
    TRY(source(at, block));
    if (all_zero(block)) break;
    const auto zero = std::find(block.begin(), block.begin() + kNameMax, 0);
    const std::string name(block.begin(), zero);
    const std::uint64_t length = TRY(from_octal(block, 124, 11));
    const std::uint64_t seconds = TRY(from_octal(block, 136, 11));
    if (!is_plain_path(name) || block != header(name, length, seconds)) return bad();
    const std::uint64_t whole = length + padding(length);
    at += kBlock;
    if (whole > size - at) return bad();
    Block rest{};
    const auto gap = std::span(rest).first(padding(length));
    TRY(source(at + length, gap));
    if (!all_zero(rest)) return bad();
    if (!index.emplace(name, TarFile{at, length}).second || index.size() > kTarFilesMax)
      return bad();
    at += whole;
  }
  Block last{};
  TRY(source(at + kBlock, last));
  if (!all_zero(last) || at + 2 * kBlock != size) return bad();
  return index;
}

}  // namespace audit
