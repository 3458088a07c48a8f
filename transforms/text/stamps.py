"""The small line by which readers and newsletters say where a story is from, by whom, and when or how long ago."""

import functools
import itertools
import json
import pathlib
import re
from typing import NamedTuple

from feedmill.transforms.text.bylines import signed, signed_for
from feedmill.transforms.text.dates import Instant, fold, read_date

_LONGEST = 140  # characters of such a line
_LONGEST_TITLE = 300  # of a title on one line with it

# What stands between the parts. A dash, slash or dot needs blanks round it: "Rhein-Zeitung", "AC/DC"
_PARTS = re.compile(r"\s+[/·•—–―‐|-]\s+|\s{0,3}[|•·]\s{0,3}|\t+|[^\S\n]{3,}")
_TAIL = re.compile(r"\s*[(\[（【]([^()\[\]（）【】]{2,120})[)\]）】]$")

# Units of time as short lists print them. The first row are abbreviations, which count only right after the number.
_UNITS = frozenset(
    re.findall(
        r"\S+",
        "s m h d w j y sec secs min mins hr hrs wk mo mos yr yrs std t ч м д мин хв год дн нед dk sa tim godz "
        "second seconds minute minutes hour hours day days week weeks month months year years "
        "sekunden minuten stunde stunden tag tage tagen woche wochen monat monate monaten jahr jahre jahren "
        "secondes heure heures jour jours semaine semaines mois an ans "
        "segundos minuto minutos hora horas día días dia dias semana semanas mes meses mês año años ano anos "
        "minuti ora ore giorno giorni settimana settimane mese mesi anno anni "
        "uur uren dag dagen weken maand maanden jaar timer timme timmar dagar vecka veckor månad uke uker uge uger "
        "minutt minutter minuter tunti tuntia minuuttia päivä päivää viikko viikkoa "
        "минута минуту минуты минут час часа часов день дня дней неделю недели недель месяц месяца "
        "хвилину хвилини хвилин година годину години годин дні днів тиждень тижні тижнів "
        "minuty minut godzinę godziny godzin dzień dni tydzień tygodnie hodinu hodiny hodin hodinami dny den dnů "
        "minútami dňami perc órája órával napja nappal ore zile săptămână λεπτά ώρα ώρες ημέρα ημέρες "
        "dakika saat gün hafta ay menit jam hari minggu giờ phút ngày tuần นาที ชั่วโมง วัน "
        "دقيقة دقائق ساعة ساعات يوم أيام أسبوع דקות שעה שעות יום ימים मिनट घंटा घंटे दिन ঘন্টা "
        "分 分钟 分鐘 小时 小時 時間 天 日 周 週 週間 个月 個月 시간 분 일 주 분전 시간전 일전 "
        "分前 分钟前 分鐘前 小时前 小時前 時間前 天前 日前 周前 週間前",
    )
)
_ONE = "an?|one|eine?[mr]?|une?|una|uma?|en|et|één"
_AGE = re.compile(
    rf"(?:[^\W\d_]{{1,8}}\s){{0,3}}?(\d{{1,3}}\+?|{_ONE})\s?([^\W\d_]{{1,12}})\.?(?:\s[^\W\d_]{{1,10}}){{0,2}}"
)
_NAMED = frozenset(
    re.findall(
        r"\w[\w ]*",
        "now;just now;today;yesterday;heute;gestern;gerade eben;aujourd hui;hier;à l instant;hoy;ayer;ahora;hoje;ontem;"
        "oggi;ieri;vandaag;gisteren;idag;igår;i dag;i går;сегодня;вчера;сьогодні;вчора;dziś;wczoraj;dnes;včera;"
        "bugün;dün;今天;昨天;今日;昨日;오늘;어제;اليوم;أمس;היום;אתמול;आज;कल",
    )
)
_NUMERIC = re.compile(
    r"(\d{1,2})[./-]\s?(\d{1,2})[./-]\s?(\d{4}|\d\d)\.?(?:,?\s+\d{1,2}[:.]\d\d(?::\d\d)?(?:\s?[ap]m)?)?", re.I
)
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?:\s?[ap]\.?m\.?)?", re.I)
_CLOCK_AFTER = re.compile(r",?\s+(?:\w{1,3}\s+)?\d{1,2}[:.h]\d\d(?:\s?[ap]m)?$", re.I)
# a year, a time, parts of a date, or a day's number beside at most two words: what has none of them is no date
_DATED = re.compile(r"\d{4}|\d[:.h/-]\s?\d\d|[年月日년월일]|^\D{0,16}\d{1,2}\D{0,16}$")
_POINTS = re.compile(r"^\d[\d.,]*[kKmM]?\+?\s+(?=\D)")  # how often a story was shared, before its source
# the line below a headline where readers vote: "123 points by ana 3 hours ago | hide | 45 comments"
_POST = re.compile(
    r"(?:\d[\d.,]*[kKmM]?\+?\s+\w+\s+)?by\s+(?P<author>\S{1,40}(?:\s\S{1,40}){0,3}?)\s+(?P<age>(?:\d{1,3}|an?)\s.{1,30})"
)
_COUNT = re.compile(r"\d[\d.,]*[kKmM]?\+?\s+\w+")
_ACTIONS = frozenset(("hide", "discuss", "flag", "favorite", "past", "save", "share", "report", "reply", "web"))


class Stamp(NamedTuple):
    """What such a line says."""

    raw: str  # the date or age as shown
    when: Instant | None  # None for an age, a date without a year, or one that can be read two ways
    names: tuple[str, ...]  # its other parts, or what a comma parts from it: the source first
    authors: tuple[str, ...]
    lead: str  # words before the date with nothing between: a source, or "published on"
    rest: str | None  # the title, if it stands on the same line
    parts: tuple[str, ...] = ()  # names and title in the order of the line


def read_stamp(line: str, zone: str = "UTC") -> Stamp | None:
    """Reads a line that holds a date or an age, and besides it names or one title at most; None if it is no such line.

    >>> read_stamp("The Verge / 3h")
    Stamp(raw='3h', when=None, names=('The Verge',), authors=(), lead='', rest=None, parts=('The Verge',))
    >>> read_stamp("Reuters, 5 March 2026").names, read_stamp("vor 2 Stunden · Tagesblatt").names
    (('Reuters',), ('Tagesblatt',))
    >>> read_stamp("Salmon accord signed after ten years (Le Monde, 5 mars 2026)").rest
    'Salmon accord signed after ten years'
    >>> read_stamp("Officials said on 5 March 2026 that the river rose.") is None
    True
    """
    if len(line) > _LONGEST_TITLE or len(line) < 2:
        return None
    if not any(map(str.isdigit, line)) and len(line) > 40 and not _PARTS.search(line):
        return None
    if tail := _TAIL.search(line):
        inner = _own(tail[1], zone)
        before = line[: tail.start()]
        if inner is not None and inner.rest is None and before:
            return (
                inner._replace(rest=before)
                if " " in before or _title(before)
                else inner._replace(names=(before, *inner.names))
            )
    return _own(line, zone)


def is_day(line: str) -> bool:
    """True for a line that names a day and nothing else: a date with or without its weekday, "Yesterday".

    >>> [is_day(line) for line in ("Tuesday, March 5", "5. März 2026", "Today", "BBC, 5 March 2026", "3h")]
    [True, True, True, False, False]
    """
    stamp = read_stamp(line)
    if stamp is None or stamp.rest or stamp.authors or (stamp.when and stamp.when.precision != "day"):
        return False
    folded = stamp.raw.casefold()
    others = " ".join((*stamp.names, stamp.lead)).split()
    timed = _is_age(folded) or _CLOCK.fullmatch(folded) or _CLOCK_AFTER.search(folded)
    return not timed and all(fold(word.strip(",.:")) in _weekdays() for word in others)


def _own(line: str, zone: str) -> Stamp | None:
    authors: tuple[str, ...] = ()
    parts: list[str] = []
    split = [part.strip() for part in _PARTS.split(line)]
    if split and (post := _POST.fullmatch(split[0])) and _is_age(post["age"].casefold()):
        authors = (post["author"],)
        split = [post["age"], *(part for part in split[1:] if not _COUNT.fullmatch(part) and part not in _ACTIONS)]
    for part in split:
        before, names = signed(part.strip(" ,;()[]（）"))
        authors = authors or names
        if before := before.strip(" ,;"):
            parts.append(before)
    if not 1 <= len(parts) <= 6:
        return None
    dates = {at: date for at, part in enumerate(parts) if (date := _when(part, zone))}
    if dates:
        # a date before an age: "5 March 2026 · 4 min read"
        found = next((date for date in dates.values() if date[1]), list(dates.values())[-1])
        others = [part for at, part in enumerate(parts) if at not in dates]
    elif len(parts) <= 3 and (cut := _at_comma(parts, zone)):
        found, others = cut
    else:
        return None
    raw, when, lead = found
    if lead.endswith(","):
        others.append(lead[:-1])
        lead = ""
    for n, other in enumerate(others):
        if apart := signed_for(other):
            others[n], authors = apart[0], authors or apart[1]
    before, names = signed(lead)
    lead, authors = (before, authors or names) if names else (lead, authors)
    others = [_POINTS.sub("", part) for part in others]
    titles = [part for part in others if _title(part)]
    shown = tuple(part for part in others if not _CLOCK.fullmatch(part))
    others = [part for part in shown if part not in titles]
    if len(titles) > 1 or any(len(part) > 60 for part in others) or (not titles and len(line) > _LONGEST):
        return None
    # a clock alone dates nothing: it counts beside a name
    if _CLOCK.fullmatch(raw) and not others and not titles:
        return None
    return Stamp(raw, when, tuple(others), authors, lead.rstrip(":"), titles[0] if titles else None, shown)


def _title(part: str) -> bool:
    return len(part.split()) >= 6 or (len(part) >= 16 and not part.isascii() and " " not in part)


def _at_comma(parts: list[str], zone: str) -> tuple[tuple[str, Instant | None, str], list[str]] | None:
    """A name and a date with a comma between them, either first: dates hold commas too, so each place is tried."""
    for at, part in enumerate(parts):
        commas = [found.start() for found in itertools.islice(re.finditer("[,，،]", part), 4)]
        rest = parts[:at] + parts[at + 1 :]
        pairs = [(part[comma + 1 :], part[:comma]) for comma in commas]
        pairs += [(part[:comma], part[comma + 1 :]) for comma in reversed(commas)]
        for date, name in pairs:
            found = _when(date.strip(), zone)
            # with seconds it is the line of a log
            if found and not found[2] and not (found[1] and found[1].precision == "second"):
                return found, [*rest, name.strip()]
    return None


@functools.lru_cache(maxsize=4096)
def _when(part: str, zone: str) -> tuple[str, Instant | None, str] | None:
    """Returns a date or age as shown, its instant, and the words before it; None if `part` is no date."""
    if len(part) > 60 or not part:
        return None
    folded = part.casefold().strip(" .")
    if _CLOCK_AFTER.sub("", folded).replace("’", " ").replace("'", " ") in _NAMED:
        return part, None, ""
    if _is_age(folded):
        return part, None, ""
    if not any(map(str.isdigit, part)):
        return None
    words = part.split()
    if len(words) > 10:
        return None
    # the last place from which it reads as a date: the reading of dates takes any word before one for a day's name
    texts = [" ".join(words[skip:]) for skip in range(min(4, len(words)))]
    digits = next(at for at, word in enumerate(words) if any(map(str.isdigit, word)))
    read = [(skip, *found) for skip, text in enumerate(texts[: digits + 1]) if (found := _date(text, zone))]
    read = [found for found in read if not _CLOCK.fullmatch(texts[found[0]])] or read
    if not read:
        return None
    skip, when = read[-1]
    if when and skip and _is_weekday(words[skip - 1], when):
        skip -= 1
    elif skip == len(texts) - 1 and words[skip].endswith(",") and not (when and _is_weekday(words[skip], when)):
        # the first of the words that were not tried: "By Jane Doe, AP, May 1, 2024"
        rest = " ".join(words[skip + 1 :])
        if _date(rest, zone) == (when,):
            return rest, when, " ".join(words[: skip + 1])
    return texts[skip], when, " ".join(words[:skip])


def _is_weekday(word: str, when: Instant) -> bool:
    """True if the word names the day of the week that `when` is. "on" is one in Norwegian, as "on." or "On"."""
    likely = len(word) > 2 or word[0].isupper()
    return likely and (when.at // 86_400_000_000 + 3) % 7 in _weekdays().get(fold(word.strip(",.:")), ())


@functools.lru_cache(maxsize=1)
def _weekdays() -> dict[str, list[int]]:
    table = json.loads(pathlib.Path(__file__).with_name("date_words.json").read_text(encoding="utf-8"))
    return table["weekdays"]


def _date(text: str, zone: str) -> tuple[Instant | None] | None:
    """Returns the instant of a date in a tuple, with None in it if the date is one but cannot be placed; or None."""
    if not _DATED.search(text):
        return None
    if (when := read_date(text, zone=zone)) is not None:
        # a month alone, or a long number that could be a count, is no stamp
        return (when,) if when.precision in ("day", "minute", "second") else None
    if _CLOCK.fullmatch(text):
        return (None,)
    if (numeric := _NUMERIC.fullmatch(text)) and int(numeric[1]) <= 31 and int(numeric[2]) <= 31:
        return (None,)
    # "5 March", with a time or without: a date once it has a year. 2000 has a 29th of February
    day = _CLOCK_AFTER.sub("", text)
    if len(day) <= 24 and any(map(str.isalpha, day)) and read_date(f"{day} 2000") is not None:
        return (None,)
    return None


def _is_age(text: str) -> bool:
    found = _AGE.fullmatch(text)
    # an abbreviation of one letter needs a number
    return found is not None and found[2] in _UNITS and (found[1][0].isdigit() or len(found[2]) > 2)
