"""Joining what is alike: from shared keys to edges, from edges to classes.

Edges are pairs of row numbers. A key that k rows share gives k - 1 edges, not
k * k: the rows are joined to one of them, which gives the same classes. So a key
shared by a hundred thousand rows costs what a hundred thousand keys cost.

Every function here joins two rows for what those two are, whatever else there
is. That is what makes classes independent of order and of how the input is cut
up: more rows can only join more.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Edges(NamedTuple):
    """Pairs of rows that are alike."""

    a: I64
    b: I64


NO_EDGES = Edges(np.empty(0, np.int64), np.empty(0, np.int64))


def joined(*edges: Edges) -> Edges:
    """Return all the edges as one."""
    return Edges(np.concatenate([e.a for e in edges]), np.concatenate([e.b for e in edges])) if edges else NO_EDGES


def distinct(values: npt.NDArray) -> npt.NDArray:
    """Return the distinct values, sorted. numpy.unique hashes, and stalls on regular numbers."""
    ordered = np.sort(values)
    fresh = np.ones(ordered.size, np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


_SPARSE, _MOST_BITS = 3, 26  # bits: eight places for each key or more, as long as that is at most 64 MB


class MembershipFilter:
    """Tells which values are among the wanted ones, which are sorted; both of 8 bytes.

    Most are not: two tables, of some of their bits each, say so faster than a search, which misses the cache at each
    step.

    >>> MembershipFilter(np.array([3, 4, 5]))(np.array([5, 3, 9]))
    array([ True,  True, False])
    """

    def __init__(self, wanted: npt.NDArray) -> None:
        bits = min(wanted.size.bit_length() + _SPARSE, _MOST_BITS)
        self._wanted = wanted
        self._mask = np.uint64((1 << bits) - 1)
        self._low, self._high = np.zeros((2, 1 << bits), np.bool_)
        self._low[self._bits(wanted, 0)] = True
        self._high[self._bits(wanted, 32)] = True

    def _bits(self, values: npt.NDArray, above: int) -> U64:
        return (values.view(np.uint64) >> np.uint64(above)) & self._mask

    def __call__(self, values: npt.NDArray) -> Mask:
        found = np.zeros(values.size, np.bool_)
        maybe = np.flatnonzero(self._low[self._bits(values, 0)])
        maybe = maybe[self._high[self._bits(values[maybe], 32)]]
        if maybe.size:
            at = np.minimum(np.searchsorted(self._wanted, values[maybe]), self._wanted.size - 1)
            found[maybe] = self._wanted[at] == values[maybe]
        return found


def mix(*columns: U64 | int) -> U64:
    """Hash columns of keys into one; a row in which any column is 0 ("has none") is 0.

    The finaliser is splitmix64's. A constant may be among the columns, to tell one kind of key from another.
    """
    arrays = [np.asarray(c, np.uint64) for c in columns]
    size = np.broadcast_shapes(*(a.shape for a in arrays))
    total = np.zeros(size, np.uint64)
    missing = np.zeros(size, np.bool_)
    for column in arrays:
        missing |= column == 0
        total = total * np.uint64(0x9E3779B97F4A7C15) + column
        total ^= total >> np.uint64(30)
        total *= np.uint64(0xBF58476D1CE4E5B9)
        total ^= total >> np.uint64(27)
        total *= np.uint64(0x94D049BB133111EB)
        total ^= total >> np.uint64(31)
    total[total == 0] = 1
    total[missing] = 0
    return total


def edges_by_key(keys: U64) -> Edges:
    """Join the rows that share a key other than 0.

    >>> edges_by_key(np.array([7, 0, 7, 0, 9, 7], np.uint64))
    Edges(a=array([0, 0]), b=array([2, 5]))
    """
    rows, first = shared(keys)
    lead = np.repeat(first, np.diff(np.append(first, rows.size)))
    rest = lead != np.arange(rows.size)
    return Edges(rows[lead[rest]], rows[rest])


def shared(keys: U64) -> tuple[I64, I64]:
    """Return the rows that share a key other than 0, by key and row, and where in them each key begins.

    Most keys have one row. To sort keys alone, and then the few rows that share one, takes a quarter of the time that
    it takes to sort all rows.

    >>> shared(np.array([7, 0, 3, 0, 9, 3, 7], np.uint64))
    (array([2, 5, 0, 6]), array([0, 2]))
    """
    ordered = np.sort(keys)
    several = ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)]
    rows = np.flatnonzero(MembershipFilter(several)(keys))
    rows = rows[np.argsort(keys[rows], kind="stable")]
    sorted_keys = keys[rows]
    return rows, np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))[: rows.size]


def edges_to_centers(keys: U64, centers: Mask, members: Mask) -> Edges:
    """Join, under each key other than 0, every center with every member.

    Two members are not joined unless a center shares their key.

    >>> keys = np.array([7, 7, 7, 9, 9], np.uint64)
    >>> edges_to_centers(keys, np.array([0, 0, 1, 0, 0], bool), np.ones(5, bool))
    Edges(a=array([2, 2, 2]), b=array([0, 1, 2]))
    """
    at = np.flatnonzero(centers & (keys != 0))
    if not at.size:
        return NO_EDGES
    at = at[np.argsort(keys[at], kind="stable")]
    kinds = distinct(keys[at])
    first = np.searchsorted(keys[at], kinds)
    rows = np.flatnonzero(members & MembershipFilter(kinds)(keys))
    slot = np.searchsorted(kinds, keys[rows])
    has_member = np.zeros(kinds.size, np.bool_)
    has_member[slot] = True
    inverse = np.searchsorted(kinds, keys[at])
    others = has_member[inverse] & (first[inverse] != np.arange(at.size))
    return joined(Edges(at[first[slot]], rows), Edges(at[first[inverse[others]]], at[others]))


def edges_within(keys: U64, time: I64, limit: int, centers: Mask, members: Mask) -> Edges:
    """Join, under each key other than 0, every center with every member at most `limit` away in time.

    Returns at most two edges a row however many pairs there are: the members that
    one center reaches lie side by side in time, so joining neighbours joins them.

    >>> keys = np.full(4, 7, np.uint64)
    >>> edges_within(keys, np.array([0, 5, 100, 104]), 10, np.array([0, 1, 0, 0], bool), np.array([1, 0, 1, 1], bool))
    Edges(a=array([1]), b=array([0]))
    """
    at = np.flatnonzero(centers & (keys != 0))
    if not at.size:
        return NO_EDGES
    kinds = distinct(keys[at])
    rows = np.flatnonzero(members & MembershipFilter(kinds)(keys))
    slot = np.searchsorted(kinds, keys[rows])
    if not rows.size:
        return NO_EDGES
    low = min(int(time[rows].min()), int(time[at].min()))
    stride = max(int(time[rows].max()), int(time[at].max())) - low + 2 * limit + 2
    line = slot * stride + (time[rows] - low)  # each key has a stretch of the line to itself
    order = np.argsort(line, kind="stable")
    rows, line = rows[order], line[order]
    where = np.searchsorted(kinds, keys[at]) * stride + (time[at] - low)
    start = np.searchsorted(line, where - limit, "left")
    stop = np.searchsorted(line, where + limit, "right")
    reach = stop > start
    at, start, stop = at[reach], start[reach], stop[reach]
    cover = np.zeros(rows.size + 1, np.int64)
    np.add.at(cover, start, 1)
    np.add.at(cover, stop - 1, -1)
    side = np.flatnonzero(np.cumsum(cover)[:-1] > 0)
    return joined(Edges(at, rows[start]), Edges(rows[side], rows[side + 1]))


def components(size: int, edges: Edges) -> I64:
    """Return for each of `size` rows the lowest row that edges lead to from it.

    >>> components(5, Edges(np.array([3, 1]), np.array([1, 4]))).tolist()
    [0, 1, 2, 1, 1]
    """
    label = np.arange(size, dtype=np.int64)
    a, b = edges
    while a.size:
        low, high = np.minimum(label[a], label[b]), np.maximum(label[a], label[b])
        apart = low != high
        a, b, low, high = a[apart], b[apart], low[apart], high[apart]
        if not a.size:
            break
        np.minimum.at(label, high, low)
        while True:
            shorter = label[label]
            if np.array_equal(shorter, label):
                break
            label = shorter
    return label
