"""An open-model load client for HTTP/1.1 on loopback.

Arrivals are decided beforehand and do not wait for answers; a latency counts from the instant at which a request was
to arrive, so a server that stalls is seen to stall (no coordinated omission). Bounded in number, time and connections.

    answers = play("http://127.0.0.1:8000", [(0.0, Request("GET", "/")), (0.01, Request("GET", "/"))])

It shares the cores with the server it measures, so it is plain asyncio with the little of HTTP that is needed; its own
CPU time is told apart (`processes.own_cpu`).
"""

import asyncio
import gc
import ipaddress
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode, urlsplit

MOST_ARRIVALS = 2_000_000
LONGEST = 1_800.0
"""Seconds of one run."""

MOST_CONNECTIONS = 24_000
LONGEST_HEAD = 65_536
UNANSWERED = 0
"""The status of a request that got no whole answer: refused, broken off, or too late."""


class NotLoopback(ValueError):
    """The client speaks to this machine only."""


@dataclass(frozen=True, slots=True)
class Request:
    """`form` becomes an urlencoded body; otherwise `body` is sent as it is. `headers` by name."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    body: bytes = b""

    def encode(self, host: str) -> bytes:
        """The bytes on the wire. Browsers ask for brotli, so this does."""
        body = urlencode(self.form).encode() if self.form is not None else self.body
        headers = {"Host": host, "Accept-Encoding": "br, gzip", **self.headers}
        if self.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if body or self.method not in ("GET", "HEAD"):
            headers["Content-Length"] = str(len(body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Times in seconds since the run began: when the request was to arrive, was sent, was answered.

    `status` is UNANSWERED where nothing whole came; `body` is as it was sent (perhaps compressed).
    """

    intended: float
    sent: float
    ended: float
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def latency(self) -> float:
        """Seconds from the intended arrival to the last byte."""
        return self.ended - self.intended

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait, where it asks."""
        value = self.headers.get("retry-after", "")
        return float(value) if value.isdigit() else None


class Wire(asyncio.Protocol):
    """One connection that is used again: one request at a time, its answer read to the last byte."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = bytearray()
        self._answered: asyncio.Future[tuple[int, Mapping[str, str], bytes]] | None = None
        self._head = 0
        self.lost = self.expired = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def ask(self, raw: bytes) -> asyncio.Future[tuple[int, Mapping[str, str], bytes]]:
        self._received.clear()
        self._head = 0
        self._answered = asyncio.get_running_loop().create_future()
        self.transport.write(raw)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._head and not self._read_head():
            return
        if self._is_chunked:
            if (body := _dechunked(self._received, self._head)) is not None:
                self._done(body)
        elif len(self._received) >= self._head + self._need:
            self._done(bytes(self._received[self._head : self._head + self._need]))

    def expire(self) -> None:
        """The answer took too long: nobody waits for it any more."""
        self.expired = True
        self.transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self._answered and not self._answered.done():
            self._answered.set_exception(ConnectionError("closed before the answer was whole"))

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            if len(self._received) > LONGEST_HEAD:
                self.transport.abort()
            return False
        first, *lines = self._received[:end].decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            # Cookies come in several lines.
            headers[name] = f"{headers[name]}\n{value}" if name in headers else value
        self._status, self._headers, self._head = int(first.split(" ", 2)[1]), headers, end + 4
        self._is_chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self._need = int(headers.get("content-length", 0))
        self._closes = headers.get("connection", "").lower() == "close"
        return True

    def _done(self, body: bytes) -> None:
        answered, self._answered = self._answered, None
        if self._closes:
            self.lost = True
            self.transport.close()
        if answered and not answered.done():
            answered.set_result((self._status, self._headers, body))


def _dechunked(received: bytearray, at: int) -> bytes | None:
    """The body of a chunked answer, or None while it is not whole."""
    parts = []
    while (end := received.find(b"\r\n", at)) >= 0:
        size = int(received[at:end].split(b";")[0], 16)
        if not size:
            return b"".join(parts) if received.find(b"\r\n", end + 2) >= 0 else None
        if len(received) < end + 2 + size + 2:
            return None
        parts.append(bytes(received[end + 2 : end + 2 + size]))
        at = end + 2 + size + 2
    return None


class Client:
    """Connections to one server of this machine. Raises NotLoopback for any other.

    `connections` is how many requests are under way at most; those beyond wait here, and their latency runs.
    `patience` is how many seconds one answer may take.
    """

    def __init__(self, url: str, *, connections: int = 256, patience: float = 60.0):
        parts = urlsplit(url)
        name = parts.hostname or ""
        if name != "localhost" and not _is_loopback(name):
            raise NotLoopback(f"{name or url} is not this machine; the load client speaks to loopback only")
        if not 0 < connections <= MOST_CONNECTIONS:
            raise ValueError(f"connections must be between 1 and {MOST_CONNECTIONS}")
        self.address = "127.0.0.1" if name == "localhost" else name
        self.port = parts.port or 80
        self.host = f"localhost:{self.port}"
        self.patience = patience
        self.begun = perf_counter()
        self._free: deque[Wire] = deque()
        self._room = asyncio.Semaphore(connections)

    def now(self) -> float:
        """Seconds since the run began."""
        return perf_counter() - self.begun

    async def send(self, raw: bytes, intended: float | None = None) -> Answer:
        """Send encoded bytes now; the latency counts from `intended`. Never raises for what the server does."""
        intended = self.now() if intended is None else intended
        async with self._room:
            sent = self.now()
            if (kept := self._kept()) and (answer := await self._ask(kept, raw, intended, sent)):
                return answer
            if kept and kept.expired:
                return Answer(intended, sent, self.now(), UNANSWERED, {}, b"")
            # The server may have closed a kept connection while nobody looked; as browsers do, once more on a new one.
            try:
                fresh = await self._connect()
            except (OSError, TimeoutError):
                fresh = None
            answer = await self._ask(fresh, raw, intended, sent) if fresh else None
            return answer or Answer(intended, sent, self.now(), UNANSWERED, {}, b"")

    def close(self) -> None:
        while self._free:
            self._free.pop().transport.abort()

    def _kept(self) -> Wire | None:
        while self._free:
            wire = self._free.pop()
            if not wire.lost:
                return wire
        return None

    async def _connect(self) -> Wire:
        loop = asyncio.get_running_loop()
        _, wire = await asyncio.wait_for(loop.create_connection(Wire, self.address, self.port), self.patience)
        return wire

    async def _ask(self, wire: Wire, raw: bytes, intended: float, sent: float) -> Answer | None:
        """The answer on this connection; None where it broke or took too long."""
        answered = wire.ask(raw)
        timer = asyncio.get_running_loop().call_later(self.patience, wire.expire)
        try:
            status, headers, body = await answered
        except ConnectionError:
            return None
        finally:
            timer.cancel()
        if not wire.lost:
            self._free.append(wire)
        return Answer(intended, sent, self.now(), status, headers, body)


Visit = Callable[[Client, float], Awaitable[None]]
"""What one arrival does: given the client and the instant at which it was to arrive."""


async def arrive(client: Client, visits: Iterable[tuple[float, Visit]], *, longest: float = LONGEST) -> int:
    """Begin each visit at its instant (seconds from now, ascending), whatever became of those before; then wait for
    all of them. Returns how many were begun; those after `longest` seconds are not, and those under way then are ended.
    """
    client.begun = perf_counter()
    under_way: set[asyncio.Task[None]] = set()
    begun = 0
    # The collector would stop the client for longer than what it measures.
    gc.collect()
    gc.disable()
    try:
        for at, visit in visits:
            if at >= longest or begun >= MOST_ARRIVALS:
                break
            if (wait := at - client.now()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.ensure_future(visit(client, at))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            begun += 1
            if wait < -0.05 and begun % 50 == 0:
                # Behind its own plan: let answers in, or the loop would only ever send.
                await asyncio.sleep(0)
        if under_way:
            done, late = await asyncio.wait(set(under_way), timeout=max(longest - client.now(), 0.1))
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            for task in done:
                task.result()
    finally:
        gc.enable()
    return begun


def play(
    url: str,
    arrivals: Iterable[tuple[float, Request]],
    *,
    connections: int = 256,
    patience: float = 60.0,
    longest: float = LONGEST,
) -> list[Answer]:
    """Send each request at its instant; the answers in the order in which they ended."""
    answers: list[Answer] = []

    async def run() -> None:
        client = Client(url, connections=connections, patience=patience)
        encoded = [(at, request.encode(client.host)) for at, request in arrivals]

        def visit(raw: bytes) -> Visit:
            async def once(client: Client, at: float) -> None:
                answers.append(await client.send(raw, at))

            return once

        try:
            await arrive(client, ((at, visit(raw)) for at, raw in encoded), longest=longest)
        finally:
            client.close()

    asyncio.run(run())
    return answers


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
