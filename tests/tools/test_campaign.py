"""A campaign that fails, throws, shows nothing or hangs must never look like one that passed."""

import json
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/tools")]

import check  # noqa: E402  pylint: disable=wrong-import-position
from tests.lib import campaign as campaigns  # noqa: E402  pylint: disable=wrong-import-position


class Runner(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.addCleanup(self.holder.cleanup)
        self.folder = pathlib.Path(self.holder.name)

    def report(self, body, seed=7, points=3):
        path = self.folder / "planted.py"
        path.write_text('"""Planted."""\nCI_POINTS = 1\n' + textwrap.dedent(body), encoding="utf-8")
        found = campaigns.discover(self.folder)
        self.assertEqual([c.name for c in found], ["planted"])
        return campaigns.run(found[0], seed, points, self.folder, self.folder / "artifacts")

    def test_counts(self):
        report = self.report("""
            def run(ctx):
                ctx.passed("a")
                ctx.passed("b", count=4)
                ctx.expect(1 + 1 == 2, "sum")
                ctx.note("points_seen", ctx.points)
            """)
        self.assertEqual((report["passed"], report["failed"]), (6, 0))
        self.assertEqual(report["notes"], {"points_seen": 3})

    def test_a_failure_is_named(self):
        report = self.report("""
            def run(ctx):
                ctx.passed("a")
                ctx.failed("b", "planted")
                ctx.expect(False, "c", "planted too")
            """)
        self.assertEqual((report["passed"], report["failed"]), (1, 2))
        self.assertEqual(report["failures"][0], {"name": "b", "why": "planted"})

    def test_an_exception_is_a_failure(self):
        self.assertEqual(self.report("def run(ctx):\n    raise OSError('planted')\n")["failed"], 1)

    def test_showing_nothing_is_a_failure(self):
        self.assertEqual(self.report("def run(ctx):\n    pass\n")["failed"], 1)

    def test_a_seed_repeats(self):
        body = """
            def run(ctx):
                ctx.passed("a")
                ctx.note("drawn", ctx.random.randrange(1 << 30))
            """
        first, again, other = (self.report(body, seed)["notes"] for seed in (5, 5, 6))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_a_campaign_needs_its_declarations(self):
        (self.folder / "bad.py").write_text("def run(ctx): pass\n", encoding="utf-8")
        with self.assertRaises(ValueError):
            campaigns.discover(self.folder)

    def test_a_name_has_dashes(self):
        (self.folder / "a_b.py").write_text(
            "\"\"\"Planted.\"\"\"\nCI_POINTS = 1\ndef run(ctx): pass\n", encoding="utf-8")
        self.assertEqual([c.name for c in campaigns.discover(self.folder)], ["a-b"])

    def test_what_campaigns_share_is_none(self):
        (self.folder / "shared.py").write_text("TABLE = {}\n", encoding="utf-8")
        self.assertEqual(campaigns.discover(self.folder), [])


class FrontDoor(unittest.TestCase):
    """The exit code and the last line of ./check itself, on planted campaigns."""

    def check(self, body, *arguments):
        with tempfile.TemporaryDirectory() as holder:
            folder = pathlib.Path(holder)
            (folder / "planted.py").write_text(
                '"""Planted."""\nCI_POINTS = 1\nCI_SECONDS = 2\n' + textwrap.dedent(body),
                encoding="utf-8")
            report = folder / "report.json"
            code = textwrap.dedent(f"""
                import pathlib, sys
                sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests/tools')!r}]
                from tests.lib import campaign
                found = campaign.discover(pathlib.Path({str(folder)!r}))
                campaign.discover = lambda: found
                import check
                check.ARTIFACTS = pathlib.Path({str(folder)!r}) / "artifacts"
                sys.argv = ["check", *{list(arguments)!r}, "--json", {str(report)!r}]
                sys.exit(check.main())
                """)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                                  timeout=60, check=False)
            written = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
            return done.returncode, done.stdout.splitlines()[-1], written

    def test_passing(self):
        code, last, report = self.check("def run(ctx):\n    ctx.passed('a')\n",
                                        "planted", "--prepared", "--seed", "9", "--points", "2")
        self.assertEqual((code, last), (0, "1 passed, 0 failed"))
        self.assertEqual((report["seed"], report["points"]), (9, 2))

    def test_failing(self):
        code, last, report = self.check("def run(ctx):\n    ctx.failed('a', 'planted')\n",
                                        "planted", "--prepared")
        self.assertEqual((code, last), (1, "0 passed, 1 failed"))
        self.assertEqual(report["failed"], 1)

    def test_unknown_campaign(self):
        done = subprocess.run([str(ROOT / "check"), "no-such-campaign"], capture_output=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 2)


class Steps(unittest.TestCase):
    def test_a_program_that_hangs_is_ended_with_its_children(self):
        start = time.monotonic()
        code, output = check.run_limited(["sh", "-c", "echo begun; sleep 60 & sleep 60"], 0.5)
        self.assertIsNone(code)
        self.assertIn("begun", output)
        self.assertLess(time.monotonic() - start, 30)

    def test_a_failed_step_is_counted(self):
        tally = check.Tally()
        self.assertTrue(tally.step("true", check.command(["true"])))
        self.assertEqual(tally.end(), 0)
        self.assertFalse(tally.step("false", check.command(["false"])))
        self.assertEqual((tally.passed, tally.failed, tally.end()), (1, 1, 1))

    def test_nothing_done_is_a_failure(self):
        self.assertEqual(check.Tally().end(), 1)

    def test_an_exception_in_a_step_is_a_failure(self):
        tally = check.Tally()
        self.assertFalse(tally.step("gone", check.command(["/nonexistent/program"])))
        self.assertEqual(tally.end(), 1)


if __name__ == "__main__":
    unittest.main()
