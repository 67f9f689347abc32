// What a handler gets beside its request: core, who asks (as core knows it), and from where. Lives
// in the dispatcher's frame for as long as the handler runs.
#pragma once

#include "daemon/core.h"

namespace core {

struct Context {
  Core& core;
  std::shared_ptr<Peer> peer;
  ipc::Actor actor;

  [[nodiscard]] ipc::Append entry(base::CoreEvent event) const { return entry_of(event, actor); }
};

// The asker's name, as his account has it now; empty for none.
ipc::Name name_of(Core& core, base::AccountId account);

}  // namespace core
