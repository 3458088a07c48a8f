"""Pages as FreshRSS prints them, made from stories of our own, in every language of the table.

Layouts follow what browsers' clipboards and text extractors make of its pages;
no page is a copy of a real one.
"""

import random
from typing import NamedTuple

from feedmill.transforms.formats.freshrss import chrome


class Told(NamedTuple):
    """What a page is to say of a story."""

    title: str
    source: str
    authors: tuple[str, ...]
    when: tuple[int, int, int, int, int]
    paragraphs: tuple[str, ...]
    tags: tuple[str, ...] = ()


class Layout(NamedTuple):
    """The settings of a page's owner, and how the page was kept."""

    tool: str = (
        "firefox"  # firefox | chromium | table (chromium, of a version that lays rows out as tables) | extractor
    )
    reader: bool = False  # the reader view
    opened: str = "all"  # all | none | some
    teaser: bool = False
    icons: bool = True  # logged in: read and favourite icons before each row and in footers
    menu: bool = True  # the whole page was selected
    row_source: bool = True
    received: bool = False  # separators as from 1.26 on
    feed_above: bool = False  # the feed's name above an article's title
    date_below: bool = False  # byline and date under the text
    tags_above: bool = False
    feet: bool = True  # lines of icons under articles
    spaced: bool = False  # a blank after the mark of a feed
    stream: str | None = None  # the name glued to separators; that of the main stream if None


STORIES = (
    Told(
        "Lantern parade moves to the old quarry",
        "Saltmarsh Courier",
        ("Ines Calder",),
        (2025, 7, 15, 10, 39),
        (
            "The lantern parade will wind through the old quarry this autumn, its committee decided on Monday.",
            "Some 400 children have built lanterns since May. “It will be darker there, which is what we want,” "
            "said the organiser.",
            "Buses leave the station every ten minutes.",
        ),
        ("Parade", "Quarry"),
    ),
    Told(
        "Neue Fähre nimmt den Betrieb auf – „Wir sind bereit“",
        "Deichbote",
        ("Hauke Brandt", "Silke Thoms"),
        (2025, 7, 15, 9, 5),
        (
            "Die neue Fähre über den Sund hat am Dienstag ihren Betrieb aufgenommen. Sie fährt jede halbe Stunde.",
            "Die alte Fähre wird im Herbst verkauft. Interessenten gibt es nach Angaben der Reederei genug.",
        ),
    ),
    Told(
        "Le moulin des Trois Sources reprend vie",
        "Gazette du Val",
        (),
        (2025, 7, 14, 23, 59),
        (
            "Après dix ans de travaux, le moulin des Trois Sources moud de nouveau du grain. La farine sera vendue "
            "sur le marché du samedi.",
        ),
        ("Patrimoine",),
    ),
    Told(
        "В посёлке открыли музей маяка",
        "Северный берег",
        ("Анна Лугова",),
        (2025, 7, 14, 18, 30),
        (
            "В посёлке на мысе открылся музей маяка. В нём собраны линзы, журналы и письма смотрителей.",
            "Вход свободный до конца августа, рассказала директор музея.",
        ),
    ),
    Told(
        "山间小站重新开放 首日迎来三百名旅客",
        "云岭晚报",
        ("记者 何川",),
        (2025, 7, 14, 8, 0),
        ("停用八年的山间小站周一重新开放，首日迎来约三百名旅客。", "车站负责人说，周末将加开两趟列车。"),
    ),
    Told(
        "مكتبة الحي تفتح أبوابها ليلا",
        "صوت الميناء",
        ("ليلى منصور",),
        (2025, 7, 13, 21, 45),
        ("تفتح مكتبة الحي أبوابها حتى منتصف الليل خلال الصيف.", "وقالت مديرة المكتبة إن القراء طلبوا ذلك منذ سنوات."),
    ),
    Told(
        "Lantern parade moves to the old quarry",
        "The Evening Buoy",
        ("Ines Calder",),
        (2025, 7, 13, 11, 11),
        (
            "The lantern parade will wind through the old quarry this autumn, its committee decided on Monday.",
            "Residents had asked for a shorter route.",
        ),
    ),
    Told(
        "Beekeepers count their losses after the frost",
        "Saltmarsh Courier",
        ("Tobias Wren",),
        (2025, 6, 30, 6, 7),
        (
            "A late frost cost beekeepers in the valley a third of their colonies, their society said after a count.",
            "New queens are on order. The first are due by train next week.",
        ),
        ("Bees",),
    ),
)


def _fill(pattern: str, entry: dict, when: tuple[int, int, int, int, int]) -> str:
    year, month, day, hour, minute = when
    name = entry["months"][month - 1] if entry["months"] else str(month)
    name = name if isinstance(name, str) else name[0]
    half = "{am}" in pattern
    return (
        pattern.replace("{day}{th}", f"{day}{'st' if day in (1, 21, 31) else 'th'}")
        .replace("{day}", str(day))
        .replace("{month}", name)
        .replace("{year}", str(year))
        .replace("{hour}", str((hour + 11) % 12 + 1) if half else f"{hour:02d}")
        .replace("{minute}", f"{minute:02d}")
        .replace("{am}", "am" if hour < 12 else "pm")
    )


def render(lang: str, layout: Layout, stories: tuple[Told, ...] = STORIES, seed: int = 0) -> str:
    """Returns the page that shows `stories` in the interface language `lang`."""
    entry = chrome.table()[lang]
    say = {role: words[0] if words else "" for role, words in entry["words"].items()}
    by = say["by"]
    stream = say["main"] if layout.stream is None else layout.stream
    choose = random.Random(seed)
    out: list[str] = []
    firefox = layout.tool == "firefox"
    pad = "    " if firefox else ""

    def day(role: str, when: tuple[int, int, int, int, int] | None) -> None:
        words = entry["words"][role]
        line = words[-1] if layout.received else words[0]
        if when is not None:
            line += " — " + _fill(entry["day"][0], entry, when)
        out.append(line + ("" if layout.received else stream))

    def row(story: Told, date: str, teaser: str) -> None:
        if layout.tool == "extractor":
            out.append(f"  • ✇{story.source}")
            out.append(f"  • {story.title}")
            if teaser:
                out.append(f"    {teaser}")
                out.append("    \u00a0")
            return
        if layout.tool == "table":
            cells = (["🔲", "☆"] if layout.icons else []) + ([f"✇{story.source}"] if layout.row_source else [])
            out.append("\t".join([*cells, f"{story.title}\n{teaser}" if teaser else story.title, f"{date} ", "↗️"]))
            return
        if layout.icons:
            out.extend([f"{pad}🔲", f"{pad}☆"])
        if layout.row_source:
            out.append(f"{pad}✇{story.source}")
        if firefox or teaser:
            out.append(pad + story.title)
            if teaser:
                out.append(pad + teaser)
            out.append(f"{pad}{date} " + ("" if firefox else "\t"))
        else:
            out.append(f"{story.title}{date} \t")
        out.append(f"{pad}↗️")

    def article(story: Told, date: str) -> None:
        byline = by + " · ".join(story.authors) if story.authors else ""
        tags = " ".join(f"#{t}" for t in story.tags)
        if tags and layout.tags_above:
            out.extend(["🔖", f"{pad}{tags} "])
        if firefox:
            out.append("")
        if layout.feed_above:
            out.append(f"✇{' ' if layout.spaced else ''}{story.source}")
        out.append(story.title)
        parts = [] if layout.feed_above else [f"✇{story.source}"]
        if not layout.date_below:
            parts += [p for p in (byline, date) if p]
        if firefox and not layout.reader:
            out.extend(parts)
        elif firefox:
            out.extend([" ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
        elif parts:
            out.append(" ".join(parts))
        if firefox:
            out.append("")
        for paragraph in story.paragraphs:
            out.extend([paragraph, ""])
        if layout.date_below:
            out.extend([p for p in (byline, date) if p] if firefox else [" ".join(p for p in (byline, date) if p)])
        if tags and not layout.tags_above:
            out.append("🔖")
            out.extend(["", f"{pad}{tags} ", ""] if firefox else [tags])
        icons = "🔲 ☆ " if layout.icons else ""
        if not layout.feet:
            return
        if layout.reader:
            out.append(f"{pad}{icons}{date}  ↗️ ")
        elif firefox:
            out.extend([f"{pad}{icons}🏷️{say['labels']}", f"{pad}♻️{say['share']}", f"{pad}{date} ↗️", ""])
        else:
            lead = "🔲\t☆\t" if layout.icons else ""
            out.append(f"{lead}🏷️{say['labels']}\t♻️{say['share']}\t{date} \t↗️")

    def extracted(story: Told, date: str, with_date: bool) -> None:
        out.extend(["", story.title, ""])
        if with_date:
            out.extend([date, ""])
        for paragraph in story.paragraphs:
            out.extend([paragraph, ""])

    if layout.tool == "extractor":
        out.extend([say["view"], ""])
    elif layout.menu:
        out.extend(["FreshRSS", say["search"], "🔍", "⚙️", say["manage"], "➕", f"☰{say['main']}"])
        out.extend([f"⭐{say['favourites']} (11)", f"🔽{say['labels']}"])
        for story in stories:
            out.extend([f"{pad}⚙️", f"{pad}✇{story.source}"] if firefox else ["🔽Box"])
        out.extend(["☑️", "🔲", "⭐", "☆", "📑", say["mark_read"], "🔽", "📰", "📖", "📜", "⬇️", "🔃"])

    today = stories[0].when[:3]
    last = ""
    for number, story in enumerate(stories):
        date = _fill(entry["minute"][0], entry, story.when)
        role = "today" if story.when[:3] == today else "yesterday" if story.when[2] == today[2] - 1 else "older"
        if role != last and not layout.reader:
            day(role, story.when if role != "older" else None)
            last = role
        text = "".join(story.paragraphs)
        teaser = text[:500] if layout.teaser else ""
        opened = layout.opened == "all" or (layout.opened == "some" and number in (1, 4))
        if layout.tool == "extractor":
            if layout.teaser:
                row(story, date, teaser)
            if not layout.teaser or opened:
                extracted(story, date, with_date=choose.random() < 0.8 or not layout.teaser)
        elif layout.reader:
            out.extend(["🔲", "☆", "↗️"] if firefox else ["🔲\t☆\t\t↗️"])
            article(story, date)
        else:
            row(story, date, teaser)
            if opened:
                article(story, date)
    if layout.menu and layout.tool != "extractor":
        out.extend([say["more"]])
    if layout.tool == "extractor":
        out.extend([say["end"], "❌", "❌"])
    return "\n".join(out) + "\n"


LAYOUTS = {
    "firefox": Layout(),
    "firefox_1.26": Layout(received=True),
    "firefox_teaser": Layout(teaser=True),
    "firefox_closed": Layout(opened="none"),
    "firefox_some": Layout(opened="some"),
    "firefox_anonymous": Layout(icons=False),
    "firefox_anonymous_closed": Layout(icons=False, opened="none"),
    "firefox_part": Layout(menu=False),
    "firefox_no_feet": Layout(feet=False),
    "firefox_no_feet_anonymous": Layout(feet=False, icons=False),
    "chromium_no_feet": Layout(tool="chromium", feet=False),
    "firefox_reader": Layout(reader=True),
    "firefox_no_feeds": Layout(row_source=False, opened="none"),
    "firefox_feed_above": Layout(feed_above=True),
    "firefox_date_below": Layout(date_below=True),
    "firefox_tags_above": Layout(tags_above=True, teaser=True),
    "chromium": Layout(tool="chromium"),
    "chromium_teaser": Layout(tool="chromium", teaser=True, received=True),
    "chromium_closed": Layout(tool="chromium", opened="none"),
    "chromium_some": Layout(tool="chromium", opened="some", stream="tech"),
    "chromium_anonymous": Layout(tool="chromium", icons=False),
    "chromium_anonymous_closed": Layout(tool="chromium", icons=False, opened="none", row_source=False),
    "chromium_reader": Layout(tool="chromium", reader=True),
    "chromium_feed_above": Layout(tool="chromium", feed_above=True),
    "chromium_date_below": Layout(tool="chromium", date_below=True),
    "table": Layout(tool="table"),
    "table_teaser": Layout(tool="table", teaser=True),
    "table_closed": Layout(tool="table", opened="none", icons=False),
    "table_no_feeds": Layout(tool="table", opened="none", icons=False, row_source=False),
    "reader_feed_above": Layout(reader=True, feed_above=True, spaced=True, menu=False),
    "chromium_reader_feed_above": Layout(tool="chromium", reader=True, feed_above=True, spaced=True, menu=False),
    "extractor_teaser": Layout(tool="extractor", teaser=True),
    "extractor_1.26": Layout(tool="extractor", received=True),
    "extractor_closed": Layout(tool="extractor", teaser=True, opened="none"),
    "extractor_some": Layout(tool="extractor", teaser=True, opened="some", stream="Local & near"),
}
