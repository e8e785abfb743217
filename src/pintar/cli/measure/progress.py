"""What a terminal shows while something takes more than a second; nothing elsewhere."""

import sys
import threading

QUIET_FOR = 1.0  # seconds
EVERY = 0.5
WIDTH = 30


class Progress:
    """Says what is being done: for how many seconds, and how far, where that is told by `at`.

    A thread of its own speaks, since a solver says nothing on its way.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.done = self.of = 0
        self.seconds = 0.0
        self.over = threading.Event()
        self.voice: threading.Thread | None = None

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            self.voice = threading.Thread(target=self._speak, daemon=True)
            self.voice.start()
        return self

    def at(self, done: int, of: int = 0) -> None:
        """`done` of `of` steps, or so many of nobody knows how many."""
        self.done, self.of = done, of

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self.voice is not None:
            self.voice.join()

    def _speak(self) -> None:
        shown, pause = False, QUIET_FOR
        while not self.over.wait(pause):
            self.seconds += pause
            shown, pause = True, EVERY
            print(f"\r\033[K{self._line()}", end="", file=sys.stderr, flush=True)
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _line(self) -> str:
        if self.of:
            filled = min(WIDTH * self.done // self.of, WIDTH)
            return f"{self.what} [{'#' * filled}{'-' * (WIDTH - filled)}]"
        return f"{self.what}, {f'pass {self.done}, ' if self.done else ''}{self.seconds:.0f} s"
