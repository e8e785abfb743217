"""The import contracts hold, and their lists are the house as it stands."""

import subprocess
import sys
from pathlib import Path

import house


def test_the_import_contracts_hold():
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([linter, "--config", "importlinter.ini"], cwd=house.ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_contracts_make_no_exceptions():
    text = (house.ROOT / "importlinter.ini").read_text()
    assert "ignore_imports" not in text
    assert "unmatched_ignore" not in text


def test_the_lists_of_rooms_are_the_folders():
    for section, option in (("inside", "containers"), ("doors", "rooms")):
        assert sorted(name.removeprefix("pintar.") for name in house.listed(section, option)) == house.rooms(), section
    assert set(house.rooms()) <= set(house.floors())


def test_no_file_is_named_for_nothing():
    drawers = {"util", "utils", "helper", "helpers", "service", "services", "manager", "managers", "common", "misc"}
    named = [p for p in house.sources(tests=True) if p.stem in drawers or drawers & set(p.parts[-3:-1])]
    assert named == []


def test_no_file_needs_a_map():
    lengths = {str(p.relative_to(house.ROOT)): len(p.read_text().splitlines()) for p in house.sources()}
    assert {name: lines for name, lines in lengths.items() if lines > 450} == {}
