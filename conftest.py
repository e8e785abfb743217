"""Fixtures of every test, and the static files that pages name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest


@pytest.fixture
def now() -> datetime:
    """Tuesday, 24 November 2026, 10.32 WIB."""
    return datetime(2026, 11, 24, 3, 32, tzinfo=UTC)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that write run on both databases: those with a database are marked, so that they can be chosen."""
    for item in items:
        if item.get_closest_marker("django_db"):
            item.add_marker("writes")


def pytest_sessionstart(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return
    from django.conf import settings

    from pintar.cli.start import _lay_out_static_files

    _lay_out_static_files(Path(settings.STATIC_ROOT))
