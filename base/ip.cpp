#include "base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace base {

namespace {
constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
}  // namespace

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& octets) {
  IpAddress out;
  std::copy(kMapped.begin(), kMapped.end(), out.octets_.begin());
  std::copy(octets.begin(), octets.end(), out.octets_.begin() + 12);
  return out;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& octets) {
  IpAddress out;
  out.octets_ = octets;
  return out;
}

bool IpAddress::is_v4() const {
  return std::equal(kMapped.begin(), kMapped.end(), octets_.begin());
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text);
  std::array<std::uint8_t, 4> four{};
  if (::inet_pton(AF_INET, copy.c_str(), four.data()) == 1) return v4(four);
  std::array<std::uint8_t, 16> sixteen{};
  if (::inet_pton(AF_INET6, copy.c_str(), sixteen.data()) == 1) return v6(sixteen);
  return fail(Code::kInvalid, "address");
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (is_v4()) {
    ::inet_ntop(AF_INET, octets_.data() + 12, out.data(), out.size());
  } else {
    ::inet_ntop(AF_INET6, octets_.data(), out.data(), out.size());
  }
  return out.data();
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  Cidr out;
  out.base_ = TRY(IpAddress::parse(text.substr(0, slash)));
  const unsigned width = out.base_.is_v4() ? 32 : 128;
  unsigned bits = width;
  if (slash != std::string_view::npos) {
    const std::string_view tail = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), bits);
    if (error != std::errc{} || end != tail.data() + tail.size() || bits > width) {
      return fail(Code::kInvalid, "prefix");
    }
  }
  out.bits_ = static_cast<std::uint8_t>(128 - width + bits);
  for (unsigned bit = out.bits_; bit < 128; ++bit) {
    if ((out.base_.octets()[bit / 8] & (0x80U >> (bit % 8))) != 0) {
      return fail(Code::kInvalid, "prefix");
    }
  }
  return out;
}

bool Cidr::contains(const IpAddress& address) const {
  for (unsigned bit = 0; bit < bits_; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((base_.octets()[bit / 8] & mask) != (address.octets()[bit / 8] & mask)) return false;
  }
  // ::/0 covers IPv6 only: a block never spans both families.
  return base_.is_v4() == address.is_v4();
}

std::string Cidr::text() const {
  const unsigned shift = base_.is_v4() ? 96 : 0;
  return base_.text() + "/" + std::to_string(bits_ - shift);
}

}  // namespace base
