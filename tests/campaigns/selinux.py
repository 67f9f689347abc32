"""The SELinux policy: built with Debian's, neverallow rules, questions that must be empty.

What is shown here is what the compiled policy says; that the product runs under it, enforcing,
shows the campaign selinux-boot (docs/design/0031-selinux.md).
"""

import bz2
import hashlib
import json
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "selinux"
BASE = pathlib.Path("/var/lib/selinux/default/active/modules/100")
# What somebody could add one day. Each must be refused when the policy is built.
PLANTED = [
    "(allow kagikura_core_t self (capability (sys_admin)))",
    "(allow kagikura_hsm_t self (tcp_socket (create connect)))",
    "(allow kagikura_web_t kagikura_store_t (file (read open)))",
    "(allow kagikura_worker_t kagikura_log_t (file (read)))",
    "(allow kagikura_core_t kagikura_token_t (file (read)))",
    "(allow kagikura_core_t kagikura_hsm_t (unix_stream_socket (connectto)))",
    "(allow kagikura_worker_t kagikura_core_t (unix_stream_socket (connectto)))",
    "(allow kagikura_audit_t kagikura_log_t (file (unlink)))",
    "(allow kagikura_worker_t bin_t (file (execute)))",
    "(allow kagikura_web_t kagikura_core_t (process (ptrace)))",
    "(allow kagikura_hsm_t self (process (execmem)))",
    "(allow kagikura_unlock_t shadow_t (file (read)))",
    "(allow kagikura_core_t kagikura_etc_t (file (write)))",
    "(allow kagikura_audit_t fixed_disk_device_t (blk_file (read)))",
    "(allow kagikura_core_t kagikura_site_conf_t (file (write)))",
    "(allow kagikura_core_t kagikura_site_t (unix_stream_socket (connectto)))",
    "(allow kagikura_metrics_t kagikura_site_key_t (file (read)))",
    "(allow kagikura_tamper_t kagikura_apply_t (file (read)))",
    "(allow kagikura_syslog_t http_port_t (tcp_socket (name_connect)))",
    "(allow kagikura_mail_t http_port_t (tcp_socket (name_connect)))",
]
LABELS = {
    "/usr/libexec/kagikura/kagikura-hsm": "kagikura_hsm_exec_t",
    "/usr/libexec/kagikura/kagikura-audit": "kagikura_audit_exec_t",
    "/usr/libexec/kagikura/kagikura-web": "kagikura_web_exec_t",
    "/usr/libexec/kagikura/kagikura-web-worker": "kagikura_worker_exec_t",
    "/usr/libexec/kagikura/kagikura-unlock": "kagikura_unlock_exec_t",
    "/usr/libexec/kagikura/kagikura-tamper": "kagikura_tamper_exec_t",
    "/usr/libexec/kagikura/kagikura-metrics": "kagikura_metrics_exec_t",
    "/usr/libexec/kagikura/kagikura-syslog": "kagikura_syslog_exec_t",
    "/usr/libexec/kagikura/kagikura-mail": "kagikura_mail_exec_t",
    "/usr/libexec/kagikura/kagikura-site": "kagikura_site_exec_t",
    "/usr/sbin/kagikurad": "kagikura_core_exec_t",
    "/usr/sbin/kagikura-console": "kagikura_console_exec_t",
    "/etc/kagikura/kagikura.toml": "kagikura_etc_t",
    "/var/lib/kagikura/store/data.mdb": "kagikura_store_t",
    "/var/lib/kagikura/log/segment-0": "kagikura_log_t",
    "/var/lib/kagikura/hsm/tokens/x/y.object": "kagikura_token_t",
    "/var/lib/kagikura/export/log.tar": "kagikura_export_t",
    "/var/lib/kagikura-site/zones.toml": "kagikura_site_conf_t",
    "/var/lib/kagikura-site/metrics/certificate.pem": "kagikura_site_key_t",
    "/run/kagikura/apply/zones": "kagikura_apply_t",
    "/run/kagikura/site/socket": "kagikura_site_run_t",
    "/run/kagikura/hsm/socket": "kagikura_hsm_run_t",
    "/run/kagikura/audit/socket": "kagikura_audit_run_t",
    "/run/kagikura/web/socket": "kagikura_web_run_t",
    "/run/kagikura/console/socket": "kagikura_console_run_t",
}
CI_POINTS = 1
CI_SECONDS = 300


def run(ctx):
    folder = ctx.build_dir.parent / "selinux"
    folder.mkdir(parents=True, exist_ok=True)
    base = base_policy(folder)
    ours = our_policy(ctx, folder)
    if ours is None:
        return
    policy = folder / "policy"
    done = compiled(policy, [*base, ours])
    if not ctx.expect(done.returncode == 0, "the policy is built", done.stderr[-3000:]):
        return
    planted(ctx, folder, base, ours)
    questions(ctx, policy)
    labels(ctx, folder)
    for name in ("kagikura.te", "kagikura.if"):
        sentences(ctx, SOURCE / name)


def base_policy(folder):
    """Debian's modules as text, unpacked once for each version of them."""
    paths = sorted(BASE.glob("*/cil"))
    # The disabled ones are empty folders.
    state = "".join(f"{p.parent.name} {p.stat().st_size} {p.stat().st_mtime_ns}\n" for p in paths)
    cache = folder / f"base-{hashlib.sha256(state.encode()).hexdigest()[:16]}"
    if not cache.exists():
        made = cache.with_suffix(".new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        for path in paths:
            data = path.read_bytes()
            text = bz2.decompress(data) if data[:3] == b"BZh" else data
            (made / f"{path.parent.name}.cil").write_bytes(text)
        made.rename(cache)
    return sorted(cache.glob("*.cil"))


def our_policy(ctx, folder):
    work = folder / "module"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(SOURCE, work)
    done = subprocess.run(
        ["make", "-f", "/usr/share/selinux/devel/Makefile", "kagikura.pp"], cwd=work,
        capture_output=True, text=True, check=False)
    if not ctx.expect(done.returncode == 0, "the module is built", done.stdout + done.stderr):
        return None
    subprocess.run(["/usr/libexec/selinux/hll/pp", "kagikura.pp", "kagikura.cil"], cwd=work,
                   check=True)
    return work / "kagikura.cil"


def compiled(out, parts):
    return subprocess.run(
        ["secilc", "-o", str(out), "-f", str(out) + ".contexts", "-c", "33", *map(str, parts)],
        capture_output=True, text=True, errors="replace", check=False)


def planted(ctx, folder, base, ours):
    """All in one file, because building takes seconds; each must be named."""
    bad = folder / "planted.cil"
    bad.write_text("\n".join(PLANTED) + "\n", encoding="utf-8")
    done = compiled(folder / "never", [*base, ours, bad])
    ctx.expect(done.returncode != 0, "planted rules stop the build", "built")
    for number, rule in enumerate(PLANTED, 1):
        ctx.expect(f"planted.cil:{number}\n" in done.stderr, f"neverallow finds {rule}",
                   done.stderr[-500:])


def questions(ctx, policy):
    # Debian's setools belong to Debian's Python.
    done = subprocess.run(["/usr/bin/python3", str(ROOT / "tests/selinux/queries.py"),
                           str(policy)], capture_output=True, text=True, check=False)
    ctx.expect(done.returncode == 0, "every question is answered", done.stderr[-1500:])
    empty = 0
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        right = answer["empty"] == (not answer["found"])
        ctx.expect(right, answer["name"], answer["found"][:5] or "nothing found")
        empty += right and answer["empty"]
    ctx.note("questions whose answer is empty, as it must be", empty)
    ctx.expect(empty >= 60, "at least 60 such questions", empty)


def labels(ctx, folder):
    contexts = str(folder / "policy.contexts")
    for path, wanted in LABELS.items():
        done = subprocess.run(["matchpathcon", "-n", "-f", contexts, path], capture_output=True,
                              text=True, check=False)
        ctx.expect(f":{wanted}:" in done.stdout, f"label of {path}", done.stdout + done.stderr)
    # Every program that is installed has a label of its own.
    for program in (ROOT / "systemd").glob("*.service"):
        for path in re.findall(r"(?m)^ExecStart=(/usr/\S*/kagikura[-\w]*)(?=\s|$)",
                               program.read_text(encoding="utf-8")):
            ctx.expect(path in LABELS, f"{path} has a label", program.name)


def sentences(ctx, path):
    """Each run of rules that allow stands under a sentence."""
    explained = False
    rule = re.compile(r"allow |domtrans_pattern|libs_|fs_|misc|init_named|kagikura_connects"
                      r"|type_trans")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("#") and text != "#":
            explained = text.endswith((".", ":")) or not text.startswith("####") and explained
        elif not text:
            explained = False
        elif rule.match(text):
            ctx.expect(explained, f"sentence {path.name}:{number}", text)
