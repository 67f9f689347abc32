"""G1, G3, G4: no order of messages makes audit release a number before its entry is on disk.

A hostile core speaks to a real kagikura-audit, which runs under strace, before a real kagikura-
hsm and a SoftHSM token. A point is one random order of messages: grants of all kinds, stale and
foreign ones, repeated and early reveals, swapped bytes, many in flight, lost connections. A model
says which reveals may succeed (G3). The trace shows for every number asked of the HSM the
fdatasync that made its intent durable before (G1), and the log holds exactly one intent for each.
Then the audit process is killed over and over while its budget is spent: not one reveal too many
comes out (G4). Two planted bugs, a process that asks before it syncs and one that forgets its
budget, must be found by the same checks.
"""

import collections
import pathlib
import random
import re
import shutil
import signal
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))

import appliance  # noqa: E402  pylint: disable=wrong-import-position
import ipc  # noqa: E402  pylint: disable=wrong-import-position
import log_files  # noqa: E402  pylint: disable=wrong-import-position

CI_POINTS = 50
CI_SECONDS = 600
FULL_POINTS = 1000
PEOPLE = 24
CRASHES = 200
INTAKE, TAX, SOCIAL = 1, 2, 3  # shelves, and below their purposes
PURPOSES = {INTAKE: "kIntake", TAX: "kTax", SOCIAL: "kSocialInsurance"}
FORMS = {"kWithholdingSlip": TAX, "kInsuranceLoss": SOCIAL}
ASKED_BEFORE = "planted-audit-asks-before-sync"
FORGETS = "planted-audit-forgets-budget"


def individual_number(rng):
    digits = [rng.randrange(10) for _ in range(11)]
    total = sum(d * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(digits), 1))
    rest = total % 11
    return "".join(map(str, digits)) + str(0 if rest <= 1 else 11 - rest)


class Box:
    """Audit and hsm of an appliance, with this program in the place of core."""

    def __init__(self, build_dir, program="kagikura-audit", trace=None, budgets=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-guarantees-"))
        wrap = {}
        if trace:
            wrap["audit"] = ["strace", "-f", "-xx", "-s", "70000", "-e",
                             "trace=pwrite64,fdatasync,sendmsg", "-o", str(trace)]
        self.box = appliance.Appliance(
            self.folder, build_dir, wrap=wrap,
            settings={"budgets": budgets or {"user_hour": 90000, "user_day": 90000,
                                             "box_hour": 90000, "box_day": 90000}})
        self.program = program
        self.schema = ipc.Schema()
        self.core = None

    def __enter__(self):
        try:
            self.box.prepare()
            for name, binary in (("hsm", "kagikura-hsm"), ("audit", self.program)):
                program = appliance.Program(
                    name, [*self.box.wrap.get(name, []), str(self.box.bin / binary), "--config",
                           str(self.box.config_path)],
                    self.box.environment(name), self.folder / "logs")
                self.box.programs[name] = program
                program.start()
                appliance.wait_for((self.folder / "run" / name / "socket").exists, what=name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.box.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self):
        """Core's connection; a new one is taken once the end of the old one has been noticed."""
        if self.core:
            self.core.close()
        end = time.monotonic() + 30
        while True:
            try:
                self.core = ipc.Channel.connect(self.schema, "CoreAudit",
                                                self.folder / "run/audit/socket")
                return self.core
            except (ipc.Closed, OSError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)  # the listener says nothing when it becomes free

    def unlock(self, enrol=False):
        """Waits out the hsm process' own start."""
        for _ in range(200):
            try:
                return self.core.call("UnlockHsm", actor=actor(1), pin=self.box.pin.encode(),
                                      enrol=enrol)
            except ipc.IpcError as error:
                if error.code != "kUnavailable":
                    raise
                time.sleep(0.02)
        raise RuntimeError("the HSM did not come")

    def furnish(self, rng):
        """Shelves and sealed numbers: {(person, shelf): (sealed, digits)}."""
        self.connect()
        self.unlock(enrol=True)
        for shelf, purpose in PURPOSES.items():
            self.core.call("CreateShelf", tenant=1, purpose=purpose, shelf=shelf)
        numbers = {}
        for shelf in PURPOSES:
            places = [place(person, shelf) for person in range(1, PEOPLE + 1)]
            digits = [individual_number(rng) for _ in places]
            reply = self.core.call("SealNumbers", actor=actor(1), ref=1, items=[
                {"place": p, "number": d.encode()} for p, d in zip(places, digits)])
            for p, d, item in zip(places, digits, reply["items"]):
                numbers[p["person"], shelf] = (item["sealed"], d)
        return numbers


def actor(user):
    return {"account": user, "role": "kHandler", "zone": "kHandling", "peer": f"192.0.2.{user}",
            "session": 100 + user, "tenant": 1}


def place(person, shelf):
    return {"tenant": 1, "person": person, "purpose": PURPOSES[shelf], "shelf": shelf, "version": 1}


class Hostile:
    """Random orders of messages, and the model of what may come of them."""

    def __init__(self, box, numbers, rng):
        self.box = box
        self.numbers = numbers
        self.rng = rng
        self.grants = {}   # id -> (user, people, shelf, used people); of this connection
        self.stale = []    # ids of connections that have gone
        self.waiting = {}  # request id -> what to make of its answer
        self.shown = []    # (index, person)
        self.wrong = []
        self.refused = collections.Counter()

    def open_grant(self):
        user = self.rng.randint(1, 3)
        people = self.rng.sample(range(1, PEOPLE + 1), self.rng.randint(1, 4))
        form = self.rng.choice(list(FORMS))
        ident = self.box.core.start("OpenGrant", actor=actor(user), act="kReveal", people=people,
                                    form=form, period="2026")
        self.waiting[ident] = ("OpenGrant", (user, set(people), FORMS[form], set()))

    def reveal(self):
        """Mostly near what a grant allows, so that every check is the one that must refuse."""
        grant, (user, people, shelf, used) = 0, (1, {1}, TAX, set())
        if self.grants and self.rng.random() < 0.9:
            grant = self.rng.choice(list(self.grants))
            user, people, shelf, used = self.grants[grant]
        person = self.rng.choice(sorted(people))
        twist = self.rng.choice(["none"] * 6 + ["user", "person", "shelf", "intake", "bytes",
                                                "stale", "guess", "again"])
        sealed = self.numbers[person, shelf][0]
        if twist == "user":
            user = user % 3 + 1
        elif twist == "person":
            person = self.rng.randint(1, PEOPLE)
            sealed = self.numbers[person, shelf][0]
        elif twist in ("shelf", "intake"):
            shelf = INTAKE if twist == "intake" else TAX + SOCIAL - shelf
            sealed = self.numbers[person, shelf][0]
        elif twist == "bytes":
            sealed = self.numbers[self.rng.randint(1, PEOPLE), self.rng.choice([1, 2, 3])][0]
        elif twist == "stale" and self.stale:
            grant = self.rng.choice(self.stale)
        elif twist == "guess":
            grant = self.rng.getrandbits(64)
        elif twist == "again" and used:
            person = self.rng.choice(sorted(used))
            sealed = self.numbers[person, shelf][0]
        allowed = self.model(grant, user, person, shelf, sealed)
        ident = self.box.core.start("RevealNumber", actor=actor(user), grant=grant,
                                    place=place(person, shelf), sealed=sealed)
        self.waiting[ident] = ("RevealNumber", (person, shelf, allowed))

    def model(self, grant, user, person, shelf, sealed):
        """Audit takes requests in their order: the grant's use is decided when it is sent."""
        of_user, people, of_shelf, used = self.grants.get(grant, (0, set(), 0, set()))
        fits = user == of_user and shelf == of_shelf and person in people and person not in used
        if fits:
            used.add(person)
        return fits and sealed == self.numbers[person, shelf][0]

    def take_answers(self):
        while self.waiting:
            kind, ident, body, _ = self.box.core.receive()
            request, about = self.waiting.pop(ident)
            schema = self.box.schema
            if kind == ipc.ERROR:
                code, field = schema.decode("base::Error", body)
                self.refused[f"{code}/{field}"] += 1
                if request == "RevealNumber" and about[2]:
                    self.wrong.append(f"a reveal that was allowed: {code}/{field}")
                continue
            reply = schema.decode(schema.reply_type(request), body)
            if request == "OpenGrant":
                self.grants[reply["grant"]] = about
            elif request == "RevealNumber":
                person, shelf, allowed = about
                self.shown.append((reply["index"], person))
                if not allowed:
                    self.wrong.append(f"person {person} was revealed without a right to it")
                elif bytes(reply["number"]).decode() != self.numbers[person, shelf][1]:
                    self.wrong.append("a number of somebody else was revealed")

    def order(self):
        """One point: some messages, several of them in flight, sometimes a lost connection."""
        for _ in range(self.rng.randint(1, 3)):
            self.open_grant()
            if self.rng.random() < 0.3:
                self.reveal()  # earlier than the answer that names the grant
            self.take_answers()
            for _ in range(self.rng.randint(1, 8)):
                self.reveal()
                if self.rng.random() < 0.3:
                    self.take_answers()
            if self.rng.random() < 0.1:
                self.reconnect()  # with reveals in flight
            self.take_answers()
        # A session may have eight grants alive: a new connection begins each order.
        self.reconnect()

    def reconnect(self):
        self.stale = (self.stale + list(self.grants))[-50:]
        self.grants = {}
        self.waiting = {}
        self.box.connect()


def unhex(text):
    return bytes.fromhex(text.replace("\\x", ""))


def check_trace(path, schema):
    """Walks the system calls in order. Returns (opens, those without a durable intent before)."""
    open_tag = schema.edges["AuditHsm"].index("Open")
    line_of = re.compile(r"^\d+\s+(\w+)\((\d+)(.*)")
    written = collections.defaultdict(list)  # descriptor -> bytes that no fdatasync covers yet
    pieces = collections.defaultdict(bytes)  # descriptor -> the beginning of a line
    durable = collections.Counter()          # place -> intents on disk
    opened = collections.Counter()
    late = []
    count = 0
    for line in path.read_text("ascii", "replace").splitlines():
        match = line_of.match(line)
        if not match:
            continue
        call, fd, rest = match.groups()
        if call == "pwrite64":
            written[fd].append(unhex(re.search(r'"([^"]*)"', rest).group(1)))
        elif call == "fdatasync" and rest.rstrip().endswith("= 0"):
            data = pieces[fd] + b"".join(written.pop(fd, []))
            *lines, pieces[fd] = data.split(b"\n")
            for entry in lines:
                if b'"event":"reveal.intent"' in entry:
                    durable[entry_place(entry)] += 1
        elif call == "sendmsg":
            parts = [unhex(part) for part in re.findall(r'iov_base="([^"]*)"', rest)]
            data = b"".join(parts)
            if data[:1] > bytes([ipc.ERROR]):
                continue  # a notification to the service manager
            for kind, _, body in ipc.split_packet(data):
                if kind != ipc.REQUEST or body[:1] != bytes([open_tag]):
                    continue
                count += 1
                key = open_place(schema, body[1:])
                opened[key] += 1
                if opened[key] > durable[key]:
                    late.append(key)
    return count, late


def entry_place(line):
    text = line.decode()

    def field(name):
        match = re.search(rf'"{name}":"?([0-9a-z_]+)', text)
        return match.group(1) if match else ""
    return (int(field("person"), 16), int(field("shelf"), 16), int(field("version") or 0))


def open_place(schema, body):
    """From the AAD, which is what the HSM process binds the number to: label, place, key."""
    request = schema.decode("Open", body)
    aad = bytes(request["aad"])
    label = 4 + int.from_bytes(aad[:4], "little")
    person = int.from_bytes(aad[label + 8:label + 16], "little")
    shelf = int.from_bytes(aad[label + 17:label + 25], "little")
    version = int.from_bytes(aad[label + 25:label + 29], "little")
    return (person, shelf, version)


def check_log(box, shown):
    """Each number that was shown has one intent of its own, before its outcome."""
    entries = log_files.entries(box.folder / "state/log")
    problems = []
    used = set()
    for index, person in shown:
        entry = entries[index] if index < len(entries) else {}
        if entry.get("event") != "reveal.intent" or int(entry.get("person", "0"), 16) != person:
            problems.append(f"entry {index} is not the intent for person {person}")
        if index in used:
            problems.append(f"entry {index} stands for two numbers")
        used.add(index)
    for number, entry in enumerate(entries):
        if entry["event"] in ("reveal.done", "reveal.failed"):
            intent = entries[entry["of"]]
            if entry["of"] >= number or intent["event"] != "reveal.intent":
                problems.append(f"entry {number} has no intent before it")
    return entries, problems


def orders(ctx, build_dir, points, program="kagikura-audit"):
    """Runs `points` random orders. Returns (hostile, opens, late, problems, intents)."""
    rng = random.Random(ctx.seed)
    trace = ctx.artifacts / f"{program}.trace"
    with Box(build_dir, program, trace) as box:
        hostile = Hostile(box, box.furnish(rng), rng)
        for _ in range(points):
            hostile.order()
        box.core.close()
        box.box.programs["audit"].stop()
        entries, problems = check_log(box, hostile.shown)
        opens, late = check_trace(trace, box.schema)
    trace.unlink()
    intents = sum(entry["event"] == "reveal.intent" for entry in entries)
    return hostile, opens, late, problems, intents


def crash_loops(ctx, build_dir, loops, program="kagikura-audit"):
    """Spends a budget while audit is killed again and again. Returns (limit, numbers shown)."""
    rng = random.Random(ctx.seed + 1)
    limit = 40
    shown = 0
    refused = 0
    with Box(build_dir, program, budgets={"user_hour": limit, "user_day": 90000,
                                          "box_hour": 90000, "box_day": 90000}) as box:
        numbers = box.furnish(rng)
        for loop in range(loops):
            if loop > 0:
                box.connect()
                box.unlock()
            people = rng.sample(range(1, PEOPLE + 1), 4)
            grant = box.core.call("OpenGrant", actor=actor(1), act="kReveal", people=people,
                                  form="kWithholdingSlip", period="2026")["grant"]
            for person in people:
                box.core.start("RevealNumber", actor=actor(1), grant=grant,
                               place=place(person, TAX), sealed=numbers[person, TAX][0])
            # Dies after a random number of answers, with the other reveals in flight.
            for _ in range(rng.randint(0, len(people))):
                kind, _, body, _ = box.core.receive()
                if kind == ipc.REPLY:
                    shown += 1
                elif box.schema.decode("base::Error", body)[0] == "kBudget":
                    refused += 1
            box.box.programs["audit"].kill(signal.SIGKILL)
            box.core.close()
            box.box.programs["audit"].wait_ready()
        intents = sum(entry["event"] == "reveal.intent"
                      for entry in log_files.entries(box.folder / "state/log"))
    return limit, shown, intents, refused


def run(ctx):
    points = ctx.points or FULL_POINTS
    if shutil.which("strace") is None:
        return ctx.failed("strace", "strace is not installed")
    build_dir = ctx.build_dir
    hostile, opens, late, problems, intents = orders(ctx, build_dir, points)
    ctx.note("numbers_revealed", len(hostile.shown))
    ctx.note("asked_of_the_hsm", opens)
    ctx.note("intents", intents)
    ctx.note("refused", dict(hostile.refused.most_common()))
    ctx.expect(not late, "G1/durable_first", f"{len(late)} asked before the sync: {late[:3]}")
    ctx.expect(opens > 0 and opens == intents, "G1/one_intent_each", f"{opens} opens, {intents}")
    ctx.expect(not problems, "G1/log", problems[:3])
    ctx.expect(not hostile.wrong, "G3/model", hostile.wrong[:3])
    if not late and not problems and not hostile.wrong:
        ctx.passed("orders", points)

    # The same check on a program that asks first and syncs later.
    _, opens, late, _, _ = orders(ctx, build_dir, 10, ASKED_BEFORE)
    ctx.expect(late, "planted/asks_before_sync", f"not noticed in {opens} opens")
    ctx.note("planted_asks_before_sync", f"{len(late)} of {opens} noticed")

    loops = CRASHES if points >= FULL_POINTS else 30
    limit, shown, intents, refused = crash_loops(ctx, build_dir, loops)
    ctx.note("crash_loops", {"loops": loops, "budget": limit, "shown": shown, "intents": intents,
                             "refused": refused})
    ctx.expect(shown <= limit and intents <= limit and refused > 0, "G4/crash_loops",
               f"{shown} numbers and {intents} intents with a budget of {limit}")
    if shown <= limit and intents <= limit:
        ctx.passed("crash_loops", loops)
    limit, shown, intents, _ = crash_loops(ctx, build_dir, 20, FORGETS)
    ctx.expect(intents > limit, "planted/forgets_budget", f"{intents} intents were not too many")
    ctx.note("planted_forgets_budget", f"{intents} intents with a budget of {limit}")
    return None
