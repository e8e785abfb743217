"""The server's front: the lanes of the classes of work, and the waiting room's door before the house."""

import gc
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
from pintar.foundation.lanes import Crowded, Lane, StartResponse, Wsgi  # noqa: E402
from pintar.foundation.way_in import WayIn  # noqa: E402

# Threads that compute hand over to each other this often (seconds): a short answer need not wait for long ones. Each
# time costs something, and with one thread a lane the loop never has many before it.
sys.setswitchinterval(0.001)

# New objects that may be garbage in a cycle before the collector looks; a page makes some hundreds.
GARBAGE = 20_000

FILE_PATHS = ("/static/", "/media/")
ANSWER_PATHS = ("/tes/", "/api/v1/sittings/")
SIGN_IN_PATHS = ("/api/v1/token", "/masuk/", "/daftar/", "/akun/aktivasi/", "/akun/lupa-kata-sandi/")
SHOP_PATHS = ("/pelatihan/", "/angkatan/", "/bantuan/", "/privasi/", "/v/", "/api/v1/courses", "/api/v1/batches")


@dataclass(frozen=True, slots=True)
class Lanes:
    """The classes of work, the dearest to us first; `gate` is where the waiting room asks whose session something is.
    Whoever sends an answer always finds a place to wait."""

    answers: Lane
    inside: Lane
    files: Lane
    seats: Lane
    sign_in: Lane
    shop: Lane
    gate: Lane

    def of(self, method: str, path: str) -> Lane:
        if path.startswith(FILE_PATHS):
            return self.files
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
        self.door = door.Door(house, room, lanes.shop, lanes.answers, lanes.inside)

    async def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if wanted := asked.read(environ):
            return await self.door(wanted, start_response)
        lane = self.lanes.of(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        try:
            return await lane.run(self.house, environ, start_response)
        except Crowded as crowded:
            return door.busy(environ, start_response, crowded)


LANES = Lanes(
    answers=Lane("answers", at_once=1, waiting=None, spare=3),
    inside=Lane("inside", at_once=1, waiting=256, spare=3),
    files=Lane("files", at_once=4, waiting=None),
    seats=Lane("seats", at_once=2, waiting=64, called=1_000),
    # A sign-in keeps a whole core busy for 21 ms, outside of Python's own lock.
    sign_in=Lane("sign in", at_once=max(1, (os.cpu_count() or 1) // 2), waiting=16),
    shop=Lane("shop", at_once=1, waiting=24, spare=1),
    gate=Lane("gate", at_once=1, waiting=384),
)
front = Front(house, LANES, WaitingRoom(store.of_this_house(), LANES.seats, LANES.gate))


def begin() -> None:
    """In each process that serves, before its first request. What was loaded stays for good: the collector of cycles
    need not walk through all of it each time, nor as often as it does by itself."""
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)
    front.room.watch()


application = WayIn(front, LANES.files, begin, front.door.at_once)
