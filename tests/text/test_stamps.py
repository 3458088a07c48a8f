"""The small lines under headlines."""

import datetime

import pytest
from feedmill.transforms.text.stamps import Stamp, read_stamp
from hypothesis import given
from hypothesis import strategies as st

UTC = datetime.UTC


def day(stamp: Stamp | None) -> str | None:
    assert stamp is not None and stamp.when is not None
    return datetime.datetime.fromtimestamp(stamp.when.at / 1e6, UTC).date().isoformat()


@pytest.mark.parametrize(
    ("line", "names", "authors", "raw"),
    [
        ("Pier News / 3h", ("Pier News",), (), "3h"),
        ("1K Pier News by Ana Silva / 3h", ("Pier News",), ("Ana Silva",), "3h"),
        ("vor einer Stunde", (), (), "vor einer Stunde"),
        ("El Muelle · hace 2 días", ("El Muelle",), (), "hace 2 días"),
        ("みなと新報 · 3時間前", ("みなと新報",), (), "3時間前"),
        ("صدى المرفأ | قبل 3 ساعات", ("صدى المرفأ",), (), "قبل 3 ساعات"),
        ("Gestern", (), (), "Gestern"),
        ("Pier News - 10:45", ("Pier News",), (), "10:45"),
        ("Jo Kurz · 5 Mar", ("Jo Kurz",), (), "5 Mar"),
        ("05/03/2026", (), (), "05/03/2026"),
        ("AC/DC-Blatt | 5m", ("AC/DC-Blatt",), (), "5m"),
        ("123 points by ana 3 hours ago | hide | 45 comments", (), ("ana",), "3 hours ago"),
        ("1 point by bo_li an hour ago | discuss", (), ("bo_li",), "an hour ago"),
    ],
)
def test_ages_and_dates_that_cannot_be_placed(line, names, authors, raw):
    got = read_stamp(line)
    assert got is not None
    assert (got.names, got.authors, got.raw, got.when) == (names, authors, raw, None)


@pytest.mark.parametrize(
    ("line", "date", "names", "lead"),
    [
        ("5 March 2026", "2026-03-05", (), ""),
        ("Thursday, 5 March 2026", "2026-03-05", (), ""),
        ("Le Monde, 5 mars 2026", "2026-03-05", ("Le Monde",), ""),
        ("March 5, 2026, Pier News", "2026-03-05", ("Pier News",), ""),
        ("Published on March 4, 2026", "2026-03-04", (), "Published on"),
        ("Вестник | 5 марта 2026 г., 9:00", "2026-03-05", ("Вестник",), ""),
        ("5 marca 2026 • 4 min czytania • Kurier", "2026-03-05", ("Kurier",), ""),
        ("2026年3月5日 10:45", "2026-03-05", (), ""),
        ("Mar 5, 2026 · 4 min", "2026-03-05", (), ""),
    ],
)
def test_dates(line, date, names, lead):
    got = read_stamp(line)
    assert got is not None
    assert (day(got), got.names, got.lead) == (date, names, lead)


def test_a_title_on_the_same_line():
    got = read_stamp("Nine ministers sign the accord on salmon | Le Quai | 5 March 2026")
    assert got is not None
    assert (got.rest, got.names, day(got)) == ("Nine ministers sign the accord on salmon", ("Le Quai",), "2026-03-05")


@pytest.mark.parametrize(
    "line",
    [
        "Rain",
        "Rain fell on 5 villages",
        "Version 3.2 released",
        "Chapter 3",
        "10:45",
        "March 2026",
        "2026",
        "COVID-19",
        "3-1 win over Porto",
        "2026-03-03 10:15:00,123 INFO worker 3 finished",
        "On 3 March 2026 the crane fell, and the port was closed for a week.",
        "A day in the life",
    ],
)
def test_no_stamps(line):
    assert read_stamp(line) is None


@given(
    st.text()
    | st.lists(
        st.sampled_from(["3h", " / ", "5 March", " 2026", ", ", "(", ")", "BBC", " by ", "Jo Kurz", "一", "1"])
    ).map("".join)
)
def test_any_line_can_be_read(line):
    got = read_stamp(line)
    assert got is None or got.raw
