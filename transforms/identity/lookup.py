"""Which of the warehouse's fingerprints can matter to a run.

Reading and comparing all that the warehouse knows would make a day's run cost what all days before it hold. So a
run says what it wants, and of each batch of known fingerprints only the rows that agree in something are taken: a
superset of what any rung joins with this run's nodes (rungs.py, near.py), found by sorting.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.identity.classes import I64, U64, Mask, distinct, mix
from transforms.identity.keys import PLATE
from transforms.identity.near import WIRE_BYTES, WIRE_MINUTES, band_keys
from transforms.identity.rungs import Columns, columns_of, name_keys, plate_keys, same_source
from transforms.identity.sketches import NO_FACTS

_BITS = 19
_NAME = 7  # tells this kind of key from those of `_keys`
_LOW = np.uint64((1 << _BITS) - 1)


class Wanted(NamedTuple):
    """What a run's nodes are looked up by. Sorted."""

    keys: U64
    days: I64  # of publication of long texts, and the days about them
    bands: U64  # of the signatures


def wanted(nodes: pa.Table) -> Wanted:
    """Returns what to look up in the warehouse for these nodes (NODE_SCHEMA), for `match`."""
    c = columns_of(nodes)
    keys = [column[column != 0] for column in (*_keys(c, nodes), mix(name_keys(c), _NAME))]
    long = c.dated & (c.length >= WIRE_BYTES)
    days = c.minute[long] // WIRE_MINUTES
    bands = [column[column != 0] for column in band_keys(nodes, np.ones(len(nodes), np.bool_))]
    return Wanted(
        distinct(np.concatenate(keys)),
        distinct(np.concatenate([days - 1, days, days + 1])),
        distinct(np.concatenate(bands)),
    )


def match(known: pa.Table, wants: Wanted) -> pa.Table:
    """Returns the rows of `known` (any table with the columns of NODE_SCHEMA) that can matter to a run."""
    c = columns_of(known)
    hit = np.zeros(len(known), np.bool_)
    for column in _keys(c, known):
        hit |= _among(column, wants.keys) & (column != 0)
    hit |= _among(mix(plate_keys(c, known["guard_key"].to_numpy()), _NAME), wants.keys) & c.has(PLATE)
    # Texts that name no number or day, and copies in other papers, are looked up by likeness. It costs most.
    alike = known["guard_key"].to_numpy() == NO_FACTS
    alike |= c.dated & (c.length >= WIRE_BYTES) & _among(c.minute // WIRE_MINUTES, wants.days)
    alike &= ~hit
    if alike.any():
        for column in band_keys(known, alike):
            hit |= _among(column, wants.bands) & (column != 0)
    return known.filter(pa.array(hit))


def _among(values: npt.NDArray, wants: npt.NDArray) -> Mask:
    """Tells which values are wanted. Most are not: a table of some of their bits says so faster than a search."""
    found = np.zeros(values.size, np.bool_)
    if wants.size:
        held = np.zeros(1 << _BITS, np.bool_)
        held[wants.view(np.uint64) & _LOW] = True
        maybe = np.flatnonzero(held[values.view(np.uint64) & _LOW])
        at = np.minimum(np.searchsorted(wants, values[maybe]), wants.size - 1)
        found[maybe] = wants[at] == values[maybe]
    return found


def _keys(c: Columns, nodes: pa.Table) -> Iterator[U64]:
    """Yields columns of keys of which two nodes that some rung joins agree in one at least, but for likeness alone."""
    for tag, keys in enumerate((c.guid, c.url, c.text, c.title), 1):
        yield mix(keys, tag)
    for source in same_source(c):
        yield mix(source, c.ladder[:, 0].astype(np.uint64), 5)
    guard = nodes["guard_key"].to_numpy()
    yield mix(np.where(guard == NO_FACTS, np.uint64(0), guard), 6)
