"""No number, PIN, password or token in logs, pages, files, arguments, memory, cores.

The main job runs through the pages with secrets that the harness would recognise in some thirty
forms. Meanwhile arguments and environments of every process are watched and temporary folders
searched; after each step the memory of the processes, after each form that of the workers. In the
end each program is made to crash, and all pages and everything on the disk is searched. Twelve
digits whose check digit fits are looked for without knowing them. Leaks are planted in every place,
in every form, and must all be found. A point is one whole round.
"""

import base64
import binascii
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional"))

import actors  # noqa: E402
import appliance  # noqa: E402
import canary  # noqa: E402
import main_job  # noqa: E402
import web_client  # noqa: E402

CI_POINTS = 1
CI_SECONDS = 400
PEOPLE = 12
TEMPORARY = ("/tmp", "/dev/shm", "/var/tmp", "/run/shm")
ROOT = os.geteuid() == 0

# What a process may hold after the act, by what it is for; everything else is a finding.
MAY_HOLD = {
    "audit": {"PIN"},  # logs in again when the hsm process has restarted
    "hsm": {"PIN"},    # begins a new life of the module after a fault
}
# Where a page shows a secret because that is what it is for: a path, and the secret.
MAY_SHOW = (
    (r"/reveal(/show)?", "number"),
    (r"/enrolment(/key)?", "authenticator"),
    # The person's own, typed on the page before: there is no session to keep it in.
    (r"/p/[\w-]{43}(/numbers)?", "passcode"),
)
# Independent of canary.py: how a leak could write a number, with something before and after it.
PLANTS = {
    "plain": lambda n: n.encode(),
    "blanks": lambda n: " ".join(re.findall("....", n)).encode(),
    "hyphens": lambda n: "-".join(re.findall("....", n)).encode(),
    "UTF-16": lambda n: n.encode("utf-16"),
    "full-width": lambda n: "".join(chr(ord(d) + 0xFEE0) for d in n).encode(),
    "base64": lambda n: base64.b64encode(f"number={n}&m={n}".encode()),
    "base64 of a cookie": lambda n: base64.urlsafe_b64encode(f"?n={n}?>".encode()),
    "hex": lambda n: binascii.hexlify(n.encode()),
    "reversed": lambda n: "".join(reversed(n)).encode(),
    "BCD": lambda n: bytes(int(a) << 4 | int(b) for a, b in zip(n[::2], n[1::2])),
    "integer": lambda n: struct.pack("<q", int(n)),
    "integer of the network": lambda n: struct.pack(">Q", int(n)),
    "JSON": lambda n: json.dumps("".join(chr(ord(d) + 0xFEE0) for d in n)).encode(),
    "wrong check digit": lambda n: f"{n[:11]}{(int(n[11]) + 1) % 10}".encode(),
}


class Canaries:
    """All secrets of one round, as they come into being."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.all = []
        self.numbers = []

    def add(self, name, kind, value):
        self.all.append(canary.Secret(name, kind, value))
        return value

    def number(self, _index):
        """In place of actors.synthetic_number."""
        eleven = "".join(str(self.random.randrange(10)) for _ in range(11))
        self.numbers.append(web_client.individual_number(eleven))
        return self.add(f"number {len(self.numbers)}", "number", self.numbers[-1])

    def of(self, *names):
        return [s for s in self.all if s.name.split(" ")[0] in names]


class Recorder(web_client.WebClient):
    """A browser that remembers everything that it asked for and was shown."""
    canaries = None
    pages = []
    after_post = None  # called with the path while the connection's worker is still there

    def request(self, method, path, body=None, content_type=None, headers=None):
        page = super().request(method, path, body, content_type, headers)
        Recorder.pages.append((method, path, page))
        if method == "POST":
            Recorder.after_post(path)
        token = self.cookies.get("__Host-session")
        if token and not any(s.name == f"token {token[:4]}" for s in Recorder.canaries.all):
            Recorder.canaries.add(f"token {token[:4]}", "text", token)
            padded = token + "=" * (-len(token) % 4)
            Recorder.canaries.add(f"token {token[:4]} bytes", "bytes",
                                  base64.urlsafe_b64decode(padded))
        return page


class Person(main_job.Person):
    """As in the main job, with secrets that are known from their birth."""

    def __init__(self, port, login, fingerprint):
        super().__init__(port, login, fingerprint)
        Recorder.canaries.add(f"password {login}", "text", self.password)

    def enrol(self, key):
        super().enrol(key)
        Recorder.canaries.add(f"authenticator {self.login}", "text", self.secret)
        Recorder.canaries.add(f"authenticator {self.login} bytes", "bytes",
                              base64.b32decode(self.secret))
        return self


class Watch:
    """Arguments and environments of every process of ours, and files that come and go elsewhere."""

    def __init__(self, canaries, *programs):
        self.canaries = canaries
        self.programs = tuple(map(str, programs))
        self.before = {path for folder in TEMPORARY for path in self.listing(folder)}
        self.seen = {}   # (pid, start time) -> what it was started with
        self.files = {}  # path -> contents
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    @staticmethod
    def listing(folder):
        try:
            return [entry.path for entry in os.scandir(folder)
                    if entry.is_file(follow_symlinks=False)]
        except OSError:
            return []

    def run(self):
        while not self.ended.wait(0.01):
            self.look()

    def look(self):
        for entry in os.scandir("/proc"):
            if entry.name.isdigit() and not self.seen.get(key := self.identity(entry.name)):
                self.look_at(key, entry.name)
        for folder in TEMPORARY:
            for path in self.listing(folder):
                if path not in self.before:
                    self.keep_file(path)

    @staticmethod
    def identity(pid):
        """Changes when the process becomes another program."""
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                text = stat.read()
            return pid, text[text.index("("):text.rindex(")")], text.split()[-31]
        except (OSError, ValueError, IndexError):
            return None

    def look_at(self, key, pid):
        try:
            if not os.readlink(f"/proc/{pid}/exe").startswith(self.programs):
                return
            parts = [pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
                     for name in ("cmdline", "environ", "comm")]
            self.seen[key] = b"\0".join(parts)
        except OSError:
            pass  # it has ended

    def keep_file(self, path):
        try:
            data = pathlib.Path(path).read_bytes()[:canary.PIECE]
        except OSError:
            return
        if len(data) >= len(self.files.get(path, b"")):
            self.files[path] = data

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def found(self):
        out = [("process", self.seen[key][:40], *hit) for key in self.seen
               for hit in canary.find(self.canaries.all, self.seen[key])]
        return out + [("file", path, *hit) for path, data in self.files.items()
                      for hit in canary.find(self.canaries.all, data + path.encode())]


# ---- the parts of a round


def processes(box):
    """{role: [pid]}; a worker for each connection that is open now."""
    out = {name: [program.process.pid] for name, program in box.programs.items()}
    acceptor = out["web"][0]
    children = pathlib.Path(f"/proc/{acceptor}/task/{acceptor}/children").read_text("ascii")
    out["worker"] = [int(pid) for pid in children.split()]
    return out


def scan_memory(ctx, box, canaries, when, roles=(*appliance.PROGRAMS, "worker")):
    if not ROOT or "web" not in box.programs:
        return
    for role, pids in processes(box).items():
        may = MAY_HOLD.get(role, ())
        unwanted = [s for s in canaries.of("number", "PIN", "password", "passcode")
                    if s.name.split(" ")[0] not in may]
        for pid in pids if role in roles else ():
            try:
                found = canary.find_in_memory(unwanted, pid)
            except OSError:
                continue  # a worker whose connection has just ended
            ctx.expect(not found, f"memory of {role}", f"{when}: {sorted(found)}")


def forms_of(page):
    """A page as it came, as it reads, and as it reads without gaps."""
    headers = "\n".join(f"{k}: {v}" for k, v in page.headers.items() if k != "Set-Cookie")
    return b"\n".join((page.body, headers.encode(), page.visible.encode(),
                       re.sub(r"\s", "", page.visible).encode()))


def scan_page(canaries, method, path, page):
    """(what was found where it must not be, whether the page showed one number as it should)"""
    where = path.split("?")[0]
    may = {kind for pattern, kind in MAY_SHOW if re.fullmatch(pattern, where)}
    hits = canary.find(canaries.all, forms_of(page))
    numbers = {name for name, _ in hits if name.startswith("number")}
    shows = "number" in may and method == "POST" and len(numbers) == 1
    kept = may if shows else may - {"number"}
    wrong = sorted(hit for hit in hits if hit[0].split(" ")[0] not in kept)
    wrong += [("in the address", *hit) for hit in canary.find(canaries.all, path.encode())]
    if not shows:
        wrong += [("shaped like a number", "?") for _ in canary.number_shaped(page.visible)]
    return wrong, shows


def scan_pages(ctx, canaries, pages):
    shown = 0
    for method, path, page in pages:
        wrong, shows = scan_page(canaries, method, path, page)
        shown += shows
        ctx.expect(not wrong, "page", f"{method} {path.split('?')[0]}: {wrong}")
    ctx.expect(shown >= 4, "reveals seen", f"{shown}: the scan of pages sees nothing")


def alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        return stat.rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def crash_everything(ctx, box, folder):
    """SIGSEGV or SIGABRT for each program while it holds what it holds; no core may be left."""
    client = Recorder(box.port, fingerprint=box.fingerprint())
    client.get("/sign-in")
    # Workers first: they end by themselves when core does.
    for number, (role, pids) in enumerate(reversed(processes(box).items())):
        for pid in pids:
            os.kill(pid, (signal.SIGSEGV, signal.SIGABRT)[number % 2])
            appliance.wait_for(lambda pid=pid: not alive(pid), 10, f"{role} ends")
            left = list(folder.iterdir())
            ctx.expect(not left, f"core of {role}", f"left behind: {left}")
    client.close()


def scan_disk(ctx, box, canaries):
    """What lies on the disk when all is over; logs and exports also without knowing what to look
    for."""
    for name in ("state", "tokens", "run", "logs", "cwd", "out"):
        hits = canary.find_in_folder(canaries.all, box.folder / name)
        ctx.expect(not hits, f"folder {name}", hits[:10])
    for name in ("state/log", "logs", "out"):
        for path in sorted((box.folder / name).rglob("*")):
            if path.is_file():
                shaped = canary.number_shaped(path.read_bytes().decode("utf-8", "replace"))
                ctx.expect(not shaped, f"{name}/{path.name}", f"{len(shaped)} number-shaped")


def dispose(handler, responsible, leaver):
    """As in the main job, with one re-authentication: codes are what a round waits for."""
    page = handler.web.get(f"/people/{leaver:016x}")
    handler.web.submit(page.form("/leaving"), {"leaving": "2026-10-31"})
    page = handler.web.get("/disposals/new", person=f"{leaver:016x}")
    page = handler.web.submit(page.form("/disposals/new"), {"reason": "not_needed"})
    path = page.url.split("?")[0]
    page = responsible.web.get(path)
    responsible.web.submit(page.form("/approve"), {"sure": "yes", **responsible.step_up()})
    return handler.web.get(path + "/certificate").body


def do_main_job(ctx, box, canaries, out):
    def step(text):
        scan_memory(ctx, box, canaries, text)

    (responsible, rights), auditor, handler, passcode, fingerprint = main_job.set_up(step, box)
    canaries.add("passcode", "text", passcode)
    main_job.register(step, handler, PEOPLE)
    numbers = main_job.collect(step, box, handler, responsible, passcode, fingerprint, PEOPLE)
    shown, _ = main_job.reveal(handler, list(numbers))
    step(f"{len(shown)} numbers were shown")
    (out / "certificate").write_bytes(dispose(handler, responsible, list(numbers)[-1]))
    step("one was disposed of")
    main_job.export_and_verify(lambda _: None, box, auditor, out)
    said = box.console("1", "1") + box.console(
        box.menu_choice("Export the log"), str(out / "console.tar"))
    (out / "console").write_text(said, encoding="utf-8")
    for person in (responsible, auditor, handler):
        person.web.close()


# ---- the harness proves itself


def noticed(ctx, tally, name, found):
    tally[bool(found)] += 1
    ctx.expect(found, f"planted {name}", "not found")


def plant_on_disk(ctx, canaries, tally, folder):
    for name, form in PLANTS.items():
        number = canaries.random.choice(canaries.numbers)
        place = folder / "planted" / f"{canaries.random.randrange(1 << 32)}.log"
        place.parent.mkdir(exist_ok=True)
        noise = canaries.random.randbytes(canaries.random.randrange(3 * canary.PIECE))
        place.write_bytes(noise + b"audit: note=" + form(number) + b"\n" + noise[:100])
        hits = canary.find_in_folder(canaries.all, place.parent)
        noticed(ctx, tally, f"file, {name}", any(hit[0] == place for hit in hits))
        place.unlink()


def plant_in_pages(ctx, canaries, tally):
    for name, form in PLANTS.items():
        number = form(canaries.random.choice(canaries.numbers))
        page = web_client.Page(200, {}, b"<html><p>x</p><p>" + number + b"</p>", "/people")
        noticed(ctx, tally, f"page, {name}", scan_page(canaries, "GET", "/people", page)[0])
    number = canaries.numbers[0]
    spans = "".join(f"<span>{part}</span> " for part in re.findall("....", number))
    stranger = web_client.individual_number(f"{canaries.random.randrange(10 ** 11):011d}")
    two = f"<p>{number}</p><p>{canaries.numbers[1]}</p>"
    for name, method, path, body in (
            ("in pieces", "GET", "/people", spans), ("of nobody known", "GET", "/people", stranger),
            ("without a grant", "GET", "/reveal", number), ("two at once", "POST", "/reveal", two),
            ("in an address", "GET", "/people?q=" + number, "")):
        page = web_client.Page(200, {}, f"<p>{body}</p>".encode(), path)
        noticed(ctx, tally, f"page, {name}", scan_page(canaries, method, path, page)[0])


def plant_processes(ctx, canaries, tally, folder):
    """One with a number in its arguments, one with a PIN in its environment; a file in passing."""
    programs = folder / "programs"
    programs.mkdir()
    sleeper = shutil.copy("/bin/sleep", programs / "sleep")
    number = canaries.numbers[0]
    with Watch(canaries, programs) as watch:
        for name, arguments, environment in (
                ("arguments", ["60", number], {}),
                ("environment", ["60"], {"N": base64.b64encode(f"n={number}".encode()).decode()})):
            with subprocess.Popen([sleeper, *arguments], env=environment) as child:
                appliance.wait_for(lambda pid=str(child.pid): any(
                    key[0] == pid for key in watch.seen), 10, "the watch sees a process")
                child.terminate()
            noticed(ctx, tally, name, any(hit[0] == "process" for hit in watch.found()))
            watch.seen.clear()
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"a form: " + number.encode())
            file.flush()
            appliance.wait_for(lambda: watch.files.get(file.name), 10, "the watch sees a file")
        noticed(ctx, tally, "temporary file", watch.found())


def plant_in_memory(ctx, canaries, tally, folder):
    """A process that keeps a number, and its core."""
    program = "import sys, time; kept = sys.stdin.readline(); print(); sys.stdout.flush(); " \
              "time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], cwd=folder, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as child:
        child.stdin.write(canaries.numbers[0].encode() + b"\n")
        child.stdin.flush()
        child.stdout.readline()
        if ROOT:
            noticed(ctx, tally, "memory", canary.find_in_memory(canaries.all, child.pid))
        child.send_signal(signal.SIGSEGV)
    if not list(folder.iterdir()):
        ctx.note("cores", "this machine keeps none: that none are left shows nothing")
        return
    noticed(ctx, tally, "core", canary.find_in_folder(canaries.all, folder))
    for core in folder.iterdir():
        core.unlink()


def check_planted(ctx, canaries, folder, cores):
    tally = {True: 0, False: 0}
    plant_on_disk(ctx, canaries, tally, folder)
    plant_in_pages(ctx, canaries, tally)
    plant_processes(ctx, canaries, tally, folder)
    plant_in_memory(ctx, canaries, tally, cores)
    ctx.note("planted_found", f"{tally[True]} of {sum(tally.values())}")


class Box(appliance.Appliance):
    def environment(self, name):
        """Two programs write as they do for the journal."""
        journal = {"JOURNAL_STREAM": "8:1"} if name in ("hsm", "core") else {}
        return {**super().environment(name), **journal}


def run_round(ctx, seed):
    canaries = Canaries(seed)
    Recorder.canaries, Recorder.pages = canaries, []
    actors.synthetic_number = canaries.number
    main_job.WebClient, main_job.Person = Recorder, Person
    box = Box(tempfile.mkdtemp(prefix="kagikura-canary-"), ctx.build_dir,
              settings={"store": {"size_mib": 16}, "log": {"size_mib": 16, "segment_mib": 4}})
    Recorder.after_post = lambda path: scan_memory(ctx, box, canaries, path, ("worker",))
    canaries.add("PIN", "text", box.pin)
    canaries.add("SO-PIN", "text", box.so_pin)
    out, cores = box.folder / "out", box.folder / "cwd"
    home = os.getcwd()
    for path in (out, cores):
        path.mkdir(parents=True)
    try:
        os.chdir(cores)  # where the kernel puts them, if nobody stops it
        with Watch(canaries, box.bin) as watch:
            do_main_job(ctx, box, canaries, out)
            crash_everything(ctx, box, cores)
        box.stop()
        found = watch.found()
        ctx.expect(not found, "watched", found[:10])
        scan_pages(ctx, canaries, Recorder.pages)
        scan_disk(ctx, box, canaries)
        check_planted(ctx, canaries, box.folder, cores)
        ctx.note("processes", len(watch.seen))
        ctx.note("pages", len(Recorder.pages))
        ctx.note("secrets",
                 f"{len(canaries.all)} in {sum(len(s.forms) for s in canaries.all)} forms")
    finally:
        os.chdir(home)
        box.stop()
        box.remove()


def run(ctx):
    before = resource.getrlimit(resource.RLIMIT_CORE)
    # Only the programs themselves shall be what keeps cores from being made.
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        for _ in range(ctx.points):
            run_round(ctx, ctx.random.randrange(1 << 31))
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
