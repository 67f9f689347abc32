// Files and what happens with them: kagikura-site writes the site's files, and asks for a change to
// be carried out by writing one file for it. A path unit of systemd runs the fixed script for
// exactly that change (systemd/site-apply) as root and leaves one line, which is the result. So
// the program that hears the console has no rights, and the script that has them hears nobody.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"

namespace site {

struct Folders {
  std::string site;      // /var/lib/kagikura-site: what a site may change
  std::string requests;  // run/apply: one file for each kind of change
  std::string results;   // run/applied: one line for each
};

// Replaces a file below `folder` as a whole, durably: the old one or the new one, never a part.
base::Result<> replace_file(const std::string& folder, const std::string& name,
                            std::string_view text);

// The kinds of change that the script knows, as the names of its files.
inline constexpr std::string_view kApplyNetwork = "network";
inline constexpr std::string_view kApplyZones = "zones";
inline constexpr std::string_view kApplyTime = "time";
inline constexpr std::string_view kApplyClock = "clock";
inline constexpr std::string_view kApplyExport = "export";
inline constexpr std::string_view kApplyUpdate = "update";
inline constexpr std::string_view kApplyCover = "cover";

// Asks for a change; `text` is what the script reads (a time, or the request's own number only).
base::Result<> ask(const Folders& folders, std::string_view what, std::string_view text);

// The line that answers it; empty while there is none. The script begins its line with the
// request's number, which this leaves out: an older answer is none.
std::string answer(const Folders& folders, std::string_view what, std::string_view number);

}  // namespace site
