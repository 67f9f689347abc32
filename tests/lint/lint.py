"""Checks the rules of the tree that compilers do not know. Prints path:line: rule: why.

Without arguments it checks what git tracks (and what it would), then asks clang-format.
  lint.py FOLDER...         speaks of these folders only
  lint.py --fix [FOLDER...]  lets clang-format rewrite first
"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import rules  # noqa: E402  pylint: disable=wrong-import-position

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = (".png", ".ico", ".der", ".bin", ".pdf", ".gz", ".jpg", ".woff2")


def read_tree(root):
    """{path: text} of every text file that git tracks or would add."""
    listing = subprocess.run(["git", "-C", str(root), "-c", "safe.directory=*", "ls-files", "-z",
                              "--cached", "--others", "--exclude-standard"],
                             capture_output=True, check=False)
    if listing.returncode == 0:
        names = listing.stdout.decode().split("\0")
    else:  # a source archive without its history
        names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    tree = {}
    for name in names:
        generated = name.startswith(("build/", "artifacts/")) or "node_modules/" in name
        data_file = name.startswith(("tests/fuzz/corpus/", "tests/golden/", "tests/http/"))
        if not name or generated or data_file or name.endswith(BINARY):
            continue
        path = root / name
        if not path.is_file() or path.is_symlink():
            continue
        try:
            tree[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a data file, such as a roster in CP932
    return tree


def allowed(tree):
    """{(rule, path)} of tests/lint/allow.txt; a line without a reason does not count."""
    found = set()
    for line in tree.get("tests/lint/allow.txt", "").splitlines():
        entry, _, reason = line.partition("#")
        fields = entry.split()
        if len(fields) == 2 and reason.strip():
            found.add((fields[0], fields[1]))
    return found


def check(tree):
    """All violations as (path, line, rule, why), and the exceptions that nothing needs any more."""
    exceptions = allowed(tree)
    used = set()
    found = []
    for path, text in sorted(tree.items()):
        file = rules.File(path, text)
        for rule, function in rules.RULES.items():
            for line, why in function(file, tree):
                detail = f"{rule}:{why.split(':')[0]}" if rule == "banned" else rule
                if (detail, path) in exceptions:
                    used.add((detail, path))
                else:
                    found.append((path, line, detail, why))
    for rule, path in sorted(exceptions - used):
        found.append(("tests/lint/allow.txt", 1, "stale", f"{rule} {path} is needed no more"))
    for line in tree.get("tests/lint/secret_access.txt", "").splitlines():
        path = line.partition("#")[0].strip()
        if path and "base/secret_access.h" not in tree.get(path, ""):
            found.append(("tests/lint/secret_access.txt", 1, "stale", f"{path} does not need it"))
    return found


def clang_format(tree, *options):
    sources = [path for path in tree if path.endswith((".cpp", ".h"))]
    if not sources:
        return ""
    done = subprocess.run(["clang-format-19", *options, *sources], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    return done.stderr if done.returncode != 0 else ""


def main():
    fix = "--fix" in sys.argv[1:]
    folders = tuple(name for name in sys.argv[1:] if not name.startswith("--"))
    tree = read_tree(ROOT)
    spoken_of = {path: text for path, text in tree.items()
                 if not folders or path.startswith(folders)}
    if fix:
        clang_format(spoken_of, "-i")
        tree = read_tree(ROOT)
    found = [entry for entry in check(tree) if not folders or entry[0].startswith(folders)]
    for path, line, rule, why in found:
        print(f"{path}:{line}: {rule}: {why}")
    differences = clang_format(spoken_of, "--dry-run", "-Werror")
    print(differences, end="")
    print(f"lint: {len(spoken_of)} files, {len(found)} violations")
    return 1 if found or differences else 0


if __name__ == "__main__":
    sys.exit(main())
