"""Uids sort by time; keys survive being read out."""

import time_machine
from hypothesis import given
from hypothesis import strategies as st

from pintar.foundation import ids


def test_a_uid_is_a_version_7_of_the_rfc_variant():
    uid = ids.uid()
    assert (uid.version, uid.variant) == (7, "specified in RFC 4122")


def test_later_uids_sort_later():
    with time_machine.travel(1_800_000_000, tick=False):
        early = ids.uid()
    with time_machine.travel(1_800_000_000.002, tick=False):
        late = ids.uid()
    assert early < late


@given(st.integers(1, 40))
def test_a_key_reads_back_however_it_was_typed(length):
    key = ids.key(length)
    assert len(key) == length
    spoken = " ".join(key[i : i + 4] for i in range(0, len(key), 4)).lower()
    assert ids.read_key(spoken.replace("0", "o").replace("1", "l")) == key
