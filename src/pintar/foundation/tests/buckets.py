"""Stores that speak S3: one that runs for real, and one that answers as a test wishes."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKET = "media"


def url(port: int, more: str = "") -> str:
    """What an operator writes for it into PINTAR_MEDIA_URL."""
    return f"s3://kunci:rahasia@{BUCKET}/pintar?endpoint=http://127.0.0.1:{port}{more}"


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """A store over a folder, with an empty bucket; its port. It checks no signature."""
    (folder / BUCKET).mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "localbucket", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


class Fake:
    """A store that answers by the beginning of the request, and else says nothing at all; it notes each request."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self.requests: list[bytes] = []
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(visitor)
            request = visitor.recv(65536)
            self.requests.append(request)
            for beginning, answer in self._answers.items():
                if request.startswith(beginning):
                    visitor.sendall(answer)
                    visitor.close()
                    break

    def close(self) -> None:
        self._listener.close()
        for visitor in self._open:
            visitor.close()


def _answer(status: str) -> bytes:
    return f'HTTP/1.1 {status}\r\nContent-Length: 0\r\nETag: "1"\r\nConnection: close\r\n\r\n'.encode()


FAILING, NOT_FOUND, DONE = _answer("500 Internal Server Error"), _answer("404 Not Found"), _answer("200 OK")
