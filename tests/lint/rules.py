"""What lint knows: tables first, then one function for each rule.

A rule is a function of a File that yields (line number, text). tests/lint/allow.txt holds the
exceptions, each with its reason; tests/lint/test_lint.py plants a violation of every rule.
"""

import dataclasses
import re

# Folder -> folders that it may include besides itself; all else is a mistake. What lies directly in
# audit/ is a library, which may include base only; audit/process/ is the program.
MAY_INCLUDE = {
    "base": set(),
    "ipc": {"base"},
    "policy": {"base"},
    "config": {"base"},
    "audit": {"base", "ipc", "config"},
    "hsm": {"base", "ipc", "config"},
    "daemon": {"base", "ipc", "policy", "audit", "config"},
    "web": {"base", "ipc", "config"},
    "console": {"base", "ipc", "audit", "config"},
    "tamper": {"base", "ipc", "config"},
    "monitor": {"base", "ipc", "config"},
    "site": {"base", "ipc", "config"},
    "workers": {"base", "ipc", "config"},
    "cli": {"base", "ipc", "audit", "config"},
    "update": {"base"},
}
PRODUCT = set(MAY_INCLUDE)

# Header -> the one place where it is included: who asks what touches the HSM looks there.
ONE_PLACE = {
    r"lmdb\.h": ("daemon/store/",),
    r"(p11-kit/)?pkcs11[a-z0-9_]*\.h": ("hsm/",),
    r"p11-kit/.*": ("hsm/",),
    r"microhttpd\.h": ("web/",),
    r"gnutls/.*": ("web/",),
    r"curl/.*": ("workers/mail/",),
    r"seccomp\.h": ("base/",),
    r"linux/landlock\.h": ("base/",),
    r"toml\+\+/.*": ("config/",),
    r"toml\.hpp": ("config/",),
    r"argon2\.h": ("daemon/",),
    r"nlohmann/.*": ("web/",),
    r"qrencode\.h": ("web/", "daemon/"),
    r"CLI/.*": ("cli/",),
    r"sys/epoll\.h": ("base/",),
}

# What no file of the product calls, and what to use instead.
BANNED = {
    "string": (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|strncpy|strncat)\s*\(",
               "unbounded or surprising; use std::string, std::span or snprintf"),
    "number": (r"\b(atoi|atol|atof|strtol|strtoul|stoi|stol|stoul|stoull|sscanf|scanf)\s*\(",
               "cannot report errors well; use std::from_chars"),
    "shell": (r"\b(system|popen|wordexp)\s*\(", "no shell, ever"),
    "random": (r"\b(rand|srand|drand48|lrand48)\s*\(|(?<!\w)::random\s*\("
               r"|\b(mt19937\w*|default_random_engine|random_device)\b",
               "predictable; ask the kernel (getrandom) or the HSM"),
    "owning": (r"(?<!operator )\b(new\b(?!\s*[,.;)])|delete\b(?!\s*[;,)]))(?=\s*[\[\w:(])",
               "use std::make_unique"),
    "environment": (r"\b(getenv|secure_getenv|setenv|putenv)\s*\(",
                    "configuration comes from its file, secrets from credentials"),
    "temporary": (r"\b(tmpnam|tempnam|mktemp|mkstemp|tmpfile)\s*\(", "use sealed_memfd"),
    "lifetime": (r"\b(const_cast|setjmp|longjmp|alloca)\b", "hides what a type says"),
    "exception": (r"\b(throw|try|catch)\b(?=\s*[({\w])", "return Result"),
    "stream": (r"#\s*include\s*<(iostream|fstream|sstream|iomanip)>", "use base/log.h, base/fd.h"),
}
# The command line program talks through an argument parser that throws.
BANNED_EXCEPT = {"exception": ("cli/",), "stream": ("cli/",)}

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
MAX_COLUMNS = 100


@dataclasses.dataclass(frozen=True)
class File:
    path: str   # from the root, with /
    text: str

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def folder(self):
        return self.path.split("/")[0]

    @property
    def is_product(self):
        return self.folder in PRODUCT and self.is_cpp

    @property
    def is_cpp(self):
        return self.path.endswith((".cpp", ".h"))


def without_comments_and_strings(text):
    """The same lines with comments and literals blanked, so that words in them are not code."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
                         r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.S)

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    # An include names a file, not a string.
    kept = []
    for line in text.split("\n"):
        kept.append(line.replace('"', "\x01") if line.lstrip().startswith("#include") else line)
    return pattern.sub(blank, "\n".join(kept)).replace("\x01", '"')


def includes(file):
    for number, line in enumerate(without_comments_and_strings(file.text).splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(1), match.group(2)


AUDIT_PROCESS = "audit/process/"


def include_edges(file, _tree):
    """The audit library is what lies directly in audit/; audit/process/ is the program."""
    if not file.is_product:
        return
    process = file.path.startswith(AUDIT_PROCESS)
    for number, kind, name in includes(file):
        target = name.split("/")[0]
        if kind != '"':
            continue
        if "/" not in name:
            yield number, f'"{name}": include by the path from the root'
        elif target == "tests":
            yield number, "the product does not include tests"
        elif target not in PRODUCT:
            continue
        elif name.startswith(AUDIT_PROCESS) and not process:
            yield number, f"{name} belongs to the audit process"
        elif file.folder == "audit" and not process and target not in ("audit", "base"):
            yield number, f"the audit library may include base only, not {name}"
        elif target != file.folder and target not in MAY_INCLUDE[file.folder]:
            yield number, f"{file.folder} may not include {target} ({name})"


def one_place(file, _tree):
    if not file.is_product:
        return
    for number, _, name in includes(file):
        for pattern, places in ONE_PLACE.items():
            if re.fullmatch(pattern, name) and not file.path.startswith(places):
                yield number, f"{name} is included only in {' '.join(places)}"


def banned(file, _tree):
    if not file.is_product:
        return
    code = without_comments_and_strings(file.text)
    for name, (pattern, instead) in BANNED.items():
        if file.path.startswith(BANNED_EXCEPT.get(name, ("\0",))):
            continue
        for number, line in enumerate(code.splitlines(), 1):
            if match := re.search(pattern, line):
                yield number, f"{name}: {match.group(0).strip()}: {instead}"


def todo(file, _tree):
    if file.path.startswith("tests/lint/"):
        return
    gate = re.compile(r"\b(TODO\((?!perf\)|someday\))|TODO(?!\()|FIXME|XXX\b)")
    for number, line in enumerate(file.lines, 1):
        if match := gate.search(line):
            yield number, f"{match.group(0)} blocks a release; finish it or file it"


def secret_access(file, tree):
    if not file.is_product:
        return
    listed = {}
    for line in tree.get("tests/lint/secret_access.txt", "").splitlines():
        path, _, reason = line.partition("#")
        if path.strip():
            listed[path.strip()] = reason.strip()
    for number, _, name in includes(file):
        if name == "base/secret_access.h" and not listed.get(file.path):
            yield number, "handles secret bytes: list it in tests/lint/secret_access.txt, with why"


def header_form(file, _tree):
    if not file.is_product:
        return
    if file.path.endswith(".h"):
        if not file.text.startswith("// "):
            yield 1, "a header opens with what it is, who may use it and what it never does"
        if "#pragma once" not in file.text:
            yield 1, "a header has #pragma once"
    else:
        own = file.path[:-4] + ".h"
        first = next((name for _, _, name in includes(file)), None)
        if own in _tree and first != own:
            yield 1, f'includes "{own}" first'


def lengths(file, _tree):
    sources = (".cpp", ".h", ".py", ".js", ".css")
    if file.path.startswith("tests/") or not file.path.endswith(sources):
        return
    if len(file.lines) > MAX_FILE_LINES:
        yield MAX_FILE_LINES, f"{len(file.lines)} lines; at most {MAX_FILE_LINES}"
    if not file.is_cpp:
        return
    lines = without_comments_and_strings(file.text).splitlines()
    for number, count in functions(without_comments_and_strings(file.text).splitlines()):
        if count > MAX_FUNCTION_LINES:
            yield number, f"function of {count} lines; at most {MAX_FUNCTION_LINES}"


def functions(lines):
    """(first line, count) of the outermost blocks that follow a parameter list. Relies on the form
    that clang-format gives: a body is indented by two more than the brace that closes it."""
    opener, closing = None, ""
    for number, line in enumerate(lines, 1):
        if opener and closing and line.startswith(closing):
            yield opener, number - opener + 1
            opener = None
        elif opener and not closing and line.strip():
            closing = line[:len(line) - len(line.lstrip()) - 2] + "}"
            if line.lstrip().startswith("}"):
                opener = None
        elif not opener and re.search(r"\)[\w\s:<>*&-]*\{$|[})]\s*\{$", line) and not re.match(
                r"\s*(class|struct|enum|namespace|union)\b", line):
            opener, closing = number, ""


def text_form(file, _tree):
    table = False
    for number, line in enumerate(file.lines, 1):
        if "clang-format off" in line or "clang-format on" in line:
            table = "clang-format off" in line
        if line != line.rstrip() and not file.path.endswith((".md", ".csv", ".txt")):
            yield number, "blanks at the end of the line"
        if "\t" in line and file.path.endswith((".cpp", ".h", ".py", ".cmake", ".js", ".css")):
            yield number, "a tab"
        if len(line) > MAX_COLUMNS and not table and file.path.endswith((".cpp", ".h", ".py")):
            yield number, f"{len(line)} columns; at most {MAX_COLUMNS}"
        if re.search("[\u202a-\u202e\u2066-\u2069]", line):
            yield number, "a bidirectional control character"


def words(file, tree):
    if file.path == "tests/lint/words.txt":
        return
    for entry in tree.get("tests/lint/words.txt", "").splitlines():
        pattern, _, reason = entry.partition("  #")
        if not pattern.strip():
            continue
        for number, line in enumerate(file.lines, 1):
            if re.search(pattern.strip(), line):
                yield number, f"{pattern.strip()}: {reason.strip()}"


RULES = {
    "include": include_edges,
    "one-place": one_place,
    "banned": banned,
    "todo": todo,
    "secret-access": secret_access,
    "header": header_form,
    "length": lengths,
    "text": text_form,
    "words": words,
}
