// The header of an update file (docs/design/0041-updates.md): which product and version it is, and
// the size and SHA-256 of each part behind it.
//
// Used by kagikura-update alone, and only on bytes whose signature was right (signature.h): what is
// parsed here was written by us, and is still taken strictly. Never reads a part.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace update {

inline constexpr std::size_t kBlock = 4096;   // header and parts begin on such a border
inline constexpr std::size_t kSigned = 4032;  // of the first block; the signature is the rest
inline constexpr std::uint64_t kPartMax = 1U << 30;  // bytes; no slot is larger
inline constexpr std::string_view kProduct = "kagikura";

// Three numbers, each below 10000.
struct Version {
  std::array<std::uint16_t, 3> numbers{};

  // kInvalid for anything but "0.12.3" without leading zeros.
  static base::Result<Version> from(std::string_view text);
  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const Version&, const Version&) = default;
};

// In the order of the file. The kernel of a slot is signed with the slot's name in it.
enum class PartName : std::uint8_t { kRoot, kVerity, kKernelA, kKernelB, kLast = kKernelB };
inline constexpr std::size_t kParts = static_cast<std::size_t>(PartName::kLast) + 1;
std::string_view name(PartName part);

struct Part {
  std::uint64_t size = 0;
  base::FixedBytes<32> digest;
  std::uint64_t offset = 0;  // of its first byte in the file
};

struct Header {
  std::string product;  // lower-case letters and digits, at most 32
  Version version;
  std::array<Part, kParts> parts;
  std::uint64_t file_size = 0;

  [[nodiscard]] const Part& part(PartName name) const {
    return parts[static_cast<std::size_t>(name)];
  }
};

// The signed bytes of the first block, exactly kSigned of them. kCorrupt unless they are what
// header_text() writes, zeros behind.
base::Result<Header> parse_header(base::ByteSpan block);
std::string header_text(const Header& header);

}  // namespace update
