"""What no table and no terminal can hold is taken out of stories, whatever format they came from.

Halves of surrogate pairs become U+FFFD and are counted. Control characters go: those that part words leave a blank, and
those of C1 mean in a text what Windows-1252 means by them. A time out of the years 1 to 9999 is none. And stories
that would say many times what their snapshot has are none: a table has room for each of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.rows.story import DeadSpan, Media, Snapshot, Span, Split, Story, in_range

_C0 = bytes(sorted({*range(32), 127} - set(b"\t\n\r")))
_C1_IN_UTF8 = re.compile(rb"\xc2[\x80-\x9f]")
_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_TEXTS = ("title", "summary", "body", "source_name", "feed_name", "published_raw", "lang_declared")
_ADDRESSES = ("source_url", "feed_url", "url", "url_raw", "guid")
_SHARED = ("source_name", "source_url", "feed_name", "feed_url", "lang_declared")  # a table holds each value once
# What stories may say, in characters: a base is said of each link, a caption of each picture, which makes a few times
# as much of real feeds, and thousands of times as much of one that is made for it.
_MOST, _MOST_PER_BYTE = 1 << 20, 8


def storable(split: Split) -> Split:
    """Return a split of which every text can be written as UTF-8 and shown, and every time read.

    A story of which nothing is left is declined: MALFORMED.

    Raises:
        Rejected: BOMB if the stories say many times what the snapshot has.
    """
    size = split.spans[-1].end if split.spans else 0
    room = _MOST + _MOST_PER_BYTE * size
    halves = 0
    stories: list[Story] = []
    changed = False
    for story in split.stories:
        strings = _strings(story)
        room -= sum(map(len, strings)) - sum(len(getattr(story, name) or "") for name in _SHARED)
        if room < 0:
            raise Rejected(Reason.BOMB, f"its stories say more than {_MOST_PER_BYTE} times what is in its {size} bytes")
        dirty, lone = _look(strings)
        late = story.published_at != in_range(story.published_at) or story.updated_at != in_range(story.updated_at)
        halves += lone
        changed |= dirty or late
        stories.append(_timed(_cleaned(story)) if dirty or late else story)
    around = [
        split.source_name or "",
        split.feed_url or "",
        split.chrome_lang or "",
        *(gone.text for gone in split.removed),
    ]
    around += (no.detail for no in split.rejects)
    dirty, lone = _look(around)
    if not (changed or dirty) and split.captured_at == in_range(split.captured_at):
        return split
    split = split._replace(
        replaced_chars=split.replaced_chars + halves + lone,
        source_name=_text(split.source_name),
        feed_url=_address(split.feed_url),
        removed=tuple(gone._replace(text=_text(gone.text) or "") for gone in split.removed),
        rejects=tuple(no._replace(detail=_text(no.detail) or "") for no in split.rejects),
        captured_at=in_range(split.captured_at),
    )
    holders = Counter(story.guid for story in stories)
    trusted = (
        new if new is old else new._replace(guid_trusted=old.guid_trusted and bool(new.guid) and holders[new.guid] == 1)
        for new, old in zip(stories, split.stories, strict=True)
    )
    return _without_empty(split._replace(stories=tuple(trusted)), {at for at, s in enumerate(stories) if not _says(s)})


_REACH = 366 * 86_400_000_000  # microseconds: who announces a day, a sale or a match does so for a year at most
_FIRST_CAPTURE = 946_684_800_000_000  # 2000: an earlier time is that of a file whose time was taken away


def within_reach(split: Split, snapshot: Snapshot) -> Split:
    """Return a split in which no time lies more than a year after its capture: such a time is none, its text is kept.

    A snapshot most of whose times lie so was captured later than its file's time says: there nothing is done.
    """
    times = [at for at in (snapshot.captured_at, split.captured_at) if at is not None]
    captured = max(times, default=0)
    if captured < _FIRST_CAPTURE:
        return split
    last = captured + _REACH
    told = [at for story in split.stories if (at := story.published_at) is not None]
    beyond = sum(at > last for at in told)
    if snapshot.captured_from == "mtime" and len(told) > 1 and 2 * beyond > len(told):
        return split
    if not beyond and not any((story.updated_at or 0) > last for story in split.stories):
        return split
    return split._replace(stories=tuple(_reached(story, last) for story in split.stories))


def _reached(story: Story, last: int) -> Story:
    if story.updated_at is not None and story.updated_at > last:
        story = story._replace(updated_at=None)
    if story.published_at is None or story.published_at <= last:
        return story
    return story._replace(published_at=None, published_precision=None, published_zone=None)


def _strings(story: Story) -> list[str]:
    found = [getattr(story, name) for name in (*_TEXTS, *_ADDRESSES)]
    found += (*story.authors, *story.categories, *(part for media in story.media for part in media))
    return [text for text in found if text]


def _look(strings: Iterable[str]) -> tuple[bool, int]:
    """Whether there is anything to clean, and how many halves of pairs."""
    joined = "\n".join(strings)
    try:
        data = joined.encode()
    except UnicodeEncodeError:
        return True, len(_HALF.findall(joined))
    if len(data.translate(None, _C0)) != len(data):
        return True, 0
    return len(data) != len(joined) and _C1_IN_UTF8.search(data) is not None, 0


def _text(text: str | None) -> str | None:
    r"""
    >>> _text("a\x0bb\x00c \x93d\x94 \ud83d"), _text("\x00")
    ('a bc “d” \ufffd', None)
    """
    return _CONTROL.sub(_meant, _HALF.sub("\ufffd", text)).strip() or None if text else None


def _meant(found: re.Match[str]) -> str:
    character = found[0]
    if character > "\x7f":
        return character.encode("latin-1").decode("cp1252", "ignore")
    return " " if character.isspace() else ""


def _address(text: str | None) -> str | None:
    return _CONTROL.sub("", _HALF.sub("\ufffd", text)).strip() or None if text else None


def _cleaned(story: Story) -> Story:
    fields = story._asdict()
    fields |= {name: _text(fields[name]) for name in _TEXTS}
    fields |= {name: _address(fields[name]) for name in _ADDRESSES}
    for name in ("authors", "categories"):
        fields[name] = tuple(dict.fromkeys(text for one in fields[name] if (text := _text(one))))
    media = (
        Media(_address(m.url), _text(m.type), _text(m.alt), _text(m.caption), _text(m.credit)) for m in story.media
    )
    fields["media"] = tuple({m.url: m for m in media if m.url}.values())
    return Story(**fields)


def _timed(story: Story) -> Story:
    story = story._replace(updated_at=in_range(story.updated_at))
    if story.published_at == in_range(story.published_at):
        return story
    return story._replace(published_at=None, published_precision=None, published_zone=None)


def _says(story: Story) -> bool:
    return any((story.title, story.summary, story.body, story.url, story.url_raw, story.guid, story.media))


def _marked(span: Span, gone: Iterable[tuple[int, int]]) -> Iterator[Span]:
    """Yield the pieces of a span; what of a story lies in a stretch that is gone is dead. Ascending."""
    at = span.start
    for first, last in gone if span.kind == "story" else ():
        start, end = max(at, first), min(span.end, last)
        if start < end:
            if at < start:
                yield span._replace(start=at, end=start)
            yield Span(start, end, "dead")
            at = end
    if at < span.end:
        yield span._replace(start=at)


def _without_empty(split: Split, empty: set[int]) -> Split:
    """Decline stories, by their positions."""
    if not empty:
        return split
    gone = [(split.stories[at].byte_start, split.stories[at].byte_end) for at in sorted(empty)]
    left = [at for at in range(len(split.stories)) if at not in empty]
    now = {at: position for position, at in enumerate(left)}

    rejects = (DeadSpan(*place, Reason.MALFORMED.value, "an entry of nothing but control characters") for place in gone)
    return split._replace(
        stories=tuple(split.stories[at] for at in left),
        spans=tuple(piece for span in split.spans for piece in _marked(span, gone)),
        removed=tuple(r._replace(story=None if r.story is None else now.get(r.story)) for r in split.removed),
        rejects=tuple(sorted([*split.rejects, *rejects])),
    )
