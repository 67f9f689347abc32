"""clang-tidy 19 over the product's sources; a point is a file, chosen by the seed, 0 means all.

It first plants a dropped Result and a narrowing loop and wants both found, so that a broken
configuration cannot pass.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
CI_SECONDS = 600

PLANTED = '''#include "base/result.h"
namespace base {
Result<int> dropped();
int planted(int n);
int planted(int n) {
  dropped();
  int i;
  for (i = 0; i < n; ++i) {
  }
  return i;
}
}  // namespace base
'''
WANTED = ["bugprone-unused-return-value", "cppcoreguidelines-init-variables"]


def tidy(build_dir, source):
    done = subprocess.run(["clang-tidy-19", "-p", str(build_dir), "--quiet", str(source)], cwd=ROOT,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", check=False)
    return done.returncode == 0, done.stdout[-3000:] + (done.stderr if done.returncode else "")


def run(ctx):
    planted = ctx.artifacts / "planted.cpp"
    planted.write_text(PLANTED, encoding="utf-8")
    done = subprocess.run(["clang-tidy-19", "--quiet", f"--config-file={ROOT / '.clang-tidy'}",
                           str(planted), "--", "-std=c++23", f"-I{ROOT}"],
                          cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", check=False)
    for check in WANTED:
        ctx.expect(check in done.stdout, "planted/" + check, done.stdout + done.stderr)

    commands = json.loads((ctx.build_dir / "compile_commands.json").read_text(encoding="utf-8"))
    files = {pathlib.Path(entry["file"]) for entry in commands}
    sources = sorted(path for path in files
                     if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "tests")
                     and not path.is_relative_to(ROOT / "build"))
    if ctx.points and ctx.points < len(sources):
        sources = sorted(ctx.random.sample(sources, ctx.points))
    ctx.note("files", len(sources))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for source, (clean, output) in zip(
                sources, pool.map(lambda path: tidy(ctx.build_dir, path), sources)):
            ctx.expect(clean, str(source.relative_to(ROOT)), output)
