// The sensors over a folder like sysfs's, and a pipe in place of the button's device.
#include "tamper/sensors.h"

#include <fcntl.h>
#include <linux/input.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

namespace {

using base::Cover;
using tamper::Sensors;

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kagikura-hwmon-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  void set(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  [[nodiscard]] Sensors open() const { return *Sensors::open(path.string(), ""); }
};

input_event event(unsigned short type, int value) {
  input_event out{};
  out.type = type;
  out.code = KEY_PROG1;
  out.value = value;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sensors)

BOOST_AUTO_TEST_CASE(without_a_switch_nothing_is_watched) {
  const Folder box;
  BOOST_TEST((box.open().cover() == Cover::kNotWatched));
  box.set("hwmon0/temp1_alarm", "1\n");
  BOOST_TEST((box.open().cover() == Cover::kNotWatched));
  BOOST_TEST((Sensors::open("/nowhere", "")->cover() == Cover::kNotWatched));
}

BOOST_AUTO_TEST_CASE(one_open_switch_of_many_is_an_open_cover) {
  const Folder box;
  box.set("hwmon0/intrusion0_alarm", "0\n");
  box.set("hwmon3/device/intrusion1_alarm", "0\n");
  const auto all = box.open();
  BOOST_TEST(all.switches() == 2U);
  BOOST_TEST((all.cover() == Cover::kClosed));
  box.set("hwmon3/device/intrusion1_alarm", "1\n");
  BOOST_TEST((all.cover() == Cover::kOpen));
  box.set("hwmon3/device/intrusion1_alarm", "0\n");
  BOOST_TEST((all.cover() == Cover::kClosed));
}

BOOST_AUTO_TEST_CASE(a_switch_that_does_not_answer_counts_as_opened) {
  const Folder box;
  box.set("hwmon0/intrusion0_alarm", "0\n");
  const auto all = box.open();
  std::filesystem::resize_file(box.path / "hwmon0/intrusion0_alarm", 0);
  BOOST_TEST((all.cover() == Cover::kLost));
}

BOOST_AUTO_TEST_CASE(a_press_counts_a_release_does_not) {
  const Folder box;
  const auto path = (box.path / "button").string();
  BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  auto all = *Sensors::open(box.path.string(), path);
  const base::Fd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  BOOST_TEST(!all.pressed());
  const auto press = [&](unsigned short type, int value) {
    const auto one = event(type, value);
    BOOST_REQUIRE(::write(writer.get(), &one, sizeof one) == sizeof one);
  };
  press(EV_KEY, 0);
  press(EV_SYN, 1);
  BOOST_TEST(!all.pressed());
  press(EV_KEY, 1);
  press(EV_SYN, 0);
  BOOST_TEST(all.pressed());
  BOOST_TEST(!all.pressed());  // once
}

BOOST_AUTO_TEST_CASE(a_button_that_is_pulled_out_counts_as_opened) {
  const Folder box;
  const auto path = (box.path / "button").string();
  BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  auto all = *Sensors::open(box.path.string(), path);
  {
    const base::Fd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    BOOST_TEST(!all.pressed());
  }
  BOOST_TEST(!all.pressed());
  BOOST_TEST((all.cover() == Cover::kLost));
}

BOOST_AUTO_TEST_CASE(a_named_button_must_be_there) {
  const auto missing = Sensors::open("/nowhere", "/nowhere/button");
  BOOST_TEST((!missing && missing.error() == base::Error{base::Code::kNotFound, "button"}));
}

BOOST_AUTO_TEST_SUITE_END()
