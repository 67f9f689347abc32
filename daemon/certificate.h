// The disposal certificate: one line of canonical JSON about what was disposed of, by whom and
// when, and the HSM's signature over it. docs/certificate-format.md tells how to check it with
// openssl alone. It names people by id only and holds nothing derived from a number.
#pragma once

#include <string>

#include "daemon/core.h"

namespace core {

// What the certificate says beside the disposal's record.
struct CertificateFacts {
  std::string firm;
  std::string proposed_by;
  std::string approved_by;
  std::uint64_t epoch = 0;
  base::WallTime issued_at;
  std::string log_origin;
  std::uint64_t log_size = 0;
  std::string log_root;
  base::Digest key_id;  // SHA-256 of the SubjectPublicKeyInfo that signs
};

// The line that is signed, line feed included.
std::string certificate_line(const registry::Disposal& disposal, const CertificateFacts& facts);

// The whole file: the line, the signature, and the public key for convenience.
std::string certificate_file(const std::string& line, base::ByteSpan signature,
                             base::ByteSpan public_key);

// Makes the checkpoint, the line and its signature for a disposal whose keys are gone.
base::Task<base::Result<ipc::Bytes<65536>>> issue_certificate(Core& core, base::DisposalId disposal,
                                                              ipc::Actor actor,
                                                              std::uint64_t epoch);

}  // namespace core
