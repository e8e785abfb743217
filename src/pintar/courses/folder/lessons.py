"""A lesson's files: its text with front matter, slides, recordings; and the forms they make."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pintar.courses import rules
from pintar.courses.folder import captions, decks, files, recordings
from pintar.courses.folder.outline import LONGEST_LINE, LONGEST_TITLE, whole
from pintar.courses.making import narration
from pintar.courses.ports import Mistake
from pintar.foundation.richtext import Pixels, RichText, pictures, render
from pintar.foundation.storage import TYPES
from pintar.sciences.formats.yaml_nodes import Source

MOST_MINUTES = 600
MOST_SLIDES = 100
# (ending, variant) of what may stand beside a lesson.
RECORDINGS = {
    "audio": (("opus", "opus"), ("m4a", "m4a")),
    "video": (("hemat.mp4", "hemat"), ("standar.mp4", "standar"), ("tinggi.mp4", "tinggi")),
}
CAPTIONS = {"audio": "vtt", "video": "video.vtt"}
# The variant whose size a learner is told first.
USUAL = {"audio": ("opus", "m4a"), "video": ("standar", "hemat", "tinggi")}


@dataclass(slots=True)
class Front:
    """The front matter of a lesson; `body` is the text after it, `offset` the lines before that."""

    title: str = ""
    goal: str = ""
    indicators: list[str] = field(default_factory=list)
    minutes: int = 0
    audio: bool = False
    video: bool = False
    body: str = ""
    offset: int = 0


class LessonReader:
    """Reads the lessons of one folder, collecting mistakes and what is to be stored."""

    def __init__(self, content: Mapping[str, bytes], indicators: list[str]) -> None:
        self._content = content
        self._indicators = indicators
        self.mistakes: list[Mistake] = []
        self.media: dict[str, bytes] = {}
        self.used: set[str] = set()
        self._pixels: dict[str, int] = {}  # bytes of each picture that is no drawing

    def read(self, group: str, key: str) -> dict[str, Any]:
        """A lesson as JSON values, in the shape of `rules.Lesson`."""
        path = f"{group}/{key}.md"
        front = self.front(path)
        text = self._rendered(path, front.body, front.offset, group)
        if not text.blocks:
            self._say(path, max(front.offset, 1), "empty_lesson")
        forms = [self._recording(group, key, "video", front), self._recording(group, key, "audio", front)]
        forms += [self._slides(group, key), self._reading(text)]
        return {
            "key": key,
            "title": front.title,
            "goal": front.goal,
            "minutes": front.minutes,
            "indicators": front.indicators,
            "words": text.words,
            "forms": [form for form in forms if form is not None],
        }

    def front(self, path: str) -> Front:
        """The front matter of a lesson.

        Mistakes: no_front_matter, front_matter_open, those of `yaml_nodes`, unknown_indicator {indicator}.
        """
        text = self._text(path)
        lines = text.split("\n")
        if lines[0].rstrip() != "---":
            self._say(path, 1, "no_front_matter")
            return Front(body=text)
        ends = [at for at, line in enumerate(lines[1:], 1) if line.rstrip() == "---"]
        if not ends:
            self._say(path, 1, "front_matter_open")
            return Front()
        front = Front(body="\n".join(lines[ends[0] + 1 :]), offset=ends[0] + 1)
        # An empty first line stands for the opening dashes, so lines count as in the file.
        self._read_front(path, Source("\n" + "\n".join(lines[1 : ends[0]]) + "\n", path), front)
        return front

    def _read_front(self, path: str, source: Source, front: Front) -> None:
        if source.root is None:
            if not source.mistakes:
                source.say(1, "missing_field", field="title")
        elif fields := source.fields(
            source.root,
            ("title", "goal", "indicators", "minutes", "audio", "video"),
            ("title", "goal", "indicators", "minutes"),
        ):
            front.title = source.text(fields, "title", LONGEST_TITLE) or ""
            front.goal = source.text(fields, "goal", LONGEST_LINE) or ""
            front.minutes = whole(source, fields, "minutes", 1, MOST_MINUTES) or 0
            front.audio = source.truth(fields, "audio") or False
            front.video = source.truth(fields, "video") or False
            for node in source.entries(fields, "indicators") or []:
                indicator = source.text_of(node, "indicators", 20)
                if indicator and indicator not in self._indicators:
                    source.say(node, "unknown_indicator", indicator=indicator)
                elif indicator:
                    front.indicators.append(indicator)
        self.mistakes += [Mistake(path, mistake.line, mistake.code, mistake.detail) for mistake in source.mistakes]

    def _rendered(self, path: str, text: str, offset: int, group: str) -> RichText:
        rendered = render(text, image=lambda picture: self._picture(group, picture))
        for mistake in rendered.mistakes:
            if mistake.file:
                self._say(f"{group}/{mistake.file}", mistake.line, mistake.code, **mistake.data)
            else:
                self._say(path, mistake.line + offset, mistake.code, **mistake.data)
        return rendered

    def _picture(self, group: str, picture: str) -> str | Pixels:
        path = f"{group}/{picture}"
        if not files.PICTURE.fullmatch(path) or path not in self._content:
            raise LookupError(path)
        self.used.add(path)
        if path.endswith(".svg"):
            # A broken drawing is told from a missing one by its first sign.
            return self._text(path) if self._text(path).lstrip("\ufeff \n\t").startswith("<") else "<"
        made = pictures.fit(self._content[path], path.rpartition(".")[2])
        self._pixels[picture] = sum(len(each.content) for each in made[:1])
        addresses = tuple((each.width, self._keep(each.content, "webp")) for each in made)
        return Pixels(made[-1].width, made[-1].height, addresses)

    def _cost_of(self, *texts: RichText) -> int:
        """What texts cost to load with their pictures, each in the width that a phone takes."""
        shown = {picture for text in texts for picture in text.images}
        return _cost([text.html for text in texts]) + sum(self._pixels.get(picture, 0) for picture in shown)

    def _slides(self, group: str, key: str) -> dict[str, Any] | None:
        """Mistakes: no_slides, too_many_slides {most}, slide_heading."""
        path = f"{group}/{key}.slides.md"
        if path not in self._content:
            return None
        self.used.add(path)
        texts = []
        slides = decks.split(self._text(path))
        if len(slides) > MOST_SLIDES:
            self._say(path, slides[MOST_SLIDES][0], "too_many_slides", most=MOST_SLIDES)
        for line, text in slides[:MOST_SLIDES]:
            rendered = self._rendered(path, text, line - 1, group)
            if not rendered.blocks or not rendered.blocks[0].startswith("<h2>"):
                self._say(path, line, "slide_heading")
            texts.append(rendered)
        if not slides:
            self._say(path, 1, "no_slides")
            return None
        return _form("slides", size=self._cost_of(*texts), pages=len(texts), html=[text.html for text in texts])

    def _reading(self, text: RichText) -> dict[str, Any]:
        return _form("reading", size=self._cost_of(text), paragraphs=len(text.blocks), html=list(text.blocks))

    def _recording(self, group: str, key: str, kind: str, front: Front) -> dict[str, Any] | None:
        """Mistakes: recording_broken, captions_missing {path}, those of `captions`; warnings: not_built, stale."""
        there = {
            variant: path
            for ending, variant in RECORDINGS[kind]
            if (path := f"{group}/{key}.{ending}") in self._content
        }
        text = f"{group}/{key}.{CAPTIONS[kind]}"
        self.used |= {*there.values(), text}
        source = self._source(group, key, kind, front)
        if not there:
            if source:
                self._say(f"{group}/{key}.md", 1, "not_built", form=kind)
            return None
        if text not in self._content:
            self._say(next(iter(there.values())), 0, "captions_missing", path=text)
        lengths = {variant: self._seconds(path) for variant, path in there.items()}
        read = captions.read(self._text(text)) if text in self._content else captions.Captions((), False, ())
        for line, code in read.mistakes:
            self._say(text, line, code)
        if read.synthetic and source and read.source != source:
            self._say(text, 0, "stale")
        variants = {name: self._variant(name, path) for name, path in there.items()}
        usual = next(variants[name] for name in USUAL[kind] if name in variants)
        return _form(
            kind,
            size=usual["size"],
            seconds=max(lengths.values()),
            variants=list(variants.values()),
            captions_url=self._store(text) if text in self._content else None,
            transcript=[[cue.start, cue.end, cue.text] for cue in read.cues],
            synthetic_voice=read.synthetic,
        )

    def _source(self, group: str, key: str, kind: str, front: Front) -> str:
        """Names the text that a voice has read or should read; "" where no synthetic voice is asked for.

        Mistakes: deck_missing {path}, no_slides, slide_heading, no_narration.
        """
        if kind == "audio":
            return narration.digest(spoken(front)) if front.audio else ""
        path = f"{group}/{key}.video.md"
        if not front.video:
            return ""
        if path not in self._content:
            if not any(f"{group}/{key}.{ending}" in self._content for ending, _ in RECORDINGS["video"]):
                self._say(f"{group}/{key}.md", 1, "deck_missing", path=path)
            return ""
        self.used.add(path)
        slides = decks.deck(self._text(path))
        if not slides:
            self._say(path, 1, "no_slides")
        for slide in slides:
            rendered = self._rendered(path, slide.shown, slide.line - 1, group)
            if not rendered.blocks or not rendered.blocks[0].startswith("<h2>"):
                self._say(path, slide.line, "slide_heading")
            if not slide.said:
                self._say(path, slide.line, "no_narration")
        return decks.digest(slides)

    def _seconds(self, path: str) -> float:
        try:
            return round(recordings.seconds(self._content[path], path.rpartition(".")[2]), 3)
        except recordings.BrokenRecording:
            self._say(path, 0, "recording_broken")
            return 0.0

    def _variant(self, name: str, path: str) -> dict[str, Any]:
        extension = PurePosixPath(path).suffix.removeprefix(".")
        return {
            "name": name,
            "url": self._store(path),
            "size": len(self._content[path]),
            "type": TYPES[extension],
        }

    def _store(self, path: str) -> str:
        """Mark a file to be stored; returns the address it will have."""
        self.used.add(path)
        return self._keep(self._content[path], path.rpartition(".")[2])

    def _keep(self, content: bytes, extension: str) -> str:
        name = f"{hashlib.sha256(content).hexdigest()}.{extension}"
        self.media[name] = content
        return f"/media/{name}"

    def _text(self, path: str) -> str:
        return self._content[path].decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")

    def _say(self, file: str, line: int, code: str, **data: Any) -> None:
        self.mistakes.append(Mistake(file, line, code, data))


def spoken(front: Front) -> list[narration.Sentence]:
    """What a voice reads of a lesson."""
    return narration.of(front.body, f"{front.title}.")


def _form(kind: str, **known: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "size": 0,
        "seconds": 0.0,
        "pages": 0,
        "paragraphs": 0,
        "html": [],
        "variants": [],
        "captions_url": None,
        "transcript": [],
        "synthetic_voice": False,
    }
    assert kind in rules.FORM_KINDS
    return {"kind": kind, **empty, **known}


def _cost(html: "list[str] | tuple[str, ...]") -> int:
    """What a text costs to load: it goes out compressed."""
    return len(zlib.compress("\n".join(html).encode(), 6))
