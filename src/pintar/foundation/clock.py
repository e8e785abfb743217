"""The only source of the present.

Doors (pages, the API, handlers, commands) read the clock once and hand `now` down; actions, queries and rules
never look at it themselves, so a decision can be repeated with the instant at which it was made.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place
