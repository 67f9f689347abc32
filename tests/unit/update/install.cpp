#include "update/install.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/update/rig.h"

namespace {

using update::PartName;

std::string why(const base::Error& error) { return std::string(update::refusal(error)); }

struct Machine : Rig {
  std::string refused(const std::string& path) {
    const auto update = update::open_update(places, path);
    if (!update) return why(update.error());
    const auto whole = update::check_parts(*update);
    return whole ? "" : why(whole.error());
  }
  // The bytes of the file with one of them changed.
  void flip(std::size_t at) {
    std::string bytes = read("update.kgu");
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    write("update.kgu", bytes);
  }
  bool install() {
    const auto update = update::open_update(places, update_file("0.3.0"));
    return update && update::install(places, *update).has_value();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(update_install, Machine)

BOOST_AUTO_TEST_CASE(a_newer_version_of_ours_is_good) {
  BOOST_TEST(refused(update_file("0.2.1")).empty());
  BOOST_TEST(refused(update_file("1.0.0")).empty());
}

BOOST_AUTO_TEST_CASE(what_is_refused_and_why) {
  BOOST_TEST(refused(update_file("0.1.9")) == "older");
  BOOST_TEST(refused(update_file("0.2.0")) == "older");
  BOOST_TEST(refused(update_file("0.3.0", "other")) == "product");
  const auto path = update_file("0.3.0");
  for (const std::size_t at : {0u, 30u, 4000u, 4032u, 4095u}) {
    update_file("0.3.0");
    flip(at);
    BOOST_TEST(refused(path) == "signature", at);
  }
  // Of the last part; the padding behind a part is nobody's.
  update_file("0.3.0");
  flip(read("update.kgu").size() - 4096);
  BOOST_TEST(refused(path) == "digest");
  update_file("0.3.0");
  write("update.kgu", read("update.kgu") + "more");
  BOOST_TEST(refused(path) == "size");
  write("update.kgu", std::string(100, 'x'));
  BOOST_TEST(refused(path) == "size");
}

BOOST_AUTO_TEST_CASE(a_version_below_the_floor_is_refused_even_if_newer_than_what_runs) {
  BOOST_REQUIRE(update::raise_floor(places, {{0, 5, 0}}).has_value());
  BOOST_TEST(refused(update_file("0.4.0")) == "older");
  BOOST_TEST(refused(update_file("0.5.1")).empty());
  BOOST_TEST((update::guard(places).error().code == base::Code::kState));
}

BOOST_AUTO_TEST_CASE(it_is_written_to_the_other_slot_and_tried_once) {
  write("esp/EFI/Linux/kagikura-a_0.2.0.efi", "running");
  write("esp/EFI/Linux/kagikura-b_0.1.0.efi", "before");
  BOOST_REQUIRE(install());
  BOOST_TEST(read("dev/vda4").starts_with(part(PartName::kRoot) + "-"));
  BOOST_TEST(read("dev/vda5").starts_with(part(PartName::kVerity) + "-"));
  BOOST_TEST(read("dev/vda2") == std::string(100'000, '-'));
  BOOST_TEST(read("esp/EFI/Linux/kagikura-b_0.3.0+1.efi") == part(PartName::kKernelB));
  BOOST_TEST(read("esp/EFI/Linux/kagikura-a_0.2.0.efi") == "running");
  BOOST_TEST(!std::filesystem::exists(folder / "esp/EFI/Linux/kagikura-b_0.1.0.efi"));
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_being_written_is_not_started) {
  write("esp/EFI/Linux/kagikura-b_0.1.0.efi", "before");
  const auto update = update::open_update(places, update_file("0.3.0"));
  BOOST_REQUIRE(update.has_value());
  // A part that is no longer what was checked: the copy stops in the middle.
  flip(update->header.part(PartName::kVerity).offset + 5);
  BOOST_TEST(update::install(places, *update).has_value() == false);
  BOOST_TEST(std::filesystem::is_empty(folder / "esp/EFI/Linux"));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_not_begun) {
  write("dev/vda4", std::string(5000, '-'));
  write("esp/EFI/Linux/kagikura-b_0.1.0.efi", "before");
  BOOST_TEST(!install());
  BOOST_TEST(read("esp/EFI/Linux/kagikura-b_0.1.0.efi") == "before");
}

BOOST_AUTO_TEST_CASE(a_version_that_works_is_kept_and_older_ones_are_refused) {
  BOOST_REQUIRE(install());
  std::filesystem::rename(folder / "esp/EFI/Linux/kagikura-b_0.3.0+1.efi",
                          folder / "esp/EFI/Linux/kagikura-b_0.3.0+0-1.efi");
  runs("0.3.0", 'b');
  BOOST_TEST(*update::status(places) == "version 0.3.0 slot b floor 0.0.0 trial yes");
  BOOST_REQUIRE(update::bless(places).has_value());
  BOOST_TEST(std::filesystem::exists(folder / "esp/EFI/Linux/kagikura-b_0.3.0.efi"));
  BOOST_TEST(*update::status(places) == "version 0.3.0 slot b floor 0.3.0 trial no");
  BOOST_TEST(update::guard(places).has_value());
  runs("0.2.0", 'a');
  BOOST_TEST(update::guard(places).has_value() == false);
}

BOOST_AUTO_TEST_SUITE_END()
