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
from feedmill.transforms.formats.json.vocabulary import (
    FIELDS,
    evidence,
    fields,
    in_other_words,
    is_entry,
    is_list_key,
    is_other_list,
    is_plain_entry,
    plain,
)


class ValueSpan(NamedTuple):
    """A value, or a stretch that should have been one (`value` is None, `problem` says why)."""

    start: int
    end: int
    value: Any
    problem: tuple[Reason, str] | None = None


class Group(NamedTuple):
    """Entries that stand together, and what is around them."""

    heads: tuple[dict[str, Any], ...]  # the objects around the list, outermost first, without their lists of entries
    entries: list[ValueSpan]
    means: dict[str, str] | None = None  # what the keys of its entries mean, if that was told by evidence


_LONGEST_NUMBER = 300  # digits: more is no number anyone meant, and slow to read


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float("inf")


# strict=False: raw line breaks in strings are common in exports
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer)
_SPACE = re.compile(r"[ \t\n\r\x0b\x0c\x00\x1e\ufeff]*")
_BETWEEN = re.compile(r"[ \t\n\r\x0b\x0c\x00\x1e\ufeff,]*")
_NEXT_OBJECT = re.compile(r'\}\s*+(?:,\s*+)?(?=\{\s*+")')
SNIFFED = 8  # lines or entries looked at to tell what they are
# broken elements of an array that are reported one by one: to say where it fails, json reads all that is before it
_MOST_BROKEN = 200
_MANY_BROKEN = 1_000
_ESCAPE = 6  # characters
_SNIFFED_CHARS = 4_000_000


def read_value(text: str, at: int) -> ValueSpan:
    """Return the value at `at`, or what is wrong with it, up to where reading failed."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        if error.msg.startswith("Unterminated string"):
            # no quote ends it, so there is no further string in the whole text
            return ValueSpan(at, len(text), None, (Reason.TRUNCATED, "the text ends inside a string"))
        within = error.msg.startswith("Invalid \\") and not text[error.pos + _ESCAPE :].strip()
        if error.pos >= len(text) or within:  # an escape in which the text ends is no mistake either
            return ValueSpan(at, len(text), None, (Reason.TRUNCATED, "the text ends inside a value"))
        return ValueSpan(at, max(error.pos, at + 1), None, (Reason.MALFORMED, f"not JSON: {error.msg}"))
    except RecursionError:
        return ValueSpan(at, len(text), None, (Reason.MALFORMED, "nested too deeply"))
    return ValueSpan(at, end, value)


_MOST_COMPLETED = 1 << 22  # characters of a value that is cut off
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|(\\?)\Z)|[\[\]{}]', re.S)


def completed(text: str) -> dict[str, Any] | None:
    """Return an object that the end of a text cuts off, with what is left of it; None if that is too little to read.

    The string in which it is cut ends there; a number, a key or a word in which it is cut is gone.

    >>> completed('{"title": "Rain", "tags": ["a"], "text": "It rai'), completed('{"title": "Rain", "da')
    ({'title': 'Rain', 'tags': ['a'], 'text': 'It rai'}, {'title': 'Rain'})
    """
    text = text.rstrip("\r\n")
    if len(text) > _MOST_COMPLETED:
        return None
    open_brackets: list[str] = []
    cut = ""
    for token in _STRING_OR_BRACKET.finditer(text):
        first = token[0][0]
        if first == '"':
            if token.end() == len(text) and (len(token[0]) == 1 or not _closed(token[0])):
                cut = '"'
        elif first in "[{":
            open_brackets.append("]" if first == "[" else "}")
        elif open_brackets and open_brackets[-1] == first:
            open_brackets.pop()
        else:
            return None
    close = "".join(reversed(open_brackets))
    ends = _CUT_ESCAPE.sub("", text) if cut else text.rstrip(" \t\r\n,")
    for stem in (f"{ends}{cut}", _LAST_MEMBER.sub("", f"{ends}{cut}")):
        try:
            value = _DECODER.decode(stem + close)
        except (json.JSONDecodeError, RecursionError):
            continue
        return value if isinstance(value, dict) else None
    return None


_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_LAST_MEMBER = re.compile(r'(?:,\s*)?"(?:[^"\\]|\\.)*+"(?:\s*:\s*[\w.+-]*)?\Z')


def _closed(string: str) -> bool:
    backslashes = len(string[:-1]) - len(string[:-1].rstrip("\\"))
    return string[-1] == '"' and backslashes % 2 == 0


def elements(text: str, at: int) -> Iterator[ValueSpan]:
    """Yield the elements of the array whose inside starts at `at`, or of a sequence of values.

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
        found = read_value(text, at)
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


def lines(text: str, at: int = 0) -> Iterator[ValueSpan]:
    r"""Yield the value of each line that is not blank; a line that is no JSON costs itself.

    After `_MANY_BROKEN` of them neighbours are reported together: a file of
    nothing but such lines must not cost more memory than it has bytes.

    >>> [f.value for f in lines('{"a": 1}\n\n{"b": \n{"c": 3}')]
    [{'a': 1}, None, {'c': 3}]
    """
    broken = 0
    run: ValueSpan | None = None
    for found in _each_line(text, at):
        if found.problem and broken >= _MANY_BROKEN:
            start = run.start if run else found.start
            run = ValueSpan(start, found.end, None, (Reason.MALFORMED, "lines that are not JSON"))
            continue
        broken += found.problem is not None
        if run:
            yield run
            run = None
        yield found
    if run:
        yield run


def _each_line(text: str, at: int) -> Iterator[ValueSpan]:
    size = len(text)
    while at < size:
        newline = text.find("\n", at)
        end = size if newline < 0 else newline
        line = text[at:end]
        skipped = _end(_SPACE, line, 0)
        if skipped < len(line):
            found = read_value(line, skipped)
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


_FIELD_NAMES = frozenset(key for keys in FIELDS.values() for key in keys.split())
_DEEPEST = 8  # objects and lists around a list of entries
_LIST = re.compile(r"\[\s*(?:[{\]]|\Z)")
_COLON = re.compile(r"\s*:\s*")
_KNOWN, _PLAIN, _HOLDERS, _GUESSED = 4, 3, 2, 1  # how a list is known to be one of entries


def gather(text: str, at: int, *, only_sniff: bool = False) -> list[Group]:
    """Find the lists of entries in a document that starts at `at` with `{` or `[`: an array, lines, or objects in
    which lists are at any sensible depth, or several such objects. Empty if there is none.

    Each entry is a value at its own place, so damage costs only itself. What is no entry in a list of them is found
    too: its reader will say so. With `only_sniff` a list is read no further than is needed to see what it is.

    >>> [group] = gather('{"title": "T", "a": {"items": [{"title": "x y", "url": "z"}]}, "n": 2}', 0)
    >>> group.heads, [e.value["title"] for e in group.entries]
    (({'title': 'T', 'a': {}, 'n': 2}, {}), ['x y'])
    """
    most = SNIFFED if only_sniff else None
    if _TABLE.match(text, at):
        rows = elements(text, at + 1)
        names = _names(next(rows).value)
        if names:
            return [Group((), [_row(row, names) for row in itertools.islice(rows, most)])]
    if text[at] == "[":
        found: Iterator[ValueSpan] = elements(text, at + 1)
    elif is_lines(text, at):
        found = lines(text, at)
    else:
        # one object, whole or cut off; or several, one behind the other
        groups, head, end = _walk(text, at, (), "", 0, most)
        if groups and not ("body" in fields(head) and is_plain_entry(head)):
            # a list that was only looked at was not read to its end
            more = _of_elements(text, elements(text, end), (), 0, most) if end < len(text) and not only_sniff else []
            return groups + [group for group in more if any(f.problem is None for f in group.entries)]
        found = elements(text, at)
    return _of_elements(text, found, (), 0, most)


_TABLE = re.compile(r"\[\s*\[\s*\"")
_HEADERS = frozenset("columns column fields header headers cols schema names".split())


def _names(value: Any) -> list[str] | None:
    """Return the names of the columns of a table of stories; None if a value is no list of such."""
    value = value.get("fields") if isinstance(value, dict) else value
    if not isinstance(value, list):
        return None
    names = [one.get("name") or one.get("title") if isinstance(one, dict) else one for one in value]
    told = [name for name in names if isinstance(name, str)]
    return told if len(told) == len(names) > 1 and is_entry(dict.fromkeys(told, "x")) else None


def _row(found: ValueSpan, names: list[str]) -> ValueSpan:
    """Return a row of a table as an object with its columns' names."""
    if found.problem:
        return found
    if not isinstance(found.value, list) or len(found.value) > len(names):
        return found._replace(value=None, problem=(Reason.MALFORMED, f"not a row of {len(names)} columns"))
    return found._replace(value=dict(zip(names, found.value, strict=False)))


def _of_elements(
    text: str, found: Iterator[ValueSpan], heads: tuple[dict[str, Any], ...], depth: int, most: int | None
) -> list[Group]:
    """Return the groups in a sequence of values: entries that stand together, and those in objects that hold lists."""
    groups: list[Group] = []
    together = False
    for element in itertools.islice(found, most):
        value = element.value
        inner = None
        if (
            isinstance(value, dict)
            and depth < _DEEPEST
            and _holds(value, depth)
            and (_is_feed(value) or not is_entry(value))
        ):
            inner = _walk(text, element.start, heads, "", depth + 1, most)[0]
        if inner:
            groups += inner
            together = False
            continue
        if not together:
            groups.append(Group(heads, []))
            together = True
        groups[-1].entries.append(element)
    return [group._replace(means=_means(group.entries)) for group in groups]


def _means(entries: list[ValueSpan]) -> dict[str, str] | None:
    """Return what the keys of entries mean, if the vocabulary does not say it of most of them; or what it leaves open,
    where it knows some only as words of another language."""
    values = [f.value for f in entries[:SNIFFED] if isinstance(f.value, dict)]
    told = 2 * sum(map(_is_told, values)) >= len(values)
    if not values or (told and not any(map(in_other_words, values))):
        return None
    means = evidence(values)
    if told and means:
        known = set().union(*map(fields, values))
        means = {key: field for key, field in means.items() if field not in known}
    return means or None


def _is_told(value: Any) -> bool:
    return is_entry(value) or is_greader(value)


def _is_feed(value: dict[str, Any]) -> bool:
    """Whether an object is a feed, and no entry: it has a list of entries under a usual key, and no text itself."""
    return "body" not in fields(value) and any(
        is_list_key(key) and isinstance(inner, list) and _kind(key, inner[:SNIFFED], 0) >= _PLAIN
        for key, inner in value.items()
    )


def _holds(value: Any, depth: int) -> bool:
    """Whether there is a list of entries in a value, at any depth."""
    if depth >= _DEEPEST or not isinstance(value, dict):
        return False
    return any(
        (isinstance(inner, list) and _kind(key, inner[:SNIFFED], depth + 1) > _GUESSED)
        or (isinstance(inner, dict) and (_is_single(key, inner) or _holds(inner, depth + 1)))
        for key, inner in value.items()
    )


def _is_single(key: str, value: dict[str, Any]) -> bool:
    """Whether an object stands where a list of entries would, had it more than one: as programs write XML as JSON."""
    return plain(key) in ("item", "entry") and is_plain_entry(value)


def _kind(key: str, values: list[Any], depth: int) -> int:
    """How a list is known to be one of entries, by its key and some of its values; 0 if it is none."""
    objects = [value for value in values if isinstance(value, dict)]
    if is_other_list(key) or 2 * len(objects) < len(values) or not objects:
        if not (plain(key) == "feeds" and objects):
            return 0
    elif is_list_key(key) and 2 * sum(map(_is_told, objects)) >= len(objects):
        return _KNOWN
    elif 2 * sum(is_plain_entry(value) or is_greader(value) for value in objects) >= len(objects):
        return _PLAIN
    if 2 * sum(_holds(value, depth) for value in objects) >= len(objects):
        return _HOLDERS
    if is_other_list(key):
        return 0
    if evidence(objects):
        return _GUESSED
    # a JSON Feed's items need have no more than an id
    return _KNOWN if key == "items" and all("id" in value for value in objects) else 0


_Walked = tuple[list[Group], dict[str, Any], int]


def _walk(text: str, at: int, heads: tuple[dict[str, Any], ...], name: str, depth: int, most: int | None) -> _Walked:
    """Read the object at `at`. Return the groups in it, what else is in it, and where it ends (at the text's end, if
    it is cut off)."""
    head: dict[str, Any] = {}
    heads = (*heads, head)
    lists: list[tuple[int, list[Group]]] = []
    objects: list[tuple[str, ValueSpan]] = []
    at += 1
    while True:
        at = _end(_BETWEEN, text, at)
        if text.startswith("}", at):
            at += 1
            break
        if not text.startswith('"', at):
            at = len(text)
            break
        key = read_value(text, at)
        colon = _COLON.match(text, key.end)
        if key.problem or colon is None:
            at = len(text)
            break
        at = colon.end()
        if text.startswith("[", at) and depth < _DEEPEST and (listed := _list(text, at, key.value, heads, depth, most)):
            kind, groups, at = listed
            lists.append((kind, groups))
            if most is not None and kind == _KNOWN:
                break  # it is told what this is
            continue
        if _TABLE_ROWS.match(text, at) and (names := next(filter(None, map(_names, _headers(head))), None)):
            rows = list(itertools.islice(elements(text, at + 1), most))
            lists.append((_KNOWN, [Group(heads, [_row(row, names) for row in rows])]))
            at = _end(_BETWEEN, text, rows[-1].end) + 1
            if most is not None:
                break
            continue
        if text.startswith("{", at) and depth < _DEEPEST:
            groups, inner, end = _walk(text, at, heads, key.value, depth + 1, most)
            if groups:
                lists.append((_PLAIN, groups))
            elif _is_single(key.value, inner):
                lists.append((_PLAIN, [Group(heads, [ValueSpan(at, end, inner)])]))
                at = end
                continue
            elif _FIELD_NAMES.isdisjoint((plain(key.value),)):
                if key.value.startswith(("http://", "https://")) and "url" not in fields(inner):
                    inner = {**inner, "url": key.value}  # objects by their addresses
                if is_plain_entry(inner):
                    objects.append((key.value, ValueSpan(at, end, inner)))
            head[key.value] = inner
            at = end
            continue
        value = read_value(text, at)
        if value.problem:
            at = len(text)
            break
        head[key.value] = value.value
        at = value.end
    if not lists and objects and (len(objects) > 1 or is_list_key(name)):
        for key_name, _ in objects:
            del head[key_name]
        return [Group(heads, [found for _, found in objects])], head, at
    best = max((kind for kind, _ in lists), default=0)
    if best == _GUESSED:
        return max((groups for _, groups in lists), key=lambda g: sum(len(one.entries) for one in g)), head, at
    return [group for kind, groups in lists if kind > _GUESSED for group in groups], head, at


_TABLE_ROWS = re.compile(r"\[\s*\[")


def _headers(head: dict[str, Any]) -> Iterator[Any]:
    return (value for key, value in head.items() if plain(key) in _HEADERS)


def _list(
    text: str, at: int, key: str, heads: tuple[dict[str, Any], ...], depth: int, most: int | None
) -> tuple[int, list[Group], int] | None:
    """Return the list at `at`, if it is one of entries: how that is known, its groups, and where it ends."""
    if not _LIST.match(text, at):
        return None
    sample = list(itertools.islice(elements(text, at + 1), SNIFFED))
    values = [found.value for found in sample if found.problem is None]
    # without a value it is empty, or cut off in its first entry
    kind = _kind(key, values, depth) if values else _KNOWN if is_list_key(key) else 0
    if not kind:
        return None
    if not values and not sample:
        return kind, [Group(heads, [])], _end(_BETWEEN, text, at + 1) + 1
    last = at + 1

    def tracked() -> Iterator[ValueSpan]:
        nonlocal last
        for found in elements(text, at + 1):
            last = found.end
            yield found

    groups = _of_elements(text, tracked(), heads, depth + 1, most)
    return kind, groups, _end(_BETWEEN, text, last) + 1


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


_HALVES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def mend_surrogates(text: str) -> tuple[str, int]:
    r"""Return JSON with U+FFFD for each half of a pair of \u escapes, at the same places, and how many there were.

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
    """Return the format of a text that starts at `at` with `{` or `[`; None if it is no JSON after all.

    Raises:
        Rejected: UNKNOWN_FORMAT if it is JSON, but holds no entries.
    """
    if not _OPENING.match(text, at):
        return None
    if _JSON_FEED.search(text) and text[at] == "{":
        return "jsonfeed"
    groups = gather(text, at, only_sniff=True)
    found = [entry for group in groups for entry in group.entries[:SNIFFED]]
    values = [f.value for f in found if f.problem is None]
    if groups and not found and groups[0].heads:
        owner = str(groups[0].heads[-1].get("id"))
        return "greader_json" if owner.startswith(("user/", "feed/")) else "json_entries"
    if not values:
        # an entry that is cut off is still an entry; words in brackets are none
        if any(f.problem and f.problem[0] is Reason.TRUNCATED for f in found):
            return "json_entries"
        return None
    if any(is_json_feed(group) for group in groups):
        return "jsonfeed"
    if any(map(is_greader, values)):
        return "greader_json"
    if 2 * sum(map(is_entry, values)) >= len(values) or any(group.means for group in groups):
        return "json_entries"
    keys = sorted(values[0])[:6] if isinstance(values[0], dict) else type(values[0]).__name__
    raise Rejected(Reason.UNKNOWN_FORMAT, f"JSON, but no list of entries with titles or texts; it starts with {keys}")


def is_json_feed(group: Group) -> bool:
    """Whether what is around a list says that it is a JSON Feed."""
    return bool(group.heads) and "jsonfeed.org" in str(group.heads[-1].get("version"))
