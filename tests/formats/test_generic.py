"""Lists of stories from any reader: the shapes, what must be declined, and what holds for any text."""

import json
import pathlib

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import Settings
from feedmill.transforms.formats.lists.blurbs import looks_like_blurbs
from feedmill.transforms.formats.lists.generic import looks_like_multi_story, split_generic
from feedmill.transforms.rows.story import Snapshot, Split
from feedmill.transforms.text.decode import decode
from hypothesis import given, settings
from hypothesis import strategies as st

CASES = sorted((pathlib.Path(__file__).parent.parent / "cases" / "generic").glob("*.txt"))
KEEP = ("title", "source_name", "authors", "url_raw", "published_raw", "published_at", "published_precision", "body")


def split(data: bytes | str) -> Split:
    data = data.encode() if isinstance(data, str) else data
    return split_generic(decode(Snapshot("list.txt", data)), "multi_story", Settings())


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case(case):
    """To report a list that is cut wrongly, add it and what it should give to tests/cases/generic."""
    got = split(case.read_bytes())
    rows = [{k: v for k, v in s._asdict().items() if k in KEEP and v} for s in got.stories]
    assert json.loads(json.dumps(rows)) == json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    assert all(0.3 < s.confidence < 0.9 for s in got.stories)


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_the_sniffer_can_tell_it_from_blurbs(case):
    text = case.read_text(encoding="utf-8")
    assert looks_like_blurbs(text) == 0.0
    assert looks_like_multi_story(text) >= 0.5


ONE_STORY = {
    "article": "Crane falls\nBy Ana Silva\n3 March 2026\n\nThe port was closed on Monday after a crane fell.\n\n"
    "It will open again within days, the authority said.\n\nNobody was hurt.\n",
    "prose with dates": "On 3 March 2026 the crane fell. It had stood there since 5 May 1987, when the port was built.\n\n"
    "The port opened again on 7 March 2026, and all was well.\n",
    "log": "".join(f"2026-03-03 10:15:{n:02d},123 INFO worker {n} finished the job\n" for n in range(20)),
    "csv": "".join(f"{n},Silva,2026-03-{n:02d},{n * 3}.50\n" for n in range(1, 20)),
    "code": "def main():\n    pass\n\n\ndef other():\n    return 3\n\n\nclass A:\n    x = 5\n",
    "verse": "\n".join("The tide comes in, the tide goes out,\nThe boats lie on the sand,\n" for _ in range(4)),
    "dates alone": "3 March 2026\n4 March 2026\n5 March 2026\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", ONE_STORY)
def test_declines_what_is_not_several_stories(name):
    assert looks_like_multi_story(ONE_STORY[name]) == 0.0
    with pytest.raises(Rejected) as caught:
        split(ONE_STORY[name])
    assert caught.value.reason is Reason.NO_STORIES


def test_buttons_and_headings_are_chrome():
    data = (CASES[0].parent / "blog_list_with_links.txt").read_bytes()
    got = split(data)
    assert [(r.text, r.story) for r in got.removed] == [(t, n) for n in range(3) for t in ("Share", "Save")]
    assert all(data[r.start : r.end].decode() == r.text for r in got.removed)


PIECES = st.sampled_from(
    [
        "\n",
        "\n",
        "\n\n",
        "\n\n\n",
        "Reuters / 3h",
        "BBC | 5m",
        "3 March 2026",
        "vor 2 Stunden",
        "Rain fell.",
        "Rates hold",
    ]
    + [
        "Read more",
        "1. ",
        "• ",
        "By Jo Kurz",
        "https://a.example/b",
        "雨が降った",
        " · ",
        "(Tass, 5 marca 2026)",
        "---",
    ]
    + ["word " * 20, "\u200f", "10:45", "Yesterday", ", ", "é"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_any_text_is_tiled_or_declined(text):
    data = text.encode("utf-8", "replace")
    try:
        got = split(data)
    except Rejected as rejected:
        assert rejected.reason in (Reason.NO_STORIES, Reason.BINARY)
        return
    at = 0
    for span in got.spans:
        assert (span.start, span.end > at) == (at, True)
        at = span.end
    assert at == len(data)
    last = 0
    for story in got.stories:
        assert last <= story.byte_start < story.byte_end <= len(data)
        last = story.byte_end


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    ["Rain\nBBC / 3h\nWet.\n" * 10_000, "3h\n" * 20_000, "x" * 10_000_000, "• Rain\n" * 20_000, "a / " * 1_000_000]
    + ["Rates hold\n\n3 March 2026\n\n" * 10_000, "(" * 1_000_000, "5 March, " * 500_000, "Read more\n" * 20_000],
    ids=["list", "stamps", "one line", "bullets", "parts", "blocks", "brackets", "commas", "buttons"],
)
def test_a_hostile_text_takes_no_long_time(text):
    looks_like_multi_story(text)
    try:
        split(text)
    except Rejected as rejected:
        assert rejected.reason is Reason.NO_STORIES
