"""A measure as its person sees it: a band on the scale, in whole points, never without its error."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

NORMAL = NormalDist()
CENTRE, LOGIT = 500, 100
LOW, HIGH = 200, 800
CONFIDENCE = 1.96


@dataclass(frozen=True, slots=True)
class Band:
    """Most likely `value`, with 95% confidence from `low` to `high`; x and width in percent of the axis. `side` of the
    cut: "above" or "below" where the whole band lies there, else "near"; "" where there is no cut."""

    value: int
    low: int
    high: int
    reach: int
    x: float
    left: float
    width: float
    side: str


@dataclass(frozen=True, slots=True)
class Gain:
    """Since the pre-test, with 95% confidence ± `reach`. `is_real` beyond it."""

    points: int
    reach: int
    is_real: bool
    before: Band


@dataclass(frozen=True, slots=True)
class Measured:
    """`is_extreme`: everything right, or everything wrong, so that only one end of the band says something. `cut` on
    the same scale, at `cut_x` percent, None where there is none; `chance` in per cent that the ability lies above it,
    never 0 nor 100. `indicators` as far as they are exact enough."""

    band: Band
    is_extreme: bool
    gain: Gain | None
    cut: int | None
    cut_x: float
    chance: int
    indicators: Mapping[str, Band]


def measured(found: Mapping[str, Any] | None) -> Measured | None:
    """From `models.Sitting.measure`."""
    if not found:
        return None
    cut = found.get("cut")
    gain = None
    if "gain" in found:
        before = _band(*found["before"], cut)
        points, reach = round(LOGIT * found["gain"]), round(CONFIDENCE * LOGIT * found["gain_se"])
        gain = Gain(points, reach, abs(points) > reach, before)
    return Measured(
        band=_band(found["theta"], found["se"], cut),
        is_extreme=found["extreme"],
        gain=gain,
        cut=None if cut is None else _points(cut),
        cut_x=0.0 if cut is None else _x(CENTRE + LOGIT * cut),
        chance=0 if cut is None else min(max(round(100 * NORMAL.cdf((found["theta"] - cut) / found["se"])), 1), 99),
        indicators={key: _band(theta, se, cut) for key, theta, se in found["indicators"]},
    )


def _band(theta: float, se: float, cut: float | None) -> Band:
    low, high = theta - CONFIDENCE * se, theta + CONFIDENCE * se
    side = "" if cut is None else "above" if low > cut else "below" if high < cut else "near"
    left, right = _x(CENTRE + LOGIT * low), _x(CENTRE + LOGIT * high)
    return Band(
        value=_points(theta),
        low=_points(low),
        high=_points(high),
        reach=round(CONFIDENCE * LOGIT * se),
        x=_x(CENTRE + LOGIT * theta),
        left=left,
        width=round(right - left, 2),
        side=side,
    )


def _points(theta: float) -> int:
    return min(max(round(CENTRE + LOGIT * theta), LOW), HIGH)


def _x(points: float) -> float:
    return round(100 * min(max((points - LOW) / (HIGH - LOW), 0.0), 1.0), 2)
