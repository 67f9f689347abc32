// A header of an update that is read is written the same; zeros fill the rest of its block.
#include <cstdint>
#include <string>

#include "update/header.h"
#include "update/machine.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(base::as_text({data, size}));
  if (const auto kernel = update::kernel_from(text)) {
    const auto again = update::kernel_file(kernel->slot, kernel->version, kernel->on_trial);
    ASSERT(again == text || kernel->on_trial);
  }
  text.resize(update::kSigned, '\0');
  if (const auto header = update::parse_header(base::as_bytes(text))) {
    std::string again = update::header_text(*header);
    again.resize(update::kSigned, '\0');
    ASSERT(again == text);
  }
  return 0;
}
