"""Which SQLite is linked, and what may be promised with it.

SQLite 3.7.0 to 3.51.2 can lose commits in WAL mode when two connections meet a checkpoint (the "WAL-reset" race,
mended in 3.51.3, 3.50.7 and 3.44.6). `pysqlite3` carries a mended library and takes the place of the one that
Python links. Where there is no wheel of it and the linked library is affected, the journal is TRUNCATE: slower, and
without the race.
"""

import sys

Version = tuple[int, int, int]


def take_mended_library() -> None:
    """Put `pysqlite3` in the place of `sqlite3`; call before Django loads. Does nothing where it has no wheel."""
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        return
    # Django asks `getlimit` for this category; see `options`.
    if not hasattr(pysqlite3, "SQLITE_LIMIT_VARIABLE_NUMBER"):
        pysqlite3.SQLITE_LIMIT_VARIABLE_NUMBER = 9
    # Django names these limits by the numbers of sqlite3.h, which pysqlite3 does not carry.
    pysqlite3.SQLITE_LIMIT_COLUMN = 2
    pysqlite3.SQLITE_LIMIT_VARIABLE_NUMBER = 9
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def is_mended(version: Version) -> bool:
    """Whether the WAL-reset race cannot happen in this version."""
    return (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
        or version < (3, 7, 0)
    )


def linked_version() -> Version:
    import sqlite3

    major, minor, patch = (int(part) for part in sqlite3.sqlite_version.split("."))
    return major, minor, patch


def journal_mode(version: Version) -> str:
    return "WAL" if is_mended(version) else "TRUNCATE"


def options() -> dict[str, object]:
    """Django's connection options: durable commits, immediate transactions, patience of 20 seconds."""
    import sqlite3

    class Connection(sqlite3.Connection):
        # Django asks for limits; pysqlite3 does not carry the method. These are the library's defaults.
        def getlimit(self, category: int, /) -> int:
            return {2: 2000, 9: 32766}[category]

    lacks_getlimit = not hasattr(sqlite3.Connection, "getlimit")
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode={journal_mode(linked_version())};"
        "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA cache_size=-16000;",
        **({"factory": Connection} if lacks_getlimit else {}),
    }
