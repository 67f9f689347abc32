"""QEMU's control socket (QMP): plugs devices in and out, presses keys, looks at the state."""

import json
import socket
import time


class Qmp:
    def __init__(self, path, seconds=60):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.lines.readline()  # the greeting
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        """The answer; events that come before it are dropped."""
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while line := self.lines.readline():
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
        raise RuntimeError(f"{command}: QEMU has gone")

    def plug(self, name, driver, **properties):
        self.do("device_add", driver=driver, id=name, bus="usb.0", **properties)

    def pull(self, name):
        self.do("device_del", id=name)

    def plug_disk(self, name, path, *, removable=True):
        self.do("blockdev-add", **{"node-name": name, "driver": "raw",
                                   "file": {"driver": "file", "filename": str(path)}})
        self.plug(f"{name}-usb", "usb-storage", drive=name, removable=removable)

    def pull_disk(self, name):
        self.pull(f"{name}-usb")
        for _ in range(100):  # the guest lets go of it first
            try:
                return self.do("blockdev-del", **{"node-name": name})
            except RuntimeError:
                time.sleep(0.1)
        raise RuntimeError(f"the guest does not let go of {name}")

    def type(self, text):
        """Keys of the machine's own keyboard; lower case, digits and Enter."""
        for letter in text:
            key = {"\n": "ret", " ": "spc", "-": "minus", ".": "dot"}.get(letter, letter)
            self.do("send-key", keys=[{"type": "qcode", "data": key}])
            time.sleep(0.05)

    def close(self):
        self.lines.close()
        self.socket.close()
