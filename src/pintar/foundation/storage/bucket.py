"""Media in a bucket of S3, or of anything that speaks it.

Reading waits some seconds at the most and is not tried again here: a thread of the server stands still meanwhile, and
the browser asks again by itself. After a failure the bucket counts as away for a while and is not asked at all, so that
pages keep the server's threads. Writing, which asks first whether the file is there, is patient.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from pintar.foundation.storage import FOR_EVER, REMEMBERED, TYPES, StoreAway

if TYPE_CHECKING:
    from obstore.store import S3Store

SIGNED_FOR = timedelta(seconds=12 * REMEMBERED)
CONNECTS_WITHIN = timedelta(seconds=1)
READS_WITHIN = timedelta(seconds=4)
WRITES_WITHIN = timedelta(seconds=60)
TRIES_OF_WRITING = 3
AWAY_FOR = 10.0


@deconstructible
class Bucket(Storage):
    """`public` is the address before the bucket that everyone may read, such as a CDN's; "" signs each address."""

    def __init__(self, bucket: str, prefix: str, endpoint: str, region: str, key: str, secret: str, public: str):
        self._place = (bucket, prefix)
        self._access: dict[str, Any] = {"region": region, "access_key_id": key, "secret_access_key": secret}
        if endpoint:
            self._access["endpoint"] = endpoint
        self._plain = endpoint.startswith("http://")
        self._public = public.rstrip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._away = _Away()

    def address(self, name: str) -> str:
        """Where a browser fetches a file itself: for ever where the bucket is public, else for twelve hours."""
        import obstore

        if self._public:
            return f"{self._public}/{self._prefix}{name}"
        return str(obstore.sign(self._reader, "GET", name, SIGNED_FOR))

    def exists(self, name: str) -> bool:
        import obstore

        try:
            with self._away.asked(), _failures():
                obstore.head(self._reader, name)
        except FileNotFoundError:
            return False
        return True

    def _open(self, name: str, mode: str = "rb") -> File:
        import obstore

        with self._away.asked(), _failures():
            return ContentFile(bytes(obstore.get(self._reader, name).bytes()), name)

    def _save(self, name: str, content: Any) -> str:
        import obstore

        told = {"Content-Type": TYPES[name.rpartition(".")[2]], "Cache-Control": FOR_EVER}
        with _failures():
            obstore.put(self._writer, name, content.read(), attributes=told)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name  # a name says what the file holds, so one that is there holds the same

    @cached_property
    def _reader(self) -> "S3Store":
        return self._store(READS_WITHIN, tries=1)

    @cached_property
    def _writer(self) -> "S3Store":
        return self._store(WRITES_WITHIN, tries=TRIES_OF_WRITING)

    def _store(self, within: timedelta, tries: int) -> "S3Store":
        from obstore.store import S3Store  # its threads begin with the first use, which must come after any fork

        bucket, prefix = self._place
        return S3Store(
            bucket,
            prefix=prefix or None,
            client_options={
                "connect_timeout": CONNECTS_WITHIN, "timeout": within, "allow_http": self._plain,
            },
            retry_config={"max_retries": tries - 1, "retry_timeout": within * tries},
            **self._access,
        )  # fmt: skip


class _Away:
    """Remembers for a while, for all threads of the process, that the bucket did not answer."""

    def __init__(self) -> None:
        self._until, self._lock = 0.0, threading.Lock()

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Around one question. Raises StoreAway at once while the bucket counts as away."""
        with self._lock:
            if time.monotonic() < self._until:
                raise StoreAway("the store did not answer a moment ago")
        try:
            yield
        except StoreAway:
            with self._lock:
                self._until = time.monotonic() + AWAY_FOR
            raise


@contextmanager
def _failures() -> Iterator[None]:
    """What the library raises, as one error of ours; what is not there stays a FileNotFoundError."""
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        # The message may hold the signed address, so its kind is all that is told.
        raise StoreAway(f"the store does not answer ({type(error).__name__})") from None
