"""Sealing, the cover switch, metrics, syslog and changes of the box, in a booted container:
tests/functional/operated.py.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = 1
CI_SECONDS = 500


def run(ctx):
    """Containers are made by root."""
    words = [] if os.geteuid() == 0 else ["sudo", "-n"]
    words += [sys.executable, str(ROOT / "tests/functional/operated.py"), "--build-dir",
              str(ctx.build_dir)]
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    (ctx.artifacts / "operated.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    for line in done.stdout.splitlines():
        if line.startswith("ok "):
            ctx.passed(line[5:])
            if "seals: seen" in line:
                ctx.note("sealed", line[5:])
        elif line.startswith("FAIL"):
            ctx.failed("operated", line[5:])
    ctx.expect(done.returncode == 0, "operated", done.stderr[-3000:])
