"""Item quality and forms: how often a fair item is called unfair, an unfair one overlooked; how alike parallel forms
are."""

import time
from collections.abc import Iterator

import numpy as np

from bench.measure.study import Asked, Row
from pintar.sciences.psychometrics.forms.assembly import assemble
from pintar.sciences.psychometrics.forms.blueprint import Band, Bank, Blueprint, Range
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.quality.dif import mantel_haenszel
from pintar.sciences.psychometrics.responses import MarkTable, ResponseTable

ITEMS = 40


# DIF


def two_groups(
    chance: np.random.Generator, reference: int, people: int, impact: float, shift: float = 0.0
) -> tuple[MarkTable, np.ndarray]:
    """Marks of two groups on 40 items, and who is of the focal one, which is `impact` SDs less able; item 0 (a 1, b 0)
    is `shift` logits harder for it."""
    a, b = np.resize([0.7, 1.0, 1.3, 1.6, 1.9], ITEMS).astype(float), chance.normal(size=ITEMS)
    a[0], b[0] = 1.0, 0.0
    focal = np.repeat([False, True], [reference, people])
    theta = chance.normal(size=len(focal)) - impact * focal
    harder = np.zeros((len(focal), ITEMS))
    harder[focal, 0] = shift
    p = 1 / (1 + np.exp(-a * (theta[:, None] - b - harder)))
    return ResponseTable.of((chance.random(p.shape) < p).astype(np.int16)).for_people(), focal


def dif(asked: Asked) -> Iterator[Row]:
    runs = asked.runs(brief=5, short=20, long=100)
    for reference, people in ((100, 100), (1000, 100), (500, 500)):
        shares = []
        for impact in (0.0, 0.5, 1.0):
            flagged = 0
            for chance in asked.chances(1000 + reference + people + int(10 * impact), runs):
                flagged += mantel_haenszel(*two_groups(chance, reference, people, impact)).classes.count("C")
            shares.append(flagged / (runs * ITEMS))
        each = ", ".join(f"{share:.2%}" for share in shares)
        what = f"no DIF, {reference}/{people}: items flagged C ({3 * runs * ITEMS}; impact 0, 0.5, 1 SD: {each})"
        share = float(np.mean(shares))
        yield Row(what, f"{share:.2%}", "≤ 1%", share <= 0.01)
    runs = asked.runs(brief=10, short=40, long=400)
    found = sum(
        mantel_haenszel(*two_groups(chance, 500, 500, 0.0, 1.0)).classes[0] == "C" for chance in asked.chances(2, runs)
    )
    yield Row(f"DIF of 1 logit, 500/500: flagged C ({runs} runs)", f"{found / runs:.1%}", "≥ 90%", found >= 0.9 * runs)


# Forms


def forms(asked: Asked) -> Iterator[Row]:
    blueprint = Blueprint(
        indicators={f"{i}": 5 for i in range(8)},
        types={"single": Range(20, 28), "truefalse": Range(5, 10), "multiple": Range(5, 12)},
        difficulty=(Band(-9, -0.7, Range(8, 12)), Band(-0.7, 0.7, Range(14, 22)), Band(0.7, 9, Range(8, 12))),
        seconds=2400,
    )
    slowest = dearest = widest = gap = 0.0
    runs = asked.runs(brief=1, short=5, long=20)
    for chance in asked.chances(5, runs):
        n = 600
        wanted = Bank.of(
            ItemParameters.of(chance.uniform(0.7, 1.9, n), chance.normal(size=n)),
            [f"{i}" for i in chance.integers(0, 8, n)],
            chance.choice(["single", "truefalse", "multiple"], n, p=[0.6, 0.2, 0.2]).tolist(),
            chance.lognormal(4, 0.3, n),
            enemies=[tuple(pair) for pair in chance.choice(n, (30, 2), replace=False).tolist()],
        )
        begun, cpu = time.perf_counter(), time.process_time()
        found = assemble(wanted, blueprint, 3)
        slowest, dearest = max(slowest, time.perf_counter() - begun), max(dearest, time.process_time() - cpu)
        widest = max(widest, float(found.information.max() / found.information.min()) - 1)
        gap = max(gap, found.gap)
    what = f"three parallel 40-item forms from 600 items, slowest of {runs} banks (at most {dearest:.1f} s CPU)"
    # tests, which ask for the brief form, watch no clock
    yield Row(what, f"{slowest:.1f} s", "< 5 s", None if asked.form == "brief" else slowest < 5)
    yield Row("information at the cut, widest difference", f"{widest:.2%}", "≤ 5%", widest <= 0.05)
    yield Row("proved to lie within this of the best, relatively", f"{gap:.2%}", "≤ 1%", gap <= 0.01)


STUDIES = {"dif": dif, "forms": forms}
