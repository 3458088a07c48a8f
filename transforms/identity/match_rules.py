"""The identity ladder: which two stories are one, and by which rule.

guid     The same trusted guid. One that is unique by its form (a URL, tag:, a UUID) says so by itself. Any other
         ("1047", "post-3") counts only within its site, and only if the two also share title, address, time of
         publication, text or the text's beginning: feeds that number their entries by position give each day's
         stories the guids of yesterday's.
url      The same canonical URL, and the same title, time or beginning of the text: addresses of sections, live
         pages and home pages stay while the stories change. Where neither story is dated, an address that looks
         like one article's is enough.
content  The same title and text from the same source. A short text (a daily column's headline) must be of the same
         half day too. A story whose source is unknown joins one whose source is known if the minute is the same.
containment  The same source and title, near in time, and the text of one is the beginning of the other's; or one has no
         text, as in a reader's list, and the minute is the same.
near     See near.py.

Two stories of *different* trusted guids are two, whatever else they share, unless title, text and time are all
equal: the publisher said so, and a template's stories differ by little else.

Each rule looks at two stories alone. None asks how many others share a key, or which came first. So what is joined
once stays joined when more arrives, and any order or cut of the input gives the same classes.

"Same source" is the same name, or the same host, or that neither story names its source.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from feedmill.transforms.identity.graph import (
    I64,
    U64,
    Edges,
    Mask,
    edges_by_key,
    edges_to_centers,
    edges_within,
    joined,
    mix,
)
from feedmill.transforms.identity.keys import BODILESS, GUID_GLOBAL, PREFIX_LENGTHS, SHORT, TOMBSTONE, URL_DEEP

RULES = ("guid", "url", "content", "containment", "near")  # the stronger first
GUID, URL, CONTENT, CONTAINMENT, NEAR = range(5)

HALF_DAY = 14 * 60  # minutes: less than the gap of a daily column, as much as a wrongly assumed time zone is off
_FULL_TEXT_BYTES = 60  # the least text that tells two stories of different guids to be one
# The shortest prefix, by its number in PREFIX_LENGTHS, that a teaser fills.
_TEASER_PREFIX = PREFIX_LENGTHS.index(108)  # one of the same minute fills a lower one
_UNTITLED_PREFIX = PREFIX_LENGTHS.index(185)  # where it has no title
_UNDATED_PREFIX = PREFIX_LENGTHS.index(324)  # where one of the two texts has no date
_UNDATED = np.uint64(1)
_NULL_SOURCE = np.uint64(1)
_PREFIX_TAG, _UNTITLED_TAG, _HEADLINE_TAG = 101, 102, 103


class Columns(NamedTuple):
    """The fingerprints of distinct stories, as arrays with a row each; see keys.NODE_SCHEMA."""

    text: U64
    title: U64
    guid: U64
    url: U64
    source: U64
    site: U64
    minute: I64  # 0 where undated: look at `dated`
    dated: Mask
    length: I64
    traits: npt.NDArray[np.uint8]
    ladder: npt.NDArray[np.uint32]  # a row a story, a column a prefix

    def has(self, trait: int) -> Mask:
        return (self.traits & trait) != 0


def columns_of(nodes: pa.Table) -> Columns:
    """Return the arrays of a table of fingerprints."""

    def numbers(name: str) -> U64:
        return nodes[name].to_numpy()

    minutes = nodes["published_minute"].combine_chunks()
    return Columns(
        text=numbers("text_key"),
        title=numbers("title_key"),
        guid=numbers("guid_key"),
        url=numbers("url_key"),
        source=numbers("source_key"),
        site=numbers("site_key"),
        minute=minutes.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64),
        dated=minutes.is_valid().to_numpy(zero_copy_only=False),
        length=numbers("text_bytes").astype(np.int64),
        traits=nodes["traits"].to_numpy(),
        ladder=fixed_bytes(nodes["ladder"], 4 * len(PREFIX_LENGTHS)).view("<u4"),
    )


def fixed_bytes(column: pa.ChunkedArray, width: int) -> npt.NDArray[np.uint8]:
    """Return a column of fixed binaries as a matrix of bytes, a row each; null is all zero."""
    array = column.combine_chunks()
    if array.null_count:
        array = array.fill_null(bytes(width))
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    raw = np.frombuffer(array.buffers()[1] or b"", np.uint8)
    return raw[array.offset * width : (array.offset + len(array)) * width].reshape(len(array), width)


def time_key(c: Columns) -> U64:
    """Return the minute of publication as a key; 0 where undated."""
    return np.where(c.dated, (c.minute + 2**40).astype(np.uint64), np.uint64(0))


def same_source(c: Columns) -> tuple[U64, U64]:
    """Two keys; stories that agree in either, unless it is 0, are of the same source."""
    nameless = (c.source == 0) & (c.site == 0)
    return np.where(nameless, _NULL_SOURCE, c.source), c.site


def exact_edges(c: Columns) -> list[tuple[int, Edges]]:
    """Return the edges of the rules guid, url and content, each with its rule."""
    free = c.guid == 0
    everyone = np.ones(free.size, np.bool_)
    time = time_key(c)
    time_or_none = np.where(c.dated, time, _UNDATED)
    beginning = c.ladder[:, 0].astype(np.uint64)

    unique = np.where(c.has(GUID_GLOBAL), c.guid, np.uint64(0))
    local = np.where(c.has(GUID_GLOBAL), np.uint64(0), c.guid)
    found = [(GUID, edges_by_key(unique))]
    found += [
        (GUID, edges_by_key(mix(local, other, n)))
        for n, other in enumerate((c.title, c.url, time, beginning, c.text), 1)
    ]

    deep = np.where(c.has(URL_DEEP), c.url, np.uint64(0))
    shallow = np.where(c.has(URL_DEEP), np.uint64(0), c.url)
    undated_deep = np.where(c.dated, np.uint64(0), deep)
    found += [
        (URL, edges_to_centers(mix(deep, c.title, 1), free, everyone)),
        (URL, edges_to_centers(mix(deep, time, 2), free, everyone)),
        (URL, edges_to_centers(mix(deep, beginning, 3), free, free)),
        (URL, edges_to_centers(undated_deep, free, free)),
        (URL, edges_to_centers(mix(shallow, c.title, time_or_none, 4), free, everyone)),
        (URL, edges_to_centers(mix(shallow, beginning, time_or_none, 5), free, free)),
    ]

    short = c.has(SHORT)
    telling = c.length >= _FULL_TEXT_BYTES
    for source in same_source(c):
        found += [
            (CONTENT, edges_by_key(np.where(telling, mix(source, c.text, time), np.uint64(0)))),
            (CONTENT, edges_to_centers(mix(source, c.text, time_or_none), free, everyone)),
            (CONTENT, edges_to_centers(np.where(short, np.uint64(0), mix(source, c.text)), free, everyone)),
            (CONTENT, edges_within(mix(source, c.text), c.minute, HALF_DAY, free & short & c.dated, short & c.dated)),
        ]
    sourceless = (c.source == 0) & (c.site == 0)
    found.append((CONTENT, edges_to_centers(mix(c.text, time), sourceless & (c.title != 0), everyone)))
    return found


def longest_prefix(length: I64) -> I64:
    """Return the number of the longest prefix that a text of `length` bytes fills; -1 if none."""
    return np.searchsorted(np.array(PREFIX_LENGTHS), length, "right") - 1


def containment_edges(c: Columns) -> Edges:
    """Return the edges between stories of one source and title of which one begins the other."""
    free = c.guid == 0
    top = longest_prefix(c.length)
    found: list[Edges] = []
    for source in same_source(c):
        titled = mix(source, c.title)
        for nth in range(len(PREFIX_LENGTHS)):
            prefix = c.ladder[:, nth].astype(np.uint64)
            short = (top == nth) & (titled != 0)
            long = top > nth
            if short.any():
                keys = mix(titled, prefix, nth + 1, _PREFIX_TAG)
                found += _bipartite(c, keys, short & free, long, nth)
                found += _bipartite(c, keys, short & ~free, long & free, nth)
            untitled = (top == nth) & (c.title == 0) & free
            if nth >= _UNTITLED_PREFIX and untitled.any():
                keys = mix(source, prefix, nth + 1, _UNTITLED_TAG)
                found += _bipartite(c, keys, untitled, long, nth)
        # a row of a reader's list: the title alone, of the same minute
        headline = c.has(BODILESS) & c.dated
        keys = mix(titled, time_key(c), _HEADLINE_TAG)
        found += [
            edges_to_centers(keys, headline & free, ~headline),
            edges_to_centers(keys, headline & ~free, ~headline & free),
        ]
    return joined(*found)


def _bipartite(c: Columns, keys: U64, short: Mask, long: Mask, nth: int) -> list[Edges]:
    """Join short texts with long ones under each key, if they are near in time or long enough to do without."""
    if nth < _TEASER_PREFIX:
        return [edges_to_centers(mix(keys, time_key(c)), short, long)]
    edges = [
        edges_within(keys, c.minute, HALF_DAY, short & c.dated, long & c.dated),
        edges_to_centers(keys, short & ~c.dated, long & ~c.dated),
    ]
    if nth >= _UNDATED_PREFIX:
        edges += [
            edges_to_centers(keys, short & ~c.dated, long & c.dated),
            edges_to_centers(keys, short & c.dated, long & ~c.dated),
        ]
    return edges


def plate_keys(c: Columns, guard: U64) -> U64:
    """Return for each row that is a tombstone what names its item, as `name_keys` does; 0 for all others.

    A tombstone has the kind where others have their form, and the key as its guard; it has no other keys.
    """
    return np.where(c.has(TOMBSTONE), mix((c.traits & 3).astype(np.uint64), guard), np.uint64(0))


def name_keys(c: Columns) -> U64:
    """Return for each row a key of what would name its item."""
    kind, key = item_keys(c, np.arange(c.text.size))
    return mix(kind.astype(np.uint64), key)


def name_edges(c: Columns, guard: U64) -> list[tuple[int, Edges]]:
    """Return edges from tombstones to what says the same, each with its rule."""
    tombstones = c.has(TOMBSTONE)
    if not tombstones.any():
        return []
    keys = np.where(tombstones, plate_keys(c, guard), name_keys(c))
    kinds = c.traits & 3
    return [
        (rule, edges_to_centers(keys, tombstones & (kinds == kind), ~tombstones))
        for kind, rule in enumerate((GUID, URL, CONTENT), 1)
    ]


def item_keys(c: Columns, rows: I64) -> tuple[I64, U64]:
    """Return for each of `rows` a kind of key and a key such that rows with the same are surely joined.

    That is the strongest rule's: the guid (with what must agree beside it if it is not unique by its form), else
    the URL with the title, else source and content, with the time if the text is short.
    """
    free = c.guid == 0
    time_or_none = np.where(c.dated, time_key(c), _UNDATED)
    source = np.where(same_source(c)[0] != 0, same_source(c)[0], c.site)
    by_guid = np.where(
        c.has(GUID_GLOBAL), c.guid, np.where(c.title != 0, mix(c.guid, c.title, 1), mix(c.guid, c.text, 5))
    )
    deep = c.has(URL_DEEP)
    by_url = np.where(deep, mix(c.url, c.title, 1), mix(c.url, c.title, time_or_none, 4))
    by_content = np.where(c.has(SHORT), mix(source, c.text, time_or_none), mix(source, c.text))
    kind = np.where(~free, 1, np.where(by_url != 0, 2, 3))
    key = np.where(~free, by_guid, np.where(by_url != 0, by_url, by_content))
    return kind[rows], key[rows]
