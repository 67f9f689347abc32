"""What goes wrong at a box, and what it says then: never a shell, always a way on. Steps of Run
(imaged.py)."""

import re
import subprocess
import time

import appliance
import machine

HWMON = "/run/hwmon-test"
# A switch of a board that QEMU has not: what its driver would show, with sysfs's label.
SWITCH = (f"mkdir -p {HWMON} && mount -t tmpfs -o mode=755,context=system_u:object_r:sysfs_t:s0 t "
          f"{HWMON} && mkdir {HWMON}/hwmon0 && echo 0 > {HWMON}/hwmon0/intrusion0_alarm && "
          f"mount --bind {HWMON} /sys/class/hwmon && systemctl restart kagikura-tamper.service")
OPEN = (f"t=$(date +%s.%N); echo $t; echo 1 > {HWMON}/hwmon0/intrusion0_alarm; n=0; "
        "while [ $n -lt 100 ]; do n=$((n + 1)); "
        "journalctl --no-pager -b -u kagikura-core -o short-unix -n 20 | awk -v t=$t '$1 > t && "
        "/state state=sealed/ {print; found = 1; exit} END {exit !found}' && break; "
        "sleep 0.2; done")
SEALED_SECONDS = 1.0


class Faults:
    # ---- the cover

    def cover(self):
        """The switch of the cover, from its opening to Sealed, and the way back."""
        box = self.box
        box.root(SWITCH)
        appliance.wait_for(lambda: "Cover: closed" in box.console("1"), 60, "the switch is watched")
        said = box.root(OPEN).splitlines()
        took = float(said[1].split()[0]) - float(said[0])
        self.report(took <= SEALED_SECONDS, f"sealed {took:.2f} s after the cover was opened "
                    f"(limit {SEALED_SECONDS:.0f})", said)
        self.report("State: Sealed" in box.console("1"), "the console says Sealed")
        self.closed_to_browsers("the sealed appliance shows no page")
        said = box.console(box.menu_choice("Unlock"), box.pin)
        self.report("The cover is open" in said, "with the cover open nothing is unsealed", said)
        box.power_cut()
        box.boot()
        said = box.console("1")
        self.report("State: Sealed" in said and "cover_opened" in said,
                    "sealed still after a power cut, though the PIN is in the TPM", said[-600:])
        box.root(SWITCH)
        box.unlock()
        self.report(box.state() == "Operational", "a person unseals it with the PIN", box.state())
        self.same_numbers("after sealing")

    def closed_to_browsers(self, what):
        try:
            page = self.people["tantou"].web.get("/")
            self.report(page.status != 200, what, page.status)
        except OSError:
            self.report(True, what)

    # ---- the operator's mistakes

    def wrong_pin(self):
        box = self.box
        box.console(box.menu_choice("Seal"), "yes")
        for left in (2, 1, 0):
            said = box.console(box.menu_choice("Unlock"), "wrong-pin")
            self.report("The PIN is wrong" in said, f"a wrong PIN, {left} tries left", said[-300:])
        said = box.console(box.menu_choice("Unlock"), box.pin)
        self.report("Too many wrong PINs" in said, "after three nothing is tried", said[-300:])
        box.root("systemctl restart kagikura-core.service")
        appliance.wait_for(lambda: box.state() != "?", 60, "core answers")
        waited = self.unlock_in_time(150)
        self.report(waited, "the right PIN opens it after the wait")

    def unlock_in_time(self, seconds):
        """The wait after wrong PINs runs while the box runs."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            said = self.box.console(self.box.menu_choice("Unlock"), self.box.pin)
            if "Unlocked." in said:
                return True
            time.sleep(10)  # it says itself to wait
        return False

    def two_consoles(self):
        """tty1 with a keyboard beside the serial line; each sees what the other has done."""
        box = self.box
        self.report("==== Kagikura ====" in self.screen(), "tty1 shows the menu", self.screen())
        box.qmp.type("1\n")
        appliance.wait_for(lambda: "PIN tries left" in self.screen(), 60, "tty1 answers a key")
        self.report(True, "a number typed at tty1 is answered")
        seal = box.menu_choice("Seal")
        box.qmp.type(f"{seal}\n")
        appliance.wait_for(lambda: "Sealing ends all" in self.screen(), 60, "tty1 asks")
        said = box.console(seal, "yes")
        self.report("Sealed." in said, "the serial line seals while tty1 is asked", said[-300:])
        box.qmp.type("yes\n")
        appliance.wait_for(lambda: "State: Sealed" in self.screen(), 60, "tty1 sees it")
        said = self.screen()
        self.report("Number:" in said, "who comes second at tty1 is told the state", said[-300:])
        box.unlock()

    def screen(self):
        """The text of tty1, without attributes."""
        return self.box.root("tr '\\0' ' ' < /dev/vcs1")

    # ---- media

    def usb(self):
        """Storage is off, keyboards are on; an export opens it for as long as it takes."""
        box = self.box
        medium = box.folder / "medium.img"
        subprocess.run(["truncate", "-s", "64M", medium], check=True)
        subprocess.run(["mkfs.vfat", "-n", "EXPORT", medium], check=True, capture_output=True)
        box.qmp.plug_disk("medium", medium)
        box.qmp.plug("keys", "usb-kbd")
        appliance.wait_for(lambda: "Keyboard" in box.root("cat /proc/bus/input/devices | grep USB",
                                                          check=False),
                           60, "a USB keyboard is let in")
        self.report(True, "a USB keyboard works at once")
        self.report(self.disks() == [], "a USB disk that is plugged in stays off", self.disks())
        said = box.console(box.menu_choice("Export the log to a medium"), "yes")
        said += box.console("1")
        self.report("Done. [ok" in said, "an export goes to it", said[-600:])
        appliance.wait_for(lambda: not self.disks(), 30, "it is off again")
        names = subprocess.run(["mdir", "-b", "-i", str(medium)], capture_output=True, text=True,
                               check=True).stdout.split()
        self.report(any(name.lower().endswith(".tar") for name in names), "the export is on it",
                    names)
        self.no_medium(medium)

    def disks(self):
        return box_words(self.box.root("ls /sys/block | grep '^sd'", check=False))

    def no_medium(self, medium):
        """Pulled out, full."""
        box = self.box
        box.qmp.pull_disk("medium")
        said = box.console(box.menu_choice("Export the log to a medium"), "yes") + box.console("1")
        self.report("No medium was found" in said, "without a medium it says so", said[-600:])
        self.report("1" in box.root("ls /var/lib/kagikura/export/*.tar | wc -l"),
                    "the export is kept")
        with open(medium, "r+b") as file:  # a file system without room
            file.truncate(1 << 20)
        subprocess.run(["mkfs.vfat", "-F", "12", medium], check=True, capture_output=True)
        filler = medium.with_name("filler")
        filler.write_bytes(bytes(960 << 10))
        subprocess.run(["mcopy", "-i", str(medium), str(filler), "::/FILLER"], check=True)
        box.qmp.plug_disk("small", medium)
        said = box.console(box.menu_choice("Export the log to a medium"), "yes") + box.console("1")
        self.report("error medium_write" in said, "a full medium is said to be full", said[-600:])
        box.qmp.pull_disk("small")

    # ---- a disk, a TPM, a clock that are not as they were

    def no_tpm(self):
        """The recovery key at each start; a wrong one is asked for again."""
        box = self.machine("no-tpm", self.builds.image(self.first), tpm=False)
        try:
            box.boot()
            self.report(b"There is no TPM" in box.said, "without a TPM it says so")
            box.power_cut()
            box.power_on()
            box.hear_one_of(machine.BOOT_SECONDS, "Type the recovery key")
            box.hear_one_of(120, "(press TAB", "assphrase")
            for key, answer in (("not-the-key", "does not open it"),
                                (box.recovery_key, "Number: ")):
                time.sleep(2)  # the asking program clears what was typed before it asked
                box.serial.sendall(key.encode() + b"\n")
                said = box.hear_one_of(machine.BOOT_SECONDS, answer)
                self.report(True, f"a key is answered: {answer.strip()}")
            self.report("Number: " in said, "the recovery key opens the data partition")
            self.missing_data(box)
        finally:
            box.power_cut()

    def missing_data(self, box):
        """Somebody has wiped the data partition's header, and written something else there."""
        box.power_cut()
        found = subprocess.run(["sfdisk", "--json", str(box.disk)], capture_output=True, text=True,
                               check=True).stdout
        start = int(re.findall(r'"start": ?(\d+)[^}]*"name": ?"data"', found)[-1]) * 512
        with open(box.disk, "r+b") as disk:
            disk.seek(start)
            disk.write(bytes(16 << 20))
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-E", f"offset={start}", str(box.disk),
                        "64M"], check=True, capture_output=True)
        box.power_on(reboot=False)
        said = box.hear_one_of(machine.BOOT_SECONDS, "CANNOT START", "Number: ", "FIRST START")
        said += box.hear_one_of(60, "itself off", "Number: ")
        self.report("holds something else" in said, "a data partition with something else on it is "
                    "not touched", said[-400:])
        appliance.wait_for(box.ended, 150, "it turns itself off")
        self.report(True, "and the box turns itself off")

    def wrong_clock(self):
        """The board's battery was empty: the clock says 2020."""
        box = self.box
        box.power_cut()
        box.clock = "2020-01-01T00:00:00"
        box.boot()
        box.clock = None
        said = box.console("1")
        self.report("State: Operational" not in said and "clock" in said.lower(),
                    "with a clock of years ago it does not open by itself", said[-500:])
        box.set_clock()
        self.unlock_in_time(90)
        self.report(box.state() == "Operational", "with the right time it opens", box.state())


def box_words(text):
    return text.split()
