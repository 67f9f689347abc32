"""Faults of disk, token, PIN and clock: a clear state everywhere, nothing acknowledged lost.

A whole appliance on a file system of its own (ext4 in a file). Each fault is made before the start
and while people work; then the console's status, `kagikura status` and a page in a browser must say
what is wrong, what was acknowledged must still be there, and when the cause is gone the appliance
must go on without being set up anew. One point is everything but
the minute that three wrong PINs cost, 100 wait for that too. With mistakes in the configuration
(config_errors.py).
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import config_errors
import ipc
import log_files
import time_machine
from web_client import WebClient

CI_POINTS = 1
CI_SECONDS = 300
FULL_POINTS = 100
SETTINGS = {"store": {"size_mib": 16}, "log": {"size_mib": 16, "segment_mib": 1}}
DISK_MIB = 26
PIN_WAIT_SECONDS = 61


class Disk:
    """An ext4 file system in a file, mounted where the state lies."""

    def __init__(self, folder, mebibytes):
        self.image = folder / "disk.img"
        self.place = folder / "state"
        self.place.mkdir(parents=True, exist_ok=True)
        with open(self.image, "wb") as file:
            file.truncate(mebibytes << 20)
        command("mkfs.ext4", "-q", "-F", "-m", "0", self.image)
        command("mount", "-o", "loop,errors=remount-ro", self.image, self.place)
        self.device = os.path.basename(
            command("findmnt", "-no", "SOURCE", self.place).stdout.decode().strip())

    def fill(self):
        with open(self.place / "ballast", "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\xaa" * size)
                except OSError:
                    pass
            os.fsync(file.fileno())

    def empty(self):
        """For good: a later error of the medium must not bring the ballast back."""
        (self.place / "ballast").unlink()
        folder = os.open(self.place, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def break_while_used(self):
        """What ext4 does by itself after an error of the medium: read-only from now on."""
        pathlib.Path(f"/sys/fs/ext4/{self.device}/trigger_fs_error").write_text("test")

    def remount(self, how):
        command("mount", "-o", f"remount,{how}", self.place)

    def renew(self):
        """As after a restart of the machine: the errors are looked at, then it is mounted again."""
        command("umount", self.place)
        # 1: errors were corrected.
        checked = subprocess.run(["e2fsck", "-y", "-f", self.image], capture_output=True,
                                 check=False)
        if checked.returncode > 1:
            raise RuntimeError(f"e2fsck: {checked.stdout}")
        command("mount", "-o", "loop,errors=remount-ro", self.image, self.place)

    def end(self):
        subprocess.run(["umount", "-l", self.place], stderr=subprocess.DEVNULL, check=False)


def command(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True)


def can_mount():
    return os.geteuid() == 0 and pathlib.Path("/dev/loop-control").exists()


class Tally:
    """Takes what a lie makes of the judge."""

    def __init__(self):
        self.missed = 0

    def expect(self, condition, *_):
        self.missed += not condition


class Faults:
    def __init__(self, ctx, box):
        self.ctx = ctx
        self.box = box
        self.people = 0  # acknowledged
        self.leaving = {}
        self.machine = time_machine.TimeMachine(box.folder, ctx.build_dir)
        box.wrap = self.machine.wrap()
        self.right = 0
        self.clock_is_wrong = False

    def shift_clock(self, seconds):
        """By so much from right, which is 0; what codes have moved on stays."""
        if seconds and not self.clock_is_wrong:
            self.right = self.machine.wall
        self.clock_is_wrong = bool(seconds)
        self.machine.set_wall(self.right + seconds)

    # ---- what people see

    def status(self):
        done = subprocess.run([self.box.bin / "kagikura", "status", "--config",
                               self.box.config_path, "--format", "json"], capture_output=True,
                              timeout=60, check=False)
        return json.loads(done.stdout) if done.stdout else {"error": "no answer"}

    def web_state(self):
        """What a new browser gets: the page's words, or "closed"."""
        client = WebClient(self.box.port)
        try:
            page = client.get("/sign-in")
            return f"{page.status} {page.visible}"
        except OSError:
            return "closed"
        finally:
            client.close()

    def expect_state(self, name, state, reason, web="closed", seconds=40):
        """The three ways to see it agree, soon."""
        seen = {}

        def shown():
            seen.update(self.status())
            return seen.get("state") == state and seen.get("reason", "") == reason
        try:
            appliance.wait_for(shown, seconds, name)
        except RuntimeError:
            pass
        self.ctx.expect(seen.get("state") == state and seen.get("reason") == reason,
                        f"{name}/status", f"{seen}, expected {state}/{reason}")
        said = self.box.console("1")
        self.ctx.expect(not reason or f"Reason: {reason}" in said, f"{name}/console", said[-600:])
        # The acceptor comes back to core by itself, a moment later.
        got = self.web_state()
        end = time.monotonic() + min(seconds, 20)
        while web not in got and time.monotonic() < end:
            time.sleep(0.2)
            got = self.web_state()
        self.ctx.expect(web in got, f"{name}/web", f"{got[:300]}, expected {web}")

    # ---- work that is acknowledged

    def found(self):
        self.firm = actors.Firm(self.box)
        self.held = self.firm.collect(4)
        self.people = 4
        self.handler = self.firm.handler
        return self

    def sign_in(self):
        self.handler.channel = None
        self.handler.sign_in()

    def add_person(self):
        """One more in the register; counts when it was acknowledged. The error's code, or ""."""
        try:
            self.handler.import_roster(actors.roster_csv(1, start=1000 + self.people))
        except ipc.IpcError as error:
            return error.code
        self.people += 1
        return ""

    def check_kept(self, name):
        status = self.status()
        self.ctx.expect(status.get("people") == self.people, f"{name}/kept",
                        f"{status.get('people')} people, {self.people} were acknowledged")

    def unlock(self, name):
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin)
        self.ctx.expect("Unlocked." in said, f"{name}/unlock", said[-500:])

    def restart(self):
        self.stop()
        self.start()

    def stop(self):
        self.box.stop()
        for path in (self.box.folder / "logs").glob("*.notify"):
            path.unlink()

    def start(self, wait=True):
        """Without waiting: what cannot become ready is what is looked at."""
        if wait:
            self.box.start()
            return
        for name, program in appliance.PROGRAMS.items():
            started = appliance.Program(
                name, [str(self.box.bin / program), "--config", str(self.box.config_path)],
                self.box.environment(name), self.box.folder / "logs", self.box.wrap.get(name, ()))
            self.box.programs[name] = started
            started.start()

    # ---- the faults

    def clock_while_running(self):
        name = "clock/running"
        self.add_person()
        self.shift_clock(-3600)
        self.expect_state(name, "sealed", "clock_set_back")
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin, "no")
        self.ctx.expect("clock stands before" in said and "Unlocked." not in said,
                        f"{name}/console refuses", said[-600:])
        self.shift_clock(0)
        self.unlock(name)
        self.expect_state(name + "/right again", "operational", "", "200")
        self.check_kept(name)
        # The operator may take it as it is: then it goes on, and the log says by how much.
        self.shift_clock(-7200)
        self.expect_state(name + "/again", "sealed", "clock_set_back")
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin, "yes")
        self.ctx.expect("Unlocked." in said, f"{name}/accepted", said[-600:])
        entries = log_files.entries(self.box.folder / "state/log")
        back = [e["back"] for e in entries if e.get("back", 0) > 7_000_000]
        self.ctx.expect(back, f"{name}/log", "no entry says that the clock went back")
        self.shift_clock(0)
        self.expect_state(name + "/forward", "operational", "", "200")

    def clock_before_start(self):
        name = "clock/start"
        self.stop()
        self.shift_clock(-86400)
        self.start()
        self.expect_state(name, "locked", "clock_set_back")
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin, "no")
        self.ctx.expect("clock stands before" in said, f"{name}/console refuses", said[-600:])
        self.shift_clock(0)
        self.unlock(name)
        self.expect_state(name + "/right again", "operational", "", "200")
        self.check_kept(name)

    def move_token(self, away):
        here, there = self.box.folder / "tokens", self.box.folder / "tokens-away"
        there.mkdir(exist_ok=True)
        for token in list((here if away else there).iterdir()):
            shutil.move(token, there if away else here)

    def token_before_start(self):
        name = "token/start"
        self.stop()
        self.move_token(away=True)
        self.start()
        self.expect_state(name, "locked", "")
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin)
        self.ctx.expect("token was not found" in said, f"{name}/console refuses", said[-600:])
        self.ctx.expect(self.status()["pin_tries_left"] == 3, f"{name}/no try is lost",
                        self.status())
        self.move_token(away=False)
        self.unlock(name)
        self.expect_state(name + "/back", "operational", "", "200")
        self.check_kept(name)

    def token_while_running(self):
        name = "token/running"
        self.add_person()
        self.move_token(away=True)
        self.box.programs["hsm"].kill()
        self.expect_state(name, "operational", "hsm_not_ready")
        self.move_token(away=False)
        self.expect_state(name + "/back", "operational", "", "200", seconds=90)
        self.check_kept(name)

    def disk_full_while_running(self, client):
        name = "full/running"
        self.disk.fill()
        # The guard speaks before the log meets the end of the disk; only the reserve is written.
        self.expect_state(name, "operational", "disk_low", "200")
        code = self.add_person()
        self.ctx.expect(code == "kFull", f"{name}/refused", code)
        page = client.get("/roster")
        page = client.upload(page.form("/roster"), "csv", "r.csv", actors.roster_csv(1, start=9000))
        page = client.submit(page.form("/roster/import"))
        self.ctx.expect(page.status == 503 and "保存する場所が足りません" in page.visible,
                        f"{name}/page", f"{page.status} {page.visible[:300]}")
        self.check_kept(name)
        self.disk.empty()
        self.expect_state(name + "/room again", "operational", "", "200")
        code = self.add_person()
        self.ctx.expect(code == "", f"{name}/goes on", code)
        self.check_kept(name)

    def disk_full_at_start(self):
        """A disk that never had room for the store: said, and looked at again when it has."""
        name = "full/start"
        folder = self.box.folder / "small"
        folder.mkdir()
        small = Disk(folder, DISK_MIB)
        small.fill()
        box = appliance.Appliance(folder, self.ctx.build_dir, settings=SETTINGS)
        other = Faults(self.ctx, box)
        try:
            with open(folder / "state/ballast", "r+b") as file:
                file.truncate(file.seek(0, 2) - (6 << 20))  # room for the log, not for the store
            box.prepare()
            other.start(wait=False)
            other.expect_state(name, "failed", "store_full")
            small.empty()
            other.expect_state(name + "/room again", "unprovisioned", "", seconds=90)
        finally:
            box.stop()
            small.end()

    def read_only_at_start(self):
        name = "read-only/start"
        self.stop()
        self.disk.remount("ro")
        self.start(wait=False)
        self.expect_state(name, "failed", "store_io")
        self.disk.remount("rw")
        self.expect_state(name + "/writable again", "locked", "", seconds=90)
        self.unlock(name)
        self.expect_state(name + "/unlocked", "operational", "", "200")
        self.check_kept(name)

    def read_only_while_running(self, client):
        name = "read-only/running"
        self.add_person()
        self.disk.break_while_used()
        code = ""
        try:
            code = self.add_person()
        except (ipc.Closed, OSError):
            code = "closed"
        self.ctx.expect(code != "", f"{name}/refused", "acknowledged on a read-only disk")
        self.expect_state(name, "operational", "audit_not_reached", "")
        try:
            page = client.get("/people")
            shown = f"{page.status} {page.visible}"
        except OSError:
            shown = "closed"
        self.ctx.note("read_only_page", shown[:120])
        self.stop()
        self.disk.renew()
        self.start()
        self.expect_state(name + "/after a restart", "locked", "")
        self.unlock(name)
        self.expect_state(name + "/unlocked", "operational", "", "200")
        self.check_kept(name)

    def wrong_pin(self, wait):
        name = "pin"
        self.restart()
        for left in (2, 1, 0):
            said = self.box.console(self.box.menu_choice("Unlock"), "0000")
            self.ctx.expect("PIN is wrong" in said, f"{name}/wrong", said[-400:])
            self.ctx.expect(self.status()["pin_tries_left"] == left, f"{name}/{left} left",
                            self.status())
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin)
        self.ctx.expect("Too many wrong PINs. Restart" in said, f"{name}/locked", said[-400:])
        self.expect_state(name, "locked", "pin_tries_used_up")
        # The act at the console: an ordered end, and the supervisor's new start.
        core = self.box.programs["core"]
        before = core.restarts
        self.box.console(self.box.menu_choice("Shut down"), "yes")
        appliance.wait_for(lambda: core.restarts > before, 20, "core starts again")
        core.wait_ready()
        said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin)
        self.ctx.expect("Too many wrong PINs. Wait" in said, f"{name}/waits", said[-400:])
        if not wait:
            return
        time.sleep(PIN_WAIT_SECONDS)  # time itself is what is waited for
        self.unlock(name)
        self.expect_state(name + "/right", "operational", "", "200")
        self.check_kept(name)

    def judge_is_awake(self):
        """A state that is not so, and a person who is not there, must both be seen."""
        tally = Tally()
        truth, self.ctx = self.ctx, tally
        self.expect_state("planted/state", "operational", "log_full", "200", seconds=1)
        self.expect_state("planted/web", "operational", "", "closed", seconds=1)
        self.people += 1
        self.check_kept("planted/lost")
        self.people -= 1
        self.ctx = truth
        self.ctx.expect(tally.missed >= 4, "planted", f"{tally.missed} of 4 noticed")

    def everything_is_there(self):
        self.sign_in()
        shown = self.firm.reveal_all(self.held)
        self.ctx.expect(all(shown[p] == self.firm.numbers[p] for p in self.held), "numbers kept",
                        shown)
        self.ctx.expect(len(self.handler.people()) == self.people, "people kept", self.people)
        path = self.box.folder / "export.tar"
        done = subprocess.run([self.box.bin / "kagikura", "export", "--config",
                               self.box.config_path, path], capture_output=True, check=False)
        verified = subprocess.run([self.box.bin / "kagikura", "verify", path],
                                  capture_output=True, check=False)
        self.ctx.expect(verified.returncode == 0, "log verifies",
                        (done.stderr + verified.stdout + verified.stderr)[-500:])


def browser(faults):
    client = WebClient(faults.box.port)
    page = client.get("/sign-in")
    handler = faults.handler
    page = client.submit(page.form("/sign-in"), {
        "login": handler.login, "password": handler.password.decode(),
        "code": handler.device.code()})
    faults.ctx.expect("__Host-session" in client.cookies, "signed in", page.visible[:200])
    return client


def judge_faults(ctx, box):
    faults = Faults(ctx, box)
    faults.disk = Disk(box.folder, DISK_MIB)
    try:
        box.prepare()
        box.start()
        with faults.machine.codes_at_once():
            faults.found()
            client = browser(faults)
        faults.token_while_running()
        faults.disk_full_while_running(client)
        faults.read_only_while_running(client)
        faults.read_only_at_start()
        faults.token_before_start()
        faults.sign_in()
        faults.clock_while_running()
        faults.clock_before_start()
        faults.judge_is_awake()
        faults.everything_is_there()
        faults.disk_full_at_start()
        faults.wrong_pin(wait=ctx.points >= FULL_POINTS)
    except Exception:
        for name, text in box.logs().items():
            print(f"---- {name}\n{text[-1500:]}")
        raise
    finally:
        faults.stop()
        faults.disk.end()


def run_campaign(ctx, folder):
    config_errors.judge(ctx, ctx.build_dir / "bin", folder)
    if not can_mount():
        return ctx.note("faults", "need root and loop devices: only the configuration was judged")
    return judge_faults(ctx, appliance.Appliance(folder, ctx.build_dir, settings=SETTINGS))


def run(ctx):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-faults-"))
    try:
        run_campaign(ctx, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
