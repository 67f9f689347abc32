"""Speed and memory of the whole product against what must be reached; a point is a round.

The programs are those of the release preset; what is compared is measured in the same run, in turn,
and the best round of each side counts. A round waits for fresh one-time codes.
"""

import base64
import json
import multiprocessing
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import actors
import appliance
import ipc

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
CI_SECONDS = 1800

PEOPLE = 100_000
HELD = 1024          # people whose numbers are held: as many as one grant may name
HANDLERS = 4         # each has a grant of its own in every round
CONNECTIONS = 32
FILE_ROWS = 20_000   # people in one roster file
VERIFIED = 1_000_000
APPEND = 4096
BUDGET = 1_000_000


def program_folder(folder, tools):
    """The release programs, with the tools of the tests beside them."""
    sys.path.insert(0, str(ROOT / "tests/tools"))
    import build  # pylint: disable=import-outside-toplevel
    release = build.build("release")
    ipc.Channel.build = (release / "build-id").read_text(encoding="ascii").strip()
    (folder / "bin").mkdir(parents=True)
    for source in (tools / "bin", release / "bin"):
        for program in source.glob("*"):
            if program.is_file() and not program.name.startswith(("unit_", "fuzz_")):
                shutil.copy2(program, folder / "bin" / program.name)
    return folder


class Must:
    """A figure, the limit that it has, and whether it keeps it."""

    def __init__(self, ctx):
        self.ctx = ctx

    def at_least(self, name, value, limit):
        self.ctx.note(name, f"{value:.3f} (at least {limit:.3f})")
        self.ctx.expect(value >= limit, name, f"{value:.3f} is under {limit:.3f}")

    def at_most(self, name, value, limit):
        self.ctx.note(name, f"{value:.3f} (at most {limit:.3f})")
        self.ctx.expect(value <= limit, name, f"{value:.3f} is over {limit:.3f}")


class Raw:
    """The token's own speed: a bare loop over a copy of the appliance's token."""

    def __init__(self, box, folder):
        shutil.copytree(box.folder / "tokens", folder / "tokens")
        (folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n"
            "log.level = ERROR\nslots.removable = false\n")
        self.process = subprocess.Popen(
            [box.bin / "raw_token", box.module, "kagikura"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "SOFTHSM2_CONF": str(folder / "softhsm2.conf")})
        self.process.stdin.write(box.pin + "\n")
        self.encrypt = self.decrypt = 0

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        rates = json.loads(self.process.stdout.readline())
        self.encrypt = max(self.encrypt, rates["encrypt_per_s"])
        self.decrypt = max(self.decrypt, rates["decrypt_per_s"])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def append_p50_us(folder):
    """Median of one 4 KiB write and fdatasync into a zero-filled file, in microseconds."""
    fd = os.open(folder / "appends", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, bytes(APPEND * 400))
        os.fsync(fd)
        block, times = b"x" * APPEND, []
        for i in range(400):
            begin = time.perf_counter()
            os.pwrite(fd, block, i * APPEND)
            os.fdatasync(fd)
            times.append((time.perf_counter() - begin) * 1e6)
        return statistics.median(times)
    finally:
        os.close(fd)


def load(box, connections, seconds, kind, marker, cookie, requests, under=()):
    done = subprocess.run(
        [*under, box.bin / "https_load", str(box.port), str(connections), str(seconds), kind,
         marker],
        input="\n".join([cookie, *requests]) + "\n", capture_output=True, text=True, check=True)
    if done.stderr:
        print("the load says:", done.stderr)
    return json.loads(done.stdout)


def reveal_requests(handler, people):
    """One request a person, as the page's own form would send it, under a fresh grant."""
    grant = handler.step_up("kReveal", people)
    csrf = web_text(handler.csrf)
    return [f"POST /reveal/show csrf={csrf}&grant={grant:016x}&show={p:016x}"
            for p in people]


def web_text(token):
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def cookie_of(handler):
    return "__Host-session=" + web_text(handler.token)


def resident_kib(pid, field="VmRSS:"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    return 0


def private_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_"))


def reveals(ctx, must, box, handlers, held, raw):
    many, one, p99, p50, sync = 0.0, 0.0, [], [], []
    for round_number in range(max(ctx.points, 1)):
        for handler in handlers:
            requests = reveal_requests(handler, held)
            raw.measure()
            fast = load(box, CONNECTIONS, 60, "keep", 'class="group"', cookie_of(handler),
                        requests[:-100])
            ctx.expect(fast["failed"] == 0, "reveals at 32", f"{fast['failed']} failed")
            many = max(many, fast["per_second"])
            p99.append(fast["p99_us"] / 1000)
            sync.append(append_p50_us(box.folder))
            slow = load(box, 1, 60, "keep", 'class="group"', cookie_of(handler), requests[-100:])
            ctx.expect(slow["failed"] == 0, "reveals at 1", f"{slow['failed']} failed")
            one = max(one, slow["per_second"])
            p50.append(slow["p50_us"])
        ctx.note(f"round {round_number}", {"reveals_per_s": many, "raw_decrypt_per_s": raw.decrypt})
    where_the_time_goes(ctx, box, handlers[0], held)
    must.at_least("reveals/s at 32 connections, part of raw C_Decrypt", many / raw.decrypt, 0.25)
    must.at_most("reveal p99 at 32 connections, ms", min(p99), 20)
    must.at_most("reveal p50 at one connection, us", min(p50), 3 * min(sync) + 500)
    ctx.note("reveals/s", {"32": many, "1": one, "append_p50_us": min(sync)})


def processor_us(box):
    """Processor time so far of each process, of the workers that have ended, and of the load."""
    out = {}
    for name, program in box.programs.items():
        fields = pathlib.Path(f"/proc/{program.process.pid}/stat").read_text("ascii").split()
        tick = 1e6 / os.sysconf("SC_CLK_TCK")
        out[name] = (int(fields[13]) + int(fields[14])) * tick
        if name == "web":
            out["workers"] = (int(fields[15]) + int(fields[16])) * tick
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    out["load"] = (usage.ru_utime + usage.ru_stime) * 1e6
    return out


def where_the_time_goes(ctx, box, handler, held):
    """Processor time of a reveal by process, without that of connecting; with perf, by function."""
    requests = reveal_requests(handler, held)
    first = processor_us(box)
    load(box, CONNECTIONS, 60, "keep", "", cookie_of(handler), requests[:CONNECTIONS])
    box.wait_workers_gone()
    second = processor_us(box)
    perf = shutil.which("perf")
    samples = ctx.artifacts / "reveals.perf"
    recorded = [perf, "record", "--quiet", "-a", "-F", "9999", "-o", str(samples), "--"]
    load(box, CONNECTIONS, 60, "keep", "", cookie_of(handler), requests[CONNECTIONS:],
         under=recorded if perf else ())
    box.wait_workers_gone()
    third = processor_us(box)
    count = len(requests) - 2 * CONNECTIONS
    ctx.note("processor time of a reveal, us", {
        name: round((third[name] - 2 * second[name] + first[name]) / count) for name in third})
    if perf:
        print_profile(samples)


def print_profile(samples):
    said = subprocess.run(
        ["perf", "report", "-i", str(samples), "--no-children", "--sort", "comm,dso,symbol",
         "--percent-limit", "0.5", "--stdio"], capture_output=True, text=True, check=False).stdout
    lines = [line.rstrip()[:110] for line in said.splitlines() if line and line[0] != "#"]
    print("\n".join(lines[:40]))


def handshakes(must, box):
    best = max(load(box, 4, 3, "new", "", "", ["GET /healthz"])["per_second"] for _ in range(2))
    must.at_least("full TLS handshakes/s", best, 200)


def imports(ctx, must, handler):
    began, best = time.perf_counter(), 0.0
    for start in range(1, PEOPLE - HELD, FILE_ROWS):
        count = min(FILE_ROWS, PEOPLE - HELD - start + 1)
        data = actors.roster_csv(count, start=start + 1_000_000)
        before = time.perf_counter()
        reply = handler.import_roster(data)
        best = max(best, count / (time.perf_counter() - before))
        assert "problems_total" not in reply, "the roster was refused"
    ctx.note("import", {"people": PEOPLE, "seconds": round(time.perf_counter() - began, 1)})
    must.at_least("roster people/s, previewed and committed", best, 10_000)


def percentile(times, percent):
    return sorted(times)[min(len(times) - 1, int(len(times) * percent / 100))] * 1000


def timed_calls(act, seconds):
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        before = time.perf_counter()
        act()
        times.append(time.perf_counter() - before)
    return times


def ping(socket_path, token, seconds, out):
    """In a process of its own, so that this interpreter does not hold it up."""
    channel = ipc.admit(ipc.Schema(), socket_path)
    out.put(timed_calls(lambda: channel.call("GetSession", token=token), seconds))


def during(box, other, work):
    """Runs `work`; how long another person's requests took meanwhile."""
    out = multiprocessing.Queue()
    process = multiprocessing.Process(
        target=ping, args=(box.folder / "run/web/socket", other.token, 6, out))
    process.start()
    work()
    times = out.get()
    process.join()
    return times


def listing(must, box, handler, other):
    offsets = iter(range(0, 10**9, 50))
    texts = ["", "検証", "E0999", "ケンショウ"]

    def page():
        at = next(offsets)
        handler.read("ListPeople", offset=at % (PEOPLE - PEOPLE // 10),
                     query=texts[at // 50 % len(texts)])

    lists = []
    pings = during(box, other, lambda: lists.extend(timed_calls(page, 5)))
    must.at_most("people list p99, ms", percentile(lists, 99), 50)
    must.at_most("another request during lists, p99.9, ms", percentile(pings, 99.9), 10)


def held_up_by_import(ctx, box, handler, other):
    def imports_two():
        for start in (3_000_000, 3_100_000):
            handler.import_roster(actors.roster_csv(5_000, start=start))

    pings = during(box, other, imports_two)
    ctx.note("another request during imports of 5,000, longest, ms", percentile(pings, 100))


def memory(ctx, must, box):
    pid = {name: program.process.pid for name, program in box.programs.items()}
    must.at_most("core resident, MiB", resident_kib(pid["core"]) / 1024, 200)
    ctx.note("core resident by kind, KiB", {
        kind: resident_kib(pid["core"], f"Rss{kind}:") for kind in ("Anon", "File", "Shmem")})
    must.at_most("audit resident, MiB", resident_kib(pid["audit"]) / 1024, 30)
    must.at_most("hsm resident, MiB", resident_kib(pid["hsm"]) / 1024, 30)


def worker_memory(ctx, must, box, handler, person):
    request = f"GET /people/{person:016x}"
    holder = subprocess.Popen(
        [box.bin / "https_load", str(box.port), "8", "2", "keep", ""], stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, text=True)
    holder.stdin.write(f"{cookie_of(handler)}\n{request}\n")
    holder.stdin.close()
    time.sleep(1.5)  # the load itself runs for four seconds
    parent = box.programs["web"].process.pid
    children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    sizes = [private_kib(child) for child in children.split()]
    holder.wait()
    ctx.note("worker private KiB", sorted(sizes))
    ctx.expect(len(sizes) == 8, "workers", f"{len(sizes)} workers for 8 connections")
    must.at_most("web worker private, MiB", max(sizes, default=0) / 1024, 6)


def restart(must, box):
    box.stop()
    box.start()
    choice = box.menu_choice("Unlock")
    before = time.perf_counter()
    said = box.console(choice, box.pin)
    took = time.perf_counter() - before
    assert "Unlocked." in said and box.state() == "Operational", said
    must.at_most("unlock to ready, s", took, 2)


def library(ctx, must, folder):
    """Figures of the hsm library alone, which bench_hsm compares with the token in its own run."""
    reports = []
    for _ in range(max(ctx.points, 1)):
        done = subprocess.run([folder / "bin/bench_hsm"], capture_output=True, text=True,
                              check=True)
        reports.append(json.loads(done.stdout))
    ctx.note("bench_hsm", reports[0])
    must.at_least("bulk sealing, part of raw pairs",
                  max(r["ratios"]["bulk_to_pairs"] for r in reports), 0.4)
    must.at_most("re-shelving 1,024, of raw operations",
                 min(r["ratios"]["reseal_to_2048_raw"] for r in reports), 1.5)


def decisions(ctx, must, folder):
    """What policy costs a request."""
    report = json.loads(subprocess.run([folder / "bin/bench_policy"], capture_output=True,
                                       text=True, check=True).stdout)
    ctx.note("bench_policy", report)
    must.at_most("a decision of policy that allows, median, us", report["allowed_ns"] / 1000, 2)
    must.at_most("whom a designation of 16 groups covers, median, us", report["scope_ns"] / 1000, 2)


def verification(must, folder):
    subprocess.run([folder / "bin/make_log", "honest", folder / "million", str(VERIFIED), "1"],
                   check=True, stdout=subprocess.DEVNULL)
    before = time.perf_counter()
    pid = os.posix_spawn(
        folder / "bin/kagikura",
        ["kagikura", "verify", "--key", str(folder / "million/log.vkey"),
         str(folder / "million/export.tar")], os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, f"verify ended with {status}"
    must.at_most(f"verify {VERIFIED} entries, s", time.perf_counter() - before, 30)
    must.at_most(f"verify {VERIFIED} entries, MiB", usage.ru_maxrss / 1024, 200)


def run(ctx):
    must = Must(ctx)
    with tempfile.TemporaryDirectory(prefix="kagikura-bench-") as name:
        folder = program_folder(pathlib.Path(name), ctx.build_dir)
        library(ctx, must, folder)
        decisions(ctx, must, folder)
        verification(must, folder)
        limit = {key: BUDGET for key in ("user_hour", "user_day", "box_hour", "box_day")}
        with appliance.Appliance(folder / "box", folder, settings={
                "budgets": limit, "store": {"size_mib": 512},
                "log": {"size_mib": 512, "segment_mib": 16}}) as box:
            measure_box(ctx, must, box, folder)


def measure_box(ctx, must, box, folder):
    firm = actors.Firm(box)
    handlers = [firm.handler]
    handlers += [firm.invite(f"tantou{i}").sign_in() for i in range(1, HANDLERS)]
    held = firm.collect(HELD)
    imports(ctx, must, firm.handler)
    (folder / "raw").mkdir()
    raw = Raw(box, folder / "raw")
    try:
        reveals(ctx, must, box, handlers, held, raw)
    finally:
        raw.close()
    listing(must, box, firm.handler, handlers[1])
    held_up_by_import(ctx, box, firm.handler, handlers[1])
    handshakes(must, box)
    worker_memory(ctx, must, box, firm.handler, held[0])
    ctx.note("core resident after the imports, KiB",
             resident_kib(box.programs["core"].process.pid))
    restart(must, box)
    memory(ctx, must, box)
