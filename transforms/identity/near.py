"""Near copies within a source, and stories that run in several papers.

Only pairs whose signatures (see sketches.py) agree in all six slots of one of 21 bands are looked at: that finds
99.9 % of pairs of similarity 0.85, and 92 % of 0.7.

Likeness alone does not tell a corrected typo from today's edition of a daily column, so near copies must agree in
what editions differ in: the numbers and the days named anywhere in title and text, and the title but for a typo.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from feedmill.transforms.identity.graph import (
    I64,
    NO_EDGES,
    U64,
    Edges,
    Mask,
    components,
    distinct,
    edges_by_key,
    edges_within,
    joined,
    mix,
    shared,
)
from feedmill.transforms.identity.keys import BODILESS, PREFIX_LENGTHS, SHORT
from feedmill.transforms.identity.match_rules import HALF_DAY, Columns, fixed_bytes, longest_prefix, same_source
from feedmill.transforms.identity.sketches import MINHASH_BYTES, TITLE_BYTES

_BANDS, _ROWS = 21, 6

# Least similarity by length of the shorter text in bytes: a changed word is 14 runs of 8.
_NEAR = ((0, 0.86), (300, 0.84), (700, 0.82))
_NEAR_DAYS = 3 * 24 * 60  # minutes: how much later a corrected copy is posted at most
_LENGTH_RATIO = 0.8
_TITLE_BITS = 8  # of a sketch that differ when a letter or two of a title do
_PAIRWISE = 24  # rows of one bucket that are compared each with each; of more, each is with the first and the next
_NEIGHBOURS = 3

_STORY_COPY = 0.8
_STORY_WIRE = 0.7
_STORY_TITLED = 0.6
WIRE_BYTES = 800
STORY_DAYS = 7  # a copy in another paper is told at most so much later
WIRE_MINUTES = 24 * 60


class _SketchRows(NamedTuple):
    """The rows of a table that have a signature."""

    rows: I64
    signature: npt.NDArray[np.uint16]
    guard: U64
    title: npt.NDArray[np.uint8]


def _sketched(nodes: pa.Table, among: Mask | None = None) -> _SketchRows:
    valid: Mask = nodes["minhash"].is_valid().to_numpy()
    rows = np.flatnonzero(valid if among is None else valid & among)
    some = nodes.select(["minhash", "guard_key", "title_sketch"]).take(pa.array(rows))
    return _SketchRows(
        rows,
        fixed_bytes(some["minhash"], MINHASH_BYTES).view("<u2"),
        some["guard_key"].to_numpy(),
        fixed_bytes(some["title_sketch"], TITLE_BYTES),
    )


def _bands(signature: npt.NDArray[np.uint16]) -> Iterator[U64]:
    slots = np.ascontiguousarray(signature.T)  # else each slot of a text is in another line of the cache
    for band in range(_BANDS):
        s = slots[band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        low = s[0] | s[1] << np.uint64(16) | s[2] << np.uint64(32)
        high = s[3] | s[4] << np.uint64(16) | s[5] << np.uint64(32)
        yield mix(low + np.uint64(1), high + np.uint64(1), band + 1)


def band_keys(nodes: pa.Table, some: Mask) -> Iterator[U64]:
    """Yield for each band the key of each row of `some`; 0 of other rows and where there is no signature."""
    s = _sketched(nodes, some)
    for band in _bands(s.signature):
        keys = np.zeros(len(nodes), np.uint64)
        keys[s.rows] = band
        yield keys


def _pairs(keys: U64) -> Edges:
    """Return pairs of rows that share a key: all pairs of a few rows; of many, each row with the first and the next.

    So a key shared by n rows costs n times a constant.
    """
    rows, first = shared(keys)
    if not rows.size:
        return NO_EDGES
    sizes = np.diff(np.append(first, rows.size))
    size = np.repeat(sizes, sizes)
    place = np.arange(rows.size) - np.repeat(first, sizes)
    found = []
    for step in range(1, min(_PAIRWISE, int(sizes.max()))):
        together = np.flatnonzero((place + step < size) & ((size <= _PAIRWISE) | (step <= _NEIGHBOURS)))
        found.append(Edges(rows[together], rows[together + step]))
    far = np.flatnonzero((size > _PAIRWISE) & (place > _NEIGHBOURS))
    found.append(Edges(rows[far - place[far]], rows[far]))
    return joined(*found)


Judge = Callable[[I64, I64], tuple[Mask, npt.NDArray[np.float32]]]


def _alike(size: int, buckets: Iterator[U64], judge: Judge) -> tuple[Edges, npt.NDArray[np.float32]]:
    """Return the pairs that share a bucket and that `judge` finds alike, with their similarity.

    No pair is judged twice, nor one that is connected by now, so that a hundred thousand copies cost little more in
    21 bands than in one.
    """
    kept, scores = [NO_EDGES], [np.empty(0, np.float32)]
    label = np.arange(size)
    judged = np.empty(0, np.int64)
    for keys in buckets:
        a, b = _pairs(keys)
        pair = distinct(np.minimum(a, b) * size + np.maximum(a, b))
        slot = np.minimum(np.searchsorted(judged, pair), max(judged.size - 1, 0))
        pair = pair[judged[slot] != pair] if judged.size else pair
        a, b = pair // max(size, 1), pair % max(size, 1)
        apart = label[a] != label[b]
        a, b, pair = a[apart], b[apart], pair[apart]
        if not pair.size:
            continue
        for at in range(0, a.size, 1 << 16):
            x, y = a[at : at + (1 << 16)], b[at : at + (1 << 16)]
            yes, score = judge(x, y)
            kept.append(Edges(x[yes], y[yes]))
            scores.append(score[yes])
        judged = np.sort(np.concatenate([judged, pair]))
        label = components(size, joined(*kept))
    return joined(*kept), np.concatenate(scores)


def _similarity(s: _SketchRows, a: I64, b: I64) -> npt.NDArray[np.float32]:
    return (s.signature[a] == s.signature[b]).mean(axis=1, dtype=np.float32)


def near_edges(c: Columns, nodes: pa.Table) -> tuple[Edges, npt.NDArray[np.float32]]:
    """Return the pairs of near copies from one source, and their estimated similarity."""
    s = _sketched(nodes)
    at = s.rows
    floors = np.array([floor for _, floor in _NEAR], np.float32)
    from_bytes = np.array([length for length, _ in _NEAR])

    def judge(a: I64, b: I64) -> tuple[Mask, npt.NDArray[np.float32]]:
        x, y = at[a], at[b]
        shorter, longer = np.minimum(c.length[x], c.length[y]), np.maximum(c.length[x], c.length[y])
        fits = (c.guid[x] == 0) | (c.guid[y] == 0)
        fits &= shorter >= _LENGTH_RATIO * longer
        fits &= _near_in_time(c, x, y, _NEAR_DAYS)
        score = _similarity(s, a, b)
        # a title that was corrected has the same text below; another name in it stands in the text too
        retyped = (score == 1) & (c.title[x] != 0) & (c.title[y] != 0) & _retyped(s, a, b)
        fits &= (c.title[x] == c.title[y]) | retyped
        return fits & (score >= floors[np.searchsorted(from_bytes, shorter, "right") - 1]), score

    def buckets() -> Iterator[U64]:
        for band in _bands(s.signature):
            for source in same_source(c):
                yield mix(source[at], s.guard, band)

    (a, b), score = _alike(at.size, buckets(), judge)
    return Edges(at[a], at[b]), score


def _near_in_time(c: Columns, a: I64, b: I64, minutes: int) -> Mask:
    return ~(c.dated[a] & c.dated[b]) | (np.abs(c.minute[a] - c.minute[b]) <= minutes)


def _bits(shapes: npt.NDArray[np.uint8]) -> I64:
    return np.unpackbits(shapes, axis=1).sum(axis=1, dtype=np.int64)


def _retyped(s: _SketchRows, a: I64, b: I64) -> Mask:
    """Return titles of some length that differ by a letter or two."""
    x, y = s.title[a], s.title[b]
    differ = _bits(x ^ y)
    return (differ <= _TITLE_BITS) & (4 * differ <= _bits(x | y))


def _unlike_template(s: _SketchRows, a: I64, b: I64) -> Mask:
    """Return titles of which one contains the other, or that have little in common, or are missing.

    What templates make ("Weather for Kell", "Weather for Lund") lies between.
    """
    x, y = s.title[a], s.title[b]
    common, least = _bits(x & y), np.minimum(_bits(x), _bits(y))
    return (common >= 0.8 * least) | (common <= 0.35 * least)


def story_edges(c: Columns, nodes: pa.Table) -> Edges:
    """Return the pairs that belong to one cluster, whatever their sources.

    On strong evidence only: equal texts; the beginning of a text under the same title in half a day; and from
    different sources: near copies with the same numbers and days in a week; under the same title in half a day, texts
    of similarity 0.6; long texts in a day, of 0.7. Titles that are alike in part tell a template, and count against
    it. Reports of one event in other words are not clustered, nor are translations.
    """
    s = _sketched(nodes)
    at = s.rows

    def judge(a: I64, b: I64) -> tuple[Mask, npt.NDArray[np.float32]]:
        x, y = at[a], at[b]
        score = _similarity(s, a, b)
        dated = c.dated[x] & c.dated[y]
        apart = np.abs(c.minute[x] - c.minute[y])
        copy = (score >= _STORY_COPY) & (s.guard[a] == s.guard[b]) & _near_in_time(c, x, y, STORY_DAYS * 24 * 60)
        titled = (score >= _STORY_TITLED) & (c.title[x] == c.title[y]) & (c.title[x] != 0) & dated & (apart <= HALF_DAY)
        wire = (
            (score >= _STORY_WIRE)
            & (np.minimum(c.length[x], c.length[y]) >= WIRE_BYTES)
            & dated
            & (apart <= WIRE_MINUTES)
        )
        others = (c.source[x] != c.source[y]) & ((c.site[x] == 0) | (c.site[x] != c.site[y]))
        return others & _unlike_template(s, a, b) & (copy | titled | wire), score

    (a, b), _ = _alike(at.size, _bands(s.signature), judge)
    found = [Edges(at[a], at[b]), edges_by_key(np.where(c.has(SHORT), np.uint64(0), c.text))]
    brief = c.has(SHORT) & ~c.has(BODILESS) & c.dated
    found.append(edges_within(c.text, c.minute, HALF_DAY, brief, brief))
    top = longest_prefix(c.length)
    for nth in range(PREFIX_LENGTHS.index(108), len(PREFIX_LENGTHS)):
        keys = mix(c.title, c.ladder[:, nth].astype(np.uint64), nth)
        found.append(edges_within(keys, c.minute, HALF_DAY, (top == nth) & c.dated, (top > nth) & c.dated))
    return joined(*found)
