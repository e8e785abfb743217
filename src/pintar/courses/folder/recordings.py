"""How long a recording is, read from the file itself: Opus in Ogg (RFC 7845) and MPEG-4 (ISO 14496-12)."""

import struct

OPUS_RATE = 48_000


class BrokenRecording(Exception):
    """The file is not what its name says, or is cut off."""


def seconds(content: bytes, extension: str) -> float:
    """Length in seconds of an opus, m4a or mp4 file. Raises BrokenRecording."""
    try:
        length = _opus(content) if extension == "opus" else _mpeg4(content)
    except (struct.error, IndexError, ZeroDivisionError):
        raise BrokenRecording from None
    if not 0 < length < 24 * 3600:
        raise BrokenRecording
    return length


def _opus(content: bytes) -> float:
    head = content.find(b"OpusHead", 0, 400)
    if not content.startswith(b"OggS") or head < 0:
        raise BrokenRecording
    (skipped,) = struct.unpack_from("<H", content, head + 10)
    last = content.rfind(b"OggS")
    (position,) = struct.unpack_from("<q", content, last + 6)
    return (position - skipped) / OPUS_RATE


def _mpeg4(content: bytes) -> float:
    if content[4:8] != b"ftyp":
        raise BrokenRecording
    start, end = _box(content, b"moov", 0, len(content))
    head, _ = _box(content, b"mvhd", start, end)
    version = content[head]
    if version == 1:
        scale, duration = struct.unpack_from(">IQ", content, head + 20)
    else:
        scale, duration = struct.unpack_from(">II", content, head + 12)
    return duration / scale


def _box(content: bytes, name: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the content of the first box of this name begins and ends."""
    at = start
    while at + 8 <= end:
        size, found = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, at + 8)
            head = 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            break
        if found == name:
            return at + head, at + size
        at += size
    raise BrokenRecording
