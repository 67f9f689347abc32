"""The appliance's image in a virtual machine: what image-build/test runs. Prints a line a step.

    imaged.py OUT [--debs DIR] [--cache DIR] [--work DIR] [--cuts N]        as root

Everything is done with one disk and one TPM, as a site would: first start, set-up, the main job
over HTTPS, power cuts, updates. Disks that somebody has changed are tried on copies.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/functional"),
                str(ROOT / "tests/tools"), str(ROOT / "image-build")]

import anssi  # noqa: E402
import appliance  # noqa: E402
import booted  # noqa: E402
import actors  # noqa: E402
import elf_flags  # noqa: E402
import image_cuts  # noqa: E402
import image_faults  # noqa: E402
import image_files  # noqa: E402
import image_hostile  # noqa: E402
import machine  # noqa: E402
import main_job  # noqa: E402
import packages  # noqa: E402
import web_client  # noqa: E402
from common import listed  # noqa: E402

PEOPLE, MANY = 6, 10_000
IMAGE_MIB, MEMORY_MIB, BOOT_SECONDS = 350, 400, 100
UPDATE = "/var/lib/kagikura-site/update/update.kgu"
RESULT = "/var/lib/kagikura-site/update/result"


class LateClock(web_client.WallClock):
    """An emulated machine loses seconds on a busy host: people's devices are as late as it may be,
    so that no code is ahead of its time there."""

    def now(self):
        return time.time() - 3


class Builds:
    """The images of one run: the product, and test images of several versions."""

    def __init__(self, options):
        self.options = options
        self.out = options.out.resolve()
        self.debs = options.debs
        self.cache = (options.cache or ROOT / "build/image").resolve()

    def make(self, name, *more):
        folder = self.out / name
        if self.options.reuse and (folder / "SHA256SUMS").exists():
            return folder
        words = [sys.executable, str(ROOT / "image-build/build"), str(folder), "--cache",
                 str(self.cache), *map(str, more)]
        words += ["--debs", str(self.debs)] if self.debs else []
        words += ["--work", str(self.options.work)] if self.options.work else []
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        (self.out / f"{name}.log").write_text(done.stdout)
        if done.returncode != 0:
            raise RuntimeError(f"{name} was not built: {done.stdout[-2000:]}")
        self.debs = self.debs or self.cache / "packages"
        return folder

    def test(self, name, version, *more):
        return self.make(name, "--test", ROOT / "tests/image", "--version", version, *more)

    @staticmethod
    def image(folder):
        return next(folder.glob("*.img"))

    @staticmethod
    def update(folder):
        return next(folder.glob("*.kgu"))


class Run(image_cuts.Cuts, image_faults.Faults, image_hostile.Hostile):
    def __init__(self, options, report):
        self.report = report
        self.options = options
        self.builds = Builds(options)
        self.scratch = (options.work or options.out).resolve() / "machines"
        self.box = None
        self.people, self.numbers = {}, {}

    def machine(self, name, image, **more):
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        return machine.Machine(folder, image, **more)

    # ---- steps

    def build(self):
        self.product = self.builds.make("product")
        self.report(True, "the image is built")
        image = self.builds.image(self.product)
        mib = image.stat().st_size >> 20
        self.report(mib <= IMAGE_MIB, f"the image has {mib} MiB (limit {IMAGE_MIB})", mib)
        self.first = self.builds.test("first", "0.1.0")
        self.next = self.builds.test("next", "0.1.1")
        self.broken = self.builds.test("broken", "0.1.2", "--test", ROOT / "tests/image-broken")
        self.old = self.builds.test("old", "0.0.9")
        self.report(True, "test images of four versions are built")

    def flags(self):
        """Every program of ours as it is shipped, and the bill of materials."""
        folder = self.scratch / "packages"
        folder.mkdir(parents=True)
        for deb in sorted(self.builds.debs.glob("kagikura*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(deb), str(folder)], check=True)
        for program in elf_flags.programs(folder):
            lacks = elf_flags.missing(program, elf_flags.debug_file(folder, program))
            self.report(not lacks, f"{program.name} has every protection", lacks)
        shutil.rmtree(folder)
        bill = json.loads(next(self.product.glob("*.spdx.json")).read_text(encoding="utf-8"))
        names = {one["name"] for one in bill["packages"]}
        wanted = {"kagikura", "kagikura-image", "libc6", "systemd", "libssl3", "softhsm2",
                  *(word for word, _ in listed(ROOT / "image-build/packages.txt"))}
        self.report(wanted <= names, f"the bill of materials lists {len(names)} packages",
                    wanted - names)

    def new_operator(self):
        """The product's own image by the guide, with console and browser alone: from the first
        start to a number that is sealed and shown."""
        box = self.machine("product", self.builds.image(self.product))
        box.test = False
        began = time.monotonic()
        try:
            booted.short_job(box, box.folder, PEOPLE)
            self.report(True, f"the product, from power on through the guide to the first numbers: "
                        f"{time.monotonic() - began:.0f} s")
            box.serial.sendall(b"\x03\x1a\x04\n")
            said = box.hear_one_of(60, "Number: ")
            self.report("login" not in said and "#" not in said and "$" not in said,
                        "no key of the console leads out of the menu", said[-300:])
            with open(box.folder / "kernel-1.log", "rb") as log:
                self.report(log.read() == b"", "nothing talks on the other lines", "")
        finally:
            box.power_cut()

    def first_start(self):
        self.box = self.machine("site", self.builds.image(self.first))
        self.box.drives = [self.drive(), image_hostile.program(self.scratch)]
        self.people, self.numbers = booted.short_job(self.box, self.box.folder, PEOPLE)
        self.report(True, f"first start, set-up and main job with {PEOPLE} people over HTTPS")
        found = self.box.denials()
        ours = [entry for entry in found if any("kagikura" in side for side in entry[:2])]
        self.report(self.box.root("getenforce").strip() == "Enforcing", "SELinux is enforcing")
        self.report(not ours, "no denial of a program or a file of ours", ours)
        self.report(not found, f"{len(found)} denials of the system's own programs", found)
        self.memory()

    def many_people(self):
        """10,000 in the register: how much memory is used, and how long a start takes."""
        handler = self.people["tantou"]
        began = time.monotonic()
        page = main_job.upload_roster(handler, actors.roster_csv(MANY, 100_000), "many.csv")
        page = handler.web.submit(page.form("/roster/import"))
        took = time.monotonic() - began
        self.report(page.status == 200 and self.registered() >= MANY,
                    f"{MANY} people registered in {took:.0f} s", page.visible[:300])
        self.memory()
        self.power_cut("a start with 10,000 people", version=self.version_now())
        self.memory()

    def memory(self):
        facts = dict(line.split(":", 1) for line in
                     self.box.root("cat /proc/meminfo").splitlines())
        used = (int(facts["MemTotal"].split()[0]) - int(facts["MemAvailable"].split()[0])) >> 10
        self.report(used <= MEMORY_MIB, f"{used} MiB of memory are used (limit {MEMORY_MIB})", used)

    def hardening(self):
        for name, good, why in anssi.check(self.box.root):
            self.report(good, f"ANSSI BP-028 {name}", why)

    def unattended(self):
        """The PIN as a credential of the TPM, for the starts that follow."""
        self.box.root(f"printf %s {self.box.pin} | systemd-creds encrypt --with-key=tpm2 "
                      "--name=pin - /etc/credstore.encrypted/kagikura-pin && sync")
        self.report(True, "the PIN is sealed to the TPM")

    def power_cut(self, what="power cut", version="0.1.0"):
        self.box.power_cut()
        self.box.boot()
        took = self.operational(what)
        self.same_numbers(what)
        self.runs(version, what)
        return took

    def operational(self, what):
        """Waits for the unattended unlocking; what follows is tried even if there was none."""
        limit = time.monotonic() + 90
        while self.box.state() != "Operational" and time.monotonic() < limit:
            pass  # a question over the serial line takes its time
        took = time.monotonic() - self.box.began
        good = self.box.state() == "Operational"
        self.report(good, f"{what}: {took:.0f} s from power on to Operational, unattended",
                    self.box.state())
        if not good:
            self.box.unlock()
        return took

    def same_numbers(self, what):
        self.box.set_clock()
        handler = self.people["tantou"]
        appliance.wait_for(lambda: handler.web.get("/sign-in").status == 200, 60, "pages answer")
        handler.sign_in()
        shown, page = main_job.reveal(handler, list(self.numbers))
        self.report(sorted(shown) == sorted(self.numbers.values()),
                    f"{what}: every number is there", (len(shown), page.status))

    def runs(self, version, what):
        said = self.box.root("kagikura-update status").split()
        self.report(said[1] == version, f"{what}: version {version} runs in slot {said[3]}", said)

    # ---- updates

    def drive(self):
        """One disk with update files behind each other; {name: (first block, blocks)}."""
        self.files, at = {}, 0
        path = self.scratch / "updates.img"
        self.scratch.mkdir(parents=True, exist_ok=True)
        keys = self.builds.cache / "test-keys"
        small = image_files.small_updates(self.scratch, keys / "update.key")
        with open(path, "wb") as out:
            for name, source in [*small.items(), ("next", self.builds.update(self.next)),
                                 ("broken", self.builds.update(self.broken))]:
                data = source.read_bytes()
                self.files[name] = (at, len(data) // 4096)
                out.write(data)
                at += len(data) // 4096
        return path

    def offer(self, name):
        start, count = self.files[name]
        self.box.root(f"dd if=/dev/vdb of={UPDATE} bs=4096 skip={start} count={count} status=none "
                      f"&& sync && rm -f {RESULT}", seconds=300)

    def refusals(self):
        for name, word in image_files.REFUSED.items():
            self.offer(name)
            self.box.root("systemctl start image-update.service", check=False, seconds=300)
            said = self.box.root(f"cat {RESULT}").strip()
            self.report(said == f"error {word}", f"an update is refused: {name}", said)
        written = self.box.root("cat /sys/class/block/vda4/stat /sys/class/block/vda5/stat")
        self.report(all(line.split()[4] == "0" for line in written.splitlines()),
                    "a refusal writes nothing to the other slot", written)

    def cut_update(self):
        """The power fails in each phase of an update: the one before starts, with everything."""
        for what, ready in (
                ("while an update is checked", lambda: True),
                ("while its root is written", lambda: self.written(4) > 20_000),
                ("while its hashes are written", lambda: self.written(5) > 0)):
            self.offer("next")
            self.box.root("systemctl start --no-block image-update.service")
            appliance.wait_for(ready, 240, what)
            self.power_cut(f"a power cut {what}")
        self.install("next", "0.1.1")
        self.box.power_cut()
        self.box.power_on()
        appliance.wait_for(lambda: b"Run /init" in self.box.kernel_log.read_bytes(), 120,
                           "the new kernel has started")
        self.power_cut("a power cut in the first start of the new version")

    def written(self, partition):
        """Sectors of the other slot."""
        return int(self.box.root(f"cat /sys/class/block/vda{partition}/stat").split()[6])

    def install(self, name, version):
        self.offer(name)
        self.box.root("systemctl start image-update.service", seconds=600)
        said = self.box.root(f"cat {RESULT}").strip()
        self.report(said == f"ok installed {version}", f"version {version} is installed", said)

    def update(self):
        self.install("next", "0.1.1")
        self.power_cut("the start after the update", version="0.1.1")
        appliance.wait_for(lambda: self.box.root("kagikura-update status").strip()
                           == "version 0.1.1 slot b floor 0.1.1 trial no", 240, "it is kept")
        self.report(True, "the new version is kept, older ones are refused from now on")

    def fall_back(self):
        """A version whose core does not start: tried once, then the one before by itself."""
        self.install("broken", "0.1.2")
        self.box.power_cut()
        self.box.power_on()
        self.box.hear_one_of(600, "on trial: the one before starts again")
        self.report(True, "it says that it is left")
        self.box.hear_one_of(600, "BdsDxe: starting")
        self.box.hear_one_of(600, "Number: ")
        self.operational("after the fall-back")
        self.runs("0.1.1", "after the fall-back")
        self.same_numbers("after the fall-back")

    def older_disk(self):
        """Somebody writes an old, rightly signed system over the new one; the data is the same."""
        self.box.power_cut()
        image_files.put_system(self.box.disk, self.builds.image(self.old))
        self.box.power_on(reboot=False)
        said = self.box.hear_one_of(400, "CANNOT START", "Number: ")
        said += self.box.hear_one_of(60, "itself off")
        self.report("A newer version has run" in said and "Number: " not in said,
                    "an older version that is put on the disk does not run", said[-400:])
        self.box.power_cut()

    # ---- changed disks

    def tampered(self):
        image = self.builds.image(self.first)
        for name, change, sign in (
                ("a root with changed bytes", image_files.flip_root, "is corrupted"),
                ("a kernel without a signature", image_files.unsign_kernel, None)):
            box = self.machine("changed", image, tpm=False)
            change(box.disk, self.scratch)
            box.power_on(reboot=False)
            try:
                said = box.hear_one_of(150, "Number: ", "CANNOT START", "FIRST START")
            except RuntimeError as error:
                said = str(error)
            log = box.kernel_log.read_text(errors="replace")
            ran = "Number: " in said or "FIRST START" in said
            seen = sign in log if sign else "Linux version" not in log
            self.report(not ran and seen, f"{name} does not run", said[-300:])
            box.power_cut()

    def version_now(self):
        return self.box.root("kagikura-update status").split()[1]


STEPS = ["build", "flags", "new_operator", "first_start", "hardening", "usb", "two_consoles",
         "refusals", "unattended", "power_cut", "cover", "wrong_pin", "wrong_clock", "cut_job",
         "many_people", "cut_update", "update", "fall_back", "hostile", "older_disk", "tampered",
         "no_tpm"]


def try_step(run, report, step):
    began = time.monotonic()
    try:
        getattr(run, step)()
    except Exception as error:  # what follows may still say something
        report(False, step, f"{type(error).__name__}: {error}")
        if run.box:
            for name, text in run.box.logs().items():
                print(f"--- {name}\n{text[-3000:]}", file=sys.stderr)
    print(f"     {step}: {time.monotonic() - began:.0f} s", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("out", type=pathlib.Path)
    options.add_argument("--debs", type=pathlib.Path)
    options.add_argument("--cache", type=pathlib.Path)
    options.add_argument("--work", type=pathlib.Path, help="scratch folder for disks, 8 GiB")
    options.add_argument("--cuts", type=int, default=20, help="power cuts in the main job")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--reuse", action="store_true", help="images that OUT has; for work")
    options.add_argument("--only", help="steps, separated by commas; for work on them")
    options = options.parse_args()
    web_client.WallClock = LateClock
    options.out.mkdir(parents=True, exist_ok=True)
    packages.install(["image", "build"] if not options.debs else ["image"])
    report = booted.Report()
    began = time.monotonic()
    run = Run(options, report)
    try:
        for step in options.only.split(",") if options.only else STEPS:
            try_step(run, report, step)
    finally:
        if run.box:
            run.box.power_cut()
        shutil.rmtree(run.scratch, ignore_errors=True)
    print(f"{time.monotonic() - began:.0f} s in all, {report.failed} failed", flush=True)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
