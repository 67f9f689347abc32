// What the console says about states and errors, in both languages. Each error ends with what to
// do.
#pragma once

#include <string>

#include "base/result.h"
#include "base/terms.h"
#include "console/terminal.h"

namespace console {

Words words_of(base::State state);
Words words_of(const base::Error& error);

}  // namespace console
