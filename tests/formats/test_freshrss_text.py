"""Reader pages kept as text: the cases, pages in every language, then what holds for any text."""

import datetime as dt
import json
import pathlib
import re

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import Settings
from feedmill.transforms.formats.freshrss import chrome
from feedmill.transforms.formats.freshrss.text import split_freshrss_text
from feedmill.transforms.rows.story import Snapshot, Split, Story
from feedmill.transforms.text.decode import decode
from feedmill.transforms.text.spans import bytes_by_kind
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.reader_pages import LAYOUTS, STORIES, Told, render

CASES = sorted((pathlib.Path(__file__).parent.parent / "cases" / "freshrss_text").glob("*.txt"))
LANGS = sorted(chrome.table())
BLANK = Story(0, 0, "")
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
TITLES = [told.title for told in STORIES]


def split(data: bytes | str, **kwargs: str) -> Split:
    data = data.encode() if isinstance(data, str) else data
    return split_freshrss_text(decode(Snapshot("page.txt", data)), "freshrss_text", Settings(**kwargs))


def titles(text: str) -> list[str | None]:
    try:
        return [story.title for story in split(text).stories]
    except Rejected:
        return []


def check_books(data: bytes, got: Split) -> None:
    """Spans tile the page; what was removed is where it says; stories stand in order and hold their spans."""
    assert got.spans[0].start == 0 and got.spans[-1].end == len(data)
    assert all(a.end == b.start for a, b in zip(got.spans, got.spans[1:], strict=False))
    assert sum(bytes_by_kind(got.spans).values()) == len(data)
    for removed in got.removed:
        assert data[removed.start : removed.end].decode(got.encoding, "replace") == removed.text
    assert all(a.byte_end <= b.byte_start for a, b in zip(got.stories, got.stories[1:], strict=False))
    for span in got.spans:
        text = data[span.start : span.end]
        if span.kind == "story":
            assert any(s.byte_start <= span.start and span.end <= s.byte_end for s in got.stories), text
        elif span.kind == "space":
            assert not INVISIBLE.sub("", text.decode(got.encoding, "replace")).strip()


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case(case):
    """To report a page that is read wrongly, add it and what it should give to tests/cases/freshrss_text."""
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    data = case.read_bytes()
    got = split(data)
    check_books(data, got)
    rows = []
    for story in got.stories:
        row = {
            k: v for k, v in story._asdict().items() if v != getattr(BLANK, k) and k not in ("byte_start", "byte_end")
        }
        rows.append(json.loads(json.dumps(row)))
    assert rows == expected["stories"]
    assert got.chrome_lang == expected["chrome_lang"]
    assert [[r.kind, r.story, r.text] for r in got.removed if r.kind != "chrome"] == expected["removed"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_stories_come_back_from_a_page_in_any_language(name):
    layout = LAYOUTS[name]
    extractor, opened = layout.tool == "extractor", layout.opened == "all"
    for lang in LANGS:
        data = render(lang, layout, seed=len(lang)).encode()
        got = split(data)
        check_books(data, got)
        assert [story.title for story in got.stories] == TITLES, lang
        if layout.menu:
            assert got.chrome_lang == ("en" if lang == "el" else lang)  # the Greek interface is in English
        else:  # dates and bylines, which other languages have in common with it
            assert got.chrome_lang in (lang, lang.partition("-")[0], "en", "en-us")
        for story, told in zip(got.stories, STORIES, strict=True):
            if layout.row_source and (not extractor or layout.teaser):
                assert story.source_name == told.source
            if not extractor:
                instant = dt.datetime(*told.when, tzinfo=dt.UTC).timestamp()
                assert (story.published_at, story.published_zone) == (int(instant) * 1_000_000, "assumed")
                assert story.published_precision == "minute"
            if opened:
                assert (story.body or "").split("\n\n") == list(told.paragraphs)
                if not extractor:
                    assert (story.authors, story.categories) == (told.authors, told.tags)
            if layout.teaser:
                assert story.summary == "".join(told.paragraphs)
            assert story.form == ("full" if story.body else "teaser" if story.summary else "headline")


@pytest.mark.parametrize("name", LAYOUTS)
def test_any_part_of_a_page_gives_the_stories_in_it(name):
    """The stories above a cut come back, and those below; the one that is cut may be there in part."""
    lines = render("pl", LAYOUTS[name]).split("\n")
    first = next(
        i for i, line in enumerate(lines) if STORIES[0].title in line or STORIES[0].source == line.strip("✇ •")
    )
    for cut in range(first, len(lines), 5):
        above, below = titles("\n".join(lines[:cut])), titles("\n".join(lines[cut:]))
        assert above == TITLES[: len(above)] or above[:-1] == TITLES[: len(above) - 1]
        rest = below[1:] if below and below[0] not in TITLES else below
        if name not in ("firefox_date_below", "chromium_date_below"):  # a cut text's byline is like a head's
            assert rest == TITLES[len(TITLES) - len(rest) :] or rest[1:] == TITLES[len(TITLES) - len(rest) + 1 :]


@pytest.mark.parametrize("name", [n for n in LAYOUTS if n != "firefox_part"])
def test_two_pages_in_a_file(name):
    page = render("fr", LAYOUTS[name])
    assert titles(page + page) == TITLES * 2
    assert titles(page + "\n\n" + render("ja", LAYOUTS[name])) == TITLES * 2


def test_dates_are_read_in_the_zone_that_is_given():
    page = render("fr", LAYOUTS["firefox"])
    here, there = split(page).stories[0], split(page, timezone="Asia/Tokyo").stories[0]
    assert here.published_at - there.published_at == 9 * 3600 * 1_000_000
    assert here.published_raw == there.published_raw == "15 juillet 2025 à 10:39"


def test_a_separator_is_when_it_was_received_and_gives_no_story_a_date():
    got = split("Normal view\n\nToday — 15 July 2025Main stream\n\nA title without a date\n\n" + "Some text. " * 9)
    assert [(s.title, s.published_at) for s in got.stories] == [("A title without a date", None)]


def test_what_is_not_on_the_page_is_none():
    got = split("Normal view\n\nReceived today — 15 July 2025\n\nOnly a title\n\n15 July 2025 at 10:39\n")
    assert got.stories[0]._replace(byte_start=0, byte_end=0) == Story(
        0,
        0,
        "headline",
        title="Only a title",
        published_at=1752575940000000,
        published_raw="15 July 2025 at 10:39",
        published_precision="minute",
        published_zone="assumed",
        confidence=0.9,
    )


@pytest.mark.parametrize(
    "quoted",
    [
        ("Gate opened by mistake", "15 juillet 2025 à 10:39", "Nobody was hurt."),
        ("✇The Evening Buoy", "Gate opened by mistake", "15 juillet 2025 à 10:39"),
        ("Par :Ines Calder", "15 juillet 2025 à 10:39"),
        ("Aujourd’hui", "Hier", "À partir d’avant-hier", "Flux principal"),
        ("1. First headline", "2. Second headline", "3. Third headline"),
        ("Lantern parade moves to the old quarry", "Le moulin des Trois Sources reprend vie"),
        ("“We go on”", "said Par: nobody"),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        "firefox",
        "firefox_anonymous",
        "firefox_reader",
        "firefox_no_feet",
        "chromium",
        "chromium_no_feet",
        "extractor_teaser",
    ],
)
def test_what_a_text_quotes_starts_no_story(name, quoted):
    told = Told(
        "How a page is quoted", "Deichbote", (), (2025, 7, 15, 9, 30), ("It said:", *quoted, "And that was all.")
    )
    stories = (*STORIES[:2], told, *STORIES[2:])
    got = split(render("fr", LAYOUTS[name], stories))
    assert [s.title for s in got.stories] == [s.title for s in stories]
    assert got.stories[2].body.split("\n\n") == list(told.paragraphs)


@pytest.mark.parametrize(
    "title",
    [
        "15 July 2025",
        "What we knew on 15 juillet 2025 à 10:39",
        "• Live • Regatta: ✇ all results",
        "Hier",
        "1984",
        "Flux principal",
        "Par : un inconnu",
        "Lantern parade moves to the old quarry",
        "№ 7",
        "「速報」全便再開",
        "x",
        "A title " * 40,
    ],
)
@pytest.mark.parametrize("name", ["firefox", "firefox_teaser", "firefox_closed", "chromium", "extractor_teaser"])
def test_odd_titles(name, title):
    told = Told(
        title.strip(), "Deichbote", (), (2025, 7, 15, 9, 30), ("It is told here at some length, in a sentence.",)
    )
    stories = (STORIES[0], told, STORIES[1])
    assert titles(render("fr", LAYOUTS[name], stories)) == [s.title for s in stories]


def test_stories_without_a_text_keep_their_bounds():
    told = Told("Empty handed", "Deichbote", ("Hauke Brandt",), (2025, 7, 15, 9, 30), ())
    for name in ("firefox", "firefox_reader", "chromium", "chromium_reader"):
        got = split(render("de", LAYOUTS[name], (STORIES[0], told, STORIES[1])))
        assert [(s.title, s.form) for s in got.stories][1] == ("Empty handed", "headline")
        assert got.stories[2].body.split("\n\n") == list(STORIES[1].paragraphs)


def test_titles_are_told_from_subheadings_where_nothing_else_is_left():
    page = (
        "Normal view\n\nReceived today — 15 July 2025\n\n"
        "Harbour pilots end their strike\n\n15 July 2025 at 10:39\n\n"
        "Harbour pilots returned to work on Tuesday, nine days after they had walked out.\n\n"
        "What happens next\n\nTalks go on until Friday. A vote on the pilots’ new contract is due in August.\n\n"
        "Beekeepers count losses after late frost in the valley\n\n"
        "Beekeepers in the valley lost a third of their colonies to a late frost, their society said.\n\n"
        "Minister opens tunnel under the northern glacier\n\n"
        "The minister rode the first train through the tunnel, which took nineteen years to dig.\n"
    )
    assert titles(page) == [
        "Harbour pilots end their strike",
        "Beekeepers count losses after late frost in the valley",
        "Minister opens tunnel under the northern glacier",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "FreshRSS\nSearch\n🔍\n⚙️\n📰\n📖\n📜\n🔃\n",
        "Normal view\n\nThere are no articles to show.\n",
        "❌\n❌\n",
        "🔲\n☆\n",
    ],
)
def test_a_page_without_stories_is_declined(text):
    with pytest.raises(Rejected) as caught:
        split(text)
    assert caught.value.reason is Reason.NO_STORIES


def test_line_ends_of_any_system():
    page = render("fr", LAYOUTS["firefox_teaser"])
    assert titles(page.replace("\n", "\r\n")) == TITLES
    assert [s.title for s in split(("\ufeff" + page).encode()).stories] == TITLES
    assert [s.title for s in split(("\ufeff" + page).encode("utf-16-le")).stories] == TITLES


LINE = st.sampled_from(
    ["", "", " ", "🔲", "☆", "✇Deichbote", "  • ✇The Courier", "  • A title", "A title", "↗️", "🔖", "#a #b", "❌", "🔃"]
    + ["15 juillet 2025 à 10:39", "A title15 juillet 2025 à 10:39 \t", "Par :Ines", "✇A Par :B 15 juillet 2025 à 10:39"]
    + ["Aujourd’hui — 15 juillet 2025Flux principal", "À partir d’avant-hier", "Vue normale", "FreshRSS", "© Someone"]
    + [
        "🔲\t☆\t🏷️Mes étiquettes\t15 juillet 2025 à 10:39 \t↗️",
        "Some text that goes on for a while, and stops here.",
        "\u200f",
    ]
)


@settings(max_examples=300, deadline=None)
@given((st.lists(LINE, max_size=40).map("\n".join)) | st.text())
def test_the_books_of_any_text_balance(text):
    data = text.encode("utf-8", "ignore")
    try:
        got = split(data)
    except Rejected as rejected:
        assert rejected.reason in (Reason.NO_STORIES, Reason.BINARY, Reason.EMPTY)
        return
    check_books(data, got)
    assert got == split(data)
    for story in got.stories:
        assert None not in (story.byte_start, story.byte_end) and story.byte_start < story.byte_end
        assert "" not in (story.title, story.summary, story.body, story.source_name)
