"""Boots the product under SELinux in QEMU and prints a line for each thing shown.

    enforced.py --build-dir DIR [--permissive]        as root

--permissive lists what would be denied, instead of failing at the first.
"""

import argparse
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/functional")]

import booted  # noqa: E402
import guest  # noqa: E402

PEOPLE = 6


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build-dir", default=str(ROOT / "build/dev"))
    options.add_argument("--permissive", action="store_true")
    options = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-enforced-"))
    box = guest.Guest(folder, options.build_dir, enforcing=not options.permissive)
    report = booted.Report()
    try:
        booted.short_job(box, folder, PEOPLE)
        report(True, f"the main job with {PEOPLE} people, booted by Debian's kernel")
        found = box.denials()
        ours = [entry for entry in found if any("kagikura" in side for side in entry[:2])]
        report(not ours, "no denial of a program or a file of ours", ours)
        print(json.dumps({"system": [entry for entry in found if entry not in ours]}))
    except Exception as error:  # the machine must be taken down whatever happened
        report(False, "the main job", f"{type(error).__name__}: {error}")
        for name, text in box.logs().items():
            print(f"--- {name}\n{text[-4000:]}", file=sys.stderr)
    finally:
        box.stop()
        box.remove()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
