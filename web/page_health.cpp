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

Response page_ready(Context& context, const Request& /*request*/) {
  const auto facts = context.core.call(ipc::GetPublicFacts{});
  if (facts && facts->state == base::State::kOperational) {
    return Response::content(ContentType::kText, "ready\n");
  }
  return Response::content(ContentType::kText, "not ready\n", Status::kUnavailable);
}

}  // namespace web
