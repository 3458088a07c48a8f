"""Edges give the classes that comparing all pairs gives."""

import numpy as np
from feedmill.transforms.identity import fingerprint, match, wanted
from feedmill.transforms.identity.graph import (
    Edges,
    components,
    distinct,
    edges_by_key,
    edges_to_centers,
    edges_within,
    mix,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.identity.helpers import items, run, snapshots
from tests.identity.test_laws import stories

ROW = st.tuples(st.integers(0, 3), st.integers(0, 30), st.booleans(), st.booleans())


def by_pairs(count, joins):
    pairs = [(i, j) for i in range(count) for j in range(count) if i != j and joins(i, j)]
    flat = np.array(pairs, np.int64).reshape(-1, 2)
    return components(count, Edges(flat[:, 0], flat[:, 1])).tolist()


@given(st.lists(ROW, min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_edges_equal_all_pairs(rows):
    keys = np.array([r[0] for r in rows], np.uint64)
    time = np.array([r[1] for r in rows], np.int64)
    center, member = (np.array([r[n] for r in rows]) for n in (2, 3))
    n = len(rows)

    def same(i, j):
        return keys[i] != 0 and keys[i] == keys[j]

    def of(edges):
        return components(n, edges).tolist()

    assert of(edges_by_key(keys)) == by_pairs(n, same)
    assert of(edges_to_centers(keys, center, member)) == by_pairs(
        n, lambda i, j: same(i, j) and center[i] and member[j]
    )
    assert of(edges_within(keys, time, 4, center, member)) == by_pairs(
        n, lambda i, j: same(i, j) and center[i] and member[j] and abs(time[i] - time[j]) <= 4
    )


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_components_are_reachability(pairs):
    label = components(20, Edges(*np.array(pairs, np.int64).reshape(-1, 2).T))
    groups = [{n} for n in range(20)]
    for a, b in pairs:
        joint = groups[a] | groups[b]
        for n in joint:
            groups[n] = joint
    assert label.tolist() == [min(g) for g in groups]


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_distinct_and_mix(values):
    column = np.array(values, np.uint64)
    assert distinct(column).tolist() == sorted(set(values))
    assert ((mix(column, 3) == 0) == (column == 0)).all()
    assert len(set(mix(column, 3).tolist())) == len(set(values))


@given(stories(), stories())
@settings(max_examples=150, deadline=None)
def test_what_is_one_item_is_looked_up(a, b):
    if len(set(items(run(snapshots([a], [b]))))) == 1:
        assert match(fingerprint([a]), wanted(fingerprint([b]))).num_rows == 1
