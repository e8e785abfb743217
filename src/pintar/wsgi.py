"""The server's way in: the lanes of the classes of work, and the waiting room's door before the house."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.wsgi import get_wsgi_application

from pintar.foundation.memory import give_back_large_pieces

give_back_large_pieces()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pintar.settings")
house = get_wsgi_application()

from pintar.enrolment.waitingroom import asked, door, store  # noqa: E402
from pintar.enrolment.waitingroom.room import WaitingRoom  # noqa: E402
from pintar.foundation.lanes import THREADS, Crowded, Lane, StartResponse, Wsgi  # noqa: E402

# Threads that compute hand over to each other this often (seconds): a short answer need not wait for long ones, and a
# seat, which asks the database ten times, not for ten of the crowd.
sys.setswitchinterval(0.0002)

ANSWER_PATHS = ("/tes/", "/api/v1/sittings/")
SIGN_IN_PATHS = ("/api/v1/token", "/masuk/", "/daftar/", "/akun/aktivasi/", "/akun/lupa-kata-sandi/")
SHOP_PATHS = ("/pelatihan/", "/angkatan/", "/bantuan/", "/privasi/", "/v/", "/api/v1/courses", "/api/v1/batches")


@dataclass(frozen=True, slots=True)
class Lanes:
    """The classes of work, the dearest to us first; `gate` is where the waiting room asks whose session something is.

    The bounds of all but the answers' lane add up to less than the threads: there is always one for an answer.
    """

    answers: Lane
    inside: Lane
    seats: Lane
    sign_in: Lane
    shop: Lane
    gate: Lane

    def of(self, method: str, path: str) -> Lane:
        if path.startswith(ANSWER_PATHS):
            return self.answers
        if path.startswith(SIGN_IN_PATHS):
            return self.sign_in if method == "POST" else self.shop
        if path == "/" or (path.startswith(SHOP_PATHS) and method in ("GET", "HEAD")):
            return self.shop
        return self.inside


class Front:
    """Every request passes here first."""

    def __init__(self, house: Wsgi, lanes: Lanes, room: WaitingRoom):
        self.house, self.lanes, self.room = house, lanes, room
        self.door = door.Door(house, room, lanes.shop)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if wanted := asked.read(environ):
            return self.door(wanted, start_response)
        path = environ["PATH_INFO"]
        if path.startswith("/static/"):
            return self.house(environ, start_response)
        try:
            return self.lanes.of(environ["REQUEST_METHOD"], path).run(self.house, environ, start_response)
        except Crowded as crowded:
            return door.busy(environ, start_response, crowded)


class Served(Front):
    """As the server runs it: the waiting room's thread begins with the first request, after the server has forked."""

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self.room.watch()
        return super().__call__(environ, start_response)


LANES = Lanes(
    answers=Lane("answers", at_once=3, waiting=THREADS),
    inside=Lane("inside", at_once=4, waiting=24),
    seats=Lane("seats", at_once=2, waiting=16),
    # A sign-in keeps a whole core busy for 21 ms, outside of Python's own lock.
    sign_in=Lane("sign in", at_once=max(1, (os.cpu_count() or 1) // 2), waiting=16),
    shop=Lane("shop", at_once=2, waiting=24),
    gate=Lane("gate", at_once=1, waiting=384),
)
application = Served(house, LANES, WaitingRoom(store.of_this_house(), LANES.seats, LANES.gate))
