"""Whom and what a designation opens, cell by cell, for the campaign access: groups with what is
below them, kinds, purposes and the term; and that its end acts on a session that is open, on a
grant that was given before, and on a number that is being opened.

Expected is what SCOPES says, written from the requirements: an answer for whom the designation
covers, and for anybody else the very answer that an id gets which never was.
"""

import os
import signal
import threading
import time

import actors
import appliance
import ipc
import log_files
from access_expected import GRANT_S

UNKNOWN = 0x1234567812345678
EMPLOYEE, PAYEE = 1 << 0, 1 << 3
TAX, INSURANCE = 1 << 1, 1 << 2
FORMS = {TAX: "kWithholdingSlip", INSURANCE: "kInsuranceAcquisition"}
EVERY = TAX | INSURANCE
DAY_S = 86400

# Who is in the firm: name -> (kind as rosters write it, group).
PEOPLE = {"keiri": ("従業員", "東京支店/経理課"), "shiharai": ("個人支払先", "東京支店"),
          "daini": ("従業員", "東京支店第二"), "osaka": ("従業員", "大阪支店")}
# Case -> (what differs from the whole firm, who is there for him, the purposes that he opens).
SCOPES = {
    "whole firm": ({}, set(PEOPLE), EVERY),
    "group": ({"groups": ["東京支店"]}, {"keiri", "shiharai"}, EVERY),
    "group below": ({"groups": ["東京支店/経理課"]}, {"keiri"}, EVERY),
    "two groups": ({"groups": ["大阪支店", "東京支店/経理課"]}, {"keiri", "osaka"}, EVERY),
    "group that is not there": ({"groups": ["福岡支店"]}, set(), EVERY),
    "kind": ({"kinds": EMPLOYEE}, {"keiri", "daini", "osaka"}, EVERY),
    "kind and group": ({"kinds": PAYEE, "groups": ["東京支店"]}, {"shiharai"}, EVERY),
    "purpose": ({"purposes": TAX}, set(PEOPLE), TAX),
    "purpose and group": ({"purposes": INSURANCE, "groups": ["大阪支店"]}, {"osaka"}, INSURANCE),
}
# Not in force: nobody is there and nothing opens, whatever was open before.
NOT_IN_FORCE = ("not yet", "over", "ended", "never")
# What cannot be proposed: case -> (what differs, days from today; the refusal).
UNFIT = {
    "no training": ({"trained": None}, ("kInvalid", "trained")),
    "training to come": ({"trained": 1, "first": 2}, ("kInvalid", "trained")),
    "training after the first day": ({"trained": -1, "first": -2}, ("kInvalid", "trained")),
    "training too old": ({"trained": -400, "first": 0}, ("kInvalid", "trained")),
    "over already": ({"first": -3, "last": -1}, ("kInvalid", "last")),
    "ends before it begins": ({"first": 5, "last": 4}, ("kInvalid", "last")),
    "too long": ({"first": 0, "last": 400}, ("kInvalid", "last")),
}


def tried(call, *args, **fields):
    """"through", or the refusal's code and field."""
    try:
        call(*args, **fields)
        return "through"
    except ipc.IpcError as error:
        return (error.code, error.field)


class Scopes:
    def __init__(self, ctx, box, machine, firm, pass_by):
        self.ctx = ctx
        self.box = box
        self.machine = machine
        self.firm = firm
        self.pass_by = pass_by
        self.cells = 0
        self.ids = self.make_people()
        self.actor = firm.invite("hani").sign_in()
        never = firm.responsible.agreed(
            "InviteAccount", firm.rights, login="mishitei", name="検証用 未指定", role="kHandler")
        # At once: the calendar goes on by up to a day below, and a key is good for one.
        self.never = actors.Actor(box, firm.schema, "mishitei").enrol(
            never["enrolment_key"].decode())
        self.account = next(row["id"] for row in firm.responsible.read("ListAccounts")["rows"]
                            if row["login"] == "hani")

    def make_people(self):
        rows = ["社員番号,氏名,フリガナ,区分,所属"]
        rows += [f"{name},検証　{name},ケンショウ,{kind},{group}"
                 for name, (kind, group) in PEOPLE.items()]
        self.firm.handler.import_roster(("\r\n".join(rows) + "\r\n").encode())
        numbers = {row["employee_no"]: row["id"] for row in self.firm.handler.people()}
        ids = {name: numbers[name] for name in PEOPLE}
        links = self.firm.handler.request_numbers(ids.values(), ("kTax", "kSocialInsurance"))
        for link in links:
            self.firm.send(link["link"])
        self.firm.responsible.approve_all()
        return ids

    def today(self):
        return actors.day_of(time.time() + self.machine.wall)

    def terms(self, **other):
        today = self.today()
        return {**actors.designation(), "trained": today - 30, "first": today - 1,
                "last": today + 300, **other}

    def designate(self, **other):
        self.firm.responsible.agreed("Designate", self.firm.rights, account=self.account,
                                     designation=self.terms(**other))

    def grants(self):
        """Purpose -> a grant for everybody, given under the whole firm."""
        self.pass_by(GRANT_S + 1)  # a person has only so many grants at a time
        self.designate()
        return {purpose: self.actor.step_up("kReveal", self.ids.values(), form)
                for purpose, form in FORMS.items()}

    def expect(self, case, cell, got, wanted):
        self.cells += 1
        self.ctx.expect(got == wanted, f"scope/{case}/{cell}", f"{got}, expected {wanted}")

    def check_acts(self, case, there, purposes, grants):
        actor = self.actor
        listed = {row["id"] for row in actor.people()}
        self.ctx.expect({name for name in PEOPLE if self.ids[name] in listed} == there,
                        f"scope/{case}/list", listed)
        for name, person in self.ids.items():
            inside = name in there
            for cell, call, fields in (
                    ("GetPerson", actor.read, {"person": person}),
                    ("SetLeaving", actor.act, {"person": person, "leaving": 0}),
                    ("ProposeDisposal", actor.act, {"people": [person], "reason": "kNotNeeded"})):
                if cell == "ProposeDisposal" and inside:
                    continue  # would begin one: the campaign approval does
                never = {**fields, **({"people": [UNKNOWN]} if "people" in fields
                                      else {"person": UNKNOWN})}
                self.expect(case, f"{cell}/{name}", tried(call, cell, **fields),
                            "through" if inside else tried(call, cell, **never))
            for purpose, grant in grants.items():
                opens = inside and purposes & purpose
                got = tried(actor.reveal, grant, person)
                self.expect(case, f"Reveal/{name}/{FORMS[purpose]}", got,
                            "through" if opens else ("kDenied", "scope"))

    def check_step_up(self, case, there, purposes):
        """No grant for whom or what it does not cover."""
        asked = [("inside", name) for name in sorted(there)[:1]]
        asked += [("outside", name) for name in sorted(set(PEOPLE) - there)[:1]]
        for where, name in asked:
            for purpose, form in FORMS.items():
                got = tried(self.actor.step_up, "kReveal", [self.ids[name]], form)
                wanted = "through" if where == "inside" else ("kNotFound", "people")
                if not purposes & purpose:
                    wanted = ("kDenied", "scope")
                self.expect(case, f"StepUp/{name}/{form}", got, wanted)

    def check_nothing(self, case, actor, grants):
        """Not designated now: the session goes on, and opens nothing."""
        refused = ("kDenied", "designation")
        self.expect(case, "GetDashboard", tried(actor.read, "GetDashboard"), "through")
        for request in ("ListPeople", "ListRequests", "ListSubmissions", "ListDisposals"):
            self.expect(case, request, tried(actor.read, request), refused)
        for name, person in self.ids.items():
            self.expect(case, f"GetPerson/{name}", tried(actor.read, "GetPerson", person=person),
                        refused)
            for purpose, grant in grants.items():
                self.expect(case, f"Reveal/{name}/{FORMS[purpose]}",
                            tried(actor.reveal, grant, person), refused)
        got = tried(actor.step_up, "kReveal", [self.ids["keiri"]], FORMS[TAX])
        self.expect(case, "StepUp", got[0] if got != "through" else got, "kDenied")

    def check_not_in_force(self):
        grants = self.grants()
        self.designate(first=self.today() + 2)
        self.check_nothing("not yet", self.actor, grants)
        grants = self.grants()
        self.expect("ended", "EndDesignation",
                    tried(self.firm.rights.act, "EndDesignation", account=self.account), "through")
        self.check_nothing("ended", self.actor, grants)
        grants = self.grants()
        last = self.today()
        self.designate(last=last)
        self.expect("last day", "Reveal", tried(self.actor.reveal, grants[TAX], self.ids["keiri"]),
                    "through")
        # The calendar alone goes on; sessions and grants count another clock.
        self.machine.pass_by(wall=(last + 1) * DAY_S - 9 * 3600 + 1
                             - int(time.time() + self.machine.wall))
        self.check_nothing("over", self.actor, grants)
        self.check_nothing("never", self.never.sign_in(), {})

    def check_unfit(self):
        """What cannot even be proposed."""
        for case, (days, refusal) in UNFIT.items():
            today = self.today()
            other = {name: -25_000 if value is None else today + value
                     for name, value in days.items()}
            got = tried(self.firm.responsible.act, "Designate", account=self.account,
                        designation=self.terms(**other))
            self.expect(case, "Designate", got, refusal)

    def check_while_opening(self):
        """The HSM is stopped in the middle of a reveal; when it goes on the right has gone."""
        grants = self.grants()
        log = self.box.folder / "state/log"
        since = len(log_files.entries(log))
        hsm = self.box.programs["hsm"].process.pid
        answer = []
        reveal = threading.Thread(target=lambda: answer.append(
            tried(self.actor.reveal, grants[TAX], self.ids["keiri"])))
        os.kill(hsm, signal.SIGSTOP)
        try:
            reveal.start()
            appliance.wait_for(lambda: any(e["event"] == "reveal.intent"
                                           for e in log_files.entries(log)[since:]), 20, "intent")
            self.firm.rights.act("EndDesignation", account=self.account)
        finally:
            os.kill(hsm, signal.SIGCONT)
        reveal.join(60)
        self.expect("ended", "while it is opened", answer, [("kDenied", "designation")])
        denied = [e for e in log_files.entries(log)[since:] if e["event"] == "access.denied"]
        self.expect("ended", "its entry", [e.get("action") for e in denied], ["reveal"])

    def check(self):
        for case, (other, there, purposes) in SCOPES.items():
            grants = self.grants()
            self.designate(**other)
            self.check_acts(case, there, purposes, grants)
            self.check_step_up(case, there, purposes)
        self.check_while_opening()
        self.check_unfit()
        self.check_not_in_force()
        self.ctx.note("scope_cells", self.cells)
