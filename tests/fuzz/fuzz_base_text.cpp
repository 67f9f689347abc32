// Whatever base accepts as text, address, day, time, id or hex, it writes back so that it reads the
// same again; and an individual number that it accepts has a check digit that fits.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/individual_number.h"
#include "base/ip.h"
#include "base/terms.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::as_text({data, size});
  if (const auto value = base::Text<64>::from(text)) ASSERT(value->view() == text);
  if (const auto bytes = base::from_hex(text)) ASSERT(base::to_hex(*bytes) == text);
  if (const auto day = base::day_from_iso(text)) ASSERT(base::to_iso(*day) == text);
  if (const auto time = base::from_rfc3339(text)) ASSERT(base::to_rfc3339(*time) == text);
  if (const auto id = base::id_from_text(text)) ASSERT(base::id_text(*id) == text);
  if (const auto address = base::IpAddress::parse(text)) {
    ASSERT(base::IpAddress::parse(address->text()) == *address);
  }
  if (const auto block = base::Cidr::parse(text)) {
    ASSERT(base::Cidr::parse(block->text()) == *block);
  }
  if (const auto number = base::IndividualNumber::parse(text)) {
    const auto again = base::IndividualNumber::from(number->digits());
    ASSERT(again.has_value() && again->equals(*number));
  }
  return 0;
}
