"""Every act x role x zone x session x state against a table written from the requirements.

Each cell is one message on a worker's channel of a running appliance. Compared are the outcome (let
through to the act, or refused by policy) and the audit log (an entry for each refusal that names
the act, none for what was let through).
"""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import log_files
from access_expected import ALWAYS, EXPECTED, STEP_UP, STEP_UP_ACTS

CI_POINTS = 1
CI_SECONDS = 400
ADDRESS = {"d": "127.0.0.1", "c": "198.51.100.7", "n": "203.0.113.9"}
ZONES = {"handling": ["127.0.0.0/8"], "collection": ["198.51.100.0/24"]}
UNKNOWN = 0x1234567812345678
# What policy answers. Anything else is the act's own answer: the message got through.
REFUSALS = {("kDenied", "access"), ("kDenied", "session"), ("kExpired", "session"),
            ("kState", "appliance"), ("kNotFound", "link"), ("kDenied", "csrf"),
            ("kStepUp", "grant"), ("kDenied", "purpose"), ("kDenied", "approval"),
            ("kDenied", "self")}
# Refusals that come after who, where and state were right: the act itself was let through to ask
# for its grant, purpose or approval.
LATER = {("kStepUp", "grant"), ("kDenied", "purpose"), ("kDenied", "approval"),
         ("kDenied", "self"), ("kNotFound", "link")}


def fields_of(schema, request, role, credentials, roster):
    """A message with these credentials whose other content names things that do not exist."""
    fields = {}
    known = {name for _, name in schema.structs[request]}
    if request in ("SubmitNumbers", "OpenPortal", "DeclineNumbers"):
        return {"link": credentials["link"], "passcode": b"not the passcode"}
    how = EXPECTED[request][2]
    if how == "s":
        fields["token"] = credentials["token"]
    if how == "c":
        fields["auth"] = {"token": credentials["token"], "csrf": credentials["csrf"]}
    if request == "PreviewRoster":
        fields["csv"] = roster
    if request == "StepUp":
        fields["act"] = min(STEP_UP_ACTS.get(role, {"kReveal"}))
    for name in ("person", "submission", "disposal", "grant", "preview", "account", "request"):
        if name in known:
            fields[name] = UNKNOWN
    return fields


def outcome(channel, request, fields):
    try:
        channel.call(request, **fields)
        return "through"
    except ipc.IpcError as error:
        return (error.code, error.field)


def expected(request, role, zone, session, state):
    who, where, how = EXPECTED[request]
    if zone not in where:
        return False
    if state != "Operational" and request not in ALWAYS:
        return False
    if how == "-":
        return True
    if how == "l":
        return session == "link"
    if session == "no proof" and how == "c":
        return False
    return session in ("fresh", "no proof") and role in who


def judge(ctx, cell, request, got, allowed):
    through = got == "through" or got not in REFUSALS or (allowed and got in LATER)
    # A link or a grant that does not exist is the act's own refusal where it is checked last.
    ctx.expect(through == allowed, "/".join(cell),
               f"{request}: {got}, expected {'through' if allowed else 'a refusal'}")


def sessions_of(firm):
    """session name -> role letter -> credentials."""
    none = {"token": os.urandom(32), "csrf": os.urandom(32), "link": os.urandom(32)}
    link = {**none, "link": firm.link}
    out = {"none": {"-": none}, "link": {"L": link}, "fresh": {}, "no proof": {}, "ended": {}}
    for letter, actor in (("R", firm.responsible), ("H", firm.handler), ("A", firm.auditor)):
        out["fresh"][letter] = {**none, "token": actor.token, "csrf": actor.csrf}
        out["no proof"][letter] = {**none, "token": actor.token}
        out["ended"][letter] = {**none, **firm.ended[letter]}
    return out


def run_state(ctx, box, schema, sessions, state, roster):
    web_socket = box.folder / "run/web/socket"
    before = len(log_files.entries(box.folder / "state/log"))
    refused = 0
    for zone in "dc":
        for session, roles in sessions.items():
            for role, credentials in roles.items():
                for request in EXPECTED:
                    if request == "SignOut" and session == "fresh":
                        continue  # ends the session; shown by how `ended` came to be
                    channel = ipc.admit(schema, web_socket, ADDRESS[zone])
                    fields = fields_of(schema, request, role, credentials, roster)
                    got = outcome(channel, request, fields)
                    channel.close()
                    allowed = expected(request, role, zone, session, state)
                    judge(ctx, (state, zone, session, role), request, got, allowed)
                    refused += not allowed
    entries = log_files.entries(box.folder / "state/log")[before:]
    if state == "Operational":
        denied = [e for e in entries if e["event"] == "access.denied"]
        ctx.expect(len(denied) >= refused, f"{state}/log",
                   f"{refused} refusals, {len(denied)} entries")
        ctx.expect(all(e.get("action") for e in denied), f"{state}/log names the act", "")
    ctx.note(f"refused_{state}", refused)


def check_nowhere(ctx, box, schema):
    try:
        ipc.admit(schema, box.folder / "run/web/socket", ADDRESS["n"])
        ctx.failed("nowhere", "an address in no zone was admitted")
    except ipc.IpcError as error:
        ctx.expect(error.code == "kDenied", "nowhere", error)


def check_step_up_acts(ctx, schema, firm):
    """Nobody re-authenticates for what is not his to do."""
    for role, actor in (("R", firm.responsible), ("H", firm.handler), ("A", firm.auditor)):
        for act in schema.enums["StepUpAct"]:
            try:
                actor.act("StepUp", password=b"not the password", code=b"000000", act=act,
                          period="2026")
                got = "through"
            except ipc.IpcError as error:
                got = (error.code, error.field)
            refused = got == ("kDenied", "access")
            ctx.expect(refused != (act in STEP_UP_ACTS[role]), f"step-up/{role}/{act}", got)


def check_step_up(ctx, firm):
    """An act that needs a grant is refused without one, and with one for another act."""
    other = firm.responsible.step_up("kSaveSettings")
    for request in sorted(STEP_UP):
        actor = {"H": firm.handler, "A": firm.auditor}.get(EXPECTED[request][0], firm.responsible)
        for grant in (0, UNKNOWN, other if request != "SaveSettings" else UNKNOWN):
            fields = {"grant": grant}
            if request == "Reveal":
                fields["person"] = firm.people[0]
            if request == "ApproveDisposal":
                fields["disposal"] = firm.disposal
            if request == "InviteAccount":
                fields |= {"login": "daini", "name": "検証用 第二", "role": "kHandler"}
            try:
                actor.act(request, **fields)
                ctx.failed(f"step-up/{request}", "went through without its grant")
            except ipc.IpcError as error:
                ctx.expect(error.code in ("kStepUp", "kDenied", "kUsed", "kNotFound"),
                           f"step-up/{request}", error)


def make_firm(box, schema):
    firm = actors.Firm(box, schema)
    firm.people = firm.collect(3)
    firm.handler.import_roster(actors.roster_csv(1, start=100))
    firm.link = firm.handler.request_numbers()[0]["link"]
    firm.disposal = firm.handler.propose_disposal(firm.people[:1])
    firm.ended = {}
    for letter, actor in (("R", firm.responsible), ("H", firm.handler), ("A", firm.auditor)):
        token, csrf = actor.token, actor.csrf
        actor.act("SignOut")
        firm.ended[letter] = {"token": token, "csrf": csrf}
        actor.sign_in()
    return firm


def run(ctx):
    schema = ipc.Schema()
    ctx.expect(set(EXPECTED) == set(schema.edges["WorkerCore"]), "every message has its row",
               set(EXPECTED) ^ set(schema.edges["WorkerCore"]))
    box = appliance.Appliance(tempfile.mkdtemp(prefix="kagikura-access-"), ctx.build_dir,
                              zones=ZONES)
    roster = ipc.sealed_memfd(actors.roster_csv(2, start=500))
    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        firm = make_firm(box, schema)
        check_nowhere(ctx, box, schema)
        check_step_up(ctx, firm)
        check_step_up_acts(ctx, schema, firm)
        sessions = sessions_of(firm)
        run_state(ctx, box, schema, sessions, "Operational", roster)
        box.console(box.menu_choice("Seal"), "yes")
        ctx.expect(box.state() == "Sealed", "seal", box.state())
        run_state(ctx, box, schema, sessions, "Sealed", roster)
        box.programs["core"].kill()
        box.programs["core"].wait_ready()
        ctx.expect(box.state() == "Locked", "a restart is locked", box.state())
        run_state(ctx, box, schema, sessions, "Locked", roster)
    finally:
        os.close(roster)
        box.stop()
        box.remove()
