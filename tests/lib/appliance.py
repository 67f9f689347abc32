"""A whole appliance off systemd: its own folder, token, configuration and processes.

    with Appliance(folder, build_dir) as box:
        keys = box.provision()

Programs are started in the order of their dependence, each said to be ready by its own notification
(sd_notify), and started again when they end without being asked to, as systemd would do. Secrets
are random, live in memory and reach programs on standard input only.
"""

import json
import os
import pathlib
import secrets
import select
import shutil
import signal
import socket
import subprocess
import threading
import time

READY_SECONDS = 60
STOP_SECONDS = 10
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"

# Name -> (program, needs the PKCS#11 module's environment). In the order of starting.
PROGRAMS = {
    "hsm": "kagikura-hsm",
    "audit": "kagikura-audit",
    "core": "kagikurad",
    "web": "kagikura-web",
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Program:
    """One supervised process: runs until stop(), whatever it does meanwhile."""

    def __init__(self, name, command, environment, folder, wrapper=(), second=()):
        self.name = name
        self.command = command
        self.wrappers = [list(wrapper), list(second)]
        self.environment = environment
        self.log_path = folder / f"{name}.log"
        self.notify_path = str(folder / f"{name}.notify")
        self.process = None
        self.restarts = 0
        self.wanted = False
        self.ready = threading.Event()
        self.lock = threading.Lock()
        self.status = ""
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.notify.bind(self.notify_path)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                message = self.notify.recv(4096).decode("utf-8", "replace")
            except OSError:
                return
            if not message:
                return  # stop() has ended it
            for line in message.splitlines():
                if line.startswith("STATUS="):
                    self.status = line[7:]
                if line == "READY=1":
                    self.ready.set()

    def _spawn(self):
        self.ready.clear()
        # Wrappers are for the first lives only: what comes after is the recovery under test.
        wrapper = self.wrappers[self.restarts] if self.restarts < len(self.wrappers) else []
        command = [*wrapper, *self.command]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**self.environment, "NOTIFY_SOCKET": self.notify_path}, start_new_session=True)

    def start(self):
        self.wanted = True
        self._spawn()
        threading.Thread(target=self._supervise, daemon=True).start()

    def _supervise(self):
        delay = 0.02
        while True:
            began = time.monotonic()
            self.process.wait()
            with self.lock:
                if not self.wanted:
                    return
                if time.monotonic() - began > 5:
                    delay = 0.02
            time.sleep(delay)  # the supervisor's back-off, as systemd's RestartSec
            delay = min(delay * 2, 1.0)
            with self.lock:
                if not self.wanted:
                    return
                self.restarts += 1
                self._spawn()

    def kill(self, sig=signal.SIGKILL):
        """Ends the process now; the supervisor starts it again."""
        self.ready.clear()
        os.killpg(self.process.pid, sig)

    def wait_ready(self, seconds=None):
        seconds = READY_SECONDS if seconds is None else seconds
        if not self.ready.wait(seconds):
            raise RuntimeError(f"{self.name} is not ready after {seconds} s; see {self.log_path}")

    def stop(self, sig=signal.SIGTERM):
        with self.lock:
            self.wanted = False
            process = self.process
        if process and process.poll() is None:
            try:
                os.killpg(process.pid, sig)
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            except ProcessLookupError:
                pass
        try:
            self.notify.shutdown(socket.SHUT_RDWR)  # wakes the listening thread
        except OSError:
            pass
        self.notify.close()
        pathlib.Path(self.notify_path).unlink(missing_ok=True)


class Appliance:
    def __init__(self, folder, build_dir, *, settings=None, module=SOFTHSM, wrap=None,
                 environment=None, zones=None, port=None, programs=None):
        """`settings`: {"budgets": {"user_hour": 5}, ...} over the defaults. `wrap`: {"core":
        ["strace", ...]} in front of a program's first life, `wrap_again` of its second.
        `environment`: of the hsm process, tests only. `programs`: {"core": "planted-..."} in the
        place of ours."""
        self.folder = pathlib.Path(folder).resolve()
        self.bin = pathlib.Path(build_dir).resolve() / "bin"
        self.settings = settings or {}
        self.module = module
        self.wrap = wrap or {}
        self.wrap_again = {}
        self.binaries = {**PROGRAMS, **(programs or {})}
        self.everywhere = {}  # environment of every program
        self.clock = None  # of the people's authenticators: a web_client.WallClock
        self.extra_environment = environment or {}
        self.port = port or free_port()
        self.zones = zones or {"handling": ["127.0.0.0/8"], "collection": ["::1/128"]}
        self.token_at_set_up = False  # made by the product, with the PIN that is typed there
        self.pin = secrets.token_hex(8)
        self.so_pin = secrets.token_hex(8)
        self.config_path = self.folder / "kagikura.toml"
        self.programs = {}

    # ---- making

    def prepare(self):
        for name in ("state/store", "state/log", "run/hsm", "run/audit", "run/web", "run/console",
                     "tokens", "logs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\n"
            "log.level = ERROR\nslots.removable = false\n")
        self.write_config()
        if self.token_at_set_up:
            return
        subprocess.run(
            [self.bin / "init_token", self.module, "kagikura"],
            input=f"{self.so_pin}\n{self.pin}\n".encode(), env=self.environment("hsm"),
            check=True, stdout=subprocess.DEVNULL)

    def write_config(self):
        sections = {
            "paths": {"state": f"{self.folder}/state", "run": f"{self.folder}/run",
                      "site": f"{self.folder}/site"},
            "hsm": {"module": self.module, "token": "pkcs11:token=kagikura"},
            "web": {"listen": [f"127.0.0.1:{self.port}"]},
            "store": {"size_mib": 64},
            "log": {"size_mib": 64, "segment_mib": 4},
        }
        for section, values in self.settings.items():
            sections.setdefault(section, {}).update(values)
        lines = []
        for section, values in sections.items():
            lines.append(f"[{section}]")
            lines += [f"{key} = {_toml(value)}" for key, value in values.items()]
        for kind, blocks in self.zones.items():
            lines += ["[[zone]]", f"kind = {_toml(kind)}", f"blocks = {_toml(blocks)}"]
        self.config_path.write_text("\n".join(lines) + "\n")

    def environment(self, name):
        # Nothing of the caller's environment but what a program needs to start.
        out = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **self.everywhere}
        for key in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if key in os.environ:
                out[key] = os.environ[key]
        if name == "hsm":
            out["SOFTHSM2_CONF"] = str(self.folder / "softhsm2.conf")
            out.update(self.extra_environment)
        return out

    # ---- running

    def start(self, names=None):
        """All of them or none: a start that fails leaves no process behind."""
        try:
            for name in names or PROGRAMS:
                program = Program(
                    name, [str(self.bin / self.binaries[name]), "--config", str(self.config_path)],
                    self.environment(name), self.folder / "logs", self.wrap.get(name, ()),
                    self.wrap_again.get(name, ()))
                self.programs[name] = program
                program.start()
                program.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, sig=signal.SIGTERM):
        for name in reversed(list(self.programs)):
            self.programs[name].stop(sig)
        self.programs.clear()

    def __enter__(self):
        self.prepare()
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_workers_gone(self):
        """Until the acceptor has buried every worker of connections that have ended."""
        pid = self.programs["web"].process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        wait_for(lambda: not children.read_text("ascii").split(), 30, "every worker ended")

    # ---- the local operator

    def console(self, *answers, language="en"):
        """Feeds the console's menu line by line; returns all that it said."""
        done = subprocess.run(
            [self.bin / "kagikura-console", "--config", self.config_path, "--lang", language],
            input="".join(f"{line}\n" for line in answers).encode(), capture_output=True,
            env=self.environment("console"), timeout=180, check=False)
        return done.stdout.decode("utf-8", "replace")

    def menu_choice(self, label):
        """The number that the menu gives to the choice called `label` now."""
        for line in self.console().splitlines():
            number, _, text = line.strip().partition(") ")
            if text == label:
                return number
        raise RuntimeError(f"the console offers no '{label}' now")

    def provision(self, firm="検証用商事株式会社", host="localhost"):
        said = self.console(self.menu_choice("Set-up"), firm, host, "sekinin", "責任者 検証用",
                            "kengen", "権限管理者 検証用", "kansa", "監査人 検証用", self.pin,
                            self.pin)
        keys = {}
        for line in said.splitlines():
            login, separator, key = line.strip().partition(": ")
            if separator and login in ("sekinin", "kengen", "kansa"):
                keys[login] = key
        if len(keys) != 3:
            raise RuntimeError("set-up did not end: " + said)
        return keys

    def unlock(self):
        said = self.console(self.menu_choice("Unlock"), self.pin)
        if "Unlocked." not in said:
            raise RuntimeError("unlocking did not work: " + said)

    def state(self):
        for line in self.console().splitlines():
            if line.startswith("State: "):
                return line[7:].split(":")[0].strip()
        return "?"

    def fingerprint(self):
        """SHA-256 of the TLS certificate as the local operator sees it, in hex."""
        done = subprocess.run([self.bin / "kagikura", "status", "--config", self.config_path,
                               "--format", "json"], capture_output=True, check=False)
        return json.loads(done.stdout)["certificate_sha256"]

    def logs(self):
        return {p.stem: p.read_text("utf-8", "replace")
                for p in sorted((self.folder / "logs").glob("*.log"))}


def wait_for(condition, seconds=30, what="the condition"):
    """Polls something that no process can announce to us."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come true in {seconds} s")
        select.select([], [], [], 0.02)


def _toml(value):
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)
