"""Standing in for who is away, for the campaign access: what a deputy may do besides his own role,
message by message, and that it begins, ends and is decided as the requirements say.

What is open to a deputy is access_expected.DELEGABLE, written from the requirements.
"""

import os
import time

import actors
from access_expected import DELEGABLE, EXPECTED
from access_scopes import tried

DAY_S = 86400


class Deputies:
    def __init__(self, ctx, machine, firm):
        self.ctx = ctx
        self.machine = machine
        self.firm = firm
        self.cells = 0
        self.deputy = firm.staff["K"]  # a role that may do least by itself
        rows = firm.responsible.read("ListAccounts")["rows"]
        self.ids = {row["login"]: row["id"] for row in rows}

    def expect(self, name, got, wanted):
        self.cells += 1
        self.ctx.expect(got == wanted, f"deputy/{name}", f"{got}, expected {wanted}")

    def terms(self, deputy, first=0, last=5):
        today = actors.day_of(time.time() + self.machine.wall)
        return {"deputy": self.ids[deputy], "first": today + first, "last": today + last}

    def place_of(self, letter):
        return self.ids[self.firm.staff[letter].login]

    def stand_in_for(self, letter):
        self.firm.rights.agreed("Delegate", self.firm.responsible, account=self.place_of(letter),
                                delegation=self.terms(self.deputy.login))

    def sessions(self):
        """session name -> role letter -> credentials, of the deputy of a 責任者."""
        self.stand_in_for("R")
        return {"deputy R": {"K": {"link": os.urandom(32), "token": self.deputy.token,
                                   "csrf": self.deputy.csrf}}}

    def check(self):
        firm, ids = self.firm, self.ids
        absent = self.place_of("R")
        for name, fields, wanted in (
                ("of oneself", {"account": absent, "delegation": self.terms("sekinin")},
                 ("kDenied", "self")),
                ("by a handler", {"account": absent,
                                  "delegation": self.terms(firm.handler.login)},
                 ("kDenied", "separation")),
                ("by the auditor", {"account": absent,
                                    "delegation": self.terms(firm.auditor.login)},
                 ("kDenied", "separation")),
                ("of a handler", {"account": ids[firm.handler.login],
                                  "delegation": self.terms(self.deputy.login)},
                 ("kInvalid", "account")),
                ("of nobody", {"account": 4711, "delegation": self.terms(self.deputy.login)},
                 ("kNotFound", "account")),
                ("too long", {"account": absent,
                              "delegation": self.terms(self.deputy.login, 0, 92)},
                 ("kInvalid", "last")),
                ("over", {"account": absent,
                          "delegation": self.terms(self.deputy.login, -3, -1)},
                 ("kInvalid", "last")),
                ("too early", {"account": absent,
                               "delegation": self.terms(self.deputy.login, 100, 101)},
                 ("kInvalid", "first"))):
            self.expect(f"unfit/{name}", tried(firm.rights.act, "Delegate", **fields), wanted)
        asked = firm.rights.act("InviteAccount", login="dairi", name="検証用 代理の件",
                                role="kViewer", designation=actors.designation())["proposal"]
        self.expect("agrees", tried(self.deputy.approve, asked), "through")
        self.expect("ends", tried(firm.staff["O"].act, "EndDelegation", account=absent), "through")
        self.expect("ended/list", tried(self.deputy.read, "ListProposals"), ("kDenied", "access"))
        self.expect("ended/carried out", tried(firm.rights.execute, asked),
                    ("kDenied", "approval"))
        self.check_days(absent)
        self.ctx.note("deputy_cells", self.cells)

    def check_days(self, absent):
        firm = self.firm
        firm.rights.agreed("Delegate", firm.responsible, account=absent,
                           delegation=self.terms(self.deputy.login, 1, 2))
        self.expect("before its first day", tried(self.deputy.read, "ListProposals"),
                    ("kDenied", "access"))
        self.machine.pass_by(wall=DAY_S)
        self.expect("on its first day", tried(self.deputy.read, "ListProposals"), "through")
        self.machine.pass_by(wall=2 * DAY_S)
        self.expect("after its last day", tried(self.deputy.read, "ListProposals"),
                    ("kDenied", "access"))


def may(request, role, stands_in_for):
    """Whether the requirements let this role, standing in for another, through."""
    who = EXPECTED[request][0]
    return role in who or (request in DELEGABLE and stands_in_for in who)
