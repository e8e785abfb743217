"""Sample tables: LSAT6 with what R gives for it, and tables drawn from known parameters."""

import csv
from pathlib import Path

import numpy as np

from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import NOT_PRESENTED, ResponseTable

DATA = Path(__file__).parent / "data"


def lsat6():
    """1,000 persons, 5 items (Bock & Lieberman 1970)."""
    with (DATA / "lsat6.csv").open() as lines:
        header, *rows = csv.reader(lines)
    return ResponseTable.of(np.array(rows, int), header)


def reference(name):
    """Columns of one of R's tables, as arrays or lists of names."""
    with (DATA / f"lsat6.{name}.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    return {key: _column([row[key] for row in rows]) for key in rows[0]}


def _column(values):
    try:
        return np.array(values, float)
    except ValueError:
        return values


def drawn(items, theta, seed):
    """Marks (n, k) of people with abilities theta (n,) on the items, by chance."""
    chance = np.random.default_rng(seed)
    below = np.cumsum(items.probabilities(theta), axis=2)
    return (chance.random((len(theta), len(items)))[:, :, None] > below).sum(axis=2)


def with_blanks(codes, share, seed):
    """Some cells not presented, at random."""
    out = codes.copy()
    out[np.random.default_rng(seed).random(codes.shape) < share] = NOT_PRESENTED
    return out


def bank(k, seed=1, **more):
    chance = np.random.default_rng(seed)
    return ItemParameters.of(np.resize([0.7, 1.0, 1.3, 1.6, 1.9], k), chance.normal(size=k), **more)
