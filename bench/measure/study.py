"""A study: rows of figures beside their goals, drawn by chance from a seed."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what was measured, how it came out, what was wanted; `reached` None where nothing was promised."""

    what: str
    figure: str
    goal: str
    reached: bool | None

    def line(self) -> str:
        verdict = {True: "reached", False: "**short**", None: ""}[self.reached]
        return f"| {self.what} | {self.figure} | {self.goal} | {verdict} |"


@dataclass(frozen=True, slots=True)
class Asked:
    """How large a study is to be: brief is for the tests, long is what the goals speak of."""

    form: Literal["brief", "short", "long"]
    seed: int

    def runs(self, *, brief: int, short: int, long: int) -> int:
        return {"brief": brief, "short": short, "long": long}[self.form]

    def chances(self, study: int, runs: int) -> Iterator[np.random.Generator]:
        """A generator a run, with progress on a terminal."""
        for run in range(runs):
            if sys.stderr.isatty():
                print(f"\r  {run + 1} of {runs}  ", end="", file=sys.stderr, flush=True)
            yield np.random.default_rng([self.seed, study, run])
        if sys.stderr.isatty():
            print("\r" + " " * 30 + "\r", end="", file=sys.stderr)


Study = Callable[[Asked], Iterator[Row]]
