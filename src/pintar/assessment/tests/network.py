"""A network that can be cut: a TCP relay in front of a server, for tests of what happens without signal.

A browser's own offline mode does not reach its service workers, and a stopped Django server goes on serving the
connections it has.
"""

import socket
import threading
from contextlib import suppress


class Network:
    """Relays a port of its own to the server's port while there is signal."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.port = 0
        self._sockets: list[socket.socket] = []
        self.on()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def on(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def off(self) -> None:
        """Cut every connection and take no new one."""
        for each in [self._listener, *self._sockets]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._sockets.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                browser, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self.server_port))
                self._sockets += [browser, server]
                for source, target in ((browser, server), (server, browser)):
                    threading.Thread(target=self._relay, args=[source, target], daemon=True).start()

    def _relay(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                target.sendall(chunk)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
