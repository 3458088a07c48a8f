import datetime

import pytest
from feedmill.transforms.captures.capture_time import captured_at, path_time, resolve_captured
from feedmill.transforms.rows.story import Snapshot, Split
from hypothesis import given
from hypothesis import strategies as st


def _iso(at):
    if at is None:
        return None
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=at)).isoformat()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("feed/20250715T104103Z_1594ff3e.xml", "2025-07-15T10:41:03"),
        ("feed/20250715T104103.xml", "2025-07-15T10:41:03"),
        ("feed/20250715T124103+0200.xml", "2025-07-15T10:41:03"),
        ("feed/20250715T064103-0400.xml", "2025-07-15T10:41:03"),
        ("feed/20250715T104103.250Z.xml", "2025-07-15T10:41:03.250000"),
        ("feed/20250715T1041Z.xml", "2025-07-15T10:41:00"),
        ("feed/20250715104103.xml", "2025-07-15T10:41:03"),
        ("web/20250715104103id_/https:/x.example/feed", "2025-07-15T10:41:03"),
        ("feed/202507151041.xml", "2025-07-15T10:41:00"),
        ("feed/2025071510.xml", "2025-07-15T10:00:00"),
        ("feed/20250715-1041.xml", "2025-07-15T10:41:00"),
        ("feed/20250715_104103.xml", "2025-07-15T10:41:03"),
        ("feed/20250715.xml", "2025-07-15T00:00:00"),
        ("feed/20250715/1041.xml", "2025-07-15T10:41:00"),
        ("2025-07-15/10-41/feed.xml", "2025-07-15T10:41:00"),
        ("2025-07-15/10-41.xml", "2025-07-15T10:41:00"),
        ("2025-07-15T10-41-03.xml", "2025-07-15T10:41:03"),
        ("2025-07-15T10:41:03Z.xml", "2025-07-15T10:41:03"),
        ("2025-07-15T10%3A41%3A03Z.xml", "2025-07-15T10:41:03"),
        ("2025-07-15 10.41.03.xml", "2025-07-15T10:41:03"),
        ("2025_07_15_10_41_03.xml", "2025-07-15T10:41:03"),
        ("feed-2025-07-15-10h41.xml", "2025-07-15T10:41:00"),
        ("feed.2025.07.15.xml", "2025-07-15T00:00:00"),
        ("x/2025/07/15/19-00-00/feed.xml", "2025-07-15T19:00:00"),
        ("x/2025/07/15/19/00/feed.xml", "2025-07-15T19:00:00"),
        ("x/2025/07/15/19/feed.xml", "2025-07-15T19:00:00"),
        ("x/2025/7/5/feed.xml", "2025-07-05T00:00:00"),
        ("x/2025/07/15/feed.xml", "2025-07-15T00:00:00"),
        ("x/year=2025/month=07/day=15/hour=19/feed.xml", "2025-07-15T19:00:00"),
        ("x/date=2025-07-15/hour=19/feed.xml", "2025-07-15T19:00:00"),
        # the most precise counts, then the last
        ("2025-07-16/20250715T104103Z.xml", "2025-07-15T10:41:03"),
        ("20250715T104103Z/2025-07-16.xml", "2025-07-15T10:41:03"),
        ("backup-20260101.tar#feeds/20250715.xml", "2025-07-15T00:00:00"),
        # seconds and milliseconds since 1970
        ("feed/1752576063.xml", "2025-07-15T10:41:03"),
        ("feed.1752576063.xml.gz", "2025-07-15T10:41:03"),
        ("feed/1752576063250.json", "2025-07-15T10:41:03.250000"),
        ("1752576063/feed.xml", "2025-07-15T10:41:03"),
        ("feed/2025-07-15-10-ways-to-cook-rice.xml", "2025-07-15T00:00:00"),
        ("feed/2025-07-16 9 lives/2025-07-15 10-41.xml", "2025-07-15T10:41:00"),
        # no time of capture
        ("feed-1752576063-title.xml", None),
        ("feed/1052576063.xml", None),
        ("feed/17525760631.xml", None),
        ("feed/20251315.xml", None),
        ("feed/20250230T104103Z.xml", None),
        ("feed/2025-02-30.xml", None),
        ("feed/2025-07.xml", None),
        ("feed/2025.xml", None),
        ("feed/120250715.xml", None),
        ("feed/202507151.xml", None),
        ("feed/202507159999.xml", None),
        ("v1.20.3/feed.xml", None),
        ("192.168.20.25/feed.xml", None),
        ("", None),
    ],
)
def test_a_timestamp_in_the_path(path, expected):
    assert _iso(path_time(path)) == expected


def test_a_time_that_cannot_be_leaves_the_day():
    assert _iso(path_time("2025-07-15/99-99.xml")) == "2025-07-15T00:00:00"


@given(st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2099, 1, 1)))
def test_what_programs_write_is_read_back(at):
    at = at.replace(microsecond=0)
    for shape in ("%Y%m%dT%H%M%SZ", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d/%H-%M-%S/feed", "%Y-%m-%d_%H-%M-%S", "%Y%m%d%H%M%S"):
        assert _iso(path_time(f"a/{at.strftime(shape)}.xml")) == at.isoformat()


@given(st.text(st.sampled_from("0123456789-_/.T:Z+#a =%h"), max_size=80) | st.text(max_size=40))
def test_any_path_has_a_time_or_none(path):
    at = path_time(path)
    assert at is None or abs(at) < 5_000_000_000_000_000


def test_the_order_of_who_is_believed():
    split = Split("greader_json", "utf-8", 0, (), (), captured_at=9)
    assert captured_at("20250715.xml", 7, warc=5) == (5, "warc")
    assert captured_at("20250715.xml", 7)[1] == "path"
    assert captured_at("a.xml", 7) == (7, "mtime")
    assert captured_at("a.xml", None) == (None, None)
    assert resolve_captured(Snapshot("a", b"", 5, "warc"), split) == (5, "warc")
    assert resolve_captured(Snapshot("a", b"", 5, "path"), split) == (5, "path")
    assert resolve_captured(Snapshot("a", b"", 5, "mtime"), split) == (9, "export")
    assert resolve_captured(Snapshot("a", b"", None, None), split) == (9, "export")
    assert resolve_captured(Snapshot("a", b"", 5, "mtime"), split._replace(captured_at=None)) == (5, "mtime")
    assert resolve_captured(Snapshot("a", b"", 5, "mtime"), None) == (5, "mtime")


@pytest.mark.timeout(10)
def test_a_hostile_path_takes_no_time():
    for part in ("2025-07-15 ", "20250715", "2025/07/15/", "1", "a=", "2025-07-15_at_1"):
        path_time(part * 20_000)
