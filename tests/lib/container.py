"""A small Debian with the product installed, booted by systemd-nspawn: the real units, users and
folders under a real systemd, on this machine's kernel.

    with Container(folder, build_dir) as box:      # as root
        keys = box.provision()

It is an Appliance to its users. The root is made once by mmdebstrap and cached in the build folder;
each container is an overlay of it in memory. The network is this machine's, so that a client can
come from outside; every service of ours has a network of its own anyhow (PrivateNetwork=).
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import time

import appliance

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Debian's own names; what the programs link, plus an init and the embedded PKCS#11 module.
PACKAGES = ["systemd", "systemd-sysv", "dbus", "libargon2-1", "libcurl4", "libgnutls30", "liblmdb0",
            "libmicrohttpd12", "libp11-kit0", "libqrencode4", "libseccomp2", "libssl3",
            "libstdc++6", "libsystemd0", "openssl", "softhsm2"]
SERVICES = {"hsm": "kagikura-hsm.service", "audit": "kagikura-audit.service",
            "core": "kagikura-core.service", "web": "kagikura-web.service"}
BOOT_SECONDS = 60
# The container's own filter would refuse what the programs lock themselves in with.
NSPAWN_CALLS = ("@memlock @keyring memfd_secret landlock_create_ruleset landlock_add_rule "
                "landlock_restrict_self")


def base_root(cache, packages, finish=None):
    """The folder of a bare Debian with these packages; made, and finished, when it is missing."""
    key = hashlib.sha256("\n".join(["1", *packages]).encode()).hexdigest()[:16]
    root = pathlib.Path(cache) / f"root-{key}"
    if root.exists():
        return root
    made = root.with_name(root.name + ".new")
    shutil.rmtree(made, ignore_errors=True)
    made.parent.mkdir(parents=True, exist_ok=True)
    sources = sorted(pathlib.Path("/etc/apt/sources.list.d").glob("debian.sources")) or [
        pathlib.Path("/etc/apt/sources.list")]
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root",
         "--include=" + ",".join(packages), "bookworm", str(made), str(sources[0])], check=True,
        stdin=subprocess.DEVNULL)
    if finish:
        finish(made)
    made.rename(root)
    return root


class Container(appliance.Appliance):
    packages = PACKAGES
    finish = None

    def __init__(self, folder, build_dir, *, settings=None, port=None):
        super().__init__(folder, build_dir, settings=settings, port=port)
        self.build_dir = pathlib.Path(build_dir).resolve()
        self.merged = self.folder / "merged"
        self.name = f"kagikura-{os.getpid()}"
        self.nspawn = None
        self.leader = 0

    # ---- making

    def prepare(self):
        self.mount()
        self.install()
        self.configure()
        self.make_token()

    def mount(self):
        base = base_root(self.build_dir.parent / "container", self.packages, self.finish)
        memory = self.folder / "memory"
        for path in (memory, self.merged):
            path.mkdir(parents=True, exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", "mode=0755,size=2g", "kagikura", memory)
        (memory / "upper").mkdir()
        (memory / "work").mkdir()
        run("mount", "-t", "overlay", "kagikura", "-o",
            f"lowerdir={base},upperdir={memory}/upper,workdir={memory}/work", self.merged)

    def install(self):
        run("cmake", "--install", self.build_dir, "--prefix", "/usr", "--component", "appliance",
            "--strip",
            env={**os.environ, "DESTDIR": str(self.merged)}, stdout=subprocess.DEVNULL)
        run("systemd-sysusers", f"--root={self.merged}", "kagikura.conf")
        run("systemd-tmpfiles", f"--root={self.merged}", "--create", "kagikura.conf")
        names = [p.name for p in (ROOT / "systemd").glob("*.socket")]
        run("systemctl", f"--root={self.merged}", "--quiet", "enable", "kagikura.target", *names,
            *SERVICES.values())

    def configure(self):
        path = self.merged / "etc/kagikura/kagikura.toml"
        sizes = {"store": {"size_mib": 64}, "log": {"size_mib": 64, "segment_mib": 4}}
        for section, values in self.settings.items():
            sizes.setdefault(section, {}).update(values)
        text = path.read_text(encoding="utf-8") + "".join(
            f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n"
                                       for key, value in values.items())
            for section, values in sizes.items())
        for kind, blocks in self.zones.items():
            text += f"[[zone]]\nkind = {json.dumps(kind)}\nblocks = {json.dumps(blocks)}\n"
        path.write_text(text, encoding="utf-8")
        self.drop_in("kagikura-web.socket",
                     f"[Socket]\nListenStream=\nListenStream=127.0.0.1:{self.port}\n")
        (self.merged / "etc/machine-id").write_text("")

    def drop_in(self, unit, text, name="90-test.conf"):
        folder = self.merged / f"etc/systemd/system/{unit}.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def make_token(self):
        tokens = self.merged / "var/lib/kagikura/hsm/tokens"
        settings = self.folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n"
                            "log.level = ERROR\nslots.removable = false\n")
        run(self.bin / "init_token", self.module, "kagikura",
            input=f"{self.so_pin}\n{self.pin}\n".encode(),
            env={"SOFTHSM2_CONF": str(settings), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL)
        owner = tokens.stat()
        for path in tokens.rglob("*"):
            os.chown(path, owner.st_uid, owner.st_gid)

    # ---- running

    def start(self, names=None):
        del names  # systemd's business
        log = open(self.folder / "container.log", "ab")  # closed with the process
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "-b", "-D", str(self.merged), "--register=no",
             "--keep-unit", "--console=read-only", "-M", self.name, "--capability=all",
             "--rlimit=RLIMIT_MEMLOCK=infinity", f"--system-call-filter={NSPAWN_CALLS}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        log.close()
        appliance.wait_for(self._find_leader, BOOT_SECONDS, "the container has an init")
        appliance.wait_for(self.all_active, BOOT_SECONDS, "every unit is active")
        return self

    def _find_leader(self):
        if self.nspawn.poll() is not None:
            raise RuntimeError(f"systemd-nspawn ended; see {self.folder}/container.log")
        children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children")
        for pid in children.read_text().split():
            try:
                if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                    self.leader = int(pid)
                    return True
            except OSError:
                continue
        return False

    def stop(self):
        if self.nspawn and self.nspawn.poll() is None:
            self.nspawn.terminate()  # an ordered shutdown
            try:
                self.nspawn.wait(30)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        self.leader = 0

    def remove(self):
        for path in (self.merged, self.folder / "memory"):
            subprocess.run(["umount", "--lazy", path], check=False, stderr=subprocess.DEVNULL)
        super().remove()

    # ---- looking inside

    def inside(self, *words, user=None, **options):
        """Runs a command in the container, as root or as one of its users."""
        enter = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-p", "--root", "--wdns=/"]
        if user:
            uid = self.uid(user)
            enter += ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
        options.setdefault("check", False)
        options.setdefault("timeout", 180)
        return subprocess.run([*enter, *map(str, words)], capture_output=True,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
                              **options)

    def uid(self, user):
        for line in (self.merged / "etc/passwd").read_text().splitlines():
            fields = line.split(":")
            if fields[0] == user:
                return int(fields[2])
        raise LookupError(user)

    def show(self, unit, *names):
        """Properties of a unit, as a dictionary."""
        done = self.inside("systemctl", "show", unit, "-p", ",".join(names))
        return dict(line.split("=", 1) for line in done.stdout.decode().splitlines() if "=" in line)

    def all_active(self):
        done = self.inside("systemctl", "is-active", *SERVICES.values())
        return done.stdout.decode().split() == ["active"] * len(SERVICES)

    def main_pid(self, name):
        """The main process of a service, as this machine numbers it."""
        inner = self.show(SERVICES[name], "MainPID").get("MainPID", "0")
        return self.outer_pid(int(inner))

    def outer_pid(self, inner):
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                lines = status.read_text().splitlines()
            except OSError:
                continue
            ids = next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
            if len(ids) >= 2 and int(ids[1]) == inner and self._is_ours(status.parent.name):
                return int(ids[0])
        return 0

    def _is_ours(self, pid):
        try:
            return os.readlink(f"/proc/{pid}/ns/pid") == os.readlink(f"/proc/{self.leader}/ns/pid")
        except OSError:
            return False

    def wait_active(self, name, old_pid, seconds=10):
        """Seconds until `name` runs as another process and says that it is ready."""
        began = time.monotonic()

        def back():
            shown = self.show(SERVICES[name], "ActiveState", "MainPID")
            return (shown.get("ActiveState") == "active"
                    and self.outer_pid(int(shown["MainPID"])) not in (0, old_pid))
        appliance.wait_for(back, seconds, f"{name} is back")
        return time.monotonic() - began

    # ---- the local operator

    def console(self, *answers, language="en"):
        done = self.inside("kagikura-console", "--lang", language, user="kagikura-console",
                           input="".join(f"{line}\n" for line in answers).encode())
        return done.stdout.decode("utf-8", "replace")

    def fingerprint(self):
        done = self.inside("kagikura", "status", "--format", "json")
        return json.loads(done.stdout)["certificate_sha256"]

    def logs(self):
        out = {}
        if self.leader:
            for name, unit in SERVICES.items():
                done = self.inside("journalctl", "--no-pager", "-o", "short-monotonic", "-u", unit)
                out[name] = done.stdout.decode("utf-8", "replace")
        return out


def run(*words, **options):
    subprocess.run([str(word) for word in words], check=True, **options)
