#include "hsm/objects.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hsm/token.h"

namespace {

using base::Code;
using hsm::Template;
using ipc::KeyUse;
using tests::Ready;
using tests::test_pin;

Template shelf_like(std::string_view label) {
  std::array<std::uint8_t, 9> id{0, 0, 0, 0, 0, 0, 0, 0, 9};
  Template t;
  t.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, CKK_AES)
      .flag(CKA_TOKEN, true)
      .flag(CKA_MODIFIABLE, false)
      .flag(CKA_COPYABLE, false)
      .bytes(CKA_LABEL, base::as_bytes(label))
      .bytes(CKA_ID, id)
      .flag(CKA_PRIVATE, true)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .number(CKA_VALUE_LEN, 32)
      .flag(CKA_ENCRYPT, true)
      .flag(CKA_DECRYPT, true)
      .flag(CKA_SIGN, false)
      .flag(CKA_VERIFY, false)
      .flag(CKA_WRAP, false)
      .flag(CKA_UNWRAP, false)
      .flag(CKA_DERIVE, false)
      .mechanisms({CKM_AES_GCM});
  return t;
}
constexpr std::string_view kLabel = "kagikura-shelf-0000000000000009";

// Puts a stranger into an enrolled token and logs in again.
base::Result<ipc::Login::Reply> login_after(Ready& ready,
                                            const std::function<void(hsm::Life&)>& intrude) {
  ready.service.log_out();
  {
    hsm::Life life = ready.token.life();
    intrude(life);
  }
  return ready.service.handle(ipc::Login{test_pin()});
}

void generate(hsm::Life& life, const Template& t) {
  BOOST_REQUIRE(life.generate(CKM_AES_KEY_GEN, t));
}

BOOST_AUTO_TEST_CASE(a_key_exactly_as_ours_is_ours) {
  Ready ready;
  const auto login = login_after(ready, [](auto& life) { generate(life, shelf_like(kLabel)); });
  BOOST_REQUIRE(login);
  BOOST_TEST(login->keys.size() == 2U);
}

BOOST_AUTO_TEST_CASE(each_attribute_that_differs_refuses_the_token) {
  struct Row {
    CK_ATTRIBUTE_TYPE type;
    bool value;
  };
  for (const Row row :
       {Row{CKA_MODIFIABLE, true}, Row{CKA_COPYABLE, true}, Row{CKA_SENSITIVE, false},
        Row{CKA_EXTRACTABLE, true}, Row{CKA_ENCRYPT, false}, Row{CKA_DECRYPT, false},
        Row{CKA_SIGN, true}, Row{CKA_VERIFY, true}, Row{CKA_WRAP, true}, Row{CKA_UNWRAP, true},
        Row{CKA_DERIVE, true}, Row{CKA_PRIVATE, false}}) {
    Ready ready;
    const auto login = login_after(ready, [&](auto& life) {
      generate(life, shelf_like(kLabel).without({row.type}).flag(row.type, row.value));
    });
    BOOST_REQUIRE(!login);
    BOOST_TEST((login.error().code == Code::kCorrupt), "attribute " << row.type);
    BOOST_TEST(login.error().field.view().starts_with("secret_key.0x"));
  }
}

BOOST_AUTO_TEST_CASE(other_mechanisms_sizes_labels_and_classes_refuse_the_token) {
  const std::array<std::function<void(hsm::Life&)>, 7> intrusions{
      [](auto& life) {
        generate(life, shelf_like(kLabel)
                           .without({CKA_ALLOWED_MECHANISMS})
                           .mechanisms({CKM_AES_GCM, CKM_AES_ECB}));
      },
      [](auto& life) { generate(life, shelf_like(kLabel).without({CKA_ALLOWED_MECHANISMS})); },
      [](auto& life) {
        generate(life, shelf_like(kLabel).without({CKA_VALUE_LEN}).number(CKA_VALUE_LEN, 16));
      },
      [](auto& life) {
        generate(life, shelf_like("kagikura-shelf-0000000000000008"));
      },  // not its CKA_ID
      [](auto& life) { generate(life, shelf_like("somebody-else")); },
      [](auto& life) { generate(life, shelf_like(kLabel)), generate(life, shelf_like(kLabel)); },
      [](auto& life) {
        Template data;
        data.number(CKA_CLASS, CKO_DATA)
            .flag(CKA_TOKEN, true)
            .bytes(CKA_LABEL, base::as_bytes(kLabel));
        BOOST_REQUIRE(life.create(data));
      }};
  for (const auto& intrude : intrusions) {
    Ready ready;
    const auto login = login_after(ready, intrude);
    BOOST_REQUIRE(!login);
    BOOST_TEST((login.error().code == Code::kCorrupt));
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_was_brought_in_refuses_the_token) {
  Ready ready;
  const std::array<std::uint8_t, 32> known{1, 2, 3};
  const auto login = login_after(ready, [&](auto& life) {
    BOOST_REQUIRE(life.create(shelf_like(kLabel).without({CKA_VALUE_LEN}).bytes(CKA_VALUE, known)));
  });
  BOOST_REQUIRE(!login);
  BOOST_TEST((login.error().code == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(labels_say_kind_and_id) {
  BOOST_TEST(hsm::label_of({hsm::Kind::kShelf, 0x1F}) == "kagikura-shelf-000000000000001f");
  BOOST_TEST(hsm::label_of({hsm::Kind::kShelfMac, 1}) == "kagikura-shelf-mac-0000000000000001");
  BOOST_TEST(hsm::label_of({hsm::Kind::kPepper, 0}) == "kagikura-pepper-0000000000000000");
}

}  // namespace
