"""One who wants a seat, with a browser or a program: what they are told, and what they do next."""

import base64
import json
import re
from dataclasses import replace

from bench.client import UNANSWERED, Answer, Request

SEATED, LISTED, FULL = "seated", "listed", "full"
DEFINITE = (SEATED, LISTED, FULL)
AGAIN = "again"
SOON = 1.0
"""Seconds before a contender whose connection broke tries again."""


class Contender:
    """`next` is what they send, `pause` seconds after the last answer; `ticket` the one of the queue, if they have one.

    A program sends the same again with its ticket. A browser goes where the form sends it, which is the page of the
    queue; its script asks when it was told to, and loads the page anew when the page is to say something else.
    """

    def __init__(self, tap: Request):
        self.next, self.pause, self.ticket = tap, 0.0, ""
        self._tap, self._face = tap, ""

    def hear(self, answer: Answer) -> str:
        """One of DEFINITE, AGAIN, or the status that nobody expected."""
        self.ticket = ticket_of(answer) or self.ticket
        if self.next.method != "GET" or answer.status != 200:
            said = read(answer)
            self.pause = SOON if answer.retry_after is None else answer.retry_after
            if answer.status == 303 and said == AGAIN:
                self._look_at_page(answer.headers["location"], 0.0)
            elif self.ticket:
                self.next = carrying(self.next, self.ticket)
            return said
        return self._hear_queue(answer)

    def _hear_queue(self, answer: Answer) -> str:
        body = _plain(answer).decode()
        if answer.headers["content-type"].startswith("application/json"):
            told = json.loads(body)
            self.pause = told["again"]
            if told["face"] != self._face:
                self._look_at_page(self.next.path, 0.0)
            return AGAIN
        found = re.search(r'data-face="(\w+)"', body)
        self._face = found[1] if found else ""
        if again := re.search(r'data-again="(\d+)"', body):
            asked = {**self.next.headers, "Accept": "application/json"}
            self.next, self.pause = replace(self.next, headers=asked), float(again[1])
            return AGAIN
        if again := re.search(r'http-equiv="refresh" content="(\d+)"', body):
            self._look_at_page(self.next.path, float(again[1]))
            return AGAIN
        return FULL if self._face == "full" else f"page {self._face}"

    def _look_at_page(self, path: str, pause: float) -> None:
        page = Request("GET", path, {"Cookie": self._tap.headers["Cookie"]})
        self.next, self.pause = carrying(page, self.ticket), pause


def read(answer: Answer) -> str:
    """What an answer says: one of DEFINITE, AGAIN (ask once more later), or the status that nobody expected.

    The page's form answers 303 to the receipt or the place in line, 409 where the batch is full; the API says it in
    words. A ticket of the waiting room, and a refusal with Retry-After, ask to come again.
    """
    if answer.status in (429, 503, UNANSWERED):
        return AGAIN
    if answer.headers.get("content-type", "").startswith(("application/json", "application/problem+json")):
        return _read_json(answer)
    if answer.status == 303:
        # Into the waiting room, or to the batch's own page with the place in line or the receipt.
        where = answer.headers.get("location", "")
        return AGAIN if where.endswith("/antre/") else LISTED if where.endswith("#urutan") else SEATED
    if answer.status == 409:
        return FULL
    if answer.status in (200, 202) and answer.retry_after is not None:
        return AGAIN
    return str(answer.status)


def _read_json(answer: Answer) -> str:
    document = json.loads(_plain(answer))
    match answer.status, document.get("state"), document.get("code"):
        case ((200 | 201), "seated", _):
            return SEATED
        case 202, "waiting", _:
            return LISTED
        case 202, "queued", _:
            return AGAIN
        case 409, _, "batch_full":
            return FULL
        case status, state, code:
            return f"{status} {state or code}"


def _plain(answer: Answer) -> bytes:
    match answer.headers.get("content-encoding"):
        case "br":
            import brotli

            return brotli.decompress(answer.body)
        case "gzip":
            import zlib

            return zlib.decompress(answer.body, wbits=31)
        case _:
            return answer.body


def ticket_of(answer: Answer) -> str:
    """The ticket of the waiting room that came with an answer; "" where none did."""
    if answer.status == 202:
        return str(json.loads(_plain(answer)).get("ticket", ""))
    found = re.search(r"\bantrean=([^;\s]+)", answer.headers.get("set-cookie", ""))
    return found[1] if found else ""


def place_on(ticket: str) -> int:
    """The place that a ticket names; its signature is the server's business."""
    body = ticket.partition(".")[0]
    return int(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))[2])


def carrying(request: Request, ticket: str) -> Request:
    """The same request with the ticket, as a program or a browser sends it."""
    if request.method == "PUT":
        return replace(request, headers={**request.headers, "Pintar-Ticket": ticket})
    own = request.headers["Cookie"].partition("; antrean=")[0]
    return replace(request, headers={**request.headers, "Cookie": f"{own}; antrean={ticket}"})
