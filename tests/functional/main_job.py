"""The main job through the pages, as its people do it, each step printed.

    main_job.py --build-dir DIR [--once] [--folder DIR] [--port N] [--people N]

Makes an appliance in a folder of its own, registers a roster, asks for numbers, sends some as the
people would, approves, looks at one with a re-authentication, disposes of a leaver's and checks
that it is gone, exports the log and verifies it three ways. Without --once the appliance goes on
running until it is told to stop (SIGTERM) and says where and how to sign in. Every secret is made
here and now.
"""

import argparse
import datetime
import os
import pathlib
import re
import secrets
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))

import actors  # noqa: E402
import appliance  # noqa: E402
from web_client import Authenticator, WebClient  # noqa: E402


class Failed(Exception):
    pass


def need(condition, what, page=None):
    if not condition:
        raise Failed(what + (f" [{page.status} {page.url}] {page.visible[:600]}" if page else ""))


class Step:
    def __init__(self):
        self.number = 0
        self.began = time.monotonic()

    def __call__(self, text):
        self.number += 1
        now = time.monotonic()
        print(f"{self.number:2d}. {text}  ({now - self.began:.1f} s)", flush=True)
        self.began = now


class Person:
    """Somebody with an account, in a browser of his own."""

    def __init__(self, port, login, fingerprint):
        self.login = login
        self.password = secrets.token_urlsafe(15)
        self.web = WebClient(port, fingerprint=fingerprint)
        self.device = None
        self.secret = None

    def enrol(self, key):
        page = self.web.get("/enrolment")
        page = self.web.submit(page.form("/enrolment/key"), {"key": key})
        need(page.status == 200, "the enrolment key is taken", page)
        found = re.search(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", page.visible)
        need(found, "the page shows the secret for the authenticator", page)
        self.secret = found.group(0).replace(" ", "")
        self.device = Authenticator(self.secret)
        page = self.web.submit(page.form("/enrolment"), {
            "password": self.password, "password2": self.password, "code": self.device.code()})
        need("/sign-in" in page.url, "enrolment ends at sign-in", page)
        return self

    def sign_in(self):
        page = self.web.get("/sign-in")
        page = self.web.submit(page.form("/sign-in"), {
            "login": self.login, "password": self.password, "code": self.device.code()})
        need(page.status == 200 and "__Host-session" in self.web.cookies, "signed in", page)
        return self

    def step_up(self):
        return {"password": self.password, "code": self.device.code()}


def agree(proposer, approver, page):
    """From the page of a new proposal: another person approves it, then it is carried out."""
    path = page.url.split("?")[0]
    need(path.startswith("/proposals/"), "it is proposed", page)
    page = approver.web.get(path)
    page = approver.web.submit(page.form("/approve"), approver.step_up())
    need(page.status == 200 and "done=approved" in page.url, "another person approves it", page)
    page = proposer.web.get(path)
    return proposer.web.submit(page.form("/execute"), proposer.step_up())


def invite(responsible, rights, port, login, fingerprint, role="handler"):
    page = responsible.web.get("/accounts/new")
    day = datetime.date.today()
    page = responsible.web.submit(page.form("/accounts/new"), {
        "login": login, "name": f"検証用 {login}", "role": role,
        "kinds": ["employee", "dependant", "category_three", "payee", "professional", "landlord",
                  "shareholder", "customer"],
        "purposes": ["tax", "social_insurance", "employment_insurance", "payment_record"],
        "trained": str(day - datetime.timedelta(30)), "first": str(day - datetime.timedelta(1)),
        "last": str(day + datetime.timedelta(365))})
    page = agree(responsible, rights, page)
    key = re.search(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}\b", page.visible)
    need(key, "the invitation shows an enrolment key", page)
    return Person(port, login, fingerprint).enrol(key.group(0))


def upload_roster(handler, data, name):
    page = handler.web.get("/roster")
    return handler.web.upload(page.form("/roster"), "csv", name, data)


def send_numbers(port, fingerprint, link, passcode, numbers):
    """One person on a phone, without an account; types full-width digits with blanks."""
    web = WebClient(port, fingerprint=fingerprint)
    page = web.get(link)
    page = web.submit(page.form(link), {"passcode": passcode})
    need(page.status == 200, "the passcode opens the page", page)
    need("検証用の合言葉" in page.visible, "the firm's phrase is shown", page)
    form = page.form("/numbers")
    changes = {}
    for name in sorted(form.names()):
        if name.startswith("n-"):
            person = int(name[2:], 16)
            numbers[person] = actors.synthetic_number(len(numbers) + 1)
            wide = numbers[person].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
            changes[name] = f"{wide[:4]} {wide[4:8]} {wide[8:]}"
            changes["m-" + name[2:]] = numbers[person]
    wrong = dict(changes)
    first = next(name for name in wrong if name.startswith("n-"))
    digit = str((int(wrong["m-" + first[2:]][-1]) + 1) % 10)
    wrong[first] = wrong["m-" + first[2:]] = wrong["m-" + first[2:]][:-1] + digit
    page = web.submit(form, wrong)
    need(page.status == 422, "a wrong check digit is refused", page)
    need(wrong[first] not in page.text, "the page does not repeat the number", page)
    page = web.submit(page.form("/numbers"), changes)
    need(page.status == 200 and not page.forms_to("/p/"), "the numbers are taken", page)
    web.close()


def reveal(handler, people, form="withholding_slip", period="2026"):
    """One re-authentication for these people; returns what the pages show, and the last page."""
    page = handler.web.get("/reveal", person=[f"{p:016x}" for p in people])
    page = handler.web.submit(page.form("/reveal"), {
        "form": form, "period": period, **handler.step_up()})
    shown = []
    while True:
        # By its element: the watermark beside it has digits of its own.
        digits = re.findall(r'<span class="group">(\d{4})</span>', page.text)
        if digits:
            shown.append("".join(digits))
        more = [f for f in page.forms if f.action == "/reveal/show"]
        if not more:
            return shown, page
        button = next((n, v) for n, v, kind in more[0].fields if kind == "submit" and n == "show")
        page = handler.web.submit(more[0], button=button)


def collect(step, box, handler, responsible, passcode, fingerprint, count):
    """Requests to everybody; some answer; the responsible person approves. Returns person -> digits
    of those who answered, the first of them with a dependant."""
    page = handler.web.get("/requests/new")
    made = handler.web.submit(page.form("/requests/new"), {
        "purposes": ["tax", "social_insurance"], "days_valid": "14"})
    links = list(dict.fromkeys(re.findall(r"/p/[A-Za-z0-9_-]{43}", made.text)))
    need(len(links) == count, f"one link a person: {len(links)} of {count}", made)
    step(f"{len(links)} one-time links made for 税・源泉徴収 and 社会保険")
    numbers = {}
    for link in links[:3]:
        send_numbers(box.port, fingerprint, link, passcode, numbers)
    step(f"3 people sent {len(numbers)} numbers (a wrong check digit was refused to each first)")
    approved = 0
    while True:
        page = responsible.web.get("/approvals")
        waiting = [link for link in page.links("/approvals/") if len(link) == 27]
        if not waiting:
            break
        page = responsible.web.get(waiting[0])
        need(not any(n in page.text for n in numbers.values()), "an approver sees no digits", page)
        responsible.web.submit(page.form("/approve"))
        approved += 1
    need(approved == 3, f"3 submissions approved, not {approved}")
    step("the responsible person approved; each number is sealed once a purpose")
    return numbers


def use(step, handler, numbers):
    people = list(numbers)
    page = handler.web.get(f"/people/{people[0]:016x}")
    need("●●●●" in page.visible and numbers[people[0]] not in page.text, "masked by default", page)
    shown, page = reveal(handler, people)
    need(sorted(shown) == sorted(numbers.values()),
         f"exactly the numbers that were sent are shown, not {len(shown)}", page)
    step(f"the handler re-authenticated and saw {len(shown)} numbers, 60 s each")
    # 雇用保険 was never notified to anybody: there is no key for it.
    shown, page = reveal(handler, people[:1], "employment_acquisition")
    need(not shown, "a purpose that was not notified shows nothing", page)
    step("a form of a purpose that was not notified was refused")


def dispose(step, handler, responsible, numbers):
    leaver = list(numbers)[-1]  # one without dependants, whose numbers would go too
    page = handler.web.get(f"/people/{leaver:016x}")
    handler.web.submit(page.form("/leaving"), {"leaving": "2026-10-31"})
    page = handler.web.get("/disposals/new", person=f"{leaver:016x}")
    page = handler.web.submit(page.form("/disposals/new"), {"reason": "not_needed"})
    path = page.url.split("?")[0]
    need(path.startswith("/disposals/"), "the disposal is proposed", page)
    page = responsible.web.get(path)
    page = responsible.web.submit(page.form("/approve"), {"sure": "yes", **responsible.step_up()})
    need(page.status == 200 and "/certificate" in page.text, "the disposal is done", page)
    certificate = handler.web.get(path + "/certificate").body
    shown, page = reveal(handler, [leaver])
    need(not shown, "a disposed number is not shown", page)
    rest = [p for p in numbers if p != leaver]
    step("one number disposed of by re-shelving; key destroyed, looked for, absent")
    return certificate, leaver, rest


def export_and_verify(step, box, auditor, folder):
    page = auditor.web.get("/log/export")
    tar = auditor.web.submit(page.form("/log/export"), auditor.step_up())
    need(tar.status == 200 and tar.headers["Content-Type"] == "application/x-tar", "export", tar)
    path = folder / "export.tar"
    path.write_bytes(tar.body)
    step(f"the auditor exported the log ({len(tar.body)} bytes)")
    for name, command in (
            ("kagikura verify", [box.bin / "kagikura", "verify", path]),
            ("the independent verifier", [sys.executable, ROOT / "tests/verifier.py", path])):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        need(done.returncode == 0, f"{name}: {done.stdout[-800:]} {done.stderr[-800:]}")
        step(f"{name}: {done.stdout.strip().splitlines()[0]}")
    opened = folder / "export"
    with tarfile.open(path) as archive:
        archive.extractall(opened, filter="data")
    manifest = next(opened.rglob("manifest.json"))
    certificate = manifest.with_name("cert.pem")
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in",
         manifest.with_suffix(".p7s"), "-content", manifest, "-CAfile", certificate, "-purpose",
         "any", "-out", "/dev/null"], capture_output=True, text=True, check=False)
    need(done.returncode == 0, "openssl cms -verify: " + done.stderr[-800:])
    step("openssl cms -verify: the manifest's signature is good")
    return path


def set_up(step, box):
    box.prepare()
    step("configuration and folders made")
    box.start()
    step("hsm, audit, core and web are up, each locked in")
    keys = box.provision()
    fingerprint = box.fingerprint()
    step("set up at the console: token and keys made, three enrolment keys shown")
    responsible = Person(box.port, "sekinin", fingerprint).enrol(keys["sekinin"]).sign_in()
    rights = Person(box.port, "kengen", fingerprint).enrol(keys["kengen"]).sign_in()
    auditor = Person(box.port, "kansa", fingerprint).enrol(keys["kansa"]).sign_in()
    step("責任者, 権限管理者 and 監査人 enrolled (password and TOTP) and signed in over TLS 1.3")
    handler = invite(responsible, rights, box.port, "tantou", fingerprint).sign_in()
    passcode = secrets.token_hex(4)
    page = responsible.web.get("/settings")
    page = responsible.web.submit(page.form("/settings"), {
        "phrase": "検証用の合言葉", "passcode": passcode})
    page = agree(responsible, rights, page)
    need("done=executed" in page.url, "settings are saved", page)
    step("a handler (事務取扱担当者) invited, passcode and phrase set: each proposed by 責任者, "
         "approved by 権限管理者")
    return (responsible, rights), auditor, handler, passcode, fingerprint


def register(step, handler, count):
    half = count // 2
    bad = actors.roster_csv(3).replace("1990-01-03".encode(), "1990-02-30".encode())
    page = upload_roster(handler, bad, "bad.csv")
    need("/roster/import" not in page.text and "3" in page.visible, "a bad row is named", page)
    step("a roster with a wrong date was refused, line and column named; nothing imported")
    for data, name in ((actors.roster_csv(half, 1, 1, encoding="cp932"), "cp932.csv"),
                       (actors.roster_csv(count - half, half + 1), "utf8.csv")):
        page = upload_roster(handler, data, name)
        page = handler.web.submit(page.form("/roster/import"))
        need(page.status == 200, "the roster is imported", page)
    step(f"{count} people and a dependant registered from CP932 and UTF-8 files")


def run(box, folder, count):
    step = Step()
    (responsible, rights), auditor, handler, passcode, fingerprint = set_up(step, box)
    register(step, handler, count)
    numbers = collect(step, box, handler, responsible, passcode, fingerprint, count)
    use(step, handler, numbers)
    certificate, leaver, rest = dispose(step, handler, responsible, numbers)
    (folder / "certificate.txt").write_bytes(certificate)
    shown, page = reveal(handler, rest)
    need(sorted(shown) == sorted(numbers[p] for p in rest),
         f"the survivors are shown after it, not {len(shown)}", page)
    step(f"{len(shown)} survivors of the same shelf are still right")
    export_and_verify(step, box, auditor, folder)
    del leaver
    return {"sekinin": responsible, "kengen": rights, "tantou": handler, "kansa": auditor}


def stay(box, people):
    print(f"\nThe appliance is running: https://127.0.0.1:{box.port}/")
    print("Its certificate is its own; SHA-256 fingerprint: "
          + ":".join(re.findall("..", box.fingerprint().upper())))
    print(f"{'sign-in':10} {'password':22} secret for an authenticator app")
    for login, person in people.items():
        print(f"{login:10} {person.password:22} {person.secret}")
    print(f"Console: {box.bin}/kagikura-console --config {box.config_path} --lang ja")
    print(f"Token PIN: {box.pin}")
    print(f"Stop it with: kill {os.getpid()}", flush=True)
    stopped = threading.Event()
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda *_: stopped.set())
    stopped.wait()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build-dir", default=str(ROOT / "build/dev"))
    options.add_argument("--once", action="store_true")
    options.add_argument("--folder")
    options.add_argument("--port", type=int)
    options.add_argument("--people", type=int, default=1000)
    options = options.parse_args()
    folder = pathlib.Path(options.folder or tempfile.mkdtemp(prefix="kagikura-"))
    folder.mkdir(parents=True, exist_ok=True)
    box = appliance.Appliance(folder, options.build_dir, port=options.port)
    box.token_at_set_up = True
    good = False
    try:
        people = run(box, folder, options.people)
        good = True
        print("The main job is done.")
        if not options.once:
            stay(box, people)
    except (Failed, LookupError, RuntimeError, OSError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        for name, text in box.logs().items():
            print(f"--- {name}\n{text[-1500:]}", file=sys.stderr)
    finally:
        box.stop()
        if not options.folder:
            box.remove()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
