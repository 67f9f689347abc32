// kagikura verify: checks an export offline. It needs no appliance, no network and no
// configuration.
#pragma once

#include <string>
#include <vector>

namespace cli {

struct VerifyArguments {
  std::string path;                      // tar or folder
  std::string key;                       // log.vkey; empty: the export's own
  std::vector<std::string> checkpoints;  // files
  bool json = false;
};

inline constexpr int kVerifyGood = 0;
inline constexpr int kVerifyUnchecked = 1;
inline constexpr int kVerifyTampered = 2;

// Prints the report to standard output, or why it cannot be checked to standard error.
int verify_command(const VerifyArguments& arguments);

}  // namespace cli
