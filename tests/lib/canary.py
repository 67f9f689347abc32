"""Secrets that are easy to recognise, every form in which they could leak, and places to look.

A Secret is searched in its plain form and in those that a program makes of text by accident:
other encodings, hex, base64, digits as numbers. What is found is reported by its name and form,
never by its value.
"""

import base64
import os
import pathlib
import re

PIECE = 1 << 22
PAGE = 4096
ZEROS = bytes(PAGE)
GAP = b"\xfe" * 64


def _base64_forms(data):
    """What of `data` is in any base64 text that holds it, whatever stands before and after it."""
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data)
        skip = -(-offset * 8 // 6) if offset else 0
        inner = text[skip:len(text) - (4 if (offset + len(data)) % 3 else 0)]
        yield f"base64+{offset}", inner
        if inner != (other := inner.replace(b"+", b"-").replace(b"/", b"_")):
            yield f"base64url+{offset}", other


def _byte_forms(name, data):
    yield name, data
    yield f"{name} hex", data.hex().encode()
    yield f"{name} HEX", data.hex().upper().encode()
    for form, text in _base64_forms(data):
        yield f"{name} {form}", text


def _text_forms(text):
    yield from _byte_forms("text", text.encode())
    yield "UTF-16LE", text.encode("utf-16le")
    yield "UTF-16BE", text.encode("utf-16be")
    yield "UTF-32LE", text.encode("utf-32le")
    yield "reversed", text[::-1].encode()


def _number_forms(digits):
    """The first eleven digits, so that the same number with a wrong check digit is found too."""
    eleven = digits[:11]
    yield from _text_forms(eleven)
    wide = eleven.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    yield "full-width", wide.encode()
    yield "full-width UTF-16LE", wide.encode("utf-16le")
    yield "full-width CP932", wide.encode("cp932")
    yield "full-width JSON", "".join(f"\\uff{0x10 + int(d):02x}" for d in eleven).encode()
    yield "full-width URL", "".join(f"%EF%BC%{0x90 + int(d):02X}" for d in eleven).encode()
    for form, between in (("blanks", " "), ("hyphens", "-"), ("wide blanks", "\u3000"),
                          ("no-break blanks", "\u00a0"), ("URL blanks", "+")):
        groups = between.join((eleven[:4], eleven[4:8], eleven[8:]))
        yield form, groups.encode()
    yield "packed BCD", bytes.fromhex(digits)
    for order in ("little", "big"):
        yield f"64-bit {order}", int(digits).to_bytes(8, order)
    yield "digit bytes", bytes(int(d) for d in eleven)


class Secret:
    """`kind`: number, text (what somebody types) or bytes (a token's or key's own bytes)."""

    def __init__(self, name, kind, value):
        self.name = name
        self.kind = kind
        forms = {"number": _number_forms, "text": _text_forms,
                 "bytes": lambda data: _byte_forms("bytes", data)}[kind](value)
        self.forms = {}
        for form, data in forms:
            if len(data) >= 6:
                self.forms.setdefault(data, form)

    def __repr__(self):
        return self.name


def find(secrets, data):
    """{(secret's name, form)} of everything in `data`."""
    return {(secret.name, form) for secret in secrets for needle, form in secret.forms.items()
            if needle in data}


def find_in_file(secrets, path):
    """As find(), in pieces that overlap."""
    found, kept = set(), b""
    try:
        with open(path, "rb") as file:
            while piece := file.read(PIECE):
                found |= find(secrets, kept + piece)
                kept = piece[-256:]
    except OSError:
        pass  # gone, or a socket
    return found


def find_in_folder(secrets, folder):
    """[(path, secret's name, form)] in contents and names of all files below."""
    out = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        found = find(secrets, os.fsencode(path.name))
        if path.is_file() and not path.is_symlink():
            found |= find_in_file(secrets, path)
        out += [(path, *hit) for hit in sorted(found)]
    return out


def memory_of(pid):
    """Yields (address, bytes) of what the process has written: its private writable mappings,
    without their pages of zeros."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        lines = maps.read().splitlines()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in lines:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw.p .*?(\S*)$", line)
            if not match or match.group(3) == "[vvar]":
                continue
            at, end = int(match.group(1), 16), int(match.group(2), 16)
            while at < end:
                try:
                    memory.seek(at)
                    piece = memory.read(min(PIECE, end - at))
                except OSError:
                    break
                if not piece:
                    break
                yield from _runs(at, piece)
                at += len(piece)


def _runs(at, piece):
    begin = None
    for offset in range(0, len(piece), PAGE):
        empty = piece[offset:offset + PAGE] == ZEROS
        if empty and begin is not None:
            yield at + begin, piece[begin:offset]
            begin = None
        elif not empty and begin is None:
            begin = offset
    if begin is not None:
        yield at + begin, piece[begin:]


def find_in_memory(secrets, pid):
    """{(secret's name, form)} in the memory of a process."""
    joined, expected = bytearray(), None
    for at, run in memory_of(pid):
        # Between runs that are no neighbours: nothing that could be found.
        joined += run if at == expected else GAP + run
        expected = at + len(run)
    return find(secrets, joined)


# ---- without knowing the numbers

_SHAPE = re.compile(r"(?<![\w./+=-])(\d{4})([ \u3000-]?)(\d{4})\2(\d{4})(?![\w./+=-])")


def check_digit_fits(digits):
    """平成26年総務省令第85号 第5条."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    remainder = sum(int(d) * w for d, w in zip(digits, weights)) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def number_shaped(text):
    """Everything in `text` that could be somebody's number."""
    wide = str.maketrans("０１２３４５６７８９", "0123456789")
    return [digits for match in _SHAPE.finditer(text.translate(wide))
            if check_digit_fits(digits := match.group(1) + match.group(3) + match.group(4))]
