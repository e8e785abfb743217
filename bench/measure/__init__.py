"""What the psychometrics reaches, each figure beside its goal.

    python -m bench measure                   every study in its short form, some minutes
    python -m bench measure --form long       as the goals speak of them (the honest cohorts: 20 minutes of a processor)
    python -m bench measure dif planted       some of them

Studies are drawn anew from --seed; the same seed gives the same figures. Exit status 1 if a goal is missed.
"""

import argparse
import os
from collections.abc import Sequence

# before numpy is loaded: on a machine with other work two threads wait for each other, and times say nothing
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench.measure import collusion, quality, scale
from bench.measure.study import Asked, Study

STUDIES: dict[str, Study] = {**scale.STUDIES, **quality.STUDIES, **collusion.STUDIES}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench measure", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("studies", nargs="*", choices=[[], *STUDIES], metavar="study", help=", ".join(STUDIES))
    parser.add_argument("--form", choices=["brief", "short", "long"], default="short")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    print("| what | figure | goal | |\n|---|--:|---|---|", flush=True)
    missed = 0
    for name in given.studies or STUDIES:
        for row in STUDIES[name](Asked(given.form, given.seed)):
            print(row.line(), flush=True)
            missed += row.reached is False
    return 1 if missed else 0
