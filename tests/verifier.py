#!/usr/bin/env python3
"""A second verifier of audit log exports, from audit/FORMAT.md and the standard library alone.

    verifier.py EXPORT [--key VKEY] [--checkpoint FILE]... [--format text|json]

Exit status 0: nothing is wrong; 1: cannot be checked; 2: something is wrong. It shares no code with
`kagikura verify`; the two must always agree.
"""

import argparse
import base64
import binascii
import calendar
import datetime
import hashlib
import json
import os
import re
import stat
import sys

# ---------------------------------------------------------------- section 2: entries

WORDS = {
    "error": """
        invalid missing too_long too_many check_digit mismatch duplicate not_found denied
        step_up expired used budget conflict locked state unavailable timeout full io
        corrupt protocol internal""",
    "role": """
        responsible handler auditor subject operator unlocker watcher monitor viewer
        rights_manager security_officer custodian mailer api_client""",
    "zone": "control handling collection api",
    "purpose": "intake tax social_insurance employment_insurance payment_record",
    "act": """
        reveal approve_disposal approve_proposal change_password make_recovery_codes
        replace_authenticator add_passkey remove_passkey set_mail export_log execute_proposal""",
    "form": """
        withholding_slip salary_payment_report retirement_slip dependant_declaration
        insurance_acquisition insurance_loss insurance_dependants employment_acquisition
        employment_loss fees_record real_estate_record""",
    "event": """
        log.opened log.heartbeat hsm.enrolled hsm.unlocked hsm.unlock_failed hsm.locked
        hsm.fault grant.opened grant.refused reveal.intent reveal.done reveal.failed
        reveal.refused reveal.budget seal.intent seal.done seal.failed move.intent move.done
        move.failed shelf.created reshelve.intent reshelve.done reshelve.failed key.destroy
        key.gone key.destroy_failed epoch.created log.exported certificate.signed
        audit.peer_dropped log.alarm core.started appliance.provisioned appliance.state
        appliance.shut_down store.reconciled core.peer_dropped connection.refused access.denied
        session.opened session.refused session.closed session.expired session.ended
        session.new_device step_up.failed account.invited account.enrolled account.enrol_failed
        account.disabled account.password_changed account.recovery_made account.recovery_used
        account.authenticator account.passkey_added account.passkey_removed
        account.devices_confirmed roster.imported person.changed request.created
        request.revoked portal.opened portal.refused number.submitted number.declined
        number.approved number.returned disposal.proposed disposal.cancelled disposal.approved
        disposal.done disposal.certificate settings.changed log.read
        appliance.tampered site.changed support.bundle proposal.made proposal.edited
        proposal.approved proposal.refused proposal.cancelled proposal.expired
        proposal.executed account.role_changed zones.changed client.connected client.refused
        client.enrolled client.renewed client.revoked account.mail_changed
        account.recover_failed mail.sent mail.given_up
        designation.made designation.ended hours.changed emergency.opened
        delegation.made delegation.ended rescue.agreed
        rescue.failed account.rescued certificate.renewed
        company.added""",
}
WORDS = {kind: frozenset(text.split()) for kind, text in WORDS.items()}

NUMBER_MAX = 10**11
MILLIS_MAX = 10**15
KINDS = {
    "account": "id", "act": "act", "action": 32, "back": "millis", "count": "number",
    "digest": "digest", "epoch": "number", "error": "error", "event": "event", "form": "form",
    "grant": "id", "login": 64, "mechanism": 32, "model": 64, "n": "number", "of": "number",
    "origin": 64, "peer": 45, "period": 16, "person": "id", "purpose": "purpose", "ref": "id",
    "role": "role", "run": "millis", "session": "id", "shelf": "id", "shelf_to": "id", "t": "time",
    "tenant": "id", "version": "number", "zone": "zone",
}
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
NUMBER_SHAPED = re.compile("[0-9０-９]{12}")
TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z")


class Wrong(Exception):
    """The export breaks the format: .code and .where, as in section 7."""

    def __init__(self, code, where):
        super().__init__(f"{code}: {where}")
        self.code, self.where = code, where


class Unchecked(Exception):
    """It cannot be checked."""


class Bad(ValueError):
    """A value that has not the form it must have."""


def parse_time(text):
    """Milliseconds since 1970."""
    match = TIME.fullmatch(text)
    if not match or not text.isascii():
        raise Bad("time")
    year, month, day, hour, minute, second, milli = map(int, match.groups())
    if year < 1868 or hour > 23 or minute > 59 or second > 59:
        raise Bad("time")
    try:
        moment = datetime.datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise Bad("time") from error
    return calendar.timegm(moment.timetuple()) * 1000 + milli


def check_value(key, kind, value):
    if kind in ("number", "millis"):
        limit = NUMBER_MAX if kind == "number" else MILLIS_MAX
        if type(value) is not int or not 0 <= value < limit:
            raise Bad(key)
        if value == 0 and key not in ("n", "run"):
            raise Bad(key)
        return
    if not isinstance(value, str):
        raise Bad(key)
    if kind == "id":
        good = re.fullmatch("[0-9a-f]{16}", value) and value != "0" * 16
    elif kind == "digest":
        good = re.fullmatch("[0-9a-f]{64}", value)
    elif kind == "time":
        good = parse_time(value) is not None
    elif kind == "error":
        code, colon, field = value.partition(":")
        named = re.fullmatch("[a-z0-9_.]{1,31}", field) and not NUMBER_SHAPED.search(field)
        good = code in WORDS["error"] and (not colon or named)
    elif isinstance(kind, int):
        good = (1 <= len(value.encode()) <= kind and not CONTROL.search(value)
                and not NUMBER_SHAPED.search(value))
    else:
        good = value in WORDS[kind]
    if not good:
        raise Bad(key)


def write_value(value):
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_entry(line):
    """The fields of a line; Bad unless it is the one spelling of an entry."""
    if len(line) > 1023:
        raise Bad("length")
    try:
        pairs = json.loads(line.decode("utf-8"), object_pairs_hook=list)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Bad("json") from error
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise Bad("object")
    entry = dict(pairs)
    for key, value in entry.items():
        if key not in KINDS:
            raise Bad(key)
        try:
            check_value(key, KINDS[key], value)
        except UnicodeEncodeError as error:
            raise Bad(key) from error
    if not {"event", "n", "run", "t"} <= entry.keys():
        raise Bad("required")
    spelled = ",".join(f'"{key}":{write_value(entry[key])}' for key in sorted(entry))
    if ("{" + spelled + "}").encode() != line:
        raise Bad("canonical")
    return entry


# ---------------------------------------------------------------- section 5: rules among entries

INTENT_OF = {
    "reveal.done": "reveal.intent", "reveal.failed": "reveal.intent",
    "seal.done": "seal.intent", "seal.failed": "seal.intent",
    "move.done": "move.intent", "move.failed": "move.intent",
    "reshelve.done": "reshelve.intent", "reshelve.failed": "reshelve.intent",
    "key.gone": "key.destroy", "key.destroy_failed": "key.destroy",
}
SILENCE_MAX = 65 * 60 * 1000


class Rules:
    def __init__(self, origin, wrong):
        self.origin, self.wrong = origin, wrong
        self.next = 0
        self.last = None  # (t, run) of the last good line
        self.first_time = self.last_time = None
        self.open, self.told = {}, {}

    def add(self, line):
        def wrong(code):
            self.wrong(code, f"entry {self.next}")
        try:
            entry = parse_entry(line)
        except Bad:
            wrong("entry.form")
        else:
            self.judge(entry, wrong)
        self.next += 1

    def judge(self, entry, wrong):
        time, run, event = parse_time(entry["t"]), entry["run"], entry["event"]
        if entry["n"] != self.next:
            wrong("entry.index")
        back = 0
        if self.last:
            back = max(0, self.last[0] - time)
            if run < self.last[1]:
                wrong("entry.run")
            if run - self.last[1] > SILENCE_MAX:
                wrong("entry.silence")
        if entry.get("back", 0) != back:
            wrong("entry.time")
        if self.next == 0 and event != "log.opened":
            wrong("entry.first")
        if event == "log.opened" and (
                entry.get("count", 0) != self.next or entry.get("origin") != self.origin):
            wrong("entry.opened")
        if event == "reveal.intent" and not {
                "account", "session", "person", "grant", "purpose"} <= entry.keys():
            wrong("entry.reveal")
        if event in INTENT_OF.values():
            self.open[self.next] = event
        if event in INTENT_OF:
            self.outcome(entry.get("of", 0), INTENT_OF[event], wrong)
        elif "of" in entry:
            wrong("entry.outcome")
        self.last = (time, run)
        self.first_time = self.first_time or entry["t"]
        self.last_time = entry["t"]

    def outcome(self, index, intent, wrong):
        if self.open.get(index) == intent:
            del self.open[index]
            if intent == "key.destroy":
                self.told[index] = intent
        elif self.told.get(index) != intent:
            wrong("entry.outcome")


# ---------------------------------------------------------------- section 3: tree

def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(line):
    return sha256(b"\x00" + line)


class Tree:
    """MTH of any range of leaves; complete subtrees are kept."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.kept = {}

    def root(self, first, end):
        size = end - first
        if size == 0:
            return sha256(b"")
        if size == 1:
            return self.leaves[first]
        if (first, end) in self.kept:
            return self.kept[first, end]
        k = 1 << ((size - 1).bit_length() - 1)
        value = sha256(b"\x01" + self.root(first, first + k) + self.root(first + k, end))
        if size & (size - 1) == 0:
            self.kept[first, end] = value
        return value

    def path(self, index, first, end):
        """PATH, RFC 6962 2.1.1."""
        if end - first == 1:
            return []
        k = 1 << ((end - first - 1).bit_length() - 1)
        middle = first + k
        if index < middle:
            return self.path(index, first, middle) + [self.root(middle, end)]
        return self.path(index, middle, end) + [self.root(first, middle)]

    def proof(self, old, first, end, whole=True):
        """PROOF, RFC 6962 2.1.2; `old` counts from `first`."""
        if old == end - first:
            return [] if whole else [self.root(first, end)]
        middle = first + (1 << ((end - first - 1).bit_length() - 1))
        if old <= middle - first:
            return self.proof(old, first, middle, whole) + [self.root(middle, end)]
        return self.proof(old - (middle - first), middle, end, False) + [self.root(first, middle)]


# ---------------------------------------------------------------- section 4: keys and checkpoints

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def point_add(a, b):
    """Affine addition on P-256 (SEC 1 2.2.1); None is the point at infinity."""
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def point_multiply(k, point):
    result = None
    while k:
        if k & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        k >>= 1
    return result


def der_take(data):
    """(tag, content, whole, rest) of the first element; definite, minimal lengths."""
    if len(data) < 2:
        raise Bad("der")
    length, header = data[1], 2
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or len(data) < 2 + count or data[2] == 0:
            raise Bad("der")
        length, header = int.from_bytes(data[2:2 + count], "big"), 2 + count
        if length < 0x80:
            raise Bad("der")
    if len(data) - header < length:
        raise Bad("der")
    end = header + length
    return data[0], data[header:end], data[:end], data[end:]


def der_integer(data):
    """A positive INTEGER in minimal form, and the rest."""
    tag, content, _, rest = der_take(data)
    minimal = len(content) == 1 or (content and (content[0] != 0 or content[1] >= 0x80))
    if tag != 2 or not content or content[0] >= 0x80 or not minimal:
        raise Bad("integer")
    return int.from_bytes(content, "big"), rest


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Bad("base64") from error
    if base64.b64encode(data).decode() != text:
        raise Bad("base64")
    return data


SPKI_START = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
ORIGIN = re.compile("[a-z0-9./_-]{1,64}")


class Key:
    def __init__(self, vkey):
        """From the text of log.vkey, with or without its line feed."""
        text = vkey[:-1] if vkey.endswith("\n") else vkey
        origin, key_id, encoded = (text.split("+", 2) + ["", ""])[:3]
        data = unbase64(encoded)
        if not ORIGIN.fullmatch(origin) or data[:1] != b"\x02":
            raise Bad("vkey")
        self.origin, self.spki = origin, data[1:]
        if len(self.spki) != 91 or not self.spki.startswith(SPKI_START) or self.spki[26] != 4:
            raise Bad("vkey")
        self.fingerprint = sha256(self.spki)
        self.id = self.fingerprint[:4]
        if key_id != self.id.hex():
            raise Bad("vkey")
        x, y = int.from_bytes(self.spki[27:59], "big"), int.from_bytes(self.spki[59:], "big")
        if x >= P or y >= P or (y * y - x * x * x + 3 * x - B) % P != 0:
            raise Bad("vkey")
        self.point = (x, y)

    def vkey(self):
        encoded = base64.b64encode(b"\x02" + self.spki).decode()
        return self.origin + "+" + self.id.hex() + "+" + encoded + "\n"

    def verify(self, digest, signature):
        """Whether it is an ECDSA signature (SEC 1 4.1.4) over the digest."""
        try:
            tag, content, _, rest = der_take(signature)
            r, after = der_integer(content)
            s, end = der_integer(after)
        except Bad:
            return False
        if tag != 0x30 or rest or end or not (0 < r < N and 0 < s < N):
            return False
        w = pow(s, -1, N)
        u1, u2 = int.from_bytes(digest, "big") * w % N, r * w % N
        point = point_add(point_multiply(u1, G), point_multiply(u2, self.point))
        return point is not None and point[0] % N == r


def clean(text):
    return not CONTROL.search(text.replace("\n", ""))


def open_checkpoint(note, key):
    """(size, root) of a note's bytes. Bad: not of the form. Wrong: the signature or the origin."""
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Bad("note") from error
    if not 0 < len(note) <= 16384 or not clean(text) or not text.endswith("\n"):
        raise Bad("note")
    at = text.rfind("\n\n")
    if at < 0:
        raise Bad("note")
    body, lines = text[:at + 1], text[at + 2:].split("\n")[:-1]
    parts = body.split("\n")
    if len(parts) != 4 or not ORIGIN.fullmatch(parts[0]):
        raise Bad("note")
    if not re.fullmatch("0|[1-9][0-9]{0,19}", parts[1]) or int(parts[1]) >= 1 << 64:
        raise Bad("size")
    root = unbase64(parts[2])
    if len(root) != 32:
        raise Bad("root")
    if parts[0] != key.origin:
        raise Wrong("checkpoint.signature", "origin")
    good, bad = 0, False
    if len(lines) > 16:
        raise Bad("signature")
    for line in lines:
        name, space, encoded = line[2:].partition(" ")
        if not line.startswith("\u2014 ") or not name or not space:
            raise Bad("signature")
        data = unbase64(encoded)
        if len(data) < 5:
            raise Bad("signature")
        if name == key.origin and data[:4] == key.id:
            if not key.verify(sha256(body.encode()), data[4:]):
                bad = True
                break
            good += 1
    if bad or not good:
        raise Wrong("checkpoint.signature", "signature")
    return int(parts[1]), root


# ---------------------------------------------------------------- section 6: export

FILE_MAX = 4194304
MANIFEST_MAX = 268435456
PATH_PART = re.compile("[A-Za-z0-9._-]+")


def plain_path(name):
    return 1 <= len(name) <= 100 and all(
        PATH_PART.fullmatch(part) and part not in (".", "..") for part in name.split("/"))


def tar_header(name, size, seconds):
    def text(value, width):
        return value.encode().ljust(width, b"\x00")
    head = text(name, 100) + b"0000644\x00" + b"0000000\x00" * 2
    head += b"%011o\x00" % size + b"%011o\x00" % seconds
    tail = b"0" + text("", 100) + b"ustar\x0000" + text("root", 32) * 2 + b"0000000\x00" * 2
    tail = tail.ljust(512 - len(head) - 8, b"\x00")
    return head + b"%06o\x00 " % sum(head + b" " * 8 + tail) + tail


def read_tar(data):
    """{name: bytes}, or Wrong."""
    def need(condition):
        if not condition:
            raise Wrong("export.form", "tar")
    files, at = {}, 0
    need(len(data) % 512 == 0)
    while True:
        block = data[at:at + 512]
        need(len(data) - at >= 1024)
        if not any(block):
            break
        fields = block[124:135] + block[136:147]
        need(re.fullmatch(b"[0-7]{22}", fields))
        size, seconds = int(fields[:11], 8), int(fields[11:], 8)
        try:
            name = block[:100].rstrip(b"\x00").decode("ascii")
        except UnicodeDecodeError as error:
            raise Wrong("export.form", "tar") from error
        need(plain_path(name) and block == tar_header(name, size, seconds) and name not in files)
        start, end = at + 512, at + 512 + size
        at = end + -size % 512
        need(at <= len(data) and not any(data[end:at]))
        files[name] = data[start:end]
    need(len(data) == at + 1024 and not any(data[at:]))
    return files


def read_folder(path):
    def failed(error):
        raise error
    files = {}
    for folder, folders, names in os.walk(path, onerror=failed):
        for name in folders + names:
            whole = os.path.join(folder, name)
            mode = os.lstat(whole).st_mode  # a link is not followed
            if stat.S_ISDIR(mode):
                continue
            plain = os.path.relpath(whole, path).replace(os.sep, "/")
            if not stat.S_ISREG(mode) or not plain_path(plain):
                raise Wrong("export.form", plain)
            with open(whole, "rb") as file:
                files[plain] = file.read()
    return files


def pem(label, data):
    body = base64.b64encode(data).decode()
    lines = [body[i:i + 64] for i in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def unpem(label, text):
    start, end = f"-----BEGIN {label}-----\n".encode(), f"-----END {label}-----\n".encode()
    if not text.startswith(start) or not text.endswith(end):
        raise Bad("pem")
    data = unbase64(text[len(start):-len(end)].replace(b"\n", b"").decode("latin-1"))
    if pem(label, data) != text:
        raise Bad("pem")
    return data


def certificate_parts(der):
    """(issuer, serialNumber, SubjectPublicKeyInfo), each whole."""
    tag, outer, _, rest = der_take(der)
    tbs_tag, tbs, _, _ = der_take(outer)
    tags, wholes = [], []
    for _ in range(7):
        item, _, whole, tbs = der_take(tbs)
        tags.append(item)
        wholes.append(whole)
    if rest or tag != 0x30 or tbs_tag != 0x30 or tags != [0xA0, 2] + [0x30] * 5:
        raise Bad("certificate")
    return wholes[3], wholes[1], wholes[6]


def element(tag, *contents):
    data = b"".join(contents)
    if len(data) < 0x80:
        return bytes([tag, len(data)]) + data
    length = len(data).to_bytes((len(data).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + data


OID_DATA = element(6, bytes.fromhex("2a864886f70d010701"))
OID_SIGNED_DATA = element(6, bytes.fromhex("2a864886f70d010702"))
OID_CONTENT_TYPE = element(6, bytes.fromhex("2a864886f70d010903"))
OID_MESSAGE_DIGEST = element(6, bytes.fromhex("2a864886f70d010904"))
OID_SIGNING_TIME = element(6, bytes.fromhex("2a864886f70d010905"))
SHA256_ALGORITHM = element(0x30, element(6, bytes.fromhex("608648016503040201")))
ECDSA_ALGORITHM = element(0x30, element(6, bytes.fromhex("2a8648ce3d040302")))
ONE = element(2, b"\x01")


def cms_attributes(manifest, made):
    digits = re.sub("[^0-9]", "", made)[:14] + "Z"
    generalized = digits >= "2050"
    time = element(0x18 if generalized else 0x17, digits[0 if generalized else 2:].encode())

    def attribute(oid, value):
        return element(0x30, oid, element(0x31, value))
    return b"".join([attribute(OID_CONTENT_TYPE, OID_DATA), attribute(OID_SIGNING_TIME, time),
                     attribute(OID_MESSAGE_DIGEST, element(4, sha256(manifest)))])


def cms(certificate, attributes, signature):
    issuer, serial, _ = certificate_parts(certificate)
    signer = element(0x30, ONE, element(0x30, issuer, serial), SHA256_ALGORITHM,
                     element(0xA0, attributes), ECDSA_ALGORITHM, element(4, signature))
    data = element(0x30, ONE, element(0x31, SHA256_ALGORITHM), element(0x30, OID_DATA),
                   element(0xA0, certificate), element(0x31, signer))
    return element(0x30, OID_SIGNED_DATA, element(0xA0, data))


def tile_path(level, index):
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/" + "/".join(parts)


# ---------------------------------------------------------------- section 7: verification

class Verifier:
    def __init__(self, files, key, saved):
        self.files, self.key, self.saved = files, key, saved
        self.findings, self.used, self.agree = [], set(), 0
        self.size, self.root, self.rules = 0, b"", None
        self.confirmed = key is not None

    def wrong(self, code, where):
        self.findings.append((code, where))

    def file(self, name):
        data = self.files.get(name)
        if data is None:
            self.wrong("file.missing", name)
            return b""
        if len(data) > FILE_MAX:
            self.wrong("file.size", name)
            return b""
        self.used.add(name)
        return data

    def expect(self, name, content, code):
        there = name in self.files
        if self.file(name) != content and there:
            self.wrong(code, name)

    def run(self):
        if not self.find_key():
            return
        note = self.file("checkpoint")
        try:
            self.size, self.root = open_checkpoint(note, self.key)
            if self.size == 0:
                raise Bad("size")
        except (Bad, Wrong):
            self.wrong("checkpoint.signature", "checkpoint")
            return
        earlier = self.find_earlier()
        saved = self.find_saved()
        leaves = self.read_lines()
        tree = Tree(leaves)
        if len(leaves) != self.size or tree.root(0, len(leaves)) != self.root:
            self.wrong("root", "checkpoint")
            return
        self.check_tiles(tree)
        self.check_proofs(tree, earlier, saved, note)
        self.check_manifest()

    def find_key(self):
        vkey = self.file("log.vkey")
        own = None
        try:
            own = Key(vkey.decode("utf-8"))
            if own.vkey().encode() != vkey:
                raise Bad("vkey")
        except (Bad, UnicodeDecodeError):
            own = None
            self.wrong("key.form", "log.vkey")
        self.key = self.key or own
        if self.key is None:
            return False
        if own and (own.origin, own.spki) != (self.key.origin, self.key.spki):
            self.wrong("key.other", "log.vkey")
        self.expect("key.pem", pem("PUBLIC KEY", self.key.spki), "key.other")
        self.certificate = b""
        try:
            self.certificate = unpem("CERTIFICATE", self.file("cert.pem"))
            if certificate_parts(self.certificate)[2] != self.key.spki:
                raise Bad("key")
        except Bad:
            self.wrong("key.certificate", "cert.pem")
        return True

    def find_earlier(self):
        earlier = []
        for name in sorted(self.files):
            if not name.startswith("earlier/"):
                continue
            try:
                size, root = open_checkpoint(self.file(name), self.key)
                if not 0 < size < self.size or name != f"earlier/{size:016x}" or len(earlier) == 16:
                    raise Bad("size")
                earlier.append((size, root))
            except (Bad, Wrong):
                self.wrong("checkpoint.earlier", name)
        return earlier

    def find_saved(self):
        saved = []
        for number, note in enumerate(self.saved, 1):
            where = f"saved checkpoint {number}"
            try:
                size, root = open_checkpoint(note, self.key)
            except Bad as error:
                raise Unchecked(where) from error
            except Wrong:
                self.wrong("saved.signature", where)
                continue
            if size > self.size:
                self.wrong("saved.ahead", where)
            else:
                saved.append((size, root, where))
        return saved

    def read_lines(self):
        rules = self.rules = Rules(self.key.origin, self.wrong)
        leaves = []
        for first in range(0, self.size, 4096):
            name = f"log/{first:016x}.jsonl"
            if name not in self.files:
                self.wrong("file.missing", name)
                break
            data = self.file(name)
            count = min(4096, self.size - first)
            lines = data.split(b"\n")
            if len(lines) != count + 1 or lines[-1]:
                self.wrong("log.lines", name)
            for line in lines[:-1][:count]:
                rules.add(line)
                leaves.append(leaf_hash(line))
        return leaves

    def check_tiles(self, tree):
        level, width = 0, 1
        while self.size // width > 0:
            count = self.size // width
            for index in range(-(-count // 256)):
                inside = range(index * 256, min(count, index * 256 + 256))
                name = tile_path(level, index) + (f".p/{len(inside)}" if len(inside) < 256 else "")
                content = b"".join(tree.root(i * width, (i + 1) * width) for i in inside)
                self.expect(name, content, "tile")
            level, width = level + 1, width * 256

    def check_proofs(self, tree, earlier, saved, note):
        def lines(hashes):
            return b"".join(base64.b64encode(item) + b"\n" for item in hashes) + b"\n" + note
        for size, root in earlier:
            if tree.root(0, size) != root:
                self.wrong("checkpoint.earlier", f"earlier/{size:016x}")
            text = b"old %d\n" % size + lines(tree.proof(size, 0, self.size))
            self.expect(f"proof/{size:016x}.consistency", text, "proof")
        head = b"c2sp.org/tlog-proof@v1\nindex %d\n" % (self.size - 1)
        text = head + lines(tree.path(self.size - 1, 0, self.size))
        self.expect("proof/last.tlog-proof", text, "proof")
        for size, root, where in saved:
            if tree.root(0, size) == root:
                self.agree += 1
            else:
                self.wrong("saved.fork", where)

    def check_manifest(self):
        self.file("README.txt")
        ends = {"manifest.json", "manifest.p7s"}
        for name in sorted(set(self.files) - self.used - ends):
            self.wrong("file.unknown", name)
        manifest = self.files.get("manifest.json", b"")
        match = re.search(
            rb'"made":"([^"]{24})","origin":"[^"]*","root":"[^"]*","size":[0-9]*\}\n\Z', manifest)
        try:
            made = match.group(1).decode("ascii") if match else ""
            if parse_time(made) % 1000 or len(manifest) > MANIFEST_MAX:
                raise Bad("made")
        except (Bad, UnicodeDecodeError):
            self.wrong("manifest", "manifest.json")
            return
        rows = ",".join(
            f'{{"path":"{name}","sha256":"{sha256(self.files[name]).hex()}",'
            f'"size":{len(self.files[name])}}}' for name in sorted(self.used))
        root = base64.b64encode(self.root).decode()
        text = (f'{{"files":[{rows}],"format":"kagikura-export-1","made":"{made}",'
                f'"origin":"{self.key.origin}","root":"{root}","size":{self.size}}}\n')
        if text.encode() != manifest:
            self.wrong("manifest", "manifest.json")
            return
        self.check_signature(manifest, made)

    def check_signature(self, manifest, made):
        signed = self.files.get("manifest.p7s", b"")
        attributes = cms_attributes(manifest, made)
        digest = sha256(element(0x31, attributes))
        for size in range(8, 73):
            tail = signed[-size - 2:]
            if len(tail) != size + 2 or len(signed) > 16384 or tail[:2] != bytes([4, size]):
                continue
            try:
                whole = cms(self.certificate, attributes, tail[2:])
            except Bad:
                break
            if whole == signed and self.key.verify(digest, tail[2:]):
                return
        self.wrong("manifest.signature", "manifest.p7s")


def report(verifier, as_json):
    rules, key = verifier.rules, verifier.key
    values = {
        "checkpoints": verifier.agree,
        "findings": [{"code": code, "where": where} for code, where in verifier.findings[:20]],
        "fingerprint": key.fingerprint.hex() if key else "",
        "first": rules.first_time if rules else None,
        "key_confirmed": verifier.confirmed,
        "last": rules.last_time if rules else None,
        "open_intents": sorted(rules.open) if rules else [],
        "origin": key.origin if key else "",
        "result": "tampered" if verifier.findings else "ok",
        "root": base64.b64encode(verifier.root).decode(),
        "size": verifier.size,
    }
    if as_json:
        print(json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
        return
    print(f"result: {values.pop('result')}")
    for name, value in values.items():
        print(f"{name}: {value}")


def read_file(path, limit):
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Unchecked(path)
    return data


def check(path, vkey=None, saved=()):
    """The Verifier after its work. Unchecked, OSError: it cannot be checked."""
    try:
        key = Key(vkey.decode("utf-8")) if vkey is not None else None
    except (Bad, UnicodeDecodeError) as error:
        raise Unchecked("key") from error
    verifier = Verifier({}, key, saved)
    try:
        if os.path.isdir(path):
            verifier.files = read_folder(path)
        else:
            with open(path, "rb") as file:
                verifier.files = read_tar(file.read())
    except Wrong as error:
        verifier.wrong(error.code, error.where)
        return verifier
    verifier.run()
    return verifier


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--key")
    parser.add_argument("--checkpoint", action="append", default=[])
    parser.add_argument("--format", choices=["text", "json"], default="text")
    try:
        args = parser.parse_args()
    except SystemExit as stop:
        return 1 if stop.code else 0
    try:
        vkey = read_file(args.key, 16384) if args.key else None
        saved = [read_file(path, 16384) for path in args.checkpoint]
        verifier = check(args.export, vkey, saved)
    except (Unchecked, OSError) as error:
        print(f"verifier: cannot be checked: {error}", file=sys.stderr)
        return 1
    report(verifier, args.format == "json")
    return 2 if verifier.findings else 0


if __name__ == "__main__":
    sys.exit(main())
