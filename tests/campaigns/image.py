"""The appliance's image in a virtual machine: first start, main job, power cut, hardening.

A smoke of image-build/test, which does more and has no limit of six minutes either: as root, with
the packages of this tree (built when they are missing, which takes minutes).
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
STEPS = "build,flags,first_start,hardening,refusals,unattended,power_cut"


def run(ctx):
    words = [] if os.geteuid() == 0 else ["sudo", "-n"]
    out = ctx.build_dir.parent / "image-test"
    done = subprocess.run(
        [*words, sys.executable, str(ROOT / "tests/functional/imaged.py"), str(out), "--only",
         STEPS], capture_output=True, text=True, errors="replace", check=False)
    (ctx.artifacts / "imaged.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    for line in done.stdout.splitlines():
        if line.startswith("ok "):
            ctx.passed(line[5:])
        elif line.startswith("FAIL"):
            ctx.failed("imaged", line[5:])
    ctx.expect(done.returncode == 0, "imaged", done.stderr[-3000:])
