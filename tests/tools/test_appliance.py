"""The appliance of the tests cleans up after itself."""

import pathlib
import sys
import tempfile
import textwrap
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))

import appliance  # noqa: E402

STARTS = """
    #!/usr/bin/python3
    import os, signal, socket
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
    signal.pause()
"""
NEVER_READY = """
    #!/usr/bin/python3
    import signal
    signal.pause()
"""


class StartTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / "bin").mkdir()
        (self.folder / "logs").mkdir()
        self.box = appliance.Appliance(self.folder, self.folder)

    def program(self, name, text):
        path = self.folder / "bin" / name
        path.write_text(textwrap.dedent(text).lstrip())
        path.chmod(0o755)

    def test_a_start_that_fails_leaves_no_process(self):
        self.program("kagikura-hsm", STARTS)
        self.program("kagikura-audit", NEVER_READY)
        started = []
        spawn = appliance.Program.start

        def remember(program):
            spawn(program)
            started.append(program)
        with mock.patch.object(appliance, "READY_SECONDS", 0.3), \
                mock.patch.object(appliance.Program, "start", remember):
            with self.assertRaisesRegex(RuntimeError, "audit is not ready"):
                # The first has all the time that it needs.
                with mock.patch.object(appliance, "READY_SECONDS", 20):
                    self.box.start(["hsm"])
                self.box.start(["audit"])
        self.assertEqual([program.name for program in started], ["hsm", "audit"])
        self.assertTrue(all(program.process.poll() is not None for program in started))
        self.assertEqual(self.box.programs, {})

    def test_entering_fails_the_same_way(self):
        self.program("kagikura-hsm", NEVER_READY)
        with mock.patch.object(appliance, "READY_SECONDS", 0.3), \
                mock.patch.object(self.box, "prepare"), self.assertRaises(RuntimeError):
            with self.box:
                self.fail("it was not ready")
        self.assertEqual(self.box.programs, {})


if __name__ == "__main__":
    unittest.main()
