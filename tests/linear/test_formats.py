"""Every format: whatever comes again and again in a snapshot, twice as much takes twice as long."""

import contextlib

import pytest
from feedmill.transforms.failures import Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot

from tests.linear.growth import growth
from tests.linear.inputs import PLACES, names, text

SIZE = 4_000


@pytest.mark.timeout(900)
@pytest.mark.parametrize("place", PLACES)
def test_snapshots(place):
    slow = {}
    for where, fragment in names():
        if where == place:

            def work(size, fragment=fragment):
                data = text(place, fragment, size).encode()

                def call():
                    with contextlib.suppress(Rejected):
                        split_snapshot(Snapshot("a", data))

                return call

            if found := growth(work, SIZE):
                slow[fragment] = found
    assert not slow
