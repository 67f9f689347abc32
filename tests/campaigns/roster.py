"""Rosters through the pages: 1,000 people in CP932 and UTF-8; bad files named, nothing imported.

A point is ten people of the good rosters. Each bad file (roster_expected.py) is uploaded in
Japanese and in English; the page must list exactly the expected problems by line, column, heading
and reason, in its language, with a remedy each; afterwards the register must be as it was, and the
page must not repeat what looks like a number. The judge is tried on expectations that are wrong.
"""

import html
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import ipc
import roster_expected
import time_machine
from web_client import WebClient

CI_POINTS = 20
CI_SECONDS = 300
WHOLE = ("行全体", "whole line")
NUMBERS = (roster_expected.NUMBER, roster_expected.WIDE, roster_expected.SPLIT,
           roster_expected.HYPHENS)


def problems_of(page):
    """[(line, column's text, reason, remedy)] as the page's table has them."""
    out = []
    for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.S):
        cells = [html.unescape(re.sub(r"<[^>]*>", "", cell)).strip()
                 for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)]
        if len(cells) == 4 and cells[0].isdigit():
            out.append((int(cells[0]), *cells[1:]))
    return out


def differences(page, expected, language):
    """What the page says otherwise than it must; empty when it is right."""
    which = 0 if language == "ja" else 1
    wanted = []
    for line, column, heading, reason in expected:
        place = f"{column} {heading}".strip() if column else WHOLE[which]
        wanted.append((line, place, roster_expected.REASONS[reason][which]))
    shown = problems_of(page)
    out = [] if [p[:3] for p in shown] == wanted else [f"{shown[:3]}, expected {wanted[:3]}"]
    out += [f"no remedy in line {p[0]}" for p in shown if not p[3]]
    return out


class Judge:
    def __init__(self, ctx, box, handler, people):
        self.ctx = ctx
        self.box = box
        self.clients = {}
        for language in ("ja", "en"):
            client = WebClient(box.port, language=language)
            page = client.get("/sign-in")
            page = client.submit(page.form("/sign-in"), {
                "login": handler.login, "password": handler.password.decode(),
                "code": handler.device.code()})
            self.clients[language] = client
        self.people = people
        self.cells = 0

    def count(self):
        path = self.box.folder / "run/console/socket"
        with ipc.Channel.connect(self.schema, "ConsoleCore", path) as console:
            return console.call("GetStatus")["people"]

    schema = ipc.Schema()

    def upload(self, language, data):
        client = self.clients[language]
        page = client.get("/roster")
        return client.upload(page.form("/roster"), "csv", "roster.csv", data)

    def bad(self, name, data, expected):
        for language in ("ja", "en"):
            page = self.upload(language, data)
            where = f"{name}/{language}"
            self.ctx.expect(page.status == 422, f"{where}/status", page.status)
            if expected is not None:
                wrong = differences(page, expected, language)
                self.ctx.expect(not wrong, f"{where}/problems", wrong)
            else:
                self.ctx.expect(problems_of(page), f"{where}/problems", page.visible[:300])
            repeated = [n for n in NUMBERS if n in page.text]
            self.ctx.expect(not repeated, f"{where}/repeats", "the page repeats a number")
            self.ctx.expect(not page.forms_to("/roster/import"), f"{where}/no import", "offered")
            self.ctx.expect(self.count() == self.people, f"{where}/imported", "something was")
            self.cells += 1
        return page

    def good(self, name, data, count):
        page = self.upload("ja", data)
        self.ctx.expect(page.status == 200, f"{name}/preview", page.visible[:300])
        self.ctx.expect(self.count() == self.people, f"{name}/a preview imports nothing", "")
        page = self.clients["ja"].submit(page.form("/roster/import"))
        self.people += count
        self.ctx.expect(page.status == 200 and self.count() == self.people, f"{name}/imported",
                        f"{self.count()} people, {self.people} expected")


def judge(ctx, box, firm):
    handler = firm.handler
    told = Judge(ctx, box, handler, 0)
    size = max(1, ctx.points * 10)
    utf8 = actors.roster_csv(size, start=1, dependants=size // 4)
    cp932 = actors.roster_csv(size, start=100_001, dependants=size // 4, encoding="cp932")
    told.good("UTF-8", utf8, size + size // 4)
    told.good("CP932", cp932, size + size // 4)
    names = {row["employee_no"]: row["name"] for row in handler.people()}
    for data, encoding in ((utf8, "utf-8"), (cp932, "cp932")):
        rows = [line.split(",") for line in data.decode(encoding).split("\r\n")[1:-1]]
        wrong = [r[0] for r in rows if names.get(r[0]) != r[1]]
        ctx.expect(not wrong, f"{encoding}/every name", wrong[:5])
    for name, (data, expected) in {**roster_expected.cells(), **roster_expected.files()}.items():
        told.bad(name, data, expected)
    page = told.clients["ja"].get("/roster")
    try:
        page = told.clients["ja"].upload(page.form("/roster"), "csv", "r.csv", b"a" * (33 << 20))
        status = page.status
    except OSError:
        status = "closed"  # refused by its head, while the body was still being sent
    ctx.expect(status in (413, "closed"), "33 MiB", status)
    ctx.expect(told.count() == told.people, "33 MiB/imported", "something was")
    planted(ctx, told)
    ctx.note("bad_files", told.cells // 2)
    ctx.note("people_imported", told.people)


def planted(ctx, told):
    """Expectations that are wrong by a line, a column, a reason, a language: each must be seen."""
    data, ((line, column, heading, reason),) = roster_expected.at_line_3(
        roster_expected.row(c6="1990-13-01"), 6, "date")
    page = told.upload("ja", data)
    lies = {"line": (line + 1, column, heading, reason), "column": (line, 5, heading, reason),
            "heading": (line, column, "入社日", reason), "reason": (line, column, heading, "kana")}
    for name, lie in lies.items():
        ctx.expect(differences(page, [lie], "ja"), f"planted/{name}", "not noticed")
    right = [(line, column, heading, reason)]
    ctx.expect(differences(page, right, "en"), "planted/language", "not noticed")
    ctx.expect(differences(page, right * 2, "ja"), "planted/number of problems", "not noticed")
    ctx.expect(not differences(page, right, "ja"), "planted/none", differences(page, right, "ja"))


def run(ctx):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-roster-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap())
    try:
        box.prepare()
        box.start()
        with machine.codes_at_once():
            firm = actors.Firm(box)
            judge(ctx, box, firm)
    finally:
        box.stop()
        box.remove()
