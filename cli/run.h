// main() of both command-line programs ends here: what the argument library or memory throws
// becomes a sentence and exit code 1, "nothing was done or checked", never an abort that says less.
#pragma once

#include <cstdio>
#include <exception>

namespace cli {

template <class Body>
int run(Body body) noexcept {
  try {
    return body();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stopped: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "stopped\n");
  }
  return 1;
}

}  // namespace cli
