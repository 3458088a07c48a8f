"""Exports, answers of services and pages with marks, each a file in tests/cases/feed/exports with what it should give."""

import datetime
import io
import json
import pathlib
import zipfile

import pytest
from feedmill.transforms.captures.containers import unpack
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.rows.story import Snapshot, Split

CASES = sorted(
    path
    for path in (pathlib.Path(__file__).parent.parent / "cases" / "feed" / "exports").iterdir()
    if not path.name.endswith(".expected.json")
)
_NOT_TOLD = ("byte_start", "byte_end", "guid_trusted", "published_precision", "published_zone", "published_raw")


def assert_tiles(found: Split, data: bytes) -> None:
    assert [span.start for span in found.spans] == [0, *(span.end for span in found.spans[:-1])]
    assert found.spans[-1].end == len(data)


def told(found: Split) -> dict[str, object]:
    """What a case says: the format and the envelope, every field of a story that says something, and each refusal."""
    stories = []
    for story in found.stories:
        said = {key: value for key, value in story._asdict().items() if value not in (None, (), 1.0)}
        for key in ("published_at", "updated_at"):
            if key in said:
                said[key] = str(datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=said[key]))
        stories.append({key: value for key, value in said.items() if key not in _NOT_TOLD})
    rejects = [[no.reason, no.detail] for no in found.rejects]
    made = {"format": found.format, "envelope": found.envelope, "stories": stories, "rejects": rejects}
    return json.loads(json.dumps(made))


def all_told(path: pathlib.Path) -> list[object]:
    """What each snapshot in a file gives."""
    made: list[object] = []
    for one in unpack(path.name, path.read_bytes()):
        assert isinstance(one, Snapshot), one
        found = split_snapshot(one)
        assert_tiles(found, one.data)
        made.append(told(found))
    return made


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case):
    """To report an export that is read wrongly, add it and what it should give to tests/cases/feed/exports."""
    expected = case.with_name(f"{case.name}.expected.json")
    assert all_told(case) == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><nav><a href='/'>Home</a> <a href='/about'>About us and more</a></nav><p>One text of an article.</p></body></html>",
        '<html><body><script type="application/ld+json">{"@type": "Product", "name": "A red crane, model 15", "url": "https://a.example/1"}'
        "</script><p>12 EUR</p></body></html>",
        '<html><body><script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": '
        '"All the news of the day", "item": "https://a.example/"}]}</script></body></html>',
        '<html><body><div class="h-card"><a class="p-name u-url" href="https://a.example/">Ann Sand</a></div></body></html>',
    ],
)
def test_pages_whose_marks_are_of_no_story_are_declined(page):
    with pytest.raises(Rejected, match="a web page that shows no list of stories"):
        split_snapshot(Snapshot("a.html", page.encode()))


@pytest.mark.parametrize(
    "xml",
    [
        "<products><product><name>Crane model 15 in red</name><price>12</price></product></products>",
        '<opml><body><outline type="rss" text="Crane falls daily" description="All of it" xmlUrl="https://a.example/f" '
        'htmlUrl="https://a.example/" created="Tue, 14 May 2024 10:10:00 GMT"/></body></opml>',
        "<urlset><url><loc>https://a.example/a-long-way-to-go</loc><lastmod>2024-05-14</lastmod></url></urlset>",
    ],
)
def test_xml_without_stories_is_declined(xml):
    with pytest.raises(Rejected):
        split_snapshot(Snapshot("a.xml", xml.encode()))


_DAY = 86_400_000_000
_CAPTURED = 20_000 * _DAY  # 2024-10-04


def _years(*dates: str, by: str = "path", captured: int = _CAPTURED) -> list[int | None]:
    items = "".join(f"<item><title>Rain {n}</title><pubDate>{date}</pubDate></item>" for n, date in enumerate(dates))
    data = f"<rss><channel><title>T</title>{items}</channel></rss>".encode()
    found = split_snapshot(Snapshot("a", data, captured, by))
    assert [story.published_raw for story in found.stories] == list(dates)
    return [at and 1970 + at // (365.25 * _DAY) for at in (story.published_at for story in found.stories)]


def test_a_time_of_the_far_future_is_none_and_its_text_is_kept():
    assert _years("2024-05-14", "2025-09-30", "2099-01-01") == [2024, 2025, None]
    assert _years("2099-01-01", by="mtime") == [None]
    # the time of the file was taken away, or is wrong
    assert _years("2024-05-14", captured=0) == [2024]
    assert _years("2024-05-14", "2024-05-15", captured=12_000 * _DAY, by="mtime") == [2024, 2024]


@pytest.mark.parametrize("name", ["[Content_Types].xml", "mimetype"])
def test_documents_that_are_no_workbook_are_declined_in_words(name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "application/epub+zip")
        archive.writestr("content.xml", "<x/>")
    [no] = unpack("a.docx", packed.getvalue())
    assert no.reason is Reason.BINARY
    assert "an office document" in no.detail


def test_a_damaged_workbook_is_declined():
    data = (CASES[0].parent / "news.xlsx").read_bytes()
    for size in (100, len(data) // 2, len(data) - 30):
        [no] = unpack("a.xlsx", data[:size])
        assert no.reason is Reason.BAD_ARCHIVE
