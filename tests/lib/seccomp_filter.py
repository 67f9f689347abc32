"""Seccomp filters of running processes, and what they can decide whatever the arguments are."""

import ctypes
import json
import os
import struct
import subprocess
import sys

GET_FILTER, SEIZE, INTERRUPT, DETACH = 0x420C, 0x4206, 0x4207, 17
X86_64, I386, X32_BIT = 0xC000003E, 0x40000003, 0x40000000
ACTION_MASK, ALLOW, ERRNO = 0xFFFF0000, 0x7FFF0000, 0x00050000

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_void_p]
_LIBC.ptrace.restype = ctypes.c_long


def _ptrace(request, pid, address=0, data=None):
    result = _LIBC.ptrace(request, pid, address, data)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"ptrace {request:#x}: {os.strerror(error)}")
    return result


def filters_of(pid):
    """The filter programs of a process, the latest first, each a list of [code, jt, jf, k]. Needs
    CAP_SYS_ADMIN. Read by a process of its own: where we are the parent, another thread of
    ours that waits for the end of the process would take the stops of tracing for it."""
    done = subprocess.run([sys.executable, __file__, str(pid)], capture_output=True, text=True,
                          timeout=30, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"filters of {pid}: {done.stderr[-500:]}")
    return json.loads(done.stdout)


def _read_filters(pid):
    _ptrace(SEIZE, pid)
    try:
        _ptrace(INTERRUPT, pid)
        os.waitpid(pid, 0x40000000)  # __WALL
        out = []
        while True:
            try:
                count = _ptrace(GET_FILTER, pid, len(out))
            except FileNotFoundError:
                return out
            buffer = ctypes.create_string_buffer(count * 8)
            _ptrace(GET_FILTER, pid, len(out), buffer)
            out.append(list(struct.iter_unpack("<HBBI", buffer.raw)))
    finally:
        _ptrace(DETACH, pid)


def actions(program, number, arch=X86_64):
    """Every action that the program can end with for this system call, over all arguments: where it
    looks at one, both ways are followed. (Linux Documentation/userspace-api/seccomp_filter.rst)"""
    known = {0: number, 4: arch}  # offsets in struct seccomp_data
    found, seen, todo = set(), set(), [(0, None)]
    while todo:
        at, value = todo.pop()
        if (at, value) in seen:
            continue
        seen.add((at, value))
        code, if_true, if_false, k = program[at]
        kind = code & 7
        if kind == 0:  # load
            todo.append((at + 1, known.get(k)))
        elif kind == 4:  # arithmetic: masks of arguments only
            todo.append((at + 1, None if value is None else value & k))
        elif kind == 6:  # return
            found.add(k)
        elif code & 0xF0 == 0:  # jump always
            todo.append((at + 1 + k, value))
        elif value is None:
            todo += [(at + 1 + if_true, None), (at + 1 + if_false, None)]
        else:
            operation = code & 0xF0
            holds = {0x10: value == k, 0x20: value > k, 0x30: value >= k,
                     0x40: bool(value & k)}[operation]
            todo.append((at + 1 + (if_true if holds else if_false), value))
    return found


def verdict(programs, number, arch=X86_64):
    """always, sometimes, never, or the number of the error, over all filters of a process. The most
    severe action of all filters counts."""
    worst = "always"
    for program in programs:
        ends = actions(program, number, arch)
        kinds = {end & ACTION_MASK for end in ends}
        if ALLOW not in kinds and ERRNO not in kinds:
            return "never"
        if kinds == {ERRNO} and len(ends) == 1:
            worst = next(iter(ends)) & 0xFFFF if worst == "always" else worst
        elif kinds != {ALLOW}:
            worst = "sometimes"
    return worst


if __name__ == "__main__":
    json.dump(_read_filters(int(sys.argv[1])), sys.stdout)
