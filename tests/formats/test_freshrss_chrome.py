import datetime as dt

import pytest
from feedmill.transforms.failures import UsageError
from feedmill.transforms.formats.freshrss import chrome
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.reader_pages import LAYOUTS, render

LANGS = sorted(chrome.table())
ROLES = {"view", "main", "favourites", "today", "yesterday", "older", "by", "mark_read", "share", "login", "search"}
ROLES |= {"manage", "labels"}


def written(lang, pattern, year, month, day, hour=10, minute=39):
    """Every way in which `lang` writes the date by one of its patterns."""
    months = chrome.table()[lang]["months"]
    names = months[month - 1] if months else str(month)
    for name in [names] if isinstance(names, str) else names:
        text = pattern.replace("{day}", str(day)).replace("{month}", name).replace("{year}", str(year))
        text = text.replace("{hour}", str((hour + 11) % 12 + 1) if "{am}" in text else f"{hour:02d}")
        text = text.replace("{minute}", f"{minute:02d}").replace("{am}", "am" if hour < 12 else "pm")
        yield text.replace("{th}", {1: "st", 2: "nd", 3: "rd"}.get(day, "th"))


@pytest.mark.parametrize("lang", LANGS)
class TestEveryLanguage:
    def test_says_something_for_the_roles_that_matter(self, lang):
        entry = chrome.table()[lang]
        assert set(entry["words"]) >= ROLES
        assert all(entry["words"][role] for role in ROLES)
        assert len(entry["months"]) in (0, 12)
        assert entry["day"] and entry["minute"]

    def test_dates_with_a_time_are_read_alone_and_after_other_words(self, lang):
        for pattern in chrome.table()[lang]["minute"]:
            for month, day, hour in [(m, d, h) for m in range(1, 13) for d, h in ((1, 0), (15, 10), (28, 23))]:
                for text in written(lang, pattern, 2025, month, day, hour):
                    for shown in (text, f"  {text} \t"):
                        date = chrome.read_reader_date(shown, [lang])
                        assert date is not None, shown
                        assert date[:6] == (2025, month, day, hour, 39, "minute"), shown
                        assert date.raw == text
                    assert lang in chrome.read_reader_date(text).langs
                    for before in ("The storm is over", "The storm is over ", "Sturm„", "号外"):
                        at, date = chrome.date_at_end(f"{before}{text} ", [lang])
                        assert (before + text)[:at] == before
                        assert date[:5] == (2025, month, day, hour, 39)

    def test_days_are_read(self, lang):
        for pattern in chrome.table()[lang]["day"]:
            for text in written(lang, pattern, 2024, 2, 29):
                assert chrome.read_reader_date(text, [lang])[:6] == (2024, 2, 29, None, None, "day")

    def test_separators_are_read_with_and_without_the_name_of_the_stream(self, lang):
        entry = chrome.table()[lang]
        stream = entry["words"]["main"][0]
        day = next(written(lang, entry["day"][0], 2025, 7, 15))
        for role in ("today", "yesterday", "older"):
            for word in entry["words"][role]:
                for name in ("", stream, "2nd shelf", "Café & co"):
                    found = chrome.read_separator(f"{word} — {day}{name}", [lang])
                    assert found is not None, (word, name)
                    assert found.date[:3] == (2025, 7, 15)
                    assert found.rest == name
        for word in entry["words"]["older"]:
            for name in ("", stream, "Café & co"):
                found = chrome.read_separator(word + name, [lang])
                assert (found.role, found.date, found.rest) in {("older", None, name), ("yesterday", None, name)}

    def test_the_language_is_told_from_its_own_words(self, lang):
        if lang == "el":
            pytest.skip("its interface is in English, word for word")
        words = [words[0] for words in chrome.table()[lang]["words"].values() if words]
        told = chrome.chrome_language([*words, "Minister resigns over ferry deal", "Was nun?", "مكتبة الحي"])
        assert told in (lang, lang.partition("-")[0])


@pytest.mark.parametrize(
    "line",
    [
        "31 février 2025 à 10:39",
        "30 June 2025 at 25:00",
        "29 February 2023",
        "June 5th 2025 at 13:10 pm",
        "on 15 juillet 2025 à 10:39",
        "15 juillet 2025 à 10:39 précises",
        "15 juillet 20255 à 10:39",
        "15/07/2025 10:39",
        "15 2025 10:39",
        "",
        "x" * 59,
    ],
)
def test_what_is_no_date_is_not_read(line):
    assert chrome.read_reader_date(line) is None


def test_only_the_languages_asked_for_are_read():
    assert chrome.read_reader_date("15 juillet 2025 à 10:39", ["de", "en"]) is None
    assert chrome.date_at_end("Orage15 juillet 2025 à 10:39", ["de", "en"]) is None


def test_an_unrendered_ordinal_is_read():
    assert chrome.read_reader_date("July 15<sup>th</sup> 2025 at 10:39 am")[:5] == (2025, 7, 15, 10, 39)


def test_digits_glued_to_a_date_stay_with_the_title():
    at, date = chrome.date_at_end("Apollo 1121 novembre 2026 à 19:11")
    assert (at, date.day) == (9, 21)
    at, date = chrome.date_at_end("货轮42002026年11月22日 00:16")
    assert (at, date.year) == (6, 2026)


def utc(*parts):
    return int(dt.datetime(*parts, tzinfo=dt.UTC).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("line", "zone", "expected"),
    [
        ("15 July 2025 at 10:39", "UTC", utc(2025, 7, 15, 10, 39)),
        ("15 July 2025 at 10:39", "Europe/Paris", utc(2025, 7, 15, 8, 39)),
        ("15 January 2025 at 10:39", "Asia/Kathmandu", utc(2025, 1, 15, 4, 54)),
        ("15 July 2025", "America/New_York", utc(2025, 7, 15)),
        ("1 July 2025", "Asia/Tokyo", utc(2025, 7, 1)),  # a day alone stays in its month
        ("26 October 2025 at 02:30", "Europe/Paris", utc(2025, 10, 26, 0, 30)),  # twice: the first
        ("30 March 2025 at 02:30", "Europe/Paris", utc(2025, 3, 30, 1, 30)),  # never: the offset before
    ],
)
def test_instants(line, zone, expected):
    assert chrome.instant(chrome.read_reader_date(line), zone) == expected


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_for_the_user_to_mend(zone):
    with pytest.raises(UsageError, match="IANA"):
        chrome.instant(chrome.read_reader_date("15 July 2025"), zone)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Trump Says Deal Is Near", "4 juillet 2025 à 00:59"], "fr"),
        (["Vue normale", *["15 July 2025 in brief"] * 5], "fr"),
        (["🔲\t☆\t🏷️Meine Labels\t♻️Teilen\t21. November 2026 um 19:11 \t↗️"], "de"),
        (["✇The Courier مאת :Ines Calder"], None),
        (["✇The Courier מאת :Ines Calder", "15 July 2025 at 10:39"], "he"),
        (["✇The Courier Door:Ines Calder"], "nl"),
        (["15 de Julho de 2025, 10:39"], "pt"),
        (["2025年7月15日 10:39"], "zh"),
        (["Main stream"], "en"),
        (["Received today — 15. Juli 2025"], "de"),
        ([], None),
        (["Nothing of the kind", "10:39"], None),
    ],
)
def test_language_of_a_few_lines(lines, expected):
    assert chrome.chrome_language(lines) == expected


def test_the_order_of_lines_does_not_matter():
    lines = render("fr", LAYOUTS["firefox"]).split("\n")
    assert chrome.chrome_language(lines) == chrome.chrome_language(lines[::-1]) == "fr"


@pytest.mark.parametrize("lang", LANGS)
def test_pages_look_like_a_readers_and_so_do_their_parts(lang):
    for layout in LAYOUTS.values():
        lines = render(lang, layout).split("\n")
        third = len(lines) // 3
        for part in (lines, lines[:third], lines[third : 2 * third], lines[third:]):
            assert chrome.looks_like_reader("\n".join(part)) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The river rose overnight.\nMinisters met on Friday.\n",
        "Today\n\nWe met.\n\nSearch\n",
        "15 July 2025\n\nDear readers, the summer is here.\n\nShare\n",
        "<rss><channel><title>Main</title><item><title>A</title></item></channel></rss>",
        '{"items": [{"title": "Today"}]}',
        "• One\n• Two\n• Three\n",
        "Monday 15 July 2025 at 10:39 we met.\nTuesday 16 July 2025 at 11:40 we parted.\n",
    ],
)
def test_other_texts_do_not_look_like_a_readers(text):
    assert chrome.looks_like_reader(text) < 0.5


LINES = st.text(max_size=80) | st.sampled_from(
    [
        text
        for lang in LANGS
        for pattern in chrome.table()[lang]["minute"]
        for text in written(lang, pattern, 2025, 5, 3)
    ]
).flatmap(lambda date: st.builds(lambda a, b: a + date + b, st.text(max_size=20), st.text(max_size=3)))


@given(LINES)
def test_no_line_is_too_odd_and_what_is_found_at_the_end_is_a_date(line):
    chrome.read_reader_date(line)
    chrome.read_separator(line)
    chrome.chrome_roles(line)
    chrome.chrome_language([line])
    found = chrome.date_at_end(line)
    if found is not None:
        at, date = found
        assert chrome.read_reader_date(line[at:]) == date
        assert date.precision == "minute"


@pytest.mark.parametrize(
    ("line", "langs", "rest"),
    [
        ("Published — 14 July 2025Main stream", "en", "Main stream"),
        ("Received — 14. Juli 2025", "de", ""),
        ("Publié hier — 14 juillet 2025Flux principal", "fr", "Flux principal"),
        ("Modified by user today — 14 июля 2025", "ru", ""),
    ],
)
def test_each_day_may_have_its_separator_with_a_date(line, langs, rest):
    found = chrome.read_separator(line)
    assert found is not None
    assert langs in found.langs
    assert (found.date.month, found.date.day, found.rest) == (7, 14, rest)


@pytest.mark.parametrize("line", ["Published", "Published by the harbour", "Published — at last", "Reçu cinq sur cinq"])
def test_without_a_date_such_a_word_is_a_text(line):
    assert chrome.read_separator(line) is None
    assert not chrome.chrome_roles(line)
