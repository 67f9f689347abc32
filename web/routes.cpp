// THE TABLE of pages. One row a page and method; the order does not matter.
#include "web/route.h"

#include "web/page_health.h"

namespace web {

namespace {

constexpr Route kRoutes[] = {
    {Method::kGet, "/healthz", Body::kNone, page_health},
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace web
