"""The keys that sign: given, or made for tests. A private key is never in the tree."""

import dataclasses
import pathlib
import shutil
import subprocess

SNAKEOIL_KEY = pathlib.Path("/usr/share/ovmf/PkKek-1-snakeoil.key")
SNAKEOIL_CERTIFICATE = pathlib.Path("/usr/share/ovmf/PkKek-1-snakeoil.pem")


@dataclasses.dataclass
class Keys:
    boot_key: pathlib.Path
    boot_certificate: pathlib.Path
    update_key: pathlib.Path
    update_public: list


def prepare(tools, options):
    folder = options.cache.resolve() / "test-keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if bool(options.boot_key) != bool(options.boot_certificate):
        raise SystemExit("image-build/build: a key and its certificate go together")
    boot_key, certificate = options.boot_key, options.boot_certificate
    if not boot_key:
        boot_key, certificate = folder / "boot.key", folder / "boot.pem"
        if not boot_key.exists():
            # Debian's firmware for virtual machines trusts this public test key.
            tools.run("openssl", "rsa", "-in", SNAKEOIL_KEY, "-passin", "pass:snakeoil", "-out",
                      boot_key, quiet=True)
            shutil.copy(SNAKEOIL_CERTIFICATE, certificate)
    update_key = options.update_key or folder / "update.key"
    if not update_key.exists():
        if options.update_key:
            raise SystemExit(f"image-build/build: no such key: {update_key}")
        tools.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", update_key, quiet=True)
    public = [public_of(update_key), *(bytes.fromhex(text) for text in options.update_public)]
    return Keys(boot_key.resolve(), certificate.resolve(), update_key.resolve(), public)


def public_of(path):
    """The 32 bytes of an Ed25519 key's public half (RFC 8410 puts them last)."""
    done = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"],
                          capture_output=True, check=True)
    if len(done.stdout) != 44:
        raise SystemExit("image-build/build: the update key is no Ed25519 key")
    return done.stdout[-32:]
