"""Part of faults: mistakes in the configuration file, each told with file, line, key and remedy."""

import re
import subprocess

# (what the file says, line, key, a word of the remedy)
MISTAKES = [
    ("[paths]\nstate = \"var/lib\"\n", 2, "paths.state", "absolute path"),
    ("[paths]\nstate = 3\n", 2, "paths.state", "absolute path"),
    ("[paths]\nrun = \"\"\n", 2, "paths.run", "absolute path"),
    ("[paths]\nruns = \"/run\"\n", 2, "paths.runs", "spelling"),
    ("paths = 3\n", 1, "paths", "[paths]"),
    ("[users]\naudit = \"no-such-user\"\n", 2, "users.audit", "user"),
    ("[users]\nweb = 33\n", 2, "users.web", "user"),
    ("[users]\nconsole = []\n", 2, "users.console", "list of names"),
    ("[users]\ntamper = \"nobody-of-that-name\"\n", 2, "users.tamper", "/etc/passwd"),
    ("[tamper]\nhwmon = \"sys\"\n", 2, "tamper.hwmon", "absolute path"),
    ("[syslog]\ncollector = \"192.0.2.5:6514\"\n", 1, "syslog.collector", "name"),
    ("[syslog]\ncollector = \"loghost\"\nname = \"loghost\"\n", 1, "syslog.collector",
     "address:port"),
    ("[users]\ncore = [\"root\",\n  \"no-such-user\"]\n", 3, "users.core", "user"),
    ("[hsm]\nmodule = \"libsofthsm2.so\"\n", 2, "hsm.module", "absolute path"),
    ("[hsm]\ntoken = \"slot:0\"\n", 2, "hsm.token", "pkcs11:"),
    ("[hsm]\ntoken = 7\n", 2, "hsm.token", "quotes"),
    ("[hsm]\nmodule_parameters = 1\n", 2, "hsm.module_parameters", "quotes"),
    ("[hsm]\n\n\ntimeout_ms = 50\n", 4, "hsm.timeout_ms", "from 100 to 60000"),
    ("[hsm]\ntimeout_ms = \"5000\"\n", 2, "hsm.timeout_ms", "whole number"),
    ("[hsm]\npin = \"1234\"\n", 2, "hsm.pin", "spelling"),
    ("[web]\nlisten = \"127.0.0.1:443\"\n", 2, "web.listen", "list"),
    ("[web]\nlisten = [\"127.0.0.1\"]\n", 2, "web.listen", "address:port"),
    ("[web]\nlisten = [\n  \"127.0.0.1:443\",\n  \"::1:443\"]\n", 4, "web.listen",
     "[address]:port"),
    ("[web]\nlisten = [\"127.0.0.1:65536\"]\n", 2, "web.listen", "address:port"),
    ("[web]\nlisten = [443]\n", 2, "web.listen", "address:port"),
    ("[web]\nworkers = 0\n", 2, "web.workers", "from 1 to 4096"),
    ("[web]\nworkers = 1.5\n", 2, "web.workers", "whole number"),
    ("[web]\nworkers_per_source = -1\n", 2, "web.workers_per_source", "whole number"),
    ("[api]\nlisten = [\"127.0.0.1\"]\n", 2, "api.listen", "address:port"),
    ("\n[api]\nlisten = [\"127.0.0.1:8443\"]\n", 2, "api.client_authority", "is missing"),
    ("[api]\nclient_authority = \"ca.pem\"\n", 2, "api.client_authority", "absolute path"),
    ("[zone]\nkind = \"handling\"\n", 1, "zone", "[[zone]]"),
    ("[[zone]]\nkind = \"office\"\nblocks = [\"192.0.2.0/24\"]\n", 1, "zone.kind", "handling"),
    ("[[zone]]\nblocks = [\"192.0.2.0/24\"]\n", 1, "zone.kind", "handling"),
    ("[[zone]]\nkind = \"handling\"\n", 1, "zone.blocks", "list of blocks"),
    ("[[zone]]\nkind = \"handling\"\nblocks = []\n", 1, "zone.blocks", "list of blocks"),
    ("[[zone]]\nkind = \"handling\"\nblocks = [\"192.0.2.1/24\"]\n", 3, "zone.blocks", "bits set"),
    ("[[zone]]\nkind = \"handling\"\nblocks = [\"192.0.2.0/33\"]\n", 3, "zone.blocks", "block"),
    ("[[zone]]\nkind = \"handling\"\nblocks = [\"192.0.2.0/24\"]\nopen = true\n", 4, "zone.open",
     "spelling"),
    ("[sessions]\nidle_s = 901\n", 2, "sessions.idle_s", "from 60 to 900"),
    ("[sessions]\nidle_s = 1\n", 2, "sessions.idle_s", "from 60 to 900"),
    ("[sessions]\nabsolute_s = 86400\n", 2, "sessions.absolute_s", "from 60 to 43200"),
    ("[budgets]\nuser_hours = 3\n", 2, "budgets.user_hours", "spelling"),
    ("[budgets]\nuser_hour = 300\nuser_day = 200\n", 2, "budgets.user_hour", "budgets.user_day"),
    ("[budgets]\nbox_day = 10\n", 2, "budgets.box_hour", "budgets.box_day"),
    ("[budgets]\nbox_hour = 99999999999999999999\n", 2, "file", "TOML"),
    ("[store]\nsize_mib = 1\n", 2, "store.size_mib", "from 16"),
    ("[log]\nsize_mib = 8\nsegment_mib = 8\n", 2, "log.size_mib", "twice"),
    ("[log]\nsegment_mib = 0\n", 2, "log.segment_mib", "from 1"),
    ("[custody]\nshelf_size = 5000\n", 2, "custody.shelf_size", "from 1 to 4096"),
    ("[budget]\nuser_hour = 3\n", 1, "budget", "section"),
    ("verbose = true\n", 1, "verbose", "section"),
    ("[paths\n", 1, "file", "TOML"),
    ("[paths]\nstate = \"/a\"\nstate = \"/b\"\n", 3, "file", "TOML"),
    ("[hsm]\n[hsm]\n", 2, "file", "TOML"),
    ("[hsm]\nmodule = \"/a\n", 2, "file", "TOML"),
    ("\x00\n", 1, "file", "TOML"),
    ("[hsm]\nmodule = \"\xff\"\n", 2, "file", "TOML"),
    ("#" * 300_000, 0, "file", "size"),
    (None, 0, "file", "path"),
]


def told(program, path):
    """(exit code, [(line, key, text)], what was not told in that form)."""
    done = subprocess.run([program, "--config", str(path), "--check"], capture_output=True,
                          env={"PATH": "/usr/bin:/bin"}, timeout=30, check=False)
    problems, other = [], []
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        match = re.fullmatch(re.escape(str(path)) + r":(\d+): (\S+) (.+)", line)
        if match:
            problems.append((int(match.group(1)), match.group(2), match.group(3)))
        else:
            other.append(line)
    return done.returncode, problems, other


def judge(ctx, bin_folder, folder):
    path = folder / "mistake.toml"
    for number, (text, line, key, word) in enumerate(MISTAKES):
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_bytes(text.encode("latin-1" if "\xff" in text else "utf-8"))
        code, problems, other = told(bin_folder / "kagikurad", path)
        said = [p for p in problems if p[:2] == (line, key) and word in p[2]]
        ctx.expect(code == 1 and said and not other, f"config/{number}",
                   f"{text!r:.60}: exit {code}, {problems}, {other}")
    # All at once, each on its own line.
    path.write_text("[hsm]\ntimeout_ms = 1\n[web]\nworkers = 0\n[sessions]\nidle_s = 1\n")
    code, problems, _ = told(bin_folder / "kagikurad", path)
    ctx.expect([p[0] for p in problems] == [2, 4, 6], "config/all at once", problems)
    path.write_text("[web]\nlisten = [\"127.0.0.1:8443\"]\n")
    code, problems, _ = told(bin_folder / "kagikurad", path)
    ctx.expect(code == 0 and not problems, "config/good", problems)
    ctx.note("configuration_mistakes", len(MISTAKES))
