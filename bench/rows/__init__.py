"""The rows by name; `python -m bench` lists them."""

from bench.rows import memory, overload, pages, rush, waiting, writes
from bench.rows.running import Asked, Row

__all__ = ["ROWS", "Asked", "Row"]

ROWS: dict[str, Row] = {
    row.name: row for row in (*pages.ROWS, *writes.ROWS, *waiting.ROWS, *rush.ROWS, *overload.ROWS, *memory.ROWS)
}
