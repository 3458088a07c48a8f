"""What a feed reader's interface says, in every language it speaks.

The words and date formats lie in `chrome.json` beside this file: data, not
code. To teach feedmill another language, or the words of another version, add
an entry or a variant there. For each language:

    words   role -> what the interface says for it. `today`, `yesterday` and
            `older` are the separators of days, `by` stands before an author.
    dated   separators that are such only with a date after them ("Published");
            may be missing. The English ones count for every language, since
            most have no translation of them.
    months  the twelve names as dates print them; a list where versions differ;
            empty where months are numbers.
    day     formats of a date; minute: of a date with its time. Fields are
            {day} {month} {year} {hour} {minute} {am} and {th} (ordinal ending).

White space of any kind and length in a format stands for one blank.
"""

from __future__ import annotations

import bisect
import collections
import datetime
import functools
import json
import math
import pathlib
import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from feedmill.transforms.failures import UsageError

SOURCE_MARK = "✇"  # stands before the name of a feed

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
_MAX_DATE = 60  # characters of the longest date line, with some room


class ReaderDate(NamedTuple):
    """A date as a reader prints it: local, of a zone that is not on the page."""

    year: int
    month: int
    day: int
    hour: int | None
    minute: int | None
    precision: str  # day | minute
    raw: str  # as printed
    langs: tuple[str, ...]  # the languages that print it so, sorted


class Separator(NamedTuple):
    """A line that says on which day the reader *received* what follows."""

    role: str  # today | yesterday | older | dated
    langs: tuple[str, ...]
    date: ReaderDate | None
    rest: str  # what is glued to its end: the name of the stream, or ""


# ---------------------------------------------------------------- the table


@functools.lru_cache(maxsize=1)
def table() -> dict:
    """Return the whole of chrome.json (do not change it)."""
    return json.loads((pathlib.Path(__file__).with_name("chrome.json")).read_text(encoding="utf-8"))


_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]")
_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")


def fold(text: str) -> str:
    """Fold what varies without meaning: case, width, apostrophes, blanks, invisible marks.

    >>> fold("  À partir  d’avant-hier") == fold("À PARTIR D'AVANT-HIER")
    True
    """
    if text.isascii():
        return " ".join(text.split()).casefold()
    text = unicodedata.normalize("NFKC", _MARKS.sub("", text)).translate(_APOSTROPHES)
    return " ".join(text.split()).casefold()


@functools.lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, tuple[str, ...]]]:
    """Folded words -> role -> languages."""
    found: dict[str, dict[str, set[str]]] = {}
    for lang, entry in table().items():
        for role, words in entry["words"].items():
            for word in words:
                found.setdefault(fold(word), {}).setdefault(role, set()).add(lang)
    return {w: {r: tuple(sorted(langs)) for r, langs in roles.items()} for w, roles in found.items()}


_LEADING_SIGNS = re.compile(r"\W+")
_COUNT = re.compile(r"\s*[(（]\s*[\d\s.,]+[)）]$")
_LONGEST_WORD = 120


@functools.lru_cache(maxsize=4096)  # each line of a page is asked after by several readings of it
def chrome_roles(line: str) -> Mapping[str, tuple[str, ...]]:
    """Return role -> languages of a line that is nothing but the interface's own words.

    Icons before the words and an unread count after them do not matter.

    >>> sorted(chrome_roles("⭐Articles favoris (11)"))
    ['favourites']
    >>> chrome_roles("Flux principal")["main"]
    ('fr',)
    >>> chrome_roles("The flux of time")
    {}
    """
    if len(line) > _LONGEST_WORD:
        return {}
    signs = _LEADING_SIGNS.match(line)
    text = line[signs.end() :] if signs else line
    start = text[:3]
    if (start if start.isascii() else unicodedata.normalize("NFKC", start)).casefold()[:2] not in _word_starts():
        return {}
    text = fold(text)
    words = _words()
    return words.get(text) or words.get(_COUNT.sub("", text), {})


@functools.lru_cache(maxsize=1)
def _word_starts() -> frozenset[str]:
    """How the interface's words start: a quick way to see that most lines are not among them."""
    return frozenset(word[:2] for word in _words())


@functools.lru_cache(maxsize=64)
def words_of(role: str, langs: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return what `role` is called in `langs` (all if None), longest first.

    >>> words_of("by", ("fr",))
    ('Par :',)
    """
    found = {w for lang, e in table().items() if langs is None or lang in langs for w in e["words"].get(role, ())}
    return tuple(sorted(found, key=lambda w: (-len(w), w)))


# ---------------------------------------------------------------- dates

# a number, one of the CJK date signs, a word, blanks, or a single other character
_TOKEN = re.compile(r"\d+|[年月日년월일]|(?:(?![年月日년월일])[^\W\d_])+|\s+|.", re.DOTALL)
_YEAR = re.compile(r"\d{4}")
_SUP = re.compile(r"</?sup>", re.IGNORECASE)
_ORDINAL = frozenset({"st", "nd", "rd", "th"})
_HALF_DAY = frozenset({"am", "pm"})
_FIELD = re.compile(r"\{(day|month|year|hour|minute|am|th)\}")


class _Shape(NamedTuple):
    lang: str
    fields: tuple[str, ...]  # of its numbers, in order
    precision: str


class _Dates(NamedTuple):
    shapes: dict[str, list[_Shape]]  # skeleton -> who prints it
    months: dict[str, list[tuple[int, str]]]  # folded name -> number and language
    longest_month: int
    lengths: tuple[int, ...]  # numbers of tokens in the skeletons, longest first


@functools.lru_cache(maxsize=1)
def _dates() -> _Dates:
    shapes: dict[str, list[_Shape]] = {}
    months: dict[str, list[tuple[int, str]]] = {}
    lengths = set()
    for lang, entry in table().items():
        for number, names in enumerate(entry["months"], 1):
            for name in [names] if isinstance(names, str) else names:
                months.setdefault(fold(name), []).append((number, lang))
        named = bool(entry["months"])
        for precision in ("day", "minute"):
            for pattern in entry[precision]:
                fields, skeleton, count, at = [], "", 0, 0
                for found in [*_FIELD.finditer(pattern), None]:
                    for token in _TOKEN.findall(pattern[at : found.start() if found else len(pattern)]):
                        skeleton += " " if token.isspace() else token.casefold()
                        count += 1
                    if found is None:
                        break
                    at = found.end()
                    field, count = found[1], count + 1
                    if field in ("am", "th"):
                        skeleton += field[0].upper()
                    elif field == "month" and named:
                        skeleton += "M"
                    else:
                        fields.append(field)
                        skeleton += "0"
                shapes.setdefault(skeleton, []).append(_Shape(lang, tuple(fields), precision))
                lengths.add(count)
    return _Dates(shapes, months, max(map(len, months)), tuple(sorted(lengths, reverse=True)))


def _key(token: str, after_number: bool) -> str:
    """Return what a token is in a skeleton."""
    if token.isdecimal():
        return "0"
    if token.isspace():
        return " "
    word = token.casefold()
    if word in _dates().months:
        return "M"
    if after_number and word in _ORDINAL:
        return "T"
    if word in _HALF_DAY:
        return "A"
    return word


def _build(
    skeleton: str, numbers: list[int], month: str | None, half: str | None, raw: str, langs: Sequence[str] | None
) -> ReaderDate | None:
    """Return the date of a skeleton whose numbers are `numbers`, if it is one in `langs`."""
    dates = _dates()
    best: ReaderDate | None = None
    speakers = []
    for shape in dates.shapes.get(skeleton, ()):
        if langs is not None and shape.lang not in langs:
            continue
        value = dict(zip(shape.fields, numbers, strict=True))
        if month is not None:
            number = next((n for n, lang in dates.months[month] if lang == shape.lang), None)
            if number is None:
                continue
            value["month"] = number
        hour, minute = value.get("hour"), value.get("minute")
        if half is not None and hour is not None:
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if half == "pm" else 0)
        try:
            datetime.datetime(value["year"], value["month"], value["day"], hour or 0, minute or 0)
        except ValueError:
            continue
        speakers.append(shape.lang)
        best = best or ReaderDate(value["year"], value["month"], value["day"], hour, minute, shape.precision, raw, ())
    return best and best._replace(langs=tuple(sorted(set(speakers))))


def _tokens(text: str) -> list[tuple[int, str]]:
    """Return tokens with their offsets; invisible marks are left out."""
    return [(m.start(), m[0]) for m in _TOKEN.finditer(text) if not _MARKS.match(m[0])]


def read_reader_date(line: str, langs: Sequence[str] | None = None) -> ReaderDate | None:
    """Read a line that is nothing but a date as a reader prints it.

    Args:
        line: the line; blanks around it do not matter.
        langs: languages of chrome.json to try; all if None.

    >>> d = read_reader_date("15 juillet 2025 à 10:39")
    >>> (d.year, d.month, d.day, d.hour, d.minute, d.precision, d.langs)
    (2025, 7, 15, 10, 39, 'minute', ('fr',))
    >>> read_reader_date("July 15th 2025 at 10:39 pm").hour
    22
    >>> read_reader_date("on 15 juillet 2025 à 10:39") is None
    True
    """
    line = line.strip()
    if not 8 <= len(line) <= _MAX_DATE or not _YEAR.search(line):
        return None
    return _read_date(line, None if langs is None else tuple(langs))


@functools.lru_cache(maxsize=4096)  # a page prints the date of a story up to three times
def _read_date(line: str, langs: tuple[str, ...] | None) -> ReaderDate | None:
    text = _SUP.sub("", line) if "<" in line else line
    skeleton, numbers, month, half, last = "", [], None, None, ""
    for token in _TOKEN.findall(text):
        if _MARKS.match(token):
            continue
        key = _key(token, last == "0")
        if key == "0":
            if len(token) > 4:
                return None
            numbers.append(int(token))
        elif key == "M":
            if month is not None:
                return None
            month = token.casefold()
        elif key == "A":
            half = token.casefold()
        skeleton += key
        last = key
    return _build(skeleton, numbers, month, half, line, langs) if numbers else None


_TIME_AT_END = re.compile(r"\d:\d\d(?:\s[ap]m)?\W*$", re.IGNORECASE)


@functools.lru_cache(maxsize=64)
def _ending(langs: tuple[str, ...] | None) -> re.Pattern[str]:
    """Return a pattern for the dates with a time that may end a line in these languages."""
    named: dict[str, set[str]] = {}  # pattern with its month left open -> names of months
    for lang, entry in table().items():
        if langs is None or lang in langs:
            months = [n for month in entry["months"] for n in ([month] if isinstance(month, str) else month)]
            for pattern in entry["minute"]:
                named.setdefault(pattern, set()).update(months)
    parts = []
    for pattern, names in sorted(named.items()):
        fields = {
            "month": "(?:" + "|".join(sorted(map(re.escape, names), key=lambda m: (-len(m), m))) + ")"
            if names
            else r"\d{1,2}",
            "day": r"\d{1,2}",
            "year": r"\d{4}",
            "hour": r"\d{1,2}",
            "minute": r"\d\d",
            "am": "[ap]m",
            "th": "(?:<sup>)?(?:st|nd|rd|th)(?:</sup>)?",
        }
        made, at = "", 0
        for found in _FIELD.finditer(pattern):
            made += r"\s+".join(map(re.escape, pattern[at : found.start()].split(" "))) + fields[found[1]]
            at = found.end()
        parts.append(made + re.escape(pattern[at:]))
    return re.compile(r"(?:" + "|".join(parts) + r")\W*$" if parts else r"(?!)", re.IGNORECASE)


def date_at_end(line: str, langs: Sequence[str] | None = None) -> tuple[int, ReaderDate] | None:
    """Find a date with its time that ends a line, even when it is glued to what stands before it.

    Returns the offset where it starts, and the date.

    >>> line = "Storm warning lifted21 novembre 2026 à 19:11 "
    >>> at, date = date_at_end(line)
    >>> line[:at], date.raw
    ('Storm warning lifted', '21 novembre 2026 à 19:11')
    """
    end = len(line.rstrip())
    base = max(0, end - _MAX_DATE)
    if not _TIME_AT_END.search(line, max(base, end - 9), end):
        return None
    wanted = None if langs is None else tuple(langs)
    # the first place where one starts: in "6621 novembre" at the 2, since a day has two digits at most
    for found in _ending(wanted).finditer(line, base, end):
        date = _read_date(line[found.start() : end].strip(), wanted)
        if date is not None:
            return found.start(), date
    return None


def _date_at_start(text: str, langs: Sequence[str] | None) -> tuple[int, ReaderDate] | None:
    """Find a date without time that starts `text`; return where it ends. The rest may be glued to it."""
    tokens = _tokens(_SUP.sub("", text[:_MAX_DATE])) if "<" in text[:_MAX_DATE] else _tokens(text[:_MAX_DATE])
    keys = [_key(t, i > 0 and tokens[i - 1][1].isdecimal()) for i, (_, t) in enumerate(tokens)]
    dates = _dates()
    for length in dates.lengths:
        if length > len(tokens):
            continue
        skeleton = "".join(keys[:length])
        if skeleton not in dates.shapes:
            continue
        at, last = tokens[length - 1]
        last = last[:4] if keys[length - 1] == "0" else last  # a year; what is glued to it may start with a digit
        digits = [t for (_, t), k in zip(tokens[: length - 1], keys[: length - 1], strict=True) if k == "0"]
        if any(len(t) > 4 for t in digits):
            continue
        numbers = [int(t) for t in digits]
        if keys[length - 1] == "0":
            numbers.append(int(last))
        month = next((t.casefold() for (_, t), k in zip(tokens[:length], keys[:length], strict=True) if k == "M"), None)
        end = at + len(last)
        if "<" in text[:_MAX_DATE]:
            end = len(text[:_MAX_DATE]) - len(_SUP.sub("", text[:_MAX_DATE])) + end
        date = _build(skeleton, numbers, month, None, text[:end], langs)
        if date is not None and date.precision == "day":
            return end, date
    return None


def instant(date: ReaderDate, timezone: str) -> int:
    """Return when a reader's date was, in microseconds since the epoch (UTC).

    A local time that a clock showed twice is the first of the two; one that it
    skipped is read with the offset from before the jump, so it lands as far
    after the jump as it says. A date without a time is the UTC day, in whatever
    zone, as in `dates.read_date`.

    Args:
        timezone: an IANA name, "Europe/Paris".

    Raises:
        UsageError: there is no such time zone.

    >>> instant(read_reader_date("15 juillet 2025 à 10:39"), "Europe/Paris") - instant(
    ...     read_reader_date("15 juillet 2025 à 08:39"), "UTC")
    0
    """
    try:
        zone = _zone(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"no time zone {timezone!r}; use an IANA name such as Europe/Paris") from error
    local = datetime.datetime(date.year, date.month, date.day, date.hour or 0, date.minute or 0)
    offset = (date.hour is not None and zone.utcoffset(local)) or datetime.timedelta(0)
    return (local.replace(tzinfo=datetime.UTC) - _EPOCH - offset) // _MICROSECOND


@functools.lru_cache(maxsize=32)
def _zone(timezone: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(timezone)


# ---------------------------------------------------------------- lines

_DAY_ROLES = ("today", "yesterday", "older")
_DATED = "dated"
_DASH = re.compile(r"\s*[—–-]\s*")


@functools.lru_cache(maxsize=32)
def _separators(
    langs: tuple[str, ...] | None,
) -> tuple[list[str], dict[str, tuple[str, tuple[str, ...]]], frozenset[str]]:
    """Return the starts of separator lines, sorted; what each says; their first letters."""
    found: dict[str, dict[str, set[str]]] = {}
    for lang, entry in table().items():
        if langs is None or lang in langs:
            for role in _DAY_ROLES:
                for word in entry["words"].get(role, ()):
                    found.setdefault(word.casefold(), {}).setdefault(role, set()).add(lang)
            for word in (*entry.get("dated", ()), *table()["en"]["dated"]):
                found.setdefault(word.casefold(), {}).setdefault(_DATED, set()).add(lang)
    # where two roles share a word (Japanese says one for two), the first in order of days counts
    says = {}
    for word, roles in found.items():
        role = next(r for r in (*_DAY_ROLES, _DATED) if r in roles)
        says[word] = (role, tuple(sorted(roles[role])))
    return sorted(says), says, frozenset(word[0] for word in says)


def read_separator(line: str, langs: Sequence[str] | None = None) -> Separator | None:
    """Read a day separator: a word, or a word, a dash and a date; the stream's name may be glued to it.

    A rest in small letters may also be the word going on ("Ouder", "Ouders"): the caller decides by what is around.

    >>> read_separator("Aujourd’hui — 21 novembre 2026Flux principal")[::3]
    ('today', 'Flux principal')
    >>> s = read_separator("À partir d’avant-hierFlux principal")
    >>> (s.role, s.langs, s.date, s.rest)
    ('older', ('fr',), None, 'Flux principal')
    >>> read_separator("Today we walk") is None
    True
    """
    line = line.strip()
    if not line or len(line) > 200:
        return None
    starts, says, first = _separators(tuple(langs) if langs is not None else None)
    if line[0].casefold() not in first:
        return None
    line = line.replace("'", "’")
    low = line.casefold()
    if len(low) != len(line):  # folding that changes lengths would shift what follows
        low = line.lower() if len(line.lower()) == len(line) else line
    # the longest word that starts the line: candidates lie just before it in order
    at = bisect.bisect_right(starts, low)
    best = None
    while at > 0 and starts[at - 1][0] == low[0]:
        at -= 1
        if low.startswith(starts[at]):
            best = starts[at]
            break
    if best is None:
        return None
    role, speakers = says[best]
    rest = line[len(best) :]
    if not rest:
        return Separator(role, speakers, None, "") if role != _DATED else None
    dash = _DASH.match(rest)
    if dash:
        found = _date_at_start(rest[dash.end() :], speakers)
        if found is None:
            return None
        end, date = found
        return Separator(role, tuple(sorted(set(speakers) & set(date.langs))), date, rest[dash.end() + end :].strip())
    if role == "older" and (rest[0].isalnum() or rest[0] in "#«“„\"'([’•✇"):
        return Separator(role, speakers, None, rest)
    return None


@functools.lru_cache(maxsize=32)
def byline_pattern(langs: tuple[str, ...] | None = None) -> re.Pattern[str]:
    """Return a pattern that finds what stands before an author; blanks before a colon may vary."""
    parts = []
    for word in words_of("by", langs):
        stem = word.rstrip()
        colon = stem[-1] in ":："
        body = re.escape(stem[:-1].rstrip() if colon else stem)
        parts.append(body + (r"\s*[:：]" if colon else ""))
    return re.compile(r"(?:" + "|".join(parts) + r")\s*" if parts else r"(?!)", re.IGNORECASE)


_PIECES = re.compile("[\t🏷🔖♻⭐☰📌🔽☆🔲☑]")


def chrome_language(lines: Iterable[str]) -> str | None:
    """Return the language of the interface that these lines show, or None.

    Each line that an interface says (its words, day separators, dates) counts
    for every language that says it so; the language that says most of them
    wins. Where several say all the same, what they have in common is the
    answer ("pt" for pt-br and pt-pt), and English before those that borrow it.

    >>> chrome_language(["Vue normale", "Trump Says U.S. Has Reached Trade Deal", "4 juillet 2025 à 00:59"])
    'fr'
    >>> chrome_language(["Nothing here"]) is None
    True
    """
    votes: dict[str, float] = collections.defaultdict(float)
    seen: set[str] = set()
    by = byline_pattern()

    def count(text: str, weight: float, langs: Iterable[str]) -> None:
        if text not in seen:
            seen.add(text)
            for lang in langs:
                votes[lang] += weight

    for line in dict.fromkeys(lines):
        line = line.strip()
        if not line or len(line) > 300:
            continue
        ends = date_at_end(line) if line[-1].isdigit() or line[-1] in "mM" else None
        if ends is not None:
            count(line, 1, ends[1].langs)
            line = line[: ends[0]].rstrip()
            if not line:
                continue
        if line[0] == SOURCE_MARK or len(line) < 100:
            said = by.search(line) if line[0] == SOURCE_MARK else by.match(line)
            if said is not None and said[0].strip()[-1] in ":：作者":
                count(fold(said[0]), 1, _words().get(fold(said[0]), {}).get("by", ()))
        if len(line) > _LONGEST_WORD:
            continue
        separator = read_separator(line)
        if separator is not None:
            count(fold(line), 2, separator.langs)
            continue
        for piece in _PIECES.split(line):
            for role, langs in chrome_roles(piece).items():
                count(f"{role} {fold(piece)}", 1, langs)
    if not votes:
        return None
    top = max(votes.values())
    tied = sorted(lang for lang, n in votes.items() if n == top)
    groups: dict[str, list[str]] = {}
    for lang in tied:
        groups.setdefault(lang.partition("-")[0], []).append(lang)
    primary = "en" if "en" in groups else min(groups, key=lambda p: (-len(groups[p]), p))
    return groups[primary][0] if len(groups[primary]) == 1 else primary


_SAMPLE = 200_000  # characters looked at: enough to see a page's habits, and cheap on a big file
_SIGNS = frozenset(["↗️", "🔲", "☆", "☑️", "⭐", "🔖", "🔃", "📰", "📖", "📜", "📑"])


_READER_STREAM = re.compile(r"""<[^<>]{1,300}\bid\s*=\s*["']?stream\b""", re.IGNORECASE)
_READER_ENTRY = re.compile(r"""\bclass\s*=\s*["']?(?:[\w-]+\s+){0,9}flux\b""", re.IGNORECASE)


def is_reader_page(html: str) -> bool:
    """Whether an HTML page is one of FreshRSS's: the stream of entries is in it, by its id, and so is an entry's class.

    >>> is_reader_page('<main id="stream" class="normal"><div class="flux not_read" id="flux_1">')
    True
    >>> is_reader_page('<div id="stream"><p>a river</p></div>')
    False
    """
    # the plain searches cost nearly nothing and answer nearly always
    return "stream" in html and "flux" in html and bool(_READER_STREAM.search(html) and _READER_ENTRY.search(html))


def looks_like_reader(text: str) -> float:
    """Return how much a text looks like (a part of) a FreshRSS page, 0 to 1; 0.5 and more: treat it as one.

    Evidence, each kind counted up to a limit so that no single habit decides:
    lines that are the interface's words, day separators, dates with a time,
    feed names after their mark, icons on a line of their own.

    >>> looks_like_reader("Vue normale\\n\\nHier — 3 juillet 2025\\n\\nA title\\n\\n3 juillet 2025 à 17:45\\n") > 0.5
    True
    >>> looks_like_reader("The river rose overnight.\\nMinisters met on Friday.\\n")
    0.0
    """
    limits = {"word": 4.0, "separator": 4.0, "date": 3.0, "source": 3.0, "sign": 2.0}
    weight = dict.fromkeys(limits, 0.0)
    seen: set[str] = set()
    for line in text[:_SAMPLE].split("\n"):
        if len(line) > 400:
            line = line[-80:] if line[-1:].isdigit() else ""
        line = line.strip().removeprefix("•").strip()
        if not line:
            continue
        if line[0] == SOURCE_MARK and len(line) > 1:
            weight["source"] += 1.0
            continue
        if line in _SIGNS:
            weight["sign"] += 0.25
            continue
        if line[-1].isdigit() or line[-2:].lower() in ("am", "pm"):
            found = date_at_end(line)
            if found is not None:
                # alone on its line it is a reader's; after other words it may be anyone's
                weight["date"] += 0.9 if found[0] == 0 else 0.25
                continue
        if len(line) > _LONGEST_WORD or line in seen:
            continue
        separator = read_separator(line)
        if separator is not None:
            seen.add(line)
            weight["separator"] += 2.0 if separator.date or separator.rest else 0.5
            continue
        roles = chrome_roles(line)
        if roles:
            seen.add(line)
            # one short word may be anyone's; a phrase that readers alone use is not
            weight["word"] += 1.0 if {"view", "mark_read", "manage", "new"} & roles.keys() else 0.4
    total = sum(min(weight[kind], limit) for kind, limit in limits.items())
    return round(1.0 - math.exp(-total / 2.5), 4)
