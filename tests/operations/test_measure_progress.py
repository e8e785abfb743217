"""`pintar measure` says on a terminal what it is doing when that takes more than a second, and elsewhere nothing."""

import io
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from pintar.cli import cli
from pintar.cli.measure import progress


class Terminal(io.StringIO):
    """Standard error as a terminal; `heard` once something is written."""

    def __init__(self):
        super().__init__()
        self.heard = threading.Event()

    def isatty(self):
        return True

    def write(self, text):
        self.heard.set()
        return super().write(text)


@pytest.fixture
def terminal(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=screen))
    return screen


def test_after_the_quiet_a_terminal_is_told_what_and_how_far_and_the_line_is_cleared(terminal, monkeypatch):
    monkeypatch.setattr(progress, "QUIET_FOR", 0.0)
    told = progress.Progress("comparing")
    told.at(15, 30)
    with told:
        assert terminal.heard.wait(10)
    assert "comparing [###############---------------]" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")


def test_what_is_over_before_is_not_mentioned(terminal):
    with progress.Progress("comparing"):
        pass
    assert terminal.getvalue() == ""


def test_steps_without_an_end_are_counted_beside_the_seconds():
    told = progress.Progress("estimating")
    told.seconds = 3.0
    assert told._line() == "estimating, 3 s"
    told.at(7)
    assert told._line() == "estimating, pass 7, 3 s"


def test_elsewhere_than_on_a_terminal_nothing_is_said(monkeypatch):
    monkeypatch.setattr(progress, "QUIET_FOR", 0.0)
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=(screen := io.StringIO())))
    with progress.Progress("comparing") as told:
        assert told.voice is None
    assert screen.getvalue() == ""


def test_every_command_speaks_of_its_reading_and_of_its_work(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(progress.Progress, "__enter__", lambda self: said.append(self.what) or self)
    files = drawn(tmp_path)
    spoken = {}
    for command, words in files.items():
        said.clear()
        result = CliRunner().invoke(cli, ["measure", command, *words])
        assert result.exit_code == 0, result.output
        spoken[command] = [what for what in said if not what.endswith((".csv", ".yaml"))]
        assert len(spoken[command]) < len(said)
    assert spoken == {
        "items": ["adding up"],
        "calibrate": ["estimating"],
        "score": ["measuring people"],
        "link": ["linking"],
        "dif": ["comparing the groups"],
        "assemble": ["looking for forms"],
        "similarity": ["comparing all pairs"],
        "report": ["looking at the items"],
    }


def drawn(folder):
    """Small files, and the words of each command that reads them."""
    chance = np.random.default_rng(1)
    b, theta = np.linspace(-1, 1, 6), chance.normal(size=(300, 1))
    marks = (chance.random((300, 6)) < 1 / (1 + np.exp(b - theta))).astype(int)
    names = [f"b{i}" for i in range(6)]

    def write(name, header, rows):
        (folder / name).write_text("\n".join(",".join(map(str, row)) for row in [header, *rows]) + "\n")
        return str(folder / name)

    table, items = (
        write("t.csv", names, marks),
        write("i.csv", ["item", "a", "b"], [(n, 1, x) for n, x in zip(names, b, strict=True)]),
    )
    group = write("g.csv", ["group"], [[("a", "b")[i % 2]] for i in range(300)])
    (folder / "p.yaml").write_text('indicators: {"": 2}\n')
    return {
        "items": [table],
        "calibrate": [table, "--model", "rasch"],
        "score": [table, "--items", items],
        "link": [items, items],
        "dif": [table, "--group", group, "--focal", "a"],
        "assemble": [items, str(folder / "p.yaml")],
        "similarity": [table, "--items", items],
        "report": [table, "--output", str(folder / "r.html")],
    }
