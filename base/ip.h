// Peer addresses and address blocks. IPv4 is kept as itself even when it arrives IPv4-mapped in
// IPv6 (RFC 4291 2.5.5.2), so that a block means the same on either kind of socket.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/terms.h"

namespace base {

class IpAddress {
 public:
  IpAddress() = default;
  // Dotted quad or RFC 4291 text, without zone index. kInvalid otherwise.
  static Result<IpAddress> parse(std::string_view text);
  static IpAddress v4(const std::array<std::uint8_t, 4>& octets);
  static IpAddress v6(const std::array<std::uint8_t, 16>& octets);

  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] std::string text() const;
  // Always 16 octets; IPv4 as ::ffff:a.b.c.d.
  [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const { return octets_; }
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> octets_{};
};

class Cidr {
 public:
  Cidr() = default;
  // 192.0.2.0/24, 2001:db8::/32, or a bare address (a block of one). kInvalid when bits are set
  // outside the prefix: that is a typing error more often than an intention.
  static Result<Cidr> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;
  // Length of the prefix, counted in the 128 bits of octets(): longer is more specific.
  [[nodiscard]] unsigned specificity() const { return bits_; }
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Cidr&, const Cidr&) = default;

 private:
  IpAddress base_;
  std::uint8_t bits_ = 0;  // of the 128 of octets()
};

// A block of addresses and the zone that a site makes of it.
struct ZoneBlock {
  Cidr block;
  Zone zone = Zone::kNone;
  std::uint32_t roles = 0;   // bit i: Role i works from there; 0: every role that the zone has
  bool certificate = false;  // whoever connects from there has to show one of the firm's authority
};

}  // namespace base
