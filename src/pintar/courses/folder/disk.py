"""Reading a folder from the disk without trust: no links out, no devices, nothing too large."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pintar.courses.folder import files
from pintar.courses.ports import Mistake

MOST_FILES = 2_000
LARGEST_TEXT = 1_000_000
LARGEST_RECORDING = 300_000_000
LARGEST_FOLDER = 1_000_000_000
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Read:
    """The files of a folder by path, and what was left out and why."""

    files: dict[str, bytes]
    mistakes: list[Mistake]


def read(folder: Path) -> Read:
    """All known files of a folder.

    Mistakes: no_folder, unreadable, symlink, not_a_file, bad_name, too_large {most}, too_many_files {most},
    folder_too_large {most}, not_utf8; the warning unknown_file. Hidden files are passed over.
    """
    found = Read({}, [])
    if not folder.is_dir():
        found.mistakes.append(Mistake(str(folder), 0, "no_folder"))
        return found
    _Reader(folder, found).read_folder("", 1)
    found.mistakes.sort(key=lambda mistake: mistake.file)
    return found


class _Reader:
    def __init__(self, folder: Path, found: Read) -> None:
        self._folder, self._found = folder, found
        self._seen, self._bytes = 0, 0

    def read_folder(self, prefix: str, depth: int) -> None:
        try:
            entries = sorted(os.scandir(self._folder / prefix), key=lambda entry: entry.name)
        except OSError as error:
            self._say(prefix or ".", "unreadable", why=error.strerror or "")
            return
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.name.startswith(".") or files.is_ignored(path):
                continue
            self._seen += 1
            if self._seen > MOST_FILES:
                if self._seen == MOST_FILES + 1:
                    self._say(prefix or ".", "too_many_files", most=MOST_FILES)
                return
            self._read_entry(entry, path, depth)

    def _read_entry(self, entry: "os.DirEntry[str]", path: str, depth: int) -> None:
        if not files.is_safe(path):
            self._say(path, "bad_name")
        elif entry.is_symlink():
            self._say(path, "symlink")
        elif entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST:
                self.read_folder(f"{path}/", depth + 1)
            else:
                self._say(path, "unknown_file")
        elif not entry.is_file(follow_symlinks=False):
            self._say(path, "not_a_file")
        elif not files.is_known(path):
            self._say(path, "unknown_file")
        else:
            self._read_file(path)

    def _read_file(self, path: str) -> None:
        most = LARGEST_TEXT if path.endswith(files.TEXTS) else LARGEST_RECORDING
        try:
            # A file that became a link or a device since it was listed is not followed.
            number = os.open(self._folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(number, "rb") as file:
                if not stat.S_ISREG(os.fstat(number).st_mode):
                    self._say(path, "not_a_file")
                    return
                content = file.read(most + 1)
        except OSError as error:
            self._say(path, "unreadable", why=error.strerror or "")
            return
        self._bytes += len(content)
        if len(content) > most:
            self._say(path, "too_large", most=most)
        elif self._bytes > LARGEST_FOLDER:
            self._say(path, "folder_too_large", most=LARGEST_FOLDER)
        else:
            self._found.files[path] = content

    def _say(self, path: str, code: str, **data: str | int) -> None:
        self._found.mistakes.append(Mistake(files.shown(path), 0, code, data))


def text_mistakes(content: dict[str, bytes]) -> list[Mistake]:
    """The texts that are not UTF-8, or hold NUL, with the line of the first wrong byte."""
    mistakes = []
    for path, raw in content.items():
        if not path.endswith(files.TEXTS):
            continue
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            mistakes.append(Mistake(path, raw.count(b"\n", 0, error.start) + 1, "not_utf8"))
            continue
        if (at := raw.find(b"\0")) >= 0:
            mistakes.append(Mistake(path, raw.count(b"\n", 0, at) + 1, "bad_character"))
    return mistakes
