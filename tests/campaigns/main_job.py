"""The main job through the pages (tests/functional/main_job.py); a point is one person registered.

Each printed step counts: set-up, roster in two encodings, requests, the people's phones, approval,
use, disposal, export, three verifiers.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = 1000
CI_SECONDS = 400
STEPS = 18


def run(ctx):
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/functional/main_job.py"), "--build-dir",
         str(ctx.build_dir), "--once", "--people", str(ctx.points)],
        capture_output=True, text=True, check=False)
    steps = re.findall(r"^ ?(\d+)\. ", done.stdout, re.M)
    ctx.passed("step", len(steps))
    ctx.expect(done.returncode == 0 and len(steps) == STEPS, "every step",
               (done.stdout + done.stderr)[-3000:])
