// The static page of each error status, in both languages. Never shows anything of the request.
#pragma once

#include <string>

#include "web/response.h"

namespace web {

std::string error_page(Status status, Language language);

}  // namespace web
