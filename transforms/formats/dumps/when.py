"""The dates, ages and times of day within a line, in whatever language, and what kind each is.

A line is turned into one letter a token (`D` a number that may be a day, `M` a month's name, ...), in which the shapes
of dates are found by regular expressions. The words come from the table that `text/dates.py` reads, of some ninety
languages. What is found is only where a date stands: what it says is read by `read_date`.
"""

import functools
import json
import pathlib
import re
from typing import NamedTuple

from feedmill.transforms.text.dates import TABLE, fold

DATE, PARTIAL, AGE, TIME, NAMED = 1, 2, 3, 4, 5  # with a year; a day without its year; "3 h"; "10:12"; "yesterday"

_LONGEST = 400  # characters of a line that is looked through; of a longer one, its ends
_END = 90

_TOKEN = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\s?[+-]\d\d:?\d\d)?)?(?!\d)"
    r"|\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d\d)(?!\d)"
    r"|\d{2,4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|\d{4}\s?년\s?\d{1,2}\s?월\s?\d{1,2}\s?일|\d{1,2}\s?月\s?\d{1,2}\s?日|\d{1,2}월\s?\d{1,2}일"
    r"|\d{1,2}[:h.]\d\d(?::\d\d)?(?!\d)"
    r"|[+-]\d\d:?\d\d(?!\d)"
    r"|\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?!\d)"
    r"|\d+|[^\W\d_]+(?:[’'][^\W\d_]+)?|[^\s\w]|_"
)
_TIME_TOKEN = re.compile(r"\d{1,2}[:h.]\d\d(?::\d\d)?")
_LARGE = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+")  # "25.000"
_ZONE_TOKEN = re.compile(r"[+-]\d\d:?\d\d")

_TAIL = "(?:[chbl]?[FO]{0,2}b?[Tt]A?F?(?:b?Z{1,2}b?)?|[ch]?[FO]?[DN]A)?"
_LEAD = "(?:[Tt]A?Z?[cho]?F{0,2})?"
_WD = "(?:Wp?c?F?)?"
_SHAPES = (
    (
        DATE,
        re.compile(
            f"{_LEAD}{_WD}(?:DS?p?h?F{{0,2}}Mp?h?c?F{{0,2}}Yp?F?p?|Mp?F?DS?c?F?Y|YF?p?c?F?Mc?DF?|[YD]F?p?MDS?){_TAIL}"
        ),
    ),
    (DATE, re.compile(f"{_LEAD}{_WD}[de]p?{_TAIL}")),
    (PARTIAL, re.compile(f"{_LEAD}{_WD}(?:DS?p?F{{0,2}}M|MF?DS?){_TAIL}")),
    (
        AGE,
        re.compile(
            "B{0,3}[DNO]p?V|B[BFu]{0,2}[DNO][Uu](?:c?F?[DN][Uu])?G?|[DNO]p?[Uu]p?(?:c?F?[DN][Uu])?[GM]G?|BU(?![DNO])"
        ),
    ),
    (NAMED, re.compile("R(?:c?F{0,2}TA?)?")),
    (PARTIAL, re.compile("W(?:p?c?F{0,2}TA?)")),
    (TIME, re.compile("TA?Z?|tA|DA")),
)


class When(NamedTuple):
    """Where a date stands in a text, and which kind it is."""

    start: int
    end: int
    kind: int


@functools.lru_cache(maxsize=1)
def _table() -> dict[str, list[str]]:
    return json.loads(pathlib.Path(__file__).with_name("when_words.json").read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    """Returns the class of each known word, folded; of a word with several, the one that matters first."""
    ages = _table()
    dates = json.loads(TABLE.read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for names, letter in (
        (ages["fillers"], "F"),
        (ages["ordinals"], "S"),
        (ages["before"], "B"),
        (ages["ones"], "O"),
        (ages["units"], "U"),
        (ages["ago"], "G"),
        (ages["zones"], "Z"),
        (ages["halves"], "A"),
        (dates["halves"], "A"),
        (ages["days"], "R"),
        (dates["weekdays"], "W"),
        (dates["months"], "M"),
    ):
        for name in names:
            folded = fold(name).strip(".")
            if folded and " " not in folded:
                words[folded] = "u" if letter == "U" and len(folded) < 3 and folded.isascii() else letter
    for name in ages["units"]:
        words.setdefault(fold(name), "U")
        if name.endswith(("前", "전")):
            words[fold(name)] = "V"
        words.setdefault(fold(name) + "前", "V")
    # what is a month's or a weekday's short form in one language and a common word in another
    for word in "an a la le de do to so me mi sa su we ma di si is al".split():
        words[word] = {"an": "O", "a": "F", "la": "F", "le": "F", "de": "F"}.get(word, "x")
    return words


@functools.lru_cache(maxsize=65536)
def _class(token: str) -> str:
    first = token[0]
    if first.isdecimal():
        if _LARGE.fullmatch(token):
            return "o"
        if token.isdecimal():
            if len(token) <= 2:
                return "D" if 0 < int(token) <= 31 else "N"
            return "Y" if len(token) == 4 and 1600 <= int(token) <= 2100 else "N"
        if _TIME_TOKEN.fullmatch(token):
            return "t" if "." in token else "T"  # "4.25" is more often a number
        return "e" if token[-1] in "日일" and not re.match(r"\d{2,4}\s?[年년]", token) else "d"
    if _ZONE_TOKEN.fullmatch(token):
        return "Z"
    if first.isalpha():
        return _classes().get(token.casefold() if token.isascii() else fold(token), "x")
    return {
        ",": "c",
        "،": "c",
        "、": "c",
        ".": "p",
        "-": "h",
        "–": "h",
        "—": "h",
        "(": "b",
        ")": "b",
        ":": "l",
        "º": "S",
        "ª": "S",
    }.get(first, "o")


def _class_at(text: str, start: int, end: int) -> str:
    """Return the class of a token in its place: "son" glued to a number is no Sunday, a time that is cut is none."""
    found = _class(text[start:end])
    after = text[end : end + 1]
    if (found == "W" and after.isdecimal()) or (found in "Tt" and after == "…"):
        return "o"
    return found


def find_whens(text: str) -> list[When]:
    """Returns the dates, ages and times of day in a line, in order, none over another.

    A word that is only the name of a month or a weekday is none, nor is "3 days" without "ago" or its like, unless
    it is all that the line says.

    >>> line = "Reuters, 3 mars 2025 à 10:12 | il y a 3 heures"
    >>> [(line[w.start : w.end], w.kind) for w in find_whens(line)]
    [('3 mars 2025 à 10:12', 1), ('il y a 3 heures', 3)]
    >>> [line[w.start : w.end] for line in ("by ana 2 hours ago", "3小时前 · 新华") for w in find_whens(line)]
    ['2 hours ago', '3小时前']
    >>> find_whens("a glimpse of son21, 25.000 hectares, between 02:00…")
    []
    """
    if len(text) <= _LONGEST:
        return _find(text, 0)
    cut = len(text) - _END
    return [w for w in _find(text[:_END], 0) if w.start <= 2] + [
        w for w in _find(text[cut:], cut) if w.end >= len(text) - 2
    ]


_MAY = re.compile(r"\d")


@functools.lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    return re.compile(
        "|".join(sorted(map(re.escape, _table()["days"]), key=lambda name: (-len(name), name))), re.IGNORECASE
    )


def _find(text: str, offset: int) -> list[When]:
    if (
        not _MAY.search(text)
        and (len(text) > 60 or not _named().search(text))
        and not (len(text) < 60 and _ago_alone(text))
    ):
        return []
    text = text.replace("\\", " ")  # Markdown's "21\\. November"
    tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text)]
    classes = "".join(_class_at(text, a, b) for a, b in tokens)
    found: list[When] = []
    taken = [False] * len(tokens)
    for kind, shape in _SHAPES:
        for match in shape.finditer(classes):
            first, last = match.span()
            while first < last and classes[first] in "Fcpb":
                first += 1
            while last > first and classes[last - 1] in "Fcb":
                last -= 1
            if first == last or any(taken[first:last]):
                continue
            here = kind
            if (
                kind == DATE
                and "e" in classes[first:last]
                and "d" not in classes[first:last]
                and "Y" not in classes[first:last]
            ):
                here = PARTIAL
            taken[first:last] = [True] * (last - first)
            found.append(When(offset + tokens[first][0], offset + tokens[last - 1][1], here))
    if not found and re.fullmatch("[DN]p?[Uu]p?|OU", classes):  # "3 h", and nothing else
        found.append(When(offset + tokens[0][0], offset + tokens[-1][1], AGE))
    return sorted(found)


def _ago_alone(text: str) -> bool:
    """True if a short text without a digit may be an age in words: "an hour ago", "قبل يوم"."""
    words = [_class(w) for w in re.findall(r"[^\W\d_]+", text)[:8]]
    return "U" in words and ("G" in words or "B" in words)
