"""Scans of newspapers, scraped dumps with whole pages behind each blurb, and files that hold a page twice."""

from __future__ import annotations

import random
from typing import Any

from tests.training.page import Page, layout
from tests.training.texts.compose import BULLETS, FOOT, NAV, RULES, Style, block, compose, day, fill, lay, nav

NOISE = {"m": "rn", "e": "c", "l": "1", "o": "0", "i": "l", "h": "b", ".": ",", "s": "a", "t": "f"}


def hyphenate(lines: list[str], rng: random.Random, width: int) -> list[str]:
    """Return a paragraph's lines with words divided at the ends of some."""
    out = list(lines)
    for k in range(len(out) - 1):
        first, _, rest = out[k + 1].partition(" ")
        room = width - len(out[k]) - 2
        if 2 <= room < len(first) - 2 and first.isalpha() and rng.random() < 0.8:
            out[k] += " " + first[:room] + "-"
            out[k + 1] = first[room:] + (" " + rest if rest else "")
    return out


def scanned(text: str, rng: random.Random, rate: float) -> str:
    """Return a text with letters misread."""
    return "".join(
        NOISE[c] if c in NOISE and rng.random() < rate else ("|" if c.isalpha() and rng.random() < rate / 8 else c)
        for c in text
    )


@layout("ocr_newspaper", "ocr", between=(2, 12), weight=2)
def ocr(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Narrow columns of a scanned paper: heads in capitals, datelines, hyphens, misread letters, folios between."""
    width = rng.choice([28, 32, 36, 40, 45, 55])
    rate = rng.choice([0, 0, 0.005, 0.02, 0.05])
    upper = rng.random() < 0.7
    stop = rng.choice(["", ".", ""])
    blank = rng.choice(["", "", "\n"])
    between = rng.choice(["", "\n", "\n\n", "-" * 10 + "\n", "——\n", "\n* * *\n"])
    indent = rng.choice(["", "", "  ", "   "])
    dateline = rng.random() < 0.4
    hyphens = rng.random() < 0.7
    page = Page()
    paper = stories[0].source.upper()
    if rng.random() < 0.8:
        page.put(paper + rng.choice([".", "", f"  No. {rng.randint(100, 9999)}."])).nl()
        page.put(day(stories[0].published, stories[0].lang, "full").upper()).put(
            rng.choice(["", ".", " PRICE ONE PENNY."])
        ).nl(rng.choice([1, 2]))
    for i, s in enumerate(stories):
        title = (s.title.upper() if upper else s.title) + stop
        for line in fill(scanned(title, rng, rate / 3), width if rng.random() < 0.8 else 90).split("\n"):
            page.put(line, "title", i).nl()
        if s.authors and rng.random() < 0.2:
            page.put(rng.choice(["BY ", "By ", "From "])).put(s.authors[0].upper(), "author", i).nl()
        page.put(blank)
        for k, paragraph in enumerate(s.paragraphs[: rng.randint(1, 6)]):
            text = scanned(paragraph, rng, rate)
            if k == 0 and dateline:
                text = (
                    rng.choice(["LONDON", "PARIS", "GENEVA", "ROME"])
                    + ", "
                    + day(s.published, s.lang, "MMMM d")
                    + ".— "
                    + text
                )
            lines = fill(text, width, indent).split("\n")
            if hyphens:
                lines = hyphenate(lines, rng, width)
            for line in lines:
                page.put(line, "body", i).nl()
            page.put(blank if rng.random() < 0.9 else "")
        if i + 1 < len(stories):
            if rng.random() < 0.12:
                page.put(
                    rng.choice(
                        [
                            f"Page {i + 2}\n",
                            f"{i + 2}  {paper}\n",
                            "(Continued on page 4, column 2.)\n",
                            f"[{i + 2}]\n",
                            "ADVERTISEMENTS.\nWANTED, a steady lad. Apply at the Office.\n",
                        ]
                    )
                )
            page.put(between)
    return page


@layout("ocr_two_columns", "ocr_columns", between=(2, 8))
def columns(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A page read column by column, the paper's name and a folio in between, stories as paragraphs with run-in heads."""
    width = rng.choice([34, 40, 48])
    tail = rng.choice([".—", ". ", ": ", " — ", ".-"])
    most = rng.choice([1, 3, 8])
    page = Page()
    page.put(stories[0].source).nl(2)
    for i, s in enumerate(stories):
        title = s.title.upper() if rng.random() < 0.6 else s.title
        run_in(page, [(title, "title"), (tail, None), (" ".join(s.paragraphs[:most]), "body")], width, i)
        page.put(rng.choice(["", "\n"]))
    return page


def run_in(page: Page, parts: list[tuple[str, str | None]], width: int, story: int) -> None:
    """Write stretches that flow into each other, wrapped at a width."""
    text = "".join(part for part, _ in parts)
    labels = [label for part, label in parts for _ in part]
    at = 0
    for line in fill(text, width).split("\n"):
        run, label = "", None
        for c in line:
            while text[at] != c:  # white space that wrapping dropped
                at += 1
            if labels[at] != label:
                page.put(run, label, story if label else -1)
                run, label = "", labels[at]
            run += c
            at += 1
        page.put(run, label, story if label else -1).nl()


@layout("scraped_dump", "blurbs_with_pages", between=(2, 14), weight=3)
def scraped(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Each blurb is followed by the page it points to: menus, share bars, related links, footers; often no titles."""
    st = Style(rng, stories, ui, lang_ui)
    page = Page()
    page.chrome = lang_ui
    with_blurb = rng.random() < 0.8
    show_title = rng.random() < 0.3
    gap = rng.choice(["\n", "\n\n", "\n\n\n", "\n" + rng.choice(RULES) + "\n"])
    sites: dict[str, tuple[str, str, int]] = {}  # one site's pages have the same frame
    for i, s in enumerate(stories):
        if s.source not in sites or rng.random() < 0.1:
            top = rng.choice(
                ["", lay(rng, nav(st)) + "\n", s.source + "\n" + lay(rng, nav(st)) + "\n", st.prose() + "\n"]
            )
            low = rng.choice(
                [
                    "",
                    lay(rng, nav(st, FOOT)) + "\n",
                    f"© {rng.randint(2009, 2026)} {s.source}\n" + lay(rng, nav(st, FOOT)) + "\n",
                    st.prose() + "\n",
                ]
            )
            sites[s.source] = (top, low, rng.getrandbits(16))
        top, low, kind = sites[s.source]
        if with_blurb and rng.random() < 0.95:
            page.put(st.long(s.teaser or s.paragraphs[0]), rng.choice(["teaser"]), i).put(rng.choice(["\n", "\n\n"]))
        if rng.random() < 0.25:
            page.put(s.url, "link", i).nl()
        page.put(top)
        if show_title:
            page.put(s.title, "title", i).nl(1 + kind % 2)
        if s.authors and kind % 3 == 0:
            page.put(rng.choice(["", "By ", st.w("by") + " "])).put(s.authors[0], "author", i).nl()
        if kind % 3 != 1:
            page.put(st.date(s, i), "date", i).nl()
        if kind & 4:
            page.put(lay(rng, [st.w(x) for x in ("share", "save", "comments")])).nl()
        if s.caption and kind & 8:
            page.put(s.caption, "caption", i).put((" " + s.credit) if s.credit else "").nl()
        for k, paragraph in enumerate(s.paragraphs):
            page.put(paragraph, "body", i).put("\n\n" if kind & 2 else "\n")
            if k and rng.random() < 0.08:
                page.put(
                    st.w("related") + ": " + rng.choice([x.title for x in stories if x is not s] or [s.section])
                ).put("\n\n" if kind & 2 else "\n")
        if kind & 16:
            page.put(rng.choice([st.w("related"), st.w("most_read")])).nl()
            for other in rng.sample(stories, min(len(stories), rng.randint(1, 4))):
                page.put(
                    rng.choice(["", "", rng.choice(BULLETS)])
                    + (
                        other.title[::-1][::-1]
                        if rng.random() < 0.5
                        else other.tags[0] + ": " + other.section
                        if other.tags
                        else other.section
                    )
                ).nl()
        if s.tags and kind & 32:
            page.put(st.w("tags") + ": ").put(", ".join(s.tags), "tags", i).nl()
        page.put(low).put(gap)
    page.shown |= st.shown
    return page


@layout("scraped_titles", "blurbs_with_pages", between=(2, 12))
def scraped_titles(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Whole pages of one site one after the other, each with the same menu and foot."""
    st = Style(rng, stories, ui, lang_ui)
    top = (
        rng.choice(["", lay(rng, nav(st, NAV)) + "\n\n", "{{" + st.prose() + "}}\n\n"])
        .replace("{{", "")
        .replace("}}", "")
    )
    low = "\n\n" + lay(rng, nav(st, FOOT)) + rng.choice(["", "\n" + st.prose()])
    record = rng.choice(
        [
            "{title}\n{date}\n\n{whole}",
            "{link}\n{title}\n\n{lead}\n\n{w:by} {author1}\n{date}\n{whole}",
            "{section}\n{title}\n{teaser}\n{caption}\n{author1}\n{date}\n{w:share}\n{whole}",
            "{title} - {source}\n{whole}",
        ]
    )
    page = compose(
        rng,
        stories,
        ui,
        lang_ui,
        top.replace("[[", "[").replace("<<", "<") + record + low.replace("[[", "[").replace("<<", "<"),
        between=rng.choice(["\n\n", "\n\n\n", "\n" + rng.choice(RULES) + "\n"]),
        head="",
        foot="",
    )
    return page


@layout("list_then_articles", "list_then_articles", between=(2, 12), weight=1.5)
def rows_and_articles(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """A row of the list directly followed by the opened entry: title, date or teaser come twice for a story."""
    row = rng.choice(
        [
            "<<• ¦¦* ¦✇ >>{source}<< ¦\n>>{title}[[\n{teaser}]]\n{date}",
            "{title} {source} {age}",
            "{source}{title}{teaser}",
            "{title}\n{source}",
            "{source}\n{title}\n{date}",
        ]
    )
    body = rng.choice(
        [
            "{title}\n{date}\n\n{body}",
            "{title}\n\n{body}",
            "{title}\n{source}\n[[{w:by} {author}\n]]{date}\n{body}",
            "{title}\n{body}\n{w:share} {w:save}",
            "# {title}\n{source} | {date}\n{glued}",
        ]
    )
    return compose(
        rng,
        stories,
        ui,
        lang_ui,
        row + rng.choice(["\n", "\n\n", "\n\n\n"]) + body,
        between=rng.choice(["\n", "\n\n", "\n\n\n"]),
        days=0.4,
        chrome=0.8,
    )


@layout("page_three_panes", "three_panes", between=(2, 20))
def panes(rng: random.Random, stories: list[Any], ui: dict[str, list[str]], lang_ui: str) -> Page:
    """Folders and feeds, then the list, then one story opened: the opened one's list row is of the same story.

    The opened story is the last of the list, so that its stretch is one.
    """
    st = Style(rng, stories, ui, lang_ui)
    page = Page()
    page.chrome = lang_ui
    page.put(block(st)).nl(2).put(lay(rng, sorted({s.source for s in stories}))).nl(2)
    row = rng.choice(
        [("title", "source", "age"), ("source", "title"), ("title", "teaser", "date"), ("date", "title", "source")]
    )
    joint = rng.choice(["\n", "  ", "\t", " - "])
    gap = rng.choice(["\n", "\n\n"]) if joint != "\n" else "\n\n"
    for i, s in enumerate(stories):
        for k, name in enumerate(row):
            label, text = st.value(name, s, i)
            page.put(joint if k and text else "").put(text, label, i)
        page.put(gap)
    last = len(stories) - 1
    page.put("\n")
    for name in rng.choice(
        [("title", "author", "date", "body"), ("title", "body"), ("source", "title", "date", "body")]
    ):
        label, text = st.value(name, stories[last], last)
        page.put(text, label, last).nl(rng.choice([1, 2]))
    page.put(lay(rng, nav(st, FOOT)))
    page.shown |= st.shown
    return page
