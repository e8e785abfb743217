"""Examples of files that the import reads, to begin from: a Word document and a table for a spreadsheet."""

import io
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape

LINES = (
    ("1. Bangun mana yang punya enam sisi?", False),
    ("A. Bola", False),
    ("B. Kubus", True),
    ("C. Kerucut", False),
    ("Pembahasan: Hitung sisinya satu demi satu.", False),
    ("Indikator: 1", False),
    ("", False),
    ("2. Mana yang termasuk bilangan prima?", False),
    ("*A. 2", False),
    ("*B. 3", False),
    ("C. 4", False),
    ("", False),
    ("3. Bumi mengelilingi matahari.", False),
    ("A. Benar", False),
    ("B. Salah", False),
    ("Kunci: A", False),
    ("", False),
    ("4. Apa ibu kota Jawa Barat?", False),
    ("Kunci: Bandung; kota Bandung", False),
)
"""Paragraphs, and whether they are bold: a key in bold, behind a star, in a line of its own."""

ROWS = (
    ("soal", "A", "B", "C", "D", "kunci", "indikator", "pembahasan"),
    ("Bangun mana yang punya enam sisi?", "Bola", "Kubus", "Kerucut", "", "B", "1", "Hitung sisinya."),
    ("Mana yang termasuk bilangan prima?", "2", "3", "4", "6", "A, B", "", ""),
    ("Bumi mengelilingi matahari.", "", "", "", "", "benar", "", ""),
    ("Berapa 5 dibagi 2?", "", "", "", "", "2,5", "", ""),
    ("Apa ibu kota Jawa Barat?", "", "", "", "", "Bandung; kota Bandung", "", ""),
)

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_OLD = datetime(2026, 1, 1).timetuple()[:6]  # noqa: DTZ001  a date for the zip, the same each time


def word() -> bytes:
    """The example as .docx."""
    paragraphs = "".join(
        f"<w:p><w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}<w:t>{escape(text)}</w:t></w:r></w:p>"
        for text, bold in LINES
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{paragraphs}</w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": document}
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _OLD), text)
    return out.getvalue()


def table() -> bytes:
    """The example as CSV with semicolons, which Excel in Indonesia opens as columns."""
    lines = (";".join(f'"{cell}"' if ";" in cell else cell for cell in row) for row in ROWS)
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
