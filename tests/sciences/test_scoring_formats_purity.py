"""Scoring and formats are pure, and do not know each other."""

import ast
from pathlib import Path

import pytest

import pintar.sciences

ROOT = Path(pintar.sciences.__file__).parent
SOURCES = sorted([ROOT / "items.py", *(ROOT / "scoring").glob("*.py"), *(ROOT / "formats").glob("*.py")])
PURE = {
    "base64",
    "bisect",
    "collections.abc",
    "dataclasses",
    "decimal",
    "zlib",
    "zipfile",
    "xml.sax.saxutils",
    "xml.parsers",
    "io",
    "csv",
    "fractions",
    "hashlib",
    "hmac",
    "html",
    "json",
    "re",
    "typing",
    "unicodedata",
}


def imports(source):
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: f"{source.parent.name}-{source.stem}")
def test_only_pure_modules_are_imported(source):
    own = f"pintar.sciences.{source.parent.name}"
    for name in imports(source):
        assert (
            name in PURE
            or name == "pintar.sciences.items"
            or name.startswith(f"{own}.")
            or (name.split(".")[0] == "yaml" and source.parent.name == "formats")
        ), name


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: f"{source.parent.name}-{source.stem}")
def test_no_file_is_longer_than_400_lines(source):
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 400
