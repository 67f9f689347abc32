// The addresses of this machine now, for the console's banner: "eth0 192.0.2.10".
#pragma once

#include <string>
#include <vector>

namespace site {

// Without loopback and link-local ones; empty when there is no network.
std::vector<std::string> addresses();

}  // namespace site
