// The TLS end of one connection: TLS 1.3 only, one certificate, no tickets, no early data. The
// private key is not here: the handshake's one signature is asked from core (SignHandshake). Only
// tls.cpp knows GnuTLS. Where core says so the peer is asked for a certificate, and has to
// prove that it has its key, to core as well; what the certificate is worth is core's to say.
#pragma once

#include <memory>
#include <span>

#include "web/context.h"

namespace web {

class Tls {
 public:
  enum class Step : std::uint8_t { kDone, kWantRead, kWantWrite, kClosed };
  struct Moved {
    Step step = Step::kClosed;  // kDone: `size` bytes were moved
    std::size_t size = 0;
  };

  // On the connected, non-blocking socket `fd`, which stays the caller's. kInvalid for a
  // certificate that does not parse. `core` must outlive this.
  static base::Result<std::unique_ptr<Tls>> open(int fd, const ipc::Greet::Reply& greeting,
                                                 Core& core);
  virtual ~Tls() = default;

  virtual Step handshake() = 0;
  virtual Moved read(std::span<std::uint8_t> into) = 0;
  // After kWantWrite the next write must be of the same bytes.
  virtual Moved write(base::ByteSpan bytes) = 0;
  // Whether read() can go on without the socket.
  [[nodiscard]] virtual bool holds_input() const = 0;
  // Whether the peer has shown a certificate, when it was asked for one.
  [[nodiscard]] virtual bool has_certificate() const = 0;
  // Where a certificate was asked for: the handshake up to what proves the peer's key, for core to
  // see for itself. kTooMany or kTooLong for one that core would not take.
  using Handshake = decltype(ipc::PresentCertificate::handshake);
  [[nodiscard]] virtual base::Result<Handshake> take_handshake() = 0;
  // Says that nothing more will be written.
  virtual void say_goodbye() = 0;
};

}  // namespace web
