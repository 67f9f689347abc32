"""strace, in front of a program: to count its calls, and to kill it at one of them.

A call is counted for each thread since the program was started; at the n-th of its kind the program
dies by SIGKILL before the kernel does what was asked.
"""

import bisect
import collections
import re

# What reaches another process or the disk, and what stands between two of them.
CALLS = ("sendmsg", "recvmsg", "sendto", "recvfrom", "read", "write", "pread64", "pwrite64",
         "pwritev", "writev", "fsync", "fdatasync", "msync", "openat", "unlink", "rename", "fcntl",
         "flock", "ftruncate", "close", "epoll_wait", "epoll_ctl", "poll", "accept4", "socketpair",
         "clone", "clone3", "execve", "getrandom", "memfd_create", "timerfd_settime")
# Not --seccomp-bpf, which is faster: its strace 6.1 takes the signal and does not deliver it.
_COMMON = ["strace", "-f", "-q", "-ttt", "-s", "0", "-o"]
_LINE = re.compile(r"(\d+) +(\d+\.\d+) (\w+)\(")
_KILLED = re.compile(r"(\d+) +(\d+\.\d+) \+\+\+ killed by SIGKILL")


def count(path):
    return [*_COMMON, str(path), "-e", "trace=" + ",".join(CALLS)]


def kill(path, call, when):
    return [*_COMMON, str(path), "-e", f"trace={call}", "-e",
            f"inject={call}:signal=KILL:when={when}"]


def deaths(path):
    """When something under it died: seconds since the epoch."""
    try:
        text = path.read_text("ascii", "replace")
    except FileNotFoundError:
        return []
    return [float(match.group(2)) for match in _KILLED.finditer(text)]


class Profile:
    """The calls of one run that nobody killed."""

    def __init__(self, path):
        self.times = collections.defaultdict(list)  # (thread, call) -> when each was made
        self.threads = []
        for line in path.read_text("ascii", "replace").splitlines():
            match = _LINE.match(line)
            if not match:
                continue
            thread, at, call = match.groups()
            if thread not in self.threads:
                self.threads.append(thread)
            self.times[thread, call].append(float(at))

    def window(self, begin, end, processes=1):
        """{(thread, call): (first, last)}: which calls were made between the two. Of a
        program that forks, `processes` says how many of its threads count, the first first."""
        out = {}
        for (thread, call), times in self.times.items():
            if thread not in self.threads[:processes]:
                continue
            first = bisect.bisect_left(times, begin) + 1
            last = bisect.bisect_right(times, end)
            if thread != self.threads[0]:
                # Its n-th call is that of whoever gets there first.
                parents = self.times.get((self.threads[0], call), [])
                first = max(first, bisect.bisect_left(parents, begin) + 1)
            if first <= last:
                out[thread, call] = (first, last)
        return out
