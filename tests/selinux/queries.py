"""Asks a compiled SELinux policy what it must not allow, and what it must. Needs setools.

    queries.py POLICY       one JSON line for each question: {"name", "empty", "found": [...]}

"empty" says what is right: true for what nobody may, false for what the product needs, so that an
empty policy does not pass.
"""

import json
import sys

import setools

PROGRAMS = ("hsm", "audit", "core", "web", "worker", "console", "unlock", "tamper", "metrics",
            "syslog", "mail", "site")
OWNERS = {"store": "core", "log": "audit", "token": "hsm", "export": "console", "apply": "site"}
EDGES = {("audit", "hsm"), ("core", "audit"), ("web", "core"), ("console", "core"),
         ("unlock", "core"), ("tamper", "core"), ("metrics", "core"), ("syslog", "core"),
         ("mail", "core"),
         ("console", "site")}
CLIENTS = {"hsm": {"audit"}, "audit": {"core"}, "web": {"web"}, "console": {
    "console", "unlock", "tamper", "metrics", "syslog",
    "mail"}, "site": {"console"}}
# What one of them may beside the others: syslog and mail make connections, site asks for addresses.
MAKES = {"syslog": {"tcp_socket"}, "mail": {"tcp_socket"}, "site": {"netlink_route_socket"}}
NETWORK = {"tcp_socket", "udp_socket", "rawip_socket", "packet_socket", "sctp_socket",
           "dccp_socket", "icmp_socket", "netlink_route_socket", "netlink_socket",
           "netlink_netfilter_socket", "netlink_kobject_uevent_socket", "bluetooth_socket",
           "vsock_socket", "alg_socket", "key_socket", "tun_socket"}
FILES = {"file", "dir", "lnk_file"}
# Domains of the distribution that may touch any file of a security type. None of their programs is
# in the appliance; the image leaves their modules out. Until then they are the written gap.
READERS = {"siggen_t", "samhain_t", "samhaind_t", "tripwire_t", "aide_t", "amanda_t", "quota_t",
           "bacula_t", "backup_t"}


def of(name):
    return f"kagikura_{name}_t"


class Policy:
    """Every allow rule that has one of ours at either end, attributes expanded."""

    def __init__(self, path):
        policy = setools.SELinuxPolicy(path)
        self.all = {str(t) for t in policy.types()}
        self.ours = {of(name) for name in PROGRAMS}
        self.attributes = {str(a): {str(t) for t in a.expand()} for a in policy.typeattributes()}
        self.rules = []
        self.transitions = set()
        kept = {name for name in self.all if name.startswith("kagikura_")}
        for rule in policy.terules():
            kind = str(rule.ruletype)
            if kind == "type_transition":
                self.transitions.add((str(rule.source), str(rule.target), str(rule.tclass),
                                      str(rule.default)))
            if kind != "allow":
                continue
            if not rule.enabled():
                continue  # behind a boolean that is off, such as allow_ptrace; it stays off
            sources, targets = self.expand(rule.source), self.expand(rule.target)
            if sources & kept or targets & kept:
                self.rules.append((sources, targets, str(rule.tclass),
                                   {str(p) for p in rule.perms}))

    def expand(self, symbol):
        return self.attributes.get(str(symbol)) or {str(symbol)}

    def find(self, sources, targets, classes, perms=None):
        """(source, target, class, permission) of every rule that matches."""
        unknown = (set(sources) | set(targets)) - self.all
        if unknown:
            raise LookupError(f"no such types: {sorted(unknown)}")
        found = set()
        for rule_sources, rule_targets, tclass, rule_perms in self.rules:
            if classes and tclass not in classes:
                continue
            both = rule_perms if perms is None else rule_perms & perms
            if not both:
                continue
            for source in rule_sources & set(sources):
                for target in rule_targets & set(targets):
                    found |= {(source, target, tclass, perm) for perm in both}
        return sorted(found)


def forbidden_to_each(policy):
    """(name, sources, targets, classes, permissions) that no program of ours may have."""
    domains = policy.attributes["domain"]
    exec_types = {f"kagikura_{name}_exec_t" for name in PROGRAMS}
    written = {"write", "append", "create", "unlink", "rename", "setattr", "link"}
    for name in PROGRAMS:
        me = {of(name)}
        yield f"{name}: no capability", me, me, {
            "capability", "capability2", "cap_userns", "cap2_userns"}, None
        yield f"{name}: makes no socket of the network", me, me, NETWORK - MAKES.get(name, set()), {
            "create", "connect", "bind", "listen"}
        # systemd binds the one port for the acceptor, whose label the socket has.
        ports = policy.attributes["port_type"] - ({"http_port_t"} if name == "web" else set())
        way_out = {"syslog": {"syslog_tls_port_t"}, "mail": {"smtp_port_t"}}.get(name, set())
        yield f"{name}: reaches no port", me, policy.attributes["port_type"] - way_out, None, {
            "name_connect"}
        yield f"{name}: no port is bound for it", me, ports, None, {"name_bind"}
        yield f"{name}: reads no password hash", me, {"shadow_t"}, None, None
        yield f"{name}: runs no program of the system", me, {"bin_t", "shell_exec_t"}, {"file"}, {
            "execute", "execute_no_trans"}
        yield f"{name}: looks into no process", me, domains, {"process"}, {"ptrace"}
        yield f"{name}: makes no code", me, me, {"process"}, {
            "execmem", "execstack", "execheap"}
        yield f"{name}: touches no disk and no memory device", me, {
            "fixed_disk_device_t", "memory_device_t"}, None, {"open", "read", "write"}
        yield f"{name}: leaves policy and kernel alone", me, {"security_t", "kernel_t"}, {
            "security", "system"}, None
        yield f"{name}: writes no configuration", me, {"kagikura_etc_t", "etc_t"}, FILES, written
        yield f"{name}: writes no program", me, exec_types, {"file"}, written
        yield f"{name}: ends no process of the others", me, policy.ours - (
            me | ({of("worker")} if name == "web" else set())), {"process"}, {
                "sigkill", "sigstop", "signal"}


def forbidden_between(policy):
    for thing, owner in OWNERS.items():
        for name in PROGRAMS:
            if name != owner:
                yield f"{name}: no access to the {thing}", {of(name)}, {of(thing)}, None, None
    for source in PROGRAMS:
        for target in PROGRAMS:
            if (source, target) not in EDGES:
                yield f"{source} does not connect to {target}", {of(source)}, {of(target)}, {
                    "unix_stream_socket"}, {"connectto"}
        for socket, clients in CLIENTS.items():
            if source not in clients:
                yield f"{source} does not open the socket '{socket}'", {of(source)}, {
                    f"kagikura_{socket}_run_t"}, {"sock_file"}, {"write"}
    for name in PROGRAMS:
        yield f"{name}: reads no key of the site", {of(name)}, {"kagikura_site_key_t"}, None, None
        if name != "site":
            yield f"{name}: changes nothing that a site may change", {of(name)}, {
                "kagikura_site_conf_t"}, FILES, {
                    "write", "append", "create", "unlink", "rename", "setattr"}
    yield "site changes no routes", {of("site")}, {of("site")}, {"netlink_route_socket"}, {
        "nlmsg_write"}
    yield "audit removes no segment", {of("audit")}, {of("log")}, {"file"}, {"unlink", "link"}


def forbidden_to_others(policy):
    outsiders = policy.attributes["domain"] - policy.ours
    unconfined = policy.attributes["files_unconfined_type"]
    for thing in ("store", "log", "token"):
        yield f"nobody else writes the {thing}", outsiders - unconfined, {of(thing)}, {"file"}, {
            "write", "append", "create", "unlink", "rename"}
        yield f"nobody else reads the {thing}", outsiders - unconfined - READERS, {of(thing)}, {
            "file"}, {"read", "open", "map"}
    for name in PROGRAMS:
        parent = of("web") if name == "worker" else "init_t"
        yield f"only {parent} starts {name}", policy.attributes["domain"] - {parent} - (
            policy.attributes["unconfined_domain_type"]), {of(name)}, {"process"}, {
                "transition", "dyntransition"}
        yield f"nobody traces {name}", outsiders - policy.attributes["unconfined_domain_type"], {
            of(name)}, {"process"}, {"ptrace"}


def needed(policy):
    """What must be there, or the product does not run."""
    for thing, owner in OWNERS.items():
        yield f"{owner} writes the {thing}", {of(owner)}, {of(thing)}, {"file"}, {"write"}
    for source, target in sorted(EDGES):
        yield f"{source} connects to {target}", {of(source)}, {of(target)}, {
            "unix_stream_socket"}, {"connectto"}
    for name in PROGRAMS:
        parent = of("web") if name == "worker" else "init_t"
        yield f"{parent} starts {name}", {parent}, {of(name)}, {"process"}, {"transition"}
        yield f"{name}'s file is the way in", {of(name)}, {f"kagikura_{name}_exec_t"}, {"file"}, {
            "entrypoint"}
    yield "the worker speaks on its connection", {of("worker")}, {of("web")}, {"tcp_socket"}, {
        "read"}
    del policy


def main():
    policy = Policy(sys.argv[1])
    for questions, empty in ((forbidden_to_each, True), (forbidden_between, True),
                             (forbidden_to_others, True), (needed, False)):
        for name, sources, targets, classes, perms in questions(policy):
            found = policy.find(sources, targets, classes, perms)
            print(json.dumps({"name": name, "empty": empty, "found": found[:20]}))
    for name in PROGRAMS:
        parent = of("web") if name == "worker" else "init_t"
        wanted = (parent, f"kagikura_{name}_exec_t", "process", of(name))
        print(json.dumps({"name": f"{name} is entered by execution", "empty": False,
                          "found": [wanted] if wanted in policy.transitions else []}))


if __name__ == "__main__":
    main()
