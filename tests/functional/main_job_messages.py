"""The main job at the level of messages, each step printed: a fast check that all processes work
together. tests/functional/main_job.py does the same through the pages."""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))

import actors  # noqa: E402
import appliance  # noqa: E402


def main(build_dir, count):
    folder = tempfile.mkdtemp(prefix="kagikura-")
    box = appliance.Appliance(folder, build_dir)
    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        firm = actors.Firm(box)
        print("provisioned:", box.state())
        people = firm.collect(count, ("kTax", "kSocialInsurance"), dependants=min(count, 3))
        print("collected:", len(people), "requests,", len(firm.numbers), "numbers")
        seen = firm.reveal_all(people)
        assert all(seen[p] == firm.numbers[p] for p in people), seen
        print("revealed:", len(seen))
        leavers = people[:1]
        done = firm.dispose(leavers)
        print("disposed:", done["row"]["status"], len(done["certificate"]), "bytes of certificate")
        after = firm.reveal_all(people)
        assert after[leavers[0]] == "not held", after[leavers[0]]
        assert all(after[p] == firm.numbers[p] for p in people[1:]), after
        tar = pathlib.Path(folder) / "export.tar"
        print(subprocess.run([box.bin / "kagikura", "export", "--config", box.config_path, tar],
                             check=True, capture_output=True, text=True).stdout.strip())
        print(subprocess.run([box.bin / "kagikura", "verify", tar], check=True,
                             capture_output=True, text=True).stdout.strip())
    except Exception:
        for name, text in box.logs().items():
            print(f"--- {name}\n{text[-2000:]}", file=sys.stderr)
        raise
    finally:
        box.stop()
        box.remove()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/dev",
         int(sys.argv[2]) if len(sys.argv) > 2 else 5)
