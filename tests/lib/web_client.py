"""A browser without a window, for driving the real pages: cookies, forms as the page shows them,
one pinned certificate. Follows a redirect after a POST as browsers do. Standard library only.
"""

import base64
import hashlib
import hmac
import html.parser
import http.client
import http.cookies
import socket
import ssl
import struct
import time
import urllib.parse
import uuid


class Page:
    def __init__(self, status, headers, body, url):
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
        self._parsed = None

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def parsed(self):
        if self._parsed is None:
            self._parsed = _Parser()
            self._parsed.feed(self.text)
        return self._parsed

    @property
    def forms(self):
        return self.parsed.forms

    @property
    def visible(self):
        """What a person reads, white space folded."""
        return " ".join("".join(self.parsed.words).split())

    def form(self, action):
        """The form whose action is, or ends in, `action`."""
        for form in self.forms:
            if form.action == action or form.action.endswith(action):
                return form
        raise LookupError(f"no form for {action} on {self.url} ({self.status}): "
                          + ", ".join(f.action for f in self.forms) + " | " + self.visible[:300])

    def forms_to(self, prefix):
        return [form for form in self.forms if form.action.startswith(prefix)]

    def links(self, prefix):
        return [link for link in self.parsed.links if link.startswith(prefix)]


class Form:
    def __init__(self, action, method):
        self.action = action
        self.method = method
        self.fields = []  # (name, value, kind)

    def values(self):
        """What a browser would send without a change: no unchecked boxes, no files, no buttons."""
        return [(name, value) for name, value, kind in self.fields
                if kind in ("text", "checked", "selected")]

    def names(self):
        return {name for name, _, _ in self.fields}


class _Parser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms = []
        self.links = []
        self.words = []
        self._form = None
        self._select = None
        self._area = None
        self._skip = 0

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "a" and a.get("href"):
            self.links.append(a["href"])
        elif tag == "form":
            self._form = Form(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in ("script", "style"):
            self._skip += 1
        if self._form is None or "disabled" in a:
            return
        name = a.get("name")
        if tag == "select":
            self._select = [name, None]
        elif tag == "option" and self._select:
            if self._select[1] is None or "selected" in a:
                self._select[1] = a.get("value", "")
            self._form.fields.append((self._select[0], a.get("value", ""), "option"))
        elif tag == "textarea" and name:
            self._area = [name, ""]
        elif tag in ("input", "button") and name:
            kind = a.get("type", "submit" if tag == "button" else "text")
            if kind in ("checkbox", "radio"):
                shown = "checked" if "checked" in a else "box"
                self._form.fields.append((name, a.get("value", "on"), shown))
            elif kind in ("submit", "button", "file"):
                self._form.fields.append((name, a.get("value", ""), kind))
            else:
                self._form.fields.append((name, a.get("value", ""), "text"))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag in ("script", "style"):
            self._skip -= 1
        elif tag == "select" and self._select:
            if self._form is not None:
                self._form.fields.append((self._select[0], self._select[1] or "", "selected"))
            self._select = None
        elif tag == "textarea" and self._area:
            if self._form is not None:
                self._form.fields.append((self._area[0], self._area[1], "text"))
            self._area = None

    def handle_data(self, data):
        if self._area:
            self._area[1] += data
        if not self._skip:
            self.words.append(data + " ")


class WebClient:
    def __init__(self, port, host="127.0.0.1", fingerprint=None, language=None, headers=None,
                 source=None, certificate=None):
        self.address = (host, port)
        self.source = source
        self.certificate = certificate  # (certificate path, key path) to show where one is wanted
        self.fingerprint = fingerprint
        self.cookies = {}
        self.connection = None
        self.headers = headers or {}
        if language:
            self.cookies["__Host-lang"] = language

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def _connect(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # the certificate itself is pinned below
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if self.certificate:
            context.load_cert_chain(*self.certificate)
        self.connection = http.client.HTTPSConnection(
            *self.address, context=context, timeout=130,
            source_address=(self.source, 0) if self.source else None)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seen = hashlib.sha256(self.connection.sock.getpeercert(True)).hexdigest()
        if self.fingerprint and seen != self.fingerprint:
            raise RuntimeError("the server shows another certificate")

    def request(self, method, path, body=None, content_type=None, headers=None):
        """One request; a GET whose kept-alive connection had ended is sent once more."""
        send = {"Accept-Language": "ja", **self.headers, **(headers or {})}
        if self.cookies:
            send["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if content_type:
            send["Content-Type"] = content_type
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                self._connect()
            try:
                self.connection.request(method, path, body=body, headers=send)
                response = self.connection.getresponse()
                data = response.read()
                break
            except (http.client.HTTPException, OSError):
                self.close()
                if fresh or attempt == 2 or method != "GET":
                    raise
        if response.will_close:
            self.close()
        for value in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(value).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return Page(response.status, response.headers, data, path)

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        page = self.request("GET", path)
        return self._follow(page)

    def _follow(self, page):
        for _ in range(5):
            if page.status not in (302, 303):
                return page
            page = self.request("GET", page.headers["Location"])
        raise RuntimeError("redirects without end")

    def post(self, path, fields):
        body = urllib.parse.urlencode(fields).encode()
        page = self.request("POST", path, body, "application/x-www-form-urlencoded")
        return self._follow(page)

    def submit(self, form, changes=None, add=(), button=None):
        """Sends the form as shown, with `changes` (name -> value, list of values, or None to leave
        it out); `add` appends pairs."""
        changes = changes or {}
        unknown = set(changes) - form.names()
        if unknown:
            raise LookupError(f"the form for {form.action} has no {sorted(unknown)}, but "
                              f"{sorted(form.names())}")
        fields = [(n, v) for n, v in form.values() if n not in changes]
        for name, value in changes.items():
            values = value if isinstance(value, (list, tuple)) else [value]
            fields += [(name, v) for v in values if v is not None]
        fields += list(add)
        if button:
            fields.append(button)
        if form.method == "get":
            return self.get(form.action.split("?")[0], **{k: v for k, v in fields})
        return self.post(form.action, fields)

    def upload(self, form, name, filename, content, changes=None):
        boundary = uuid.uuid4().hex
        parts = []
        for field, value in form.values():
            value = (changes or {}).get(field, value)
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'
                         f"{value}\r\n".encode())
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
                     f'filename="{filename}"\r\nContent-Type: text/csv\r\n\r\n'.encode()
                     + content + b"\r\n")
        parts.append(f"--{boundary}--\r\n".encode())
        page = self.request("POST", form.action, b"".join(parts),
                            f"multipart/form-data; boundary={boundary}")
        return self._follow(page)


def totp(secret_base32, step=None):
    """RFC 6238: SHA-1, 6 digits, 30 s."""
    key = base64.b32decode(secret_base32 + "=" * (-len(secret_base32) % 8))
    step = int(time.time()) // 30 if step is None else step
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


class WallClock:
    """The time that authenticators and the programs go by; a test may put another in its place."""

    def now(self):
        return time.time()

    def wait(self):
        time.sleep(0.2)  # wall-clock time itself is what is waited for


class Authenticator:
    """A TOTP device that never shows the same code twice: a code is accepted once only, so it goes
    ahead by at most one step and then waits for the clock."""

    def __init__(self, secret_base32, clock=None):
        self.secret = secret_base32
        self.clock = clock or WallClock()
        self.last = 0

    def code(self):
        # Eight seconds before a step ends its predecessor's code may be too old when it is judged.
        now = int(self.clock.now() + 8) // 30
        step = max(self.last + 1, now - 1)
        while step > int(self.clock.now()) // 30 + 1:
            self.clock.wait()
        self.last = step
        return totp(self.secret, step)


def individual_number(eleven):
    """Twelve digits with the right check digit, from a synthetic eleven."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    remainder = sum(int(d) * w for d, w in zip(eleven, weights)) % 11
    return eleven + str(0 if remainder <= 1 else 11 - remainder)
