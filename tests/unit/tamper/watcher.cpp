#include "tamper/watcher.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace {

using base::Cover;

struct Told {
  std::vector<std::string> lines;
  bool works = true;
  std::int64_t now = 0;
  tamper::Watcher watcher{[this](Cover cover, bool button) {
                            if (!works) return false;
                            lines.push_back(std::string(name(cover)) + (button ? "+button" : ""));
                            return true;
                          },
                          5000};
  void saw(Cover cover, bool pressed = false, std::int64_t after_ms = 200) {
    now += after_ms;
    watcher.saw(cover, pressed, {now});
  }
};

using Lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watcher, Told)

BOOST_AUTO_TEST_CASE(each_change_is_told_once_and_at_once) {
  saw(Cover::kClosed);
  saw(Cover::kClosed);
  saw(Cover::kOpen);
  saw(Cover::kOpen);
  saw(Cover::kClosed);
  BOOST_TEST((lines == Lines{"closed", "open", "closed"}));
}

BOOST_AUTO_TEST_CASE(the_same_is_told_again_before_core_misses_it) {
  saw(Cover::kClosed);
  for (int i = 0; i < 25; ++i) saw(Cover::kClosed);
  BOOST_TEST(lines.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_core_did_not_hear_is_told_until_it_does) {
  works = false;
  saw(Cover::kNotWatched, /*pressed=*/true);
  saw(Cover::kNotWatched);
  BOOST_TEST(!watcher.told());
  works = true;
  saw(Cover::kNotWatched);
  saw(Cover::kNotWatched);
  BOOST_TEST((lines == Lines{"not_watched+button"}));
  BOOST_TEST(watcher.told());
}

BOOST_AUTO_TEST_SUITE_END()
