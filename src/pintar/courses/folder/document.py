"""The whole folder: checked with everything that rooms above read in it, and made into a document to publish."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from pintar.courses import rules
from pintar.courses.folder import disk, files
from pintar.courses.folder import outline as outlines
from pintar.courses.folder.lessons import LessonReader
from pintar.courses.ports import CourseFolder, Mistake, parts

ROOM = "courses"
# Told, but no reason not to publish.
WARNINGS = frozenset({"unknown_file", "unlisted_lesson", "unused_file", "not_built", "stale", "indicator_unused"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A folder ready to be published, or the mistakes that forbid it.

    `document` is the JSON of `models.Edition.document`, `media` what it refers to, by name in the storage.
    """

    folder: CourseFolder
    document: dict[str, Any]
    media: dict[str, bytes]
    digest: str
    mistakes: list[Mistake]

    @property
    def is_sound(self) -> bool:
        return all(is_warning(mistake) for mistake in self.mistakes)


def is_warning(mistake: Mistake) -> bool:
    return mistake.room in ("", ROOM) and mistake.code in WARNINGS


def prepare(folder: Path | CourseFolder) -> Prepared:
    """Read, check and render a folder. Never raises on what it holds."""
    read = disk.read(folder) if isinstance(folder, Path) else _given(folder.files)
    content = read.files
    found = [*read.mistakes, *disk.text_mistakes(content)]
    text = content[outlines.FILE].decode("utf-8", "replace") if outlines.FILE in content else None
    outline = outlines.read(None if any(m.code == "no_folder" for m in found) else text, files.lesson_keys(content))
    if not any(mistake.code == "no_folder" for mistake in found):
        found += outline.mistakes
    checked = CourseFolder(outline.values, content)
    reader = LessonReader(content, [indicator["key"] for indicator in outline.values["indicators"]])
    document = _document(checked, reader)
    found += reader.mistakes
    # Where the outline says nothing, everything else would be called wrong for it.
    if outline.values["groups"]:
        found += _unused(checked, reader, document)
        for part in parts():
            found += [replace(mistake, room=mistake.room or part.name) for mistake in part.check(checked)]
    named = [replace(mistake, room=mistake.room or ROOM) for mistake in found]
    unique = {(m.file, m.line, m.room, m.code, repr(sorted(m.data.items()))): m for m in named}
    ordered = sorted(unique.values(), key=lambda mistake: (mistake.file, mistake.line, mistake.code))
    return Prepared(checked, document, reader.media, digest(content), ordered)


def digest(content: Mapping[str, bytes]) -> str:
    """What tells one state of a folder from another: over all its files, whatever order they came in."""
    whole = hashlib.sha256()
    for path in sorted(content):
        whole.update(f"{path}\0{hashlib.sha256(content[path]).hexdigest()}\n".encode("utf-8", "backslashreplace"))
    return whole.hexdigest()


def _given(content: Mapping[str, bytes]) -> disk.Read:
    """Files that did not come from our own disk are held to the same names and sizes."""
    read = disk.Read({}, [])
    for path, raw in content.items():
        most = disk.LARGEST_TEXT if path.endswith(files.TEXTS) else disk.LARGEST_RECORDING
        if not files.is_safe(path):
            read.mistakes.append(Mistake(files.shown(path), 0, "bad_name"))
        elif len(raw) > most:
            read.mistakes.append(Mistake(path, 0, "too_large", {"most": most}))
        elif files.is_known(path):
            read.files[path] = raw
        elif not files.is_ignored(path):
            read.mistakes.append(Mistake(path, 0, "unknown_file"))
    return read


def _document(folder: CourseFolder, reader: LessonReader) -> dict[str, Any]:
    outline = folder.outline
    groups = []
    number = 0
    for group in outline["groups"]:
        entries = []
        for key in group["entries"]:
            if key in outline["tests"]:
                entries.append(_entry(key, outline["tests"][key]["kind"], outline["tests"][key]))
            elif key == rules.SURVEY:
                entries.append(_entry(key, "survey", {"title": "Survei", "minutes": rules.SURVEY_MINUTES}))
            else:
                number += 1
                lesson = reader.read(group["key"], key)
                entries.append(_entry(key, "lesson", lesson, lesson=lesson, number=number))
                if group["mastery"] is not None:
                    quiz = {"title": f"Kuis {number}", "minutes": rules.QUIZ_MINUTES}
                    entries.append(_entry(f"{rules.QUIZ_PREFIX}{key}", "quiz", quiz, of=key, number=number))
        groups.append({**{name: group[name] for name in ("key", "title", "mastery")}, "entries": entries})
    return {
        **{name: outline[name] for name in ("title", "summary", "jp", "organiser", "audience", "keywords")},
        "attribution": outline["attribution"],
        "indicators": {indicator["key"]: indicator["text"] for indicator in outline["indicators"]},
        "groups": groups,
        "tests": _tests(folder, groups),
        "quiz_draw": outline["quiz"]["draw"],
    }


def _entry(key: str, kind: str, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = {"lesson": None, "of": None, "number": None}
    return {"key": key, "kind": kind, "title": facts["title"], "minutes": facts["minutes"] or 0, **known, **more}


def _tests(folder: CourseFolder, groups: list[dict[str, Any]]) -> dict[str, Any]:
    items = _items_of_a_form(folder)
    tests: dict[str, Any] = {
        key: {
            "key": key,
            "kind": test["kind"],
            "title": test["title"],
            "minutes": test["minutes"],
            "pass_mark": test["pass"],
            "sittings": test["sittings"],
            "hours_between": test["hours_between"],
            "items": items,
        }
        for key, test in folder.outline["tests"].items()
    }
    for group in groups:
        for entry in group["entries"]:
            if entry["kind"] == "quiz":
                tests[entry["key"]] = {
                    "key": entry["key"],
                    "kind": "quiz",
                    "title": entry["title"],
                    "minutes": None,
                    "pass_mark": group["mastery"],
                    "sittings": 0,
                    "hours_between": 0,
                    "items": folder.outline["quiz"]["draw"],
                }
    return tests


def _items_of_a_form(folder: CourseFolder) -> int:
    """How many items a form has; the blueprint itself is checked by the room that knows tests."""
    try:
        blueprint = yaml.safe_load(folder.text("blueprint.yaml")[:10_000])
        return int(blueprint["items"])
    except (KeyError, TypeError, ValueError, RecursionError, yaml.YAMLError):
        return 0


def _unused(folder: CourseFolder, reader: LessonReader, document: dict[str, Any]) -> list[Mistake]:
    """Files of lessons that nothing uses, and indicators that no lesson serves."""
    found = []
    lessons = {f"{group['key']}/{key}" for group in folder.outline["groups"] for key in folder.lessons(group["key"])}
    for path in folder.names(""):
        in_group = path.split("/")[0] in rules.GROUPS
        made_from = {f"{lesson}{ending}" for lesson in lessons for ending in (".md", ".video.md")}
        if in_group and path not in reader.used and path not in made_from and not _is_listed_elsewhere(path):
            found.append(Mistake(path, 0, "unused_file"))
    served = {
        indicator
        for group in document["groups"]
        for entry in group["entries"]
        if entry["lesson"]
        for indicator in entry["lesson"]["indicators"]
    }
    for indicator in folder.outline["indicators"]:
        if indicator["key"] not in served:
            found.append(Mistake(outlines.FILE, 0, "indicator_unused", {"indicator": indicator["key"]}))
    return found


def _is_listed_elsewhere(path: str) -> bool:
    # A lesson that the outline does not list was said already.
    return files.LESSON.fullmatch(path) is not None
