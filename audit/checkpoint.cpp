#include "audit/checkpoint.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <charconv>
#include <memory>

#include "audit/base64.h"
#include "base/terms.h"
#include "base/text.h"

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // em dash, space
constexpr std::uint8_t kEcdsaType = 0x02;
// Up to the point: named curve, uncompressed. One key, one spelling.
constexpr std::string_view kSpkiStart = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { ::EVP_PKEY_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

// The key of a DER SubjectPublicKeyInfo that is exactly one of P-256, or null.
Key decode(base::ByteSpan spki) {
  const std::uint8_t* at = spki.data();
  Key key(::d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  if (!key || at != spki.data() + spki.size()) return nullptr;
  std::array<char, 32> group{};
  if (::EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) != 1)
    return nullptr;
  return std::string_view(group.data()) == "prime256v1" ? std::move(key) : nullptr;
}

std::string hex_id(std::uint32_t id) { return base::id_text(id).substr(8); }

Result<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  if (!whole || (text.size() > 1 && text[0] == '0')) return fail(Code::kInvalid, "size");
  return value;
}

// Takes the text before the next line feed off `rest`.
Result<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return fail(Code::kInvalid, "note");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

// A note without its framing rules: text, and lines of signatures.
struct Note {
  std::string_view text;
  std::string_view signatures;
};

Result<Note> split_note(std::string_view note) {
  if (note.size() > kNoteMax || note.empty() || note.back() != '\n') {
    return fail(Code::kInvalid, "note");
  }
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return fail(Code::kInvalid, "note");
  std::string_view rest = note;
  while (!rest.empty()) {
    if (!base::is_clean_utf8(TRY(take_line(rest)))) return fail(Code::kInvalid, "note");
  }
  return Note{note.substr(0, blank + 1), note.substr(blank + 2)};
}

// One signature line: whether it is a good one of the key. kCorrupt when it names the key and is
// bad.
Result<bool> check_line(std::string_view line, const LogKey& key, const Digest& digest) {
  if (!line.starts_with(kDash)) return fail(Code::kInvalid, "signature");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return fail(Code::kInvalid, "signature");
  const auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() < 5) return fail(Code::kInvalid, "signature");
  if (line.substr(0, space) != key.origin()) return false;
  const base::ByteSpan all = *bytes;
  const base::ByteSpan id = base::ByteSpan(all).first(4);
  if (base::to_hex(id) != hex_id(key.key_id())) return false;
  TRY(key.check(digest, all.subspan(4)));
  return true;
}

}  // namespace

bool is_origin(std::string_view origin) {
  if (origin.empty() || origin.size() > 64) return false;
  for (const char c : origin) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '/' ||
                      c == '_' || c == '-';
    if (!good) return false;
  }
  return true;
}

Result<LogKey> LogKey::from(std::string_view origin, base::ByteSpan spki) {
  if (!is_origin(origin)) return fail(Code::kInvalid, "origin");
  const std::string hex = base::to_hex(spki);
  if (hex.size() != 182 || !hex.starts_with(kSpkiStart) || !decode(spki)) {
    return fail(Code::kInvalid, "key");
  }
  LogKey key;
  key.origin_ = origin;
  key.spki_.assign(spki.begin(), spki.end());
  return key;
}

Result<LogKey> LogKey::from_vkey(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t first = text.find('+');
  if (first == std::string_view::npos) return fail(Code::kInvalid, "vkey");
  const std::size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return fail(Code::kInvalid, "vkey");
  const auto bytes = TRY(from_base64(text.substr(second + 1)));
  if (bytes.empty() || bytes[0] != kEcdsaType) return fail(Code::kInvalid, "vkey");
  LogKey key = TRY(from(text.substr(0, first), base::ByteSpan(bytes).subspan(1)));
  if (text.substr(first + 1, second - first - 1) != hex_id(key.key_id())) {
    return fail(Code::kMismatch, "vkey");
  }
  return key;
}

std::uint32_t LogKey::key_id() const {
  const Digest hash = fingerprint();
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < 4; ++i) id = (id << 8U) | hash.view()[i];
  return id;
}

std::string LogKey::vkey() const {
  Der bytes{kEcdsaType};
  bytes.insert(bytes.end(), spki_.begin(), spki_.end());
  return origin_ + "+" + hex_id(key_id()) + "+" + to_base64(bytes);
}

std::string LogKey::pem() const { return to_pem("PUBLIC KEY", spki_); }

Result<> LogKey::check(const Digest& digest, base::ByteSpan signature) const {
  const Key key = decode(spki_);
  if (!key) return fail(Code::kInvalid, "key");
  const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(::EVP_PKEY_CTX_new(key.get(), nullptr));
  if (!context || ::EVP_PKEY_verify_init(context.get()) != 1) return fail(Code::kInternal, "key");
  const int good = ::EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                     digest.view().data(), digest.view().size());
  if (good != 1) return fail(Code::kCorrupt, "signature");
  return {};
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root.view()) + "\n";
}

Digest checkpoint_digest(const Checkpoint& checkpoint) {
  return sha256(base::as_bytes(checkpoint_text(checkpoint)));
}

std::string assemble_note(const Checkpoint& checkpoint, const LogKey& key,
                          base::ByteSpan signature) {
  Der bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(key.key_id() >> static_cast<unsigned>(shift)));
  }
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return checkpoint_text(checkpoint) + "\n" + std::string(kDash) + key.origin() + " " +
         to_base64(bytes) + "\n";
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const LogKey& key,
                                    const Signer& sign) {
  const Digest digest = checkpoint_digest(checkpoint);
  const Der signature = TRY(sign(digest));
  TRY(key.check(digest, signature));
  return assemble_note(checkpoint, key, signature);
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.origin = TRY(take_line(text));
  if (!is_origin(checkpoint.origin)) return fail(Code::kInvalid, "origin");
  const std::string_view size = TRY(take_line(text));
  checkpoint.size = TRY(decimal(size));
  const auto root = from_base64(TRY(take_line(text)));
  if (!root) return fail(Code::kInvalid, "root");
  checkpoint.root = TRY(Digest::from(*root));
  if (!text.empty()) return fail(Code::kInvalid, "note");
  return checkpoint;
}

Result<Checkpoint> open_checkpoint(std::string_view note, const LogKey& key) {
  const Note parts = TRY(split_note(note));
  Checkpoint checkpoint = TRY(parse_checkpoint(parts.text));
  if (checkpoint.origin != key.origin()) return fail(Code::kMismatch, "origin");
  const Digest digest = sha256(base::as_bytes(parts.text));
  std::string_view rest = parts.signatures;
  std::size_t good = 0;
  for (std::size_t count = 0; !rest.empty(); ++count) {
    if (count == kNoteSignaturesMax) return fail(Code::kInvalid, "signature");
    const std::string_view line = TRY(take_line(rest));
    if (TRY(check_line(line, key, digest))) ++good;
  }
  if (good == 0) return fail(Code::kCorrupt, "signature");
  return checkpoint;
}

}  // namespace audit
