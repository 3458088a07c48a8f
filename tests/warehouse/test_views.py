"""What the views say of ids that later runs have merged."""

from feedmill.pipelines.ingest import run
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.query import connect

FEED = "<rss version='2.0'><channel><title>The Strait</title>{}</channel></rss>"
ITEM = (
    """<item><title>{}</title>{}<pubDate>Tue, 15 Jul 2025 10:0{}:00 GMT</pubDate><description>{}</description></item>"""
)
GUID, LINK = "<guid>https://strait.example/?p=7</guid>", "<link>https://strait.example/2025/ferry-again</link>"


def test_a_duplicate_is_of_the_item_that_its_own_was_merged_into(tmp_path):
    def take(name, *items):
        (tmp_path / name).write_text(FEED.format("".join(items)))
        run([f"--input={tmp_path / name}", f"--output={tmp_path / 'out'}"])

    by_guid = ITEM.format("Ferry back", GUID, 1, "It crossed the strait on Tuesday, at long last and to applause.")
    by_link = ITEM.format("Ferry runs again", LINK, 5, "With all its crew and forty lorries.")
    take("a.xml", by_guid, by_link)
    take("b.xml", by_link, by_guid)  # both again
    take("c.xml", ITEM.format("Ferry runs again", GUID + LINK, 1, "After a winter in the dock."))  # both are one
    session = connect(LocalStore(str(tmp_path / "out")))
    assert session.sql("SELECT count(*) FROM merges WHERE kind = 'item'").fetchall() == [(1,)]
    lost = "SELECT count(*), count(DISTINCT item_id) FROM duplicates"
    assert session.sql(lost).fetchall() == [(2, 1)]
    assert session.sql(f"{lost} JOIN items_latest USING (item_id)").fetchall() == [(2, 1)]
