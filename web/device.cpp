#include "web/device.h"

#include <array>
#include <utility>

namespace web {

namespace {

// The first that is in it: browsers name their forebears too, so the youngest stands first.
constexpr std::array<std::pair<std::string_view, ipc::Browser>, 6> kBrowsers{{
    {"Edg/", ipc::Browser::kEdge},
    {"EdgA/", ipc::Browser::kEdge},
    {"Firefox/", ipc::Browser::kFirefox},
    {"FxiOS/", ipc::Browser::kFirefox},
    {"Chrome/", ipc::Browser::kChrome},
    {"Safari/", ipc::Browser::kSafari},
}};
constexpr std::array<std::pair<std::string_view, ipc::System>, 7> kSystems{{
    {"Android", ipc::System::kAndroid},
    {"iPhone", ipc::System::kIphone},
    {"iPad", ipc::System::kIphone},
    {"Windows NT", ipc::System::kWindows},
    {"Macintosh", ipc::System::kMac},
    {"CrOS", ipc::System::kLinux},
    {"Linux", ipc::System::kLinux},
}};

template <class Table, class Value>
Value first_of(const Table& table, std::string_view text, Value otherwise) {
  for (const auto& [word, value] : table) {
    if (text.find(word) != std::string_view::npos) return value;
  }
  return otherwise;
}

}  // namespace

ipc::Device device_of(std::string_view user_agent) {
  return {first_of(kBrowsers, user_agent, ipc::Browser::kOther),
          first_of(kSystems, user_agent, ipc::System::kOther)};
}

}  // namespace web
