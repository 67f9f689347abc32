"""What each role's sandbox must allow and refuse, written by hand from what the role has to do,
with a reason a line. Never made from the sandboxes' own tables: tests/campaigns/probe.py compares
the two, both ways.
"""

ROLES = ("hsm", "audit", "core", "acceptor", "worker", "console", "unlock", "tamper", "metrics",
         "syslog", "mail", "site")

# One letter a role, in the order of ROLES, then the reason:
#   + allowed with any arguments
#   ? allowed with some arguments only: ARGUMENTS says which
#   ! refused with the error in ERRORS instead of death: a library tries it, in vain
#   . killed, as is every call that is not here
CALLS = """
epoll_wait              . + + + . . . . . . . +  the event loop
epoll_ctl               . + + + . . . . . . . +  the event loop
poll                    + . . + + + + + + + + .  waits for a peer, a worker's start
accept4                 + + + + . . . . . . . +  whoever listens; a worker is handed its connection
socket                  ! ? ? ? . ? ? ? ? ? ? ?  to the next process; no syslog for hsm
connect                 . + + + . + + + + + + .  again to the next process
socketpair              . . ? ? . . . . . . ? .  a worker's channel; the HTTP library's pair
getsockopt              + + + . . . . . . + + +  who is the peer: SO_PEERCRED
setsockopt              . . . + ! + + + + + + .  time-outs; a worker has set its own
shutdown                . . . + + . . . . . . .  a worker ends its connection
recvmsg                 + + + + + + + + + + + +  messages between our processes
sendmsg                 + + + + + + + + + + + +  messages between our processes
recvfrom                . . . + + . . . . . + .  bytes of the browser
sendto                  . . . + + . . . . . + +  bytes of the browser
read                    + . + + . + + + + + + +  token files; hash events; the loader; the keyboard
write                   + + + + + + + + + + + +  the operational log; memory files; the screen
pread64                 + + + + + + . + . . . .  memory files from a peer; the log; LMDB's pages
pwrite64                . + + . . . . . . . . .  the log is appended; LMDB's pages
writev                  . . + . . . . . . . . .  LMDB's pages that lie side by side
lseek                   + + + + + + . . . . . .  the size of a memory file
close                   + + + + + + + + + + + +  descriptors end
fcntl                   ? ? ? ? ? ? . . . . ? ?  flags, locks, seals
ioctl                   . . . . . ? . . . . . .  the terminal's echo
dup2                    . . . + . . . . . . . .  a worker's two descriptors get their places
close_range             . . . ? . . . . . . . .  no other descriptor reaches a worker
openat                  + + ! + . ? + . ! ! ! +  token; segment; loader; export; site
newfstatat              + . . + . . . . . . . .  sizes of token files; the loader
access                  . . . + . . . . . . . .  the loader asks for its preload list
getdents64              + . . . . . . . . . . .  which keys are in the token
ftruncate               + . . . . . . . . . . .  key files are rewritten in place
unlink                  + . . . . . . . . . . .  a destroyed key's file
rename                  . + . . . . . . . . . +  a prepared segment gets its name
fstatfs                 . + . . . . . . . . . .  how much room the log's disk has left
fsync                   + + . . . . . . . . . +  keys; the log folder's names
fdatasync               . + + . . . . . . . . .  entries; store pages
memfd_create            + + + + + . . . . . . .  large messages; a worker's uploads
mmap                    ? ? ? ? ? ? ? ? ? ? ? ?  memory, never code, but for the loader
mprotect                . . ? ? . . . . . . . .  stacks of threads; the loader's relocations
munmap                  + + + + + + + + + + + +  memory
mremap                  + + + + + + + + + + + +  memory
brk                     + + + + + + + + + + + +  memory
madvise                 . . + . . . . . . . . .  the store's pages are dropped after reading
futex                   + + + + + . . . + + + +  locks inside libraries
clock_gettime           + + + + + + + + + + + +  clocks that the vDSO cannot read
clock_nanosleep         + . . . . . + . . + + .  a token that is being rewritten; between two looks
setitimer               + . . . . . . . . . . .  the watchdog of calls into the module
rt_sigreturn            + . . . . . . . . . . .  the watchdog's tick returns
restart_syscall         + . . + + + + + + + + .  a poll that was stopped and continued
getrandom               + + + + + . . . + + + .  random bytes
getpid                  + . + . . . . . + + + .  libcrypto and LMDB ask whether this is a fork
geteuid                 + + + . . . . . . . . +  may a peer of this user connect
sysinfo                 ! . . . . . . . . . . .  the C library's sort asks for the size of memory
eventfd2                . . + . . . . . . . . .  a hashing thread tells the loop
clone                   . . ? . . . . . . . . .  hashing threads, never a process
clone3                  . . ! . . . . . . . . .  its flags cannot be seen: clone then
set_robust_list         . . + + . . . . . . . .  thread start; program start
rseq                    . . + + . . . . . . . .  thread start; program start
rt_sigprocmask          . . + . . . . . . . . .  thread start
rt_sigaction            . . + . . . . . . . + .  thread start
sched_getaffinity       . . + . . . . . . . . .  the C library counts processors for its arenas
sched_setscheduler      . . ? . . . . . . . . .  strangers' hashes run on what is left
exit                    . . + . . . . . . . . .  a thread's end
exit_group              + + + + + + + + + + + +  the end
vfork                   . . . + . . . . . . . .  a worker
execveat                . . . ? . . . . . . . .  the worker's program, by its descriptor
pidfd_open              . . . + . . . . . . . .  hears of a worker's end
wait4                   . . . + . . . . . . . .  a worker's exit status
kill                    . . . ? . . . . . . . .  a worker that cannot be watched
arch_prctl              . . . ? . . . . . . . .  program start: thread-local storage
set_tid_address         . . . + . . . . . . . .  program start
prlimit64               . . . ? . . . . . . . .  a worker's own limits
prctl                   . . . ? . . . . . . . .  a worker gives up dumps and privileges
seccomp                 . . . + . . . . . . . .  a worker adds its own list; lists only ever shrink
landlock_create_ruleset . . . + . . . . . . . .  a worker gives up files
landlock_restrict_self  . . . + . . . . . . . .  a worker gives up files
bind                    . . . . . . . . . . . +  netlink: this machine's addresses
getsockname             . . . . . . . . . . + +  the same
uname                   . . . . . . . . . . . +  the host's name for the console
mkdir                   + . . . . . . . . . . .  the embedded token at set-up
fchmod                  . . . . . . . . . . . +  the site's files are for others to read
getpeername             . . . . . . . . . . + .  libcurl asks for both ends
"""

ERRORS = {
    ("socket", "hsm"): "EACCES",
    ("setsockopt", "worker"): "EOPNOTSUPP",
    ("openat", "core"): "EACCES",
    ("openat", "metrics"): "EACCES",
    ("openat", "syslog"): "EACCES",
    ("openat", "mail"): "EACCES",
    ("sysinfo", "hsm"): "ENOSYS",
    ("clone3", "core"): "ENOSYS",
}

# Calls that the kernel lets past every filter (kernel/seccomp.c, since 6.14 and 6.18); they end a
# process that is not being traced by the administrator's uprobes, and do nothing else.
PAST_FILTERS = {"#335", "#336", "uretprobe", "uprobe"}
# Calls whose own answer depends on being in a sandbox: only the filter itself is compared.
CHANGED_BY_SANDBOX = {"seccomp"}

# Most that a role may have (docs/design; OpenSSH's monitor child has about 45).
CALLS_MAX = {"worker": 45, "audit": 55}

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
THREAD = 0x3D0F00  # VM FS FILES SIGHAND THREAD SYSVSEM SETTLS PARENT_SETTID CHILD_CLEARTID
GETFD, GETFL, SETFL, SETFD, SETLK, SETLKW, DUPFD_CLOEXEC = 1, 3, 4, 2, 6, 7, 1030
ADD_SEALS, GET_SEALS = 1033, 1034
SEALS = {ADD_SEALS, GET_SEALS}
W, X = 2, 4
NO_EXEC = {0, 1, 2, 3}
NEW_FILE = 0o301  # O_WRONLY O_CREAT O_EXCL
OPEN_FLAGS = {0, 1, 2, 0o100, 0o101, 0o102, 0o200, 0o300, 0o301, 0o302, 0o1101, 0o2000301,
              0o1301, 0o10000000}

# Name: (call, its arguments with {} for the one that changes, the values tried,
#        {role: values that must be allowed}). Roles without the call are killed at each value, and
# roles that have it without * are allowed each.
ARGUMENTS = {
    "socket domain": ("socket", "{} 5 0", range(46), {
        **{role: {AF_UNIX} for role in ("audit", "core", "acceptor", "console", "unlock", "tamper",
                                        "metrics")},
        "syslog": {AF_UNIX, AF_INET, AF_INET6},  # the collector
        "mail": {AF_UNIX, AF_INET, AF_INET6},  # the relay
        "site": {AF_NETLINK}}),  # this machine's addresses
    "socketpair domain": ("socketpair", "{} 5 0 z:8", range(46), {
        "core": {AF_UNIX}, "acceptor": {AF_UNIX}, "mail": {AF_UNIX}}),
    "fcntl command": ("fcntl", "-1 {} 0", [*range(42), *range(1024, 1044)], {
        "hsm": {GETFL, SETFD, SETLK, SETLKW} | SEALS,
        "audit": {GETFL, SETFL, DUPFD_CLOEXEC} | SEALS,
        "core": {GETFL, SETFL, SETLK, DUPFD_CLOEXEC} | SEALS,
        # GETFD: ld.so(8), secure-execution mode, which a change of SELinux domain brings about.
        "acceptor": {GETFD, GETFL, SETFL, DUPFD_CLOEXEC} | SEALS,
        "worker": SEALS,
        "site": {GETFL, SETFL, DUPFD_CLOEXEC},
        "mail": {GETFL, SETFL},
        "console": {GET_SEALS}}),
    "mmap protection": ("mmap", "0 4096 {} 0x22 -1 0", range(8), {
        **{role: NO_EXEC for role in ROLES},
        "acceptor": NO_EXEC | {X, X | 1}}),  # code, but none that can be written
    "mprotect protection": ("mprotect", "0 0 {}", range(8), {"core": NO_EXEC, "acceptor": NO_EXEC}),
    "ioctl request": ("ioctl", "-1 {} 0", [*range(0x5401, 0x5460), 0x541B, 0x8905, 0x40049409], {
        "console": {0x5401, 0x5404}}),  # TCGETS, TCSETSF: no TIOCSTI, no TIOCLINUX
    "clone flags": ("clone", "{} 0 0 0 0",
                    [0, 17, THREAD, THREAD | 0x10000000, THREAD | 0x20000000, THREAD | 0x40000000,
                     0x10000, *(1 << bit for bit in range(7, 33))], {"core": {THREAD}}),
    "prctl option": ("prctl", "{} 0 0 0 0", [*range(80), 0x59616D61, 0x53564D41], {
        "acceptor": {4, 38, 65}}),  # PR_SET_DUMPABLE to 0, PR_SET_NO_NEW_PRIVS, PR_SET_MDWE
    "dumpable again": ("prctl", "4 {} 0 0 0", [0, 1, 2], {"acceptor": {0}}),
    "kill signal": ("kill", "0x3ffffffe {}", range(65), {"acceptor": {9}}),
    "execveat flags": ("execveat", "-1 z:1 0 0 {}", [0, 0x100, 0x1000, 0x1100], {
        "acceptor": {0x1000}}),
    "close_range flags": ("close_range", "900 901 {}", [0, 2, 4, 6], {"acceptor": {4}}),
    "prlimit64 process": ("prlimit64", "{} 4 0 0", [0, 1, 0x3FFFFFFE], {"acceptor": {0}}),
    "sched_setscheduler policy": ("sched_setscheduler", "0 {} 0", range(9), {
        "core": {5}}),  # SCHED_IDLE
    "sched_setscheduler thread": ("sched_setscheduler", "{} 5 0", [0, 1, 0x3FFFFFFE], {
        "core": {0}}),
    "arch_prctl code": ("arch_prctl", "{} 0", [0x1001, 0x1002, 0x1003, 0x1004, 0x1011, 0x1012,
                                               0x4001, 0x5001], {"acceptor": {0x1002}}),
    "openat flags": ("openat", "-1 0 {} 0", sorted(OPEN_FLAGS), {
        "console": {f for f in OPEN_FLAGS if f & 0o303 == NEW_FILE}}),
}

# What the calls above reach, as the outcome of a cell's last call: ok, an error, SIGSYS for death,
# ran when the program was replaced. {words} are filled in by probe.py. Every role without a line
# of its own must end as `else`.
CREATE = 0o102
NO_FILES = dict.fromkeys(("worker", "console", "tamper"), "SIGSYS")
ACTS = [
    # ---- files: Landlock; core, worker and console by seccomp alone
    ("read own key", "openat -100 s:{token_file} 0", {
        "hsm": "ok", **NO_FILES, "else": "EACCES"}),
    ("write own key", "openat -100 s:{token_file} 2", {
        "hsm": "ok", **NO_FILES, "else": "EACCES"}),
    ("new key", "openat -100 s:{tokens}/probe 0o102 0o600; unlink s:{tokens}/probe", {
        "hsm": "ok", **NO_FILES, "else": "SIGSYS"}),
    ("module's settings", "openat -100 s:{softhsm} 0", {
        "hsm": "ok", **NO_FILES, "else": "EACCES"}),
    ("change the module's settings", "openat -100 s:{softhsm} 2", {
        **NO_FILES, "else": "EACCES"}),
    ("the PIN of unattended boxes", "openat -100 s:{pin} 0", {
        "unlock": "ok", **NO_FILES, "else": "EACCES"}),
    ("read the log", "openat -100 s:{segment} 0", {
        "audit": "ok", **NO_FILES, "else": "EACCES"}),
    ("write the log", "openat -100 s:{segment} 2", {
        "audit": "ok", **NO_FILES, "else": "EACCES"}),
    ("next segment", "openat -100 s:{log}/probe 0o102 0o600; rename s:{log}/probe s:{log}/probe2", {
        "audit": "ok", "site": "ENOENT", "else": "SIGSYS"}),
    ("delete the log", "unlink s:{segment}", {"hsm": "EACCES", "else": "SIGSYS"}),
    ("move the log away", "rename s:{log}/probe2 s:{folder}/probe", {
        "audit": "EACCES", "site": "EACCES", "else": "SIGSYS"}),
    ("read the store", "openat -100 s:{store_file} 0", {
        **NO_FILES, "else": "EACCES"}),
    ("write the store", "openat -100 s:{store_file} 2", {
        **NO_FILES, "else": "EACCES"}),
    ("configuration", "openat -100 s:{config} 0", {
        **NO_FILES, "else": "EACCES"}),
    ("passwords of the system", "openat -100 s:/etc/shadow 0", {
        **NO_FILES, "else": "EACCES"}),
    ("users of the system", "openat -100 s:/etc/passwd 0", {
        **NO_FILES, "else": "EACCES"}),
    ("own memory as a file", "openat -100 s:/proc/self/mem 2", {
        **NO_FILES, "else": "EACCES"}),
    ("environment of a process of this user", "openat -100 s:/proc/{victim}/environ 0", {
        **NO_FILES, "else": "EACCES"}),
    ("memory of a process of this user", "openat -100 s:/proc/{victim}/mem 0", {
        **NO_FILES, "else": "EACCES"}),
    ("a device", "openat -100 s:/dev/zero 0", {
        **NO_FILES, "else": "EACCES"}),
    ("shared memory", "openat -100 s:/dev/shm/kagikura-probe 0o102 0o600", {
        **NO_FILES, "else": "EACCES"}),
    ("temporary file", "openat -100 s:/tmp/kagikura-probe 0o102 0o600", {
        **NO_FILES, "else": "EACCES"}),
    ("unnamed temporary file", "openat -100 s:{folder} 0o20200002 0o600", {
        **NO_FILES, "else": "EACCES"}),
    ("a library", "openat -100 s:{libc} 0", {
        "acceptor": "ok",  # its workers' loader
        **NO_FILES, "else": "EACCES"}),
    ("replace a library", "openat -100 s:{libc} 1", {
        **NO_FILES, "else": "EACCES"}),
    ("replace a program", "openat -100 s:{program} 1", {
        **NO_FILES, "else": "EACCES"}),
    ("a new export", "openat -100 s:{folder}/probe-{id} 0o301 0o600", {
        **NO_FILES,
        "console": "ok",  # where its operator wants it, never over something
        "else": "EACCES"}),
    ("an export over the log", "openat -100 s:{segment} 0o301 0o600", {
        "core": "EACCES", "worker": "SIGSYS", "tamper": "SIGSYS", "metrics": "EACCES",
        "syslog": "EACCES", "mail": "EACCES", "else": "EEXIST"}),
    # ---- sockets: which unix socket, the folders' modes say (systemd units), and the listener
    *((f"connect to {name}", "socket 1 5 0; connect @0 un:{run}/" + name + "/socket 110", {
        "hsm": "SIGSYS", "worker": "SIGSYS", "site": "SIGSYS", "else": "ok"})
      for name in ("hsm", "audit", "web", "console")),
    ("connect to the network", "socket 2 1 0; connect @0 in:9 16", {
        "syslog": "ECONNREFUSED",  # nobody listens there
        "mail": "ECONNREFUSED",
        "else": "SIGSYS"}),
    ("listen on the network", "socket 2 1 0; bind @0 in:0 16", {"else": "SIGSYS"}),
    ("bind a unix socket", "socket 1 5 0; bind @0 un:{folder}/probe-socket 110", {
        "else": "SIGSYS"}),
    ("routing of the kernel", "socket 16 3 0", {"hsm": "EACCES", "site": "ok", "else": "SIGSYS"}),
    ("netfilter of the kernel", "socket 16 3 12", {"hsm": "EACCES", "else": "SIGSYS"}),
    ("packets", "socket 17 3 0", {"hsm": "EACCES", "else": "SIGSYS"}),
    ("virtual machine's host", "socket 40 1 0", {"hsm": "EACCES", "else": "SIGSYS"}),
    # ---- other processes of the same user
    ("trace", "ptrace 16 victim 0 0", {"else": "SIGSYS"}),
    ("seize", "ptrace 0x4206 victim 0 0", {"else": "SIGSYS"}),
    ("read another's memory", "process_vm_readv victim iov:local 1 iov:victim 1 0", {
        "else": "SIGSYS"}),
    ("write another's memory", "process_vm_writev victim iov:local 1 iov:victim 1 0", {
        "else": "SIGSYS"}),
    ("take another's descriptor", "pidfd_open victim 0; pidfd_getfd @0 0 0", {"else": "SIGSYS"}),
    ("signal by descriptor", "pidfd_open victim 0; pidfd_send_signal @0 0 0 0", {"else": "SIGSYS"}),
    ("is another alive", "kill victim 0", {"else": "SIGSYS"}),
    ("stop another", "kill victim 19", {"else": "SIGSYS"}),
    ("signal a thread of another", "tgkill victim victim 0", {"else": "SIGSYS"}),
    ("limits of another", "prlimit64 victim 4 0 z:16", {"else": "SIGSYS"}),
    # ---- other programs
    ("run a program", "execve s:/bin/true 0 0", {"else": "SIGSYS"}),
    ("run a shell by descriptor", "openat -100 s:/bin/sh 0o10000000; execveat @0 z:1 0 0 0x1000", {
        "acceptor": "EACCES",  # Landlock: one program and its loader
        "else": "SIGSYS"}),
    ("run the worker", "openat -100 s:{worker} 0o10000000; execveat @0 z:1 0 0 0x1000", {
        "acceptor": "ran", "else": "SIGSYS"}),
    # Code made in memory is under the same rules as the code that made it, so that this gives the
    # acceptor nothing; a worker cannot.
    ("run a program from memory", "execveat program z:1 0 0 0x1000", {
        "acceptor": "ran", "else": "SIGSYS"}),
    # ---- code
    ("writable code", "mmap 0 4096 7 0x22 -1 0", {"else": "SIGSYS"}),
    ("memory becomes code", "mmap 0 4096 3 0x22 -1 0; mprotect @0 4096 5", {"else": "SIGSYS"}),
    ("kernel code", "init_module z:8 8 z:1", {"else": "SIGSYS"}),
    ("bpf", "bpf 0 z:64 64", {"else": "SIGSYS"}),
    ("io_uring", "io_uring_setup 1 z:120", {"else": "SIGSYS"}),
    ("user faults", "userfaultfd 0", {"else": "SIGSYS"}),
    # ---- rights
    ("become another user", "setuid 65534", {"else": "SIGSYS"}),
    ("new namespaces", "unshare 0x10000000", {"else": "SIGSYS"}),
    ("mount", "mount 0 0 0 0 0", {"else": "SIGSYS"}),
    ("set the clock", "clock_settime 0 0", {"else": "SIGSYS"}),
    ("keys of the kernel", "keyctl 99 0 0", {"else": "SIGSYS"}),
    # Last: afterwards there is no other process.
    ("kill another", "kill victim 9", {"acceptor": "ok", "else": "SIGSYS"}),
]

# (descriptors, bytes of a file, processes); None: not limited by the sandbox. Core dumps are 0 for
# all. Descriptors and bytes follow from the configuration that probe.py writes.
MIB = 1 << 20
LIMITS = {
    "hsm": (64, 16 * MIB, 0),
    "audit": (64 + 2 * (64 // 4 + 2), (2 * 64 + 64) * MIB, 0),
    "core": (64 + 2 * 512, (2 * 64 + 64) * MIB, None),
    "acceptor": (512 + 512, 32 * MIB + 64 * 1024, None),
    "worker": (32, 32 * MIB + 64 * 1024, 0),
    "console": (16, 1 << 32, 0),
    "unlock": (16, 0, 0),
    "tamper": (32, 0, 0),
    "metrics": (16, 0, 0),
    "syslog": (16, 0, 0),
    "mail": (32, MIB, 0),
    "site": (32, 64 * 1024, 0),
}

# Spoiled sandboxes that tests/probe/roles.cpp makes: the role that each should have been, and a
# cell that must notice.
SPOILED = {
    "one-call-more": ("worker", "getppid"),
    "one-call-less": ("worker", "lseek"),
    "any-mapping": ("worker", "mmap protection 4"),
    "any-fcntl": ("worker", "fcntl command 4"),
    "one-socket": ("worker", "socket domain 2"),
    "other-error": ("worker", "setsockopt"),
    "one-file": ("acceptor", "users of the system"),
}
