"""Headings of days, and tickers."""

import pytest
from feedmill.transforms.formats.lists.days import dated, headings, ticker
from feedmill.transforms.text.lines import read_lines
from feedmill.transforms.text.stamps import read_stamp

TICKER = "10:30 Rates held again by the bank\n10:41 – Rain fell on all of the coast\n11:02 A mast fell in the wind\n"


def stamps(text):
    return {line.start: stamp for line in read_lines(text) if (stamp := read_stamp(line.text))}


@pytest.mark.parametrize(
    ("line", "raw", "title"),
    [
        ("09:15 Brotpreise steigen zum dritten Mal", "09:15", "Brotpreise steigen zum dritten Mal"),
        ("18.30 Uhr: Neuer Präsident auf der Insel gewählt", "18.30", "Neuer Präsident auf der Insel gewählt"),
        ("[7:05 pm] Nine countries sign an accord on salmon", "7:05 pm", "Nine countries sign an accord on salmon"),
        ("- 14h05 « Le port rouvrira », dit le maire", "14h05", "« Le port rouvrira », dit le maire"),
        ("12:00 港口管理局表示港口将重新开放没有人员受伤", "12:00", "港口管理局表示港口将重新开放没有人员受伤"),
    ],
)
def test_a_line_of_a_ticker(line, raw, title):
    got = ticker(read_lines(TICKER + line))
    assert [(stamp.raw, stamp.rest) for stamp in got.values()][-1] == (raw, title)


@pytest.mark.parametrize(
    "text",
    [
        "10:30 Rates held again by the bank\n10:41 Rain fell on all of the coast\n",  # two may be chance
        "20:00 News\n20:15 Weather\n20:20 Film\n22:10 Sport\n",
        "".join(f"10:15:{n:02d} worker {n} finished what it had been given\n" for n in range(9)),
        "The bank held its rates.\n" * 9 + TICKER,
        "".join(f"10:30 | The Pier | Crane {n} falls into the harbour, 3 March 2026\n" for n in range(9)),
        "".join(f"08:00 Train {n} to the harbour by way of the mill\n" for n in range(9)),
    ],
    ids=["two", "programme", "log", "prose", "dated", "timetable"],
)
def test_what_is_no_ticker(text):
    assert ticker(read_lines(text)) == {}


def test_headings_of_days_and_the_dates_they_give():
    text = "Today\n\nCrane falls\nPier / 2h\n\n2 March 2026\n\nHeron back\nPier / 10:30\n\nRain\nBBC / 9:05\n"
    days = headings(read_lines(text), stamps(text))
    assert [stamp.raw for stamp in days.values()] == ["Today", "2 March 2026"]
    got = dated(stamps(text), days, "UTC").values()
    assert [(stamp.raw, stamp.when and stamp.when.precision) for stamp in got] == [
        ("2h", None), ("10:30", "minute"), ("9:05", "minute"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Crane falls\n\n3 March 2026\n\nHeron back\n\n4 March 2026\n\nRain\n",
        "Crane falls\n\nHier\nPier / 2h\n\nRain\nBBC / 3h\n",
    ],
    ids=["dates of the stories", "a story of that name"],
)
def test_what_is_no_heading_of_a_day(text):
    assert headings(read_lines(text), stamps(text)) == {}
