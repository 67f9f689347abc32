"""The main job and one's own account in Chromium, at phone and desk width, each page looked at by
axe-core; passkeys with its virtual authenticator; every page there is, over made-up data.

As handler, responsible person, person and auditor against a whole appliance. A point is one width;
pictures go to the artifacts folder, but none of a shown number.
"""

import base64
import hashlib
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile

import appliance
import time_machine
import web_alone

ROOT = pathlib.Path(__file__).resolve().parents[2]
BROWSER = ROOT / "tests/browser"
CI_POINTS = 2
CI_SECONDS = 600


def install():
    """The two packages of the lock file, if they are not there yet."""
    if (BROWSER / "node_modules/axe-core").is_dir():
        return
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=BROWSER, check=True,
                   stdout=subprocess.DEVNULL)


def key_of(port):
    """SHA-256 of the public key of the appliance's certificate, base64, as Chromium takes it."""
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    spki = subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=pem.encode(), check=True,
                          stdout=subprocess.PIPE).stdout
    der = base64.b64decode(b"".join(spki.splitlines()[1:-1]))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def run_script(ctx, script, given, seconds):
    done = subprocess.run(["node", script], cwd=BROWSER, input=json.dumps(given).encode(),
                          stdout=subprocess.PIPE, timeout=seconds, check=False)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        ctx.failed(script, f"ended with {done.returncode} and no report")
        return
    ctx.passed(script, told["passed"])
    for failure in told["failed"]:
        ctx.failed(failure["name"], failure["why"])
    ctx.note(f"{script} pages", told["pages"])
    for name, value in told.get("notes", {}).items():
        ctx.note(f"{script} {name}", value)


def survey(ctx):
    """Pages that the main job does not come by, as who has most of them."""
    with tempfile.TemporaryDirectory(prefix="kagikura-survey-") as folder, \
            web_alone.WebAlone(folder, ctx.build_dir, canned="responsible") as web:
        run_script(ctx, "survey.mjs", {"url": f"https://localhost:{web.port}",
                                       "role": "responsible",
                                       "folder": str(ctx.artifacts / "survey")}, CI_SECONDS)


def run(ctx):
    sys.path.insert(0, str(ROOT / "tests/lib"))
    install()
    for script in ("main_job", "passkeys"):
        with tempfile.TemporaryDirectory(prefix="kagikura-browser-") as folder:
            machine = time_machine.TimeMachine(pathlib.Path(folder), ctx.build_dir)
            box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap())
            with box:
                keys = box.provision()
                run_script(ctx, f"{script}.mjs",
                           {"url": f"https://localhost:{box.port}", "keys": keys,
                            "clock": str(machine.file), "spki": key_of(box.port),
                            "folder": str(ctx.artifacts / script.replace("_", "-"))}, CI_SECONDS)
    survey(ctx)
