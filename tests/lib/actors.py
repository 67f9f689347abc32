"""The people of the main job, at the level of messages: each holds a worker's channel to core as a
browser's connection would, and does what that person does. For campaigns that need many acts, odd
orders or a hostile worker; the pages themselves are driven by tests/functional and tests/browser.
"""

import base64
import os
import secrets
import time

import ipc
import web_client

FORM_OF_PURPOSE = {"kTax": "kWithholdingSlip", "kSocialInsurance": "kInsuranceAcquisition",
                   "kEmploymentInsurance": "kEmploymentAcquisition",
                   "kPaymentRecord": "kFeesRecord"}


# Whose work with people needs a designation.
DESIGNATED = ("kHandler", "kViewer")


def day_of(seconds):
    """The firm's day, counted from 1970-01-01 in Japan."""
    return int(seconds + 9 * 3600) // 86400


def designation(clock=None, **other):
    """The whole firm, everybody, for everything, for the time being."""
    today = day_of(clock.now() if clock else time.time())
    return {"groups": [], "kinds": 0xff, "purposes": 0x1e, "trained": today - 30,
            "first": today - 1, "last": today + 365, **other}


class Actor:
    """One person with an account, at one address."""

    def __init__(self, box, schema, login, address="127.0.0.1"):
        self.box = box
        self.schema = schema
        self.login = login
        self.address = address
        self.password = secrets.token_urlsafe(18).encode()
        self.device = None
        self.token = b""
        self.csrf = b""
        self.channel = None

    def connect(self):
        if self.channel:
            self.channel.close()
        socket_path = self.box.folder / "run/web/socket"
        self.channel = ipc.admit(self.schema, socket_path, self.address)
        return self.channel

    @property
    def auth(self):
        return {"token": self.token, "csrf": self.csrf}

    def call(self, request, /, **fields):
        if self.channel is None:
            self.connect()
        try:
            return self.channel.call(request, **fields)
        except (ipc.Closed, OSError):
            self.channel = None
            raise

    def read(self, request, /, **fields):
        return self.call(request, token=self.token, **fields)

    def act(self, request, /, **fields):
        return self.call(request, auth=self.auth, **fields)

    def enrol(self, key):
        typed = key.replace("-", "").encode()
        offer = self.call("BeginEnrolment", key=typed)
        self.device = web_client.Authenticator(
            base64.b32encode(offer["totp_secret"]).decode(), self.box.clock)
        self.call("FinishEnrolment", key=typed, password=self.password, code=self.code())
        return self

    def code(self):
        return self.device.code().encode()

    def sign_in(self):
        reply = self.call("SignIn", login=self.login, password=self.password, code=self.code())
        self.token, self.csrf = reply["token"], reply["csrf"]
        return self

    def step_up(self, act, people=(), form="kWithholdingSlip", period="2026", disposal=0,
                proposal=0):
        return self.act("StepUp", password=self.password, code=self.code(), act=act,
                        people=list(people), form=form, period=period, disposal=disposal,
                        proposal=proposal)["grant"]

    # ---- what nobody does alone

    def approve(self, proposal):
        """As somebody who has looked at it: approves what it says now."""
        digest = self.read("GetProposal", proposal=proposal)["digest"]
        grant = self.step_up("kApproveProposal", proposal=proposal)
        self.act("ApproveProposal", grant=grant, proposal=proposal, digest=digest)

    def execute(self, proposal):
        digest = self.read("GetProposal", proposal=proposal)["digest"]
        grant = self.step_up("kExecuteProposal", proposal=proposal)
        return self.act("ExecuteProposal", grant=grant, proposal=proposal, digest=digest)

    def agreed(self, request, approver, /, **fields):
        """Proposes, has it approved by another, carries it out."""
        proposal = self.act(request, **fields)["proposal"]
        approver.approve(proposal)
        return self.execute(proposal)

    # ---- what a responsible person does

    def invite(self, approver, login, role="kHandler", company=0, **scope):
        """Returns the new person, enrolled, and designated where the role needs it."""
        terms = designation(self.box.clock, **scope) if role in DESIGNATED else None
        reply = self.agreed("InviteAccount", approver, login=login, name=f"検証用 {login}",
                            role=role, designation=terms, company=company)
        return Actor(self.box, self.schema, login, self.address).enrol(
            reply["enrolment_key"].decode())

    def set_passcode(self, approver, passcode, phrase="検証用の合言葉"):
        self.agreed("SaveSettings", approver, phrase=phrase, passcode=passcode.encode())

    def approve_all(self):
        """Approves everything that waits; returns how many submissions."""
        count = 0
        while rows := self.read("ListSubmissions")["rows"]:
            for row in rows:
                self.act("ApproveSubmission", submission=row["id"])
                count += 1
        return count

    def approve_disposal(self, disposal):
        grant = self.step_up("kApproveDisposal", disposal=disposal)
        self.act("ApproveDisposal", grant=grant, disposal=disposal)
        return self.read("GetDisposal", disposal=disposal)

    # ---- what a handler does

    def import_roster(self, data):
        fd = ipc.sealed_memfd(data)
        try:
            preview = self.act("PreviewRoster", csv=fd)
        finally:
            os.close(fd)
        if preview["problems_total"]:
            return preview
        return self.act("ImportRoster", preview=preview["preview"])

    def people(self, **filters):
        rows, offset = [], 0
        while True:
            page = self.read("ListPeople", offset=offset, **filters)
            rows += page["rows"]
            offset += len(page["rows"])
            if offset >= page["total"] or not page["rows"]:
                return rows

    def request_numbers(self, people=(), purposes=("kTax",), days=14):
        return self.act("CreateRequests", people=list(people), purposes=list(purposes),
                        days_valid=days)["links"]

    def reveal(self, grant, person):
        return self.act("Reveal", grant=grant, person=person)

    def propose_disposal(self, people, reason="kNotNeeded"):
        return self.act("ProposeDisposal", people=list(people), reason=reason)["disposal"]


class Subject:
    """本人: has a link and the passcode, nothing else."""

    def __init__(self, box, schema, link, passcode, address="127.0.0.1"):
        self.channel = ipc.admit(schema, box.folder / "run/web/socket", address)
        self.link = link
        self.passcode = passcode.encode()

    def open(self):
        return self.channel.call("OpenPortal", link=self.link, passcode=self.passcode)

    def send(self, numbers):
        """`numbers`: person -> twelve digits."""
        items = [{"person": person, "number": digits.encode()}
                 for person, digits in numbers.items()]
        return self.channel.call("SubmitNumbers", link=self.link, passcode=self.passcode,
                                 numbers=items)

    def decline(self, reason):
        return self.channel.call("DeclineNumbers", link=self.link, passcode=self.passcode,
                                 reason=reason)

    def close(self):
        self.channel.close()


def synthetic_number(index):
    """A number that belongs to nobody we know: 99 and a counter, with its check digit."""
    return web_client.individual_number(f"99{index:09d}")


def roster_csv(count, start=1, dependants=0, group="本社", encoding="utf-8"):
    """A synthetic roster; the first `dependants` people have one each. In UTF-8 every third family
    name has U+20BB7, which CP932 cannot hold."""
    rows = ["社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号"]
    for i in range(start, start + count):
        family = "𠮷田" if encoding == "utf-8" and i % 3 == 0 else "髙橋" if i % 3 == 1 else "検証"
        birth = f"1990-01-{i % 28 + 1:02d}"
        rows.append(f"E{i:06d},{family}　{i:06d},ケンショウ　ヨウ,従業員,{group},{birth},,")
        if i - start < dependants:
            rows.append(f"D{i:06d},{family}　扶養{i:06d},ケンショウ　フヨウ,扶養親族,{group},"
                        f"2015-04-01,子,E{i:06d}")
    return ("\r\n".join(rows) + "\r\n").encode(encoding)


class Firm:
    """A provisioned appliance with its people: responsible, rights manager, auditor, one handler,
    a passcode."""

    def __init__(self, box, schema=None):
        self.box = box
        self.schema = schema or ipc.Schema()
        keys = box.provision()
        self.passcode = secrets.token_hex(4)
        self.responsible = Actor(box, self.schema, "sekinin").enrol(keys["sekinin"]).sign_in()
        self.rights = Actor(box, self.schema, "kengen").enrol(keys["kengen"]).sign_in()
        self.auditor = Actor(box, self.schema, "kansa").enrol(keys["kansa"]).sign_in()
        self.handler = self.invite("tantou").sign_in()
        self.responsible.set_passcode(self.rights, self.passcode)
        self.numbers = {}  # person -> digits, of everybody whose number was sent

    def invite(self, login, role="kHandler", **scope):
        return self.responsible.invite(self.rights, login, role, **scope)

    def collect(self, count, purposes=("kTax",), dependants=0, start=1):
        """Registers, asks, sends and approves `count` people; returns their ids."""
        self.handler.import_roster(roster_csv(count, start, dependants))
        links = self.handler.request_numbers(purposes=purposes)
        for link in links:
            self.send(link["link"])
        self.responsible.approve_all()
        return [link["person"] for link in links]

    def send(self, link):
        subject = Subject(self.box, self.schema, link, self.passcode)
        try:
            shown = subject.open()
            numbers = {}
            for person in shown["people"]:
                numbers[person["id"]] = synthetic_number(len(self.numbers) + len(numbers) + 1)
            subject.send(numbers)
            self.numbers.update(numbers)
        finally:
            subject.close()

    def reveal_all(self, people, form="kWithholdingSlip", actor=None):
        """What the handler sees now of each: person -> digits, or the error's code."""
        actor = actor or self.handler
        # A grant names only people whose number is held: the others have nothing to reveal.
        held = [p for p in people if any(
            row["held"] for row in actor.read("GetPerson", person=p)["purposes"])]
        out = {person: "not held" for person in people}
        for start in range(0, len(held), 1000):
            part = held[start:start + 1000]
            grant = actor.step_up("kReveal", part, form)
            for person in part:
                try:
                    out[person] = actor.reveal(grant, person)["number"].decode()
                except ipc.IpcError as error:
                    out[person] = error.code
        return out

    def dispose(self, people, reason="kNotNeeded"):
        for person in people:
            self.handler.act("SetLeaving", person=person, leaving=20_000)
        return self.responsible.approve_disposal(self.handler.propose_disposal(people, reason))


class Company(Firm):
    """Another company of the group on the firm's appliance, with people of its own."""

    def __init__(self, firm, name="検証用子会社", prefix="ko"):  # pylint: disable=super-init-not-called
        self.box = firm.box
        self.schema = firm.schema
        self.passcode = secrets.token_hex(4)
        self.numbers = {}
        firm.responsible.agreed("AddCompany", firm.rights, name=name)
        self.id = next(row["id"] for row in firm.responsible.read("ListCompanies")["rows"]
                       if row["name"] == name)
        self.responsible = self.found(firm, f"{prefix}.sekinin", "kResponsible")
        self.rights = self.found(firm, f"{prefix}.kengen", "kRightsManager")
        self.auditor = self.invite(f"{prefix}.kansa", "kAuditor").sign_in()
        self.handler = self.invite(f"{prefix}.tantou").sign_in()
        self.responsible.set_passcode(self.rights, self.passcode, "子会社の合言葉")

    def found(self, firm, login, role):
        """One of the first two, whom the firm invites."""
        return firm.responsible.invite(firm.rights, login, role, company=self.id).sign_in()
