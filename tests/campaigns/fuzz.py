"""Every fuzz target (fuzz_*) over its corpus; a point is a second for each.

A crash fails and is kept under artifacts/fuzz/TARGET. New inputs that reach new code are kept there
too; `corpus` in the notes says how many. With --points 0 the corpus is only replayed.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
CI_SECONDS = 900


def run(ctx):
    sys.path.insert(0, str(ROOT / "tests/tools"))
    import build  # pylint: disable=import-outside-toplevel
    folder = build.build("fuzz", ["fuzz_all"])
    targets = sorted(path.name for path in (folder / "bin").glob("fuzz_*"))
    ctx.note("targets", len(targets))
    for target in targets:
        fuzz(ctx, folder / "bin" / target, folder / "corpus" / target)


def fuzz(ctx, program, seeds):
    if not ctx.expect(seeds.is_dir() and any(seeds.iterdir()), program.name + "/corpus",
                      f"no seeds for {program.name}: tests/fuzz/corpus is missing or empty"):
        return
    found = ctx.artifacts / program.name
    (found / "corpus").mkdir(parents=True, exist_ok=True)
    limit = ["-runs=0"] if ctx.points == 0 else [f"-max_total_time={ctx.points}"]
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1")
    done = subprocess.run(
        [str(program), f"-seed={ctx.seed or 1}", *limit, "-timeout=10", "-rss_limit_mb=2048",
         "-max_len=70000", "-print_final_stats=1", f"-artifact_prefix={found}/",
         str(found / "corpus"), str(seeds)],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    runs = [line.split()[-1] for line in done.stdout.splitlines()
            if line.startswith("stat::number_of_executed_units")]
    ctx.note(program.name, {"runs": int(runs[0]) if runs else 0,
                            "corpus": len(list((found / "corpus").iterdir()))})
    ctx.expect(done.returncode == 0, program.name, done.stdout[-3000:])
