"""Full TLS handshakes a second, each with a new connection and worker; memory of a worker.

    python3 tests/bench/bench_tls.py BUILD_DIR [SECONDS]

Key in software (fake_core): with the token's key add what one signature costs (bench of the hsm).
Prints one JSON object.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
import web_alone  # noqa: E402  pylint: disable=wrong-import-position


def client(build, port, connections, seconds, kind):
    done = subprocess.run([pathlib.Path(build) / "bin/https_load", str(port), str(connections),
                           str(seconds), kind, ""], input="\nGET /healthz\n",
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def worker_memory(acceptor_pid):
    """Private KiB of each worker: what another worker does not share."""
    children = pathlib.Path(f"/proc/{acceptor_pid}/task/{acceptor_pid}/children").read_text()
    out = []
    for pid in children.split():
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        out.append(sum(int(line.split()[1]) for line in text.splitlines()
                       if line.startswith("Private_")))
    return out


def measure(build, seconds):
    with tempfile.TemporaryDirectory() as folder, \
            web_alone.WebAlone(folder, build, per_source_max=512) as web:
        report = {f"new_{n}": client(build, web.port, n, seconds, "new") for n in (1, 4, 16)}
        report.update({f"keep_{n}": client(build, web.port, n, seconds, "keep") for n in (1, 32)})
        held = [web.open() for _ in range(8)]
        for connection in held:
            for _ in range(20):
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                connection.recv(65536)
        report["worker_private_kib"] = sorted(worker_memory(web.web.pid))[-8:]
        for connection in held:
            connection.close()
        report["worker_faults"] = len(web.worker_faults())
    return report


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5), indent=2))
