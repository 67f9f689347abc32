// The headers of every answer. No page chooses them; they are the same for a page, an error and a
// refusal.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/response.h"

namespace web {

using HeaderLine = std::pair<std::string_view, std::string>;

// All headers of the answer but Content-Length, Date and Connection, which the HTTP layer writes.
std::vector<HeaderLine> headers_of(const Response& response);

// A whole answer that ends the connection, for requests that the HTTP layer never gets to see.
// `with_body` is false for HEAD.
std::string refusal_text(Status status, base::Listener listener, Language language, bool with_body);

}  // namespace web
