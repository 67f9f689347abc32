"""TLS: 1.3 only, one signature a connection, no tickets, headers on all answers; testssl.sh.

With --points 0 without testssl.sh, which takes a minute and a half.
"""

import json
import pathlib
import re
import ssl
import subprocess
import sys
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = None
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"

# What a private authority explains, or what is the site's: everything else above INFO fails.
EXPLAINED = {
    "cert_chain_of_trust": "the appliance's own authority is not in the public stores",
    "cert_trust": "the same",
    "cert_caIssuers": "the same",
    "cert_certificatePolicies_EV": "the same",
    "cert_crlDistributionPoints": "fake_core's certificate has no revocation address",
    "cert_ocspURL": "the same",
    "cert_revocation": "the same",
    "cert_subjectAltName": "the test asks by address",
    "cert_trust_wildcard": "the test asks by address",
    "DNS_CAArecord": "no public name",
    "certificate_transparency": "no public authority",
    "cert_expirationStatus": "a certificate of a month, made for the test",
    "cert_notAfter": "the same",
    "HTTP_status_code": "the first page sends on to the sign-in",
    "overall_grade": "counts the authority",
    "scanTime": "not about the server",
    "engine_problem": "not about the server",
    "old_fart": "not about the server",
}
FIXED = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def run(ctx):
    sys.path.insert(0, str(ROOT / "tests/lib"))
    import web_alone  # pylint: disable=import-outside-toplevel
    with web_alone.WebAlone(ctx.artifacts / "slow", ctx.build_dir) as web:
        slow = web.open()
        slow.sendall(GET)  # and never the end of it
        began = time.monotonic()
        versions(ctx, web)
        tickets(ctx, web)
        headers(ctx, web, web_alone)
        slow_head(ctx, web_alone, slow, began)
        ctx.expect(not web.worker_faults(), "workers", web.worker_faults()[:5])
    with web_alone.WebAlone(ctx.artifacts / "core", ctx.build_dir, quiet=False,
                            refuse="127.0.0.2", per_source_max=8) as web:
        peers(ctx, web, web_alone)
        signatures(ctx, web)
        limits(ctx, web)
        core_restart(ctx, web)
        ctx.expect(not web.worker_faults(), "workers", web.worker_faults()[:5])
    hostile(ctx, web_alone)
    with web_alone.WebAlone(ctx.artifacts / "uploads", ctx.build_dir, canned="handler") as web:
        uploads(ctx, web, web_alone)
        ctx.expect(not web.worker_faults(), "workers", web.worker_faults()[:5])
    if ctx.points != 0:
        with web_alone.WebAlone(ctx.artifacts / "testssl", ctx.build_dir,
                                per_source_max=512) as web:
            testssl(ctx, web)
            ctx.expect(not web.worker_faults(), "workers", web.worker_faults()[:5])


def versions(ctx, web):
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(web.ca)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
        try:
            with context.wrap_socket(web.connect(), server_hostname="localhost") as connection:
                ctx.failed("versions", f"{connection.version()} is spoken")
        except (ssl.SSLError, ConnectionResetError):
            ctx.passed("versions")
    with web.open() as connection:
        ctx.expect(connection.version() == "TLSv1.3", "versions", connection.version())


def tickets(ctx, web):
    with web.open() as connection:
        connection.sendall(GET + b"\r\n")
        connection.recv(65536)  # tickets would have come before the answer
        has = connection.session is not None and connection.session.has_ticket
        ctx.expect(not has, "tickets", "the server gave a session ticket")


def headers(ctx, web, web_alone):
    """The same on every kind of answer; nothing tells the server's name."""
    binary = (web.bin / "kagikura-web-worker").read_bytes()
    asset = re.search(rb"/static/[0-9a-f]{16}/[a-z0-9.-]+\.css", binary)[0]
    requests = {
        "page": (GET, 200), "head": (GET.replace(b"GET", b"HEAD", 1), 200),
        "unknown": (GET.replace(b"healthz", b"nothing"), 404),
        "asset": (GET.replace(b"/healthz", asset), 200),
        "refused": (GET + b"Foo : a\r\n", 400),
        "method": (GET.replace(b"GET", b"PUT", 1), 405),
        # Who asks is a fact of the kernel (G5): claims are not read, and change no answer.
        "forged": (GET + b"X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\n", 200),
    }
    for name, (request, wanted) in requests.items():
        data = web.exchange(request + b"Connection: close\r\n\r\n")
        status, got, _, rest = web_alone.split_answer(data)
        if request.startswith(b"HEAD"):
            rest = b""
        ctx.expect(status == wanted and not rest, name, f"{status} {rest[:50]}")
        for header, value in FIXED.items():
            ctx.expect(got.get(header) == [value], name, f"{header}: {got.get(header)}")
        csp = got.get("content-security-policy", [""])[0]
        ctx.expect(csp.startswith("default-src 'none'; ") and "unsafe" not in csp, name, csp)
        cache = got.get("cache-control", [""])[0]
        ctx.expect(("immutable" in cache) == (name == "asset"), name, cache)
        ctx.expect("server" not in got and "x-powered-by" not in got, name, "names the server")


def slow_head(ctx, web_alone, slow, began):
    data = web_alone.read_to_end(slow, 30)
    slow.close()
    took = time.monotonic() - began
    ctx.expect(data.startswith(b"HTTP/1.1 408 ") and 13 < took < 20, "slow",
               f"{data[:40]} after {took:.1f} s")


def peers(ctx, web, web_alone):
    """Core hears the kernel's address, and a refused peer gets not a byte."""
    with web.open(source="127.0.0.3") as connection:
        connection.sendall(GET + b"X-Forwarded-For: 127.0.0.2\r\n\r\n")
        ctx.expect(connection.recv(65536).startswith(b"HTTP/1.1 200"), "peer", "no 200")
    lines = web.wait_core("sign")
    ctx.expect("admit 127.0.0.3" in lines, "peer", lines)
    with web.connect(source="127.0.0.2") as connection:
        ctx.expect(web_alone.read_to_end(connection) == b"", "refused", "bytes to a refused peer")
    ctx.expect("admit 127.0.0.2" in web.wait_core("admit 127.0.0.2"), "refused")


def signatures(ctx, web):
    """T5: as many signatures as connections, whatever is asked on them."""
    count = 20
    for _ in range(count):
        with web.open(source="127.0.0.4") as connection:
            for _ in range(3):
                connection.sendall(GET + b"\r\n")
                connection.recv(65536)
    lines = []
    while lines.count("closed") < count:
        lines += web.wait_core("closed")
    # The last of these ends may belong to an earlier connection.
    ctx.expect(lines.count("sign") == lines.count("admit 127.0.0.4") >= count - 1 and
               "sign refused" not in lines, "signatures", lines)


def limits(ctx, web):
    held = [web.open(source="127.0.0.5") for _ in range(8)]
    with web.connect(source="127.0.0.5") as connection:
        connection.settimeout(5)
        ctx.expect(connection.recv(1) == b"", "limits", "one over the limit of a source gets in")
    with web.open(source="127.0.0.6") as connection:
        ctx.expect(connection.version() is not None, "limits", "another source is kept out")
    for connection in held:
        connection.close()


def core_restart(ctx, web):
    """Without core nobody gets in; with a new one everybody does, without a restart of the web."""
    with web.open(source="127.0.0.7") as held:
        web.stop_core()
        held.settimeout(5)
        try:
            ended = held.recv(1) == b""
        except (ssl.SSLError, ConnectionResetError):
            ended = True
        ctx.expect(ended, "core_restart", "a connection outlives core")
    with web.connect(source="127.0.0.7") as connection:
        connection.settimeout(5)
        try:
            got = connection.recv(1)
        except ConnectionResetError:
            got = b""
        ctx.expect(got == b"", "core_restart", "admitted without core")
    web.start_core()
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            with web.open(source="127.0.0.7") as connection:
                connection.sendall(GET + b"\r\n")
                if connection.recv(65536).startswith(b"HTTP/1.1 200"):
                    return ctx.passed("core_restart")
        except (OSError, ssl.SSLError):
            time.sleep(0.1)  # the web looks for core again by its own back-off
    return ctx.failed("core_restart", "the web does not find core again")


def hostile(ctx, web_alone):
    """G11, S6: a hostile worker gets one signature, no fact, and holds five descriptors."""
    worker = pathlib.Path(ctx.build_dir) / "bin/hostile_worker"
    with web_alone.WebAlone(ctx.artifacts / "hostile", ctx.build_dir, worker=worker) as web:
        for _ in range(5):
            with web.connect() as connection:
                text = web_alone.read_to_end(connection).decode()
            found = dict(word.split("=", 1) for word in text.split())
            for name, wanted in (("signatures", "1"), ("second", "used"), ("people", "denied"),
                                 ("reveal", "denied"), ("arguments", "1"), ("environment", "0")):
                ctx.expect(found.get(name) == wanted, f"hostile/{name}", text)
            # Under Landlock the folder of descriptors is as shut as every other.
            ctx.expect(found.get("fds") in ("0,1,2,3,4", "unreadable"), "hostile/fds", text)


def uploads(ctx, web, web_alone):
    """The largest roster goes through the sandboxed worker; a larger one is refused by its head."""
    token = b"A" * 43
    for size, wanted in ((0, (200, 422)), (100_000, (200, 422)), (32 << 20, (200, 422)),
                         (33 << 20, (413,))):
        part = b"--x\r\nContent-Disposition: form-data; name="
        body = (part + b"\"csrf\"\r\n\r\n" + token + b"\r\n" + part +
                b"\"roster\"; filename=\"a\"\r\nContent-Type: text/csv\r\n\r\n" + b"a" * size +
                b"\r\n--x--\r\n")
        head = (b"POST /roster HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n"
                b"Cookie: __Host-session=" + token + b"\r\nContent-Length: %d\r\n\r\n" % len(body))
        status = web_alone.split_answer(web.exchange(head + body))[0]
        ctx.expect(status in wanted, "uploads", f"{size} bytes: {status}")


def testssl(ctx, web):
    report = ctx.artifacts / "testssl.json"
    report.unlink(missing_ok=True)
    subprocess.run(["testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "min",
                    "--ip", "one", "--jsonfile", report, f"127.0.0.1:{web.port}"],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                   timeout=900, check=False)
    findings = json.loads(report.read_text(encoding="utf-8"))
    ctx.expect(len(findings) > 50, "testssl", f"only {len(findings)} findings")
    for finding in findings:
        name = finding["id"].split(" ")[0]
        bad = finding["severity"] not in ("OK", "INFO", "DEBUG") and name not in EXPLAINED
        ctx.expect(not bad, f"testssl/{name}", f"{finding['severity']}: {finding['finding']}")


