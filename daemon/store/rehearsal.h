// Reads the whole store once in a process of its own before core relies on it. The library follows
// offsets that lie in the file, and somebody who has had the disk may have written them: what then
// ends by a signal is this process, and core can say that the store is not readable. Not a wall:
// the same bytes are read again afterwards. Used by main() before core locks itself in.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace store {

// kCorrupt when reading `dir` ended by a fault; kUnavailable when somebody ended it, or it could
// not begin: nothing is known then, and core starts anew. What fails in an orderly way is for
// LmdbKv::open() and its users to tell, and is no failure here.
base::Result<> rehearse(const std::string& dir, std::uint64_t bytes);

}  // namespace store
