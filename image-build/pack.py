"""From a tree of files to a disk: squashfs, verity, signed kernel images, FAT, GPT, update file."""

import hashlib
import os
import struct
import time
import uuid

from common import FOLDER, MIB, SECTOR, listed

# Each slot holds one system; the data partition gets the rest of the disk at the first boot.
ESP_MIB, ROOT_MIB, VERITY_MIB = 76, 128, 2
SLOTS = ("a", "b")
TYPES = {"esp": "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
         "root": "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
         "verity": "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5"}
BLOCK = 4096
SIGNED = 4032  # of the first block of an update file; the signature is the rest


def derived(root_hash, name):
    """A UUID that depends on what is in the image and on nothing else."""
    return uuid.UUID(bytes=hashlib.sha256(f"kagikura {name} {root_hash}".encode()).digest()[:16],
                     version=4)


def root(tools, tree, out):
    """(root file system, hash tree, root hash)"""
    data, hashes = out / "root.squashfs", out / "root.verity"
    for path in (data, hashes):
        path.unlink(missing_ok=True)
    # The epoch is given by -mkfs-time, and mksquashfs refuses to be told twice.
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    tools.run("mksquashfs", tree, data, "-noappend", "-quiet", "-no-progress", "-comp", "zstd",
              "-Xcompression-level", "9", "-xattrs", "-mkfs-time", str(tools.epoch), "-all-time",
              str(tools.epoch), "-processors", "2", env=environment, quiet=True)
    if data.stat().st_size > ROOT_MIB * MIB:
        raise RuntimeError(f"the root file system has {data.stat().st_size >> 20} MiB; a slot has "
                           f"{ROOT_MIB}")
    # The salt need not be secret: it is there against tables made beforehand.
    salt = hashlib.sha256(data.read_bytes()).hexdigest()
    said = tools.run("veritysetup", "format", "--hash", "sha256", "--salt", salt, "--uuid",
                     str(derived(salt, "verity")), data, hashes, quiet=True).stdout.decode()
    found = next(line for line in said.splitlines() if line.startswith("Root hash:"))
    return data, hashes, found.split()[-1]


def command_line(slot, root_hash, more=()):
    words = [word for word, _ in listed(FOLDER / "cmdline")]
    words += [f"roothash={root_hash}",
              f"systemd.verity_root_data=/dev/disk/by-partlabel/root-{slot}",
              f"systemd.verity_root_hash=/dev/disk/by-partlabel/verity-{slot}"]
    # A word of a test takes the place of ours; the kernel has one serial console.
    for word in more:
        words = [old for old in words if old == "console=tty0"
                 or old.split("=")[0] != word.split("=")[0]]
    return " ".join(words + list(more))


def kernel_image(tools, tree, boot, slot, root_hash, settings, out):
    """A PE file that the firmware can check whole: kernel, initial file system, command line."""
    name = out / f"kernel-{slot}.efi"
    line = out / "cmdline.txt"
    line.write_text(command_line(slot, root_hash, settings.cmdline))
    sections = [(".osrel", tree / "usr/lib/os-release", 0x20000), (".cmdline", line, 0x30000),
                (".linux", next(boot.glob("vmlinuz-*")), 0x2000000),
                (".initrd", boot / "initrd.img", 0x3000000)]
    words = ["objcopy"]
    for section, path, address in sections:
        words += ["--add-section", f"{section}={path}", "--change-section-vma",
                  f"{section}={address:#x}"]
    stub = boot / "linuxx64.efi.stub"
    unsigned = out / "unsigned.efi"
    tools.run(*words, stub, unsigned, quiet=True)
    clear_time(unsigned)
    sign(tools, unsigned, name, settings)
    unsigned.unlink()
    line.unlink()
    return name


def clear_time(path):
    """objcopy writes the time into the PE header; a checksum of the file goes with it."""
    data = bytearray(path.read_bytes())
    header = struct.unpack_from("<I", data, 0x3c)[0]
    struct.pack_into("<I", data, header + 8, 0)
    struct.pack_into("<I", data, header + 24 + 64, 0)
    path.write_bytes(data)


def sign(tools, source, target, settings):
    """The signature says when it was made: always at the epoch."""
    then = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(tools.epoch))
    tools.run("faketime", "-f", then, "sbsign", "--key", settings.boot_key, "--cert",
              settings.boot_certificate, "--output", target, source, quiet=True)


def esp(tools, boot, kernel, settings, out, root_hash):
    """The FAT partition: boot loader, its settings, the kernel of slot a."""
    image = out / "esp.fat"
    image.unlink(missing_ok=True)
    with open(image, "wb") as file:
        file.truncate(ESP_MIB * MIB)
    serial = derived(root_hash, "esp").hex[:8]
    tools.run("mkfs.vfat", "--invariant", "-F", "32", "-s", "1", "-i", serial, "-n", "ESP", image,
              quiet=True)
    loader = out / "loader.efi"
    sign(tools, boot / "systemd-bootx64.efi", loader, settings)
    conf = out / "loader.conf"
    conf.write_text("# No menu, no editor: which version starts is said by the files' names.\n"
                    "timeout 0\neditor no\nauto-entries no\nauto-firmware no\n")
    for folder in ("EFI", "EFI/BOOT", "EFI/Linux", "EFI/systemd", "loader"):
        tools.run("mmd", "-i", image, f"::/{folder}")
    for source, name in ((loader, "EFI/BOOT/BOOTX64.EFI"), (conf, "loader/loader.conf"),
                         (kernel, f"EFI/Linux/kagikura-a_{settings.version}.efi")):
        os.utime(source, (tools.epoch, tools.epoch))
        tools.run("mcopy", "-m", "-i", image, source, f"::/{name}")
    loader.unlink()
    conf.unlink()
    return image


def disk(tools, pieces, root_hash, path):
    """The GPT disk; `pieces` are {partition: file}, others are left empty."""
    sizes = [("esp", ESP_MIB)]
    for slot in SLOTS:
        sizes += [(f"root-{slot}", ROOT_MIB), (f"verity-{slot}", VERITY_MIB)]
    total = sum(size for _, size in sizes) + 2
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        file.truncate(total * MIB)
    script = f"label: gpt\nlabel-id: {derived(root_hash, 'disk')}\nfirst-lba: 2048\n"
    start, places = 1, {}
    for name, size in sizes:
        script += (f"start={start * MIB // SECTOR}, size={size * MIB // SECTOR}, "
                   f"type={TYPES[name.split('-')[0]]}, uuid={derived(root_hash, name)}, "
                   f"name=\"{name}\"\n")
        places[name] = start * MIB
        start += size
    tools.run("sfdisk", "--quiet", path, input=script.encode(), quiet=True)
    with open(path, "r+b") as file:
        for name, piece in pieces.items():
            file.seek(places[name])
            write_sparse(file, piece)


def write_sparse(file, piece):
    zero = bytes(MIB)
    with open(piece, "rb") as source:
        while chunk := source.read(MIB):
            if chunk == zero[:len(chunk)]:
                file.seek(len(chunk), os.SEEK_CUR)
            else:
                file.write(chunk)


def update_file(tools, pieces, settings, path):
    """A signed header, then each part from a new block on (docs/design/0041-updates.md)."""
    lines = ["kagikura-update 1", f"product {settings.product}", f"version {settings.version}"]
    for name, piece in pieces:
        digest = hashlib.sha256(piece.read_bytes()).hexdigest()
        lines.append(f"{name} {piece.stat().st_size} {digest}")
    header = ("\n".join(lines) + "\nend\n").encode()
    if len(header) > SIGNED:
        raise RuntimeError("the header is too long")
    header = header.ljust(SIGNED, b"\0")
    plain = path.with_suffix(".header")
    plain.write_bytes(header)
    signature = tools.run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", settings.update_key,
                          "-in", plain, capture_output=True).stdout
    plain.unlink()
    if len(signature) != BLOCK - SIGNED:
        raise RuntimeError("the update key is no Ed25519 key")
    with open(path, "wb") as out:
        out.write(header + signature)
        for _, piece in pieces:
            out.write(piece.read_bytes())
            out.write(bytes(-out.tell() % BLOCK))
