// Web acceptor -> core. The acceptor never reads a byte of a connection; core decides the zone from
// the address that the kernel gave it.
#pragma once

#include "ipc/values.h"

namespace ipc {

// May this peer connect? The reply's descriptor is the worker's one channel to core (WorkerCore),
// bound to this peer. kDenied when no zone has the address, kTooMany over a limit.
struct Admit {
  struct Reply {
    Fd channel;
  };
  FixedBytes<16> address;  // as base::IpAddress::octets()
  std::uint16_t port = 0;
  base::Listener listener = base::Listener::kPages;
};

struct AcceptorCore {
  static constexpr const char* kName = "acceptor-core";
  static constexpr std::size_t kInFlightMax = 128;
  using Request = std::variant<Admit>;
};

}  // namespace ipc
