// What somebody who has the PIN and makes PKCS#11 calls of his own tries on our keys: Clulow 2003
// (key separation, re-import, late attributes), Tookan 2010, and what SoftHSM allows where a
// template does not say no (wrap and decrypt together, attributes added later).
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/unit/hsm/token.h"

namespace {

using hsm::Handles;
using hsm::Kind;
using hsm::Life;
using hsm::Template;

// Our keys as the product makes them, and a foreign key that wraps and unwraps.
struct Target {
  Target() : life(token.life()) {
    shelf = made({Kind::kShelf, 1});
    epoch = made({Kind::kEpoch, 1});
    pair = made({Kind::kTlsSign, 0});
    Template t;
    t.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).number(CKA_VALUE_LEN, 32);
    for (const auto use : {CKA_WRAP, CKA_UNWRAP, CKA_ENCRYPT, CKA_DECRYPT}) t.flag(use, true);
    wrapper = *life.generate(CKM_AES_KEY_GEN, t);
  }
  Handles made(const hsm::ObjectName& name) {
    auto handles = hsm::make(life, name, hsm::Mechanism::kGcm, unkept);
    BOOST_REQUIRE(handles);
    return *handles;
  }
  [[nodiscard]] CK_FUNCTION_LIST* call() const { return life.functions(); }
  [[nodiscard]] CK_SESSION_HANDLE session() const { return life.session(); }

  CK_RV set(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, bool value) const {
    Template t;
    t.flag(type, value);
    auto list = t.list();
    return call()->C_SetAttributeValue(session(), object, list.data(), list.size());
  }
  CK_RV copy(CK_OBJECT_HANDLE object, const Template& t) const {
    auto list = t.list();
    CK_OBJECT_HANDLE out = 0;
    return call()->C_CopyObject(session(), object, list.data(), list.size(), &out);
  }
  CK_RV wrap(CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE object) const {
    CK_MECHANISM how{CKM_AES_KEY_WRAP, nullptr, 0};
    std::array<CK_BYTE, 512> out{};
    CK_ULONG size = out.size();
    return call()->C_WrapKey(session(), &how, with, object, out.data(), &size);
  }
  CK_RV unwrap(CK_OBJECT_HANDLE with) const {
    CK_MECHANISM how{CKM_AES_KEY_WRAP, nullptr, 0};
    std::array<CK_BYTE, 40> blob{};
    Template t;
    t.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
    auto list = t.list();
    CK_OBJECT_HANDLE out = 0;
    return call()->C_UnwrapKey(session(), &how, with, blob.data(), blob.size(), list.data(),
                               list.size(), &out);
  }
  CK_RV read_value(CK_OBJECT_HANDLE object) const {
    std::array<CK_BYTE, 64> out{};
    CK_ATTRIBUTE value{CKA_VALUE, out.data(), out.size()};
    return call()->C_GetAttributeValue(session(), object, &value, 1);
  }
  CK_RV encrypt_init(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE type) const {
    std::array<CK_BYTE, 16> iv{};
    CK_MECHANISM how{type, iv.data(), iv.size()};
    if (type == CKM_AES_ECB) how = {type, nullptr, 0};
    return call()->C_EncryptInit(session(), &how, key);
  }
  CK_RV sign_init(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE type) const {
    CK_MECHANISM how{type, nullptr, 0};
    return call()->C_SignInit(session(), &how, key);
  }
  CK_RV derive(CK_OBJECT_HANDLE key) const {
    std::array<CK_BYTE, 32> data{};
    CK_KEY_DERIVATION_STRING_DATA parameters{data.data(), data.size()};
    CK_MECHANISM how{CKM_AES_ECB_ENCRYPT_DATA, &parameters, sizeof parameters};
    Template t;
    t.number(CKA_CLASS, CKO_SECRET_KEY)
        .number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
        .number(CKA_VALUE_LEN, 32);
    auto list = t.list();
    CK_OBJECT_HANDLE out = 0;
    return call()->C_DeriveKey(session(), &how, key, list.data(), list.size(), &out);
  }

  tests::Token token;
  Life life;
  std::vector<CK_ATTRIBUTE_TYPE> unkept;
  Handles shelf;
  Handles epoch;
  Handles pair;
  CK_OBJECT_HANDLE wrapper = 0;
};

struct Attack {
  const char* name;
  std::function<CK_RV(Target&)> attempt;
};

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
const Attack kAttacks[] = {
    {"read the shelf key", [](Target& t) { return t.read_value(t.shelf.key); }},
    {"read the epoch key", [](Target& t) { return t.read_value(t.epoch.key); }},
    {"read the private key", [](Target& t) { return t.read_value(t.pair.key); }},
    {"wrap the shelf key under a foreign key",
     [](Target& t) { return t.wrap(t.wrapper, t.shelf.key); }},
    {"wrap the private key under a foreign key",
     [](Target& t) { return t.wrap(t.wrapper, t.pair.key); }},
    {"wrap a foreign key under the shelf key",
     [](Target& t) { return t.wrap(t.shelf.key, t.wrapper); }},
    {"wrap the shelf key under itself", [](Target& t) { return t.wrap(t.shelf.key, t.shelf.key); }},
    {"conjure a key by unwrapping under the shelf key",
     [](Target& t) { return t.unwrap(t.shelf.key); }},
    {"conjure a key by unwrapping under the private key",
     [](Target& t) { return t.unwrap(t.pair.key); }},
    {"make the shelf key extractable",
     [](Target& t) { return t.set(t.shelf.key, CKA_EXTRACTABLE, true); }},
    {"make the shelf key not sensitive",
     [](Target& t) { return t.set(t.shelf.key, CKA_SENSITIVE, false); }},
    {"add WRAP to the shelf key late",
     [](Target& t) { return t.set(t.shelf.key, CKA_WRAP, true); }},
    {"add UNWRAP to the shelf key late",
     [](Target& t) { return t.set(t.shelf.key, CKA_UNWRAP, true); }},
    {"add SIGN to the shelf key late",
     [](Target& t) { return t.set(t.shelf.key, CKA_SIGN, true); }},
    {"add DERIVE to the epoch key late",
     [](Target& t) { return t.set(t.epoch.key, CKA_DERIVE, true); }},
    {"add DECRYPT to the private key late",
     [](Target& t) { return t.set(t.pair.key, CKA_DECRYPT, true); }},
    {"make the shelf key modifiable",
     [](Target& t) { return t.set(t.shelf.key, CKA_MODIFIABLE, true); }},
    {"make the shelf key copyable",
     [](Target& t) { return t.set(t.shelf.key, CKA_COPYABLE, true); }},
    {"make the shelf key trusted", [](Target& t) { return t.set(t.shelf.key, CKA_TRUSTED, true); }},
    {"relabel the shelf key",
     [](Target& t) {
       Template change;
       change.bytes(CKA_LABEL, base::as_bytes("kagikura-shelf-00000000000000ff"));
       auto list = change.list();
       return t.call()->C_SetAttributeValue(t.session(), t.shelf.key, list.data(), list.size());
     }},
    {"copy the shelf key as it is",
     [](Target& t) { return t.copy(t.shelf.key, Template().flag(CKA_TOKEN, false)); }},
    {"copy the shelf key as a session key that wraps",
     [](Target& t) {
       return t.copy(t.shelf.key, Template().flag(CKA_TOKEN, false).flag(CKA_WRAP, true));
     }},
    {"copy the private key",
     [](Target& t) { return t.copy(t.pair.key, Template().flag(CKA_TOKEN, false)); }},
    {"encrypt under the shelf key by ECB",
     [](Target& t) { return t.encrypt_init(t.shelf.key, CKM_AES_ECB); }},
    {"encrypt under the shelf key by CBC",
     [](Target& t) { return t.encrypt_init(t.shelf.key, CKM_AES_CBC); }},
    {"encrypt under the shelf key by CTR",
     [](Target& t) { return t.encrypt_init(t.shelf.key, CKM_AES_CTR); }},
    {"MAC under the shelf key", [](Target& t) { return t.sign_init(t.shelf.key, CKM_AES_CMAC); }},
    {"HMAC with another hash under the epoch key",
     [](Target& t) { return t.sign_init(t.epoch.key, CKM_SHA512_HMAC); }},
    {"encrypt under the epoch key",
     [](Target& t) { return t.encrypt_init(t.epoch.key, CKM_AES_ECB); }},
    {"derive from the shelf key", [](Target& t) { return t.derive(t.shelf.key); }},
    {"derive by ECDH from the private key",
     [](Target& t) {
       std::array<CK_BYTE, 65> point{4};
       CK_ECDH1_DERIVE_PARAMS parameters{};
       parameters.kdf = CKD_NULL;
       parameters.ulPublicDataLen = point.size();
       parameters.pPublicData = point.data();
       CK_MECHANISM how{CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
       Template out;
       out.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_GENERIC_SECRET);
       out.flag(CKA_SENSITIVE, false).flag(CKA_EXTRACTABLE, true);
       auto list = out.list();
       CK_OBJECT_HANDLE handle = 0;
       return t.call()->C_DeriveKey(t.session(), &how, t.pair.key, list.data(), list.size(),
                                    &handle);
     }},
};

BOOST_AUTO_TEST_CASE(every_attack_is_refused_by_the_token) {
  Target target;
  for (const auto& attack : kAttacks) {
    const CK_RV done = attack.attempt(target);
    BOOST_TEST(done != CKR_OK, attack.name << " succeeded");
    BOOST_TEST_MESSAGE(attack.name << ": 0x" << std::hex << done);
  }
  // None of them changed anything.
  BOOST_TEST(hsm::check_object(target.life, {Kind::kShelf, 1}, hsm::Mechanism::kGcm, target.shelf,
                               target.unkept)
                 .has_value());
  BOOST_TEST(hsm::check_object(target.life, {Kind::kTlsSign, 0}, hsm::Mechanism::kGcm, target.pair,
                               target.unkept)
                 .has_value());
}

// The attacks work where the templates are not ours: else the list above would show nothing.
BOOST_AUTO_TEST_CASE(the_attacks_work_on_a_careless_key) {
  Target target;
  Template careless;
  careless.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, CKK_AES)
      .number(CKA_VALUE_LEN, 32);
  careless.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, true).flag(CKA_ENCRYPT, true);
  target.shelf.key = *target.life.generate(CKM_AES_KEY_GEN, careless);
  BOOST_TEST(target.wrap(target.wrapper, target.shelf.key) == CKR_OK);
  BOOST_TEST(target.set(target.shelf.key, CKA_WRAP, true) == CKR_OK);
  BOOST_TEST(target.copy(target.shelf.key, Template().flag(CKA_TOKEN, false)) == CKR_OK);
  BOOST_TEST(target.encrypt_init(target.shelf.key, CKM_AES_ECB) == CKR_OK);
}

}  // namespace
