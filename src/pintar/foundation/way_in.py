"""The way in: requests as the server hands them over (RSGI, on one event loop), told to the house as WSGI tells them.

A request is read whole before anybody works on it, and its answer is sent when the work is done: a phone with a bad
signal, which sends and receives for minutes, holds no thread and no database connection.
"""

import io
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from pintar.foundation.lanes import Lane, StartResponse

Front = Callable[[dict[str, Any], StartResponse], Awaitable[Iterable[bytes]]]
# From method, path and headers: the answer for whoever finds no room even to wait, None for everybody else.
AtOnce = Callable[[str, str, Any, StartResponse], Iterable[bytes] | None]

log = logging.getLogger("pintar.way_in")

# Bytes of a request that are kept in memory; what is longer lies in a file until it is answered.
IN_MEMORY = 65_536
# Bytes of a request that are read at all; each page that takes files has a smaller limit of its own.
LARGEST_REQUEST = 100_000_000
TOO_LARGE = "pintar.too_large"
"""In the environ of a request of which no more was read: it is answered with 413."""

# A stream of at most so many bytes is sent in one piece.
ONE_PIECE = 262_144


class WayIn:
    """What the server serves. `files` is the lane in which streams are read; `begin` runs in each process that serves,
    before its first request; `at_once` is asked before anything but the head of a request was read."""

    def __init__(
        self, front: Front, files: Lane, begin: Callable[[], None] = lambda: None,
        at_once: AtOnce = lambda *head: None,
    ):  # fmt: skip
        self.front, self.files, self._begin, self.at_once = front, files, begin, at_once

    def __rsgi_init__(self, loop: Any) -> None:
        self._begin()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        said = _Said()
        if (told := self.at_once(scope.method, scope.path, scope.headers, said)) is not None:
            _send(scope.method, protocol, said, b"".join(told))
            return
        environ = _environ(scope)
        try:
            await _read_body(environ, protocol)
        except _gone():
            return  # they broke off while they sent
        try:
            body = await self.front(environ, said)
        except Exception:
            log.exception("no answer to %s %s", scope.method, scope.path)
            protocol.response_empty(500, [])
            return
        if isinstance(body, list):
            _send(scope.method, protocol, said, b"".join(body))
        else:
            await self._stream(scope.method, protocol, said, body)

    async def _stream(self, method: str, protocol: Any, said: "_Said", body: Any) -> None:
        """Piece after piece, each read in a thread, at the pace of whoever receives it."""
        try:
            if method == "HEAD":
                _send(method, protocol, said, b"")
            elif said.length <= ONE_PIECE:
                _send(method, protocol, said, await self.files.do(lambda: b"".join(body)))
            else:
                pieces, way_out = iter(body), protocol.response_stream(said.status, said.headers)
                while piece := await self.files.do(lambda: next(pieces, b"")):
                    await way_out.send_bytes(piece)
        except _gone():
            log.debug("they went away before the end of %s", said.headers)
        finally:
            await self.files.do(body.close)


class _Said:
    """`start_response`, as WSGI has it."""

    status = 500
    headers: list[tuple[str, str]] = []

    def __call__(self, status: str, headers: list[tuple[str, str]], *more: Any) -> None:
        self.status, self.headers = int(status[:3]), list(headers)

    @property
    def length(self) -> int:
        """Bytes that the answer says it has; without a word of it, more than any."""
        return next((int(value) for name, value in self.headers if name.lower() == "content-length"), sys.maxsize)


def _send(method: str, protocol: Any, said: _Said, body: bytes) -> None:
    if method == "HEAD" or not body or said.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        protocol.response_empty(said.status, said.headers)
    else:
        protocol.response_bytes(said.status, said.headers, body)


def _environ(scope: Any) -> dict[str, Any]:
    """PEP 3333. Header names with an underscore are left out: they would pass for those with a hyphen that a proxy
    in front of us sets."""
    name, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method, "SCRIPT_NAME": "", "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string, "SERVER_NAME": name, "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}", "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0), "wsgi.url_scheme": scope.scheme, "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = _KEYS.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        before = environ.get(key)
        environ[key] = value if before is None or key == "HTTP_HOST" else f"{before}{_between(key)}{value}"
    return environ


_KEYS = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def _between(key: str) -> str:
    return "; " if key == "HTTP_COOKIE" else ","


async def _read_body(environ: dict[str, Any], protocol: Any) -> None:
    """`wsgi.input` with all that was sent, and its true CONTENT_LENGTH; or TOO_LARGE and nothing."""
    said = environ.get("CONTENT_LENGTH", "")
    is_in_pieces = "HTTP_TRANSFER_ENCODING" in environ
    environ["wsgi.input"] = io.BytesIO()
    if not is_in_pieces and said in ("", "0"):
        return
    if not is_in_pieces and said.isdigit() and int(said) <= IN_MEMORY:
        environ["wsgi.input"] = io.BytesIO(await protocol())
        return
    if said.isdigit() and int(said) > LARGEST_REQUEST:
        environ |= {"CONTENT_LENGTH": "0", TOO_LARGE: True}
        return
    file: BinaryIO = SpooledTemporaryFile(max_size=IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
    async for piece in protocol:
        if file.tell() + len(piece) > LARGEST_REQUEST:
            file.close()
            environ |= {"CONTENT_LENGTH": "0", TOO_LARGE: True}
            return
        file.write(piece)
    environ["CONTENT_LENGTH"] = str(file.tell())
    file.seek(0)
    environ["wsgi.input"] = file


def _gone() -> tuple[type[Exception], ...]:
    """What the server raises when nobody sends or receives any more; its library is loaded only where it serves."""
    from granian.rsgi import ProtocolClosed, ProtocolError

    return ProtocolClosed, ProtocolError
