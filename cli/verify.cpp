#include "cli/verify.h"

#include <cstdio>

#include "audit/verify.h"
#include "base/fd.h"

namespace cli {

namespace {

int unchecked(const std::string& what, const base::Error& error) {
  std::fprintf(stderr, "kagikura verify: %s: cannot be checked (%s)\n", what.c_str(),
               audit::error_text(error).c_str());
  return kVerifyUnchecked;
}

}  // namespace

int verify_command(const VerifyArguments& arguments) {
  audit::VerifyOptions options;
  options.path = arguments.path;
  if (!arguments.key.empty()) {
    const auto text = base::read_file(arguments.key, audit::kNoteMax);
    if (!text) return unchecked(arguments.key, text.error());
    auto key = audit::LogKey::from_vkey(*text);
    if (!key) return unchecked(arguments.key, key.error());
    options.key = *std::move(key);
  }
  for (const std::string& path : arguments.checkpoints) {
    auto note = base::read_file(path, audit::kNoteMax);
    if (!note) return unchecked(path, note.error());
    options.checkpoints.push_back(*std::move(note));
  }
  const auto report = audit::verify(options);
  if (!report) return unchecked(arguments.path, report.error());
  const std::string text = arguments.json ? to_json(*report) : to_text(*report);
  const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  if (!written) return kVerifyUnchecked;
  return report->good() ? kVerifyGood : kVerifyTampered;
}

}  // namespace cli
