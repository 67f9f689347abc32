// Starts one worker process: fork and exec, so that each has its own address layout and nothing of
// another connection in its memory. Used by the acceptor only.
#pragma once

#include "base/fd.h"

namespace web {

struct Spawned {
  int pid = 0;
  base::Fd pidfd;
};

// `program` runs with `connection` as descriptor 3, `channel` as 4, standard error, no arguments
// and no environment; every other descriptor is closed. kIo when the system has no more processes.
base::Result<Spawned> spawn_worker(const base::Fd& program, const base::Fd& connection,
                                   const base::Fd& channel);
// Moves a descriptor out of the way of 0 to 4.
base::Result<base::Fd> moved_up(base::Fd fd);

}  // namespace web
