"""Running the box: sealing, the cover, metrics, syslog, changes of the box, in a booted container.

    operated.py --build-dir DIR        as root

Prints a line for each thing shown, as booted.py does.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / f"tests/{name}") for name in ("lib", "functional", "campaigns")]

import appliance  # noqa: E402
import booted  # noqa: E402
import container  # noqa: E402
import ipc  # noqa: E402
import main_job  # noqa: E402
from access_expected import CONSOLE  # noqa: E402

HWMON = "srv/hwmon/hwmon0/intrusion0_alarm"
SITE = "var/lib/kagikura-site"


class Box(container.Container):
    """With a cover switch, a collector and certificates of its own."""

    def __init__(self, folder, build_dir):
        self.metrics_port, self.syslog_port = appliance.free_port(), appliance.free_port()
        super().__init__(folder, build_dir, settings={
            "tamper": {"hwmon": "/srv/hwmon"},
            "syslog": {"collector": f"127.0.0.1:{self.syslog_port}", "name": "collector.example"},
        })

    def configure(self):
        super().configure()
        self.set_cover("0")
        self.drop_in("kagikura-metrics.socket",
                     f"[Socket]\nListenStream=\nListenStream=127.0.0.1:{self.metrics_port}\n")
        self.certificates()

    def set_cover(self, value):
        """As the kernel does: in place, under the same file."""
        path = self.merged / HWMON
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "r+" if path.exists() else "w", encoding="ascii") as alarm:
            alarm.write(value + "\n")

    def certificates(self):
        """An authority; the listener's, a scraper's and the collector's certificates."""
        work = self.folder / "ca"
        work.mkdir()

        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=work, check=True, capture_output=True)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2")
        for name in ("box.example", "scraper.example", "collector.example"):
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
            (work / "ext").write_text(f"subjectAltName=DNS:{name}\n")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                    "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", f"{name}.crt")
        site = self.merged / SITE
        both = (work / "box.example.crt").read_text() + (work / "box.example.key").read_text()
        (site / "metrics/certificate.pem").write_text(both)
        (site / "metrics/clients.pem").write_text((work / "ca.pem").read_text())
        (site / "syslog/authorities.pem").write_text((work / "ca.pem").read_text())
        self.ca = work

    def status(self):
        done = self.inside("kagikura", "status", "--format", "json")
        return json.loads(done.stdout) if done.stdout else {}

    def choose(self, label, *answers):
        return self.console(self.menu_choice(label), *answers)

    def metrics(self, certificate="scraper.example"):
        context = ssl.create_default_context(cafile=str(self.ca / "ca.pem"))
        if certificate:
            context.load_cert_chain(self.ca / f"{certificate}.crt", self.ca / f"{certificate}.key")
        with socket.create_connection(("127.0.0.1", self.metrics_port), 10) as plain, \
                context.wrap_socket(plain, server_hostname="box.example") as peer:
            peer.sendall(b"GET /metrics HTTP/1.1\r\nHost: box\r\n\r\n")
            said = b""
            while more := peer.recv(65536):
                said += more
        return said.decode()


class Collector:
    """RFC 5425's other end; may be taken away and brought back."""

    def __init__(self, box):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(box.ca / "collector.example.crt",
                                     box.ca / "collector.example.key")
        self.port, self.frames, self.peers = box.syslog_port, [], []
        self.listener = None

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            peer.close()

    def _accept(self, listener):
        while True:
            try:
                plain, _ = listener.accept()
                peer = self.context.wrap_socket(plain, server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return
            self.peers.append(peer)
            threading.Thread(target=self._read, args=(peer,), daemon=True).start()

    def _read(self, peer):
        kept = b""
        while True:
            try:
                more = peer.recv(65536)
            except OSError:
                return
            if not more:
                return
            kept += more
            while match := re.match(rb"(\d+) ", kept):
                end = match.end() + int(match.group(1))
                if len(kept) < end:
                    break
                self.frames.append(kept[match.end():end].decode())
                kept = kept[end:]

    def numbers(self):
        return [int(n) for n in re.findall(r' n="(\d+)"', "\n".join(self.frames))]


def first_start(report, box):
    """Zones from the console, before there is a firm; then set-up."""
    rights(report, box, "U")
    said = box.choose("Zones", "127.0.0.0/8", "198.51.100.0/24")
    report("Done. [ok]" in said, "zones set at the console are carried out", said[-400:])
    text = (box.merged / SITE / "zones.toml").read_text()
    report('blocks = ["127.0.0.0/8"]' in text, "the zones' file is written", text)
    said = box.choose("Zones", "127.0.0.1/8", "")
    report("[invalid/handling]" in said, "a zone that is none is refused", said[-300:])
    keys = box.provision()
    fingerprint = box.fingerprint()
    person = main_job.Person(box.port, "sekinin", fingerprint).enrol(keys["sekinin"])
    person.sign_in()
    report(True, "somebody signs in from a zone that the console has set")
    report(") Zones\n" not in box.console(), "after set-up the console does not change zones")
    return person


USERS = {"O": "kagikura-console", "U": "kagikura-unlock", "W": "kagikura-tamper",
         "M": "kagikura-monitor", "P": "kagikura-mail"}
# Acts that are only tried where they must be refused: they would end what the test goes on with.
ENDS_IT = {"ShutDown", "SealAppliance", "Unlock", "Unseal", "Provision"}
REFUSED = {("kDenied", "access"), ("kState", "appliance")}


def outcome(box, schema, user, request):
    """Whether policy lets this user's message through, as a process of the box would ask."""
    child = os.fork()
    if child == 0:
        code = 2
        try:
            root = os.open(f"/proc/{box.leader}/root", os.O_PATH)
            os.fchdir(root)
            os.chroot(".")
            os.setgroups([box.gid])
            os.setresgid(box.gid, box.gid, box.gid)
            uid = box.uids[user]
            os.setresuid(uid, uid, uid)
            with ipc.Channel.connect(schema, "ConsoleCore", "/run/kagikura/console/socket") as core:
                try:
                    core.call(request)
                    code = 0
                except ipc.IpcError as error:
                    code = 1 if (error.code, error.field) in REFUSED else 0
        finally:
            os._exit(code)
    return {0: True, 1: False}.get(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def rights(report, box, state):
    """Each program's few rights at the console's socket, against the table of the requirements."""
    schema = ipc.Schema()
    box.uids = {user: box.uid(user) for user in USERS.values()}
    box.gid = next(int(line.split(":")[2]) for line in
                   (box.merged / "etc/group").read_text().splitlines()
                   if line.startswith("kagikura-console:"))
    wrong, tried = [], 0
    for request, (who, states) in CONSOLE.items():
        for letter, user in USERS.items():
            allowed = letter in who and state in states
            if allowed and request in ENDS_IT:
                continue
            tried += 1
            if outcome(box, schema, user, request) != allowed:
                wrong.append((request, user))
    report(not wrong, f"{tried} pairs of user and act at the console's socket, state {state}",
           wrong)


def site_peers(report, box):
    for user in ("kagikura-core", "kagikura-web", "kagikura-tamper", "kagikura-monitor", "nobody"):
        report(booted.refused(box, "/run/kagikura/site/socket", box.uid(user)),
               f"{user} is refused at the socket 'site'")
    # Core lets each of its small programs do one thing.
    done = box.inside("kagikura", "status", user="kagikura-tamper")
    report(done.returncode == 1, "the watcher of the cover sees no status", done.stdout[-200:])


def cover(report, box, person):
    appliance.wait_for(lambda: box.status().get("cover") == "closed", 10, "the cover is watched")
    person.web.get("/")
    report(booted.connections(box), "a browser is connected")
    box.set_cover("1")
    began = time.monotonic()
    appliance.wait_for(lambda: box.status().get("state") == "sealed", 10, "it is sealed")
    took = time.monotonic() - began
    report(took < 5, f"an opened cover seals: seen {took:.2f} s later", took)
    status = box.status()
    report(status["reason"] == "cover_opened" and status["cover"] == "open", "with its reason",
           status)
    appliance.wait_for(lambda: not booted.connections(box), 10, "no worker is left")
    report(not status["hsm_ok"] or not box.status()["hsm_ok"], "the HSM is closed", status)
    said = box.choose("Unlock", box.pin)
    report("The cover is open" in said and "Unlocked." not in said,
           "an open cover is not unlocked, with a message that says why", said[-400:])
    said = box.choose("Clear the cover alarm", "yes")
    report("[error no_cover]" in said, "what cannot be cleared is said", said[-300:])
    box.set_cover("0")
    appliance.wait_for(lambda: box.status().get("cover") == "closed", 10, "the cover is closed")
    report(box.status()["state"] == "sealed", "closing the cover opens nothing")


def sealed_for_good(report, box):
    """No death and no unattended PIN opens what is sealed."""
    credential = "/etc/credstore.encrypted/kagikura-pin"
    box.inside("mkdir", "-p", "-m", "0700", "/etc/credstore.encrypted")
    box.inside("systemd-creds", "encrypt", "--with-key=host", "--name=pin", "-", credential,
               input=box.pin.encode())
    box.inside("systemctl", "start", "kagikura-unlock.service")
    for name in ("core", "audit", "core"):
        victim = box.main_pid(name)
        os.kill(victim, signal.SIGKILL)
        box.wait_active(name, victim)
        appliance.wait_for(lambda: box.status().get("state") in ("sealed", "operational"), 15,
                           "core has looked at the log")
        time.sleep(5)  # two looks of the unattended program, which has nothing to announce
        report(box.status()["state"] == "sealed", f"sealed stays sealed after {name}'s death",
               box.status())
    said = box.choose("Unlock", box.pin)
    report("Unlocked." in said, "a person at the console unseals", said[-300:])
    victim = box.main_pid("audit")
    os.kill(victim, signal.SIGKILL)
    box.wait_active("audit", victim)
    appliance.wait_for(lambda: box.status().get("state") == "operational", 20, "unlocked by itself")
    report(True, "what is only locked the unattended program unlocks again")
    box.inside("systemctl", "stop", "kagikura-unlock.service")
    box.inside("rm", credential)


def metrics(report, box):
    box.inside("systemctl", "start", "kagikura-metrics.socket")
    said = box.metrics()
    report('kagikura_state{state="operational"} 1' in said, "a scraper sees the state", said)
    report("検証用" not in said and "sekinin" not in said, "and no name", said)
    try:
        said = box.metrics(certificate=None)
        refused = "kagikura_up" not in said
    except (ssl.SSLError, OSError):
        refused = True
    report(refused, "without a certificate nothing is said", said)
    box.choose("Seal", "yes")
    said = box.metrics()
    report('kagikura_state{state="sealed"} 1' in said, "a sealed box is seen too", said)


def two_consoles(report, box):
    choice = box.menu_choice("Unlock")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        said = [f.result() for f in [pool.submit(box.console, choice, box.pin) for _ in range(2)]]
    done = sum("Unlocked." in one for one in said)
    told = sum("Not possible in this state" in one or "Enter one of the numbers" in one
               or "! " in one for one in said)
    report(done >= 1 and done + told >= 2 and box.state() == "Operational",
           "of two consoles one unlocks, the other is told", said)


def syslog(report, box):
    collector = Collector(box)
    collector.start()
    box.inside("systemctl", "restart", "kagikura-syslog.service")
    appliance.wait_for(lambda: any("appliance.state" in f for f in collector.frames), 20,
                       "entries arrive")
    report(all(re.match(r"<1[01]\d>1 \S+Z \S+ kagikura - [a-z_.]+ \[entry@32473 ", f)
               for f in collector.frames), "entries arrive as RFC 5424", collector.frames[:2])
    collector.stop()
    began = time.monotonic()
    box.choose("Seal", "yes")
    box.unlock()
    report(box.state() == "Operational", f"without a collector the rest goes on "
           f"({time.monotonic() - began:.1f} s for sealing and unlocking)")
    collector.start()
    entries = box.status()["log_entries"]
    appliance.wait_for(lambda: max(collector.numbers()) >= entries - 1, 70, "what waited arrives")
    numbers = collector.numbers()
    missing = set(range(min(numbers), max(numbers) + 1)) - set(numbers)
    # What was under way when the collector went is sent again: its index tells.
    report(not missing, f"{len(numbers)} entries came, none of them missing", sorted(missing)[:10])
    collector.stop()


def support(report, box):
    said = box.choose("Support bundle")
    folder = box.merged / "var/lib/kagikura/export"
    # Off its terminal the console writes where it was started.
    found = list(folder.glob("kagikura-support-*")) + list(box.merged.glob("kagikura-support-*"))
    report("Written" in said or "[invalid/path]" in said, "a bundle is made, or refused by name",
           said[-300:])
    for path in found:
        text = path.read_text(encoding="utf-8")
        report("state: operational" in text and "検証用" not in text and "sekinin" not in text,
               "the bundle holds state and no name", text[:400])


def medium(report, box):
    """No medium can be put into a container: the way that a missing one takes."""
    said = box.choose("Export the log to a medium", "yes")
    report("! " in said, "an export without a medium is told", said[-400:])


def restart(report, box):
    said = box.choose("Restart", "yes")
    report("Restarting." in said, "the console restarts the machine", said[-200:])
    appliance.wait_for(lambda: box.nspawn.poll() is not None, 60, "the machine goes down")
    # 133: systemd-nspawn's word for a container that asked for a restart, under --keep-unit.
    report(box.nspawn.returncode in (0, 133), "and ends in order", box.nspawn.returncode)


def everything(box):
    report = booted.Report()
    box.prepare()
    box.start()
    person = first_start(report, box)
    site_peers(report, box)
    rights(report, box, "O")
    cover(report, box, person)
    rights(report, box, "S")
    sealed_for_good(report, box)
    metrics(report, box)
    two_consoles(report, box)
    syslog(report, box)
    support(report, box)
    medium(report, box)
    restart(report, box)
    return report.failed


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build-dir", default=str(ROOT / "build/dev"))
    options = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-operated-"))
    box = Box(folder, options.build_dir)
    failed = 1
    try:
        failed = everything(box)
    except Exception as error:  # the box must be taken down whatever happened
        print(f"FAIL {type(error).__name__}: {error}")
        for name, text in box.logs().items():
            print(f"--- {name}\n{text[-2500:]}", file=sys.stderr)
        for unit in ("kagikura-tamper", "kagikura-syslog", "kagikura-site", "kagikura-metrics@*",
                     "kagikurad-apply@*"):
            if box.leader:
                done = box.inside("journalctl", "--no-pager", "-o", "short-monotonic", "-u", unit)
                print(f"--- {unit}\n{done.stdout.decode()[-2500:]}", file=sys.stderr)
    finally:
        box.stop()
        box.remove()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
