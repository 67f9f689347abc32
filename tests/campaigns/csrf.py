"""Forged requests: every changing page x what another site, or a page without the proof, can send.

Every POST row of web/routes.cpp, with fields that would do something, by a browser that is signed
in as somebody who may do it. Variants: the page's proof missing, empty, cut, somebody else's,
another session's, in the address only; every foreign Sec-Fetch-Site and Origin; every content type
that a form of another site can send; GET and HEAD with the fields in the address, and methods
tunnelled in headers. None succeeds: the answer is a refusal, and the log has refusals only.
"""

import base64
import datetime
import pathlib
import re
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import idor
import ipc
import log_files
import time_machine
from web_client import WebClient

CI_POINTS = 1
CI_SECONDS = 300
ROOT = pathlib.Path(__file__).resolve().parents[2]
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "0123456789abcdef"
ID = "0123456789abcdef"
# Before a session there is no proof: these are guarded by where a browser says that they come from.
OPEN = ("/sign-in", "/sign-in/passkey", "/sign-in/mail", "/reminder", "/reminder/finish",
        "/language", "/enrolment", "/enrolment/key", "/p/")
# Who may do what the page does; everything else is the handler's.
ROLE = {"/approvals": "responsible", "/settings": "responsible", "/accounts": "responsible",
        "/proposals": "responsible", "/zones": "responsible", "/hours": "responsible",
        "/log": "auditor", "/clients": "responsible", "/companies": "responsible"}
OWN_ROLE = {"/disposals/{id}/approve": "responsible"}
# Fields of all pages at once: a page takes what it knows. The password is not anybody's.
FIELDS = {"login": "nisemono", "name": "検証用 偽物", "role": "handler", "reason": "偽の要求",
          "phrase": "偽の言葉", "handling": "127.0.0.0/8", "collection": "198.51.100.0/24",
          "leaving": "2026-03-31", "password": "not anybodys password", "password2": "x" * 16,
          "new-password": "not anybodys password", "new-password2": "not anybodys password",
          "sure": "yes", "code": "000000", "digest": "00" * 32,
          "person": ID, "people": ID, "purpose": "tax", "purposes": "tax", "days": "14",
          "days_valid": "14", "preview": ID, "form": "withholding_slip", "period": "2026",
          "grant": ID, "language": "en", "passcode": "nisemono", "key": "A" * 32, "label": "nise",
          "roles1": "viewer", "weekdays1": "sun", "opens1": "09:00", "closes1": "17:30",
          "minutes": "30", "deputy": ID, "response": "AAAA", "to": "/", "back": "/",
          "kinds": "employee", "groups": "", "rights": "read_people", "api": "127.0.0.1",
          "company_name": "検証用 偽会社",
          "certificate": "-----BEGIN CERTIFICATE-----",
          **{name: str(datetime.date.today() + datetime.timedelta(days))
             for name, days in (("trained", -9), ("first", -1), ("last", 99))}}
# Where a page wants another value of the same name.
OTHER_FIELDS = {"/disposals/new": {"reason": "not_needed"}}
# What {id} is on the page: something that is there, so that a request could do something.
THINGS = {"/people": "person", "/requests": "request", "/approvals": "submission",
          "/disposals": "disposal", "/accounts": "account", "/proposals": "proposal"}


def posts():
    """[(path, body kind)] of web/routes.cpp."""
    text = (ROOT / "web/routes.cpp").read_text()
    return re.findall(r'\{kPost,\s*"([^"]+)",\s*Body::(k\w+),', text)


def is_open(path):
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in OPEN)


def role_of(path):
    if path in OWN_ROLE:
        return OWN_ROLE[path]
    return next((role for prefix, role in ROLE.items() if path.startswith(prefix)), "handler")


def multipart(fields):
    lines = []
    for name, value in fields.items():
        lines += [f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{name}"', "", value]
    lines += [f"--{BOUNDARY}",
              'Content-Disposition: form-data; name="csv"; filename="r.csv"',
              "Content-Type: text/csv", "", actors.roster_csv(1).decode(), f"--{BOUNDARY}--", ""]
    return "\r\n".join(lines).encode()


def wide(token):
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


# What a page says that has no proof, or a wrong one.
OUT_OF_DATE = "画面が古くなりました"


class Browser:
    """Somebody who is signed in, and what his pages prove themselves with."""

    def __init__(self, box, actor, things):
        self.things = things
        self.said = ""
        self.web = WebClient(box.port)
        self.origin = f"https://localhost:{box.port}"
        page = self.web.get("/sign-in")
        page = self.web.submit(page.form("/sign-in"), {
            "login": actor.login, "password": actor.password.decode(),
            "code": actor.device.code()})
        self.proof = next(value for form in page.forms for name, value in form.values()
                          if name == "csrf")

    def send(self, path, kind, *, proof, headers=None, content_type=None, method="POST",
             query=None, extra=None):
        thing = next((self.things[kind][0] for prefix, kind in THINGS.items()
                      if path.startswith(prefix)), None)
        fields = {**FIELDS, **OTHER_FIELDS.get(path, {}), **(extra or {})}
        for name in ("person", "people", "show"):
            fields[name] = f"{self.things['person'][0]:016x}"
        if proof is not None:
            fields["csrf"] = proof
        upload = kind == "kUpload"
        usual = f"multipart/form-data; boundary={BOUNDARY}" if upload else FORM
        body = multipart(fields) if upload else urllib.parse.urlencode(fields).encode()
        name = f"{thing:016x}" if thing else ID
        target = path.replace("{id}", name).replace("{link}", wide(b"\1" * 32))
        if query:
            target += "?" + urllib.parse.urlencode(query)
        if method != "POST":
            return self.answered(self.web.request(method, target, headers=headers))
        return self.answered(self.web.request("POST", target, body, content_type or usual,
                                              headers=headers))

    def answered(self, page):
        self.said = page.visible
        return page.status


def proofs(browser, twin, other):
    """What a page without this session's proof can put in its place."""
    right = browser.proof
    return {"no proof": None, "empty proof": "", "cut proof": right[:-1],
            "longer proof": right + "A", "proof of nobody": wide(b"\7" * 32),
            "proof of zeros": wide(b"\0" * 32), "proof of the same person's other session": twin,
            "proof of somebody else": other, "proof in other letters": right.swapcase(),
            "proof with a blank": " " + right}


def sources(browser):
    """Headers that a browser sends for another site's page, with the right proof in the body."""
    port = browser.origin.rsplit(":", 1)[1]
    return {"cross-site": {"Sec-Fetch-Site": "cross-site"},
            "same-site": {"Sec-Fetch-Site": "same-site"},
            "typed by the user": {"Sec-Fetch-Site": "none"},
            "unknown site": {"Sec-Fetch-Site": "same-origin, cross-site"},
            "other origin": {"Origin": "https://example.com"},
            "null origin": {"Origin": "null"}, "empty origin": {"Origin": ""},
            "plain http": {"Origin": browser.origin.replace("https", "http")},
            "other port": {"Origin": "https://localhost:1"},
            "our name in front": {"Origin": f"https://localhost.example.com:{port}"},
            "our name behind": {"Origin": f"https://example.com/localhost:{port}"},
            "our name as user": {"Origin": f"https://localhost:{port}@example.com"}}


TYPES = {"as text": "text/plain", "as json": "application/json", "as xml": "text/xml",
         "as csp report": "application/csp-report", "as bytes": "application/octet-stream"}


def check_route(ctx, browser, path, kind, twin, other):
    """Number of variants."""
    def judge(variant, status, refusals):
        ctx.expect(status in refusals, f"{path}/{variant}", status)
    count = 0
    # The page of a passkey looks for it before anything is asked for.
    refused = (403, 404) if path.startswith("/account/passkeys/{id}") else (403,)
    if not is_open(path):
        for variant, proof in proofs(browser, twin, other).items():
            judge(variant, browser.send(path, kind, proof=proof), refused)
            count += 1
        status = browser.send(path, kind, proof=None, query={"csrf": browser.proof})
        judge("proof in the address", status, refused)
        count += 1
    for variant, headers in sources(browser).items():
        status = browser.send(path, kind, proof=browser.proof, headers=headers)
        judge(variant, status, (403,))
        count += 1
    for variant, content_type in TYPES.items():
        status = browser.send(path, kind, proof=browser.proof, content_type=content_type)
        judge(variant, status, (415,))
        count += 1
    swapped = FORM if kind == "kUpload" else f"multipart/form-data; boundary={BOUNDARY}"
    judge("other kind of form",
          browser.send(path, kind, proof=browser.proof, content_type=swapped), (400, 413, 415))
    query = {**FIELDS, "csrf": browser.proof}
    for method in ("PUT", "DELETE", "PATCH"):
        judge(method, browser.send(path, kind, proof=None, method=method), (405,))
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        # Another page of the same address may answer a GET; that it changes nothing, the log says.
        status = browser.send(path, kind, proof=None, method="GET", query=query,
                              headers={header: "POST"})
        judge(f"GET with {header}", status, (200, 303, 400, 401, 403, 404, 405, 422))
    return count + 7


def entry_kinds(box, start):
    return [(e["event"], (e.get("error") or {}).get("field") if isinstance(e.get("error"), dict)
             else e.get("error")) for e in log_files.entries(box.folder / "state/log")[start:]]


# What a refusal, and looking at a page, may leave in the log.
HARMLESS = {"access.denied", "log.read", "log.heartbeat", "session.expired", "portal.refused",
            "session.refused", "epoch.created", "key.destroy", "key.gone"}


def run(ctx):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-csrf-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap())
    try:
        with box, machine.codes_at_once():
            firm = actors.Firm(box, ipc.Schema())
            staff = {name: getattr(firm, name) for name in ("handler", "responsible", "auditor")}
            things = idor.make_things(firm)
            browsers = {name: Browser(box, actor, things) for name, actor in staff.items()}
            twins = {name: Browser(box, actor, things).proof for name, actor in staff.items()}
            variants = {}
            start = len(log_files.entries(box.folder / "state/log"))
            for path, kind in posts():
                name = role_of(path)
                other = browsers["auditor" if name != "auditor" else "handler"].proof
                if path == "/sign-out":
                    continue  # below, as the last
                variants[path] = check_route(ctx, browsers[name], path, kind, twins[name], other)
            name = "handler"
            variants["/sign-out"] = check_route(ctx, browsers[name], "/sign-out", "kForm",
                                                twins[name], browsers["auditor"].proof)
            kinds = entry_kinds(box, start)
            ctx.expect({event for event, _ in kinds} <= HARMLESS, "the log has refusals only",
                       sorted({event for event, _ in kinds} - HARMLESS))
            ctx.expect(min(variants.values()) >= 12, "variants of each route", variants)
            ctx.note("routes", len(variants))
            ctx.note("variants", f"{min(variants.values())} to {max(variants.values())} a route")
            ctx.note("refusals_logged", len(kinds))
            check_judge(ctx, browsers)
    finally:
        box.remove()


def check_judge(ctx, browsers):
    """The same requests with the right proof are not refused as forged."""
    for path, kind in posts():
        if is_open(path) or path in ("/sign-out", "/language"):
            continue
        # Without the password that would be wrong, and refused for that.
        browser = browsers[role_of(path)]
        status = browser.send(path, kind, proof=browser.proof,
                              extra={"password": "", "code": ""})
        forged = status in (415, 405) or (status == 403 and OUT_OF_DATE in browser.said)
        ctx.expect(not forged, f"{path}/the right proof", status)
    status = browsers["handler"].send("/sign-out", "kForm", proof=browsers["handler"].proof)
    ctx.expect(status == 303, "/sign-out/the right proof", status)
