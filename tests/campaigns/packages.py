"""The Debian packages: built from the tree, lintian, installed, upgraded, removed in a container.

The first run builds the release preset in build/packages, which takes minutes.
"""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
WANTED = {
    "kagikura": [
        "./usr/bin/kagikura", "./usr/sbin/kagikurad", "./usr/sbin/kagikura-console",
        "./usr/libexec/kagikura/kagikura-hsm", "./usr/libexec/kagikura/kagikura-audit",
        "./usr/libexec/kagikura/kagikura-web", "./usr/libexec/kagikura/kagikura-web-worker",
        "./usr/libexec/kagikura/kagikura-unlock", "./usr/libexec/kagikura/unit-failed",
        "./lib/systemd/system/kagikura.target", "./lib/systemd/system/kagikura-core.service",
        "./lib/systemd/system/kagikura-.service.d/50-sandbox.conf",
        "./usr/lib/sysusers.d/kagikura.conf", "./usr/lib/tmpfiles.d/kagikura.conf",
        "./etc/kagikura/kagikura.toml", "./usr/share/man/man8/kagikurad.8.gz",
        "./usr/share/man/man8/kagikura-console.8.gz", "./usr/share/man/man1/kagikura.1.gz",
        "./usr/share/bash-completion/completions/kagikura",
        "./usr/sbin/kagikura-update",
        "./usr/share/selinux/packages/kagikura.pp", "./usr/share/doc/kagikura/copyright"],
    "kagikura-verify": [
        "./usr/bin/kagikura-verify", "./usr/share/man/man1/kagikura-verify.1.gz",
        "./usr/share/bash-completion/completions/kagikura-verify",
        "./usr/share/doc/kagikura-verify/copyright"],
}


def run(ctx):
    folder = ctx.build_dir.parent / "packages"
    source = folder / "source"
    copy_tree(source)
    for old in folder.glob("kagikura*.*"):
        old.unlink()
    done = subprocess.run(["dpkg-buildpackage", "-b", "-us", "-uc"], cwd=source,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    (ctx.artifacts / "build.log").write_text(done.stdout, encoding="utf-8")
    if not ctx.expect(done.returncode == 0, "the packages are built", done.stdout[-3000:]):
        return
    contents(ctx, folder)
    lint(ctx, folder)
    life(ctx, folder)


def copy_tree(source):
    """What git knows, with times kept, so that a second build is short."""
    source.mkdir(parents=True, exist_ok=True)
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout.split("\0")
    for name in filter(None, names):
        path, copy = ROOT / name, source / name
        if not path.is_file():
            copy.unlink(missing_ok=True)
            continue
        if copy.exists() and copy.stat().st_mtime_ns == path.stat().st_mtime_ns:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)


def contents(ctx, folder):
    for package, wanted in WANTED.items():
        path = next(folder.glob(f"{package}_*.deb"))
        ctx.note(f"{package}, KiB", path.stat().st_size // 1024)
        listed = subprocess.run(["dpkg-deb", "-c", path], capture_output=True, text=True,
                                check=True).stdout
        lines = [line.split(None, 5) for line in listed.splitlines()]
        names = {line[5].split(" -> ")[0] for line in lines}
        for name in wanted:
            ctx.expect(name in names, f"{package} has {name}", "missing")
        ctx.expect(all(line[1] == "root/root" for line in lines), f"{package}: all is root's", "")
        loose = [line[5] for line in lines if line[0][5] == "w" or line[0][8] == "w"
                 if not line[0].startswith("l")]
        ctx.expect(not loose, f"{package}: only root may write", loose)
        special = [line[5] for line in lines if "s" in line[0].lower()]
        ctx.expect(not special, f"{package}: nothing runs with other rights", special)


def lint(ctx, folder):
    changes = next(folder.glob("kagikura_*.changes"))
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--info",
                           str(changes)], capture_output=True, text=True, check=False)
    (ctx.artifacts / "lintian.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    ctx.expect(done.returncode == 0, "lintian finds no error and no warning", done.stdout[-3000:])


def life(ctx, folder):
    words = [] if os.geteuid() == 0 else ["sudo", "-n"]
    done = subprocess.run(
        [*words, sys.executable, str(ROOT / "tests/functional/packaged.py"), "--build-dir",
         str(ctx.build_dir), "--packages", str(folder)],
        capture_output=True, text=True, errors="replace", check=False)
    (ctx.artifacts / "packaged.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    for line in done.stdout.splitlines():
        if line.startswith("ok "):
            ctx.passed(line[5:])
        elif line.startswith("FAIL"):
            ctx.failed("packaged", line[5:])
    ctx.expect(done.returncode == 0, "packaged", done.stderr[-2000:])
