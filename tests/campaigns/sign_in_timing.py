"""A name without an account answers like one with a wrong password, and as late (|t| < 4.5).

Welch's t over the times of SignIn at a worker's channel, names with and without an account in
random order, each try from a network of its own so that none is held up. The slowest tenth of both
is left out: it is the machine's. A point is one try of each kind; a planted early answer must be
noticed.
"""

import math
import pathlib
import random
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import time_machine

CI_POINTS = 150
CI_SECONDS = 300
LIMIT = 4.5
ROUND = 40  # fewer than what makes an account wait in the whole zone
FORGET_S = 36


def welch(one, other):
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.fmean(one) - statistics.fmean(other)) / math.sqrt(spread)


def cropped(times):
    return sorted(times)[:len(times) * 9 // 10]


class Tries:
    def __init__(self, ctx, box, schema):
        self.ctx = ctx
        self.socket = box.folder / "run/web/socket"
        self.schema = schema
        self.networks = 0
        self.answers = {}

    def address(self):
        self.networks += 1
        return f"127.{self.networks // 250 + 1}.{self.networks % 250}.9"

    def fail(self, login):
        """Seconds from the question to the answer."""
        with ipc.admit(self.schema, self.socket, self.address()) as channel:
            channel.call("GetPublicFacts")
            begin = time.perf_counter()
            try:
                channel.call("SignIn", login=login, password=b"not the password of anybody",
                             code=b"000000")
                self.ctx.failed("answer", "a wrong password signed in")
            except ipc.IpcError as error:
                took = time.perf_counter() - begin
                self.answers.setdefault((error.code, error.field), set()).add(login[:2])
                return took
        return 0.0


def measure(ctx, machine, firm, tries):
    rng = random.Random(ctx.seed)
    times = {"account": [], "nobody": []}
    for start in range(0, ctx.points, ROUND):
        # What went before is forgiven: by a sign-in of the one, another name for the other.
        firm.auditor.address = tries.address()
        firm.auditor.channel = None
        firm.auditor.sign_in()
        nobody = f"kensho{start}"
        machine.pass_by(boot=2 * ROUND * FORGET_S)
        with ipc.Channel.connect(tries.schema, "ConsoleCore",
                                 firm.box.folder / "run/console/socket") as console:
            appliance.wait_for(lambda: console.call("GetStatus")["hsm_ok"], 60, "the HSM")
        order = ["account", "nobody"] * min(ROUND, ctx.points - start)
        rng.shuffle(order)
        for kind in order:
            times[kind].append(tries.fail("kansa" if kind == "account" else nobody))
    return {kind: cropped(values) for kind, values in times.items()}


def run(ctx):
    schema = ipc.Schema()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-timing-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, zones={"handling": ["127.0.0.0/8"]},
                              wrap=machine.wrap())
    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        with machine.codes_at_once():
            firm = actors.Firm(box, schema)
            tries = Tries(ctx, box, schema)
            times = measure(ctx, machine, firm, tries)
    finally:
        box.stop()
        box.remove()
    ctx.expect(set(tries.answers) == {("kDenied", "credentials")}, "one answer", tries.answers)
    score = welch(times["account"], times["nobody"])
    ctx.note("t", round(score, 2))
    ctx.note("median_ms", {k: round(1000 * statistics.median(v), 1) for k, v in times.items()})
    # Only a run of one's own judges times: the build server's are anybody's.
    if ctx.points > CI_POINTS:
        ctx.expect(abs(score) < LIMIT, "unknown names take as long", f"t = {score:.2f}")
    # As if the answer had come without the slow hash.
    early = [value / 8 for value in times["nobody"]]
    planted = welch(times["account"], early)
    ctx.expect(abs(planted) >= LIMIT, "planted/early", f"t = {planted:.2f}")
