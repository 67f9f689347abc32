"""A Debian with the product installed, booted by QEMU with Debian's own kernel and SELinux on.

    with Guest(folder, build_dir, enforcing=True) as box:      # as root
        box.denials()        [(source, target, class, permissions), ...]

It is an Appliance to its users: the console is the unit on the first serial line, the pages come
through a forwarded port. The kernel's log, denials included, goes to the second serial line. No
hardware virtualisation is asked for, so a boot takes a minute.
"""

import hashlib
import os
import pathlib
import re
import shutil
import socket
import subprocess

import appliance
import container
from serial_menu import SerialMenu

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = [*container.PACKAGES, "udev", "kmod", "selinux-policy-default", "policycoreutils",
            "selinux-utils"]
MODULES = ["virtio_pci", "virtio_blk", "virtio_net", "crc32c_generic", "ext4", "autofs4"]
BOOT_SECONDS = 300
INIT = """#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in MODULES; do modprobe $module; done
while [ ! -e /dev/vda ]; do sleep 0.1; done
ip link set lo up
ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
mount -t ext4 /dev/vda /new
umount /proc /sys
mount --move /dev /new/dev
exec switch_root /new /lib/systemd/systemd
"""
AVC = re.compile(r"avc:  denied  \{ ([^}]*) \}.*?scontext=\S+?:\S+?:([^:\s]+)\S* "
                 r"tcontext=\S+?:\S+?:([^:\s]+)\S* tclass=(\w+)")


class Guest(SerialMenu, container.Container):
    packages = PACKAGES

    @staticmethod
    def finish(root):
        """Debian's policy is left unbuilt when its tools are configured after it."""
        container.run("chroot", root, "dpkg-reconfigure", "selinux-policy-default",
                      stdout=subprocess.DEVNULL)

    def __init__(self, folder, build_dir, *, enforcing):
        # An emulated machine needs longer for a key than a real one may.
        super().__init__(folder, build_dir, settings={"hsm": {"timeout_ms": 60_000}})
        self.enforcing = enforcing
        self.cache = self.build_dir.parent / "guest"
        self.qemu = None
        self.serial = None
        self.said = b""
        self.kernel_log = self.folder / "kernel.log"
        self.zones = {"handling": ["10.0.2.0/24"], "collection": ["::1/128"]}

    # ---- making

    def prepare(self):
        self.mount()
        self.install()
        self.configure()
        self.make_token()
        self.add_policy()
        self.image = self.folder / "root.img"
        tree = self.label()
        container.run("mke2fs", "-q", "-t", "ext4", "-d", tree, self.image, "1500M")
        shutil.rmtree(tree)

    def configure(self):
        path = self.merged / "etc/kagikura/kagikura.toml"
        text = path.read_text(encoding="utf-8")
        timeout = self.settings.pop("hsm")["timeout_ms"]
        path.write_text(text.replace("[hsm]\n", f"[hsm]\ntimeout_ms = {timeout}\n"), "utf-8")
        super().configure()
        self.drop_in("kagikura-web.socket", "[Socket]\nListenStream=\nListenStream=10.0.2.15:443\n"
                     "FreeBind=yes\n")
        root = f"--root={self.merged}"
        container.run("systemctl", root, "--quiet", "enable", "kagikura-console@ttyS0.service")
        container.run("systemctl", root, "--quiet", "mask", "serial-getty@ttyS0.service",
                      "getty@tty1.service", "serial-getty@ttyS1.service", "console-getty.service")
        # What programs log comes out on the second line, and calls that kill are not kept quiet.
        journal = self.merged / "etc/systemd/journald.conf.d"
        journal.mkdir(parents=True)
        (journal / "guest.conf").write_text("[Journal]\nForwardToKMsg=yes\nMaxLevelKMsg=info\n"
                                            "Audit=\n")
        (self.merged / "etc/fstab").write_text("/dev/vda / ext4 rw 0 1\n")

    def add_policy(self):
        """The module into Debian's policy, and every file its label."""
        module = self.build_dir / "selinux/kagikura.pp"
        shutil.copy(module, self.merged / "kagikura.pp")
        settings = self.merged / "etc/selinux/semanage.conf"
        settings.write_text(settings.read_text().replace("expand-check=0", "expand-check=1"))
        (self.merged / "etc/selinux/config").write_text(
            f"SELINUX={'enforcing' if self.enforcing else 'permissive'}\nSELINUXTYPE=default\n")
        container.run("chroot", self.merged, "semodule", "-N", "-X", "400", "-i", "/kagikura.pp",
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (self.merged / "kagikura.pp").unlink()

    def label(self):
        """Every file its label; in a copy, because setfiles passes over an overlay in silence."""
        tree = self.folder / "tree"
        container.run("cp", "-a", "--one-file-system", self.merged, tree)
        contexts = tree / "etc/selinux/default/contexts/files/file_contexts"
        container.run("setfiles", "-q", "-r", tree, contexts, tree, stderr=subprocess.DEVNULL)
        # The empty mount points keep their label until something is mounted there.
        for name, kind in (("proc", "proc_t"), ("sys", "sysfs_t"), ("dev", "device_t"),
                           ("run", "var_run_t"), ("tmp", "tmp_t")):
            (tree / name).mkdir(exist_ok=True)
            os.setxattr(tree / name, "security.selinux", f"system_u:object_r:{kind}:s0\0".encode())
        if b"init_exec_t" not in os.getxattr(tree / "usr/lib/systemd/systemd", "security.selinux"):
            raise RuntimeError("the labels are missing")
        return tree

    def kernel(self):
        """(kernel, initrd): Debian's, with the few modules that a virtual machine needs."""
        names = subprocess.run(["apt-cache", "depends", "linux-image-amd64"], capture_output=True,
                               text=True, check=True).stdout
        package = re.search(r"Depends: (linux-image-\S+)", names).group(1)
        key = hashlib.sha256((package + INIT + str(MODULES)).encode()).hexdigest()[:16]
        made = self.cache / f"kernel-{key}"
        if not made.exists():
            fresh = made.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            container.run("apt-get", "-q", "download", package, cwd=fresh,
                          stdout=subprocess.DEVNULL)
            container.run("dpkg-deb", "-x", next(fresh.glob("*.deb")), fresh / "tree")
            make_initrd(fresh, package.removeprefix("linux-image-"))
            shutil.copy(next((fresh / "tree/boot").glob("vmlinuz-*")), fresh / "vmlinuz")
            shutil.rmtree(fresh / "tree")
            fresh.rename(made)
        return made / "vmlinuz", made / "initrd"

    # ---- running

    def start(self, names=None):
        del names
        kernel, initrd = self.kernel()
        line = ("console=ttyS1,115200 loglevel=7 panic=-1 "
                "lsm=landlock,lockdown,yama,integrity,selinux,bpf selinux=1 audit=1 "
                f"enforcing={int(self.enforcing)} sysctl.kernel.printk_ratelimit=0 "
                "systemd.show_status=0 systemd.log_target=kmsg systemd.log_level=notice")
        path = str(self.folder / "serial")
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu",
             "max,la57=off", "-smp", "2", "-m", "1024", "-display", "none", "-no-reboot",
             "-nodefaults", "-kernel", str(kernel), "-initrd", str(initrd), "-append", line,
             "-drive", f"file={self.image},format=raw,if=virtio",
             "-netdev", f"user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-10.0.2.15:443",
             "-device", "virtio-net-pci,netdev=n,romfile=", "-device", "virtio-rng-pci",
             "-serial", f"unix:{path},server=on,wait=off", "-serial", f"file:{self.kernel_log}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "qemu.log", "wb"), start_new_session=True)
        appliance.wait_for(lambda: os.path.exists(path), 20, "QEMU is there")
        self.serial = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.serial.connect(path)
        if not self._hear(BOOT_SECONDS, b"Number: "):
            raise RuntimeError(f"no menu on the serial line; see {self.kernel_log}")
        return self

    def denials(self):
        """Every denial that the kernel has reported, once."""
        text = self.kernel_log.read_text(encoding="utf-8", errors="replace")
        found = {(source, target, kind, tuple(permissions.split()))
                 for permissions, source, target, kind in AVC.findall(text)}
        return sorted(found)

    def stop(self):
        if self.qemu and self.qemu.poll() is None:
            self.qemu.kill()
            self.qemu.wait()

    def logs(self):
        return {"console": self.said.decode("utf-8", "replace"),
                "kernel": self.kernel_log.read_text(errors="replace")
                if self.kernel_log.exists() else ""}


def make_initrd(folder, version):
    tree = folder / "initrd.tree"
    for name in ("bin", "dev", "proc", "sys", "new"):
        (tree / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", tree / "bin/busybox")
    modules = folder / "tree/lib/modules" / version
    container.run("depmod", "-b", folder / "tree", version)
    needed = set()
    for line in (modules / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        if pathlib.Path(path).name.removesuffix(".ko") in MODULES:
            needed |= {path, *others.split()}
    for name in [*needed, "modules.dep", "modules.alias", "modules.symbols"]:
        target = tree / "lib/modules" / version / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(modules / name, target)
    for applet in ("sh", "mount", "umount", "modprobe", "sleep", "ip", "switch_root"):
        (tree / "bin" / applet).symlink_to("busybox")
    init = tree / "init"
    init.write_text(INIT.replace("MODULES", " ".join(MODULES)))
    init.chmod(0o755)
    names = "\0".join(str(p.relative_to(tree)) for p in sorted(tree.rglob("*")))
    done = subprocess.run(["cpio", "--null", "--quiet", "-o", "-H", "newc"], cwd=tree,
                          input=names.encode(), capture_output=True, check=True)
    (folder / "initrd").write_bytes(done.stdout)
    shutil.rmtree(tree)
