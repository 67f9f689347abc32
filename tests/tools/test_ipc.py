"""The Python implementation of the channels against the golden bytes that the C++ one made."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))

import ipc  # noqa: E402


class Golden(unittest.TestCase):
    def test_every_message_decodes_and_encodes_to_the_same_bytes(self):
        schema = ipc.Schema()
        names = {edge: name for name, edge in ipc.EDGES.items()}
        count = 0
        for line in (ROOT / "tests/golden/messages.txt").read_text().splitlines():
            edge, name, *rest = line.split(" ")
            data = bytes.fromhex(rest[0] if rest else "")
            kind = name
            if name.endswith("::Reply"):
                kind = schema.reply_type(name.removesuffix("::Reply"))
            else:  # replies that have a name of their own stand beside the requests
                requests = schema.edges[names[edge]]
                self.assertIn(name, {*requests, *map(schema.reply_type, requests)})
            with self.subTest(edge=edge, message=name):
                value = schema.decode(kind, data)
                self.assertEqual(schema.encode(kind, value), data)
            count += 1
        self.assertGreater(count, 150)

    def test_what_is_cut_or_longer_is_refused(self):
        schema = ipc.Schema()
        data = schema.encode("Reveal", {"grant": 1, "person": 2})
        for size in range(len(data)):
            with self.assertRaises(ipc.Malformed):
                schema.decode("Reveal", data[:size])
        with self.assertRaises(ipc.Malformed):
            schema.decode("Reveal", data + b"\0")


if __name__ == "__main__":
    unittest.main()
