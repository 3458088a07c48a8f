"""What must hold of a finished warehouse, whatever went in."""

import pyarrow as pa
import pyarrow.compute as pc

_SHOWN = 5  # offenders named in each complaint


def verify_classes(items: pa.Table, sightings: pa.Table, merges: pa.Table | None = None) -> list[str]:
    """Return what is wrong, empty if nothing is: one survivor a class, living winners, no cycles, sums that add up.

    Args:
        items: with item_id, content_hash, sighting_id.
        sightings: with sighting_id, item_id, content_hash, outcome, rule, winner_sighting_id.
        merges: with item_id, into_item_id: the names that stand for one item.

    >>> items = pa.table({"item_id": ["i"], "content_hash": [b"h"], "sighting_id": ["a"]})
    >>> seen = pa.table({"sighting_id": ["a", "b"], "item_id": ["i", "i"], "content_hash": [b"h", b"h"],
    ...                  "outcome": ["new", "duplicate"], "rule": [None, "url"], "winner_sighting_id": [None, "c"]})
    >>> verify_classes(items, seen)
    ['1 duplicates whose winner is no sighting: b']
    """
    from feedmill.transforms.identity.resolve import merged_into

    if not len(sightings) and not len(items):
        return []
    problems: list[str] = []

    def complain(what: str, table: pa.Table, name: str = "sighting_id") -> None:
        if len(table):
            shown = ", ".join(sorted(map(str, table[name].slice(0, _SHOWN).to_pylist())))
            problems.append(f"{len(table)} {what}: {shown}")

    def repeated(table: pa.Table, *by: str) -> pa.Table:
        counts = table.group_by(list(by)).aggregate([([], "count_all")])
        return counts.filter(pc.greater(counts["count_all"], 1))

    ends = merged_into(merges)

    def final(column: pa.ChunkedArray) -> pa.Array:
        if not ends:
            return pa.array(column.to_pylist(), pa.string())
        return pa.array([ends.get(item, item) for item in column.to_pylist()], pa.string())

    outcome = sightings["outcome"]
    duplicate = pc.equal(outcome, "duplicate")
    kept = sightings.filter(pc.invert(duplicate))
    lost = sightings.filter(duplicate)
    complain("sightings that occur twice", repeated(sightings, "sighting_id"))
    known = pc.is_in(outcome, value_set=pa.array(["new", "revision", "duplicate"]))
    complain("sightings of no known outcome", sightings.filter(pc.invert(known)))
    complain("versions that have two rows", repeated(items, "item_id", "content_hash"), "item_id")

    new = kept.filter(pc.equal(kept["outcome"], "new"))
    complain("items with more than one survivor", repeated(new, "item_id"), "item_id")
    bereft = pc.invert(pc.is_in(sightings["item_id"], value_set=new["item_id"].combine_chunks()))
    complain("items without a survivor", sightings.filter(bereft), "item_id")
    if len(kept) != len(items):
        problems.append(f"{len(items)} rows of items for {len(kept)} sightings that are new or a revision")
    rowless = pc.invert(pc.is_in(kept["sighting_id"], value_set=items["sighting_id"].combine_chunks()))
    complain("new sightings and revisions that have no row in items", kept.filter(rowless))

    has_winner = pc.is_valid(sightings["winner_sighting_id"])
    complain("survivors that have a winner", sightings.filter(pc.and_(has_winner, pc.invert(duplicate))))
    complain("duplicates without a winner", sightings.filter(pc.and_(pc.invert(has_winner), duplicate)))
    unruled = pc.xor(pc.is_null(sightings["rule"]), pc.equal(outcome, "new"))
    complain("sightings whose rule does not fit their outcome", sightings.filter(unruled))

    lost = lost.filter(pc.is_valid(lost["winner_sighting_id"]))
    place = pc.index_in(lost["winner_sighting_id"], value_set=sightings["sighting_id"].combine_chunks())
    complain("duplicates whose winner is no sighting", lost.filter(pc.is_null(place)))
    lost, place = lost.filter(pc.is_valid(place)), place.filter(pc.is_valid(place))
    winners = sightings.take(place)
    # A winner that is a survivor has no winner of its own, so there is no cycle.
    complain("duplicates whose winner is a duplicate", lost.filter(pc.equal(winners["outcome"], "duplicate")))
    strangers = pc.not_equal(final(lost["item_id"]), final(winners["item_id"]))
    complain("duplicates whose winner is of another item", lost.filter(strangers))
    by_text = pc.is_in(lost["rule"], value_set=pa.array(["guid", "url", "content"]))
    differ = pc.not_equal(lost["content_hash"], winners["content_hash"])
    complain("duplicates by guid, url or content whose text is another", lost.filter(pc.and_(by_text, differ)))
    return problems
