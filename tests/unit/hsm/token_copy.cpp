#include "hsm/token_copy.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hsm/token.h"

namespace {

namespace fs = std::filesystem;

// The folder of the one token that there is.
std::string folder_of(const tests::Token& token) {
  return fs::directory_iterator(token.folder() + "/tokens")->path();
}

hsm::TokenCopy copy_of(const tests::Token& token) {
  return hsm::TokenCopy(token.folder() + "/tokens");
}

void empty_file(const tests::Token& token) {
  fs::resize_file(folder_of(token) + "/token.object", 0);
}

bool opens(const tests::Token& token) {
  return hsm::Keyring::open(token.module(), token.place(), tests::test_pin()).has_value();
}

BOOST_AUTO_TEST_CASE(a_token_whose_log_in_was_cut_off_is_put_back_with_its_keys) {
  const tests::Token token;
  {
    auto keyring = hsm::Keyring::open(token.module(), token.place(), tests::test_pin());
    BOOST_REQUIRE(keyring && keyring->enrol() && keyring->create({ipc::KeyUse::kShelf, 7}));
    BOOST_TEST(keyring->tokens_put_back() == 0);
  }
  // What is left by a kill between SoftHSM's emptying of the file and its writing.
  BOOST_REQUIRE(copy_of(token).take().has_value());
  empty_file(token);
  const auto keyring = hsm::Keyring::open(token.module(), token.place(), tests::test_pin());
  BOOST_REQUIRE(keyring.has_value());
  BOOST_TEST(keyring->tokens_put_back() == 1);
  BOOST_TEST(keyring->holds({ipc::KeyUse::kShelf, 7}));
  BOOST_TEST(!fs::exists(folder_of(token) + "/token.copy"));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_empty_without_a_copy_is_not_found) {
  const tests::Token token;
  BOOST_TEST(opens(token));
  empty_file(token);
  BOOST_TEST(!opens(token));
}

BOOST_AUTO_TEST_CASE(a_copy_that_was_cut_off_is_not_believed) {
  const tests::Token token;
  BOOST_REQUIRE(copy_of(token).take().has_value());
  const std::string copy = folder_of(token) + "/token.copy";
  fs::resize_file(copy, fs::file_size(copy) - 1);
  BOOST_TEST(*copy_of(token).put_back() == 0);
  BOOST_TEST(!fs::exists(copy));
  BOOST_TEST(opens(token));
}

BOOST_AUTO_TEST_CASE(a_whole_file_is_not_replaced_by_an_older_copy) {
  const tests::Token token;
  BOOST_REQUIRE(copy_of(token).take().has_value());
  const std::string file = folder_of(token) + "/token.object";
  const auto size = fs::file_size(file);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(size, 'n');
  BOOST_TEST(*copy_of(token).put_back() == 0);
  std::ifstream in(file, std::ios::binary);
  BOOST_TEST(static_cast<char>(in.get()) == 'n');
}

BOOST_AUTO_TEST_CASE(a_refused_pin_leaves_no_copy_behind) {
  const tests::Token token;
  const auto keyring =
      hsm::Keyring::open(token.module(), token.place(), tests::test_pin("another-pin"));
  BOOST_REQUIRE(!keyring.has_value());
  BOOST_TEST((keyring.error().code == base::Code::kDenied));
  BOOST_TEST(!fs::exists(folder_of(token) + "/token.copy"));
  BOOST_TEST(opens(token));
}

BOOST_AUTO_TEST_CASE(where_softhsm_is_not_there_is_nothing_to_copy) {
  const hsm::TokenCopy nowhere("");
  BOOST_TEST(nowhere.take().has_value());
  BOOST_TEST(*nowhere.put_back() == 0);
  BOOST_TEST(nowhere.drop().has_value());
}

}  // namespace
