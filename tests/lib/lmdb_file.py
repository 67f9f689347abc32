"""The store's file as somebody sees it who has the disk and no key: LMDB's pages (data version
1, 64-bit little-endian, as of 0.9), read and edited in place. For attackers in campaigns; an edit
keeps no rule that it is not made to keep.
"""

import dataclasses
import struct

PAGE = 4096
HEADER = 16
BRANCH, LEAF, META = 0x01, 0x02, 0x08
BIG = 0x01
META_MAGIC = 0xBEEFC0DE
MAIN_ROOT = HEADER + 24 + 48 + 40  # in a meta page: magic .. mapsize, the free list's db, then ours
TRANSACTION = HEADER + 24 + 48 + 48 + 8


@dataclasses.dataclass(frozen=True)
class Record:
    key: bytes
    key_at: int
    at: int    # of the stored value: eight bytes of revision, then what the store sealed
    size: int
    page: int
    slot: int

    @property
    def kind(self):
        return chr(self.key[0])

    @property
    def sealed_at(self):
        return self.at + 8

    @property
    def sealed_size(self):
        return self.size - 8


class LmdbFile:
    def __init__(self, path):
        self.path = path
        self.data = bytearray(path.read_bytes())

    def save(self, path=None):
        (path or self.path).write_bytes(self.data)

    def u16(self, at):
        return struct.unpack_from("<H", self.data, at)[0]

    def u64(self, at):
        return struct.unpack_from("<Q", self.data, at)[0]

    def meta(self):
        """Offset of the meta page that counts: the one with the newer transaction."""
        return max((0, PAGE), key=lambda at: self.u64(at + TRANSACTION))

    def pages(self):
        """Every page in use of the main tree, with its depth first order."""
        out = []
        waiting = [self.u64(self.meta() + MAIN_ROOT)]
        while waiting:
            number = waiting.pop()
            at = number * PAGE
            if number >= 1 << 32 or at + PAGE > len(self.data):
                continue
            out.append(number)
            if self.u16(at + 10) & BRANCH:
                for slot in range(self.slots(number)):
                    node = at + self.u16(at + HEADER + 2 * slot)
                    waiting.append(self.u16(node) | self.u16(node + 2) << 16
                                   | self.u16(node + 4) << 32)
        return out

    def slots(self, number):
        return (self.u16(number * PAGE + 12) - HEADER) // 2

    def records(self):
        out = []
        for number in self.pages():
            at = number * PAGE
            if not self.u16(at + 10) & LEAF:
                continue
            for slot in range(self.slots(number)):
                node = at + self.u16(at + HEADER + 2 * slot)
                size = self.u16(node) | self.u16(node + 2) << 16
                key_size = self.u16(node + 6)
                value = node + 8 + key_size
                if self.u16(node + 4) & BIG:
                    value = self.u64(value) * PAGE + HEADER
                out.append(Record(bytes(self.data[node + 8:node + 8 + key_size]), node + 8, value,
                                  size, number, slot))
        return sorted(out, key=lambda record: record.key)

    def stored(self, record):
        return bytes(self.data[record.at:record.at + record.size])

    def sealed(self, record):
        return bytes(self.data[record.sealed_at:record.at + record.size])

    def put(self, at, data):
        self.data[at:at + len(data)] = data

    def drop(self, record):
        """Takes the record's slot out of its page, as a deletion would leave it."""
        at = record.page * PAGE
        lower = self.u16(at + 12)
        place = at + HEADER + 2 * record.slot
        self.put(place, self.data[place + 2:at + lower])
        self.put(at + 12, struct.pack("<H", lower - 2))
