#include "base/secret.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "base/secret_access.h"

namespace {

using base::Secret;

constexpr std::uint8_t kMark = 0xA5;

Secret<32> marked() {
  const std::vector<std::uint8_t> bytes(32, kMark);
  return Secret<32>::from(bytes).value();
}

// The bytes of the object as they are in memory, whoever it lets look.
std::size_t marks_in(const void* object, std::size_t size) {
  std::vector<std::uint8_t> raw(size);
  std::memcpy(raw.data(), object, size);
  return static_cast<std::size_t>(std::count(raw.begin(), raw.end(), kMark));
}

static_assert(!std::is_copy_constructible_v<Secret<8>>);
static_assert(!std::is_copy_assignable_v<Secret<8>>);
static_assert(std::is_nothrow_move_constructible_v<Secret<8>>);
static_assert(!std::is_convertible_v<Secret<8>, base::ByteSpan>);
static_assert(!std::is_default_constructible_v<base::SecretAccess>);

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(moving_leaves_nothing_behind) {
  Secret<32> first = marked();
  BOOST_TEST(marks_in(&first, sizeof first) == 32U);
  Secret<32> second = std::move(first);
  BOOST_TEST(marks_in(&first, sizeof first) == 0U);  // NOLINT(bugprone-use-after-move)
  BOOST_TEST(first.empty());
  BOOST_TEST(marks_in(&second, sizeof second) == 32U);
  Secret<32> third;
  third = std::move(second);
  BOOST_TEST(marks_in(&second, sizeof second) == 0U);  // NOLINT(bugprone-use-after-move)
  BOOST_TEST(third.equals(marked()));
}

BOOST_AUTO_TEST_CASE(dying_leaves_nothing_behind) {
  alignas(Secret<32>) std::array<std::uint8_t, sizeof(Secret<32>)> place{};
  auto* object = std::construct_at(reinterpret_cast<Secret<32>*>(place.data()), marked());
  BOOST_TEST(marks_in(place.data(), place.size()) == 32U);
  std::destroy_at(object);
  BOOST_TEST(marks_in(place.data(), place.size()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_shorter_value_leaves_nothing_of_the_longer) {
  Secret<32> value = marked();
  value = Secret<32>::from(base::as_bytes("ab")).value();
  BOOST_TEST(marks_in(&value, sizeof value) == 0U);
  BOOST_TEST(base::as_text(value.read(base::secret_access())) == "ab");
}

BOOST_AUTO_TEST_CASE(a_secret_is_bounded) {
  const std::vector<std::uint8_t> bytes(33, kMark);
  const auto refused = Secret<32>::from(bytes, "pin");
  BOOST_TEST((refused.error() == base::Error{base::Code::kTooLong, "pin"}));
}

BOOST_AUTO_TEST_CASE(equality_sees_every_byte_and_the_length) {
  const std::vector<std::uint8_t> bytes(40, 1);
  BOOST_TEST(base::equal_constant_time(bytes, bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto other = bytes;
    other[i] ^= 0x80U;
    BOOST_TEST(!base::equal_constant_time(bytes, other));
  }
  BOOST_TEST(!base::equal_constant_time(bytes, base::ByteSpan(bytes).first(39)));
  BOOST_TEST(base::equal_constant_time({}, {}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
