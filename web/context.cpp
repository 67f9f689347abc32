#include "web/context.h"

namespace web {

base::Result<const ipc::GetSession::Reply*> Context::session() {
  if (!session_) {
    if (request_.session.empty()) {
      session_ = base::fail(base::Code::kMissing, "session");
    } else {
      session_ = core.call(ipc::GetSession{.token = request_.token()});
    }
  }
  if (!*session_) return std::unexpected(session_->error());
  return &**session_;
}

}  // namespace web
