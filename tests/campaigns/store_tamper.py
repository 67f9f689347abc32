"""Stored bytes swapped, moved, replayed and edited: refused, and never a wrong number (G6, G7).

A point is one tampering at the level of messages (store_messages.py: a hostile core before the real
audit and hsm). For each 33 of them one is done to the disk of a whole appliance that is off:
records swapped, moved, edited, dropped, taken from an older image or from another appliance, pages
and the whole store put back, log and store of different times, key objects of the token swapped.
Then the real processes start, and if the appliance opens, somebody with a grant looks at every
number. Two planted programs, an audit that binds sealed bytes to nothing and a core whose digest
vouches for nothing, must be found out by the same checks.
"""

import collections
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import log_files
import lmdb_file
import store_messages
import time_machine

CI_POINTS = 400
CI_SECONDS = 400
PEOPLE = 6
PURPOSES = ("kTax", "kSocialInsurance")
MESSAGES_PER_DISK = 33
PLANTED_TRIES = 4
UNLOCK_SECONDS = 8
KEY_VALUE = (0x11).to_bytes(8, "big")  # CKA_VALUE in an object file of SoftHSM
BYTE_STRING = (3).to_bytes(8, "big")


class Core:
    """One life of the core process, watched for how it ends."""

    def __init__(self, box, program):
        self.box = box
        path = box.folder / "logs/tampered-core.notify"
        path.unlink(missing_ok=True)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.notify.bind(str(path))
        self.notify.settimeout(0.05)
        with open(box.folder / "logs/tampered-core.log", "ab") as log:
            self.process = subprocess.Popen(
                [*box.wrap["core"], str(box.bin / program), "--config", str(box.config_path)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**box.environment("core"), "NOTIFY_SOCKET": str(path)})

    def wait(self):
        """True when it is ready, False when it has ended."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if b"READY=1" in self.notify.recv(4096):
                    return True
            except TimeoutError:
                if self.process.poll() is not None:
                    return False
        return False

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.notify.close()


def ended(code):
    return "crashed" if code is not None and code < 0 else "ended", str(code)


class Disk:
    """An appliance that is off, its images, and what is done to it."""

    def __init__(self, ctx, box, schema):
        self.ctx = ctx
        self.rng = ctx.random
        self.box = box
        self.schema = schema
        self.lower = {}  # the programs below core, running

    # ---- making

    def furnish(self):
        """Images: `older` (of an epoch whose key is gone), `before` (of this epoch, before the
        last changes) and `now`. Taken while nothing happens."""
        self.box.prepare()
        self.box.start(["hsm", "audit", "core"])
        self.firm = actors.Firm(self.box, self.schema)
        self.people = self.firm.collect(PEOPLE, PURPOSES)
        self.box.stop()
        self.keep("older")
        self.clean()
        self.box.start(["hsm", "audit", "core"])
        self.box.unlock()  # ten seconds later a new epoch begins
        epoch = self.status()["epoch"]
        appliance.wait_for(lambda: self.status()["epoch"] > epoch, 60, "a new epoch")
        handler = self.firm.handler
        handler.channel = None
        handler.sign_in()
        for leaving in (20_000, 20_100):
            for person in self.people:
                handler.act("SetLeaving", person=person, leaving=leaving)
            if leaving == 20_000:
                self.keep("before")
        self.box.stop()
        self.keep("now")
        self.last_code = handler.device.last
        self.older = lmdb_file.LmdbFile(self.image("older") / "state/store/data.mdb")
        self.before = lmdb_file.LmdbFile(self.image("before") / "state/store/data.mdb")
        return self

    def status(self):
        with ipc.Channel.connect(self.schema, "ConsoleCore",
                                 self.box.folder / "run/console/socket") as console:
            return console.call("GetStatus")

    def image(self, name):
        return self.box.folder / "images" / name

    def keep(self, name):
        for part in ("state", "tokens"):
            shutil.copytree(self.box.folder / part, self.image(name) / part)

    def clean(self):
        for path in (self.box.folder / "logs").glob("*.notify"):
            path.unlink()

    def restore(self, part, image="now"):
        shutil.rmtree(self.box.folder / part, ignore_errors=True)
        shutil.copytree(self.image(image) / part, self.box.folder / part)

    # ---- running

    def start_lower(self):
        self.clean()
        for name in ("hsm", "audit"):
            program = appliance.Program(
                name, [*self.box.wrap.get(name, []), str(self.box.bin / appliance.PROGRAMS[name]),
                       "--config", str(self.box.config_path)],
                self.box.environment(name), self.box.folder / "logs")
            self.lower[name] = program
            program.start()

    def stop_lower(self):
        for program in self.lower.values():
            program.stop()
        self.lower = {}

    def open(self, program):
        """Starts core on what lies on the disk. (state, reason, core)."""
        core = Core(self.box, program)
        if not core.wait():
            return *ended(core.process.poll()), core
        try:
            with ipc.Channel.connect(self.schema, "ConsoleCore",
                                     self.box.folder / "run/console/socket") as console:
                return *self.unlock(console), core
        except (ipc.Closed, OSError):
            return *ended(core.process.wait(10)), core

    def unlock(self, console):
        end = time.monotonic() + UNLOCK_SECONDS
        last = ""
        while True:
            status = console.call("GetStatus")
            if status["state"] != "kLocked":
                return status["state"], status["reason"]
            if time.monotonic() > end:
                return "kLocked", last
            try:
                console.call("Unlock", pin=self.box.pin.encode())
            except ipc.IpcError as error:
                # Until audit and hsm are there; any other refusal is the answer.
                if error.code not in ("kUnavailable", "kState"):
                    status = console.call("GetStatus")
                    return status["state"], status["reason"] or str(error)
                last = str(error)
                time.sleep(0.02)

    def failure_logged(self):
        last = [e for e in log_files.entries(self.box.folder / "state/log")
                if e["event"] == "appliance.state"][-1]
        return last["action"] == "failed"

    def look(self):
        """Somebody with a grant looks at everybody: what is wrong with what is shown."""
        handler = self.firm.handler
        handler.channel = None
        handler.device.last = self.last_code
        handler.sign_in()
        wrong = []
        form = self.rng.choice(["kWithholdingSlip", "kInsuranceAcquisition"])
        for person, digits in self.firm.reveal_all(self.people, form).items():
            if digits.isdigit() and digits != self.firm.numbers[person]:
                wrong.append("A WRONG number")
            elif not digits.isdigit():
                wrong.append(f"no number: {digits}")
        return wrong


class Tamperer:
    """Does one thing to the disk. Each act returns what must come of it:
    "refused"   the appliance does not open;
    "right"     it may open, and then every number is shown and right."""

    def __init__(self, disk):
        self.disk = disk
        self.rng = disk.rng
        self.store = disk.box.folder / "state/store/data.mdb"

    def acts(self):
        return sorted(name[4:] for name in dir(self) if name.startswith("act_"))

    def do(self, name):
        """(what must come of it, whether the processes below core must start anew)."""
        self.file = lmdb_file.LmdbFile(self.store)
        self.records = [r for r in self.file.records() if r.key[0] >= 0x20]
        expected = getattr(self, "act_" + name)()
        return expected, name.startswith(("hsm_", "log_"))

    def pair(self, same_kind=True):
        """Two records whose sealed values have the same size and are not the same."""
        pairs = [(a, b) for a in self.records for b in self.records
                 if a.key < b.key and a.sealed_size == b.sealed_size
                 and (a.kind == b.kind) == same_kind]
        return self.rng.choice(pairs)

    def exchange(self, a, b):
        mine, theirs = self.file.sealed(a), self.file.sealed(b)
        self.file.put(a.sealed_at, theirs)
        self.file.put(b.sealed_at, mine)
        self.file.save()
        return "refused"

    def act_swap_values(self):
        return self.exchange(*self.pair())

    def act_swap_people(self):
        numbers = [r for r in self.records if r.kind == "V"]
        a = self.rng.choice(numbers)
        b = self.rng.choice([r for r in numbers if r.key[1:9] != a.key[1:9]
                             and r.key[9] == a.key[9]])
        return self.exchange(a, b)

    def act_swap_purposes(self):
        numbers = [r for r in self.records if r.kind == "V"]
        a = self.rng.choice(numbers)
        b = next(r for r in numbers if r.key[1:9] == a.key[1:9] and r.key[9] != a.key[9])
        return self.exchange(a, b)

    def act_copy_value(self):
        a, b = self.pair()
        self.file.put(a.sealed_at, self.file.sealed(b))
        self.file.save()
        return "refused"

    def act_move_key(self):
        """The records stay and their names change places."""
        pairs = [(a, b) for a in self.records for b in self.records
                 if a.key < b.key and len(a.key) == len(b.key)]
        a, b = self.rng.choice(pairs)
        self.file.put(a.key_at, b.key)
        self.file.put(b.key_at, a.key)
        self.file.save()
        return "refused"

    def act_edit_key(self):
        record = self.rng.choice(self.records)
        at = record.key_at + self.rng.randrange(len(record.key))
        self.file.data[at] ^= 1 << self.rng.randrange(8)
        self.file.save()
        return "refused"

    def act_edit_value(self):
        record = self.rng.choice(self.records)
        for _ in range(self.rng.choice([1, 1, 1, 4])):
            at = record.sealed_at + self.rng.randrange(record.sealed_size)
            self.file.data[at] ^= self.rng.randint(1, 255)
        if self.file.sealed(record) == bytes(lmdb_file.LmdbFile(self.store).sealed(record)):
            self.file.data[record.sealed_at] ^= 1
        self.file.save()
        return "refused"

    def act_edit_number(self):
        record = self.rng.choice([r for r in self.records if r.kind == "V"])
        self.file.data[record.sealed_at + self.rng.randrange(record.sealed_size)] ^= \
            1 << self.rng.randrange(8)
        self.file.save()
        return "refused"

    def act_edit_state(self):
        state = next(r for r in self.file.records() if r.key[0] == 1)
        self.file.data[state.sealed_at + self.rng.randrange(state.sealed_size)] ^= \
            1 << self.rng.randrange(8)
        self.file.save()
        return "refused"

    def act_drop_record(self):
        self.file.drop(self.rng.choice(self.records))
        self.file.save()
        return "refused"

    def replay(self, image, kinds):
        """An older value of the same record, where it differs."""
        old = {r.key: image.sealed(r) for r in image.records()}
        changed = [r for r in self.file.records()
                   if r.key in old and len(old[r.key]) == r.sealed_size
                   and old[r.key] != self.file.sealed(r) and r.key[0] != 0
                      and r.kind in kinds]
        record = self.rng.choice(changed)
        self.file.put(record.sealed_at, old[record.key])
        self.file.save()
        return "refused"

    def act_replay_record(self):
        return self.replay(self.disk.before, "AP")

    def act_replay_older_record(self):
        return self.replay(self.disk.older, "AP")

    def act_replay_state(self):
        return self.replay(self.rng.choice([self.disk.before, self.disk.older]), "\x01")

    def act_replay_page(self):
        """A page in use becomes what it was in an older image: other records, or another tree."""
        image = self.rng.choice([self.disk.before, self.disk.older])
        size = lmdb_file.PAGE
        pages = [n for n in self.file.pages()
                 if image.data[n * size:(n + 1) * size] != self.file.data[n * size:(n + 1) * size]]
        page = self.rng.choice(pages) * size
        self.file.put(page, image.data[page:page + size])
        self.file.save()
        return "refused"

    def act_older_store(self):
        shutil.copy(self.disk.image("older") / "state/store/data.mdb", self.store)
        return "refused"

    def act_younger_store(self):
        """The same epoch: opens at most as what it was, and the log says so (G7)."""
        shutil.copy(self.disk.image("before") / "state/store/data.mdb", self.store)
        return "right"

    def act_older_meta(self):
        """The transaction before the last one counts again."""
        newer = self.file.meta()
        older = lmdb_file.PAGE - newer
        self.file.put(newer, self.file.data[older:older + lmdb_file.PAGE])
        self.file.save()
        return "right"

    def act_free_page(self):
        """Noise where no record lies."""
        used = set(self.file.pages()) | {0, 1}
        page = self.rng.choice([n for n in range(len(self.file.data) // lmdb_file.PAGE)
                                if n not in used])
        self.file.put(page * lmdb_file.PAGE, self.rng.randbytes(lmdb_file.PAGE))
        self.file.save()
        return "right"

    def act_noise(self):
        """A few bytes anywhere in the pages in use, headers too."""
        for _ in range(self.rng.randint(1, 6)):
            page = self.rng.choice([*self.file.pages(), 0, 1]) * lmdb_file.PAGE
            self.file.data[page + self.rng.randrange(lmdb_file.PAGE)] = self.rng.randrange(256)
        self.file.save()
        return "right"

    def act_header_noise(self):
        """Where LMDB keeps its own offsets."""
        page = self.rng.choice(self.file.pages()) * lmdb_file.PAGE
        self.file.data[page + self.rng.randrange(lmdb_file.HEADER + 16)] ^= \
            self.rng.randint(1, 255)
        self.file.save()
        return "right"

    def act_short_file(self):
        size = self.rng.randrange(len(self.file.data))
        self.store.write_bytes(self.file.data[:size])
        return "right"

    def act_log_older(self):
        """The log of before under the store of now."""
        folder = self.disk.box.folder / "state/log"
        shutil.rmtree(folder)
        shutil.copytree(self.disk.image(self.rng.choice(["older", "before"])) / "state/log", folder)
        return "refused"

    def act_log_end_cut(self):
        """The last entries zeroed, as if they never became durable: the start grows it again."""
        folder = self.disk.box.folder / "state/log"
        entries = log_files.entries(folder)
        seen = max(e["n"] for e in entries if e["event"] == "person.changed")
        keep = self.rng.choice([seen + 1, seen, seen - 1])
        segment = max(folder.glob("*.log"), key=lambda path: path.name)
        data = segment.read_bytes()
        lines = data.split(b"\0", 1)[0].splitlines(keepends=True)
        first = entries[-1]["n"] + 1 - len(lines)
        cut = sum(map(len, lines[:keep - first]))
        segment.write_bytes(data[:cut] + bytes(len(data) - cut))
        return "refused" if keep <= seen else "right"

    def act_log_and_store_older(self):
        """Both of before a disposal: they agree with each other, and the token has gone on."""
        self.disk.restore("state", "older")
        return "refused"

    def act_hsm_swap_values(self):
        """Two key objects of the token exchange what they hold."""
        objects = {}
        for path in sorted((self.disk.box.folder / "tokens").rglob("*.object")):
            data = path.read_bytes()
            at = data.find(KEY_VALUE + BYTE_STRING)
            if at < 0:
                continue
            size = int.from_bytes(data[at + 16:at + 24], "big")
            objects.setdefault(size, []).append((path, data, at + 24, size))
        alike = self.rng.choice([group for group in objects.values() if len(group) > 1])
        a, b = self.rng.sample(alike, 2)
        for mine, theirs in ((a, b), (b, a)):
            path, data, at, size = mine
            other = theirs[1][theirs[2]:theirs[2] + size]
            path.write_bytes(data[:at] + other + data[at + size:])
        return "refused"

    def act_hsm_drop_key(self):
        keys = [p for p in sorted((self.disk.box.folder / "tokens").rglob("*.object"))
                if KEY_VALUE + BYTE_STRING in p.read_bytes()]
        self.rng.choice(keys).unlink()
        return "refused"

    def act_hsm_older(self):
        """The token of before a disposal, with its dead keys, under the store of now."""
        self.disk.restore("tokens", "older")
        return "refused"


def attempt(disk, tamperer, act, program="kagikurad"):
    """One tampering. Returns (state, what is wrong or "")."""
    disk.restore("state/store" if disk.lower else "state")
    expected, anew = tamperer.do(act)
    if anew and disk.lower:
        disk.stop_lower()
    if not disk.lower:
        disk.start_lower()
    state, reason, core = disk.open(program)
    wrong = ""
    try:
        if state == "kOperational":
            shown = disk.look()
            if expected == "refused":
                wrong = "it opened"
            if shown:
                wrong += f"; {collections.Counter(shown)}"
        elif state == "kFailed":
            appliance.wait_for(disk.failure_logged, 10, "the entry of the failure")
        elif state not in ("kLocked", "ended", "crashed"):
            wrong = f"{state}/{reason}"
    finally:
        core.stop()
        if anew or disk.lower["audit"].restarts or disk.lower["hsm"].restarts:
            disk.stop_lower()
            disk.restore("state")
            disk.restore("tokens")
    return f"{state}/{reason}", wrong


def run_disk(ctx, disk, count):
    tamperer = Tamperer(disk)
    acts = tamperer.acts()
    ctx.random.shuffle(acts)
    outcomes = collections.Counter()
    for number in range(count):
        act = acts[number % len(acts)]
        state, wrong = attempt(disk, tamperer, act)
        outcomes[f"{act}: {state}"] += 1
        ctx.expect(not wrong, f"disk/{act}", f"{number}: {state}: {wrong}")
    ctx.note("disk", dict(sorted(outcomes.items())))
    # Untouched it opens, and everything is shown: the judge can see.
    disk.stop_lower()
    disk.restore("state")
    disk.restore("tokens")
    disk.start_lower()
    state, _, core = disk.open("kagikurad")
    ctx.expect(state == "kOperational" and not disk.look(), "disk/untouched", state)
    core.stop()
    found = 0
    for number in range(PLANTED_TRIES):
        act = ("replay_record", "replay_older_record")[number % 2]
        _, wrong = attempt(disk, tamperer, act, "planted-core-believes-store")
        found += "it opened" in wrong
    ctx.expect(found > 0, "planted/believes_store", "not noticed")
    ctx.note("planted_believes_store", f"{found} of {PLANTED_TRIES} noticed")


def run(ctx):
    store_messages.judge(ctx)
    settings = {"store": {"size_mib": 16}, "log": {"size_mib": 8, "segment_mib": 1},
                "budgets": {"user_hour": 90000, "user_day": 90000, "box_hour": 90000,
                            "box_day": 90000}}
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-tamper-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, settings=settings, wrap=machine.wrap())
    disk = Disk(ctx, box, ipc.Schema())
    try:
        with machine.codes_at_once():
            disk.furnish()
        run_disk(ctx, disk, max(1, ctx.points // MESSAGES_PER_DISK))
    finally:
        disk.stop_lower()
        box.stop()
        box.remove()
