// A form that is accepted is written so that it reads the same again; names and values keep their
// rules.
#include <cstdint>
#include <string>

#include "web/base64url.h"
#include "web/form.h"
#include "web/language.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::as_text({data, size});
  static_cast<void>(web::preferred_language(text));
  if (const auto token = web::token_from_text(text)) ASSERT(web::token_text(*token) == text);
  const auto form = web::parse_urlencoded(text);
  if (!form) return 0;
  const std::string written = web::encode_urlencoded(*form);
  const auto again = web::parse_urlencoded(written);
  // Escaping can make it longer than a form may be.
  if (written.size() > web::kFormBytesMax) return 0;
  ASSERT(again.has_value() && again->size() == form->size());
  for (std::size_t i = 0; i < form->size(); ++i) {
    ASSERT(form->at(i).name == again->at(i).name);
    ASSERT(form->at(i).value == again->at(i).value);
    ASSERT(web::is_form_text(form->at(i).value));
    ASSERT(form->has(form->at(i).name));
  }
  return 0;
}
