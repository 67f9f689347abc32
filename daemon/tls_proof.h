// Proof that the peer of a connection has the key of the certificate that it shows: core reads the
// handshake itself, as far as it is signed. The worker speaks TLS and is hostile; a certificate is
// no secret; so its word that somebody has shown one is worth nothing. What cannot be made without
// the key is the client's signature over this very handshake (RFC 8446 section 4.4.3): over core's
// own fresh random number and under core's own signature. Pure; used by core alone.
#pragma once

#include <span>
#include <vector>

#include "ipc/worker_api.h"

namespace core {

// The certificates that the peer showed, its own first, when all of this holds: the messages are
// those of one full handshake of TLS 1.3 without a second ClientHello, from the ClientHello to the
// client's CertificateVerify, and nothing else; the ServerHello has `random`; `digest` is what core
// signed for it; and the client's signature is right. kInvalid "handshake" for what does not parse,
// kDenied "handshake" for what is not proved.
base::Result<std::vector<ipc::Certificate>> proved_chain(
    std::span<const ipc::HandshakeMessage> messages, const ipc::ServerRandom& random,
    const base::Digest& digest);

}  // namespace core
