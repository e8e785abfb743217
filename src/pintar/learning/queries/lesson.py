"""`/belajar/<batch>/<lesson>/`: a lesson in one of its forms, where it was left, and what comes before and after."""

from dataclasses import dataclass
from datetime import datetime

from pintar.courses.queries import Cue, Entry, Form, Lesson, Variant
from pintar.learning import opened
from pintar.learning.queries.studies import NoteFacts, StudyView, measures_of
from pintar.learning.rules import gate, progress
from pintar.learning.rules.gate import LineState
from pintar.learning.rules.progress import Left, LessonProgress, Measure

# What stands in the address for each form; "hemat" is a video in its smallest variant.
NAMES = {"video": "video", "hemat": "video", "audio": "audio", "salindia": "slides", "bacaan": "reading"}
OF_KIND = {"video": "video", "audio": "audio", "slides": "salindia", "reading": "bacaan"}
# What is opened first where nobody chose yet: what costs least, and never a video unasked.
FIRST_CHOICE = ("reading", "slides", "audio", "video")
MOST_CUES = 600


@dataclass(frozen=True, slots=True)
class Choice:
    """A form to switch to: its name in the address, its kind and what it costs."""

    name: str
    kind: str
    size: int
    is_chosen: bool


@dataclass(frozen=True)
class LessonPage:
    """A lesson as it is shown. `start` is where to go on, `limit` how far a recording is open, both in seconds;
    `sources` the files of a recording in the order in which a browser should try them; `shows_media` says whether the
    recording itself is in the page."""

    view: StudyView
    entry: Entry
    lesson: Lesson
    state: LineState
    progress: LessonProgress
    choices: tuple[Choice, ...]
    choice: Choice
    form: Form
    measure: Measure
    sources: tuple[Variant, ...]
    shows_media: bool
    start: float
    limit: float
    left: Left
    rereading: bool
    reading: Form | None
    before: LineState | None
    after: LineState | None
    mark: str

    @property
    def is_recording(self) -> bool:
        return self.measure.is_recording

    @property
    def last(self) -> float:
        """Where it was left in this form, on whatever device."""
        return self.progress.of(self.form.kind).last

    @property
    def seen_at(self) -> datetime | None:
        return self.progress.seen_at

    @property
    def blocks_seen(self) -> set[int]:
        """Numbers from 0 of the pages or paragraphs that count as seen."""
        ranges = self.progress.of(self.form.kind).ranges
        return {n for start, end in ranges for n in range(int(start), int(end))}

    @property
    def transcript(self) -> tuple[Cue, ...]:
        return self.form.transcript[:MOST_CUES]

    @property
    def notes(self) -> tuple[NoteFacts, ...]:
        return self.view.notes

    @property
    def total(self) -> int:
        return len(self.view.edition.lessons)


def lesson_page(view: StudyView, entry: Entry, wanted: str, *, saver: bool, play: bool, at: str = "") -> LessonPage:
    """The page of a lesson that is open. No query.

    `wanted` is the form's name in the address, "" for the one used last; `saver`: nothing heavy until `play` is asked;
    `at` the second to begin at, as far as that is open already.
    """
    lesson = entry.lesson
    assert lesson is not None
    held = view.standing.progress(entry.key)
    measures = measures_of(entry)
    name = _name(lesson, wanted, held.form or view.form, saver)
    form = lesson.form(NAMES[name])
    assert form is not None
    measure = measures[form.kind]
    since = gate.reread_since(view.states.values(), entry.key)
    lacks = (
        progress.left_again(held, measures, form.kind, since, view.now)
        if since
        else progress.left(held, measures, form.kind, view.now)
    )
    choices = _choices(lesson, name)
    return LessonPage(
        view=view,
        entry=entry,
        lesson=lesson,
        state=view.states[entry.key],
        progress=held,
        choices=choices,
        choice=next(each for each in choices if each.is_chosen),
        form=form,
        measure=measure,
        sources=_sources(form, small=saver or name == "hemat"),
        shows_media=measure.is_recording and (play or not saver),
        start=_start(held, measure, at),
        limit=progress.open_until(held, measure),
        left=lacks,
        rereading=since is not None,
        reading=lesson.form("reading") if form.kind != "reading" else None,
        before=_before(view, entry.key),
        after=gate.following(view.states, entry.key),
        mark=opened.told(view.seat.uid, entry.key, view.now),
    )


def _start(held: LessonProgress, measure: Measure, at: str) -> float:
    if at.isdecimal() and len(at) < 7:
        return min(float(at), progress.open_until(held, measure))
    return progress.resume_at(held, measure)


def _name(lesson: Lesson, wanted: str, used: str, saver: bool) -> str:
    """The form's name in the address: the one asked for, the one used last, the one that costs least."""
    asked = NAMES.get(wanted)
    if asked and (form := lesson.form(asked)):
        return "video" if wanted == "hemat" and form.variant("hemat") is None else wanted
    if used and not saver and lesson.form(used):
        return OF_KIND[used]
    kind = next(kind for kind in FIRST_CHOICE if lesson.form(kind))
    return OF_KIND[kind]


def _choices(lesson: Lesson, name: str) -> tuple[Choice, ...]:
    found = []
    for form in lesson.forms:
        own = OF_KIND[form.kind]
        found.append(Choice(own, form.kind, form.size, own == name))
        small = form.variant("hemat") if form.kind == "video" else None
        if small and small.size < form.size:
            found.append(Choice("hemat", "video", small.size, name == "hemat"))
    if not any(each.is_chosen for each in found):  # the small video is the only one
        found = [Choice(c.name, c.kind, c.size, c.kind == NAMES[name]) for c in found]
    return tuple(found)


def _sources(form: Form, *, small: bool) -> tuple[Variant, ...]:
    if form.kind == "audio":
        # Every browser plays AAC; those that know Opus take the smaller file first.
        return tuple(sorted(form.variants, key=lambda variant: variant.size))
    if form.kind != "video" or not form.variants:
        return ()
    by_size = sorted(form.variants, key=lambda variant: variant.size)
    usual = form.variant("standar") or by_size[-1]
    return (by_size[0],) if small else (usual,)


def _before(view: StudyView, key: str) -> LineState | None:
    """The nearest line before this one that can be opened."""
    keys = list(view.states)
    earlier = [view.states[each] for each in keys[: keys.index(key)]]
    return next((state for state in reversed(earlier) if not state.is_locked), None)
