"""Media by content hash: stored once, named by what it is, never changed.

The address `/media/<sha256>.<ext>` can be cached for ever; the extension is from an allow-list, so a file can never be
served as a page.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

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
CHUNK = 64 * 1024
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its `name` ("<sha256>.<ext>"), address and size in bytes."""

    name: str
    url: str
    size: int


def media() -> Storage:
    return storages["media"]


def put(content: bytes, extension: str) -> Stored:
    """Keep a file; the same content is kept once. Raises ValueError for a type that is not allowed."""
    extension = extension.lower().removeprefix(".")
    if extension not in TYPES:
        raise ValueError(f"files of type .{extension} are not stored")
    name = f"{hashlib.sha256(content).hexdigest()}.{extension}"
    path = _path(name)
    if not media().exists(path):
        media().save(path, ContentFile(content))
    return Stored(name, f"/media/{name}", len(content))


def get(name: str) -> bytes:
    """The content of a stored file. Raises FileNotFoundError."""
    with media().open(_path(name)) as file:
        return file.read()


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"


@access(EVERYONE)
def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """A stored file, whole or the range that was asked for (players seek and resume with ranges, RFC 9110 §14)."""
    extension = PurePath(name).suffix.removeprefix(".")
    if extension not in TYPES or not media().exists(_path(name)):
        raise Http404
    size = media().size(_path(name))
    span = _range(request.headers.get("Range", ""), size)
    response: HttpResponseBase
    if span is None:
        response = FileResponse(media().open(_path(name)), content_type=TYPES[extension])
    elif span[0] >= size:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        response = StreamingHttpResponse(_read(name, *span), status=206, content_type=TYPES[extension])
        response.headers["Content-Range"] = f"bytes {span[0]}-{span[1]}/{size}"
        response.headers["Content-Length"] = str(span[1] - span[0] + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
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


def _read(name: str, first: int, last: int):
    with media().open(_path(name)) as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
