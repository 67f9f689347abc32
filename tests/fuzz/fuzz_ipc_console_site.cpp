// What the console may send to kagikura-site: whatever decodes encodes to the same bytes again.
#include <cstdlib>

#include "ipc/codec.h"
#include "ipc/console_site.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteSpan bytes(data, size);
  std::vector<base::Fd> none;
  const auto request = ipc::decode<ipc::ConsoleSite::Request>(bytes, &none);
  if (request && !std::ranges::equal(ipc::encode(*request), bytes)) std::abort();
  return 0;
}
