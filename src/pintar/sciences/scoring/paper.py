"""One person's paper: the disguise of its questions, and which items and forms come to whom.

Nothing is drawn by chance. Every order and every opaque id is an HMAC-SHA256 of what it is about under a
seed, so the same seed gives the same paper on any machine, and without the seed nothing can be foretold.
"""

import hmac
from base64 import b32encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

PRETEST, FIRST_SITTING, SECOND_SITTING, THIRD_SITTING, REMEDIAL = range(5)
"""The occasions on which a person takes a form; see `latin`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An item of a pool and what one person has seen of it.

    `times` is how often; `last_order` grows with time (say, the number of the sitting), None if never seen.
    """

    item_id: str
    indicator: str
    times: int = 0
    last_order: int | None = None


def disguise(question: Mapping[str, Any], seed: bytes) -> dict[str, Any]:
    """The question with options in an order of its own and all option and left ids opaque.

    The left column and the gaps keep their order and the gaps their names, for they are read with the stem.
    True/false has no options and stays as it is. Ids are 10 characters of base32 (50 bits), so two of one
    item meet with a probability of about 1e-13.
    """
    hidden = dict(question)
    item = question["id"]
    hidden["options"] = _shuffled(question["options"], item, "", seed)
    if "left" in question:
        hidden["left"] = [{**left, "id": _opaque(seed, item, "", left["id"])} for left in question["left"]]
    if "gaps" in question:
        hidden["gaps"] = [_hidden_gap(gap, item, seed) for gap in question["gaps"]]
    return hidden


def reveal(question: Mapping[str, Any], seed: bytes, value: object) -> object:
    """A value with opaque ids, as given to the disguised question, in the plain ids of `question`.

    Total: an unknown id becomes None where a value stands, and is left out where a key stands, so that it
    marks as 0; a value of the wrong shape becomes None. Typed text and true/false pass as they are.
    """
    item = question["id"]
    options = _plain_ids(question["options"], item, "", seed)
    match question["type"], value:
        case ("single", _):
            return _known(options, value)
        case ("multiple" | "ordering", list()):
            return [_known(options, id) for id in value]
        case ("matching", dict()):
            left = _plain_ids(question["left"], item, "", seed)
            return {left[id]: _known(options, right) for id, right in value.items() if id in left}
        case ("cloze", dict()):
            gaps = {gap["id"]: gap for gap in question["gaps"]}
            filled = {name: given for name, given in value.items() if name in gaps}
            return {name: _revealed_gap(gaps[name], item, seed, given) for name, given in filled.items()}
        case ("multiple" | "ordering" | "matching" | "cloze", _):
            return None
        case _:
            return value


def draw(pool: Sequence[Seen], count: int, seed: bytes) -> list[str]:
    """The ids of `count` items for one person, all different; of the whole pool if it is smaller.

    The indicators share the draw as evenly as the pool allows. Within that, what the person saw least often
    comes first, then what was seen longest ago, then what the seed says. Drawn one by one: always from an
    indicator with the fewest drawn so far, there the best item.
    """

    def rank(seen: Seen) -> tuple[int, int, bytes]:
        last = -1 if seen.last_order is None else seen.last_order
        return seen.times, last, _digest(seed, "draw", seen.item_id)

    waiting: dict[str, list[Seen]] = {}
    for seen in sorted({seen.item_id: seen for seen in pool}.values(), key=rank, reverse=True):
        waiting.setdefault(seen.indicator, []).append(seen)
    drawn_of = dict.fromkeys(waiting, 0)
    drawn: list[str] = []
    while waiting and len(drawn) < count:
        indicator = min(waiting, key=lambda name: (drawn_of[name], rank(waiting[name][-1])))
        drawn.append(waiting[indicator].pop().item_id)
        drawn_of[indicator] += 1
        if not waiting[indicator]:
            del waiting[indicator]
    return drawn


def mix(items: Sequence[str], pilots: Sequence[str], seed: bytes) -> list[str]:
    """The items in their order with those that are only tried among them, each at a place that the seed says."""
    mixed = list(items)
    for pilot in pilots:
        place = int.from_bytes(_digest(seed, "place", pilot)[:8]) % (len(mixed) + 1)
        mixed.insert(place, pilot)
    return mixed


def latin(forms: Sequence[str], person_seed: int, occasion: int) -> str:
    """The form a person takes on an occasion: 0 pre-test, 1–3 sittings, 4 remedial (5 retest, of six forms).

    Over the occasions 0 … n−1 a person takes every one of the n forms once. Persons with consecutive seeds
    kn … kn+n−1 together are a Latin square: on each occasion each form is taken by exactly one of them. Every
    such block has a square of its own, so that over many persons each form also follows each other form about
    equally often. Seeds are best given out in sequence; random ones are balanced on average.

    Raises ValueError if a form occurs twice, or there are not more forms than `occasion`.
    """
    count = len(forms)
    if len(set(forms)) < count:
        raise ValueError("a form occurs twice")
    if not 0 <= occasion < count:
        raise ValueError(f"{count} forms have no occasion {occasion}")
    block, row = divmod(person_seed, count)
    order = _by_digest(forms, lambda form: sha256(f"form\0{block}\0{form}".encode()).digest())
    steps = _by_digest(range(count), lambda step: sha256(f"step\0{block}\0{step}".encode()).digest())
    return order[(row + steps[occasion]) % count]


def _shuffled(options: Iterable[Mapping[str, Any]], item: str, gap: str, seed: bytes) -> list[dict[str, Any]]:
    ordered = _by_digest(options, lambda option: _digest(seed, "order", item, gap, option["id"]))
    return [{**option, "id": _opaque(seed, item, gap, option["id"])} for option in ordered]


def _plain_ids(parts: Iterable[Mapping[str, Any]], item: str, gap: str, seed: bytes) -> dict[str, str]:
    return {_opaque(seed, item, gap, part["id"]): part["id"] for part in parts}


def _hidden_gap(gap: Mapping[str, Any], item: str, seed: bytes) -> dict[str, Any]:
    if "options" not in gap:
        return dict(gap)
    return {**gap, "options": _shuffled(gap["options"], item, gap["id"], seed)}


def _revealed_gap(gap: Mapping[str, Any], item: str, seed: bytes, value: object) -> object:
    return _known(_plain_ids(gap["options"], item, gap["id"], seed), value) if "options" in gap else value


def _known(ids: Mapping[str, str], id: object) -> str | None:
    return ids.get(id) if isinstance(id, str) else None


def _opaque(seed: bytes, item: str, gap: str, id: str) -> str:
    # Ten characters are made of the first seven bytes; encoding all 32 takes three times as long.
    return b32encode(_digest(seed, "id", item, gap, id)[:10]).decode()[:10].lower()


def _digest(seed: bytes, *about: str) -> bytes:
    return hmac.digest(seed, "\0".join(about).encode(), "sha256")


def _by_digest[T](things: Iterable[T], digest: Callable[[T], bytes]) -> list[T]:
    return sorted(things, key=digest)
