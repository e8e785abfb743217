"""An application behind the way in, for its tests: it tells what it was asked. `python way_in_server.py PORT`."""

import json
import sys

from pintar.foundation.lanes import Lane
from pintar.foundation.way_in import TOO_LARGE, WayIn

LARGE = 300_000


class Stream:
    """As Django's streams are: pieces, read when they are wanted."""

    streaming = True
    closed = 0

    def __init__(self, size: int):
        self.left = size

    def __iter__(self):
        while self.left > 0:
            self.left -= 60_000
            yield b"x" * (60_000 if self.left >= 0 else 60_000 + self.left)

    def close(self) -> None:
        Stream.closed += 1


def application(environ, start_response):
    path = environ["PATH_INFO"].encode("latin-1").decode()
    if path.startswith("/aliran/"):
        size = int(path.split("/")[2])
        start_response("200 OK", [("Content-Type", "audio/mpeg"), ("Content-Length", str(size))])
        return Stream(size)
    if path == "/kosong":
        start_response("204 No Content", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return []
    if path == "/rusak":
        raise RuntimeError("it broke")
    body = environ["wsgi.input"].read()
    told = {
        "path": path, "query": environ["QUERY_STRING"], "length": environ.get("CONTENT_LENGTH"), "read": len(body),
        "ends": body[-3:].decode(), "cookie": environ.get("HTTP_COOKIE"), "names": sorted(environ, key=str),
        "address": environ["REMOTE_ADDR"], "server": [environ["SERVER_NAME"], environ["SERVER_PORT"]],
        "too large": TOO_LARGE in environ, "closed": Stream.closed,
    }  # fmt: skip
    text = json.dumps(told).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


lane = Lane("all", at_once=2, waiting=None)


async def front(environ, start_response):
    return await lane.run(application, environ, start_response)


served = WayIn(front, lane)

if __name__ == "__main__":
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "pintar.foundation.tests.way_in_server:served", port=int(sys.argv[1]), interface=Interfaces.RSGI,
        websockets=False,
    ).serve()  # fmt: skip
