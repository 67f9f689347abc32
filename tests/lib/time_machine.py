"""Time that passes when a campaign says so, for core and audit of an appliance: clock_shift.so
(tests/faults) in front of their clocks. The machine's own clock is left alone, and the product's
bounds are as they are.

    machine = TimeMachine(folder, build_dir)
    box = Appliance(folder, build_dir, wrap=machine.wrap())
    machine.pass_by(boot=901)       # quarter of an hour and a second, also for idle sessions
    machine.set_wall(-3600)         # only the calendar goes back

`codes_at_once()` lets authenticators move the calendar on instead of waiting for the next code.
"""

import contextlib
import struct
import time

import web_client


def environment(build_dir, file):
    """What a program needs around it for its clocks to follow `file`."""
    return {"LD_PRELOAD": str(build_dir / "lib/clock_shift.so"), "KAGIKURA_TEST_CLOCK": str(file)}


def packed(wall=0, boot=0):
    """The contents of that file: seconds that each clock runs ahead by."""
    return struct.pack("<qq", wall, boot)


class TimeMachine:
    def __init__(self, folder, build_dir):
        self.file = folder / "time-machine"
        self.build_dir = build_dir
        self.wall = 0
        self.boot = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(packed())

    def words(self):
        return ["/usr/bin/env", *(f"{name}={value}" for name, value in environment(
            self.build_dir, self.file).items())]

    def wrap(self):
        return {"audit": self.words(), "core": self.words()}

    def _write(self):
        with open(self.file, "r+b") as file:
            file.write(packed(self.wall, self.boot))

    def set_wall(self, seconds):
        self.wall = seconds
        self._write()

    def pass_by(self, boot=0, wall=0):
        self.boot += boot
        self.wall += wall
        self._write()

    @contextlib.contextmanager
    def codes_at_once(self):
        """While it lasts, new authenticators show each code once and never wait."""
        machine = self

        class Device(web_client.Authenticator):
            def code(self):
                # The running step's code, which is good for another one: the machine may be busy.
                now = int(time.time() + machine.wall) // 30
                step = max(self.last + 1, now)
                ahead = step - now - 1
                if ahead > 0:
                    machine.pass_by(wall=30 * ahead)
                self.last = step
                return web_client.totp(self.secret, step)

        before = web_client.Authenticator
        web_client.Authenticator = Device
        try:
            yield machine
        finally:
            web_client.Authenticator = before
