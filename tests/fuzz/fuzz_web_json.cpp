// A body that is taken holds only what the route knows, in bounds, and says the same when it is
// written and read again.
#include <cstdint>

#include "base/bytes.h"
#include "web/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto known = {std::string_view("a"), std::string_view("b"), std::string_view("c")};
  const auto body = web::JsonBody::parse(base::as_text({data, size}), known);
  if (!body) return 0;
  web::JsonWriter out;
  out.open();
  for (const auto name : known) {
    if (const auto text = body->text(name)) out.text(name, *text);
    if (const auto number = body->number(name)) out.number(name, *number);
    if (const auto list = body->list(name)) {
      ASSERT((*list)->size() <= web::JsonBody::kItemsMax);
      out.open_list(name);
      for (const auto& item : **list) {
        ASSERT(base::is_clean_utf8(item));
        out.item(item);
      }
      out.close_list();
    }
  }
  out.close();
  const std::string written = std::move(out).release();
  const auto again = web::JsonBody::parse(written, known);
  ASSERT(again.has_value());
  for (const auto name : known) {
    ASSERT(body->has(name) == again->has(name));
    if (const auto text = body->text(name)) ASSERT(*again->text(name) == *text);
    if (const auto number = body->number(name)) ASSERT(*again->number(name) == *number);
    if (const auto list = body->list(name)) ASSERT(**again->list(name) == **list);
  }
  return 0;
}
