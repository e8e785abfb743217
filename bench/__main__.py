"""Speed figures, one row a command.

    python -m bench lesson                     a row: the figure, the bare page's of the same run, the ratio
    python -m bench lesson home --json         several on the same server, as JSON
    python -m bench all                        every row in its short form (`make bench`)
    python -m bench rush --database postgresql --contenders 20000 --quota 1000 --seeds 20

    python -m bench measure                    what the psychometrics reaches (--help has more)

docs/speed.md says what each row means and what it found.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench import processes, servers
from bench.figures import Figure, table
from bench.rows import ROWS, Asked, Row


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["measure"]:
        from bench import measure  # what it measures is exactness, not speed; it starts no server

        return measure.main(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["rows:", *(f"  {row.name:<14} {row.what}" for row in ROWS.values())]),
    )  # fmt: skip
    default = Asked()
    parser.add_argument("rows", nargs="+", choices=["all", *ROWS], metavar="row")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--into", type=Path, help="write the table into this page, between its marks")
    parser.add_argument("--database", choices=servers.DATABASES, default=default.database)
    parser.add_argument("--workers", type=int, default=default.workers, help="server processes (PostgreSQL)")
    parser.add_argument(
        "--servers", type=int, default=default.servers, help="how often Pintar is started in a rush (PostgreSQL)"
    )
    parser.add_argument("--rounds", type=int, default=default.rounds, help="interleaved rounds; the median counts")
    parser.add_argument("--requests", type=int, default=default.requests, help="requests of one round")
    parser.add_argument("--people", type=int, default=default.people, help="learners who make the requests")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--seeds", type=int, default=default.seeds, help="runs of a rush, each with a seed of its own")
    parser.add_argument("--contenders", type=int, default=default.contenders)
    parser.add_argument("--quota", type=int, default=default.quota, help="seats of a rush")
    parser.add_argument("--within", type=float, default=default.within, help="seconds in which contenders arrive")
    parser.add_argument("--minutes", type=float, default=default.minutes, help="how long an overload lasts")
    parser.add_argument("--door", choices=("page", "api"), default=default.door, help="what contenders knock at")
    given = vars(parser.parse_args(arguments))
    names, as_json, into = given.pop("rows"), given.pop("json"), given.pop("into")
    wanted = list(ROWS.values()) if "all" in names else [ROWS[name] for name in dict.fromkeys(names)]
    asked = replace(default, **given, say=lambda text: print(text, file=sys.stderr, flush=True))
    begun, before = time.monotonic(), processes.machine()
    figures = run(wanted, asked)
    seconds = time.monotonic() - begun
    around = surroundings(before, processes.machine(), asked.database, seconds)
    if into:
        write_into(into, figures, around)
    elif as_json:
        print(json.dumps({"run": around, "figures": [each.as_json() for each in figures]}, ensure_ascii=False))
    else:
        print(in_words(figures, around))
    return 0


def in_words(figures: Sequence[Figure], around: dict[str, str | int]) -> str:
    return f"{table(figures)}\n\n{', '.join(f'{name} {value}' for name, value in around.items())}"


def write_into(page: Path, figures: Sequence[Figure], around: dict[str, str | int]) -> None:
    """Replace what stands between the marks of this database; the words around it were written by hand."""
    begin, end = (f"<!-- {around['database']} {word} -->" for word in ("begins", "ends"))
    before, _, rest = page.read_text().partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{in_words(figures, around)}\n{end}{after}")


def run(wanted: Sequence[Row], asked: Asked) -> list[Figure]:
    """Rows that share a server share one; the others get their own."""
    figures = []
    together = [row for row in wanted if not row.alone]
    for group in ([together] if together else []) + [[row] for row in wanted if row.alone]:
        with ExitStack() as stack:
            asked.say(f"starting the servers ({asked.database})")
            house = stack.enter_context(
                servers.pintar(asked.database, workers=asked.workers, shared=asked.workers * asked.servers > 1)
            )
            plain = stack.enter_context(servers.plain(house))
            for row in group:
                asked.say(f"{row.name}: {row.what}")
                figures += row.run(asked, house, plain)
    return figures


def surroundings(
    before: processes.Machine, after: processes.Machine, database: str, seconds: float
) -> dict[str, str | int]:
    """What a reader must know to trust the figures: the machine, and how busy it was with everything."""
    busy = (after.busy - before.busy) / max(after.all - before.all, 1e-9)
    return {
        "database": database,
        "cores": os.cpu_count() or 1,
        "Python": sys.version.split()[0],
        "machine busy": f"{busy:.0%}",
        "load": f"{os.getloadavg()[0]:.1f}",
        "seconds": round(seconds),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
