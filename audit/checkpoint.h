// C2SP tlog-checkpoint 1.0: a signed note (c2sp.org/signed-note) of three lines, origin, size and
// root, with an ECDSA P-256 signature (type 0x02) over SHA-256 of the text. The key is elsewhere
// (an HSM): signing is a callback, or two steps for who must wait for it. Verifying uses libcrypto.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/tree.h"
#include "base/bytes.h"
#include "base/result.h"

namespace audit {

using Der = std::vector<std::uint8_t>;
// Signs a SHA-256 digest with ECDSA P-256; DER.
using Signer = std::function<base::Result<Der>(const Digest&)>;

inline constexpr std::size_t kNoteMax = 16U << 10U;
inline constexpr std::size_t kNoteSignaturesMax = 16;

// 1 to 64 bytes of [a-z0-9./_-]: also a key name of a note.
bool is_origin(std::string_view origin);

// A P-256 public key and the log's name: what a verifier must know beforehand.
class LogKey {
 public:
  // `spki`: DER SubjectPublicKeyInfo. kInvalid when it is not one of P-256 or the origin is none.
  static base::Result<LogKey> from(std::string_view origin, base::ByteSpan spki);
  // "ORIGIN+KEYID+BASE64", as vkey() writes it; a trailing line feed is accepted.
  static base::Result<LogKey> from_vkey(std::string_view text);

  [[nodiscard]] const std::string& origin() const { return origin_; }
  [[nodiscard]] const Der& spki() const { return spki_; }
  // SHA-256 of the SubjectPublicKeyInfo: what consoles show and people compare.
  [[nodiscard]] Digest fingerprint() const { return sha256(spki_); }
  // The first four bytes of the fingerprint (signed-note: type 0x02).
  [[nodiscard]] std::uint32_t key_id() const;
  [[nodiscard]] std::string vkey() const;
  [[nodiscard]] std::string pem() const;
  // kCorrupt unless `signature` is the key's over the digest.
  [[nodiscard]] base::Result<> check(const Digest& digest, base::ByteSpan signature) const;
  friend bool operator==(const LogKey&, const LogKey&) = default;

 private:
  std::string origin_;
  Der spki_;
};

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The three lines. What is signed is SHA-256 of exactly this.
std::string checkpoint_text(const Checkpoint& checkpoint);
Digest checkpoint_digest(const Checkpoint& checkpoint);
// The note from the text and the signature over checkpoint_digest().
std::string assemble_note(const Checkpoint& checkpoint, const LogKey& key,
                          base::ByteSpan signature);
// The same in one step; the signature is verified before it is returned.
base::Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const LogKey& key,
                                          const Signer& sign);

// Reads the text part only (three lines, no extension lines). kInvalid.
base::Result<Checkpoint> parse_checkpoint(std::string_view text);
// Reads a note and verifies it: every signature that names the key must be good and there must be
// at least one; others are ignored. kInvalid (form), kCorrupt (signature), kMismatch (origin).
base::Result<Checkpoint> open_checkpoint(std::string_view note, const LogKey& key);

}  // namespace audit
