"""The charts of measurement as components: drawn from one invented cohort, the same at every visit.

Only here are they drawn from an invention; everywhere else a page hands over the figures of its own numbers.
"""

from functools import cache
from typing import Any

KEY, OPTIONS = "A", ("A", "B", "C", "D")
PEOPLE, CUT = 1200, 0.3


@cache
def examples() -> dict[str, Any]:
    """Figures by the name of their template, each with the numbers that its title says."""
    import numpy as np  # loaded by the few who look at charts, not by every process

    from pintar.sciences.psychometrics.figures.forms import information, person_item_map
    from pintar.sciences.psychometrics.figures.gains import Measured, gains
    from pintar.sciences.psychometrics.figures.items import item_curve, option_bars
    from pintar.sciences.psychometrics.irt.items import ItemParameters

    chance = np.random.default_rng(1)
    theta = chance.normal(size=PEOPLE)
    forms = {
        name: ItemParameters.of(chance.uniform(0.8, 1.8, 24), np.linspace(low, high, 24), se_b=np.full(24, 0.06))
        for name, low, high in (("A", -1.8, 2.0), ("B", -2.2, 1.4))
    }
    items, item = forms["A"], 19
    marks = chance.random(PEOPLE) < items.expected(theta)[:, item]
    rest = np.round(24 * items.expected(theta).mean(axis=1))
    wrong = np.where(chance.random(PEOPLE) < 1 / (1 + np.exp(-3 * theta)), "B", "C")  # the able take B
    taken = np.where(marks, KEY, np.where(chance.random(PEOPLE) < 0.2, "D", wrong)).tolist()
    return {
        "curve": item_curve(items, item, theta, marks),
        "options": option_bars([None if i % 50 == 0 else each for i, each in enumerate(taken)], OPTIONS, KEY, rest),
        "people": person_item_map(theta, items, CUT),
        "information": information(forms, CUT),
        "gains": gains(
            [
                Measured("1.1", -0.42, 0.09, 0.31, 0.08, 0.73, 0.10),
                Measured("1.2", -0.10, 0.08, 0.22, 0.08, 0.32, 0.09),
                Measured("2.1", 0.05, 0.10, 0.12, 0.10, 0.07, 0.11),
                Measured("2.2", 0.30, 0.09, 0.02, 0.09, -0.28, 0.11),
            ]
        ),
    }
