"""What people call the parts of an entry, and the lists that entries are in: a table of data, `vocabulary.json`.

In it:

- `fields`: the names of each part, lower case and without punctuation, best first;
- `lists`: keys under which entries are kept; `not_lists`: keys of lists that are about something else;
- `wrappers`: keys under which an entry keeps a part of itself; `heads`: objects that tell of the feed around entries;
- `loose`: names among the fields that mean much else outside JSON: not believed of a table's header or a label;
- `text`, `address`, `home`: where a value that is an object keeps its text, its address, the site's address;
- `of_entries`, `of_crawls`: names that only entries have, and only records of crawls;
- `shapes`: keys that tell which program wrote an object, and what some of them mean there; null is nothing.

What no table knows is read by evidence, see `evidence`.
"""

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from feedmill.transforms.text.dates import Instant, read_date

TABLE = Path(__file__).with_name("vocabulary.json")
_TABLE = json.loads(TABLE.read_text(encoding="utf-8"))
FIELDS: dict[str, str] = _TABLE["fields"]
LIST_KEYS = tuple(_TABLE["lists"].split())
TEXT_KEYS = tuple(_TABLE["text"].split())
URL_KEYS = tuple(_TABLE["address"].split())
HOME_KEYS = tuple(_TABLE["home"].split())
HEADS = frozenset(_TABLE["heads"].split())
_LISTS = frozenset(LIST_KEYS)
_NOT_LISTS = frozenset(_TABLE["not_lists"].split())
_WRAPPERS = frozenset(_TABLE["wrappers"].split())
OF_ENTRIES = frozenset(_TABLE["of_entries"].split())
OF_CRAWLS = frozenset(_TABLE["of_crawls"].split())
LOOSE = frozenset(_TABLE["loose"].split())
_FIELD_OF = {key: (field, rank) for field, keys in FIELDS.items() for rank, key in enumerate(keys.split())}
_WEAK_TITLE = FIELDS["title"].split().index("name")  # anything may have a name
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_DEEPEST_WRAPPER = 3
_NAMES_KEPT = 4096  # keys whose plain form is remembered: a file may have as many keys as it likes


class _Shape(NamedTuple):
    keys: frozenset[str]
    means: dict[str, str | None]


_SHAPES = [_Shape(frozenset(s["keys"].split()), s["means"]) for s in _TABLE["shapes"]]
_plain_names: dict[str, str] = {}


def plain(key: str) -> str:
    """Return a key as the table has it: lower case, without punctuation.

    >>> plain("Pub_Date")
    'pubdate'
    """
    known = _plain_names.get(key)
    if known is None:
        known = _PUNCTUATION.sub("", key.lower())
        if len(_plain_names) < _NAMES_KEPT:
            _plain_names[key] = known
    return known


def is_list_key(key: str) -> bool:
    """Whether lists under this key are of entries, if they can be."""
    return plain(key) in _LISTS


def is_other_list(key: str) -> bool:
    """Whether lists under this key are known to be about something else: comments, related articles, tags."""
    return plain(key) in _NOT_LISTS


@functools.lru_cache(maxsize=1024)
def _plan(keys: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    """Return what the keys of an object mean: (key, field, rank), of those that mean anything."""
    here = {plain(key) for key in keys}
    means = next((shape.means for shape in _SHAPES if shape.keys <= here), {})
    plan = []
    for key in keys:
        name = plain(key)
        if name in means:
            if (field := means[name]) is not None:
                plan.append((key, field, -1))
        elif name in _FIELD_OF:
            plan.append((key, *_FIELD_OF[name]))
        elif field := _in_words(key):
            plan.append((key, field, _LAST_RANK))
    return tuple(plan)


_LAST_RANK = 999
_OF_LABELS = {"author": "authors", "date": "published", "lead": "summary"}


def _in_words(key: str) -> str | None:
    """Return what a key means that is a word of another language: "veröffentlicht", "标题"."""
    from feedmill.transforms.formats.labelled.labels import field_of  # it knows them all, and takes time to load

    field = field_of(key.replace("_", " ").replace("-", " "))
    field = _OF_LABELS.get(field or "", field)
    return field if field in FIELDS else None


_MOST_PLANNED = 100  # keys of an object whose meaning is remembered


def _ranked(entry: dict[str, Any]) -> dict[str, tuple[int, Any]]:
    best: dict[str, tuple[int, Any]] = {}
    keys = tuple(entry)
    for key, field, rank in _plan(keys) if len(keys) <= _MOST_PLANNED else _plan.__wrapped__(keys):
        value = entry[key]
        if value is None or value == "" or value == [] or value == {}:
            continue
        if field in _NAMES and _is_number(value[0] if isinstance(value, list) else value):
            continue  # the number by which a program knows a person or a category
        if field not in best or rank < best[field][0]:
            best[field] = (rank, value)
    return best


def in_other_words(entry: dict[str, Any]) -> bool:
    """Tell whether some of an entry's keys are known only as words of another language."""
    return any(rank == _LAST_RANK for rank, _ in _ranked(opened(entry)).values())


_NAMES = frozenset(("authors", "categories"))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def opened(entry: dict[str, Any], depth: int = _DEEPEST_WRAPPER) -> dict[str, Any]:
    """Return an entry with what it keeps in objects inside it, such as `data`, `attributes` or `node`, beside its own.

    >>> opened({"kind": "t3", "data": {"title": "T", "url": "u"}})["title"]
    'T'
    """
    inner = [k for k, v in entry.items() if _wraps(v) and (k in _WRAPPERS or plain(k) in _WRAPPERS)]
    inner = [k for k in inner if k != "source"]
    if not inner or depth == 0:
        return entry
    told = "title" in (ranked := _ranked(entry)) or "body" in ranked
    own = {k: v for k, v in entry.items() if k not in inner}
    for key in inner:
        value = entry[key]
        value = opened(value[0] if isinstance(value, list) else value, depth - 1)
        own = {**value, **own} if told else {**own, **value}
    return own


def _wraps(value: Any) -> bool:
    """Tell whether a value is an object, or a list of just one, that says something."""
    if isinstance(value, list):
        return len(value) == 1 and isinstance(value[0], dict) and bool(value[0])
    return isinstance(value, dict) and bool(value)


def fields(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of an entry under the names of `FIELDS`, whatever it calls them; empty ones are left out.

    >>> fields({"Pub_Date": "2025-07-15", "Headline": "T", "link": "", "x": 1})
    {'published': '2025-07-15', 'title': 'T'}
    """
    return {field: value for field, (_, value) in _ranked(opened(entry)).items()}


def told_parts(value: Any) -> set[str]:
    """Which of the parts that make an entry a value has: title, body, summary, url, published. A mere name is none."""
    if not isinstance(value, dict):
        return set()
    ranked = _ranked(opened(value))
    parts = ranked.keys() & {"title", "body", "summary", "url", "published"}
    if "title" in parts and ranked["title"][0] == _WEAK_TITLE and not {"published", "url"} <= parts:
        parts.discard("title")
    if "updated" in ranked:
        parts.add("published")
    return parts


def is_entry(value: Any) -> bool:
    """Whether a value is an entry: it has a title or a text, and one more thing that entries have."""
    parts = told_parts(value)
    return bool(parts & {"title", "body", "summary"}) and len(parts) > 1


def is_plain_entry(value: Any) -> bool:
    """Whether a value is an entry wherever it stands: it has a title or a text, an address or a date, and a third."""
    parts = told_parts(value)
    said = parts & {"title", "body", "summary"}
    return len(parts) > 2 and bool(said) and bool(parts & {"url", "published"}) and _says(value)


def _says(value: dict[str, Any]) -> bool:
    """Whether some text of it has words: a table of prices has titles, addresses and dates too."""
    parts = fields(value)
    texts = (v for name in ("title", "body", "summary") if (v := parts.get(name)) is not None)
    return any(not isinstance(text, str) or len(text.split()) > 2 or len(text) > 11 for text in texts)


# Shapes that no table knows

_URL = re.compile(r"https?://[^\s/]+/?\S*")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|ico|mp3|mp4|m4a|pdf|css|js)(?:[?#]|$)", re.I)
_DATED = re.compile(r"date|time|_at$|At$|day|when|publi|creat|post|issue|stamp", re.I)
_NOT_TOLD = re.compile(r"id$|_id|hash|token|key|path|slug|type|status|lang|code|version|author|user|name$|email", re.I)
_MOST_KEYS = 200  # of an object that are looked at


def evidence(values: Iterable[dict[str, Any]]) -> dict[str, str] | None:
    """Return what the keys of objects in a list mean, judged by what is in them; None if they are plainly no entries.

    They are if they have an address, a date, and a title or a text, under whatever keys: then `url`, `published`,
    `title` and `body` are told from how the values differ. A key inside an object is written `outer.inner`.

    >>> row = {"kop": "Kraan valt om in de haven", "adres": "https://a.example/1", "wanneer_datum": "2024-05-14"}
    >>> evidence([row, {**row, "kop": "Haven gaat donderdag open", "adres": "https://a.example/2"}])
    {'adres': 'url', 'wanneer_datum': 'published', 'kop': 'title'}
    """
    rows = [dict(_flat(value)) for value in values]
    if len(rows) < 2:
        return None
    most = (len(rows) + 1) // 2
    seen: dict[str, list[Any]] = {}
    for row in rows:
        for key, value in row.items():
            seen.setdefault(key, []).append(value)

    def share(key: str, test: Any) -> float:
        return sum(map(bool, map(test, seen[key]))) / len(rows)

    def is_url(value: Any) -> bool:
        return isinstance(value, str) and bool(_URL.fullmatch(value.strip())) and not _FILE.search(value)

    def is_date(value: Any) -> bool:
        found, _ = when(value)
        return found is not None and found.precision != "year"

    def words(value: Any) -> int:
        if not isinstance(value, str) or is_url(value):
            return 0
        return max(len(value.split()), sum(c > "\u2e80" for c in value) // 3)  # of those who write no blanks

    kept = [key for key, found in seen.items() if len(found) >= most]
    urls = [key for key in kept if share(key, is_url) > 0.5]
    dates = [
        key
        for key in kept
        # a number may be a date by chance, a text hardly
        if (_DATED.search(key) or share(key, lambda v: isinstance(v, str) and not v.isdigit()) > 0.5)
        and share(key, is_date) > 0.5
    ]
    texts = [
        key
        for key in kept
        if key not in urls
        and key not in dates
        and not _NOT_TOLD.search(key)
        and share(key, lambda v: words(v) > 2) > 0.5
    ]
    if not (urls and dates and texts):
        return None
    different = {key: len({str(v) for v in seen[key]}) for key in kept}
    url = max(urls, key=lambda key: (different[key], -kept.index(key)))
    date = min(dates, key=lambda key: (not re.search("publ|issue|post", key, re.I), kept.index(key)))
    texts = [key for key in texts if 2 * different[key] > len(seen[key])]
    if not texts or different[url] * 2 <= len(rows):
        return None
    size = {key: sum(len(str(v)) for v in seen[key]) / len(seen[key]) for key in texts}
    means = {url: "url", date: "published"}
    short = [key for key in texts if size[key] <= 200 and not any("\n" in str(v).strip() for v in seen[key])]
    long = max(texts, key=size.__getitem__)
    if short and (len(texts) > 1 or long not in short):
        title = short[0] if short[0] != long else next((key for key in short if key != long), short[0])
        means[title] = "title"
        if long != title:
            means[long] = "body"
    else:
        means[long] = "title" if long in short else "body"
    return means


def _flat(value: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for count, (key, inner) in enumerate(value.items()):
        if count == _MOST_KEYS:
            return
        if isinstance(inner, dict):
            for more, (name, deepest) in enumerate(inner.items()):
                if more < _MOST_KEYS and isinstance(deepest, (str, int, float)):
                    yield f"{key}.{name}", deepest
        elif isinstance(inner, (str, int, float)):
            yield key, inner


def by_evidence(entry: dict[str, Any], means: dict[str, str]) -> dict[str, Any]:
    """Return an entry under the names that `evidence` found."""
    flat = dict(_flat(entry))
    known = fields(entry).get("body")  # what is known for a text is no title
    means = {key: name for key, name in means.items() if name != "title" or flat.get(key) != known}
    return {**entry, **{name: flat[key] for key, name in means.items() if key in flat}}


_UNPUBLISHED = frozenset("draft autodraft private trash trashed pending scheduled future inherit".split())
_NO_STORY = frozenset("page attachment navmenuitem revision".split())


def unpublished(value: dict[str, Any]) -> str | None:
    """Say why an entry of an export was never published as a story; None if it may have been.

    >>> unpublished({"title": "T", "status": "draft"}), unpublished({"title": "T", "is_published": "false"})
    ('of an export: not published (draft)', 'of an export: not published')
    """
    kind = status = None
    for key, one in value.items():
        name = plain(key)
        if name in ("status", "poststatus") and isinstance(one, str):
            status = plain(one)
        elif name in ("type", "posttype") and isinstance(one, str):
            kind = plain(one)
        elif (name in ("ispublished", "haspublished") and one in (False, "false", "False", "0")) or (
            name in ("draft", "isdraft") and one in (True, "true", "True", "1")
        ):
            return "of an export: not published"
    if status in _UNPUBLISHED:
        return f"of an export: not published ({status})"
    return f"of an export: {kind}, which is no story" if status and kind in _NO_STORY else None


def string(value: Any) -> str | None:
    """Return the text in a value: a string, a number, an object that wraps one, the first of a list; None if there is
    none.

    >>> string({"rendered": " A &amp; B "}), string(["", "x"]), string(True), string("  ")
    ('A &amp; B', 'x', None, None)
    """
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        # wrapped once: what lies deeper is no text of this value
        inner = (value.get(key) for key in TEXT_KEYS)
        return next((v.strip() for v in inner if isinstance(v, str) and v.strip()), None)
    if isinstance(value, list):
        return next((found for v in value if not isinstance(v, list) and (found := string(v))), None)
    return None


def epoch(value: Any) -> int | None:
    """Return microseconds, from a count since 1970 whose unit its size tells: seconds, milli-, micro- or nanoseconds.

    Read as times from 1973 to 2128; anything else is None.

    >>> epoch(1752576063), epoch("1752576063000"), epoch(1752576063.5), epoch(12)
    (1752576063000000, 1752576063000000, 1752576063500000, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip()
        if not _NUMBER.fullmatch(value):
            return None
        value = float(value) if "." in value else int(value)
    if not isinstance(value, (int, float)):
        return None
    for low, factor in ((10**8, 1_000_000), (10**11, 1_000), (10**14, 1)):
        if low <= value < 50 * low:
            return round(value * factor)
    return int(value) // 1_000 if 10**17 <= value < 50 * 10**17 else None


_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?")


def when(value: Any, zone: str | None = None) -> tuple[Instant | None, str | None]:
    """Return an instant and the raw text of it; the instant is None if the text cannot be read.

    Args:
        zone: the IANA zone of a date that states none; UTC if None.
    """
    if isinstance(value, dict) and "$date" in value:  # Mongo's exports
        value = value["$date"]
    if isinstance(value, dict) and "$numberLong" in value:
        value = value["$numberLong"]
    raw = string(value)
    if raw is None:
        return None, None
    at = epoch(value if isinstance(value, (int, float)) else raw)
    if at is not None:
        return Instant(at, "second", "explicit"), raw
    return read_date(raw, zone=zone), raw
