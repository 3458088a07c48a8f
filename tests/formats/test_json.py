"""JSON Feed, Google-Reader JSON and entries in JSON of no standard: the cases, and what holds for any JSON."""

import contextlib
import json
import pathlib

import pytest
from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats import split_snapshot
from feedmill.transforms.formats.json.scan import elements, gather
from feedmill.transforms.formats.json.story import strings
from feedmill.transforms.formats.json.vocabulary import epoch, string
from feedmill.transforms.rows.story import Snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

CASES = pathlib.Path(__file__).parent.parent / "cases"
PAIRS = sorted(
    p for name in ("jsonfeed", "greader_json", "json_entries") for p in (CASES / name).glob("*.expected.json")
)
_OF_THE_SNAPSHOT = ("byte_start", "byte_end", "confidence")


def split(data, uri="a.json"):
    return split_snapshot(Snapshot(uri, data.encode() if isinstance(data, str) else data))


def told(found):
    """What a case states of a split: the parts that say something."""
    stories = []
    for story in found.stories:
        parts = {k: v for k, v in story._asdict().items() if v not in (None, (), False) and k not in _OF_THE_SNAPSHOT}
        parts |= {"media": [m.url for m in story.media]} if story.media else {}
        stories.append({k: list(v) if isinstance(v, tuple) else v for k, v in parts.items()})
    said = {
        "format": found.format,
        "source_name": found.source_name,
        "captured_at": found.captured_at,
        "stories": stories,
    }
    said["rejects"] = [r.reason for r in found.rejects]
    return {k: v for k, v in said.items() if v}


@pytest.mark.parametrize("expected", PAIRS, ids=lambda p: f"{p.parent.name}/{p.name.split('.')[0]}")
def test_case(expected):
    """To report entries that are read wrongly, add a file and what it should give to tests/cases."""
    stem = expected.name.removesuffix(".expected.json")
    [source] = [p for p in expected.parent.glob(f"{stem}.*") if p != expected]
    data = source.read_bytes()
    found = split(data)
    assert told(found) == json.loads(expected.read_text(encoding="utf-8"))
    assert "".join(data[s.start : s.end].decode() for s in found.spans) == data.decode()
    for story in found.stories:
        assert isinstance(json.loads(data[story.byte_start : story.byte_end]), dict)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_bytes_of_an_entry_are_right_in_any_encoding(encoding):
    text = (
        '[{"title": "Сельдь 🐟", "url": "https://a.example/1"},\n {"title": "lachs é", "url": "https://a.example/2"}]'
    )
    data = text.encode(encoding)
    found = split(data)
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
    entries = [json.loads(data[s.byte_start : s.byte_end].decode(codec)) for s in found.stories]
    assert [e["title"] for e in entries] == ["Сельдь 🐟", "lachs é"]


def test_a_broken_element_costs_itself():
    found = split('[{"title": "a", "url": "u:a"}, {"title": "b" "url": 3}, {"title": "c", "url": "u:c"}, {"title": "d"')
    assert [s.title for s in found.stories] == ["a", "c"]
    assert [r.reason for r in found.rejects] == ["malformed", "truncated"]


def test_pretty_printed_objects_one_behind_the_other():
    text = "\n".join(json.dumps({"title": t, "url": f"https://a.example/{t}"}, indent=1) for t in "abc")
    assert [s.title for s in split(text).stories] == ["a", "b", "c"]


def test_a_guid_that_comes_twice_is_not_trusted():
    items = [{"id": i, "title": t} for i, t in (("1", "a"), ("1", "b"), ("2", "c"), ("", "d"))]
    found = split(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}))
    assert [(s.guid, s.guid_trusted) for s in found.stories] == [("1", False), ("1", False), ("2", True), (None, False)]


def test_the_version_may_come_last_and_in_other_words():
    assert (
        split(r'{"items": [{"id": "1", "title": "t"}], "version": "http:\/\/jsonfeed.org\/version\/1"}').format
        == "jsonfeed"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"version": "https://jsonfeed.org/version/1"}', Reason.MALFORMED),
        ('{"name": "a-package", "version": "1.0.0"}', Reason.UNKNOWN_FORMAT),
        ("[1, 2, 3]", Reason.UNKNOWN_FORMAT),
        ("[]", Reason.UNKNOWN_FORMAT),
        ("{}", Reason.UNKNOWN_FORMAT),
        ("[" * 100_000, Reason.UNKNOWN_FORMAT),
        ('{"a":' * 100_000, Reason.UNKNOWN_FORMAT),
    ],
)
def test_json_without_stories_is_declined(text, reason):
    with pytest.raises(Rejected) as caught:
        split(text)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    "text",
    [
        '{"version": "https://jsonfeed.org/version/1", "items": []}',
        '{"id": "user/-/state/com.google/starred", "items": []}',
    ],
)
def test_an_empty_list_is_a_feed_without_stories(text):
    found = split(text)
    assert found.stories == found.rejects == ()
    assert sum(span.end - span.start for span in found.spans) == len(text)


def test_deep_nesting_in_one_entry_costs_that_entry_and_what_follows():
    text = '[{"title": "a", "url": "u:a"}, {"title": "b", "x": ' + "[" * 200_000 + "]"
    found = split(text)
    assert [s.title for s in found.stories] == ["a"]
    assert [r.reason for r in found.rejects] == ["malformed"]


def test_numbers_of_any_length():
    found = split('[{"title": "a", "date": ' + "9" * 100_000 + '}, {"title": "b", "date": 1e999, "id": NaN}]')
    assert [(s.title, s.published_at) for s in found.stories] == [("a", None), ("b", None)]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "part",
    ['{"a":[', '{"a":"', '{"a":1},', '},{"', '{"title":"a"}\n{', '"', "[{", '{"items":[', '\\"', '{"a":"\\"},{"'],
)
def test_hostile_json_takes_linear_time(part):
    text = '[{"title": "a", "url": "b"},' + part * (1_000_000 // len(part))
    for start in (text, text[1:]):
        with contextlib.suppress(Rejected):
            split(start)


def test_very_many_broken_lines_are_reported_together():
    found = split('{"title": "a", "url": "b"}\n' * 5 + "{broken\n" * 5_000 + '{"title": "c", "url": "d"}\nbroken')
    assert [s.title for s in found.stories] == ["a"] * 5 + ["c"]
    assert len(found.rejects) == 1_002


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["title", "url", "id", "date", "content", "summary", "author", "tags", "source", "image", "items", "version", "x"]
)
_ENTRIES = st.lists(st.dictionaries(_KEYS, _VALUES, max_size=6), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(_ENTRIES, st.sampled_from([None, 0, 1]), st.booleans())
def test_every_entry_is_a_story_or_a_reject(entries, indent, wrapped):
    entries = [{"title": "t", "url": "https://a.example/"}] * len(entries) + entries
    text = json.dumps({"items": entries} if wrapped else entries, indent=indent, ensure_ascii=False)
    data = text.encode("utf-8", "replace")
    found = split(data)
    assert len(found.stories) + len(found.rejects) == len(entries)
    assert found.spans[0].start == 0
    assert found.spans[-1].end == len(data)
    assert all(a.end == b.start for a, b in zip(found.spans, found.spans[1:], strict=False))
    for story in found.stories:
        assert json.loads(data[story.byte_start : story.byte_end]) in entries


@given(st.lists(_VALUES, max_size=5), st.integers(0, 200))
def test_what_is_complete_in_a_cut_off_array_is_found(values, cut):
    text = json.dumps(values)
    found = [f for f in elements(text[:cut], 1) if f.problem is None]
    # a number that is cut is another number: the last one is not compared
    assert [f.value for f in found][:-1] == values[: len(found)][:-1]
    assert [f for group in gather(text, 0) for f in group.entries] == list(elements(text, 1))


def test_the_text_in_values_of_many_shapes():
    assert strings([{"name": "Ann"}, ["x"], 3, None, "Ann"]) == ("Ann", "x", "3")
    assert string({"$t": "x"}) == "x"
    assert epoch(True) is epoch("x") is epoch(0) is None
    assert epoch(1_752_576_063_000) == epoch(1_752_576_063) == epoch(1_752_576_063_000_000) == 1_752_576_063_000_000
