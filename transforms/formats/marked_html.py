"""Stories that a web page marks for programs: what saved pages of sites, and exports of bookmarks, say of themselves.

- JSON-LD of schema.org: articles, alone or in an `ItemList`, a `Blog` or a `@graph`;
- elements of microformats (h-entry, hentry), of microdata and of RDFa (schema.org): one story each, at its own bytes;
- lists of bookmarks, as browsers, Pocket and Instapaper write them: each a headline, what was noted of it its summary;
  a page that is nothing but such links is one too.

Such marks are the publisher's own words, so nothing is guessed; what is around them is markup.
"""

import functools
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from feedmill.transforms.failures import Reason, Rejected
from feedmill.transforms.formats.json.entries import entry_story
from feedmill.transforms.formats.json.scan import ValueSpan, read_value
from feedmill.transforms.formats.json.story import build
from feedmill.transforms.rows.settings import Settings
from feedmill.transforms.rows.story import Split, Story
from feedmill.transforms.text.decode import Document
from feedmill.transforms.text.html import unescape

Element = Any  # of lxml, whose types mypy does not know

# a page without any of these is looked at no further
_MARKS = re.compile(
    r"application/ld\+json|\bh-?entry\b|schema\.org/|\bschema:|NETSCAPE-Bookmark|\s(?:add_date|time_added)\s?=", re.I
)
_BOOKMARKS = re.compile(r"<!DOCTYPE\s+NETSCAPE-Bookmark|<a\s[^<>]{0,4000}\s(?:add_date|time_added)\s?=", re.I)
_BOOKMARK = re.compile(r"<a(?=\s)([^<>]{0,20000})>(?:(?!</?a[\s>]).){0,4000}?</a\s*>", re.I | re.S)
_NOTED = re.compile(r"\s*<dd>((?:(?!</?d[ltd][\s>]|<h\d[\s>])[^\0]){0,20000})", re.I)
_ATTRIBUTE = re.compile(r"([a-zA-Z_][\w:.-]{0,60})(?:\s{0,4}=\s{0,4}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
# each part is bounded and gives nothing back: tags that never end take linear time
_TAG = re.compile(
    r"<(?:(?P<comment>!--)|(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9:-]{0,40})"
    r"(?P<given>(?:[^<>\"']{1,400}+|\"[^\"<]{0,8000}+\"|'[^'<]{0,8000}+'){0,200}+)>)"
)
_ARTICLES = frozenset(
    (
        "article newsarticle blogposting socialmediaposting discussionforumposting report liveblogposting techarticle "
        "scholarlyarticle medicalscholarlyarticle analysisnewsarticle askpublicnewsarticle backgroundnewsarticle "
        "opinionnewsarticle reportagenewsarticle reviewnewsarticle satiricalarticle advertisercontentarticle "
        "podcastepisode newsmediaarticle"
    ).split()
)
_MARKED = re.compile(r"""\b(?:class|itemtype|typeof)\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_KINDS = frozenset(("h-entry", "hentry"))
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_RAW = frozenset("script style textarea title noscript".split())
_MOST = 100_000  # stories of a page
_DEEPEST = 12  # objects within one another
_NESTED = 100  # elements within one another that are looked into
_LEAST_LISTED = 3  # names and addresses of a list without types, which may be a menu
_HEAD = re.compile(r"<(?:link|meta|base)\s[^<>]{1,4000}>", re.I)
_HEAD_CHARS, _MOST_HEAD = 200_000, 400
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.I)


class _Page(NamedTuple):
    """What a page says of itself as a whole."""

    url: str | None
    name: str | None  # of the site


def split_marked_html(doc: Document, name: str, settings: Settings) -> Split:
    """Return the stories that a page marks.

    Raises:
        Rejected: NO_STORIES if it marks none.
    """
    split = read_marked(doc, settings)
    if split is None:
        raise Rejected(Reason.NO_STORIES, "a page that marks no stories")
    return split


def read_marked(doc: Document, settings: Settings) -> Split | None:
    """Return the stories that a page marks; None if it marks none that says what it is and where or when.

    >>> def of(text): return read_marked(Document("a", text.encode(), text, "utf-8", 0), Settings())
    >>> split = of('<li class="h-entry"><a class="u-url p-name" href="https://a.example/1">Rain in May</a></li>')
    >>> [(s.title, s.url) for s in split.stories], of("<p>schema.org/Article</p>")
    ([('Rain in May', 'https://a.example/1')], None)
    """
    text = doc.text
    if not _MARKS.search(text) and not _is_list_of_links(text):
        return None
    zone = None if settings.timezone == "UTC" else settings.timezone
    if _BOOKMARKS.search(text) or _is_list_of_links(text):
        found, page, source = list(_bookmarks(text)), _Page(doc.url, None), None
    else:
        page = _page(doc)
        stated, listed = _stated(text)
        elements, feed = _marked(text)
        # the same stories may be told twice: the way that tells more of them counts, and of two the page's data
        found, source = (stated, listed) if len(stated) >= len(elements) else (elements, feed)
    source = source or page.name

    def story(entry: ValueSpan) -> Story | None:
        value = entry.value
        if page.url and len(found) == 1 and not any(value.get(key) for key in ("url", "@id")):
            value = {**value, "url": page.url}
        made = entry_story(value, page.url, source, zone=zone)
        # what has no more than a name may be anything
        return made if made and (made.url_raw or made.published_at is not None or made.body) else None

    split = build(doc, "marked_html", found, story, source_name=source)
    return split if split.stories else None


def states_one(split: Split) -> bool:
    """Whether a page is that of one story, which its data tell."""
    return len(split.stories) == 1 and split.stories[0].published_at is not None


def _attributes(given: str) -> dict[str, str]:
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(given)}


def _page(doc: Document) -> _Page:
    head = doc.text[:_HEAD_CHARS]
    url = base = canonical = shown = name = None
    for count, tag in enumerate(_HEAD.finditer(head)):
        if count == _MOST_HEAD:
            break
        given = _attributes(tag[0][1:-1])
        key = given.get("property") or given.get("name") or ""
        if "canonical" in given.get("rel", "").lower().split():
            canonical = canonical or given.get("href")
        elif key == "og:url":
            shown = shown or given.get("content")
        elif key in ("og:site_name", "application-name"):
            name = name or given.get("content") or None
        elif tag[0][:5].lower() == "<base":
            base = base or given.get("href")
    if saved := _SAVED_FROM.search(head, 0, 4000):
        url = saved[1]
    for one in (doc.url, url, canonical, shown, base):
        if one and one.startswith(("http://", "https://")):
            return _Page(one, name)
    return _Page(None, name)


# Bookmarks


def _bookmarks(text: str) -> Iterator[ValueSpan]:
    """Yield the links of a list of bookmarks. What is no page, a script or a feed of its own, is none and says so."""
    for count, link in enumerate(_BOOKMARK.finditer(text)):
        if count == _MOST:
            return
        given = _attributes(link[1])
        noted = _NOTED.match(text, link.end())
        end = noted.end() if noted and noted[1].strip() else link.end()
        end = link.start() + len(text[link.start() : end].rstrip())
        address = given.get("href", "")
        if not address.startswith(("http://", "https://")):
            yield ValueSpan(link.start(), end, None, (Reason.NOT_A_FEED, "a bookmark that leads to no page"))
        elif "feedurl" in given:
            yield ValueSpan(link.start(), end, None, (Reason.NOT_A_FEED, "a subscription to a feed among bookmarks"))
        else:
            title = text[link.start() : link.end()].partition(">")[2]
            value = {"title": title, "url": address, "categories": given.get("tags", "")}
            yield ValueSpan(link.start(), end, {**value, "summary": noted[1] if noted else ""})


_BODY = re.compile(r"<body\b[^<>]*>", re.I)
_NOT_TEXT = re.compile(
    r"<(?:h[1-6]|title)\b[^<>]*>[^<>]{0,200}</(?:h[1-6]|title)\s*>|<!?[a-zA-Z/][^<>]{0,2000}>|\s+", re.I
)
_SAMPLE = 200_000  # characters that tell whether a page is a list of links
_LEAST_LINKS = 3
_TITLE_WORDS, _TITLE = 3, 12  # words or characters of a title
_BESIDE = 0.02  # of what links say, what else may be said beside them


def _is_list_of_links(text: str) -> bool:
    """Whether a page is nothing but links to other pages, in lists below headings, whose words are titles."""
    body = _BODY.search(text, 0, _SAMPLE)
    sample = text[body.end() if body else 0 : _SAMPLE]
    if sample.count("<a ") + sample.count("<A ") < _LEAST_LINKS or "<li" not in sample.lower():
        return False
    links = [(m[1], m[0].partition(">")[2][:-4]) for m in _BOOKMARK.finditer(sample)]
    away = [words for given, words in links if re.search(r"\bhref\s*=\s*[\"']?https?://", given, re.I)]
    said = len(_NOT_TEXT.sub("", "".join(words for _, words in links)))
    beside = len(_NOT_TEXT.sub("", _BOOKMARK.sub("", sample)))
    titled = sum(len(_NOT_TEXT.sub(" ", words).split()) >= _TITLE_WORDS or len(words) >= _TITLE for words in away)
    return len(away) == len(links) >= _LEAST_LINKS and 2 * titled > len(away) and beside <= _BESIDE * said


# JSON-LD

_SCRIPT = re.compile(r"<script\s[^<>]{0,400}?application/ld\+json[^<>]{0,400}>", re.I)
_COMMA_TOO_MANY = re.compile(r",(?=\s*[}\]])")
_SCRIPT_END = re.compile(r"</script\s*>", re.I)
_WRAPPED = re.compile(r"\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)?\s*(?=[\[{])")
# what an article tells of others
_OF_OTHERS = frozenset(
    (
        "publisher author creator image video audio ispartof mentions citation comment about review relatedlink "
        "isbasedon mainentityofpage breadcrumb potentialaction sponsor contributor editor associatedmedia"
    ).split()
)


def _stated(text: str) -> tuple[list[ValueSpan], str | None]:
    """Return the articles in a page's JSON-LD, each once, at their own places; and the name of the list they are in."""
    found: list[ValueSpan] = []
    names: list[ValueSpan] = []  # of a list that says of what only this, and where it is
    source: str | None = None
    seen: set[tuple[str, str]] = set()
    for script in _SCRIPT.finditer(text):
        end = _SCRIPT_END.search(text, script.end())
        start = _WRAPPED.match(text, script.end())
        if start is None:
            continue
        data = text[start.end() : end.start() if end else len(text)]
        if read_value(data, 0).problem:  # a comma too many is the commonest fault; each place stays what it was
            data = _COMMA_TOO_MANY.sub(" ", data)
        for key, one in _objects(data, 0, 0, ""):
            types = _types(one.value)
            if types & {"blog", "website", "newsmediaorganization"}:
                name = one.value.get("name")
                source = source or (name if isinstance(name, str) else None)
            if types & _ARTICLES:
                target = found
            elif "listitem" in types and key == "itemlistelement" and isinstance(one.value.get("name"), str):
                target = names
            else:
                continue
            value = _article(one.value)
            same = (str(value.get("title") or value.get("headline") or value.get("name")), str(value.get("url")))
            if same not in seen and len(found) < _MOST:
                seen.add(same)
                target.append(ValueSpan(start.end() + one.start, start.end() + one.end, value))
    if (
        not found
        and len(names) >= _LEAST_LISTED
        and 2 * sum(len(str(n.value["name"]).split()) > 3 for n in names) > len(names)
    ):
        found = names
    return found, source


def _types(value: dict[str, Any]) -> set[str]:
    kinds = value.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rpartition("/")[2].rpartition(":")[2].lower() for kind in kinds if isinstance(kind, str)}


def _objects(text: str, at: int, depth: int, under: str) -> Iterator[tuple[str, ValueSpan]]:
    """Yield the objects in a value at `at`, with the key that each is under; those in an article are not looked for,
    nor what is about others."""
    value = read_value(text, at)
    if value.problem is None and isinstance(value.value, dict) and _types(value.value) & _ARTICLES:
        if isinstance(value.value.get("liveBlogUpdate"), list) and depth < _DEEPEST:  # each is a story of its own
            for key, inner in _members(text, at + 1):
                if key == "liveBlogUpdate":
                    yield from _objects(text, inner, depth + 1, key.lower())
            return
        yield under, value
        return
    if depth >= _DEEPEST:
        return
    if text.startswith("[", at):
        for inner in _inside(text, at + 1):
            yield from _objects(text, inner, depth + 1, under)
        return
    if value.problem is None and isinstance(value.value, dict):
        if _types(value.value) & {"breadcrumblist", "sitenavigationelement"}:
            return
        yield under, value
    for key, inner in _members(text, at + 1):
        name = key.lower()
        if name not in _OF_OTHERS:
            yield from _objects(text, inner, depth + 1, name)


_BETWEEN = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")


def _inside(text: str, at: int) -> Iterator[int]:
    """Where the objects and lists in a list start; `at` is behind its bracket."""
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too
        if at >= len(text) or text[at] == "]":
            return
        value = read_value(text, at)
        if text[at] in "[{":
            yield at
        if value.problem:
            return
        at = value.end


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Yield the keys of an object whose values are objects or lists, and where these start."""
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        if not text.startswith('"', at):
            return
        key = read_value(text, at)
        colon = None if key.problem else _COLON.match(text, key.end)
        if colon is None or colon.end() >= len(text):
            return
        at = colon.end()
        value = read_value(text, at)
        if text[at] in "[{":
            yield str(key.value), at
        if value.problem:
            return
        at = value.end


def _article(value: dict[str, Any]) -> dict[str, Any]:
    """Return an article of schema.org in the words that entries of JSON are read by."""
    inner = value.get("item")
    if isinstance(inner, dict):
        value = {**inner, **{k: v for k, v in value.items() if k != "item"}}
    elif isinstance(inner, str):
        value = {**value, "url": inner}
    page = value.get("mainEntityOfPage")
    page = page.get("@id") or page.get("url") if isinstance(page, dict) else page
    at = next((v for v in (value.get("url"), page, value.get("@id")) if isinstance(v, str) and v), None)
    made = {
        key: one for key, one in value.items() if not key.startswith("@") and key not in ("item", "mainEntityOfPage")
    }
    made["url"] = at
    if isinstance(made.get("headline"), str):  # `name` is that of the page, `alternativeHeadline` a second one
        made = {**made, "title": made["headline"]}
    for key in ("articleSection", "genre"):
        if "keywords" not in made and made.get(key):
            made["keywords"] = made[key]
    if not made.get("publisher") and isinstance(value.get("isPartOf"), dict):
        made["publisher"] = value["isPartOf"]
    made.pop("id", None)
    identifier = value.get("identifier")
    made["identifier"] = identifier.get("value") if isinstance(identifier, dict) else identifier
    return made


# Elements with marks


def _marked(text: str) -> tuple[list[ValueSpan], str | None]:
    """Return the elements that are marked as entries, none within another, and the name of the feed that they are
    of."""
    found: list[ValueSpan] = []
    for start, end in _ranges(text):
        value = _entry(text[start:end])
        found.append(ValueSpan(start, end, value, None if value else (Reason.MALFORMED, "an element without an entry")))
        if len(found) == _MOST:
            break
    if not found:
        return [], None
    head = text[: found[0].start]
    feed = re.search(r"<[a-zA-Z][^<>]{0,400}\bh-feed\b[^<>]{0,400}>", head)
    name = None
    if feed:
        for node in _parse(head[feed.start() :]).iter():
            if isinstance(node.tag, str) and "p-name" in _classes(node):
                name = " ".join("".join(node.itertext()).split()) or None
                break
    return [one for one in found if one.value], name


def _is_marked(given: str) -> bool:
    for mark in _MARKED.finditer(given):
        for word in (mark[1] or mark[2] or mark[3] or "").lower().split():
            if word in _KINDS:
                return True
            prefix, _, kind = word.replace(":", "/").rpartition("/")
            if (
                kind in _ARTICLES
                and mark[0][:5].lower() != "class"
                and (prefix.endswith("schema.org") or len(prefix) < 8)
            ):
                return True
    return False


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost marked elements start and end; one that is never closed ends where the next starts."""
    lowered: str | None = None
    missing: set[str] = set()
    start, name, depth, at = -1, "", 0, 0
    within: list[int] = []  # marked elements in the one that is open
    while tag := _TAG.search(text, at):
        at = tag.end()
        kind = (tag["tag"] or "").lower()
        if tag["comment"] or (kind in _RAW and not tag["close"]):
            lowered = text.lower() if lowered is None else lowered
            mark = "-->" if tag["comment"] else f"</{kind}"
            end = -1 if mark in missing else lowered.find(mark, at)
            if end < 0:
                missing.add(mark)
            else:
                at = end
        elif kind in _VOID or tag["given"].endswith("/"):
            continue
        elif start < 0:
            if not tag["close"] and _is_marked(tag["given"]):
                start, name, depth, within = tag.start(), kind, 1, []
        elif tag["close"]:
            depth -= kind == name
            if depth == 0:
                yield start, at
                start = -1
            elif kind in ("body", "html"):
                break
        else:
            depth += kind == name
            if _is_marked(tag["given"]):
                within.append(tag.start())
    if start >= 0:
        end = tag.start() if tag else len(text)
        edges = [start, *within, end]
        yield from itertools.pairwise(edges)


def _parse(markup: str) -> Element:
    etree, parser = _parser()
    return etree.fromstring(f"<html><body>{markup}</body></html>".encode("utf-8", "replace"), parser)


@functools.cache
def _parser() -> tuple[Any, Any]:
    from lxml import etree

    options = {"no_network": True, "remove_comments": True, "remove_pis": True, "huge_tree": True, "encoding": "utf-8"}
    return etree, etree.HTMLParser(**options)


def _classes(node: Element) -> list[str]:
    return (node.get("class") or "").lower().split()


# what each mark means, in the words that entries of JSON are read by; the first that is met counts
_MEANS = {
    "title": "p-name entry-title headline",
    "name": "name",
    "url": "u-url url mainentityofpage",
    "published": "dt-published published datepublished",
    "updated": "dt-updated updated datemodified",
    "contentHtml": "e-content entry-content articlebody",
    "summary": "p-summary entry-summary description abstract",
    "authors": "p-author author byline",
    "categories": "p-category keywords articlesection",
    "image": "u-photo u-featured image",
    "guid": "u-uid",
    "publisher": "publisher",
    "language": "inlanguage",
}
_MEANING = {mark: field for field, marks in _MEANS.items() for mark in marks.split()}
_BY_CLASS = frozenset(("entry-title", "entry-content", "entry-summary", "published", "updated", "author", "byline"))
_MANY = frozenset(("authors", "categories", "image"))


def _entry(markup: str) -> dict[str, Any] | None:
    """Return what a marked element says, as an entry of JSON; None if nothing is in it."""
    body = _parse(markup).find("body")
    if body is None or not len(body) or not isinstance(body[0].tag, str):
        return None
    root = body[0]
    parts: dict[str, list[Element]] = {}
    bookmarks: list[str] = []
    notes = False

    def walk(node: Element, depth: int) -> None:
        nonlocal notes
        for child in node:
            if not isinstance(child.tag, str):
                continue
            marks = [mark for mark in _classes(child) if mark[:2] in ("p-", "u-", "e-") or mark[:3] == "dt-"]
            marks += [mark for mark in _classes(child) if mark in _BY_CLASS]
            given = f"{child.get('itemprop') or ''} {child.get('property') or ''}".lower()
            marks += [mark.rpartition(":")[2].rpartition("/")[2] for mark in given.split()]
            rel = (child.get("rel") or "").lower().split()
            if "bookmark" in rel and child.get("href"):
                bookmarks.append(child.get("href"))
            meant = {_MEANING[mark] for mark in marks if mark in _MEANING}
            if "tag" in rel and child.tag == "a":
                meant.add("categories")
            if "author" in rel:
                meant.add("authors")
            notes = notes or {"title", "contentHtml"} <= meant
            for field in meant:
                parts.setdefault(field, []).append(child)
            apart = any(mark.startswith("h-") or mark in ("hentry", "vcard") for mark in _classes(child))
            if depth < _NESTED and not (
                apart or child.get("itemscope") is not None or child.get("typeof") or "contentHtml" in meant
            ):
                walk(child, depth + 1)

    walk(root, 0)
    value: dict[str, Any] = {}
    for field, nodes in parts.items():
        if field in _MANY:
            read = _address if field == "image" else _name
            value[field] = [text for node in nodes if (text := read(node))]
        elif field == "url":
            value[field] = next((at for node in nodes if (at := _address(node))), None)
        elif field in ("published", "updated"):
            value[field] = next((text for node in nodes if (text := _time(node))), None)
        elif field in ("contentHtml", "summary"):
            value[field] = "\n".join(filter(None, map(_markup, nodes if field == "contentHtml" else nodes[:1])))
        else:
            value[field] = next((text for node in nodes if (text := _name(node))), None)
    if bookmarks and not value.get("url"):
        value["url"] = bookmarks[0]
    if notes:  # a note is its own name
        value.pop("title", None)
    elif not (value.get("title") or value.get("name") or value.get("contentHtml") or value.get("summary")):
        value["title"] = " ".join("".join(root.itertext()).split())[:500]
    if not value.get("url"):
        links = [root, *root.iter("a")] if root.tag != "a" else [root]
        titled = [
            link.get("href") for node in parts.get("title", ()) for link in (node, *node.iter("a"), *_above(node))
        ]
        addresses = [at for at in titled if at] or [link.get("href") for link in links if link.get("href")]
        value["url"] = addresses[0] if addresses and (any(titled) or len(addresses) == 1) else None
    return value


def _above(node: Element) -> list[Element]:
    return list(node.iterancestors("a"))[:1]


def _name(node: Element) -> str | None:
    """Return the text of an element, or, if it is about somebody, the name in it."""
    if node.get("content"):
        return node.get("content")
    if node.tag == "img":
        return node.get("alt") or None
    for inner in node.iter():
        names = {"p-name", "fn"} & set(_classes(inner)) or (inner.get("itemprop") or inner.get("property")) in (
            "name",
            "schema:name",
        )
        if inner is not node and names:
            return inner.get("content") or " ".join("".join(inner.itertext()).split()) or None
    return " ".join("".join(node.itertext()).split()) or None


def _address(node: Element) -> str | None:
    for key in ("href", "src", "content", "data", "itemid", "resource"):
        if node.get(key):
            return node.get(key)
    inner = next((one for one in node.iter() if one is not node and (one.get("href") or one.get("src"))), None)
    if inner is not None:
        return inner.get("href") or inner.get("src")
    text = "".join(node.itertext()).strip()
    return text if text.startswith(("http://", "https://", "/")) else None


def _time(node: Element) -> str | None:
    for one in node.iter():
        for key in ("datetime", "content"):
            if one.get(key):
                return one.get(key)
        if one.get("title") and (one.tag == "abbr" or "value-title" in _classes(one)):
            return one.get("title")
    return " ".join("".join(node.itertext()).split()) or None


def _markup(node: Element) -> str | None:
    if node.get("content"):
        return node.get("content")
    etree, _ = _parser()
    parts = [node.text or ""]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in node]
    return "".join(parts).strip() or None
