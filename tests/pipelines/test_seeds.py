"""The sample snapshots, end to end, checked the way a user would: with SQL."""

import datetime as dt
import json

import duckdb
import pytest
from feedmill.pipelines.cli import main
from feedmill.pipelines.ingest import run
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.query import connect
from feedmill.transforms.warehouse.verify import verify

from tests.conftest import ROOT, tree

SEEDS = str(ROOT / "seeds" / "*.txt")
FRENCH = "%003_83d9d477a57b2412.txt"
KYIV, EUROMAIDAN = "The Kyiv Independent", "Euromaidan Press"

# title, source, date as the page shows it, whether a teaser stands above it
PAGE = [
    ("After Trump announes plan to arm Ukraine, Xi calls to deepen Russia–China strategic partnership", EUROMAIDAN, "15 juillet 2025 à 10:39", True),
    ("Australian Premier Albanese Meets China’s Xi in Beijing", None, "15 juillet 2025 à 07:43", False),
    ("Rubio and China’s Top Envoy Vie for Influence in Asia Over Trump’s Tariffs", None, "11 juillet 2025 à 08:21", False),
    ("Rubio and China’s Top Envoy Vie for Influence in Asia Over Trump’s Tariffs", None, "11 juillet 2025 à 08:21", False),
    ("China may ask Russia to attack NATO if Taiwan is invaded, Rutte says", KYIV, "6 juillet 2025 à 07:25", True),
    ("China and Russia Keep Their Distance From Iran During Crisis", None, "6 juillet 2025 à 05:01", False),
    ("China and Russia Keep Their Distance From Iran During Crisis", None, "6 juillet 2025 à 05:01", False),
    ("Why China Isn’t Lecturing Trump About His Costly Bill", None, "4 juillet 2025 à 00:59", False),
    ("How the Trump Administration Justified Ignoring the TikTok Ban", None, "3 juillet 2025 à 17:45", False),
    ("Trump Says U.S. Has Reached Trade Deal With Vietnam", None, None, False),
    ("Drifting From the West’s Orbit, Russians Find a New Role Model in China", None, "30 juin 2025 à 05:00", False),
    ("Drifting From the West’s Orbit, Russians Find a New Role Model in China", None, "30 juin 2025 à 05:00", False),
    ("How Trump’s Strike on Iran Might Affect China’s Calculus on Taiwan", None, "26 juin 2025 à 13:57", False),
    ("Brazil won’t shield Putin from ICC arrest — so he’ll zoom into the BRICS summit", EUROMAIDAN, "25 juin 2025 à 16:35", True),
    ("Putin, Xi to agree to meet in China as they sneer at G7 summit fractures", KYIV, "19 juin 2025 à 07:03", True),
]  # fmt: skip
PLEA = "You could close this page. Or you could join our community"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    out = tmp_path_factory.mktemp("seeds") / "out"
    run([f"--input={SEEDS}", f"--output={out}"])
    return out


@pytest.fixture(scope="module")
def sql(warehouse):
    session = connect(LocalStore(str(warehouse)))
    return lambda query: session.execute(query).fetchall()


def test_the_counts(sql):
    assert sql("SELECT count(*) FROM items") == [(24,)]
    assert sql("SELECT outcome, count(*) FROM sightings GROUP BY ALL ORDER BY 1") == [("duplicate", 3), ("new", 24)]
    assert sql("SELECT format, chrome_lang, stories FROM snapshots ORDER BY 1") == [
        ("blurbs", None, 12),
        ("freshrss_text", "fr", 15),
    ]
    assert sql("SELECT lang, count(*) FROM items GROUP BY ALL") == [("en", 24)]


def test_the_french_page_in_its_order(sql):
    rows = sql(f"""
        SELECT s.title, i.source_name, i.published_raw, i.summary IS NOT NULL
        FROM sightings s JOIN items i USING (item_id) WHERE s.snapshot_uri LIKE '{FRENCH}' ORDER BY s.position""")
    assert rows == PAGE


def test_dates_are_read_in_the_assumed_zone(sql):
    assert sql(f"""
        SELECT published_at, published_precision, published_zone FROM items
        WHERE title = '{PAGE[0][0]}'""") == [(dt.datetime(2025, 7, 15, 10, 39, tzinfo=dt.UTC), "minute", "assumed")]
    assert sql(f"SELECT published_at, published_zone FROM items WHERE title = '{PAGE[9][0]}'") == [(None, None)]


def test_a_time_zone_moves_the_dates(tmp_path):
    run([f"--input={SEEDS}", f"--output={tmp_path}", "--timezone=Europe/Paris"])
    found = connect(LocalStore(str(tmp_path))).execute("SELECT max(published_at) FROM items").fetchone()
    assert found == (dt.datetime(2025, 7, 15, 8, 39, tzinfo=dt.UTC),)


@pytest.mark.parametrize(
    ("title", "holds", "lacks"),
    [
        (PAGE[0][0], ["During a recent meeting with Russian", "shift its foreign policy focus toward Beijing."], [PLEA]),
        (PAGE[4][0], ["may ask Moscow to open a second front", "act with urgency."], ["Asami Terajima", "6 juillet"]),
        (PAGE[9][0], ["The president said he had agreed", "for their overseas factories."], ["juillet", "Drifting"]),
        (PAGE[12][0], ["By attacking Iran", "in Taiwan in 2023."], ["Euromaidan", "Brazil"]),
        (PAGE[13][0], ["will not attend the upcoming BRICS", "Formed in 2006, BRICS"], [PLEA, "Kyiv Independent"]),
        (PAGE[14][0], ["the two leaders agreed to meet", "to use his real influence"], ["Dmytro Basmat", "❌", "19 juin"]),
    ],
)  # fmt: skip
def test_bodies_hold_the_story_and_nothing_else(sql, title, holds, lacks):
    ((body,),) = sql(f"SELECT body FROM items WHERE title = '{title}'")
    assert all(part in body for part in holds)
    assert not [part for part in lacks if part in body]


def test_embedded_cards_and_photo_credits_are_in_no_title_and_no_byline(sql):
    assert sql("SELECT count(*) FROM items WHERE title LIKE '%Kyiv Independent%' OR title LIKE '©%'") == [(0,)]
    assert sql("SELECT count(*) FROM items WHERE len(authors) > 0") == [(0,)]


def test_the_plea_is_kept_among_what_was_removed(sql):
    rows = sql(f"SELECT kind, lang, text FROM removed WHERE text LIKE '{PLEA}%'")
    assert [row[:2] for row in rows] == [("boilerplate", "en")] * 2


def test_every_byte_that_was_removed_can_be_pointed_at(sql):
    page = next((ROOT / "seeds").glob("003*.txt")).read_bytes()
    for start, end, text in sql(f"SELECT byte_start, byte_end, text FROM removed WHERE snapshot_uri LIKE '{FRENCH}'"):
        squeezed = "".join(page[start:end].decode().split())
        assert "".join(text.split()) in squeezed


def test_every_duplicate_has_its_rule_and_its_winner(sql):
    rows = sql("SELECT title, winner_title, rule, winner_position < position FROM duplicates ORDER BY position")
    assert rows == [(PAGE[n][0], PAGE[n][0], "content", True) for n in (3, 6, 11)]


def test_blurbs_have_a_body_and_nothing_that_the_file_does_not_say(sql):
    rows = sql(
        "SELECT DISTINCT form, title, source_name, published_at, published_raw, url FROM items WHERE form = 'blurb'"
    )
    assert rows == [("blurb", None, None, None, None, None)]


def test_the_promised_query_works_as_written(warehouse):
    answer = duckdb.sql(f"""
        SELECT lang, count(*) FROM read_parquet('{warehouse}/items/**/*.parquet', hive_partitioning=true) GROUP BY 1""")
    assert answer.fetchall() == [("en", 24)]
    for table in ("items", "sightings", "snapshots", "removed", "fingerprints"):
        assert all(name.endswith(".parquet") for name in tree(warehouse / table))


def test_verify_finds_nothing(warehouse):
    assert list(verify(LocalStore(str(warehouse)))) == []


def test_again_changes_no_byte(warehouse):
    before = tree(warehouse)
    outcome = run([f"--input={SEEDS}", f"--output={warehouse}"])
    assert not outcome.committed
    assert outcome.counters["read.snapshots_skipped"] == 2
    assert tree(warehouse) == before


def test_two_empty_warehouses_get_the_same_bytes(warehouse, tmp_path):
    run([f"--input={SEEDS}", f"--output={tmp_path}"])
    assert tree(tmp_path) == tree(warehouse)


def test_files_one_by_one_in_either_order_give_the_same_items(sql, tmp_path):
    together = sql("SELECT item_id, story_id, title, body, lang FROM items ORDER BY item_id")
    files = sorted((ROOT / "seeds").glob("*.txt"))
    for name, order in (("forth", files), ("back", files[::-1])):
        out = tmp_path / name
        for file in order:
            run([f"--input={file}", f"--output={out}"])
        session = connect(LocalStore(str(out)))
        assert (
            session.execute("SELECT item_id, story_id, title, body, lang FROM items ORDER BY item_id").fetchall()
            == together
        )
        assert list(verify(LocalStore(str(out)))) == []


def test_split_tells_the_same_stories(capsys):
    assert main(["split", "--json", str(next((ROOT / "seeds").glob("003*.txt")))]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["chrome_lang"] == "fr"
    assert [
        (s["title"], s["source_name"], s["published_raw"], s["summary"] is not None) for s in page["stories"]
    ] == PAGE
    assert {s["lang"] for s in page["stories"]} == {"en"}
