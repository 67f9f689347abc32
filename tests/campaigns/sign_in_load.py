"""Fifty sign-ins a second, and what a reveal takes meanwhile.

Attempts with a wrong password come through the real pages, each on a connection of its own and from
a network of its own, one in ten in the name of somebody who has an account; reveals go on over a
connection that is kept, and in the middle somebody who is signed in re-authenticates. In turn with
and without the flood; a point is one such pair. Times are the client's. One point is a short look
whether everybody is answered; two and more, on a quiet machine, are judged by their times.
"""

import multiprocessing
import os
import pathlib
import queue
import socket
import ssl
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import actors
import appliance
import bench
import ipc
import time_machine

CI_POINTS = 1
CI_SECONDS = 180
RATE = 50
SECONDS = 8            # 400 attempts: fewer than what makes the whole zone wait
SHORT_SECONDS = 2
REVEALS_A_SECOND = 60
SLOWER = 1.2
FORGET_S = 40_000
OWNERS = ("sekinin", "kengen", "kansa", "tantou")  # ten each: no account is held up
BUSY = "混み合っています".encode()


def request(number):
    """Names that are nobody's, each its own, and some that are somebody's."""
    login = OWNERS[number // 10 % 4] if number % 10 == 0 else f"kensho{number}"
    body = urllib.parse.urlencode({"login": login, "code": "000000",
                                   "password": "not the password of anybody"})
    return ("POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def attempt(context, port, number):
    """What was answered, and how long it took."""
    began = time.perf_counter()
    source = (f"127.{1 + number // 250}.{number % 250}.9", 0)
    with socket.create_connection(("127.0.0.1", port), 30, source) as plain, \
            context.wrap_socket(plain) as peer:
        peer.sendall(request(number))
        answer = b""
        while part := peer.recv(65536):
            answer += part
    status = answer[9:12].decode()
    if status == "429" and BUSY in answer:
        status = "busy"
    return status, time.perf_counter() - began


def flood(port, first, share, of, seconds, out):
    """One of several processes, each with its share of the attempts, at its time whatever the
    answers do."""
    os.nice(10)  # the load is not what is measured
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    answers, began = queue.SimpleQueue(), time.perf_counter()

    def one(number):
        try:
            answers.put(attempt(context, port, number))
        except OSError as error:
            answers.put((type(error).__name__, 0.0))

    # Whoever waits for an answer holds up nobody who comes after him.
    threads = []
    for i in range(share, RATE * seconds, of):
        wait = began + i / RATE - time.perf_counter()
        if wait > 0:
            time.sleep(wait)  # the pace itself is what is waited for
        threads.append(threading.Thread(target=one, args=(first + i,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    out.put([answers.get() for _ in threads])


class Reveals:
    def __init__(self, box, firm, people, seconds):
        self.box = box
        self.handler = firm.handler
        self.officer = firm.auditor
        self.people = people
        self.seconds = seconds
        self.known = []  # seconds that a re-authentication took in the middle

    def re_authenticate(self):
        before = time.perf_counter()
        self.officer.step_up("kMakeRecoveryCodes")
        self.known.append(time.perf_counter() - before)

    def __call__(self):
        """Milliseconds of each, at an even pace."""
        grant = self.handler.step_up("kReveal", self.people)
        web = bench_client(self.box)
        middle = threading.Timer(self.seconds / 2, self.re_authenticate)
        middle.start()
        times, began = [], time.perf_counter()
        # The browser is on another machine: what it waits for a processor is not the appliance's.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        for i, person in enumerate(self.people):
            wait = began + i / REVEALS_A_SECOND - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            fields = (f"csrf={bench.web_text(self.handler.csrf)}&grant={grant:016x}"
                      f"&show={person:016x}").encode()
            before = time.perf_counter()
            web.request("POST", "/reveal/show", fields, {
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin", "Cookie": bench.cookie_of(self.handler)})
            answer = web.getresponse()
            text = answer.read()
            times.append(1000 * (time.perf_counter() - before))
            if answer.status != 200 or b'class="group"' not in text:
                raise ValueError(f"a reveal was answered with {answer.status}")
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        web.close()
        middle.join()
        return times


def bench_client(box):
    import http.client  # pylint: disable=import-outside-toplevel
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    web = http.client.HTTPSConnection("127.0.0.1", box.port, context=context)
    web.connect()
    web.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return web


def percentile(times, percent):
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def with_flood(box, reveals, number):
    out, processes = multiprocessing.Queue(), []
    for share in range(4):
        processes.append(multiprocessing.Process(
            target=flood, args=(box.port, 400 * number, share, 4, reveals.seconds, out)))
        processes[-1].start()
    times = reveals()
    answers = [one for _ in processes for one in out.get()]
    for process in processes:
        process.join()
    return times, answers


def measure(ctx, box, machine, reveals):
    calm, flooded, answers = [], [], []
    for point in range(ctx.points):
        machine.pass_by(boot=FORGET_S)  # the failures of the last round are forgotten
        path = box.folder / "run/console/socket"
        with ipc.Channel.connect(ipc.Schema(), "ConsoleCore", path) as console:
            appliance.wait_for(lambda: console.call("GetStatus")["hsm_ok"], 60, "the HSM")
        for one in (reveals.handler, reveals.officer):
            one.channel = None
            one.sign_in()
        calm += reveals()
        before = bench.processor_us(box)
        times, got = with_flood(box, reveals, point)
        box.wait_workers_gone()
        after = bench.processor_us(box)
        ctx.note(f"processor ms a second in round {point}", {
            name: round((after[name] - before[name]) / 1000 / reveals.seconds) for name in after})
        flooded += times
        answers += got
    return calm, flooded, answers


def report(ctx, seconds, calm, flooded, answers):
    counts = {what: sum(status == what for status, _ in answers) for what in ("403", "busy")}
    ctx.note("attempts", {"sent": len(answers), "checked": counts["403"], "told": counts["busy"]})
    ctx.note("checked a second", round(counts["403"] / seconds / ctx.points, 1))
    took = [took for _, took in answers]
    ctx.note("attempt ms, median and p99",
             [round(1000 * x) for x in (statistics.median(took), percentile(took, 99))])
    ctx.note("reveal ms without, p50 p99", [round(percentile(calm, p), 2) for p in (50, 99)])
    ctx.note("reveal ms with, p50 p99", [round(percentile(flooded, p), 2) for p in (50, 99)])
    ctx.expect(sum(counts.values()) == len(answers),
               "every attempt is answered: wrong, or to come again in a moment",
               {status for status, _ in answers})
    ctx.expect(counts["403"] > 0, "and some are checked", counts)
    ctx.expect(len(calm) == len(flooded), "every reveal went through", (len(calm), len(flooded)))
    slower = percentile(flooded, 99) / percentile(calm, 99)
    ctx.note("reveal p99, times as long", round(slower, 2))
    if ctx.points > 1:
        ctx.expect(slower <= SLOWER, "reveal p99 at 50 sign-ins a second", f"{slower:.2f} times")


def run(ctx):
    seconds = SECONDS if ctx.points > 1 else SHORT_SECONDS
    limit = {key: 1_000_000 for key in ("user_hour", "user_day", "box_hour", "box_day")}
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kagikura-load-"))
    machine = time_machine.TimeMachine(folder, ctx.build_dir)
    box = appliance.Appliance(folder, ctx.build_dir, wrap=machine.wrap(),
                              settings={"budgets": limit})
    try:
        with box, machine.codes_at_once():
            firm = actors.Firm(box)
            people = firm.collect(REVEALS_A_SECOND * seconds)
            reveals = Reveals(box, firm, people, seconds)
            measured = measure(ctx, box, machine, reveals)
    finally:
        box.remove()
    ctx.note("re-authentication ms, in turn without and with", [round(1000 * x)
                                                                for x in reveals.known])
    ctx.expect(len(reveals.known) == 2 * ctx.points, "whoever is signed in re-authenticates")
    report(ctx, seconds, *measured)
