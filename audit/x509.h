// Self-signed X.509 certificates (RFC 5280) of P-256 keys that are in an HSM, and the detached CMS
// signature (RFC 5652) of an export. Signing is two steps, because who signs may be a process away:
// take the digest, have it signed (ECDSA, DER), assemble.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/checkpoint.h"
#include "audit/der.h"
#include "base/clock.h"
#include "base/ip.h"

namespace audit {

struct CertificateFields {
  enum class Use : std::uint8_t {
    kSign,  // digitalSignature: checkpoints, exports, disposal certificates
    kTls,   // digitalSignature, serverAuth
  };
  Der spki;                 // the subject's and signer's key
  std::string common_name;  // UTF-8, 1 to 64 bytes
  std::vector<std::string> dns_names;
  std::vector<base::IpAddress> addresses;
  std::uint64_t serial = 1;  // positive, of the caller's choice; random for TLS
  base::WallTime not_before;
  base::WallTime not_after;
  Use use = Use::kSign;
};

// The TBSCertificate; sign sha256() of it.
Der certificate_to_sign(const CertificateFields& fields);
// The certificate, DER.
Der assemble_certificate(const Der& to_sign, base::ByteSpan signature);
// Both in one.
base::Result<Der> self_signed(const CertificateFields& fields, const Signer& sign);

// The SubjectPublicKeyInfo of a certificate. kInvalid.
base::Result<Der> spki_of(base::ByteSpan certificate);

// What a CMS signer signs about a content with this digest: sign sha256() of it (a SET, as RFC
// 5652 5.4 wants it).
Der cms_attributes(const Digest& content, base::WallTime signed_at);
// The detached SignedData, DER. kInvalid when the certificate cannot be read.
base::Result<Der> assemble_cms(base::ByteSpan certificate, const Der& attributes,
                               base::ByteSpan signature);

}  // namespace audit
