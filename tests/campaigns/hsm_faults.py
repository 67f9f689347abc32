"""Every PKCS#11 call used, with errors, delays and lies; points are cells in 1,000, 0 is all.

Each cell: one fault, no wrong answer, and the same service works again after it.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = 50
CI_SECONDS = 600


def run(ctx):
    sys.path.insert(0, str(ROOT / "tests/tools"))
    import build  # pylint: disable=import-outside-toplevel
    folder = build.build("dev", ["hsm_faults"])
    done = subprocess.run(
        [str(folder / "bin/hsm_faults"), str(ctx.seed or 1), str(ctx.points)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        errors="replace", check=False)
    for line in done.stderr.splitlines():
        if line.startswith("FAIL "):
            ctx.failed("cell", line[5:])
    if not ctx.expect(done.stdout.startswith("{"), "report", done.stderr[-2000:]):
        return
    report = json.loads(done.stdout)
    ctx.passed("cells", report["passed"])
    for key in ("fired", "skipped", "refused", "served"):
        ctx.note(key, report[key])
    ctx.expect(done.returncode == 0, "exit", f"{report['failed']} cells failed")
