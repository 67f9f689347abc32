// What people are shown of another system: its rights, its days, its certificate. For the pages
// that list systems and that ask whether to let one in.
#pragma once

#include "web/parts.h"

namespace web {

// The rights in words, one under the other.
Html rights_of(const View& view, const ipc::ClientGrant& grant);
// All of it, as a list of terms.
Html client_facts(const View& view, const ipc::ClientRow& client);

}  // namespace web
