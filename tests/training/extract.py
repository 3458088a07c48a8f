"""Turn marked HTML into text by the ways the world does it, and carry the marks over to that text.

Every way is a function from HTML to text. Those of this file need nothing: what browsers copy, what crawls keep, what a
regular expression strips. Those of libraries and programs are used where they are installed, which training never needs:
`render.py` stores what they said.
"""

from __future__ import annotations

import functools
import html as html_module
import importlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser
from typing import Any, NamedTuple

from .page import Field, Sample, faults, make_sample, pieces, unmark

_MARK = re.compile("\ue001[\ue010-\ue019]*\ue002|\ue003")
_STRETCH = re.compile("\ue001([\ue010-\ue019]*)\ue002([^\ue003]*)\ue003")
_TO_LETTERS = {0xE001: 0x10000, 0xE002: 0x10001, 0xE003: 0x10002} | {0xE010 + i: 0x10010 + i for i in range(10)}
_TO_MARKS = {v: k for k, v in _TO_LETTERS.items()}

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
SKIP = frozenset(["script", "style", "template", "noscript", "head", "datalist", "svg", "select", "option"])
BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
CLOSES = {
    "li": {"li"},
    "p": {"p"},
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
}
FENCES = frozenset(["ul", "ol", "table", "div", "section", "article", "main", "body", "dl"])
HIDDEN = frozenset(
    ("dropdown-menu", "dropdown-close", "toggle_aside", "title_hidden", "sr-only", "visually-hidden", "hidden")
)


class Node:
    """Hold an element: its tag, attributes and children (texts are plain strings)."""

    __slots__ = ("attrs", "children", "tag")

    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        """Start without children."""
        self.tag, self.attrs = tag, attrs
        self.children: list[Node | str] = []


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("html", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("html", "body") and tag == "html":
            return
        for k in range(len(self.open) - 1, 0, -1):
            if self.open[k].tag in CLOSES.get(tag, ()):
                del self.open[k:]
                break
            if self.open[k].tag in FENCES and not (tag in ("tr", "td", "th") and self.open[k].tag != "table"):
                break
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        for k in range(len(self.open) - 1, 0, -1):
            if self.open[k].tag == tag:
                del self.open[k:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(html: str) -> Node:
    """Parse HTML into nodes, forgiving what authors forget."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return parser.root


class Look(NamedTuple):
    """Say how text is laid out: what a browser, a crawl or a simple script makes of the elements."""

    paragraph: int = 2  # line breaks before a paragraph
    after: int = 2  # and behind it
    airy: frozenset[str] = frozenset(
        ["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "figure", "pre", "table"]
    )  # others so spaced
    indent: int = 0  # blanks for each list within a list
    bullet: str = ""
    cell: str = "\t"  # between the cells of a row
    alt: bool = True  # pictures stand as their alternative text
    title: bool = False  # the document's title comes first
    hides: bool = True  # what style sheets hide is left out
    bar: str = "\n"  # between the entries of a bar of icons
    controls: bool = True  # texts of buttons
    lines: tuple[str, ...] = ()  # classes whose elements style sheets set on lines of their own
    glued: str = ""  # class of elements that follow what is before them without a blank
    folded: str = ""  # class of elements that are folded away


class _Writer:
    def __init__(self, look: Look) -> None:
        self.look, self.parts = look, []  # type: Look, list[str]
        self.breaks, self.depth, self.blank, self.bullet = 0, 0, False, ""
        self.fresh = True

    def text(self, data: str, pre: bool = False) -> None:
        if pre:
            data = data.strip("\n")
        else:
            data = re.sub(r"[ \t\n\r\f]+", " ", data)
            if self.fresh or self.breaks or self.blank:
                data = data.lstrip(" ")
        if not data:
            return
        if self.breaks and not self.fresh:
            while self.parts and self.parts[-1] == " ":
                self.parts.pop()
            self.parts.append("\n" * self.breaks)
        if self.breaks or self.fresh:
            self.parts.append(" " * (self.look.indent * self.depth) + self.bullet)
            self.bullet = ""
        self.breaks, self.fresh = 0, False
        self.parts.append(data)
        self.blank = data.endswith(" ")

    def gap(self, n: int) -> None:
        if not self.fresh:
            self.breaks = max(self.breaks, n)

    def line(self) -> None:
        if not self.fresh:
            self.breaks += 1


def _hidden(node: Node, folded: bool) -> bool:
    classes = set(node.attrs.get("class", "").split())
    if "hidden" in node.attrs or classes & HIDDEN or "display:none" in node.attrs.get("style", "").replace(" ", ""):
        return True
    return folded and "flux_content" in classes


def _walk(node: Node, out: _Writer, folded: bool = False, pre: bool = False) -> None:
    look, tag = out.look, node.tag
    if tag in SKIP or (tag in ("button", "textarea") and not look.controls):
        return
    classes = node.attrs.get("class", "")
    if look.hides:
        if "hide_posts" in classes:
            folded = True
        if folded and "current" in classes.split():
            folded = False
        if _hidden(node, folded) or (look.folded and look.folded in classes):
            return
    if tag == "br":
        out.line()
        return
    if tag == "img":
        if look.alt and node.attrs.get("alt"):
            out.text(node.attrs["alt"])
        return
    block = tag in BLOCK or any(name in classes for name in look.lines)
    if look.glued and look.glued in classes:
        out.blank = True
        if out.parts and out.parts[-1].endswith(" "):
            out.parts[-1] = out.parts[-1].rstrip(" ")
    bar = look.bar if "horizontal-list bottom" in classes and look.bar != "\n" else ""
    if "list-tags" in classes or ("subtitle" in classes.split() and look.bar == "\t"):
        bar = " " if look.bar != "\n" else ""
    if tag in ("td", "th"):
        block = False
    airy = tag in look.airy and not (tag in ("ul", "ol") and out.depth)
    if block:
        out.gap(look.paragraph if airy else 1)
    nested = tag in ("ul", "ol", "blockquote", "dd")
    out.depth += nested
    first = True
    for child in node.children:
        if isinstance(child, str):
            out.text(child, pre or tag == "pre")
            continue
        if child.tag in ("td", "th") and not first and not out.breaks:
            out.parts.append(look.cell)
            out.blank = True
        if bar and child.tag in ("li", "div"):
            if not first:
                if out.parts and out.parts[-1] == " ":
                    out.parts.pop()
                out.parts.append(bar)
                out.blank = True
            for inner in child.children:
                if isinstance(inner, str):
                    out.text(inner)
                elif inner.tag not in BLOCK or inner.children:
                    _flat(inner, out)
            first = False
            continue
        if child.tag == "li" and look.bullet:
            out.gap(1)
            out.bullet = look.bullet
        _walk(child, out, folded, pre or tag == "pre")
        first = False
    out.depth -= nested
    if block:
        out.gap((look.after if tag == "p" else max(look.after, look.paragraph)) if airy else 1)


def _flat(node: Node, out: _Writer) -> None:
    if node.tag in SKIP or (out.look.hides and _hidden(node, False)):
        return
    if node.tag == "img":
        if out.look.alt and node.attrs.get("alt"):
            out.text(node.attrs["alt"])
        return
    for child in node.children:
        if isinstance(child, str):
            out.text(child)
        else:
            _flat(child, out)


def lay_out(html: str, look: Look) -> str:
    """Return the text of a page as `look` says."""
    out = _Writer(look)
    if look.title and (found := re.search(r"<title>(.*?)</title>", html, re.S)):
        out.text(html_module.unescape(found.group(1)))
        out.gap(1)
    _walk(tree(html), out)
    return "".join(out.parts) + "\n"


def strip_tags(html: str, between: str) -> str:
    """Return what is left when a regular expression takes the tags out."""
    html = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->", "", html)
    return html_module.unescape(re.sub(r"<[^>]+>", between, html))


# -- libraries and programs ---------------------------------------------------------------------------------------------
def _module(name: str) -> Any:
    return importlib.import_module(name)


def _resiliparse(**options: Any) -> Callable[[str], str]:
    return lambda html: _module("resiliparse.extract.html2text").extract_plain_text(html, **options)


def _trafilatura(**options: Any) -> Callable[[str], str]:
    def run(html: str) -> str:
        text = _module("trafilatura").extract(html.translate(_TO_LETTERS), **options) or ""
        return str(text).translate(_TO_MARKS)

    return run


def _boilerpy(html: str) -> str:
    return str(_module("boilerpy3.extractors").KeepEverythingExtractor().get_content(html))


def _html2text(width: int, links: bool, inline: bool = True) -> Callable[[str], str]:
    def run(html: str) -> str:
        reader = _module("html2text").HTML2Text(bodywidth=width)
        reader.ignore_links = reader.ignore_images = not links
        reader.inline_links = inline
        return str(reader.handle(html))

    return run


def _inscriptis(html: str) -> str:
    return str(_module("inscriptis").get_text(html))


def _inscriptis_strict(html: str) -> str:
    model = _module("inscriptis.model.config")
    css = _module("inscriptis.css_profiles").CSS_PROFILES["strict"].copy()
    return str(_module("inscriptis").get_text(html, model.ParserConfig(css=css)))


def _soup(between: str, strip: bool) -> Callable[[str], str]:
    def run(html: str) -> str:
        soup = _module("bs4").BeautifulSoup(html, "html.parser")
        for node in soup(["script", "style"]):
            node.decompose()
        return str(soup.get_text(between, strip=strip))

    return run


def _stripped_strings(html: str) -> str:
    return "\n".join(_module("bs4").BeautifulSoup(html, "lxml").stripped_strings)


def _html_text(layout: bool) -> Callable[[str], str]:
    return lambda html: str(_module("html_text").extract_text(html, guess_layout=layout))


def _readability(html: str) -> str:
    return lay_out(_module("readability").Document(html).summary(), Look(alt=False))


def _justext(keep: bool) -> Callable[[str], str]:
    def run(html: str) -> str:
        justext = _module("justext")
        words = frozenset() if keep else justext.get_stoplist("English")
        found = justext.justext(html.encode(), words, encoding="utf-8", stopwords_low=0.0, stopwords_high=0.0)
        return "\n\n".join(p.text for p in found if keep or not p.is_boilerplate)

    return run


def _lxml(html: str) -> str:
    lxml = _module("lxml.html")
    root = lxml.fromstring(html.encode(), parser=lxml.HTMLParser(encoding="utf-8"))
    for node in root.xpath("//script|//style"):
        node.drop_tree()
    return str(root.text_content())


def _markdownify(html: str) -> str:
    return str(_module("markdownify").markdownify(html, strip=["script", "style", "img"]))


def _program(*command: str) -> Callable[[str], str]:
    def run(html: str) -> str:
        done = subprocess.run(command, input=html.encode(), capture_output=True, check=True, timeout=60)
        return done.stdout.decode("utf-8", "replace")

    return run


def _w3m(width: int) -> Callable[[str], str]:
    return _program("w3m", "-dump", "-T", "text/html", "-I", "utf-8", "-O", "utf-8", "-cols", str(width))


def _lynx(width: int, *options: str) -> Callable[[str], str]:
    return _program(
        "lynx", "-dump", "-stdin", "-assume_charset=utf-8", "-display_charset=utf-8", f"-width={width}", *options
    )


class Way(NamedTuple):
    """Describe a way from HTML to text: a general name, what must be installed, how often it is used."""

    family: str
    needs: str
    run: Callable[[str], str]
    weight: float = 1.0


_CHROMIUM = Look(
    bar="\t", paragraph=1, airy=frozenset("p"), lines=("btn",), glued="item-element date", folded="tree-folder-items"
)
_FIREFOX = Look(
    indent=4,
    bar=" ",
    after=1,
    controls=False,
    airy=frozenset(["p", "ul", "ol", "dl", "blockquote", "pre"]),
    lines=("btn", "item-element date"),
)


def _own(look: Look) -> Callable[[str], str]:
    return lambda html: lay_out(html, look)


OWN = {
    "chromium": Way("chromium", "", _own(_CHROMIUM), 3.0),
    "chromium_noalt": Way("chromium", "", _own(Look(bar="\t", alt=False, airy=frozenset(("p", "blockquote"))))),
    "firefox": Way("firefox", "", _own(_FIREFOX), 3.0),
    "firefox_bullets": Way("firefox", "", _own(Look(indent=2, bullet="• ", controls=False))),
    "firefox_stars": Way("firefox", "", _own(_FIREFOX._replace(indent=2, bullet="* ", alt=False)), 0.7),
    "inner_text": Way("inner_text", "", _own(Look(alt=False, hides=False, cell="\t"))),
    "inner_text_tight": Way(
        "inner_text", "", _own(Look(alt=False, paragraph=1, after=1, cell=" | ", bullet="- ")), 0.7
    ),
    "wet": Way("wet", "", _own(Look(paragraph=1, after=1, alt=False, hides=False, title=True, cell=" ")), 3.0),
    "tags_out": Way("tags_out", "", lambda html: strip_tags(html, "")),
    "tags_to_blank": Way("tags_out", "", lambda html: strip_tags(html, " "), 0.6),
    "tags_to_line": Way("tags_out", "", lambda html: strip_tags(html, "\n"), 0.6),
}
MORE = {
    "resiliparse": Way("resiliparse", "resiliparse", _resiliparse(preserve_formatting=True), 2.0),
    "resiliparse_main": Way(
        "resiliparse", "resiliparse", _resiliparse(main_content=True, preserve_formatting=True), 2.0
    ),
    "resiliparse_main_alt": Way(
        "resiliparse", "resiliparse", _resiliparse(main_content=True, alt_texts=True, preserve_formatting=True), 3.0
    ),
    "resiliparse_alt_links": Way("resiliparse", "resiliparse", _resiliparse(alt_texts=True, links=True), 0.4),
    "resiliparse_plain": Way(
        "resiliparse", "resiliparse", _resiliparse(preserve_formatting=False, list_bullets=False), 0.3
    ),
    "resiliparse_no_bullets": Way("resiliparse", "resiliparse", _resiliparse(list_bullets=False, alt_texts=True), 1.0),
    "trafilatura": Way("trafilatura", "trafilatura", _trafilatura()),
    "trafilatura_recall": Way("trafilatura", "trafilatura", _trafilatura(favor_recall=True), 1.5),
    "trafilatura_precision": Way("trafilatura", "trafilatura", _trafilatura(favor_precision=True), 0.4),
    "html2text": Way("html2text", "html2text", _html2text(78, True), 1.5),
    "html2text_wide": Way("html2text", "html2text", _html2text(0, True)),
    "html2text_references": Way("html2text", "html2text", _html2text(78, True, False), 0.4),
    "html2text_nolinks": Way("html2text", "html2text", _html2text(78, False), 1.5),
    "html2text_nolinks_wide": Way("html2text", "html2text", _html2text(0, False)),
    "trafilatura_markdown": Way(
        "trafilatura", "trafilatura", _trafilatura(favor_recall=True, output_format="markdown"), 0.7
    ),
    "boilerpy": Way("boilerpy", "boilerpy3", _boilerpy, 0.7),
    "inscriptis": Way("inscriptis", "inscriptis", _inscriptis, 2.0),
    "inscriptis_strict": Way("inscriptis", "inscriptis", _inscriptis_strict, 0.5),
    "bs4": Way("bs4", "bs4", _soup("", False)),
    "bs4_strip": Way("bs4", "bs4", _soup("", True), 0.3),
    "bs4_lines": Way("bs4", "bs4", _soup("\n", False)),
    "bs4_lines_strip": Way("bs4", "bs4", _soup("\n", True), 1.5),
    "bs4_blanks": Way("bs4", "bs4", _soup(" ", False), 0.6),
    "bs4_blanks_strip": Way("bs4", "bs4", _soup(" ", True), 0.6),
    "bs4_bars": Way("bs4", "bs4", _soup(" | ", True), 0.4),
    "bs4_stripped_strings": Way("bs4", "bs4", _stripped_strings, 0.5),
    "html_text": Way("html_text", "html_text", _html_text(True), 2.0),
    "html_text_flat": Way("html_text", "html_text", _html_text(False), 0.4),
    "readability": Way("readability", "readability", _readability),
    "justext": Way("justext", "justext", _justext(False), 0.7),
    "justext_all": Way("justext", "justext", _justext(True), 0.7),
    "lxml": Way("lxml", "lxml", _lxml, 0.7),
    "markdownify": Way("markdownify", "markdownify", _markdownify),
    "w3m": Way("w3m", "w3m!", _w3m(80), 1.0),
    "w3m_wide": Way("w3m", "w3m!", _w3m(160), 0.7),
    "elinks": Way(
        "elinks", "elinks!", _program("elinks", "-dump", "-dump-charset", "utf-8", "-dump-width", "100"), 0.7
    ),
    "elinks_norefs": Way(
        "elinks",
        "elinks!",
        _program(
            "elinks",
            "-dump",
            "-dump-charset",
            "utf-8",
            "-no-references",
            "1",
            "-no-numbering",
            "1",
            "-dump-width",
            "80",
        ),
        0.7,
    ),
    "lynx": Way("lynx", "lynx!", _lynx(80), 0.7),
    "lynx_nolist": Way("lynx", "lynx!", _lynx(80, "-nolist"), 1.0),
    "lynx_nolist_wide": Way("lynx", "lynx!", _lynx(200, "-nolist"), 0.7),
}
WAYS = OWN | MORE


@functools.cache
def available(name: str) -> bool:
    """Tell whether what a way needs is installed."""
    needs = WAYS[name].needs
    if not needs:
        return True
    if needs.endswith("!"):
        return shutil.which(needs[:-1]) is not None
    return importlib.util.find_spec(needs) is not None


def plain(html: str) -> str:
    """Return HTML without marks."""
    return _MARK.sub("", html)


def extract(html: str, marks: Sequence[tuple[str, int]], way: str) -> tuple[str, tuple[Field, ...]]:
    """Return text and fields; no text where a program mixed up the columns of a table.

    Where marks disturb the way (lines wrap, lengths decide), they're carried to the text made without them.
    """
    run = WAYS[way].run
    marked = run(html)
    if way in OWN or WAYS[way].family in ("bs4", "html_text", "lxml"):
        return unmark(marked, marks)  # these look at no width and no length: the same text but for the marks
    if mixed_up(
        html, marked, way in ("lynx", "elinks") or WAYS[way].family in ("html2text", "markdownify", "resiliparse")
    ):
        return "", ()
    return carry(marked, marks, run(plain(html)))


def mixed_up(html: str, marked: str, links: bool) -> bool:
    """Tell whether a stretch holds what isn't its own: columns side by side, whose lines a program wrote together.

    Where a way writes the addresses of links, a stretch may be longer than it was.
    """
    known = {n: _letters(text) for n, text in _STRETCH.findall(strip_tags(html, ""))}
    for n, text in _STRETCH.findall(marked):
        if "\ue001" in text or (not links and n in known and _letters(text) not in known[n]):
            return True
    return False


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def carry(marked: str, marks: Sequence[tuple[str, int]], clean: str) -> tuple[str, tuple[Field, ...]]:
    """Return `clean` with the fields of `marked`, if both have the same visible characters; else `marked` without marks."""
    dense, dense_fields = unmark("".join(marked.split()), marks)
    places = [i for i, c in enumerate(clean) if not c.isspace()]
    if len(places) != len(dense) or any(clean[p] != c for p, c in zip(places, dense, strict=True)):
        return unmark(marked, marks)
    found: list[Field] = []
    for f in dense_fields:
        start, end = places[f.start], places[f.end - 1] + 1
        found.extend(pieces(clean[start:end], f.label, f.story, start))
    return clean, tuple(found)


def speaks(text: str, fields: Sequence[Field], words: Iterable[str]) -> bool:
    """Tell whether enough of the interface is left to name its language: two of its words, or one and a date in words."""
    dated = any(f.label in ("date", "day") and any(c.isalpha() for c in text[f.start : f.end]) for f in fields)
    found = sum(len(word) > 1 and word in text for word in words)
    return found + (dated and found > 0) >= 2


def sample_of(
    layout: str,
    family: str,
    lang: str,
    chrome: str | None,
    way: str,
    html: str,
    marks: Sequence[tuple[str, int]],
    stories: Sequence[Any],
) -> Sample | None:
    """Return the sample of an HTML page through one way; None where nothing of it is left or stories are mixed up.

    A story that lost its title, teaser and body alike is no story of the text any more.
    """
    text, fields = extract(html, marks, way)
    kept = {f.story for f in fields if f.label in ("title", "teaser", "body")} | {-1}
    fields = tuple(f for f in fields if f.story in kept)
    if not text.strip() or "\0" in text:
        return None
    if not speaks(text, fields, getattr(marks, "words", ())):
        chrome = None
    told = getattr(marks, "shown", {})
    dates = {i: told.get(i) or s.published.date().isoformat() for i, s in enumerate(stories)}
    sample = make_sample(layout, family, lang, chrome, way, text, fields, dates)
    return None if faults(sample) else sample
