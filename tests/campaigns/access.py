"""Every act x role x zone x session x state against a table written from the requirements.

Each cell is one message on a worker's channel of a running appliance. Compared are the outcome (let
through to the act, or refused by policy) and the audit log (an entry for each refusal that names
the act, none for what was let through). Sessions are fresh, without the page's proof, signed out,
revoked with their account, idle too long, too old; grants right, missing, unknown, used, expired,
of another act, other people, another session. Time passes by tests/lib/time_machine.py: the
product's own bounds hold.
"""

import copy
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import authority
import handshake
import ipc
import log_files
import time_machine
from access_deputies import Deputies, may
from access_expected import (ABSOLUTE_S, ADMIN_ABSOLUTE_S, ADMIN_IDLE_S, ADMINS, ALWAYS, API_OPEN,
                             API_RIGHTS, EXPECTED, GRANT_S, GRANTS, IDLE_S, IN_HOURS, OF_BOX,
                             ROLES, STEP_UP_ACTS, STEP_UP_FOR, SURE)
from access_hours import Hours
from access_scopes import Scopes

CI_POINTS = 1
CI_SECONDS = 600
ADDRESS = {"d": "127.0.0.1", "c": "198.51.100.7", "n": "203.0.113.9", "a": "192.0.2.9"}
ZONES = {"handling": ["127.0.0.0/8"], "collection": ["198.51.100.0/24"], "api": ["192.0.2.0/24"]}
UNKNOWN = 0x1234567812345678
# What policy answers. Anything else is the act's own answer: the message got through.
REFUSALS = {("kDenied", "access"), ("kDenied", "session"), ("kExpired", "session"),
            ("kState", "appliance"), ("kNotFound", "link"), ("kDenied", "csrf"),
            ("kStepUp", "grant"), ("kDenied", "purpose"), ("kDenied", "approval"),
            ("kDenied", "self"), ("kDenied", "assurance"), ("kDenied", "designation"),
            ("kDenied", "scope"), ("kDenied", "hours"), ("kDenied", "certificate"),
            ("kExpired", "certificate"), ("kDenied", "company")}
# Sessions that signing out would end before the other messages.
LIVING = ("fresh", "recovery", "closed", "deputy R", "company")
# Refusals that come after who, where and state were right: the act itself was let through to ask
# for its grant, purpose or approval.
LATER = {("kStepUp", "grant"), ("kDenied", "purpose"), ("kDenied", "approval"),
         ("kDenied", "self"), ("kNotFound", "link")}


def fields_of(schema, request, role, credentials, roster):
    """A message with these credentials whose other content names things that do not exist."""
    fields = {}
    known = {name for kind, name in schema.structs[request] if kind != "ClientGrant"}
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
        fields["act"] = min(STEP_UP_ACTS.get(role) or {"kReveal"})
    for name in ("person", "submission", "disposal", "grant", "preview", "account", "request",
                 "proposal", "session", "passkey", "client"):
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
    if session.startswith("deputy"):
        return may(request, role, session[-1])
    if session == "company":
        return request not in OF_BOX and role in who
    if session.startswith("closed"):
        return request not in IN_HOURS and role in who
    if session == "no proof" and how == "c":
        return False
    if session == "recovery" and request in SURE:
        return False
    return session in ("fresh", "no proof", "recovery") and role in who


def judge(ctx, cell, request, got, allowed):
    through = got == "through" or got not in REFUSALS or (allowed and got in LATER)
    # A link or a grant that does not exist is the act's own refusal where it is checked last.
    ctx.expect(through == allowed, "/".join(cell),
               f"{request}: {got}, expected {'through' if allowed else 'a refusal'}")


def sessions_of(firm):
    """session name -> role letter -> credentials."""
    none = {"token": os.urandom(32), "csrf": os.urandom(32), "link": os.urandom(32)}
    link = {**none, "link": firm.link}
    out = {"none": {"-": none}, "link": {"L": link}, "fresh": {}, "no proof": {}, "ended": {},
           "recovery": {}, "company": {}}
    for letter, actor in firm.elsewhere.items():
        actor.sign_in()
        out["company"][letter] = {**none, "token": actor.token, "csrf": actor.csrf}
    for letter, actor in firm.staff.items():
        out["fresh"][letter] = {**none, "token": actor.token, "csrf": actor.csrf}
        out["no proof"][letter] = {**none, "token": actor.token}
        out["ended"][letter] = {**none, **firm.ended[letter]}
        lost = recovered(actor)
        out["recovery"][letter] = {**none, "token": lost.token, "csrf": lost.csrf}
    return out


def recovered(actor):
    """The same person, signed in with a recovery code."""
    codes = actor.act("MakeRecoveryCodes", grant=actor.step_up("kMakeRecoveryCodes"))["codes"]
    other = copy.copy(actor)
    other.channel = None
    reply = other.call("SignIn", login=other.login, password=other.password, code=codes[0])
    other.token, other.csrf = reply["token"], reply["csrf"]
    return other


def run_state(ctx, box, schema, sessions, state, roster, requests=tuple(EXPECTED)):
    web_socket = box.folder / "run/web/socket"
    before = len(log_files.entries(box.folder / "state/log"))
    refused = 0
    for zone in "dc":
        for session, roles in sessions.items():
            for role, credentials in roles.items():
                for request in requests:
                    if request == "SignOut" and session in LIVING:
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
    ctx.notes[f"refused_{state}"] = ctx.notes.get(f"refused_{state}", 0) + refused


class Systems:
    """Other systems, each with its certificate: with every right, with one, with none any more."""

    def __init__(self, box, schema, firm, issuer):
        self.box = box
        self.schema = schema
        self.rights = schema.enums["ApiRight"]
        self.certificates = {"none": None, "unknown": issuer.issue("unknown")}
        days = int(time.time() // 86400)
        kinds = {"all": self.rights, "revoked": self.rights, **{r: [r] for r in self.rights}}
        for kind, rights in kinds.items():
            certificate = issuer.issue("sys" + str(len(self.certificates)))
            grant = {"rights": sum(1 << self.rights.index(one) for one in rights),
                     "kinds": 255, "purposes": 2, "first": days, "last": days + 30}
            client = firm.responsible.agreed(
                "EnrolClient", firm.rights, login=f"sys{len(self.certificates)}", name="検証用",
                grant=grant, certificate=certificate[0].read_bytes())["account"]
            self.certificates[kind] = certificate
            if kind == "revoked":
                firm.responsible.agreed("RevokeClient", firm.rights, client=client)

    def channel(self, kind):
        out = ipc.admit(self.schema, self.box.folder / "run/web/socket", ADDRESS["a"],
                        listener="kApi")
        if self.certificates[kind]:
            handshake.present(out, self.certificates[kind])
        return out

    def allowed(self, request, kind, state):
        if state != "Operational":
            return request in ALWAYS
        if request in API_OPEN:
            return True
        if request not in API_RIGHTS or kind in ("none", "unknown", "revoked"):
            return False
        return kind == "all" or API_RIGHTS[request] in (None, kind)

    def run(self, ctx, firm, state, roster):
        """With nobody's credentials, and with a person's that is signed in at a desk."""
        nobody = {"token": os.urandom(32), "csrf": os.urandom(32), "link": os.urandom(32)}
        person = {**nobody, "token": firm.handler.token, "csrf": firm.handler.csrf}
        for kind in self.certificates:
            for session, credentials in (("none", nobody), ("a handler's", person)):
                for request in EXPECTED:
                    fields = fields_of(self.schema, request, "H", credentials, roster)
                    channel = self.channel(kind)
                    got = outcome(channel, request, fields)
                    channel.close()
                    judge(ctx, (state, "api", kind, session), request, got,
                          self.allowed(request, kind, state))


def check_nowhere(ctx, box, schema):
    try:
        ipc.admit(schema, box.folder / "run/web/socket", ADDRESS["n"])
        ctx.failed("nowhere", "an address in no zone was admitted")
    except ipc.IpcError as error:
        ctx.expect(error.code == "kDenied", "nowhere", error)


def check_step_up_acts(ctx, box, schema, machine, firm):
    """Nobody re-authenticates for what is not his to do."""
    for role, actor in firm.staff.items():
        pass_by(box, schema, machine, 60)  # so many failures hold the address up
        for act in schema.enums["StepUpAct"]:
            try:
                actor.act("StepUp", password=b"not the password", code=b"000000", act=act,
                          period="2026")
                got = "through"
            except ipc.IpcError as error:
                got = (error.code, error.field)
            refused = got == ("kDenied", "access")
            ctx.expect(refused != (act in STEP_UP_ACTS[role]), f"step-up/{role}/{act}", got)
    # Of another company, not for what is about the appliance.
    box_acts = {act for request, act in STEP_UP_FOR.items() if request in OF_BOX}
    for role, actor in firm.elsewhere.items():
        actor.sign_in()
        for act in sorted(box_acts & STEP_UP_ACTS[role]):
            try:
                actor.act("StepUp", password=b"not the password", code=b"000000", act=act)
                got = "through"
            except ipc.IpcError as error:
                got = (error.code, error.field)
            ctx.expect(got == ("kDenied", "company"), f"step-up/company/{role}/{act}", got)


class Tally:
    """Takes what a planted mistake makes of the judge."""

    def __init__(self):
        self.notes = {}
        self.missed = 0

    def expect(self, condition, *_):
        self.missed += not condition


def check_judge(ctx, box, schema, sessions, roster):
    """Requirements that are wrong by one word: the judge must see each."""
    lies = {"ReadLog": ("RHA", "d", "s"), "ListPeople": ("H", "d", "s"), "SignIn": ("*", "dc", "-"),
            "GetDashboard": ("RHA", "dc", "s"), "ProposeDisposal": ("RH", "d", "c"),
            "OpenPortal": ("L", "c", "l")}
    for request, lie in lies.items():
        truth, EXPECTED[request] = EXPECTED[request], lie
        tally = Tally()
        try:
            run_state(tally, box, schema, sessions, "Operational", roster, (request,))
        finally:
            EXPECTED[request] = truth
        ctx.expect(tally.missed > 0, f"planted/{request}", "not noticed")


class Grants:
    """Each act that needs a re-authentication, with each kind of grant."""

    def __init__(self, ctx, machine, firm):
        self.ctx = ctx
        self.machine = machine
        self.firm = firm
        self.made = 0
        self.proposal = 0

    def actor(self, request):
        return {"Reveal": self.firm.handler, "ExportLog": self.firm.auditor,
                "ApproveProposal": self.firm.rights}.get(request, self.firm.responsible)

    def new_proposal(self):
        self.made += 1
        return self.firm.responsible.act("InviteAccount", login=f"shin{self.made}",
                                         name=f"検証用 新 {self.made}", role="kHandler")["proposal"]

    def prepare(self, request):
        """Something for this act to act on, as far as it is used up by it."""
        if request in ("ApproveProposal", "ExecuteProposal"):
            self.proposal = self.new_proposal()
        if request == "ExecuteProposal":
            self.firm.rights.approve(self.proposal)

    def fields(self, request):
        out = {
            "Reveal": {"person": self.firm.people[0]},
            "ApproveDisposal": {"disposal": self.firm.disposal},
            "ChangePassword": {"password": self.actor(request).password},
        }.get(request, {})
        if request in ("ApproveProposal", "ExecuteProposal"):
            shown = self.actor(request).read("GetProposal", proposal=self.proposal)
            out = {"proposal": self.proposal, "digest": shown["digest"]}
        return out

    def open(self, request, actor=None, people=None, proposal=None):
        actor = actor or self.actor(request)
        fields = {}
        if request == "Reveal":
            fields["people"] = people or self.firm.people[:1]
        if request == "ApproveDisposal":
            fields["disposal"] = self.firm.disposal
        if request in ("ApproveProposal", "ExecuteProposal"):
            fields["proposal"] = proposal or self.proposal
        return actor.step_up(STEP_UP_FOR[request], **fields)

    def grant(self, request, kind):
        """None: this act has no such grant."""
        actor = self.actor(request)
        of_proposal = request in ("ApproveProposal", "ExecuteProposal")
        if kind in ("missing", "unknown"):
            return 0 if kind == "missing" else UNKNOWN
        if kind == "other act":
            other = {"ApproveProposal": "ExecuteProposal", "ExecuteProposal": "ApproveProposal",
                     "ApproveDisposal": "ExecuteProposal"}.get(request)
            return self.open(other, actor) if other and self.proposal else None
        if kind == "other people":
            return self.open(request, people=self.firm.people[1:2]) if request == "Reveal" else None
        if kind == "other proposal":
            return self.open(request, proposal=self.new_proposal()) if of_proposal else None
        if kind == "other session":
            return self.open(request, self.second_session(actor))
        grant = self.open(request)
        if kind == "expired":
            pass_by(self.firm.box, self.firm.schema, self.machine, GRANT_S + 1)
        if kind == "used":
            self.act(request, grant)
        return grant

    def second_session(self, actor):
        other = copy.copy(actor)
        other.channel = None
        return other.sign_in()

    def act(self, request, grant):
        try:
            self.actor(request).act(request, grant=grant, **self.fields(request))
            return "through"
        except ipc.IpcError as error:
            return (error.code, error.field)

    def check(self):
        cells = 0
        # The disposal goes through once and last: after it there is none to approve.
        for request in sorted(STEP_UP_FOR, key=lambda r: (r == "ApproveDisposal", r)):
            for kind, goes in sorted(GRANTS.items(), key=lambda item: item[1]):
                if request == "ApproveDisposal" and kind == "used":
                    continue  # below, after the one that goes through
                self.prepare(request)
                grant = self.grant(request, kind)
                if grant is None:
                    continue
                got = self.act(request, grant)
                cells += 1
                # A step of a proposal that was taken cannot be taken again for another reason too.
                self.ctx.expect((got == "through") == goes and (goes or got[0] in NO_GRANT),
                                f"step-up/{request}/{kind}", got)
                if request == "ApproveDisposal" and kind == "right":
                    got = self.act(request, grant)
                    cells += 1
                    self.ctx.expect(got != "through", f"step-up/{request}/used", got)
        self.ctx.note("step_up_cells", cells)


NO_GRANT = ("kStepUp", "kDenied", "kUsed", "kExpired", "kNotFound")


def check_expiry(ctx, box, schema, machine, firm, roster):
    """Sessions that were good, and are not any more: refused like nobody's, in both zones."""
    for seconds in (0, ADMIN_IDLE_S - 30):
        pass_by(box, schema, machine, seconds)
        for actor in firm.staff.values():
            ctx.expect(alive(actor), "idle/just before", actor.login)  # and used again by this
    pass_by(box, schema, machine, ADMIN_IDLE_S + 1)
    for letter, actor in firm.staff.items():
        ctx.expect(alive(actor) == (letter not in ADMINS), "idle/administrators", letter)
    pass_by(box, schema, machine, IDLE_S - 30)
    for letter, actor in firm.staff.items():
        ctx.expect(alive(actor) == (letter not in ADMINS), "idle/others just before", letter)
    pass_by(box, schema, machine, IDLE_S + 1)
    run_state(ctx, box, schema, dead_sessions(firm, "idle"), "Operational", roster)
    pass_by(box, schema, machine, IDLE_S)  # so many failures held the address up
    for actor in firm.staff.values():
        actor.sign_in()
    passed = 0
    step = ADMIN_IDLE_S - 30
    while passed + step < ABSOLUTE_S:
        pass_by(box, schema, machine, step)
        passed += step
        for letter, actor in firm.staff.items():
            lives = letter not in ADMINS or passed < ADMIN_ABSOLUTE_S
            ctx.expect(alive(actor) == lives, "absolute/in use", f"{actor.login} after {passed} s")
    pass_by(box, schema, machine, ABSOLUTE_S - passed)  # less than what makes it idle
    run_state(ctx, box, schema, dead_sessions(firm, "absolute"), "Operational", roster)
    pass_by(box, schema, machine, IDLE_S)  # so many failures held the address up
    for actor in firm.staff.values():
        actor.sign_in()


def pass_by(box, schema, machine, seconds):
    """A call between our processes that was on its way has timed out by that: waits for the end of
    what follows."""
    machine.pass_by(boot=seconds)
    with ipc.Channel.connect(schema, "ConsoleCore", box.folder / "run/console/socket") as console:
        appliance.wait_for(lambda: console.call("GetStatus")["hsm_ok"], 60, "the HSM")


def alive(actor):
    try:
        actor.read("GetDashboard")
        return True
    except ipc.IpcError:
        return False


def dead_sessions(firm, name):
    none = {"token": os.urandom(32), "csrf": os.urandom(32), "link": os.urandom(32)}
    return {name: {letter: {**none, "token": actor.token, "csrf": actor.csrf}
                   for letter, actor in firm.staff.items()}}


def check_revoked(ctx, box, schema, firm, roster):
    """A session whose account was disabled."""
    gone = firm.invite("owari").sign_in()
    rows = firm.responsible.read("ListAccounts")["rows"]
    account = next(row["id"] for row in rows if row["login"] == "owari")
    ctx.expect(alive(gone), "revoked/before", "")
    firm.responsible.act("DisableAccount", account=account)
    none = {"link": os.urandom(32)}
    run_state(ctx, box, schema,
              {"revoked": {"H": {**none, "token": gone.token, "csrf": gone.csrf}}}, "Operational",
              roster)


def make_firm(box, schema):
    firm = actors.Firm(box, schema)
    firm.people = firm.collect(3)
    firm.handler.import_roster(actors.roster_csv(1, start=100))
    firm.link = firm.handler.request_numbers()[0]["link"]
    for person in firm.people[:1]:
        firm.handler.act("SetLeaving", person=person, leaving=20_000)
    firm.disposal = firm.handler.propose_disposal(firm.people[:1])
    firm.staff = {"R": firm.responsible, "G": firm.rights, "A": firm.auditor, "H": firm.handler}
    for letter, role in ROLES.items():
        if letter not in firm.staff:
            firm.staff[letter] = firm.invite("yaku." + letter.lower(), role).sign_in()
    company = actors.Company(firm)
    firm.elsewhere = {"R": company.responsible, "G": company.rights, "A": company.auditor,
                      "H": company.handler}
    for letter, role in ROLES.items():
        if letter not in firm.elsewhere:
            firm.elsewhere[letter] = company.invite("ko.yaku." + letter.lower(), role).sign_in()
    firm.ended = {}
    for letter, actor in firm.staff.items():
        token, csrf = actor.token, actor.csrf
        actor.act("SignOut")
        firm.ended[letter] = {"token": token, "csrf": csrf}
        actor.sign_in()
    return firm


def every_cell(ctx, box, schema, machine, roster, issuer):
    firm = make_firm(box, schema)
    check_nowhere(ctx, box, schema)
    check_step_up_acts(ctx, box, schema, machine, firm)
    sessions = sessions_of(firm)
    run_state(ctx, box, schema, sessions, "Operational", roster)
    pass_by(box, schema, machine, IDLE_S // 6)  # so many failures held the address up
    systems = Systems(box, schema, firm, issuer)
    systems.run(ctx, firm, "Operational", roster)
    check_judge(ctx, box, schema, sessions, roster)
    pass_by(box, schema, machine, IDLE_S // 2)  # the same
    check_revoked(ctx, box, schema, firm, roster)
    check_expiry(ctx, box, schema, machine, firm, roster)
    Grants(ctx, machine, firm).check()
    for actor in firm.staff.values():
        actor.sign_in()  # grants ran out one by one meanwhile
    Scopes(ctx, box, machine, firm, lambda s: pass_by(box, schema, machine, s)).check()
    for actor in firm.staff.values():
        actor.sign_in()  # whose turn was long ago
    deputies = Deputies(ctx, machine, firm)
    run_state(ctx, box, schema, deputies.sessions(), "Operational", roster)
    pass_by(box, schema, machine, IDLE_S // 2)  # so many failures held the address up
    deputies.check()
    hours = Hours(ctx, box, machine, firm)
    run_state(ctx, box, schema, hours.closed(), "Operational", roster)
    pass_by(box, schema, machine, IDLE_S // 2)  # so many failures held the address up
    hours.check()
    for actor in firm.staff.values():
        actor.sign_in()
    sessions = sessions_of(firm)
    box.console(box.menu_choice("Seal"), "yes")
    ctx.expect(box.state() == "Sealed", "seal", box.state())
    run_state(ctx, box, schema, sessions, "Sealed", roster)
    systems.run(ctx, firm, "Sealed", roster)
    box.programs["core"].kill()
    box.programs["core"].wait_ready()
    ctx.expect(box.state() == "Sealed", "a restart leaves it sealed", box.state())
    box.unlock()
    box.stop()
    box.start()
    ctx.expect(box.state() == "Locked", "a restart of all is locked", box.state())
    run_state(ctx, box, schema, sessions, "Locked", roster)


def run(ctx):
    schema = ipc.Schema()
    ctx.expect(set(EXPECTED) == set(schema.edges["WorkerCore"]), "every message has its row",
               set(EXPECTED) ^ set(schema.edges["WorkerCore"]))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-access-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    issuer = authority.Authority(folder / "authority")
    box = appliance.Appliance(folder, ctx.build_dir, zones=ZONES, wrap=machine.wrap(),
                              settings={"api": {"client_authority": str(issuer.certificate)}})
    roster = ipc.sealed_memfd(actors.roster_csv(2, start=500))
    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        with machine.codes_at_once():
            every_cell(ctx, box, schema, machine, roster, issuer)
    finally:
        os.close(roster)
        box.stop()
        box.remove()
