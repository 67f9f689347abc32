#include "daemon/store/crypto.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "base/secret_access.h"

namespace {

using base::Code;
using base::Digest;
using store::SetDigest;

base::Secret<32> key(std::size_t size = 32) {
  base::Secret<32> out;
  std::ranges::fill(out.fill(base::secret_access(), size), std::uint8_t{0x0b});
  return out;
}

Digest digest(std::uint8_t lowest, std::uint8_t others) {
  Digest out;
  std::ranges::fill(out.mutable_view(), others);
  out.mutable_view()[0] = lowest;
  return out;
}

BOOST_AUTO_TEST_SUITE(crypto)

BOOST_AUTO_TEST_CASE(the_digest_does_not_depend_on_order_and_undoes_what_leaves) {
  const Digest a = digest(0xff, 0xff);
  const Digest b = digest(0x02, 0x80);
  SetDigest ab;
  ab.add(a);
  ab.add(b);
  SetDigest ba;
  ba.add(b);
  ba.add(a);
  BOOST_TEST((ab == ba));
  ab.remove(a);
  SetDigest only_b;
  only_b.add(b);
  BOOST_TEST((ab == only_b));
  ab.remove(b);
  BOOST_TEST((ab == SetDigest{}));
}

BOOST_AUTO_TEST_CASE(carries_and_borrows_go_through_all_words_modulo_two_to_the_256) {
  SetDigest sum;
  sum.add(digest(0xff, 0xff));  // 2^256 - 1
  sum.add(digest(0x01, 0x00));
  BOOST_TEST((sum == SetDigest{}));
  sum.remove(digest(0x01, 0x00));
  BOOST_TEST((sum.bytes() == digest(0xff, 0xff)));
}

BOOST_AUTO_TEST_CASE(a_record_counted_twice_is_not_the_same_as_none) {
  SetDigest twice;
  twice.add(digest(5, 5));
  twice.add(digest(5, 5));
  BOOST_TEST(!(twice == SetDigest{}));  // as it would be with exclusive or
}

// RFC 4231, test case 1 has a key of 20 bytes 0x0b and the data "Hi There".
BOOST_AUTO_TEST_CASE(the_mac_is_hmac_sha256) {
  const Digest mac = store::mac(key(20), base::as_bytes("Hi There")).value();
  BOOST_TEST(base::to_hex(mac.view()) ==
             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

BOOST_AUTO_TEST_CASE(a_sealed_record_opens_under_its_own_key_only) {
  auto cipher = store::RecordCipher::make(key()).value();
  const auto sealed = cipher.seal(base::as_bytes("p1"), base::as_bytes("text")).value();
  BOOST_TEST(sealed.size() == 4 + store::kSealOverhead);
  BOOST_TEST(base::as_text(cipher.open(base::as_bytes("p1"), sealed).value()) == "text");
  BOOST_TEST((cipher.open(base::as_bytes("p2"), sealed).error().code == Code::kCorrupt));
  BOOST_TEST((cipher.open(base::as_bytes("p1"), {}).error().code == Code::kCorrupt));
  // And a failure leaves the cipher usable.
  BOOST_TEST(cipher.open(base::as_bytes("p1"), sealed).has_value());
}

BOOST_AUTO_TEST_CASE(nonces_do_not_repeat_over_several_pools) {
  auto cipher = store::RecordCipher::make(key()).value();
  std::vector<std::string> nonces;
  for (int i = 0; i < 2000; ++i) {
    const auto sealed = cipher.seal({}, {}).value();
    nonces.emplace_back(base::as_text(base::ByteSpan(sealed).first(store::kNonceSize)));
  }
  std::ranges::sort(nonces);
  BOOST_TEST((std::ranges::adjacent_find(nonces) == nonces.end()));
}

BOOST_AUTO_TEST_CASE(the_hash_keeps_key_and_value_apart) {
  auto cipher = store::RecordCipher::make(key()).value();
  const auto one = cipher.hash(base::as_bytes("ab"), base::as_bytes("c")).value();
  const auto two = cipher.hash(base::as_bytes("a"), base::as_bytes("bc")).value();
  BOOST_TEST((one != two));
  BOOST_TEST((one == cipher.hash(base::as_bytes("ab"), base::as_bytes("c")).value()));
}

BOOST_AUTO_TEST_CASE(a_short_register_key_is_refused) {
  BOOST_TEST((store::RecordCipher::make(key(31)).error().code == Code::kInvalid));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
