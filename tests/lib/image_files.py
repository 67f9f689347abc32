"""Disks and update files as somebody else would make them: changed, unsigned, old, of others."""

import pathlib
import random
import subprocess
import types

import pack
from common import MIB, Tools

# Name of a bad update file -> the word with which it is refused.
REFUSED = {"an older version": "older", "the same version": "older", "another product": "product",
           "a changed header": "signature", "a changed part": "digest", "a file cut off": "size"}
ROOT_AT = (1 + pack.ESP_MIB) * MIB


def small_updates(folder, key):
    """{name: file} of updates with parts of a block each, signed with the image's key."""
    folder = pathlib.Path(folder)
    tools = Tools(0)
    part = folder / "part"
    part.write_bytes(b"part".ljust(pack.BLOCK, b"."))
    parts = [(name, part) for name in ("root", "verity", "kernel-a", "kernel-b")]

    def made(name, version="0.5.0", product="kagikura"):
        path = folder / f"{name.replace(' ', '-')}.kgu"
        settings = types.SimpleNamespace(version=version, product=product, update_key=key)
        pack.update_file(tools, parts, settings, path)
        return path

    def changed(name, at):
        path = made(name)
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)
        return path
    cut = made("a file cut off")
    cut.write_bytes(cut.read_bytes()[:-pack.BLOCK])
    return {"an older version": made("an older version", version="0.0.9"),
            "the same version": made("the same version", version="0.1.0"),
            "another product": made("another product", product="other"),
            "a changed header": changed("a changed header", 40),
            "a changed part": changed("a changed part", 3 * pack.BLOCK + 7),
            "a file cut off": cut}


def flip_root(disk, scratch):
    """One byte in every MiB of most of the root file system."""
    del scratch
    chance = random.Random(1)
    with open(disk, "r+b") as file:
        for mib in range(30):
            at = ROOT_AT + mib * MIB + chance.randrange(MIB)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0xff]))


def unsign_kernel(disk, scratch):
    """The kernel image without its signature, everything else as it was."""
    boot = pathlib.Path(scratch) / "boot.fat"
    kernel = pathlib.Path(scratch) / "kernel.efi"
    with open(disk, "rb") as file:
        file.seek(MIB)
        boot.write_bytes(file.read(pack.ESP_MIB * MIB))
    listed = subprocess.run(["mdir", "-b", "-i", str(boot), "::/EFI/Linux/"], capture_output=True,
                            text=True, check=True).stdout.split()
    name = listed[0].removeprefix("::")
    subprocess.run(["mcopy", "-n", "-i", str(boot), f"::{name}", str(kernel)], check=True)
    subprocess.run(["sbattach", "--remove", str(kernel)], check=True, capture_output=True)
    subprocess.run(["mdel", "-i", str(boot), f"::{name}"], check=True)
    subprocess.run(["mcopy", "-i", str(boot), str(kernel), f"::{name}"], check=True)
    with open(disk, "r+b") as file:
        file.seek(MIB)
        file.write(boot.read_bytes())
    for path in (boot, kernel):
        path.unlink()


def put_system(disk, image):
    """Boot partition and slot a of another image; the partition table and the data stay."""
    with open(image, "rb") as source, open(disk, "r+b") as file:
        for at in range(1, 1 + pack.ESP_MIB + pack.ROOT_MIB + pack.VERITY_MIB):
            source.seek(at * MIB)
            file.seek(at * MIB)
            file.write(source.read(MIB))
