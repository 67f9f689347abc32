"""./quickstart: installs, builds the programs, and hands over to the main job."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/tools")]

import build  # noqa: E402  pylint: disable=wrong-import-position
import packages  # noqa: E402  pylint: disable=wrong-import-position

MAIN_JOB = ROOT / "tests/functional/main_job.py"
PROGRAMS = ["kagikurad", "kagikura-audit", "kagikura-hsm", "kagikura-web", "kagikura-web-worker",
            "kagikura-console", "kagikura"]


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
        # The test group too: the tree is configured with its tests.
        step("installing packages", lambda: packages.install(["build", "run", "test"]))
        folder = step("building", lambda: build.build("dev", PROGRAMS))
    except (build.BuildError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    if not MAIN_JOB.exists():
        print("built; this tree has no tests/functional/main_job.py to run", file=sys.stderr)
        return 1
    command = [sys.executable, str(MAIN_JOB), "--build-dir", str(folder), *sys.argv[1:]]
    if "--once" in sys.argv:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    return leave_running(command)


def leave_running(command):
    """Shows what the main job prints and returns when it stands by or has failed; the appliance
    belongs to a session of its own and goes on."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-quickstart-"))
    output = folder / "output"  # shows how to sign in: of mode 0600 in a folder of mode 0700
    with open(os.open(output, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as log:
        process = subprocess.Popen([*command, "--folder", str(folder / "appliance")], cwd=ROOT,
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
    shown = 0
    while True:
        ended = process.poll() is not None
        text = output.read_text("utf-8", "replace")
        print(text[shown:], end="", flush=True)
        shown = len(text)
        if "Stop it with:" in text:
            return 0
        if ended:
            return process.returncode
        time.sleep(0.2)  # another process' file: there is nothing to wait on


if __name__ == "__main__":
    sys.exit(main())
