"""Each way into a corner has a way out that was tried: at the console, by two people.

Lost factors of everybody who decides; nobody left who could agree on rights; a mail relay that
takes nothing; a clock that was years ahead; a certificate that is over; names that look alike.
Through the console's own menu, the pages and messages of a whole appliance. Zones that let nobody
in and a wrong PIN are in the campaigns access and faults. A point is one round of everything.
"""

import hashlib
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import time
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import log_files
import time_machine
import web_client

CI_POINTS = 1
CI_SECONDS = 120
AHEAD = 2 * 366 * 86_400  # more than a certificate lives
MAIL_USER = "nobody"


def shown_by(port):
    """The pages' certificate: its digest, and when it is over."""
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    text = subprocess.run(["openssl", "x509", "-noout", "-dates"], input=pem.encode(), check=True,
                          capture_output=True).stdout.decode()
    first, last = (ssl.cert_time_to_seconds(date) for date in re.findall("=(.*)", text))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest(), first, last


class WaysOut:
    def __init__(self, ctx, box, machine):
        self.ctx = ctx
        self.box = box
        self.machine = machine
        self.firm = actors.Firm(box, ipc.Schema())
        self.expect = ctx.expect

    def entries(self, event):
        return [e for e in log_files.entries(self.box.folder / "state/log") if e["event"] == event]

    def rescue(self, login, first, second, name="", manager=False, pin=None):
        """What the console says to it."""
        answers = [login, name, *(["yes" if manager else "no"] if name else [])]
        for one in (first, second):
            answers += [one.login, one.password.decode(), one.device.code()]
        return self.box.console(self.box.menu_choice("Rescue an account"), *answers,
                                pin or self.box.pin)

    def key(self, said, login):
        found = re.search(rf"^  {login}: ([A-Z2-7-]+)$", said, re.M)
        self.expect(found, f"a key for {login}", said[-300:])
        return found.group(1)

    def alive(self, actor):
        try:
            actor.read("GetDashboard")
            return True
        except ipc.IpcError:
            return False

    # ---- lost factors

    def every_factor_is_lost(self):
        firm = self.firm
        lost = firm.responsible
        said = self.rescue("sekinin", firm.auditor, firm.auditor)
        self.expect("DENIED" in said.upper() or "!" in said, "one person is not two", said[-300:])
        said = self.rescue("sekinin", firm.auditor, firm.handler, pin="0000000000")
        self.expect("sekinin: " not in said, "not without the PIN", said[-300:])
        self.expect(self.alive(lost), "nothing has happened so far")
        said = self.rescue("sekinin", firm.auditor, firm.handler)
        key = self.key(said, "sekinin")
        self.expect(not self.alive(lost), "what was open is closed")
        firm.responsible = actors.Actor(self.box, firm.schema, "sekinin").enrol(key).sign_in()
        self.expect(self.alive(firm.responsible), "and in again")
        self.expect(len(self.entries("rescue.agreed")) >= 2 and self.entries("account.rescued"),
                    "both are in the log")
        firm.invite("ato")  # rights as before

    def recovery_codes_serve_at_the_console(self):
        owner = self.firm.handler
        codes = owner.act("MakeRecoveryCodes", grant=owner.step_up("kMakeRecoveryCodes"))["codes"]
        said = self.box.console(
            self.box.menu_choice("Rescue an account"), "kengen", "", self.firm.auditor.login,
            self.firm.auditor.password.decode(), self.firm.auditor.device.code(), owner.login,
            owner.password.decode(), codes[0].decode(), self.box.pin)
        key = self.key(said, "kengen")
        self.firm.rights = actors.Actor(self.box, self.firm.schema, "kengen").enrol(key).sign_in()

    # ---- the relay

    def relay_takes_nothing(self):
        """Who has forgotten a password is not held up by a mail that does not leave."""
        firm = self.firm
        owner = firm.invite("wasureta").sign_in()
        owner.act("SetMail", grant=owner.step_up("kSetMail"), mail="wasureta@example.jp")
        owner.call("RequestReminder", login="wasureta")
        self.expect(not self.entries("mail.sent"), "nothing has left")
        key = self.key(self.rescue("wasureta", firm.auditor, firm.handler), "wasureta")
        again = actors.Actor(self.box, firm.schema, "wasureta").enrol(key).sign_in()
        self.expect(self.alive(again), "in again without any mail")

    # ---- nobody is left

    def everybody_who_decides_has_gone(self):
        firm = self.firm
        made = {}
        for login, name, manager in (("shin.sekinin", "検証用 新任の責任者", False),
                                     ("shin.kengen", "検証用 新任の管理者", True)):
            said = self.rescue(login, firm.auditor, firm.handler, name, manager)
            made[login] = actors.Actor(self.box, firm.schema, login).enrol(
                self.key(said, login)).sign_in()
        responsible, manager = made.values()
        rows = {r["login"]: r for r in responsible.read("ListAccounts")["rows"]}
        self.expect(rows["shin.kengen"]["role"] == "kRightsManager", "roles", rows)
        for gone in ("sekinin", "kengen"):
            responsible.agreed("DisableAccount", manager, account=rows[gone]["id"])
        fresh = responsible.invite(manager, "saisho").sign_in()
        self.expect(self.alive(fresh), "rights go on without those who went")
        firm.responsible, firm.rights = responsible, manager

    # ---- the clock

    def renew(self):
        said = self.box.console(self.box.menu_choice("Renew the certificate"), self.box.pin)
        digest, first, last = shown_by(self.box.port)
        self.expect(digest.upper() in said.replace(":", ""), "the console says which", said[-300:])
        return digest, first, last

    def clock_was_years_ahead(self):
        firm = self.firm
        before = self.machine.wall
        self.machine.pass_by(wall=AHEAD)
        now = time.time() + self.machine.wall
        self.expect(shown_by(self.box.port)[2] < now, "the certificate is over")
        self.expect(self.renew()[2] > now, "another one, of that time")
        for one in (firm.responsible, firm.auditor, firm.handler):
            one.sign_in()
        spare = firm.invite("yobi", "kAuditor").sign_in()
        codes = {}
        for one in (firm.auditor, firm.handler):
            reply = one.act("MakeRecoveryCodes", grant=one.step_up("kMakeRecoveryCodes"))
            codes[one.login] = reply["codes"]
        self.machine.set_wall(before)
        appliance.wait_for(lambda: self.box.state() == "Sealed", 60, "the seal")
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin, "yes")
        self.expect("Unlocked." in said, "opened with the clock as it is now", said[-300:])
        now = time.time() + self.machine.wall
        self.expect(shown_by(self.box.port)[1] > now and self.renew()[1] <= now,
                    "a certificate of the future is renewed as well")
        spare.device.last = 0
        spare.channel = None
        try:
            spare.sign_in()
            self.ctx.failed("clock", "a code before the last one was taken")
        except ipc.IpcError as error:
            self.expect(error.code == "kDenied", "codes of the future are used up", error)
        two = []
        for one in (firm.auditor, firm.handler):
            two += [one.login, one.password.decode(), codes[one.login][0].decode()]
        said = self.box.console(self.box.menu_choice("Rescue an account"), "yobi", "", *two,
                                self.box.pin)
        again = actors.Actor(self.box, firm.schema, "yobi").enrol(self.key(said, "yobi")).sign_in()
        self.expect(self.alive(again), "the way out")
        # The two themselves go in by a recovery code and set up their apps again.
        for one in (firm.auditor, firm.handler):
            one.channel = None
            reply = one.call("SignIn", login=one.login, password=one.password,
                             code=codes[one.login][1])
            one.token, one.csrf = reply["token"], reply["csrf"]
            grant = one.act("StepUp", password=one.password, code=codes[one.login][2],
                            act="kReplaceAuthenticator")["grant"]
            secret = one.act("BeginAuthenticator", grant=grant)["totp_secret"]
            one.device = web_client.Authenticator(
                web_client.base64.b32encode(secret).decode(), self.box.clock)
            one.act("FinishAuthenticator", code=one.code())
            one.sign_in()

    # ---- the certificate

    def certificate_is_renewed(self):
        before = shown_by(self.box.port)[0]
        said = self.box.console(self.box.menu_choice("Renew the certificate"), "0000000000")
        self.expect(shown_by(self.box.port)[0] == before, "not without the PIN", said[-300:])
        after = self.renew()[0]
        self.expect(after != before, "another one")
        self.expect(self.box.fingerprint() == after, "the command too")
        self.expect(len(self.entries("certificate.renewed")) == 1, "in the log")

    # ---- names that look alike

    def names_that_look_alike_are_one_person(self):
        firm = self.firm
        firm.invite("gamou", "kViewer")
        rows = {r["login"]: r for r in firm.responsible.read("ListAccounts")["rows"]}
        name = rows["gamou"]["name"]
        twins = {"ga.zenkaku": name.replace("gamou", "ｇａｍｏｕ"), "ga.kuhaku": name + "　",
                 "ga.oomoji": name.upper()}
        for login, twin in twins.items():
            firm.responsible.agreed("InviteAccount", firm.rights, login=login, name=twin,
                                    role="kViewer",
                                    designation=actors.designation(self.box.clock))
        rows = {r["login"]: r for r in firm.responsible.read("ListAccounts")["rows"]}
        for login in ("gamou", *twins):
            self.expect(rows[login]["second"], f"{login} counts as the same person", rows[login])
        # A login is ASCII: what looks like one and is not, is refused; there are no twins.
        for odd in ("ｇａｍｏｕ", "gamоu", "gamou\u200b", "GAMOU"):
            try:
                firm.responsible.act("InviteAccount", login=odd, name="検証用 別人", role="kViewer",
                                    designation=actors.designation(self.box.clock))
                self.ctx.failed("logins", f"{odd!r} was taken")
            except ipc.IpcError as error:
                self.expect((error.code, error.field) in (("kInvalid", "login"),
                                                          ("kDuplicate", "login")),
                            f"login {odd!r}", error)
        # Composed, decomposed and half-width letters are one name.
        kana = {"kana.nfc": "ガモウ", "kana.nfd": unicodedata.normalize("NFD", "ガモウ"),
                "kana.hankaku": "ｶﾞﾓｳ"}
        for login, text in kana.items():
            firm.responsible.agreed("InviteAccount", firm.rights, login=login, name=text,
                                    role="kViewer",
                                    designation=actors.designation(self.box.clock))
        rows = {r["login"]: r for r in firm.responsible.read("ListAccounts")["rows"]}
        for login in kana:
            self.expect(rows[login]["second"], f"{login} counts as the same person", rows[login])


def run(ctx):
    for _ in range(ctx.points):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-ways-out-"))
        machine = time_machine.TimeMachine(folder, ctx.build_dir)
        box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap(), settings={
            "users": {"mail": MAIL_USER},
            "mail": {"relay": f"127.0.0.1:{appliance.free_port()}", "name": "relay.example",
                     "from": "kagikura@mail.example"}})  # where nobody listens
        try:
            with box, machine.codes_at_once():
                ways = WaysOut(ctx, box, machine)
                for way in (ways.every_factor_is_lost, ways.recovery_codes_serve_at_the_console,
                            ways.everybody_who_decides_has_gone, ways.certificate_is_renewed,
                            ways.names_that_look_alike_are_one_person,
                            ways.relay_takes_nothing, ways.clock_was_years_ahead):
                    for actor in (ways.firm.responsible, ways.firm.rights, ways.firm.auditor,
                                  ways.firm.handler):
                        actor.channel = None
                        actor.sign_in()
                    try:
                        way()
                    except (ipc.IpcError, AttributeError, RuntimeError) as error:
                        ctx.failed(way.__name__, f"{type(error).__name__}: {error}")
        finally:
            box.remove()
