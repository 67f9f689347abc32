"""Malformed HTTP requests by class, from a seed.

Each could be read in two ways, or is not HTTP/1.1 as RFC 9112 has it, or asks for what this server
does not do. The classes follow what was found in real servers: chunk sizes, line ends, header names
and values, lengths, folding, versions, targets, tails.
"""

GOOD_TAIL = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def request(line=b"GET /healthz HTTP/1.1", headers=(), body=b"", host=b"Host: localhost"):
    lines = [line] + ([host] if host is not None else []) + list(headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def post(headers=(), body=b""):
    return request(b"POST /healthz HTTP/1.1",
                   [b"Content-Type: application/x-www-form-urlencoded", *headers], body)


def maybe_tail(rng):
    return GOOD_TAIL if rng.random() < 0.5 else b""


def chunked(rng):
    size = rng.choice([b"0x5", b"+5", b"_5", b"", b"5_0", b"5;a=b", b"F" * 17, b"-1", b"5 ", b"\t5",
                       b"5", b"0", b"\xef\xbc\x95"])
    end = rng.choice([b"\r\n", b"\n", b"\r"])
    return post([b"Transfer-Encoding: chunked"], size + end + b"hello\r\n0\r\n\r\n" + GOOD_TAIL)


def transfer_encoding(rng):
    value = rng.choice([b"chunked", b"CHUNKED", b"\x0bchunked", b"xchunked", b"chunked, identity",
                        b"identity", b"gzip, chunked", b"chunked\x00", b"", b"chunked;q=1",
                        b"'chunked'"])
    name = rng.choice([b"Transfer-Encoding", b"transfer-encoding", b"TRANSFER-ENCODING"])
    headers = [name + b": " + value] * rng.choice([1, 2])
    if rng.random() < 0.5:
        headers.insert(rng.randrange(len(headers) + 1), b"Content-Length: 5")
    return post(headers, b"0\r\n\r\n" + GOOD_TAIL)


def value_bytes(rng):
    byte = bytes([rng.choice([*range(0, 9), *range(10, 32), *range(127, 256)])])
    value = rng.choice([b"a" + byte + b"b", byte, b"a" + byte, byte + b"a"])
    name = rng.choice([b"Foo", b"Cookie", b"User-Agent", b"Accept", b"Referer"])
    return request(headers=[name + b": " + value, b"Bar: 1"]) + maybe_tail(rng)


def name_bytes(rng):
    byte = bytes([rng.choice([*range(0, 33), *b"\"(),/;<=>?@[\\]{}", *range(127, 256)])])
    name = rng.choice([b"Fo" + byte + b"o", byte + b"Foo", b"Foo" + byte, b"Content-Length" + byte])
    return request(headers=[name + b": 5"]) + maybe_tail(rng)


def colon(rng):
    line = rng.choice([b"Foo", b": a", b"Foo : a", b"Foo\t: a", b" Foo: a", b"Content-Length : 5",
                       b"Transfer-Encoding : chunked", b"Host : other", b"\tHost: other",
                       b"Fo o: a"])
    return request(headers=[line]) + maybe_tail(rng)


def versions(rng):
    version = rng.choice([b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.2", b"HTTP/1.10",
                          b"HTTP/11",
                          b"http/1.1", b"HTTP /1.1", b"HTTP/1.1x", b"HTTP/1,1", b"XTTP/1.1",
                          b"HTTP/",
                          b"", b"HTTP/ 1.1", b"HTTP/1.1 ", b"\x00HTTP/1.1", b"HTTP/\xef\xbc\x91.1"])
    return request(b"GET /healthz " + version) + maybe_tail(rng)


def request_lines(rng):
    line = rng.choice([b"GET  /healthz HTTP/1.1", b" GET /healthz HTTP/1.1",
                       b"GET\t/healthz HTTP/1.1",
                       b"GET /healthz\tHTTP/1.1", b"GET /healthz  HTTP/1.1", b"GET",
                       b"GET /healthz",
                       b"\x00GET /healthz HTTP/1.1", b"GET\x00 /healthz HTTP/1.1",
                       b"/healthz HTTP/1.1",
                       b"G\xc3\x89T /healthz HTTP/1.1", b"GET, /healthz HTTP/1.1",
                       b"HTTP/1.1 200 OK",
                       b"\xef\xbb\xbfGET /healthz HTTP/1.1", b"{}GET /healthz HTTP/1.1"])
    return request(line) + maybe_tail(rng)


def methods(rng):
    method = rng.choice([b"PUT", b"DELETE", b"TRACE", b"CONNECT", b"OPTIONS", b"PATCH", b"get",
                         b"Post",
                         b"PROPFIND", b"M-SEARCH", b"GETX", b"A" * rng.randrange(1, 200)])
    return request(method + b" /healthz HTTP/1.1") + maybe_tail(rng)


def targets(rng):
    target = rng.choice([b"http://localhost/healthz", b"*", b"healthz", b"localhost:443",
                         b"//healthz",
                         b"/healthz%00", b"/%2e%2e/healthz%25", b"/%252e", b"/../healthz", b"/a/..",
                         b"/healthz\\", b"/healthz#a", b"/\xe9\x8d\xb5", b"/healthz?a=%00", b"/<a>",
                         b"/healthz?a=\x7f", b"/\x01", b"/a|b", b"/{a}", b"/`", b"/^", b"/\"",
                         b"?a",
                         b"/" + b"a" * rng.randrange(2048, 7000)])
    return request(b"GET " + target + b" HTTP/1.1") + maybe_tail(rng)


def line_ends(rng):
    good = request(headers=[b"Foo: a", b"Accept: */*"])
    places = [i for i in range(len(good) - 1) if good[i:i + 2] == b"\r\n"]
    at = rng.choice(places)
    end = rng.choice([b"\n", b"\r", b"\r\r\n", b"\n\r", b"\x0b\r\n", b"\x00\r\n", b"\xc2\x85",
                      b"\x0c"])
    # A lone CR at the very end would be waited on: the tail tells what it is.
    return good[:at] + end + good[at + 2:] + GOOD_TAIL


def lengths(rng):
    value = rng.choice([b"+5", b"-5", b"5_0", b"0x5", b"5 5", b"5,5", b"5.0", b"", b" ", b"5;a",
                        b"1e1",
                        b"\xd9\xa5", b"5\x00", b"\x0b5", b"99999999999999999999", b"1000000000",
                        b"18446744073709551621", b"4294967301", b"five", b"'5'"])
    return post([b"Content-Length: " + value], b"a=bcd" + GOOD_TAIL)


def double_lengths(rng):
    first, second = rng.choice([(b"5", b"5"), (b"5", b"0"), (b"0", b"5"), (b"5", b"50"), (b"",
                                                                                          b"5"),
                                (b"05", b"5")])
    names = rng.sample([b"Content-Length", b"content-length", b"CONTENT-LENGTH"], 2)
    return post([names[0] + b": " + first, b"Foo: a", names[1] + b": " + second],
                b"a=bcd" + GOOD_TAIL)


def no_length(rng):
    return post([], b"a=bcd" + GOOD_TAIL if rng.random() < 0.7 else b"")


def length_and_chunks(rng):
    headers = [b"Content-Length: " + str(rng.randrange(0, 60)).encode(),
               b"Transfer-Encoding: chunked"]
    rng.shuffle(headers)
    return post(headers, b"0\r\n\r\n" + GOOD_TAIL)


def folded(rng):
    fold = rng.choice([b"\r\n b", b"\r\n\tb", b"\r\n  b", b"\r\n ", b"\r\n Content-Length: 5"])
    name = rng.choice([b"Foo", b"Host", b"Content-Length", b"Transfer-Encoding", b"Cookie"])
    host = None if name == b"Host" else b"Host: localhost"
    return request(headers=[name + b": a" + fold], host=host) + maybe_tail(rng)


def tails(rng):
    tail = rng.choice([GOOD_TAIL, b"\r\n", b"\x00", b"G", b"GET / HTTP/1.1",
                       b"\r\n\r\n" + GOOD_TAIL,
                       b"0\r\n\r\n", bytes(rng.randrange(256) for _ in range(rng.randrange(1,
                                                                                           200)))])
    if rng.random() < 0.5:
        return GOOD_TAIL + tail
    return post([b"Content-Length: 3"], b"a=b" + tail)


def bodies_of_get(rng):
    method = rng.choice([b"GET", b"HEAD"])
    size = rng.choice([0, 5, len(GOOD_TAIL)])
    return request(method + b" /healthz HTTP/1.1", [b"Content-Length: %d" % size],
                   (b"a=bcd" if size == 5 else GOOD_TAIL) if size else b"")


def hosts(rng):
    if rng.random() < 0.3:
        return request(host=None) + maybe_tail(rng)
    host = rng.choice([b"", b"a b", b"a/b", b"a@b", b"a,b", b"<a>", b"a#b", b"a?b", b"a\\b",
                       b"a" * 300,
                       b"\xe9\x8d\xb5"])
    extra = [b"Host: localhost"] if rng.random() < 0.5 else []
    return request(headers=extra, host=b"Host: " + host) + maybe_tail(rng)


def too_much(rng):
    kind = rng.randrange(3)
    if kind == 0:
        return request(headers=[b"Foo-%d: a" % i for i in range(rng.randrange(65, 200))])
    if kind == 1:
        return request(headers=[b"Foo: " + b"a" * rng.randrange(8192, 15000)])
    return request(headers=[b"A" * rng.randrange(8192, 15000) + b": a"])


def hop_headers(rng):
    header = rng.choice([b"Expect: 100-continue", b"Expect: a", b"Upgrade: h2c",
                         b"Upgrade: websocket",
                         b"Connection: upgrade", b"Connection: close, Host",
                         b"Connection: keep-alive, a",
                         b"Trailer: Host", b"Connection: ", b"Connection: TE"])
    return request(headers=[header]) + maybe_tail(rng)


def media_types(rng):
    kind = rng.choice([b"text/plain", b"application/json", b"application/xml", b"multipart/mixed",
                       b"multipart/form-data", b"multipart/form-data; boundary=",
                       b"multipart/form-data; boundary=" + b"a" * 71,
                       b"multipart/form-data; boundary=a b", b"multipart/form-data; boundary=\"a",
                       b"application/x-www-form-urlencoded; charset=utf-7", b"", b"a"])
    return request(b"POST /healthz HTTP/1.1", [b"Content-Type: " + kind, b"Content-Length: 5"],
                   b"a=bcd")


def foreign(rng):
    header = rng.choice([b"Origin: https://other.example", b"Origin: null",
                         b"Origin: http://localhost",
                         b"Sec-Fetch-Site: cross-site", b"Sec-Fetch-Site: same-site",
                         b"Origin: https://localhost.other.example", b"Sec-Fetch-Site: none"])
    return post([b"Content-Length: 5", header], b"a=bcd")


def doubled(rng):
    name = rng.choice([b"Content-Type", b"Cookie", b"Origin", b"Connection", b"Sec-Fetch-Site",
                       b"Accept-Language"])
    value = {b"Content-Type": b"application/x-www-form-urlencoded", b"Cookie": b"a=b",
             b"Origin": b"https://localhost", b"Connection": b"keep-alive",
             b"Sec-Fetch-Site": b"same-origin", b"Accept-Language": b"ja"}[name]
    return request(b"POST /healthz HTTP/1.1", [b"Content-Length: 5", name + b": " + value,
                                              name.upper() + b": " + value], b"a=bcd")


def cookies(rng):
    token = b"A" * 43
    name = rng.choice([b"__Host-session", b"__Host-lang"])
    cookie = b"Cookie: " + name + b"=" + token + b"; " + name + b"=ja"
    return request(headers=[cookie]) + maybe_tail(rng)


def other_protocols(rng):
    return rng.choice([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /healthz\r\n\r\n",
                       b"\r\n" + GOOD_TAIL,
                       b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"EHLO localhost\r\nQUIT\r\n\r\n",
                       b"\n" + GOOD_TAIL,
                       b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b" " + GOOD_TAIL,
                       b"{\"a\": 1}\r\n\r\n", b"<a/>\r\n\r\n", b"\x00\x00\x00\x04\r\n\r\n"])


def flipped(rng):
    """A good request with one byte of its head made a control character or a byte over 0x7F."""
    headers = [b"User-Agent: a", b"Accept: text/html", b"Accept-Language: ja"]
    good = bytearray(request(headers=headers))
    at = rng.randrange(len(good) - 4)
    good[at] = rng.choice([*range(0, 9), 11, 12, *range(14, 32), *range(127, 256)])
    return bytes(good) + maybe_tail(rng)


CLASSES = [chunked, transfer_encoding, value_bytes, name_bytes, colon, versions, request_lines,
           methods,
           targets, line_ends, lengths, double_lengths, no_length, length_and_chunks, folded, tails,
           bodies_of_get, hosts, too_much, hop_headers, media_types, foreign, doubled, cookies,
           other_protocols, flipped]


def not_tls(rng):
    """Bytes for the socket itself, where a TLS client hello should be."""
    return rng.choice([GOOD_TAIL, b"\x00" * 64, bytes(rng.randrange(256) for _ in range(64)),
                       b"\x16\x03\x01\x00\x05hello", b"\x80\x2e\x01\x03\x01" + b"\x00" * 41,
                       b"\x15\x03\x01\x00\x02\x02\x28",
                       b"PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n"])


def generate(rng, count):
    """`count` pairs of (class, bytes), every class as often as the others."""
    for i in range(count):
        make = CLASSES[i % len(CLASSES)]
        yield make.__name__, make(rng)
