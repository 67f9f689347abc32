"""Desks that need a certificate of the firm's authority, through real acceptor, worker and core.

One block of the handling area wants certificates. From there a browser without one, with one of
another authority, for another use, out of its time, of a system, and one that signs with another
key sees why and gets no further than the sign-in page's notice; with its certificate everything
works as elsewhere, and stops when the certificate's time is over. What else is not touched: other
desks, and other systems. Nobody closes his own place.
"""

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
import web_client

CI_POINTS = 1
CI_SECONDS = 180
DESK = "127.0.0.2"
NOTICE = "会社の認証局の証明書が入った端末"
ROWS = [{"block": "127.0.0.0/8", "zone": "kHandling"},
        {"block": f"{DESK}/32", "zone": "kHandling", "certificate": True}]


def rows(*other):
    return [{"roles": 0, "certificate": False, **row} for row in other or ROWS]


class Desks:
    def __init__(self, ctx, box, machine, issuer):
        self.ctx = ctx
        self.box = box
        self.machine = machine
        self.issuer = issuer
        self.expect = ctx.expect
        self.firm = actors.Firm(box)

    def browser(self, certificate=None, source=DESK):
        return web_client.WebClient(self.box.port, source=source, certificate=certificate)

    def sign_in(self, actor, browser):
        page = browser.get("/sign-in")
        form = page.form("/sign-in")
        return browser.submit(form, {"login": actor.login, "password": actor.password.decode(),
                                     "code": actor.device.code()})

    def entries(self, event):
        return [e for e in log_files.entries(self.box.folder / "state/log") if e["event"] == event]

    def decide(self):
        firm = self.firm
        told = None
        try:
            firm.responsible.act("ProposeZones", rows=rows(
                {"block": "127.0.0.0/8", "zone": "kHandling", "certificate": True}))
        except ipc.IpcError as error:
            told = (error.code, error.field)
        self.expect(told == ("kDenied", "lock_out"), "nobody closes his own place", told)
        firm.responsible.agreed("ProposeZones", firm.rights, rows=rows())

    def without(self):
        bad = {"none": None,
               "another authority": authority.Authority(
                   self.box.folder / "other", "検証用 ほか").issue("desk"),
               "for servers": self.issuer.issue("server", use="serverAuth"),
               "over": self.issuer.issue("over", end="20240101000000Z"),
               "not yet": self.issuer.issue("later", start="20400101000000Z"),
               "a system's": self.enrolled()}
        for name, certificate in bad.items():
            browser = self.browser(certificate)
            page = browser.get("/sign-in")
            self.expect(page.status == 200 and NOTICE in page.visible, f"{name}/notice",
                        page.status)
            page = self.sign_in(self.firm.handler, browser)
            self.expect(page.status == 403 and NOTICE in page.visible, f"{name}/refused",
                        (page.status, page.visible[:200]))
            browser.close()
        opened = self.entries("session.opened")
        self.expect(all(e.get("peer") != DESK for e in opened), "nobody signed in there", opened)
        self.expect(any(e.get("error") == "denied:desk_certificate"
                        for e in self.entries("access.denied")), "the log says why", "")

    def enrolled(self):
        certificate = self.issuer.issue("payroll")
        today = actors.day_of(self.now())
        grant = {"rights": 1, "kinds": 255, "purposes": 2, "first": today, "last": today + 30}
        self.firm.responsible.agreed("EnrolClient", self.firm.rights, login="payroll",
                                     name="検証用 給与", grant=grant,
                                     certificate=certificate[0].read_bytes())
        return certificate

    def stolen(self, certificate):
        """A worker that was taken over says that somebody has shown it."""
        schema = ipc.Schema()
        socket = self.box.folder / "run/web/socket"
        other = self.issuer.issue("thief")
        channel = ipc.admit(schema, socket, DESK)
        told = handshake.present(channel, certificate, other[1])
        self.expect(told == ("kDenied", "handshake"), "stolen/signed with another key", told)
        told = "through"
        try:
            channel.call("GetSession", token=self.firm.handler.token)
        except ipc.IpcError as error:
            told = (error.code, error.field)
        self.expect(told == ("kDenied", "desk_certificate"), "stolen/refused", told)
        channel.close()

    def with_certificate(self):
        certificate = self.issuer.issue("desk", end=self.machine_day(40))
        browser = self.browser(certificate)
        page = browser.get("/sign-in")
        self.expect(page.status == 200 and NOTICE not in page.visible, "own/no notice", page.status)
        page = self.sign_in(self.firm.handler, browser)
        self.expect(page.status == 200, "own/signed in", (page.status, page.visible[:200]))
        page = browser.get("/people")
        self.expect(page.status == 200, "own/people", page.status)
        # The session is nobody's from the same place without the certificate.
        other = self.browser()
        other.cookies = dict(browser.cookies)
        page = other.get("/people")
        self.expect(page.status == 403 and NOTICE in page.visible, "own/session alone",
                    page.status)
        elsewhere = self.browser(source="127.0.0.1")
        page = self.sign_in(self.firm.responsible, elsewhere)
        self.expect(page.status == 200, "another desk needs none", page.status)
        self.stolen(certificate)
        self.machine.pass_by(wall=41 * 86_400)
        page = browser.get("/people")
        self.expect(page.status == 403 and NOTICE in page.visible, "over/refused", page.status)

    def now(self):
        return time.time() + self.machine.wall

    def machine_day(self, days):
        return time.strftime("%Y%m%d000000Z", time.gmtime(self.now() + days * 86_400))


def run(ctx):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-desks-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    issuer = authority.Authority(folder / "authority")
    box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap(),
                              settings={"api": {"client_authority": str(issuer.certificate)}})
    try:
        box.prepare()
        box.start()
        with machine.codes_at_once():
            desks = Desks(ctx, box, machine, issuer)
            desks.decide()
            desks.without()
            desks.with_certificate()
    finally:
        box.stop()
        box.remove()
