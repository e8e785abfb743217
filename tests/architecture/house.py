"""What the tests of the structure know about the house, read from its contracts."""

import configparser
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pintar"


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "importlinter.ini")
    return parser


def listed(section: str, option: str) -> list[str]:
    return [
        line.strip() for line in contracts()[f"importlinter:contract:{section}"][option].splitlines() if line.strip()
    ]


def floors() -> dict[str, int]:
    """Room → floor; the ground has the lowest number."""
    layers = [[room.strip(" ()") for room in layer.split("|")] for layer in listed("floors", "layers")]
    return {room: height for height, layer in enumerate(reversed(layers)) for room in layer}


def rooms() -> list[str]:
    """The rooms that there are: folders of the house with models of their own or pages."""
    ground = {"foundation", "sciences", "cli", "__pycache__"}
    return sorted(p.name for p in SOURCE.iterdir() if (p / "__init__.py").exists() and p.name not in ground)


def sources(*, tests: bool = False) -> list[Path]:
    return [
        path
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts and (tests or "tests" not in path.parts)
    ]


def templates() -> list[Path]:
    return sorted(SOURCE.rglob("templates/**/*.html")) + sorted(SOURCE.rglob("templates/**/*.txt"))
