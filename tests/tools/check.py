"""./check: installs, builds, tests; or runs one campaign. See ./check --help."""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/tools")]

import build  # noqa: E402  pylint: disable=wrong-import-position
import packages  # noqa: E402  pylint: disable=wrong-import-position
from tests.lib import campaign as campaigns  # noqa: E402  pylint: disable=wrong-import-position

ARTIFACTS = ROOT / "artifacts"
PLAIN_SEED = 1


class Tally:
    """Counts what passed and failed, and prints each step with its time."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def step(self, name, action):
        """`action` returns (passed, failed, details). An exception is one failure."""
        start = time.monotonic()
        try:
            passed, failed, details = action()
        except Exception as error:  # pylint: disable=broad-except
            passed, failed, details = 0, 1, f"{type(error).__name__}: {error}"
        self.passed += passed
        self.failed += failed
        word = "FAIL" if failed else "ok"
        print(f"{word:4} {name:24} {time.monotonic() - start:7.1f} s   {passed} passed"
              + (f", {failed} failed" if failed else ""), flush=True)
        if failed and details:
            print(details, flush=True)
        return failed == 0

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.failed == 0 and self.passed > 0 else 1


def command(words, **options):
    """A step that passes when the command exits with 0."""
    def action():
        done = subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
                              **options)
        return (1, 0, "") if done.returncode == 0 else (0, 1, done.stdout[-8000:])
    return action


def install_packages():
    wanted = packages.install(["build", "run", "test"])
    if wanted:
        print("     installed: " + " ".join(wanted))
    return 1, 0, ""


def build_dev():
    build.build("dev")
    return 1, 0, ""


def run_ctest():
    """Counts the tests that CTest knows; its report also goes to the artifacts."""
    folder, report = ROOT / "build/dev", ARTIFACTS / "ctest.xml"
    ARTIFACTS.mkdir(exist_ok=True)
    done = subprocess.run(
        ["ctest", "--test-dir", str(folder), "--output-on-failure", "--no-tests=error",
         "-j", str(os.cpu_count() or 2), "--output-junit", str(report)],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False)
    suite = xml.etree.ElementTree.parse(report).getroot()
    total, failed = int(suite.get("tests")), int(suite.get("failures"))
    if done.returncode != 0:
        failed = max(failed, 1)
    return total - failed, failed, done.stdout[-8000:] if failed else ""


def python_tests(folder):
    return command([sys.executable, "-m", "unittest", "discover", "-s", folder, "-p", "test_*.py"])


def run_limited(words, seconds):
    """Runs a program in a session of its own, which ends with it. (exit code or None, output)."""
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          start_new_session=True) as child:
        try:
            output, _ = child.communicate(timeout=seconds)
            return child.returncode, output[-8000:]
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            output, _ = child.communicate()
            return None, f"took more than {seconds} s\n" + output[-8000:]


def run_campaign_apart(campaign):
    def action():
        report = ARTIFACTS / campaign.name / "report.json"
        report.unlink(missing_ok=True)
        code, output = run_limited(
            [sys.executable, __file__, campaign.name, "--seed", str(PLAIN_SEED), "--points",
             str(campaign.ci_points), "--json", str(report), "--prepared"], campaign.ci_seconds)
        if code is None or not report.exists():
            return 0, 1, output
        numbers = json.loads(report.read_text(encoding="utf-8"))
        return numbers["passed"], numbers["failed"] or int(code != 0), output
    return action


def check_everything():
    tally = Tally()
    print(f"campaigns run with seed {PLAIN_SEED}; repeat one with ./check NAME --seed {PLAIN_SEED}")
    prepared = tally.step("packages", install_packages)
    if prepared and (ROOT / "tests/browser/package.json").exists():
        tally.step("npm ci", command(["npm", "ci", "--no-audit", "--no-fund", "--prefix",
                                      "tests/browser"]))
        tally.step("npm ci openapi", command(["npm", "ci", "--no-audit", "--no-fund",
                                              "--ignore-scripts", "--prefix", "tests/openapi"]))
    tally.step("lint", command([sys.executable, "tests/lint/lint.py"]))
    tally.step("lint finds violations", python_tests("tests/lint"))
    tally.step("check finds failures", python_tests("tests/tools"))
    built = tally.step("build dev", build_dev)
    if not built:
        return tally.end()
    tally.step("ctest", run_ctest)
    for campaign in campaigns.discover():
        if campaign.ci_points is not None:
            tally.step(campaign.name, run_campaign_apart(campaign))
    return tally.end()


def check_one(options):
    options.name = options.name.replace("_", "-")
    known = {campaign.name: campaign for campaign in campaigns.discover()}
    if options.name not in known:
        print(f"no campaign {options.name}; ./check --list names them", file=sys.stderr)
        return 2
    campaign = known[options.name]
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 31)
    points = options.points if options.points is not None else (campaign.ci_points or 1)
    print(f"{campaign.name}: seed {seed}, points {points}", flush=True)
    tally = Tally()
    if not options.prepared:
        if not (tally.step("packages", install_packages) and tally.step("build dev", build_dev)):
            return tally.end()
        tally = Tally()
    report = campaigns.run(campaign, seed, points, ROOT / "build/dev", ARTIFACTS / campaign.name)
    if options.json:
        campaigns.write_report(report, options.json)
    tally.passed, tally.failed = report["passed"], report["failed"]
    return tally.end()


def main():
    parser = argparse.ArgumentParser(
        prog="./check", description="Without a name: installs, builds and tests everything that a "
        "change must pass. With one: runs that campaign.")
    parser.add_argument("name", nargs="?", help="a campaign")
    parser.add_argument("--list", action="store_true", help="name the campaigns")
    parser.add_argument("--seed", type=int, help="repeat a run exactly; random if absent")
    parser.add_argument("--points", type=int, help="how much of it; what one is, --list says")
    parser.add_argument("--json", metavar="FILE", help="write the report there")
    parser.add_argument("--prepared", action="store_true",
                        help="do not install or build: build/dev is as it should be")
    options = parser.parse_args()
    if options.list:
        for campaign in campaigns.discover():
            size = "not in plain ./check" if campaign.ci_points is None else (
                f"{campaign.ci_points} points in plain ./check")
            print(f"{campaign.name:14} {campaign.summary} [{size}]")
        return 0
    return check_one(options) if options.name else check_everything()


if __name__ == "__main__":
    sys.exit(main())
