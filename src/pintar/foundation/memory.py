"""Large pieces of memory go back to the system as soon as they are free.

Sealing a password takes 19 MB for a moment. After the first such piece glibc raises the size from which it asks the
system for memory of its own, keeps those that follow in the pool of the thread that took them, and gives none back: a
server whose threads have each let a few people in held 180 MB more, for ever. A threshold that is set stays.
"""

import ctypes
import sys

M_MMAP_THRESHOLD = -3
LARGE = 1 << 20


def give_back_large_pieces() -> None:
    """Call once in the process that serves. Does nothing where the C library knows no such choice."""
    if sys.platform == "linux" and (choose := getattr(ctypes.CDLL(None), "mallopt", None)):
        choose(M_MMAP_THRESHOLD, LARGE)
