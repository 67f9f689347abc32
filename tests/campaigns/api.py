"""Other systems, through the real acceptor, worker and core: who is let in by which certificate,
what each right opens, and what every refusal says.

Certificates of nobody, of another authority, expired, not yet valid, for another use, not enrolled,
renewed and revoked in an open connection; every route with every single right; addresses outside
the zone; keys of one act used for another; bodies that are too large or broken; headers that claim
what they like. Every answer fits docs/openapi.yaml, whose routes are those of web/api_routes.cpp;
no answer holds a number. From two points on, bugs planted in core are found by the same cases.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile

import jsonschema
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import authority
import handshake
import ipc
import log_files
import system_client
import time_machine
from access_expected import API_ROUTES

CI_POINTS = 1
CI_SECONDS = 300
ROOT = pathlib.Path(__file__).resolve().parents[2]
LINTER = ROOT / "tests/openapi"
UNKNOWN = "1234567812345678"
EPOCH = datetime.date(1970, 1, 1)
PLANTED = {"planted-core-asks-for-no-proof": "stolen/signed with another key",
           "planted-core-takes-any-use": "certificates/for servers, proposed",
           "planted-core-forgets-revocation": "revoked/next request",
           "planted-core-forgets-what-a-key-did": "key/another body"}


def today():
    return (datetime.date.today() - EPOCH).days


def bits(words, every):
    return sum(1 << every.index(word) for word in words)


class Description:
    """docs/openapi.yaml: its routes, and whether an answer is one that it describes."""

    def __init__(self):
        self.text = (ROOT / "docs/openapi.yaml").read_bytes()
        self.whole = yaml.safe_load(self.text)

    def routes(self):
        return {(method.upper(), path) for path, item in self.whole["paths"].items()
                for method in item if method in ("get", "post", "put", "delete", "patch")}

    def wrong(self, method, pattern, answer):
        """What does not fit, or None."""
        operation = self.whole["paths"][pattern][method.lower()]
        responses = operation["responses"]
        described = responses.get(str(answer.status)) or responses.get(f"{answer.status // 100}XX")
        if described is None:
            return f"{answer.status} is not described"
        described = self.resolved(described)
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if kind not in described["content"]:
            return f"{answer.status} as {kind} is not described"
        if kind == "application/yaml":
            return None if answer.body == self.text else "not the document"
        schema = {**described["content"][kind]["schema"], "components": self.whole["components"]}
        validator = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.FormatChecker())
        error = next(validator.iter_errors(json.loads(answer.body)), None)
        return error and f"{error.message} at {list(error.absolute_path)}"[:300]

    def resolved(self, item):
        if "$ref" not in item:
            return item
        found = self.whole
        for part in item["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found


def routes_of_program():
    text = (ROOT / "web/api_routes.cpp").read_text()
    return {(method.upper(), path) for method, path in
            re.findall(r'\{k(Get|Post),\s*"([^"]+)",', text)}


class Campaign:
    def __init__(self, ctx, folder, core="kagikurad"):
        self.ctx = ctx
        self.folder = folder
        self.schema = ipc.Schema()
        self.description = Description()
        self.authority = authority.Authority(folder / "authority")
        self.machine = time_machine.TimeMachine(folder / "clock", ctx.build_dir)
        self.port = appliance.free_port()
        self.box = appliance.Appliance(
            folder / "box", ctx.build_dir, programs={"core": core}, wrap=self.machine.wrap(),
            settings={"api": {"listen": [f"127.0.0.1:{self.port}"],
                              "client_authority": str(self.authority.certificate)}},
            zones={"handling": ["127.0.0.0/8"], "collection": ["::1/128"],
                   "api": ["127.0.0.1/32"]})
        self.rights = self.schema.enums["ApiRight"]
        self.purposes = self.schema.enums["Purpose"]
        self.kinds = self.schema.enums["PersonKind"]
        self.clients = {}  # name -> account
        self.answers = 0
        self.links = []
        self.connections = []

    # ---- people let systems in

    def start(self):
        self.box.folder.mkdir()
        self.box.prepare()
        self.box.start()
        self.firm = actors.Firm(self.box, self.schema)
        self.people = self.firm.collect(3)

    def propose(self, name, certificate, rights=None, days=30, groups=(), kinds=None):
        grant = {"rights": bits(rights or self.rights, self.rights),
                 "groups": list(groups), "kinds": bits(kinds or self.kinds, self.kinds),
                 "purposes": bits(["kTax"], self.purposes),
                 "first": today(), "last": today() + days}
        return self.firm.responsible.act(
            "EnrolClient", login=name, name=f"検証用 {name}", grant=grant,
            certificate=certificate[0].read_bytes())["proposal"]

    def enrol(self, name, rights=None, **grant):
        certificate = self.authority.issue(name)
        proposal = self.propose(name, certificate, rights, **grant)
        self.firm.rights.approve(proposal)
        self.clients[name] = self.firm.responsible.execute(proposal)["account"]
        self.rest()
        return certificate

    def agreed(self, request, **fields):
        self.firm.responsible.agreed(request, self.firm.rights, **fields)
        self.rest()

    def rest(self):
        """So many grants at once are nobody's work: forty seconds go by."""
        self.machine.pass_by(boot=40)
        with ipc.Channel.connect(self.schema, "ConsoleCore",
                                 self.box.folder / "run/console/socket") as console:
            appliance.wait_for(lambda: console.call("GetStatus")["hsm_ok"], 60, "the HSM")

    def connect(self, certificate=None, source="127.0.0.1"):
        client = system_client.SystemClient(self.port, certificate, source)
        self.connections.append(client)
        return client

    # ---- what is judged of every answer

    def judged(self, name, method, path, answer):
        pattern = re.sub(r"/[0-9a-f]{16}(?=/|$)", "/{id}", path.partition("?")[0])
        self.answers += 1
        if (method, pattern) in self.description.routes():
            wrong = self.description.wrong(method, pattern, answer)
            self.ctx.expect(not wrong, f"schema/{name}", wrong)
        for digits in self.firm.numbers.values():
            self.ctx.expect(digits.encode() not in answer.body, f"number/{name}", "a number")
        self.ctx.expect("Set-Cookie" not in answer.headers, f"cookie/{name}", answer.headers)
        return answer

    def get(self, client, path, name=None, **headers):
        return self.judged(name or path, "GET", path, client.get(path, **headers))

    def post(self, client, path, value, name=None, **options):
        return self.judged(name or path, "POST", path, client.post(path, value, **options))

    def expect(self, name, answer, *told):
        self.ctx.expect(answer.told == told if len(told) == 3 else answer.status == told[0], name,
                        f"{answer.told}, expected {told}")

    # ---- certificates

    def certificates(self):
        a = self.authority
        other = authority.Authority(self.folder / "other")
        same_name = authority.Authority(self.folder / "impostor")
        day = datetime.timedelta(days=1)
        now = datetime.datetime.now(datetime.timezone.utc)

        def stamp(moment):
            return moment.strftime("%Y%m%d%H%M%SZ")
        denied = (403, "denied", "certificate")
        expired = (403, "expired", "certificate")
        cases = {
            "of another authority": (other.issue("tanin"), denied),
            "of an impostor of the same name": (same_name.issue("kyuyo"), denied),
            "not enrolled": (a.issue("shiranai"), denied),
            "for servers": (a.issue("saba", use="serverAuth"), denied),
            "for nothing said": (a.issue("nashi", use=""), denied),
            "of an authority": (a.issue("oya", authority=True), denied),
            "expired": (a.issue("kireta", end=stamp(now - day)), expired),
            "not yet valid": (a.issue("mada", start=stamp(now + day)), expired),
        }
        for name, (certificate, told) in cases.items():
            client = self.connect(certificate)
            self.expect(f"certificates/{name}", self.get(client, "/api/v1/client"), *told)
            self.expect(f"certificates/{name}, again", self.get(client, "/api/v1/people"), *told)
        for name in ("for servers", "for nothing said"):
            try:
                self.propose(f"x{len(name)}", cases[name][0])
                self.ctx.failed(f"certificates/{name}, proposed", "taken")
            except ipc.IpcError as error:
                self.ctx.expect(error.code == "kDenied", f"certificates/{name}, proposed", error)
        # None, and one whose key usage is not to sign handshakes: TLS itself ends there.
        for name, certificate in {"none": None, "the authority's own": (
                a.certificate, a.folder / "ca.key")}.items():
            try:
                answer = self.connect(certificate).get("/api/v1/client")
                self.ctx.failed(f"certificates/{name}", answer.status)
            except (ssl.SSLError, OSError):
                self.ctx.passed(f"certificates/{name}")

    def one_for_another(self):
        """A system is who its certificate says, whatever else it says."""
        reader = self.connect(self.enrol("tokei", ["kReadRequests"]))
        self.expect("another/own", self.get(reader, "/api/v1/client"), 200)
        self.ctx.expect(self.get(reader, "/api/v1/client").json["login"] == "tokei",
                        "another/who it is")
        claims = {"X-Client-Cert": self.certificate[0].read_text().replace("\n", ""),
                  "X-SSL-Client-S-DN": "CN=kyuyo", "SSL_CLIENT_S_DN": "CN=kyuyo",
                  "X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1;proto=https",
                  "X-Real-IP": "127.0.0.1", "X-Remote-User": "kyuyo",
                  "Authorization": "Bearer kyuyo", "Cookie": self.cookie(),
                  "X-HTTP-Method-Override": "GET", "From": "kyuyo@example.jp"}
        for name, value in claims.items():
            answer = self.get(reader, "/api/v1/people", f"claims/{name}", **{name: value})
            self.expect(f"claims/{name}", answer, 403, "denied", "access")
        # Only a key proves it: the certificate alone does not.
        try:
            system_client.context_of((self.certificate[0], self.authority.folder / "tokei.key"))
            self.ctx.failed("another/certificate without its key", "loaded")
        except ssl.SSLError:
            self.ctx.passed("another/certificate without its key")

    def stolen(self):
        """In a taken-over worker's place: a certificate is no secret, and opens nothing without
        its key."""
        socket_path = self.box.folder / "run/web/socket"

        def tried(name, show):
            with ipc.admit(self.schema, socket_path, listener="kApi") as worker:
                told = show(worker)
                try:
                    worker.call("ListPeople")
                    self.ctx.failed(name, "sees people")
                except ipc.IpcError as error:
                    self.ctx.expect(told == ("kDenied", "handshake") and error.code == "kDenied",
                                    name, (told, error))
        other = self.authority.issue("dorobo")
        tried("stolen/signed with another key",
              lambda worker: handshake.present(worker, self.certificate, other[1]))
        with ipc.admit(self.schema, socket_path, listener="kApi") as worker:
            seen = handshake.ended(handshake.begun(worker), self.certificate)
            worker.call("PresentCertificate", handshake=seen)
            self.ctx.expect(worker.call("ListPeople")["total"] > 0, "stolen/the owner is let in")

        def again(worker):
            handshake.begun(worker)
            try:
                worker.call("PresentCertificate", handshake=seen)
            except ipc.IpcError as error:
                return (error.code, error.field)
            return None
        tried("stolen/a handshake that was seen", again)

    def cookie(self):
        import base64
        token = base64.urlsafe_b64encode(self.firm.responsible.token).rstrip(b"=").decode()
        return f"__Host-session={token}"

    # ---- rights

    def scope(self):
        """Every route with every single right, and with all and none of use."""
        ids = {"/api/v1/people/{id}": f"{self.people[0]:016x}"}
        for right in self.rights:
            client = self.connect(self.enrol("kengen-" + str(self.rights.index(right)), [right]))
            for (method, pattern), wanted in API_ROUTES.items():
                path = pattern.replace("{id}", ids.get(pattern, UNKNOWN))
                if method == "GET":
                    answer = self.get(client, path, f"scope/{right}/{path}")
                elif pattern.endswith("previews"):
                    answer = self.post(client, path, actors.roster_csv(1, start=900),
                                       content_type="text/csv")
                else:
                    body = {"preview": UNKNOWN} if pattern.endswith("imports") else \
                        {} if pattern.endswith("revoke") else \
                        {"people": [UNKNOWN], "purposes": ["tax"]}
                    answer = self.post(client, path, body, key=os.urandom(8).hex())
                refused = answer.told == (403, "denied", "access")
                self.ctx.expect(refused != (wanted is None or wanted == right),
                                f"scope/{right}/{method} {pattern}", answer.told)
        client = self.connect(self.certificate)
        self.expect("scope/purpose",
                    self.post(client, "/api/v1/requests", {"people": [UNKNOWN], "purposes":
                              ["social_insurance"]}, key="purpose-1"), 403, "denied", "scope")
        entries = log_files.entries(self.box.folder / "state/log")
        denied = [e for e in entries if e["event"] == "access.denied"
                  and e.get("role") == "api_client"]
        self.ctx.expect(len(denied) >= len(self.rights) * 5
                        and all(e.get("action") for e in denied), "scope/log", len(denied))

    def groups(self):
        """Whom the grant does not cover is not there: in lists, by identifier, in rosters, in
        requests."""
        firm = self.firm
        firm.handler.import_roster(actors.roster_csv(3, start=8000, group="大阪支店/経理課"))
        firm.handler.import_roster(actors.roster_csv(3, start=8100, group="大阪支店長室"))
        rows = {row["employee_no"]: row["id"] for row in firm.handler.people()}
        client = self.connect(self.enrol("osaka", groups=["大阪支店"]))
        page = self.get(client, "/api/v1/people").json
        self.ctx.expect(sorted(row["employee_no"] for row in page["people"])
                        == ["E008000", "E008001", "E008002"] and page["total"] == 3,
                        "groups/list", page)
        for number, status in (("E008000", 200), ("E008100", 404), ("E000001", 404)):
            self.expect(f"groups/{number}",
                        self.get(client, f"/api/v1/people/{rows[number]:016x}"), status)
        outside = self.post(client, "/api/v1/roster/previews",
                            actors.roster_csv(1, start=8200, group="東京支店"),
                            content_type="text/csv")
        self.ctx.expect(outside.status == 422
                        and outside.json["problems"][0]["reason"] == "out_of_scope",
                        "groups/roster", outside.body[:200])
        made = self.post(client, "/api/v1/requests", {
            "people": [f"{rows[number]:016x}" for number in ("E008000", "E008100")],
            "purposes": ["tax"]}, key="osaka-0001")
        self.ctx.expect(made.status == 201 and [r["employee_no"] for r in made.json["requests"]]
                        == ["E008000"], "groups/requests", made.body[:300])
        theirs = self.get(client, "/api/v1/requests").json
        self.ctx.expect({r["employee_no"] for r in theirs["requests"]} == {"E008000"},
                        "groups/list of requests", theirs["total"])
        payees = self.connect(self.enrol("shiharai", kinds=["kPayee"]))
        self.ctx.expect(self.get(payees, "/api/v1/people").json["total"] == 0, "groups/kinds")

    def surfaces(self):
        """No page on this listener, nothing of this one among the pages."""
        client = self.connect(self.certificate)
        pages = re.findall(r'\{kGet,\s*"([^"]+)",', (ROOT / "web/routes.cpp").read_text())
        for page in pages:
            path = page.replace("{id}", UNKNOWN).replace("{link}", "A" * 43)
            answer = client.get(path)
            self.ctx.expect(answer.status == 404 and "problem" in answer.headers["Content-Type"],
                            f"surface/{page}", answer.status)
        desk = system_client.SystemClient(self.box.port)
        for method, pattern in API_ROUTES:
            path = pattern.replace("{id}", UNKNOWN)
            headers = {"Cookie": self.cookie()}
            answer = desk.send(method, path, b"{}" if method == "POST" else None, {
                **headers, **({"Content-Type": "application/x-www-form-urlencoded"}
                              if method == "POST" else {})})
            self.ctx.expect(answer.status == 404, f"surface/pages {pattern}", answer.status)
        desk.close()
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            answer = self.connect(self.certificate).send(method, "/api/v1/people")
            self.expect(f"methods/{method}", answer, 405)
        self.expect("methods/POST to a list",
                    self.post(client, "/api/v1/people", {}, key="post-list"), 405)
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                     "text/plain", "application/jsonx", "application/json; charset=utf-16", ""):
            answer = self.connect(self.certificate).post("/api/v1/requests", {}, key="kind-1234",
                                                         content_type=kind)
            self.expect(f"types/{kind}", answer, 415)
        self.expect("types/JSON for CSV", self.post(client, "/api/v1/roster/previews", {}), 415)

    # ---- places

    def places(self):
        for source in ("127.0.0.2", "127.9.9.9"):
            try:
                answer = self.connect(self.certificate, source).get("/api/v1/client")
                self.ctx.failed(f"places/{source}", answer.status)
            except (OSError, ssl.SSLError):
                self.ctx.passed(f"places/{source}")
        open_one = self.connect(self.certificate)
        self.expect("places/before", self.get(open_one, "/api/v1/client"), 200)
        rows = [{"block": "127.0.0.0/8", "zone": "kHandling"}]
        self.agreed("ProposeZones", rows=rows)
        self.expect("places/zone taken away in an open connection",
                    self.get(open_one, "/api/v1/client"), 403, "denied", "access")
        self.agreed("ProposeZones", rows=[*rows, {"block": "127.0.0.1/32", "zone": "kApi"}])
        self.expect("places/given back", self.get(self.connect(self.certificate),
                                                  "/api/v1/client"), 200)

    # ---- acts

    def rosters(self):
        client = self.connect(self.certificate)
        preview = self.post(client, "/api/v1/roster/previews",
                            actors.roster_csv(2, start=500), content_type="text/csv")
        self.expect("roster/preview", preview, 201)
        self.ctx.expect(preview.json["added"] == 2, "roster/added", preview.json)
        body = {"preview": preview.json["preview"]}
        stranger = self.connect(self.enrol("yoso", ["kImportRoster"]))
        self.expect("roster/of another system",
                    self.post(stranger, "/api/v1/roster/imports", body, key="yoso-0001"), 404,
                    "not_found", "preview")
        again = self.connect(self.certificate)  # a connection later
        self.expect("roster/import", self.post(again, "/api/v1/roster/imports", body,
                                               key="meibo-0001"), 201)
        repeated = self.post(again, "/api/v1/roster/imports", body, key="meibo-0001")
        self.expect("roster/import again", repeated, 200)
        self.ctx.expect(repeated.json == {"added": 2, "changed": 0, "repeated": True},
                        "roster/import again says the same", repeated.json)
        bad = self.post(client, "/api/v1/roster/previews", b"\x00\xff", content_type="text/csv")
        self.expect("roster/not text", bad, 422)
        number = actors.synthetic_number(7)
        wrong = actors.roster_csv(1, start=600).replace(b"E000600", number.encode())
        answer = self.post(client, "/api/v1/roster/previews", wrong, content_type="text/csv")
        self.ctx.expect(answer.status == 422 and number.encode() not in answer.body,
                        "roster/a number in it", answer.told)
        # Somebody changes the same people between the preview and the import.
        preview = self.post(client, "/api/v1/roster/previews", actors.roster_csv(2, start=700),
                            content_type="text/csv").json["preview"]
        self.firm.handler.import_roster(actors.roster_csv(1, start=700))
        self.expect("roster/overtaken", self.post(client, "/api/v1/roster/imports", {
            "preview": preview}, key="meibo-0002"), 409, "conflict", "preview")

    def requests(self):
        client = self.connect(self.certificate)
        rows = self.get(client, "/api/v1/people?q=E000500").json["people"]
        person = rows[0]["id"]
        body = {"people": [person], "purposes": ["tax"]}
        made = self.post(client, "/api/v1/requests", body, key="irai-0001")
        self.expect("requests/made", made, 201)
        one = made.json["requests"][0]
        self.ctx.expect(made.json["created"] == 1 and one["person"] == person, "requests/link",
                        made.json)
        self.links.append(one["path"])
        again = self.post(client, "/api/v1/requests", body, key='"irai-0001"')
        self.expect("requests/again", again, 200)
        self.ctx.expect(again.json["repeated"] and again.json["created"] == 1
                        and not again.json["requests"], "requests/again gives no link", again.json)
        other = {"people": [self.get(client, "/api/v1/people?q=E000501").json["people"][0]["id"]],
                 "purposes": ["tax"]}
        self.expect("key/another body", self.post(client, "/api/v1/requests", other,
                                                  key="irai-0001"), 422, "conflict",
                    "idempotency_key")
        for key in (None, "", "short", "with blank 1", "ä" * 8, "x" * 65, '"', "a" * 9000):
            try:
                answer = self.connect(self.certificate).post(
                    "/api/v1/requests", other, key=key if key is None else
                    key.encode("latin-1", "replace").decode("latin-1"))
            except (OSError, ssl.SSLError) as error:
                self.ctx.failed(f"key/{str(key)[:12]}", error)
                continue
            self.ctx.expect(answer.status in (400, 413, 431), f"key/{str(key)[:12]}", answer.told)
        listed = self.get(client, "/api/v1/requests?status=requested").json["requests"]
        self.ctx.expect(any(row["id"] == one["id"] for row in listed), "requests/listed", listed)
        whole = self.get(client, f"/api/v1/people/{person}")
        self.ctx.expect(whole.json["status"] == "requested", "requests/person", whole.json)
        # The link is a person's way in, on the other listener; and it dies by a revocation.
        theirs = self.firm.handler.request_numbers([int(other["people"][0], 16)])[0]
        self.expect("requests/not its own", self.post(
            client, f"/api/v1/requests/{theirs['request']:016x}/revoke", {}), 404, "not_found",
            "request")
        self.expect("requests/revoked",
                    self.post(client, f"/api/v1/requests/{one['id']}/revoke", {}), 200)
        entries = log_files.entries(self.box.folder / "state/log")
        own = [e for e in entries if e["event"] in ("request.created", "request.revoked")
               and e.get("role") == "api_client"]
        self.ctx.expect(len(own) == 2, "requests/log", own)
        head = self.get(client, "/api/v1/log/head")
        self.ctx.expect(0 < head.json["size"] <= len(entries) + 50, "log head", head.json)

    # ---- bad input

    def bodies(self):
        """Everything that is no good body is a 400 or 413 that says which field, and changes
        nothing."""
        good = {"people": [UNKNOWN], "purposes": ["tax"]}
        texts = [b"", b" ", b"{", b"}", b"[]", b"null", b"1", b'""', b"{}", b'{"people"}', b"{]",
                 b'{"people":[],"purposes":["tax"]}', b'{"people":null,"purposes":["tax"]}',
                 b'{"people":{},"purposes":["tax"]}', b'{"people":"' + UNKNOWN.encode() + b'"}',
                 b'{"people":[1],"purposes":["tax"]}', b'{"people":[["x"]],"purposes":["tax"]}',
                 b'{"people":["x"],"purposes":["tax"]}', b'{"people":["0000000000000000"]}',
                 b'{"people":["' + UNKNOWN.encode() + b'"],"purposes":["intake"]}',
                 b'{"people":["' + UNKNOWN.encode() + b'"],"purposes":["tax","tax"]}',
                 b'{"people":["' + UNKNOWN.encode() + b'"],"purposes":[""]}',
                 json.dumps(good).encode() + b"x", json.dumps(good).encode() * 2,
                 json.dumps({**good, "days_valid": 0}).encode(),
                 json.dumps({**good, "days_valid": 31}).encode(),
                 json.dumps({**good, "days_valid": -1}).encode(),
                 json.dumps({**good, "days_valid": 1.5}).encode(),
                 json.dumps({**good, "days_valid": "7"}).encode(),
                 json.dumps({**good, "days_valid": True}).encode(),
                 json.dumps({**good, "days_valid": 2**70}).encode(),
                 json.dumps({**good, "secret-word-9": 1}).encode(),
                 json.dumps(good)[:-1].encode() + b',"people":["' + UNKNOWN.encode() + b'"]}',
                 json.dumps({**good, "people": [UNKNOWN] * 2001}).encode(),
                 b'{"people":["\xff\xfe"],"purposes":["tax"]}', b"\xef\xbb\xbf{", b"\x00",
                 b'{"people":["\\ud800"],"purposes":["tax"]}',
                 b'{"people":["\\u0000"],"purposes":["tax"]}',
                 b"[" * 30000, b'{"a":' * 10000, b'{"people":' + b"[" * 20000 + b"]" * 20000 + b"}",
                 b"NaN", b"Infinity", b"{'people':[]}", b"{people:[]}", b'{"people":[],}',
                 b"// c\n{}", b'{"x' + b"y" * 200 + b'":1}']
        for index, text in enumerate(texts):
            client = self.connect(self.certificate)
            answer = self.post(client, "/api/v1/requests", text, f"body/{index}", key="body-0001")
            self.ctx.expect(answer.status in (400, 413), f"body/{index}",
                            f"{text[:60]}: {answer.told}")
            self.ctx.expect(b"secret-word-9" not in answer.body, f"body/{index} says no value")
            client.close()
        client = self.connect(self.certificate)
        self.expect("body/over 64 KiB",
                    self.post(client, "/api/v1/requests", b" " * 65537, key="body-0002"), 413)
        head = ("POST /api/v1/roster/previews HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n"
                f"Content-Length: {33 * 1024 * 1024}\r\n\r\n").encode()
        self.ctx.expect(b" 413 " in self.connect(self.certificate).raw(head)[:40],
                        "body/over 32 MiB of CSV")
        for name, data in {
                "two requests": b"GET /api/v1/client HTTP/1.1\r\nHost: a\r\n\r\n" * 2,
                "bare line feeds": b"GET /api/v1/client HTTP/1.1\nHost: a\n\n",
                "two lengths": b"POST /api/v1/requests HTTP/1.1\r\nHost: a\r\n"
                               b"Content-Type: application/json\r\nContent-Length: 2\r\n"
                               b"Content-Length: 3\r\n\r\n{}",
                "chunked": b"POST /api/v1/requests HTTP/1.1\r\nHost: a\r\nContent-Type: "
                           b"application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "two keys": b"POST /api/v1/requests HTTP/1.1\r\nHost: a\r\nIdempotency-Key: "
                            b"aaaaaaaa\r\nIdempotency-Key: bbbbbbbb\r\nContent-Length: 2\r\n"
                            b"Content-Type: application/json\r\n\r\n{}",
                "dots": b"GET /api/v1/../../people HTTP/1.1\r\nHost: a\r\n\r\n"}.items():
            said = self.connect(self.certificate).raw(data)
            self.ctx.expect(b"HTTP/1.1 400 " in said[:20] and b"problem+json" in said,
                            f"wire/{name}", said[:200])
        for query in ("offset=-1", "offset=x", "offset=99999999", "other=1", "status=x", "kind=x",
                      "offset=1&offset=2", "q=%00", "q=%ff", "q=" + "x" * 101):
            answer = self.get(self.connect(self.certificate), f"/api/v1/people?{query}",
                              f"query/{query[:20]}")
            self.expect(f"query/{query[:20]}", answer, 400)
        beyond = self.get(client, "/api/v1/people?offset=9999999")
        self.ctx.expect(beyond.status == 200 and beyond.json["people"] == []
                        and beyond.json["next"] is None, "query/beyond the end", beyond.told)

    def paging(self):
        self.firm.handler.import_roster(actors.roster_csv(120, start=3000))
        client = self.connect(self.certificate)
        seen, offset = [], 0
        while offset is not None:
            page = self.get(client, f"/api/v1/people?offset={offset}").json
            seen += [row["id"] for row in page["people"]]
            offset = page["next"]
        self.ctx.expect(len(seen) == len(set(seen)) == page["total"], "paging", len(seen))

    # ---- ends

    def renewed(self):
        old = self.connect(self.enrol("koshin", ["kReadPeople"]))
        self.expect("renewed/before", self.get(old, "/api/v1/people"), 200)
        newer = self.authority.issue("koshin-2")
        self.agreed("RenewClient", client=self.clients["koshin"],
                    certificate=newer[0].read_bytes())
        self.expect("renewed/next request", self.get(old, "/api/v1/people"), 403, "denied",
                    "certificate")
        self.expect("renewed/new one", self.get(self.connect(newer), "/api/v1/people"), 200)

    def revoked(self):
        certificate = self.enrol("shikko", ["kReadPeople"])
        client = self.connect(certificate)
        self.expect("revoked/before", self.get(client, "/api/v1/people"), 200)
        self.agreed("RevokeClient", client=self.clients["shikko"])
        self.expect("revoked/next request", self.get(client, "/api/v1/people"), 403, "denied",
                    "certificate")
        self.expect("revoked/next connection",
                    self.get(self.connect(certificate), "/api/v1/people"), 403, "denied",
                    "certificate")

    def alone(self):
        """Nobody lets a system in alone."""
        proposal = self.propose("hitori", self.authority.issue("hitori"))
        for act in (self.firm.responsible.approve, self.firm.responsible.execute):
            try:
                act(proposal)
                self.ctx.failed(f"alone/{act.__name__}", "went through")
            except ipc.IpcError as error:
                self.ctx.expect(error.code == "kDenied", f"alone/{act.__name__}", error)

    def leaks(self):
        """What was sent and told here lies in no log: no number, no link, no key of an act, nothing
        of a body that was refused."""
        secrets = {"a number": [digits.encode() for digits in self.firm.numbers.values()],
                   "a link": [path.rpartition("/")[2].encode() for path in self.links],
                   "a key": [b"irai-0001", b"meibo-0001"], "a body": [b"secret-word-9"]}
        files = [*(self.box.folder / "logs").glob("*.log"),
                 *(path for path in (self.box.folder / "state/log").rglob("*") if path.is_file())]
        whole = b"".join(path.read_bytes() for path in files)
        self.ctx.expect(len(files) > 4 and b"client.connected" in whole, "leaks/looked", len(files))
        for name, values in secrets.items():
            self.ctx.expect(values and not any(value in whole for value in values),
                            f"leaks/{name}", "in a log")

    def stop(self):
        for client in self.connections:
            client.close()
        self.box.stop()

    def run(self, steps):
        """These, by people whose codes are good at once; then everything ends."""
        try:
            with self.machine.codes_at_once():
                self.main()
                for step in steps:
                    getattr(self, step)()
        finally:
            self.stop()

    def main(self):
        self.start()
        self.certificate = self.enrol("kyuyo")
        self.expect("let in", self.get(self.connect(self.certificate), "/api/v1/client"), 200)
        self.expect("description", self.get(self.connect(self.certificate), "/api/v1/openapi.yaml"),
                    200)


class Tally:
    """Takes what a planted bug makes of the cases."""

    def __init__(self, ctx):
        self.build_dir = ctx.build_dir
        self.names = []

    def expect(self, condition, name, _why=""):
        if not condition:
            self.names.append(name)
        return condition

    def passed(self, *_):
        pass

    def failed(self, name, _why):
        self.names.append(name)


def check_planted(ctx, folder):
    for program, case in PLANTED.items():
        tally = Tally(ctx)
        Campaign(tally, folder / program, program).run(
            ["certificates", "stolen", "rosters", "requests", "revoked"])
        ctx.expect(case in tally.names, f"planted/{program}", f"not noticed: {tally.names[:5]}")


def check_configuration(ctx, folder, good):
    """A file of authorities that is not one is said at the start, with what to do."""
    leaf = (good.folder / "kyuyo.pem").read_text()
    cases = {"missing": (None, "cannot be read"), "empty": ("", "holds no certificate"),
             "not PEM": ("nothing\n", "holds no certificate"),
             "a system's own": (leaf, "may not issue others"),
             "broken": (good.certificate.read_text().replace("M", "!", 9), "does not parse"),
             "good": (good.certificate.read_text(), None)}
    for name, (text, said) in cases.items():
        path = folder / "judged.pem"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)
        config = folder / "judged.toml"
        config.write_text(f'[api]\nclient_authority = "{path}"\n')
        done = subprocess.run([ctx.build_dir / "bin/kagikurad", "--check", "--config", config],
                              capture_output=True, text=True, check=False)
        ctx.expect((said is None) == (done.returncode == 0) and (said or "") in done.stderr,
                   f"configuration/{name}", f"{done.returncode} {done.stderr}")
    config.write_text('[api]\nlisten = ["127.0.0.1:8443"]\n')
    done = subprocess.run([ctx.build_dir / "bin/kagikurad", "--check", "--config", config],
                          capture_output=True, text=True, check=False)
    ctx.expect(done.returncode != 0 and "api.client_authority" in done.stderr,
               "configuration/a listener without an authority", done.stderr)


def check_description(ctx):
    description = Description()
    own = routes_of_program()
    ctx.expect(own == description.routes() == set(API_ROUTES), "description/routes",
               own ^ description.routes())
    if not (LINTER / "node_modules/@redocly/cli").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=LINTER,
                       check=True, stdout=subprocess.DEVNULL)

    def lint(path):
        return subprocess.run(
            ["node", LINTER / "node_modules/@redocly/cli/bin/cli.js", "lint", "--config",
             LINTER / "redocly.yaml", path], capture_output=True, text=True, check=False,
            env={**os.environ, "REDOCLY_TELEMETRY": "off",
                 "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})
    done = lint(ROOT / "docs/openapi.yaml")
    ctx.expect(done.returncode == 0, "description/lint", done.stdout[-500:] + done.stderr[-500:])
    with tempfile.TemporaryDirectory() as folder:
        wrong = pathlib.Path(folder) / "openapi.yaml"
        wrong.write_bytes(description.text.replace(b"operationId: getClient", b"operationId: 1", 1))
        ctx.expect(lint(wrong).returncode != 0, "description/the linter sees a mistake")


def run(ctx):
    check_description(ctx)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-api-"))
    try:
        campaign = Campaign(ctx, folder)
        campaign.run(["certificates", "stolen", "one_for_another", "scope", "surfaces", "rosters",
                      "requests", "bodies", "paging", "groups", "renewed", "revoked", "alone",
                      "places", "leaks"])
        ctx.note("answers", campaign.answers)
        logs = "".join(campaign.box.logs().values())
        ctx.expect("crashed" not in logs, "no worker crashed", logs[-400:])
        check_configuration(ctx, folder, campaign.authority)
        if ctx.points > CI_POINTS:
            check_planted(ctx, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
