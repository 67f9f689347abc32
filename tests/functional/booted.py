"""The real units with the real programs in a booted container; prints a line for each thing shown.

    booted.py --build-dir DIR [--people N] [--whole]        as root

Boots, looks at how each process is confined, does the main job through the pages from outside, ends
each program in turn with kill -9 and with a planted hang, stops in order, starts again with the
state kept, and turns the machine off at the console.
"""

import argparse
import fcntl
import json
import os
import pathlib
import re
import select
import signal
import socket
import struct
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/functional")]

import appliance  # noqa: E402
import container  # noqa: E402
import main_job  # noqa: E402

UNLOCK_TERMINAL, TERMINAL_NUMBER = 0x40045431, 0x80045430  # ioctl_tty(2)
BACK_SECONDS = 2.0
HANG_SECONDS = 3  # WatchdogSec of the planted hang
USERS = {"hsm": "kagikura-hsm", "audit": "kagikura-audit", "core": "kagikura-core",
         "web": "kagikura-web"}
STATUS = {
    "hsm": r"^(waiting for audit|(not )?logged in)$",
    "audit": r"^(locked|waiting for the HSM|HSM ok).*, \d+ entries$",
    "core": r"^(Unprovisioned|Locked|Operational), HSM .*, \d+ sessions(, checkpoint \S+)?$",
    "web": r"\d+ connections$",
}
# Who may connect where; root goes past the folders' modes, and the programs still refuse it.
SOCKETS = {"hsm": "kagikura-audit", "audit": "kagikura-core", "web": "kagikura-web"}


class Report:
    def __init__(self):
        self.failed = 0
        self.began = time.monotonic()

    def __call__(self, good, text, why=""):
        now = time.monotonic()
        print(f"{'ok  ' if good else 'FAIL'} {text} ({now - self.began:.1f} s)"
              + (f": {why}" if not good else ""), flush=True)
        self.failed += not good
        self.began = now
        return good


def confinement(report, box):
    for name, user in USERS.items():
        pid = box.main_pid(name)
        status = dict(line.split(":\t", 1) for line in
                      pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
        wanted = {"NoNewPrivs": "1", "Seccomp": "2", "CapEff": "0" * 16, "CapBnd": "0" * 16}
        wrong = {key: status[key] for key, value in wanted.items() if status[key] != value}
        report(not wrong, f"{name}: no privileges, no capabilities, filtered", wrong)
        report(status["Uid"].split() == [str(box.uid(user))] * 4, f"{name} runs as {user}",
               status["Uid"])
        devices = [line.split(":")[0].strip() for line in
                   pathlib.Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]]
        report(devices == ["lo"], f"{name} has no network", devices)
        report(re.search(STATUS[name], box.show(container.SERVICES[name], "StatusText")
                         ["StatusText"]), f"{name} says how it fares",
               box.show(container.SERVICES[name], "StatusText"))


def refused(box, path, uid):
    """Whether a peer of that user is turned away, by the folder or by the program."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            # Through the leader's root, before the rights to look at it are given up.
            root = os.open(f"/proc/{box.leader}/root", os.O_PATH)
            os.fchdir(root)
            os.chroot(".")
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
                peer.settimeout(2)
                peer.connect(path)
                # A peer that is welcome waits for its turn; one that is not hears the end.
                code = 0 if peer.recv(1) == b"" else 1
        except (PermissionError, ConnectionError):
            code = 0
        except TimeoutError:
            code = 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def peers(report, box):
    uids = {user: box.uid(user) for user in [*USERS.values(), "kagikura-console", "nobody"]}
    uids["root"] = 0
    for name, friend in SOCKETS.items():
        path = f"/run/kagikura/{name}/socket"
        for user, uid in uids.items():
            if user == friend:
                continue
            report(refused(box, path, uid), f"{user} is refused at the socket '{name}'")
    for user in ("kagikura-web", "kagikura-hsm", "nobody"):
        report(refused(box, "/run/kagikura/console/socket", uids[user]),
               f"{user} is refused at the socket 'console'")
    report(not refused(box, "/run/kagikura/web/socket", uids["kagikura-web"]),
           "kagikura-web is welcome at the socket 'web'")


# What of a browser's connection outlives whose death. The register is opened with the HSM through
# audit: without that road core forgets it, and the sessions with it.
OUTLIVED_BY_SESSIONS = {"hsm", "web"}


def after_death(report, box, name, people):
    """What must hold once `name` is back: the state, and connections that could live on."""
    if name == "audit":  # the PIN was in its memory only
        appliance.wait_for(lambda: box.state() == "Locked", 20, "core says that it is locked")
    appliance.wait_for(lambda: box.state() in ("Operational", "Locked"), 20, "core answers")
    if box.state() == "Locked":
        box.unlock()
    report(box.state() == "Operational", f"{name}: operational again", box.state())
    for login, person in people.items():
        page = person.web.get("/")
        signed_in = page.status == 200 and "/sign-in" not in page.url
        if name in OUTLIVED_BY_SESSIONS:
            report(signed_in, f"{login} is still signed in after {name}'s death", page.url)
        else:
            report(not signed_in, f"{login} has to sign in again after {name}'s death", page.url)


def deaths(report, box, people):
    for name in ("hsm", "web", "audit", "core"):
        others = {other: box.main_pid(other) for other in USERS if other != name}
        workers = connections(box)
        victim = box.main_pid(name)
        os.kill(victim, signal.SIGKILL)
        took = box.wait_active(name, victim)
        report(took <= BACK_SECONDS, f"{name} is back {took:.2f} s after kill -9", took)
        alive = {other: box.main_pid(other) for other in others}
        report(alive == others, f"{name}'s death ended no other program", (others, alive))
        if name in OUTLIVED_BY_SESSIONS:
            report(len(workers) >= len(people) and workers <= connections(box),
                   f"{len(workers)} browser connections outlived {name}",
                   workers - connections(box))
        after_death(report, box, name, people)


def connections(box):
    """The workers' processes."""
    found = set()
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            if path.read_text().startswith("kagikura-web-wo"):
                pid = int(path.parent.name)
                if os.readlink(f"/proc/{pid}/ns/pid") == os.readlink(f"/proc/{box.leader}/ns/pid"):
                    found.add(pid)
        except OSError:
            continue
    return found


def hangs(report, box):
    """Each program is stopped in the middle of whatever it does; its watchdog must notice."""
    for name, unit in container.SERVICES.items():
        folder = f"/run/systemd/system/{unit}.d"
        box.inside("mkdir", "-p", folder)
        box.inside("tee", f"{folder}/99-hang.conf",
                   input=f"[Service]\nWatchdogSec={HANG_SECONDS}s\n".encode())
    box.inside("systemctl", "daemon-reload")
    box.inside("systemctl", "restart", "kagikura.target")
    appliance.wait_for(box.all_active, 30, "every unit is active")
    time.sleep(2 * HANG_SECONDS)  # to outlive its watchdog is nothing that a program announces
    before = {name: box.main_pid(name) for name in USERS}
    counts = {name: box.show(unit, "NRestarts")["NRestarts"]
              for name, unit in container.SERVICES.items()}
    report(set(counts.values()) == {"0"}, "nobody is ended while it lives", counts)
    for pid in before.values():
        os.kill(pid, signal.SIGSTOP)
    for name, pid in before.items():
        took = box.wait_active(name, pid, HANG_SECONDS * 5)
        results = box.inside("journalctl", "--no-pager", "-u", container.SERVICES[name]).stdout
        report(b"Watchdog timeout" in results, f"{name}: a planted hang is ended ({took:.1f} s)",
               results[-400:])
    box.inside("sh", "-c", "rm /run/systemd/system/kagikura-*.service.d/99-hang.conf")
    box.inside("systemctl", "daemon-reload")


def states(box):
    return {box.show(unit, "ActiveState")["ActiveState"] for unit in container.SERVICES.values()}


def console_unit(report, box):
    """The console's own unit on a terminal of the container, typed at through the other end."""
    inside = pathlib.Path(f"/proc/{box.leader}/root")
    master = os.open(inside / "dev/pts/ptmx", os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.ioctl(master, UNLOCK_TERMINAL, struct.pack("i", 0))
        number = struct.unpack("i", fcntl.ioctl(master, TERMINAL_NUMBER, bytes(4)))[0]
        unit = f"kagikura-console@pts-{number}.service"
        box.inside("systemctl", "start", unit)
        said = read_until(master, b"Number: ")
        report(b"State: Operational" in said, f"{unit} shows banner and menu", said)
        os.write(master, b"1\n")
        said = read_until(master, b"Number: ")
        report(b"HSM: ok" in said, "a number typed there is answered", said)
        pid = box.outer_pid(int(box.show(unit, "MainPID")["MainPID"]))
        owner = os.stat(f"/proc/{pid}").st_uid if pid else -1
        report(owner in (0, box.uid("kagikura-console")), "it runs as kagikura-console", owner)
        box.inside("systemctl", "stop", unit)
    finally:
        os.close(master)


def read_until(fd, end, seconds=15):
    said = b""
    limit = time.monotonic() + seconds
    while end not in said:
        ready, _, _ = select.select([fd], [], [], max(0, limit - time.monotonic()))
        if not ready:
            break
        try:
            said += os.read(fd, 4096)
        except OSError:  # nobody has the other end open now
            select.select([], [], [], 0.05)
            if time.monotonic() > limit:
                break
    return said


def rest_after_failures(report, box):
    """A mistake in the configuration: ten tries, then rest, then a start that works."""
    path = box.merged / "etc/kagikura/kagikura.toml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good + "[nonsense]\n", encoding="utf-8")
    box.inside("systemctl", "restart", "kagikura-web.service")
    resting = "kagikurad-failed@kagikura-web.service.service"
    appliance.wait_for(lambda: box.show(resting, "ActiveState")["ActiveState"] == "activating", 30,
                       "the unit rests")
    tries = int(box.show(container.SERVICES["web"], "NRestarts")["NRestarts"])
    report(tries <= 10, f"{tries} tries, then a rest", tries)
    path.write_text(good, encoding="utf-8")
    appliance.wait_for(box.all_active, 60, "the unit is started after its rest")
    report(True, "the unit comes back by itself once the mistake is gone")


def unattended(report, box):
    """The PIN as an encrypted credential: unlocked by itself; a wrong one is tried once."""
    credential = "/etc/credstore.encrypted/kagikura-pin"
    unit = "kagikura-unlock.service"
    box.inside("mkdir", "-p", "-m", "0700", "/etc/credstore.encrypted")
    for pin, good in ((box.pin + "x", False), (box.pin, True)):
        box.inside("systemd-creds", "encrypt", "--with-key=host", "--name=pin", "-", credential,
                   input=pin.encode())
        held = box.inside("cat", credential).stdout
        report(held and pin.encode() not in held, "the credential does not show the PIN")
        lock_by_death(box)
        box.inside("systemctl", "start", unit)
        if good:
            appliance.wait_for(lambda: box.state() == "Operational", 20, "it is unlocked")
            report(True, "unlocked by the credential, without a person")
            lock_by_death(box)
            appliance.wait_for(lambda: box.state() == "Operational", 20, "it is unlocked again")
            report(True, "unlocked again after a death that locks")
            box.inside("systemctl", "stop", unit)
        else:
            appliance.wait_for(lambda: box.show(unit, "ActiveState")["ActiveState"] == "failed",
                               20, "a refused PIN ends the unit")
            left = json.loads(box.inside("kagikura", "status", "--format", "json").stdout)
            report(left["pin_tries_left"] == 2, "a wrong PIN was tried once", left)
            box.inside("systemctl", "reset-failed", unit)
    box.inside("rm", credential)
    box.inside("kagikura", "export", "/run/export.tar")
    log = box.inside("cat", "/run/export.tar").stdout.decode("utf-8", "replace")
    uid = box.uid("kagikura-unlock")
    said = re.findall(rf'"event":"([^"]*)"[^\n]*"uid {uid}"', log)
    report(said, "the log names the unattended user", re.findall(r'[^\n]*"uid \d+"', log)[:3])


def lock_by_death(box):
    victim = box.main_pid("audit")
    os.kill(victim, signal.SIGKILL)
    box.wait_active("audit", victim)


def stop_and_start(report, box, people, before):
    for person in people.values():
        person.web.get("/sign-in")
    report(len(connections(box)) >= len(people), "browsers are connected before the stop")
    box.inside("systemctl", "stop", "kagikura.target")
    # The command waits for the target's own job only.
    appliance.wait_for(lambda: states(box) == {"inactive"}, 30, "every unit is inactive")
    shown = {name: box.show(unit, "ActiveState", "ExecMainExitTimestampMonotonic", "Result")
             for name, unit in container.SERVICES.items()}
    report(all(one["ActiveState"] == "inactive" and one["Result"] == "success"
               for one in shown.values()), "an ordered stop ends every unit well", shown)
    ends = [int(shown[name]["ExecMainExitTimestampMonotonic"])
            for name in ("web", "core", "audit", "hsm")]
    report(ends == sorted(ends), "web, core, audit, hsm end in this order", ends)
    report(not connections(box), "no worker outlives an ordered stop", connections(box))
    box.inside("systemctl", "start", "kagikura.target")
    appliance.wait_for(box.all_active, 30, "every unit is active")
    appliance.wait_for(lambda: box.state() != "?", 20, "core answers")
    report(box.state() == "Locked", "started again: locked, waiting for the PIN", box.state())
    box.unlock()
    handler = people["tantou"]
    appliance.wait_for(lambda: handler.web.get("/sign-in").status == 200, 20, "the pages answer")
    handler.sign_in()
    shown, page = main_job.reveal(handler, list(before))
    report(sorted(shown) == sorted(before.values()), "the numbers are there after the restart",
           (len(shown), page.status))


def shut_down(report, box):
    box.console(box.menu_choice("Shut down"), "yes")
    appliance.wait_for(lambda: box.nspawn.poll() is not None, 40, "the machine is off")
    report(box.nspawn.returncode == 0, "'Shut down' at the console turns the machine off",
           box.nspawn.returncode)


def short_job(box, folder, count):
    """The main job up to the reveal; what is left out takes a minute of waiting for TOTP codes."""
    del folder
    step = main_job.Step()
    (responsible, rights), auditor, handler, passcode, fingerprint = main_job.set_up(step, box)
    main_job.register(step, handler, count)
    numbers = main_job.collect(step, box, handler, responsible, passcode, fingerprint, count)
    shown, _ = main_job.reveal(handler, list(numbers))
    main_job.need(sorted(shown) == sorted(numbers.values()), "the numbers are shown")
    step(f"the handler saw {len(shown)} numbers")
    return {"sekinin": responsible, "kengen": rights, "tantou": handler, "kansa": auditor}, numbers


def whole_job(box, folder, count):
    kept = {}
    collect, dispose = main_job.collect, main_job.dispose

    def collecting(*arguments):
        kept.update(collect(*arguments))
        return dict(kept)

    def disposing(*arguments):
        certificate, leaver, rest = dispose(*arguments)
        del kept[leaver]
        return certificate, leaver, rest
    main_job.collect, main_job.dispose = collecting, disposing
    try:
        return main_job.run(box, folder, count), kept
    finally:
        main_job.collect, main_job.dispose = collect, dispose


def everything(box, folder, options):
    report = Report()
    job = whole_job if options.whole else short_job
    people, numbers = job(box, folder, options.people)
    report(True, f"{job.__name__.replace('_', ' ')} with {options.people} people through the pages")
    confinement(report, box)
    peers(report, box)
    console_unit(report, box)
    deaths(report, box, people)
    unattended(report, box)
    hangs(report, box)
    box.unlock()
    stop_and_start(report, box, people, numbers)
    if options.whole:
        rest_after_failures(report, box)
    shut_down(report, box)
    return report.failed


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build-dir", default=str(ROOT / "build/dev"))
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--whole", action="store_true", help="the main job to its end; slower")
    options = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-booted-"))
    box = container.Container(folder, options.build_dir)
    failed = 1
    try:
        failed = everything(box, folder, options)
    except Exception as error:  # the box must be taken down whatever happened
        print(f"FAIL {type(error).__name__}: {error}")
        for name, text in box.logs().items():
            print(f"--- {name}\n{text[-2500:]}", file=sys.stderr)
        print((folder / "container.log").read_text(errors="replace")[-3000:], file=sys.stderr)
    finally:
        box.stop()
        box.remove()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
