"""Items of every type, made to order, with a canary in everything that must not be seen before closing."""

from typing import Any

import yaml

CANARY = "KENARI"
SECRETS = (CANARY, "1234.5", "1234,5", "76549183")
TYPES = ("single", "multiple", "truefalse", "matching", "ordering", "short", "number", "cloze")


def make_item(key: str, type_: str, indicator: str) -> dict[str, Any]:
    """An item as an author writes it. Its right answers are not shown anywhere else in the question."""
    common = {"key": key, "indicator": indicator, "type": type_, "feedback": f"{CANARY} umum {key}"}
    return {**common, "stem": f"Soal {key} tentang *{type_}*.", **_body(key, type_)}


def _body(key: str, type_: str) -> dict[str, Any]:
    match type_:
        case "single":
            wrong = [{"text": f"Keliru {n} {key}", "feedback": f"{CANARY} pilihan {n} {key}"} for n in (1, 2, 3)]
            right = {"text": f"Betul {key}", "correct": True, "feedback": f"{CANARY} betul {key}"}
            return {"options": [wrong[0], right, *wrong[1:]]}
        case "multiple":
            return {
                "options": [{"text": f"Betul {n} {key}", "correct": True} for n in (1, 2)]
                + [{"text": f"Keliru {n} {key}", "feedback": f"{CANARY} keliru {n} {key}"} for n in (1, 2)]
            }
        case "truefalse":
            return {"answer": True}
        case "matching":
            return {
                "pairs": [{"left": f"Kiri {n} {key}", "right": f"Kanan {n} {key}"} for n in (1, 2, 3)],
                "distractors": [f"Lebih {key}"],
            }
        case "ordering":
            return {"order": [f"Langkah {word} {key}" for word in ("awal", "tengah", "akhir")]}
        case "short":
            return {"accept": [f"{CANARY} kata {key}"]}
        case "number":
            return {"answer": 1234.5, "tolerance": 0.5, "unit": CANARY}
        case _:
            choice = [{"text": f"Ya {key}", "correct": True}, {"text": f"Bukan {key}"}]
            return {
                "stem": f"Isi {{{{a}}}}, {{{{b}}}}, dan {{{{c}}}} pada {key}.",
                "gaps": {
                    "a": {"type": "choice", "options": choice},
                    "b": {"type": "short", "accept": [f"{CANARY} isian {key}"]},
                    "c": {"type": "number", "answer": 76549183, "tolerance": 0},
                },
            }


def make_file(prefix: str, indicators: tuple[str, ...] = ("1", "2"), times: int = 1) -> str:
    """A file with `times` items of every type, keys `<prefix>-1` …"""
    many = [*TYPES] * times
    items = [make_item(f"{prefix}-{n + 1}", type_, indicators[n % len(indicators)]) for n, type_ in enumerate(many)]
    return yaml.safe_dump(items, allow_unicode=True, sort_keys=False)
