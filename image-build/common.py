"""What the steps share: running programs so that the outcome depends on the input only."""

import os
import pathlib
import subprocess
import time

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parent
SECTOR = 512
MIB = 1 << 20


def environment(epoch):
    """Nothing of the caller's: a time zone or a language would show in the bytes."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "HOME": "/nonexistent", "SOURCE_DATE_EPOCH": str(epoch),
            "DEBIAN_FRONTEND": "noninteractive"}


class Tools:
    """Runs programs and says how long each step took."""

    def __init__(self, epoch):
        self.epoch = epoch
        self.times = {}
        os.umask(0o022)

    def run(self, *words, **options):
        options.setdefault("env", environment(self.epoch))
        options.setdefault("stdin", None if "input" in options else subprocess.DEVNULL)
        if "input" in options:
            options.pop("stdin")
        quiet = options.pop("quiet", False)
        if quiet:
            options.update(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        done = subprocess.run([str(word) for word in words], check=False, **options)
        if done.returncode != 0:
            said = (done.stdout or b"")[-3000:]
            raise RuntimeError(f"{words[0]} ended with {done.returncode}: "
                               f"{said.decode('utf-8', 'replace') if said else ''}")
        return done

    def chroot(self, tree, *words, **options):
        return self.run("chroot", tree, *words, **options)

    def step(self, name):
        return Step(self, name)


class Step:
    def __init__(self, tools, name):
        self.tools, self.name = tools, name

    def __enter__(self):
        self.began = time.monotonic()
        return self

    def __exit__(self, kind, *_):
        took = time.monotonic() - self.began
        self.tools.times[self.name] = took
        if kind is None:
            print(f"{took:7.1f} s  {self.name}", flush=True)


def listed(path):
    """[(word, comment)] of a list file: one entry a line, # and a reason behind it."""
    out = []
    if not pathlib.Path(path).exists():
        return out
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        word, _, comment = line.partition("#")
        if word.strip():
            out.append((word.strip(), comment.strip()))
    return out
