"""From fingerprints and sightings to what each sighting is: new, a revision or a duplicate, and of what.

    fingerprint(stories) ──nodes──▶ resolve(nodes, sightings, known) ──▶ Resolution
                                                     ▲
    the warehouse ──match(batch, wanted(nodes))──────┘

- A *node* is a distinct fingerprint: the same text seen again is the same node.
- A *class* is all nodes that are one story (match_rules.py, near.py). It is an item.
- A *version* is one content hash of a class. Each has a row in `items`, but for
  those that collapse into a fuller or an earlier one (collapse.py).
- The first sighting of a version's text holds its row. The first of an item's
  rows is `new`, its others are `revision`, and every other sighting is a
  `duplicate` whose winner holds the row that it equals.

First means: captured first; then lowest snapshot id, position, sighting id. A
capture without a time comes after all that have one.

Across runs the rows of the warehouse stay as they are. What joins them is a
revision or a duplicate. If a sighting joins two items of the warehouse, the one
first seen later is merged into the other, which `merges` says.
"""

import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.identity.collapse import collapse
from feedmill.transforms.identity.graph import I64, U64, Edges, components, edges_by_key, joined
from feedmill.transforms.identity.keys import NODE_SCHEMA
from feedmill.transforms.identity.match_rules import (
    CONTAINMENT,
    CONTENT,
    GUID,
    NEAR,
    RULES,
    URL,
    Columns,
    columns_of,
    containment_edges,
    exact_edges,
    fixed_bytes,
    item_keys,
    name_edges,
)
from feedmill.transforms.identity.near import near_edges, story_edges
from feedmill.transforms.rows.packed_table import comparable

_TIME = pa.timestamp("us", tz="UTC")

SIGHTING_SCHEMA = pa.schema(
    [
        pa.field("node", pa.int64(), nullable=False),  # row of `nodes`
        pa.field("sighting_id", pa.string(), nullable=False),
        pa.field("captured_at", _TIME),
        pa.field("snapshot_id", pa.string(), nullable=False),  # or a dictionary of strings
        pa.field("position", pa.int32(), nullable=False),
    ]
)

# What a run leaves behind for the next: each distinct fingerprint, the item it is of, and the row that it equals.
KNOWN_SCHEMA = pa.schema(
    [
        *NODE_SCHEMA,
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("story_id", pa.string(), nullable=False),
        pa.field("row_hash", pa.binary(16), nullable=False),  # content_hash of the row in `items`
        pa.field("row_sighting_id", pa.string(), nullable=False),  # of the sighting that holds that row
        pa.field("row_rule", pa.string()),  # containment or near, if the row's text is another
        pa.field("row_score", pa.float32()),
        pa.field("first_seen_at", _TIME),  # of that sighting
    ]
)

OUTCOME_SCHEMA = pa.schema(
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("story_id", pa.string(), nullable=False),
        pa.field("content_hash", pa.binary(16), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),  # new | revision | duplicate
        pa.field("rule", pa.string()),  # null where new
        pa.field("score", pa.float32()),  # where the rule is near: estimated Jaccard similarity
        pa.field("winner_sighting_id", pa.string()),  # of a duplicate: the sighting that holds its row
    ]
)

MERGE_SCHEMA = pa.schema(
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("into_item_id", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
    ]
)

STORY_MERGE_SCHEMA = pa.schema(
    [pa.field("story_id", pa.string(), nullable=False), pa.field("into_story_id", pa.string(), nullable=False)]
)


class Resolution(NamedTuple):
    """What a run's sightings are."""

    sightings: pa.Table  # OUTCOME_SCHEMA: one row a sighting, in the order given
    merges: pa.Table  # MERGE_SCHEMA: items of the warehouse that proved to be one
    story_merges: pa.Table  # STORY_MERGE_SCHEMA: the same of clusters
    memory: pa.Table  # KNOWN_SCHEMA: this run's new nodes, for the next run to know


def resolve(
    nodes: pa.Table,
    sightings: pa.Table,
    known: pa.Table | None = None,
    merges: pa.Table | None = None,
    story_merges: pa.Table | None = None,
) -> Resolution:
    """Decide what each sighting is. The order of rows in any of the tables changes nothing.

    Args:
        nodes: fingerprints as NODE_SCHEMA, in which one may occur more than once.
        sightings: as SIGHTING_SCHEMA.
        known: what the warehouse knows of stories like these, as KNOWN_SCHEMA; see `wanted` and `match`.
        merges, story_merges: the warehouse's merges so far, as MERGE_SCHEMA and STORY_MERGE_SCHEMA.
    """
    known = KNOWN_SCHEMA.empty_table() if known is None else known.select(KNOWN_SCHEMA.names)
    ends = (merged_into(merges), merged_into(story_merges))
    return _Resolver(nodes.select(NODE_SCHEMA.names), sightings, known, *ends).resolution()


def merged_into(merges: pa.Table | None) -> dict[str, str]:
    """Return for each merged item, or cluster, the one that it ended in, through all merges between.

    >>> chain = pa.table({"item_id": ["c", "b"], "into_item_id": ["b", "a"], "rule": ["url", "guid"]})
    >>> merged_into(chain)
    {'c': 'a', 'b': 'a'}
    """
    if merges is None:
        return {}
    into = dict(zip(merges[0].to_pylist(), merges[1].to_pylist(), strict=True))
    ends = {}
    for item in into:
        end, passed = into[item], {item}
        while end in into and end not in passed:  # a circle is found by `verify`, not here
            passed.add(end)
            end = into[end]
        ends[item] = end
    return ends


def _ids(column: pa.ChunkedArray) -> tuple[U64, U64]:
    """Return a column of 16-byte ids as two columns of numbers, in the order of the bytes."""
    halves = fixed_bytes(column, 16).view(">u8").astype(np.uint64)
    return halves[:, 0], halves[:, 1]


def _codes(*columns: npt.NDArray) -> tuple[I64, I64]:
    """Give a number to each of the distinct rows of `columns` in their order. Return each row's number, and one row
    of each number."""
    order = np.lexsort(columns[::-1])
    fresh = np.zeros(order.size, np.bool_)
    fresh[:1] = True
    for column in columns:
        fresh[1:] |= column[order][1:] != column[order][:-1]
    codes = np.empty(order.size, np.int64)
    codes[order] = np.cumsum(fresh) - 1
    return codes, order[fresh]


def _best(groups: I64, rank: I64, count: int) -> I64:
    """Return for each of `count` groups the row of lowest rank in it; -1 if it has none. Ranks are distinct."""
    best = np.full(count, -1, np.int64)
    order = np.argsort(rank, kind="stable")[::-1]
    best[groups[order]] = order  # the last one written is the lowest
    return best


def _strings(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _ranks(column: pa.ChunkedArray) -> I64:
    """Return the order of a column's values; equal ones have one rank."""
    return pc.rank(_strings(comparable(column)), tiebreaker="dense").to_numpy().astype(np.int64)


class _Resolver:
    """One resolution. Row numbers: `node` of distinct nodes, `seen` of sightings, `old` of known rows."""

    def __init__(
        self, nodes: pa.Table, sightings: pa.Table, known: pa.Table, ends: dict[str, str], story_ends: dict[str, str]
    ) -> None:
        self.known = known
        self.sightings = sightings
        everything = pa.concat_tables([known.select(NODE_SCHEMA.names), nodes])
        # Nodes are numbered by their ids, so that their numbers do not depend on the order they came in.
        code, one = _codes(*_ids(everything["node_id"]))
        self.nodes = everything.take(pa.array(one))
        self.count = one.size
        self.node_of_old = code[: len(known)]
        self.node_of_seen = code[len(known) :][sightings["node"].to_numpy()]
        self.c = columns_of(self.nodes)
        self.content = fixed_bytes(self.nodes["content_hash"], 16)

        self.order = self._order()  # of each sighting among all: its rank
        self.first = _best(self.node_of_seen, self.order, self.count)  # the first sighting of each node, or -1
        far = np.int64(self.order.size)
        self.first_rank = np.where(self.first >= 0, self.order[self.first] if far else 0, far)

        items = [ends.get(item, item) for item in known["item_id"].to_pylist()]
        self.old_items = pa.array(items, pa.string())
        stories = known["story_id"].to_pylist()
        self.old_stories = pa.array([story_ends.get(story, story) for story in stories], pa.string())

    def _order(self) -> I64:
        table = self.sightings
        captured = table["captured_at"].cast(pa.int64()).fill_null(np.iinfo(np.int64).max).to_numpy()
        by = (captured, _ranks(table["snapshot_id"]), table["position"].to_numpy())
        rank, distinct = _codes(*by)
        if distinct.size < rank.size:  # few have to be told apart by their ids
            rank, _ = _codes(*by, _ranks(table["sighting_id"]))
        return rank

    def resolution(self) -> Resolution:
        c, count = self.c, self.count
        exact = [*exact_edges(c), *name_edges(c, self.nodes["guard_key"].to_numpy())]
        near, score = near_edges(c, self.nodes)
        ruled = [*exact, (CONTAINMENT, containment_edges(c)), (NEAR, near)]
        remembered = self._remembered(self.old_items)
        classes = components(count, joined(*(edges for _, edges in ruled), remembered))
        ties = self._ties(ruled)

        version, one = _codes(classes, *_ids(self.nodes["content_hash"]))
        root, how, how_score = self._collapse(version, one, classes, near, score)
        holder_seen, holder_old = self._holders(version, one.size)
        class_of = classes[one]

        # Items: what the warehouse calls them, else what the row first seen is called.
        class_old = np.full(count, -1, np.int64)  # per class (its lowest node): the known row whose item it is
        old_class = classes[self.node_of_old]
        old_rank = self._old_rank()
        named = _best(old_class, old_rank, count)
        class_old = np.where(named >= 0, named, class_old)
        is_row = (root == np.arange(one.size)) & (holder_old < 0)
        rows = np.flatnonzero(is_row)
        row_rank = self.order[holder_seen[rows]]
        first_row = _best(class_of[rows], row_rank, count)
        first_row = np.where(first_row >= 0, rows[first_row] if rows.size else -1, -1)

        item_of_class = self._item_names(class_old, first_row, holder_seen)
        merges = self._merges(old_class, class_old, classes, ruled)
        story_of_class, story_merges = self._stories(classes, class_old, first_row, holder_seen, item_of_class)
        return self._tell(
            classes=classes,
            version=version,
            root=root,
            how=how,
            how_score=how_score,
            holder_seen=holder_seen,
            holder_old=holder_old,
            first_row=first_row,
            class_old=class_old,
            ties=ties,
            item_of_class=item_of_class,
            story_of_class=story_of_class,
            merges=merges,
            story_merges=story_merges,
        )

    def _remembered(self, names: pa.Array) -> Edges:
        """Join the nodes that the warehouse has under one name."""
        if not len(names):
            return joined()
        codes = names.dictionary_encode().indices.to_numpy().astype(np.uint64) + np.uint64(1)
        a, b = edges_by_key(codes)
        return Edges(self.node_of_old[a], self.node_of_old[b])

    def _old_rank(self) -> I64:
        """Return the order of the warehouse's rows: first seen first, then by item, then by node."""
        seen = self.known["first_seen_at"].cast(pa.int64()).fill_null(np.iinfo(np.int64).max).to_numpy()
        rank = np.empty(len(self.known), np.int64)
        names = pc.rank(self.old_items, tiebreaker="dense").to_numpy() if len(self.known) else seen
        rank[np.lexsort((self.node_of_old, names, seen))] = np.arange(len(self.known))
        return rank

    def _ties(self, ruled: list[tuple[int, Edges]]) -> npt.NDArray[np.int8]:
        """Return the strongest rule that joins each node to another."""
        ties = np.full(self.count, len(RULES), np.int8)
        for rule, (a, b) in reversed(ruled):
            apart = a != b
            for side in (a[apart], b[apart]):
                ties[side] = np.minimum(ties[side], rule)
        return ties

    def _collapse(
        self, version: I64, one: I64, classes: I64, near: Edges, score: npt.NDArray[np.float32]
    ) -> tuple[I64, npt.NDArray[np.int8], npt.NDArray[np.float32]]:
        """Return for each version the one whose row it takes, by which rule, and how alike they are."""
        fixed = np.zeros(one.size, np.bool_)
        fixed[version[self.node_of_old]] = True
        rank = np.full(one.size, self.order.size, np.int64)
        np.minimum.at(rank, version, self.first_rank)
        return collapse(self.c, version, one, classes, rank, fixed, near, score)

    def _holders(self, version: I64, count: int) -> tuple[I64, I64]:
        """Return for each version the first sighting of its text, and the known row that has it, or -1."""
        holder_seen = _best(version[self.node_of_seen], self.order, count)
        own = fixed_bytes(self.known["content_hash"], 16)
        whole = np.all(own == fixed_bytes(self.known["row_hash"], 16), axis=1)
        # a row itself goes before one that collapsed into another
        rank = np.empty(len(self.known), np.int64)
        rank[np.lexsort((self._old_rank(), ~whole))] = np.arange(len(self.known))
        return holder_seen, _best(version[self.node_of_old], rank, count)

    def _item_names(self, class_old: I64, first_row: I64, holder_seen: I64) -> pa.Array:
        """Return the item id of each class, at the number of its lowest node; null at other numbers."""
        names: list[str | None] = [None] * self.count
        for at in np.flatnonzero(class_old >= 0).tolist():
            names[at] = self.old_items[int(class_old[at])].as_py()
        fresh = np.flatnonzero((class_old < 0) & (first_row >= 0))
        node = self.node_of_seen[holder_seen[first_row[fresh]]]
        for at, name in zip(fresh.tolist(), item_ids(self.c, node), strict=True):
            names[at] = name
        return pa.array(names, pa.string())

    def _merges(self, old_class: I64, class_old: I64, classes: I64, ruled: list[tuple[int, Edges]]) -> pa.Table:
        """Return the known items that one class has beside the one it is named for."""
        into = class_old[old_class]
        if not into.size:
            return MERGE_SCHEMA.empty_table()
        touched = np.zeros(self.count, np.bool_)
        touched[classes[self.node_of_seen]] = True
        differ = pc.not_equal(self.old_items, self.old_items.take(pa.array(into))).to_numpy(zero_copy_only=False)
        strongest = np.full(self.count, len(RULES), np.int64)
        for rule, (a, _) in ruled:
            np.minimum.at(strongest, classes[a], rule)
        found = {
            (self.old_items[int(i)].as_py(), self.old_items[int(into[i])].as_py()): RULES[strongest[old_class[i]]]
            for i in np.flatnonzero(differ & touched[old_class])
        }
        return pa.Table.from_pylist(
            [{"item_id": a, "into_item_id": b, "rule": rule} for (a, b), rule in sorted(found.items())], MERGE_SCHEMA
        )

    def _stories(
        self, classes: I64, class_old: I64, first_row: I64, holder_seen: I64, item_of_class: pa.Array
    ) -> tuple[pa.Array, pa.Table]:
        """Return the story id of each class, and the known clusters that are one."""
        edges = story_edges(self.c, self.nodes)
        same_item = Edges(np.arange(self.count), classes)
        stories = components(self.count, joined(edges, same_item, self._remembered(self.old_stories)))
        old_story = stories[self.node_of_old]
        story_old = _best(old_story, self._old_rank(), self.count)
        # a new story is named for its item first seen
        at = np.flatnonzero((first_row >= 0) & (class_old < 0))
        first_class = _best(stories[at], self.order[holder_seen[first_row[at]]], self.count)
        lead = np.where(first_class >= 0, at[first_class] if at.size else -1, -1)
        names = pa.concat_arrays([item_of_class, self.old_stories])
        pick = np.where(story_old >= 0, self.count + story_old, lead)[stories]
        story_of_class = names.take(pa.array(pick, mask=pick < 0))
        story_merges = STORY_MERGE_SCHEMA.empty_table()
        if old_story.size:
            into = self.old_stories.take(pa.array(story_old[old_story]))
            differ = pc.not_equal(self.old_stories, into)
            pairs = pa.table([self.old_stories.filter(differ), into.filter(differ)], schema=STORY_MERGE_SCHEMA)
            story_merges = (
                pairs.group_by(pairs.column_names)
                .aggregate([])
                .sort_by([(name, "ascending") for name in pairs.column_names])
            )
        return story_of_class, story_merges

    def _tell(
        self,
        *,
        classes: I64,
        version: I64,
        root: I64,
        how: npt.NDArray[np.int8],
        how_score: npt.NDArray[np.float32],
        holder_seen: I64,
        holder_old: I64,
        first_row: I64,
        class_old: I64,
        ties: npt.NDArray[np.int8],
        item_of_class: pa.Array,
        story_of_class: pa.Array,
        merges: pa.Table,
        story_merges: pa.Table,
    ) -> Resolution:
        seen = np.arange(len(self.sightings))
        node = self.node_of_seen
        own = version[node]
        row = root[own]
        was = holder_old[row]
        holds = (was < 0) & (own == row) & (holder_seen[own] == seen)
        is_new = holds & (class_old[classes[node]] < 0) & (first_row[classes[node]] == row)
        revision = holds & ~is_new

        # What ties a revision to its item: the strongest rule at any node that has its text.
        version_tie = np.full(root.size, len(RULES), np.int8)
        np.minimum.at(version_tie, version, ties)
        winner_node = np.where(was >= 0, -1, node[holder_seen[row]] if seen.size else -1)
        if len(self.known):
            winner_node = np.where(was >= 0, self.node_of_old[was], winner_node)
        rule = np.where(own != row, how[own], _shared(self.c, node, winner_node))
        score = np.where(own != row, how_score[own], np.float32("nan"))
        if len(self.known):  # a text that an earlier run took for another's teaser or copy still is
            before, before_score = self._row_rules()
            late = (was >= 0) & (before[was] >= 0)
            rule = np.where(late & (own == row), before[was], rule)
            score = np.where(late & (own == row), before_score[was], score)
        rule = np.where(revision, version_tie[own], rule).astype(np.int8)
        score = np.where(rule == NEAR, score, np.float32("nan")).astype(np.float32)

        held = pa.concat_arrays([_strings(self.sightings["sighting_id"]), _strings(self.known["row_sighting_id"])])
        winner = np.where(was >= 0, len(self.sightings) + was, holder_seen[row])
        outcome = np.where(is_new, 0, np.where(revision, 1, 2))
        cls = pa.array(classes[node])
        told = pa.Table.from_arrays(
            [
                item_of_class.take(cls),
                story_of_class.take(cls),
                _strings(self.nodes["content_hash"].take(pa.array(node))),
                pa.array(["new", "revision", "duplicate"], pa.string()).take(pa.array(outcome)),
                pa.array(RULES, pa.string()).take(pa.array(rule, mask=is_new)),
                pa.array(score, pa.float32(), mask=np.isnan(score)),
                held.take(pa.array(winner, mask=holds)),
            ],
            schema=OUTCOME_SCHEMA,
        )

        return Resolution(told, merges, story_merges, self._memory(told, node, winner))

    def _row_rules(self) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
        """By which rule each known node took the row of another text, -1 if it has its own, and how alike they are."""
        rules = pc.index_in(self.known["row_rule"], value_set=pa.array(RULES)).fill_null(-1)
        return rules.to_numpy().astype(np.int8), self.known["row_score"].to_numpy().astype(np.float32)

    def _memory(self, told: pa.Table, node: I64, winner: I64) -> pa.Table:
        """Return the nodes that were not known before, each with the row that it equals."""
        fresh = np.ones(self.count, np.bool_)
        fresh[self.node_of_old] = False
        at = self.first[fresh & (self.first >= 0)]  # a sighting of each
        hashes = pa.concat_arrays([_strings(told["content_hash"]), _strings(self.known["row_hash"])])
        times = pa.concat_arrays(
            [_strings(self.sightings["captured_at"].cast(_TIME)), _strings(self.known["first_seen_at"].cast(_TIME))]
        )
        ids = pa.concat_arrays([_strings(self.sightings["sighting_id"]), _strings(self.known["row_sighting_id"])])
        holder = pa.array(winner[at])
        mine = told.take(pa.array(at))
        own_hash = _strings(mine["content_hash"])
        other = pc.not_equal(own_hash, hashes.take(holder))
        none = pa.scalar(None, pa.string())
        return pa.Table.from_arrays(
            [
                *self.nodes.take(pa.array(node[at])).columns,
                mine["item_id"],
                mine["story_id"],
                hashes.take(holder),
                ids.take(holder),
                pc.if_else(other, _strings(mine["rule"]), none),
                pc.if_else(other, _strings(mine["score"]), pa.scalar(None, pa.float32())),
                times.take(holder),
            ],
            schema=KNOWN_SCHEMA,
        )


def _shared(c: Columns, a: I64, b: I64) -> npt.NDArray[np.int8]:
    """Return the strongest rule by which rows of one text are the same."""
    guid = (c.guid[a] != 0) & (c.guid[a] == c.guid[b])
    url = (c.url[a] != 0) & (c.url[a] == c.url[b])
    return np.where(guid, GUID, np.where(url, URL, CONTENT)).astype(np.int8)


def item_ids(c: Columns, rows: I64) -> list[str]:
    """Names items for their kept rows: by guid, else URL, else content.

    A name is made of keys that join whatever shares them (see match_rules.py), so two items never have one name.
    """
    kind, key = item_keys(c, rows)
    return [
        hashlib.blake2b(b"item-1\x1f%d\x1f%d" % (k, v), digest_size=16).hexdigest()
        for k, v in zip(kind.tolist(), key.tolist(), strict=True)
    ]
