"""Configures and builds a preset of CMakePresets.json into build/PRESET."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


class BuildError(Exception):
    """A configure or build step ended in failure; the text is the end of its output."""


def _run(command):
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise BuildError(" ".join(command) + "\n" + done.stdout[-6000:])


def build(preset, targets=(), definitions=()):
    """Returns the build folder. Raises BuildError."""
    folder = ROOT / "build" / preset
    _run(["cmake", "--preset", preset, *(f"-D{d}" for d in definitions)])
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL") or str(os.cpu_count() or 2)
    _run(["ninja", "-C", str(folder), "-j", jobs, *targets])
    return folder
