"""What a calibration is kept as: items with their covariance, and the ids of the sittings that it saw, as bytes.

numpy's own format without pickles; read by whoever measures people, never by what serves a page.
"""

import io
import zlib
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import numpy as np

from pintar.assessment import models
from pintar.sciences.psychometrics.irt.items import ItemParameters

# 200 items with their covariance take 3 MB.
MOST_KEPT = 8


def write_items(items: ItemParameters) -> bytes:
    """The items, named by their versions' ids."""
    into = io.BytesIO()
    covariance = {} if items.covariance is None else {"covariance": items.covariance}
    np.savez_compressed(
        into,
        names=np.array([int(name) for name in items.names], np.int64),
        slopes=items.slopes,
        intercepts=items.intercepts,
        guesses=items.guesses,
        **covariance,
    )
    return into.getvalue()


def read_items(kept: bytes) -> ItemParameters:
    with np.load(io.BytesIO(kept), allow_pickle=False) as read:
        names = tuple(str(name) for name in read["names"].tolist())
        covariance = read.get("covariance", None)
        return ItemParameters(names, read["slopes"], read["intercepts"], read["guesses"], covariance)


@lru_cache(maxsize=MOST_KEPT)
def items_of(calibration: UUID) -> ItemParameters:
    """The items of a finished calibration, by its uid; it never changes."""
    return read_items(bytes(models.Calibration.objects.values_list("result", flat=True).get(uid=calibration)))


def write_sittings(sittings: Sequence[int]) -> bytes:
    """Ids in ascending order."""
    return zlib.compress(np.diff(np.array(sittings, np.int64), prepend=0).tobytes())


def read_sittings(kept: bytes) -> list[int]:
    return np.cumsum(np.frombuffer(zlib.decompress(kept), np.int64)).tolist() if kept else []
