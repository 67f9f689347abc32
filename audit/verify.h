// Offline verification of an export (audit/FORMAT.md sections 6 and 7): everything that can be
// computed is computed again and compared byte for byte. It needs no appliance and believes nothing
// but the key and the checkpoints that the caller brings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/bundle.h"
#include "audit/export.h"
#include "audit/verify_entries.h"

namespace audit {

struct VerifyOptions {
  std::string path;                      // tar or folder
  std::optional<LogKey> key;             // received by another way; else the export's own is used
  std::vector<std::string> checkpoints;  // notes that were saved before
};

struct VerifyReport {
  std::vector<Finding> findings;  // empty: nothing is wrong
  bool key_confirmed = false;     // it was the caller's key
  std::string origin;
  std::string fingerprint;  // of the key that was used, hex; empty when there was none
  std::uint64_t size = 0;
  std::string root;  // base64
  base::WallTime first_time;
  base::WallTime last_time;
  std::uint64_t checkpoints = 0;  // of the caller's, that agree
  std::vector<std::uint64_t> open_intents;

  [[nodiscard]] bool good() const { return findings.empty(); }
};

// Fails only when it cannot be checked: kNotFound, kIo (the export), kInvalid (a checkpoint of the
// caller's that is no note at all).
base::Result<VerifyReport> verify(const VerifyOptions& options);

// One JSON object and a line feed; the fields of FORMAT.md section 7.
std::string to_json(const VerifyReport& report);
// For people, English and Japanese.
std::string to_text(const VerifyReport& report);

}  // namespace audit
