"""The rows of the editor's forms: options, pairs, steps, gaps."""

from collections.abc import Mapping
from typing import Any

from pintar.sciences.formats import items_form
from pintar.sciences.formats.reading import MOST_PARTS

ROWS = {"single": 4, "multiple": 4, "matching": 4, "ordering": 4, "cloze": 2}
"""Empty rows that a new question begins with."""

NAMES = ("option", "note", "left", "pair", "step", "gap", "kind", "fill")


def shown(type_: str, fields: Mapping[str, str], more: int = 0) -> dict[str, Any]:
    """`rows` with what stands in their fields, `more` of them besides those that are filled; `may_have_more`."""
    filled = items_form.rows(type_, fields)
    count = min(MOST_PARTS, max(ROWS.get(type_, 0), filled + more if filled else 0))
    return {"rows": [_row(type_, fields, n) for n in range(1, count + 1)], "may_have_more": count < MOST_PARTS}


def _row(type_: str, fields: Mapping[str, str], n: int) -> dict[str, Any]:
    chosen = fields.get("right") == str(n) if type_ == "single" else bool(fields.get(f"right-{n}"))
    return {"n": n, "chosen": chosen, **{name: fields.get(f"{name}-{n}", "") for name in NAMES}}
