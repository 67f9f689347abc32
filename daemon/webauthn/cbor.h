// Reads CBOR (RFC 8949) in the form that CTAP2 authenticators must write: definite lengths, the
// shortest head of each, no tags, no floats. Copies nothing and looks at nothing twice; every
// length is checked against what is there. For webauthn/ only.
#pragma once

#include "base/bytes.h"

namespace webauthn {

class CborReader {
 public:
  static constexpr std::size_t kDepthMax = 4;

  explicit CborReader(base::ByteSpan bytes) : rest_(bytes) {}

  // The next item, which must be of that type. kInvalid "cbor" otherwise, and for whatever is not
  // well-formed; the reader is of no use afterwards.
  base::Result<std::int64_t> integer();  // major types 0 and 1
  base::Result<base::ByteSpan> bytes();
  base::Result<std::string_view> text();
  base::Result<std::size_t> map();  // the number of pairs that follow
  // Any one item with all that is in it, at most kDepthMax deep.
  base::Result<> skip() { return skip_item(0); }

  [[nodiscard]] base::ByteSpan rest() const { return rest_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  enum class Major : std::uint8_t {
    kUnsigned,
    kNegative,
    kBytes,
    kText,
    kArray,
    kMap,
    kTag,
    kSimple
  };
  struct Head {
    Major major = Major::kUnsigned;
    std::uint64_t argument = 0;
  };
  base::Result<Head> head();
  base::Result<base::ByteSpan> string_of(Major major);
  base::Result<base::ByteSpan> take(std::uint64_t size);
  base::Result<> skip_item(std::size_t depth);

  base::ByteSpan rest_;
};

}  // namespace webauthn
