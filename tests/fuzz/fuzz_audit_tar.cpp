// The files of a tar that is read have harmless names and fill it without gap or overlap; a DER
// element that is read is written the same.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "audit/der.h"
#include "audit/tar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteSpan all(data, size);
  const auto source = [&](std::uint64_t offset, std::span<std::uint8_t> out) -> base::Result<> {
    ASSERT(offset <= size && out.size() <= size - offset);
    std::copy_n(data + offset, out.size(), out.begin());
    return {};
  };
  if (const auto index = audit::read_tar(source, size)) {
    std::vector<audit::TarFile> files;
    for (const auto& [name, file] : *index) {
      ASSERT(audit::is_plain_path(name));
      files.push_back(file);
    }
    std::ranges::sort(files, {}, &audit::TarFile::offset);
    std::uint64_t end = 0;
    for (const audit::TarFile& file : files) {
      ASSERT(file.offset == end + 512);
      end = (file.offset + file.size + 511) / 512 * 512;
    }
    ASSERT(end + 1024 == size);
  }
  base::ByteSpan rest = all;
  if (const auto element = audit::der::take(rest)) {
    const audit::Der again = audit::der::element(element->tag, element->content);
    ASSERT(std::ranges::equal(again, element->whole));
    ASSERT(element->whole.size() + rest.size() == size);
  }
  return 0;
}
