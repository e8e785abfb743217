"""course.yaml: the outline of a training, in a shape that can be relied on, with the line of every mistake."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yaml.nodes import Node

from pintar.courses import rules
from pintar.courses.folder import files
from pintar.courses.ports import Mistake
from pintar.sciences.formats.yaml_nodes import Fields, Source

FORMAT = 1
FILE = "course.yaml"
LONGEST_TITLE = 120
LONGEST_SUMMARY = 160
LONGEST_LINE = 300
LONGEST_KEY = 60
MOST_JP = 200

_FIELDS = (
    *("format", "slug", "title", "summary", "jp", "audience", "keywords", "organiser", "attribution"),
    *("indicators", "groups", "tests", "quiz"),
)
_REQUIRED = ("format", "slug", "title", "summary", "jp", "organiser", "indicators", "groups")
_ATTRIBUTION = ("title", "author", "source", "licence", "changes")
_TEST = ("kind", "title", "minutes", "pass", "sittings", "hours_between")
_KEY = re.compile(files.KEY)
_POSTTEST = {"minutes": 60, "pass": 70, "sittings": 3, "hours_between": 24}


@dataclass(slots=True)
class Outline:
    """What course.yaml says, as `ports.CourseFolder.outline` describes it, and where each entry stands."""

    values: dict[str, Any]
    mistakes: list[Mistake]
    lines: dict[str, int] = field(default_factory=dict)


def read(text: str | None, lessons: dict[str, list[str]]) -> Outline:
    """The outline of a folder whose groups have these lessons.

    Mistakes: no_course_yaml, those of `sciences.formats.yaml_nodes`, unknown_format {format}, bad_slug {slug},
    bad_whole_number {field, least, most}, bad_indicator_key {key}, duplicate_indicator {key, first},
    unknown_group {group}, group_order {group}, duplicate_group {group}, no_entries {group}, bad_entry {entry},
    duplicate_entry {entry, first}, missing_lesson {entry, path}, unlisted_lesson (a warning), unknown_test_kind {kind},
    unlisted_test {test}, no_posttest, several_tests {kind}.
    """
    if text is None:
        return Outline(_empty(), [Mistake(FILE, 0, "no_course_yaml")])
    reader = _Reader(text, lessons)
    reader.read()
    found = [Mistake(FILE, mistake.line, mistake.code, mistake.detail) for mistake in reader.source.mistakes]
    return Outline(reader.values, found, reader.lines)


def _empty() -> dict[str, Any]:
    return {
        "format": FORMAT,
        **dict.fromkeys(("slug", "title", "summary", "organiser"), ""),
        "jp": 0,
        **{name: [] for name in ("audience", "keywords", "attribution", "indicators", "groups")},
        "tests": {},
        "quiz": {"draw": 5},
    }


class _Reader:
    def __init__(self, text: str, lessons: dict[str, list[str]]) -> None:
        self.source = Source(text, FILE)
        self.values = _empty()
        self.lines: dict[str, int] = {}
        self._lessons = lessons

    def read(self) -> None:
        if self.source.root is None:
            if not self.source.mistakes:
                self.source.say(1, "missing_field", field="format")
            return
        fields = self.source.fields(self.source.root, _FIELDS, _REQUIRED)
        if fields is None:
            return
        self._read_head(fields)
        self._read_sources(fields)
        self._read_indicators(fields)
        self._read_tests(fields)
        self._read_groups(fields)
        self._compare_tests(fields)

    def _read_head(self, fields: Fields) -> None:
        given = self._text(fields, "format", 10)
        if given and given != str(FORMAT):
            self.source.say(fields.values["format"], "unknown_format", format=given)
        slug = self._text(fields, "slug", 80)
        if slug and not _KEY.fullmatch(slug):
            self.source.say(fields.values["slug"], "bad_slug", slug=slug)
        self.values["slug"] = slug
        for name, longest in (("title", LONGEST_TITLE), ("summary", LONGEST_SUMMARY), ("organiser", LONGEST_TITLE)):
            self.values[name] = self._text(fields, name, longest)
        self.values["jp"] = self._whole(fields, "jp", 1, MOST_JP) or 0
        for name in ("audience", "keywords"):
            self.values[name] = self._texts(self.source.entries(fields, name), name, 60)
        if "quiz" in fields.values:
            quiz = self.source.fields(fields.values["quiz"], ("draw",), ("draw",))
            self.values["quiz"]["draw"] = (quiz and self._whole(quiz, "draw", 1, 50)) or 5

    def _read_sources(self, fields: Fields) -> None:
        for node in self.source.entries(fields, "attribution") or []:
            source = self.source.fields(node, _ATTRIBUTION, ("title", "author", "licence"))
            if source:
                self.values["attribution"].append({name: self._text(source, name, 500) for name in _ATTRIBUTION})

    def _read_indicators(self, fields: Fields) -> None:
        lines: dict[str, int] = {}
        for node in self._filled(fields, "indicators"):
            indicator = self.source.fields(node, ("key", "text"), ("key", "text"))
            if not indicator:
                continue
            key, text = self._text(indicator, "key", 20), self._text(indicator, "text", LONGEST_LINE)
            if not key:
                continue
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", key):
                self.source.say(node, "bad_indicator_key", key=key)
            elif key in lines:
                self.source.say(node, "duplicate_indicator", key=key, first=lines[key])
            else:
                lines[key] = self.source.line(node)
                self.values["indicators"].append({"key": key, "text": text})

    def _read_tests(self, fields: Fields) -> None:
        node = fields.values.get("tests")
        tests = self.source.fields(node, ()) if node is not None else None
        for key, test_node in (tests.values if tests else {}).items():
            test = self.source.fields(test_node, _TEST, ("kind", "title"))
            if test is None or tests is None:
                continue
            if not self._is_key(tests.names[key], key):
                continue
            kind = self._text(test, "kind", 20)
            if kind and kind not in ("pretest", "posttest"):
                self.source.say(test.values["kind"], "unknown_test_kind", kind=kind)
                continue
            self.lines[f"tests.{key}"] = self.source.line(tests.names[key])
            self.values["tests"][key] = self._test(test, kind)

    def _test(self, test: Fields, kind: str) -> dict[str, Any]:
        usual = _POSTTEST if kind == "posttest" else {"minutes": None, "pass": None, "sittings": 1, "hours_between": 0}
        limits = {"minutes": (1, 600), "pass": (1, 100), "sittings": (1, 20), "hours_between": (0, 720)}
        numbers = {}
        for name, (least, most) in limits.items():
            given = self._whole(test, name, least, most)
            numbers[name] = usual[name] if given is None else given
        return {"kind": kind, "title": self._text(test, "title", LONGEST_TITLE), **numbers}

    def _read_groups(self, fields: Fields) -> None:
        known = list(rules.GROUPS)
        last = -1
        for node in self._filled(fields, "groups"):
            group = self.source.fields(node, ("key", "title", "mastery", "entries"), ("key", "title", "entries"))
            if group is None:
                continue
            key = self._text(group, "key", LONGEST_KEY)
            if not key:
                continue
            if key not in known:
                self.source.say(group.values["key"], "unknown_group", group=key)
                continue
            if key in [other["key"] for other in self.values["groups"]]:
                self.source.say(group.values["key"], "duplicate_group", group=key)
                continue
            if known.index(key) < last:
                self.source.say(group.values["key"], "group_order", group=key)
            last = max(last, known.index(key))
            self.values["groups"].append(
                {
                    "key": key,
                    "title": self._text(group, "title", LONGEST_TITLE),
                    "mastery": self._whole(group, "mastery", 1, 100),
                    "entries": self._entries(group, key),
                }
            )
        self._find_unlisted()

    def _entries(self, group: Fields, key: str) -> list[str]:
        found = []
        nodes = self.source.entries(group, "entries")
        if nodes == []:
            self.source.say(group.values["entries"], "no_entries", group=key)
        for node in nodes or []:
            entry = self.source.text_of(node, "entries", LONGEST_KEY)
            if entry is None or not self._is_key(node, entry):
                continue
            if entry in self.lines:
                self.source.say(node, "duplicate_entry", entry=entry, first=self.lines[entry])
                continue
            self.lines[entry] = self.source.line(node)
            is_lesson = entry not in self.values["tests"] and entry != rules.SURVEY
            if is_lesson and entry not in self._lessons.get(key, []):
                self.source.say(node, "missing_lesson", entry=entry, path=f"{key}/{entry}.md")
                continue
            found.append(entry)
        return found

    def _find_unlisted(self) -> None:
        if not self.values["groups"]:
            return
        listed = {(group["key"], entry) for group in self.values["groups"] for entry in group["entries"]}
        for group, lessons in self._lessons.items():
            for lesson in lessons:
                if (group, lesson) not in listed:
                    self.source.say(self.source.root or 1, "unlisted_lesson", path=f"{group}/{lesson}.md")

    def _compare_tests(self, fields: Fields) -> None:
        kinds = [test["kind"] for test in self.values["tests"].values()]
        at: Node | int = fields.values.get("tests", 1)
        for key in self.values["tests"]:
            if key not in self.lines:
                self.source.say(self.lines[f"tests.{key}"], "unlisted_test", test=key)
        if "posttest" not in kinds:
            self.source.say(at, "no_posttest")
        for kind in ("pretest", "posttest"):
            if kinds.count(kind) > 1:
                self.source.say(at, "several_tests", kind=kind)

    def _is_key(self, node: Node, key: str) -> bool:
        if len(key) <= LONGEST_KEY and _KEY.fullmatch(key) and not key.startswith(rules.QUIZ_PREFIX):
            return True
        self.source.say(node, "bad_entry", entry=key[:80])
        return False

    def _filled(self, fields: Fields, name: str) -> Iterable[Node]:
        nodes = self.source.entries(fields, name)
        if nodes == []:
            self.source.say(fields.values[name], "empty_list", field=name)
        return nodes or []

    def _text(self, fields: Fields, name: str, longest: int) -> str:
        return self.source.text(fields, name, longest) or ""

    def _texts(self, nodes: list[Node] | None, name: str, longest: int) -> list[str]:
        return [text for node in nodes or [] if (text := self.source.text_of(node, name, longest))]

    def _whole(self, fields: Fields, name: str, least: int, most: int) -> int | None:
        return whole(self.source, fields, name, least, most)


def whole(source: Source, fields: Fields, name: str, least: int, most: int) -> int | None:
    """A whole number within limits; None where it is missing. Mistakes: bad_number, bad_whole_number."""
    number: Decimal | None = source.number(fields, name)
    if number is None:
        return None
    if number != number.to_integral_value() or not least <= number <= most:
        source.say(fields.values[name], "bad_whole_number", field=name, least=least, most=most)
        return None
    return int(number)
