"""Work that comes round: `@every(seconds=10)` on a function of `now`, in a room's `tasks.py`.

The worker runs each when its time has come. Running late, or twice on two workers, does no harm: a scheduled
function is idempotent and looks at the rows, not at when it last ran.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

Work = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Scheduled:
    name: str
    work: Work
    pause: timedelta


_scheduled: dict[str, Scheduled] = {}


def every(*, seconds: int) -> Callable[[Work], Work]:
    def register(work: Work) -> Work:
        name = f"{work.__module__.removeprefix('pintar.').removesuffix('.tasks')}.{work.__name__}"
        _scheduled[name] = Scheduled(name, work, timedelta(seconds=seconds))
        return work

    return register


def due(last_run: dict[str, datetime], now: datetime) -> list[Scheduled]:
    """What should run now, given when each last ran."""
    return [s for s in _scheduled.values() if s.name not in last_run or now - last_run[s.name] >= s.pause]
