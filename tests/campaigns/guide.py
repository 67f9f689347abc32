"""The set-up guide followed in Chromium by somebody new: three branches, five people, their roles.

Nothing is typed or pressed that docs/guide/setup.md does not name. What a person would have to do
is counted, and must take less than ten minutes by the keystroke-level model. The pictures of the
guide come from here (artifacts; those in docs/guide/pictures are copies). A point is one walk.
"""

import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import appliance
import browser
import time_machine

CI_POINTS = 1
CI_SECONDS = 400
PICTURE_MAX = 60 * 1024
PICTURES = pathlib.Path(__file__).resolve().parents[2] / "docs/guide/pictures"


def run(ctx):
    browser.install()
    for _ in range(ctx.points):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-guide-"))
        machine = time_machine.TimeMachine(folder, ctx.build_dir)
        box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap())
        pictures = ctx.artifacts / "guide-pictures"
        try:
            with box:
                keys = box.provision()
                browser.run_script(ctx, "guide.mjs", {
                    "url": f"https://localhost:{box.port}", "keys": keys,
                    "clock": str(machine.file), "folder": str(ctx.artifacts / "guide"),
                    "pictures": str(pictures)}, CI_SECONDS)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    for picture in sorted(PICTURES.glob("*.png")):
        size = picture.stat().st_size
        ctx.expect(size <= PICTURE_MAX, f"{picture.name} is small", f"{size} bytes")
        ctx.expect((pictures / picture.name).exists(), f"{picture.name} is still made")
