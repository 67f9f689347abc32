// The firm's own authority for the certificates of other systems: who is let in by a certificate
// must have one that it issued. Used by core alone; it never asks the network, reads no file after
// the start, and knows nothing of who is enrolled (daemon/clients.h). Only client_authority.cpp
// knows OpenSSL's certificates.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "ipc/worker_api.h"

namespace core {

// One certificate that is in order.
struct ClientCertificate {
  base::Digest fingerprint;  // SHA-256 of it
  base::Digest key;          // SHA-256 of its SubjectPublicKeyInfo
  ipc::Text<256> subject;    // RFC 2253, cut where it is longer
  base::WallTime not_before;
  base::WallTime not_after;
};

class ClientAuthority {
 public:
  static constexpr std::size_t kPemMax = std::size_t{64} * 1024;
  static constexpr std::size_t kRootsMax = 8;

  // The authorities' certificates as PEM, one after the other. kMissing "certificate" when there
  // is none, kTooMany, kInvalid for what is no certificate, kDenied "authority" for one that may
  // not issue others, kExpired "authority" for one that is not in its time at `now`.
  static base::Result<std::unique_ptr<ClientAuthority>> open(std::string_view pem,
                                                             base::WallTime now);
  virtual ~ClientAuthority() = default;

  // Judges a chain, the system's own certificate first (RFC 5280 section 6): from one of the
  // authorities, in its time at `now`, meant for clients (extended key usage clientAuth, said and
  // not left open), no authority itself, with a key of at least 112 bits of security. kInvalid
  // "certificate" for what is no certificate, kExpired "certificate" for one that is in order but
  // for its time, kDenied "certificate" for all else.
  [[nodiscard]] virtual base::Result<ClientCertificate> judge(
      std::span<const ipc::Certificate> chain, base::WallTime now) const = 0;
  // The same for one as somebody has put it into a page: PEM or DER.
  [[nodiscard]] virtual base::Result<ipc::Certificate> read(base::ByteSpan pem_or_der) const = 0;
};

// Why an authority's file is not accepted, for who edits the configuration.
std::string explain(const base::Error& error);

}  // namespace core
