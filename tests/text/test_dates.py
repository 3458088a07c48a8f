"""Dates: each a string that feeds have been seen to write, in a spelling of our own, and the instant it names."""

import calendar
import datetime
import json

import pytest
from feedmill.transforms.text.dates import TABLE, Instant, fold, read_date
from hypothesis import given, settings
from hypothesis import strategies as st


def at(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text + "+00:00").timestamp() * 1_000_000)


@pytest.mark.parametrize(
    "raw, expected, precision, zone",
    [
        ("Tue, 03 Mar 2026 09:05:07 GMT", "2026-03-03T09:05:07", "second", "explicit"),
        ("Tue, 03 Mar 2026 09:05 +0530", "2026-03-03T03:35:00", "minute", "explicit"),
        ("3 March 2026 09:05:07 CEST", "2026-03-03T07:05:07", "second", "explicit"),
        ("Tues, 3 Mar 26 9:05:07 EDT", "2026-03-03T13:05:07", "second", "explicit"),
        ("Tue, 03-Mar-2026 09:05:07 -0000", "2026-03-03T09:05:07", "second", "explicit"),
        ("Tue, 03 Mar 2026 09:05:07 GMT+02:00", "2026-03-03T07:05:07", "second", "explicit"),
        ("Tue, 03 Mar 2026 09:05:07 +0000 (UTC)", "2026-03-03T09:05:07", "second", "explicit"),
        (
            "Tue Mar 03 2026 09:05:07 GMT+0100 (Central European Standard Time)",
            "2026-03-03T08:05:07",
            "second",
            "explicit",
        ),
        ("Tue, 03 Mar 2026 09:05:07 +0100 CET", "2026-03-03T08:05:07", "second", "explicit"),
        ("Fri, 03 Jul 2026 09:05:07 America/New_York", "2026-07-03T13:05:07", "second", "explicit"),
        ("2026-07-03T09:05:07+02:00[Europe/Berlin]", "2026-07-03T07:05:07", "second", "explicit"),
        ("2026-07-03T09:05:07[Europe/Berlin]", "2026-07-03T07:05:07", "second", "explicit"),
        ("Tue, 3 Febuary 2026 09:05 PM PST", "2026-02-04T05:05:00", "minute", "explicit"),
        ("Tue, 03 Mar 2026 09:05:07", "2026-03-03T09:05:07", "second", "assumed"),
        ("03 Mar 2026", "2026-03-03T00:00:00", "day", "assumed"),
        ("Tue Mar  3 09:05:07 EST 2026", "2026-03-03T14:05:07", "second", "explicit"),
        ("2026-03-03T09:05:07Z", "2026-03-03T09:05:07", "second", "explicit"),
        ("2026-03-03T09:05:07.25-01:00", "2026-03-03T10:05:07.250000", "second", "explicit"),
        ("2026-03-03 09:05:07 +0200", "2026-03-03T07:05:07", "second", "explicit"),
        ("2026-03-03T09:05+02:00", "2026-03-03T07:05:00", "minute", "explicit"),
        ("20260303T090507Z", "2026-03-03T09:05:07", "second", "explicit"),
        ("2026-03-03T24:00:00Z", "2026-03-04T00:00:00", "second", "explicit"),
        ("2026-03-03", "2026-03-03T00:00:00", "day", "assumed"),
        ("2026-03", "2026-03-01T00:00:00", "month", "assumed"),
        ("2026", "2026-01-01T00:00:00", "year", "assumed"),
        ("2026062", "2026-03-03T00:00:00", "day", "assumed"),
        ("2026-W10-2", "2026-03-03T00:00:00", "day", "assumed"),
        ("2026/03/03 09:05", "2026-03-03T09:05:00", "minute", "assumed"),
        ("1772528707", "2026-03-03T09:05:07", "second", "explicit"),
        ("1772528707000", "2026-03-03T09:05:07", "second", "explicit"),
        ("31/12/2025 10:00", "2025-12-31T10:00:00", "minute", "assumed"),
        ("12/31/2025", "2025-12-31T00:00:00", "day", "assumed"),
        ("03.04.2025", "2025-04-03T00:00:00", "day", "assumed"),
        ("March 3rd, 2026 9:05am", "2026-03-03T09:05:00", "minute", "assumed"),
        ("mar., 03 mars 2026 09:05:07 +0100", "2026-03-03T08:05:07", "second", "explicit"),
        ("Di, 03 Mär 2026 09:05:07 MEZ", "2026-03-03T08:05:07", "second", "explicit"),
        ("3 de março de 2026 09:05", "2026-03-03T09:05:00", "minute", "assumed"),
        ("вторник, 3 марта 2026 г., 09:05", "2026-03-03T09:05:00", "minute", "assumed"),
        ("2026年3月3日 09:05", "2026-03-03T09:05:00", "minute", "assumed"),
        ("2026년 3월 3일 오후 9:05", "2026-03-03T21:05:00", "minute", "assumed"),
        ("٣ مارس ٢٠٢٦", "2026-03-03T00:00:00", "day", "assumed"),
        ("3 มีนาคม ค.ศ. 2026", "2026-03-03T00:00:00", "day", "assumed"),
        ("3 tháng 3, 2026", "2026-03-03T00:00:00", "day", "assumed"),
        ("2026. március 3., kedd", "2026-03-03T00:00:00", "day", "assumed"),
    ],
)
def test_read(raw, expected, precision, zone):
    assert read_date(raw) == Instant(at(expected), precision, zone)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "n/a",
        "today",
        "3 hours ago",
        "3 March",
        "Tuesday",
        "09:05",
        "03/04/2026",
        "03/04/26",
        "2026-02-30",
        "2026-13-01",
    ]
    + [
        "Tue, 03 Mar 2026 25:00:00 GMT",
        "Tue, 03 Mar 2026 09:05:07 QQQ",
        "Tue, 03 Mar 2026 09:05:07 +0100 QQQ",
        "Tue, 03 Mar 2026 09:05:07 Europe/Atlantis",
        "1404/12/12",
        "0001-01-01T00:00:00Z",
        "0000-00-00 00:00:00",
        "-2026-03",
    ]
    + ["Reuters, 5 March 2026", "updated 2026-03-03", "2026-03-03T09:05:07+99:00", "5 listopada", "1" * 300, "३" * 12],
)
def test_what_is_not_wholly_understood_is_not_read(raw):
    assert read_date(raw) is None


def test_a_zone_is_assumed_for_times_and_not_for_days():
    assert read_date("2026-07-01 00:30", zone="Europe/Paris") == Instant(at("2026-06-30T22:30:00"), "minute", "assumed")
    assert read_date("2026-07-01", zone="Europe/Paris") == Instant(at("2026-07-01T00:00:00"), "day", "assumed")
    assert read_date("2026-07-01T00:30Z", zone="Europe/Paris") == Instant(
        at("2026-07-01T00:30:00"), "minute", "explicit"
    )


def test_a_weekday_settles_what_could_be_two_dates():
    assert read_date("Monday 03/04/2025") is None  # neither the 3rd of April nor the 4th of March
    assert read_date("Thursday 03/04/2025") == Instant(at("2025-04-03T00:00:00"), "day", "assumed")
    assert read_date("Friday 04/04/2025") == Instant(at("2025-04-04T00:00:00"), "day", "assumed")
    assert read_date("nedjelja, 5 listopada 2025") == Instant(at("2025-10-05T00:00:00"), "day", "assumed")


def test_the_words_are_those_of_the_cldr():
    pytest.importorskip("babel")
    from tests.text.make_date_words import words

    shipped, made = json.loads(TABLE.read_text(encoding="utf-8")), words(("fr", "ru", "ko"))
    assert made.keys() == shipped.keys()
    for name, months in dict(made["months"]).items():
        assert set(months) <= set(shipped["months"][name])


@settings(max_examples=300, deadline=None)
@given(st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2049, 12, 31)), st.integers(-14 * 4, 14 * 4))
def test_every_spelling_of_an_instant_is_that_instant(moment, quarters):
    moment = moment.replace(microsecond=0)
    offset = datetime.timedelta(minutes=15 * quarters)
    sign = "+" if quarters >= 0 else "-"
    hours, minutes = divmod(abs(15 * quarters), 60)
    expected = Instant(at((moment - offset).isoformat()), "second", "explicit")
    day = calendar.day_abbr[moment.weekday()]
    month = calendar.month_abbr[moment.month]
    clock = f"{moment:%H:%M:%S}"
    for raw in (
        f"{day}, {moment.day:02} {month} {moment.year} {clock} {sign}{hours:02}{minutes:02}",
        f"{moment.day} {month} {moment.year} {clock} GMT{sign}{hours:02}:{minutes:02}",
        f"{moment:%Y-%m-%d}T{clock}{sign}{hours:02}:{minutes:02}",
        f"{moment:%Y%m%d}T{moment:%H%M%S}{sign}{hours:02}{minutes:02}",
    ):
        assert read_date(raw) == expected, raw


ALPHABET = "0123456789 :-+./,TZapmMarchJuly年月日العشرون٣३²½\u200f()[]"


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40) | st.text(ALPHABET, max_size=40))
def test_any_text_is_read_or_not_and_never_fails(raw):
    read = read_date(raw, zone="America/New_York")
    assert read is None or (read.precision in ("year", "month", "day", "minute", "second") and isinstance(read.at, int))
    assert fold(fold(raw)) == fold(raw)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("14 พฤษภาคม 2567 10:10", "2024-05-14"),
        ("Wed, 15 May 2567 10:10:00 +0700", "2024-05-15"),
        ("16/05/2567 10:10", None),  # whose year it is, nothing says
        ("Mon, 15 May 2567 10:10:00 +0700", None),
        ("25 ارديبهشت 1403 10:10:00", "2024-05-14"),
        ("۱ فروردین ۱۴۰۳", "2024-03-20"),
        ("1403/02/26 10:10", None),
        ("5 محرم 1446", None),
        ("令和6年5月14日", "2024-05-14"),
        ("平成元年1月8日", "1989-01-08"),
        ("民國113年5月14日", "2024-05-14"),
    ],
)
def test_years_of_other_calendars(raw, day):
    found = read_date(raw)
    assert (found and str(datetime.datetime.fromtimestamp(found.at / 1e6, datetime.UTC).date())) == day


@pytest.mark.parametrize(
    "raw",
    [
        "Tue, 14 May 2024 14:10 PM",
        "2024-05-14T14:10:00 00:00",
        "Tue, 14 May 2024 16:10:00 0200",
        "Tue, 14 May 2024 16:10:00 (GMT+2)",
        "/Date(1715695800000)/",
        "/Date(1715695800000+0200)/",
        "1715695800.0",
        "1715695800000000",
        "2024-05-14T16:10:00+0200Z",
        "Published: Tue, 14 May 2024 14:10:00 GMT",
        "2024-05-14 14:10:00 +0000 UTC m=+0.000012",
        "Ti, 14 Tou 2024 14:10:00 +0000",
    ],
)
def test_spellings_of_programs(raw):
    found = read_date(raw)
    assert found is not None
    assert found.at == 1_715_695_800_000_000


@pytest.mark.parametrize(
    "raw",
    ["Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T01:00:00+01:00", "1969-12-31T23:59:59Z", "/Date(0000000000)/", "0000-00-00",
     "Tue, 14 May 2024 14:10 AM"],
)  # fmt: skip
def test_placeholders_and_contradictions_are_no_dates(raw):
    assert read_date(raw) is None
