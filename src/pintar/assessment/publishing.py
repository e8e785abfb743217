"""What a training's folder says about tests: banks, forms and blueprint, checked and kept for an edition.

bank/kuis-<lesson>.yaml|.gift     the pool a quiz draws from
forms/<NAME>.yaml|.gift           parallel forms of pre-test and post-test
blueprint.yaml                    how many items of each indicator a form has (`blueprint_file`)
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache, partial
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from pintar.assessment import editions, rendered, rules
from pintar.assessment.actions.bank.filling import Published, fill_bank
from pintar.assessment.blueprint_file import read_blueprint
from pintar.assessment.queries.bank.assemblies import forms_needed
from pintar.courses.ports import CourseFolder, Mistake
from pintar.courses.queries import Edition
from pintar.foundation import richtext, storage
from pintar.foundation.richtext.pictures import fit
from pintar.sciences.formats import gift, items_yaml
from pintar.sciences.formats.reading import Reading
from pintar.sciences.items import Item
from pintar.sciences.scoring.items import split

READERS = {".yaml": items_yaml.read, ".yml": items_yaml.read, ".gift": gift.read}
FORM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")


class Tests:
    """`courses.ports.EditionPart`."""

    name = "assessment"

    def check(self, folder: CourseFolder) -> list[Mistake]:
        read = _Read(folder)
        found = [
            *read.mistakes,
            *_banks(folder, read),
            *_forms(folder, read),
            *_unique(read),
            *_indicators(folder, read),
            *_texts(folder, read),
        ]
        return sorted(found, key=lambda mistake: (mistake.file, mistake.line))

    def publish(self, folder: CourseFolder, edition_uid: UUID, now: datetime) -> dict[str, Any]:
        read = _Read(folder)
        items, published = {}, []
        for name, item in read.items:
            seen = _Pictures(folder, name)
            question, key = split(item, partial(_html, seen))
            items[item.key] = ({**question, "stem": rendered.in_paragraph(question["stem"])}, key, item.indicator)
            published.append(Published(item, seen.document, name))
        course = folder.outline["slug"]
        versions = fill_bank(course=course, edition=edition_uid, items=published, now=now)
        content = editions.Content(
            items={key: editions.Shown(*halves, versions[key]) for key, halves in items.items()},
            banks=_keys_of(read.banks),
            forms=_keys_of(read.forms),
            terms={name: value for name, value in asdict(read_blueprint(folder).terms).items() if value},
        )
        content = editions.with_approved(course, content, _forms_needed(folder))
        tests = editions.keep(course, edition_uid, content)
        return {"tests": _summary(folder.outline["quiz"]["draw"], content, folder.outline["tests"], tests)}

    def renew(self, previous: Edition, edition_uid: UUID, now: datetime) -> dict[str, Any]:
        content = editions.with_approved(previous.slug, editions.carried(previous.uid), forms_needed(previous))
        tests = editions.keep(previous.slug, edition_uid, content)
        entries = [key for key, test in previous.tests.items() if test.kind != "quiz"]
        return {"tests": _summary(previous.quiz_draw, content, entries, tests)}


def _keys_of(groups: Mapping[str, tuple[Item, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(item.key for item in items) for name, items in groups.items()}


def _summary(
    draw: int, content: editions.Content, entries: Iterable[str], tests: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Of each test, how many items a sitting has and how many there are to choose from."""
    quizzes = {test: {"items": draw, "bank": len(items)} for test, items in content.banks.items()}
    return {**quizzes, **dict.fromkeys(entries, tests)}


@dataclass(frozen=True)
class _Read:
    """The item files of a folder, read once."""

    folder: CourseFolder

    @cached_property
    def _files(self) -> dict[str, tuple[tuple[Item, ...], tuple[Mistake, ...]]]:
        files = {}
        for path in [*self.folder.names("bank/"), *self.folder.names("forms/")]:
            if PurePosixPath(path).suffix in READERS:
                reading = _reading(path, self.folder.text(path))
                files[path] = (
                    reading.items,
                    tuple(Mistake(m.file, m.line, m.code, dict(m.detail)) for m in reading.mistakes),
                )
        return files

    @property
    def items(self) -> Iterator[tuple[str, Item]]:
        """Every item with the path of its file."""
        for path, (items, _) in self._files.items():
            for item in items:
                yield path, item

    @property
    def mistakes(self) -> list[Mistake]:
        return [mistake for _, mistakes in self._files.values() for mistake in mistakes]

    @cached_property
    def banks(self) -> dict[str, tuple[Item, ...]]:
        """Items by the key of their quiz."""
        return self._in("bank")

    @cached_property
    def forms(self) -> dict[str, tuple[Item, ...]]:
        """Items by the name of their form."""
        return self._in("forms")

    def path(self, place: str, name: str) -> str:
        found = (p for p in self._files if PurePosixPath(p).parent.name == place and PurePosixPath(p).stem == name)
        return next(found, f"{place}/{name}.yaml")

    def is_sound(self, path: str) -> bool:
        return not self._files[path][1]

    def _in(self, place: str) -> dict[str, tuple[Item, ...]]:
        paths = [path for path in self._files if str(PurePosixPath(path).parent) == place]
        return {PurePosixPath(path).stem: self._files[path][0] for path in sorted(paths)}


@lru_cache(maxsize=64)
def _reading(path: str, text: str) -> Reading:
    """Kept from the check to the publishing, and for the next edition, most of whose files are those of this one."""
    return READERS[PurePosixPath(path).suffix](text, path)


def _banks(folder: CourseFolder, read: _Read) -> Iterator[Mistake]:
    draw = folder.outline["quiz"]["draw"]
    quizzes = folder.quizzes()
    for quiz, lesson in quizzes.items():
        path = read.path("bank", quiz)
        if quiz not in read.banks:
            yield Mistake(path, 0, "bank_missing", {"lesson": lesson, "least": draw})
        elif len(read.banks[quiz]) < draw and read.is_sound(path):
            yield Mistake(path, 0, "bank_too_small", {"items": len(read.banks[quiz]), "least": draw})
    for name in read.banks:
        if name not in quizzes:
            yield Mistake(read.path("bank", name), 0, "bank_of_nothing", {"name": name[:80]})


def _forms(folder: CourseFolder, read: _Read) -> Iterator[Mistake]:
    needed = _forms_needed(folder)
    for name in read.forms:
        if not FORM_NAME.fullmatch(name):
            yield Mistake(read.path("forms", name), 0, "bad_form_name", {"name": name[:80]})
    if needed and len(read.forms) < needed:
        yield Mistake("forms", 0, "too_few_forms", {"forms": len(read.forms), "least": needed})
    if not needed or not read.forms:
        return
    wanted = read_blueprint(folder)
    yield from wanted.mistakes
    if wanted.indicators:
        yield from _parallel(read, wanted.indicators)


def _forms_needed(folder: CourseFolder) -> int:
    tests = folder.outline["tests"].values()
    pretest = any(test["kind"] == "pretest" for test in tests)
    sittings = max((test["sittings"] for test in tests if test["kind"] == "posttest"), default=0)
    return rules.forms_needed(pretest, sittings)


def _parallel(read: _Read, wanted: Mapping[str, int]) -> Iterator[Mistake]:
    """Forms that do not keep to the blueprint, or are not like the others."""
    sound = {name: items for name, items in read.forms.items() if read.is_sound(read.path("forms", name))}
    first: tuple[str, Counter[str]] | None = None
    for name, items in sound.items():
        path = read.path("forms", name)
        has = Counter(item.indicator for item in items)
        for indicator, number in wanted.items():
            if has[indicator] != number:
                data = {"indicator": indicator, "items": has[indicator], "wanted": number}
                yield Mistake(path, 0, "form_off_blueprint", data)
        types = Counter(item.type for item in items)
        if first is None:
            first = (name, types)
        for type_ in sorted({*types, *first[1]}):
            if types[type_] != first[1][type_]:
                data = {"type": type_, "items": types[type_], "other": first[0], "wanted": first[1][type_]}
                yield Mistake(path, 0, "form_not_parallel", data)


def _unique(read: _Read) -> Iterator[Mistake]:
    """Keys and stems that stand in two files; within one file the reader has found the keys."""
    keys: dict[str, tuple[str, int]] = {}
    stems: dict[str, tuple[str, int]] = {}
    for path, item in read.items:
        first = keys.setdefault(item.key, (path, item.line))
        if first[0] != path:
            data = {"key": item.key, "other": first[0], "other_line": first[1]}
            yield Mistake(path, item.line, "key_in_two_files", data)
        plain = " ".join(item.stem.casefold().split())
        told = stems.setdefault(plain if item.type != "truefalse" else f"{plain}\0", (path, item.line))
        if told != (path, item.line):
            yield Mistake(path, item.line, "same_stem", {"other": told[0], "other_line": told[1]})


def _indicators(folder: CourseFolder, read: _Read) -> Iterator[Mistake]:
    known = {entry["key"] for entry in folder.outline["indicators"]}
    for path, item in read.items:
        if item.indicator not in known:
            yield Mistake(path, item.line, "unknown_indicator", {"indicator": item.indicator[:80]})


def _texts(folder: CourseFolder, read: _Read) -> Iterator[Mistake]:
    """What is wrong in the Markdown of stems, options and feedback; at the line where the item begins."""
    for path, item in read.items:
        seen = _Pictures(folder, path, keep=False)
        found: list[richtext.TextMistake] = []

        def told(text: str, seen: "_Pictures" = seen, found: list[richtext.TextMistake] = found) -> str:
            rendered = richtext.render_inline(text, seen.found)
            found.extend(rendered.mistakes)
            return rendered.html

        split(item, told)
        for mistake in _distinct(found):
            at = (seen.path(mistake.file), mistake.line) if mistake.file else (path, item.line)
            yield Mistake(*at, mistake.code, {**mistake.data, "item": item.key}, room="courses")


def _distinct(mistakes: Iterable[richtext.TextMistake]) -> list[richtext.TextMistake]:
    distinct: list[richtext.TextMistake] = []
    for mistake in mistakes:
        if mistake not in distinct:
            distinct.append(mistake)
    return distinct


@dataclass(frozen=True)
class _Pictures:
    """Pictures of one item file: drawings stand in the text, photographs are stored by what they hold."""

    folder: CourseFolder
    name: str
    keep: bool = True
    used: dict[str, str | richtext.Pixels] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The pictures that were asked for, as `ItemVersion.pictures` keeps them."""
        return {written: rendered.write_picture(found) for written, found in sorted(self.used.items())}

    def path(self, written: str) -> str:
        """A path as written, seen from the file: "gambar/x.svg" beside it, "../inti/gambar/x.svg" elsewhere."""
        parts: list[str] = []
        for part in [*PurePosixPath(self.name).parent.parts, *PurePosixPath(written).parts]:
            if part == ".." and parts:
                parts.pop()
            elif part != ".":
                parts.append(part)
        return "/".join(parts)

    def found(self, written: str) -> str | richtext.Pixels:
        self.used[written] = found = self._made(written)
        return found

    def _made(self, written: str) -> str | richtext.Pixels:
        content = self.folder.files[self.path(written)]
        extension = PurePosixPath(written).suffix.removeprefix(".").lower()
        if extension == "svg":
            return content.decode("utf-8", "replace")
        if extension not in ("png", "jpg", "webp", "avif"):
            raise LookupError(written)
        made = fit(content, extension)
        addresses = tuple((each.width, self._address(each.content)) for each in made)
        return richtext.Pixels(made[-1].width, made[-1].height, addresses)

    def _address(self, content: bytes) -> str:
        return storage.put(content, "webp").url if self.keep else "/media/"


def _html(seen: _Pictures, markdown: str) -> str:
    return richtext.render_inline(markdown, seen.found).html
