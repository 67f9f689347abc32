"""kill -9 at seeded system calls of every process during the main job; then all must be there.

Each point copies a prepared appliance, starts it with one program under strace, which kills it at
the n-th call of a kind, runs the main job with a journal of what was acknowledged, lets the
supervisor start the program again, and compares the journal with the store, the log and the numbers
that can be revealed. A fifth of the points fall inside a disposal's re-shelving.
"""

import collections
import copy
import pathlib
import shutil
import tempfile
import time

import actors
import appliance
import ipc
import log_files

CI_POINTS = None
CI_SECONDS = 420
PEOPLE = 6
CALLS = {
    "hsm": ["sendmsg", "recvmsg", "openat", "write", "fsync", "unlink"],
    "audit": ["sendmsg", "recvmsg", "pwrite64", "fdatasync", "write"],
    "core": ["sendmsg", "recvmsg", "pwrite64", "pwritev", "fdatasync"],
}
MAX_WHEN = {"sendmsg": 80, "recvmsg": 120}


class Journal:
    """What the product has acknowledged, and what it was asked without an answer."""

    def __init__(self):
        self.sent = {}        # person -> digits, acknowledged to the person
        self.approved = set()  # people whose approval was acknowledged
        self.disposed = set()
        self.maybe_disposed = set()
        self.revealed = collections.Counter()  # person -> numbers handed out
        self.asked = collections.Counter()     # person -> reveals asked
        self.wrong = []


def attempt(act, *arguments, **fields):
    """The answer, or None when the process under it died. A refusal is an answer of its own."""
    try:
        return act(*arguments, **fields)
    except (ipc.Closed, ipc.IpcError, OSError, RuntimeError):
        return None


def prepare(ctx):
    """A provisioned appliance with people, numbers and open requests, as a folder to copy."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-kill-base-"))
    box = appliance.Appliance(folder, ctx.build_dir, settings={
        "budgets": {"user_hour": 9000, "user_day": 9000, "box_hour": 9000, "box_day": 9000},
        "store": {"size_mib": 16}, "log": {"size_mib": 16, "segment_mib": 2}})
    box.prepare()
    box.start(["hsm", "audit", "core"])
    firm = actors.Firm(box)
    # Each code is accepted once: another handler looks at the end, so that no point waits for one.
    firm.checker = firm.responsible.invite("kensa")
    firm.held = firm.collect(PEOPLE)
    firm.handler.import_roster(actors.roster_csv(PEOPLE, start=100))
    firm.links = firm.handler.request_numbers()
    box.stop()
    newest = max(a.device.last for a in (firm.responsible, firm.handler, firm.checker))
    appliance.wait_for(lambda: int(time.time()) // 30 - 1 > newest, 120, "fresh codes")
    return box, firm


def adopt(base_box, base_firm, ctx, folder):
    """The same appliance in another folder, with the same people and secrets."""
    shutil.copytree(base_box.folder, folder, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("*.notify", "socket"))
    box = appliance.Appliance(folder, ctx.build_dir, settings=base_box.settings)
    box.pin, box.so_pin = base_box.pin, base_box.so_pin
    box.write_config()
    (folder / "softhsm2.conf").write_text(
        (folder / "softhsm2.conf").read_text().replace(str(base_box.folder), str(folder)))
    firm = object.__new__(actors.Firm)
    firm.__dict__.update(base_firm.__dict__)
    firm.box = box
    firm.numbers = dict(base_firm.numbers)
    for role in ("responsible", "handler", "checker"):
        actor = object.__new__(actors.Actor)
        actor.__dict__.update(getattr(base_firm, role).__dict__)
        actor.box, actor.channel = box, None
        actor.device = copy.copy(actor.device)
        setattr(firm, role, actor)
    return box, firm


def main_job(firm, journal, only_disposal):
    if not only_disposal:
        for link in firm.links:
            before = set(firm.numbers)
            if attempt(firm.send, link["link"]) is None and set(firm.numbers) == before:
                continue
            for person in set(firm.numbers) - before:
                journal.sent[person] = firm.numbers[person]
        for row in (attempt(firm.responsible.read, "ListSubmissions") or {"rows": []})["rows"]:
            if attempt(firm.responsible.act, "ApproveSubmission", submission=row["id"]) is not None:
                journal.approved.add(row["person"])
        grant = attempt(firm.handler.step_up, "kReveal", firm.held)
        for person in firm.held if grant else ():
            journal.asked[person] += 1
            answer = attempt(firm.handler.reveal, grant, person)
            if answer is not None:
                journal.revealed[person] += 1
                if answer["number"].decode() != firm.numbers[person]:
                    journal.wrong.append(person)
    leaver = firm.held[0]
    if attempt(firm.handler.act, "SetLeaving", person=leaver, leaving=20_000) is not None:
        disposal = attempt(firm.handler.propose_disposal, [leaver])
        if disposal is not None:
            journal.maybe_disposed.add(leaver)
            if attempt(firm.responsible.approve_disposal, disposal) is not None:
                journal.disposed.add(leaver)


def check(ctx, name, box, firm, journal):
    state = box.recover()
    if not ctx.expect(state == "Operational", f"{name}/opens", state):
        return
    for actor in (firm.checker, firm.responsible):
        actor.channel = None
        actor.sign_in()
    entries = log_files.entries(box.folder / "state/log")
    intents = collections.Counter(
        e["person"] for e in entries if e["event"] == "reveal.intent")
    for person, count in journal.revealed.items():
        ctx.expect(intents[f"{person:016x}"] >= count, f"{name}/audited",
                   f"{count} reveals, {intents[f'{person:016x}']} intents")
    ctx.expect(not journal.wrong, f"{name}/right numbers", journal.wrong)
    sure = [p for p in firm.held if p not in journal.maybe_disposed] + sorted(journal.approved)
    seen = firm.reveal_all(sure + sorted(journal.disposed), actor=firm.checker)
    for person in sure:
        digits = firm.numbers.get(person) or journal.sent.get(person)
        ctx.expect(seen[person] == digits, f"{name}/kept", "an acknowledged number is not there")
    for person in journal.disposed:
        ctx.expect(len(seen[person]) != 12, f"{name}/gone", "a disposed number came back")
    waiting = firm.responsible.read("ListSubmissions")["rows"]
    pending = set(journal.sent) - journal.approved
    held = {row["person"] for row in waiting}
    for person in pending - held:
        # The approval may have been carried out although its answer was lost.
        again = firm.reveal_all([person], actor=firm.checker)
        ctx.expect(again[person] == journal.sent[person], f"{name}/kept",
                   "an acknowledged submission is not there")


def point(ctx, number, base_box, base_firm):
    only_disposal = number % 5 == 0
    program = ctx.random.choice(sorted(CALLS))
    call = ctx.random.choice(CALLS[program])
    when = ctx.random.randint(1, MAX_WHEN.get(call, 40))
    name = f"{number}:{program}:{call}:{when}{':disposal' if only_disposal else ''}"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-kill-"))
    box, firm = adopt(base_box, base_firm, ctx, folder)
    box.wrap = {program: ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                          f"inject={call}:signal=KILL:when={when}"]}
    journal = Journal()
    try:
        attempt(box.start, ["hsm", "audit", "core"])
        for missing in [p for p in ("hsm", "audit", "core") if p not in box.programs]:
            box.start([missing])
        box.recover()
        for actor in (firm.handler, firm.responsible):
            attempt(actor.sign_in)
        main_job(firm, journal, only_disposal)
        ctx.count_killed += any(p.restarts for p in box.programs.values())
        check(ctx, name, box, firm, journal)
    except Exception as error:  # the point is judged, whatever broke in it
        ctx.failed(name, repr(error))
        for log, text in box.logs().items():
            print(f"--- {log}\n{text[-1500:]}")
    finally:
        box.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(ctx):
    ctx.count_killed = 0
    base_box, base_firm = prepare(ctx)
    try:
        for number in range(ctx.points):
            point(ctx, number, base_box, base_firm)
    finally:
        base_box.remove()
    ctx.note("points", ctx.points)
    ctx.note("points_where_a_process_died", ctx.count_killed)
