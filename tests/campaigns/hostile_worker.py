"""A worker that speaks the messages and obeys nothing gets no number beyond its grants (G2, G3).

Two handlers, an auditor and the responsible person sign in; each handler re-authenticates once,
for some people. Then a hostile worker, which holds all their tokens, sends reveals at random:
any session, any grant (own, another's, made up), any person, on any connection, again and
again. A point is one try. Allowed is exactly: the session that the grant was opened for, a
person on its list, once.
"""

import collections
import os
import tempfile

import actors
import appliance
import ipc

CI_POINTS = 400
CI_SECONDS = 300
PEOPLE = 8


def run(ctx):
    box = appliance.Appliance(tempfile.mkdtemp(prefix="kagikura-hostile-"), ctx.build_dir)
    try:
        box.prepare()
        box.start(["hsm", "audit", "core"])
        firm = actors.Firm(box)
        second = firm.invite("dainitantou").sign_in()
        people = firm.collect(PEOPLE)
        staff = [firm.handler, second, firm.responsible, firm.auditor]
        grants = {}
        for actor, part in ((firm.handler, people[:4]), (second, people[3:7])):
            grants[actor.step_up("kReveal", part)] = (actor, set(part))
        attack(ctx, firm, staff, grants, people)
    finally:
        box.stop()
        box.remove()


def attack(ctx, firm, staff, grants, people):
    shown = collections.Counter()
    made_up = [0, 1, 2**63, int.from_bytes(os.urandom(8), "big")]
    channel = firm.handler.connect()
    for number in range(ctx.points):
        if number % 50 == 49:
            channel = ctx.random.choice(staff).connect()
        actor = ctx.random.choice(staff)
        grant = ctx.random.choice([*grants, *grants, *made_up])
        person = ctx.random.choice([*people, 0, 7])
        auth = {"token": actor.token, "csrf": actor.csrf}
        if ctx.random.random() < 0.1:
            auth[ctx.random.choice(["token", "csrf"])] = os.urandom(32)
        owner, listed = grants.get(grant, (None, ()))
        allowed = (owner is actor and person in listed and not shown[grant, person]
                   and auth == {"token": actor.token, "csrf": actor.csrf})
        try:
            reply = channel.call("Reveal", auth=auth, grant=grant, person=person)
        except ipc.IpcError as error:
            ctx.expect(not allowed, f"{number}", f"refused what the grant allows: {error}")
            continue
        shown[grant, person] += 1
        ctx.expect(allowed, f"{number}", "a number beyond the grants")
        ctx.expect(reply["number"].decode() == firm.numbers[person], f"{number}", "a wrong number")
    ctx.expect(max(shown.values(), default=0) == 1, "each once", shown)
    ctx.note("numbers_shown", sum(shown.values()))
