"""A second implementation of the channels, for test programs in the place of ours: reads the
message declarations of ipc/*.h and base/terms.h, encodes and decodes by the rules at the top of
ipc/codec.h.

    schema = Schema()
    with Channel.connect(schema, "ConsoleCore", path) as core:
        status = core.call("GetStatus")

A value is a dict of fields; what is left out is zero, empty or absent. Bytes-like types take bytes,
Text takes str, enums take their C++ enumerator ("kHandler") or a number, ids and times take int.
"""

import array
import fcntl
import os
import pathlib
import re
import socket
import struct

ROOT = pathlib.Path(__file__).resolve().parents[2]
INLINE_MAX = 60 * 1024
HELLO, REQUEST, REPLY, ERROR = 1, 2, 3, 4
IN_MEMFD = 0x80
SEALS = 0x1 | 0x2 | 0x4 | 0x8  # seal, shrink, grow, write
INTEGERS = {"std::uint8_t": 1, "std::uint16_t": 2, "std::uint32_t": 4, "std::uint64_t": 8,
            "std::int32_t": 4, "std::int64_t": 8}
EDGES = {"AcceptorCore": "acceptor-core", "WorkerCore": "worker-core",
         "ConsoleCore": "console-core", "ConsoleSite": "console-site",
         "CoreAudit": "core-audit", "AuditHsm": "audit-hsm"}


class IpcError(Exception):
    """The error that the other end decided on."""

    def __init__(self, code, field):
        super().__init__(f"{code}/{field}")
        self.code = code
        self.field = field


class Closed(Exception):
    """The other end has ended the connection."""


class Malformed(Exception):
    """What came is not an encoding of the type."""


def _strip(text):
    return re.sub(r"//[^\n]*", "", text)


class Schema:
    def __init__(self, root=ROOT):
        self.enums = {}    # name -> [enumerator, ...]
        self.structs = {}  # qualified name -> [(type, field), ...]
        self.aliases = {}  # qualified name -> type
        self.constants = {}
        self.edges = {}    # edge -> [request, ...]
        self._read(_strip((root / "base/result.h").read_text()))
        self._read(_strip((root / "base/terms.h").read_text()))
        self._read(_strip((root / "base/log_point.h").read_text()))
        self.aliases["Digest"] = "FixedBytes<32>"
        self.structs.update({"WallTime": [("std::int64_t", "ms")],
                             "MonoTime": [("std::int64_t", "ms")],
                             "Day": [("std::int32_t", "days")]})
        for path in sorted((root / "ipc").glob("*.h")):
            if path.name not in ("codec.h", "channel.h", "client.h", "wire.h", "buffer.h"):
                self._read(_strip(path.read_text()))

    # ---- reading declarations

    def _read(self, text):
        for name, body in re.findall(r"enum class (\w+) : std::uint8_t \{(.*?)\};", text, re.S):
            self.enums[name] = [e for e in re.findall(r"\bk\w+", body.split("kLast")[0])]
        for name, value in re.findall(r"constexpr std::\w+ (k\w+) = ([\d *]+);", text):
            self.constants[name] = eval(value)  # noqa: S307: digits and * only, by the pattern
        self._scope(text, "")

    def _scope(self, text, prefix):
        fields = []
        at = 0
        token = re.compile(
            r"struct (\w+) \{|struct (\w+) final|using (\w+) =\s*([^;]+);|"
            r"(?:static|inline|friend|template|enum)\b[^;{]*(?:;|\{)|"
            r"((?:std::)?[A-Za-z_][\w:]*(?:<[^;={}]*>)?)\s+(\w+)\s*(?:=\s*[^;]*)?;", re.S)
        while match := token.search(text, at):
            at = match.end()
            if match.group(1):
                end = _closing(text, at)
                self._scope(text[at:end], prefix + match.group(1) + "::")
                at = end
            elif match.group(3):
                alternatives = re.fullmatch(r"std::variant<(.*)>", match.group(4).strip(), re.S)
                if alternatives and match.group(3) == "Request":
                    self.edges[prefix[:-2]] = [a.strip() for a in alternatives.group(1).split(",")]
                else:
                    self.aliases[prefix + match.group(3)] = match.group(4).strip()
            elif match.group(5):
                if match.group(5) not in ("return", "namespace", "using"):
                    fields.append((match.group(5), match.group(6)))
            elif match.group(0).endswith("{"):
                at = _closing(text, at)
        if prefix:
            self.structs[prefix[:-2]] = fields

    def resolve(self, name, scope):
        """The qualified name that `name` means inside `scope`, innermost first."""
        name = name.removeprefix("base::").removeprefix("ipc::")
        parts = scope.split("::") if scope else []
        for depth in range(len(parts), -1, -1):
            full = "::".join([*parts[:depth], name])
            if full in self.structs or full in self.aliases or full in self.enums:
                return full
        return name

    def reply_type(self, request):
        full = f"{request}::Reply"
        return self.aliases.get(full, full)

    # ---- encoding

    def encode(self, kind, value, scope="", fds=None):
        kind = " ".join(kind.split())
        template = re.fullmatch(r"(?:base::|std::|ipc::)?(\w+)<(.*)>", kind)
        if kind in INTEGERS:
            size = INTEGERS[kind]
            return (int(value or 0) & ((1 << 8 * size) - 1)).to_bytes(size, "little")
        if kind == "bool":
            return bytes([1 if value else 0])
        if kind in ("Fd", "base::Fd"):
            if value is None:
                return b"\0"
            fds.append(value)
            return b"\1"
        if kind in ("base::Error", "Error"):
            code, field = value or (0, "")
            return self.encode("Code", code) + _block(field.encode())
        if template:
            return self._encode_template(template.group(1), template.group(2), value, scope, fds)
        full = self.resolve(kind, scope)
        if full in self.enums:
            if isinstance(value, str):
                value = self.enums[full].index(value)
            return bytes([int(value or 0)])
        if full in self.aliases:
            return self.encode(self.aliases[full], value, full.rpartition("::")[0], fds)
        if full not in self.structs:
            raise KeyError(f"no such type: {kind} in {scope}")
        if isinstance(value, int):  # an id, a time
            ((inner, _),) = self.structs[full]
            return self.encode(inner, value)
        value = value or {}
        unknown = set(value) - {name for _, name in self.structs[full]}
        if unknown:
            raise KeyError(f"{full} has no field {sorted(unknown)}")
        return b"".join(self.encode(t, value.get(n), full, fds) for t, n in self.structs[full])

    def _encode_template(self, name, arguments, value, scope, fds):
        if name in ("Text",):
            return _block((value or "").encode())
        if name in ("Bytes", "Secret"):
            return _block(value or b"")
        if name == "FixedBytes":
            return (value or b"").ljust(self._size(arguments), b"\0")
        if name == "Id":
            return int(value or 0).to_bytes(8, "little")
        if name == "List":
            inner = arguments.rpartition(",")[0]
            items = value or []
            return (len(items).to_bytes(4, "little")
                    + b"".join(self.encode(inner, item, scope, fds) for item in items))
        if name == "optional":
            return b"\0" if value is None else b"\1" + self.encode(arguments, value, scope, fds)
        raise KeyError(f"no such template: {name}")

    def _size(self, text):
        text = text.strip()
        return int(text) if text.isdigit() else self.constants[text]

    # ---- decoding

    def decode(self, kind, data, fds=()):
        reader = _Reader(data, list(fds))
        value = self._decode(kind, reader, "")
        if reader.data or reader.fds:
            raise Malformed("trailing bytes or descriptors")
        return value

    def _decode(self, kind, reader, scope):
        kind = " ".join(kind.split())
        template = re.fullmatch(r"(?:base::|std::|ipc::)?(\w+)<(.*)>", kind)
        if kind in INTEGERS:
            return int.from_bytes(reader.take(INTEGERS[kind]), "little",
                                  signed=kind.startswith("std::int"))
        if kind == "bool":
            return reader.take(1) == b"\1"
        if kind in ("Fd", "base::Fd"):
            return reader.fds.pop(0) if reader.take(1) == b"\1" else None
        if kind in ("base::Error", "Error"):
            return self._decode("Code", reader, ""), reader.block().decode()
        if template:
            return self._decode_template(template.group(1), template.group(2), reader, scope)
        full = self.resolve(kind, scope)
        if full in self.enums:
            return self.enums[full][reader.take(1)[0]]
        if full in self.aliases:
            return self._decode(self.aliases[full], reader, full.rpartition("::")[0])
        fields = self.structs[full]
        if full in ("WallTime", "MonoTime", "Day"):
            return self._decode(fields[0][0], reader, "")
        return {name: self._decode(inner, reader, full) for inner, name in fields}

    def _decode_template(self, name, arguments, reader, scope):
        if name == "Text":
            return reader.block().decode()
        if name in ("Bytes", "Secret"):
            return reader.block()
        if name == "FixedBytes":
            return reader.take(self._size(arguments))
        if name == "Id":
            return int.from_bytes(reader.take(8), "little")
        if name == "List":
            count = int.from_bytes(reader.take(4), "little")
            inner = arguments.rpartition(",")[0]
            return [self._decode(inner, reader, scope) for _ in range(count)]
        if name == "optional":
            return self._decode(arguments, reader, scope) if reader.take(1) == b"\1" else None
        raise KeyError(f"no such template: {name}")


class _Reader:
    def __init__(self, data, fds):
        self.data = data
        self.fds = fds

    def take(self, size):
        if len(self.data) < size:
            raise Malformed("short")
        out, self.data = self.data[:size], self.data[size:]
        return out

    def block(self):
        return self.take(int.from_bytes(self.take(4), "little"))


def _block(data):
    return len(data).to_bytes(4, "little") + data


def _closing(text, at):
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at - 1


def sealed_memfd(data):
    fd = os.memfd_create("kagikura-test", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, data) if len(data) < 1 << 20 else _write_all(fd, data)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)
    return fd


def _write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def read_fd(fd):
    size = os.fstat(fd).st_size
    data = os.pread(fd, size, 0)
    os.close(fd)
    return data


def split_packet(data):
    """The frames of a packet: (kind, id, body) each."""
    while data:
        kind, ident, size = struct.unpack("<BQI", data[:13])
        yield kind, ident, data[13:13 + size]
        data = data[13 + size:]


class Channel:
    """The asking end of an edge."""

    build = "dev"  # what the programs under test call themselves (cmake/BuildId.cmake)

    def __init__(self, schema, edge, sock, build=None, greet=True, timeout=30):
        self.schema = schema
        self.edge = edge
        self.sock = sock
        self.sock.settimeout(timeout)
        self.last = 0
        self.waiting = []
        if greet:
            hello = {"edge": EDGES[edge], "version": 1, "build": build or Channel.build}
            self.send(HELLO, 0, schema.encode("Hello", hello))
            kind, _, _, _ = self.receive()
            if kind != HELLO:
                raise Malformed("no greeting")

    @classmethod
    def connect(cls, schema, edge, path, **options):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
        sock.connect(str(path))
        return cls(schema, edge, sock, **options)

    def send(self, kind, ident, body, fds=()):
        """Any frame at all; hostile tests use it directly."""
        fds = list(fds)
        large = None
        if len(body) > INLINE_MAX:
            large = sealed_memfd(body)
            fds.append(large)
            kind, body = kind | IN_MEMFD, b""
        data = struct.pack("<BQI", kind, ident, len(body)) + body
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            self.sock.sendmsg([data], control)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed from error
        finally:
            if large is not None:
                os.close(large)

    def receive(self):
        """The next frame: (kind, id, body, descriptors)."""
        if not self.waiting:
            self.waiting = self._receive_packet()
        return self.waiting.pop(0)

    def _receive_packet(self):
        try:
            data, control, _, _ = self.sock.recvmsg(INLINE_MAX + 64, socket.CMSG_SPACE(5 * 4))
        except ConnectionResetError as error:
            raise Closed from error
        if not data:
            raise Closed
        fds = array.array("i")
        for level, kind, payload in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(payload[:len(payload) - len(payload) % 4])
        frames, fds = [], list(fds)
        for kind, ident, body in split_packet(data):
            if kind & IN_MEMFD:
                body, kind = read_fd(fds.pop()), kind & ~IN_MEMFD
            frames.append((kind, ident, body, fds))
            fds = []
        return frames

    def start(self, request, /, **fields):
        """Sends a request without waiting; returns its id."""
        requests = self.schema.edges[self.edge]
        self.last += 1
        fds = []
        body = bytes([requests.index(request)]) + self.schema.encode(request, fields, fds=fds)
        self.send(REQUEST, self.last, body, fds)
        return self.last

    def finish(self, request):
        """Waits for the next answer: (id, reply). Raises IpcError for an error."""
        kind, ident, body, fds = self.receive()
        if kind == ERROR:
            code, field = self.schema.decode("base::Error", body)
            error = IpcError(code, field)
            error.ident = ident
            raise error
        return ident, self.schema.decode(self.schema.reply_type(request), body, fds)

    def call(self, request, /, **fields):
        ident = self.start(request, **fields)
        answered, reply = self.finish(request)
        if answered != ident:
            raise Malformed("an answer to something else")
        return reply

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def admit(schema, web_socket, address="127.0.0.1", port=40000, listener="kPages"):
    """A worker's channel, as the acceptor gets it for a peer at `address`."""
    with Channel.connect(schema, "AcceptorCore", web_socket) as acceptor:
        return admit_on(acceptor, address, port, listener)


def admit_on(acceptor, address="127.0.0.1", port=40000, listener="kPages"):
    if ":" in address:
        octets = socket.inet_pton(socket.AF_INET6, address)
    else:
        octets = b"\0" * 10 + b"\xff\xff" + socket.inet_aton(address)
    reply = acceptor.call("Admit", address=octets, port=port, listener=listener)
    return Channel(acceptor.schema, "WorkerCore", socket.socket(fileno=reply["channel"]))
