"""A one-time code serves once: replayed in 80 ways, none goes through (ASVS 6.5.1, 6.5.5, 6.5.8).

Each variant signs in with a fresh code first, from a network of its own, so that nothing but the
replay itself can be what is refused. Forms that a person may type are shown to work once as well.
Sign-in, re-authentication, enrolment and a new app; at once on many connections; after restarts,
with other clocks. A point is one round of all variants. A core that forgets which codes were used
(planted) must be noticed.
"""

import base64
import copy
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import time_machine
import web_client

CI_POINTS = 1
CI_SECONDS = 400
REFUSED = ("kDenied", "credentials")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
BOLD = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")

# What a person may type for the code; each is the same number.
SPELLINGS = {
    "as it is": lambda c: c,
    **{f"space at {i}": lambda c, i=i: c[:i] + " " + c[i:] for i in range(7)},
    **{f"wide space at {i}": lambda c, i=i: c[:i] + "　" + c[i:] for i in range(7)},
    "spaces all over": lambda c: " ".join(c),
    "full width": lambda c: c.translate(WIDE),
    "half in full width": lambda c: c[:3].translate(WIDE) + c[3:],
    "other half in full width": lambda c: c[:3] + c[3:].translate(WIDE),
    "full width and a space": lambda c: c[:3].translate(WIDE) + " " + c[3:],
}
# What nobody needs to type, and a careless reader might take for the code.
OTHERS = {
    "a zero before": lambda c: "0" + c,
    "two zeros before": lambda c: "00" + c,
    "a wide zero before": lambda c: "０" + c,
    "a zero after": lambda c: c + "0",
    "a plus": lambda c: "+" + c,
    "a minus": lambda c: "-" + c,
    "a hyphen inside": lambda c: c[:3] + "-" + c[3:],
    "a tab": lambda c: c + "\t",
    "a line end": lambda c: c + "\n",
    "a line end before": lambda c: "\r\n" + c,
    "a zero byte": lambda c: c + "\0",
    "a zero byte and more": lambda c: c + "\0" + "1",
    "a zero-width space": lambda c: c[:3] + "\u200b" + c[3:],
    "a no-break space": lambda c: c[:3] + "\u00a0" + c[3:],
    "a byte order mark": lambda c: "\ufeff" + c,
    "a decimal point": lambda c: c + ".0",
    "an exponent": lambda c: c + "e0",
    "arabic digits": lambda c: c.translate(ARABIC),
    "bold digits": lambda c: c.translate(BOLD)[:7],
    "a comma": lambda c: c[:3] + "," + c[3:],
    "an underscore": lambda c: c[:3] + "_" + c[3:],
}


class Replays:
    def __init__(self, ctx, box, machine):
        self.ctx = ctx
        self.box = box
        self.machine = machine
        self.firm = actors.Firm(box, ipc.Schema())
        self.networks = 0
        self.variants = 0

    def somewhere(self, actor):
        """The same person at another desk, where nobody has been wrong yet."""
        self.networks += 1
        other = copy.copy(actor)
        other.channel = None
        other.address = f"127.{self.networks // 250 + 1}.{self.networks % 250}.9"
        return other

    def try_it(self, actor, code, login=None):
        try:
            reply = actor.call("SignIn", login=login or actor.login, password=actor.password,
                               code=code.encode() if isinstance(code, str) else code)
        except ipc.IpcError as error:
            return error.code, error.field
        actor.token, actor.csrf = reply["token"], reply["csrf"]
        return "through"

    def step_up(self, actor, code):
        try:
            actor.act("StepUp", password=actor.password, code=code.encode(),
                      act="kMakeRecoveryCodes")
        except ipc.IpcError as error:
            return error.code, error.field
        return "through"

    def used(self, actor):
        """A code that has just signed somebody in, and where."""
        desk = self.somewhere(actor)
        code = actor.device.code()
        if self.try_it(desk, code) != "through":
            raise ValueError(f"a fresh code of {actor.login} was refused")
        return desk, code

    def refused(self, name, got, expected=REFUSED):
        self.variants += 1
        self.ctx.expect(got == expected, name, got)

    # ---- however it is typed

    def forms(self):
        actor = self.firm.handler
        for name, form in {**SPELLINGS, **OTHERS}.items():
            desk, code = self.used(actor)
            self.refused(f"sign-in/{name}", self.try_it(desk, form(code)))
        for name, form in SPELLINGS.items():
            desk = self.somewhere(actor)
            got = self.try_it(desk, form(actor.device.code()))
            self.ctx.expect(got == "through", f"fresh/{name}", got)
        for name in ("as it is", "full width", "space at 3", "wide space at 3"):
            desk, code = self.used(actor)
            self.refused(f"re-authentication/{name}", self.step_up(desk, SPELLINGS[name](code)))
        for name in ("as it is", "full width", "space at 3"):
            desk, code = self.used(actor)
            web = web_client.WebClient(self.box.port)
            page = web.get("/sign-in")
            page = web.submit(page.form("/sign-in"), {
                "login": actor.login, "password": actor.password.decode(),
                "code": SPELLINGS[name](code)})
            self.refused(f"page/{name}", page.status, 403)

    # ---- wherever it is shown

    def places(self):
        actor = self.firm.auditor
        desk, code = self.used(actor)
        self.refused("another network", self.try_it(self.somewhere(actor), code))
        desk, code = self.used(actor)
        self.refused("another spelling of the name", self.try_it(desk, code, "KANSA"))
        desk, _ = self.used(actor)
        code = actor.device.code()
        self.ctx.expect(self.step_up(desk, code) == "through", "fresh/re-authentication")
        self.refused("from re-authentication to sign-in", self.try_it(desk, code))
        self.refused("re-authentication twice", self.step_up(desk, code))
        desk, code = self.used(actor)
        mine, _ = self.used(self.firm.handler)
        self.refused("of somebody else", self.try_it(mine, code))
        self.refused("of somebody else, re-authentication", self.step_up(mine, code))
        desk, code = self.used(actor)
        try:
            desk.call("RequestMailCode", login=desk.login, password=b"not the password of anybody")
            got = "through"
        except ipc.IpcError as error:
            got = error.code, error.field
        self.refused("after asking for a code by mail", self.try_it(desk, code))
        self.refused("asking for a code by mail with a wrong password", got)

    def enrolment(self):
        key = self.firm.responsible.agreed("InviteAccount", self.firm.rights, login="hajimete",
                                           name="検証用 初", role="kViewer")["enrolment_key"]
        actor = actors.Actor(self.box, self.firm.schema, "hajimete")
        offer = actor.call("BeginEnrolment", key=key)
        actor.device = web_client.Authenticator(
            base64.b32encode(offer["totp_secret"]).decode(), self.box.clock)
        code = actor.device.code()
        finish = {"key": key, "password": actor.password, "code": code.encode()}
        actor.call("FinishEnrolment", **finish)
        self.refused("enrolment's code at sign-in", self.try_it(self.somewhere(actor), code))
        for name in ("full width", "space at 3"):
            got = self.try_it(self.somewhere(actor), SPELLINGS[name](code))
            self.refused(f"enrolment's code at sign-in, {name}", got)
        try:
            actor.call("FinishEnrolment", **finish)
            got = "through"
        except ipc.IpcError as error:
            got = error.code, error.field
        self.refused("enrolment twice", got, ("kNotFound", "key"))

    def new_app(self):
        actor = self.firm.invite("kaeru")
        desk, _ = self.used(actor)
        old = actor.device
        secret = desk.act("BeginAuthenticator", grant=desk.step_up("kReplaceAuthenticator"))
        unused = old.code()
        try:
            desk.act("FinishAuthenticator", code=unused.encode())
            got = "through"
        except ipc.IpcError as error:
            got = error.code, error.field
        self.refused("the old app's code for the new app", got, ("kInvalid", "code"))
        actor.device = web_client.Authenticator(
            base64.b32encode(secret["totp_secret"]).decode(), self.box.clock)
        code = actor.device.code()
        desk.act("FinishAuthenticator", code=code.encode())
        self.refused("the new app's first code at sign-in", self.try_it(desk, code))
        self.refused("the new app's first code, re-authentication", self.step_up(desk, code))
        desk, _ = self.used(actor)
        self.refused("an old app's unused code", self.try_it(desk, unused))
        self.refused("an old app's next code", self.try_it(desk, old.code()))

    # ---- neighbouring steps

    def steps(self):
        actor = self.firm.handler
        secret = actor.device.secret

        def step():
            return int(time.time() + self.machine.wall) // 30

        def code(ahead):
            return web_client.totp(secret, step() + ahead)

        self.machine.pass_by(wall=120)
        desk = self.somewhere(actor)
        self.refused("two steps ahead", self.try_it(desk, code(2)))
        self.refused("two steps ago", self.try_it(desk, code(-2)))
        self.refused("an hour ago", self.try_it(desk, code(-120)))
        before, now, early = code(-1), code(0), code(1)
        self.ctx.expect(self.try_it(desk, now) == "through", "fresh/this step")
        self.refused("the step before, after this one", self.try_it(desk, before))
        self.ctx.expect(self.try_it(desk, early) == "through", "fresh/the next step")
        self.refused("this step, after the next", self.try_it(desk, now))
        self.machine.pass_by(wall=30)
        self.refused("the next step when it is this one", self.try_it(desk, early))
        self.machine.pass_by(wall=30)
        self.refused("and when it is over", self.try_it(desk, early))
        actor.device.last = step() + 1
        self.machine.pass_by(wall=60)

    # ---- at once

    def race(self, name, makers):
        """Requests on connections of their own, all sent before any answer is awaited."""
        sent = [(make, *make()) for make in makers]
        through = 0
        for _, channel, request in sent:
            try:
                channel.finish(request)
                through += 1
            except ipc.IpcError:
                pass
            channel.close()
        self.variants += 1
        self.ctx.expect(through == 1, f"at once/{name}", f"{through} went through")

    def parallel(self):
        actor = self.firm.handler

        def asks(code, request="SignIn", desk=None):
            def make():
                at = self.somewhere(actor)
                channel = at.connect()
                fields = ({"login": at.login} if request == "SignIn" else
                          {"auth": desk.auth, "act": "kMakeRecoveryCodes"})
                channel.start(request, **fields, password=actor.password, code=code.encode())
                return channel, request
            return make

        for count in (2, 4, 8):
            code = actor.device.code()
            self.race(f"{count} sign-ins", [asks(code) for _ in range(count)])
        code = actor.device.code()
        self.race("every spelling", [asks(SPELLINGS[name](code)) for name in
                                     ("as it is", "full width", "space at 3", "wide space at 0")])
        desk, _ = self.used(actor)
        code = actor.device.code()
        self.race("sign-in and re-authentication",
                  [asks(code), asks(code, "StepUp", desk), asks(code)])
        desk, _ = self.used(actor)
        code = actor.device.code()
        self.race("re-authentications", [asks(code, "StepUp", desk) for _ in range(4)])

    # ---- after restarts, with other clocks

    def again(self, *names):
        for name in names:
            self.box.programs[name].kill()
            self.box.programs[name].wait_ready()
        if "audit" in names:  # which alone knew the PIN
            appliance.wait_for(lambda: "audit_not_reached" not in self.box.console()
                               and self.box.state() == "Locked", 60, "the lock")
            self.box.unlock()
        appliance.wait_for(lambda: self.box.state() == "Operational", 60, "core")
        self.hsm()

    def hsm(self):
        path = self.box.folder / "run/console/socket"
        with ipc.Channel.connect(self.firm.schema, "ConsoleCore", path) as console:
            appliance.wait_for(lambda: console.call("GetStatus")["hsm_ok"], 60, "the HSM")

    def restarts(self):
        actor = self.firm.handler
        for names in (("core",), ("audit",), ("hsm",)):
            _, code = self.used(actor)
            self.again(*names)
            self.refused(f"after {names[0]} died", self.try_it(self.somewhere(actor), code))
        desk, code = self.used(actor)
        self.try_it(desk, "000000")
        self.box.console(self.box.menu_choice("Seal"), "yes")
        self.box.unlock()
        self.refused("after sealing and unsealing", self.try_it(self.somewhere(actor), code))

    def clocks(self):
        actor = self.firm.handler
        for back in (10, 30, 55):
            _, code = self.used(actor)
            self.machine.pass_by(wall=-back)
            self.refused(f"with the clock set back by {back} s",
                         self.try_it(self.somewhere(actor), code))
            self.machine.pass_by(wall=back)
        _, code = self.used(actor)
        self.machine.pass_by(boot=86_400)
        self.hsm()
        self.refused("a day of running later, by the same calendar",
                     self.try_it(self.somewhere(actor), code))

    def everything(self):
        for part in (self.forms, self.places, self.enrolment, self.new_app, self.steps,
                     self.parallel, self.restarts, self.clocks):
            self.machine.pass_by(boot=300)  # failures of the zone are forgotten
            self.hsm()
            for actor in (self.firm.responsible, self.firm.rights):
                actor.channel = None
                actor.sign_in()
            part()


class Tally:
    """Takes what a planted mistake makes of the judge."""

    def __init__(self):
        self.missed = 0

    def expect(self, condition, *_):
        self.missed += not condition


def with_appliance(ctx, act, programs=None):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-replay-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap(), programs=programs)
    box.wrap_again = machine.wrap()
    try:
        with box, machine.codes_at_once():
            act(box, machine)
    finally:
        box.remove()


def run(ctx):
    def honest(box, machine):
        replays = Replays(ctx, box, machine)
        replays.everything()
        ctx.note("variants", replays.variants)
        ctx.expect(replays.variants >= 50, "as many as are asked for", replays.variants)

    def planted(box, machine):
        tally = Tally()
        Replays(tally, box, machine).places()
        ctx.expect(tally.missed >= 3, "planted/codes are forgotten", tally.missed)

    for _ in range(ctx.points):
        with_appliance(ctx, honest)
    with_appliance(ctx, planted, {"core": "planted-core-forgets-codes"})
