#include "tamper/sensors.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/input.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace tamper {

using base::Cover;

namespace {

// Sorted names in a folder; none when there is no such folder.
std::vector<std::string> names_in(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder.c_str()), &::closedir);
  std::vector<std::string> names;
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir.get())) names.emplace_back(entry->d_name);
  std::ranges::sort(names);
  return names;
}

void open_alarms(const std::string& folder, std::vector<base::Fd>& out) {
  for (const auto& name : names_in(folder)) {
    if (!name.starts_with("intrusion") || !name.ends_with("_alarm")) continue;
    base::Fd file(::open((folder + "/" + name).c_str(), O_RDONLY | O_CLOEXEC));
    if (file.valid() && out.size() < Sensors::kSwitchesMax) out.push_back(std::move(file));
  }
}

Cover read_switch(const base::Fd& file) {
  std::array<char, 8> text{};
  const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
  if (size < 1) return Cover::kLost;
  return text[0] == '0' ? Cover::kClosed : Cover::kOpen;
}

}  // namespace

base::Result<Sensors> Sensors::open(const std::string& hwmon, const std::string& button) {
  Sensors out;
  for (const auto& name : names_in(hwmon)) {
    if (!name.starts_with("hwmon")) continue;
    open_alarms(hwmon + "/" + name, out.switches_);
    open_alarms(hwmon + "/" + name + "/device", out.switches_);
  }
  if (button.empty()) return out;
  out.button_ = base::Fd(::open(button.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!out.button_.valid()) return base::fail(base::Code::kNotFound, "button");
  return out;
}

Cover Sensors::cover() const {
  Cover worst = switches_.empty() ? Cover::kNotWatched : Cover::kClosed;
  for (const auto& file : switches_) worst = std::max(worst, read_switch(file));
  return button_lost_ ? Cover::kLost : worst;
}

bool Sensors::pressed() {
  if (!button_.valid()) return false;
  bool found = false;
  std::array<input_event, 16> events{};
  while (true) {
    const ssize_t size = ::read(button_.get(), events.data(), sizeof events);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return found;
    if (size <= 0) {  // pulled out: whoever does that has to do with the box
      button_.reset();
      button_lost_ = true;
      return found;
    }
    const auto count = static_cast<std::size_t>(size) / sizeof(input_event);
    for (std::size_t i = 0; i < count; ++i) {
      found = found || (events.at(i).type == EV_KEY && events.at(i).value == 1);
    }
  }
}

}  // namespace tamper
