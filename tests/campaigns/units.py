"""The systemd units: exposure, verify, reasons; and the real ones in a booted container.

The units are judged as they lie in systemd/, with the programs of build/dev in place of installed
ones. Then tests/functional/booted.py boots a small Debian with the product installed: confinement,
who may connect, the main job through the pages, kill -9 and a hang of each program, ordered stop,
restart with the state kept, shutting down. --points 2 and more: the main job to its end, and the
rest after ten failures. --points 0: without the container.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = ROOT / "systemd"
CI_POINTS = 1
CI_SECONDS = 500

# What `systemd-analyze security` may give at most. 0.4 is what is left of a service that tells its
# local peers apart (PrivateUsers= would make all of them "nobody") and shares the root folder.
EXPOSURE = {
    "kagikura-core.service": 0.5,
    "kagikura-audit.service": 0.5,
    "kagikura-web.service": 0.5,
    "kagikura-hsm.service": 0.8,
    "kagikura-console@tty1.service": 0.5,
    "kagikura-unlock.service": 0.5,
    "kagikura-tamper.service": 0.5,
    "kagikura-metrics@kagikura-core.service.service": 0.5,
    # The addresses of the machine; the ways to the site's collector and relay.
    "kagikura-site.service": 1.0,
    "kagikura-syslog.service": 1.5,
    "kagikura-mail.service": 1.5,
}
# Keys that take something away, or give it back. Each needs a comment before it.
RESTRICTION = re.compile(
    r"(Protect|Private|Restrict|SystemCall|Capability|Ambient|NoNew|Lock|Memory|IPAddress|Device"
    r"|Inaccessible|ReadWrite|ReadOnly|Bind|Exec(Paths)|NoExec|Keyring|UMask|RemoveIPC|Limit|Tasks"
    r"|KillMode|ExecStop|LoadCredential|Socket(User|Group|Mode)|Watchdog|Restart|TTY|Standard)")


def run(ctx):
    with tempfile.TemporaryDirectory(prefix="kagikura-units-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(UNITS, folder, dirs_exist_ok=True)
        for template in folder.glob("*@.service"):
            instance = "tty1" if "console" in template.name else "kagikura-core.service"
            shutil.copy(template, folder / template.name.replace("@.", f"@{instance}."))
        exposure(ctx, folder)
        analyser_bites(ctx, folder)
        verified(ctx, folder)
    for path in sorted([*UNITS.glob("*.service"), *UNITS.glob("*.socket"), *UNITS.rglob("*.conf")]):
        reasons(ctx, path)
    if ctx.points > 0:
        booted(ctx)


def booted(ctx):
    """Containers are made by root."""
    words = [] if os.geteuid() == 0 else ["sudo", "-n"]
    words += [sys.executable, str(ROOT / "tests/functional/booted.py"), "--build-dir",
              str(ctx.build_dir)]
    done = subprocess.run(words + (["--whole"] if ctx.points > 1 else []), capture_output=True,
                          text=True, errors="replace", check=False)
    (ctx.artifacts / "booted.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    for line in done.stdout.splitlines():
        if line.startswith("ok "):
            ctx.passed(line[5:])
            if "back" in line:
                ctx.note("booted", line[5:])
        elif line.startswith("FAIL"):
            ctx.failed("booted", line[5:])
    ctx.expect(done.returncode == 0, "booted", done.stderr[-3000:])


def score(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", str(unit)],
                          capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    return float(found.group(1)) if found else None


def exposure(ctx, folder):
    for unit, most in EXPOSURE.items():
        reached = score(folder / unit)
        ctx.note(f"exposure of {unit}", reached)
        ctx.expect(reached is not None and reached <= most, f"exposure {unit}",
                   f"{reached}, at most {most}")
    named = {re.sub(r"@.*\.service$", "@.service", name) for name in EXPOSURE}
    for path in UNITS.glob("kagikura-*.service"):
        ctx.expect(path.name in named, f"judged {path.name}", "a unit that nobody judges")


def analyser_bites(ctx, folder):
    """The same units without the shared restrictions must fail the gate."""
    dropin = folder / "kagikura-.service.d"
    hidden = folder / "hidden"
    dropin.rename(hidden)
    for unit, most in EXPOSURE.items():
        reached = score(folder / unit)
        ctx.expect(reached is not None and reached > most, f"bare {unit}", f"{reached} passes")
    hidden.rename(dropin)


def verified(ctx, folder):
    programs = ctx.build_dir / "bin"
    for path in [*folder.glob("*.service"), *folder.rglob("*.conf")]:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^(ExecStart=)/usr/(?:libexec/kagikura|sbin)/(unit-failed|site-apply)",
                      rf"\g<1>{UNITS}/\g<2>", text)
        text = re.sub(r"(?m)^(ExecStart=-?)/usr/(?:libexec/kagikura|sbin)/",
                      rf"\g<1>{programs}/", text)
        path.write_text(text, encoding="utf-8")
    for path in sorted(folder.glob("*.*")):
        if not path.is_file() or path.suffix not in (".service", ".socket", ".target"):
            continue
        if "@." in path.name:
            continue  # judged as its instance
        said = complaints(path)
        ctx.expect(not said, f"verify {path.name}", json.dumps(said))
    # The analyser finds what is wrong, or its silence means nothing.
    for planted in ("Protectsystem=strict", "ExecStart=/nowhere/kagikura-hsm"):
        bad = folder / "kagikura-planted.service"
        bad.write_text(f"[Service]\nExecStart=/bin/true\n{planted}\n", encoding="utf-8")
        ctx.expect(complaints(bad), f"planted {planted}", "not found")


def complaints(path):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(path)],
                          capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "kagikura" in line]
    return said or ([f"status {done.returncode}"] if done.returncode else [])


def reasons(ctx, path):
    """A run of keys begins with a comment, so that each key has its reason in sight."""
    explained = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("#"):
            explained = True
        elif not text or text.startswith("["):
            explained = False
        elif RESTRICTION.match(text):
            ctx.expect(explained, f"reason {path.name}:{number}", text)
