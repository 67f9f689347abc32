#!/usr/bin/env python3
"""Compares the roster reader with Python's csv module: test_roster.py DUMP_ROSTER [--seed S].

Random tables written in random dialects must split into the same cells, and synthetic rosters in
three encodings must give the same people, with kana folded as Unicode's NFKC folds it.
"""

import argparse
import csv
import io
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import make_roster  # noqa: E402  pylint: disable=wrong-import-position

ERA = {"R": 2019, "H": 1989, "S": 1926, "令和": 2019, "平成": 1989, "昭和": 1926}


def dump(program, mode, data):
    """(exit code, rows of cells) of what the reader makes of `data`."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        run = subprocess.run([program, mode, file.name], capture_output=True, check=False,
                             text=True)
    rows = []
    for line in run.stdout.splitlines():
        cells = line.split(",")
        rows.append([bytes.fromhex(cell).decode() for cell in cells[:-1]] + cells[-1:])
    return run.returncode, rows


def random_table(rng):
    """Bytes of a table in some dialect that RFC 4180 allows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=rng.choice(["\n", "\r\n"]),
                        quoting=rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    for _ in range(rng.randrange(1, 12)):
        writer.writerow(["".join(rng.choice(["a", ",", '"', "\n", "\r\n", "値", " ", "é", "𠮷"])
                                 for _ in range(rng.randrange(6)))
                         for _ in range(rng.randrange(1, 6))])
    data = text.getvalue()
    return data.rstrip("\r\n") if rng.random() < 0.2 else data


def iso(text):
    """The date of one of make_roster's forms."""
    match = re.fullmatch(r"(?:([RHS]|令和|平成|昭和))?(\d+|元)[-/.年](\d+)[-/.月](\d+)日?", text)
    if not match:
        return ""
    year = 1 if match[2] == "元" else int(match[2])
    year += ERA[match[1]] - 1 if match[1] else 0
    return f"{year:04}-{int(match[3]):02}-{int(match[4]):02}"


def katakana(text):
    folded = unicodedata.normalize("NFKC", text)
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in folded)


def expected_people(data, encoding):
    rows = csv.reader(io.StringIO(data.decode(encoding), newline=""), strict=True)
    next(rows)
    people = []
    for number, name, kana, _, group, birth, relation, head, _ in rows:
        people.append([number, name, katakana(kana), group, relation, head, iso(birth), ""])
    return people


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--points", type=int, default=300)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    passed = failed = 0

    def check(same, what):
        nonlocal passed, failed
        passed += same
        failed += not same
        if not same:
            print("differs:", what)

    for i in range(arguments.points):
        table = random_table(rng)
        rows = [row + [""] for row in csv.reader(io.StringIO(table, newline=""), strict=True)]
        check(dump(arguments.program, "csv", table.encode()) == (0, rows), f"table {i}: {table!r}")
    for encoding in ("cp932", "utf-8", "utf-8-sig"):
        for seed in range(5):
            data = make_roster.roster(400, encoding, arguments.seed * 100 + seed)
            code, people = dump(arguments.program, "roster", data)
            check(code == 0, f"{encoding} {seed}: problems")
            check(people == expected_people(data, encoding), f"{encoding} {seed}: people")
    # A planted fault must be seen: one changed letter.
    data = make_roster.roster(5, "utf-8", 1).replace("見本".encode(), "見木".encode(), 1)
    honest = expected_people(make_roster.roster(5, "utf-8", 1), "utf-8")
    check(dump(arguments.program, "roster", data)[1] != honest, "a planted fault")
    print(f"seed {arguments.seed}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
