"""Each role's sandbox against the table of what it must allow and refuse, both ways (S1).

tests/probe is a program in place of each role: it enters the sandbox by the function that the role
calls and tries every system call of x86-64, x32 and 32-bit programs, arguments that matter, files,
sockets, other processes, programs. tests/campaigns/probe_expected.py says by hand what must
come of it. The running programs' own filters are then read from the kernel and must be the ones
that were tried. Sandboxes with one planted mistake each must all be noticed. A point is one round
of everything, over 20,000 cells; two and more try all calls by all ways into the kernel.
"""

import errno
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import appliance  # noqa: E402
import probe_expected as expected  # noqa: E402
import seccomp_filter  # noqa: E402
import web_client  # noqa: E402

CI_POINTS = 1
CI_SECONDS = 400
NUMBERS = 512
VECTORS = (0, -1)
ROOT = os.geteuid() == 0
# Takes from root the right to look into other processes, as no service of ours has it.
PLAIN = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"] if ROOT else []


def read_calls():
    """{role: {call: "all", "some" or an error's name}}"""
    table = {role: {} for role in expected.ROLES}
    for line in expected.CALLS.strip().splitlines():
        call, *marks_and_reason = line.split(maxsplit=len(expected.ROLES) + 1)
        *marks, reason = marks_and_reason
        if not reason or call in {known for calls in table.values() for known in calls}:
            raise ValueError(f"twice or without a reason: {call}")
        for role, mark in zip(expected.ROLES, marks, strict=True):
            if mark != ".":
                table[role][call] = {"+": "all", "?": "some",
                                     "!": expected.ERRORS.get((call, role))}[mark]
    return table


class Prober:
    """Runs cells in a role's sandbox."""

    def __init__(self, box):
        self.box = box
        self.program = box.bin / "probe"
        self.worker = box.bin / "kagikura-web-worker"
        named = subprocess.run([self.program, "--names"], capture_output=True, text=True,
                               check=True).stdout.split()
        self.names = dict(zip(map(int, named[::2]), named[1::2]))
        self.numbers = {name: number for number, name in self.names.items()}

    def command(self, role, *more):
        return [self.program, role, self.box.config_path, self.worker, self.box.folder / "pin",
                *more]

    def run(self, role, cells):
        """`cells`: {name: (abi, steps)}. Returns {name: (results, end)}."""
        text = "".join(f"{name}\t{abi}\t{steps}\n" for name, (abi, steps) in cells.items())
        done = subprocess.run(self.command(role), input=text, capture_output=True, text=True,
                              env=self.box.environment("hsm"), timeout=150, check=False)
        out = {}
        for line in done.stdout.splitlines():
            name, results, end = line.split("\t")
            out[name] = ([int(word) for word in results.split(";") if word], end)
        if done.returncode != 0 or set(out) != set(cells):
            raise RuntimeError(f"probe {role}: {done.returncode} {done.stderr[-500:]}")
        if any(end == "not entered" for _, end in out.values()):
            raise RuntimeError(f"probe {role}: the sandbox was not entered")
        return out

    def hold(self, role):
        """A process that stays in the role's sandbox."""
        ours, theirs = socket.socketpair()
        with theirs:
            child = subprocess.Popen(self.command(role, "--hold"), stdin=theirs,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                     env=self.box.environment("hsm"))
        if child.stdout.read(1) != b".":
            raise RuntimeError(f"probe {role}: the sandbox was not entered")
        return child, ours


def scan_cells(numbers=range(NUMBERS), others=()):
    """Every call; those of `others` also by the two other ways into the kernel."""
    cells = {}
    for number in numbers:
        for vector in VECTORS:
            cells[f"x86-64 {number} {vector}"] = (
                "x86-64", f"{number} " + " ".join([str(vector)] * 6))
    for number in others:
        for abi in ("x32", "i386"):
            cells[f"{abi} {number} 0"] = (abi, f"{number} 0 0 0 0 0 0")
    return cells


def argument_cells(only=None):
    cells = {}
    for name, (call, template, values, _) in expected.ARGUMENTS.items():
        for value in values if only in (None, call) else ():
            cells[f"{name} {value}"] = ("x86-64", f"{call} {template.format(value)}")
    return cells


def judge(scan, control, names):
    """What becomes of each call at both vectors: killed, allowed, or the number of an error that is
    not what the call itself answers."""
    out = {}
    for number in sorted({int(name.split()[1]) for name in scan if name.startswith("x86-64 ")}):
        kinds = set()
        for vector in VECTORS:
            name = f"x86-64 {number} {vector}"
            results, end = scan[name]
            if end == "SIGSYS" and not results:
                kinds.add("killed")
            elif results and results[0] < 0 and results != control[name][0]:
                kinds.add(-results[0])
            else:
                kinds.add("allowed")
        # An error that the call itself also gives for one of the vectors.
        if len(kinds) == 2 and "allowed" in kinds and "killed" not in kinds:
            error = next(kind for kind in kinds if kind != "allowed")
            if all(scan[f"x86-64 {number} {vector}"][0] == [-error] for vector in VECTORS):
                kinds = {error}
        out[names.get(number, f"#{number}")] = kinds.pop() if len(kinds) == 1 else kinds
    return out


def compare_calls(role, table, found, check):
    for call, what in found.items():
        wanted = table.get(call, "killed")
        if wanted == "some" or call in expected.CHANGED_BY_SANDBOX:
            continue  # ARGUMENTS and the filter itself say more than two vectors
        if call in expected.PAST_FILTERS:
            check(what != "killed", call, f"{role}: the kernel's exception is gone")
            continue
        must = {"all": "allowed", "killed": "killed"}.get(wanted) or getattr(errno, wanted)
        check(what == must, call, f"{role}: must be {must}, is {what}")
    if len(found) == NUMBERS:
        for call in table:
            check(call in found, call, f"{role}: no such system call")


def compare_arguments(role, table, results, check):
    for name, (call, _, values, allowed) in expected.ARGUMENTS.items():
        wanted = table.get(call, "killed")
        if wanted == "some":
            check(role in allowed, name, f"{role}: the table does not say which")
        for value in values if f"{name} {values[0]}" in results else ():
            got, end = results[f"{name} {value}"]
            killed = end == "SIGSYS" and not got
            if wanted not in ("some", "all", "killed"):
                check(got == [-getattr(errno, wanted)], f"{name} {value}", f"{role}: {got} {end}")
                continue
            may = wanted == "all" or (wanted == "some" and value in allowed.get(role, ()))
            check(killed != may, f"{name} {value}",
                  f"{role}: must be {'allowed' if may else 'killed'}, is {got} {end}")


def outcome(cell, steps):
    results, end = cell
    if end != "ended":
        return end
    if len(results) < steps:
        return "ran"
    return errno.errorcode.get(-results[-1], str(results[-1])) if results[-1] < 0 else "ok"


def act_cells(words):
    return {name: ("x86-64", steps.format(**words)) for name, steps, _ in expected.ACTS}


def compare_acts(role, results, control, check):
    for name, steps, wanted in expected.ACTS if results else ():
        must = wanted.get(role, wanted["else"])
        got = outcome(results[name], steps.count(";") + 1)
        check(got == must, name, f"{role}: must be {must}, is {got}")
        if must == "EACCES" and ROOT:
            free = outcome(control[name], steps.count(";") + 1)
            check(free not in ("EACCES", "ENOENT", "SIGSYS"), name,
                  f"{role}: refused without the sandbox too ({free}): shows nothing")


def words_of(box):
    """What the cells' paths are filled in with."""
    tokens = sorted((box.folder / "tokens").rglob("*.object"))
    worker = box.bin / "kagikura-web-worker"
    libraries = subprocess.run(["ldd", worker], capture_output=True, text=True, check=True).stdout
    return {
        "token_file": tokens[0], "tokens": tokens[0].parent,
        "softhsm": box.folder / "softhsm2.conf",
        "log": box.folder / "state/log", "segment": next((box.folder / "state/log").glob("*.log")),
        "store_file": box.folder / "state/store/data.mdb", "config": box.config_path,
        "libc": re.search(r"libc\.so\.6 => (\S+)", libraries).group(1), "worker": worker,
        "program": box.bin / "kagikura",
        "folder": box.folder, "run": box.folder / "run", "victim": os.getpid(),
        "pin": box.folder / "pin", "id": os.urandom(4).hex(),
    }


def probe_role(prober, role, base, table, control, check, cells):
    """These cells and the acts in one role's sandbox; `base` is the role whose table counts."""
    results = prober.run(role, cells)
    allowed_number = {name for name, (got, end) in results.items()
                      if name.startswith("x86-64 ") and not (end == "SIGSYS" and not got)}
    missing = {name: cells[name] for name in allowed_number if name not in control}
    control.update(prober.run("none", missing))
    compare_calls(base, table[base], judge(results, control, prober.names), check)
    compare_arguments(base, table[base], results, check)
    for name, (got, end) in results.items():
        if cells[name][0] != "x86-64":
            check(end == "SIGSYS" and not got, name, f"{base}: another way into the kernel")
    # What "move the log away" tries to move, whichever role came before.
    (prober.box.folder / "state/log/probe2").touch()
    acts = act_cells({**words_of(prober.box)})
    compare_acts(base, prober.run(role, acts), prober.run("none", acts), check)


# ---- the programs themselves


def status_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return dict(re.findall(r"^(\w+):\s*(.*)$", text, re.M))


def limits_of(pid):
    text = pathlib.Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
    out = {}
    for name in ("Max core file size", "Max open files", "Max file size", "Max processes"):
        soft, hard = re.search(rf"^{name}\s+(\S+)\s+(\S+)", text, re.M).groups()
        out[name] = (soft, hard)
    return out


def may_look_into(pid):
    """Whether another process of the same user may read this one's memory: not when it is not
    dumpable (ptrace(2), access mode checking)."""
    done = subprocess.run([*PLAIN, "dd", f"if=/proc/{pid}/mem", "count=0", "status=none"],
                          capture_output=True, check=False)
    return done.returncode == 0


def compare_limits(role, pid, check):
    limits = limits_of(pid)
    files, size, processes = expected.LIMITS[role]
    wanted = {"Max core file size": 0, "Max open files": files, "Max file size": size,
              "Max processes": processes}
    for name, value in wanted.items():
        if value is not None:
            check(limits[name] == (str(value), str(value)), f"{role} {name}",
                  f"must be {value}, is {limits[name]}")


def compare_with_program(prober, role, pid, table, check):
    """The running program has the sandbox that was probed."""
    status = status_of(pid)
    held, line = prober.hold(role)
    try:
        own = status_of(held.pid)
        for field, value in (("Seccomp", "2"), ("NoNewPrivs", "1"),
                             ("Seccomp_filters", own["Seccomp_filters"])):
            check(status[field] == value, f"{role} {field}", status[field])
        check(not may_look_into(pid), f"{role} dumpable", "another process may look into it")
        compare_limits(role, pid, check)
        compare_limits(role, held.pid, check)
        if ROOT:
            real = seccomp_filter.filters_of(pid)
            check(real == seccomp_filter.filters_of(held.pid), f"{role} filter",
                  "the running program has another filter than the one that was tried")
            compare_filter(prober, role, real, table, check)
    finally:
        line.close()
        held.wait(10)


def compare_filter(prober, role, filters, table, check):
    """Over all arguments, not only those that were tried."""
    for number in range(NUMBERS):
        name = prober.names.get(number, f"#{number}")
        wanted = table[role].get(name, "never")
        wanted = {"all": "always", "some": "sometimes"}.get(wanted, getattr(errno, wanted, wanted))
        got = seccomp_filter.verdict(filters, number)
        check(got == wanted, f"{role} {name} by filter", f"must be {wanted}, is {got}")
        for other, arch in ((number, seccomp_filter.I386),
                            (number | seccomp_filter.X32_BIT, seccomp_filter.X86_64)):
            check(seccomp_filter.verdict(filters, other, arch) == "never",
                  f"{role} {other:#x} by filter", "another way into the kernel")


def running_programs(box):
    """Yields (role, pid) of each real program while it runs."""
    for name, role in (("hsm", "hsm"), ("audit", "audit"), ("core", "core"), ("web", "acceptor")):
        yield role, box.programs[name].process.pid
    client = web_client.WebClient(box.port, fingerprint=box.fingerprint())
    client.get("/sign-in")
    acceptor = box.programs["web"].process.pid
    children = pathlib.Path(f"/proc/{acceptor}/task/{acceptor}/children").read_text("ascii").split()
    yield "worker", int(children[0])
    client.close()
    with subprocess.Popen([*PLAIN, box.bin / "kagikura-console", "--config", box.config_path],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=box.environment("console")) as console:
        console.stdout.read(1)  # it has begun to speak, hence it is locked in
        yield "console", console.pid
        console.stdin.close()
        console.stdout.read()
    with subprocess.Popen([*PLAIN, box.bin / "kagikura-unlock", "--config", box.config_path,
                           "--pin", box.folder / "pin"], stderr=subprocess.DEVNULL,
                          env=box.environment("unlock")) as unlock:
        # It says nothing where there is nothing to unlock: its sandbox is the sign.
        appliance.wait_for(lambda: status_of(unlock.pid)["Seccomp"] == "2", 10, "its sandbox")
        yield "unlock", unlock.pid
        unlock.terminate()


def check_real(prober, table, check):
    with subprocess.Popen([*PLAIN, "sleep", "60"]) as control:
        appliance.wait_for(lambda: status_of(control.pid)["Name"] == "sleep", 5, "the control")
        check(may_look_into(control.pid), "control", "nobody may look into anything: shows nothing")
        control.send_signal(signal.SIGTERM)
    for role, pid in running_programs(prober.box):
        compare_with_program(prober, role, pid, table, check)


def check_spoiled(ctx, prober, table, control):
    """Each planted mistake is noticed, where it was made."""
    caught = 0
    for how, (base, where) in expected.SPOILED.items():
        noticed = []

        def check(condition, name, _why, noticed=noticed):
            if not condition:
                noticed.append(name)
        # The neighbourhood of the mistake, and the acts: what a whole probe would also try.
        call = expected.ARGUMENTS.get(where.rsplit(" ", 1)[0], [where])[0]
        cells = scan_cells([prober.numbers[call]]) if call in prober.numbers else {}
        probe_role(prober, f"spoiled:{how}", base, table, control, check,
                   {**cells, **argument_cells(call)})
        caught += ctx.expect(where in noticed, f"planted {how}", f"not noticed; but: {noticed[:5]}")
    ctx.note("planted_caught", f"{caught} of {len(expected.SPOILED)}")


def run(ctx):
    table = read_calls()
    box = appliance.Appliance(tempfile.mkdtemp(prefix="kagikura-probe-"), ctx.build_dir,
                              wrap={name: PLAIN for name in appliance.PROGRAMS})
    try:
        box.prepare()
        (box.folder / "pin").write_text("a file for kagikura-unlock, which needs none here\n")
        for folder in ("site", "run/apply", "run/applied"):  # kagikura-site's
            (box.folder / folder).mkdir(parents=True, exist_ok=True)
        box.start()
        box.provision()
        prober = Prober(box)
        control = {}
        for _ in range(ctx.points):
            # In plain ./check some calls by the other ways, and all by reading the filters.
            others = range(NUMBERS) if ctx.points > 1 else ctx.random.sample(range(NUMBERS), 40)
            cells = {**scan_cells(others=others), **argument_cells()}
            for role in ctx.random.sample(expected.ROLES, len(expected.ROLES)):
                probe_role(prober, role, role, table, control, ctx.expect, cells)
            check_real(prober, table, ctx.expect)
            check_spoiled(ctx, prober, table, control)
        for role in expected.ROLES:
            allowed = sum(what in ("all", "some") for what in table[role].values())
            ctx.note(f"calls_{role}", allowed)
            ctx.expect(allowed <= expected.CALLS_MAX.get(role, 512), f"{role} calls", allowed)
        ctx.note("cells", ctx.count_passed + ctx.count_failed)
    finally:
        box.stop()
        box.remove()
