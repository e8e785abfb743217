"""A calibration of the nation, as a process of its own; prints JSON.

python -m bench.measure.nation booklets|own SEED
"""

import json
import os
import resource
import sys
import time

import numpy as np

from pintar.sciences.psychometrics.irt.abilities import measure
from pintar.sciences.psychometrics.irt.calibration import calibrate
from pintar.sciences.psychometrics.irt.items import ItemParameters
from pintar.sciences.psychometrics.responses import ResponseTable

ITEMS, SHOWN, BOOKLETS = 200, 40, 20


def main(kind: str, seed: int, people: int) -> None:
    chance = np.random.default_rng([seed, 24])
    a, b = np.resize([0.7, 1.0, 1.3, 1.6, 1.9], ITEMS), chance.normal(size=ITEMS)
    table = drawn(chance, kind, people, a, b)
    cpu, begun = time.process_time(), time.perf_counter()
    found = calibrate(table, "2pl")
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    eap, eap_cpu = min(_eap(table, found.items) for _ in range(3))
    covered = np.abs(found.items.b - b) <= 1.96 * found.items.se_b
    print(
        json.dumps(
            {
                "wall": wall,
                "cpu": cpu,
                "eap": eap,
                "eap_cpu": eap_cpu,
                "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
                "covered": float(covered.mean()),
                "load": max(os.getloadavg()[0] - 1, 0.0),
            }
        )
    )


def _eap(table: ResponseTable, items: ItemParameters) -> tuple[float, float]:
    """Seconds and seconds of the processor."""
    cpu, begun = time.process_time(), time.perf_counter()
    measure(table, items, "eap")
    return time.perf_counter() - begun, time.process_time() - cpu


def drawn(chance: np.random.Generator, kind: str, people: int, a: np.ndarray, b: np.ndarray) -> ResponseTable:
    """Made in portions, so that the size of the process is that of the calibration."""
    columns = np.empty((people, SHOWN), np.int32)
    marks = np.empty((people, SHOWN), np.int16)
    for start in range(0, people, 4000):
        rows = np.arange(start, min(start + 4000, people))
        if kind == "booklets":
            shown = ((rows % BOOKLETS * (ITEMS // BOOKLETS))[:, None] + np.arange(SHOWN)) % ITEMS
        else:
            shown = np.argpartition(chance.random((len(rows), ITEMS)), SHOWN, axis=1)[:, :SHOWN]
        shown.sort(axis=1)
        p = 1 / (1 + np.exp(-a[shown] * (chance.normal(size=len(rows))[:, None] - b[shown])))
        columns[rows], marks[rows] = shown, chance.random(p.shape) < p
    starts = np.arange(people + 1) * SHOWN
    return ResponseTable.from_cells(tuple(str(i + 1) for i in range(ITEMS)), starts, columns.ravel(), marks.ravel())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 236_000)
