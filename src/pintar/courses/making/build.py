"""Making, in a folder, what its lessons ask for and do not have: slides, audio, video."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pintar.courses.folder import captions, decks, disk, document
from pintar.courses.folder.lessons import Front, LessonReader, spoken
from pintar.courses.making import film, narration, slides, voice
from pintar.foundation.refusals import Reason, Refusal


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made: its path in the folder, its size, and for recordings their seconds."""

    path: str
    size: int
    seconds: float = 0.0


Progress = Callable[[str, int, int], None]
"""What is being made, how many of its sentences are read, of how many."""


def build(folder: Path, *, again: bool = False, progress: Progress | None = None) -> Iterator[Made]:
    """Make what is missing or out of date, one file after another; `again` makes everything anew.

    What a person recorded or wrote is never replaced. Raises Refusal: the folder's mistakes, no_espeak, no_ffmpeg,
    program_failed.
    """
    prepared = document.prepare(folder)
    wrong = [mistake for mistake in prepared.mistakes if mistake.room == document.ROOM]
    wrong = [mistake for mistake in wrong if not document.is_warning(mistake)]
    if wrong:
        reasons = [Reason(m.room, m.code, {**m.data, "file": m.file, "line": m.line}) for m in wrong]
        raise Refusal(*reasons, status=422)
    reader = LessonReader(prepared.folder.files, [])
    for group in prepared.folder.outline["groups"]:
        for key in prepared.folder.lessons(group["key"]):
            maker = _Maker(folder, f"{group['key']}/{key}", reader.front(f"{group['key']}/{key}.md"), again, progress)
            yield from maker.slides()
            yield from maker.audio()
            yield from maker.video()


def is_current(vtt: str, digest: str) -> bool:
    """Whether a recording still says what its text says; what a person recorded always does."""
    read = captions.read(vtt)
    return not read.synthetic or read.source == digest


class _Maker:
    def __init__(self, folder: Path, path: str, front: Front, again: bool, progress: Progress | None) -> None:
        self._folder, self._path, self._front = folder, path, front
        self._again, self._progress = again, progress

    def slides(self) -> Iterator[Made]:
        target = f"{self._path}.slides.md"
        if not (self._folder / target).exists():
            yield self._write(target, slides.of(self._front.body, self._front.title).encode())

    def audio(self) -> Iterator[Made]:
        if not self._front.audio:
            return
        sentences = spoken(self._front)
        digest = narration.digest(sentences)
        if self._is_there("vtt", ("opus", "m4a"), digest):
            return
        heard = voice.read(sentences, self._tell(f"{self._path}.opus"))
        for ending, content in voice.encode(heard).items():
            yield self._write(f"{self._path}.{ending}", content, heard.seconds)
        yield self._write(f"{self._path}.vtt", voice.captions_of(heard.cues, digest).encode())

    def video(self) -> Iterator[Made]:
        deck = self._folder / f"{self._path}.video.md"
        if not self._front.video or not deck.exists():
            return
        shown = decks.deck(deck.read_text("utf-8"))
        if self._is_there("video.vtt", ("hemat.mp4", "standar.mp4"), decks.digest(shown)):
            return
        group = self._folder / self._path.partition("/")[0]
        pictures = {
            path.relative_to(group).as_posix(): path.read_bytes()
            for path in (group / "gambar").glob("*.svg")
            if path.stat().st_size <= disk.LARGEST_TEXT
        }
        made = film.make(shown, self._front.title, pictures, self._tell(f"{self._path}.standar.mp4"))
        for ending, content in made.files.items():
            yield self._write(f"{self._path}.{ending}", content, made.seconds)

    def _is_there(self, vtt: str, endings: tuple[str, ...], digest: str) -> bool:
        """Whether a recording need not be made: all of it is there and says what the text says."""
        kept = self._folder / f"{self._path}.{vtt}"
        files = [self._folder / f"{self._path}.{ending}" for ending in endings]
        if not kept.exists():
            # Recorded by a person and not captioned yet: left alone.
            return any(file.exists() for file in files)
        text = kept.read_text("utf-8", "replace")
        if not captions.read(text).synthetic:
            return True
        return not self._again and is_current(text, digest) and all(file.exists() for file in files)

    def _tell(self, path: str) -> Callable[[int, int], None]:
        return lambda done, of: self._progress(path, done, of) if self._progress else None

    def _write(self, path: str, content: bytes, seconds: float = 0.0) -> Made:
        # Written beside and renamed, so that an interrupted build leaves no half file.
        target = self._folder / path
        beside = target.with_name(f".{target.name}.part")
        beside.write_bytes(content)
        beside.replace(target)
        return Made(path, len(content), seconds)
