"""The paper: a certificate as PDF (A4, PDF/A-2a and PDF/UA-1) and its QR. The same certificate gives the same bytes."""

import json
import re
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date

from pintar.credentials import rules
from pintar.foundation.preferences import ZONES
from pintar.foundation.ui.tags import through

if TYPE_CHECKING:
    import typst

    from pintar.credentials.queries import CertificateFacts

TEMPLATE = Path(__file__).parent / "print"
FONTS = Path(__file__).parents[1] / "foundation" / "fonts"
STANDARDS: Any = ["a-2a", "ua-1"]
INK = "#17211c"
# Rounds of taking out letters that no font has; each error names all that it found.
ROUNDS = 4
_NO_FONT = re.compile(r"the text `\"(.*?)\"` could not be displayed")
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_lock = Lock()


def address(code: str) -> str:
    """Where the QR leads."""
    return f"{settings.PUBLIC_URL}/v/{code}/"


def qr(code: str) -> str:
    """An SVG without a size of its own, dark on white, with the quiet zone of four modules that readers need."""
    import segno

    drawn = segno.make(address(code), error="q", micro=False, boost_error=False)
    return drawn.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None, dark=INK, light="#fff")


def render(certificate: "CertificateFacts") -> bytes:
    """The PDF; some 30 milliseconds. Letters that no font has become question marks, for the paper must be made."""
    import typst

    text = json.dumps(document(certificate), ensure_ascii=False)
    at = certificate.issued_at.replace(microsecond=0)
    for _ in range(ROUNDS):
        try:
            with _lock:
                return _compiler().compile(  # type: ignore[return-value]
                    format="pdf", sys_inputs={"data": text}, pdf_standards=STANDARDS, timestamp=int(at.timestamp())
                )
        except typst.TypstError as error:
            unknown = {_unescaped(found) for found in _NO_FONT.findall(str(error.diagnostic))}
            if not unknown:
                raise
            for letters in unknown:
                text = text.replace(letters, "?" * len(letters))
    raise RuntimeError("the paper still has letters that no font has")


def document(certificate: "CertificateFacts") -> dict[str, Any]:
    """What the template prints; always in Indonesian, in the person's zone. What is unknown is left out."""
    s = certificate.snapshot
    with translation.override("id"), timezone.override(ZoneInfo(s.zone)):
        issued = format_date(s.issued, "j F Y")
        graduated = timezone.localtime(s.graduated)
        recorded = f"{format_date(graduated, 'j F Y')} pukul {format_date(graduated, 'H.i')} {ZONES.get(s.zone, '')}"
        details = [
            ["Masa belajar", through(s.starts, s.ends)],
            ["Periode", ", ".join(part for part in (s.period, s.batch) if part)],
            ["Penyelenggara", s.organiser],
        ]
    if s.score is not None:
        details.append(["Nilai akhir", f"{s.score} · batas {s.pass_mark}"])
    return {
        "jenis": certificate.kind,
        "bahasa": "id",
        "nomor": certificate.number,
        "penerbit": [rules.ISSUER, s.organiser],
        "nama": s.name,
        "nama_arab": "",
        "identitas": " · ".join(f"{name} {masked}" for name, masked in s.numbers[:1]),
        "satker": s.unit,
        "pelatihan": s.training,
        "edisi": f"Edisi {s.edition_number}",
        "jp": s.jp,
        "rincian": details,
        "dasar": f"Diterbitkan atas dasar kelulusan yang tercatat {recorded.strip()}. "
        "JP dihitung satu kali untuk pelatihan ini.",
        "terbit": f"Diterbitkan {issued}",
        "tanggal": [s.issued.year, s.issued.month, s.issued.day],
        "penanda_tangan": {"jabatan": s.organiser},
        "tte": {"status": "tidak"},
        "kode": certificate.printed_code,
        "alamat": f"{urlsplit(settings.PUBLIC_URL).netloc}/v",
        "materi": [{"kelompok": group, "judul": title, "jp": jp} for group, title, jp in s.materials],
        "catatan_jp": "JP tiap materi dibagi menurut lama belajarnya.",
        "qr": qr(certificate.code),
    }


@cache
def _compiler() -> "typst.Compiler":
    """One a process: it keeps the fonts and what it laid out before."""
    import typst

    return typst.Compiler(
        str(TEMPLATE / "sertifikat.typ"), root=str(TEMPLATE), font_paths=[str(FONTS)], ignore_system_fonts=True
    )


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
