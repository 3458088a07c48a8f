"""What the JSON formats share: values of any shape to text, instants, media, and a `Split` with spans."""

import collections
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from feedmill.transforms.failures import Reason
from feedmill.transforms.formats.json.scan import ValueSpan
from feedmill.transforms.formats.json.vocabulary import URL_KEYS, string, unpublished, when
from feedmill.transforms.rows.story import DeadSpan, Media, RemovedText, Span, Split, Story
from feedmill.transforms.text.dates import publication
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import Html, plain_to_text, read_html, resolve
from feedmill.transforms.text.spans import tile
from feedmill.transforms.text.urls import canonical_url

_TAG = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s[^<>]{0,2000})?/?|/[a-zA-Z][a-zA-Z0-9]{0,10}\s*|!--)>?")


def strings(value: Any) -> tuple[str, ...]:
    """All texts of a list, or of a single value, in order and each once; a string with commas is a list.

    >>> strings([{"name": "Ann"}, "Bo", "Ann", None]), strings("a, b"), strings({"name": "Cy"})
    (('Ann', 'Bo'), ('a', 'b'), ('Cy',))
    """
    if isinstance(value, str):
        if value[:1] == "[" and value[-1:] == "]":  # a list that was written into a cell
            value = value[1:-1].replace('"', "").replace("'", "")
        found: Iterable[str | None] = (part.strip() for part in re.split(r"[,;|\n]", value))
    else:
        found = map(string, value) if isinstance(value, list) else [string(value)]
    return tuple(dict.fromkeys(f for f in found if f))


def joined(value: Any) -> str | None:
    r"""Return the text in a value that may be in pieces: paragraphs, or the runs of a text in which some are links or
    bold.

    >>> joined(["One.", "Two."]), joined(["See ", {"type": "link", "text": "here"}, "."]), joined({"html": 1})
    ('One.\n\nTwo.', 'See here.', None)
    """
    if not isinstance(value, list) or not all(isinstance(v, str) or _is_run(v) for v in value):
        return string(value)
    runs = [v if isinstance(v, str) else v["text"] for v in value]
    return ("" if any(map(_is_run, value)) else "\n\n").join(runs).strip() or None


def _is_run(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("text"), str)


def same_words(text: str, title: str | None) -> bool:
    """Whether a text says nothing but what the title says.

    >>> same_words("Rain, again!", "Rain again"), same_words("Rain", None)
    (True, False)
    """
    return bool(title) and _letters(text) == _letters(title or "")


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def people(value: Any) -> tuple[str, ...]:
    """Return the names of people in a value: objects, strings, lists of them; a string may name several.

    >>> people("By Ann Sand and Bo Reef"), people({"name": "Cy"}), people("Sand, A.; Reef, B.")
    (('Ann Sand', 'Bo Reef'), ('Cy',), ('Sand, A.', 'Reef, B.'))
    """
    if isinstance(value, dict):
        value = string(value)
    if isinstance(value, str):
        value = _BY.sub("", value.strip())
        parts = value.split(";") if ";" in value else re.split(r",|\n|\s(?:and|&)\s", value)
        found: Iterable[str | None] = map(one_line, parts)
    else:
        found = map(one_line, strings(value))
    return tuple(dict.fromkeys(f for f in found if f and not f.startswith(("http://", "https://"))))


_BY = re.compile(r"by\s+(?=\S)", re.I)


def link(value: Any) -> str | None:
    """Return the address in a value: a string, an object with one, the first of a list."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dict):
        inner = (value.get(key) for key in URL_KEYS)
        return next((v.strip() for v in inner if isinstance(v, str) and v.strip()), None)
    if isinstance(value, list):
        return next((found for v in value if not isinstance(v, list) and (found := link(v))), None)
    return None


def rich(text: str | None, base: str | None) -> Html:
    """Text that may or may not be HTML, as clean text and the media in it: it is HTML if a tag is in it.

    >>> rich("1 < 2 and 3 > 2", None).text, rich("<p>a</p>", None).text, rich(None, None).text
    ('1 < 2 and 3 > 2', 'a', '')
    """
    if not text:
        return Html("", ())
    return read_html(text, base or "") if _TAG.search(text) else Html(plain_to_text(text), ())


def one_line(text: str | None) -> str | None:
    """Return a title or a name: without markup, on one line."""
    return " ".join(rich(text, None).text.split()) or None


def address(raw: str | None, base: str | None) -> str | None:
    """Return the canonical form of an address, or None if it is none."""
    return canonical_url(raw, base or "") if raw else None


def media(value: Any, base: str | None) -> tuple[Media, ...]:
    """Return pictures, enclosures and attachments of any common shape."""
    found: dict[str, Media] = {}
    for part in value if isinstance(value, list) else [value]:
        raw = link(part)
        url = resolve(raw, base or "") if raw else None
        if url is None or url in found:
            continue
        about = part if isinstance(part, dict) else {}
        found[url] = Media(
            url=url,
            type=string(about.get("mime_type") or about.get("type")),
            alt=one_line(string(about.get("alt"))),
            caption=one_line(string(about.get("caption") or about.get("title"))),
            credit=one_line(string(about.get("credit"))),
        )
    return tuple(found.values())


def all_media(*groups: tuple[Media, ...]) -> tuple[Media, ...]:
    """Media of several sources, each address once."""
    return tuple({m.url: m for group in reversed(groups) for m in reversed(group)}.values())[::-1]


def form_of(title: str | None, summary: str | None, body: str | None) -> str:
    """Return what a story with these parts is: full | teaser | headline | blurb."""
    if body:
        return "full"
    if summary:
        return "teaser" if title else "blurb"
    return "headline"


def story_of(
    *,
    title: str | None,
    summary: str | None,
    body: str | None,
    published: Any,
    updated: Any,
    zone: str | None = None,
    **others: Any,
) -> Story:
    """Return a story whose place `build` will fill in. Its form and times are told here; `others` are fields of
    `Story`.

    Args:
        published, updated: values of any shape, as `when` reads them, and `zone`.
    """
    at, raw = when(published, zone)
    changed, changed_raw = when(updated, zone)
    if at is None and changed is not None:  # a date that can be read says more than one that cannot
        at, raw = changed, changed_raw
    return Story(
        byte_start=0,
        byte_end=0,
        form=form_of(title, summary, body),
        title=title,
        summary=summary,
        body=body,
        published_raw=raw,
        **publication(at),
        updated_at=changed.at if changed else None,
        **others,
    )


def build(
    doc: Document,
    name: str,
    found: Iterable[ValueSpan],
    to_story: Callable[[ValueSpan], Story | None],
    *,
    source_name: str | None = None,
    captured_at: int | None = None,
) -> Split:
    """Make a `Split` of the entries that were found: `to_story` makes a story of one that is an object, or
    None if it is none.

    A story's `byte_start` and `byte_end` are filled in here, and whether its guid can be trusted: no other entry
    of the snapshot has it.
    """
    made: list[tuple[ValueSpan, Story | None]] = []
    for entry in found:
        if isinstance(entry.value, dict) and (why := unpublished(entry.value)):
            entry = entry._replace(value=None, problem=(Reason.NOT_A_FEED, why))
        story = to_story(entry) if isinstance(entry.value, dict) else None
        if story is None and entry.problem is None:
            kind = "an entry without title, text and address" if isinstance(entry.value, dict) else "not an object"
            entry = entry._replace(problem=(Reason.MALFORMED, kind))
        made.append((entry, story))
    offsets = doc.byte_offsets([at for entry, _ in made for at in (entry.start, entry.end)])
    holders = collections.Counter(story.guid for _, story in made if story)
    stories, spans, rejects = [], [], []
    for (entry, story), start, end in zip(made, offsets[::2], offsets[1::2], strict=True):
        if story is not None:
            trusted = story.guid is not None and holders[story.guid] == 1
            stories.append(story._replace(byte_start=start, byte_end=end, guid_trusted=trusted))
        elif entry.problem:
            rejects.append(DeadSpan(start, end, entry.problem[0].value, entry.problem[1]))
        spans.append(Span(start, end, "story" if story else "dead"))
    return Split(
        format=name,
        encoding=doc.encoding,
        replaced_chars=doc.replaced_chars,
        stories=tuple(stories),
        spans=tile(len(doc.data), spans, "markup"),
        rejects=tuple(rejects),
        source_name=source_name,
        captured_at=captured_at,
    )


def with_chrome(split: Split, doc: Document, stretches: Sequence[tuple[int, int]]) -> Split:
    """Return what `build` made with stretches of the text, in characters, as a program's own: nothing else has them."""
    at = doc.byte_offsets([offset for both in stretches for offset in both])
    chrome = [Span(start, end, "chrome") for start, end in zip(at[::2], at[1::2], strict=True)]
    kept = [span for span in split.spans if span.kind != "markup"]
    return split._replace(
        spans=tile(len(doc.data), [*kept, *chrome], "markup"),
        removed=tuple(
            RemovedText(span.start, span.end, "chrome", doc.text[start:end])
            for span, (start, end) in zip(chrome, stretches, strict=True)
        ),
    )
