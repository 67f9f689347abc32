#include "site/addresses.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/ip.h"

namespace site {

namespace {

std::string text_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &in.sin_addr, octets.size());
    return octets[0] == 127 ? "" : base::IpAddress::v4(octets).text();
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &in.sin6_addr, octets.size());
    const bool local = octets[0] == 0xFE || IN6_IS_ADDR_LOOPBACK(&in.sin6_addr);
    return local ? "" : base::IpAddress::v6(octets).text();
  }
  return {};
}

}  // namespace

std::vector<std::string> addresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> all(first, &::freeifaddrs);
  std::vector<std::string> out;
  for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    const std::string text = text_of(one->ifa_addr);
    if (!text.empty()) out.push_back(std::string(one->ifa_name) + " " + text);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace site
