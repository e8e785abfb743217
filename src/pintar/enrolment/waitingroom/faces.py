"""The page of the waiting room and what its script and programs get: at most 8 KB, complete in itself, no database.

A page is rendered once for each language, look and batch, with marks where its numbers go; for a person only the marks
are filled.
"""

import base64
import hashlib
import json
import math
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from pintar.enrolment.waitingroom import rules
from pintar.enrolment.waitingroom.room import Awaited
from pintar.enrolment.waitingroom.rules import Spot
from pintar.enrolment.waitingroom.tickets import QueueTicket
from pintar.foundation.preferences import Preferences
from pintar.foundation.ui.tags import hour_exact, minutes, number

FOLDER = Path(__file__).parents[1] / "templates" / "enrolment"
STYLE = (FOLDER / "queue.css").read_text()
SCRIPT = (FOLDER / "queue.js").read_text()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def made_once[**P](make: Callable[P, str]) -> Callable[P, str]:
    """Keep what was made for the same values, and let one thread make it: a crowd that comes at once must not render
    the same page a hundred times."""
    kept: dict[tuple[object, ...], str] = {}
    lock = threading.Lock()

    @wraps(make)
    def get(*values: P.args, **named: P.kwargs) -> str:
        if (found := kept.get(values)) is not None:
            return found
        with lock:
            if values not in kept:
                if len(kept) >= MOST_KEPT:
                    kept.clear()
                kept[values] = make(*values, **named)
            return kept[values]

    return get


class Shown(NamedTuple):
    """What a frame tells of a batch."""

    key: str
    title: str
    training: str
    quota: int
    opens_at: datetime
    commitment: str


MOST_KEPT = 500
# Where a number goes; no text of a person or a training can hold them.
MARKS = {name: f"\ue000{name}\ue001" for name in ("place", "ahead", "left", "wait", "at", "again", "way", "token")}


def page(
    queue: Awaited, spot: Spot, face: str, again: int, ticket: QueueTicket, token: str, look: Preferences, now: datetime
) -> str:
    """HTML. `face`: early, waiting, called, full, withdrawn or closed. `again`: seconds until the page asks anew.
    `token`: the person's CSRF token, for a form of this page; "" where none may be told."""
    chance = rules.chance(spot.ahead, spot.left).value if face == "waiting" else ""
    joins = "on" if ticket.joins_list else "may" if ticket.held or token else ""
    frame = _frame(face, chance, ticket.came_at > 0, joins, look.language, look.theme, look.text, _shown(queue))
    own = {"again": str(again), "way": _way(spot, ticket.came_at), "token": token}
    values = numbers(spot, look.language, now) | own
    for name, value in values.items():
        frame = frame.replace(MARKS[name], value)
    return frame


def busy(look: Preferences, again: int, sent: bool) -> str:
    """There is no room to serve this now. `sent`: something was sent, which is not known to be done."""
    frame = _frame("sent" if sent else "busy", "", False, "", look.language, look.theme, look.text, None)
    return frame.replace(MARKS["again"], str(again))


def poll(spot: Spot, face: str, again: int, came_at: int, language: str, now: datetime) -> str:
    """What the page's script asks for, as JSON of at most 300 bytes; another `face` than the page's reloads it."""
    chance = rules.chance(spot.ahead, spot.left).value if face == "waiting" else ""
    shown = {**numbers(spot, language, now), "way": _way(spot, came_at)}
    return json.dumps({"face": face + chance, "again": again, "show": shown}, separators=(",", ":"), ensure_ascii=False)


def numbers(spot: Spot, language: str, now: datetime) -> dict[str, str]:
    """The numbers in the words of a language."""
    due = rules.seconds_to_wait(spot)
    return {
        "place": _number(spot.ahead + 1, language),
        "ahead": _number(spot.ahead, language),
        "left": _number(max(spot.left or 0, 0), language),
        "wait": _wait(-1 if due is None else math.ceil(due / 60) if due >= 60 else 0, language),
        "at": _time(now.replace(microsecond=0), language),
    }


def _shown(queue: Awaited) -> Shown:
    batch = queue.batch
    return Shown(batch.key, batch.title, queue.training, batch.quota, batch.opens_at, rules.commitment(queue.seed))


def _way(spot: Spot, came_at: int) -> str:
    """Per cent of the way from where they began to the counter."""
    return str(max(0, min(100, round(100 * (1 - spot.ahead / came_at))))) if came_at else "0"


@made_once
def _frame(
    face: str, chance: str, has_way: bool, joins: str, language: str, theme: str, text: str, batch: Shown | None
) -> str:
    """`joins`: whether the person goes to the waiting list should no seat be left: "on", "may" be chosen, or ""."""
    context = {
        **MARKS,
        "face": face,
        "chance": chance,
        "has_way": has_way,
        "joins": joins,
        "preferences": Preferences(language=language, theme=theme, text=text),
        "style": mark_safe(STYLE),  # noqa: S308  our own file
        "script": mark_safe(SCRIPT),  # noqa: S308  our own file
        "kept": round(rules.KEPT / 60),
        "batch": batch,
    }
    with translation.override(language), timezone.override(ZoneInfo("Asia/Jakarta")):
        return render_to_string("enrolment/queue.html", context)


@lru_cache(maxsize=30_000)
def _number(value: int, language: str) -> str:
    with translation.override(language):
        return number(value)


@lru_cache(maxsize=1_000)
def _wait(in_minutes: int, language: str) -> str:
    with translation.override(language):
        if in_minutes < 0:
            return gettext("belum dapat diperkirakan")
        return minutes(in_minutes) if in_minutes else gettext("kurang dari 1 menit")


@lru_cache(maxsize=100)
def _time(at: datetime, language: str) -> str:
    with translation.override(language), timezone.override(ZoneInfo("Asia/Jakarta")):
        return hour_exact(at)
