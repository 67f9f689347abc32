#include "site/requests.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

namespace {

struct Place {
  std::filesystem::path path;
  site::Folders folders;
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "kagikura-site-XXXXXX").string();
    path = ::mkdtemp(name.data());
    folders = {path / "site", path / "apply", path / "applied"};
    for (const char* one : {"site", "apply", "applied"}) {
      std::filesystem::create_directory(path / one);
    }
  }
  ~Place() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(requests, Place)

BOOST_AUTO_TEST_CASE(a_file_is_replaced_as_a_whole) {
  BOOST_REQUIRE(site::replace_file(folders.site, "hostname", "one\n").has_value());
  BOOST_REQUIRE(site::replace_file(folders.site, "hostname", "two\n").has_value());
  BOOST_TEST(read("site/hostname") == "two\n");
  BOOST_TEST(!std::filesystem::exists(path / "site/hostname.new"));
  BOOST_TEST(!site::replace_file((path / "nowhere").string(), "a", "b").has_value());
}

BOOST_AUTO_TEST_CASE(a_link_that_waits_there_is_not_followed) {
  std::ofstream(path / "victim") << "safe";
  std::filesystem::create_symlink(path / "victim", path / "site/hostname.new");
  BOOST_TEST(!site::replace_file(folders.site, "hostname", "one\n").has_value());
  BOOST_TEST(read("victim") == "safe");
}

BOOST_AUTO_TEST_CASE(only_the_answer_to_this_request_is_one) {
  BOOST_REQUIRE(site::ask(folders, site::kApplyClock, "17 1795000000\n").has_value());
  BOOST_TEST(read("apply/clock") == "17 1795000000\n");
  BOOST_TEST(site::answer(folders, site::kApplyClock, "17").empty());
  std::ofstream(path / "applied/clock") << "16 ok\n";
  BOOST_TEST(site::answer(folders, site::kApplyClock, "17").empty());
  std::ofstream(path / "applied/clock") << "17 error clock\n";
  BOOST_TEST(site::answer(folders, site::kApplyClock, "17") == "error clock");
}

BOOST_AUTO_TEST_SUITE_END()
