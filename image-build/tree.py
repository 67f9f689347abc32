"""The image's files: Debian's packages (cached), then ours, then what the image needs besides."""

import contextlib
import fnmatch
import hashlib
import inspect
import os
import pathlib
import shutil
import stat

from common import FOLDER, listed

# A package's script would build an initial file system that nobody uses.
NO_INITRD = ('mkdir -p "$1/etc/kernel/postinst.d"; printf "#!/bin/sh\\n" '
             '> "$1/etc/kernel/postinst.d/dracut"; chmod 755 "$1/etc/kernel/postinst.d/dracut"')
DRACUT = ["bash", "systemd", "systemd-initrd", "systemd-veritysetup", "systemd-udevd",
          "systemd-modules-load", "systemd-tmpfiles", "base", "dm", "rootfs-block", "udev-rules",
          "dracut-systemd", "fs-lib", "shutdown", "kernel-modules", "usrmount"]
DRIVERS = ["virtio_blk", "virtio_pci", "virtio_scsi", "nvme", "ahci", "sd_mod", "usb_storage",
           "xhci_pci", "megaraid_sas", "mpt3sas", "dm_verity", "squashfs"]
UNITS = ["kagikura.target", "kagikura-hsm.socket", "kagikura-audit.socket",
         "kagikura-core-web.socket", "kagikura-core-console.socket", "kagikura-web.socket",
         "kagikura-hsm.service", "kagikura-audit.service", "kagikura-core.service",
         "kagikura-web.service", "kagikura-console@tty1.service",
         "kagikura-console@ttyS0.service", "kagikura-unlock.service", "kagikura-site.socket",
         "kagikura-tamper.service", "kagikura-metrics.socket", "kagikura-syslog.service",
         "kagikura-mail.service",
         "systemd-networkd.service",
         "nftables.service", "chrony.service", "var.mount", "image-site-apply.service",
         "image-floor.service", "image-bless.service", "image-hwmon.service"]
# Logins, shells, what asks for passwords in their place, and what keeps a Debian that is edited.
MASKED = ["getty@.service", "serial-getty@.service", "console-getty.service",
          "container-getty@.service", "autovt@.service", "debug-shell.service",
          "systemd-ask-password-console.path", "systemd-ask-password-console.service",
          "systemd-ask-password-wall.path", "systemd-ask-password-wall.service",
          "systemd-logind.service", "systemd-user-sessions.service", "user@.service",
          "ctrl-alt-del.target", "systemd-firstboot.service", "systemd-machine-id-commit.service",
          "systemd-hwdb-update.service", "systemd-repart.service", "systemd-sysext.service",
          "systemd-boot-update.service", "systemd-update-done.service",
          "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service", "ldconfig.service",
          "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer", "apt-daily.timer",
          "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "systemd-networkd-wait-online.service",
          "selinux-autorelabel.service", "selinux-autorelabel-mark.service",
          "proc-sys-fs-binfmt_misc.automount", "swap.target", "getty.target", "remote-fs.target"]
LINKS = {
    "etc/kagikura/kagikura.toml": "/var/lib/kagikura-site/kagikura.toml",
    "etc/systemd/network/50-site.network": "/var/lib/kagikura-site/network.network",
    "etc/credstore.encrypted": "/var/lib/kagikura-site/credstore.encrypted",
    "etc/resolv.conf": "/var/lib/kagikura-site/resolv.conf",
    "usr/bin/awk": "mawk",
    "usr/bin/sh": "dash",
}
# Labels that nothing but a mounted file system would give to empty folders.
MOUNT_POINTS = {"proc": "proc_t", "sys": "sysfs_t", "dev": "device_t", "run": "var_run_t",
                "tmp": "tmp_t", "var": "var_t"}


def base_key(sources):
    digest = hashlib.sha256()
    for path in ("packages.txt", "users.conf", "modules.txt"):
        digest.update((FOLDER / path).read_bytes())
    for function in (base, cut_modules, initrd):
        digest.update(inspect.getsource(function).encode())
    digest.update(repr((DRACUT, DRIVERS, NO_INITRD)).encode())
    digest.update(sources.read_bytes())
    return digest.hexdigest()[:16]


def base(tools, cache, sources):
    """Debian with everything but our own packages, its modules cut down, with an initrd."""
    made = cache / f"tree-{base_key(sources)}"
    if made.exists():
        return made
    fresh = made.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    names = ",".join(word for word, _ in listed(FOLDER / "packages.txt"))
    with tools.step("Debian's packages"):
        tools.run("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root",
                  "--dpkgopt=force-confold", f"--setup-hook={NO_INITRD}",
                  f'--essential-hook=systemd-sysusers --root="$1" - <{FOLDER}/users.conf',
                  f"--include={names}", "bookworm", fresh, sources)
    # Left unbuilt when its tools were configured after it.
    if not list(fresh.glob("etc/selinux/default/policy/policy.*")):
        with tools.step("Debian's SELinux policy"):
            tools.chroot(fresh, "dpkg-reconfigure", "selinux-policy-default", quiet=True)
    cut_modules(tools, fresh)
    with tools.step("initial file system"):
        initrd(tools, fresh)
    fresh.rename(made)
    return made


def kernel_version(tree):
    return next(tree.glob("usr/lib/modules/*")).name


def cut_modules(tools, tree):
    """Keeps the modules of modules.txt and what they depend on."""
    version = kernel_version(tree)
    folder = tree / "usr/lib/modules" / version
    wanted = ["kernel/" + word for word, _ in listed(FOLDER / "modules.txt")]
    depends = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        depends[path] = others.split()

    def is_wanted(path):
        return any(path.startswith(w) and (w.endswith(("/", "_")) or path[len(w):] == ".ko")
                   for w in wanted)
    keep = {path for path in depends if is_wanted(path)}
    missing = [w for w in wanted if not any(p.startswith(w) for p in depends)]
    if missing:
        raise RuntimeError(f"the kernel has no such modules: {missing}")
    for path in list(keep):
        keep.update(depends[path])
    for path in depends:
        if path not in keep:
            (folder / path).unlink()
    tools.run("depmod", "-b", tree, version)


@contextlib.contextmanager
def system_folders(tools, tree):
    for name in ("proc", "sys", "dev"):
        tools.run("mount", "--bind", f"/{name}", tree / name)
    try:
        yield
    finally:
        for name in ("proc", "sys", "dev"):
            tools.run("umount", tree / name)


def initrd(tools, tree):
    with system_folders(tools, tree):
        tools.chroot(tree, "dracut", "--force", "--reproducible", "--no-hostonly",
                     "--no-hostonly-cmdline", "--kver", kernel_version(tree), "--modules",
                     " ".join(DRACUT), "--drivers", " ".join(DRIVERS), "--nofscks", "--zstd",
                     "/boot/initrd.img", quiet=True)


def product(tools, base_tree, tree, debs, settings):
    """Everything that the root file system holds, in a copy of the base."""
    tools.run("cp", "-a", "--reflink=auto", base_tree, tree)
    # Conffiles are the package's; the maintainer scripts make folders in /var, which is left out.
    for deb in debs:
        shutil.copy(deb, tree / "tmp" / deb.name)
        tools.chroot(tree, "dpkg", "--install", "--force-unsafe-io", f"/tmp/{deb.name}", quiet=True)
        (tree / "tmp" / deb.name).unlink()
    keep = tree / "usr/share/kagikura"
    keep.mkdir(exist_ok=True)
    shutil.copy(tree / "etc/kagikura/kagikura.toml", keep / "kagikura.toml")
    for overlay in settings.overlays:
        copy_overlay(overlay, tree)
    for name, target in LINKS.items():
        path = tree / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
    accounts(tree)
    identity(tree, settings)
    root = f"--root={tree}"
    wants = tree / "etc/systemd/system"
    for entry in list(wants.iterdir()):  # what Debian's packages would start
        if entry.is_dir() and entry.name.endswith((".wants", ".requires")):
            shutil.rmtree(entry)
        elif entry.is_symlink():
            entry.unlink()
    tools.run("systemctl", root, "--quiet", "enable", *UNITS, *settings.units)
    tools.run("systemctl", root, "--quiet", "mask", *MASKED)
    tools.run("systemctl", root, "--quiet", "set-default", "multi-user.target")


def copy_overlay(overlay, tree):
    for path in sorted(overlay.rglob("*")):
        target = tree / path.relative_to(overlay)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o755 if os.access(path, os.X_OK) else 0o644)


def accounts(tree):
    """Nobody signs in: no password opens any account, and no day of making shows."""
    lines = []
    for line in (tree / "etc/shadow").read_text().splitlines():
        fields = line.split(":")
        fields[1], fields[2] = "!*", "1"
        lines.append(":".join(fields))
    (tree / "etc/shadow").write_text("\n".join(lines) + "\n")
    lines = []
    for line in (tree / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        fields[6] = "/usr/sbin/nologin"
        lines.append(":".join(fields))
    (tree / "etc/passwd").write_text("\n".join(lines) + "\n")


def identity(tree, settings):
    (tree / "etc/machine-id").write_text("")
    (tree / "etc/hostname").write_text("kagikura\n")
    (tree / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    lines = ['NAME="Kagikura"', "ID=kagikura", "ID_LIKE=debian", "IMAGE_ID=kagikura",
             f'PRETTY_NAME="Kagikura {settings.version}"', f"VERSION_ID={settings.version}",
             f"IMAGE_VERSION={settings.version}"] + (["VARIANT_ID=test"] if settings.test else [])
    release = "\n".join(lines) + "\n"
    (tree / "usr/lib/os-release").write_text(release)
    (tree / "etc/os-release").unlink(missing_ok=True)
    (tree / "etc/os-release").symlink_to("../usr/lib/os-release")
    keys = tree / "usr/lib/kagikura-image/update-keys"
    keys.write_text("".join(f"{key.hex()}\n" for key in settings.update_keys))


def policy(tools, tree, modules, *, enforcing):
    """Our modules into Debian's policy, every rule of them checked."""
    settings = tree / "etc/selinux/semanage.conf"
    text = settings.read_text()
    if "expand-check=0" not in text:
        raise RuntimeError("semanage.conf is not as expected")
    settings.write_text(text.replace("expand-check=0", "expand-check=1"))
    (tree / "etc/selinux/config").write_text(
        f"SELINUX={'enforcing' if enforcing else 'permissive'}\nSELINUXTYPE=default\n")
    names = []
    for module in modules:
        shutil.copy(module, tree / module.name)
        names += ["-i", f"/{module.name}"]
    tools.chroot(tree, "semodule", "-N", "-X", "400", *names, quiet=True)
    for module in modules:
        (tree / module.name).unlink()


def prune(tree, keeps):
    """Takes away what prune.txt names, programs that keep.txt does not, and set-uid bits."""
    keep = {word for path in keeps for word, _ in listed(path)}
    for folder in ("bin", "sbin"):
        for path in sorted((tree / "usr" / folder).iterdir()):
            if f"{folder}/{path.name}" not in keep:
                path.unlink()
    for pattern, _ in listed(FOLDER / "prune.txt"):
        for path in sorted(tree.glob(pattern)):
            remove(path)
    for folder in MOUNT_POINTS:
        (tree / folder).mkdir(exist_ok=True)
    for folder in ("home", "media", "mnt", "opt", "srv", "root", "tmp", "run"):
        path = tree / folder
        if path.exists():
            for entry in path.iterdir():
                remove(entry)
    for path in tree.rglob("*"):
        if path.is_symlink() or not path.exists():
            continue
        mode = path.stat().st_mode
        if mode & (stat.S_ISUID | stat.S_ISGID):
            path.chmod(stat.S_IMODE(mode) & ~(stat.S_ISUID | stat.S_ISGID))
        if fnmatch.fnmatch(path.name, "*.dpkg-*") or path.name == "__pycache__":
            remove(path)
    dangling(tree)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def dangling(tree):
    """Links whose target has been pruned; a site's links lead to the data partition."""
    for path in sorted(tree.rglob("*")):
        if not path.is_symlink():
            continue
        target = os.readlink(path)
        if target.startswith(("/var/", "/run/", "/proc/", "/dev/")):
            continue
        inside = tree / target.lstrip("/") if target.startswith("/") else path.parent / target
        resolved = pathlib.Path(os.path.normpath(inside))
        if not resolved.exists() and not resolved.is_symlink():
            path.unlink()


def label(tools, tree):
    """Every file its SELinux label; empty mount points keep theirs until something is mounted."""
    contexts = tree / "etc/selinux/default/contexts/files/file_contexts"
    tools.run("setfiles", "-q", "-r", tree, contexts, tree, quiet=True)
    for name, kind in MOUNT_POINTS.items():
        os.setxattr(tree / name, "security.selinux", f"system_u:object_r:{kind}:s0\0".encode())
    if b"init_exec_t" not in os.getxattr(tree / "usr/lib/systemd/systemd", "security.selinux"):
        raise RuntimeError("the labels are missing")
