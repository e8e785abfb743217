"""Roles, and the organisation they are held in."""

# What people call them, in the order of the list of roles.
ROLES = ("penyelenggara", "penulis", "penguji", "pimpinan", "pengelola")

UNIT_KINDS = ("kementerian", "kanwil", "kankemenag", "madrasah", "kua", "ptk", "balai", "loka", "lainnya")


def holds_in(granted: str, asked: str) -> bool:
    """Whether a grant in the unit of path `granted` reaches the unit of path `asked` (its own or below it)."""
    return bool(granted) and asked.startswith(granted)


def path_ids(path: str) -> tuple[int, ...]:
    """The ids of a path, from the root down: "/1/5/33/" → (1, 5, 33)."""
    return tuple(int(part) for part in path.split("/") if part)
