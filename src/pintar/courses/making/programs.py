"""The two programs that recordings are made with. Both are found when they are needed, never at start."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pintar.foundation.refusals import Reason, Refusal

LONGEST = 600
"""Seconds that one call may take."""


def espeak() -> str:
    """Where espeak-ng is. Raises Refusal: no_espeak."""
    found = shutil.which("espeak-ng")
    if found is None:
        raise Refusal(Reason("courses", "no_espeak"))
    return found


def ffmpeg() -> str:
    """Where ffmpeg is: on the path, or the one that the package imageio-ffmpeg carries. Raises Refusal: no_ffmpeg."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        raise Refusal(Reason("courses", "no_ffmpeg")) from None


def run(command: Sequence[str | Path], given: bytes = b"") -> bytes:
    """What a program writes. Raises Refusal: program_failed {program, said}."""
    name = Path(command[0]).name
    try:
        done = subprocess.run(  # noqa: S603  our own programs, arguments as a list
            [str(part) for part in command], input=given, capture_output=True, timeout=LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refusal(Reason("courses", "program_failed", {"program": name, "said": type(error).__name__})) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Refusal(Reason("courses", "program_failed", {"program": name, "said": (said or [""])[-1][:200]}))
    return done.stdout
