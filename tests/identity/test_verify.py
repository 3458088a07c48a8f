"""A broken warehouse is told."""

import pyarrow as pa
import pytest
from feedmill.transforms.identity import verify_classes

from tests.identity.helpers import Warehouse, snapshots, story


def tables():
    page = [
        story("Bread", "A text.", source="A"),
        story("Bread", "A text.", source="A"),
        story("Fish", "Dear.", source="A"),
    ]
    warehouse = Warehouse()
    warehouse.run(snapshots(page, page))
    seen = [{"sighting_id": sighting, **row} for sighting, row in warehouse.rows.items()]
    return [dict(row) for row in seen if row["outcome"] != "duplicate"], seen


def problems(kept, seen):
    return " ".join(verify_classes(pa.Table.from_pylist(kept), pa.Table.from_pylist(seen)))


def test_a_sound_warehouse():
    assert problems(*tables()) == ""


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda kept, seen: kept.pop(), "have no row in items"),
        (lambda kept, seen: kept.append(dict(kept[0])), "versions that have two rows"),
        (lambda kept, seen: seen.append(dict(seen[0])), "sightings that occur twice"),
        (lambda kept, seen: seen[0].update(outcome="revision", rule="url"), "items without a survivor"),
        (lambda kept, seen: seen[1].update(winner_sighting_id="gone"), "winner is no sighting"),
        (lambda kept, seen: seen[1].update(winner_sighting_id=seen[1]["sighting_id"]), "winner is a duplicate"),
        (lambda kept, seen: seen[1].update(winner_sighting_id=seen[2]["sighting_id"]), "winner is of another item"),
        (lambda kept, seen: seen[1].update(winner_sighting_id=None), "duplicates without a winner"),
        (lambda kept, seen: seen[1].update(rule=None), "rule does not fit"),
        (lambda kept, seen: seen[1].update(outcome="lost"), "no known outcome"),
        (lambda kept, seen: seen[1].update(content_hash=b"x" * 16), "whose text is another"),
    ],
)
def test_what_is_wrong_is_said(spoil, complaint):
    kept, seen = tables()
    spoil(kept, seen)
    assert complaint in problems(kept, seen)
