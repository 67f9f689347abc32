"""kill -9 at seeded system calls of every process during the main job; then all must be there.

A run that nobody disturbs counts the calls of each program in each segment of the job. A point
copies a prepared appliance, starts it with one program under strace, which kills it at one of those
calls, runs the segment with a journal of what was acknowledged, lets the supervisor start the
program again, unlocks as an operator would, and compares the journal with the store, the log and
the numbers that can be revealed. A fifth of the points fall between the order to dispose and its
acknowledgement. A point where nobody died is no point: another is drawn in its place. Programs with
a planted bug each must be found by the same points and the same judge.
"""

import collections
import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import random
import shutil
import tempfile
import time
import traceback

import appliance
import ipc
import kill_job
import strace

CI_POINTS = 40
CI_SECONDS = 600
DRAWS_MAX = 6          # for one point, until somebody dies
PLANTED_POINTS = 30    # a planted bug must be found by as many
AT_ONCE = 3
LATE_SECONDS = 0.3     # after the job: what a program still does by its own clock
DEATH_SECONDS = 10

# Of every twenty points; the rest are job segments, their share by what they do.
RESHELVING = {0, 5, 10, 15}
START, AGAIN, PAGES = {1}, {2, 12}, {3, 13}
TELLING = {"sendmsg", "recvmsg", "sendto", "recvfrom", "write", "pwrite64", "writev", "fsync",
           "fdatasync", "ftruncate", "unlink", "rename", "clone3", "execve"}
SEGMENTS = ("collect", "collect", "approve", "approve", "reveal")


JOBS = {"reshelving": "dispose", "start": None}  # where a segment is not a job of its own


@dataclasses.dataclass(frozen=True)
class Bug:
    victim: str        # whose place it takes, and who is killed
    segment: str
    calls: tuple
    part: tuple        # of these calls in the segment, from 0 to 1
    promise: tuple     # by one of which it must be noticed


# tests/planted/CMakeLists.txt says what each of them does.
COMMIT = ("pwrite64", "writev", "fdatasync")
PLANTED = {
    "planted-core-answers-before-commit": Bug("core", "collect", COMMIT, (0, 1), ("kept",)),
    "planted-core-commits-in-two": Bug("core", "approve", COMMIT, (0, 0.7), ("kept",)),
    "planted-core-destroys-before-commit": Bug("core", "reshelving", COMMIT, (0.1, 0.5),
                                               ("opens",)),
    "planted-core-drops-epoch-before-commit": Bug("core", "reshelving", COMMIT, (0.5, 0.9),
                                                  ("opens",)),
    "planted-core-forgets-disposal": Bug("core", "reshelving", ("sendmsg", "recvmsg"), (0.3, 0.8),
                                         ("finished",)),
    "planted-audit-asks-before-sync": Bug("audit", "collect", ("pwrite64",), (0, 1),
                                          ("audited", "opens")),
    "planted-audit-reveals-before-intent": Bug("audit", "reveal", ("pwrite64",), (0, 1),
                                               ("audited",)),
    "planted-hsm-logs-in-without-copy": Bug("hsm", "start", ("write",), (0, 1), ("opens",)),
}


@dataclasses.dataclass
class Outcome:
    name: str
    died: int = 0
    inside: bool = False     # where it was meant to be
    after: str = ""          # the step in which somebody died
    held_up: int = 0
    failures: list = dataclasses.field(default_factory=list)
    logs: dict = dataclasses.field(default_factory=dict)


def victims(segment):
    return ("web",) if segment == "pages" else kill_job.PROGRAMS


class Campaign:
    def __init__(self, ctx, folder):
        self.ctx = ctx
        self.folder = folder
        self.base = kill_job.Base(folder, ctx.build_dir)
        self.serial = itertools.count()
        self.windows = {}  # (segment, program) -> {(thread, call): (first, last)}

    # ---- what there is to kill

    def profile(self, job, bug=None, programs=None):
        """One undisturbed run of a segment: which calls each program makes in it. That of programs
        with a bug stands under its name."""
        box, firm = self.base.copy(f"p{next(self.serial)}", programs)
        names = [*kill_job.PROGRAMS, *(["web"] if job == "pages" else [])]
        box.wrap = {name: strace.count(box.folder / f"{name}.trace") for name in names}
        journal = kill_job.Journal()
        try:
            box.start(names)
            state = kill_job.recover(box, firm.schema)
            begin = time.time()
            kill_job.SEGMENTS[job](firm, journal)
            finish = time.time()
            time.sleep(LATE_SECONDS)  # the traced programs' own clocks, as in a point
            box.stop()
            if state != "kOperational":
                raise RuntimeError(f"the undisturbed appliance is {state}")
            for name in names:
                calls = strace.Profile(box.folder / f"{name}.trace")
                whole = calls.window(begin, finish + 0.05, 6 if name == "web" else 1)
                windows = {job: whole, "start": calls.window(0, begin)}
                if job == "dispose":
                    ordered, done = next(s[1:] for s in journal.steps if s[0] == "dispose")
                    windows["reshelving"] = calls.window(ordered, done)
                if bug:
                    # Also what it does later than it should.
                    windows[job] = calls.window(begin, finish + LATE_SECONDS)
                    windows = {bug: windows[PLANTED[bug].segment]}
                for segment, window in windows.items():
                    self.windows[segment, name] = window
        finally:
            kill_job.end(box)

    def draw(self, rng, segment, victim=None, calls=None, part=(0, 1)):
        """(program, call, n): its last call. What reaches a disk or a peer is likelier."""
        victim = victim or rng.choice(victims(segment))
        window = self.windows[segment, victim]
        kinds = sorted({call for _, call in window if not calls or call in calls})
        call = rng.choices(kinds, [3 if kind in TELLING else 1 for kind in kinds])[0]
        first, last = rng.choice(sorted(s for (_, name), s in window.items() if name == call))
        begin, end = (round(first + (last - first) * share) for share in part)
        return victim, call, rng.randint(begin, end)

    # ---- points

    def kind_of(self, number):
        """(segment, whether the recovery is cut off too)"""
        place = number % 20
        if place in RESHELVING:
            return "reshelving", number % 40 == 20
        if place in START:
            return "start", False
        if place in PAGES:
            return "pages", False
        rng = random.Random(f"{self.ctx.seed}/{number}/segment")
        return rng.choice(SEGMENTS), place in AGAIN

    def point(self, number):
        """Draws until somebody dies in the right place. Returns the outcomes; the last counts."""
        segment, again = self.kind_of(number)
        out = []
        for attempt in range(DRAWS_MAX):
            rng = random.Random(f"{self.ctx.seed}/{number}/{attempt}")
            victim, call, when = self.draw(rng, segment)
            second = None
            if again and victim != "web":
                _, *second = self.draw(rng, "start", victim)
            name = f"{number}:{segment}:{victim}:{call}:{when}"
            if second:
                name += f":again:{second[0]}:{second[1]}"
            out.append(self.run(name, segment, (victim, call, when), second))
            if out[-1].inside or out[-1].failures:
                break
        return out

    def run(self, name, segment, where, second=None, programs=None):
        victim, call, when = where
        outcome = Outcome(name)
        box, firm = self.base.copy(f"p{next(self.serial)}", programs)  # sockets want short paths
        trace = box.folder / "kill.trace"
        box.wrap = {victim: strace.kill(trace, call, when)}
        if second:
            box.wrap_again = {victim: strace.kill(box.folder / "again.trace", *second)}
        names = [*kill_job.PROGRAMS, *(["web"] if segment == "pages" else [])]
        try:
            self.carry_out(outcome, box, firm, names, segment, trace)
        except Exception:  # the point is judged, whatever broke in it
            outcome.failures.append(("exception", traceback.format_exc()))
        finally:
            if outcome.failures:
                outcome.logs = box.logs()
            kill_job.end(box)
        return outcome

    def carry_out(self, outcome, box, firm, names, segment, trace):
        victim = next(iter(box.wrap))
        job = JOBS.get(segment, segment)
        journal = kill_job.Journal()
        broken = None
        box.start(names)
        state = kill_job.recover(box, firm.schema)
        if state != "kOperational":
            outcome.failures.append(("opens", state))
            return
        if job is not None:
            try:
                kill_job.SEGMENTS[job](firm, journal)
            except kill_job.Broken as error:
                broken = error
        end = time.monotonic() + (DEATH_SECONDS if broken else LATE_SECONDS)
        while not strace.deaths(trace) and time.monotonic() < end:
            time.sleep(0.02)  # the tracer writes when it is its turn
        died = strace.deaths(trace)
        if not died:
            if broken:
                outcome.failures.append(("job", f"nobody died, but {broken}"))
            return
        outcome.died = 1
        outcome.after, running = journal.step_at(died[0])
        place = {"start": "start", "reshelving": "dispose"}.get(segment)
        outcome.inside = (running and outcome.after == place if place
                          else outcome.after != "start")
        self.settle(box.programs[victim], victim)
        if victim in box.wrap_again:
            kill_job.recover(box, firm.schema)
            if strace.deaths(box.folder / "again.trace"):
                outcome.died = 2
            self.settle(box.programs[victim], victim, lives=2)
        judge = kill_job.Judge(box, firm, journal)
        judge.all()
        if victim == "web":
            judge.expect(self.page_opens(box), "opens", "the pages are not served")
        outcome.held_up, outcome.failures = judge.held_up, judge.failures

    @staticmethod
    def settle(program, victim, lives=1):
        """Waits until the supervisor has brought the program back, no longer under a tracer."""
        if program.restarts < lives and (victim == "web" or lives > 1):
            # A worker's death leaves the traced acceptor; a cut that was not reached, its tracer.
            try:
                program.kill()
            except ProcessLookupError:
                pass  # the supervisor is about to see it
        appliance.wait_for(lambda: program.restarts >= lives and program.process.poll() is None
                           and program.ready.is_set(), 30, f"{victim} is back")

    @staticmethod
    def page_opens(box):
        try:
            web = kill_job.web_client.WebClient(box.port)
            return web.get("/sign-in").status == 200
        except OSError:
            return False

    # ---- planted bugs

    def planted(self, name, bug):
        """Points near the bug until it is noticed. Returns (outcome or None, how many)."""
        programs = {bug.victim: name}
        self.profile(JOBS.get(bug.segment, bug.segment) or "dispose", name, programs)
        for number in range(PLANTED_POINTS):
            rng = random.Random(f"{self.ctx.seed}/{name}/{number}")
            where = self.draw(rng, name, bug.victim, bug.calls, bug.part)
            outcome = self.run(f"{name}:{number}:" + ":".join(map(str, where)), bug.segment, where,
                               programs=programs)
            if any(promise in bug.promise for promise, _ in outcome.failures):
                return outcome, number + 1
        return None, PLANTED_POINTS


def report(ctx, outcomes, tally):
    """One point into the figures."""
    *others, last = outcomes
    for outcome in others:
        tally["died elsewhere, drawn again" if outcome.died else "nobody died, drawn again"] += 1
        ctx.passed("promises", outcome.held_up)
    ctx.passed("promises", last.held_up)
    for promise, why in last.failures:
        tally["lost: " + promise] += 1
        ctx.failed(f"{last.name}/{promise}", f"after {last.after}: {why}")
    for log, text in last.logs.items():
        print(f"--- {log}\n{text[-1500:]}")
    if not last.inside:
        if not last.failures:
            ctx.failed(last.name, f"not reached in {len(outcomes)} draws")
        return
    tally["points"] += 1
    tally["deaths"] += last.died
    _, segment, victim, *_ = last.name.split(":")
    tally[f"in {segment}"] += 1
    tally[f"of {victim}"] += 1
    tally[f"during {last.after}"] += 1


def run(ctx):
    if shutil.which("strace") is None:
        ctx.failed("strace", "strace is not installed")
        return
    # What a kill shows does not depend on the disk: nothing that was written is lost by it.
    memory = pathlib.Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-kill-", dir=parent))
    tally = collections.Counter()
    try:
        campaign = Campaign(ctx, folder)
        for job in kill_job.SEGMENTS:
            campaign.profile(job)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for outcomes in pool.map(campaign.point, range(ctx.points)):
                report(ctx, outcomes, tally)
            found = list(pool.map(lambda item: campaign.planted(*item), PLANTED.items()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, (outcome, tried) in zip(PLANTED, found):
        if ctx.expect(outcome, f"planted/{name}", f"not noticed in {tried} points"):
            promise, why = outcome.failures[0]
            ctx.note(name, f"noticed at point {tried} ({outcome.name.split(':', 2)[2]}): "
                           f"{promise}: {why[:120]}")
    for key, value in sorted(tally.items()):
        ctx.note(key, value)
