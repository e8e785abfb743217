"""Which files a folder may hold, by their paths."""

import re
from collections.abc import Iterable

KEY = r"[a-z0-9]+(?:-[a-z0-9]+)*"
GROUP_FOLDER = re.compile(rf"({KEY})/")
PICTURE = re.compile(r"(?:[a-z0-9-]+)/gambar/[^/]+\.(svg|png|jpg|webp)")
LESSON = re.compile(rf"(?P<group>{KEY})/(?P<lesson>{KEY})\.md")
# What stands beside `<group>/<lesson>.md`, by its ending.
BESIDE = (
    "slides.md",
    "video.md",
    "opus",
    "m4a",
    "vtt",
    "hemat.mp4",
    "standar.mp4",
    "tinggi.mp4",
    "video.vtt",
)
_KNOWN = (
    re.compile(r"course\.yaml|blueprint\.yaml|survey\.yaml"),
    re.compile(r"(?:bank|forms)/[^/]+\.(?:yaml|gift)"),
    re.compile(rf"{KEY}/{KEY}\.(?:md|{'|'.join(re.escape(ending) for ending in BESIDE)})"),
    PICTURE,
)
# For people, not for the training.
_IGNORED = re.compile(r"(?:README|LICENSE|LICENCE|CREDITS|SUMBER)(?:\.\w+)?", re.IGNORECASE)
_SAFE = re.compile(r"[^\\\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069:*?\"<>|\ud800-\udfff]+")
LONGEST_PATH = 200

TEXTS = (".md", ".yaml", ".gift", ".vtt", ".svg")


def is_known(path: str) -> bool:
    return any(pattern.fullmatch(path) for pattern in _KNOWN)


def is_ignored(path: str) -> bool:
    return _IGNORED.fullmatch(path) is not None


def is_safe(path: str) -> bool:
    """Whether a path stays inside the folder and means the same on every system."""
    return (
        len(path) <= LONGEST_PATH
        and _SAFE.fullmatch(path) is not None
        and all(part not in ("", ".", "..") and part == part.strip() for part in path.split("/"))
    )


def shown(path: str) -> str:
    """A path as it may be printed, whatever it holds."""
    safe = path.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in safe)[:LONGEST_PATH]


def lesson_keys(paths: Iterable[str]) -> dict[str, list[str]]:
    """The lessons that have a text, by group: every `<group>/<lesson>.md` that is no slides and no deck."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        if (match := LESSON.fullmatch(path)) and match["group"] not in ("bank", "forms"):
            found.setdefault(match["group"], []).append(match["lesson"])
    return found
