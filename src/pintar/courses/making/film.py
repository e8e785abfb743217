"""A video from a deck: each slide drawn, each narration read, joined into two sizes with captions."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from pintar.courses.folder import decks
from pintar.courses.making import programs, voice
from pintar.courses.rules import Cue
from pintar.foundation.refusals import Reason, Refusal
from pintar.foundation.richtext.markdown import parse, plain

FONTS = Path(__file__).parents[2] / "foundation" / "fonts"
TEMPLATE = Path(__file__).with_name("slide.typ")
# Dots per inch at which the 854 × 480 points of a slide are drawn; ffmpeg makes them smaller.
DRAWN_AT = 108.0
FRAMES_A_SECOND = 10
# (variant, width, height, kilobits a second of picture, of sound)
SIZES = (("hemat", 426, 240, 70, 24), ("standar", 640, 360, 250, 32))


@dataclass(frozen=True, slots=True)
class Film:
    """The files of a video by ending: "hemat.mp4", "standar.mp4", "video.vtt"."""

    files: Mapping[str, bytes]
    seconds: float


def make(
    slides: list[decks.DeckSlide],
    lesson: str,
    pictures: Mapping[str, bytes],
    progress: Callable[[int, int], None] | None = None,
) -> Film:
    """Draw, read and join. `pictures` are the drawings by the path the deck calls them. Raises Refusal."""
    sentences = [sentence for slide in slides for sentence in slide.said]
    heard = voice.read(sentences, progress)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "voice.wav").write_bytes(voice.as_wave(heard))
        (folder / "frames.txt").write_text(_frames(slides, lesson, pictures, heard, folder))
        made = {f"{size[0]}.mp4": _encoded(folder, *size) for size in SIZES}
    cues = voice.in_short_lines(heard.cues)
    made["video.vtt"] = voice.captions_of(cues, decks.digest(slides)).encode()
    return Film(made, heard.seconds)


def _frames(
    slides: list[decks.DeckSlide], lesson: str, pictures: Mapping[str, bytes], heard: voice.Reading, folder: Path
) -> str:
    """Draw every picture and list them with their seconds, as ffmpeg's concat demuxer reads it."""
    lines = ["ffconcat version 1.0"]
    at = 0
    for number, slide in enumerate(slides):
        cues = heard.cues[at : at + len(slide.said)]
        at += len(slide.said)
        following = heard.cues[at].start - 0.3 if at < len(heard.cues) else heard.seconds
        begins = 0.0 if number == 0 else cues[0].start - 0.3
        content = _content(slide, lesson, pictures) | {
            "place": f"{number + 1}/{len(slides)}",
            "watched": following / heard.seconds,
        }
        for step, (shown, start, end) in enumerate(_steps(len(content["points"]), cues, begins, following)):
            file = folder / f"slide-{number}-{step}.png"
            file.write_bytes(draw({**content, "shown": shown}))
            lines += [f"file '{file.name}'", f"duration {end - start:.3f}"]
    # The demuxer gives the last picture no time unless it is named again.
    lines.append(lines[-2])
    return "\n".join(lines) + "\n"


def _steps(points: int, cues: tuple[Cue, ...], begins: float, ends: float) -> list[tuple[int, float, float]]:
    """(points shown, from, to): they appear while they are spoken of, one by one."""
    if points < 2 or len(cues) < 2:
        return [(points, begins, ends)]
    # The last sentences speak of the points; those before introduce them.
    starts = [cue.start for cue in cues[-points:]]
    first = points - len(starts)
    changes = [(first + place + 1, start) for place, start in enumerate(starts)]
    if len(cues) <= points:
        changes[0] = (changes[0][0], begins)
    else:
        changes.insert(0, (first, begins))
    nexts = [start for _, start in changes[1:]] + [ends]
    return [(shown, start, end) for (shown, start), end in zip(changes, nexts, strict=True)]


def draw(content: dict[str, Any]) -> bytes:
    """A slide as PNG. Raises Refusal: program_failed."""
    import typst

    try:
        drawn = typst.compile(
            TEMPLATE,
            format="png",
            ppi=DRAWN_AT,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        )
    except (RuntimeError, ValueError) as error:
        said = str(error).splitlines()
        raise Refusal(
            Reason("courses", "program_failed", {"program": "typst", "said": (said or [""])[0][:200]})
        ) from None
    return drawn if isinstance(drawn, bytes) else drawn[0]


def _content(slide: decks.DeckSlide, lesson: str, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "lesson": lesson,
        "heading": "",
        "title": [],
        "points": [],
        "paragraphs": [],
        "picture": None,
    }
    tokens = parse(slide.shown)
    in_list = 0
    for at, token in enumerate(tokens):
        in_list += token.nesting if token.type.endswith(("list_open", "list_close")) else 0
        if token.type == "figure":
            path = str((token.children or [])[0].attrs.get("src", ""))
            if path not in pictures:
                raise Refusal(Reason("courses", "text_picture_missing", {"picture": path[:200]}), status=422)
            content["picture"] = pictures[path].decode("utf-8", "replace")
        elif token.type == "inline" and tokens[at - 1].type == "heading_open":
            content["title"], content["heading"] = _runs(token), plain(token.children or [])
        elif token.type == "inline":
            content["points" if in_list else "paragraphs"].append(_runs(token))
    return content


def _runs(token: Token) -> list[dict[str, Any]]:
    """Inline tokens as pieces of text with their marks."""
    runs: list[dict[str, Any]] = []
    marks = {"strong": 0, "em": 0}
    language = "id"
    for child in token.children or []:
        name = child.type.rpartition("_")[0]
        if name in marks:
            marks[name] += child.nesting
        elif child.type in ("span_open", "span_close"):
            language = str(child.attrs.get("lang", "id")) if child.nesting == 1 else "id"
        elif text := plain([child]):
            runs.append({"text": text, "bold": marks["strong"] > 0, "italic": marks["em"] > 0, "lang": language})
    return runs


def _encoded(folder: Path, name: str, width: int, height: int, picture: int, sound: int) -> bytes:
    target = folder / f"{name}.mp4"
    programs.run(
        [
            *(programs.ffmpeg(), *voice.QUIETLY),
            *("-f", "concat", "-safe", "1", "-i", folder / "frames.txt", "-i", folder / "voice.wav"),
            *("-vf", f"scale={width}:{height}:flags=lanczos,fps={FRAMES_A_SECOND},format=yuv420p"),
            *("-c:v", "libx264", "-profile:v", "main", "-level", "3.0", "-preset", "slow", "-tune", "stillimage"),
            # A key frame every two seconds, so that seeking is exact enough for a transcript.
            *("-crf", "26", "-maxrate", f"{picture}k", "-bufsize", f"{picture * 4}k", "-g", str(2 * FRAMES_A_SECOND)),
            *("-c:a", "aac", "-b:a", f"{sound}k", "-ac", "1", "-shortest", "-movflags", "+faststart"),
            *(*voice.SAME_AGAIN, target),
        ]
    )
    return target.read_bytes()
