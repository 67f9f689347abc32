// Making a software token's key changes durable. SoftHSM keeps each object in a file and never
// calls fsync: after a power failure a key that was reported as made may be missing, and one that
// was reported as destroyed may be back. Real devices keep their own promises, and for them this
// does nothing.
#pragma once

#include <string>

#include "base/result.h"

namespace hsm {

// Where SoftHSM, if it is here, keeps what is its own.
struct SoftHsmPlace {
  std::string configuration;  // SOFTHSM2_CONF, else the default place
  std::string folder;
  // kNotFound "token_folder" when there is no configuration or it names no absolute folder.
  static base::Result<SoftHsmPlace> find();
};

class Durability {
 public:
  // For the token's maker as it calls itself. For SoftHSM the folder is read from its configuration
  // (SOFTHSM2_CONF, else its default place); kNotFound "token_folder" when that names none.
  static base::Result<Durability> of(const std::string& manufacturer);

  // Syncs the files that changed since the last call, and their folders. kIo "token_folder".
  base::Result<> flush();
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_;        // empty: nothing to do
  std::int64_t since_s_ = 0;  // wall time of the last flush
};

}  // namespace hsm
