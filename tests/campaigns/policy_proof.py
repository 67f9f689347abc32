"""Policy alone: every cell of decide() against the requirements, MC/DC coverage, and mutants.

Cells are compared with tests/campaigns/access_expected.py, which is written by hand; unit tests and
cells together must cover every condition of policy/*.cpp (clang's MC/DC) and notice at least nine
in ten of the mutants: sources with one operator, constant, role or table entry changed. A point is
ten mutants, drawn by the seed; 0 means all of them.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from access_expected import (ALWAYS, API_OPEN, API_RIGHTS, BEFORE_CERTIFICATE,  # noqa: E402
                             CONSOLE, DELEGABLE, DESIGNATED, EXPECTED, IN_HOURS, OF_BOX,
                             OF_NUMBERS, OF_PEOPLE, PURPOSE_FOR, REPAIR, ROLES, STEP_UP_FOR,
                             STEP_UP_FOR_PASSKEYS, SURE)

CI_POINTS = None
CI_SECONDS = 3000
ROOT = pathlib.Path(__file__).resolve().parents[2]
ZONES = {"d": "handling", "c": "collection", "r": "control"}
RIGHT_WORDS = {"kReadPeople": 0, "kImportRoster": 1, "kRequestNumbers": 2, "kReadRequests": 3,
               "kReadLogHead": 4}
LOCAL = {"O": "operator", "U": "unlocker", "W": "watcher", "M": "monitor",
         "P": "mailer"}
STATES = {"U": "unprovisioned", "L": "locked", "O": "operational", "S": "sealed", "F": "failed"}
# An act that is itself the approval of what somebody else has asked for.
OTHERS_FOR = {"ApproveSubmission", "ApproveDisposal", "RescueAccount"}
FLAGS = ["-std=c++2b", "-O0", "-D_GLIBCXX_ASSERTIONS", "-DBOOST_TEST_DYN_LINK", f"-I{ROOT}"]
# What a mutant changes: (pattern, replacements); each match gives one mutant a replacement.
CHANGES = (
    (r" == ", (" != ",)), (r" != ", (" == ",)), (r" && ", (" || ",)), (r" \|\| ", (" && ",)),
    (r" < ", (" <= ", " >= ")), (r" >= ", (" > ", " < ")), (r" > ", (" >= ",)),
    (r"if \(!", ("if (",)), (r"\(!", ("(",)), (r"return false;", ("return true;",)),
    (r"return true;", ("return false;",)), (r"\b0, (false|true), ", ("1, \\1, ",)),
    (r"\b1, (false|true), ", ("0, \\1, ",)), (r", 0, true, ", (", 0, false, ",)),
    (r"\bkAnyTime\b(?!;)", ("kInHours",)), (r"\bkInHours\b(?!;)", ("kAnyTime",)),
    (r"\bkRunning,", ("kAlways,",)), (r"\bkDesk,", ("kDeskOrPortal,",)),
    (r"\bkStaff, ", ("kOffice, ",)), (r"\bkHandler, ", ("kOffice, ", "kResponsible, ")),
    (r"\bkResponsible, ", ("kOffice, ",)), (r"\bkReaders, ", ("kStaff, ", "kOffice, ")),
    (r"\bkRights, ", ("kGuards, ",)), (r"\bkGuards, ", ("kRights, ", "kStaff, ")),
    (r"StepUpAct::kExecuteProposal, ", ("kNoStepUp, ",)),
    (r"StepUpAct::kApproveProposal, ", ("kNoStepUp, ",)),
    (r"StepUpAct::kReveal, ", ("kNoStepUp, ",)),
    (r"\bkSession, ", ("kOpen, ",)),
    (r"ApiRight::kReadPeople\}", ("ApiRight::kReadRequests}",)),
    (r"ApiRight::kImportRoster\}", ("ApiRight::kRequestNumbers}",)),
    (r"^(  +)Apart\{.*\},$", ("\\1Apart{},",)),
    (r"\.clear\(\);", (".size();",)),
    (r", kBox\}", ("}",)),
)


def actions():
    """Message -> action's word, as daemon/actions.h and policy/model.cpp say."""
    words = dict(re.findall(r"\{Action::(k\w+), \"(\w+)\"\}",
                            (ROOT / "policy/model.cpp").read_text()))
    pairs = re.findall(r"KAGIKURA_ACTION\((\w+), (k\w+)\)", (ROOT / "daemon/actions.h").read_text())
    return {message: words[action] for message, action in pairs}


def role_names():
    names = dict(re.findall(r"case Role::(k\w+): return \"(\w+)\";",
                            (ROOT / "base/terms.cpp").read_text()))
    return {letter: names[role] for letter, role in ROLES.items()}


class Requirements:
    """The hand-written table, asked cell by cell."""

    def __init__(self):
        self.roles = role_names()
        self.rows = {}
        for message, action in actions().items():
            if message in EXPECTED:
                who, where, how = EXPECTED[message]
                states = None if message in ALWAYS else {"operational"}
            elif message in CONSOLE:
                who, letters = CONSOLE[message]
                where, how = "r", "o"
                states = {STATES[letter] for letter in letters}
            else:  # the acceptor's
                who, where, how, states = "*", "dc", "-", None
            self.rows[action] = (message, who, where, how, states)

    def is_one(self, message, who, role, stands_in):
        named = [self.roles[w] for w in who]
        return role in named or (message in DELEGABLE and stands_in in named)

    def of_system(self, message, role, state, certificate, rights):
        """In the zone of other systems nobody is but they."""
        if message in API_OPEN or message == "Admit":
            always = message in ALWAYS or message == "Admit"
            return "allow" if always or state == "operational" else "deny"
        if message not in API_RIGHTS or state != "operational" or certificate != "valid":
            return "deny"
        right = API_RIGHTS[message]
        given = right is None or rights >> RIGHT_WORDS[right] & 1
        return "allow" if role == "api_client" and given else "deny"

    def verdict(self, action, role, stands_in, zone, state, session, assurance, link, opened,
                runs_box, wants, designated, in_scope, step_up, notified, others, certificate,
                rights):
        message, who, where, how, states = self.rows[action]
        if zone == "api":
            return self.of_system(message, role, state, certificate, rights)
        if zone not in [ZONES[letter] for letter in where]:
            return "deny"
        if states is not None and state not in states:
            return "deny"
        if wants and certificate != "valid" and message not in BEFORE_CERTIFICATE:
            return "deny"
        if how == "l" and link != "valid":
            return "deny"
        if how == "o" and role not in [LOCAL[w] for w in who]:
            return "deny"
        if how in "sc" and (session != "fresh" or not self.is_one(message, who, role, stands_in)):
            return "deny"
        if message in OF_BOX and not runs_box:
            return "deny"
        if how in "sc" and assurance == "none":  # nobody was there when the session began
            return "deny"
        if message in REPAIR and assurance == "mail":
            return "deny"
        if message in SURE and assurance not in ("code", "passkey"):
            return "deny"
        if message in IN_HOURS and not opened:
            return "deny"
        if message in OF_PEOPLE and role in [self.roles[w] for w in DESIGNATED]:
            if designated != "now" or (message in OF_NUMBERS and not in_scope):
                return "deny"
        if message in PURPOSE_FOR and not notified:
            return "purpose"
        if message in OTHERS_FOR and others != 1:
            return "deny" if others < 0 else "approval"
        if message in {**STEP_UP_FOR, **STEP_UP_FOR_PASSKEYS} and step_up != "valid":
            return "step_up"
        return "allow"


def wrong_cells(program, requirements):
    """(cells, the first that are not as required)."""
    wrong, count = [], 0
    with subprocess.Popen([program], stdout=subprocess.PIPE, text=True) as said:
        for line in said.stdout:
            (action, role, stands_in, zone, state, session, assurance, link, opened, runs_box,
             wants, designated, in_scope, step_up, notified, others, certificate, rights, verdict,
             reason) = line.split()
            count += 1
            wanted = requirements.verdict(action, role, stands_in, zone, state, session, assurance,
                                          link, opened == "1", runs_box == "1", wants == "1",
                                          designated, in_scope == "1", step_up, notified == "1",
                                          int(others), certificate, int(rights))
            if verdict != wanted or (verdict == "allow") != (reason == "none"):
                wrong.append(f"{line.strip()}, expected {wanted}")
                if len(wrong) > 20:
                    said.kill()
                    break
    if not wrong and said.returncode:
        wrong.append(f"the cells ended with {said.returncode}")
    return count, wrong


class Bench:
    """Builds policy's unit tests and cells out of a folder of its own, object by object."""

    def __init__(self, folder, build_dir):
        self.folder = folder
        self.base = build_dir / "lib/libkagikura_base.a"
        self.units = [self.compile(path, f"test_{path.stem}") for path in
                      [*sorted((ROOT / "tests/unit/policy").glob("*.cpp")),
                       ROOT / "tests/unit/main.cpp"]]
        self.cells = self.compile(ROOT / "tests/drivers/policy_cells.cpp", "cells")
        self.policy = {path.name: self.compile(path, path.stem)
                       for path in sorted((ROOT / "policy").glob("*.cpp"))}

    def compile(self, source, name, *flags):
        out = self.folder / f"{name}.o"
        done = subprocess.run(["clang++-19", *FLAGS, *flags, "-c", source, "-o", out], check=False,
                              capture_output=True, text=True)
        if done.returncode:
            raise ValueError(done.stderr[-600:])
        return out

    def link(self, objects, units=(), extra=()):
        out = self.folder / ("units" if units else "cells_program")
        own = [*self.units, "-lboost_unit_test_framework"] if units else [self.cells]
        subprocess.run(["clang++-19", *extra, *objects, *own, self.base, "-lseccomp", "-o", out],
                       check=True, capture_output=True)
        return out


def check_coverage(ctx, bench):
    flags = ["-fprofile-instr-generate", "-fcoverage-mapping", "-fcoverage-mcdc"]
    objects = [bench.compile(path, f"covered_{path.stem}", *flags)
               for path in sorted((ROOT / "policy").glob("*.cpp"))]
    units = bench.link(objects, units=True, extra=flags[:1])
    subprocess.run([units], check=True, capture_output=True,
                   env={"LLVM_PROFILE_FILE": str(bench.folder / "raw"), "PATH": "/usr/bin:/bin"})
    profile = bench.folder / "profile"
    subprocess.run(["llvm-profdata-19", "merge", "-o", profile, bench.folder / "raw"], check=True)
    told = subprocess.run(["llvm-cov-19", "export", "-summary-only", "-instr-profile", profile,
                           units], check=True, capture_output=True, text=True).stdout
    for file in json.loads(told)["data"][0]["files"]:
        path = pathlib.Path(file["filename"])
        if path.parent != ROOT / "policy" or path.suffix != ".cpp":
            continue
        mcdc = file["summary"].get("mcdc", {"count": 0, "covered": 0})
        ctx.expect(mcdc["covered"] == mcdc["count"], f"mcdc/{path.name}",
                   f"{mcdc['covered']} of {mcdc['count']} conditions")
        ctx.note(f"mcdc_{path.name}", f"{mcdc['covered']}/{mcdc['count']}")


def mutants():
    """(file, line number, text of the whole file with one change, what was changed)."""
    for path in sorted((ROOT / "policy").glob("*.cpp")):
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        for number, line in enumerate(lines):
            if line.lstrip().startswith("//") or "constexpr bool every_" in line:
                continue
            for pattern, replacements in CHANGES:
                for match in re.finditer(pattern, line.rstrip("\n")):
                    for replacement in replacements:
                        new = line[:match.start()] + match.expand(replacement) + line[match.end():]
                        yield (path, number + 1,
                               "".join([*lines[:number], new, *lines[number + 1:]]),
                               new.strip())


def is_noticed(bench, requirements, path, text):
    source = bench.folder / path.name
    source.write_text(text)
    try:
        mutant = bench.compile(source, "mutant")
    except ValueError:
        return True  # a static_assert, or nonsense
    objects = [mutant if name == path.name else made for name, made in bench.policy.items()]
    try:
        subprocess.run([bench.link(objects, units=True)], check=True, capture_output=True,
                       timeout=60)
        return bool(wrong_cells(bench.link(objects), requirements)[1])
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return True


def run(ctx):
    requirements = Requirements()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-policy-"))
    try:
        bench = Bench(folder, ctx.build_dir)
        count, wrong = wrong_cells(bench.link(bench.policy.values()), requirements)
        ctx.expect(count >= 10_000 and not wrong, "cells", wrong[:5])
        ctx.note("cells", count)
        subprocess.run([bench.link(bench.policy.values(), units=True)], check=True,
                       capture_output=True)
        check_coverage(ctx, bench)
        every = list(mutants())
        drawn = every if not ctx.points else ctx.random.sample(every,
                                                               min(len(every), ctx.points * 10))
        missed = [f"{path.name}:{line}: {new}" for path, line, text, new in drawn
                  if not is_noticed(bench, requirements, path, text)]
        for one in missed:
            print("     not noticed:", one)
        ctx.note("mutants", f"{len(drawn) - len(missed)} of {len(drawn)} noticed, of {len(every)}")
        ctx.expect(len(missed) <= len(drawn) // 10, "mutants", missed[:10])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
