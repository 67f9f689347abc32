// /healthz: is the way from browser to core alive? No session, no version, no details.
#pragma once

#include "web/route.h"

namespace web {

Response page_health(Context& context, const Request& request);
// /readyz: would the main job work now? 200 only while the appliance is Operational.
Response page_ready(Context& context, const Request& request);

}  // namespace web
