"""Which of the warehouse's fingerprints can matter to a run.

Reading and comparing all that the warehouse knows would make a day's run cost what all days before it hold. So a
run says what it wants, and of each batch of known fingerprints only the rows that agree in something are taken: a
superset of what any rule joins with this run's nodes (match_rules.py, near.py), found by sorting.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from feedmill.transforms.identity.graph import I64, U64, MembershipFilter, distinct, mix
from feedmill.transforms.identity.keys import TOMBSTONE
from feedmill.transforms.identity.match_rules import Columns, columns_of, name_keys, plate_keys, same_source
from feedmill.transforms.identity.near import STORY_DAYS, WIRE_BYTES, WIRE_MINUTES, band_keys

_GUARD, _NAME = 6, 7  # tell these kinds of keys from those of `_keys`


class LookupKeys(NamedTuple):
    """What a run's nodes are looked up by."""

    keys: MembershipFilter
    days: MembershipFilter  # of publication of long texts, and the days about them
    bands: MembershipFilter  # of the signatures
    near: MembershipFilter  # days of publication of texts with a signature, and the days about them
    any_day: bool  # some of these have no date


def wanted(nodes: pa.Table) -> LookupKeys:
    """Return what to look up in the warehouse for these nodes (NODE_SCHEMA), for `match`."""
    c = columns_of(nodes)
    guard = nodes["guard_key"].to_numpy()
    keys = [column[column != 0] for column in (*_keys(c), mix(guard, _GUARD), mix(name_keys(c), _NAME))]
    day = c.minute // WIRE_MINUTES
    bands = [column[column != 0] for column in band_keys(nodes, np.ones(len(nodes), np.bool_))]
    return LookupKeys(
        keys=MembershipFilter(distinct(np.concatenate(keys))),
        days=_days_about(day[c.dated & (c.length >= WIRE_BYTES)], 1),
        bands=MembershipFilter(distinct(np.concatenate(bands))),
        near=_days_about(day[c.dated & (guard != 0)], STORY_DAYS),
        any_day=bool((~c.dated & (guard != 0)).any()),
    )


def _days_about(days: I64, reach: int) -> MembershipFilter:
    return MembershipFilter(distinct((distinct(days)[:, None] + np.arange(-reach, reach + 1)).ravel()))


def match(known: pa.Table, wants: LookupKeys) -> pa.Table:
    """Return the rows of `known` (any table with the columns of NODE_SCHEMA) that can matter to a run."""
    c = columns_of(known)
    guard = known["guard_key"].to_numpy()
    hit = np.zeros(len(known), np.bool_)
    for column in _keys(c):
        hit |= wants.keys(column) & (column != 0)
    hit |= wants.keys(mix(plate_keys(c, guard), _NAME)) & c.has(TOMBSTONE)
    # Near copies, and copies in other papers, are looked up by likeness. It costs most, so it is asked of few: of
    # texts that name the same numbers and days and are near in time, and of long ones of the same day.
    day = c.minute // WIRE_MINUTES
    alike = wants.keys(mix(guard, _GUARD)) & (guard != 0)
    if not wants.any_day:
        alike &= ~c.dated | wants.near(day)
    alike |= c.dated & (c.length >= WIRE_BYTES) & wants.days(day)
    alike &= ~hit
    if alike.any():
        for column in band_keys(known, alike):
            hit |= wants.bands(column) & (column != 0)
    return known.filter(pa.array(hit))


def _keys(c: Columns) -> Iterator[U64]:
    """Yield columns of keys of which two nodes that some rule joins agree in one at least, but for likeness alone."""
    for tag, keys in enumerate((c.guid, c.url, c.text, c.title), 1):
        yield mix(keys, tag)
    for source in same_source(c):
        yield mix(source, c.ladder[:, 0].astype(np.uint64), 5)
