#include "site/render.h"

#include <algorithm>

#include "base/ip.h"

namespace site {

using base::Code;
using base::fail;
using base::Result;

namespace {

// RFC 1123 2.1: labels of letters, digits and hyphens.
bool is_host(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const std::string_view label = text.substr(0, text.find('.'));
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::ranges::all_of(label, fits)) {
      return false;
    }
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

// As base/ip.h writes it, not as it was typed.
Result<std::string> address_of(std::string_view text, base::FieldName field) {
  const auto parsed = base::IpAddress::parse(text);
  if (!parsed) return fail(Code::kInvalid, field);
  return parsed->text();
}

Result<std::string> block_of(std::string_view text, base::FieldName field) {
  const auto parsed = base::Cidr::parse(text);
  if (!parsed) return fail(Code::kInvalid, field);
  return parsed->text();
}

// An address of a machine with the length of its prefix: bits after the prefix are wanted here.
Result<std::string> interface_address(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return fail(Code::kInvalid, "address");
  const auto address = base::IpAddress::parse(text.substr(0, slash));
  if (!address) return fail(Code::kInvalid, "address");
  unsigned bits = 0;
  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3) return fail(Code::kInvalid, "address");
  for (const char c : digits) {
    if (c < '0' || c > '9') return fail(Code::kInvalid, "address");
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  }
  if (bits == 0 || bits > (address->is_v4() ? 32U : 128U)) return fail(Code::kInvalid, "address");
  return address->text() + "/" + std::to_string(bits);
}

template <class Blocks>
Result<std::string> quoted_blocks(const Blocks& blocks, base::FieldName field) {
  std::string out;
  for (const auto& block : blocks) {
    if (!out.empty()) out += ", ";
    out += "\"" + TRY(block_of(block.view(), field)) + "\"";
  }
  return out;
}

bool is_v6(const std::string& block) { return block.contains(':'); }

}  // namespace

Result<std::string> network_file(const ipc::SetNetwork& wanted) {
  std::string out = "[Match]\nType=ether\n\n[Network]\n";
  if (wanted.dhcp) return out + "DHCP=yes\nLLMNR=no\nMulticastDNS=no\n";
  out += "LinkLocalAddressing=no\nIPv6AcceptRA=no\nLLMNR=no\nMulticastDNS=no\n";
  out += "Address=" + TRY(interface_address(wanted.address.view())) + "\n";
  if (!wanted.gateway.empty()) {
    out += "Gateway=" + TRY(address_of(wanted.gateway.view(), "gateway")) + "\n";
  }
  for (const auto& server : wanted.name_servers) {
    out += "DNS=" + TRY(address_of(server.view(), "name_servers")) + "\n";
  }
  return out;
}

Result<std::string> host_file(const ipc::SetNetwork& wanted) {
  if (!is_host(wanted.host.view())) return fail(Code::kInvalid, "host");
  return wanted.host.str() + "\n";
}

Result<std::string> zones_file(const ipc::SetZones& wanted) {
  if (wanted.handling.empty()) return fail(Code::kMissing, "handling");
  std::string out = "[[zone]]\nkind = \"handling\"\nblocks = [" +
                    TRY(quoted_blocks(wanted.handling, "handling")) + "]\n";
  if (wanted.collection.empty()) return out;
  return out + "\n[[zone]]\nkind = \"collection\"\nblocks = [" +
         TRY(quoted_blocks(wanted.collection, "collection")) + "]\n";
}

Result<std::string> filter_file(const ipc::SetZones& wanted) {
  std::string out;
  const auto add = [&out](const auto& blocks, base::FieldName field) -> Result<> {
    for (const auto& block : blocks) {
      const std::string text = TRY(block_of(block.view(), field));
      out += std::string("add element inet kagikura ") + (is_v6(text) ? "zones6" : "zones4") +
             " { " + text + " }\n";
    }
    return {};
  };
  TRY(add(wanted.handling, "handling"));
  TRY(add(wanted.collection, "collection"));
  return out;
}

Result<std::string> time_file(const ipc::SetTimeServers& wanted) {
  std::string out;
  for (const auto& server : wanted.servers) {
    const auto address = base::IpAddress::parse(server.view());
    if (!address && !is_host(server.view())) return fail(Code::kInvalid, "servers");
    out += "server " + (address ? address->text() : server.str()) + " iburst\n";
  }
  return out;
}

Result<std::string> clock_file(const ipc::SetClock& wanted) {
  constexpr std::int64_t kEarliest = 1'735'689'600;  // 2025-01-01
  constexpr std::int64_t kLatest = 4'102'444'800;    // 2100-01-01
  const std::int64_t seconds = wanted.now.ms / 1000;
  if (seconds < kEarliest || seconds >= kLatest) return fail(Code::kInvalid, "now");
  return std::to_string(seconds) + "\n";
}

}  // namespace site
