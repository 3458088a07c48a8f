"""What redone sightings become, and what becomes of those that leaned on them."""

import random
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.identity import (
    KNOWN_SCHEMA,
    MERGE_SCHEMA,
    PAST_SCHEMA,
    SIGHTING_SCHEMA,
    STORY_MERGE_SCHEMA,
    History,
    fingerprint,
    involved,
    left_over,
    match,
    resolve,
    settle,
    stories_gone,
    verify_classes,
    wanted,
)
from feedmill.transforms.rows.story import Story
from feedmill.transforms.text.ids import stable_id
from feedmill.transforms.warehouse.reprocess import edited
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.identity.helpers import DAY, HOUR, T0, Seen, ids, story
from tests.identity.test_laws import piles

ITEMS = pa.schema(
    [
        *(PAST_SCHEMA.field(n) for n in ("item_id", "sighting_id", "content_hash", "snapshot_id", "snapshot_uri")),
        PAST_SCHEMA.field("position"),
        *(KNOWN_SCHEMA.field(n) for n in ("story_id", "minhash", "first_seen_at")),
        pa.field("said_by", pa.string()),  # whose words these are
    ]
)
FRESH = ("sighting_id", "captured_at", "snapshot_id", "position", "snapshot_uri")


class Warehouse:
    """The tables that runs leave behind, in memory."""

    def __init__(self) -> None:
        self.sightings = PAST_SCHEMA.empty_table()
        self.items = ITEMS.empty_table()
        self.known = KNOWN_SCHEMA.empty_table()
        self.merges = MERGE_SCHEMA.empty_table()
        self.story_merges = STORY_MERGE_SCHEMA.empty_table()

    def run(self, seen: list[Seen], *pages: str) -> None:
        """Takes in snapshots, `pages` those that hold nothing; those that are there are redone."""
        pages = {*pages, *(snap for _, snap, *_ in seen)}
        nodes = fingerprint([s for *_, s in seen])
        columns = [
            list(range(len(seen))),
            ids(seen),
            [at for at, *_ in seen],
            [snap for _, snap, *_ in seen],
            [position for _, _, position, _ in seen],
            [snap for _, snap, *_ in seen],
        ]
        schema = SIGHTING_SCHEMA.append(PAST_SCHEMA.field("snapshot_uri"))
        fresh = pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
        known = match(self.known, wanted(nodes))
        mine = pc.is_in(self.sightings["snapshot_id"], value_set=pa.array(sorted(pages), pa.string()))
        told = resolve(nodes, fresh, known, self.merges, self.story_merges) if not pc.any(mine).as_py() else None
        if told is None:
            told = self._redo(nodes, fresh, known, mine)
        rows = told.sightings.append_column("node_id", nodes["node_id"].take(fresh["node"]))
        minhash = nodes["minhash"].take(fresh["node"])
        for name in FRESH:
            rows = rows.append_column(name, fresh[name])
        rows = rows.append_column("redone", pa.array([False] * len(rows)))
        items = rows.append_column("minhash", minhash).append_column("first_seen_at", rows["captured_at"])
        items = items.append_column("said_by", rows["sighting_id"]).filter(pc.not_equal(rows["outcome"], "duplicate"))
        self.sightings = pa.concat_tables([self.sightings, rows.select(PAST_SCHEMA.names).cast(PAST_SCHEMA)])
        self.items = pa.concat_tables([self.items, items.select(ITEMS.names).cast(ITEMS)])
        self.known = pa.concat_tables([self.known, told.memory])
        self.merges = pa.concat_tables([self.merges, told.merges])
        self.story_merges = pa.concat_tables([self.story_merges, told.story_merges])

    def _redo(self, nodes, fresh, known, mine):
        of = pa.array(
            sorted(
                involved(known["item_id"].to_pylist() + self.sightings.filter(mine)["item_id"].to_pylist(), self.merges)
            )
        )
        sightings = self.sightings.drop_columns("redone").append_column("redone", mine)
        past = History(
            sightings.filter(pc.is_in(sightings["item_id"], value_set=of)),
            self.known.filter(pc.is_in(self.known["item_id"], value_set=of)),
            self.merges,
            self.story_merges,
        )
        left = left_over(past)
        told = resolve(nodes, fresh, pa.concat_tables([left.known, left.tombstones]), self.merges, self.story_merges)
        done = settle(past, left, nodes, fresh, told)
        self.sightings = edited("sightings", self.sightings, done.edits["sightings"])
        self.items = edited("items", self.items, done.edits["items"])
        self.known = edited("fingerprints", self.known, done.edits["fingerprints"])
        left = self.known["story_id"].to_pylist() + done.resolution.memory["story_id"].to_pylist()
        apart = pa.array(stories_gone(self.story_merges, left), pa.string())
        self.story_merges = self.story_merges.filter(
            pc.invert(pc.is_in(self.story_merges["story_id"], value_set=apart))
        )
        gone = pa.array(done.edits["merges"].gone, pa.string())
        self.merges = self.merges.filter(pc.invert(pc.is_in(self.merges["item_id"], value_set=gone)))
        return done.resolution

    def redo(self, seen: Iterable[Seen], *pages: str) -> None:
        self.run([s for s in seen if s[1] in pages])

    def rows(self) -> dict[str, list[str]]:
        """All that it says."""
        tables = {name: getattr(self, name) for name in ("sightings", "items", "known", "merges", "story_merges")}
        return {name: sorted(map(repr, table.to_pylist())) for name, table in tables.items()}

    def problems(self) -> list[str]:
        found = verify_classes(self.items, self.sightings, self.merges)
        seen = {row["sighting_id"]: row for row in self.sightings.to_pylist()}
        rows = {row["sighting_id"]: row for row in self.items.to_pylist()}
        for name, row in rows.items():
            for column in ("item_id", "content_hash", "snapshot_id", "position"):
                if seen[name][column] != row[column]:
                    found.append(f"{name}: {column}: the row says {row[column]}, the sighting {seen[name][column]}")
        if len(self.known) != len(set(self.known["node_id"].to_pylist())):
            found.append("a fingerprint occurs twice")
        nodes = {row["node_id"]: row for row in self.known.to_pylist()}
        for name, row in seen.items():
            if row["node_id"] not in nodes:
                found.append(f"{name}: its fingerprint is not known")
        for row in nodes.values():
            holder = rows.get(row["row_sighting_id"])
            if holder is None:
                found.append(f"{row['item_id']}: a fingerprint points at {row['row_sighting_id']}, which has no row")
            elif (holder["content_hash"], holder["first_seen_at"]) != (row["row_hash"], row["first_seen_at"]):
                found.append(f"{row['item_id']}: a fingerprint points at another row than it says")
        items = {row["item_id"] for row in rows.values()}
        found += [
            f"{row['into_item_id']} has no row" for row in self.merges.to_pylist() if row["into_item_id"] not in items
        ]
        return found

    def classes(self) -> set[frozenset[str]]:
        from feedmill.transforms.identity.resolve import merged_into

        ends = merged_into(self.merges)
        groups: dict[str, set[str]] = {}
        for row in self.sightings.to_pylist():
            groups.setdefault(ends.get(row["item_id"], row["item_id"]), set()).add(row["sighting_id"])
        return {frozenset(group) for group in groups.values()}


def cut(seen: list[Seen], choose: random.Random, pages: Iterable[str] = ()) -> list[tuple]:
    """Runs of whole snapshots, in any order: what to give to `run`."""
    parts: dict[int, list] = {}
    of = {snap: choose.randrange(3) for snap in sorted({*pages, *(snap for _, snap, *_ in seen)})}
    for snap in sorted(pages):
        parts.setdefault(of[snap], [[]]).append(snap)
    for sighting in seen:
        parts.setdefault(of[sighting[1]], [[]])[0].append(sighting)
    return [tuple(parts[n]) for n in sorted(parts)]


def filled(seen: list[Seen], choose: random.Random) -> Warehouse:
    """A warehouse of some runs."""
    warehouse = Warehouse()
    for part in cut(seen, choose):
        warehouse.run(*part)
    return warehouse


def chosen(seen: list[Seen], choose: random.Random) -> list[Seen]:
    """Some snapshots."""
    pages = sorted({snap for _, snap, *_ in seen})
    some = choose.sample(pages, choose.randint(1, len(pages)))
    return [sighting for sighting in seen if sighting[1] in some]


def changed(seen: list[Seen], others: list[Seen], choose: random.Random) -> list[Seen]:
    """The same snapshots, read otherwise: stories say something else, or are gone, or there are more."""
    when = {snap: at for at, snap, *_ in reversed(seen)}
    pages: dict[str, list] = {snap: [] for snap in when}
    for _, snap, _, told in seen:
        how = choose.choice(["same", "same", "other", "dates", "gone", "more"])
        if how == "dates" and told.published_at is not None:
            told = told._replace(published_at=told.published_at + 2 * HOUR)
        if how in ("other", "more"):
            pages[snap].append(choose.choice(others)[-1])
        if how not in ("other", "gone"):
            pages[snap].append(told)
    return [(when[snap], snap, n, told) for snap, page in pages.items() for n, told in enumerate(page)]


@given(piles(), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_redoing_what_has_not_changed_changes_nothing(seen, choose):
    warehouse = filled(seen, choose)
    before = warehouse.rows()
    assert not warehouse.problems()
    for part in cut(chosen(seen, choose), choose):
        warehouse.run(*part)
    assert warehouse.rows() == before


def redo(seen: list[Seen], others: list[Seen], choose: random.Random):
    """A warehouse, the pages of it that are redone, what these show now, and all that is shown then."""
    warehouse = filled(seen, choose)
    before = chosen(seen, choose)
    pages = {snap for _, snap, *_ in before}
    now = changed(before, others, choose)
    return warehouse, pages, now, [sighting for sighting in seen if sighting[1] not in pages] + now


@given(piles(), piles(), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_whatever_changes_the_warehouse_is_whole(seen, others, choose):
    warehouse, pages, now, everything = redo(seen, others, choose)
    for part in cut(now, choose, pages):
        warehouse.run(*part)
        assert not warehouse.problems()
    fresh = Warehouse()
    fresh.run(everything)
    classes = warehouse.classes()
    assert {name for group in classes for name in group} == set(ids(everything))
    assert all(any(alone <= group for group in classes) for alone in fresh.classes())  # nothing is split
    warehouse.run([(at, f"later {snap}", n, told) for at, snap, n, told in others])
    assert not warehouse.problems()


@given(piles(), piles(), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_twice_is_once_and_all_anew_is_as_from_the_start(seen, others, choose):
    warehouse, pages, now, everything = redo(seen, others, choose)
    warehouse.run(now, *pages)
    once = warehouse.rows()
    warehouse.run(now, *pages)
    assert warehouse.rows() == once
    warehouse.run(everything, *pages)
    fresh = Warehouse()
    fresh.run(everything)
    assert warehouse.classes() == fresh.classes()


# What happens in life, one thing at a time.

TEXT = "Ministers agreed on Monday to lower the price of bread, after a long night of talks in the capital. " * 3
TEASER = TEXT[:180] + "…"
OTHER = (
    "Waves of four metres hit the coast on Tuesday; the ferry did not run, and the school by the harbour closed. " * 2
)


def page(snap: str, *told: Story) -> list[Seen]:
    return [(T0 + int(snap[-1]) * HOUR, snap, n, s) for n, s in enumerate(told)]


def bread(text: str = TEXT, **more) -> Story:
    return story("Bread gets cheaper", text, source="E", at=T0, **more)


def warehouse_of(*pages: list[Seen]) -> Warehouse:
    warehouse = Warehouse()
    for seen in pages:
        warehouse.run(seen)
    return warehouse


def outcomes(warehouse: Warehouse) -> dict[str, tuple]:
    name = {stable_id(f"snap{n}", at): f"snap{n}.{at}" for n in range(9) for at in range(9)}
    assert not warehouse.problems()
    return {
        name[row["sighting_id"]]: (row["outcome"], row["rule"], name.get(row["winner_sighting_id"]))
        for row in warehouse.sightings.to_pylist()
    }


def test_a_row_whose_sighting_says_something_else_goes_to_the_first_that_lost_to_it():
    warehouse = warehouse_of(page("snap0", bread()), page("snap1", bread()), page("snap2", bread()))
    [before] = warehouse.items.to_pylist()
    warehouse.run(page("snap0", story("Storm", OTHER, source="E", at=T0)))
    assert outcomes(warehouse) == {
        "snap0.0": ("new", None, None),
        "snap1.0": ("new", None, None),
        "snap2.0": ("duplicate", "content", "snap1.0"),
    }
    row = next(row for row in warehouse.items.to_pylist() if row["snapshot_id"] == "snap1")
    assert row["said_by"] == before["said_by"]  # the text is as it was
    assert row["item_id"] == before["item_id"] and row["first_seen_at"] != before["first_seen_at"]


def test_a_row_that_nobody_else_saw_goes():
    warehouse = warehouse_of(page("snap0", bread(), story("Storm", OTHER, source="E", at=T0)))
    warehouse.run(page("snap0", bread()))
    assert outcomes(warehouse) == {"snap0.0": ("new", None, None)}
    assert len(warehouse.items) == len(warehouse.known) == 1


def test_a_row_goes_to_another_that_is_redone_before_one_that_is_not():
    """What is redone says all anew; of what is not, only the row's old words are there."""
    warehouse = warehouse_of(page("snap0", bread()), page("snap1", bread()), page("snap2", bread()))
    warehouse.run(page("snap0", story("Storm", OTHER, source="E", at=T0)) + page("snap2", bread()))
    assert outcomes(warehouse)["snap1.0"] == ("duplicate", "content", "snap2.0")
    assert outcomes(warehouse)["snap2.0"] == ("new", None, None)


def test_a_row_on_which_only_a_teaser_leans_keeps_its_text_under_the_teasers_hash():
    warehouse = warehouse_of(page("snap0", bread()), page("snap1", bread(TEASER, form="teaser")))
    assert outcomes(warehouse)["snap1.0"] == ("duplicate", "containment", "snap0.0")
    [before] = warehouse.items.to_pylist()
    warehouse.run([], "snap0")
    assert outcomes(warehouse) == {"snap1.0": ("new", None, None)}
    [row] = warehouse.items.to_pylist()
    assert row["said_by"] == before["said_by"] and row["content_hash"] != before["content_hash"]
    warehouse.run(page("snap3", bread(TEASER, form="teaser")))
    assert outcomes(warehouse)["snap3.0"] == ("duplicate", "content", "snap1.0")


def test_the_survivor_of_an_item_is_restored_or_another_takes_its_place():
    first, second = (bread(text, guid="https://e.org/1") for text in (TEXT, TEXT + "More."))
    pages = page("snap0", first), page("snap1", second)
    warehouse = warehouse_of(*pages)
    warehouse.run(page("snap0", bread(TEXT + "Less.", guid="https://e.org/1")))
    assert outcomes(warehouse) == {"snap0.0": ("new", None, None), "snap1.0": ("revision", "guid", None)}
    warehouse.run([], "snap0")
    assert outcomes(warehouse) == {"snap1.0": ("new", None, None)}


def test_an_item_that_remains_keeps_its_name_to_itself():
    """The guid that named it is said by nobody any more; then a new story says it."""
    named = bread(guid="https://e.org/1")
    warehouse = warehouse_of(page("snap0", named), page("snap1", bread()))
    [item] = set(warehouse.sightings["item_id"].to_pylist())
    warehouse.run([], "snap0")
    assert set(warehouse.sightings["item_id"].to_pylist()) == {item}
    warehouse.run(page("snap2", bread(OTHER, guid="https://e.org/1")))
    assert outcomes(warehouse)["snap2.0"] == ("revision", "guid", None)
    assert len(warehouse.known) == 3
    warehouse.run(page("snap2", bread(OTHER, guid="https://e.org/1")))
    assert len(warehouse.known) == 2  # what stood for the name is not needed any more


def test_an_item_that_others_were_merged_into_keeps_a_row():
    a = story("Bread", TEXT, source="A", at=T0, url="https://a.org/2024/1")
    b = story("Bread gets cheap", OTHER, source="A", at=T0 + DAY, guid="https://a.org/1")
    both = story("Bread", TEXT, source="A", at=T0, url="https://a.org/2024/1", guid="https://a.org/1")
    warehouse = warehouse_of(page("snap0", a), page("snap1", b), page("snap2", both))
    [merge] = warehouse.merges.to_pylist()
    into = next(row["snapshot_id"] for row in warehouse.items.to_pylist() if row["item_id"] == merge["into_item_id"])
    warehouse.run([], into, "snap2")
    assert not warehouse.problems()
    assert [row["item_id"] for row in warehouse.items.to_pylist()] == [merge["into_item_id"]]
    warehouse.run([], "snap0", "snap1")
    assert len(warehouse.merges) == len(warehouse.known) == len(warehouse.items) == 0


def test_dates_that_move_change_the_rows_of_their_snapshots_only():
    pages = page("snap0", bread(), bread(OTHER)), page("snap1", bread()), page("snap2", bread(OTHER))
    warehouse = warehouse_of(*pages)
    before = warehouse.rows()
    moved = [(at, snap, n, s._replace(published_at=s.published_at + 2 * HOUR)) for at, snap, n, s in pages[0]]
    warehouse.run(moved)
    after = warehouse.rows()
    assert after["sightings"] != before["sightings"] and after["known"] != before["known"]
    for table in ("sightings", "items"):
        rows = [{row for row in when[table] if "'snap0'" not in row} for when in (before, after)]
        assert rows[0] == rows[1]
    warehouse.run(pages[0])
    assert warehouse.rows() == before
