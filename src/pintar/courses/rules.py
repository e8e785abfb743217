"""An edition as a value: what a training consists of, and what follows from that.

Sizes are bytes, lengths of recordings seconds, durations of study minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

GROUPS = ("pendahuluan", "dasar", "inti", "penutup")
FORM_KINDS = ("video", "audio", "slides", "reading")
ENTRY_KINDS = ("lesson", "quiz", "pretest", "posttest", "survey", "task")
SURVEY = "survei"
QUIZ_PREFIX = "kuis-"
QUIZ_MINUTES = 5
SURVEY_MINUTES = 3
# The smallest first: what low-data mode takes.
VARIANTS = {"audio": ("opus", "m4a"), "video": ("hemat", "standar", "tinggi")}


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of captions: from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A file of a recording: "hemat", "standar", "tinggi" of a video, "opus", "m4a" of sound; `type` is MIME's."""

    name: str
    url: str
    size: int
    type: str


@dataclass(frozen=True, slots=True)
class Form:
    """One of the shapes a lesson comes in; finishing any one finishes the lesson.

    `kind` is "video", "audio", "slides" or "reading". `size` is what it costs to load: the usual variant of a
    recording, the compressed text otherwise. `html` has one string per paragraph (reading: a block of the top level)
    or slide.
    """

    kind: str
    size: int
    seconds: float = 0.0
    pages: int = 0
    paragraphs: int = 0
    html: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    captions_url: str | None = None
    transcript: tuple[Cue, ...] = ()
    synthetic_voice: bool = False

    @property
    def length(self) -> float:
        """What progress is measured against: seconds, pages or paragraphs."""
        return {"slides": self.pages, "reading": self.paragraphs}.get(self.kind, self.seconds)

    @property
    def smallest(self) -> int:
        """Bytes of the smallest variant."""
        return min((variant.size for variant in self.variants), default=self.size)

    def variant(self, name: str) -> Variant | None:
        return next((variant for variant in self.variants if variant.name == name), None)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One unit of study. `goal` is one sentence, `words` counts its reading."""

    key: str
    title: str
    goal: str
    minutes: int
    indicators: tuple[str, ...]
    words: int
    forms: tuple[Form, ...]

    def form(self, kind: str) -> Form | None:
        return next((form for form in self.forms if form.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents.

    `number` counts lessons through the whole training ("Materi 7"); a quiz ("kuis-<lesson>") has its lesson's number,
    follows it, and names it in `of`.
    """

    key: str
    kind: str
    title: str
    minutes: int
    lesson: Lesson | None = None
    of: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One of the four groups. `mastery` is the per cent a quiz of it must reach, None where there are no quizzes."""

    key: str
    title: str
    mastery: int | None
    entries: tuple[Entry, ...]

    @property
    def lessons(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind == "lesson")


@dataclass(frozen=True, slots=True)
class TestRule:
    """How a test is taken. `pass_mark` in per cent; `sittings` 0 means as often as one likes; `items` a sitting."""

    __test__ = False  # pytest

    key: str
    kind: str
    title: str
    minutes: int | None
    pass_mark: int | None
    sittings: int
    hours_between: int
    items: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """A source that the training is made from, as its licence asks it to be named."""

    title: str
    author: str
    source: str
    licence: str
    changes: str


@dataclass(frozen=True)
class Edition:
    """A published training, immutable. `parts` is what other rooms published with it, as JSON values by their name."""

    uid: UUID
    slug: str
    number: int
    published_at: datetime
    title: str
    summary: str
    jp: int
    organiser: str
    audience: tuple[str, ...]
    keywords: tuple[str, ...]
    attribution: tuple[Attribution, ...]
    indicators: Mapping[str, str]
    groups: tuple[Group, ...]
    tests: Mapping[str, TestRule]
    quiz_draw: int
    parts: Mapping[str, Any]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All lines of the contents, in order."""
        return tuple(entry for group in self.groups for entry in group.entries)

    @cached_property
    def lessons(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind == "lesson")

    @cached_property
    def minutes(self) -> int:
        """Of everything in the contents together."""
        return sum(entry.minutes for entry in self.entries)

    @cached_property
    def bytes_light(self) -> int:
        """What the training costs without video: every reading, and all sound in its smallest variant."""
        return sum(form.smallest for form in self._forms if form.kind in ("audio", "reading"))

    @cached_property
    def bytes_video(self) -> int:
        """What all its videos cost in their usual variant; 0 where there is none."""
        return sum(form.size for form in self._forms if form.kind == "video")

    def entry(self, key: str) -> Entry | None:
        return self._by_key.get(key)

    def group_of(self, key: str) -> Group:
        """The group that an entry stands in. Raises KeyError."""
        return self._group_by_key[key]

    @cached_property
    def _forms(self) -> tuple[Form, ...]:
        return tuple(form for entry in self.lessons if entry.lesson for form in entry.lesson.forms)

    @cached_property
    def _by_key(self) -> dict[str, Entry]:
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def _group_by_key(self) -> dict[str, Group]:
        return {entry.key: group for group in self.groups for entry in group.entries}
