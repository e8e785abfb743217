"""Captions (WebVTT): the timed transcript of a recording."""

import re
from dataclasses import dataclass

from pintar.courses.rules import Cue

SYNTHETIC = "suara sintetis"
_SOURCE = re.compile(r"teks ([0-9a-f]{12})\b")
_TIME = r"(?:(\d{1,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
_TAG = re.compile(r"</?(?:[bicuv]|lang|ruby|rt)(?:[.\s][^<>]*)?>|<[\d:.]+>")


@dataclass(frozen=True, slots=True)
class Captions:
    """The cues, whether a NOTE says that the voice is synthetic, and what is wrong as (line, code).

    `source` names the text that a synthetic voice has read ("" where nobody said).
    """

    cues: tuple[Cue, ...]
    synthetic: bool
    mistakes: tuple[tuple[int, str], ...]
    source: str = ""


def read(text: str) -> Captions:
    """The cues of a file. Mistakes: captions_head, captions_timing, captions_order, captions_empty."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    mistakes: list[tuple[int, str]] = []
    cues: list[Cue] = []
    synthetic, source = False, ""
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        mistakes.append((1, "captions_head"))
    for at, block in _blocks(lines[1:], 2):
        if block[0].startswith(("NOTE", "STYLE", "REGION")):
            if block[0].startswith("NOTE") and SYNTHETIC in (note := " ".join(block).lower()):
                synthetic = True
                source = found.group(1) if (found := _SOURCE.search(note)) else ""
            continue
        timing = 0 if "-->" in block[0] else 1
        match = _TIMING.fullmatch(block[timing].strip()) if timing < len(block) else None
        if not match:
            mistakes.append((at + min(timing, len(block) - 1), "captions_timing"))
            continue
        start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        words = _TAG.sub("", " ".join(" ".join(block[timing + 1 :]).split()))
        if end <= start or (cues and start < cues[-1].start):
            mistakes.append((at + timing, "captions_order"))
        elif not words:
            mistakes.append((at + timing, "captions_empty"))
        else:
            cues.append(Cue(start, end, words))
    if not cues and not mistakes:
        mistakes.append((1, "captions_empty"))
    return Captions(tuple(cues), synthetic, tuple(mistakes), source)


def write(cues: list[Cue], *, source: str) -> str:
    """The cues of a synthetic voice that read the text named by `source`, as a file."""
    parts = ["WEBVTT", f"NOTE {SYNTHETIC}, teks {source}"]
    parts += [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}" for cue in cues]
    return "\n\n".join(parts) + "\n"


def _blocks(lines: list[str], first: int) -> list[tuple[int, list[str]]]:
    """Runs of lines that are not empty, each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    run: list[str] = []
    for number, line in enumerate([*lines, ""], first):
        if line.strip():
            run.append(line)
        elif run:
            blocks.append((number - len(run), run))
            run = []
    return blocks


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"
