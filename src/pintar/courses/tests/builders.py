"""Trainings for tests."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from pintar.courses import actions
from pintar.courses.folder import disk, document
from pintar.courses.ports import CourseFolder
from pintar.courses.rules import Edition

SMALL = Path(__file__).parents[4] / "tests" / "trainings" / "latihan-kecil"


def small_folder(files: Mapping[str, bytes | str | None] = {}, **changes: Any) -> CourseFolder:
    """The folder of the small training, with fields of course.yaml changed and files replaced (None removes one)."""
    content = dict(_read(SMALL))
    if changes:
        outline = yaml.safe_load(content["course.yaml"]) | changes
        content["course.yaml"] = yaml.safe_dump(outline, allow_unicode=True, sort_keys=False).encode()
    for path, given in files.items():
        if given is None:
            content.pop(path, None)
        else:
            content[path] = given.encode() if isinstance(given, str) else given
    return CourseFolder({}, content)


def publish_small_course(now: datetime, by: UUID | None = None, **changes: Any) -> Edition:
    """An edition of the small training: `publish_small_course(now, slug="lain", jp=4)`.

    Its contents: tes-awal, selamat-datang (with audio) | mengenali-data-pribadi, its quiz, menyimpan-dengan-aman, its
    quiz | tes-akhir, survei. Indicators "1" and "2".
    """
    folder = small_folder(**changes)
    return actions.publish(_prepared(tuple(sorted(folder.files.items()))), by=by, now=now)


@lru_cache(maxsize=32)
def _prepared(files: tuple[tuple[str, bytes], ...]) -> document.Prepared:
    """Read and checked once for all the tests that publish the same files."""
    return document.prepare(CourseFolder({}, dict(files)))


@cache
def _read(folder: Path) -> dict[str, bytes]:
    return disk.read(folder).files
