"""What the rows count: the verdict on a rush, the two classes of an overload, what an answer says."""

import base64
import json
import os
import subprocess
import sys
import time

import pytest

from bench import processes
from bench.client import UNANSWERED, Answer
from bench.rows import ROWS
from bench.rows.contender import AGAIN, FULL, LISTED, SEATED, Contender, carrying, place_on, read, ticket_of
from bench.rows.overload import Seen, mixed, recovery
from bench.rows.rush import Told, judge
from bench.rows.writes import taps


def answer(status: int, body: dict | bytes = b"", **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, dict):
        given.setdefault("content-type", "application/json; charset=utf-8")
        body = json.dumps(body).encode()
    return Answer(0.0, 0.0, 1.0, status, given, body)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (answer(303, location="/angkatan/hak-cipta-2/"), SEATED),
        (answer(303, location="/angkatan/hak-cipta-2/#urutan"), LISTED),
        (answer(303, location="/angkatan/hak-cipta-2/antre/"), AGAIN),
        (answer(409, b"<html>"), FULL),
        (answer(201, {"state": "seated"}), SEATED),
        (answer(200, {"state": "seated"}), SEATED),
        (answer(202, {"state": "waiting", "position": 3}), LISTED),
        (answer(202, {"state": "queued", "ahead": 9}, retry_after="10"), AGAIN),
        (answer(409, {"code": "batch_full"}), FULL),
        (answer(409, {"code": "seat_elsewhere"}), "409 seat_elsewhere"),
        (answer(422, {"code": "pledge_needed"}), "422 pledge_needed"),
        (answer(200, b"<html>", retry_after="10"), AGAIN),
        (answer(429), AGAIN),
        (answer(503, {"code": "busy"}), AGAIN),
        (answer(UNANSWERED), AGAIN),
        (answer(500, b"<html>"), "500"),
        (answer(403, b"<html>"), "403"),
    ],
)
def test_what_an_answer_says(given, says):
    assert read(given) == says


TOLD = [Told(SEATED, 1.0, 1), Told(SEATED, 2.0, 1), Told(FULL, 4.0, 3), Told(LISTED, 3.0, 1)]


def test_an_honest_rush_has_nothing_to_hide():
    verdict = judge(TOLD, {"quota": 2, "taken": 2, "seated": [0, 1]})
    assert (verdict.oversold, verdict.miscounted, verdict.lost, verdict.double) == (0, 0, 0, 0)
    assert (verdict.undecided, verdict.untold, verdict.seated, verdict.last, verdict.per_second) == (0, 0, 2, 4.0, 1.0)


@pytest.mark.parametrize(
    ("told", "held", "what", "how_many"),
    [
        (TOLD, {"quota": 2, "taken": 3, "seated": [0, 1, 3]}, "oversold", 1),
        (TOLD, {"quota": 5, "taken": 3, "seated": [0, 1]}, "miscounted", 1),
        (TOLD, {"quota": 2, "taken": 1, "seated": [0]}, "lost", 1),
        (TOLD, {"quota": 3, "taken": 3, "seated": [0, 1, 1]}, "double", 1),
        ([*TOLD, None, Told("500", 5.0, 1)], {"quota": 2, "taken": 2, "seated": [0, 1]}, "undecided", 2),
        (TOLD, {"quota": 3, "taken": 3, "seated": [0, 1, 2]}, "untold", 1),
        (
            [Told(SEATED, 2.0, 1, 7), Told(FULL, 3.0, 2, 6), Told(FULL, 3.0, 2, 8), Told(LISTED, 3.0, 2, -5)],
            {"quota": 1, "taken": 1, "seated": [0]},
            "inversions",
            2,
        ),
    ],
)
def test_each_fault_of_a_rush_is_seen(told, held, what, how_many):
    assert getattr(judge(told, held), what) == how_many


def test_the_busiest_seconds_are_found_wherever_they_lie():
    told = [Told(FULL, at, 1) for at in (0.0, 20.0, 21.0, 29.0, 31.5)]
    assert judge(told, {"quota": 1, "taken": 0, "seated": []}).busiest == 0.3


@pytest.mark.parametrize("door", ["api", "page"])
def test_a_contender_comes_again_with_the_ticket_that_was_given(door):
    ticket = base64.urlsafe_b64encode(json.dumps(["a-1", "f" * 20, 1_234, 1, 0, ""]).encode()).decode().rstrip("=")
    ticket = f"{ticket}.signed"
    request = taps("a-1", ["masuk=x"], door)[0]
    if door == "api":
        given = answer(202, {"state": "queued", "ticket": ticket})
    else:
        given = answer(303, set_cookie=f"bahasa=id; Path=/\nantrean={ticket}; Max-Age=9")
    assert ticket_of(given) == ticket
    assert place_on(ticket) == 1_234
    sent = carrying(request, ticket_of(given)).encode("localhost").decode()
    line = f"Pintar-Ticket: {ticket}" if door == "api" else f"Cookie: masuk=x; antrean={ticket}"
    assert line in sent.split("\r\n")


def test_a_browser_goes_to_the_page_of_the_queue_and_does_what_its_script_does():
    contender = Contender(taps("a-1", ["masuk=x"], "page")[0])
    queue, html, script = "/angkatan/a-1/antre/", {"content_type": "text/html"}, {"content_type": "application/json"}
    cookie = {"set_cookie": "antrean=e30.s; Max-Age=9"}

    def hears(said: Answer) -> tuple[str, str, str, float, bool]:
        outcome, sent = contender.hear(said), contender.next
        return outcome, sent.method, sent.path, contender.pause, "Accept" in sent.headers

    assert hears(answer(503, retry_after="7", **html)) == (AGAIN, "POST", "/angkatan/a-1/kursi/", 7, False)
    assert hears(answer(303, location=queue, **cookie)) == (AGAIN, "GET", queue, 0, False)
    page = b'<body data-face="waitinggood" data-again="12">'
    assert hears(answer(200, page, **html)) == (AGAIN, "GET", queue, 12, True)
    assert hears(answer(200, {"face": "waitinggood", "again": 9}, **script)) == (AGAIN, "GET", queue, 9, True)
    assert hears(answer(503, b"", retry_after="15", **html)) == (AGAIN, "GET", queue, 15, True)
    assert hears(answer(200, {"face": "called", "again": 1}, **script)) == (AGAIN, "GET", queue, 0, False)
    called = b'<meta http-equiv="refresh" content="3"><body data-face="called">'
    assert hears(answer(200, called, **html)) == (AGAIN, "GET", queue, 3, False)
    assert contender.next.headers["Cookie"] == "masuk=x; antrean=e30.s"
    assert hears(answer(303, location="/angkatan/a-1/"))[0] == SEATED
    assert hears(answer(409, b"<html>"))[0] == FULL
    assert hears(answer(200, b'<body data-face="full">', **html))[0] == FULL
    assert hears(answer(200, b'<body data-face="closed">', **html))[0] == "page closed"


def test_a_rush_without_answers_has_no_speed():
    verdict = judge([None, None], {"quota": 1, "taken": 0, "seated": []})
    assert (verdict.undecided, verdict.last, verdict.per_second) == (2, 0.0, 0.0)


def test_two_classes_arrive_evenly_and_in_order():
    arrivals = list(mixed(2.0, 10.0, 3.0))
    assert [at for at, _ in arrivals] == sorted(at for at, _ in arrivals)
    assert sum(1 for _, inside in arrivals if inside) == 6
    assert sum(1 for _, inside in arrivals if not inside) == 30
    assert list(mixed(0, 1.0, 2.0)) == [(0.0, False), (1.0, False)]


def test_useful_is_what_they_came_for_in_time_and_no_place_in_the_queue():
    seen = Seen([(0.1, 200, True), (0.1, 409, True), (99.0, 200, True), (0.2, 303, False), (0.3, 202, False)])
    seen.answers += [(0.1, status, False) for status in (429, 503, 500, UNANSWERED)]
    assert (seen.useful, seen.failed) == (2, 3)
    assert seen.queued == [0.2, 0.3]
    assert seen.latencies(429, 503) == [0.1, 0.1]


def test_recovery_is_the_first_window_that_is_calm_again():
    assert recovery([0.5, 0.3, 0.12], 0.1) == 10.0
    assert recovery([0.11], 0.1) == 0.0
    assert recovery([0.5, 0.5], 0.1) is None


def test_a_process_and_its_children_are_counted_together():
    code = "import subprocess, sys; subprocess.Popen(['sleep', '60']); print('up', flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    child.stdout.readline()
    tree = processes.tree(child.pid)
    try:
        assert tree[0] == child.pid
        assert {processes.name(pid) for pid in tree} >= {"sleep"}
        assert processes.memory(tree) > 1_000_000
        assert set(tree) <= set(processes.tree(os.getpid()))
    finally:
        for pid in reversed(tree):
            os.kill(pid, 15)
        child.wait()


def test_cpu_time_is_that_of_work_done():
    before = processes.cpu([os.getpid()])
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert processes.cpu([os.getpid()]) - before >= 0.05
    assert processes.cpu([2**22 + 1]) == 0


def test_rows_have_a_name_and_a_sentence():
    for name, row in ROWS.items():
        assert name == row.name
        assert row.what
    assert {"bare", "catalogue", "lesson", "contents", "test", "result", "home", "batch"} <= ROWS.keys()
    assert {"sign-in", "answer", "seat", "rush", "overload", "memory"} <= ROWS.keys()
