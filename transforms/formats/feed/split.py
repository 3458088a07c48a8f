"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 (and CDF): snapshots of feeds to stories.

    text ──slice──▶ entries ──▶ seen before? ──▶ Story
                       │             └─ no ─▶ well formed? lxml ─┬─▶ fields ─▶ Story
                       │                       damaged? feedparser ┘
                       └─ what is left ─▶ the feed's own title, link, language, namespaces: the context of its entries

Entries are cut out before anything is parsed, so damage in one cannot reach another, each knows its bytes, and one
whose bytes and context were read before need not be parsed again, nor looked through for its end. What an element
means is feedparser's reading, a few exceptions apart, which are in `_Loose`; `tests/formats/test_feed.py` and
`tests/eval/feed_suite.py` hold both readers to the same fields.

Which text is which, `story.py` says; what is remembered of entries, `cache.py`.
"""

import hashlib
import re
from typing import Any

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.feed.cache import ENTRIES, WholeEntry, link_entries
from feedmill.transforms.formats.feed.context import (
    ROOT,
    parse_rest,
    read_context,
    read_entities,
    read_namespaces,
    without_entries,
)
from feedmill.transforms.formats.feed.entries import (
    LARGEST_REPAIRED,
    MOST_DAMAGED,
    read_cut_entry,
    read_entry,
    read_together,
)
from feedmill.transforms.formats.feed.fields import known_prefix
from feedmill.transforms.formats.feed.slices import MOST_ENTRIES, slice_between, slice_feed, undeclared_prefixes
from feedmill.transforms.formats.feed.story import Cut
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import DeadSpan, RemovedText, Span, Split, Story
from feedmill.transforms.text.decode import Document

_RSS = "http://backend.userland.com/rss"  # any name of what means RSS
_COUNTER = re.compile(r"(\D*)(\d{1,4})(\D*)")


def split_feed(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories of a feed; `name` is rss, atom or rdf.

    A feed without entries is a snapshot like any other, no stories and no refusal, if it is whole: well-formed, and
    with no element called item or entry. An entry that the end of the file cuts off is a reject (TRUNCATED), and one
    that no reader makes sense of too (MALFORMED); their bytes are dead. One that is cut in its text alone is a story,
    with a confidence of a half.

    Raises:
        Rejected: MALFORMED, if there is neither a feed nor an entry in it; NO_STORIES, if there is a feed, damaged or
            with entries of another kind, and no entry.

    >>> from feedmill.transforms.rows.story import Snapshot
    >>> from feedmill.transforms.text.decode import decode
    >>> data = b"<rss><channel><title>T</title><item><title>Rain</title><description>Wet.</description></item><item><ti"
    >>> split = split_feed(decode(Snapshot("a", data)), "rss", Settings())
    >>> [(s.title, s.summary, s.form) for s in split.stories], [(r.start, r.reason) for r in split.rejects]
    ([('Rain', 'Wet.', 'teaser')], [(93, 'truncated')])
    """
    text = doc.text
    namespaces = read_namespaces(text)
    prefixes = frozenset({"", *(p for p, uri in namespaces.items() if known_prefix(uri, p) == "")})
    met: dict[int, WholeEntry] = {}

    def met_before(at: int) -> list[tuple[int, int]]:
        run = ENTRIES.entries_at(text, at, prefixes)
        met.update(run)
        return [(start, start + len(one.text)) for start, one in run]

    entries, cut, whole = slice_feed(text, prefixes, met_before)
    undeclared = undeclared_prefixes(text, namespaces)
    if undeclared:
        entries, cut = slice_between(text, entries, cut, undeclared)
        namespaces |= dict.fromkeys(undeclared, _RSS)
    if not entries and cut is None and not ROOT.search(text):
        raise Rejected(Reason.MALFORMED, "no element of a feed in it")
    rest = without_entries(text, entries, cut)[:LARGEST_REPAIRED]
    if undeclared:
        rest = re.sub(rf"(</?)(?:{'|'.join(map(re.escape, sorted(undeclared)))}):", r"\1", rest)
    entities = read_entities(text)
    root = parse_rest(rest, entities)
    if not entries and cut is None and (why := _why_empty(root)):
        raise Rejected(Reason.NO_STORIES, f"a feed in which no entry was found: {why}")
    context = read_context(doc, rest, root, namespaces, entities, name, settings)
    ends = [at for entry in entries for at in entry]
    seal = hashlib.blake2b(repr(context).encode("utf-8", "backslashreplace"), digest_size=32).digest()
    sizes = {start: one.size for start, one in met.items() if one.seal == seal and one.size is not None}
    offsets = doc.byte_offsets([*ends, cut if cut is not None else len(text)], sizes)

    stories: list[Story] = []
    spans: list[Span] = []
    rejects: list[DeadSpan] = []
    removed: list[RemovedText] = []
    at = at_char = 0
    budget = MOST_DAMAGED
    new = tuple.__new__  # a third of the time of Story(...)

    def span(start: int, end: int, kind: str) -> None:
        if start < end:
            if spans and spans[-1][2] == kind:
                start = spans.pop()[0]
            spans.append(new(Span, (start, end, kind)))

    keys = []
    for n, (start, _) in enumerate(entries):
        one = met.get(start)
        if one is None or one.seal != seal:
            entry = doc.data[offsets[2 * n] : offsets[2 * n + 1]]
            keys.append(hashlib.blake2b(entry, digest_size=16, key=seal).digest())
        else:
            keys.append(one.key)
    fresh = {key: n for n, key in enumerate(keys) if key not in ENTRIES.known}
    read = dict(zip(fresh, read_together([text[slice(*entries[n])] for n in fresh.values()], context), strict=True))
    found: list[tuple[tuple[object, ...], tuple[Cut, ...]]] = []
    for n, (start, end) in enumerate(entries):
        key = keys[n]
        known = ENTRIES.known.get(key)
        if known is None:
            one_read, slow = read.get(key), 0
            if one_read is None:
                one_read, slow = read_entry(text[start:end], context, budget)
            if one_read is None:
                known = (slow, (), ())
            elif one_read.unpublished:
                known = (slow, (one_read.unpublished,), ())
            else:
                known = (slow, one_read.story[2:], one_read.cuts)
            if slow <= budget:
                ENTRIES.remember(key, known, end - start)
                if start in whole:
                    size = offsets[2 * n + 1] - offsets[2 * n] if doc.exact else None
                    met[start] = WholeEntry(text[start:end], seal, key, size)
                    ENTRIES.remember_whole(met[start], prefixes)
        if known[0] > budget:  # whether it was read before or not: what comes out must not depend on it
            found.append(((), ()))
        else:
            budget -= known[0]
            found.append(known[1:])
    cuts = [start + at for (start, _), (_, own) in zip(entries, found, strict=True) for cut in own for at in cut[:2]]
    cut_bytes = iter(doc.byte_offsets(cuts) if cuts else [])
    for n, ((start, end), (facts, own)) in enumerate(zip(entries, found, strict=True)):
        byte_start, byte_end = offsets[2 * n], offsets[2 * n + 1]
        span(at, byte_start, "space" if n and text[at_char:start].isspace() else "markup")
        if len(facts) == 1:
            rejects.append(DeadSpan(byte_start, byte_end, Reason.NOT_A_FEED.value, str(facts[0])))
            span(byte_start, byte_end, "dead")
        elif facts:
            at = byte_start
            for _, _, words in own:
                cut_start, cut_end = next(cut_bytes), next(cut_bytes)
                removed.append(RemovedText(cut_start, cut_end, "boilerplate", words, len(stories)))
                span(at, cut_start, "story")
                span(cut_start, cut_end, "boilerplate")
                at = cut_end
            stories.append(new(Story, (byte_start, byte_end, *facts)))
            span(at, byte_end, "story")
        else:
            rejects.append(
                DeadSpan(byte_start, byte_end, Reason.MALFORMED.value, f"{end - start} characters that are no entry")
            )
            span(byte_start, byte_end, "dead")
        at, at_char = byte_end, end
    last, _ = read_cut_entry(text[cut:], context, budget) if cut is not None else (None, 0)
    if last:
        span(at, offsets[-1], "markup")
        at = len(doc.data)
        stories.append(last.story._replace(byte_start=offsets[-1], byte_end=at))
        span(offsets[-1], at, "story")
    elif cut is not None:
        span(at, offsets[-1], "markup")
        at = len(doc.data)
        rejects.append(
            DeadSpan(offsets[-1], at, Reason.TRUNCATED.value, f"the file ends inside entry {len(entries) + 1}")
        )
        span(offsets[-1], at, "dead")
    elif len(entries) == MOST_ENTRIES:
        rejects.append(DeadSpan(at, len(doc.data), Reason.TOO_LARGE.value, f"more than {MOST_ENTRIES} entries"))
        span(at, len(doc.data), "dead")
        at = len(doc.data)
    span(at, len(doc.data), "markup")
    link_entries(text, entries, met)
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(_with_trust(stories)),
        spans=tuple(spans),
        removed=tuple(removed),
        rejects=tuple(rejects),
        source_name=context.source_name,
        feed_url=context.source_url,
    )


def _why_empty(root: Any | None) -> str | None:
    """Return what speaks against a feed without entries being just that; None if nothing does."""
    if root is None:
        return "it is not well-formed XML"
    names = (element.tag for element in root.iter() if isinstance(element.tag, str))
    hidden = next((tag for tag in names if tag.rpartition("}")[2].lower() in ("item", "entry")), None)
    return f"its entries are {hidden[:100]}, which is no feed's" if hidden else None


def _with_trust(stories: list[Story]) -> list[Story]:
    """Take the trust from guids that tell nothing apart: repeated in the snapshot, or the entry's number in it."""
    seen: dict[str, int] = {}
    for story in stories:
        if story.guid is not None:
            seen[story.guid] = seen.get(story.guid, 0) + 1
    if len(seen) == len(stories) and not _numbered(stories):
        return stories
    counted = _numbered(stories)
    return [
        story._replace(guid_trusted=False) if story.guid is not None and (counted or seen[story.guid] > 1) else story
        for story in stories
    ]


def _numbered(stories: list[Story]) -> bool:
    """Tell whether the guids are 0, 1, 2, ... or 1, 2, 3, ..., up or down, maybe with the same words around them."""
    first = _COUNTER.fullmatch(stories[0].guid or "") if stories else None
    if not first or "://" in first.string or int(first[2]) not in (0, 1, len(stories), len(stories) - 1):
        return False
    found = [_COUNTER.fullmatch(story.guid or "") for story in stories]
    if any(f is None or (f[1], f[3]) != (first[1], first[3]) for f in found):
        return False
    numbers = [int(f[2]) for f in found if f]
    up = list(range(numbers[0], numbers[0] + len(numbers)))
    down = list(range(numbers[0], numbers[0] - len(numbers), -1))
    return (numbers == up and numbers[0] in (0, 1)) or (numbers == down and numbers[-1] in (0, 1))
