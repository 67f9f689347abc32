"""The whole appliance with the handles of web_alone.WebAlone, so that one judge serves both: TLS
connections of one's own, from any source address of the loopback net.
"""

import pathlib
import re
import shutil
import socket
import ssl

import actors
import appliance
import time_machine
import web_alone

ZONES = {"handling": ["127.0.0.0/30", "127.0.0.4/30"], "collection": ["127.0.0.8/29"]}


class RealWeb:
    """`worker`, `core`: programs that stand in for kagikura-web-worker and kagikurad."""

    def __init__(self, folder, build_dir, *, settings=None, worker=None,
                 core="kagikurad"):
        self.core = core
        self.folder = pathlib.Path(folder).resolve()
        self.build_dir = pathlib.Path(build_dir)
        self.machine = time_machine.TimeMachine(self.folder, self.build_dir)
        self.box = appliance.Appliance(self.folder, build_dir, zones=ZONES, settings=settings,
                                       wrap=self.machine.wrap())
        self.bin = self.box.bin
        self.port = self.box.port
        self.worker = worker
        self.firm = None

    def __enter__(self):
        try:
            self.box.prepare()
            self.box.start(["hsm", "audit"])
            core = appliance.Program("core", [str(self.bin / self.core), "--config",
                                              str(self.box.config_path)],
                                     self.box.environment("core"), self.folder / "logs",
                                     self.machine.words())
            self.box.programs["core"] = core
            core.start()
            core.wait_ready()
            self.box.start(["web"])
            with self.machine.codes_at_once():
                self.firm = actors.Firm(self.box)
            self.ca = self.folder / "ca.pem"
            self.ca.write_text(ssl.get_server_certificate(("127.0.0.1", self.port)))
            self.context = ssl.create_default_context(cafile=str(self.ca))
            self.context.minimum_version = ssl.TLSVersion.TLSv1_3
            if self.worker:
                self.replace_worker()
        except BaseException:
            self.__exit__()
            raise
        return self

    def replace_worker(self):
        """The acceptor starts the worker that stands beside it."""
        programs = self.folder / "programs"
        programs.mkdir()
        shutil.copy(self.bin / "kagikura-web", programs / "kagikura-web")
        shutil.copy(self.worker, programs / "kagikura-web-worker")
        self.box.programs["web"].stop()
        (self.folder / "logs/web.notify").unlink(missing_ok=True)
        web = appliance.Program("web", [str(programs / "kagikura-web"), "--config",
                                        str(self.box.config_path)],
                                self.box.environment("web"), self.folder / "logs")
        self.box.programs["web"] = web
        web.start()
        web.wait_ready()

    def __exit__(self, *_):
        self.box.stop()
        self.box.remove()

    def worker_faults(self):
        log = self.box.logs().get("web", "")
        return re.findall(r".*worker\.(?:crashed|failed|not_started).*", log)

    def connect(self, source=None):
        connection = socket.create_connection(("127.0.0.1", self.port), web_alone.TIMEOUT,
                                              (source, 0) if source else None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def open(self, source=None):
        return self.context.wrap_socket(self.connect(source), server_hostname="localhost")

    def exchange(self, data, source=None):
        with self.open(source) as connection:
            connection.sendall(data)
            return web_alone.read_to_end(connection)
