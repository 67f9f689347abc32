"""Two companies of a group on one appliance, each through the main job at the same time.

They have the same employee numbers and the same names of people; numbers, keys, accounts, rights
and log entries of one are not there for the other, before a restart and after it. What one disposes
of dies with its own shelves: with the token as it is then, an image of the store from before gives
the other's numbers and none of those. A point is two people of each company.
"""

import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import disposal
import ipc
import log_files
import time_machine

CI_POINTS = 4
CI_SECONDS = 300


def error_of(act, *args, **fields):
    try:
        act(*args, **fields)
    except ipc.IpcError as error:
        return (error.code, error.field)
    return "through"


class Group:
    def __init__(self, ctx, box):
        self.ctx = ctx
        self.box = box
        self.expect = ctx.expect
        self.firm = actors.Firm(box)
        self.company = actors.Company(self.firm)
        self.people = {}

    def both(self):
        return (("the firm", self.firm, self.company), ("the company", self.company, self.firm))

    def entries(self):
        return log_files.entries(self.box.folder / "state/log")

    def founding(self):
        firm, company = self.firm, self.company
        rows = firm.responsible.read("ListCompanies")["rows"]
        self.expect([row["guards"] for row in rows] == [2, 2], "both are on their own", rows)
        late = error_of(firm.responsible.act, "InviteAccount", login="ko.oso", name="検証用 遅",
                        role="kResponsible", company=company.id)
        self.expect(late == ("kState", "company"), "nobody is named from outside any more", late)
        again = error_of(firm.responsible.act, "AddCompany", name="検証用 子会社")
        self.expect(again == ("kDuplicate", "company_name"), "one name, one company", again)

    def main_job(self):
        for index, (who, own, _) in enumerate(self.both()):
            # Other digits for each: a number of the other's would be seen.
            own.numbers = {-1 - i: None for i in range(index * 1000)}
            self.people[who] = own.collect(self.ctx.points * 2)
            own.numbers = {person: digits for person, digits in own.numbers.items() if digits}
        sets = [set(people) for people in self.people.values()]
        self.expect(not sets[0] & sets[1], "nobody is of both", sets)
        self.reveal("in operation")

    def reveal(self, when, gone=()):
        for who, own, _ in self.both():
            shown = own.reveal_all([p for p in self.people[who] if p not in gone])
            wanted = {p: own.numbers[p] for p in self.people[who] if p not in gone}
            self.expect(shown == wanted, f"{when}/{who} sees its own numbers",
                        sum(shown[p] != wanted[p] for p in wanted))

    def apart(self, when):
        for who, own, other in self.both():
            listed = {row["id"] for row in own.handler.people()}
            self.expect(listed == set(self.people[who]), f"{when}/{who} lists its own", len(listed))
            theirs = next(people for name, people in self.people.items() if name != who)
            told = error_of(own.handler.step_up, "kReveal", theirs[:1])
            self.expect(told == ("kNotFound", "people"), f"{when}/{who} opens no other's", told)
            logins = {row["login"] for row in own.responsible.read("ListAccounts")["rows"]}
            strange = {a.login for a in (other.responsible, other.rights, other.handler)}
            self.expect(own.handler.login in logins and not logins & strange,
                        f"{when}/{who} lists its own accounts", logins)
            page = own.auditor.read("ReadLog")
            mine = {f"{row['id']:016x}" for row in own.responsible.read("ListAccounts")["rows"]}
            accounts = {f"{row['entry']['account']:016x}" for row in page["rows"]} - {"0" * 16}
            self.expect(accounts <= mine, f"{when}/{who} reads its own log", accounts - mine)
            self.expect(len(page["rows"]) > 20, f"{when}/{who} reads a log", len(page["rows"]))

    def of_the_box(self):
        told = error_of(self.company.auditor.step_up, "kExportLog")
        self.expect(told == ("kDenied", "company"), "the whole log is the firm's", told)
        for request in ("GetZones", "ListCompanies"):
            told = error_of(self.company.responsible.read, request)
            self.expect(told == ("kDenied", "company"), f"{request} is the firm's", told)
        name = f"{self.company.id:016x}"
        marked = {e["event"] for e in self.entries() if e.get("tenant") == name}
        wanted = {"session.opened", "account.invited", "roster.imported", "request.created",
                  "portal.opened", "number.submitted", "number.approved", "reveal.intent",
                  "grant.opened", "proposal.made", "settings.changed", "shelf.created"}
        self.expect(wanted <= marked, "entries name the company", wanted - marked)

    def dispose(self):
        box = self.box
        before = box.folder / "before"
        shutil.copytree(box.folder / "state/store", before)
        gone = set(self.people["the company"][::2])
        done = self.company.dispose(sorted(gone))
        self.expect(done["row"]["status"] == "kDone", "the company's disposal is done", done["row"])
        self.expect("検証用子会社" in bytes(done["certificate"]).decode(), "its certificate names it",
                    "")
        self.reveal("after a disposal", gone)
        box.stop()
        got = disposal.coerce(box, [before, box.folder / "state/store"], box.folder / "tokens")
        self.expect(not any((person, "tax") in got for person in gone),
                    "what it disposed of is gone", "")
        kept = {**self.firm.numbers, **self.company.numbers}
        left = [p for p in kept if p not in gone and got.get((p, "tax")) != kept[p]]
        self.expect(not left, "and nothing else", len(left))
        box.start(["hsm", "audit", "core"])
        box.unlock()
        for _, own, _ in self.both():
            for one in (own.responsible, own.rights, own.auditor, own.handler):
                one.channel = None
                one.sign_in()
        self.reveal("after a restart", gone)
        self.apart("after a restart")


def run(ctx):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-companies-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap(),
                              settings={"store": {"size_mib": 16}})
    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        with machine.codes_at_once():
            group = Group(ctx, box)
            group.founding()
            group.main_job()
            group.apart("in operation")
            group.of_the_box()
            group.dispose()
    finally:
        box.stop()
        box.remove()
