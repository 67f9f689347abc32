"""Part of store-tamper: a hostile core that gives audit sealed bytes for the wrong place.

It has grants, so that audit lets every reveal through to the HSM, and sealed numbers of its own box
and of another one. What it sends is swapped, moved, replayed or edited; honest reveals in between
say that the road is open. Nothing but an honest one may give a number.
"""

import collections

import guarantees
import ipc

PEOPLE = 200
OTHER_TENANT = 2
# shelf -> (tenant, purpose): two of each purpose, and one of another firm of the group.
SHELVES = {1: (1, "kIntake"), 2: (1, "kTax"), 3: (1, "kSocialInsurance"), 4: (1, "kTax"),
           5: (OTHER_TENANT, "kTax"), 6: (OTHER_TENANT, "kIntake")}
FORM = "kWithholdingSlip"  # for kTax
BATCH = 50


def place(person, shelf, version=1):
    tenant, purpose = SHELVES[shelf]
    return {"tenant": tenant, "person": person, "purpose": purpose, "shelf": shelf,
            "version": version}


def furnish(box, rng):
    """{(person, shelf, version): (sealed, digits)}: everybody on every shelf, two versions."""
    box.connect()
    box.unlock(enrol=True)
    for shelf, (tenant, purpose) in SHELVES.items():
        box.core.call("CreateShelf", tenant=tenant, purpose=purpose, shelf=shelf)
    numbers = {}
    for shelf in SHELVES:
        for version in (1, 2):
            for first in range(1, PEOPLE + 1, BATCH):
                people = range(first, min(first + BATCH, PEOPLE + 1))
                digits = {p: guarantees.individual_number(rng) for p in people}
                reply = box.core.call("SealNumbers", actor=guarantees.actor(1), ref=1, items=[
                    {"place": place(p, shelf, version), "number": digits[p].encode()}
                    for p in people])
                for p, item in zip(people, reply["items"]):
                    numbers[p, shelf, version] = (item["sealed"], digits[p])
    return numbers


class Attack:
    def __init__(self, box, numbers, foreign, rng):
        self.box = box
        self.numbers = numbers
        self.foreign = foreign  # sealed in the same places by another appliance
        self.rng = rng
        self.tried = collections.Counter()
        self.refused = collections.Counter()
        self.wrong = []
        self.honest = 0
        self.session = 100
        self.unused = []

    # ---- what is sent in the place of the right bytes: (place, sealed)

    def bytes_of(self, person, shelf=2, version=2):
        return self.numbers[person, shelf, version][0]

    def other(self, person):
        return self.rng.choice([p for p in range(1, PEOPLE + 1) if p != person])

    def twist_person(self, person):
        return place(person, 2, 2), self.bytes_of(self.other(person))

    def twist_purpose(self, person):
        return place(person, 2, 2), self.bytes_of(person, 3)

    def twist_intake(self, person):
        return place(person, 2, 2), self.bytes_of(person, 1)

    def twist_shelf(self, person):
        return place(person, 2, 2), self.bytes_of(person, 4)

    def twist_tenant(self, person):
        return place(person, 2, 2), self.bytes_of(person, 5)

    def twist_older(self, person):
        return place(person, 2, 2), self.bytes_of(person, 2, 1)

    def twist_foreign(self, person):
        return place(person, 2, 2), self.foreign[person, 2, 2][0]

    def twist_place(self, person):
        """The right bytes under a place with one word changed."""
        wrong = place(person, 2, 2)
        field = self.rng.choice(["tenant", "shelf", "version"])
        wrong[field] = {"tenant": self.rng.choice([0, 2, 3]),
                        "shelf": self.rng.choice([0, 1, 3, 4, 5, 99]),
                        "version": self.rng.choice([0, 1, 3, 2**32 - 1])}[field]
        return wrong, self.bytes_of(person)

    def twist_bit(self, person):
        data = bytearray(self.bytes_of(person))
        data[self.rng.randrange(len(data))] ^= 1 << self.rng.randrange(8)
        return place(person, 2, 2), bytes(data)

    def twist_bytes(self, person):
        data = bytearray(self.bytes_of(person))
        for _ in range(self.rng.randint(1, 8)):
            data[self.rng.randrange(len(data))] ^= self.rng.randint(1, 255)
        return self.changed(person, bytes(data))

    def twist_length(self, person):
        data = self.bytes_of(person)
        cut = self.rng.randrange(len(data))
        longer = data + self.rng.randbytes(self.rng.randint(1, 96 - len(data)))
        return place(person, 2, 2), self.rng.choice([data[:cut], data[cut + 1:], longer, b""])

    def twist_splice(self, person):
        """The beginning of one number and the end of another."""
        mine, theirs = self.bytes_of(person), self.bytes_of(self.other(person))
        cut = self.rng.randint(1, len(mine) - 1)
        return self.changed(person, mine[:cut] + theirs[cut:])

    def twist_noise(self, person):
        return place(person, 2, 2), self.rng.randbytes(len(self.bytes_of(person)))

    def changed(self, person, data):
        if data == self.bytes_of(person):
            return self.twist_noise(person)
        return place(person, 2, 2), data

    # ---- sending

    def grant(self):
        """For everybody, as wide as core may ask."""
        self.session += 1
        people = list(range(1, PEOPLE + 1))
        actor = {**guarantees.actor(1), "session": self.session}
        opened = self.box.core.call("OpenGrant", actor=actor, act="kReveal", people=people,
                                    form=FORM, period="2026")
        self.rng.shuffle(people)
        self.unused = [(actor, opened["grant"], person) for person in people]

    def reveals(self, count):
        """Sends `count` tamperings with honest reveals among them; takes all answers."""
        twists = [name for name in dir(self) if name.startswith("twist_")]
        waiting = {}
        while count > 0 or waiting:
            while count > 0 and len(waiting) < BATCH:
                if not self.unused:
                    if waiting:
                        break
                    self.grant()
                actor, grant, person = self.unused.pop()
                twist = "honest" if self.rng.random() < 0.05 else self.rng.choice(twists)
                if twist == "honest":
                    where, sealed = place(person, 2, 2), self.bytes_of(person)
                else:
                    where, sealed = getattr(self, twist)(person)
                    self.tried[twist[6:]] += 1
                    count -= 1
                ident = self.box.core.start("RevealNumber", actor=actor, grant=grant, place=where,
                                            sealed=sealed)
                waiting[ident] = (twist, person)
            self.take(waiting)

    def take(self, waiting):
        kind, ident, body, _ = self.box.core.receive()
        twist, person = waiting.pop(ident)
        schema = self.box.schema
        if kind == ipc.ERROR:
            code, field = schema.decode("base::Error", body)
            self.refused[f"{code}/{field}"] += 1
            if twist == "honest":
                self.wrong.append(f"an honest reveal was refused: {code}/{field}")
            return
        digits = schema.decode("RevealNumber::Reply", body)["number"].decode()
        if twist != "honest":
            right = "the right" if digits == self.numbers[person, 2, 2][1] else "A WRONG"
            self.wrong.append(f"{twist[6:]}: {right} number was shown")
        elif digits != self.numbers[person, 2, 2][1]:
            self.wrong.append("an honest reveal showed a wrong number")
        else:
            self.honest += 1

    def moves(self, count):
        """Tries to have bytes sealed again for another place, where a reveal would then open
        them."""
        for _ in range(count):
            person = self.rng.randint(1, PEOPLE)
            other = self.other(person)
            intake = place(person, 1, 2)
            kind = self.rng.choice(["move bytes", "move person", "move tenant", "move purpose",
                                    "reshelve person", "reshelve version", "reshelve purpose"])
            self.tried[kind] += 1
            item = {"from": intake, "sealed": self.bytes_of(person, 1), "to": place(person, 2, 3)}
            survivor = {"person": person, "version": 2, "sealed": self.bytes_of(person)}
            shelf_to = 4
            if kind == "move bytes":
                item["sealed"] = self.bytes_of(other, 1)
            elif kind == "move person":
                item["to"] = place(other, 2, 3)
            elif kind == "move tenant":
                item["to"] = place(person, 5, 3)
            elif kind == "move purpose":
                item.update({"from": place(person, 3, 2), "sealed": self.bytes_of(person, 3)})
            elif kind == "reshelve person":
                survivor["sealed"] = self.bytes_of(other)
            elif kind == "reshelve version":
                survivor["sealed"] = self.bytes_of(person, 2, 1)
            elif kind == "reshelve purpose":
                shelf_to = self.rng.choice([1, 3, 5])
            try:
                if kind.startswith("move"):
                    self.box.core.call("MoveNumbers", actor=guarantees.actor(1), ref=1,
                                       items=[item])
                else:
                    self.box.core.call("Reshelve", actor=guarantees.actor(1), ref=1, tenant=1,
                                       purpose="kTax", **{"from": 2}, to=shelf_to,
                                       items=[survivor])
                self.wrong.append(f"{kind}: sealed again for another place")
            except ipc.IpcError as error:
                self.refused[str(error)] += 1


def run_one(ctx, program, count, foreign):
    """Returns (attack, entries of reveals that failed)."""
    import log_files
    rng = ctx.random
    limits = {name: 90000 for name in ("user_hour", "user_day", "box_hour", "box_day")}
    with guarantees.Box(ctx.build_dir, program, budgets=limits) as box:
        attack = Attack(box, furnish(box, rng), foreign, rng)
        attack.moves(count // 10)
        attack.reveals(count - count // 10)
        box.core.close()
        box.box.programs["audit"].stop()
        entries = log_files.entries(box.folder / "state/log")
    failed = sum(e["event"] in ("reveal.failed", "reveal.refused") for e in entries)
    return attack, failed


def foreign_numbers(ctx):
    with guarantees.Box(ctx.build_dir) as box:
        return furnish(box, ctx.random)


def judge(ctx):
    foreign = foreign_numbers(ctx)
    attack, failed = run_one(ctx, "kagikura-audit", ctx.points, foreign)
    tried = sum(attack.tried.values())
    ctx.note("messages", dict(sorted(attack.tried.items())))
    ctx.note("messages_refused", dict(attack.refused.most_common()))
    ctx.note("honest_reveals", attack.honest)
    ctx.expect(not attack.wrong, "messages", attack.wrong[:5])
    ctx.expect(attack.honest > 0, "messages/road is open", "no honest reveal went through")
    reveals = tried - ctx.points // 10
    ctx.expect(failed == reveals, "messages/logged", f"{failed} entries for {reveals} refusals")
    if not attack.wrong:
        ctx.passed("messages", tried)
    # The same on a program that binds sealed bytes to nothing: it must be seen to show numbers.
    attack, _ = run_one(ctx, "planted-audit-forgets-place", 200, foreign)
    shown = sum("A WRONG" in text for text in attack.wrong)
    ctx.expect(shown > 0, "planted/forgets_place", "not noticed")
    ctx.note("planted_forgets_place", f"{shown} wrong numbers noticed in 200 tries")
