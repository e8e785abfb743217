"""Compile the translations beside their sources: `python -m pintar.foundation.messages`.

Runs at install, needs no GNU gettext. Every room keeps its own words in `<room>/locale/<language>/LC_MESSAGES/`.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]


def compile_all() -> int:
    """Write a .mo for every .po that is newer than it. Returns how many were written."""
    stale = [po for po in ROOT.glob("*/locale/*/LC_MESSAGES/*.po") if _is_stale(po)]
    for po in stale:
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        # An empty Language header, as makemessages writes it, takes the locale away and with it the plural forms.
        catalogue.locale = po.parts[-3]
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
    return len(stale)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


if __name__ == "__main__":
    compile_all()
