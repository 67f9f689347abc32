"""ANSSI BP-028 v2.0 (2022), "Recommandations de configuration d'un système GNU/Linux": one entry a
recommendation, R1 to R80. An entry is a question to the running system or a reason why there is
none to ask. Whoever calls gives a function that runs a command of root and returns what it prints.

A question is (shell command, what it must print), or a function of that runner that returns a list
of what is wrong.
"""

import re

SYSCTL = {
    "R9": {"kernel.dmesg_restrict": 1, "kernel.kptr_restrict": 2, "kernel.pid_max": 65536,
           "kernel.perf_cpu_time_max_percent": 1, "kernel.perf_event_max_sample_rate": 1,
           "kernel.perf_event_paranoid": 3, "kernel.randomize_va_space": 2, "kernel.sysrq": 0,
           "kernel.unprivileged_bpf_disabled": 1, "kernel.panic_on_oops": 1},
    "R11": {"kernel.yama.ptrace_scope": 3},
    "R12": {"net.core.bpf_jit_harden": 2, "net.ipv4.ip_forward": 0,
            "net.ipv4.conf.all.accept_local": 0, "net.ipv4.conf.all.accept_redirects": 0,
            "net.ipv4.conf.default.accept_redirects": 0, "net.ipv4.conf.all.secure_redirects": 0,
            "net.ipv4.conf.default.secure_redirects": 0, "net.ipv4.conf.all.shared_media": 0,
            "net.ipv4.conf.default.shared_media": 0, "net.ipv4.conf.all.accept_source_route": 0,
            "net.ipv4.conf.default.accept_source_route": 0, "net.ipv4.conf.all.arp_filter": 1,
            "net.ipv4.conf.all.arp_ignore": 2, "net.ipv4.conf.all.route_localnet": 0,
            "net.ipv4.conf.all.drop_gratuitous_arp": 1, "net.ipv4.conf.default.rp_filter": 1,
            "net.ipv4.conf.all.rp_filter": 1, "net.ipv4.conf.default.send_redirects": 0,
            "net.ipv4.conf.all.send_redirects": 0,
            "net.ipv4.icmp_ignore_bogus_error_responses": 1, "net.ipv4.tcp_rfc1337": 1,
            "net.ipv4.tcp_syncookies": 1, "net.ipv6.conf.all.accept_ra": 0,
            "net.ipv6.conf.all.accept_redirects": 0, "net.ipv6.conf.all.forwarding": 0},
    "R14": {"fs.suid_dumpable": 0, "fs.protected_fifos": 2, "fs.protected_regular": 2,
            "fs.protected_symlinks": 1, "fs.protected_hardlinks": 1},
}
BOOT = {
    "R7": ["iommu=force"],
    "R8": ["l1tf=full", "pti=on", "slab_nomerge", "spec_store_bypass_disable=seccomp",
           "spectre_v2=on", "mds=full", "mce=0", "page_alloc.shuffle=1", "init_on_alloc=1",
           "init_on_free=1", "rng_core.default_quality=500"],
}
DISTRIBUTION = ("compiled by Debian; its kernel is kept, because its security updates come from "
                "there and its modules are signed")
NO_LOGIN = "nobody signs in to the system; people have accounts in the product"
NO_SUDO = "there is no sudo and nobody to use it"
NO_MAIL = "there is no mail service and no user who reads mail"
NO_DIRECTORY = "no accounts come from elsewhere"
NOT_OURS = {
    "R1": "the hardware is the site's choice",
    "R2": "the settings of the firmware are the site's; docs/guide/install.md names them",
    "R4": "the keys of the firmware are the site's; the image is signed with the key it is given",
    "R5": "the loader has no editor and no menu, and its choice is between two signed versions",
    "R13": "zones may be IPv6; it is kept without router advertisements, redirects and forwarding",
    **{f"R{n}": DISTRIBUTION for n in range(15, 26)},
    "R26": "the image is for x86-64", "R27": "the image is for x86-64",
    "R31": NO_LOGIN, "R32": NO_LOGIN, "R33": "there are no administrators of the system; acts at "
    "the console are in the product's log",
    **{f"R{n}": NO_SUDO for n in range(38, 45)},
    "R45": "SELinux is the mandatory access control (R46)",
    "R47": NO_LOGIN,
    "R51": "no secret is in the image; keys are made at the first start",
    "R60": "Debian has no hardened repository",
    "R61": "updates are whole, signed images (docs/design/0041-updates.md)",
    "R66": "there are no containers; the services' own walls are R64 and R65",
    "R67": NO_DIRECTORY, "R69": NO_DIRECTORY, "R70": NO_DIRECTORY,
    "R74": NO_MAIL, "R75": NO_MAIL,
}


def lines(root, command):
    return [line for line in root(command).splitlines() if line.strip()]


def sysctl_wrong(name):
    def ask(root):
        wanted = SYSCTL[name]
        paths = " ".join("/proc/sys/" + key.replace(".", "/") for key in wanted)
        values = root(f"for p in {paths}; do cat $p; done").split()
        return [f"{key} is {value}" for (key, want), value in zip(wanted.items(), values)
                if value != str(want)]
    return ask


def boot_wrong(name):
    return lambda root: [word for word in BOOT[name]
                         if word not in root("cat /proc/cmdline").split()]


def found(command):
    """Whatever the command prints is wrong."""
    return lambda root: lines(root, command)


def unlike(command, pattern):
    def ask(root):
        text = root(command).strip()
        return [] if re.search(pattern, text) else [text[-200:] or "nothing"]
    return ask


def mounts_wrong(root):
    wanted = {"/": ["ro"], "/var": ["nosuid", "nodev", "noexec"],
              "/tmp": ["nosuid", "nodev", "noexec"], "/dev/shm": ["nosuid", "nodev", "noexec"]}
    real = {line.split()[1]: line.split()[3].split(",") for line in lines(root, "cat /proc/mounts")}
    return [f"{path} is not {word}" for path, words in wanted.items() for word in words
            if word not in real.get(path, [])]


def services_wrong(root):
    """Every listener and every service that runs is one of ours or one that ours need."""
    known = {"kagikura-", "systemd-journald", "systemd-networkd", "systemd-udevd", "dbus.",
             "chrony.", "image-test"}
    text = root("systemctl list-units --type=service --state=running --plain --no-legend "
                "--no-pager")
    names = [line.split()[0] for line in text.splitlines() if line.strip()]
    return [name for name in names if not any(name.startswith(one) for one in known)]


EVERY_FILE = "find / -xdev"
QUESTIONS = {
    "R3": unlike("cd /sys/firmware/efi/efivars; head -c 5 SecureBoot-* | tail -c 1 | "
                 "od -An -tu1 2>/dev/null || tail -c 1 SecureBoot-* | base64", r"^(1|AQ==)$"),
    "R6": unlike("cat /sys/kernel/security/lockdown", r"\[integrity\]"),
    "R7": boot_wrong("R7"), "R8": boot_wrong("R8"),
    **{name: sysctl_wrong(name) for name in SYSCTL},
    "R10": unlike("cat /proc/sys/kernel/modules_disabled", "^1$"),
    "R28": mounts_wrong,
    "R29": found("ls -A /boot /efi 2>/dev/null | cat"),
    "R30": found("while IFS=: read -r n p rest; do case $p in '!'*|'*') ;; *) echo $n ;; esac; "
                 "done < /etc/shadow"),
    "R34": found("while IFS=: read -r n p u g c h s; do case $s in */nologin) ;; *) echo $n ;; "
                 "esac; done < /etc/passwd"),
    "R35": unlike("for s in hsm audit core web; do systemctl show -p User --value "
                  "kagikura-$s.service; done | sort | uniq 2>/dev/null | wc -l || echo 4", "^4$"),
    "R36": unlike("systemctl show -p UMask --value kagikura-core.service", "^0077$"),
    "R37": unlike("cat /sys/kernel/security/lsm", "selinux"),
    "R46": unlike("getenforce", "^Enforcing$"),
    "R48": found("cd /sys/fs/selinux/booleans; for b in allow_execheap allow_execstack "
                 "allow_execmod; do grep -q '^0 0' $b || echo $b; done"),
    "R49": found("ls /usr/sbin /usr/bin | grep -E '^(semodule|setroubleshoot|audit2allow)' "
                 ),
    "R50": found(f"{EVERY_FILE} -name 'shadow*' -perm /0037; find /etc /usr -xdev -type f "
                 "-perm /0022"),
    "R52": found("find /run -xdev -type s -path '/run/kagikura/*' -perm /0007"),
    "R53": found(f"{EVERY_FILE} \\( -nouser -o -nogroup \\); find /var -xdev \\( -nouser -o "
                 "-nogroup \\)"),
    "R54": found("find / /var -xdev -type d -perm -0002 ! -perm -1000"),
    "R55": unlike("systemctl show -p PrivateTmp --value kagikura-core.service", "yes"),
    "R56": found(f"{EVERY_FILE} -type f -perm /6000; find /var -xdev -type f -perm /6000"),
    "R57": found(f"{EVERY_FILE} -type f -user root -perm /6000"),
    "R58": found("ls /usr/bin /usr/sbin | grep -xE 'apt|dpkg|perl|python3|gcc|ssh|sshd|su|sudo|"
                 "login|agetty|sulogin'"),
    "R59": found("ls -d /etc/apt /var/lib/apt 2>/dev/null"),
    "R62": services_wrong,
    "R63": found("find /etc/systemd/system /usr/lib/systemd/system -path '*.wants/*' | "
                 "grep -E '/(ssh|getty|serial-getty|debug|rescue|apt|cron|rpc|bluetooth)'"),
    "R64": unlike("systemctl show -p NoNewPrivileges -p CapabilityBoundingSet "
                  "kagikura-web.service | sort", "CapabilityBoundingSet=\nNoNewPrivileges=yes"),
    "R65": unlike("systemctl show -p PrivateNetwork --value kagikura-core.service", "yes"),
    "R68": found("cut -d: -f2 /etc/shadow | grep -vE '^[!*]'"),
    "R71": unlike("systemctl is-active systemd-journald.service; ls -d /var/log/journal",
                  "active\n/var/log/journal"),
    "R72": unlike("ls /var/lib/kagikura/log | head -n 1", r"\S"),
    "R73": unlike("cat /proc/cmdline", r"\baudit=1\b"),
    "R76": unlike("cat /proc/mounts | grep ' / '", r"^/dev/mapper/root / squashfs ro"),
    "R77": unlike("cat /proc/cmdline", r"\broothash=[0-9a-f]{64}\b"),
    "R78": unlike("nft list ruleset", r"hook input [^}]*policy drop"),
    "R79": unlike("systemctl show -p RestrictAddressFamilies --value kagikura-web.service",
                  "AF_UNIX"),
    "R80": found("ss -Hlntu | grep -vE ':(443|9443) '"),
}


def check(root):
    """(name, whether it is well, why not) of every recommendation, in their order."""
    def ask(command):
        return root(command + "\ntrue")  # what a question's last program returns is no answer

    for number in range(1, 81):
        name = f"R{number}"
        if name in NOT_OURS:
            yield f"{name} does not apply: {NOT_OURS[name]}", name not in QUESTIONS, "asked as well"
            continue
        wrong = QUESTIONS[name](ask)
        yield name, not wrong, wrong
