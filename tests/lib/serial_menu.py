"""The appliance's menu at the other end of a serial line, for guests in QEMU."""

import re
import select
import time

PROMPT = re.compile(rb"(?:: |\? )$")


class SerialMenu:
    """Needs self.serial (a connected socket), self.said (bytes) and self.qemu (a Popen)."""

    def _hear(self, seconds, end=None):
        """What the console says until it asks for something; empty when it does not."""
        said = b""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            ready, _, _ = select.select([self.serial], [], [], 0.7)
            if ready:
                data = self.serial.recv(4096)
                if not data:
                    break
                said += data
            elif (said.endswith(end) if end else PROMPT.search(said)):
                self.said += said
                return said
            if self.qemu.poll() is not None:
                break
        self.said += said
        return b""

    def console(self, *answers, language="en"):
        """Types into the menu, one answer for each question; returns what it said."""
        del language
        said = b""
        for answer in answers or ("1",):
            self.serial.sendall(str(answer).encode() + b"\n")
            said += self._hear(120)
        return said.decode("utf-8", "replace").replace("\r", "")

    def state(self):
        return (re.findall(r"State: (\w+)", self.console("1")) or ["?"])[-1]

    def menu_choice(self, label):
        found = re.findall(rf"(\d+)\) {re.escape(label)}\n", self.console("1"))
        if not found:
            raise RuntimeError(f"the console offers no '{label}' now")
        return found[-1]

    def fingerprint(self):
        found = re.findall(r"Certificate SHA-256: ([0-9A-F:]{95})", self.console("1"))
        return found[-1].replace(":", "").lower()
