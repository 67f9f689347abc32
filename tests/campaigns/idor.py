"""Identifiers that are not the asker's to use: one and the same answer as for one that never was.

Every message with an identifier x what it names: something that is there, something that is gone
(approved, disposed, cancelled, ended), an identifier of another kind of thing, none, one that never
existed. Who has no right to the act gets one and the same refusal for all of them; who has it gets
one and the same refusal for all that is not there. Compared are the error and the size of the
answer on the wire, and its time; the log names the act and never whether the thing exists.
"""

import math
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import time_machine
from access_expected import EXPECTED, ROLES

CI_POINTS = 1
CI_SECONDS = 300
SAMPLES = 5000  # a point; twenty are 100,000
LOGGED = 500
# The identifiers of each message: (field, what it names).
NAMED = {
    "GetPerson": ("person", "person"), "SetLeaving": ("person", "person"),
    "RevokeRequest": ("request", "request"), "GetSubmission": ("submission", "submission"),
    "ApproveSubmission": ("submission", "submission"),
    "ReturnSubmission": ("submission", "submission"), "Reveal": ("person", "person"),
    "GetDisposal": ("disposal", "disposal"), "ApproveDisposal": ("disposal", "disposal"),
    "CancelDisposal": ("disposal", "disposal"), "DisableAccount": ("account", "account"),
    "ChangeRole": ("account", "account"), "GetProposal": ("proposal", "proposal"),
    "ApproveProposal": ("proposal", "proposal"), "RefuseProposal": ("proposal", "proposal"),
    "CancelProposal": ("proposal", "proposal"), "ExecuteProposal": ("proposal", "proposal"),
    "ImportRoster": ("preview", "preview"), "EndMySession": ("session", "session"),
    "RemovePasskey": ("passkey", "passkey"), "Designate": ("account", "account"),
    "GetDesignation": ("account", "account"), "EndDesignation": ("account", "account"),
    "GetDelegation": ("account", "account"), "Delegate": ("account", "account"),
    "EndDelegation": ("account", "account"),
    "RemovePasskey": ("passkey", "passkey"), "RenewClient": ("client", "client"),
    "RevokeClient": ("client", "client"),
}
# Acts that end what they name: tried by who may do them only on what is not there.
READS = {"GetPerson", "GetSubmission", "GetDisposal", "GetProposal"}


def wire(actor, request, fields):
    """What comes back, as (kind, size, error): sizes as an observer of the worker's socket."""
    channel = actor.channel or actor.connect()
    channel.start(request, **fields)
    kind, _, body, fds = channel.receive()
    for fd in fds:
        os.close(fd)
    error = channel.schema.decode("base::Error", body) if kind == ipc.ERROR else None
    return kind, len(body), error


def ask(actor, request, field, value):
    how = EXPECTED[request][2]
    fields = {field: value}
    if how == "s":
        fields["token"] = actor.token
    else:
        fields["auth"] = actor.auth
    if request in ("RefuseProposal", "ReturnSubmission"):
        fields["reason"] = "検証"
    if request == "Delegate":
        today = actors.day_of(time.time())
        fields["delegation"] = {"deputy": 1, "first": today, "last": today + 5}
    if request == "Designate":
        fields["designation"] = actors.designation()
    return wire(actor, request, fields)


def make_things(firm, prefix=""):
    """name of a kind -> (living, gone)"""
    people = firm.collect(3)
    handler, responsible = firm.handler, firm.responsible
    handler.import_roster(actors.roster_csv(3, start=50))
    links = handler.request_numbers()
    firm.send(links[0]["link"])
    waiting = responsible.read("ListSubmissions")["rows"][0]["id"]
    firm.send(links[1]["link"])
    gone = next(row["id"] for row in responsible.read("ListSubmissions")["rows"]
                if row["id"] != waiting)
    responsible.act("ApproveSubmission", submission=gone)
    for person in people[:2]:
        handler.act("SetLeaving", person=person, leaving=20_000)
    dropped = handler.propose_disposal(people[:1])
    handler.act("CancelDisposal", disposal=dropped)
    disposal = handler.propose_disposal(people[1:2])
    proposals = [responsible.act("InviteAccount", login=f"{prefix}kari{i}", name=f"検証用 仮 {i}",
                                 role="kViewer")["proposal"] for i in range(2)]
    responsible.act("CancelProposal", proposal=proposals[1])
    rows = responsible.read("ListAccounts")["rows"]
    account = next(row["id"] for row in rows if row["login"] == f"{prefix}tantou")
    return {"person": (people[2], None), "request": (links[2]["request"], None),
            "submission": (waiting, gone), "disposal": (disposal, dropped),
            "account": (account, None), "proposal": (proposals[0], proposals[1]),
            "preview": (None, None), "session": (None, None), "passkey": (None, None),
            "client": (None, None)}


def check(ctx, firm, things, staff):
    never = [ctx.random.getrandbits(64) | 1 for _ in range(3)]
    for request, (field, kind) in sorted(NAMED.items()):
        living, gone = things[kind]
        others = [pair[0] for name, pair in sorted(things.items()) if name != kind and pair[0]]
        absent = [*never, *others]
        for letter, actor in staff.items():
            allowed = letter in EXPECTED[request][0]
            values = list(absent)
            if not allowed:
                values += [value for value in (living, gone) if value]
            answers = {ask(actor, request, field, value) for value in values}
            name = f"{request}/{letter}"
            ctx.expect(len(answers) == 1, name, sorted(map(str, answers)))
            ctx.passed(name, len(values) - 1)
            kind_of_answer, _, error = next(iter(answers))
            ctx.expect(kind_of_answer == ipc.ERROR, name, "an answer to what is not there")
            if not allowed:
                ctx.expect(error == ("kDenied", "access"), name, error)
            if allowed and request in READS and living:
                ctx.expect(ask(actor, request, field, living)[0] != ipc.ERROR, f"{name}/living",
                           "what is there is not shown")


def check_scope(ctx, firm, things, outsider):
    """A handler of another group: what he is not designated for is not there, in the same words, of
    the same size, and in the same time."""
    for request, (field, kind) in sorted(NAMED.items()):
        living, gone = things[kind]
        if "H" not in EXPECTED[request][0] or kind in ("proposal", "session", "passkey", "preview"):
            continue
        values = [living, ctx.random.getrandbits(64) | 1] + ([gone] if gone else [])
        answers = {ask(outsider, request, field, value) for value in values}
        ctx.expect(len(answers) == 1, f"{request}/other group", sorted(map(str, answers)))
        ctx.expect(next(iter(answers))[0] == ipc.ERROR, f"{request}/other group", "an answer")
    ctx.expect(not outsider.people(), "other group/list", "somebody is listed")
    ctx.expect(outsider.read("ListRequests")["total"] == 0, "other group/requests", "listed")
    ctx.expect(outsider.read("ListSubmissions")["total"] == 0, "other group/submissions", "listed")
    ctx.expect(outsider.read("ListDisposals")["total"] == 0, "other group/disposals", "listed")
    check_time(ctx, outsider, "GetPerson", things["person"][0], SAMPLES * ctx.points)


def check_company(ctx, things, staff, others):
    """What is another company's is not there, for whatever role: the same words of the same size as
    for what never was, by each of the two companies."""
    for request, (field, kind) in sorted(NAMED.items()):
        living, gone = things[kind]
        if not living:
            continue
        values = [living, ctx.random.getrandbits(64) | 1] + ([gone] if gone else [])
        for letter, actor in staff.items():
            name = f"{request}/{letter}/{others}"
            answers = {ask(actor, request, field, value) for value in values}
            ctx.expect(len(answers) == 1, name, sorted(map(str, answers)))
            ctx.expect(next(iter(answers))[0] == ipc.ERROR, name, "an answer")
    for letter, actor in staff.items():
        shown = listed(actor, letter)
        seen = {pair[0] for pair in things.values()} | {pair[1] for pair in things.values()}
        ctx.expect(not shown & (seen - {None}), f"lists/{letter}/{others}", "another company's")


def listed(actor, letter):
    """The ids in every list that this role may see."""
    out = set()
    for request in ("ListPeople", "ListRequests", "ListSubmissions", "ListDisposals",
                    "ListAccounts", "ListProposals", "ListClients"):
        if letter in EXPECTED[request][0]:
            out |= {row["id"] for row in actor.read(request)["rows"]}
    return out


def check_time(ctx, actor, request, hidden, samples):
    """Welch's t of the answers' times: what is there, or was, against what never was, by turns."""
    field = NAMED[request][0]
    never = ctx.random.getrandbits(64) | 1
    times = {hidden: [], never: []}
    for _ in range(samples):
        value = (hidden, never)[ctx.random.getrandbits(1)]
        began = time.perf_counter_ns()
        ask(actor, request, field, value)
        times[value].append(time.perf_counter_ns() - began)
    # The slowest tenth is the machine's other work.
    kept = [sorted(one)[:len(one) * 9 // 10] for one in times.values()]
    errors = [statistics.variance(one) / len(one) for one in kept]
    t = (statistics.fmean(kept[0]) - statistics.fmean(kept[1])) / math.sqrt(sum(errors))
    ctx.note(f"t_{request}_{actor.login}", f"{t:.2f} in {samples} samples")
    # Only a run of one's own judges times: the build server's are anybody's.
    if ctx.points > CI_POINTS:
        ctx.expect(abs(t) < 4.5, f"{request}/{actor.login}/time", f"t = {t:.2f}")


def run(ctx):
    schema = ipc.Schema()
    ids = {name for name in schema.edges["WorkerCore"]
           for _, field in schema.structs[name]
           if field in ("person", "submission", "disposal", "account", "request", "preview",
                        "proposal", "session", "passkey", "client")}
    ctx.expect(ids <= set(NAMED) | {"StepUp", "GetSession"}, "every identifier is tried",
               ids - set(NAMED))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-idor-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap())
    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        with machine.codes_at_once():
            every_identifier(ctx, box, schema)
    finally:
        box.stop()
        box.remove()


def every_identifier(ctx, box, schema):
    firm = actors.Firm(box, schema)
    things = make_things(firm)
    staff = {"R": firm.responsible, "G": firm.rights, "A": firm.auditor, "H": firm.handler}
    for letter, role in ROLES.items():
        if letter == "V":
            staff[letter] = firm.invite("yaku.v", role).sign_in()
    check(ctx, firm, things, staff)
    # Refused by role, with an entry each; and looked for, and not there any more.
    check_time(ctx, firm.auditor, "GetPerson", things["person"][0], LOGGED * ctx.points)
    check_time(ctx, firm.responsible, "GetSubmission", things["submission"][1],
               SAMPLES * ctx.points)
    check_scope(ctx, firm, things, firm.invite("osaka", groups=["大阪支店"]).sign_in())
    other = actors.Company(firm)
    others = make_things(other, "ko.")
    own = {"R": other.responsible, "G": other.rights, "A": other.auditor, "H": other.handler}
    check_company(ctx, others, staff, "the company's, by the firm")
    check_company(ctx, things, own, "the firm's, by the company")
    for request, actor in (("GetPerson", firm.handler), ("GetSubmission", firm.responsible),
                           ("GetDisposal", firm.responsible), ("GetProposal", firm.rights),
                           ("GetDesignation", firm.rights)):
        check_time(ctx, actor, request, others[NAMED[request][1]][0],
                   SAMPLES * ctx.points // 5)
