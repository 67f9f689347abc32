// A blocking TLS 1.3 connection of OpenSSL's, both ends proved: the server's end wants a client's
// certificate, the client's end wants the right name. Everything that is read from files is read
// when the context is made, before the sandbox closes. Waits as long as the socket's time-outs say.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace monitor {

// Keys and authorities of one side. Move-only.
class TlsContext {
 public:
  // `certificate`: PEM with its key. `clients`: PEM of who issues the clients' certificates.
  static base::Result<TlsContext> server(const std::string& certificate,
                                         const std::string& clients);
  // `authorities`: PEM of who issues the server's certificate.
  static base::Result<TlsContext> client(const std::string& authorities);

 private:
  friend class TlsStream;
  struct Free {
    void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

class TlsStream {
 public:
  // Shakes hands on a connected socket. kDenied "peer" when the other end is not proved, kIo else.
  static base::Result<TlsStream> accept(const TlsContext& context, base::Fd socket);
  static base::Result<TlsStream> connect(const TlsContext& context, base::Fd socket,
                                         const std::string& name);

  // What there is, at least a byte; nothing at the end. kIo, also after a time-out.
  base::Result<std::string> read();
  base::Result<> write(std::string_view text);
  // Says that it ends.
  void close();

 private:
  struct Free {
    void operator()(SSL* one) const { ::SSL_free(one); }
  };
  static base::Result<TlsStream> begin(const TlsContext& context, base::Fd socket);
  base::Fd socket_;
  std::unique_ptr<SSL, Free> ssl_;
};

// Both directions of a blocking socket.
base::Result<> set_time_outs(const base::Fd& socket, int seconds);

}  // namespace monitor
