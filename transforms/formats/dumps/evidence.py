"""Units to numbers: what each looks like, where it stands, and what repeats on its page. No reader is known by name."""

import functools
import json
import pathlib
import re
import unicodedata
from typing import NamedTuple

import numpy as np
from feedmill.transforms.formats.dumps.units import Page
from feedmill.transforms.formats.freshrss.chrome import SOURCE_MARK, chrome_roles
from feedmill.transforms.text.lines import SENTENCE_END, columns

_COUNT = re.compile(r"\(?\d[\d.,]*[kKmM]?\+?\)?")
_SITE = re.compile(r"(?:https?://|www\.)?(?:[\w-]+\.)+[a-z]{2,24}(?:/\S*)?", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"[@/][\w.-]{2,}|[ru]/\w+")
_TAGS = re.compile(r"(?:#\w[\w-]*[\s,]*)+")
_BY = re.compile(
    r"(?:by|von|par|por|di|da|door|av|af|przez|od|de|από|автор|от|yazan|oleh|autor|作者|記者|记者|بقلم|מאת)\s?[:：]?",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|all rights", re.IGNORECASE)
_LINKED = re.compile(r"\[[^\[\]]{1,300}\]\(|\]\(|\[\d{1,3}\]|<https?:")
_SENTENCES = re.compile(r"[.!?。！？؟।][\"'”’»)\]]*\s+\S|[。！？]")
_QUOTE = frozenset("\"“”„«»'‘’「『")
_SCRIPTS = (
    ("CYRILLIC", 0),
    ("GREEK", 0),
    ("ARABIC", 1),
    ("HEBREW", 1),
    ("CJK", 2),
    ("HIRAGANA", 2),
    ("KATAKANA", 2),
    ("HANGUL", 2),
    ("THAI", 2),
    ("DEVANAGARI", 3),
    ("BENGALI", 3),
)


class Evidence(NamedTuple):
    """What the labeller is given of a page."""

    facts: np.ndarray  # float32, units x FACTS
    groups: tuple[np.ndarray, ...]  # int32 each, units: which units look alike, by several measures


def _log(n: float) -> float:
    return float(np.log1p(n)) / 6


@functools.lru_cache(maxsize=1)
def _interface() -> frozenset[str]:
    """Words that interfaces say, folded, whatever the reader and the language."""
    place = pathlib.Path(__file__).with_name("interface_words.json")
    return frozenset(json.loads(place.read_text(encoding="utf-8"))) if place.exists() else frozenset()


def _script(text: str) -> int:
    for c in text[:40]:
        if c.isalpha() and c > "\u024f":
            name = unicodedata.name(c, "")
            return next((n + 1 for script, n in _SCRIPTS if name.startswith(script)), 0)
    return 0


@functools.lru_cache(maxsize=16384)
def _own(text: str, mark: str, when: int, before: str, after: str) -> tuple[tuple[float, ...], str]:
    """Returns the facts of a unit that its own text tells, and its kind in a letter or two."""
    size = len(text)
    width = columns(text[:2000]) + max(0, size - 2000)
    head = text[:600]
    n = len(head)
    letters = sum(map(str.isalpha, head))
    digits = sum(map(str.isdigit, head))
    uppers = sum(map(str.isupper, head))
    blanks = sum(map(str.isspace, head))
    words = head.split()
    script = _script(head)
    count = len(words) if script != 3 else max(1, width // 6)  # scripts without blanks: about so many words
    caps = sum(w[0].isupper() for w in words)
    first, last = text[0], text.rstrip("\"'”’»)]*_ ")[-1:] or text[-1]
    ends = last in SENTENCE_END
    inner = len(_SENTENCES.findall(head[:-1]))
    site = _SITE.fullmatch(text) is not None if size < 200 else False
    address = text.lower().startswith(("http://", "https://", "www.", "<http"))
    counted = _COUNT.fullmatch(text) is not None if size < 20 else False
    lexicon = size < 60 and (text.casefold() in _interface() or bool(chrome_roles(text)))
    label = after[:2].strip()[:1] in (":", "：") if after else False
    by = bool(_BY.search(before[-12:])) if before else False
    marked = SOURCE_MARK in before or SOURCE_MARK in text[:8]
    cased = uppers / letters if letters else 0.0
    if when:
        kind = f"w{when}"
    elif address or site:
        kind = "u"
    elif counted:
        kind = "n"
    elif inner or (ends and count > 6):
        kind = "s"
    elif count >= 4 or width >= 30:
        kind = "h"
    elif digits and count <= 3:
        kind = "d"
    else:
        kind = "x"
    facts = (
        _log(width),
        _log(count),
        min(width, 40) / 40,
        min(width, 160) / 160,
        min(width, 600) / 600,
        letters / n,
        digits / n,
        blanks / n,
        cased,
        float(letters > 3 and cased > 0.9),
        caps / max(1, len(words)),
        float(first.isupper()),
        float(first.islower()),
        float(first.isdigit()),
        float(first in _QUOTE),
        float(not first.isalnum() and first not in _QUOTE),
        float(ends),
        float(last in "?？؟"),
        float(last in "!！"),
        float(last in "…" or text.endswith("...")),
        float(last in ":："),
        float(last in ",،、"),
        min(inner, 6) / 6,
        float("," in head),
        float(":" in head),
        float(any(c in _QUOTE for c in head[1:])),
        float(site),
        float(address),
        float("http" in head and not address),
        float(bool(_MAIL.search(head)) if "@" in head else False),
        float(bool(_HANDLE.fullmatch(text)) if size < 60 else False),
        float(bool(_TAGS.fullmatch(text)) if "#" in head else False),
        float("#" in head),
        float(counted),
        float(digits > 0 and count <= 3),
        float(lexicon),
        float(label),
        float(by),
        float(marked),
        float(bool(_COPYRIGHT.search(head))),
        float(bool(_LINKED.search(head)) if "[" in head or "<" in head else False),
        float("*" in before or "_" in before),
        float("#" in before),
        float("[" in before or "(" in before or "（" in before or "【" in before),
        float(when == 1),
        float(when == 2),
        float(when == 3),
        float(when == 4),
        float(when == 5),
        float(script == 1),
        float(script == 2),
        float(script == 3),
        float(script == 4),
        float(mark == "1"),
        float(bool(mark) and mark != "1"),
        float("|" in before or "·" in before or "•" in before),
        float("\t" in before or "   " in before),
        float("-" in before or "–" in before or "—" in before),
        float("/" in before or ">" in before or "»" in before),
        float(":" in before or "：" in before),
    )
    return facts, kind


_TEXT_FACTS = 60


def find_evidence(page: Page, width: int | None = None) -> Evidence:
    """Returns what can be seen of each unit of a page, and which look alike."""
    units = page.units
    n = len(units)
    own = [_own(u.text[:1200], u.mark, u.when, u.before[-16:], u.after[:4]) for u in units]
    facts = np.zeros((n, FACTS), np.float32)
    kinds = [kind for _, kind in own]
    if n:
        facts[:, :_TEXT_FACTS] = [f for f, _ in own]
    last_line = units[-1].line if n else 0
    indents = sorted({u.indent for u in units})
    usual = _most([u.indent for u in units if u.part == 0]) if n else 0
    folded = [u.text.casefold()[:300] for u in units]
    same = _numbers(folded)
    counts = np.bincount(same, minlength=1) if n else np.zeros(1, int)
    marks = [u.mark if u.mark in ("", "1") else "*" for u in units]
    # a unit as the page might repeat it: its place in its line, the line's marks and indent, its kind
    fine = [
        (
            u.place,
            u.part,
            min(u.parts, 9),
            u.mark,
            u.quote,
            indents.index(u.indent) if len(indents) < 40 else 0,
            min(u.blank_before, 3) + 4 * (u.blank_before >= 10),
            k,
        )
        for u, k in zip(units, kinds, strict=True)
    ]
    coarse = [(u.place, min(u.part, 3), m, k) for u, m, k in zip(units, marks, kinds, strict=True)]
    heads = [(m, k, u.parts) if u.part == 0 else None for u, m, k in zip(units, marks, kinds, strict=True)]
    shapes = [None, *coarse, None]
    around = [(shapes[i], shapes[i + 1], shapes[i + 2], min(units[i].blank_before, 2)) for i in range(n)]
    groups = [_numbers(fine), _numbers(coarse), _numbers(around), same]
    sizes = [np.bincount(g, minlength=1)[g] if n else np.zeros(0) for g in groups]
    # what comes directly behind what: how far the next of the same looks, and whether that is the usual distance
    at = _TEXT_FACTS
    following = [units[i + 1] if i + 1 < n else None for i in range(n)]
    repeats = _distances(groups[0])
    texts_seen: dict[str, int] = {}
    blank_after = [
        f.blank_before if f is not None and f.line != u.line else 0 for u, f in zip(units, following, strict=True)
    ]
    block = np.cumsum([u.blank_before > 0 for u in units]) if n else np.zeros(0, int)
    block_sizes = np.bincount(block.astype(int), minlength=1)[block.astype(int)] if n else np.zeros(0)
    share_dates = sum(k[0] == "w" for k in kinds) / max(1, n)
    share_prose = sum(k == "s" for k in kinds) / max(1, n)
    share_urls = sum(k == "u" for k in kinds) / max(1, n)
    share_heads = sum(k == "h" for k in kinds) / max(1, n)
    line_sizes: dict[int, int] = {}
    for u in units:
        line_sizes[u.line] = line_sizes.get(u.line, 0) + columns(u.before + u.text if u.part else u.text)
    longest = max((len(u.text) for u in units), default=0)
    cut = _log(longest)
    pages = [
        _log(n),
        share_dates,
        share_prose,
        share_urls,
        share_heads,
        cut,
        float(sum(h is not None and h[0] == "1" for h in heads)) / max(1, n),
    ]
    for i, u in enumerate(units):
        f = folded[i]
        seen = texts_seen.get(f, -1)
        texts_seen[f] = i
        ahead = repeats[1][i]
        facts[i, at:] = (
            u.part == 0,
            u.part == u.parts - 1,
            min(u.part, 6) / 6,
            min(u.parts, 8) / 8,
            u.parts == 1,
            min(u.blank_before, 1) if u.blank_before < 10 else 1,
            1 < u.blank_before < 10,
            u.blank_before >= 10,
            min(blank_after[i], 1),
            1 < blank_after[i] < 10,
            blank_after[i] >= 10,
            min(u.indent, 12) / 12,
            u.indent > usual,
            u.indent < usual,
            bool(u.quote),
            u.line / max(1, last_line),
            min(u.line, 10) / 10,
            min(last_line - u.line, 10) / 10,
            min(int(counts[same[i]]) - 1, 4) / 4,
            counts[same[i]] > 2,
            seen >= 0 and i - seen <= 12,
            seen >= 0 and i - seen > 12,
            _log(sizes[0][i]),
            _log(sizes[1][i]),
            _log(sizes[2][i]),
            sizes[0][i] / n,
            repeats[0][i],
            min(ahead, 20) / 20,
            repeats[2][i],
            min(int(block_sizes[i]), 12) / 12,
            u.part > 0 and u.before.isspace(),
            u.part > 0 and not u.before,
            u.after.isspace(),
            (u.end - u.start) / max(1, line_sizes[u.line]),
            _log(line_sizes[u.line]),
            page.wrap is not None,
            page.wrap is not None and page.wrap.width - 12 <= line_sizes[u.line] + u.indent <= page.wrap.width,
            *pages,
        )
    return Evidence(facts, tuple(g.astype(np.int32) for g in groups))


_PAGE_FACTS = 44
FACTS = _TEXT_FACTS + _PAGE_FACTS


def _numbers(keys: list) -> np.ndarray:
    """Returns a number for each key, the same for equal ones."""
    known: dict = {}
    return np.fromiter((known.setdefault(key, len(known)) for key in keys), np.int64, len(keys))


def _most(values: list[int]) -> int:
    return max(set(values), key=lambda v: (values.count(v) if len(values) < 3000 else 0, -v)) if values else 0


def _distances(group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each unit: is the next that looks alike as far off as is usual, how far, and how usual is that."""
    n = len(group)
    usual, far, share = np.zeros(n), np.full(n, 99.0), np.zeros(n)
    order = np.argsort(group, kind="stable")
    gaps = np.diff(order)
    inside = np.diff(group[order]) == 0
    far[order[:-1][inside]] = gaps[inside]
    starts = np.flatnonzero(np.r_[True, ~inside])
    for a, b in zip(starts, np.r_[starts[1:], n], strict=True):
        if b - a > 2:
            here = order[a:b]
            distances = gaps[a : b - 1]
            values, times = np.unique(distances, return_counts=True)
            best = times.argmax()
            share[here] = times[best] / len(distances)
            usual[here[:-1]] = distances == values[best]
    return usual, far, share
