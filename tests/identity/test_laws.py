"""What holds whatever the input: order, cuts and runs change no class, and the books balance."""

import random

import pyarrow as pa
from feedmill.transforms.identity import verify_classes
from feedmill.transforms.rows.story import Story
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.identity.helpers import DAY, HOUR, T0, Warehouse, ids, run

WORDS = [
    "bread",
    "price",
    "minister",
    "talks",
    "night",
    "capital",
    "river",
    "storm",
    "coast",
    "school",
    "budget",
    "train",
    "strike",
    "museum",
    "harvest",
    "fire",
]


def prose(seed: int, words: int) -> str:
    choose = random.Random(seed)
    return " ".join(choose.choice(WORDS) for _ in range(words)) + "."


FIRST, SECOND, THIRD = (prose(n, 60) for n in range(3))
TEXTS = [None, FIRST, SECOND, THIRD]
TEXTS += [
    FIRST[:150] + "…",
    FIRST[:260] + "…",
    FIRST.replace("museum", "musuem", 1),
    SECOND + " One more line.",
]
TEXTS += [prose(9, 8), prose(10, 30)]


@st.composite
def stories(draw):
    title = draw(st.sampled_from([None, "Bread", "Storm on the coast", "Storm on the  Coast", "Day 1", "Day 2"]))
    text = draw(st.sampled_from(TEXTS if title else TEXTS[1:]))
    guid = draw(st.sampled_from([None, None, "1", "2", "https://a.org/1", "https://a.org/2"]))
    return Story(
        0,
        1,
        draw(st.sampled_from(["full", "teaser", "headline", "blurb"])),
        title=title,
        body=text,
        summary=draw(st.sampled_from([None, "In brief."])),
        source_name=draw(st.sampled_from([None, "A", "B"])),
        source_url=draw(st.sampled_from([None, "https://a.org/"])),
        url=draw(
            st.sampled_from([None, "https://a.org/", "https://a.org/news", "https://a.org/2024/1", "https://a.org/2"])
        ),
        guid=guid,
        guid_trusted=guid is not None,
        published_at=draw(st.sampled_from([None, T0, T0 + HOUR, T0 + DAY, T0 + 9 * DAY])),
    )


@st.composite
def piles(draw):
    pages = draw(st.lists(st.lists(stories(), min_size=1, max_size=4), min_size=1, max_size=6))
    return [
        (draw(st.sampled_from([None, T0, T0 + n * HOUR])) if i == 0 else None, f"snap{n}", i, s)
        for n, page in enumerate(pages)
        for i, s in enumerate(page)
    ]


def told(seen, done) -> dict[str, dict]:
    return dict(zip(ids(seen), done.sightings.to_pylist(), strict=True))


def groups(rows: dict[str, dict], column: str) -> set[frozenset[str]]:
    by: dict[str, set[str]] = {}
    for sighting, row in rows.items():
        by.setdefault(row[column], set()).add(sighting)
    return {frozenset(g) for g in by.values()}


@given(piles(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_changes_nothing(seen, shuffled):
    other = list(seen)
    shuffled.shuffle(other)
    assert told(seen, run(seen)) == told(other, run(other))


@given(piles(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_several_runs_give_the_classes_of_one(seen, chosen):
    warehouse = Warehouse()
    parts: dict[int, list] = {}
    for sighting in seen:
        parts.setdefault(chosen.randrange(3), []).append(sighting)
    for part in parts.values():
        warehouse.run(part)
        assert not warehouse.problems()
    assert warehouse.classes() == groups(told(seen, run(seen)), "item_id")


@given(piles())
@settings(max_examples=40, deadline=None)
def test_the_books_balance(seen):
    done = run(seen)
    rows = told(seen, done)
    by_item: dict[str, list[dict]] = {}
    for row in rows.values():
        by_item.setdefault(row["item_id"], []).append(row)
    for group in by_item.values():
        assert [row["outcome"] for row in group].count("new") == 1
        kept = [row["content_hash"] for row in group if row["outcome"] != "duplicate"]
        assert len(kept) == len(set(kept))
    for row in rows.values():
        assert (row["outcome"] == "new") == (row["rule"] is None)
        assert (row["outcome"] == "duplicate") == (row["winner_sighting_id"] is not None)
        if row["outcome"] == "duplicate":
            winner = rows[row["winner_sighting_id"]]
            assert winner["outcome"] != "duplicate" and winner["item_id"] == row["item_id"]
            assert row["rule"] in ("containment", "near") or winner["content_hash"] == row["content_hash"]
    assert len({row["story_id"] for row in rows.values()}) <= len(by_item)


@given(piles())
@settings(max_examples=20, deadline=None)
def test_what_was_ingested_is_not_ingested_twice(seen):
    warehouse = Warehouse()
    warehouse.run(seen)
    again = warehouse.run(seen)
    assert set(again.sightings["outcome"].to_pylist()) == {"duplicate"}
    assert again.memory.num_rows == again.merges.num_rows == again.story_merges.num_rows == 0


def test_nothing_at_all():
    assert run([]).sightings.num_rows == 0
    assert verify_classes(pa.table({}), pa.table({})) == []
