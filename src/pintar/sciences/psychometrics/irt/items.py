"""Item parameters and the curves they give.

One family serves every model. An item with K marks to give and slope a has the categories m = 0 … K with

    P(X = m | θ) ∝ exp(m a θ + d_m),    d_0 = 0,    d_m = −a (δ_1 + … + δ_m)

(Muraki 1992, Applied Psychological Measurement 16, eq. 2–4, written with cumulated intercepts). K = 1 is the
two-parameter logistic model with b = δ_1; slopes of 1 give Rasch and partial credit (Masters 1982). An item with
K = 1 may have a lower asymptote c (Birnbaum 1968): P(X = 1) = c + (1 − c) P*.

Shapes: k items, n abilities, M the most marks that any of the items gives; categories beyond an item's own have
probability 0. Abilities are in logits (D = 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ItemParameters:
    """Parameters of k items on one scale.

    names: k. slopes: (k,), a. intercepts: (k, M), d_1 … d_M, −inf beyond an item's own marks. guesses: (k,), c.
    covariance: (p, p) or None if unknown: the sampling covariance of the parameters in the order that `layout` names:
    item by item its intercepts, its slope, its guess, so p = Σ (K + 2). What was not estimated has zeros.
    """

    names: tuple[str, ...]
    slopes: Array
    intercepts: Array
    guesses: Array
    covariance: Array | None = None

    @classmethod
    def of(
        cls,
        a: ArrayLike,
        b: ArrayLike | None = None,
        c: ArrayLike | None = None,
        *,
        steps: Sequence[ArrayLike | None] | None = None,
        names: Sequence[str] | None = None,
        se_a: ArrayLike | None = None,
        se_b: ArrayLike | None = None,
    ) -> "ItemParameters":
        """From a and b (k,), or a and the steps δ_1 … δ_K of each item (None where b alone says it).

        With se_a and se_b the covariance is taken as if a and b had independent errors and the steps moved together,
        which is all that those numbers tell. ValueError: shapes differ, values not finite, c outside 0 … 1.
        """
        a = np.atleast_1d(np.asarray(a, float))
        k = len(a)
        b = np.full(k, np.nan) if b is None else np.broadcast_to(np.asarray(b, float), (k,))
        guesses = np.zeros(k) if c is None else np.broadcast_to(np.asarray(c, float), (k,)).copy()
        given = [None] * k if steps is None else list(steps)
        if len(given) != k or (names is not None and len(names) != k):
            raise ValueError(f"{k} slopes, {len(given)} sets of steps, {len(names or ())} names")
        deltas = [np.atleast_1d(np.asarray(b[i] if s is None else s, float)) for i, s in enumerate(given)]
        most = max((len(d) for d in deltas), default=1)
        intercepts = np.full((k, most), -np.inf)
        for i, d in enumerate(deltas):
            intercepts[i, : len(d)] = -a[i] * np.cumsum(d)
        if not np.isfinite(a).all() or any(not np.isfinite(d).all() for d in deltas):
            raise ValueError("an item's parameter is not a finite number")
        if np.any(guesses < 0) or np.any(guesses >= 1):
            raise ValueError("a guess lies outside 0 … 1")
        if any(len(d) > 1 and g for d, g in zip(deltas, guesses, strict=True)):
            raise ValueError("an item with several steps has no guess")
        labels = tuple(names) if names is not None else tuple(str(i + 1) for i in range(k))
        items = cls(labels, a, intercepts, guesses)
        if se_a is None and se_b is None:
            return items
        return replace(items, covariance=_independent(items, se_a, se_b))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def a(self) -> Array:
        return self.slopes

    @property
    def c(self) -> Array:
        return self.guesses

    @cached_property
    def maxima(self) -> NDArray[np.int16]:
        """(k,), K of each item."""
        return np.isfinite(self.intercepts).sum(axis=1).astype(np.int16)

    @cached_property
    def steps(self) -> Array:
        """(k, M), δ_1 … δ_K, NaN beyond an item's own; infinite where a = 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = -np.diff(self.intercepts, axis=1, prepend=0.0) / self.slopes[:, None]
        return np.where(np.isfinite(self.intercepts), found, np.nan)

    @cached_property
    def b(self) -> Array:
        """(k,), the mean of an item's steps."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return -self._last_intercept / (self.maxima * self.slopes)

    @cached_property
    def _last_intercept(self) -> Array:
        return self.intercepts[np.arange(len(self)), self.maxima - 1]

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """(k + 1,), where each item's parameters begin in the covariance."""
        return np.concatenate([[0], np.cumsum(self.maxima.astype(np.int64) + 2)])

    @cached_property
    def layout(self) -> tuple[tuple[str, str], ...]:
        """(item, "d1" … "dK", "a" or "c") for each row of the covariance."""
        return tuple(
            (name, part)
            for name, most in zip(self.names, self.maxima, strict=True)
            for part in (*(f"d{m + 1}" for m in range(most)), "a", "c")
        )

    @cached_property
    def se_a(self) -> Array | None:
        """(k,), standard errors of the slopes; 0 where they were fixed."""
        return None if self.covariance is None else np.sqrt(np.diag(self.covariance)[self.offsets[1:] - 2])

    @cached_property
    def se_b(self) -> Array | None:
        """(k,), standard errors of b by the delta method: ∂b/∂d_K = −1/(K a), ∂b/∂a = −b/a."""
        if self.covariance is None:
            return None
        last, slope = self.offsets[1:] - 3, self.offsets[1:] - 2
        with np.errstate(divide="ignore", invalid="ignore"):
            by_d, by_a = -1 / (self.maxima * self.slopes), -self.b / self.slopes
        v = self.covariance
        return np.sqrt(
            np.maximum(by_d**2 * v[last, last] + by_a**2 * v[slope, slope] + 2 * by_d * by_a * v[last, slope], 0)
        )

    @cached_property
    def se_c(self) -> Array | None:
        return None if self.covariance is None else np.sqrt(np.diag(self.covariance)[self.offsets[1:] - 1])

    def take(self, indices: ArrayLike) -> "ItemParameters":
        """Some items, in the order given."""
        chosen = np.asarray(indices)
        chosen = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)
        covariance = None
        if self.covariance is not None:
            rows = np.concatenate(
                [np.zeros(0, int), *(np.arange(self.offsets[i], self.offsets[i + 1]) for i in chosen)]
            )
            covariance = self.covariance[np.ix_(rows, rows)]
        most = int(self.maxima[chosen].max(initial=1))
        return ItemParameters(
            tuple(self.names[i] for i in chosen),
            self.slopes[chosen],
            self.intercepts[chosen, :most],
            self.guesses[chosen],
            covariance,
        )

    def named(self, names: Sequence[str]) -> "ItemParameters":
        """Items by name, in the order given. KeyError names one that is not there."""
        place = {name: i for i, name in enumerate(self.names)}
        return self.take(np.array([place[name] for name in names], np.int64))

    def rescaled(self, slope: float, intercept: float) -> "ItemParameters":
        """The same items for θ′ = slope·θ + intercept: a′ = a/slope, b′ = slope·b + intercept; the curves stay."""
        marks = np.arange(1, self.intercepts.shape[1] + 1)
        a = self.slopes / slope
        moved = self.intercepts - marks * (a * intercept)[:, None]
        if self.covariance is None:
            return replace(self, slopes=a, intercepts=moved)
        turn = np.eye(len(self.covariance))
        for i, most in enumerate(self.maxima):
            at = self.offsets[i + 1] - 2
            turn[at, at] = 1 / slope
            turn[self.offsets[i] : at, at] = -np.arange(1, most + 1) * intercept / slope
        return replace(self, slopes=a, intercepts=moved, covariance=turn @ self.covariance @ turn.T)

    # Curves

    def log_probabilities(self, theta: ArrayLike) -> Array:
        """(n, k, M + 1), ln P(X = m | θ); −inf beyond an item's own marks."""
        theta = np.atleast_1d(np.asarray(theta, float))
        marks = np.arange(self.intercepts.shape[1] + 1)
        zero = np.zeros((len(self), 1))
        psi = theta[:, None, None] * (self.slopes[:, None] * marks) + np.concatenate([zero, self.intercepts], axis=1)
        top = psi.max(axis=2, keepdims=True)
        out = psi - top - np.log(np.exp(psi - top).sum(axis=2, keepdims=True))
        if self.guesses.any():
            with np.errstate(divide="ignore"):
                out[:, :, 1] = np.logaddexp(np.log(self.guesses), np.log1p(-self.guesses) + out[:, :, 1])
            out[:, :, 0] += np.log1p(-self.guesses)
        return out

    def probabilities(self, theta: ArrayLike) -> Array:
        """(n, k, M + 1), P(X = m | θ); 0 beyond an item's own marks."""
        return np.exp(self.log_probabilities(theta))

    def expected(self, theta: ArrayLike) -> Array:
        """(n, k), the expected mark of each item."""
        p = self.probabilities(theta)
        return p @ np.arange(p.shape[2])

    def slopes_of_probabilities(self, theta: ArrayLike) -> tuple[Array, Array, Array]:
        """P, ∂P/∂θ and ∂²P/∂θ², each (n, k, M + 1)."""
        free = replace(self, guesses=np.zeros(len(self))) if self.guesses.any() else self
        p = free.probabilities(theta)
        marks = np.arange(p.shape[2])
        away = marks - (p @ marks)[:, :, None]
        variance = (p * away**2).sum(axis=2, keepdims=True)
        a = self.slopes[:, None]
        kept = (1 - self.guesses)[:, None]
        first = kept * a * p * away
        second = kept * a**2 * p * (away**2 - variance)
        p = p * kept
        p[:, :, 1] += self.guesses
        return p, first, second

    def information(self, theta: ArrayLike) -> Array:
        """(n, k), Fisher information Σ_m P′²/P of each item, ≥ 0; test information is the sum over items."""
        p, first, _ = self.slopes_of_probabilities(theta)
        return np.divide(first**2, p, out=np.zeros_like(p), where=p > 0).sum(axis=2)


def _independent(items: ItemParameters, se_a: ArrayLike | None, se_b: ArrayLike | None) -> Array:
    """The covariance of (d_1 … d_K, a, c) if a and b have independent errors: d_m = −a Σ_{v≤m} δ_v, so
    ∂d_m/∂a = d_m/a and ∂d_m/∂b = −m a."""
    k = len(items)
    errors = [np.zeros(k) if s is None else np.nan_to_num(np.asarray(s, float)) for s in (se_a, se_b)]
    out = np.zeros((items.offsets[-1],) * 2)
    for i, most in enumerate(items.maxima):
        marks, a = np.arange(1, most + 1), items.slopes[i]
        # ∂d_m/∂a at a = 0 has no meaning; such an item carries no information either
        by_a = np.concatenate([items.intercepts[i, :most] / a if a else np.zeros(most), [1, 0]])
        by_b = np.concatenate([-marks * a, [0, 0]])
        at = slice(items.offsets[i], items.offsets[i + 1])
        out[at, at] = np.outer(by_a, by_a) * errors[0][i] ** 2 + np.outer(by_b, by_b) * errors[1][i] ** 2
    return out
