"""Sessions, one test for each line of ASVS 7 (chapter 7, Session Management), by its number.

On a whole appliance, through the pages or as a worker. Time passes by tests/lib/time_machine.py. A
point is one round of everything; every token that a round has seen is judged at its end.
"""

import copy
import os
import pathlib
import re
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import log_files
import time_machine
import web_client
from access_expected import (ABSOLUTE_S, ADMIN_ABSOLUTE_S, ADMIN_IDLE_S, GRANT_S, IDLE_S,
                             STEP_UP_FOR)

CI_POINTS = 1
CI_SECONDS = 400
NO_SESSION = ("kDenied", "session")
EXPIRED = ("kExpired", "session")
NO_GRANT = ("kStepUp", "grant")
OWN_FACTORS = ("ChangePassword", "MakeRecoveryCodes", "BeginAuthenticator", "AddPasskey",
               "RemovePasskey", "SetMail")
PAGES = ("/", "/people", "/requests", "/disposals", "/account", "/account/password", "/rules",
         "/account/recovery", "/account/authenticator", "/approvals", "/settings")


def outcome(actor, request, /, **fields):
    """"through", or (code, field) of the refusal."""
    try:
        actor.call(request, **fields)
    except ipc.IpcError as error:
        return error.code, error.field
    return "through"


class Lines:
    def __init__(self, ctx, box, machine):
        self.ctx = ctx
        self.box = box
        self.machine = machine
        self.firm = actors.Firm(box, ipc.Schema())
        self.people = self.firm.collect(2)
        self.expect = ctx.expect
        self.tokens = []

    # ---- pieces

    def signed_in(self, actor):
        """Another session of the same person, on a connection of its own."""
        other = copy.copy(actor)
        other.channel = None
        other.sign_in()
        self.tokens.append(other.token)
        return other

    def alive(self, actor, token=None):
        return outcome(actor, "GetDashboard", token=actor.token if token is None else token)

    def pass_by(self, seconds):
        self.machine.pass_by(boot=seconds)
        path = self.box.folder / "run/console/socket"
        with ipc.Channel.connect(self.firm.schema, "ConsoleCore", path) as console:
            appliance.wait_for(lambda: console.call("GetStatus")["hsm_ok"], 60, "the HSM")

    def entries(self):
        return log_files.entries(self.box.folder / "state/log")

    def web(self, actor=None):
        web = web_client.WebClient(self.box.port)
        if actor:
            page = web.get("/sign-in")
            web.submit(page.form("/sign-in"), {
                "login": actor.login, "password": actor.password.decode(),
                "code": actor.device.code()})
        return web

    def account(self, login):
        rows = self.firm.responsible.read("ListAccounts")["rows"]
        return next(row["id"] for row in rows if row["login"] == login)

    # ---- 7.2 fundamental

    def asvs_7_2_1_core_alone_judges_a_token(self):
        actor = self.signed_in(self.firm.handler)
        token = actor.token
        forged = [bytes(32), os.urandom(32), b"", token[:31], token[:16], token[::-1]]
        forged += [token[:i] + bytes([token[i] ^ 1]) + token[i + 1:] for i in range(32)]
        for one in forged:
            self.expect(self.alive(actor, one) == NO_SESSION, "7.2.1/forged", one.hex())
        self.expect(self.alive(actor) == "through", "7.2.1/own", "")
        web = self.web(actor)
        cookie = web.cookies["__Host-session"]
        for odd in (cookie[:-1], cookie + "A", cookie.swapcase(), "", "null", "0", cookie[::-1]):
            other = self.web()
            other.cookies["__Host-session"] = odd
            page = other.get("/people")
            self.expect(page.url.startswith("/sign-in"), "7.2.1/cookie", f"{odd!r}: {page.url}")

    def asvs_7_2_2_tokens_are_made_at_sign_in_and_for_one_life_of_core(self):
        actor = self.signed_in(self.firm.handler)
        again = self.signed_in(self.firm.handler)
        self.expect(actor.token != again.token and actor.csrf != again.csrf, "7.2.2/each its own")
        on_disk = b"".join(p.read_bytes() for p in (self.box.folder / "state").rglob("*")
                           if p.is_file())
        self.expect(actor.token not in on_disk, "7.2.2/not on the disk")
        self.box.programs["core"].kill()
        self.box.programs["core"].wait_ready()
        appliance.wait_for(lambda: self.box.state() == "Operational", 60, "core")
        actor.channel = None
        self.expect(self.alive(actor) == NO_SESSION, "7.2.2/after a restart")
        for one in (self.firm.responsible, self.firm.rights, self.firm.auditor, self.firm.handler):
            one.channel = None
            one.sign_in()
            self.tokens.append(one.token)

    def asvs_7_2_3_tokens_are_random_and_long(self):
        self.expect(all(len(token) == 32 for token in self.tokens), "7.2.3/256 bits")
        self.expect(len(set(self.tokens)) == len(self.tokens) >= 20, "7.2.3/unique",
                    len(self.tokens))
        ones = sum(bin(byte).count("1") for token in self.tokens for byte in token)
        bits = 256 * len(self.tokens)
        # Five standard deviations of a fair coin.
        self.expect(abs(ones - bits / 2) < 2.5 * bits ** 0.5, "7.2.3/balanced", f"{ones}/{bits}")
        pieces = [token[i:i + 4] for token in self.tokens for i in range(0, 32, 4)]
        self.expect(len(set(pieces)) == len(pieces), "7.2.3/no piece twice")
        self.ctx.note("tokens", len(self.tokens))

    def asvs_7_2_4_signing_in_gives_a_new_token_and_ends_the_browsers_old_one(self):
        web = self.web(self.firm.handler)
        first = web.cookies["__Host-session"]
        page = web.get("/sign-in")
        web.submit(page.form("/sign-in"), {
            "login": self.firm.handler.login, "password": self.firm.handler.password.decode(),
            "code": self.firm.handler.device.code()})
        second = web.cookies["__Host-session"]
        self.expect(first != second, "7.2.4/new")
        old = self.web()
        old.cookies["__Host-session"] = first
        self.expect(old.get("/people").url.startswith("/sign-in"), "7.2.4/the old one ended")
        self.expect(web.get("/people").url == "/people", "7.2.4/the new one goes on")
        # Fixation: what somebody else has put into the browser is never what it gets.
        planted = "A" * 43
        victim = self.web()
        victim.cookies["__Host-session"] = planted
        page = victim.get("/sign-in")
        victim.submit(page.form("/sign-in"), {
            "login": self.firm.handler.login, "password": self.firm.handler.password.decode(),
            "code": self.firm.handler.device.code()})
        self.expect(victim.cookies["__Host-session"] != planted, "7.2.4/fixation")
        # Re-authentication gives a grant for one act, and the session no more than it had.
        actor = self.signed_in(self.firm.handler)
        actor.step_up("kReveal", self.people[:1])
        self.expect(outcome(actor, "ChangePassword", auth=actor.auth, password=actor.password)
                    == NO_GRANT, "7.2.4/a grant is no higher session")

    # ---- 7.3 timeout

    def asvs_7_3_1_what_is_not_used_ends(self):
        clerk, admin = self.signed_in(self.firm.handler), self.signed_in(self.firm.responsible)
        self.pass_by(ADMIN_IDLE_S - 20)
        self.expect((self.alive(clerk), self.alive(admin)) == ("through",) * 2, "7.3.1/in time")
        self.pass_by(ADMIN_IDLE_S + 1)
        self.expect((self.alive(clerk), self.alive(admin)) == ("through", EXPIRED),
                    "7.3.1/administrators first")
        self.pass_by(IDLE_S + 1)
        self.expect(self.alive(clerk) == EXPIRED, "7.3.1/idle")
        self.expect(any(e["event"] == "session.expired" for e in self.entries()), "7.3.1/log")
        self.everybody()

    def asvs_7_3_2_what_is_used_all_day_ends_too(self):
        clerk, admin = self.signed_in(self.firm.handler), self.signed_in(self.firm.responsible)
        passed, step = 0, ADMIN_IDLE_S - 20
        ended = {}
        while passed < ABSOLUTE_S + step:
            self.machine.pass_by(boot=step)
            passed += step
            for name, actor in (("clerk", clerk), ("admin", admin)):
                if self.alive(actor) != "through":
                    ended.setdefault(name, passed)
        for name, most in (("clerk", ABSOLUTE_S), ("admin", ADMIN_ABSOLUTE_S)):
            self.expect(most <= ended.get(name, 0) < most + step + 60, f"7.3.2/{name}", ended)
        self.pass_by(0)
        self.everybody()

    # ---- 7.4 termination

    def asvs_7_4_1_after_signing_out_nothing_goes(self):
        actor = self.signed_in(self.firm.handler)
        grant = actor.step_up("kReveal", self.people[:1])
        actor.act("SignOut")
        self.expect(self.alive(actor) == NO_SESSION, "7.4.1/token")
        self.expect(outcome(actor, "Reveal", auth=actor.auth, grant=grant, person=self.people[0])
                    == NO_SESSION, "7.4.1/grant")
        web = self.web(self.firm.handler)
        cookie = web.cookies["__Host-session"]
        page = web.get("/people")
        self.expect("no-store" in page.headers["Cache-Control"], "7.4.1/not kept by the browser")
        web.submit(page.form("/sign-out"))
        self.expect("__Host-session" not in web.cookies, "7.4.1/cookie")
        web.cookies["__Host-session"] = cookie
        self.expect(web.get("/people").url.startswith("/sign-in"), "7.4.1/page")

    def asvs_7_4_2_stopping_an_account_ends_its_sessions_at_once(self):
        gone = self.firm.invite("yameta")
        sessions = [self.signed_in(gone) for _ in range(3)]
        account = self.account("yameta")
        began = time.monotonic()
        self.firm.responsible.act("DisableAccount", account=account)
        seen = [self.alive(one) for one in sessions]
        took = time.monotonic() - began
        self.expect(seen == [NO_SESSION] * 3, "7.4.2/all", seen)
        self.ctx.note("stopped_in_ms", round(1000 * took))
        self.expect(took < 1, "7.4.2/within a second", took)
        got = outcome(gone, "SignIn", login=gone.login, password=gone.password, code=gone.code())
        self.expect(got == ("kDenied", "credentials"), "7.4.2/no way back", got)

    def asvs_7_4_3_another_factor_ends_all_other_sessions(self):
        owner = self.firm.invite("kaeru").sign_in()
        for change in (self.new_password, self.new_app):
            others = [self.signed_in(owner) for _ in range(2)]
            change(owner)
            seen = [self.alive(one) for one in others]
            self.expect(seen == [NO_SESSION] * 2 and self.alive(owner) == "through",
                        f"7.4.3/{change.__name__}", seen)

    @staticmethod
    def new_password(owner):
        grant = owner.step_up("kChangePassword")
        owner.password = owner.password + b"-2"
        owner.act("ChangePassword", grant=grant, password=owner.password)

    def new_app(self, owner):
        secret = owner.act("BeginAuthenticator",
                           grant=owner.step_up("kReplaceAuthenticator"))["totp_secret"]
        owner.device = web_client.Authenticator(
            web_client.base64.b32encode(secret).decode(), self.box.clock)
        owner.act("FinishAuthenticator", code=owner.code())

    def asvs_7_4_4_every_page_has_its_way_out(self):
        for actor in (self.firm.handler, self.firm.responsible):
            web = self.web(actor)
            for path in PAGES:
                page = web.get(path)
                if page.status == 403:
                    continue  # not this role's
                self.expect(page.status == 200 and any(f.action == "/sign-out" for f in page.forms),
                            f"7.4.4/{path}", page.status)

    def asvs_7_4_5_others_can_end_sessions(self):
        owner = self.firm.invite("yakugae").sign_in()
        account = self.account("yakugae")
        self.firm.responsible.agreed("ChangeRole", self.firm.rights, account=account,
                                     role="kViewer")
        self.expect(self.alive(owner) == NO_SESSION, "7.4.5/another role")
        owner.sign_in()
        self.box.console(self.box.menu_choice("Seal"), "yes")
        self.box.unlock()
        owner.channel = None
        self.expect(self.alive(owner) == NO_SESSION, "7.4.5/sealing ends everybody's")
        self.everybody()

    # ---- 7.5 abuse of a session

    def asvs_7_5_1_own_factors_take_a_re_authentication(self):
        actor = self.signed_in(self.firm.handler)
        for request in OWN_FACTORS:
            fields = {"password": actor.password} if request == "ChangePassword" else {}
            got = outcome(actor, request, auth=actor.auth, **fields)
            self.expect(got == NO_GRANT, f"7.5.1/{request}", got)
            other = "kSetMail" if request != "SetMail" else "kChangePassword"
            got = outcome(actor, request, auth=actor.auth, grant=actor.step_up(other), **fields)
            self.expect(got == NO_GRANT, f"7.5.1/{request} with another's grant", got)

    def asvs_7_5_2_people_see_and_end_their_own_sessions(self):
        one, two = self.signed_in(self.firm.handler), self.signed_in(self.firm.handler)
        rows = one.read("GetMyAccount")["sessions"]
        self.expect(len(rows) >= 2 and sum(r["current"] for r in rows) == 1, "7.5.2/list", rows)
        current = next(r["id"] for r in two.read("GetMyAccount")["sessions"] if r["current"])
        got = outcome(self.firm.auditor, "EndMySession", auth=self.firm.auditor.auth,
                      session=current)
        self.expect(got == ("kNotFound", "session_row"), "7.5.2/not another's", got)
        one.act("EndMySession", session=current)
        self.expect((self.alive(one), self.alive(two)) == ("through", NO_SESSION), "7.5.2/one")
        two = self.signed_in(self.firm.handler)
        one.act("EndMySession")
        self.expect((self.alive(one), self.alive(two)) == ("through", NO_SESSION), "7.5.2/all")
        # Nine people at once are one person's eight sessions: the longest unused one ends.
        many = [self.signed_in(self.firm.handler) for _ in range(8)]
        self.expect((self.alive(one), self.alive(many[-1])) == (NO_SESSION, "through"),
                    "7.5.2/at most eight")
        self.firm.handler.sign_in()

    def asvs_7_5_3_what_matters_takes_a_re_authentication_each_time(self):
        actor = self.signed_in(self.firm.handler)
        reveal = {"auth": actor.auth, "person": self.people[0]}
        self.expect(outcome(actor, "Reveal", **reveal) == NO_GRANT, "7.5.3/without")
        grant = actor.step_up("kReveal", self.people[:1])
        other = self.signed_in(self.firm.handler)
        got = outcome(other, "Reveal", auth=other.auth, person=self.people[0], grant=grant)
        self.expect(got == NO_GRANT, "7.5.3/of another session", got)
        got = outcome(actor, "Reveal", auth=actor.auth, person=self.people[1], grant=grant)
        self.expect(got == NO_GRANT, "7.5.3/for somebody else", got)
        self.expect(outcome(actor, "Reveal", **reveal, grant=grant) == "through", "7.5.3/right")
        got = outcome(actor, "Reveal", **reveal, grant=grant)
        self.expect(got != "through", "7.5.3/twice", got)
        grant = actor.step_up("kReveal", self.people[:1])
        self.pass_by(GRANT_S + 1)
        got = outcome(actor, "Reveal", **reveal, grant=grant)
        self.expect(got == NO_GRANT, "7.5.3/too late", got)
        for request, who in (("ExportLog", self.firm.auditor),
                             ("ApproveProposal", self.firm.rights),
                             ("ExecuteProposal", self.firm.responsible),
                             ("ApproveDisposal", self.firm.responsible)):
            self.expect(request in STEP_UP_FOR, "7.5.3/in the table", request)
            got = outcome(who, request, auth=who.auth)
            self.expect(got == NO_GRANT, f"7.5.3/{request}", got)

    # ---- 3.3 cookies

    def asvs_3_3_cookies_are_for_this_site_and_no_script(self):
        web = self.web()
        page = web.get("/sign-in")
        fields = dict(page.form("/sign-in").values())
        fields.update(login=self.firm.handler.login, code=self.firm.handler.device.code(),
                      password=self.firm.handler.password.decode())
        answer = web.request("POST", "/sign-in", web_client.urllib.parse.urlencode(fields).encode(),
                             "application/x-www-form-urlencoded")
        cookies = answer.headers.get_all("Set-Cookie") or []
        self.expect(any(c.startswith("__Host-session=") for c in cookies), "3.3/given")
        for cookie in cookies:
            words = [word.strip().lower() for word in cookie.split(";")[1:]]
            name = cookie.split("=")[0]
            self.expect(name.startswith("__Host-") and "secure" in words and "path=/" in words
                        and "httponly" in words and "samesite=strict" in words
                        and not any(w.startswith("domain") for w in words), f"3.3/{name}", words)

    def everybody(self):
        for one in (self.firm.responsible, self.firm.rights, self.firm.auditor, self.firm.handler):
            one.channel = None
            one.sign_in()
            self.tokens.append(one.token)


def run(ctx):
    names = sorted((name for name in dir(Lines) if name.startswith("asvs_")),
                   key=lambda name: "7_2_3" in name)  # when all tokens have been seen
    for _ in range(ctx.points):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-sessions-"))
        machine = time_machine.TimeMachine(folder, ctx.build_dir)
        box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap())
        box.wrap_again = machine.wrap()
        try:
            with box, machine.codes_at_once():
                lines = Lines(ctx, box, machine)
                for name in names:
                    lines.pass_by(60)
                    try:
                        getattr(lines, name)()
                    except (ipc.IpcError, ipc.Closed, LookupError, ValueError) as error:
                        ctx.failed(name, f"{type(error).__name__}: {error}")
        finally:
            box.remove()
    ctx.note("lines", len({re.match(r"asvs_(\d_\d(_\d)?)", name).group(1) for name in names}))
