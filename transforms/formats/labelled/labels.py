"""What a line of labelled records is, told from the line alone: a label, a date, a note of copyright, a mark, ...

In `labels.json` are, in the languages of the interfaces that are known:

- `labels`: what programs call a field; `other` are those that are no part of a story, but end the one above;
- `headings`: labels that stand on a line of their own, without a colon;
- `codes`: labels of two letters, "plain" as Factiva writes them, "dashed" (RIS) and "percent" (EndNote);
- `ends`, `documents`, `of`: words of the lines between records: "End of Document", "Document 1 of 20";
- `languages`, `counted`, `reserved`: words of the lines over a text: "English", "812 words", "All rights reserved";
- `missing`: values that say that there is none.
"""

import json
import pathlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from feedmill.transforms.formats.dumps.when import DATE, TIME, find_whens
from feedmill.transforms.text.dates import fold
from feedmill.transforms.text.lines import Line, bullet, columns, ends_sentence, is_rule, numbered

TABLE = pathlib.Path(__file__).with_name("labels.json")
_TABLE = json.loads(TABLE.read_text(encoding="utf-8"))
# a field -> the words for it
WORDS: dict[str, tuple[str, ...]] = {
    field: tuple(dict.fromkeys(word.strip() for words in of.values() for word in words.split(";")))
    for field, of in _TABLE["labels"].items()
}
CODES: dict[str, dict[str, str]] = _TABLE["codes"]

_LABEL = re.compile(r"\*{0,2}([^\W\d_][^:：*\t]{0,60}?)\*{0,2}\s?[:：]\*{0,2}(?:\s{1,40}|(?=[^\s/\d]|$|\d{4}))(.*)")
_TABBED = re.compile(r"([^\W\d_][^:：*\t]{0,40}?)\s?[:：]?\t+\s*(.*)")
_PLAIN = re.compile(rf"({'|'.join(sorted(CODES['plain'], key=lambda code: (-len(code), code)))})(?:[ \t\u00a0]+(.*))?")
_DASHED = re.compile(r"([A-Z][A-Z0-9])[ \t]{1,3}-(?:[ \t]+(.*))?")
_PERCENT = re.compile(r"%([A-Z0-9@~>\[])[ \t]+(.*)")
_LONGEST_MARK = 100  # columns of a line that may be a mark between records, a date, a note of copyright
_LONGEST_NOTE = 600  # characters of a note of copyright
_LONGEST_LABEL = 60
_WORDS_OF_LABEL = 6


def _alternatives(name: str) -> str:
    words = sorted((word.strip() for word in _TABLE[name].split(";")), key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, words))


_DOCUMENTS, _OF, _ENDS = _alternatives("documents"), _alternatives("of"), _alternatives("ends")
# "Document 3 of 20", "3 of 20 DOCUMENTS", "3 von 20 Dokumenten", "Record: 3", "文档 3 / 20", "第 3 篇"
_NUMBERED = re.compile(
    rf"\W{{0,4}}(?:(?:{_DOCUMENTS})[\s:#.№]{{0,4}}(\d{{1,5}})\s{{0,3}}(?:{_OF})\s{{0,3}}\d{{1,6}}"
    r"|(?:record|datensatz|enregistrement|registro)\s?[:#]\s{0,3}(\d{1,5})"
    rf"|(\d{{1,5}})\s{{0,3}}(?:{_OF})\s{{0,3}}\d{{1,6}}\s{{0,3}}(?:{_DOCUMENTS})"
    r"|第\s?(\d{1,5})\s?[篇条條件](?:\W{1,3}共\s?\d{1,6}\s?[篇条條件])?)\W{0,4}",
    re.IGNORECASE,
)
_END = re.compile(rf"\W{{0,6}}(?:{_ENDS})\W{{0,6}}", re.IGNORECASE)
# Factiva's and Europresse's own numbers: "Document LEMOND0020250303el330000b", "news·20250303·LM·1234567"
_NUMBER = re.compile(
    rf"(?:{_DOCUMENTS})\s(?=\S{{16,40}}$)[A-Z][A-Z0-9]{{2,12}}\d{{8,14}}[a-z0-9]{{7,12}}|(?:news|biz|pub|web)·\d{{8}}·\S{{1,40}}",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"[\d.,\u202f\u00a0 ]{{1,9}}\s?(?:{_alternatives('counted')})", re.IGNORECASE)
# a sentence about copyright is none: it begins with a sign or a year, or says that rights are reserved and little else
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright|copr\.|urheberrecht|droits d.auteur|derechos de autor|版权|版權)[\s:：,]{0,3}"
    r"(?:©|\(c\)|copyright)?[\s:：,]{0,3}(?:\d{4}|by\s|of\s|proprietà).{0,600}"
    r"|(?:©|\(c\)\s).{0,160}"
    rf"|.{{0,80}}(?:{_alternatives('reserved')}).{{0,60}}",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"(?:©|\(c\)|copyright|copr\.|urheberrecht|\s|,|\d{4}|[-–])+(?P<who>.*?)"
    rf"(?:[\s.,;]*(?:{_alternatives('reserved')}).*)?",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?i:by|von|par|por|di|door|av|af|de|przez|от|автор|oleh|作者|記者|记者|文|撰文)(?:\s?[:：/]\s?|\s+)(?=[^\W\d_a-zß-ÿ])"
)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+(?:[^\W\d_][\w.'’-]*|de|da|di|von|van|der|den|la|le|el|al|bin|y|e)){1,4}")
_CODE = re.compile(r"[A-Z][A-Z0-9]{2,7}")
_CLOCK = re.compile(
    r"\d{1,2}\s?[:h.]\s?\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?(?:\s?(?:uhr|gmt|utc|[a-z]{3,4}|h))?", re.IGNORECASE
)
_PAGE = re.compile(
    r"(?:page|seite|pagina|página|strona|страница)\s\d{1,4}(?:\s(?:of|von|de|sur|di|van|z|из|/)\s?\d{1,4})?",
    re.IGNORECASE,
)
_LANGUAGES = frozenset(fold(word.strip()) for word in _TABLE["languages"].split(";"))
_HEADINGS = frozenset(fold(word.strip()) for word in _TABLE["headings"].split(";"))
_MISSING = frozenset(fold(word.strip()) for word in _TABLE["missing"].split(";"))


def key_of(label: str) -> str:
    """Return a label as it is compared: case, accents and blanks do not matter.

    >>> key_of("Texte  intégral"), key_of("BAŞLIK")
    ('texte integral', 'baslik')
    """
    return fold(label).replace("ı", "i").strip(" .*#")  # Turkish has both, and the capital of one is the other's


# label -> language -> field: what "Rubrik" is in Swedish, a headline, it is not in German
_MEANS: dict[str, dict[str, str]] = {}
for _field, _of in _TABLE["labels"].items():
    for _lang, _words in _of.items():
        for _word in _words.split(";"):
            _MEANS.setdefault(key_of(_word), {}).setdefault(_lang, _field)


def field_of(label: str, lang: str | None = None) -> str | None:
    """Return what a label means: a key of WORDS; None if no program is known to say so.

    >>> field_of("Rubrik"), field_of("Rubrik", "de"), field_of("Salary")
    ('title', 'other', None)
    """
    means = _MEANS.get(key_of(label))
    if not means:
        return None
    return means.get(lang or "") or min(means.values(), key=_FIELDS.index)


_FIELDS = list(_TABLE["labels"])


class Mark(NamedTuple):
    """A line's label: how it is written, what it means, and what stands behind it from which character on."""

    label: str  # as it is compared: lower case, codes with their kind
    field: str | None
    at: int
    rest: str


def read_label(line: str, codes: frozenset[str] = frozenset(), base: int = 0) -> Mark | None:
    """Return the label of a line, if it may have one; `codes`: which kinds of CODES the page has.

    >>> read_label("Texte intégral : La rivière"), read_label("HD  Rates held", frozenset({"plain"}))[:2]
    (Mark(label='texte integral', field='body', at=17, rest='La rivière'), ('plain HD', 'title'))
    """
    for kind, shape in (("dashed", _DASHED), ("percent", _PERCENT), ("plain", _PLAIN)):
        if kind in codes and (found := shape.fullmatch(line)) and found[1] in CODES[kind]:
            return Mark(
                f"{kind} {found[1]}", CODES[kind][found[1]], found.start(2) if found[2] else len(line), found[2] or ""
            )
    lead = numbered(line) or bullet(line)
    at = lead[1] if lead else 0
    found = _LABEL.match(line, at) or _TABBED.match(line, at)
    if found and len(found[1].split()) <= _WORDS_OF_LABEL and len(found[1]) <= _LONGEST_LABEL:
        label = key_of(found[1])
        if label:
            return Mark(label, field_of(label), found.start(2), found[2])
    if len(line) <= 24 and (label := key_of(line)) in _HEADINGS:
        return Mark(label, field_of(label) or "other", len(line), "")
    return None


def codes_of(lines: list[Line]) -> frozenset[str]:
    """Return which kinds of two-letter labels a page has: those of which records are made."""
    found = set()
    for kind, shape in (("dashed", _DASHED), ("percent", _PERCENT), ("plain", _PLAIN)):
        fields = {CODES[kind].get(m[1]) for line in lines if (m := shape.fullmatch(line.text)) and len(m[1]) < 4}
        if "title" in fields and len(fields - {"other", None}) > 2:
            found.add(kind)
    return frozenset(found)


def mark_of(text: str) -> str | None:
    """Return "start" for a line over a record, "end" for one that closes it.

    >>> [mark_of(s) for s in ("3 of 20 DOCUMENTS", "Document QUAY00020250303el330001", "Ende des Dokuments", "3 of 20")]
    ['start', 'end', 'end', None]
    """
    if len(text) > _LONGEST_MARK:
        return None
    if _NUMBER.fullmatch(text) or _END.fullmatch(text) or text in ("ER  -", "ER -"):
        return "end"
    return "start" if _NUMBERED.fullmatch(text) else None


def number_of(text: str) -> int | None:
    """Return the number in a mark over a record."""
    found = _NUMBERED.fullmatch(text)
    return int(next(filter(None, found.groups()))) if found else None


def kind_of(line: Line) -> str:
    """Return what a line without a label is: rule, page, words, copyright, date, clock, language, code, by or free."""
    text = line.text
    if is_rule(text):
        return "rule"
    if len(text) <= _LONGEST_NOTE and _COPYRIGHT.fullmatch(text):
        return "copyright"
    if columns(text) > _LONGEST_MARK:
        return "free"
    if _COUNTED.fullmatch(text):
        return "words"
    if _PAGE.fullmatch(text):
        return "page"
    if _CLOCK.fullmatch(text):
        return "clock"
    if _dated(text):
        return "date"
    if fold(text) in _LANGUAGES:
        return "language"
    if _CODE.fullmatch(text):
        return "code"
    if _BY.match(text) and len(text.split()) <= 12 and not ends_sentence(text):
        return "by"
    return "free"


def _dated(text: str) -> bool:
    """Whether a line says when, and little else: "March 3, 2025, Late Edition", "International, 3 mars 2025, p. 4"."""
    if not any(map(str.isdigit, text)):
        return False
    whens = [w for w in find_whens(text) if w.kind == DATE]
    if len(whens) != 1 or (ends_sentence(text) and text[whens[0].end :].strip(" .")):
        return False
    left = text[: whens[0].start].split(), text[whens[0].end :].split()
    return len(left[0]) <= 4 and len(left[1]) <= 7


def date_in(text: str) -> str | None:
    """Return the date in a text with its time of day, if it has one.

    >>> date_in("The Daily Quay ; Northport. 3 Mar 2025: A.1."), date_in("no date")
    ('3 Mar 2025', None)
    """
    whens = find_whens(text)
    for n, when in enumerate(whens):
        if when.kind == DATE:
            following = whens[n + 1] if n + 1 < len(whens) else None
            if following and following.kind == TIME and following.start - when.end < 12:
                return text[when.start : following.end]
            return text[when.start : when.end]
    return None


def holder_of(text: str) -> str:
    """Return whom a note of copyright names.

    >>> holder_of("Copyright 2025 The Daily Quay. All Rights Reserved."), holder_of("© 2025, Le Quai SA")
    ('The Daily Quay', 'Le Quai SA')
    """
    found = _HOLDER.fullmatch(text)
    return found["who"].strip(" .,;") if found else ""


def is_missing(value: str) -> bool:
    """Whether a value says that there is none."""
    return fold(value) in _MISSING


def is_name(text: str) -> bool:
    """Whether a line may be the name of a person, or of several: a few words with capitals and nothing else."""
    parts = re.split(r"\s*(?:,|;|&|\band\b|\bund\b|\bet\b|\by\b)\s*", text)
    return len(text) <= 60 and all(_NAME.fullmatch(part) and part == part.strip() and _capital(part) for part in parts)


def _capital(name: str) -> bool:
    return all(word[0].isupper() or len(word) <= 3 for word in name.split())


def language_of(labels: Iterable[str]) -> str | None:
    """Return the language of an interface that says these labels: that which has most of them, most of all its own."""
    votes: dict[str, float] = {}
    for label in labels:
        langs = _MEANS.get(label, {})
        for lang in langs:
            votes[lang] = votes.get(lang, 0.0) + 1 / len(langs)
    best = sorted(votes, key=lambda lang: (-votes[lang], lang))
    if not best or votes[best[0]] < 1.5 or (len(best) > 1 and votes[best[0]] == votes[best[1]]):
        return None
    return best[0]


def by_of(text: str) -> str:
    """Return the names in a byline: without "By"."""
    return _BY.sub("", text.strip(), count=1)


_MORE = re.compile(r"\s*[|•·¦]\s*(?=[^\W\d_][^|•·¦:：]{0,40}[:：]\s)")


def more_labels(rest: str) -> list[str]:
    """Return a label's value, and the labels with values that stand behind it on its line, parted by "|".

    >>> more_labels("The Quay | Author: Ana Silva | Date: 3 May 2025"), more_labels("Rates | rents | rain")
    (['The Quay', 'Author: Ana Silva', 'Date: 3 May 2025'], ['Rates | rents | rain'])
    """
    return _MORE.split(rest) if len(rest) < 1000 else [rest]
