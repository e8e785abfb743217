"""The demonstration: three trainings, batches in every state, people in the middle of things.

Everything is made by the rooms' own actions, with instants counted from the moment of loading, in one transaction: a
start that is interrupted leaves a new data folder new.
"""

from datetime import datetime
from pathlib import Path

import click

import pintar

CONTENT = Path(pintar.__file__).parents[2] / "content"


def is_wanted() -> bool:
    """Whether this data folder is new: it knows nobody and no training."""
    from pintar.courses.models import Course
    from pintar.people.models import Account

    return CONTENT.is_dir() and not Account.objects.exists() and not Course.objects.exists()


def load_with_progress() -> None:
    """Load it, saying what is being made; a few seconds."""
    from pintar.foundation import clock

    with click.progressbar(length=len(_steps()), label="Loading the demonstration", show_eta=False) as bar:
        load(clock.now(), bar.update)


def load(now: datetime, done=lambda steps: None) -> None:
    """Load it as of `now`; `done(1)` is called after each step."""
    from django.db import transaction

    with transaction.atomic():
        for step in _steps():
            step(now)
            done(1)


def _steps():
    from pintar.cli.demonstration import batches, cast, trainings

    return [
        cast.offices,
        *(trainings.publisher(folder) for folder in sorted(CONTENT.iterdir()) if (folder / "course.yaml").exists()),
        cast.people,
        batches.open_all,
        batches.seat_the_crowd,
        batches.seat_the_cast,
    ]


def accounts() -> list[str]:
    """What to say at the start: who can sign in. Nothing where the demonstration is not loaded."""
    from pintar.cli.demonstration import cast

    return cast.lines()
