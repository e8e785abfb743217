"""Scenes of tests that went badly. They lie days apart, so they are made beside the server, on its own data."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from browser import PHONE
from playwright.sync_api import BrowserContext, Page
from stage import Scene, Stage, go
from visitors import Visitor

from pintar.cli.demonstration.walk import Walk
from pintar.foundation import clock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAST_TEST = "tes-akhir"
# What somebody did, up to now; the uid of the last sitting, and the key of what is looked at next.
type Story = Callable[[Walk], tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class Learner:
    """Someone with a history: their last sitting, and the key of what is looked at next."""

    context: BrowserContext
    sitting: UUID
    key: str


def results(stage: Stage) -> Iterator[Scene]:
    """A quiz below its mark; one, three and all failed sittings of the last test; one that ran out of time; a survey
    that was sent half empty."""
    batch = stage.batch(quota=100)
    for name, story in (
        ("kuis-belum-tuntas", a_quiz_below_its_mark), ("belum-lulus", failed_once), ("remedial", failed_thrice),
        ("gugur", failed_all), ("waktu-habis", out_of_time),
    ):  # fmt: skip
        person = _learner(stage, batch, story)
        yield Scene(name, person.context, go(f"/tes/{person.sitting}/bukti/"))
        yield Scene(f"{name}-isi", person.context, go(f"/belajar/{batch}/"))
        yield Scene(f"{name}-tes", person.context, go(f"/belajar/{batch}/{person.key}/"))
        yield Scene(f"{name}-beranda", person.context, go("/beranda/"))
        yield Scene(f"{name}-sertifikat", person.context, go("/sertifikat/"))
    person = _learner(stage, batch, only_the_survey_is_left)
    survey = f"/belajar/{batch}/{person.key}/"
    yield Scene("survei", person.context, go(survey))
    yield Scene("survei-keliru", person.context, lambda page: _half_filled(page, survey))


def a_quiz_below_its_mark(walk: Walk) -> tuple[UUID, str]:
    walk.go(until="quiz")
    key = _next(walk)
    return walk.sit(key, 0.4), key


def failed_once(walk: Walk) -> tuple[UUID, str]:
    walk.go(until=LAST_TEST)
    walk.now = clock.now() - 3 * HOUR
    return walk.sit(LAST_TEST, 0.5), LAST_TEST


def failed_thrice(walk: Walk) -> tuple[UUID, str]:
    walk.go(until=LAST_TEST)
    for _ in range(3):
        walk.now += 25 * HOUR
        sitting = walk.sit(LAST_TEST, 0.5)
    return sitting, LAST_TEST


def failed_all(walk: Walk) -> tuple[UUID, str]:
    failed_thrice(walk)
    walk.now += 25 * HOUR
    for key in _lessons(walk):
        walk.read(key)
    walk.now += HOUR
    return walk.sit(LAST_TEST, 0.5), LAST_TEST


def out_of_time(walk: Walk) -> tuple[UUID, str]:
    from pintar.assessment.actions import close_due

    walk.go(until=LAST_TEST)
    walk.now = clock.now() - 2 * HOUR
    sitting = walk.sit(LAST_TEST, 0.4, hands_in=False)
    close_due(clock.now())
    return sitting, LAST_TEST


def only_the_survey_is_left(walk: Walk) -> tuple[UUID, str]:
    walk.go(until="survey")
    return UUID(int=0), _next(walk)


def _next(walk: Walk) -> str:
    step = _view(walk).next_step
    assert step
    return step.line.key


def _lessons(walk: Walk) -> list[str]:
    return [entry.key for group in _view(walk).edition.groups for entry in group.entries if entry.lesson]


def _view(walk: Walk):
    from pintar.learning.queries import study_view

    view = study_view(walk.person.id, walk.batch_key, walk.now)
    assert view
    return view


def _learner(stage: Stage, batch: str, story: Story) -> Learner:
    number = stage.new_person("Rahmat Hidayat")
    # Django refuses to ask a database in the thread in which Playwright has its event loop.
    with ThreadPoolExecutor(1) as beside:
        sitting, key = beside.submit(_live, number, batch, story).result()
    return Learner(Visitor("", number).enter(stage.browser, stage.server, **PHONE), sitting, key)


def _live(number: str, batch: str, story: Story) -> tuple[UUID, str]:
    from django.db import connections

    from pintar.people.queries import person_by_login

    walk = Walk(person_by_login(number), batch, clock.now() - 9 * DAY)
    try:
        walk.take_seat(walk.now)
        return story(walk)
    finally:
        connections.close_all()


def _half_filled(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("main form input[type=radio]").first.check(force=True)
    page.evaluate("for (const form of document.querySelectorAll('main form')) form.noValidate = true")
    page.locator("main form button.button").last.click()
    page.wait_for_load_state()
