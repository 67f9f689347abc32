"""clang-tidy 19 over the product's sources; a point is a file, chosen by the seed, 0 means all.

Headers are most of what it reads, so the files of a folder that share their flags are read as one
text, as long as that compiles, and one by one where something is found; findings are told by
each file's own lines. First it plants a dropped Result and a narrowing loop and wants both found,
so that no broken configuration passes.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
CI_SECONDS = 600
BATCH_MAX = 14

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


def flags_of(entry):
    """The compiler's arguments but for warnings, the file and the output."""
    words = shlex.split(entry["command"])
    words = words[1 + next(at for at, word in enumerate(words) if "clang++" in word):]
    words = words[:words.index("-o")] + words[words.index("-o") + 2:]
    return tuple(word for word in words
                 if word not in ("-c", entry["file"]) and not word.startswith("-W"))


def joined(files):
    return "".join(path.read_text(encoding="utf-8") for path in files)


def own_lines(output, name, files):
    """The joined text's line numbers, told as the files' own."""
    starts = []
    line = 1
    for path in files:
        starts.append((line, path))
        line += path.read_text(encoding="utf-8").count("\n")

    def place(match):
        start, path = [entry for entry in starts if entry[0] <= int(match[1])][-1]
        return f"{path}:{int(match[1]) - start + 1}:"
    return re.sub(re.escape(name) + r":(\d+):", place, output)


def compiles(folder, files, flags):
    with tempfile.NamedTemporaryFile("w", suffix=".cpp", dir=folder, encoding="utf-8") as text:
        text.write(joined(files))
        text.flush()
        return subprocess.run(["clang++-19", *flags, "-w", "-fsyntax-only", text.name],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              check=False).returncode == 0


def batches(folder, files, flags):
    """Splits until each part compiles as one text; two files may use one name for themselves."""
    if len(files) == 1 or (len(files) <= BATCH_MAX and compiles(folder, files, flags)):
        return [files]
    half = len(files) // 2
    return batches(folder, files[:half], flags) + batches(folder, files[half:], flags)


def tidy(folder, files, flags):
    with tempfile.NamedTemporaryFile("w", suffix=".cpp", dir=folder, encoding="utf-8") as text:
        text.write(joined(files))
        text.flush()
        done = subprocess.run(["clang-tidy-19", "--quiet", f"--config-file={ROOT / '.clang-tidy'}",
                               text.name, "--", *flags, "-w"],
                              cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", check=False)
        output = own_lines(done.stdout, text.name, files)
    return done.returncode == 0, output[-6000:] + (done.stderr if done.returncode else "")


def checked(folder, group):
    """[(files, clean, output)]. What is found in a text of several files, each file must show by
    itself: the analyzer follows a call into a file that the compiler never sees with this one."""
    flags, files = group
    out = []
    for part in batches(folder, files, flags):
        clean, output = tidy(folder, part, flags)
        if clean or len(part) == 1:
            out.append((part, clean, output))
        else:
            out += [([file], *tidy(folder, [file], flags)) for file in part]
    return out


def run(ctx):
    planted = ctx.artifacts / "planted.cpp"
    planted.write_text(PLANTED, encoding="utf-8")
    innocent = ctx.artifacts / "innocent.cpp"
    innocent.write_text('#include "base/result.h"\n', encoding="utf-8")
    for files in ([planted], [innocent, planted]):
        _, output = tidy(ctx.artifacts, files, ("-std=c++23", f"-I{ROOT}"))
        for check in WANTED:
            ctx.expect(check in output, f"planted/{len(files)}/{check}", output)

    commands = json.loads((ctx.build_dir / "compile_commands.json").read_text(encoding="utf-8"))
    files = {pathlib.Path(entry["file"]): flags_of(entry) for entry in commands}
    sources = sorted(path for path in files
                     if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "tests")
                     and not path.is_relative_to(ROOT / "build"))
    if ctx.points and ctx.points < len(sources):
        sources = sorted(ctx.random.sample(sources, ctx.points))
    ctx.note("files", len(sources))
    groups = collections.defaultdict(list)
    for path in sources:
        groups[path.parent, files[path]].append(path)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for parts in pool.map(lambda group: checked(ctx.artifacts, group),
                              [(flags, files) for (_, flags), files in groups.items()]):
            for part, clean, output in parts:
                ctx.expect(clean, " ".join(str(path.relative_to(ROOT)) for path in part), output)
