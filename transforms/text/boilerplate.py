"""Paragraphs that a publisher puts under its stories again and again.

What counts is decided from the stories of one snapshot alone, so a story's text
does not depend on what else is read, in which order, or in how many runs.
"""

from __future__ import annotations

import collections
import re
from collections.abc import Sequence
from typing import NamedTuple

_LEAST = 3  # stories that must share a paragraph for its place in them not to matter
_EDGE = 2  # paragraphs from either end of a story that two stories are enough for
_QUOTE = re.compile(r"^\W*[\"“„«‘'「『]|(?:(?<=\w)|\A)(?=\W*+\Z)\W*[\"”“»’」』]")


class Text(NamedTuple):
    """A story as this module sees it."""

    source: str | None
    title: str | None
    paragraphs: Sequence[str]


def recurring(stories: Sequence[Text]) -> set[tuple[int, int]]:
    """Return (story, paragraph) of every paragraph that is boilerplate.

    A paragraph is boilerplate if several different stories of one source have it
    word for word, and

    - three or more do, or
    - two do, and in both it lies at the same end of the story and is not a
      quotation. Two stories that quote the same passage keep it.

    Copies and versions of one story (same title, or more than half of the
    shorter one's paragraphs in common) count once: what they share is the story.
    A story never loses all it has. Stories whose source is not known are taken
    as one group, of which three must agree.

    >>> plea = "Become a patron and help us go on."
    >>> recurring([Text("A", "x", ["One.", plea]), Text("A", "y", ["Two.", plea]), Text("B", "z", [plea, "Three."])])
    {(0, 1), (1, 1)}
    """
    groups: dict[str | None, list[int]] = collections.defaultdict(list)
    for number, story in enumerate(stories):
        if story.paragraphs:
            groups[story.source].append(number)
    found: set[tuple[int, int]] = set()
    for source, members in groups.items():
        if len(members) > 1:
            found |= _of_one_source(stories, members, least=2 if source is not None else _LEAST)
    return found


def _of_one_source(stories: Sequence[Text], members: list[int], least: int) -> set[tuple[int, int]]:
    places: dict[str, list[tuple[int, int]]] = collections.defaultdict(list)
    for number in members:
        for at, paragraph in enumerate(stories[number].paragraphs):
            key = _key(paragraph)
            if key:
                places[key].append((number, at))
    shared = {key: where for key, where in places.items() if len({n for n, _ in where}) > 1}
    if not shared:
        return set()
    same = _versions(stories, members, shared)
    found: set[tuple[int, int]] = set()
    for key, where in shared.items():
        different = len({same[n] for n, _ in where})
        if different < least:
            continue
        if different < _LEAST and (_QUOTE.search(key) or not _at_one_end(stories, where)):
            continue
        found |= set(where)
    taken = collections.Counter(number for number, _ in found)
    whole = {n for n, count in taken.items() if count == sum(bool(_key(p)) for p in stories[n].paragraphs)}
    return {(n, at) for n, at in found if n not in whole}


def _key(paragraph: str) -> str:
    return " ".join(paragraph.split()).casefold()


def _at_one_end(stories: Sequence[Text], where: list[tuple[int, int]]) -> bool:
    """Tell whether all places lie near the end of their stories, or all are the very start."""
    last = all(len(stories[n].paragraphs) - at <= _EDGE and at > 0 for n, at in where)
    return last or all(at == 0 and len(stories[n].paragraphs) > 1 for n, at in where)


def _versions(stories: Sequence[Text], members: list[int], shared: dict[str, list[tuple[int, int]]]) -> dict[int, int]:
    """Return for each story the first one it is a copy or version of, itself if none."""
    same = {n: n for n in members}

    def root(n: int) -> int:
        while same[n] != n:
            same[n] = same[same[n]]
            n = same[n]
        return n

    titles: dict[str, int] = {}
    for n in members:
        title = _key(stories[n].title or "")
        if title:
            same[root(n)] = root(titles.setdefault(title, n))
    # pairs that share paragraphs; one that very many share says nothing about a pair, and pairs would be many
    pairs: collections.Counter[tuple[int, int]] = collections.Counter()
    for where in shared.values():
        holders = sorted({n for n, _ in where})
        if len(holders) <= 8:
            pairs.update((a, b) for i, a in enumerate(holders) for b in holders[i + 1 :])
    for (a, b), count in pairs.items():
        shorter = min(len(stories[a].paragraphs), len(stories[b].paragraphs))
        if count * 2 > shorter and shorter > 1:
            low, high = sorted((root(a), root(b)))
            same[high] = low
    return {n: root(n) for n in members}
