"""JSON as it is found: where each value lies, also in a document that is damaged or cut off.

Positions are characters of the text; `Document.byte_offsets` makes bytes of
them. Everything is linear: after a mistake, reading goes on behind it.
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from feedmill.transforms.failures import Reason, Rejected


class Found(NamedTuple):
    """A value, or a stretch that should have been one (`value` is None, `problem` says why)."""

    start: int
    end: int
    value: Any
    problem: tuple[Reason, str] | None = None


class Listing(NamedTuple):
    """A list of entries, and what is around it."""

    head: dict[str, Any]  # the other keys of the object, as far as they can be read
    key: str | None  # the key that holds the list; None if the list is the whole document
    entries: list[Found]


_LONGEST_NUMBER = 300  # digits: more is no number anyone meant, and slow to read


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float("inf")


# strict=False: raw line breaks in strings are common in exports
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer)
_SPACE = re.compile(r"[ \t\n\r\x0b\x0c\x00\x1e\ufeff]*")
_BETWEEN = re.compile(r"[ \t\n\r\x0b\x0c\x00\x1e\ufeff,]*")
_NEXT_OBJECT = re.compile(r'\}\s*+(?:,\s*+)?(?=\{\s*+")')
# where a list of entries is kept, in the order in which they are believed
LIST_KEYS = ("items", "entries", "articles", "stories", "posts", "news", "results", "documents", "data", "value")
SNIFFED = 8  # lines or entries looked at to tell what they are
# broken elements of an array that are reported one by one: to say where it fails, json reads all that is before it
_MOST_BROKEN = 200
_MANY_BROKEN = 1_000
_SNIFFED_CHARS = 4_000_000


def _read(text: str, at: int) -> Found:
    """The value at `at`, or what is wrong with it, up to where reading failed."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        if error.msg.startswith("Unterminated string"):
            # no quote ends it, so there is no further string in the whole text
            return Found(at, len(text), None, (Reason.TRUNCATED, "the text ends inside a string"))
        if error.pos >= len(text):
            return Found(at, len(text), None, (Reason.TRUNCATED, "the text ends inside a value"))
        return Found(at, max(error.pos, at + 1), None, (Reason.MALFORMED, f"not JSON: {error.msg}"))
    except RecursionError:
        return Found(at, len(text), None, (Reason.MALFORMED, "nested too deeply"))
    return Found(at, end, value)


def elements(text: str, at: int) -> Iterator[Found]:
    """Yields the elements of the array whose inside starts at `at`, or of a sequence of values.

    Stops at the closing bracket. A broken element is reported once, up to where
    the next object starts; one that the end of the text cuts off is TRUNCATED.
    After `_MOST_BROKEN` of them the rest is one: what is in there is no list.

    >>> [(f.start, f.end, f.value) for f in elements('[{"a": 1}, {"b": 2}]', 1)]
    [(1, 9, {'a': 1}), (11, 19, {'b': 2})]
    >>> [f.problem or f.value for f in elements('[{"a": 1}, {"b": oops}, {"c": 3}, {"d', 1)][1:3]
    [(<Reason.MALFORMED: 'malformed'>, 'not JSON: Expecting value'), {'c': 3}]
    """
    size, broken = len(text), 0
    while True:
        at = _end(_BETWEEN, text, at)
        if at == size or text[at] == "]":
            return
        found = _read(text, at)
        if found.problem and found.end < size:
            broken += 1
            following = _NEXT_OBJECT.search(text, found.end - 1) if broken < _MOST_BROKEN else None
            if following is None:
                # nothing that could be read follows; the brackets around the list are not its business
                yield found._replace(end=max(found.end, len(text.rstrip())))
                return
            found = found._replace(end=following.start() + 1)
        yield found
        at = found.end


def lines(text: str, at: int = 0) -> Iterator[Found]:
    r"""Yields the value of each line that is not blank; a line that is no JSON costs itself.

    After `_MANY_BROKEN` of them neighbours are reported together: a file of
    nothing but such lines must not cost more memory than it has bytes.

    >>> [f.value for f in lines('{"a": 1}\n\n{"b": \n{"c": 3}')]
    [{'a': 1}, None, {'c': 3}]
    """
    broken = 0
    run: Found | None = None
    for found in _each_line(text, at):
        if found.problem and broken >= _MANY_BROKEN:
            start = run.start if run else found.start
            run = Found(start, found.end, None, (Reason.MALFORMED, "lines that are not JSON"))
            continue
        broken += found.problem is not None
        if run:
            yield run
            run = None
        yield found
    if run:
        yield run


def _each_line(text: str, at: int) -> Iterator[Found]:
    size = len(text)
    while at < size:
        newline = text.find("\n", at)
        end = size if newline < 0 else newline
        line = text[at:end]
        skipped = _end(_SPACE, line, 0)
        if skipped < len(line):
            found = _read(line, skipped)
            stop = len(line.rstrip(" \t\r\x00,"))
            if found.problem is None and found.end < stop:
                found = found._replace(value=None, problem=(Reason.MALFORMED, "more than one value on the line"))
            if found.problem:
                found = found._replace(end=max(stop, skipped + 1))
            yield found._replace(start=at + found.start, end=at + found.end)
        at = end + 1


def is_lines(text: str, at: int = 0) -> bool:
    """Whether each line is a value of its own: most of the first lines are complete objects, and there are several.

    >>> is_lines('{"a": 1}\\n{"b": 2}\\n'), is_lines('{\\n"a": 1}'), is_lines('{"a": 1}')
    (True, False, False)
    """
    good = bad = 0
    for found in lines(text[at : at + _SNIFFED_CHARS]):
        if isinstance(found.value, dict):
            good += 1
        elif not good + bad and found.problem and found.problem[0] is Reason.TRUNCATED:
            return False  # an object that goes on over the next lines
        elif found.problem is None or found.problem[0] is not Reason.TRUNCATED:
            bad += 1
        if good + bad == SNIFFED:
            break
    return good >= bad and good + bad > 1


def listing(text: str, at: int, most: int | None = None) -> Listing | None:
    """Reads the list of entries of a document that starts at `at` with `{` or `[`; None if it has none.

    In an object it is the first list of objects under a key of `LIST_KEYS`;
    keys before and behind the list are read too. With `most`, reading stops at
    that many entries, which is enough to see what they are.

    >>> found = listing('{"title": "T", "items": [{"id": 1}], "n": 2}', 0)
    >>> found.head, found.key, [e.value for e in found.entries]
    ({'title': 'T', 'n': 2}, 'items', [{'id': 1}])
    """
    if text[at] == "[":
        return Listing({}, None, list(itertools.islice(elements(text, at + 1), most)))
    head: dict[str, Any] = {}
    key: str | None = None
    entries: list[Found] = []
    at += 1
    while True:
        name_at = _end(_BETWEEN, text, at)
        if not text.startswith('"', name_at):
            break
        name = _read(text, name_at)
        colon = _COLON.match(text, name.end)
        if name.problem or colon is None:
            break
        at = colon.end()
        if key is None and name.value in LIST_KEYS and _LIST.match(text, at):
            key = name.value
            at = text.index("[", at) + 1
            entries = list(itertools.islice(elements(text, at), most))
            if most is not None and len(entries) == most:
                break
            at = _end(_BETWEEN, text, entries[-1].end if entries else at) + 1  # behind the closing bracket
            continue
        value = _read(text, at)
        if value.problem:
            break
        head[name.value] = value.value
        at = value.end
    return Listing(head, key, entries) if key else None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


_HALVES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def mend_surrogates(text: str) -> tuple[str, int]:
    r"""Returns JSON with U+FFFD for each half of a pair of \u escapes, at the same places, and how many there were.

    That is what is left of an emoji that was cut in half, and no character: no file and no table can hold it.

    >>> mend_surrogates(r'["a \ud83d", "\uD83D\uDE00", "\\ud83d"]')
    ('["a \\ufffd", "\\uD83D\\uDE00", "\\\\ud83d"]', 1)
    """
    if "\\ud" not in text and "\\uD" not in text:
        return text, 0
    halves = 0

    def mended(found: re.Match[str]) -> str:
        nonlocal halves
        halves += found[1] is not None
        return "\\ufffd" if found[1] else found[0]

    return _HALVES.sub(mended, text), halves


_COLON = re.compile(r"\s*:\s*")
_LIST = re.compile(r"\[\s*(?:\{|\]|\Z)")


# What people call the parts of an entry, lower case and without punctuation, best first.
FIELDS = {
    "title": "title headline titleplain articletitle newstitle storytitle headlinemain",
    "url": "url link permalink href articleurl storyurl newsurl pageurl weburl canonicalurl originalurl externalurl "
    "sourceurl uri targeturi warctargeturi",
    "guid": "guid id uuid oid articleid storyid entryid itemid postid newsid docid documentid identifier",
    "published": "published publishedat datepublished publisheddate pubdate publishdate publishedon publicationdate "
    "publishedtime publishtime publicationtime pubtime webpublicationdate firstpublicationdate dategmt date datetime "
    "timestamp time createdat created createdutc datecreated postedat issued",
    "updated": "updated updatedat modified datemodified lastmodified modifiedat dateupdated updateddate modifiedgmt "
    "lastupdated",
    "body": "contenthtml contentencoded content fulltext fullcontent body bodyhtml bodytext articlebody articletext "
    "maintext text contenttext html rawcontent selftext",
    "summary": "summary description abstract excerpt snippet teaser lead lede dek standfirst subtitle trailtext "
    "preview shortdescription",
    "authors": "authors author byline creator dccreator writer writers journalist authorname",
    "categories": "categories category tags tag keywords topics topic section subjects labels",
    "source": "sourcename source feedtitle feedname feed outlet publisher publication newspaper sitename site "
    "sourcetitle website domain sourcedomain provider channel",
    "site": "siteurl feedurl sourcehomepage homepageurl origin",
    "image": "image imageurl urltoimage topimage leadimage thumbnail picture featuredimage banner",
    "media": "media enclosures enclosure attachments images mediacontent photos videos",
    "language": "language lang languagecode locale inlanguage",
    "captured": "capturedat captured crawledat crawldate crawltime fetchedat fetched fetchdate scrapedat scrapedate "
    "retrievedat retrieved downloadedat datedownload datedownloaded warcdate collectedat ingestedat addedat dateadded "
    "exportedat generatedat savedat firstseen firstseenat",
}
_FIELD_OF = {key: (field, rank) for field, keys in FIELDS.items() for rank, key in enumerate(keys.split())}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")


def fields(entry: dict[str, Any]) -> dict[str, Any]:
    """The parts of an entry under the names of `FIELDS`, whatever it calls them; empty ones are left out.

    >>> fields({"Pub_Date": "2025-07-15", "Headline": "T", "link": "", "x": 1})
    {'published': '2025-07-15', 'title': 'T'}
    """
    best: dict[str, tuple[int, Any]] = {}
    for key, value in entry.items():
        if value is None or value == "" or value == [] or value == {}:
            continue
        known = _FIELD_OF.get(key) or _FIELD_OF.get(_PUNCTUATION.sub("", key.lower()))
        if known and (known[0] not in best or known[1] < best[known[0]][0]):
            best[known[0]] = (known[1], value)
    return {field: value for field, (_, value) in best.items()}


def is_entry(value: Any) -> bool:
    """Whether a value is an entry: it has a title or a text, and one more thing that entries have."""
    if not isinstance(value, dict):
        return False
    parts = fields(value).keys()
    told = parts & {"title", "body", "summary"}
    return bool(told) and len(parts & {"title", "body", "summary", "url", "published"}) > 1


def is_greader(value: Any) -> bool:
    """Whether a value is an item as Google Reader wrote them: its long id, or where it came from and when it was read.

    >>> is_greader({"id": "tag:google.com,2005:reader/item/1"}), is_greader({"id": "1", "title": "T"})
    (True, False)
    """
    if not isinstance(value, dict):
        return False
    if str(value.get("id")).startswith("tag:google.com,2005:reader/item/"):
        return True
    return isinstance(value.get("origin"), dict) and not value.keys().isdisjoint(
        ("crawlTimeMsec", "timestampUsec", "canonical", "alternate")
    )


_JSON_FEED = re.compile(r'(?<!\\)"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\b')
_OPENING = re.compile(r'\{\s*(?:["}]|\Z)|\[\s*(?:[\[{"\]]|\Z)')


def sniff_json(text: str, at: int) -> str | None:
    """The format of a text that starts at `at` with `{` or `[`; None if it is no JSON after all.

    Raises:
        Rejected: UNKNOWN_FORMAT if it is JSON, but holds no entries.
    """
    if not _OPENING.match(text, at):
        return None
    if text[at] == "[":
        read = elements(text, at + 1)
    elif is_lines(text, at):
        read = lines(text, at)
    else:
        if _JSON_FEED.search(text):
            return "jsonfeed"
        wrapped = listing(text, at, SNIFFED)
        if wrapped is not None and not wrapped.entries:
            owner = str(wrapped.head.get("id"))
            return "greader_json" if owner.startswith(("user/", "feed/")) else "json_entries"
        read = iter(wrapped.entries) if wrapped else elements(text, at)
    found = list(itertools.islice(read, SNIFFED))
    values = [f.value for f in found if f.problem is None]
    if not values:
        # an entry that is cut off is still an entry; words in brackets are none
        if any(f.problem and f.problem[0] is Reason.TRUNCATED for f in found):
            return "json_entries"
        return None
    if any(map(is_greader, values)):
        return "greader_json"
    if 2 * sum(map(is_entry, values)) >= len(values):
        return "json_entries"
    keys = sorted(values[0])[:6] if isinstance(values[0], dict) else type(values[0]).__name__
    raise Rejected(Reason.UNKNOWN_FORMAT, f"JSON, but no list of entries with titles or texts; it starts with {keys}")
