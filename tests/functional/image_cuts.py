"""Power cuts while the main job goes on: what was acknowledged is there afterwards, and every
number that was shown has its entry."""

import http.client
import random
import re
import threading
import time

import actors
import main_job

REVEALED = 'grep -ao \'"event":"reveal.intent"\' /run/cut.tar | wc -l'


class Work(threading.Thread):
    """A handler who registers people and looks at numbers until the connection dies."""

    def __init__(self, handler, people, first):
        super().__init__(daemon=True)
        self.handler = handler
        self.people = people
        self.first = first      # number of the next person to register
        self.tried = self.kept = self.shown = 0
        self.wrong = None       # an answer that is none of a dying connection
        self.began = threading.Event()

    def run(self):
        try:
            page = self.handler.web.get("/reveal", person=[f"{p:016x}" for p in self.people])
            page = self.handler.web.submit(page.form("/reveal"), {
                "form": "withholding_slip", "period": "2026", **self.handler.step_up()})
            self.began.set()
            while True:
                page = self.look(page)
                self.register()
        except (OSError, http.client.HTTPException):
            pass  # the power is off
        except (LookupError, RuntimeError, StopIteration) as error:
            self.wrong = repr(error)
        finally:
            self.began.set()

    def look(self, page):
        """One more number, as long as the permission lasts."""
        if page is None:
            return None
        self.shown += len(re.findall(r'<span class="group">', page.text)) // 3
        more = [f for f in page.forms if f.action == "/reveal/show"]
        if not more:
            return None
        button = next(((n, v) for n, v, kind in more[0].fields
                       if kind == "submit" and n == "show"), None)
        return self.handler.web.submit(more[0], button=button) if button else None

    def register(self):
        data = actors.roster_csv(1, self.first + self.tried)
        page = main_job.upload_roster(self.handler, data, "one.csv")
        form = page.form("/roster/import")
        self.tried += 1
        page = self.handler.web.submit(form)
        if page.status == 200:
            self.kept += 1


class Cuts:
    """Of Run (imaged.py): `box`, `people`, `numbers`, `report`, `operational`, `same_numbers`."""

    def registered(self):
        return int(re.findall(r"People: (\d+)", self.box.console("1"))[-1])

    def intents(self):
        return int(self.box.root("kagikura export /run/cut.tar >/dev/null && " + REVEALED
                                 + "; rm -f /run/cut.tar").split()[-1])

    def cut_job(self):
        """`--cuts` power cuts, each at another moment of the job, on one disk."""
        chance = random.Random(self.options.seed)
        self.lost = self.unaudited = self.done_cuts = 0
        for number in range(self.options.cuts):
            self.one_cut(number + 1, chance.uniform(0.2, 9))
        self.report(self.lost == 0 and self.unaudited == 0 and self.done_cuts == self.options.cuts,
                    f"{self.done_cuts} power cuts in the main job: {self.lost} acknowledged writes "
                    f"lost, {self.unaudited} numbers shown without an entry")

    def one_cut(self, number, seconds):
        handler = self.people["tantou"]
        before, entries = self.registered(), self.intents()
        work = Work(handler, list(self.numbers), 1000 + 100 * number)
        work.start()
        work.began.wait(120)
        time.sleep(seconds)  # the moment of the cut is what is tried
        self.box.power_cut()
        work.join(60)
        self.box.boot()
        self.operational(f"cut {number}")
        self.box.set_clock()
        people, intents = self.registered(), self.intents()
        self.lost += max(0, before + work.kept - people)
        self.unaudited += max(0, entries + work.shown - intents)
        good = before + work.kept <= people <= before + work.tried and not work.wrong
        good = good and intents >= entries + work.shown
        self.done_cuts += 1
        self.report(good, f"cut {number} after {seconds:.1f} s: {work.kept} of {work.tried} people "
                    f"acknowledged, {people - before} there; {work.shown} numbers shown, "
                    f"{intents - entries} entries", work.wrong)
        self.same_numbers(f"cut {number}")
