"""The load client, against a small server of this process: what it sends, what it counts, what it refuses."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bench.client import MOST_CONNECTIONS, UNANSWERED, Client, NotLoopback, Request, arrive, play

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Little:
    """An HTTP server on a loop of its own. `answer(head, body)` gives the bytes to send; None closes the connection."""

    def __init__(self, answer: Callable[[str, bytes], bytes | None]):
        self.answer = answer
        self.heads: list[str] = []
        self.connections = 0
        self.held = asyncio.Event()
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()

    async def end(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next((int(x.split(":")[1]) for x in head.split("\r\n") if x.startswith("Content-Length")), 0)
                body = await reader.readexactly(length)
                self.heads.append(head)
                sent = self.answer(head, body)
                if sent is None:
                    break
                writer.write(sent)
                if b"Connection: close" in sent:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


@contextmanager
def little(answer: Callable[[str, bytes], bytes | None]) -> Iterator[Little]:
    server = Little(answer)
    server.thread.start()
    server.ready.wait()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.end(), server.loop).result()
        server.loop.call_soon_threadsafe(server.loop.stop)
        server.thread.join()


def test_every_arrival_is_answered_once_on_few_connections():
    with little(lambda head, body: OK) as server:
        answers = play(server.url, [(0.0, Request("GET", f"/{n}")) for n in range(300)], connections=4)
        assert [answer.status for answer in answers] == [200] * 300
        assert sorted(head.split()[1] for head in server.heads) == sorted(f"/{n}" for n in range(300))
        assert server.connections <= 4


def test_arrivals_do_not_wait_for_answers():
    all_came, came = threading.Event(), []

    def answer(head, body):
        came.append(head)
        if len(came) == 20:
            all_came.set()
        return b""  # nothing yet: the connection stays open

    with little(answer) as server:

        async def run() -> list[int]:
            client = Client(server.url, connections=20, patience=30)
            statuses = []

            async def visit(client: Client, at: float) -> None:
                statuses.append((await client.send(Request("GET", "/").encode(client.host), at)).status)

            visits = ((0.0, visit) for _ in range(20))
            waiting = asyncio.ensure_future(arrive(client, visits, longest=20))
            assert await asyncio.to_thread(all_came.wait, 15)
            assert not statuses
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            client.close()
            return statuses

        asyncio.run(run())
        assert len(came) == 20


def test_a_latency_counts_from_the_intended_arrival():
    with little(lambda head, body: OK) as server:
        # All are due at once and one connection serves them: the wait for it belongs to the latency.
        answers = play(server.url, [(0.0, Request("GET", "/"))] * 50, connections=1)
    sent = [answer.sent for answer in answers]
    assert sent == sorted(sent)
    assert all(answer.intended == 0.0 and answer.latency == answer.ended for answer in answers)


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/", "http://example.org:80/", "http://10.0.0.1:8000", "http://[2001:db8::1]/"]
)
def test_it_speaks_to_this_machine_only(url):
    with pytest.raises(NotLoopback, match="loopback only"):
        Client(url)


@pytest.mark.parametrize("url", ["http://localhost:1/", "http://127.0.0.1:1", "http://127.8.0.1:1", "http://[::1]:1/"])
def test_every_name_of_this_machine_will_do(url):
    assert Client(url).port == 1


@pytest.mark.parametrize("connections", [0, -1, MOST_CONNECTIONS + 1])
def test_connections_are_bounded(connections):
    with pytest.raises(ValueError, match="connections"):
        Client("http://127.0.0.1/", connections=connections)


def test_what_is_due_after_the_end_is_not_sent():
    with little(lambda head, body: OK) as server:
        answers = play(server.url, [(0.0, Request("GET", "/a")), (500.0, Request("GET", "/b"))], longest=1.0)
        assert [answer.status for answer in answers] == [200]
        assert len(server.heads) == 1


def test_a_server_that_is_not_there_answers_nothing():
    with little(lambda head, body: OK) as server:
        url = server.url
    answers = play(url, [(0.0, Request("GET", "/"))] * 3)
    assert [answer.status for answer in answers] == [UNANSWERED] * 3


def test_an_answer_that_never_comes_is_given_up():
    with little(lambda head, body: b"") as server:
        [answer] = play(server.url, [(0.0, Request("GET", "/"))], patience=0.05)
        assert answer.status == UNANSWERED
        assert len(server.heads) == 1  # not asked again: it may have been done


def test_a_broken_connection_is_tried_once_more_only_where_it_was_used_before():
    asked = []

    def breaks(head, body):
        asked.append(head)
        return OK if len(asked) == 1 else None

    with little(breaks) as server:
        requests = [(0.0, Request("GET", "/"))] * 2
        answers = play(server.url, requests, connections=1)
        assert [answer.status for answer in answers] == [200, UNANSWERED]
        assert len(asked) == 3


def test_an_answer_may_come_in_pieces_in_chunks_and_with_a_closed_connection():
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n"
    closing = b"HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\nConnection: close\r\nRetry-After: 7\r\n\r\nfull"
    with little(lambda head, body: chunked if head.startswith("GET /chunks") else closing) as server:
        requests = [
            (0.0, Request("GET", "/chunks")),
            (0.1, Request("GET", "/closes")),
            (0.2, Request("GET", "/closes")),
        ]
        answers = play(server.url, requests, connections=1)
    assert [(a.status, a.body, a.retry_after) for a in answers] == [
        (200, b"abcdefg", None),
        (409, b"full", 7.0),
        (409, b"full", 7.0),
    ]


def test_a_form_is_sent_as_browsers_send_it():
    bodies = []
    with little(lambda head, body: bodies.append(body) or OK) as server:
        play(server.url, [(0.0, Request("POST", "/x/", {"Cookie": "a=b"}, form={"pakta": "1", "teks": "a b&c"}))])
        [head] = server.heads
    assert bodies == [b"pakta=1&teks=a+b%26c"]
    assert "Content-Type: application/x-www-form-urlencoded" in head
    assert "Cookie: a=b" in head
    assert f"Host: localhost:{server.port}" in head
