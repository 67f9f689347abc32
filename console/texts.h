// What the console says about states and errors, in both languages. Each error ends with what to
// do.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/terms.h"
#include "console/terminal.h"

namespace console {

Words words_of(base::State state);
Words words_of(base::Cover cover);
Words words_of(const base::Error& error);
// Of what the status calls its reason; an empty text for one that needs no words.
Words words_of_reason(std::string_view reason);
// Of a result of systemd/site-apply: "error no_medium".
Words words_of_site(std::string_view line);

}  // namespace console
