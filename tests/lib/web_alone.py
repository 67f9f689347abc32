"""The web alone: kagikura-web and its workers, with fake_core in place of core.

    with WebAlone(folder, build_dir) as web:
        answer = web.exchange(b"GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
"""

import pathlib
import queue
import re
import socket
import ssl
import subprocess
import threading
import time

TIMEOUT = 20


class WebAlone:
    def __init__(self, folder, build_dir, *, refuse=None, quiet=True, canned=None, worker=None,
                 listen=None, workers_max=512, per_source_max=64):
        self.folder = pathlib.Path(folder).resolve()
        self.bin = pathlib.Path(build_dir).resolve() / "bin"
        self.refuse = refuse
        self.quiet = quiet
        self.canned = canned  # a role: fake_core answers everything with made-up data
        self.worker = worker  # a program that stands in for kagikura-web-worker
        self.address = listen or "127.0.0.1"
        self.limits = (workers_max, per_source_max)
        self.core = None
        self.web = None
        self.port = None

    def __enter__(self):
        (self.folder / "web").mkdir(parents=True, exist_ok=True)
        self.ca = self.folder / "ca.pem"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (self.folder / "kagikura.toml").write_text(
            f'[paths]\nstate = "{self.folder}/state"\nrun = "{self.folder}"\n'
            f'[hsm]\nmodule = "/usr/lib/softhsm/libsofthsm2.so"\ntoken = "pkcs11:token=none"\n'
            f'[web]\nlisten = ["{self.address}:{self.port}"]\nworkers = {self.limits[0]}\n'
            f'workers_per_source = {self.limits[1]}\n'
            '[[zone]]\nkind = "handling"\nblocks = ["127.0.0.0/8"]\n', encoding="utf-8")
        try:
            self.start_core()
            self.start_web()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start_core(self):
        command = [self.bin / "fake_core", "--socket", self.folder / "web/socket",
                   "--certificate", self.ca]
        if self.refuse:
            command += ["--refuse", self.refuse]
        if self.canned:
            command += ["--canned", self.canned]
        if self.quiet:
            command.append("--quiet")
        self.core = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                     text=True)
        self.told = queue.Queue()
        threading.Thread(target=self._listen, args=(self.core.stdout, self.told),
                         daemon=True).start()
        self.wait_core("ready")
        self.context = self.client_context()

    def client_context(self):
        context = ssl.create_default_context(cafile=str(self.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    def wait_core(self, line, seconds=TIMEOUT):
        """Reads what fake_core tells until `line`; returns all lines read."""
        lines = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                lines.append(self.told.get(timeout=0.5))
            except queue.Empty:
                continue
            if lines[-1] == line:
                return lines
        raise TimeoutError(f"fake_core did not say {line!r}, but {lines}")

    @staticmethod
    def _listen(stream, told):
        for line in stream:
            told.put(line.strip())

    def start_web(self):
        program = self.bin / "kagikura-web"
        if self.worker:
            # The acceptor starts the worker that stands beside it.
            programs = self.folder / "programs"
            programs.mkdir(exist_ok=True)
            for name, source in (("kagikura-web", program), ("kagikura-web-worker", self.worker)):
                (programs / name).write_bytes(pathlib.Path(source).read_bytes())
                (programs / name).chmod(0o755)
            program = programs / "kagikura-web"
        self.log_path = self.folder / "web.log"
        log = open(self.log_path, "ab")  # pylint: disable=consider-using-with
        self.web = subprocess.Popen([program, "--config", self.folder / "kagikura.toml"],
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            try:
                with self.connect():
                    return
            except OSError:
                if self.web.poll() is not None:
                    raise RuntimeError(self.log()) from None
                time.sleep(0.02)  # until it listens; it has no other sign off systemd
        raise TimeoutError(self.log())

    def stop_core(self):
        self.core.kill()
        self.core.wait()

    def __exit__(self, *_):
        if self.web and self.web.poll() is None:
            self.web.terminate()
            self.web.wait()
        if self.core:
            self.stop_core()

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def worker_faults(self):
        """Lines of the log about workers that did not end well."""
        return re.findall(r".*worker\.(?:crashed|failed|not_started).*", self.log())

    def connect(self, source=None):
        connection = socket.create_connection((self.address, self.port), TIMEOUT,
                                              (source, 0) if source else None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as browsers do
        return connection

    def open(self, source=None):
        """A TLS connection of one's own."""
        return self.context.wrap_socket(self.connect(source), server_hostname="localhost")

    def exchange(self, data, source=None):
        """Sends the bytes on a new connection and returns all that comes until its end."""
        with self.open(source) as connection:
            connection.sendall(data)
            return read_to_end(connection)


def read_to_end(connection, seconds=TIMEOUT):
    """Everything until the peer ends the connection; TimeoutError when it does not."""
    out = b""
    connection.settimeout(seconds)
    while True:
        try:
            got = connection.recv(65536)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return out
        if not got:
            return out
        out += got


def split_answer(data):
    """(status, headers by lower-case name, body, rest) of the first answer in `data`."""
    head, _, rest = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    match = re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", lines[0])
    if not match:
        raise ValueError(f"no answer: {data[:80]!r}")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    size = int(headers.get("content-length", ["0"])[0])
    return int(match[1]), headers, rest[:size], rest[size:]
