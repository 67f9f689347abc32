"""The Debian packages in containers: install, main job, upgrade, remove, purge, install again.

    packaged.py --build-dir DIR --packages DIR        as root

Prints one line for each thing shown. DIR has the two packages; the upgrade is to the same files
under a higher version.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/functional")]

import appliance  # noqa: E402
import booted  # noqa: E402
import container  # noqa: E402
import main_job  # noqa: E402

APT = ["apt-get", "-q", "-y", "-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0"]


class Packaged(container.Container):
    """Installed by apt from the package, with the dependencies that it names and no others."""

    packages = ["systemd", "systemd-sysv", "dbus"]

    def __init__(self, folder, build_dir, package):
        super().__init__(folder, build_dir)
        self.package = package

    def install(self):
        self.add(self.package)
        self.update()
        done = self.in_folder(*APT, "install", f"/{self.package.name}")
        if done.returncode != 0:
            raise RuntimeError(done.stdout[-3000:])
        container.run("systemctl", f"--root={self.merged}", "--quiet", "enable", "kagikura.target")

    def update(self):
        done = self.in_folder("apt-get", "-q", "-o", "Acquire::Retries=3", "update")
        if done.returncode != 0:
            raise RuntimeError(done.stdout[-1500:])

    def add(self, package):
        (self.merged / package.name).write_bytes(package.read_bytes())

    def nspawn_words(self):
        return ["systemd-nspawn", "--quiet", "-D", str(self.merged), "--register=no",
                "--keep-unit", "--console=pipe", "--setenv=DEBIAN_FRONTEND=noninteractive"]

    def in_folder(self, *words):
        """A command in the container's folder, before it is booted."""
        return subprocess.run([*self.nspawn_words(), *words], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False)

    def apt(self, *words):
        return self.inside("env", "DEBIAN_FRONTEND=noninteractive", *APT, *words)


def newer(package, folder):
    """The same files under a higher version."""
    tree = folder / "newer"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    text = control.read_text(encoding="utf-8").replace("Version: ", "Version: 1:", 1)
    control.write_text(text, encoding="utf-8")
    out = folder / "newer.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, out], check=True,
                   stdout=subprocess.DEVNULL)
    return out


def pids(box):
    return {name: box.main_pid(name) for name in container.SERVICES}


def revealed(box, handler, numbers):
    appliance.wait_for(lambda: box.state() == "Locked", 30, "core answers")
    box.unlock()
    appliance.wait_for(lambda: handler.web.get("/sign-in").status == 200, 20, "the pages answer")
    handler.sign_in()
    shown, _ = main_job.reveal(handler, list(numbers))
    return sorted(shown) == sorted(numbers.values())


def left_over(box):
    done = box.inside("find", "/", "-xdev", "-name", "*kagikura*", "-not", "-path", "/proc/*")
    return sorted(done.stdout.decode().split())


def life(report, box, folder):
    people, numbers = booted.short_job(box, folder, 20)
    handler = people["tantou"]
    report(True, "installed by apt; the main job")
    before = pids(box)
    settings = (box.merged / "etc/kagikura/kagikura.toml").read_text(encoding="utf-8")

    package = newer(box.package, folder)
    box.add(package)
    done = box.apt("install", f"/{package.name}")
    report(done.returncode == 0, "upgraded while it runs", done.stdout[-1500:])
    appliance.wait_for(box.all_active, 30, "every unit is active")
    after = pids(box)
    report(all(before[name] != after[name] for name in before), "every program is a new one",
           (before, after))
    report((box.merged / "etc/kagikura/kagikura.toml").read_text(encoding="utf-8") == settings,
           "the site's configuration is kept")
    report(revealed(box, handler, numbers), "after unlocking, the numbers are there")

    done = box.apt("remove", "kagikura")
    report(done.returncode == 0, "removed", done.stdout[-1500:])
    report(booted.states(box) == {"inactive"}, "nothing of it runs", booted.states(box))
    report((box.merged / "etc/kagikura/kagikura.toml").exists(), "a removal keeps configuration")
    done = box.apt("install", f"/{package.name}")
    box.inside("systemctl", "enable", "--now", "kagikura.target")
    appliance.wait_for(box.all_active, 30, "every unit is active")
    report(done.returncode == 0 and revealed(box, handler, numbers),
           "installed again: the numbers are there", done.stdout[-1500:])

    done = box.apt("purge", "kagikura")
    report(done.returncode == 0, "purged", done.stdout[-1500:])
    own = "/etc/systemd/system/kagikura-web.socket.d"  # the site's own address, written by us
    left = [path for path in left_over(box) if not path.endswith(".deb") and path != own]
    report(left == ["/var/lib/kagikura"], "a purge leaves the state and nothing else", left)


def verifier(report, folder, build_dir, package):
    """kagikura-verify alone, in a Debian with nothing of the appliance."""
    fields = subprocess.run(["dpkg-deb", "-f", package, "Depends"], capture_output=True, text=True,
                            check=True).stdout
    names = sorted(entry.split()[0] for entry in fields.split(",") if entry.strip())
    report(set(names) <= {"libc6", "libgcc-s1", "libssl3", "libstdc++6"},
           f"kagikura-verify depends on {', '.join(names)} alone", names)
    subprocess.run([pathlib.Path(build_dir) / "bin/make_log", "honest", folder / "log", "50", "1"],
                   check=True, stdout=subprocess.DEVNULL)
    good = (folder / "log/export.tar").read_bytes()
    bad = bytearray(good)
    bad[good.index(b'"event"') + 1] ^= 1
    box = Packaged(folder, build_dir, package)
    try:
        box.mount()
        box.update()
        box.add(package)
        done = box.in_folder(*APT, "install", f"/{package.name}")
        report(done.returncode == 0, "kagikura-verify is installed alone", done.stdout[-1500:])
        for name, data, wanted in (("a good export", good, 0), ("a changed one", bad, 2)):
            (box.merged / "export.tar").write_bytes(data)
            done = box.in_folder("kagikura-verify", "/export.tar")
            report(done.returncode == wanted, f"{wanted} for {name}", done.stdout[-800:])
    finally:
        box.remove()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build-dir", default=str(ROOT / "build/dev"))
    options.add_argument("--packages", required=True)
    options = options.parse_args()
    packages = pathlib.Path(options.packages)
    report = booted.Report()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-packaged-"))
    box = Packaged(folder, options.build_dir, next(packages.glob("kagikura_*.deb")))
    try:
        life(report, box, folder)
    except Exception as error:  # the box must be taken down whatever happened
        report(False, "life of the package", f"{type(error).__name__}: {error}")
        for name, text in box.logs().items():
            print(f"--- {name}\n{text[-1500:]}", file=sys.stderr)
    finally:
        box.stop()
        box.remove()
    alone = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-verify-"))
    verifier(report, alone, options.build_dir, next(packages.glob("kagikura-verify_*.deb")))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
