"""The way in, behind the server that serves it: what is asked comes through whole, and so does what is answered."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pintar.foundation.way_in import IN_MEMORY, LARGEST_REQUEST, ONE_PIECE


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "pintar.foundation.tests.way_in_server", str(free)])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", free)) == 0:
                    break
            time.sleep(0.05)
        yield free
    finally:
        server.terminate()
        server.wait(20)


def ask(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    given = {name.replace("__", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, given, encode_chunked=not isinstance(body, bytes | None))
    response = connection.getresponse()
    return response, response.read()


def told(port: int, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    response, said = ask(port, method, path, body, **headers)
    assert response.status == 200
    return json.loads(said)


def test_address_and_question_come_as_they_were_written(port):
    found = told(port, "GET", "/angkatan/%D8%A7%20x/?q=%20a+b")
    assert (found["path"], found["query"]) == ("/angkatan/ا x/", "q=%20a+b")
    assert found["address"] == "127.0.0.1" and found["server"] == ["127.0.0.1", str(port)]


def test_a_header_with_an_underscore_cannot_pass_for_the_one_that_a_proxy_sets(port):
    names = told(port, "GET", "/", X_Forwarded_Proto="https", X__Other="1")["names"]
    assert "HTTP_X_OTHER" in names and "HTTP_X_FORWARDED_PROTO" not in names


def test_cookies_in_several_lines_are_one_header(port):
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: wire.recv(65_536), b""))
    assert json.loads(said.partition(b"\r\n\r\n")[2])["cookie"] == "a=1; b=2"


@pytest.mark.parametrize("size", [1, IN_MEMORY, IN_MEMORY + 1, 3_000_000])
def test_what_is_sent_comes_whole(port, size):
    found = told(port, "POST", "/", b"a" * (size - 1) + b"z")
    assert (found["read"], found["length"]) == (size, str(size)) and found["ends"].endswith("z")


def test_what_is_sent_in_pieces_comes_whole_with_its_length(port):
    found = told(port, "POST", "/", (b"satu", b"dua", b"tig"), Transfer__Encoding="chunked")
    assert (found["read"], found["length"], found["ends"]) == (10, "10", "tig")


def test_of_what_is_too_large_nothing_is_read(port):
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGEST_REQUEST + 1}\r\n\r\n".encode())
        said = wire.recv(65_536)
    found = json.loads(said.partition(b"\r\n\r\n")[2])
    assert found["too large"] and (found["read"], found["length"]) == (0, "0")


@pytest.mark.parametrize("size", [0, 1_000, ONE_PIECE, ONE_PIECE + 1, 1_000_000])
def test_a_stream_comes_whole_and_is_closed(port, size):
    before = told(port, "GET", "/")["closed"]
    response, body = ask(port, "GET", f"/aliran/{size}")
    assert body == b"x" * size and response.headers["Content-Length"] == str(size)
    head, nothing = ask(port, "HEAD", f"/aliran/{size}")
    assert nothing == b"" and head.headers["Content-Length"] == str(size)
    assert told(port, "GET", "/")["closed"] == before + 2


def test_a_stream_of_which_the_rest_is_not_wanted_is_closed(port):
    before = told(port, "GET", "/")["closed"]
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(b"GET /aliran/50000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.recv(1_000)
    for _ in range(200):
        if told(port, "GET", "/")["closed"] > before:
            return
        time.sleep(0.02)
    raise AssertionError("the stream stayed open")


def test_an_answer_without_a_body_has_none_and_keeps_each_cookie(port):
    response, body = ask(port, "GET", "/kosong")
    assert (response.status, body) == (204, b"")
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_what_breaks_is_answered_with_500_and_the_next_is_served(port):
    assert ask(port, "GET", "/rusak")[0].status == 500
    assert told(port, "GET", "/")["read"] == 0


def test_who_breaks_off_while_sending_disturbs_nobody(port):
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"a" * 100_000)
    assert told(port, "GET", "/")["read"] == 0
