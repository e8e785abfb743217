"""A certificate drawn as SVG in the page, 297 × 210 like the paper: lines of text laid out here, for SVG wraps none."""

from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from pintar.credentials import paper, rules
from pintar.credentials.queries import CertificateFacts

WIDTH = 249
# A letter of the heavy face is about so wide, as a share of its size.
LETTER = 0.58
NAME_SIZES, TRAINING_SIZES = (15.5, 11.5, 9), (12, 9, 7)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    y: str
    size: str
    weight: str = "400"
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines` are the text beside the seal; `qr` is an SVG to be placed."""

    lines: tuple[Line, ...]
    issued: str
    qr: SafeString


def draw(certificate: CertificateFacts) -> Preview:
    snapshot = certificate.snapshot
    lines = [Line("Sertifikat penyelesaian diberikan kepada", "74", "9", quiet=True)]
    y = _block(lines, snapshot.name, 74.0, NAME_SIZES, "750")
    y += 12 if y < 95 else 10
    label = "9" if y < 107 else "7"
    lines.append(Line("yang telah menuntaskan pelatihan", f"{y:.1f}", label, quiet=True))
    _block(lines, snapshot.training, y, TRAINING_SIZES, "650")
    with override("id"):
        issued = format_date(snapshot.issued, "j F Y")
    place = '<svg x="228.7" y="138.7" width="48.6" height="48.6" '
    placed = paper.qr(certificate.code).replace("<svg ", place, 1)
    return Preview(tuple(lines), issued, mark_safe(placed))  # noqa: S308  made by segno from our own address


def _block(lines: list[Line], text: str, y: float, sizes: tuple[float, ...], weight: str) -> float:
    """Add a text in one to three lines below `y`, smaller the more there are. Returns the last baseline."""
    broken = rules.lines(text, int(WIDTH / (LETTER * sizes[0] * 0.8)), len(sizes))
    size = min(sizes[len(broken) - 1], WIDTH / (LETTER * max(map(len, broken), default=1)))
    size = int(size * 10) / 10  # as it is written, never wider
    y += 2.5
    for part in broken:
        y += size * 1.15
        lines.append(Line(part, f"{y:.1f}", f"{size:.1f}", weight))
    return y
