// The HTTP layer: libmicrohttpd on one end of a socket pair, as the second reader of every request
// and the writer of every answer. It sees only what the guard has let through, and a request on
// whose reading the two do not agree is refused. Only http.cpp knows libmicrohttpd.
#pragma once

#include <functional>
#include <memory>

#include "web/guard.h"

namespace web {

class Http {
 public:
  // Called once a request, with its head as the guard read it and its whole body.
  using Answer = std::function<Response(const Head& head, std::string_view body)>;

  // kIo when the library or the system refuses.
  static base::Result<std::unique_ptr<Http>> open(Answer answer);
  virtual ~Http() = default;

  // The next request begins: what the guard read. Then its bytes go through feed().
  virtual base::Result<> begin(Head head) = 0;
  // Hands over bytes of the request, works, and adds bytes of the answer to `out`, at most about
  // `room`. Returns how many of `bytes` were taken.
  virtual base::Result<std::size_t> feed(base::ByteSpan bytes, std::size_t room,
                                         std::string& out) = 0;
  // The answer has been written whole and taken whole.
  [[nodiscard]] virtual bool finished() const = 0;
  // The layer ends the connection after what it wrote.
  [[nodiscard]] virtual bool closed() const = 0;
};

}  // namespace web
