"""The JSON door: what anyone may read about trainings."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from pintar.courses import queries
from pintar.courses.queries import Edition, Entry, Group
from pintar.foundation.api import Problem

router = Router(tags=["Pelatihan"])


class EditionOut(Schema):
    uid: UUID
    number: int
    published_at: datetime


class CourseOut(Schema):
    """A training in its newest edition. `minutes` of study; `bytes_light` is everything to read and hear, `bytes_video`
    every video in its usual size."""

    slug: str
    title: str
    summary: str
    jp: int
    organiser: str
    audience: list[str]
    keywords: list[str]
    minutes: int
    lessons: int
    bytes_light: int
    bytes_video: int
    edition: EditionOut


class CoursesOut(Schema):
    items: list[CourseOut]
    next: str | None = None


class AttributionOut(Schema):
    title: str
    author: str
    source: str
    licence: str
    changes: str


class IndicatorOut(Schema):
    key: str
    text: str


class FormOut(Schema):
    """`length` in seconds (video, audio), pages (slides) or paragraphs (reading); `size` in bytes."""

    kind: Literal["video", "audio", "slides", "reading"]
    size: int
    length: float


class EntryOut(Schema):
    """A line of the contents; `of` names the lesson of a quiz, `number` counts lessons."""

    key: str
    kind: Literal["lesson", "quiz", "pretest", "posttest", "survey", "task"]
    title: str
    minutes: int
    number: int | None
    of: str | None
    forms: list[FormOut]


class GroupOut(Schema):
    key: str
    title: str
    mastery: int | None
    entries: list[EntryOut]


class OneCourseOut(CourseOut):
    indicators: list[IndicatorOut]
    groups: list[GroupOut]
    attribution: list[AttributionOut]


@router.get("/courses", response=CoursesOut, auth=None, summary="Semua pelatihan")
def courses(request: HttpRequest) -> dict[str, Any]:
    return {"items": [_course(edition) for edition in queries.latest_editions()], "next": None}


@router.get("/courses/{slug}", response={200: OneCourseOut, 404: Problem}, auth=None, summary="Satu pelatihan")
def course(request: HttpRequest, slug: str) -> dict[str, Any]:
    edition = queries.latest_edition(slug)
    return {
        **_course(edition),
        "indicators": [{"key": key, "text": text} for key, text in edition.indicators.items()],
        "groups": [_group(group) for group in edition.groups],
        "attribution": list(edition.attribution),
    }


def _course(edition: Edition) -> dict[str, Any]:
    copied = ("slug", "title", "summary", "jp", "organiser", "minutes", "bytes_light", "bytes_video")
    return {
        **{name: getattr(edition, name) for name in copied},
        "audience": list(edition.audience),
        "keywords": list(edition.keywords),
        "lessons": len(edition.lessons),
        "edition": {"uid": edition.uid, "number": edition.number, "published_at": edition.published_at},
    }


def _group(group: Group) -> dict[str, Any]:
    entries = [_entry(entry) for entry in group.entries]
    return {"key": group.key, "title": group.title, "mastery": group.mastery, "entries": entries}


def _entry(entry: Entry) -> dict[str, Any]:
    forms = entry.lesson.forms if entry.lesson else ()
    return {
        **{name: getattr(entry, name) for name in ("key", "kind", "title", "minutes", "number", "of")},
        "forms": [{"kind": form.kind, "size": form.size, "length": form.length} for form in forms],
    }
