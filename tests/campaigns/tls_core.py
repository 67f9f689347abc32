"""The whole appliance's TLS: one signature a connection, asked of the real core and HSM (G11).

Each point is one connection to core as the acceptor would make it, on which a worker asks for
signatures out of turn: a second one, one for somebody else's handshake, on edges where there is
none, without a connection at all. Then a hostile program in the place of kagikura-web-worker, and
the checks of campaign tls on the real appliance; with 100 points and more testssl.sh too, which
takes a minute and a half.
"""

import hashlib
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import ipc
import log_files
import real_web
import tls
import web_alone

CI_POINTS = 20
CI_SECONDS = 300
TESTSSL_POINTS = 100
WORKER_FACTS = (("signatures", "1"), ("second", "used"), ("people", "denied"),
                ("reveal", "denied"))


def code_of(call):
    """What the other end made of it: an error's code, "closed" or "through"."""
    try:
        call()
        return "through"
    except ipc.IpcError as error:
        return error.code
    except (ipc.Closed, OSError):
        return "closed"


def digest(rng):
    return hashlib.sha256(rng.randbytes(32)).digest()


def one_connection(ctx, schema, path, number):
    """A worker's tries on one connection; (signatures it got, refusals the log must name)."""
    rng = ctx.random
    mine = ipc.admit(schema, path, "127.0.0.1")
    theirs = ipc.admit(schema, path, "127.0.0.2")
    got = int(code_of(lambda: mine.call("SignHandshake", digest=digest(rng))) == "through")
    again = 0
    for _ in range(rng.randint(1, 4)):
        # The handshake of somebody else, or the same again: one's own connection has had its one.
        code = code_of(lambda: mine.call("SignHandshake", digest=digest(rng)))
        ctx.expect(code == "kUsed", "second", f"{number}: {code}")
        again += 1
    code = code_of(lambda: theirs.call("SignHandshake", digest=digest(rng)))
    ctx.expect(code == "through", "theirs", f"{number}: the other connection lost its own: {code}")
    mine.close()
    # A connection that has ended signs nothing more, and what it had is not given to the next.
    code = code_of(lambda: theirs.call("SignHandshake", digest=digest(rng)))
    ctx.expect(code == "kUsed", "after the end of another", f"{number}: {code}")
    theirs.close()
    return got + 1, again + 1


def without_connection(ctx, schema, box):
    """Who has not been admitted gets no signature, whatever it says that it is."""
    rng = ctx.random
    path = box.folder / "run/web/socket"
    code = code_of(lambda: ipc.Channel.connect(schema, "WorkerCore", path).call(
        "SignHandshake", digest=digest(rng)))
    ctx.expect(code == "closed", "worker without admission", code)
    for edge in ("WorkerCore", "CoreAudit", "ConsoleCore"):
        with ipc.Channel.connect(schema, "AcceptorCore", path) as channel:
            for tag in range(40):
                body = bytes([tag]) + schema.encode("SignHandshake", {"digest": digest(rng)})
                code = code_of(lambda: channel.send(ipc.REQUEST, tag + 1, body) or answer(channel))
                if code == "closed":
                    break
            ctx.expect(code == "closed", f"acceptor as {edge}", code)
    try:
        ipc.admit(schema, path, "203.0.113.9")
        ctx.failed("no zone", "admitted")
    except ipc.IpcError as error:
        ctx.expect(error.code == "kDenied", "no zone", error)
    with ipc.Channel.connect(schema, "ConsoleCore", box.folder / "run/console/socket") as console:
        body = bytes([200]) + schema.encode("SignHandshake", {"digest": digest(rng)})
        code = code_of(lambda: console.send(ipc.REQUEST, 1, body) or answer(console))
        ctx.expect(code == "closed", "console", code)


def answer(channel):
    kind, _, body, _ = channel.receive()
    if kind == ipc.ERROR:
        raise ipc.IpcError(*channel.schema.decode("base::Error", body))


def signatures(ctx, web):
    schema = ipc.Schema()
    box = web.box
    before = len(log_files.entries(box.folder / "state/log"))
    got = refused = 0
    for number in range(ctx.points):
        more = one_connection(ctx, schema, box.folder / "run/web/socket", number)
        got, refused = got + more[0], refused + more[1]
    entries = log_files.entries(box.folder / "state/log")[before:]
    named = [e for e in entries if e["event"] == "access.denied"
             and e.get("action") == "sign_handshake"]
    ctx.expect(got == 2 * ctx.points, "one each", f"{got} signatures, {2 * ctx.points} connections")
    ctx.expect(len(named) == refused, "logged", f"{len(named)} entries, {refused} refusals")
    ctx.note("signatures", got)
    ctx.note("signatures_refused", refused)
    without_connection(ctx, schema, box)


class Tally:
    """Takes what a planted bug makes of the judge."""

    def __init__(self, ctx):
        self.random = ctx.random
        self.missed = 0

    def expect(self, condition, *_):
        self.missed += not condition


def planted(ctx, folder):
    """A core that forgets that a connection has had its signature must be found out."""
    tally = Tally(ctx)
    with real_web.RealWeb(folder, ctx.build_dir, core="planted-core-signs-twice") as web:
        for number in range(5):
            one_connection(tally, ipc.Schema(), web.box.folder / "run/web/socket", number)
    ctx.expect(tally.missed > 0, "planted/signs_twice", "not noticed")
    ctx.note("planted_signs_twice", f"{tally.missed} signatures too many noticed")


def hostile(ctx, folder):
    worker = pathlib.Path(ctx.build_dir) / "bin/hostile_worker"
    with real_web.RealWeb(folder, ctx.build_dir, worker=worker) as web:
        for _ in range(5):
            with web.connect() as connection:
                text = web_alone.read_to_end(connection).decode()
            found = dict(word.split("=", 1) for word in text.split())
            for name, wanted in WORKER_FACTS:
                ctx.expect(found.get(name) == wanted, f"hostile/{name}", text)


def run(ctx):
    with real_web.RealWeb(tempfile.mkdtemp(prefix="kagikura-tls-"), ctx.build_dir,
                          settings={"web": {"workers_per_source": 512}}) as web:
        signatures(ctx, web)
        tls.versions(ctx, web)
        tls.tickets(ctx, web)
        tls.headers(ctx, web, web_alone)
        if ctx.points >= TESTSSL_POINTS:
            tls.testssl(ctx, web)
        ctx.expect(not web.worker_faults(), "workers", web.worker_faults()[:5])
    hostile(ctx, tempfile.mkdtemp(prefix="kagikura-tls-"))
    planted(ctx, tempfile.mkdtemp(prefix="kagikura-tls-"))
