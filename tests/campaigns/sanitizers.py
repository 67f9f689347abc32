"""All of CTest under address, undefined-behaviour and thread sanitizers; a point is a preset.

One point is address and undefined behaviour together, two add threads.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
PRESETS = ["asan-ubsan", "tsan"]


def run(ctx):
    sys.path.insert(0, str(ROOT / "tests/tools"))
    import build  # pylint: disable=import-outside-toplevel
    for preset in PRESETS[:ctx.points]:
        folder = build.build(preset)
        done = subprocess.run(
            ["ctest", "--test-dir", str(folder), "--output-on-failure", "--no-tests=error",
             "-j", str(os.cpu_count() or 2)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", check=False)
        ctx.expect(done.returncode == 0, preset, done.stdout[-6000:])
