"""A picture of pixels made fit for a page: read without trust, turned upright, made anew as WebP in two widths.

What is made anew carries nothing along: no place, camera or preview from a phone, no bytes behind the picture. Its
width and height are known, so that text does not jump when it comes.
"""

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pintar.foundation.richtext.values import Made

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "avif": "AVIF"}
LARGEST = 20_000_000
MOST_PIXELS = 40_000_000
# A phone of 360 px with two or three pixels a px; a column of text on a large screen.
WIDTHS = (640, 1280)
QUALITY = 75
# How hard the encoder tries, of 6; beyond 4 it takes twice as long for some hundredths of the bytes.
EFFORT = 4


class UnfitPicture(Exception):
    """Why a picture is refused: a code, and what the sentence needs."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(code)
        self.code, self.data = code, data


@lru_cache(maxsize=64)
def fit(content: bytes, extension: str) -> tuple[Made, ...]:
    """The picture in each width, the smallest first; one that is smaller than the smallest once, as it is.

    Raises UnfitPicture: picture_too_large {most, in megabytes}, picture_too_many_pixels {most, in millions},
    picture_unreadable, picture_moves.
    """
    if len(content) > LARGEST:
        raise UnfitPicture("picture_too_large", most=LARGEST // 1_000_000)
    whole = _read(content, FORMATS[extension])
    widths = sorted({min(width, whole.width) for width in WIDTHS})
    return tuple(_made(whole, width, exact=extension == "png") for width in widths)


def _read(content: bytes, expected: str) -> "Image":
    """The pixels, upright, as RGB or RGBA."""
    from PIL import Image, ImageOps

    try:
        # Only the format that the name says: one that is something else inside is refused before its reader runs.
        with Image.open(io.BytesIO(content), formats=[expected]) as file:
            if file.width * file.height > MOST_PIXELS:
                raise UnfitPicture("picture_too_many_pixels", most=MOST_PIXELS // 1_000_000)
            if getattr(file, "n_frames", 1) > 1:
                raise UnfitPicture("picture_moves")
            file.load()
            upright = ImageOps.exif_transpose(file)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except UnfitPicture:
        raise
    except Image.DecompressionBombError:
        raise UnfitPicture("picture_too_many_pixels", most=MOST_PIXELS // 1_000_000) from None
    except Exception:  # noqa: BLE001  readers of pictures raise whatever they meet; none of it is a picture
        raise UnfitPicture("picture_unreadable") from None


def _made(whole: "Image", width: int, *, exact: bool) -> Made:
    """The picture in one width; a drawing or a screenshot (a PNG) exactly, where that costs no more bytes."""
    from PIL import Image

    height = max(1, round(whole.height * width / whole.width))
    sized = whole if width == whole.width else whole.resize((width, height), Image.Resampling.LANCZOS)
    lossy = _encoded(sized, quality=QUALITY)
    lossless = _encoded(sized, lossless=True) if exact else lossy
    return Made(width, height, min(lossless, lossy, key=len))


def _encoded(picture: "Image", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", method=EFFORT, **options)
    return out.getvalue()
