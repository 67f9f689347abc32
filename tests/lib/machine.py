"""The image in a virtual machine: firmware with Secure Boot, a TPM, a disk that outlives the power.

    box = Machine(folder, image)
    box.boot()         # and after power_cut() again: the same disk, TPM and firmware settings

It is an Appliance to its users: the menu on the first serial line, the pages through a forwarded
port. The kernel's log is the second line. On the third, a test image runs commands of root
(tests/image); a product image has nothing there. There is no hardware virtualisation.
"""

import base64
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import time

import appliance
import qmp
from serial_menu import SerialMenu

FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
FIRMWARE_SETTINGS = "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"
BOOT_SECONDS = 300
ADDRESS, NETWORK, NAME = "10.0.2.15", "10.0.2.0/24", "kagikura.example"
RECOVERY_KEY = re.compile(r"\b(?:[cbdefghijklnrtuv]{8}-){7}[cbdefghijklnrtuv]{8}\b")
AVC = re.compile(r"avc:  denied  \{ ([^}]*) \}.*?scontext=\S+?:\S+?:([^:\s]+)\S* "
                 r"tcontext=\S+?:\S+?:([^:\s]+)\S* tclass=(\w+)")


class Machine(SerialMenu, appliance.Appliance):
    def __init__(self, folder, image, *, tpm=True, firmware=FIRMWARE_SETTINGS, memory_mib=1024,
                 disk_mib=3072):
        super().__init__(folder, "/usr")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.disk = self.folder / "disk.img"
        subprocess.run(["cp", "--sparse=always", str(image), str(self.disk)], check=True)
        with open(self.disk, "r+b") as file:
            file.truncate(disk_mib << 20)
        self.settings_file = self.folder / "firmware.fd"
        shutil.copy(firmware, self.settings_file)
        self.tpm = tpm
        self.test = True  # a test image, with a line for commands
        self.memory_mib = memory_mib
        self.boots = 0
        self.qemu = self.swtpm = self.serial = self.commands = None
        self.said = b""
        self.recovery_key = None
        self.drives = []  # more disks, read-only
        self.clock = None  # what the board's clock says: "2020-01-01T00:00:00"; None: now
        self.qmp = None
        self.began = 0.0

    # ---- power

    def power_on(self, *, reboot=True):
        """Starts the machine and returns at once."""
        self.boots += 1
        self.kernel_log = self.folder / f"kernel-{self.boots}.log"
        for name in ("serial", "commands", "qmp", "tpm.socket"):
            (self.folder / name).unlink(missing_ok=True)
        words = [
            "qemu-system-x86_64", "-machine", "q35,smm=on", "-accel", "tcg,thread=multi", "-cpu",
            "max,la57=off", "-smp", "2", "-m", str(self.memory_mib), "-display", "none",
            "-nodefaults", "-global", "driver=cfi.pflash01,property=secure,value=on",
            "-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={FIRMWARE}",
            "-drive", f"if=pflash,format=raw,unit=1,file={self.settings_file}",
            "-drive", f"if=virtio,format=raw,file={self.disk}",
            "-netdev",
            f"user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-{ADDRESS}:443",
            "-device", "virtio-net-pci,netdev=n,romfile=", "-device", "virtio-rng-pci",
            "-serial", f"unix:{self.folder}/serial,server=on,wait=off",
            "-serial", f"file:{self.kernel_log}",
            "-serial", f"unix:{self.folder}/commands,server=on,wait=off",
            "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off", "-device", "VGA",
            "-device", "qemu-xhci,id=usb"]
        words += ["-rtc", f"base={self.clock}"] if self.clock else []
        words += [] if reboot else ["-no-reboot"]
        for drive in self.drives:
            words += ["-drive", f"if=virtio,format=raw,readonly=on,file={drive}"]
        if self.tpm:
            words += self._start_tpm()
        self.began = time.monotonic()
        self.qemu = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=open(self.folder / "qemu.log", "ab"),
                                     start_new_session=True)
        self.serial = self._connect("serial")
        self.commands = self._connect("commands")
        self.qmp = qmp.Qmp(self.folder / "qmp")

    def _start_tpm(self):
        state = self.folder / "tpm"
        state.mkdir(exist_ok=True)
        path = self.folder / "tpm.socket"
        self.swtpm = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--ctrl",
             f"type=unixio,path={path}", "--terminate"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=open(self.folder / "tpm.log", "ab"),
            start_new_session=True)
        appliance.wait_for(path.exists, 20, "the TPM is there")
        return ["-chardev", f"socket,id=tpm,path={path}", "-tpmdev", "emulator,id=tpm,chardev=tpm",
                "-device", "tpm-crb,tpmdev=tpm"]

    def _connect(self, name):
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

        def connected():
            return peer.connect_ex(str(self.folder / name)) == 0
        appliance.wait_for(lambda: connected() or self.ended(), 30, "QEMU is there")
        return peer

    def power_cut(self):
        """As if the plug were pulled: nothing is written any more."""
        for process in (self.qemu, self.swtpm):
            if process and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        for line in (self.serial, self.commands, self.qmp):
            if line:
                line.close()
        self.serial = self.commands = self.qmp = None

    stop = power_cut

    def ended(self):
        return self.qemu.poll() is not None

    # ---- the console

    def prepare(self):
        """Nothing: the disk is the image."""

    def start(self, names=None):
        """For the main job: the first start, and the guide through it. Everything is typed at the
        console; the token is made there, too."""
        del names
        self.boot()
        for words in self.guide():
            if "\nDone. [ok" not in words:
                raise RuntimeError(f"a step of the first start failed: {words}")
        self.set_clock()
        return self

    def boot(self):
        """Until the menu asks; at the first start types back the end of the recovery key."""
        self.power_on()
        said = self.hear_one_of(BOOT_SECONDS, "Number: ", "last group of letters of the key")
        if "last group of letters" in said:
            self.recovery_key = RECOVERY_KEY.findall(said)[-1]
            self.serial.sendall(self.recovery_key.rsplit("-", 1)[1].encode() + b"\n")
            self.hear_one_of(BOOT_SECONDS, "Number: ")

    def hear_one_of(self, seconds, *texts):
        """Reads the console until one of these was said, and returns all since the call."""
        said = b""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            ready, _, _ = select.select([self.serial], [], [], 0.5)
            if ready:
                data = self.serial.recv(4096)
                said += data
                self.said += data
                text = said.decode("utf-8", "replace")
                if any(wanted in text for wanted in texts):
                    return text
                if data:
                    continue
            if self.ended():
                break
        raise RuntimeError(f"the console said none of {texts} in {seconds} s; its end: "
                           f"{said[-600:]!r}; see {self.kernel_log}")

    # ---- commands of root, in a test image

    def root(self, command, *, seconds=120, check=True):
        """Runs a shell command as root in a test image; returns its output."""
        line = base64.b64encode(command.encode()) + b"\n"
        self.commands.sendall(line)
        said = b""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            ready, _, _ = select.select([self.commands], [], [], 0.5)
            if ready:
                said += self.commands.recv(65536)
            found = re.search(rb"RESULT (\d+) ([A-Za-z0-9+/=]*)\r?\n", said)
            if found:
                out = base64.b64decode(found.group(2)).decode("utf-8", "replace")
                if check and found.group(1) != b"0":
                    raise RuntimeError(f"{command!r} ended with {found.group(1).decode()}: {out}")
                return out
            if self.ended():
                break
        raise RuntimeError(f"no answer to {command!r}: {said[-200:]!r}")

    def put(self, path, text):
        data = base64.b64encode(text.encode()).decode()
        self.root(f"printf %s {data} | base64 -d > {path}")

    def guide(self):
        """The first start, step by step, up to the step that `provision` takes by itself; returns
        what the console said to each step."""
        said = [self.console(self.menu_choice("First start, step by step"), "", NAME, "2",
                             f"{ADDRESS}/24", "", ""),
                self.console("", NETWORK, ""), self.console("", "10.0.2.2"),
                self.console("", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "yes")]
        self.console("s")
        return said

    def set_clock(self):
        """One-time codes want the clocks to agree; an emulated one loses time on a busy machine."""
        if self.test:
            self.root(f"date -s @{time.time():.0f}")

    def denials(self):
        """Every denial that the kernel has reported in this boot, once."""
        text = self.kernel_log.read_text(encoding="utf-8", errors="replace")
        return sorted({(source, target, kind, tuple(permissions.split()))
                       for permissions, source, target, kind in AVC.findall(text)})

    def logs(self):
        return {"console": self.said.decode("utf-8", "replace")[-6000:],
                **{path.stem: path.read_text(errors="replace")
                   for path in sorted(pathlib.Path(self.folder).glob("kernel-*.log"))[-1:]}}
