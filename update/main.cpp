// kagikura-update: checks and installs signed updates of the image, as root. man kagikura-update(8)
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "update/install.h"

namespace {

constexpr int kGood = 0, kFailed = 1, kRefused = 2;
constexpr const char* kTrouble = "/run/kagikura-trouble";

constexpr std::string_view kUsage =
    "kagikura-update check FILE | install FILE [--result FILE] | guard | bless | status\n";

struct Outcome {
  int code = kGood;
  std::string line;
};

Outcome failed(const base::Error& error) {
  const auto refused = update::refusal(error);
  if (!refused.empty()) return {kRefused, "error " + std::string(refused)};
  return {kFailed, "error failed " + std::string(base::name(error.code)) + " " +
                       std::string(error.field.view())};
}

Outcome checked(const update::Places& places, const std::string& path) {
  const auto update = update::open_update(places, path);
  if (!update) return failed(update.error());
  const auto whole = update::check_parts(*update);
  if (!whole) return failed(whole.error());
  return {kGood, "ok newer " + update->header.version.text()};
}

Outcome installed(const update::Places& places, const std::string& path) {
  const auto update = update::open_update(places, path);
  if (!update) return failed(update.error());
  const auto whole = update::check_parts(*update);
  if (!whole) return failed(whole.error());
  const auto done = update::install(places, *update);
  if (!done) return failed(done.error());
  return {kGood, "ok installed " + update->header.version.text()};
}

bool write_line(const std::string& path, const std::string& line, int mode) {
  const base::Fd file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  return file.valid() && base::write_all(file, base::as_bytes(line + "\n")).has_value();
}

Outcome guarded(const update::Places& places) {
  const auto good = update::guard(places);
  if (good) return {kGood, "ok"};
  const std::string text =
      good.error().code == base::Code::kState
          ? "A newer version has run on this appliance; this one may not any more."
          : "The lowest version that may run here cannot be read.";
  write_line(kTrouble, text, 0600);
  return {kRefused, "error older"};
}

Outcome blessed(const update::Places& places) {
  const auto done = update::bless(places);
  return done ? Outcome{kGood, "ok"} : failed(done.error());
}

Outcome stated(const update::Places& places) {
  const auto line = update::status(places);
  return line ? Outcome{kGood, *line} : failed(line.error());
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  const update::Places places;
  const std::string_view what = words.size() > 1 ? words[1] : "";
  const bool with_result = words.size() == 5 && std::string_view(words[3]) == "--result";
  Outcome outcome{kFailed, ""};
  if (what == "check" && words.size() == 3) {
    outcome = checked(places, words[2]);
  } else if (what == "install" && (words.size() == 3 || with_result)) {
    outcome = installed(places, words[2]);
    if (with_result && !write_line(words[4], outcome.line, 0644)) outcome.code = kFailed;
  } else if (words.size() == 2 && what == "guard") {
    outcome = guarded(places);
  } else if (words.size() == 2 && what == "bless") {
    outcome = blessed(places);
  } else if (words.size() == 2 && what == "status") {
    outcome = stated(places);
  } else {
    std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
    return kFailed;
  }
  std::fprintf(outcome.code == kGood ? stdout : stderr, "%s\n", outcome.line.c_str());
  return outcome.code;
}
