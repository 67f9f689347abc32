// From a request that is in order on the wire to the answer of its page: built-in files, the route
// table, the decoding of query and form. Asks core only through the handler.
#pragma once

#include <string_view>

#include "web/context.h"
#include "web/guard.h"
#include "web/route.h"

namespace web {

// How large the body of this request may be: by its row; small for what has none.
std::uint64_t body_limit(const Head& head);
// True when the body is kept in a memory file instead of memory.
bool is_upload(const Head& head);

// The answer. `body` is the whole body as it came; `link` secrets in the path stay in the request.
Response dispatch(Core& core, const Head& head, std::string_view body);

}  // namespace web
