"""What a campaign gets, and how one is found, run and reported.

A campaign is tests/campaigns/NAME.py with
  * a docstring, whose first line ./check --list shows;
  * CI_POINTS: its size in plain ./check, or None when it is not part of it;
  * optionally CI_SECONDS: its time limit there (default 300);
  * run(ctx): calls ctx.passed / ctx.failed for each thing it shows, ctx.note for each figure.

The same seed and points repeat a campaign exactly. One that shows nothing has failed.
"""

import ast
import dataclasses
import importlib.util
import json
import pathlib
import random
import sys
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAMPAIGNS = ROOT / "tests/campaigns"
# What campaigns share: the appliance, its channels, its people.
sys.path.append(str(ROOT / "tests/lib"))
FAILURES_KEPT = 100


class Context:
    def __init__(self, name, seed, points, build_dir, artifacts):
        self.name = name
        self.seed = seed
        self.points = points
        self.build_dir = pathlib.Path(build_dir)
        self.artifacts = pathlib.Path(artifacts)
        self.random = random.Random(seed)
        self.notes = {}
        self.failures = []
        self.count_passed = 0
        self.count_failed = 0

    def passed(self, name, count=1):
        """`name` was shown to hold, `count` times."""
        del name  # the report counts what held and names what did not
        self.count_passed += count

    def failed(self, name, why):
        self.count_failed += 1
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append({"name": name, "why": str(why)})
        print(f"FAIL {self.name}/{name}: {why}", flush=True)

    def expect(self, condition, name, why=""):
        """passed or failed, by `condition`; returns it."""
        if condition:
            self.passed(name)
        else:
            self.failed(name, why)
        return bool(condition)

    def note(self, key, value):
        self.notes[key] = value
        print(f"     {self.name}: {key} = {value}", flush=True)


@dataclasses.dataclass(frozen=True)
class Campaign:
    name: str
    path: pathlib.Path
    summary: str
    ci_points: int | None
    ci_seconds: int


def discover(folder=CAMPAIGNS):
    """Reads the declarations without running the campaigns' code, so that --list needs nothing."""
    found = []
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        if not any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            continue  # what campaigns share
        text = ast.get_docstring(tree)
        values = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                if node.targets[0].id in ("CI_POINTS", "CI_SECONDS"):
                    values[node.targets[0].id] = ast.literal_eval(node.value)
        if not text or "CI_POINTS" not in values:
            raise ValueError(f"{path.name}: a campaign needs a docstring and CI_POINTS")
        found.append(Campaign(path.stem.replace("_", "-"), path, text.splitlines()[0],
                              values["CI_POINTS"], values.get("CI_SECONDS", 300)))
    return found


def run(campaign, seed, points, build_dir, artifacts):
    """Runs it here and returns the report. Never raises: an exception is a failure."""
    artifacts.mkdir(parents=True, exist_ok=True)
    context = Context(campaign.name, seed, points, build_dir, artifacts)
    start = time.monotonic()
    try:
        spec = importlib.util.spec_from_file_location("campaign_" + campaign.name, campaign.path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        module.run(context)
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        context.failed("exception", f"{type(error).__name__}: {error}")
    if context.count_passed + context.count_failed == 0:
        context.failed("empty", "the campaign showed nothing")
    return {
        "campaign": campaign.name,
        "seed": seed,
        "points": points,
        "passed": context.count_passed,
        "failed": context.count_failed,
        "seconds": round(time.monotonic() - start, 1),
        "notes": context.notes,
        "failures": context.failures,
    }


def write_report(report, path):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
