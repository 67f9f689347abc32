#include "daemon/webauthn/verify.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon_webauthn/authenticator.h"

namespace {

using base::Code;
using webauthn::Algorithm;
using webauthn::Ceremony;
using webauthn::testing::Authenticator;
using webauthn::testing::client_data;
using webauthn::testing::Octets;

const webauthn::Site kSite{"box.example", {"https://box.example", "https://box.example:8443"}};
constexpr std::string_view kOrigin = "https://box.example";

webauthn::Challenge challenge() {
  webauthn::Challenge out;
  std::uint8_t next = 0xF8;  // so that '-' and '_' come about
  for (auto& byte : out.mutable_view()) byte = next += 3;
  return out;
}

struct Used {
  Octets client = client_data("webauthn.get", challenge().view(), kOrigin);
  Octets data;
  Octets signature;
};
Used use(const Authenticator& device) {
  Used out;
  out.data = device.data(false);
  out.signature = device.sign(out.data, out.client);
  return out;
}
base::Result<std::uint32_t> check(const Used& used, const Octets& key, std::uint32_t counter = 0) {
  return webauthn::check_assertion(kSite, {used.client, used.data, used.signature}, key, counter);
}
template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error() == base::Error{code, field};
}

BOOST_AUTO_TEST_SUITE(verify)

BOOST_AUTO_TEST_CASE(each_kind_of_key_registers_and_signs) {
  for (const auto kind : {Algorithm::kEs256, Algorithm::kEd25519, Algorithm::kRs256}) {
    Authenticator device(kind);
    const auto made = webauthn::check_registration(kSite, device.attestation());
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST((made->public_key == device.info()));
    BOOST_TEST((made->id == device.credential));
    device.counter = 2;
    const auto counter = check(use(device), made->public_key, made->counter);
    BOOST_REQUIRE(counter.has_value());
    BOOST_TEST(*counter == 2U);
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_is_noticed) {
  const Authenticator device;
  const Used good = use(device);
  const Octets key = device.info();
  BOOST_REQUIRE(check(good, key).has_value());
  const auto flip = [&](Octets Used::* part) {
    for (std::size_t i = 0; i < (good.*part).size(); ++i) {
      Used bent = good;
      (bent.*part)[i] ^= 1;
      BOOST_REQUIRE(!check(bent, key).has_value());
    }
  };
  flip(&Used::client);
  flip(&Used::data);
  flip(&Used::signature);
  BOOST_TEST(failed(check(good, Authenticator().info()), Code::kDenied, "signature"));
}

BOOST_AUTO_TEST_CASE(the_user_must_have_been_verified_here) {
  Authenticator device;
  const Octets key = device.info();
  for (const int flags : {0, 1, 4}) {
    device.flags = static_cast<std::uint8_t>(flags);
    BOOST_TEST(failed(check(use(device), key), Code::kDenied, "verification"));
    BOOST_TEST(failed(webauthn::check_registration(kSite, device.attestation()), Code::kDenied,
                      "verification"));
  }
  device.flags = 5;
  device.rp_id = "other.example";
  BOOST_TEST(failed(check(use(device), key), Code::kDenied, "rp_id"));
  BOOST_TEST(
      failed(webauthn::check_registration(kSite, device.attestation()), Code::kDenied, "rp_id"));
}

BOOST_AUTO_TEST_CASE(a_counter_that_does_not_rise_has_a_twin) {
  Authenticator device;
  const Octets key = device.info();
  device.counter = 7;
  BOOST_TEST(check(use(device), key, 6).has_value());
  BOOST_TEST(failed(check(use(device), key, 7), Code::kDenied, "counter"));
  BOOST_TEST(failed(check(use(device), key, 8), Code::kDenied, "counter"));
  device.counter = 0;  // does not count any more
  BOOST_TEST(failed(check(use(device), key, 7), Code::kDenied, "counter"));
  BOOST_TEST(check(use(device), key, 0).has_value());
}

BOOST_AUTO_TEST_CASE(no_attestation_is_taken_but_none) {
  Authenticator device;
  for (const auto* format : {"packed", "fido-u2f", "tpm", "", "None"}) {
    BOOST_TEST(failed(webauthn::check_registration(kSite, device.attestation(format)),
                      Code::kDenied, "attestation"));
  }
}

BOOST_AUTO_TEST_CASE(client_data_of_another_ceremony_site_or_frame_is_refused) {
  const auto of = [](std::string_view type, std::string_view origin, std::string_view end = "}") {
    return webauthn::challenge_of(kSite, Ceremony::kGet,
                                  client_data(type, challenge().view(), origin, end));
  };
  BOOST_REQUIRE(of("webauthn.get", kOrigin).has_value());
  BOOST_TEST((*of("webauthn.get", kOrigin) == challenge()));
  BOOST_TEST(of("webauthn.get", "https://box.example:8443").has_value());
  BOOST_TEST(of("webauthn.get", kOrigin, R"(,"other_keys_can_be_added_here":"x"})").has_value());
  BOOST_TEST(failed(of("webauthn.create", kOrigin), Code::kDenied, "ceremony"));
  BOOST_TEST(failed(of("payment.get", kOrigin), Code::kDenied, "ceremony"));
  for (const auto* origin :
       {"http://box.example", "https://box.example:443", "https://box.example.evil.example",
        "https://evil.example", "https://BOX.example", "https://box.example/", ""}) {
    BOOST_TEST(failed(of("webauthn.get", origin), Code::kDenied, "origin"), origin);
  }
  const std::string text = R"({"type":"webauthn.get","challenge":")" +
                           webauthn::testing::base64url(challenge().view()) +
                           R"(","origin":"https://box.example")";
  const auto with = [&](const std::string& end) {
    return webauthn::challenge_of(kSite, Ceremony::kGet, base::as_bytes(text + end));
  };
  BOOST_TEST(with("}").has_value());
  BOOST_TEST(with(R"(,"crossOrigin":false})").has_value());
  for (const auto* end : {"", ",}", R"(,"crossOrigin":true})", R"(,"crossOrigin":false)",
                          R"(,"crossOrigin":falsetto})", R"(,"x":1,"crossOrigin":true})"}) {
    BOOST_TEST(!with(end).has_value(), end);
  }
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_is_never_taken) {
  const Octets client = client_data("webauthn.get", challenge().view(), kOrigin);
  for (std::size_t size = 0; size < client.size(); ++size) {
    BOOST_REQUIRE(!webauthn::challenge_of(kSite, Ceremony::kGet, base::ByteSpan(client).first(size))
                       .has_value());
  }
  const Octets whole = Authenticator().attestation();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_REQUIRE(
        !webauthn::check_registration(kSite, base::ByteSpan(whole).first(size)).has_value());
  }
  Octets longer = whole;
  longer.push_back(0);
  BOOST_TEST(!webauthn::check_registration(kSite, longer).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
