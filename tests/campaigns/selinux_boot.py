"""The main job under SELinux, enforcing, on Debian's kernel in QEMU: no denial of ours.

Boots the installed product without hardware virtualisation (about a minute), sets it up at its
console over the serial line and does the main job up to the reveal through the pages.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None


def run(ctx):
    words = [] if os.geteuid() == 0 else ["sudo", "-n"]
    done = subprocess.run(
        [*words, sys.executable, str(ROOT / "tests/functional/enforced.py"), "--build-dir",
         str(ctx.build_dir)], capture_output=True, text=True, errors="replace", check=False)
    (ctx.artifacts / "enforced.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    for line in done.stdout.splitlines():
        if line.startswith("ok "):
            ctx.passed(line[5:])
            ctx.note("enforced", line[5:])
        elif line.startswith("FAIL"):
            ctx.failed("enforced", line[5:])
        elif line.startswith("{"):
            ctx.note("denials of the system's own programs", len(json.loads(line)["system"]))
    ctx.expect(done.returncode == 0, "enforced", done.stderr[-3000:])
