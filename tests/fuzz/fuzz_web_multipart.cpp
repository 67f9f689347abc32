// A multipart body that is accepted is written so that it reads the same again. The first line of
// the input is the boundary.
#include <cstdint>
#include <string>

#include "web/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::as_text({data, size});
  const auto line = text.find('\n');
  if (line == std::string_view::npos || line == 0 || line > 70) return 0;
  const std::string_view boundary = text.substr(0, line);
  const auto parts = web::parse_multipart(text.substr(line + 1), boundary);
  if (!parts) return 0;
  const std::string written = web::encode_multipart(*parts, boundary);
  const auto again = web::parse_multipart(written, boundary);
  ASSERT(again.has_value() && again->form.size() == parts->form.size());
  for (std::size_t i = 0; i < parts->form.size(); ++i) {
    ASSERT(parts->form.at(i).name == again->form.at(i).name);
    ASSERT(parts->form.at(i).value == again->form.at(i).value);
  }
  ASSERT(again->file == parts->file && again->file_field == parts->file_field);
  return 0;
}
