#include "update/header.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Code;

update::Header sample() {
  update::Header header{"kagikura", {{0, 12, 3}}, {}, 0};
  for (std::size_t i = 0; i < update::kParts; ++i) {
    header.parts[i].size = 5000 + i;
    header.parts[i].digest.mutable_view()[0] = static_cast<std::uint8_t>(i + 1);
  }
  return header;
}

std::string block_of(std::string text) {
  text.resize(update::kSigned, '\0');
  return text;
}

base::Result<update::Header> parsed(const std::string& text) {
  return update::parse_header(base::as_bytes(block_of(text)));
}

std::string with(std::string_view from, std::string_view to) {
  std::string text = update::header_text(sample());
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(update_header)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const auto header = parsed(update::header_text(sample()));
  BOOST_REQUIRE(header.has_value());
  BOOST_TEST(header->product == "kagikura");
  BOOST_TEST(header->version.text() == "0.12.3");
  BOOST_TEST(header->part(update::PartName::kRoot).offset == 4096u);
  // Each part begins with a block of its own.
  BOOST_TEST(header->part(update::PartName::kVerity).offset == 3u * 4096);
  BOOST_TEST(header->part(update::PartName::kKernelB).size == 5003u);
  BOOST_TEST(header->file_size == 9u * 4096);
  BOOST_TEST(update::header_text(*header) == update::header_text(sample()));
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  BOOST_TEST(parsed(with("update 1", "update 2")).has_value() == false);
  BOOST_TEST(parsed(with("product kagikura", "product Kagikura")).has_value() == false);
  BOOST_TEST(parsed(with("product kagikura", "product ")).has_value() == false);
  BOOST_TEST(parsed(with("0.12.3", "0.12")).has_value() == false);
  BOOST_TEST(parsed(with("root 5000", "root 0")).has_value() == false);
  BOOST_TEST(parsed(with("root 5000", "root 05000")).has_value() == false);
  BOOST_TEST(parsed(with("root 5000", "root -5")).has_value() == false);
  BOOST_TEST(parsed(with("root 5000", "root 99999999999999999999")).has_value() == false);
  BOOST_TEST(parsed(with("root 5000", "verity 5000")).has_value() == false);
  BOOST_TEST(parsed(with("5000 01", "5000 0")).has_value() == false);
  BOOST_TEST(parsed(with("end\n", "")).has_value() == false);
  BOOST_TEST(parsed(with("end\n", "end\nmore")).has_value() == false);
  const std::string good = update::header_text(sample());
  BOOST_TEST(update::parse_header(base::as_bytes(good)).has_value() == false);
}

BOOST_AUTO_TEST_CASE(versions) {
  const auto version = [](std::string_view text) { return *update::Version::from(text); };
  BOOST_TEST((version("0.9.0") < version("0.10.0")));
  BOOST_TEST((version("1.0.0") > version("0.99.99")));
  BOOST_TEST((version("2.3.4") == version("2.3.4")));
  for (const char* bad : {"", "1", "1.2", "1.2.3.4", "1.02.3", "1.2.x", "1.2.-3", "1.2.10000",
                          " 1.2.3", "1.2.3 ", "1..3"}) {
    BOOST_TEST(update::Version::from(bad).has_value() == false, bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()
