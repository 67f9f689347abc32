"""What protects each program of our package, read from the files as they are shipped.

The property of control-flow enforcement (IBT, shadow stack) is not asked for: the linker sets it
only when every object has it, and the start files of Debian 12's C library have not.
"""

import pathlib
import subprocess


# What fortification replaces wherever it is on; a program may need none of it.
UNCHECKED = {"strcpy", "strcat", "stpcpy", "strncpy", "strncat", "sprintf", "vsprintf", "fgets",
             "readlink", "getcwd", "recvfrom"}


def said(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False).stdout


def programs(folder):
    """Every ELF program below a folder."""
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".debug":
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def debug_file(folder, program):
    for line in said("readelf", "-Wn", program).splitlines():
        if "Build ID:" in line:
            number = line.split()[-1]
            return pathlib.Path(folder) / f"usr/lib/debug/.build-id/{number[:2]}/{number[2:]}.debug"
    return None


def missing(program, debug):
    """The protections that a program lacks; of control-flow integrity, by its jump tables."""
    header, dynamic = said("readelf", "-Wl", program), said("readelf", "-Wd", program)
    symbols = said("readelf", "-W", "--dyn-syms", program)
    stack = [line for line in header.splitlines() if "GNU_STACK" in line]
    loads = [line for line in header.splitlines() if " LOAD " in line]
    imported = {line.split()[7].split("@")[0] for line in symbols.splitlines() if " UND " in line
                and len(line.split()) > 7}
    checked = {name for name in imported if name.endswith("_chk")}
    unchecked = imported & UNCHECKED
    checks = {
        "position-independent": "DYN (Position-Independent Executable" in header
                                and "PIE" in dynamic,
        "read-only relocations": "GNU_RELRO" in header,
        "bound at start": "BIND_NOW" in dynamic,
        "stack not executable": stack and " RWE" not in stack[0],
        "nothing written and executable": loads and not any("RWE" in line for line in loads),
        "stack canaries": "__stack_chk_fail" in symbols,
        "fortified": checked or not unchecked,
        "no search path": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
        "control-flow integrity": debug and debug.exists() and ".cfi" in said("nm", debug),
    }
    return [name for name, there in checks.items() if not there]
