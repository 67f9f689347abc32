// A line that is read as an entry is the line that the entry is written as; and it holds nothing
// that looks like an Individual Number outside its ids, times and hashes.
#include <cstdint>

#include "audit/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line = base::as_text({data, size});
  const auto entry = audit::parse(line);
  if (!entry) return 0;
  const auto again = audit::write(*entry);
  ASSERT(again.has_value() && *again == line);
  ASSERT(audit::parse(*again) == *entry);
  ASSERT(line.size() <= audit::kLineMax);
  for (const std::string_view text :
       {entry->login.view(), entry->action.view(), entry->peer.view()}) {
    ASSERT(!audit::number_shaped(text));
  }
  return 0;
}
