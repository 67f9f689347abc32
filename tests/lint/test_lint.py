"""lint proves itself: every rule finds what is planted here and leaves the honest twin alone."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import lint  # noqa: E402  pylint: disable=wrong-import-position
import rules  # noqa: E402  pylint: disable=wrong-import-position

# rule, path, planted text, honest text
PLANTED = [
    ("include", "base/a.cpp", '#include "ipc/codec.h"\n', '#include "base/text.h"\n'),
    ("include", "policy/a.cpp", '#include "ipc/codec.h"\n', '#include "base/text.h"\n'),
    ("include", "web/a.cpp", '#include "daemon/a.h"\n', '#include "ipc/a.h"\n'),
    ("include", "web/a.cpp", '#include "audit/log.h"\n', '#include "config/a.h"\n'),
    ("include", "hsm/a.cpp", '#include "audit/log.h"\n', '#include "hsm/b.h"\n'),
    ("include", "daemon/a.cpp", '#include "audit/process/budget.h"\n', '#include "audit/log.h"\n'),
    ("include", "audit/log.cpp", '#include "ipc/codec.h"\n', '#include "audit/verify.h"\n'),
    ("include", "audit/log.cpp", '#include "audit/process/budget.h"\n', '#include "base/fd.h"\n'),
    ("include", "audit/process/a.cpp", '#include "hsm/a.h"\n', '#include "ipc/codec.h"\n'),
    ("include", "daemon/a.cpp", '#include "b.h"\n', '#include "daemon/b.h"\n'),
    ("include", "daemon/a.cpp", '#include "tests/paths.h"\n', "// #include \"web/a.h\"\n"),
    ("one-place", "daemon/a.cpp", "#include <lmdb.h>\n", "#include <vector>\n"),
    ("one-place", "audit/a.cpp", "#include <p11-kit/pkcs11.h>\n", "int n = 0;\n"),
    ("one-place", "daemon/a.cpp", "#include <microhttpd.h>\n", "int n = 0;\n"),
    ("one-place", "web/a.cpp", "#include <seccomp.h>\n", "#include <gnutls/gnutls.h>\n"),
    ("one-place", "cli/a.cpp", "#include <toml++/toml.h>\n", "#include <CLI/CLI.hpp>\n"),
    ("banned:string", "web/a.cpp", "strcpy(a, b);\n", "// strcpy(a, b)\n"),
    ("banned:string", "web/a.cpp", "std::sprintf(a, b);\n", "std::snprintf(a, n, b);\n"),
    ("banned:number", "web/a.cpp", "n = atoi(text);\n", 'log("atoi(x)");\n'),
    ("banned:shell", "web/a.cpp", "std::system(line);\n", "operating_system(line);\n"),
    ("banned:random", "web/a.cpp", "n = rand();\n", "Result<> random(Span out);\n"),
    ("banned:random", "web/a.cpp", "std::mt19937 engine(1);\n", "int engine = 1;\n"),
    ("banned:owning", "web/a.cpp", "auto* p = new Thing();\n", "Thing(Thing&&) = delete;\n"),
    ("banned:owning", "web/a.cpp", "delete thing;\n", "// a new thing\n"),
    ("banned:environment", "web/a.cpp", 'std::getenv("PIN");\n', "environment();\n"),
    ("banned:temporary", "web/a.cpp", "mkstemp(name);\n", "make(name);\n"),
    ("banned:exception", "web/a.cpp", "throw Bad();\n", "TRY(bad());\n"),
    ("banned:stream", "web/a.cpp", "#include <iostream>\n", "#include <cstdio>\n"),
    ("todo", "web/a.cpp", "// TODO(now): count\n", "// TODO(someday): count\n"),
    ("todo", "docs/a.md", "FIXME\n", "fixed\n"),
    ("todo", "web/a.cpp", "// XXX\n", '"name-XXXXXX"\n'),
    ("secret-access", "web/a.cpp", '#include "base/secret_access.h"\n',
     '#include "base/secret.h"\n'),
    ("header", "web/a.h", "#pragma once\n", "// What it is.\n#pragma once\n"),
    ("header", "web/a.h", "// What it is.\n", "// What it is.\n#pragma once\n"),
    ("length", "web/a.cpp", "int n;\n" * 501, "int n;\n" * 500),
    ("length", "web/a.cpp", "void f() {\n" + "  g();\n" * 59 + "}\n",
     "void f() {\n" + "  g();\n" * 58 + "}\n"),
    ("length", "web/a.cpp", "int A::f(int n) const {\n" + "  g();\n" * 59 + "}\n",
     "namespace web {\n" + "int n;\n" * 80 + "}\n"),
    ("length", "web/a.cpp", "A::A(int n)\n    : n_(n) {\n" + "  g();\n" * 60 + "}\n",
     "class A {\n A(int n)\n      : n_(n) {\n    g();\n  }\n" + "int n;\n" * 80 + "};\n"),
    ("text", "web/a.cpp", "int n; \n", "int n;\n"),
    ("text", "web/a.cpp", "\tint n;\n", "  int n;\n"),
    ("text", "web/a.cpp", "// " + "x" * 98 + "\n", "// " + "x" * 97 + "\n"),
    ("text", "docs/a.md", "a \u202e b\n", "a b\n"),
    ("words", "docs/a.md", "see /home/" + "somebody/x\n", "see docs/x\n"),
]


def violations(path, text, **more):
    tree = {path: text, "tests/lint/words.txt": "/home/[a-z]+  # a path\n", **more}
    return {(rule, where) for where, _, rule, _ in lint.check(tree)}


class Planted(unittest.TestCase):
    def test_every_planted_violation_is_found(self):
        for rule, path, bad, _ in PLANTED:
            with self.subTest(rule=rule, text=bad[:40]):
                self.assertIn((rule, path), violations(path, bad))

    def test_the_honest_twin_is_left_alone(self):
        for rule, path, _, good in PLANTED:
            with self.subTest(rule=rule, text=good[:40]):
                self.assertNotIn((rule, path), violations(path, good))

    def test_every_rule_has_a_planted_violation(self):
        self.assertEqual({rule.split(":")[0] for rule, *_ in PLANTED}, set(rules.RULES))

    def test_own_header_comes_first(self):
        header = {"web/a.h": "// What it is.\n#pragma once\n"}
        late = '#include <vector>\n#include "web/a.h"\n'
        first = '#include "web/a.h"\n#include <vector>\n'
        self.assertIn(("header", "web/a.cpp"), violations("web/a.cpp", late, **header))
        self.assertEqual(violations("web/a.cpp", first, **header), set())


class Lists(unittest.TestCase):
    def test_an_exception_needs_a_reason(self):
        bad = "auto* p = new Thing();\n"
        with_reason = {"tests/lint/allow.txt": "banned:owning web/a.cpp  # why\n"}
        without = {"tests/lint/allow.txt": "banned:owning web/a.cpp\n"}
        self.assertEqual(violations("web/a.cpp", bad, **with_reason), set())
        self.assertIn(("banned:owning", "web/a.cpp"), violations("web/a.cpp", bad, **without))

    def test_an_exception_that_nothing_needs_is_named(self):
        stale = {"tests/lint/allow.txt": "banned:owning web/a.cpp  # why\n"}
        self.assertIn(("stale", "tests/lint/allow.txt"),
                      violations("web/a.cpp", "int n;\n", **stale))

    def test_a_listed_file_may_read_secrets_when_the_reason_is_there(self):
        code = '#include "base/secret_access.h"\n'
        listed = {"tests/lint/secret_access.txt": "hsm/a.cpp  # seals\n"}
        bare = {"tests/lint/secret_access.txt": "hsm/a.cpp\n"}
        self.assertEqual(violations("hsm/a.cpp", code, **listed), set())
        self.assertIn(("secret-access", "hsm/a.cpp"), violations("hsm/a.cpp", code, **bare))

    def test_a_listed_file_that_reads_none_is_named(self):
        listed = {"tests/lint/secret_access.txt": "hsm/a.cpp  # seals\n"}
        self.assertIn(("stale", "tests/lint/secret_access.txt"),
                      violations("hsm/a.cpp", "int n;\n", **listed))


if __name__ == "__main__":
    unittest.main()
