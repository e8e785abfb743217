"""CPU time and memory of processes, from Linux's /proc. Seconds and bytes."""

import os
import resource
from dataclasses import dataclass
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Machine:
    """CPU seconds of the whole machine since it booted: busy, and all there were."""

    busy: float
    all: float


def tree(root: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def name(pid: int) -> str:
    """What the process calls itself; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def cpu(pids: list[int]) -> float:
    """CPU seconds that these processes used so far, those of children they waited for included."""
    return sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _stat(pid))) * TICK


def own_cpu() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory(pids: list[int]) -> int:
    """Bytes held by these processes: the proportional set size, in which a page that several share counts once."""
    return sum(_pss(pid) for pid in pids)


def machine() -> Machine:
    first = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, idle, iowait, irq, softirq, steal = (int(part) * TICK for part in first)
    busy = user + nice + system + irq + softirq + steal
    return Machine(busy, busy + idle + iowait)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name: [state, ppid, …, utime, stime, cutime, cstime at 11 to 14]."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
