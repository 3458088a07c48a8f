"""The page of `feedmill report`: that it tells the truth, is whole, safe and always the same."""

import datetime as dt
import html
import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from feedmill.pipelines import cli
from feedmill.pipelines.ingest import run
from feedmill.pipelines.report import page as parts
from feedmill.pipelines.report.report import build
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse.query import connect
from hypothesis import given
from hypothesis import strategies as st

SCRIPT = '<script>alert("1")</script> & <b>co</b>'
TURNED = "\u202eبيروت 🚢 \u05d0\u05d1"
LONG = "The harbour of the old town was closed on Monday after a storm moved sand into the channel, the port said"
RSS = "<rss version='2.0'><channel><title>{source}</title><link>https://{host}.example/</link>{items}</channel></rss>"
ITEM = "<item><guid>{guid}</guid><link>{link}</link><title>{title}</title><description>{text}</description><pubDate>{date}</pubDate></item>"
VOID = {"meta", "br", "path"}


def item(guid, title, text, date="Tue, 15 Jul 2025 10:00:00 GMT", link="https://a.example/story"):
    title = html.escape(html.escape(title))  # a feed's title is HTML: its < is the reader's &lt;
    return ITEM.format(guid=guid, link=html.escape(f"{link}{guid}"), title=title, text=html.escape(text), date=date)


def feed(source, *items):
    host = re.sub(r"\W", "", source).lower() or "x"
    return RSS.format(source=html.escape(source), host=host, items="".join(items))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Two snapshots of a feed, whose stories change; 35 feeds with a story each; what is no feed."""
    here = tmp_path_factory.mktemp("report")
    pile = here / "pile"
    pile.mkdir()
    storm = item("storm", "Storm closes the harbour", LONG)
    (pile / "20250715T110000Z.xml").write_text(
        feed(
            "News & Co",
            item("1", SCRIPT, "Ferries stay in port until Thursday at least."),
            item("2", TURNED, "Rain fell on the hills.", "Mon, 14 Jul 2025 10:00:00 GMT", "javascript:alert(2)"),
            storm,
        )
    )
    (pile / "20250716T110000Z.xml").write_text(
        feed(
            "News & Co",
            item("1", SCRIPT, "Ferries stay in port until Sunday <i>at least</i>."),
            item("2", TURNED, "Rain fell on the hills.", "Mon, 14 Jul 2025 10:00:00 GMT", "javascript:alert(2)"),
            storm,
        )
    )
    (pile / "20250717T110000Z.xml").write_text(feed("Harbour Times", item("h", "Storm closes the harbour", LONG)))
    for n in range(35):
        words = " ".join(f"word{n}x{m}" for m in range(12))
        (pile / f"20250718T1100{n:02}Z.xml").write_text(
            feed(f"Feed {n:02}", item(f"f{n}", f"Report number {n} of {n * n}", words, "1 Mar 2024 00:00:00 GMT"))
        )
    (pile / "empty.xml").write_text("")
    (pile / "<i>.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    run([f"--input={pile}/*", f"--output={here / 'out'}"])
    return here / "out"


@pytest.fixture(scope="module")
def page(warehouse):
    told, problems = build(LocalStore(str(warehouse)))
    assert not problems
    return told


class Reader(HTMLParser):
    """Checks that elements nest; keeps the tags, and the text of each section."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.texts, self.section = [], [], {}, "head"
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = dict(attrs)["id"]

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts[self.section] = self.texts.get(self.section, "") + data


def test_nothing_is_loaded_and_nothing_runs(page):
    reader = Reader(page)
    assert not {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "action")]
        if "href" in attributes:
            assert tag == "a" and re.match("https?://|#", attributes["href"])
    assert "url(" not in page and "@import" not in page and "javascript:" not in page
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", page)


def test_what_a_title_says_is_shown_and_does_nothing(page):
    texts = Reader(page).texts
    assert SCRIPT in texts["revisions"]
    assert "News & Co" in texts["sources"]
    assert "<i>.png" in texts["dead"]
    for found in re.finditer("\u202e", page):  # what turns text around is alone in its element
        assert page.rindex("<bdi>", 0, found.start()) > page.rfind("</bdi>", 0, found.start())


def test_the_numbers_are_those_of_the_tables(warehouse, page):
    texts = Reader(page).texts
    session = connect(LocalStore(str(warehouse)))
    (items, stories, new, revisions, duplicates, dead, size) = session.execute(
        "SELECT (SELECT count(*) FROM items_latest), sum(stories), sum(new), sum(revisions), sum(duplicates), sum(dead), sum(size) FROM snapshots"
    ).fetchall()[0]
    assert (items, new, revisions, duplicates, dead) == (39, 39, 1, 2, 2)
    assert f"hold {items} items" in texts["head"]
    assert f"{stories} stories seen" in texts["books"] and f"{size:,} bytes read" in texts["books"]
    assert "✓ The books balance" in texts["books"]
    for name, number in {"new": new, "revisions": revisions, "duplicates": duplicates, "dead": dead}.items():
        assert f"{name} {number}" in texts["books"]


def test_each_section_tells_its_story(page):
    texts = Reader(page).texts
    assert "by month, 2024-03 to 2025-07. Most: 35 in 2024-03." in texts["time"]
    assert "7 more sources" in texts["sources"] and "Feed 28" in texts["sources"] and "Feed 29" not in texts["sources"]
    assert "the publisher gives both the same id" in texts["duplicates"]
    assert "2 items, 2 sources" in texts["clusters"] and "Harbour Times: Storm closes the harbour" in texts["clusters"]
    assert "until Thursday at least" in texts["revisions"] and "until Sunday at least" in texts["revisions"]
    assert "<del>Thursday</del>" in page and "<ins>Sunday</ins>" in page
    assert "binary" in texts["dead"] and "empty" in texts["dead"]
    assert "rss" in texts["formats"] and "utf-8" in texts["formats"] and "path" in texts["formats"]
    assert "Nothing here: no page of a reader" in texts["interfaces"]


def test_the_same_warehouse_gives_the_same_page_wherever_it_lies(warehouse, page, tmp_path, feedmill):
    shutil.copytree(warehouse, tmp_path / "moved")
    told = feedmill("report", tmp_path / "moved", "-o", tmp_path / "page.html")
    assert told.returncode == 0 and "page.html" in told.stdout
    assert (tmp_path / "page.html").read_bytes() == page.encode()


def test_a_warehouse_without_stories_says_so_everywhere(tmp_path):
    (tmp_path / "empty.xml").write_text("")
    run([f"--input={tmp_path / 'empty.xml'}", f"--output={tmp_path / 'out'}"])
    told, problems = build(LocalStore(str(tmp_path / "out")))
    texts = Reader(told).texts
    assert not problems and "1 snapshot (0 bytes)" in texts["head"]
    for section in set(texts) - {"head", "books", "dead", "formats"}:
        assert "Nothing here" in texts[section], section
    assert "empty" in texts["dead"] and "(declined)" in texts["formats"]


def test_books_that_do_not_balance_are_told_and_fail(warehouse, tmp_path, capsys):
    shutil.copytree(warehouse, tmp_path / "out")
    (manifest,) = (tmp_path / "out" / "_manifests").glob("*.json")
    fields = json.loads(manifest.read_text())
    fields["ledger"]["new"] += 1
    manifest.write_text(json.dumps(fields))
    assert cli.main(["report", "-w", str(tmp_path / "out"), "-o", str(tmp_path / "page.html")]) == 1
    assert "stories in, but" in capsys.readouterr().out
    assert "✗ The books do not balance" in Reader((tmp_path / "page.html").read_text()).texts["books"]


def test_what_cannot_be_done_is_said(warehouse, tmp_path, capsys):
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "there is no warehouse here" in capsys.readouterr().err
    assert cli.main(["report", str(warehouse), "-o", str(tmp_path)]) == 2
    assert "give -o the file" in capsys.readouterr().err
    shutil.copytree(warehouse, tmp_path / "out")
    next((tmp_path / "out" / "items").rglob("*.parquet")).unlink()
    assert cli.main(["report", str(tmp_path / "out"), "-o", str(tmp_path / "page.html")]) == 2
    assert "feedmill verify" in capsys.readouterr().err


@given(st.dictionaries(st.dates(), st.integers(1, 10**6), min_size=1, max_size=40))
def test_every_item_is_in_a_column_or_counted_beside_the_chart(counts):
    days = [(day.isoformat(), counts[day]) for day in sorted(counts)]
    told = parts.axis(days)
    assert sum(told.counts) + told.before + told.after == sum(counts.values())
    assert max(told.before, told.after) <= sum(counts.values()) / 100
    assert told.counts[0] and told.counts[-1] and len(told.counts) == len(told.labels)
    assert list(told.labels) == sorted(set(told.labels))
    Reader(parts.chart(told))


def test_a_stray_date_does_not_flatten_the_chart():
    first = dt.date(2025, 1, 1)
    days = [((first + dt.timedelta(n)).isoformat(), 20) for n in range(30)]
    told = parts.axis([("1970-01-01", 3), *days, ("2038-01-19", 1)])
    assert (told.unit, len(told.counts), told.before, told.after) == ("day", 30, 3, 1)


WORDS = st.lists(st.sampled_from(["a", "b", "c<", "&", "雨", "が", "\u202e", "\n\n"]), max_size=40).map(" ".join)


@given(st.none() | WORDS, st.none() | WORDS)
def test_before_and_after_read_as_the_texts_do(before, after):
    told = parts.before_after("body", before, after)
    if told is None:
        assert (before or "").split() == (after or "").split()
        return
    reader = Reader(told)
    if len(before or "") + len(after or "") < 40:  # short enough that nothing is left out
        for text in (before, after):
            assert text is None or "".join(text.split()) in "".join(reader.texts["head"].split())


def test_no_warehouse_is_no_page(tmp_path):
    with pytest.raises(UsageError):
        build(LocalStore(str(tmp_path)))
