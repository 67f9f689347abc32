"""Disposed numbers against every image of the disk, the token as it is now, and its PIN (G8).

A point is one person; half are disposed of. tests/drivers/coerce.cpp reads images of the store from
before and after, freed pages included, and tries every key the token still has. It proves itself on
the token as it was before: there it must get everything.
"""

import shutil
import subprocess
import tempfile

import actors
import appliance

CI_POINTS = 12
CI_SECONDS = 300


def coerce(box, images, tokens):
    """(person, purpose) -> digits, as the attacker gets them from these images and this token."""
    conf = box.folder / f"softhsm2-{tokens.name}.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n"
                    "log.level = ERROR\nslots.removable = false\n")
    done = subprocess.run(
        [box.bin / "coerce", box.module, "pkcs11:token=kagikura", *images],
        input=(box.pin + "\n").encode(), capture_output=True,
        env={"PATH": "/usr/bin:/bin", "SOFTHSM2_CONF": str(conf)}, timeout=280, check=True)
    got = {}
    for line in done.stdout.decode().splitlines():
        person, purpose, digits = line.split()
        got[int(person, 16), purpose] = digits
    return got


def run(ctx):
    box = appliance.Appliance(tempfile.mkdtemp(prefix="kagikura-disposal-"), ctx.build_dir,
                              settings={"store": {"size_mib": 16}})
    images = []

    def take_image(name):
        images.append(box.folder / name)
        shutil.copytree(box.folder / "state/store", images[-1])

    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        firm = actors.Firm(box)
        people = firm.collect(ctx.points, ("kTax", "kSocialInsurance"))
        take_image("before")
        shutil.copytree(box.folder / "tokens", box.folder / "tokens-before")
        gone, kept = set(people[::2]), set(people[1::2])
        done = firm.dispose(sorted(gone))
        ctx.expect(done["row"]["status"] == "kDone", "the disposal is done", done["row"])
        box.stop()
        take_image("after")
        # The harness must be able to see: with the old keys everything opens.
        got = coerce(box, images, box.folder / "tokens-before")
        for person in people:
            ctx.expect(got.get((person, "tax")) == firm.numbers[person], "coerced before",
                       "the attacker is too weak to judge with")
        got = coerce(box, images, box.folder / "tokens")
        for person in gone:
            ctx.expect(not any(key[0] == person for key in got), "gone",
                       "a disposed number was recovered")
        for person in kept:
            for purpose in ("tax", "social_insurance"):
                ctx.expect(got.get((person, purpose)) == firm.numbers[person], "kept",
                           "a survivor was lost")
        ctx.note("recovered_after", len(got))
    finally:
        box.stop()
        box.remove()
