"""Pictures for tests: sound ones, and those that somebody means harm with."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

from pintar.foundation.richtext import pictures


def drawn(width: int = 1600, height: int = 1200, mode: str = "RGB") -> Image.Image:
    picture = Image.effect_noise((width, height), 60).convert(mode)
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2, height // 3), fill="red")
    return picture


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of some bytes that says it is 60,000 px wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


# what → (how it is made, its ending, the code of its refusal)
HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "bomb": (bomb, "png", "picture_too_many_pixels"),
    "page": (lambda: b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>", "png", "picture_unreadable"),
    "other-format": (lambda: saved(drawn(50, 50), "GIF"), "png", "picture_unreadable"),
    "other-name": (lambda: saved(drawn(50, 50), "PNG"), "jpg", "picture_unreadable"),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "jpg", "picture_unreadable"),
    "cut": (lambda: saved(drawn(), "JPEG")[:5000], "jpg", "picture_unreadable"),
    "empty": (lambda: b"", "webp", "picture_unreadable"),
    "moving": (
        lambda: saved(drawn(9, 9), "WEBP", save_all=True, append_images=[drawn(9, 9, "L").rotate(9)]),
        "webp",
        "picture_moves",
    ),
    "large": (lambda: b"\x89PNG" + bytes(pictures.LARGEST), "png", "picture_too_large"),
}
