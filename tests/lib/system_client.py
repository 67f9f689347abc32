"""Another system of the firm, as the appliance meets it: TLS 1.3 with a client certificate, JSON in
and out. Standard library only."""

import http.client
import json
import socket
import ssl


def context_of(certificate=None):
    """`certificate`: (certificate path, key path), or None: it has none to show."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # pinned by the tests of TLS itself
    if certificate:
        context.load_cert_chain(*certificate)
    return context


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def told(self):
        """Of a problem: (status, code, field)."""
        try:
            said = self.json
        except ValueError:
            return (self.status, None, None)
        return (self.status, said.get("code"), said.get("field"))


class SystemClient:
    """One connection, kept as long as the other end keeps it."""

    def __init__(self, port, certificate=None, source="127.0.0.1", timeout=30):
        self.port = port
        self.context = context_of(certificate)
        self.source = source
        self.timeout = timeout
        self.connection = None

    def connect(self):
        self.close()
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=self.context, timeout=self.timeout,
            source_address=(self.source, 0))
        self.connection.connect()
        return self

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def send(self, method, path, body=None, headers=None):
        if self.connection is None or self.connection.sock is None:
            self.connect()
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        return Answer(response.status, dict(response.headers), response.read())

    def get(self, path, **headers):
        return self.send("GET", path, headers=headers)

    def post(self, path, value, key=None, content_type="application/json", headers=None):
        """`value`: bytes as they are, or something to be written as JSON."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        own = {"Content-Type": content_type, **(headers or {})}
        if key is not None:
            own["Idempotency-Key"] = key
        return self.send("POST", path, body, own)

    def raw(self, data):
        """These bytes on a connection of their own; all that came back."""
        with socket.create_connection(("127.0.0.1", self.port), self.timeout,
                                      (self.source, 0)) as plain:
            with self.context.wrap_socket(plain) as tls:
                tls.sendall(data)
                out = b""
                while True:
                    try:
                        got = tls.recv(65536)
                    except (OSError, ssl.SSLError):
                        return out
                    if not got:
                        return out
                    out += got
