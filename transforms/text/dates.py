"""Strict reading of the dates that feeds write: what is not wholly understood is not read.

Read are RFC 822 and its common misspellings, ISO 8601 and its truncations, asctime, and dates with the month names of
some ninety languages (CLDR). Never read: dates without a year, words like "yesterday", 03/04/05. Today's date plays no
part.
"""

import datetime
import functools
import json
import re
import unicodedata
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

TABLE = Path(__file__).parent / "date_words.json"  # made by tests/text/make_date_words.py
_EPOCH = datetime.date(1970, 1, 1).toordinal()
# Before the first newspaper are the placeholders of programs (0000, 0001) and years of other calendars (1403, 1445)
_FIRST_YEAR = 1600
_LONGEST = 200  # characters; the longest localized date of CLDR has 90


class Instant(NamedTuple):
    """When, how exactly, and who said in which zone."""

    at: int  # microseconds since the epoch, UTC; the start of the year, month, day, minute
    precision: str  # year | month | day | minute | second
    zone: str  # explicit | assumed


def publication(when: Instant | None) -> dict[str, Any]:
    """Return what a story says of when it was published, by its fields' names.

    >>> publication(Instant(5, "second", "explicit"))
    {'published_at': 5, 'published_precision': 'second', 'published_zone': 'explicit'}
    """
    at, precision, zone = when or (None, None, None)
    return {"published_at": at, "published_precision": precision, "published_zone": zone}


# Hours from UTC. Names that mean several zones (IST, CST, BST, AST) have the meaning of RFC 822 or, if it has none, the
# one that feeds use: IST India, BST Britain in summer.
# ET, CT, MT and PT say neither standard nor daylight time: standard, as RFC 822 parsers read them.
_HOURS = """z 0 ut 0 utc 0 gmt 0 wet 0 zulu 0 uct 0 tu 0
    est -5 edt -4 cst -6 cdt -5 mst -7 mdt -6 pst -8 pdt -7 et -5 ct -6 mt -7 pt -8
    ast -4 adt -3 nst -3.5 ndt -2.5 akst -9 akdt -8 hst -10 hdt -9
    bst 1 west 1 cet 1 met 1 mez 1 hec 1 cest 2 mest 2 mesz 2 haec 2 eet 2 eest 3
    sast 2 cat 2 wat 1 eat 3 msk 3 msd 4 trt 3 ist 5.5 pkt 5 idt 3 gst 4 irst 3.5 npt 5.75
    ict 7 wib 7 wita 8 wit 9 hkt 8 sgt 8 myt 8 jst 9 kst 9 awst 8 acst 9.5 acdt 10.5 aest 10 aedt 11 nzst 12 nzdt 13
    brt -3 brst -2 art -3 clt -4 clst -3 cot -5 pet -5 vet -4 uyt -3"""
_ZONES = dict(zip(_HOURS.split()[::2], map(float, _HOURS.split()[1::2]), strict=True))
_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name[:3]: n for n, name in enumerate(_NAMES.split(), 1)}
_ENGLISH = frozenset((*_MONTHS, *_NAMES.split(), "sept"))
_WEEKDAYS = frozenset(
    day[:n]
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for n in range(2, len(day) + 1)
)

_TIME = r"(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,](\d{1,9}))?)?"
_RFC822 = re.compile(
    rf"(?:([^\W\d_]{{2,14}})\.?\s*,?\s*)?(\d{{1,2}})[\s-]+([a-z]{{3,9}})\.?,?[\s-]+(\d{{4}}|\d\d)(?:,?\s+{_TIME}(.*))?"
)
_ISO = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?|(\d\d)(\d\d)|/(\d{1,2})/(\d{1,2})|-?(\d{3})|-?w(\d\d)-?(\d))?"
    r"(?:(?:\s*t\s*|\s+|:)(\d{1,2})(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(.*))?"
)
# what follows an offset says it again: "(Central European Summer Time)", "CEST", "[Europe/Berlin]"
_AGAIN = r"(?:\s*\([a-z /_]*\)|\s*\[[a-z/_+-]*\]|\s+([a-z]{2,5}))?"
_OFFSET = re.compile(r"(?:(?:gmt|utc|ut|z)\s*)?([+\u2212-])\s*(\d{1,2})(?::?(\d\d))?(?::?00)?" + _AGAIN)
_NAMED = re.compile(r"\(?([a-z]{1,5})\)?(?:\s*\(([a-z]{1,5})\))?")
_IANA = re.compile(r"(?:etc/)?([a-z]+(?:/[a-z_+-]+)+|gmt|utc)")
_HALF = re.compile(r"([ap])\.?\s?m\b\.?")


def read_date(raw: str, *, zone: str | None = None) -> Instant | None:
    """Return the instant that `raw` names, or None if any part of it is not understood.

    `zone` (an IANA name, by default UTC) is assumed for times that name none. A date without a time is the UTC day, in
    whatever zone: it must not move to the day before.

    >>> read_date("Sun, 06 Sep 2009 16:20:00 CEST")
    Instant(at=1252246800000000, precision='second', zone='explicit')
    >>> read_date("2024-05").precision, read_date("le 14 février 2024 à 9:05", zone="Europe/Paris").zone
    ('month', 'assumed')
    >>> [read_date(x) for x in ("", "yesterday", "14 May", "03/04/2005", "31 Feb 2020", "Mon, 6 Sep 2009 16:20:00 XYZ")]
    [None, None, None, None, None, None]
    """
    if not raw or len(raw) > _LONGEST:
        return None
    return _read(raw, zone)


@functools.lru_cache(maxsize=8192)
def _read(raw: str, zone: str | None) -> Instant | None:
    if _OF_ANOTHER_CALENDAR.search(raw):
        return _other_calendar(raw, zone)
    text = " ".join(raw.lower().split())
    for pattern, plain in _MENDED:
        text = pattern.sub(plain, text)
    if stamp := _STAMP.fullmatch(text):
        return _count(stamp[1] or stamp[2])
    found = _RFC822.fullmatch(text)
    if found and (month := _month(found[3])) and (not found[1] or _is_weekday(found[1])):
        _, day, _, year, hour, minute, second, fraction, rest = found.groups()
        return _instant(_year(year), month, int(day), hour, minute, second, fraction, rest, zone)
    found = _ISO.fullmatch(text)
    if found:
        return _iso(found, zone)
    return _epoch(text) if text.isdecimal() else _worded(text if text != " ".join(raw.lower().split()) else raw, zone)


# what programs write around or into a date that can be read
_MENDED = (
    (re.compile(r"^(?:published|posted|pubdate|date|updated)\s*:\s*(?=\S)"), ""),
    (re.compile(r"\s+m=[+-][\d.]+$"), ""),  # Go's clock
    # "Tue May 14 10:10:00 +0000 2024", as Twitter writes
    (re.compile(r"^([a-z]{3}) ([a-z]{3}) (\d{1,2}) ([\d:]{5,8}) ([+-]\d{4}) (\d{4})$"), r"\1, \3 \2 \6 \4 \5"),
    (re.compile(r"\(((?:gmt|utc)\s*[+-]\s*\d{1,2}(?::?\d\d)?)\)$"), r"\1"),
    (re.compile(r"(?<=:\d\d)( |\.\d{1,9} )(?=(?:0\d|1[0-4]):?[0-5]\d$)"), r"\1+"),  # a "+" that a form read as a blank
    (re.compile(r"(?<=[+-]\d\d)(:?\d\d)\s?z$"), r"\1"),
)
_STAMP = re.compile(r"\\?/date\((-?\d{9,14})(?:[+-]\d{4})?\)\\?/|(\d{10}\.\d{1,9}|1\d{15}|1\d{18})")


def _count(digits: str) -> Instant | None:
    """Return seconds, or milli-, micro- or nanoseconds since 1970, as their number of digits tells."""
    whole, _, fraction = digits.partition(".")
    if fraction:
        return Instant(int(whole) * 1_000_000 + int(fraction.ljust(6, "0")[:6]), "second", "explicit")
    micros = int(whole) * 1_000 if len(whole) <= 14 else int(whole[:16])
    return None if micros in _ZERO else Instant(micros, "second", "explicit")


_ZERO = (0, -1_000_000)  # what programs write for no date: the first second since 1970, and the one before


# Years of other calendars

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s*(元|\d{{1,3}})\s*年")
_BUDDHIST = re.compile(r"(?<![\d.:])(2[45]\d\d)(?!\d)")
_PERSIAN_NAMES = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"
_PERSIAN_MONTHS = _PERSIAN_NAMES.split()
_PERSIAN = re.compile(rf"(\d{{1,2}})\s+({'|'.join(_PERSIAN_MONTHS)})(?:\s*ماه)?[\s،,]+(1[34]\d\d)(?!\d)")
_OF_ANOTHER_CALENDAR = re.compile(
    rf"{_ERA.pattern}|{_BUDDHIST.pattern}|[\u0600-\u06ff].*(?:1[34]\d\d|[۱١][۳۴٣٤])|พ\.?ศ"
)
_ARABIC_LETTERS = str.maketrans("يك۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "یک01234567890123456789")
_THAI = re.compile("[\u0e01-\u0e4e]")
_THAI_YEARS = 543  # those of the Buddhist era in Thailand, before ours


def _other_calendar(raw: str, zone: str | None) -> Instant | None:
    """Return a date of a Japanese or Taiwanese era, or with a Persian month, or of the Buddhist era if that is plain:
    by its
    Thai words, or because the weekday is right. Others, such as those of the Hijra, which hang on who saw the moon,
    are not read."""
    if era := _ERA.search(raw):
        year = _ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))
        return _read(f"{raw[: era.start()]}{year}年{raw[era.end() :]}", zone)
    plain = raw.translate(_ARABIC_LETTERS)
    if persian := _PERSIAN.search(plain):
        date = _from_persian(int(persian[3]), _PERSIAN_MONTHS.index(persian[2]) + 1, int(persian[1]))
        time = re.search(_TIME, plain[persian.end() :])
        return _read(f"{date} {time[0]}" if time else str(date), zone) if date else None
    if buddhist := _BUDDHIST.search(raw):
        year = int(buddhist[1]) - _THAI_YEARS
        text = re.sub(r"พ\.?ศ\.?", " ", f"{raw[: buddhist.start()]}{year}{raw[buddhist.end() :]}")
        found = _read(text, zone)
        if found and (_THAI.search(raw) or _on_its_weekday(raw, found)):
            return found
        return None
    return _worded(raw, zone) if not _PERSIAN_YEAR.search(plain) else None


_PERSIAN_YEAR = re.compile(r"(?<!\d)1[34]\d\d(?!\d)")


def _on_its_weekday(raw: str, found: Instant) -> bool:
    names = [fold(word) for word in re.findall(r"[^\W\d_]+", raw)]
    days = [day for name in names for day in _words().weekdays.get(name, ())]
    return any((found.at // 86_400_000_000 + 3 + zone) % 7 in days for zone in (0, 1))


def _from_persian(year: int, month: int, day: int) -> datetime.date | None:
    """Return the day of the Persian solar calendar, by its cycle of 33 years, which is right for 1206 to 1498."""
    if not 1 <= day <= (31 if month < 7 else 30):
        return None
    year += 1595
    days = 365 * year + year // 33 * 8 + (year % 33 + 3) // 4 + day - 355_668
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return datetime.date.fromordinal(days - 365)


def _month(word: str) -> int | None:
    """Return a month's name where only that can stand: English, else of another language, else a misspelling by its
    first letters."""
    if word in _ENGLISH:
        return _MONTHS[word[:3]]
    known = _words().months.get(word)
    if known:
        return known[0] if len(known) == 1 else None
    return _MONTHS.get(word[:3]) or _by_beginning(word)


@functools.lru_cache(maxsize=1024)
def _by_beginning(word: str) -> int | None:
    """Return the month whose names alone, in whatever language, begin so: "lok" is Finnish for October."""
    numbers = {n for name, known in _words().months.items() if name.startswith(word) for n in known}
    return numbers.pop() if len(word) >= 3 and len(numbers) == 1 else None


def _is_weekday(word: str) -> bool:
    return word in _WEEKDAYS or fold(word) in _words().weekdays


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)  # RFC 2822, section 4.3


def _iso(found: re.Match[str], zone: str | None) -> Instant | None:
    year, month, day, month2, day2, month3, day3, of_year, week, weekday, hour, minute, second, fraction, rest = (
        found.groups()
    )
    if of_year or week:
        try:
            if of_year:
                date = datetime.date(int(year), 1, 1) + datetime.timedelta(int(of_year) - 1)
                if date.year != int(year):
                    return None
            else:
                date = datetime.date.fromisocalendar(int(year), int(week), int(weekday))
        except (ValueError, OverflowError):
            return None
        return _instant(date.year, date.month, date.day, hour, minute, second, fraction, rest, zone)
    month, day = month or month2 or month3, day or day2 or day3
    if day is None and hour is not None:
        return None  # "2009-09 16:20": no day
    month, day = (int(part) if part else None for part in (month, day))
    return _instant(int(year), month, day, hour, minute, second, fraction, rest, zone)


def _epoch(digits: str) -> Instant | None:
    """Return seconds or milliseconds since 1970, of the years 2001 to 2033; those cannot be taken for a calendar
    date."""
    if len(digits) in (10, 13) and digits[0] == "1" and not digits.startswith("19"):
        return Instant(int(digits) * 10 ** (16 - len(digits)), "second", "explicit")
    if len(digits) == 14:  # 20040708235658
        parts = (digits[8:10], digits[10:12], digits[12:])
        return _instant(int(digits[:4]), int(digits[4:6]), int(digits[6:8]), *parts, None, "", None)
    return None


def _instant(
    year: int,
    month: int | None,
    day: int | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    fraction: str | None,
    rest: str | None,
    zone: str | None,
) -> Instant | None:
    """Put the parts together; None if one of them does not exist."""
    try:
        days = datetime.date(year, month or 1, day or 1).toordinal() - _EPOCH
    except ValueError:
        return None
    if year < _FIRST_YEAR or year > 9998:
        return None
    if hour is None:
        precision = "day" if day else "month" if month else "year"
        return Instant(days * 86_400_000_000, precision, "assumed")
    rest = (rest or "").strip(" ,")
    h, m, s = int(hour), int(minute or 0), int(second or 0)
    if half := _HALF.match(rest):
        if 1 <= h <= 12:
            h = h % 12 + (12 if half[1] == "p" else 0)
        elif (half[1] == "p") != (h > 12):  # "14:10 PM" and "00:10 AM" say it twice
            return None
        rest = rest[half.end() :].strip(" ,")
    if h > 24 or m > 59 or s > 60 or (h == 24 and (m or s)):
        return None
    seconds = days * 86_400 + h * 3600 + m * 60 + min(s, 59)  # a leap second is within its minute
    offset = _offset(rest)
    if offset is None and (place := _place(rest)):
        offset = _zone_offset(place, seconds)
    if offset is None and rest and not (len(rest) == 1 and rest.isalpha()):  # RFC 2822: a military letter says nothing
        return None
    origin = "assumed" if offset is None else "explicit"
    if offset is None:
        offset = _zone_offset(zone, seconds) if zone else 0
    if (year, month, day) in ((1970, 1, 1), (1969, 12, 31)) and seconds - offset in (0, -1):
        return None  # what programs write for no date
    micros = int((fraction or "0").ljust(6, "0")[:6])
    return Instant((seconds - offset) * 1_000_000 + micros, "second" if second is not None else "minute", origin)


def _offset(rest: str) -> int | None:
    """Return seconds east of UTC."""
    if not rest:
        return None
    if found := _OFFSET.fullmatch(rest):
        sign, hours, minutes, again = found.groups()
        if int(hours) > 15 or int(minutes or 0) > 59 or (again and again not in _ZONES):
            return None
        return (int(hours) * 3600 + int(minutes or 0) * 60) * (1 if sign == "+" else -1)
    if (found := _NAMED.fullmatch(rest)) and (hours := _ZONES.get(found[1])) is not None:
        return int(hours * 3600)
    if (found := _IANA.fullmatch(rest)) and found[1] in ("gmt", "utc"):
        return 0
    return None


@functools.cache
def _place(rest: str) -> str | None:
    """Return the IANA name of a zone that is named by a place: "america/new_york", "[Europe/Berlin]"."""
    name = rest.strip("[]")
    if "/" not in name or not _IANA.fullmatch(name):
        return None
    return next((zone for zone in zoneinfo.available_timezones() if zone.lower() == name), None)


def _zone_offset(zone: str, seconds: int) -> int:
    local = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    offset = local.replace(tzinfo=zoneinfo.ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


# Dates with words in other languages, and numeric dates in other orders


def fold(text: str) -> str:
    """Case, accents and kinds of blanks and digits do not matter in a date.

    >>> fold("14\\u202fFÉVRIER ٢٠٢٤")
    '14 fevrier 2024'
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", re.sub("[\u200e\u200f\u061c\u00b7]", "", text)).split())


class _Words(NamedTuple):
    months: dict[str, list[int]]  # an abbreviation may be two months in two languages
    weekdays: dict[str, list[int]]  # 0 is Monday
    others: dict[str, str]  # am, pm, or a filler


_FILLERS = """at on of um uhr le la a as de del den el kl klo o г год года ж ч p h ora ore die à th st nd rd er the
    ה ค.ศ"""
_HALVES = {"am": "am", "pm": "pm", "a.m": "am", "p.m": "pm"}
_HALVES.update({"凌晨": "am", "清晨": "am", "早上": "am", "上午": "am", "中午": "pm", "下午": "pm", "晚上": "pm"})


@functools.cache
def _words() -> _Words:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    # an English abbreviation is what it is in English
    months = {**table["months"], **{name: [number] for name, number in _MONTHS.items()}, "sept": [9]}
    others = {**table["halves"], **dict.fromkeys([*table["fillers"], *_FILLERS.split()], "filler"), **_HALVES}
    return _Words(months, table["weekdays"], others)


_WORD = re.compile(r"[^\s\d.,:;/()\[\]+\u2013-]+")
_MOST_WORDS = 4  # in one name; "a.m." are two


def _named(text: str) -> tuple[str, list[int], list[int], str]:
    """Take the names out of a folded date: ("14 M 2024 9:05", months, weekdays, "am")."""
    words = _words()
    months: list[int] = []
    weekdays: list[int] = []
    half = first = ""
    out: list[str] = []
    at = 0
    tokens = list(_WORD.finditer(text))
    n = 0
    while n < len(tokens):
        start = tokens[n].start()
        out.append(text[at:start])
        for last in range(min(n + _MOST_WORDS, len(tokens)) - 1, n - 1, -1):  # the longest name that starts here
            at = tokens[last].end()
            name = text[start:at]
            if name in words.months and months and first in words.weekdays:  # "mar. 3 mars": the first was the weekday
                weekdays = words.weekdays[first]
                out[out.index(" M ")] = " "
                months, first = [], ""
            if name in words.months and not months:
                months, first = words.months[name], name
                out.append(" M ")
            elif name in words.weekdays and not weekdays:
                weekdays = words.weekdays[name]
            elif (kind := words.others.get(name)) is not None:
                half = kind if kind in ("am", "pm") else half
                out.append(" ")
            else:
                continue
            n = last + 1
            break
        else:
            name = tokens[n].group()
            known = (*words.months, *words.weekdays, *words.others) if name[0] > "\u0590" and len(name) > 2 else ()
            head = max((k for k in known if len(k) > 1 and name.startswith(k)), key=len, default="")
            if head and head != name:  # scripts that put no blanks between words
                text = f"{text[:start]}{head} {text[start + len(head) :]}"
                at = start
                tokens[n:] = _WORD.finditer(text, start)
            else:
                out.append(name)  # a zone, or what makes the date unreadable
                at = tokens[n].end()
                n += 1
    out.append(text[at:])
    return "".join(out), months, weekdays, half


_TAIL = rf"(?:[\s.,]+{_TIME}\s*(.*))?"
_DMY = re.compile(rf"(\d{{1,2}})[\s.,/-]*M[\s.,/'-]*(\d{{4}}|\d\d){_TAIL}")
_MDY = re.compile(rf"M[\s.,/-]*(\d{{1,2}})[\s.,/-]+(\d{{4}}){_TAIL}")
_YMD = re.compile(rf"(\d{{4}})[\s.,/-]*M[\s.,/-]*(\d{{1,2}}){_TAIL}")
_MY = re.compile(r"M[\s.,/-]*(\d{4})")
_ASCTIME = re.compile(rf"M\s*(\d{{1,2}})[\s,]+{_TIME}\s+([^\d]*?)\s*(\d{{4}})")
_NUMERIC = re.compile(rf"(\d{{1,2}})\s*([./-])\s*(\d{{1,2}})\s*\2\s*(\d{{4}}){_TAIL}")
_NUMERIC_YMD = re.compile(rf"(\d{{4}})\s*([./-])\s*(\d{{1,2}})\s*\2\s*(\d{{1,2}}){_TAIL}")
_YDM = re.compile(rf"(\d{{4}})[\s.,/-]+(\d{{1,2}})[\s.,/-]*M{_TAIL}")
_TIME_FIRST = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?(?: (?:utc|gmt))?)[\s,-]+(?=\S)")
_PLAINER = (
    (re.compile(r"([+-]\d\d:?\d\d)\s*\([^()]*\)$"), r"\1"),  # "GMT+0200 (Central European Summer Time)"
    (re.compile(r"\(e\)ko|\(a\)|[()\[\]]"), " "),  # Basque endings; brackets around a time or zone
    (re.compile("[\u060c\u3001]"), ","),
    (re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]"), r" \1-\2-\3 "),
    (re.compile(r"(\d{1,2})\s*[時时點点시]\s*(\d{1,2})\s*[分분]\s*(\d{1,2})\s*[秒초]"), r" \1:\2:\3 "),
    (re.compile(r"(\d{1,2})\s*[時时點点시]\s*(\d{1,2})\s*[分분]"), r" \1:\2 "),
    (re.compile(r"(\d{1,2})\s*(?:thang|thg)\s*(\d{1,2})[,\s]*(?:nam)?\s*(\d{4})"), r" \1.\2.\3 "),  # Vietnamese
    (re.compile(r"(\d{1,4})\.\s+(\d{1,2})\.\s+(\d{1,4})(?=\D|$)"), r"\1.\2.\3"),
    (re.compile(r"(?<=\d)t(?=\d)"), " "),
    (re.compile(r"(\d)\s*h\s*(?=\d\d)"), r"\1:"),
)


def _worded(raw: str, zone: str | None) -> Instant | None:
    text = fold(raw)
    if not any(c.isdigit() for c in text):
        return None
    for pattern, plain in _PLAINER:
        text = pattern.sub(plain, text)
    text, months, weekdays, half = _named(text)
    text = " ".join(re.sub(r"[.,]+(?=\s|$)|(?<=\s)[.,]+|\s-\s", " ", text).split())
    if first := _TIME_FIRST.match(text):
        text = f"{text[first.end() :]} {first[1]}"
    found = {i for parts in _orders(text, months) if (i := _instant(*parts[:7], f"{half} {parts[7] or ''}", zone))}
    if len(found) > 1 and weekdays:
        found = {instant for instant in found if (instant.at // 86_400_000_000 + 3) % 7 in weekdays}
    return found.pop() if len(found) == 1 else None


_Parts = tuple[int, int | None, int | None, str | None, str | None, str | None, str | None, str | None]


def _orders(text: str, months: list[int]) -> Iterator[_Parts]:
    """Each way to read `text`, in which a month's name is now "M"."""
    if months:
        if (found := _DMY.fullmatch(text)) or (found := _MDY.fullmatch(text)):
            day, year, *rest = found.groups()
        elif (found := _YMD.fullmatch(text)) or (found := _YDM.fullmatch(text)):
            year, day, *rest = found.groups()
        elif found := _ASCTIME.fullmatch(text):
            day, *rest, year = found.groups()
        elif found := _MY.fullmatch(text):
            year, day, rest = found[1], None, [None] * 5
        else:
            return
        for month in months:
            yield (_year(year), month, day and int(day), *rest)  # type: ignore[misc]
    elif found := _NUMERIC_YMD.fullmatch(text):
        year, _, month_, day, *rest = found.groups()
        yield (int(year), int(month_), int(day), *rest)  # type: ignore[misc]
    elif found := _NUMERIC.fullmatch(text):
        first, mark, second, year, *rest = found.groups()
        yield (int(year), int(second), int(first), *rest)  # type: ignore[misc]
        if mark != ".":  # with points it is the day that comes first, with others it may be the month
            yield (int(year), int(first), int(second), *rest)  # type: ignore[misc]
