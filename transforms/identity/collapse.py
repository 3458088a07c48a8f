"""Which texts of one story are not kept as versions of their own: teasers and near copies.

A teaser collapses into the fuller text that it begins, and a title without text
into the story that it is the title of, unless both have the same guid: a feed
that takes a text back has revised the story. A near copy collapses into
the text it is a copy of, unless both have the same guid or URL: then the
publisher changed the story, and the change is a revision.

Of a full text and its teaser the fuller keeps the row: full before teaser before
headline, then the earliest captured. But a row that is in the warehouse stays.
"""

import numpy as np
import numpy.typing as npt
from feedmill.transforms.identity.graph import I64, U64, Edges, Mask, mix
from feedmill.transforms.identity.keys import BODILESS
from feedmill.transforms.identity.match_rules import CONTAINMENT, NEAR, Columns, longest_prefix


def collapse(
    c: Columns,
    version: I64,
    one: I64,
    classes: I64,
    rank: I64,
    fixed: Mask,
    near: Edges,
    score: npt.NDArray[np.float32],
) -> tuple[I64, npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return for each version the one that keeps its row (itself, if it does), by which rule, and how alike.

    Args:
        c: the nodes.
        version: of each node.
        one: a node of each version.
        classes: of each node.
        rank: of each version, when it was first seen; larger than any if it was not in this run.
        fixed: which versions have a row in the warehouse. They keep it.
        near: pairs of nodes that are near, with their `score`.
    """
    count = one.size
    root = np.arange(count)
    how = np.full(count, -1, np.int8)
    alike = np.full(count, np.nan, np.float32)
    many = np.bincount(classes[one], minlength=c.text.size)[classes[one]] > 1
    if not many.any():
        return root, how, alike
    form = np.zeros(count, np.int64)
    np.maximum.at(form, version, (c.traits & 3).astype(np.int64))
    identity = _identity(c, version, count)
    root, how = _contained(c, one, classes, rank, fixed, form, identity, np.flatnonzero(many))

    while True:  # a teaser's teaser
        deeper = root[root]
        if np.array_equal(deeper, root):
            break
        root = deeper

    a, b = version[near.a], version[near.b]
    free = ~_same(identity, a, b) & (a != b)
    a, b, close = root[a[free]], root[b[free]], score[free]
    if a.size:
        guid, url = identity
        standing = np.empty(count, np.int64)  # the first keeps the row
        standing[np.lexsort((one, rank, -form, url == 0, guid == 0, ~fixed))] = np.arange(count)
        better = np.where(standing[a] < standing[b], a, b)
        worse = np.where(standing[a] < standing[b], b, a)
        keep = (better != worse) & ~fixed[worse]
        better, worse, close = better[keep], worse[keep], close[keep]
        order = np.lexsort((close, -standing[better]))  # the best is written last
        target = np.arange(count)
        target[worse[order]] = better[order]
        alike[worse[order]] = close[order]
        fresh = target != np.arange(count)
        while True:
            deeper = target[target]
            if np.array_equal(deeper, target):
                break
            target = deeper
        # what was contained in a text that collapses goes with it, and is still a teaser
        alike = np.where(fresh, alike, np.nan).astype(np.float32)
        how = np.where(fresh, NEAR, how).astype(np.int8)
        root = target[root]
    return root, how, alike


def _identity(c: Columns, version: I64, count: int) -> tuple[U64, U64]:
    """Return a guid and a URL of each version, 0 if none of its sightings has one."""
    guid, url = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    np.maximum.at(guid, version, c.guid)
    np.maximum.at(url, version, c.url)
    return guid, url


def _same(identity: tuple[U64, U64], a: I64, b: I64) -> Mask:
    guid, url = identity
    return ((guid[a] != 0) & (guid[a] == guid[b])) | ((url[a] != 0) & (url[a] == url[b]))


def _contained(
    c: Columns,
    one: I64,
    classes: I64,
    rank: I64,
    fixed: Mask,
    form: I64,
    identity: tuple[U64, U64],
    some: I64,
) -> tuple[I64, npt.NDArray[np.int8]]:
    """Return for each version the fuller one that it begins, else itself."""
    root = np.arange(one.size)
    how = np.full(one.size, -1, np.int8)
    node = one[some]
    top = longest_prefix(c.length[node])
    # Where a story's identity is the same a longer text is a revision, unless what was shorter was a teaser of it.
    fullest = np.empty(some.size, np.int64)
    fullest[np.lexsort((node, rank[some], -form[some]))] = np.arange(some.size)
    longest = np.empty(some.size, np.int64)
    longest[np.lexsort((node, rank[some], -c.length[node]))] = np.arange(some.size)
    for nth in range(c.ladder.shape[1]):
        short = np.flatnonzero((top == nth) & ~fixed[some])
        long = np.flatnonzero(top > nth)
        if not short.size or not long.size:
            continue
        prefix = c.ladder[node, nth].astype(np.uint64)
        titled = mix(classes[node].astype(np.uint64) + np.uint64(1), prefix, c.title[node])
        untitled = mix(classes[node].astype(np.uint64) + np.uint64(1), prefix)
        for keys, shorts in ((titled, short), (untitled, short[c.title[node[short]] == 0])):
            for order in (fullest, longest):
                target, fits = _first_of(keys, order, shorts, long)
                fits &= (c.length[node[target]] > c.length[node[shorts]]) & (root[some[shorts]] == some[shorts])
                same = _same(identity, some[shorts], some[target])
                fits &= ~same | (form[some[target]] > form[some[shorts]])
                root[some[shorts[fits]]] = some[target[fits]]
    bodiless = c.has(BODILESS)[node]
    shorts = np.flatnonzero(bodiless & ~fixed[some])
    keys = mix(classes[node].astype(np.uint64) + np.uint64(1), c.title[node])
    target, fits = _first_of(keys, fullest, shorts, np.flatnonzero(~bodiless))
    guid = identity[0][some]
    fits &= (guid[shorts] == 0) | (guid[shorts] != guid[target])
    root[some[shorts[fits]]] = some[target[fits]]
    how[root != np.arange(one.size)] = CONTAINMENT
    return root, how


def _first_of(keys: U64, order: I64, asked: I64, among: I64) -> tuple[I64, Mask]:
    """Return for each row of `asked` the first in order of those of `among` with its key, and if there is one."""
    by = among[keys[among] != 0]
    by = by[np.lexsort((order[by], keys[by]))]
    if not by.size:
        return np.zeros(asked.size, np.int64), np.zeros(asked.size, np.bool_)
    at = np.minimum(np.searchsorted(keys[by], keys[asked], "left"), by.size - 1)
    return by[at], keys[by[at]] == keys[asked]
