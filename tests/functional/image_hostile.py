"""A hostile program in the place of each role, held by nothing but SELinux, against a table written
by hand. A step of Run (imaged.py)."""

import errno
import pathlib
import subprocess

import appliance

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROLES = ("hsm", "audit", "core", "web", "worker", "console", "unlock", "tamper", "metrics",
         "syslog", "site", "mail")
DENIED = {str(errno.EACCES), str(errno.EPERM)}
# Whatever is not here is denied to everybody. `+`: allowed; the reason is in selinux/kagikura.te.
TABLE = """
                        hsm audit core web worker console unlock tamper metrics syslog site mail
read store              .   .     +    .   .      .       .      .      .       .      .    .
write store             .   .     +    .   .      .       .      .      .       .      .    .
create store            .   .     +    .   .      .       .      .      .       .      .    .
read log                .   +     .    .   .      .       .      .      .       .      .    .
write log               .   +     .    .   .      .       .      .      .       .      .    .
create log              .   +     .    .   .      .       .      .      .       .      .    .
read token              +   .     .    .   .      .       .      .      .       .      .    .
write token             +   .     .    .   .      .       .      .      .       .      .    .
create token            +   .     .    .   .      .       .      .      .       .      .    .
remove token            +   .     .    .   .      .       .      .      .       .      .    .
write export            .   .     .    .   .      +       .      .      .       .      .    .
create export           .   .     .    .   .      +       .      .      .       .      .    .
read site_conf          +   +     +    +   +      +       +      +      +       +      +    +
write site_conf         .   .     .    .   .      .       .      .      .       .      +    .
create site_conf        .   .     .    .   .      .       .      .      .       .      +    .
remove site_conf        .   .     .    .   .      .       .      .      .       .      +    .
read apply              .   .     .    .   .      .       .      .      .       .      +    .
write apply             .   .     .    .   .      .       .      .      .       .      +    .
create apply            .   .     .    .   .      .       .      .      .       .      +    .
remove apply            .   .     .    .   .      .       .      .      .       .      +    .
read etc                +   +     +    +   +      +       +      +      +       +      +    +
connect to syslog       .   .     .    .   .      .       .      .      .       +      .    .
connect to mail         .   .     .    .   .      .       .      .      .       .      .    +
routes                  .   .     .    .   .      .       .      .      .       .      +    .
socket hsm              .   +     .    .   .      .       .      .      .       .      .    .
socket audit            .   .     +    .   .      .       .      .      .       .      .    .
socket web              .   .     .    +   .      .       .      .      .       .      .    .
socket console          .   .     .    .   .      +       +      +      +       +      .    +
socket site             .   .     .    .   .      +       .      .      .       .      .    .
memory file             +   +     +    +   +      +       +      +      +       +      +    +
"""
PREPARE = """
set -e
mkdir -p /run/targets /run/hostile
for t in store log token export site_conf site_key apply etc; do
  [ -d /run/targets/$t ] && continue
  mkdir /run/targets/$t
  mount -t tmpfs -o mode=777,context=system_u:object_r:kagikura_${t}_t:s0 t /run/targets/$t
  (umask 0; echo target > /run/targets/$t/file)
done
for r in %s; do
  mkdir -p /run/hostile/$r
  mount -t tmpfs -o mode=755,context=system_u:object_r:kagikura_${r}_exec_t:s0 t /run/hostile/$r
  dd if=/dev/vdc of=/run/hostile/$r/program bs=4096 status=none
  chmod 755 /run/hostile/$r/program
done
cat > /run/systemd/system/hostile@.service <<'X'
[Service]
Type=oneshot
ExecStart=/run/hostile/%%i/program 1
StandardOutput=journal
SyslogIdentifier=hostile-%%i
X
mkdir -p /run/systemd/system/hostile@worker.service.d
cat > /run/systemd/system/hostile@worker.service.d/worker.conf <<'X'
[Service]
ExecStart=
ExecStart=/run/hostile/web/program 1 /run/hostile/worker/program
X
systemctl daemon-reload
""" % " ".join(ROLES)
ONE = ("for t in store log token export site_conf site_key apply etc; do (umask 0; echo x > "
       "/run/targets/$t/old); done; systemctl start hostile@{0}.service; sync; "
       "journalctl --sync; journalctl --no-pager -b -o cat -t hostile-{0}")


def expected():
    lines = [line for line in TABLE.splitlines() if line.strip()]
    roles = lines[0].split()
    out = {}
    for line in lines[1:]:
        marks = line.split()[-len(roles):]
        name = line[:24].strip()
        out.update({(name, role): mark == "+" for role, mark in zip(roles, marks)})
    return out


def program(folder):
    """Without the caller's libraries: the guest has its own."""
    path = folder / "hostile"
    subprocess.run(["g++", "-std=c++20", "-O1", "-static", "-o", str(path),
                    str(ROOT / "tests/hostile/hostile.cpp")], check=True)
    with open(path, "r+b") as file:
        file.truncate((path.stat().st_size + 4095) // 4096 * 4096)
    return path


class Hostile:
    def hostile(self):
        box = self.box
        box.root(PREPARE, seconds=300)
        wanted = expected()
        seen = set()
        for role in ROLES:
            said = box.root(ONE.format(role), seconds=300)
            found = dict(line.split("\t") for line in said.splitlines() if "\t" in line)
            self.report(found.pop("end", None) == "ok", f"a hostile program ran as {role}",
                        said[-300:])
            wrong = []
            for name, result in found.items():
                seen.add(name)
                allowed = result not in DENIED
                if allowed != wanted.get((name, role), False):
                    wrong.append(f"{name}: {result}")
            self.report(not wrong and found, f"{role}: {len(found)} tries end as the table says",
                        wrong)
        self.report({name for name, _ in wanted} <= seen, "every line of the table was tried",
                    {name for name, _ in wanted} - seen)
        appliance.wait_for(lambda: box.state() != "?", 60, "core is still there")
