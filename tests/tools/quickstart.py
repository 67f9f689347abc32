"""./quickstart: installs, builds what ships, and hands over to the main job."""

import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/tools")]

import build  # noqa: E402  pylint: disable=wrong-import-position
import packages  # noqa: E402  pylint: disable=wrong-import-position

MAIN_JOB = ROOT / "tests/functional/main_job.py"


def step(text, action):
    print(f"{text} ...", end=" ", flush=True)
    start = time.monotonic()
    result = action()
    print(f"{time.monotonic() - start:.0f} s", flush=True)
    return result


def main():
    unknown = [word for word in sys.argv[1:] if word != "--once"]
    if unknown:
        print(__doc__ + "\nusage: ./quickstart [--once]", file=sys.stderr)
        return 2
    try:
        step("installing packages", lambda: packages.install(["build", "run"]))
        folder = step("building the release", lambda: build.build("release"))
    except (build.BuildError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    if not MAIN_JOB.exists():
        print("built; this tree has no tests/functional/main_job.py to run", file=sys.stderr)
        return 1
    return subprocess.run([sys.executable, str(MAIN_JOB), "--build-dir", str(folder),
                           *sys.argv[1:]], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
