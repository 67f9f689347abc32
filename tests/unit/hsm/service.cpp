#include "hsm/service.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "base/secret_access.h"
#include "hsm/software.h"
#include "tests/unit/hsm/token.h"

namespace {

using base::Code;
using ipc::KeyUse;
using tests::Backend;
using tests::Ready;
using tests::test_pin;
using tests::Token;

const auto kBackends = boost::unit_test::data::make({0, 1});
Backend backend(int which) { return which == 0 ? Backend::kSoftHsm : Backend::kNss; }

std::string text_of(const ipc::Digits& digits) {
  return std::string(base::as_text(digits.read(base::secret_access())));
}

BOOST_DATA_TEST_CASE(seals_and_opens, kBackends, which) {
  Ready ready(backend(which));
  ready.add_shelf(7);
  const auto sealed = ready.seal(7, "place-a");
  BOOST_REQUIRE(sealed);
  const auto opened = ready.open(7, "place-a", sealed->items[0].sealed);
  BOOST_REQUIRE(opened);
  BOOST_TEST(text_of(opened->number) == "123456789018");
  const auto elsewhere = ready.open(7, "place-b", sealed->items[0].sealed);
  BOOST_REQUIRE(!elsewhere);
  BOOST_TEST((elsewhere.error().code == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(a_new_life_finds_everything_again) {
  Ready ready;
  ready.add_shelf(7);
  for (const auto use : {KeyUse::kRegister, KeyUse::kPepper, KeyUse::kLogSign, KeyUse::kCertSign,
                         KeyUse::kTlsSign}) {
    BOOST_TEST(ready.service.handle(ipc::CreateKey{{use, 0}}).has_value());
  }
  BOOST_TEST(ready.service.handle(ipc::CreateKey{{KeyUse::kEpoch, 1}}).has_value());
  const auto sealed = ready.seal(7, "place-a");
  BOOST_REQUIRE(sealed);
  const auto login = ready.service.handle(ipc::Login{test_pin()});
  BOOST_REQUIRE(login);
  BOOST_TEST(login->keys.size() == 8U);
  BOOST_TEST(login->mechanism.view() == "aes-gcm");
  const auto opened = ready.open(7, "place-a", sealed->items[0].sealed);
  BOOST_REQUIRE(opened);
  BOOST_TEST(text_of(opened->number) == "123456789018");
}

BOOST_AUTO_TEST_CASE(signs_what_its_public_key_verifies) {
  Ready ready;
  const ipc::KeyRef key{KeyUse::kLogSign, 0};
  BOOST_REQUIRE(ready.service.handle(ipc::CreateKey{key}));
  const auto digest = *base::Digest::from(std::vector<std::uint8_t>(32, 5));
  const auto signature = ready.service.handle(ipc::Sign{key, digest});
  const auto spki = ready.service.handle(ipc::GetPublicKey{key});
  BOOST_REQUIRE(signature);
  BOOST_REQUIRE(spki);
  BOOST_TEST(hsm::software::p256_verify(spki->spki.view(), digest, signature->signature.view()));
}

BOOST_DATA_TEST_CASE(destroys_for_good, kBackends, which) {
  Ready ready(backend(which));
  ready.add_shelf(7);
  ready.add_shelf(8);
  const auto old = ready.seal(7, "place-a");
  BOOST_REQUIRE(old);
  ipc::Reseal move;
  BOOST_REQUIRE(move.items.push(
      {{7}, Ready::aad("place-a"), old->items[0].sealed, {8}, Ready::aad("place-b")}));
  const auto moved = ready.service.handle(std::move(move));
  BOOST_REQUIRE(moved);
  ipc::DestroyKeys destroy;
  BOOST_REQUIRE(destroy.keys.push({KeyUse::kShelf, 7}));
  destroy.pin = test_pin();
  BOOST_REQUIRE(ready.service.handle(std::move(destroy)));
  const auto gone = ready.open(7, "place-a", old->items[0].sealed);
  BOOST_REQUIRE(!gone);
  BOOST_TEST((gone.error().code == Code::kNotFound));
  const auto opened = ready.open(8, "place-b", moved->items[0].sealed);
  BOOST_REQUIRE(opened);
  BOOST_TEST(text_of(opened->number) == "123456789018");
}

BOOST_AUTO_TEST_CASE(destroying_what_is_absent_is_fine_and_a_wrong_pin_destroys_nothing) {
  Ready ready;
  ready.add_shelf(7);
  const auto sealed = ready.seal(7, "a");
  BOOST_REQUIRE(sealed);
  ipc::DestroyKeys wrong;
  BOOST_REQUIRE(wrong.keys.push({KeyUse::kShelf, 7}));
  wrong.pin = test_pin("other");
  const auto refused = ready.service.handle(std::move(wrong));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == Code::kDenied));
  BOOST_TEST(ready.open(7, "a", sealed->items[0].sealed).has_value());
  ipc::DestroyKeys absent;
  BOOST_REQUIRE(absent.keys.push({KeyUse::kShelf, 99}));
  absent.pin = test_pin();
  BOOST_TEST(ready.service.handle(std::move(absent)).has_value());
}

BOOST_DATA_TEST_CASE(a_wrong_pin_is_denied_and_forgotten, kBackends, which) {
  const Token token(backend(which));
  const base::Log log("test");
  hsm::Service service(token.module(), token.place(), log);
  const auto refused = service.handle(ipc::Login{test_pin("wrong-pin")});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == base::Error{Code::kDenied, "pin"}));
  const auto enrol = service.handle(ipc::Enrol{});
  BOOST_REQUIRE(!enrol);
  BOOST_TEST((enrol.error() == base::Error{Code::kState, "login"}));
  BOOST_TEST(service.handle(ipc::Login{test_pin()}).has_value());
}

BOOST_AUTO_TEST_CASE(tags_are_equal_for_equal_numbers_on_one_shelf_only) {
  Ready ready;
  ready.add_shelf(7);
  ready.add_shelf(8);
  const auto one = ready.seal(7, "a");
  const auto same = ready.seal(7, "b");
  const auto other = ready.seal(7, "c", "123456789026");
  const auto elsewhere = ready.seal(8, "d");
  BOOST_REQUIRE((one && same && other && elsewhere));
  BOOST_TEST((one->items[0].tag == same->items[0].tag));
  BOOST_TEST((one->items[0].tag != other->items[0].tag));
  BOOST_TEST((one->items[0].tag != elsewhere->items[0].tag));
  ipc::Seal probing;
  BOOST_REQUIRE(probing.items.push({{8}, Ready::aad("e"), Ready::number()}));
  BOOST_REQUIRE(probing.probe.push({7}));
  BOOST_REQUIRE(probing.probe.push({8}));
  const auto probed = ready.service.handle(std::move(probing));
  BOOST_REQUIRE(probed);
  BOOST_TEST((probed->items[0].probes[0] == one->items[0].tag));
  BOOST_TEST((probed->items[0].probes[1] == elsewhere->items[0].tag));
}

BOOST_AUTO_TEST_CASE(salts_come_back_sealed_and_make_the_same_tags) {
  Ready ready;
  BOOST_REQUIRE(ready.service.handle(ipc::CreateKey{{KeyUse::kShelf, 7}}));
  const auto unsalted = ready.seal(7, "a");
  BOOST_REQUIRE(!unsalted);
  BOOST_TEST((unsalted.error() == base::Error{Code::kState, "salt"}));
  const auto salt = ready.service.handle(ipc::SealSalt{{7}, Ready::aad("salt-of-7")});
  BOOST_REQUIRE(salt);
  const auto before = ready.seal(7, "a");
  BOOST_REQUIRE(before);
  BOOST_REQUIRE(ready.service.handle(ipc::Login{test_pin()}));
  BOOST_TEST(!ready.seal(7, "a").has_value());
  ipc::LoadSalts moved;
  BOOST_REQUIRE(moved.items.push({{7}, Ready::aad("salt-of-8"), salt->sealed}));
  const auto refused = ready.service.handle(std::move(moved));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == Code::kCorrupt));
  ipc::LoadSalts load;
  BOOST_REQUIRE(load.items.push({{7}, Ready::aad("salt-of-7"), salt->sealed}));
  BOOST_REQUIRE(ready.service.handle(std::move(load)));
  const auto after = ready.seal(7, "a");
  BOOST_REQUIRE(after);
  BOOST_TEST((after->items[0].tag == before->items[0].tag));
}

BOOST_AUTO_TEST_CASE(every_changed_byte_is_corrupt) {
  Ready ready;
  ready.add_shelf(7);
  const auto sealed = ready.seal(7, "a");
  BOOST_REQUIRE(sealed);
  const auto good = sealed->items[0].sealed.view();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<std::uint8_t> changed(good.begin(), good.end());
    changed[i] ^= 0x10;
    const auto opened = ready.open(7, "a", *ipc::SealedNumber::adopt(changed));
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error().code == Code::kCorrupt));
  }
  std::vector<std::uint8_t> shorter(good.begin(), good.end() - 1);
  BOOST_TEST(!ready.open(7, "a", *ipc::SealedNumber::adopt(shorter)).has_value());
  BOOST_TEST(!ready.open(7, "a", ipc::SealedNumber()).has_value());
}

BOOST_AUTO_TEST_CASE(keys_are_made_once_and_with_the_right_ids) {
  Ready ready;
  const auto again = ready.service.handle(ipc::CreateKey{{KeyUse::kDuplicate, 0}});
  BOOST_REQUIRE(!again);
  BOOST_TEST((again.error().code == Code::kDuplicate));
  BOOST_TEST(!ready.service.handle(ipc::CreateKey{{KeyUse::kShelf, 0}}).has_value());
  BOOST_TEST(!ready.service.handle(ipc::CreateKey{{KeyUse::kPepper, 3}}).has_value());
  const auto enrolled = ready.service.handle(ipc::Enrol{});
  BOOST_REQUIRE(enrolled);
  BOOST_TEST(enrolled->mechanism.view() == "aes-gcm");
}

BOOST_AUTO_TEST_CASE(before_enrolment_no_key_is_made) {
  const Token token;
  const base::Log log("test");
  hsm::Service service(token.module(), token.place(), log);
  const auto login = service.handle(ipc::Login{test_pin()});
  BOOST_REQUIRE(login);
  BOOST_TEST(login->mechanism.empty());
  const auto made = service.handle(ipc::CreateKey{{KeyUse::kShelf, 1}});
  BOOST_REQUIRE(!made);
  BOOST_TEST((made.error() == base::Error{Code::kState, "mechanism"}));
}

BOOST_AUTO_TEST_CASE(macs_are_a_function_of_key_and_input) {
  Ready ready;
  BOOST_REQUIRE(ready.service.handle(ipc::CreateKey{{KeyUse::kPepper, 0}}));
  const auto mac = [&](KeyUse use, std::string_view text) {
    auto reply =
        ready.service.handle(ipc::Mac{{use, 0}, *base::Secret<64>::from(base::as_bytes(text))});
    BOOST_REQUIRE(reply);
    return std::move(reply->mac);
  };
  BOOST_TEST(mac(KeyUse::kPepper, "a").equals(mac(KeyUse::kPepper, "a")));
  BOOST_TEST(!mac(KeyUse::kPepper, "a").equals(mac(KeyUse::kPepper, "b")));
  BOOST_TEST(!mac(KeyUse::kPepper, "a").equals(mac(KeyUse::kDuplicate, "a")));
  ready.add_shelf(7);
  BOOST_TEST(!ready.service.handle(ipc::Mac{{KeyUse::kShelf, 7}, {}}).has_value());
}

}  // namespace
