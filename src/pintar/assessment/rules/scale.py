"""When items are calibrated, and what becomes of what was found: the life of a version of a training's scale.

Asked for as soon as enough answers have come; estimated by the worker, or found impossible with the reason; approved by
an assessor, which makes it the next version of the scale, or dropped. A version is never changed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pintar.assessment.rules.bank import ASSESSOR
from pintar.foundation.refusals import Reason

ASKED, READY, IMPOSSIBLE, APPROVED, DROPPED = "asked", "ready", "impossible", "approved", "dropped"
STATES = (ASKED, READY, IMPOSSIBLE, APPROVED, DROPPED)
OPEN = (ASKED, READY)

FEWEST_SITTINGS = 500
"""First pre-tests and post-tests before a scale begins, and new ones before it is looked at again."""

FEWEST_ANSWERS = 100
"""People who met an item, before it is calibrated; sittings of a group, before its distribution is estimated."""

NEW, KEPT, MOVED = "new", "kept", "moved"
FATES = (NEW, KEPT, MOVED)
"""What a calibration made of an item: onto the scale; fixed where it was; drifted, and so estimated anew."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """`sittings` that were added up, `before` of them when the last calibration was asked for. `answers` by version,
    `known` the versions on the scale."""

    sittings: int
    before: int
    answers: Mapping[int, int]
    known: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether to calibrate now. `sittings` since the last time, of `needed`; `enough` new items have answers enough,
    `waiting` have not."""

    is_ready: bool
    sittings: int
    needed: int
    enough: int
    waiting: int


def readiness(gathered: Gathered) -> Readiness:
    """The first time when there are enough sittings and items; after that when as many came again, or an item did."""
    new = {version: n for version, n in gathered.answers.items() if version not in gathered.known}
    enough = sum(n >= FEWEST_ANSWERS for n in new.values())
    since = gathered.sittings - gathered.before
    if gathered.known:
        is_ready = since >= FEWEST_SITTINGS or (enough > 0 and since >= FEWEST_ANSWERS)
    else:
        is_ready = enough > 1 and since >= FEWEST_SITTINGS
    return Readiness(is_ready, since, FEWEST_SITTINGS, enough, len(new) - enough)


def may_decide(state: str, base: int, newest: int, roles: Collection[str]) -> Reason | None:
    """Why someone may not approve what was estimated on version `base` of a scale whose newest is `newest`."""
    if ASSESSOR not in roles:
        return Reason("assessment", "assessor_needed")
    if state != READY:
        return Reason("assessment", "calibration_decided", {"state": state})
    if base != newest:
        return Reason("assessment", "calibration_outdated", {"base": base, "newest": newest})
    return None


def may_drop(state: str, roles: Collection[str]) -> Reason | None:
    """Why someone may not drop what was estimated."""
    if ASSESSOR not in roles:
        return Reason("assessment", "assessor_needed")
    return None if state in (READY, IMPOSSIBLE) else Reason("assessment", "calibration_decided", {"state": state})
