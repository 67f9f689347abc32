// A writer of DER (X.690), as much of it as certificates and CMS signatures take. Each function
// gives one whole element. Values come from our own code: what does not fit is a bug, not an error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace audit {

using Der = std::vector<std::uint8_t>;

namespace der {

Der element(std::uint8_t tag, base::ByteSpan content);
Der sequence(std::initializer_list<Der> items);
// SET OF: sorted by encoding (X.690 11.6).
Der set_of(std::vector<Der> items);
Der integer(std::uint64_t value);
Der boolean_true();
Der octet_string(base::ByteSpan bytes);
Der bit_string(base::ByteSpan bytes);
// A named bit list of at most eight bits, trailing zeros removed (X.690 11.2.2). Bit 0 is the
// highest.
Der named_bits(std::uint8_t bits);
// "1.2.840.10045.4.3.2".
Der object_id(std::string_view dotted);
Der utf8_string(std::string_view text);
// UTCTime to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5), in seconds.
Der time(base::WallTime time);
// [number], constructed, around `content`.
Der context(std::uint8_t number, base::ByteSpan content);
// [number], primitive: implicit tagging of a string.
Der context_primitive(std::uint8_t number, base::ByteSpan content);
Der join(std::initializer_list<Der> items);

// Splits the first element off `rest`: tag, content and all of its bytes. Definite minimal lengths
// only. kInvalid.
struct Element {
  std::uint8_t tag = 0;
  base::ByteSpan content;
  base::ByteSpan whole;
};
base::Result<Element> take(base::ByteSpan& rest);

}  // namespace der
}  // namespace audit
