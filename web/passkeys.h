// Passkeys in forms. The script (web/static/app.js) asks the browser and puts its answer into
// hidden fields; without script the boxes stay hidden and nothing else of a page changes. What the
// answer means is core's business.
#pragma once

#include <optional>

#include "web/parts.h"
#include "web/request.h"

namespace web {

// base64url without padding (RFC 4648, section 5), as the script writes it; one text for the bytes.
std::string base64url(base::ByteSpan bytes);
base::Result<std::vector<std::uint8_t>> from_base64url(std::string_view text,
                                                       base::FieldName field);

// A button that fills in an assertion and sends the form it is in.
Html passkey_button(const View& view, const ipc::Challenge& challenge, std::string_view text);
// The assertion of a form; none when the fields are empty. kInvalid "passkey".
base::Result<std::optional<ipc::PasskeyAssertion>> assertion_of(const Request& request);

}  // namespace web
