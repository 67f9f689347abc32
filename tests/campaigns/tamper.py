"""Tampering with audit log exports: each of 40 and more kinds is noticed, without false alarms.

A point is one honest log of a random length (a control: both verifiers must say ok) and
KINDS_A_POINT kinds of tampering with its export, in turn. Three attackers: one without any key, one
with a key of another log, and one with the log's own key (a hostile audit process), whom only a
checkpoint that was saved before, or the rules among entries, give away.
"""

import importlib.util
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys

CI_POINTS = 10
KINDS_A_POINT = 4
OTHER_ORIGIN = "log.example.com/other"
KINDS = {}


def load_verifier():
    path = pathlib.Path(__file__).resolve().parents[1] / "verifier.py"
    spec = importlib.util.spec_from_file_location("audit_verifier", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


V = load_verifier()


def kind(function):
    KINDS[function.__name__] = function
    return function


def pack(files, order=None):
    out = io.BytesIO()
    for name in order or files:
        data = files[name]
        out.write(V.tar_header(name, len(data), 1795000000))
        out.write(data + bytes(-len(data) % 512))
    out.write(bytes(1024))
    return out.getvalue()


def spell(entry):
    body = ",".join(f'"{key}":{V.write_value(entry[key])}' for key in sorted(entry))
    return ("{" + body + "}").encode()


class Case:
    """One honest export and the means of an attacker. A kind returns a tar's bytes, or a folder."""

    def __init__(self, ctx, folder, tools):
        self.random, self.folder, self.tools = ctx.random, folder, tools
        self.files = V.read_tar((folder / "export.tar").read_bytes())
        self.saved = (folder / "saved").read_bytes()
        self.saved_size = int(self.saved.split(b"\n")[1])
        self.key_path = folder / "log.vkey"
        self.lines = []
        for name in sorted(self.files):
            if name.startswith("log/"):
                self.lines += self.files[name].split(b"\n")[:-1]

    def with_lines(self, lines):
        """The export with other lines, and all else as it was."""
        files = {name: data for name, data in self.files.items() if not name.startswith("log/")}
        for first in range(0, len(lines), 4096):
            part = lines[first:first + 4096]
            files[f"log/{first:016x}.jsonl"] = b"".join(line + b"\n" for line in part)
        return pack(files)

    def change(self, name, data):
        return pack({**self.files, name: data})

    def flip(self, name):
        data = bytearray(self.files[name])
        data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        return self.change(name, bytes(data))

    def index(self, below=None):
        return self.random.randrange(below or len(self.lines))

    def edit_line(self, edit, below=None):
        lines = list(self.lines)
        at = self.index(below)
        lines[at] = edit(lines[at])
        return self.with_lines(lines)

    def pick(self, prefix):
        return self.random.choice(sorted(name for name in self.files if name.startswith(prefix)))

    def rebuild(self, lines, private="private.pem", origin="log.example.jp/kagikura"):
        """A whole new export of other lines, signed."""
        source, out = self.folder / "lines", self.folder / "rebuilt.tar"
        source.write_bytes(b"".join(line + b"\n" for line in lines))
        subprocess.run(
            [self.tools / "make_log", "export", source, out, self.folder / private, origin],
            check=True, timeout=60)
        return out.read_bytes()

    def other_key(self, origin="log.example.jp/kagikura"):
        subprocess.run([self.tools / "make_log", "key", self.folder / "other.pem",
                        self.folder / "other.vkey", origin], check=True, timeout=60)

    def entries(self):
        return [V.parse_entry(line) for line in self.lines]

    def find(self, wanted, below=None):
        """A random index of an entry that `wanted` accepts, or None."""
        entries = self.entries()[:below]
        found = [i for i, entry in enumerate(entries) if wanted(entry)]
        return self.random.choice(found) if found else None


# ---- without a key: lines

@kind
def line_bit(case):
    at = case.index()
    lines = list(case.lines)
    line = bytearray(lines[at])
    line[case.random.randrange(len(line))] ^= 1 << case.random.randrange(8)
    lines[at] = bytes(line)
    return case.with_lines(lines)


@kind
def line_deleted(case):
    at = case.index()
    return case.with_lines(case.lines[:at] + case.lines[at + 1:])


@kind
def first_line_deleted(case):
    return case.with_lines(case.lines[1:])


@kind
def last_line_deleted(case):
    return case.with_lines(case.lines[:-1])


@kind
def tail_cut_off(case):
    return case.with_lines(case.lines[:case.index()])


@kind
def line_cut_short(case):
    return case.edit_line(lambda line: line[:case.random.randrange(len(line))])


@kind
def line_inserted(case):
    entry = V.parse_entry(case.lines[case.index()])
    lines = list(case.lines)
    lines.insert(entry["n"], spell({**entry, "account": "00000000000000aa"}))
    return case.with_lines(lines)


@kind
def line_appended(case):
    entry = V.parse_entry(case.lines[-1])
    forged = {"event": "log.heartbeat", "n": entry["n"] + 1, "run": entry["run"], "t": entry["t"]}
    return case.with_lines(case.lines + [spell(forged)])


@kind
def line_twice(case):
    at = case.index()
    return case.with_lines(case.lines[:at] + [case.lines[at]] + case.lines[at:])


@kind
def lines_swapped(case):
    at = case.index(len(case.lines) - 1)
    lines = list(case.lines)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return case.with_lines(lines)


@kind
def far_lines_swapped(case):
    a, b = case.random.sample(range(len(case.lines)), 2)
    lines = list(case.lines)
    lines[a], lines[b] = lines[b], lines[a]
    return case.with_lines(lines)


@kind
def line_replaced_by_another(case):
    a, b = case.random.sample(range(len(case.lines)), 2)
    lines = list(case.lines)
    lines[a] = lines[b]
    return case.with_lines(lines)


@kind
def lines_renumbered_after_deletion(case):
    at = case.index()
    entries = case.entries()
    del entries[at]
    for n, entry in enumerate(entries):
        entry["n"] = n
    return case.with_lines([spell(entry) for entry in entries])


@kind
def carriage_return(case):
    return case.edit_line(lambda line: line + b"\r")


@kind
def white_space(case):
    return case.edit_line(lambda line: line.replace(b":", b": ", 1))


@kind
def keys_in_another_order(case):
    def edit(line):
        entry = V.parse_entry(line)
        keys = sorted(entry, reverse=True)
        body = ",".join(f'"{key}":{V.write_value(entry[key])}' for key in keys)
        return ("{" + body + "}").encode()
    return case.edit_line(edit)


@kind
def unicode_escape(case):
    return case.edit_line(lambda line: line.replace(b"event", b"\\u0065vent", 1))


@kind
def unicode_look_alike(case):
    return case.edit_line(lambda line: line.replace(b"e", "\u0435".encode(), 1))


@kind
def invisible_character(case):
    return case.edit_line(lambda line: line.replace(b'"event":"', '"event":"\u200b'.encode(), 1))


@kind
def invalid_utf8(case):
    return case.edit_line(lambda line: line.replace(b"run", b"r\xffn", 1))


@kind
def key_twice(case):
    return case.edit_line(lambda line: line.replace(b'"n":', b'"n":0,"n":', 1))


@kind
def another_key(case):
    return case.edit_line(lambda line: line[:-1] + b',"zzz":1}')


@kind
def time_changed(case):
    return case.edit_line(lambda line: line.replace(b'"t":"2026', b'"t":"2027', 1))


@kind
def line_feed_missing(case):
    name = case.pick("log/")
    return case.change(name, case.files[name][:-1])


@kind
def line_feed_added(case):
    name = case.pick("log/")
    return case.change(name, case.files[name] + b"\n")


# ---- without a key: checkpoint, tree, proofs, manifest

@kind
def checkpoint_size(case):
    size = str(len(case.lines)).encode()
    new = str(len(case.lines) - 1).encode()
    return case.change("checkpoint", case.files["checkpoint"].replace(b"\n" + size, b"\n" + new, 1))


@kind
def checkpoint_root(case):
    lines = case.files["checkpoint"].split(b"\n")
    lines[2] = V.base64.b64encode(os.urandom(32))
    return case.change("checkpoint", b"\n".join(lines))


@kind
def checkpoint_bit(case):
    return case.flip("checkpoint")


@kind
def checkpoint_unsigned(case):
    note = case.files["checkpoint"]
    return case.change("checkpoint", note[:note.index(b"\n\n") + 2])


@kind
def checkpoint_of_strangers(case):
    note = case.files["checkpoint"]
    return case.change("checkpoint", note.replace(b"\xe2\x80\x94 log", b"\xe2\x80\x94 xlog"))


@kind
def checkpoint_replayed(case):
    return case.change("checkpoint", case.saved)


@kind
def rolled_back_to_a_true_checkpoint(case):
    files = {name: data for name, data in case.files.items() if not name.startswith("log/")}
    lines = case.lines[:case.saved_size]
    for first in range(0, len(lines), 4096):
        files[f"log/{first:016x}.jsonl"] = b"".join(x + b"\n" for x in lines[first:first + 4096])
    files["checkpoint"] = case.saved
    return pack(files)


@kind
def tile_bit(case):
    return case.flip(case.pick("tile/"))


@kind
def tile_missing(case):
    gone = case.pick("tile/")
    return pack({name: data for name, data in case.files.items() if name != gone})


@kind
def tile_added(case):
    return case.change("tile/0/x001/999", bytes(8192))


@kind
def proof_bit(case):
    return case.flip(case.pick("proof/"))


@kind
def earlier_bit(case):
    return case.flip(case.pick("earlier/"))


@kind
def earlier_missing(case):
    size = case.pick("earlier/").split("/")[1]
    gone = {f"earlier/{size}", f"proof/{size}.consistency"}
    return pack({name: data for name, data in case.files.items() if name not in gone})


@kind
def earlier_renamed(case):
    name = case.pick("earlier/")
    files = dict(case.files)
    files[f"earlier/{int(name[8:], 16) - 1:016x}"] = files.pop(name)
    return pack(files)


@kind
def manifest_bit(case):
    return case.flip("manifest.json")


@kind
def manifest_spaced(case):
    return case.change("manifest.json", case.files["manifest.json"].replace(b",", b", ", 1))


@kind
def manifest_made_to_fit(case):
    """A line is changed, and everything that needs no key follows."""
    lines = list(case.lines)
    at = case.find(lambda entry: "account" in entry)
    lines[at] = spell({**V.parse_entry(lines[at]), "account": "00000000000000aa"})
    files = V.read_tar(case.rebuild(lines))
    for name in ("checkpoint", "manifest.p7s"):
        files[name] = case.files[name]
    return pack(files)


@kind
def signature_bit(case):
    return case.flip("manifest.p7s")


@kind
def signature_longer(case):
    return case.change("manifest.p7s", case.files["manifest.p7s"] + b"\x00")


@kind
def certificate_bit(case):
    return case.flip("cert.pem")


@kind
def key_file_of_another(case):
    case.other_key()
    return case.change("log.vkey", (case.folder / "other.vkey").read_bytes())


@kind
def readme_changed(case):
    return case.change("README.txt", case.files["README.txt"] + b"x")


@kind
def any_bit(case):
    return case.flip(case.random.choice(sorted(case.files)))


@kind
def file_missing(case):
    gone = case.random.choice(sorted(case.files))
    return pack({name: data for name, data in case.files.items() if name != gone})


@kind
def file_added(case):
    return case.change("log/extra.jsonl", b"{}\n")


@kind
def file_empty(case):
    return case.change(case.random.choice(sorted(case.files)), b"")


# ---- without a key: the tar itself

@kind
def tar_trailing_bytes(case):
    return pack(case.files) + bytes(512) + b"x" * 512


@kind
def tar_cut_off(case):
    return pack(case.files)[:-512]


@kind
def tar_file_twice(case):
    return pack(case.files, [*case.files, case.pick("log/")])


@kind
def tar_hidden_in_padding(case):
    data = bytearray(pack(case.files))
    size = len(next(iter(case.files.values())))
    data[512 + size + (-size % 512) // 2] = 0x41
    return bytes(data)


@kind
def tar_link(case):
    data = bytearray(pack(case.files))
    data[156] = ord("2")
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\x00 " % sum(data[:512])
    return bytes(data)


@kind
def tar_path_upwards(case):
    return pack({**case.files, "../escape": b"x"})


@kind
def folder_with_link(case):
    folder = case.folder / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    name = case.random.choice(sorted(case.files))
    os.rename(folder / name, case.folder / "moved")
    os.symlink(case.folder / "moved", folder / name)
    return folder


# ---- with the key of another log

@kind
def signed_by_another_key(case):
    case.other_key()
    return case.rebuild(case.lines, "other.pem")


@kind
def signed_by_another_log(case):
    case.other_key(OTHER_ORIGIN)
    return case.rebuild(case.lines, "other.pem", OTHER_ORIGIN)


@kind
def checkpoint_by_another_key(case):
    case.other_key()
    files = V.read_tar(case.rebuild(case.lines, "other.pem"))
    return case.change("checkpoint", files["checkpoint"])


@kind
def manifest_by_another_key(case):
    case.other_key()
    files = V.read_tar(case.rebuild(case.lines, "other.pem"))
    foreign = {name: files[name] for name in ("manifest.p7s", "cert.pem")}
    return pack({**case.files, **foreign})


# ---- with the log's own key: a saved checkpoint tells

@kind
def own_key_fork(case):
    at = case.find(lambda entry: "account" in entry, case.saved_size)
    lines = list(case.lines)
    lines[at] = spell({**V.parse_entry(lines[at]), "account": "00000000000000aa"})
    return case.rebuild(lines)


@kind
def own_key_rollback(case):
    return case.rebuild(case.lines[:case.random.randrange(1, case.saved_size)])


@kind
def own_key_entry_hidden(case):
    at = case.find(lambda entry: entry["event"] == "session.opened", case.saved_size)
    entries = case.entries()
    del entries[at]
    for n, entry in enumerate(entries):
        entry["n"] = n
        if entry["event"] == "log.opened" and n:
            entry["count"] = n
        if entry.get("of", 0) > at:
            entry["of"] -= 1
        entry.pop("back", None)
        before = V.parse_time(entries[n - 1]["t"]) if n else 0
        if before > V.parse_time(entry["t"]):
            entry["back"] = before - V.parse_time(entry["t"])
    return case.rebuild([spell(entry) for entry in entries])


@kind
def own_key_reordered(case):
    at = case.index(case.saved_size - 1)
    lines = list(case.lines)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return case.rebuild(lines)


# ---- with the log's own key, after the last saved checkpoint: only the rules among entries tell

def own_key_edit(case, wanted, edit):
    entries = case.entries()
    at = case.find(lambda entry: entry["n"] >= case.saved_size and wanted(entry))
    if at is None:
        at = case.find(wanted)
    if at is None:
        return None  # a short log has no such entry
    edit(entries, at)
    return case.rebuild([spell(entry) for entry in entries])


@kind
def own_key_index_skipped(case):
    def edit(entries, at):
        for entry in entries[at:]:
            entry["n"] += 1
    return own_key_edit(case, lambda entry: entry["n"] > 0, edit)


@kind
def own_key_clock_back_unmarked(case):
    def edit(entries, at):
        entries[at]["t"] = "2020-01-01T00:00:00.000Z"
        entries[at].pop("back", None)
    return own_key_edit(case, lambda entry: entry["n"] > 0, edit)


@kind
def own_key_silence(case):
    def edit(entries, at):
        for entry in entries[at:]:
            entry["run"] += 65 * 60 * 1000 + 1
    return own_key_edit(case, lambda entry: entry["n"] > 0, edit)


@kind
def own_key_run_back(case):
    def edit(entries, at):
        entries[at]["run"] = entries[at - 1]["run"] - 1
    return own_key_edit(case, lambda entry: entry["n"] > 0 and entry["run"] > 4_000_000, edit)


@kind
def own_key_outcome_of_nothing(case):
    def edit(entries, at):
        entries[at]["of"] = at - 2
    return own_key_edit(case, lambda entry: entry.get("of", 0) > 2, edit)


@kind
def own_key_outcome_twice(case):
    def edit(entries, at):
        entries[at]["event"], entries[at]["of"] = "reveal.done", entries[at - 1]["of"]
    return own_key_edit(
        case, lambda entry: "of" not in entry and entry["n"] > 2
        and "of" in V.parse_entry(case.lines[entry["n"] - 1]), edit)


@kind
def own_key_reveal_without_grant(case):
    def edit(entries, at):
        del entries[at]["grant"]
    return own_key_edit(case, lambda entry: entry["event"] == "reveal.intent", edit)


@kind
def own_key_no_beginning(case):
    def edit(entries, at):
        del at
        entries[0] = {"event": "log.heartbeat", "n": 0, "run": entries[0]["run"],
                      "t": entries[0]["t"]}
    return own_key_edit(case, lambda entry: True, edit)


@kind
def own_key_restart_hidden(case):
    def edit(entries, at):
        entries[at] = {"event": "log.opened", "n": at, "count": at - 1, "t": entries[at]["t"],
                       "origin": "log.example.jp/kagikura", "run": entries[at]["run"]}
    return own_key_edit(case, lambda entry: entry["n"] > 1, edit)


@kind
def own_key_number_in_text(case):
    def edit(entries, at):
        entries[at]["login"] = "x" + case.random.choice(["123456789018", "１２３４５６７８９０１８"])
    return own_key_edit(case, lambda entry: entry["event"] == "session.opened", edit)


@kind
def own_key_line_not_canonical(case):
    lines = list(case.lines)
    at = case.index()
    lines[at] = lines[at].replace(b",", b", ", 1)
    return case.rebuild(lines)


@kind
def own_key_unknown_event(case):
    def edit(entries, at):
        entries[at]["event"] = "session.hidden"
    return own_key_edit(case, lambda entry: entry["event"] == "session.opened", edit)


# ---- the campaign

# Which finding must be among them, where another rule could hide that this one is not checked.
EXPECTED = {
    "own_key_fork": "saved.fork", "own_key_rollback": "saved.ahead",
    "own_key_entry_hidden": "saved.fork", "own_key_index_skipped": "entry.index",
    "own_key_clock_back_unmarked": "entry.time", "own_key_silence": "entry.silence",
    "own_key_run_back": "entry.run", "own_key_outcome_of_nothing": "entry.outcome",
    "own_key_outcome_twice": "entry.outcome", "own_key_reveal_without_grant": "entry.reveal",
    "own_key_no_beginning": "entry.first", "own_key_restart_hidden": "entry.opened",
    "own_key_number_in_text": "entry.form", "own_key_line_not_canonical": "entry.form",
    "own_key_unknown_event": "entry.form", "signed_by_another_key": "key.other",
    "manifest_by_another_key": "key.certificate", "signature_bit": "manifest.signature",
    "readme_changed": "manifest", "tile_bit": "tile", "proof_bit": "proof",
    "key_file_of_another": "key.other", "manifest_made_to_fit": "root",
}


def ours(case, path):
    """(exit status, finding codes) of kagikura verify."""
    done = subprocess.run(
        [case.tools / "kagikura", "verify", path, "--key", case.key_path, "--checkpoint",
         case.folder / "saved", "--format", "json"], capture_output=True, timeout=120, check=False)
    findings = json.loads(done.stdout)["findings"] if done.returncode != 1 else []
    return done.returncode, {finding["code"] for finding in findings}


def second(case, path):
    """The same of tests/verifier.py."""
    try:
        verifier = V.check(str(path), case.key_path.read_bytes(), [case.saved])
    except (V.Unchecked, OSError):
        return 1, set()
    return (2 if verifier.findings else 0), {code for code, _ in verifier.findings}


def try_kind(ctx, case, name, seen):
    made = KINDS[name](case)
    if made is None:
        return  # this log has nothing of the kind
    path = made
    if isinstance(made, bytes):
        path = case.folder / "tampered.tar"
        path.write_bytes(made)
        if made == pack(case.files):
            return  # this time nothing was changed
    (a, codes), (b, others) = ours(case, path), second(case, path)
    seen.setdefault(name, set()).update(codes)
    needed = {EXPECTED[name]} if name in EXPECTED else set()
    noticed = a == 2 and b == 2 and needed <= codes and needed <= others
    if not ctx.expect(noticed, name, f"exit {a} and {b}; {codes} {others}"):
        kept = ctx.artifacts / f"{name}-{ctx.count_failed}.tar"
        if isinstance(made, bytes):
            kept.write_bytes(made)


def run(ctx):
    tools = ctx.build_dir / "bin"
    folder = ctx.artifacts / "work"
    names = sorted(KINDS)
    tried, seen = 0, {}
    for point in range(ctx.points):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # Now and then more than one file of lines, and more than one level of tiles.
        large = point % 20 == 7
        count = ctx.random.randrange(4097, 5000) if large else ctx.random.randrange(120, 700)
        seed = ctx.random.getrandbits(32)
        subprocess.run([tools / "make_log", "honest", folder, str(count), str(seed)], check=True,
                       timeout=120)
        case = Case(ctx, folder, tools)
        a, b = ours(case, folder / "export.tar"), second(case, folder / "export.tar")
        fine = a == (0, set()) and b == (0, set())
        ctx.expect(fine, "honest", f"{count} entries, seed {seed}: {a} {b}")
        for _ in range(KINDS_A_POINT):
            try_kind(ctx, case, names[tried % len(names)], seen)
            tried += 1
    shutil.rmtree(folder, ignore_errors=True)
    ctx.note("kinds", len(names))
    ctx.note("kinds tried", len(seen))
    ctx.note("finding codes seen", len(set().union(*seen.values())))
    if tried >= len(names):
        ctx.expect(set(seen) == set(names), "every kind changed something",
                   sorted(set(names) - set(seen)))
