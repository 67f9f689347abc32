"""Malformed HTTP requests over TLS: one 400-class answer and close; a point is a request.

Every request goes to a worker of its own. It passes when exactly one answer of class 400 comes and
the connection ends; a second answer, another class or silence fails. At the end no worker may have
crashed.
"""

import pathlib
import socket
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI_POINTS = 300
CI_SECONDS = 600
NOT_TLS = 20


def run(ctx):
    sys.path.insert(0, str(ROOT / "tests/lib"))
    import http_corpus  # pylint: disable=import-outside-toplevel
    import web_alone  # pylint: disable=import-outside-toplevel
    with web_alone.WebAlone(ctx.artifacts / "web", ctx.build_dir) as web:
        prove_harness(ctx, web, http_corpus)
        by_class = {}
        for name, data in http_corpus.generate(ctx.random, ctx.points):
            why = fault(web, data)
            by_class[name] = by_class.get(name, 0) + 1
            ctx.expect(why is None, name, f"{why}: {data[:300]!r}")
        ctx.note("classes", len(by_class))
        for _ in range(NOT_TLS):
            data = http_corpus.not_tls(ctx.random)
            answer = in_the_clear(web, data)
            ctx.expect(b"HTTP" not in answer, "not_tls", f"{answer!r} to {data!r}")
        prove_harness(ctx, web, http_corpus)
        ctx.expect(not web.worker_faults(), "workers", web.worker_faults()[:5])
        ctx.expect(web.web.poll() is None, "acceptor", "it has ended")


def fault(web, data):
    """None when the answer is as it must be, else what is wrong with it."""
    import web_alone  # pylint: disable=import-outside-toplevel
    try:
        answer = web.exchange(data)
        status, headers, _, rest = web_alone.split_answer(answer)
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    if rest:
        return f"more than one answer: {rest[:60]!r}"
    if not 400 <= status <= 499:
        return f"status {status}"
    if headers.get("connection") != ["close"] or "strict-transport-security" not in headers:
        return f"headers {headers}"
    return None


def prove_harness(ctx, web, http_corpus):
    """A good request is answered; and the judge would notice a server that lets things pass."""
    with web.open() as connection:
        connection.sendall(http_corpus.GOOD_TAIL)
        ctx.expect(connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n"), "good", "no 200")

    class Lax:
        def __init__(self, answer):
            self.answer = answer

        def exchange(self, _):
            return self.answer

    refusal = (b"HTTP/1.1 400 Bad Request\r\nStrict-Transport-Security: max-age=1\r\n"
               b"Connection: close\r\nContent-Length: 1\r\n\r\nx")
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    ctx.expect(fault(Lax(refusal), b"") is None, "judge", "a right answer is refused")
    for planted in (good, refusal + good, refusal + b"x", b"", b"HTTP/1.1 500 x\r\n\r\n"):
        ctx.expect(fault(Lax(planted), b"") is not None, "judge", f"{planted!r} passes")


def in_the_clear(web, data):
    """What the socket says to bytes that are not TLS."""
    with web.connect() as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        out = b""
        try:
            while got := connection.recv(4096):
                out += got
        except ConnectionResetError:
            pass
        return out
