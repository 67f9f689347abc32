// EVERY message between processes, edge by edge: who can say what to whom. With policy/access.cpp
// (who may do what) this is what an auditor reads to know the system.
//
//   edge         asks -> answers          trust
//   AcceptorCore web acceptor -> core     the acceptor never reads a byte of a connection; core
//                                         decides the zone from the address that the kernel gave it
//   WorkerCore   web worker -> core       HOSTILE: parses the network. Knows nothing that core did
//                                         not tell it; its address and zone are core's facts
//   ConsoleCore  console, kagikura, unlock, tamper, metrics, syslog, mail -> core   the mode and
//                                         uid of the peer say who; one right each but the first two
//   ConsoleSite  console -> site          typed settings of the box; written to files, never run
//   CoreAudit    core -> audit            core is NOT trusted with numbers: grants, budgets and the
//                                         log are audit's own
//   AuditHsm     audit -> hsm             hsm is trusted with numbers, for one call at a time
//
// Every request names its Reply. A reply may be an Error instead. The answering side checks
// everything again and takes nothing that it knows already (identity, role, zone, time) from the
// asking side. Lists over the frame's size travel in sealed memory files (ipc/wire.h).
#pragma once

#include "ipc/acceptor_core.h"
#include "ipc/audit_hsm.h"
#include "ipc/console_core.h"
#include "ipc/console_site.h"
#include "ipc/core_audit.h"
#include "ipc/worker_core.h"
