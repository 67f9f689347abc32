// What pages call the acts of core's table, by their stable words (policy/model.h; a test
// compares).
#pragma once

#include <string_view>

#include "web/i18n.h"

namespace web {

// The word itself when it is none of ours.
std::string_view action_text(Language language, std::string_view action);

}  // namespace web
