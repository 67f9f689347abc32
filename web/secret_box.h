// The secret of an authenticator app, to scan and to type. For the pages that set one up.
#pragma once

#include "web/parts.h"

namespace web {

Html secret_box(const View& view, std::string_view login, const ipc::Secret<20>& secret);

}  // namespace web
