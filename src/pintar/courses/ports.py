"""What a training's folder holds, and what rooms above read in it.

A folder carries more than this room knows: banks, test forms and blueprint (assessment), the survey (learning). Each
registers an `EditionPart`, which checks its files with all others and publishes them in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from pintar.courses.rules import QUIZ_PREFIX, SURVEY

if TYPE_CHECKING:
    from pintar.courses.rules import Edition


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a folder: `file` relative to it, `line` from 1 (0 for the file as a whole).

    `code` names the sentence in `<room>/refusals.html` and `data` fills it. `room` is filled in from the name of the
    part that found the mistake.
    """

    file: str
    line: int
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)
    room: str = ""


@dataclass(frozen=True)
class CourseFolder:
    """A training's files in memory, by path relative to the folder, with "/" between names.

    `outline` is course.yaml in a shape that can be relied on, whatever stands in the file:
    {"format", "slug", "title", "summary", "jp", "organiser", "audience": [str], "keywords": [str],
    "attribution": [{"title", "author", "source", "licence", "changes"}], "indicators": [{"key", "text"}],
    "groups": [{"key", "title", "mastery": int | None, "entries": [str]}],
    "tests": {key: {"kind", "title", "minutes": int | None, "pass": int | None, "sittings": int, "hours_between": int}},
    "quiz": {"draw": int}}
    """

    outline: dict[str, Any]
    files: Mapping[str, bytes]

    def text(self, path: str) -> str:
        """A file as text. Raises KeyError for a file that is not there; what is not UTF-8 was found by the reader."""
        return self.files[path].decode("utf-8", "replace").replace("\r\n", "\n")

    def names(self, prefix: str) -> list[str]:
        """The paths that begin with `prefix`, sorted: `names("bank/")`."""
        return sorted(path for path in self.files if path.startswith(prefix))

    def lessons(self, group: str | None = None) -> list[str]:
        """Keys of the lessons in order, of one group or of all."""
        return [
            key
            for entry in self.outline["groups"]
            if group in (None, entry["key"])
            for key in entry["entries"]
            if key not in self.outline["tests"] and key != SURVEY
        ]

    def quizzes(self) -> dict[str, str]:
        """The quizzes ("kuis-<lesson>") and the lesson of each: those of every group that asks for mastery."""
        return {
            f"{QUIZ_PREFIX}{key}": key
            for entry in self.outline["groups"]
            if entry["mastery"] is not None
            for key in self.lessons(entry["key"])
        }


class EditionPart(Protocol):
    """What a room above reads in a folder. `name` is the room's name, which also words its mistakes."""

    name: str

    def check(self, folder: CourseFolder) -> list[Mistake]:
        """All mistakes in the part's files; never raises on what they hold."""
        ...

    def publish(self, folder: CourseFolder, edition_uid: UUID, now: datetime) -> dict[str, Any]:
        """Keep the part for a new edition, in the publishing transaction. Returns JSON values for `Edition.parts`."""
        ...

    def renew(self, previous: "Edition", edition_uid: UUID, now: datetime) -> dict[str, Any]:
        """Keep the part for an edition that follows `previous` without a folder, with what the room holds now, in the
        publishing transaction. Returns JSON values for `Edition.parts`."""
        ...


_parts: dict[str, EditionPart] = {}


def register(part: EditionPart) -> None:
    """Called in `AppConfig.ready()`."""
    for needed in ("name", "check", "publish", "renew"):
        if not hasattr(part, needed):
            raise TypeError(f"{part!r} is no EditionPart: it has no {needed!r}")
    if _parts.setdefault(part.name, part) is not part:
        raise ValueError(f"the part {part.name!r} is registered twice")


def parts() -> list[EditionPart]:
    return [_parts[name] for name in sorted(_parts)]
