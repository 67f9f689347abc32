"""Mail to a site's relay, read where it arrives: addresses that are confirmed, new devices, codes,
forgotten passwords; a relay that is down, says later, refuses, or is another.

A point is one round of everything. The relay is aiosmtpd; the program that sends runs as a user of
its own, in its sandbox.
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import log_files
import relay as relays
import time_machine

CI_POINTS = 1
CI_SECONDS = 300
USER = "nobody"
LATER_S = 3600  # more than the longest rest between two tries


def refused(call, *error):
    try:
        call()
    except ipc.IpcError as found:
        return (found.code, found.field) == error
    return False


def text_of(mail):
    return mail.get_content()


def secret_of(mail):
    return re.search(r"^  (\S+)\s*$", text_of(mail), re.M).group(1)


class Mailer(appliance.Program):
    """kagikura-mail as a user who may do nothing else."""

    def __init__(self, box, authority):
        public = box.folder / "public"
        public.mkdir()
        shutil.copy(box.bin / "kagikura-mail", public)
        shutil.copy(authority / "ca.pem", public)
        shutil.copy(box.config_path, public)
        for path in (box.folder, public, box.folder / "run", box.folder / "run/console",
                     box.folder / "logs"):
            os.chmod(path, 0o711)
        for path in public.iterdir():
            os.chmod(path, 0o755)
        super().__init__(
            "mail", ["setpriv", f"--reuid={USER}", "--regid=nogroup", "--clear-groups",
                     str(public / "kagikura-mail"), "--config", str(public / "kagikura.toml"),
                     "--authorities", str(public / "ca.pem")],
            box.environment("mail"), box.folder / "logs")
        os.chmod(self.notify_path, 0o666)


class Round:
    def __init__(self, ctx, box, machine, relay):
        self.ctx = ctx
        self.box = box
        self.machine = machine
        self.relay = relay
        self.schema = ipc.Schema()
        self.firm = actors.Firm(box, self.schema)
        self.owner = self.firm.auditor

    def expect(self, condition, name, why=""):
        self.ctx.expect(bool(condition), name, why)

    def other_connection(self):
        return actors.Actor(self.box, self.schema, self.owner.login, "127.0.0.77")

    def address(self):
        owner = self.owner
        for bad in ("nobody", "a b@c.example", "a@b@c", "a@b> RCPT TO:<x@y"):
            self.expect(refused(lambda bad=bad: owner.act(
                "SetMail", grant=owner.step_up("kSetMail"), mail=bad), "kInvalid", "mail"),
                "an odd address is refused", bad)
        owner.act("SetMail", grant=owner.step_up("kSetMail"), mail="kansa@example.jp", codes=True)
        mail = self.relay.wait("メールアドレスの確認")
        code = secret_of(mail)
        self.expect(mail.recipients == ["kansa@example.jp"], "it goes there", mail.recipients)
        self.expect(not mail.defects and mail["auto-submitted"] == "auto-generated", "well-formed",
                    mail.defects)
        self.expect(re.fullmatch(r"\d{8}", code), "a code of eight digits")
        self.expect(owner.read("GetMyAccount")["mail"] == "", "not before it is confirmed")
        wrong = f"{(int(code) + 1) % 10**8:08d}".encode()
        self.expect(refused(lambda: owner.act("ConfirmMail", code=wrong), "kInvalid", "mail_code"),
                    "a wrong code")
        owner.act("ConfirmMail", code=code.encode())
        mine = owner.read("GetMyAccount")
        self.expect(mine["mail"] == "kansa@example.jp" and mine["mail_codes"], "confirmed", mine)
        self.expect(refused(lambda: owner.act("ConfirmMail", code=code.encode()), "kExpired",
                            "mail_code"), "once")

    def devices(self):
        self.owner.sign_in()
        mail = self.relay.wait("新しい端末")
        self.expect("127.0.0.1" in text_of(mail) and "kansa" in text_of(mail),
                    "a new device is told by mail", text_of(mail))

    def codes(self):
        other = self.other_connection()
        ask = {"login": self.owner.login, "password": self.owner.password}
        other.call("RequestMailCode", **ask)
        code = secret_of(self.relay.wait("サインイン用コード"))
        wrong = {"login": self.owner.login, "password": b"not the password of anybody"}
        self.expect(refused(lambda: other.call("SignIn", **wrong, code=code.encode()), "kDenied",
                            "credentials"), "a code alone is nothing")
        reply = other.call("SignIn", **ask, code=f" {code[:4]} {code[4:]}".encode())
        other.token, other.csrf = reply["token"], reply["csrf"]
        sessions = other.read("GetMyAccount")["sessions"]
        self.expect(any(s["assurance"] == "kMail" and s["current"] for s in sessions),
                    "a session that says by what", sessions)
        self.expect(refused(lambda: other.call("SignIn", **ask, code=code.encode()), "kDenied",
                            "credentials"), "a code is good once")
        self.expect("rows" in other.read("ListAccounts"), "it may look")
        other.password, other.device = self.owner.password, self.owner.device
        for act, request in (("kChangePassword", "ChangePassword"), ("kExportLog", "ExportLog"),
                             ("kReplaceAuthenticator", "BeginAuthenticator"),
                             ("kSetMail", "SetMail")):
            more = {"password": other.password} if request == "ChangePassword" else {}
            self.expect(refused(lambda r=request, a=act, m=more: other.act(
                r, grant=other.step_up(a), **m), "kDenied", "assurance"), f"but not {request}")
        # Of somebody who has not chosen it, and of nobody: one answer each, and no mail.
        self.expect(refused(lambda: other.call("RequestMailCode", login="kensho-nobody",
                                               password=wrong["password"]), "kDenied",
                            "credentials")
                    and refused(lambda: other.call("RequestMailCode", **wrong), "kDenied",
                                "credentials"), "unknown names hear what wrong passwords hear")
        handler = self.firm.handler
        answer = handler.call("RequestMailCode", login=handler.login, password=handler.password)
        self.expect(answer == other.call("RequestMailCode", **ask), "one answer for all")

    def reminder(self):
        other = self.other_connection()
        answers = [other.call("RequestReminder", login=login)
                   for login in ("kensho-nobody", self.firm.handler.login, self.owner.login)]
        self.expect(answers[0] == answers[1] == answers[2], "one answer for all", answers)
        mail = self.relay.wait("パスワードの再設定")
        key = secret_of(mail).encode()
        self.expect("https://localhost/reminder/finish" in text_of(mail), "where to go")
        new = b"another long and odd test password"
        change = {"login": self.owner.login, "key": key, "password": new}
        self.expect(refused(lambda: other.call("ResetPassword", **change, code=b"000000"),
                            "kDenied", "credentials"), "the key alone opens nothing")
        for odd in ({"login": "kensho-nobody"}, {"key": key[::-1]}):
            self.expect(refused(lambda odd=odd: other.call(
                "ResetPassword", **{**change, **odd}, code=self.owner.code()), "kDenied",
                "credentials"), "nor a code without it", odd)
        other.call("ResetPassword", **change, code=self.owner.code())
        self.relay.wait("サインインの方法")
        self.expect(refused(lambda: self.owner.read("GetDashboard"), "kDenied", "session"),
                    "sessions end")
        self.expect(refused(lambda: other.call("ResetPassword", **change, code=self.owner.code()),
                            "kDenied", "credentials"), "once")
        self.owner.password = new
        self.owner.sign_in()
        self.relay.wait("新しい端末")
        self.machine.pass_by(boot=LATER_S)
        self.owner.sign_in()
        self.relay.wait("新しい端末")
        for _ in range(6):
            other.call("RequestReminder", login=self.owner.login)
        self.relay.wait("パスワードの再設定")
        time.sleep(3)
        count = sum("再設定" in m["subject"] for m in self.relay.arrived) + 1
        self.expect(count == 2, "three reminders in all, then a rest", count)
        self.relay.arrived.clear()

    # ---- the relay

    def sign_in_quickly(self, name):
        began = time.monotonic()
        self.owner.sign_in()
        took = time.monotonic() - began
        self.expect(took < 3, f"{name}: a sign-in does not wait", f"{took:.1f} s")

    def hours_later(self):
        self.machine.pass_by(boot=LATER_S)
        with ipc.Channel.connect(self.schema, "ConsoleCore",
                                 self.box.folder / "run/console/socket") as console:
            appliance.wait_for(lambda: console.call("GetStatus")["hsm_ok"], 60, "the HSM")

    def enrolment(self):
        """A key that only its mailbox sees, decided on by two who see where it goes."""
        responsible, rights = self.firm.responsible.sign_in(), self.firm.rights.sign_in()
        login = "yubin"
        invitation = {"login": login, "name": "検証用 郵便", "role": "kAuditor"}
        self.expect(refused(lambda: responsible.act(
            "InviteAccount", **invitation, mail="a@b> RCPT TO:<x@y"), "kInvalid", "mail"),
            "an odd address is refused")
        proposal = responsible.act("InviteAccount", **invitation,
                                   mail="shinjin@example.jp")["proposal"]
        told = rights.read("GetProposal", proposal=proposal)
        self.expect(told["mail"] == "shinjin@example.jp", "who agrees sees where it goes", told)
        rights.approve(proposal)
        early = [m for m in self.relay.arrived if "利用登録" in m["subject"]]
        self.expect(not early, "nothing before it is decided")
        reply = responsible.execute(proposal)
        self.expect(not reply["enrolment_key"], "the key is told to nobody else")
        mail = self.relay.wait("利用登録のお知らせ")
        text = text_of(mail)
        self.expect(mail.recipients == ["shinjin@example.jp"], "it goes there", mail.recipients)
        self.expect(login in text and "https://localhost/enrolment" in text, "where to go", text)
        fresh = actors.Actor(self.box, self.schema, login, "127.0.0.78")
        fresh.enrol(secret_of(mail)).sign_in()
        self.expect(refused(lambda: fresh.enrol(secret_of(mail)), "kNotFound", "key"), "once")

    def troubles(self, stranger):
        self.relay.stop()
        self.sign_in_quickly("down")
        self.box.programs["core"].kill()
        self.box.programs["core"].wait_ready()
        os.chmod(self.box.folder / "run/console/socket", 0o666)
        appliance.wait_for(lambda: self.box.state() == "Operational", 60, "core")
        self.relay.start(stranger)
        tries = self.relay.tries
        self.hours_later()
        appliance.wait_for(lambda: "not_sent" in self.box.logs()["mail"], 60, "a try")
        time.sleep(2)
        self.expect(self.relay.tries == tries and not self.relay.arrived,
                    "a relay of another authority gets nothing")
        self.relay.stop()
        self.relay.start()
        self.hours_later()
        self.relay.wait("新しい端末", 60)
        self.expect(True, "what waited over a restart of core arrives")
        self.relay.answer = "451 try again later"
        self.owner.connect()
        self.sign_in_quickly("later")
        appliance.wait_for(lambda: self.relay.tries > tries + 1, 60, "a try")
        self.relay.answer = "250 OK"
        self.hours_later()
        self.relay.wait("新しい端末", 60)
        self.relay.answer = "550 no such person"
        self.owner.connect()
        self.sign_in_quickly("refused")
        log = self.box.folder / "state/log"
        appliance.wait_for(lambda: any(e["event"] == "mail.given_up"
                                       for e in log_files.entries(log)), 60, "the log says so")
        sent = [e for e in log_files.entries(log) if e["event"] == "mail.sent"]
        self.expect(len(sent) >= 8, "each one is in the log", len(sent))
        self.relay.answer = "250 OK"


def everything(ctx, box, folder, machine):
    own = relays.authority(folder / "ca")
    stranger = relays.authority(folder / "stranger")
    relay = relays.Relay(box.relay_port, own).start()
    box.prepare()
    box.start(["hsm", "audit", "core"])
    mailer = Mailer(box, own)
    os.chmod(box.folder / "run/console/socket", 0o666)
    box.programs["mail"] = mailer
    mailer.start()
    mailer.wait_ready()
    try:
        with machine.codes_at_once():
            one = Round(ctx, box, machine, relay)
            one.address()
            one.devices()
            one.codes()
            one.reminder()
            one.enrolment()
            one.troubles(stranger)
    finally:
        relay.stop()


def run(ctx):
    for _ in range(ctx.points):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-mail-"))
        machine = time_machine.TimeMachine(folder, ctx.build_dir)
        port = appliance.free_port()
        box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap(), settings={
            "users": {"mail": USER},
            "mail": {"relay": f"127.0.0.1:{port}", "name": relays.NAME,
                     "from": "kagikura@mail.example"}})
        box.relay_port = port
        box.wrap_again = machine.wrap()
        try:
            everything(ctx, box, folder, machine)
        finally:
            box.stop()
            box.remove()
