"""The product builds with GCC 12 without a warning; a point is one build.

The reference compiler is clang-19; a second opinion finds what one front end lets pass.
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
CI_SECONDS = 900


def run(ctx):
    sys.path.insert(0, str(ROOT / "tests/tools"))
    import build  # pylint: disable=import-outside-toplevel
    try:
        build.build("gcc", definitions=["KAGIKURA_TESTS=OFF"])
        ctx.passed("build")
    except build.BuildError as error:
        ctx.failed("build", error)
