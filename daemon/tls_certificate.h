// The web server's certificate: self-signed at set-up, with the TLS key that is in the HSM. A firm
// with a CA of its own distributes the fingerprint that the console shows, or replaces the
// certificate.
#pragma once

#include "daemon/core.h"

namespace core {

// A DNS name or an address, in the form that a certificate may carry.
bool is_host(std::string_view text);

// PEM. Valid for two years (browsers take no more than 825 days from a private root).
base::Task<base::Result<ipc::Bytes<8192>>> make_tls_certificate(Core& core, ipc::Text<253> host,
                                                                const ipc::UnlockHsm::Reply& keys);

// SHA-256 of the certificate's DER; zeros when there is none.
base::Digest fingerprint_of_pem(const ipc::Bytes<8192>& pem);

}  // namespace core
