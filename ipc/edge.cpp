#include "ipc/edge.h"

namespace ipc {

std::string_view build_id() { return KAGIKURA_BUILD_ID; }

}  // namespace ipc
