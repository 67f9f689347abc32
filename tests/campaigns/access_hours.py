"""Opening hours and places of roles, for the campaign access: what is closed to whom and when, that
it acts on a session that is open and on a number that is being opened, and who opens outside.

Hours are judged at moments of the box's own clock, which the campaign sets; what each message is
closed by is in access_expected.IN_HOURS, written from the requirements.
"""

import copy
import os
import signal
import threading
import time

import actors
import appliance
import ipc
import log_files
from access_scopes import tried

DAY_S = 86400
JAPAN_S = 9 * 3600
STAFF = ("kResponsible", "kHandler", "kAuditor", "kViewer", "kRightsManager", "kSecurityOfficer",
         "kCustodian")
# A week's moments: (weekday from Sunday, minute) -> whether rows of these hours are open then.
MOMENTS = ((1, 539), (1, 540), (1, 720), (1, 1079), (1, 1080), (5, 600), (6, 600), (0, 600),
           (0, 0), (6, 1439))
WEEKS = {
    "nine to six on weekdays": ([(0x3e, 540, 1080)],
                                lambda day, m: 1 <= day <= 5 and 540 <= m < 1080),
    "two rows": ([(0x02, 540, 720), (0x40, 0, 1440)],
                 lambda day, m: (day == 1 and 540 <= m < 720) or day == 6),
    "over midnight": ([(0x20, 1320, 660)],
                      lambda day, m: (day == 5 and m >= 1320) or (day == 6 and m < 660)),
}


class Hours:
    def __init__(self, ctx, box, machine, firm):
        self.ctx = ctx
        self.box = box
        self.machine = machine
        self.firm = firm
        self.bits = {role: 1 << firm.schema.enums["Role"].index(role)
                     for role in (*STAFF, "kSubject")}
        self.every = sum(self.bits[role] for role in STAFF)
        self.cells = 0

    def expect(self, name, got, wanted):
        self.cells += 1
        self.ctx.expect(got == wanted, f"hours/{name}", f"{got}, expected {wanted}")

    def now(self):
        """(weekday from Sunday, minute of the day) in Japan, by the box's clock."""
        seconds = time.time() + self.machine.wall + JAPAN_S
        return int(seconds // DAY_S + 4) % 7, int(seconds % DAY_S // 60)

    def rows(self, roles, times, zone="kHandling"):
        return [{"zone": zone, "roles": roles, "days": days, "opens": opens, "closes": closes}
                for days, opens, closes in times]

    def agree(self, rows):
        self.firm.responsible.agreed("ProposeHours", self.firm.rights, rows=rows)

    def shut(self):
        """Times that are over, whatever the clock says."""
        weekday, _ = self.now()
        return [(1 << (weekday + 3) % 7, 540, 1080)]

    def go_to(self, weekday, minute):
        """Forward: time does not go back."""
        seconds = int(time.time() + self.machine.wall + JAPAN_S) + 4 * DAY_S
        self.machine.pass_by(wall=(weekday * DAY_S + minute * 60 - seconds) % (7 * DAY_S))

    def closed(self):
        """session name -> role letter -> credentials, with everybody's hours over."""
        self.agree(self.rows(self.every, self.shut())
                   + self.rows(self.bits["kSubject"], self.shut(), "kCollection"))
        none = {"link": os.urandom(32)}
        return {"closed": {letter: {**none, "token": actor.token, "csrf": actor.csrf}
                           for letter, actor in self.firm.staff.items()},
                "closed link": {"L": {"token": os.urandom(32), "csrf": os.urandom(32),
                                      "link": self.firm.link}}}

    def check(self):
        self.check_emergency()
        self.check_moments()
        self.check_unfit()
        self.check_while_opening()
        self.agree([])
        self.check_places()
        self.ctx.note("hours_cells", self.cells)

    def people(self, actor=None):
        return tried((actor or self.firm.handler).read, "ListPeople")

    def check_emergency(self):
        """By two people, for one role, until its end."""
        handler, firm = self.firm.handler, self.firm
        self.expect("emergency/before", self.people(), ("kDenied", "hours"))
        for letter, actor in firm.staff.items():
            asked = tried(actor.act, "AskEmergency", minutes=30, reason="検証用の理由")
            self.expect(f"emergency/asked by {letter}", asked,
                        "through" if letter in "RGOH" else ("kDenied", "access"))
        asked = handler.act("AskEmergency", minutes=30, reason="検証用の理由")["proposal"]
        self.expect("emergency/only asked", self.people(), ("kDenied", "hours"))
        self.expect("emergency/by oneself", tried(handler.execute, asked)[0], "kDenied")
        firm.rights.execute(asked)
        self.expect("emergency/open", self.people(), "through")
        self.expect("emergency/not for others", self.people(firm.staff["V"]), ("kDenied", "hours"))
        entry = [e for e in log_files.entries(self.box.folder / "state/log")
                 if e["event"] == "emergency.opened"][-1]
        self.expect("emergency/log", (entry["action"], entry["count"]), ("handler", 30))
        self.machine.pass_by(wall=29 * 60)
        self.expect("emergency/before its end", self.people(), "through")
        self.machine.pass_by(wall=2 * 60)
        self.expect("emergency/after its end", self.people(), ("kDenied", "hours"))
        for minutes, wanted in ((0, ("kMissing", "minutes")), (241, ("kInvalid", "minutes"))):
            self.expect(f"emergency/{minutes} minutes",
                        tried(handler.act, "AskEmergency", minutes=minutes, reason="理由"), wanted)
        self.expect("emergency/no reason",
                    tried(handler.act, "AskEmergency", minutes=30, reason=""),
                    ("kMissing", "reason"))

    def check_moments(self):
        for name, (times, is_open) in WEEKS.items():
            self.agree(self.rows(self.bits["kHandler"], times))
            for weekday, minute in MOMENTS:
                self.go_to(weekday, minute)
                self.sign_in_again()
                self.expect(f"{name}/{weekday}/{minute}", self.people(),
                            "through" if is_open(weekday, minute) else ("kDenied", "hours"))

    def sign_in_again(self):
        """Sessions live by the box's running time; only the codes need the wall's."""
        if tried(self.firm.handler.read, "GetSession") != "through":
            self.firm.handler.sign_in()

    def check_unfit(self):
        row = self.rows(self.bits["kHandler"], [(0x3e, 540, 1080)])[0]
        for name, other, wanted in (
                ("no role", {"roles": 0}, ("kMissing", "roles")),
                ("a program's role", {"roles": 1 << 5}, ("kInvalid", "roles")),
                ("the portal's role at a desk", {"roles": self.bits["kSubject"]},
                 ("kInvalid", "roles")),
                ("staff in the portal", {"zone": "kCollection"}, ("kInvalid", "roles")),
                ("the rack", {"zone": "kControl"}, ("kInvalid", "zone")),
                ("no day", {"days": 0}, ("kMissing", "weekdays")),
                ("an eighth day", {"days": 0x80}, ("kInvalid", "weekdays")),
                ("opens too late", {"opens": 1440}, ("kInvalid", "opens")),
                ("closes too late", {"closes": 1441}, ("kInvalid", "closes")),
                ("no time at all", {"closes": 540}, ("kInvalid", "closes"))):
            self.expect(f"unfit/{name}",
                        tried(self.firm.responsible.act, "ProposeHours", rows=[{**row, **other}]),
                        wanted)

    def check_while_opening(self):
        """Closed while a number is being opened: it is not shown."""
        weekday, minute = self.now()
        self.agree(self.rows(self.bits["kHandler"], [(1 << weekday, 0, 1440)]))
        self.firm.handler.sign_in()
        person = self.firm.people[1]
        grant = self.firm.handler.step_up("kReveal", [person])
        hsm = self.box.programs["hsm"].process.pid
        got = []
        os.kill(hsm, signal.SIGSTOP)
        try:
            asks = threading.Thread(target=lambda: got.append(
                tried(self.firm.handler.reveal, grant, person)))
            asks.start()
            log = self.box.folder / "state/log"
            appliance.wait_for(lambda: [e for e in log_files.entries(log)
                                        if e["event"] == "reveal.intent"
                                        and e.get("person") == f"{person:016x}"][-1:], 20,
                               "the intent")
            self.machine.pass_by(wall=(1440 - minute) * 60)
        finally:
            os.kill(hsm, signal.SIGCONT)
        asks.join()
        self.expect("while opening", got[0], ("kDenied", "hours"))

    def check_places(self):
        """A block of its own roles: nowhere for everybody else, also for a sign-in."""
        firm = self.firm
        firm.responsible.sign_in()
        firm.rights.sign_in()
        rows = [{"block": "127.0.0.0/8", "zone": "kHandling", "roles": 0},
                {"block": "127.0.9.0/24", "zone": "kHandling", "roles": self.bits["kAuditor"]},
                {"block": "198.51.100.0/24", "zone": "kCollection", "roles": 0}]
        firm.responsible.agreed("ProposeZones", firm.rights, rows=rows)
        for letter, actor in firm.staff.items():
            there = copy.copy(actor)
            there.channel = None
            there.address = "127.0.9.7"
            wanted = "through" if letter == "A" else ("kDenied", "access")
            if actor is firm.handler or letter in "RGA":
                actor.sign_in()
                there.token, there.csrf = actor.token, actor.csrf
                self.expect(f"places/{letter}/session", tried(there.read, "GetDashboard"), wanted)
        there = copy.copy(firm.handler)
        there.channel, there.address = None, "127.0.9.7"
        self.expect("places/sign-in", tried(there.sign_in), ("kDenied", "credentials"))
        auditor = copy.copy(firm.auditor)
        auditor.channel, auditor.address = None, "127.0.9.7"
        self.expect("places/sign-in of its role", tried(auditor.sign_in), "through")
        for name, roles, wanted in (("all but oneself", self.bits["kAuditor"],
                                     ("kDenied", "lock_out")),
                                    ("a program's role", 1 << 5, ("kInvalid", "zones"))):
            self.expect(f"places/{name}",
                        tried(firm.responsible.act, "ProposeZones",
                              rows=[{**rows[0], "roles": roles}]), wanted)
        firm.responsible.agreed("ProposeZones", firm.rights, rows=[
            {"block": "127.0.0.0/8", "zone": "kHandling", "roles": 0},
            {"block": "198.51.100.0/24", "zone": "kCollection", "roles": 0}])
