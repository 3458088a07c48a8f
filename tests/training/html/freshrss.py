"""Write pages as FreshRSS does: list, list with summaries, all expanded, some expanded, and its reading view."""

import html
import json
import pathlib
import random
from typing import Any

from ..page import layout
from .kit import Kit, Marks, esc

WORDS = json.loads((pathlib.Path(__file__).parent / "freshrss_words.json").read_text("utf-8"))
HIDDEN = "dropdown-menu"
CLOSE = '<a class="dropdown-close" href="#close">❌</a>'


def words_of(kit: Kit) -> dict[str, Any]:
    """Give the reader's words in the page's language; the general ones where the reader does not speak it."""
    options = [k for k in WORDS if k.split("-")[0] == kit.lang.split("-")[0]]
    if options:
        return WORDS[kit.rng.choice(options)]
    some = {
        "main": ["all"],
        "favourites": ["starred"],
        "mark_read": ["mark_all_read"],
        "manage": ["settings"],
        "more": ["next"],
    }
    roles = (
        "today",
        "yesterday",
        "by",
        "share",
        "tags",
        "search",
        "login",
        "about",
        "main",
        "favourites",
        "mark_read",
        "manage",
    )
    words = {r: kit.ui.get(some.get(r, [r])[0]) or [r.capitalize()] for r in (*roles, "more")}
    words |= {
        "view": words["main"],
        "labels": words["tags"],
        "important": words["favourites"],
        "older": kit.ui.get("oldest") or ["Older"],
    }
    words |= {"end": words["more"], "new": words["more"]}
    return {"words": words, "months": [], "day": [], "minute": []}


class Reader(Kit):
    """Hold the settings of one FreshRSS: which icons stand in a row, where the feed's name stands, and so on."""

    def set_up(self) -> None:
        """Draw the settings."""
        rng = self.rng
        self.table = words_of(self)
        self.say = {k: esc(rng.choice(v)) for k, v in self.table["words"].items() if v}
        self.marks.words.update(html.unescape(word) for word in self.say.values())
        self.favicons = rng.random() < 0.85
        self.top = {
            k: rng.random() < c
            for k, c in (
                ("read", 0.9),
                ("star", 0.9),
                ("labels", 0.2),
                ("tags", 0.1),
                ("share", 0.15),
                ("date", 0.85),
                ("link", 0.85),
                ("thumb", 0.2),
            )
        }
        self.name_at = rng.choice(("full", "full", "full", "name", "icon", "none"))
        self.head_at = rng.choice(("t", "t", "a", "a", "n"))
        self.row_authors = rng.random() < 0.2
        self.tags_at = rng.choice(("f", "f", "f", "h", "b", "n"))
        self.bottom = rng.random() < 0.8
        self.by_at = rng.choice(("h", "h", "h", "f", "n"))
        minute = self.table["minute"]
        self.minute = rng.choice(minute) if minute and rng.random() < 0.95 else None
        months = self.table["months"]
        self.months = [m if isinstance(m, str) else rng.choice(m) for m in months]
        self.glue = rng.choice(("\n\t", "\n\t", ""))

    def when(self, i: int) -> str:
        """Give the date as FreshRSS prints it."""
        if not self.minute:
            return self.date(i)
        t = self.stories[i].published
        self.marks.shown[i] = t.isoformat()
        return self.m("date", i, self.form(self.minute, t))

    def form(self, pattern: str, t: Any) -> str:
        """Fill a format of the reader's."""
        month = self.months[t.month - 1] if self.months else str(t.month)
        th = {1: "st", 2: "nd", 3: "rd"}.get(t.day % 10 if t.day not in (11, 12, 13) else 0, "th")
        clock = "{am}" in pattern
        hour = str(t.hour % 12 or 12) if clock else f"{t.hour:02d}"
        known = {
            "day": t.day,
            "month": month,
            "year": t.year,
            "hour": hour,
            "minute": f"{t.minute:02d}",
            "am": "am" if t.hour < 12 else "pm",
            "th": th,
        }
        return pattern.format(**known)

    def feed(self, i: int, inner: str = "span") -> str:
        """Give favicon and name of a story's feed, linked."""
        icon = '<img class="favicon" src="../f.php?1" alt="✇" loading="lazy">' if self.favicons else ""
        return f'<a href="./?get=f_{i % 9}" title="Filter">\n{icon}<{inner} class="websiteName">{self.source(i)}</{inner}></a>'

    def toggles(self, i: int) -> list[str]:
        """Give the icons for read and star."""
        read, star = self.rng.choice(("🔲", "🔲", "☑️")), self.rng.choice(("☆", "☆", "☆", "⭐"))
        return [
            f'<li class="item manage"><a class="item-element {k}" href="./?c=entry&amp;id={i}" title="Toggle">{self.icon(alt)}</a></li>'
            for k, alt in (("read", read), ("bookmark", star))
            if self.top["read" if k == "read" else "star"]
        ]

    def drop(self, kind: str, alt: str, label: str, rows: str = "") -> str:
        """Give a menu that opens on a click."""
        menu = f'<ul class="dropdown-menu"><li class="dropdown-header">{label}</li>{rows}</ul>{CLOSE}' if rows else ""
        return (
            f'<li class="item {kind}">\n<div class="item-element dropdown"><div class="dropdown-target"></div>\n<a class="dropdown-toggle" href="#d">'
            f'{self.icon(alt)}<span class="dropdown-label">{label}</span></a>{menu}</div></li>'
        )

    def tag_menu(self, i: int) -> str:
        """Give the menu of a story's tags."""
        rows = "".join(
            f'<li class="item"><a href="./?search=1">{self.m("tags", i, t)}</a></li>' for t in self.stories[i].tags
        )
        return self.drop("tags", "🔖", self.say["tags"], rows) if rows else ""

    def share_menu(self) -> str:
        """Give the share menu, filled or not."""
        rows = (
            "".join(f'<li class="item share"><a href="#">{x}</a></li>' for x in ("E-mail", "Clipboard", "Print"))
            if self.rng.random() < 0.2
            else ""
        )
        return self.drop("share", "♻️", self.say["share"], rows)

    def out_link(self, i: int) -> str:
        """Give the link to the original."""
        return f'<li class="item link"><a target="_blank" rel="noreferrer" href="{self.href(i)}" class="item-element">{self.icon("↗️")}</a></li>'

    def row(self, i: int, summary: bool) -> str:
        """Give the row of a story in the list."""
        cells = self.toggles(i)
        if self.name_at != "none":
            inner = (
                self.feed(i)
                if self.name_at != "icon"
                else (
                    '<a href="./?get=f_1"><img class="favicon" src="../f.php?1" alt="✇"></a>' if self.favicons else ""
                )
            )
            cells.append(f'<li class="item website {self.name_at}">\n{inner}\n</li>\n')
        if self.top["thumb"]:
            cells.append('<li class="item thumbnail"><img src="/t.jpg" class="item-element" alt=""></li>')
        who = self.author(i, '<span class="item-element author">', "</span>") if self.row_authors else ""
        text = (
            f'<div class="summary">{self.m("teaser", i, "".join(self.stories[i].paragraphs)[:500])}</div>\t'
            if summary
            else ""
        )
        date = (
            f'<span class="item-element date"><time datetime="{self.stories[i].published.isoformat()}">{self.when(i)}</time>&nbsp;</span>\t'
            if self.top["date"]
            else ""
        )
        cells.append(
            f'<li class="item titleAuthorSummaryDate">\n\t\t<a target="_blank" rel="noreferrer" href="{self.href(i)}" class="item-element title" dir="auto">'
            f"{self.title(i)}{who}</a>{self.glue}{text}{date}</li>\n"
        )
        if self.top["labels"]:
            cells.append(self.drop("labels", "🏷️", self.say["labels"]))
        if self.top["share"]:
            cells.append(self.share_menu())
        if self.top["link"]:
            cells.append(self.out_link(i))
        return f'<ul class="horizontal-list flux_header">{"".join(cells)}</ul>'

    def tag_list(self, i: int) -> str:
        """Give the tags below an article."""
        tags = self.stories[i].tags
        if not tags:
            return '<div class="tags">\n</div>\n'
        rows = "\n".join(
            f'<li class="item tag"><a class="link-tag" href="./?search=1" title="Filter">{self.m("tags", i, "#" + t)}</a></li>'
            for t in tags
        )
        return f'<div class="tags">\n\t{self.icon("🔖")}<ul class="list-tags">\n{rows}\n</ul>\n</div>\n'

    def byline(self, i: int) -> str:
        """Give the authors below the title."""
        return self.author(
            i, f'<div class="author">{self.say["by"]}<a href="./?search=1" title="Filter">', "</a></div>\n"
        )

    def article(self, i: int, reading: bool = False) -> str:
        """Give a whole article: head, text, tags, and the bar below."""
        head = f'<h1 class="title"><a target="_blank" rel="noreferrer" class="go_website" href="{self.href(i)}">{self.title(i)}</a></h1>\n'
        site = f'<div class="website">{self.feed(i)}\n</div>\n'
        top = (
            "".join(f'<div class="item manage">{x[x.index("<a") : -5]}</div>\n' for x in self.toggles(i))
            if reading
            else ""
        )
        if reading:
            top = f'<div class="article-header-topline horizontal-list">\n{top}<div class="item link"><a href="{self.href(i)}">{self.icon("↗️")}</a></div>\n</div>\n'
        by = self.byline(i) if self.by_at == "h" else ""
        date = (
            f'<div class="date">{self.when(i)}</div>\n'
            if not reading
            else f'<div class="item date"><time>{self.when(i)}</time></div>\n'
        )
        sub = {"t": site + head, "a": head, "n": head}[self.head_at]
        middle = (site if self.head_at == "a" else "") + by
        if reading:
            middle = f'<div class="item">{middle}</div>\n'
        tags_head = self.tag_list(i) if self.tags_at in "hb" and self.tags_at == "h" else ""
        text = "" if self.rng.random() < 0.02 else self.content(i)
        foot = (self.byline(i) if self.by_at == "f" else "") + (
            self.tag_list(i) if self.tags_at in "fb" else '<div class="tags">\n</div>\n'
        )
        bar = ""
        if self.bottom:
            cells = (
                self.toggles(i)
                + [self.drop("labels", "🏷️", self.say["labels"])] * (self.rng.random() < 0.95)
                + [self.tag_menu(i)]
                + [self.share_menu()]
            )
            if reading:
                cells = self.toggles(i) + ['<li class="item share"></li>']
            cells += [
                f'<li class="item date"><time class="item-element">{self.when(i)}</time>&nbsp;</li>',
                self.out_link(i),
            ]
            bar = f'<footer><ul class="horizontal-list bottom">{"".join(cells)}</ul>\n</footer>'
        return (
            f'<article class="flux_content" dir="auto">\n<div class="content thin">\n<header>\n{top}{tags_head}{sub}<div class="subtitle">\n{middle}{date}</div>\n</header>\n'
            f'<div class="text">{text}</div>\n<footer>\n{foot}</footer>\n</div>{bar}</article>'
        )

    def day_head(self, i: int, nth: int, with_name: str) -> str:
        """Give the separator of a day."""
        role = ("today", "yesterday", "older")[min(nth, 2)]
        text = esc(self.rng.choice(self.table["words"][role])) if self.fresh else self.say.get(role, role)
        form = self.table["day"]
        date = (
            f'<span class="date"> — {esc(self.form(form[0], self.stories[i].published))}</span>'
            if form and nth < 2
            else ""
        )
        start, end = self.m("day", -1, "\0").split("\0")
        return f'<div class="day" id="day_{role}">{start}{text}{date}{end}{with_name}</div>'

    def around(self, stream: str, mode: str, view: str) -> tuple[str, Marks]:
        """Set the reader's own furniture around the stream."""
        rng, say = self.rng, self.say
        member = rng.random() < 0.7
        unread = rng.randint(1, 2000)
        logo = '<header class="header">\n<div class="item title">\n<a href="/i/">\n<img class="logo" src="l.svg" alt="FreshRSS" loading="lazy">\n</a></div>\n'
        find = f'<div class="item search"><form><div class="stick"><input type="search" placeholder="{say["search"]}">\n<button class="btn">{self.icon("🔍")}</button></div></form></div>\n'
        menu = f'<nav class="item configure"><div class="dropdown"><a class="btn dropdown-toggle" href="#c">{self.icon("⚙️")}</a><ul class="dropdown-menu"><li><a class="toggle_aside" href="#close">{self.icon("❌")}</a></li><li class="item dropdown-section"><div>{self.w("login")}</div><ul>{self.menu()}</ul></li></ul>{CLOSE}</div></nav>'
        if not member:
            menu = f'<div class="item configure"><a class="signin" href="./?c=auth">{self.icon("🔒")}{say["login"]}</a></div>'
        side_rows = []
        gear = (
            f'<div class="dropdown no-mobile"><a class="dropdown-toggle" href="#d">{self.icon("⚙️")}</a></div>\n'
            if member
            else ""
        )
        for k, name in enumerate(self.feeds()):
            if k % 4 == 0:
                side_rows.append(
                    ("</ul></li>" if k else "")
                    + f'<li class="tree-folder category"><a class="tree-folder-title" href="./?get=c_{k}"><button class="dropdown-toggle">{self.icon("🔽")}</button><span class="title">{esc(rng.choice(self.sections()))}</span></a>\n<ul class="tree-folder-items">'
                )
            icon = '<img class="favicon" alt="✇">' if self.favicons else ""
            side_rows.append(
                f'<li class="item feed">{gear}<a class="item-title" href="./?get=f_{k}">{icon}<span class="title">{esc(name)}</span></a></li>\n'
            )
        side = (
            f'<nav class="nav aside aside_feed"><a class="toggle_aside" href="#close">{self.icon("❌")}</a>\n<div class="stick configure-feeds"><a class="btn" href="./?c=subscription">{say["manage"]}</a>\n<a class="btn">{self.icon("➕")}</a></div>\n'
            f'<ul id="sidebar" class="tree"><li class="tree-folder category all"><a href="./">{self.icon("☰")}<span class="title">{say["main"]}</span></a></li>\n<li><a>{self.icon("📌")}<span class="title">{say["important"]}</span></a></li>\n<li><a>{self.icon("⭐")}<span>{say["favourites"]} ({unread % 40})</span></a></li>\n'
            f"{''.join(side_rows)}</ul></li></ul></nav>\n"
        )
        tools = (
            f'<nav class="nav_menu"><a class="btn toggle_aside">{self.icon("🗂️")}</a><div class="group">'
            + "".join(
                f'<a class="btn" href="./?s={k}">{self.icon(a)}</a>\n'
                for k, a in enumerate(("☑️", "🔲", "⭐", "☆", "📑"))
            )
            + f'</div><div class="group stick"><form><button class="read_all btn">{say["mark_read"]}</button><div class="dropdown"><a class="dropdown-toggle btn">{self.icon("🔽")}</a><ul class="dropdown-menu"><li class="item"><button class="as-link">{say["mark_read"]}</button></li></ul>{CLOSE}</div></form></div>'
            + '<div class="group">'
            + "".join(f'<a class="btn">{self.icon(a)}</a>\n' for a in ("📰", "📖", "📜"))
            + f'</div><div class="group"><a class="btn">{self.icon("⬇️")}</a></div>\n<div class="group"><a class="btn">{self.icon("🔃")}</a></div></nav>\n'
        )
        note = (
            f'<div id="new-article" hidden="hidden"><a href="./">{say["new"]}</a></div>\n' if rng.random() < 0.8 else ""
        )
        end = say["more"] if rng.random() < 0.6 else say["end"]
        body = (
            f'{logo}{find}{menu}</header>\n<div id="global">\n{side}{tools}<main id="stream" class="{mode}">\n<h1 class="title_hidden">{view}</h1>\n{note}{stream}'
            f'<form id="stream-footer"><div class="stream-footer-inner"><button id="load_more" class="btn">{end}</button></div></form>\n</main>\n'
            f'<nav id="nav_entries">{"".join(f"<button>{self.icon(a)}</button>" for a in ("⏪", "🔼", "⏩"))}</nav>\n</div>\n<div id="notification" class="notification closed"><span class="msg"></span><a class="close">{self.icon("❌")}</a></div>'
        )
        return self.doc(f"({unread}) {self.table['words']['main'][0]} · FreshRSS", body)


def stream(rng: random.Random, stories: Any, ui: Any, lang_ui: str, mode: str) -> tuple[str, Marks]:
    """Write a page in one of the modes: list, summaries, expanded, mixed, reader."""
    kit = Reader(rng, stories, ui, lang_ui)
    kit.space = rng.choice(("keep", "keep", "keep", "squeeze"))
    kit.set_up()
    views = kit.table["words"]["view"]
    view = esc(views[1] if mode == "reader" and len(views) > 1 else views[0])
    out, last, nth = [], None, 0
    name = (
        f'<span class="name">{esc(rng.choice([kit.table["words"]["main"][0], *kit.sections()]))}</span>'
        if rng.random() < 0.7
        else ""
    )
    separators = mode != "reader" and rng.random() < 0.9
    rowless = rng.choice((0, 0, 0, 0.3, 0.7, 1))
    for i, story in enumerate(kit.stories):
        if separators and story.published.date() != last and nth < 3:
            out.append(kit.day_head(i, nth, name))
            last, nth = story.published.date(), nth + 1
        if mode == "reader":
            out.append(f'<div class="flux">{kit.article(i, True)}\n</div>')
            continue
        whole = mode in ("expanded", "summaries_expanded") or rng.random() < 0.9
        current = (
            " current active"
            if mode in ("expanded", "summaries_expanded") or (mode == "mixed" and rng.random() < 0.3)
            else ""
        )
        if mode == "mixed":
            whole = bool(current)
        row = kit.row(i, mode in ("summaries", "summaries_expanded"))
        if whole and rng.random() < rowless:  # a style that hides the row of an open article
            row = ""
        out.append(
            f'<div class="flux not_read{current}" id="flux_{i}">{row}\n{kit.article(i) if whole else ""}\n</div>'
        )
    return kit.around(
        "".join(out),
        f"{'reader' if mode == 'reader' else 'normal'}{' hide_posts' if mode in ('list', 'summaries', 'mixed') else ''}",
        view,
    )


@layout("freshrss_list", family="freshrss", kind="html", weight=3.0)
def freshrss_list(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> tuple[str, Marks]:
    """Write the list, articles folded."""
    return stream(rng, stories, ui, lang_ui, "list")


@layout("freshrss_summaries", family="freshrss", kind="html", weight=3.0)
def freshrss_summaries(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> tuple[str, Marks]:
    """Write the list with summaries, articles folded."""
    return stream(rng, stories, ui, lang_ui, "summaries")


@layout("freshrss_expanded", family="freshrss", kind="html", weight=4.0)
def freshrss_expanded(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> tuple[str, Marks]:
    """Write the list with every article open, with or without summaries."""
    return stream(rng, stories, ui, lang_ui, rng.choice(("expanded", "summaries_expanded")))


@layout("freshrss_mixed", family="freshrss", kind="html", weight=2.0)
def freshrss_mixed(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> tuple[str, Marks]:
    """Write the list with some articles open."""
    return stream(rng, stories, ui, lang_ui, "mixed")


@layout("freshrss_reader", family="freshrss", kind="html", weight=2.0)
def freshrss_reader(rng: random.Random, stories: Any, ui: Any, lang_ui: str) -> tuple[str, Marks]:
    """Write the reading view."""
    return stream(rng, stories, ui, lang_ui, "reader")
