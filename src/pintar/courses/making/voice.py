"""A synthetic voice that reads sentences, so that each one's place in the recording is known to the sample."""

import io
import struct
import tempfile
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pintar.courses.folder import captions
from pintar.courses.making import narration, programs
from pintar.courses.rules import Cue

LANGUAGE = "id"
WORDS_A_MINUTE = 160
RATE = 22_050
LAST_PAUSE = 0.6
# Sound below this is silence: espeak-ng ends each sentence with a pause of its own, which `narration` decides instead.
QUIET = 160
LONGEST_CAPTION = 84


@dataclass(frozen=True, slots=True)
class Reading:
    """`samples` of 16 bits, mono, at `RATE`; `cues` say when each sentence is read."""

    samples: bytes
    cues: tuple[Cue, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / 2 / RATE


def read(sentences: Sequence[narration.Sentence], progress: Callable[[int, int], None] | None = None) -> Reading:
    """Read sentences aloud. Raises Refusal: no_espeak, program_failed."""
    program = programs.espeak()
    sound = bytearray()
    cues: list[Cue] = []
    for number, sentence in enumerate(sentences, 1):
        sound += _silence(sentence.pause if sound else 0.2)
        start = len(sound) / 2 / RATE
        sound += _said(program, sentence.spoken)
        cues.append(Cue(round(start, 3), round(len(sound) / 2 / RATE, 3), sentence.text))
        if progress:
            progress(number, len(sentences))
    sound += _silence(LAST_PAUSE)
    return Reading(bytes(sound), tuple(cues))


def encode(reading: Reading) -> dict[str, bytes]:
    """The recording as {"opus": …, "m4a": …}; the second for players that know no Opus. Raises Refusal."""
    ffmpeg = programs.ffmpeg()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "voice.wav"
        source.write_bytes(as_wave(reading))
        kinds = {
            "opus": ["-c:a", "libopus", "-b:a", "24k", "-vbr", "on", "-application", "voip"],
            "m4a": ["-c:a", "aac", "-b:a", "24k", "-movflags", "+faststart"],
        }
        made = {}
        for kind, options in kinds.items():
            target = Path(folder) / f"voice.{kind}"
            programs.run([ffmpeg, *QUIETLY, "-i", source, "-ac", "1", *options, *SAME_AGAIN, target])
            made[kind] = target.read_bytes()
    return made


QUIETLY = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y")
# Without dates and version names, the same text makes the same bytes.
SAME_AGAIN = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-flags:v", "+bitexact")


def as_wave(reading: Reading) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(reading.samples)
    return out.getvalue()


def in_short_lines(cues: Sequence[Cue]) -> list[Cue]:
    """Cues short enough to stand in a small picture: long ones are divided, their time by their letters."""
    short: list[Cue] = []
    for cue in cues:
        pieces = _pieces(cue.text)
        letters = sum(len(piece) for piece in pieces)
        at = cue.start
        for piece in pieces:
            end = at + (cue.end - cue.start) * len(piece) / letters
            short.append(Cue(round(at, 3), round(end, 3), piece))
            at = end
    return short


def captions_of(cues: Sequence[Cue], digest: str) -> str:
    """The captions' file, which also says from which text they were made."""
    return captions.write(list(cues), source=digest)


def _pieces(text: str) -> list[str]:
    count = -(-len(text) // LONGEST_CAPTION)
    words = text.split(" ")
    if count < 2 or len(words) < count:
        return [text]
    wanted = len(text) / count
    pieces: list[list[str]] = [[]]
    for word in words:
        filled = sum(len(w) + 1 for w in pieces[-1])
        if pieces[-1] and filled + len(word) / 2 > wanted and len(pieces) < count:
            pieces.append([])
        pieces[-1].append(word)
    return [" ".join(piece) for piece in pieces]


def _said(program: str, text: str) -> bytes:
    command = [program, "-v", LANGUAGE, "-s", str(WORDS_A_MINUTE), "-a", "130", "-b", "1", "--stdin", "--stdout"]
    said = programs.run(command, text.encode())
    # The header of a stream tells no lengths: what follows "data" is sound.
    at = said.find(b"data")
    return _trimmed(said[at + 8 :]) if at >= 0 else b""


def _trimmed(sound: bytes) -> bytes:
    """Without the silence at either end."""
    samples = struct.unpack(f"<{len(sound) // 2}h", sound[: len(sound) // 2 * 2])
    loud = [at for at, sample in enumerate(samples) if abs(sample) > QUIET]
    if not loud:
        return b""
    margin = RATE // 50
    return sound[max(loud[0] - margin, 0) * 2 : (loud[-1] + margin) * 2]


def _silence(seconds: float) -> bytes:
    return bytes(round(seconds * RATE) * 2)
