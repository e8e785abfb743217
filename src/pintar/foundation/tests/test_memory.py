"""What a server's threads took for a moment goes back to the system."""

import subprocess
import sys

import pytest

# Four threads seal eight passwords each, as the blocking threads of a server do; prints the bytes held afterwards
# beyond those before.
SEAL = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from argon2 import PasswordHasher
from pintar.foundation.memory import give_back_large_pieces

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if sys.argv[1] == "give back":
    give_back_large_pieces()
seal = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash
before = held()
with ThreadPoolExecutor(4) as threads:
    list(threads.map(seal, ["melati hujan sore"] * 32))
    print(held() - before)
"""


def held_after(choice: str) -> int:
    run = subprocess.run([sys.executable, "-c", SEAL, choice], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="a choice of glibc")
def test_threads_that_sealed_passwords_hold_no_memory_afterwards():
    assert held_after("keep") > 30_000_000  # the control: without the choice the threads keep it
    assert held_after("give back") < 10_000_000
