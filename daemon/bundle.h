// The support bundle: what a vendor may see of an appliance. Made of named fields that this file
// lists, each a state, a count, a size or a word of ours; no text that a person typed is among
// them. As a second wall the finished text goes through the tripwire for the shape of a number.
#pragma once

#include <string>

#include "daemon/core.h"

namespace core {

// `events` may be null: the log could not be read.
std::string bundle_of(const Core& core, const ipc::QueryLog::Reply* events);

// The text itself, or kInternal "tripwire" when anything in it looks like an Individual Number.
base::Result<std::string> number_free(std::string text);

}  // namespace core
