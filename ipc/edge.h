// What the two ends of a channel agree on before the first request: an edge's name and version.
// An Edge is a type with kName, kInFlightMax and Request, a variant of request messages; each
// request names its Reply. So a process can decode only what may be sent to it.
#pragma once

#include "base/text.h"
#include "ipc/codec.h"
#include "ipc/wire.h"

namespace ipc {

inline constexpr std::uint32_t kProtocolVersion = 1;

struct Hello {
  base::Text<32> edge;
  std::uint32_t version = kProtocolVersion;
  base::Text<40> build;  // the build's id; both ends come from one package
};

// The build id compiled into every program.
std::string_view build_id();

template <class Edge>
Hello hello_of() {
  return {base::Text<32>::literal(Edge::kName), kProtocolVersion,
          base::Text<40>::literal(build_id())};
}

// kProtocol unless the other end speaks the same edge, version and build.
template <class Edge>
base::Result<> check_hello(const Frame& frame) {
  if (frame.kind != FrameKind::kHello) return base::fail(base::Code::kProtocol, "hello");
  const Hello theirs = TRY(decode<Hello>(frame.body));
  const Hello ours = hello_of<Edge>();
  if (theirs.edge != ours.edge || theirs.version != ours.version || theirs.build != ours.build) {
    return base::fail(base::Code::kProtocol, "hello");
  }
  return {};
}

}  // namespace ipc
