// A software token's own record, kept safe through a log-in. SoftHSM notes each log-in in the file
// that says what the token is, emptying it first: who is killed between the two loses the token,
// and with it every key. So its bytes are put aside before, and put back by the next life if they
// are needed. Used by keyring.cpp only; real devices keep their own promises. Holds nothing secret
// that the file itself does not: the token's keys in it are encrypted under the PIN.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace hsm {

class TokenCopy {
 public:
  // Of every token below this folder of SoftHSM's; an empty one means that nothing is to be done.
  explicit TokenCopy(std::string folder) : folder_(std::move(folder)) {}
  // Of SoftHSM's folder where there is one.
  static TokenCopy of_place();

  // Before a log-in. On disk when it returns. kIo "token_copy".
  base::Result<> take() const;
  // After it, whatever came of it: the file is synced, then the copy goes. kIo "token_copy".
  base::Result<> drop() const;
  // Before a life begins: a token whose file is shorter than its copy gets the copy's bytes, and
  // copies that are not whole, or not needed, go. How many were put back. kIo "token_copy".
  base::Result<int> put_back() const;

 private:
  [[nodiscard]] base::Result<std::vector<std::string>> tokens() const;
  std::string folder_;
};

}  // namespace hsm
