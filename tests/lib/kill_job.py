"""The main job in segments, each with a journal of what was acknowledged, and the judge, who
compares the journal with what is there after a process has died and come back. For
tests/campaigns/kill.py.
"""

import base64
import collections
import copy
import pathlib
import re
import shutil
import signal
import subprocess
import time

import actors
import appliance
import ipc
import log_files
import time_machine
import web_client

PROGRAMS = ("hsm", "audit", "core")
HELD, WAITING, ASKED = 6, 3, 3  # people: with numbers, with numbers to approve, with open links
NEW = 3                         # people of the roster that the job brings
LEAVING = 20_000
SETTLE_SECONDS = 25
# What each acknowledged step has left in the log.
ENTRIES = {"sign-in": "session.opened", "roster": "roster.imported", "requests": "request.created",
           "send": "number.submitted", "decline": "number.declined", "leaving": "person.changed",
           "approve": "number.approved", "return": "number.returned", "propose": "proposal.made",
           "agree": "proposal.approved", "invite": "account.invited",
           "enrol": "account.enrolled", "dispose": "disposal.approved"}
LOST = (ipc.Closed, ipc.IpcError, OSError)
SETTINGS = {"budgets": {"user_hour": 9000, "user_day": 9000, "box_hour": 9000, "box_day": 9000},
            "store": {"size_mib": 16}, "log": {"size_mib": 4, "segment_mib": 1}}


class PastClock(web_client.WallClock):
    """Begins an hour ago and jumps when somebody needs a fresh code: what it gave out is old when
    the base is ready, and every account has fresh codes at once."""

    def __init__(self, path):
        path.write_bytes(time_machine.packed())
        self.file = path.open("r+b", buffering=0)  # in place: programs have it mapped
        self._set(-3600)

    def _set(self, ahead):
        self.ahead = ahead
        self.file.seek(0)
        self.file.write(time_machine.packed(wall=ahead))

    def now(self):
        return time.time() + self.ahead

    def wait(self):
        self._set(self.ahead + 30)


class Base:
    """An appliance with work in every state, stopped, to be copied for each point."""

    def __init__(self, folder, build_dir):
        self.build_dir = build_dir
        self.folder = folder
        self.box = appliance.Appliance(folder / "base", build_dir, settings=SETTINGS)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "base").mkdir()
        box = self.box
        box.clock = PastClock(folder / "clock")
        box.everywhere = time_machine.environment(
            build_dir, folder / "clock")
        box.prepare()
        box.start(PROGRAMS)
        firm = self.firm = actors.Firm(box)
        firm.worker = firm.invite("tantou.b")   # does the job in the points
        firm.checker = firm.invite("kensa")     # looks at the end
        both = ("kTax", "kSocialInsurance")
        firm.held = firm.collect(HELD, purposes=both)
        firm.handler.import_roster(actors.roster_csv(WAITING, start=20))
        waiting = firm.handler.request_numbers(purposes=both)
        for link in waiting:
            firm.send(link["link"])
        rows = firm.responsible.read("ListSubmissions")["rows"]
        firm.waiting = {row["person"]: row["id"] for row in rows}
        firm.handler.import_roster(actors.roster_csv(ASKED, start=40))
        firm.links = {link["person"]: link["link"] for link in firm.handler.request_numbers()}
        firm.leaver = firm.held[0]
        firm.handler.act("SetLeaving", person=firm.leaver, leaving=LEAVING)
        firm.disposal = firm.handler.propose_disposal([firm.leaver])
        firm.people = HELD + WAITING + ASKED
        box.stop()
        firm.entries = len(log_files.entries(box.folder / "state/log"))

    def copy(self, name, programs=None):
        """The same appliance, people and secrets in another folder, in the present."""
        folder = self.folder / name
        shutil.copytree(self.box.folder, folder, ignore=shutil.ignore_patterns(
            "*.notify", "socket", "*.log.gz"))
        for log in (folder / "logs").iterdir():
            log.unlink()
        box = appliance.Appliance(folder, self.build_dir, settings=SETTINGS, programs=programs)
        box.pin, box.so_pin = self.box.pin, self.box.so_pin
        box.write_config()
        softhsm = folder / "softhsm2.conf"
        softhsm.write_text(softhsm.read_text().replace(str(self.box.folder), str(folder)))
        firm = copy.copy(self.firm)
        firm.box = box
        firm.numbers = dict(self.firm.numbers)
        for role in ("responsible", "rights", "worker", "checker"):
            actor = copy.copy(getattr(self.firm, role))
            actor.box, actor.channel = box, None
            actor.device = copy.copy(actor.device)
            actor.device.clock = web_client.WallClock()
            setattr(firm, role, actor)
        return box, firm


class Broken(Exception):
    """A step of the job was not answered as it should be."""


class Journal:
    """What was asked for and what of it was acknowledged, by kind and by whom it is about."""

    def __init__(self):
        self.tried = set()
        self.done = set()
        self.revealed = collections.Counter()
        self.wrong = []
        self.steps = []  # [what, when it was asked, when it was answered]

    def do(self, kind, key, act, *arguments, **fields):
        self.tried.add((kind, key))
        self.steps.append([kind, time.time(), 0])
        try:
            answer = act(*arguments, **fields)
        except (*LOST, RuntimeError, LookupError, web_client.http.client.HTTPException) as error:
            raise Broken(f"{kind}: {error!r}") from error
        finally:
            self.steps[-1][2] = time.time()
        self.done.add((kind, key))
        return answer

    def step_at(self, moment):
        """Which step ran, or had run last, at this moment: (what, whether it still ran)."""
        for what, asked, answered in reversed(self.steps):
            if asked <= moment:
                return what, moment <= answered
        return "start", True


def collect(firm, journal):
    """取得: a roster, requests, numbers, a refusal."""
    worker = firm.worker
    journal.do("sign-in", 0, worker.sign_in)
    journal.do("roster", 0, worker.import_roster, actors.roster_csv(NEW, start=60))
    new = [row["id"] for row in journal.do("people", 0, worker.people)
           if row["status"] == "kNotRequested"]
    journal.do("requests", tuple(new), worker.request_numbers, new)
    *senders, decliner = firm.links
    for person in senders:
        journal.do("send", person, firm.send, firm.links[person])
    journal.do("leaving", firm.held[1], worker.act, "SetLeaving", person=firm.held[1],
               leaving=LEAVING)
    subject = journal.do("portal", 0, actors.Subject, firm.box, firm.schema, firm.links[decliner],
                         firm.passcode)
    journal.do("decline", decliner, subject.decline, "検証")


def approve(firm, journal):
    """確認: approvals, one return, a new account, which changes rights and so takes two."""
    responsible = firm.responsible
    journal.do("sign-in", 0, responsible.sign_in)
    *good, bad = firm.waiting
    for person in good:
        journal.do("approve", person, responsible.act, "ApproveSubmission",
                   submission=firm.waiting[person])
    journal.do("return", bad, responsible.act, "ReturnSubmission", submission=firm.waiting[bad],
               reason="検証")
    proposal = journal.do("propose", "shinjin", responsible.act, "InviteAccount",
                          login="shinjin", name="検証用 新人", role="kHandler")["proposal"]
    journal.do("sign-in", 0, firm.rights.sign_in)
    journal.do("agree", "shinjin", firm.rights.approve, proposal)
    reply = journal.do("invite", "shinjin", responsible.execute, proposal)
    firm.invited = actors.Actor(firm.box, firm.schema, "shinjin")
    firm.invited.key = reply["enrolment_key"].decode()
    journal.do("enrol", "shinjin", firm.invited.enrol, firm.invited.key)


def reveal(firm, journal):
    """利用."""
    worker = firm.worker
    journal.do("sign-in", 0, worker.sign_in)
    people = firm.held[1:]
    grant = journal.do("step-up", 0, worker.step_up, "kReveal", people)
    for person in people:
        answer = journal.do("reveal", person, worker.reveal, grant, person)
        journal.revealed[person] += 1
        if answer["number"].decode() != firm.numbers[person]:
            journal.wrong.append(person)


def dispose(firm, journal):
    """廃棄: the approval carries out the re-shelving and answers when it is done."""
    responsible = firm.responsible
    journal.do("sign-in", 0, responsible.sign_in)
    grant = journal.do("step-up", 0, responsible.step_up, "kApproveDisposal",
                       disposal=firm.disposal)
    journal.do("dispose", firm.leaver, responsible.act, "ApproveDisposal", grant=grant,
               disposal=firm.disposal)


def pages(firm, journal):
    """取得 and 利用 through the pages, each connection a worker of its own."""
    for person in list(firm.links)[:2]:
        journal.do("send", person, _send_by_page, firm, person)
    worker = firm.worker
    web = web_client.WebClient(firm.box.port)
    page = journal.do("page", 0, web.get, "/sign-in")
    journal.do("sign-in", 0, web.submit, _form(page, "/sign-in"), {
        "login": worker.login, "password": worker.password.decode(),
        "code": worker.code().decode()})
    person = firm.held[1]
    page = journal.do("page", 1, web.get, "/reveal", person=[f"{person:016x}"])
    page = journal.do("reveal", person, web.submit, _form(page, "/reveal"), {
        "form": "withholding_slip", "period": "2026", "password": worker.password.decode(),
        "code": worker.code().decode()})
    digits = "".join(re.findall(r'<span class="group">(\d{4})</span>', page.text))
    if len(digits) != 12:
        raise Broken(f"reveal: the page shows no number ({page.status})")
    journal.revealed[person] += 1
    if digits != firm.numbers[person]:
        journal.wrong.append(person)


def _form(page, action):
    try:
        return page.form(action)
    except LookupError as error:
        raise Broken(str(error)) from error


def _send_by_page(firm, person):
    web = web_client.WebClient(firm.box.port)
    link = "/p/" + base64.urlsafe_b64encode(firm.links[person]).decode().rstrip("=")
    page = web.get(link)
    page = web.submit(page.form(link), {"passcode": firm.passcode})
    form = page.form("/numbers")
    number = actors.synthetic_number(len(firm.numbers) + 1)
    names = [name[2:] for name in form.names() if name.startswith("n-")]
    firm.numbers[person] = number
    page = web.submit(form, {f"{kind}-{name}": number for name in names for kind in "nm"})
    web.close()
    if page.status != 200 or page.forms_to("/p/"):
        raise RuntimeError(f"the numbers were not taken: {page.status}")


SEGMENTS = {"collect": collect, "approve": approve, "reveal": reveal, "dispose": dispose,
            "pages": pages}


# ---- afterwards

def read_status(box, schema):
    with ipc.Channel.connect(schema, "ConsoleCore", box.folder / "run/console/socket") as core:
        return core.call("GetStatus")


def unlock(box, schema, act="Unlock"):
    with ipc.Channel.connect(schema, "ConsoleCore", box.folder / "run/console/socket") as core:
        core.call(act, pin=box.pin.encode())


def recover(box, schema):
    """Waits until the appliance works, as an operator at the console would bring it there. Returns
    its state, with the reason when it is not Operational."""
    end = time.monotonic() + SETTLE_SECONDS
    said = "nothing"
    while time.monotonic() < end:
        try:
            now = read_status(box, schema)
            said = f"{now['state']} {now['reason']} hsm_ok={now['hsm_ok']}".strip()
            # An audit process that has just come back has no PIN: core is about to notice.
            if now["state"] == "kOperational" and now["hsm_ok"]:
                return "kOperational"
            if now["state"] == "kFailed":
                return said
            if now["state"] in ("kLocked", "kSealed"):
                unlock(box, schema, "Unseal" if now["state"] == "kSealed" else "Unlock")
                continue
        except LOST as error:
            said += f", {error!r}"
            if isinstance(error, ipc.IpcError) and error.code == "kCorrupt":
                continue  # the next status says why
        time.sleep(0.05)  # programs come up by themselves and tell nobody but their supervisor
    return said


class Judge:
    """Collects what held and what did not: `failures` are (promise, why)."""

    def __init__(self, box, firm, journal):
        self.box = box
        self.firm = firm
        self.journal = journal
        self.held_up = 0
        self.failures = []

    def expect(self, condition, promise, why=""):
        if condition:
            self.held_up += 1
        else:
            self.failures.append((promise, str(why)))
        return bool(condition)

    def all(self):
        state = recover(self.box, self.firm.schema)
        if not self.expect(state == "kOperational", "opens", state):
            return
        entries = log_files.entries(self.box.folder / "state/log")
        self.reveals(entries)
        self.acts(entries[self.firm.entries:])
        checker = self.firm.checker
        checker.sign_in()
        self.disposal()
        self.people = {row["id"]: row for row in checker.people()}
        self.listed = {row["person"] for row in checker.read("ListSubmissions")["rows"]}
        self.collection()
        self.numbers()
        self.account()
        self.log()

    def was(self, kind, key):
        """True: acknowledged. None: asked, no answer. False: not asked."""
        if (kind, key) in self.journal.done:
            return True
        return None if (kind, key) in self.journal.tried else False

    def either(self, kind, key, before, after, promise, what):
        """`before` and `after` say whether things are as they were, or as they were asked to be."""
        was = self.was(kind, key)
        good = after if was else (before or after) if was is None else before
        self.expect(good and not (before and after), promise,
                    f"{what} {'acknowledged' if was else 'asked' if was is None else 'not asked'}, "
                    f"before={before} after={after}")

    def reveals(self, entries):
        intents = collections.Counter(
            int(e["person"], 16) for e in entries if e["event"] == "reveal.intent")
        for person, count in self.journal.revealed.items():
            self.expect(intents[person] >= count, "audited",
                        f"{count} reveals, {intents[person]} intents")
        self.expect(not self.journal.wrong, "right number", "another number was shown")
        self.expect([e["n"] for e in entries] == list(range(len(entries))), "log", "not in order")
        for entry in entries:
            if entry["event"] in ("reveal.done", "reveal.failed"):
                self.expect(entries[entry["of"]]["event"] == "reveal.intent", "audited",
                            f"entry {entry['n']} has no intent")

    def acts(self, entries):
        """Every act that was acknowledged has its entry."""
        there = collections.Counter(entry["event"] for entry in entries)
        acts = collections.Counter(ENTRIES.get(kind) for kind, _ in self.journal.done)
        del acts[None]
        for event, count in acts.items():
            self.expect(there[event] >= count, "audited",
                        f"{count} acknowledged, {there[event]} {event}")

    def disposal(self):
        """Finished when it was approved, without anybody's help; untouched when it was not."""
        firm, checker = self.firm, self.firm.checker
        approved = any(e["event"] == "disposal.approved"
                       for e in log_files.entries(self.box.folder / "state/log"))
        row = checker.read("GetDisposal", disposal=firm.disposal)
        if row["row"]["status"] == "kProposed":
            # The log may say that it was approved, and core died before it remembered.
            self.expect(self.was("dispose", firm.leaver) is not True, "kept", "approval forgotten")
            self.gone = False
            return
        self.expect(approved, "audited", "a disposal without its entry")
        end = time.monotonic() + SETTLE_SECONDS
        while row["row"]["status"] != "kDone" and time.monotonic() < end:
            time.sleep(0.1)  # core goes on by its own clock
            row = checker.read("GetDisposal", disposal=firm.disposal)
        self.expect(row["row"]["status"] == "kDone", "finished", row["row"]["status"])
        self.expect(row["certificate"], "finished", "no certificate")
        self.gone = True

    def collection(self):
        firm = self.firm
        total = len(self.people)
        self.either("roster", 0, total == firm.people, total == firm.people + NEW, "kept", "roster")
        for kind, new in self.journal.tried:
            if kind == "requests":
                states = {self.people[p]["status"] for p in new}
                self.either("requests", new, states == {"kNotRequested"}, states == {"kRequested"},
                            "kept", f"requests {states}")
        *senders, decliner = firm.links
        for person in senders:
            state = self.people[person]["status"]
            self.either("send", person, state == "kRequested" and person not in self.listed,
                        state == "kSubmitted" and person in self.listed, "kept",
                        f"submission {state}")
        state = self.people[decliner]["status"]
        self.either("decline", decliner, state == "kRequested", state == "kDeclined", "kept",
                    f"refusal {state}")
        leaving = self.people[firm.held[1]]["leaving"]
        self.either("leaving", firm.held[1], leaving is None, leaving == LEAVING, "kept",
                    f"leaving {leaving}")
        bad = list(firm.waiting)[-1]
        state = self.people[bad]["status"]
        self.either("return", bad, state == "kSubmitted" and bad in self.listed,
                    state == "kReturned" and bad not in self.listed, "kept", f"return {state}")

    def numbers(self):
        firm, checker = self.firm, self.firm.checker
        good = list(firm.waiting)[:-1]
        seen = firm.reveal_all([*firm.held, *good], actor=checker)
        for person in firm.held[1:]:
            self.expect(seen[person] == firm.numbers[person], "kept", f"number {seen[person][:4]}")
        shown = seen[firm.leaver]
        if self.gone:
            self.expect(shown == "not held", "gone", "a disposed number is there")
        else:
            self.expect(shown == firm.numbers[firm.leaver], "kept", f"number {shown[:4]}")
        for person in good:
            self.either("approve", person, seen[person] == "not held" and person in self.listed,
                        seen[person] == firm.numbers[person] and person not in self.listed, "kept",
                        f"approval {seen[person][:4]} {person in self.listed}")

    def account(self):
        """An acknowledged invitation lets its holder in."""
        if not self.was("invite", "shinjin"):
            return
        new = self.firm.invited
        new.channel = None
        try:
            if self.was("enrol", "shinjin"):
                new.device.clock = web_client.WallClock()
                new.sign_in()
            elif self.was("enrol", "shinjin") is False:
                new.enrol(new.key)
            self.expect(True, "kept")
        except ipc.IpcError as error:
            self.expect(False, "kept", f"account {error}")

    def log(self):
        """An export of the log as it now is, by the verifier that needs no appliance."""
        with ipc.Channel.connect(self.firm.schema, "ConsoleCore",
                                 self.box.folder / "run/console/socket") as core:
            tar = pathlib.Path(self.box.folder / "export.tar")
            tar.write_bytes(ipc.read_fd(core.call("ExportLogLocal")["tar"]))
        done = subprocess.run([self.box.bin / "kagikura", "verify", tar], capture_output=True,
                              text=True, check=False)
        self.expect(done.returncode == 0, "log", done.stdout[-300:] + done.stderr[-300:])


def end(box):
    box.stop(signal.SIGKILL)
    shutil.rmtree(box.folder, ignore_errors=True)
