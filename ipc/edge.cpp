#include "ipc/edge.h"

#ifndef KAGIKURA_BUILD_ID
#define KAGIKURA_BUILD_ID "dev"
#endif

namespace ipc {

std::string_view build_id() { return KAGIKURA_BUILD_ID; }

}  // namespace ipc
