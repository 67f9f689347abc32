#include "web/page_health.h"

namespace web {

// 200 when core answers, whatever the state; 503 when it does not.
Response page_health(Context& context, const Request& /*request*/) {
  const auto facts = context.core.call(ipc::GetPublicFacts{});
  if (!facts)
    return Response::content(ContentType::kText, "core: no answer\n", Status::kUnavailable);
  return Response::content(ContentType::kText,
                           "state: " + std::string(base::name(facts->state)) + "\n");
}

}  // namespace web
