"""Reads packages.txt and installs what is missing."""

import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def read(path=ROOT / "packages.txt"):
    """{group: [(package, command or None)]}"""
    groups, current = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0].startswith("["):
            current = groups.setdefault(words[0].strip("[]"), [])
            continue
        commands = [word[1:] for word in words[1:] if word.startswith("?")]
        current.append((words[0], commands[0] if commands else None))
    return groups


def missing(entries):
    names = [name for name, command in entries if not (command and shutil.which(command))]
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
                           capture_output=True, text=True, check=False).stdout
    there = {line.split()[0] for line in asked.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in there]


def install(group_names):
    """Installs what is missing of these groups; returns the names that were."""
    groups = read()
    wanted = missing([entry for name in group_names for entry in groups[name]])
    if wanted:
        subprocess.run(["sh", str(ROOT / "tests/tools/install.sh"), *wanted], check=True)
    return wanted
