"""Media by content hash: stored once, named by what it is, never changed.

The address `/media/<sha256>.<ext>` can be cached for ever; the extension is from an allow-list, so a file can never be
served as a page. Files lie in a folder, or in a bucket of S3 (`bucket.py`): then recordings are played from the bucket
or the network before it, and what is small (pictures, captions) passes through the house.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)

from pintar.foundation.access import EVERYONE, access

TYPES = {
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt; charset=utf-8",
    "webp": "image/webp",
    "avif": "image/avif",
    "png": "image/png",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}
RECORDINGS = ("opus", "m4a", "mp3", "mp4", "webm")
CHUNK = 64 * 1024
YEAR = 365 * 24 * 3600
FOR_EVER = f"public, max-age={YEAR}, immutable"
# How long a browser may remember where a recording lies; an address that is signed lasts twelve times as long.
REMEMBERED = 3600


class StoreAway(OSError):
    """The store does not answer, or not in time. What lies in the database is not touched by it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its `name` ("<sha256>.<ext>"), address and size in bytes."""

    name: str
    url: str
    size: int


def media() -> Storage:
    return storages["media"]


def put(content: bytes, extension: str) -> Stored:
    """Keep a file; the same content is kept once. Raises ValueError for a type that is not allowed, StoreAway."""
    extension = extension.lower().removeprefix(".")
    if extension not in TYPES:
        raise ValueError(f"files of type .{extension} are not stored")
    name = f"{hashlib.sha256(content).hexdigest()}.{extension}"
    path = _path(name)
    if not media().exists(path):
        media().save(path, ContentFile(content))
    return Stored(name, f"/media/{name}", len(content))


def get(name: str) -> bytes:
    """The content of a stored file. Raises FileNotFoundError, StoreAway."""
    with media().open(_path(name)) as file:
        return file.read()


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"


def address(name: str) -> str | None:
    """Where a browser may fetch a recording itself; None where the house hands it out."""
    find: Any = getattr(media(), "address", None)
    return find(_path(name)) if find else None


@access(EVERYONE)
def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """A stored file, whole or the range that was asked for (players seek and resume with ranges, RFC 9110 §14)."""
    extension = PurePath(name).suffix.removeprefix(".")
    if extension not in TYPES:
        raise Http404
    if extension in RECORDINGS and (elsewhere := address(name)):
        response = HttpResponseRedirect(elsewhere)
        response.headers["Cache-Control"] = f"private, max-age={REMEMBERED}"
        return response
    try:
        file = media().open(_path(name))
    except FileNotFoundError:
        raise Http404
    except StoreAway:
        # No page: whoever asks is a player or a picture's frame, and the page around it has its words.
        return HttpResponse(status=503, headers={"Retry-After": "10", "Cache-Control": "no-store"})
    return _answer(request, file, TYPES[extension])


def _answer(request: HttpRequest, file: Any, content_type: str) -> HttpResponseBase:
    size = file.size
    span = _range(request.headers.get("Range", ""), size)
    if span is not None and span[0] >= size:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span or (0, size - 1)
    response = StreamingHttpResponse(_read(file, first, last), status=206 if span else 200, content_type=content_type)
    if span:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; None for no range or one that we answer whole."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return max(size - int(last), 0), size - 1
    if last and int(last) < int(first):
        return None  # no range at all, says the RFC: the header is passed over
    return int(first), min(int(last), size - 1) if last else size - 1


def _read(file: Any, first: int, last: int):
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
