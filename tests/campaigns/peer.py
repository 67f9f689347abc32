"""Forged claims of who is asking change nothing: the kernel's address alone decides (G5).

Real acceptor, workers and core. A point is one request that claims to come from elsewhere: in
Forwarded, X-Forwarded-For and their kin, in Via and Host, in a PROXY protocol line before TLS or
inside it. The answer must be the one that the same request gets without the claim; zone, limits of
failed sign-ins and of connections, and every entry of the log must follow the socket. The judge
proves itself by what really comes from another address: it must see the difference.
"""

import pathlib
import re
import struct
import socket
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import log_files
import real_web
import web_alone

CI_POINTS = 40
CI_SECONDS = 300
DESK, COLLECTION, NOWHERE = "127.0.0.1", "127.0.0.9", "127.0.0.77"
HEADERS = ["Forwarded: for={0}", "Forwarded: for=\"{0}:443\";by={0};host={0}",
           "X-Forwarded-For: {0}", "X-Forwarded-For: {0}, {0}", "X-Real-IP: {0}",
           "X-Client-IP: {0}", "True-Client-IP: {0}", "CF-Connecting-IP: {0}",
           "X-Originating-IP: {0}", "X-Cluster-Client-IP: {0}", "X-Remote-Addr: {0}",
           "Via: 1.1 {0}", "X-Forwarded-Host: {0}", "X-Forwarded-Proto: http",
           "X-Forwarded-Zone: handling", "X-Kagikura-Zone: handling", "Client-IP: {0}"]
SIGN_IN_FAILED = "session.refused"
SOURCES_MAX = 8
FAILURES_MAX = 40  # more than any source may fail in a minute


def request(path, headers=(), host="localhost", method="GET", body=b""):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept-Language: en",
             "Connection: close", *headers]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded",
                  f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def shape(data):
    """An answer without what is random in it."""
    status, headers, body, rest = web_alone.split_answer(data)
    body = re.sub(rb'value="[A-Za-z0-9_-]{20,}"', b"", body)
    names = tuple(sorted((k, tuple(v)) for k, v in headers.items()
                         if k not in ("date", "set-cookie", "content-length")))
    return status, names, body, rest


def claims(ctx, web):
    """From each zone, claiming to be of the other: as if nothing had been claimed."""
    plain = {}
    for source in (DESK, COLLECTION):
        for path in ("/", "/sign-in", "/p/" + "A" * 43, "/people"):
            plain[source, path] = shape(web.exchange(request(path), source))
    for number in range(ctx.points):
        source = ctx.random.choice([DESK, COLLECTION])
        other = COLLECTION if source == DESK else DESK
        path = ctx.random.choice(sorted({p for _, p in plain}))
        chosen = ctx.random.sample(HEADERS, ctx.random.randint(1, 4))
        headers = [h.format(ctx.random.choice([other, "10.0.0.1", "::1", "unknown"]))
                   for h in chosen]
        got = shape(web.exchange(request(path, headers), source))
        ctx.expect(got == plain[source, path], "claim", f"{number}: {path} {headers}")


def zones(ctx, web):
    """An account signs in at the desk only, whatever is claimed: the act is not even tried."""
    desk = failed_sign_in(web, DESK, [], 2000)
    collection = failed_sign_in(web, COLLECTION, [], 2001)
    for number, header in enumerate(HEADERS):
        status = failed_sign_in(web, COLLECTION, [header.format(DESK)], 2002 + number)
        ctx.expect(status == collection, "zone", f"{header}: {status}, expected {collection}")
    denied = [e for e in log_files.entries(web.box.folder / "state/log")
              if e["event"] == "access.denied" and e.get("action") == "sign_in"]
    ctx.expect(len(denied) == len(HEADERS) + 1 and {e["peer"] for e in denied} == {COLLECTION}
               and {e["zone"] for e in denied} == {"collection"}, "zone/log", denied[-1:])
    # At the desk the same request was tried, and failed for another reason: the judge sees zones.
    tried = [e for e in log_files.entries(web.box.folder / "state/log")
             if e["event"] == SIGN_IN_FAILED]
    ctx.expect(tried and {(e["peer"], e["zone"]) for e in tried} == {(DESK, "handling")},
               "the judge sees zones", tried[-1:])
    ctx.note("answers", {"desk": desk, "collection": collection})


def hosts(ctx, web):
    """A forged Host opens nothing: what is not the desk's stays so, and nothing repeats it."""
    for host in (DESK, "localhost:443", "evil.example", "127.0.0.1:1", "[::1]"):
        data = web.exchange(request("/sign-in", host=host), COLLECTION)
        ctx.expect(b"evil.example" not in data, "host/repeated", host)
        plain = web.exchange(request("/sign-in"), COLLECTION)
        status = web_alone.split_answer(data)[0]
        ctx.expect(status == web_alone.split_answer(plain)[0] or 400 <= status < 500, "host",
                   f"{host}: {status}")


def proxy_lines(ctx, web):
    """The PROXY protocol, versions 1 and 2, before and inside TLS: an error, never an address."""
    one = f"PROXY TCP4 {DESK} 127.0.0.1 40000 443\r\n".encode()
    two = (b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack(">H", 12) + socket.inet_aton(DESK)
           + socket.inet_aton("127.0.0.1") + struct.pack(">HH", 40000, 443))
    for line in (one, two):
        for source in (COLLECTION, NOWHERE):
            with web.connect(source) as connection:
                try:
                    connection.sendall(line)
                    connection.settimeout(20)
                    got = web_alone.read_to_end(connection)
                except OSError:
                    got = b""
            ctx.expect(b"HTTP" not in got, "proxy/before", got[:60])
        data = web.exchange(line + request("/sign-in"), COLLECTION)
        ctx.expect(data.startswith(b"HTTP/1.1 4") or not data, "proxy/inside", data[:60])


def nowhere(ctx, web):
    for headers in ([], ["X-Forwarded-For: " + DESK]):
        with web.connect(NOWHERE) as connection:
            try:
                connection.sendall(request("/sign-in", headers))
                got = web_alone.read_to_end(connection)
            except OSError:
                got = b""
        ctx.expect(got == b"", "nowhere", got[:60])


def failed_sign_in(web, source, headers, number):
    body = f"login=nobody{number}&password=wrong-password-{number}&code=000000".encode()
    data = web.exchange(request("/sign-in", headers, method="POST", body=body), source)
    return web_alone.split_answer(data)[0]


def limits(ctx, web):
    """Failures are counted against the socket's address, however often the claim changes."""
    source, other = "127.0.0.2", "127.0.0.3"
    statuses = []
    for number in range(FAILURES_MAX):
        claim = f"10.{number}.0.{number}"
        statuses.append(failed_sign_in(web, source, [f"X-Forwarded-For: {claim}",
                                                     f"Forwarded: for={claim}"], number))
        if statuses[-1] == 429:
            break
    ctx.expect(statuses[-1] == 429, "limits/counted", statuses[-5:])
    # Whom the claims named is not held up, and who really comes from elsewhere is not either.
    status = failed_sign_in(web, other, [f"X-Forwarded-For: {source}"], 1000)
    ctx.expect(status != 429, "limits/another address", status)
    ctx.note("failures_before_the_limit", len(statuses) - 1)
    held = []
    for _ in range(SOURCES_MAX):
        held.append(web.open("127.0.0.5"))
    with web.connect("127.0.0.5") as connection:
        connection.settimeout(5)
        try:
            got = connection.recv(1)
        except OSError:
            got = b""
        ctx.expect(got == b"", "limits/connections", "one more than a source may have")
    with web.open("127.0.0.6") as connection:
        ctx.expect(connection.version() is not None, "limits/another source", "kept out")
    for connection in held:
        connection.close()


def entries(ctx, web):
    """No entry names an address that only a claim has."""
    time.sleep(1.1)  # refusals before TLS are counted into entries of a second
    seen = {e["peer"] for e in log_files.entries(web.box.folder / "state/log") if e.get("peer")}
    allowed = re.compile(r"127\.0\.0\.\d+|uid \d+")  # the latter at the console
    ctx.expect(all(allowed.fullmatch(peer) for peer in seen), "log", sorted(seen))
    ctx.expect({"127.0.0.2", "127.0.0.3"} <= seen, "log/the sockets' own", sorted(seen))
    logs = "".join(web.box.logs().values())
    ctx.expect(not re.search(r"\b10\.\d+\.0\.\d+\b", logs), "diary", "a claim is in a process' log")


def run(ctx):
    with real_web.RealWeb(tempfile.mkdtemp(prefix="kagikura-peer-"), ctx.build_dir,
                          settings={"web": {"workers_per_source": SOURCES_MAX}}) as web:
        claims(ctx, web)
        zones(ctx, web)
        hosts(ctx, web)
        proxy_lines(ctx, web)
        nowhere(ctx, web)
        limits(ctx, web)
        entries(ctx, web)
        ctx.expect(not web.worker_faults(), "workers", web.worker_faults()[:5])
