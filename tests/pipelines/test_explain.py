"""What `feedmill explain` says, of an item and of a file."""

import pytest
from feedmill.pipelines import cli

from tests.conftest import ROOT

FEED = """<rss version="2.0"><channel><title>Ferry News</title>
<item><title>{first}</title><description>It sails at six, said the crew of the boat on Monday.</description></item>
<item><title>Harbour closed</title><description>Ice keeps all boats in, said the harbour office.</description></item>
{rest}</channel></rss>"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explain")
    feeds, out = folder / "feeds", folder / "out"
    feeds.mkdir()
    (feeds / "20250715T060000Z.xml").write_text(FEED.format(first="Ferry sails again", rest=""))
    (feeds / "20250715T070000Z.xml").write_text(
        FEED.format(first="Ferry sails again", rest="<item><title>The ferry that was")[: -len("</channel></rss>")]
    )
    (feeds / "noise.xml").write_bytes(bytes(range(256)) * 4)
    page = ROOT / "seeds" / "003_83d9d477a57b2412.txt"
    assert cli.main(["ingest", f"--input={feeds},{page}", f"--output={out}", "--workers=1"]) == 0
    return out


def explained(warehouse, capsys, *what):
    capsys.readouterr()
    assert cli.main(["explain", "-w", str(warehouse), *what]) == 0
    return capsys.readouterr().out


def test_a_file_by_its_name_with_what_became_of_each_story_and_what_was_declined(warehouse, capsys):
    told = explained(warehouse, capsys, "20250715T070000Z.xml")
    assert "captured     2025-07-15 07:00:00 UTC  (by path)" in told
    assert "2 stories\n  1. duplicate, by" in told and "of story 1 in " in told
    assert "1 declined\n  bytes " in told and "truncated: the file ends inside entry 3" in told


def test_a_file_that_was_declined_as_a_whole(warehouse, capsys):
    told = explained(warehouse, capsys, "noise.xml")
    assert "bytes        1,024 = 1,024 dead" in told
    assert "0 stories" in told and "1 declined\n  bytes 0 to 1024, binary: " in told


def test_what_was_taken_out_of_a_page(warehouse, capsys):
    told = explained(warehouse, capsys, "003_83d9d477a57b2412.txt")
    assert "format       freshrss_text, utf-8" in told
    assert " taken out\n" in told and ", chrome: " in told
    assert "  4. duplicate, by content, of story 3 in " in told


def test_the_bytes_of_each_story(warehouse, capsys):
    told = explained(warehouse, capsys, "--source", "20250715T060000Z.xml")
    assert "     | <item><title>Harbour closed</title>" in told


def test_an_item_by_words_of_its_title(warehouse, capsys):
    told = explained(warehouse, capsys, "harbour CLOSED")
    assert told.startswith("Harbour closed\n") and "2 sightings" in told


def test_several_items_are_told_apart_by_their_titles(warehouse, capsys):
    assert cli.main(["explain", "-w", str(warehouse), "china"]) == 2
    told = capsys.readouterr().err
    assert " items; name one by its id:" in told and ": Why China Isn’t Lecturing Trump About His Costly Bill\n" in told


def test_nothing_of_that_name(warehouse, capsys):
    assert cli.main(["explain", "-w", str(warehouse), "nowhere.xml"]) == 2
    assert "no item has this id, guid, URL or title, and no snapshot this name: nowhere.xml" in capsys.readouterr().err
