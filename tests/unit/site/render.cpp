// Every file that a site may change, to the byte; and what must never reach one.
#include "site/render.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Code;

template <std::size_t N>
base::Text<N> text(std::string_view of) {
  return base::Text<N>::literal(of);
}

ipc::SetNetwork fixed() {
  ipc::SetNetwork out;
  out.host = text<64>("kagikura-1");
  out.dhcp = false;
  out.address = text<64>("192.0.2.10/24");
  out.gateway = text<45>("192.0.2.1");
  BOOST_REQUIRE(out.name_servers.push(text<45>("192.0.2.53")).has_value());
  return out;
}

bool refused(const base::Result<std::string>& made, Code code, std::string_view field) {
  return !made && made.error().code == code && made.error().field.view() == field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(render)

BOOST_AUTO_TEST_CASE(a_network_of_each_kind) {
  ipc::SetNetwork by_dhcp;
  BOOST_TEST(*site::network_file(by_dhcp) ==
             "[Match]\nType=ether\n\n[Network]\nDHCP=yes\nLLMNR=no\nMulticastDNS=no\n");
  BOOST_TEST(*site::network_file(fixed()) ==
             "[Match]\nType=ether\n\n[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nLLMNR=no\n"
             "MulticastDNS=no\nAddress=192.0.2.10/24\nGateway=192.0.2.1\nDNS=192.0.2.53\n");
  auto v6 = fixed();
  v6.address = text<64>("2001:db8::10/64");
  v6.gateway = {};
  BOOST_TEST(site::network_file(v6)->contains("Address=2001:db8::10/64\n"));
  BOOST_TEST(!site::network_file(v6)->contains("Gateway"));
}

BOOST_AUTO_TEST_CASE(nothing_but_addresses_reaches_the_network) {
  for (const char* wrong :
       {"192.0.2.10", "192.0.2.10/", "192.0.2.10/33", "192.0.2.10/0", "192.0.2.10/24 ",
        "192.0.2.10/+4", "eth0/24", "2001:db8::/129", "192.0.2.10/24[Service]"}) {
    auto request = fixed();
    request.address = text<64>(wrong);
    BOOST_TEST(refused(site::network_file(request), Code::kInvalid, "address"), wrong);
  }
  auto request = fixed();
  request.gateway = text<45>("router");
  BOOST_TEST(refused(site::network_file(request), Code::kInvalid, "gateway"));
  request = fixed();
  BOOST_REQUIRE(request.name_servers.push(text<45>("dns.example")).has_value());
  BOOST_TEST(refused(site::network_file(request), Code::kInvalid, "name_servers"));
}

BOOST_AUTO_TEST_CASE(a_host_name_is_one) {
  BOOST_TEST(*site::host_file(fixed()) == "kagikura-1\n");
  for (const char* wrong : {"", "-a", "a-", "a..b", "a_b", "a b", "a/b", "$(a)", "名前"}) {
    auto request = fixed();
    request.host = text<64>(wrong);
    BOOST_TEST(refused(site::host_file(request), Code::kInvalid, "host"), wrong);
  }
}

BOOST_AUTO_TEST_CASE(zones_reach_core_and_the_packet_filter_alike) {
  ipc::SetZones request;
  BOOST_TEST(refused(site::zones_file(request), Code::kMissing, "handling"));
  BOOST_REQUIRE(request.handling.push(text<50>("192.0.2.0/24")).has_value());
  BOOST_REQUIRE(request.handling.push(text<50>("2001:db8::/32")).has_value());
  BOOST_REQUIRE(request.collection.push(text<50>("198.51.100.0/24")).has_value());
  BOOST_TEST(*site::zones_file(request) ==
             "[[zone]]\nkind = \"handling\"\nblocks = [\"192.0.2.0/24\", \"2001:db8::/32\"]\n"
             "\n[[zone]]\nkind = \"collection\"\nblocks = [\"198.51.100.0/24\"]\n");
  BOOST_TEST(*site::filter_file(request) ==
             "add element inet kagikura zones4 { 192.0.2.0/24 }\n"
             "add element inet kagikura zones6 { 2001:db8::/32 }\n"
             "add element inet kagikura zones4 { 198.51.100.0/24 }\n");
  for (const char* wrong : {"192.0.2.1/24", "0.0.0.0/0 }; flush ruleset; {", "any", "\"", ""}) {
    ipc::SetZones bad;
    BOOST_REQUIRE(bad.handling.push(text<50>(wrong)).has_value());
    BOOST_TEST(refused(site::zones_file(bad), Code::kInvalid, "handling"), wrong);
    BOOST_TEST(refused(site::filter_file(bad), Code::kInvalid, "handling"), wrong);
  }
}

BOOST_AUTO_TEST_CASE(time_servers_and_the_clock) {
  ipc::SetTimeServers servers;
  BOOST_TEST(site::time_file(servers)->empty());
  BOOST_REQUIRE(servers.servers.push(text<253>("ntp.example")).has_value());
  BOOST_REQUIRE(servers.servers.push(text<253>("192.0.2.123")).has_value());
  BOOST_TEST(*site::time_file(servers) == "server ntp.example iburst\nserver 192.0.2.123 iburst\n");
  BOOST_REQUIRE(servers.servers.push(text<253>("ntp.example allow all")).has_value());
  BOOST_TEST(refused(site::time_file(servers), Code::kInvalid, "servers"));
  BOOST_TEST(*site::clock_file({base::WallTime{1'795'000'000'123}}) == "1795000000\n");
  BOOST_TEST(refused(site::clock_file({base::WallTime{0}}), Code::kInvalid, "now"));
  BOOST_TEST(refused(site::clock_file({base::WallTime{INT64_MAX}}), Code::kInvalid, "now"));
}

BOOST_AUTO_TEST_SUITE_END()
