// Context: what a handler has besides the request: the one channel to core, and the facts of the
// session, asked from core at most once a request (never kept for the next: rights end at once).
#pragma once

#include <optional>

#include "ipc/client.h"
#include "ipc/messages.h"
#include "web/request.h"

namespace web {

using Core = ipc::Client<ipc::WorkerCore>;

class Context {
 public:
  Context(Core& core, const Request& request)
      : core(core), language(request.language), request_(request) {}

  Core& core;
  Language language;
  base::Fd upload;  // the file of a multipart form (sealed memory file), else invalid; move it out

  // GetSession, the first time; the same answer afterwards. kMissing without a session cookie.
  // The pointer is valid as long as the context.
  base::Result<const ipc::GetSession::Reply*> session();

 private:
  const Request& request_;
  std::optional<base::Result<ipc::GetSession::Reply>> session_;
};

}  // namespace web
