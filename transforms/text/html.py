"""HTML, as feeds carry it, to clean text and the media in it.

Parsed by lxml (libxml2, with the tokenizer of HTML5), so that what a browser would not show as text is not text here
either.
"""

import functools
import html
import re
from typing import NamedTuple
from urllib.parse import urljoin

from feedmill.transforms.rows.story import Media

_WORDS = {
    # what a reader does not see, or sees only if something else failed
    "hidden": """script style noscript template head iframe canvas svg audio video map select textarea datalist
        frameset""",
    "paragraphs": """p div h1 h2 h3 h4 h5 h6 blockquote ul ol dl table pre figure figcaption section article aside
        header footer main nav form hr address details fieldset center body""",
    "lines": "br li tr dt dd caption summary legend",
}
_HIDDEN, _PARAGRAPHS, _LINES = (frozenset(words.split()) for words in _WORDS.values())
_CELLS = frozenset(("td", "th"))
BLOCKS = (_PARAGRAPHS | _LINES | _CELLS) - {"br"}  # whose start and end are ends of a paragraph, or near
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_PIXEL_HOSTS = re.compile(  # images that only count readers
    r"//(?:[\w.-]+\.)?(?:feedburner\.com/~|feedsportal\.com|doubleclick\.net|pixel\.|stats\.wordpress\.com|pheedo\.com|feedads\."
    r"|quantserve\.com|scorecardresearch\.com|google-analytics\.com|feeds\.wordpress\.com/1\.0)|/(?:pixel|blank|spacer|1x1)\.(?:gif|png)",
    re.I,
)
_OTHER_BLANK = re.compile(r"[\t\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2028\u2029\x85]")
_SEVERAL_BLANKS = re.compile(r" {2,}")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]"
)  # not the joiners, which some scripts need
_SEVERAL_BREAKS = re.compile(r"\n{2,}")
_SEVERAL_LINES = re.compile(r"\n\s*\n\s*")
_LONG_TAG = re.compile(r"<[a-zA-Z][^>]{1000,}")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/=\"']+")
_ANY_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[a-zA-Z!?][^>]*>?", re.S)
_DEEPEST = 2048  # elements in each other: the limit of libxml2
_LARGEST_TREE = 1 << 22  # characters; the tree may take fifty times their bytes
_BREAK = "\x00"  # between paragraphs, while the text is put together; `_INVISIBLE` keeps it out of what comes in


class Html(NamedTuple):
    """What a piece of HTML says and shows."""

    text: str
    media: tuple[Media, ...]


_LONG_REFERENCE = re.compile(r"&#[0-9]{1000,};?")


def unescape(text: str) -> str:
    """Return text with its references resolved, as `html.unescape` does; one to no character is U+FFFD.

    >>> unescape("&eacute;&#233;"), unescape(f"&#{'1' * 5000};")
    ('éé', '\ufffd')
    """
    try:
        return html.unescape(text)
    except ValueError:  # Python reads no number of more than 4,300 digits
        return html.unescape(_LONG_REFERENCE.sub("\ufffd", text))


def html_to_text(fragment: str) -> str:
    r"""Return the text of a piece of HTML: paragraphs separated by a blank line, entities resolved, nothing hidden.

    >>> html_to_text("<p>One <b>bold</b>&nbsp;word<p>Two<br>lines<script>x()</script>")
    'One bold word\n\nTwo\nlines'
    >>> html_to_text("a < b &amp; c"), html_to_text("")
    ('a < b & c', '')
    """
    return read_html(fragment, "").text


def plain_to_text(text: str) -> str:
    r"""Return plain text with its paragraphs kept, references such as &#8217; resolved and `<` left alone.

    >>> plain_to_text(" AT&amp;T:  the <b> tag\n is old\n\n\nNews ")
    'AT&T: the <b> tag is old\n\nNews'
    """
    if "&" in text:
        text = unescape(text)
    return clean(_INVISIBLE.sub("", text))


def clean(text: str) -> str:
    r"""Return text with single blanks, and a blank line between paragraphs: `"a  b\n c\n\n\nd"` is `"a b c\n\nd"`."""
    if "\n" not in text:
        return " ".join(text.split())
    return "\n\n".join(" ".join(part.split()) for part in _SEVERAL_LINES.split(text) if part.strip())


def read_html(fragment: str, base: str) -> Html:
    """Return the text of a piece of HTML, and its pictures and recordings with their URLs made absolute by `base`."""
    if "<" not in fragment:
        return Html(plain_to_text(fragment), ())
    fragment = _LONG_TAG.sub(_fewer_attributes, _INVISIBLE.sub("", fragment))
    opened = fragment.rfind("<!--")
    if opened >= 0 and fragment.find("-->", opened) < 0:  # a comment without an end would take all that follows
        fragment = f"{fragment[:opened]}<!{fragment[opened + 4 :]}"
    root = _parse(fragment) if len(fragment) <= _LARGEST_TREE else None
    if root is None:  # too large, nothing but a comment, or nested deeper than the parser goes
        return Html(plain_to_text(_ANY_TAG.sub(" ", fragment)), ())
    return _walk(root, base)


def _fewer_attributes(match: re.Match[str]) -> str:
    """Return the parser takes time by the square of the number of attributes: no tag that means something has
    hundreds."""
    tag = match.group()
    return tag if len(_BETWEEN_ATTRIBUTES.split(tag, 400)) < 400 else _BETWEEN_ATTRIBUTES.split(tag, 1)[0]


@functools.cache
def _parser():  # type: ignore[no-untyped-def]
    from lxml import etree

    # no network, no entities of its own; huge: without it everything nested deeper than 256 would vanish
    options = {"no_network": True, "remove_comments": True, "remove_pis": True, "huge_tree": True, "encoding": "utf-8"}
    return etree, etree.HTMLParser(**options)


def _parse(fragment: str):  # type: ignore[no-untyped-def]
    """Return the root of the tree, or None if there is none or not all of the text is in it."""
    etree, parser = _parser()
    try:
        root = etree.fromstring(fragment.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # nothing in it, such as a comment alone
        return None
    if fragment.count("<") > _DEEPEST and any(e.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for e in parser.error_log):
        return None
    return root


def _walk(root, base: str) -> Html:  # type: ignore[no-untyped-def]
    etree, _ = _parser()
    out: list[str] = []
    media: list[Media] = []
    figure = caption = -1  # where the media of a figure, and the text of its caption, start
    words: str | None = None
    preformatted = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        tag = node.tag
        if event == "start":
            if tag in _HIDDEN or (node.attrib and _unseen(node)):
                if tag in ("video", "audio"):
                    _add_recording(node, base, media)
                elif tag == "iframe" and node.text:  # to a parser its content is text, to a writer it was HTML
                    out.append(_ANY_TAG.sub(" ", node.text).replace("\n", " "))
                walk.skip_subtree()
                continue
            if tag in _PARAGRAPHS:
                out.append(_BREAK)
                if tag == "pre":
                    preformatted += 1
                elif tag == "figure":
                    figure, words = len(media), None
                elif tag == "figcaption":
                    caption = len(out)
            elif tag in _LINES:
                out.append("\n")
            elif tag in _CELLS:
                out.append(" ")
            elif tag == "img":
                _add_image(node, base, media)
            if node.text:
                out.append(node.text if preformatted else node.text.replace("\n", " "))
        else:
            if tag in _HIDDEN:
                pass
            elif tag in _PARAGRAPHS:
                if tag == "pre":
                    preformatted -= 1
                elif tag == "figcaption" and caption >= 0:
                    words = " ".join("".join(out[caption:]).replace(_BREAK, " ").split()) or None
                    caption = -1
                elif tag == "figure" and figure >= 0:
                    if words:
                        media[figure:] = [item._replace(caption=words) for item in media[figure:]]
                    figure = -1
                out.append(_BREAK)
            elif tag in _LINES and tag != "br":
                out.append("\n")
            if node.tail:
                out.append(node.tail if preformatted else node.tail.replace("\n", " "))
    return Html(_joined("".join(out)), tuple(media))


def _joined(text: str) -> str:
    if _OTHER_BLANK.search(text):
        text = _OTHER_BLANK.sub(" ", text)
    if "  " in text:
        text = _SEVERAL_BLANKS.sub(" ", text)
    if _BREAK not in text and "\n" not in text:
        return text.strip(" ")
    paragraphs = []
    for part in text.split(_BREAK):
        if part and not part.isspace():
            if "\n" in part:
                lines = [line.strip(" ") for line in part.split("\n")]
                part = _SEVERAL_BREAKS.sub("\n\n", "\n".join(lines).strip("\n"))
            paragraphs.append(part.strip(" "))
    return "\n\n".join(paragraphs)


def _unseen(node) -> bool:  # type: ignore[no-untyped-def]
    style = node.get("style")
    return node.get("hidden") is not None or bool(style and _NOT_SHOWN.search(style))


def _add_image(node, base: str, media: list[Media]) -> None:  # type: ignore[no-untyped-def]
    attributes = node.attrib
    source = (attributes.get("src") or "").strip()
    if not source or source.startswith("data:"):  # filled in later by a script
        source = (
            attributes.get("data-src") or attributes.get("data-original") or attributes.get("data-lazy-src") or ""
        ).strip()
        if not source and attributes.get("srcset"):
            source = attributes["srcset"].split(",")[0].split()[0] if attributes["srcset"].split(",")[0].split() else ""
    if not source or source.startswith("data:") or _is_pixel(attributes, source):
        return
    _add(media, resolve(source, base), None, plain_to_text(attributes.get("alt") or "") or None)


def _is_pixel(attributes, source: str) -> bool:  # type: ignore[no-untyped-def]
    small = {attributes.get("width"), attributes.get("height")} & {"0", "1", "0px", "1px"}
    return bool(small) or _PIXEL_HOSTS.search(source) is not None


def _add_recording(node, base: str, media: list[Media]) -> None:  # type: ignore[no-untyped-def]
    for part in (node, *node.iter("source")):
        if part.get("src"):
            _add(media, resolve(part.get("src").strip(), base), part.get("type"), None)


def _add(media: list[Media], url: str | None, kind: str | None, alt: str | None) -> None:
    if url and all(other.url != url for other in media[-50:]):
        media.append(Media(url, kind, alt))


_LONGEST_BASE = 2_048  # characters, as browsers have it: a longer one, joined to each link, is much more than the page
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*)\s*:")


def resolve(url: str, base: str) -> str | None:
    """Return an absolute URL, or `url` itself if it cannot be made one; None for what runs code.

    >>> resolve("../a.png", "http://x.org/b/c"), resolve("javascript:alert(1)", "")
    ('http://x.org/a.png', None)
    """
    url = url.strip()
    if "\n" in url or "\t" in url or "\r" in url:
        url = re.sub(r"[\t\r\n]", "", url)
    if scheme := _SCHEME.match(url):
        return None if scheme[1].lower() in ("javascript", "vbscript", "data") else url
    if not base or len(base) > _LONGEST_BASE:
        return url or None
    try:
        return urljoin(base, url) or None
    except ValueError:  # such as an unfinished IPv6 address
        return url or None
