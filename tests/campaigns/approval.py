"""Dual control: the life of a proposal as a model checked in full, and random runs of the core.

The model is tests/models/approval.pml (Spin): every property over its whole state space, with one
and with two others, each way to end reachable; three bugs planted in the model are found. The runs
are tests/drivers/approval_runs.cpp: daemon/proposals and policy on a real register in random
orders, judged by an onlooker with his own books; the same three bugs planted in policy/approval.cpp
are found. A point is a hundred runs.
"""

import json
import re
import shutil
import subprocess
import tempfile

CI_POINTS = 1000
CI_SECONDS = 400
BUGS = ("zero", "self", "stale")
HOLD = ("enough_others", "one_end", "ends_stay", "in_time", "never_after", "exactly_that")
REACH = ("can_execute", "can_refuse", "can_cancel", "can_expire")


def verifier(folder, model, *defines):
    """The exhaustive verifier of the model with these definitions."""
    subprocess.run(["spin", "-a", *defines, model], cwd=folder, check=True, capture_output=True)
    subprocess.run(["cc", "-O1", "-o", "pan", "pan.c"], cwd=folder, check=True,
                   capture_output=True)


def errors(folder, name):
    """(errors, states) of one property; errors is None when the search was not complete."""
    said = subprocess.run(["./pan", "-a", "-m1000000", "-N", name], cwd=folder, check=False,
                          capture_output=True, text=True, timeout=300).stdout
    found = re.search(r"errors: (\d+)", said)
    states = re.search(r"(\d+) states, stored", said)
    if not found or not states or "search depth too small" in said or "out of memory" in said:
        return None, 0
    return int(found.group(1)), int(states.group(1))


def check_model(ctx, model):
    folder = tempfile.mkdtemp(prefix="kagikura-approval-")
    try:
        for others in (1, 2):
            verifier(folder, model, f"-DOTHERS={others}")
            for name in HOLD:
                count, states = errors(folder, name)
                ctx.expect(count == 0, f"model/{name}/{others}", f"{count} errors")
                ctx.notes[f"states_{name}_{others}"] = states
            for name in REACH:
                count, _ = errors(folder, name)
                ctx.expect(count == 1, f"model/{name}/{others}", "cannot end this way")
        for bug in BUGS:
            verifier(folder, model, f"-DBUG_{bug.upper()}")
            count, _ = errors(folder, "enough_others")
            ctx.expect(count == 1, f"model/planted/{bug}", "not noticed")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def runs(ctx, program, count):
    done = subprocess.run([ctx.build_dir / "bin" / program, str(ctx.seed), str(count)],
                          capture_output=True, text=True, timeout=380, check=False)
    if not done.stdout:
        raise RuntimeError(f"{program}: {done.stderr[-500:]}")
    report = json.loads(done.stdout)
    report["said"] = done.stderr.splitlines()[:3]
    return report


def run(ctx):
    from campaign import ROOT  # where the campaigns' own folder is
    check_model(ctx, ROOT / "tests/models/approval.pml")
    count = ctx.points * 100
    report = runs(ctx, "approval_runs", count)
    ctx.expect(report["violations"] == 0, "runs", f"{report['said']} in run "
               f"{report['first_bad_run']} of seed {ctx.seed}")
    ctx.passed("run", report["runs"])
    ctx.expect(report["executed"] > count // 10, "enough was carried out", report["executed"])
    for key in ("runs", "steps", "executed", "refused"):
        ctx.note(key, report[key])
    for bug in BUGS:
        report = runs(ctx, f"approval_runs_{bug}", min(count, 20_000))
        if ctx.expect(report["violations"] > 0, f"planted/{bug}", "not noticed"):
            ctx.note(f"planted_{bug}_in_run", report["first_bad_run"])
