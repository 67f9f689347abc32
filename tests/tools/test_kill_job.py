"""The judge of the kill campaign waits until the appliance is back, not until it looks so."""

import pathlib
import sys
import types
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))

import ipc  # noqa: E402  pylint: disable=wrong-import-position
import kill_job  # noqa: E402  pylint: disable=wrong-import-position

BOX = types.SimpleNamespace(pin="0", folder=pathlib.Path("/nowhere"))


def status(state, hsm_ok=True, reason=""):
    return {"state": state, "hsm_ok": hsm_ok, "reason": reason}


class Recover(unittest.TestCase):
    def recover(self, said):
        """What comes of these answers of the console, in this order, and how often it unlocked."""
        with mock.patch.object(kill_job, "read_status", side_effect=said), \
             mock.patch.object(kill_job, "unlock") as unlock:
            return kill_job.recover(BOX, None), unlock.call_count

    def test_operational_before_core_has_noticed_is_not_recovered(self):
        self.assertEqual(self.recover([status("kOperational", hsm_ok=False), status("kLocked"),
                                       status("kOperational")]), ("kOperational", 1))

    def test_a_console_of_a_dead_core_is_asked_again(self):
        self.assertEqual(self.recover([ConnectionRefusedError(), ipc.Closed(),
                                       status("kOperational")]), ("kOperational", 0))

    def test_a_store_that_does_not_open_is_told_with_its_reason(self):
        state, _ = self.recover([status("kLocked"), status("kFailed", reason="log_behind_store")])
        self.assertIn("log_behind_store", state)


class Journal(unittest.TestCase):
    def test_a_step_without_an_answer_is_tried_and_not_done(self):
        journal = kill_job.Journal()
        with self.assertRaises(kill_job.Broken):
            journal.do("send", 1, mock.Mock(side_effect=ipc.Closed))
        self.assertEqual((journal.tried, journal.done), ({("send", 1)}, set()))

    def test_the_judge_lets_either_state_be_only_where_no_answer_came(self):
        journal = kill_job.Journal()
        journal.tried = {("send", 1), ("send", 2)}
        journal.done = {("send", 1)}
        for person, before, after, good in (
                (1, True, False, False), (1, False, True, True), (2, True, False, True),
                (2, False, True, True), (2, False, False, False), (3, False, True, False),
                (3, True, False, True)):
            judge = kill_job.Judge(None, None, journal)
            judge.either("send", person, before, after, "kept", "submission")
            self.assertEqual(not judge.failures, good, (person, before, after))


if __name__ == "__main__":
    unittest.main()
